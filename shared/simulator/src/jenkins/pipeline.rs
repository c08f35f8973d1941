//! The plugin *pipeline-rest-api*: stages at `wfapi`. It has its own words for results.

use axum::response::Response;
use serde_json::{Value, json};

use super::documents::World;
use super::state::{Build, timeline};
use super::timeline::{Outcome, StageRun};
use super::{address, pages};

/// How many builds `…/wfapi/runs` shows.
const RUNS_SHOWN: usize = 10;

/// The node of the first stage in the flow. The step that writes a stage's log is the next node.
const FIRST_NODE: usize = 6;
const NODES_PER_STAGE: usize = 5;

/// `…/job/x/wfapi/runs`
pub(super) fn runs(world: &World<'_>, job: usize) -> Response {
    if !world.shows_stages(job) {
        return pages::not_found();
    }
    let runs = world.state.builds_of(job).take(RUNS_SHOWN).map(|build| world.run(build));
    pages::json(&Value::Array(runs.collect()))
}

/// `…/{n}/wfapi/describe`
pub(super) fn describe(world: &World<'_>, job: usize, number: u32) -> Response {
    world.pipeline_build(job, number).map_or_else(pages::not_found, |build| pages::json(&world.run(build)))
}

/// `…/{n}/wfapi/pendingInputActions`. It is always empty, because no build asks for input here.
pub(super) fn pending(world: &World<'_>, job: usize, number: u32) -> Response {
    world.pipeline_build(job, number).map_or_else(pages::not_found, |_| pages::json(&json!([])))
}

/// `…/{n}/execution/node/{id}/wfapi/describe` of a stage, with the only step in it.
pub(super) fn node(world: &World<'_>, job: usize, number: u32, node: &str) -> Response {
    let Some(build) = world.pipeline_build(job, number) else { return pages::not_found() };
    let stages = world.stages(build);
    let Some(stage) = stages.iter().find(|stage| stage.node.to_string() == node) else {
        return pages::not_found();
    };
    let mut described = world.stage(build, stage);
    let step = stage.node + 1;
    let self_link = world.href(build, &format!("execution/node/{step}/wfapi/describe"));
    let log_link = world.href(build, &format!("execution/node/{step}/wfapi/log"));
    let step = json!({
        "_links": {"self": self_link, "log": log_link},
        "id": step.to_string(), "name": "Shell Script", "status": stage.status, "parentNodes": [node],
        "startTimeMillis": stage.begins, "durationMillis": stage.took, "pauseDurationMillis": 0,
    });
    described["stageFlowNodes"] = if stage.reached { json!([step]) } else { json!([]) };
    pages::json(&described)
}

/// `…/{n}/execution/node/{id}/wfapi/log`. The node of a stage has no log of its own, but the node of its step has
/// one.
pub(super) fn log(world: &World<'_>, job: usize, number: u32, node: &str) -> Response {
    let Some(build) = world.pipeline_build(job, number) else { return pages::not_found() };
    for stage in world.stages(build).iter().filter(|stage| stage.reached) {
        if stage.node.to_string() == node {
            return pages::json(
                &json!({"nodeId": node, "nodeStatus": stage.status, "length": 0, "hasMore": false}),
            );
        }
        if (stage.node + 1).to_string() == node {
            let console = world.href(build, &format!("execution/node/{node}/log"));
            return pages::json(&json!({
                "nodeId": node, "nodeStatus": stage.status, "length": stage.log.len(), "hasMore": false,
                "text": pages::escape(stage.log), "consoleUrl": console["href"],
            }));
        }
    }
    pages::not_found()
}

/// A stage as it is now.
pub(super) struct Shown<'a> {
    node: usize,
    pub(super) name: &'a str,
    log: &'a str,
    pub(super) status: &'static str,
    pub(super) begins: i64,
    pub(super) took: i64,
    pub(super) reached: bool,
}

impl World<'_> {
    fn shows_stages(&self, job: usize) -> bool {
        self.settings.pipeline_rest && self.settings.jobs[job].pipeline
    }

    fn pipeline_build(&self, job: usize, number: u32) -> Option<&Build> {
        self.shows_stages(job).then(|| self.state.build(job, number)).flatten().map(|(_, build)| build)
    }

    fn run(&self, build: &Build) -> Value {
        let line = timeline(&self.settings.jobs, build);
        let ends = if line.building(self.now) { self.now } else { line.end_ms().unwrap_or(self.now) };
        let stages = self.stages(build);
        json!({
            "_links": {"self": self.href(build, "wfapi/describe")},
            "id": build.number.to_string(),
            "name": format!("#{}", build.number),
            "status": line.outcome(self.now).map_or("IN_PROGRESS", Outcome::pipeline_word),
            "startTimeMillis": build.begun,
            "endTimeMillis": ends,
            "durationMillis": ends - build.begun,
            "queueDurationMillis": 0,
            "pauseDurationMillis": 0,
            "stages": stages.iter().map(|stage| self.stage(build, stage)).collect::<Vec<_>>(),
        })
    }

    fn stage(&self, build: &Build, stage: &Shown<'_>) -> Value {
        json!({
            "_links": {"self": self.href(build, &format!("execution/node/{}/wfapi/describe", stage.node))},
            "id": stage.node.to_string(),
            "name": stage.name,
            "execNode": "",
            "status": stage.status,
            "startTimeMillis": stage.begins,
            "durationMillis": stage.took,
            "pauseDurationMillis": 0,
        })
    }

    /// The stages of a build. While the build runs, later stages are not known yet. When it is over, stages that were
    /// not reached are `NOT_EXECUTED`.
    pub(super) fn stages(&self, build: &Build) -> Vec<Shown<'_>> {
        let jobs = &self.settings.jobs;
        let line = timeline(jobs, build);
        let mut begun = line.begun(self.now);
        let mut shown = Vec::new();
        for (index, stage) in jobs[build.job].stages.iter().enumerate() {
            let run: Option<StageRun> = begun.next();
            if run.is_none() && line.building(self.now) {
                break;
            }
            let ended = run.and_then(|run| run.ends).filter(|&ends| ends <= self.now);
            let status = match (run, ended) {
                (None, _) => "NOT_EXECUTED",
                (Some(_), None) => "IN_PROGRESS",
                (Some(run), Some(_)) => run.outcome.pipeline_word(),
            };
            let begins = run.map_or(0, |run| run.begins);
            shown.push(Shown {
                node: FIRST_NODE + NODES_PER_STAGE * index,
                name: &stage.name,
                log: &stage.log,
                status,
                begins,
                took: if run.is_some() { ended.unwrap_or(self.now) - begins } else { 0 },
                reached: run.is_some(),
            });
        }
        shown
    }

    /// Links are paths that begin with the path of the root URL.
    fn href(&self, build: &Build, what: &str) -> Value {
        let root = self.settings.root();
        let after_scheme = root.split_once("://").map_or(root.as_str(), |(_, rest)| rest);
        let context = after_scheme.split_once('/').map_or("", |(_, path)| path);
        let job = address::relative(&self.settings.jobs[build.job].path);
        json!({"href": format!("/{context}{job}{}/{what}", build.number)})
    }
}
