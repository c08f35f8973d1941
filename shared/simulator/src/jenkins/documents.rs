//! The documents at `api/json`: which fields Jenkins, folders, jobs, builds and queue items have.
//!
//! Names and visibilities are those of the `@Exported` getters of Jenkins' core. A field of visibility 999 is shown
//! at any depth. A field of negative visibility is shown only if the request names it.

use serde_json::{Value, json};

use super::actions::{Action, definition, shown};
use super::address::{self, Found};
use super::settings::{JenkinsSettings, Job};
use super::state::{Build, Item, LeftHow, Place, State, timeline};
use super::timeline::{Outcome, Timeline};
use super::tree::{Bean, Pick};

/// How many builds a job shows if the request does not ask for `allBuilds`.
const BUILDS_SHOWN: usize = 100;

impl JenkinsSettings {
    /// The root URL with a slash at its end, as Jenkins writes it.
    pub(super) fn root(&self) -> String {
        format!("{}/", self.root_url.trim_end_matches('/'))
    }
}

/// The settings and the state at one moment.
pub(super) struct World<'a> {
    pub(super) settings: &'a JenkinsSettings,
    pub(super) state: &'a State,
    pub(super) now: i64,
}

impl World<'_> {
    /// A folder, or Jenkins itself.
    pub(super) fn folder(&self, path: &str, pick: &Pick) -> Value {
        let children = address::children(&self.settings.jobs, path);
        let bean = if path.is_empty() {
            Bean::of("hudson.model.Hudson", pick)
                .value("mode", 1, "NORMAL")
                .value("nodeDescription", 1, "the Jenkins controller's built-in node")
                .value("nodeName", 1, "")
                .value("numExecutors", 1, 2)
                .value("quietingDown", 1, false)
                .value("useCrumbs", 1, true)
                .value("useSecurity", 1, true)
        } else {
            self.named("com.cloudbees.hudson.plugins.folder.Folder", path, pick)
        };
        let bean = bean.value("url", 999, format!("{}{}", self.settings.root(), address::relative(path)));
        bean.list("jobs", 1, children, |child, pick| match child {
            Found::Job(job) => self.job(job, pick),
            Found::Folder(folder) => self.folder(&folder, pick),
        })
        .list("views", 1, [()], |(), pick| {
            Bean::of("hudson.model.AllView", pick)
                .value("name", 999, "all")
                .value("url", 999, self.settings.root())
                .made()
        })
        .made()
    }

    /// A job.
    pub(super) fn job(&self, index: usize, pick: &Pick) -> Value {
        let job = &self.settings.jobs[index];
        let class = if job.pipeline {
            "org.jenkinsci.plugins.workflow.job.WorkflowJob"
        } else {
            "hudson.model.FreeStyleProject"
        };
        let builds = self.state.builds_of(index);
        let queued = self.state.queued().find(|item| item.job == index);
        let mut bean = self
            .named(class, &job.path, pick)
            .value("url", 999, format!("{}{}", self.settings.root(), address::relative(&job.path)))
            .value("buildable", 1, !job.disabled)
            .value("color", 2, self.color(index))
            .value("concurrentBuild", 1, job.concurrent)
            .value("inQueue", 1, queued.is_some())
            .value("keepDependencies", 1, false)
            .value("nextBuildNumber", 1, self.state.next_number(index))
            .list("actions", 1, [()], |(), pick| self.definitions(job, pick))
            .list("builds", 1, builds.clone().take(BUILDS_SHOWN), |build, pick| self.build(build, pick))
            .list("allBuilds", -2, builds, |build, pick| self.build(build, pick))
            .list("property", 1, [()], |(), pick| self.definitions(job, pick))
            .object("queueItem", 1, |pick| queued.map_or(Value::Null, |item| self.item(item, pick)));
        if !job.pipeline {
            bean = bean
                .value("disabled", 1, job.disabled)
                .value("downstreamProjects", 1, json!([]))
                .value("upstreamProjects", 1, json!([]))
                .value("scm", 1, json!({"_class": "hudson.scm.NullSCM"}));
        }
        for name in NAMED_BUILDS {
            let build = self.named_build(index, name);
            bean = bean.object(name, 1, |pick| build.map_or(Value::Null, |build| self.build(build, pick)));
        }
        bean.made()
    }

    /// A build.
    pub(super) fn build(&self, build: &Build, pick: &Pick) -> Value {
        let job = &self.settings.jobs[build.job];
        let line = timeline(&self.settings.jobs, build);
        let class = if job.pipeline {
            "org.jenkinsci.plugins.workflow.job.WorkflowRun"
        } else {
            "hudson.model.FreeStyleBuild"
        };
        let finished = line.end_ms().is_some_and(|end| end + job.finishing_ms <= self.now);
        let number = build.number;
        let bean = Bean::of(class, pick)
            .value("number", 2, number)
            .value("url", 2, self.build_url(build))
            .value("id", 1, number.to_string())
            .value("queueId", 1, build.queue_id)
            .value("building", 1, line.building(self.now))
            .value("inProgress", 1, !finished)
            .value("result", 1, line.outcome(self.now).filter(|_| !job.no_result).map(Outcome::word))
            .value("timestamp", 1, build.begun)
            .value("duration", 1, line.duration(self.now))
            .value("estimatedDuration", 1, self.estimate(build))
            .value("displayName", 1, format!("#{number}"))
            .value("fullDisplayName", 1, format!("{} #{number}", address::full_display_name(&job.path)))
            .value("description", 1, Value::Null)
            .value("keepLog", 1, false)
            .value("executor", 1, if line.building(self.now) { json!({}) } else { Value::Null })
            .value("artifacts", 1, json!([]))
            .value("culprits", 1, json!([]))
            .object("previousBuild", 1, |pick| self.neighbour(build, number.wrapping_sub(1), pick))
            .object("nextBuild", 1, |pick| self.neighbour(build, number + 1, pick))
            .list("actions", 1, self.actions(&build.values, build.causes), |action, pick| {
                action.made(self, job, pick)
            });
        if job.pipeline {
            return bean.value("changeSets", 1, json!([])).made();
        }
        let nothing = json!({"_class": "hudson.scm.EmptyChangeLogSet", "items": [], "kind": null});
        bean.value("builtOn", 1, "").value("changeSet", 1, nothing).made()
    }

    /// The whole queue.
    pub(super) fn queue(&self, pick: &Pick) -> Value {
        Bean::of("hudson.model.Queue", pick)
            .value("discoverableItems", 1, json!([]))
            .inline("items", self.state.queued(), |item, pick| self.item(item, pick))
            .made()
    }

    /// An item of the queue, or one that left it a short time ago.
    pub(super) fn item(&self, item: &Item, pick: &Pick) -> Value {
        let jobs = &self.settings.jobs;
        let job = &jobs[item.job];
        let place = self.state.place(jobs, item, self.now);
        let params = shown(job, &item.values).iter().fold(String::new(), |all, line| all + "\n" + line);
        let bean = Bean::of(place.class(), pick)
            .value("id", 1, item.id)
            .value("url", 1, format!("queue/item/{}/", item.id))
            .value("inQueueSince", 1, item.since)
            .value("blocked", 1, place == Place::Blocked)
            .value("buildable", 1, matches!(place, Place::Buildable { .. }))
            .value("stuck", 1, false)
            .value("params", 1, params)
            .value("why", 1, self.why(item, place))
            .list("actions", 1, self.actions(&item.values, item.causes), |action, pick| {
                action.made(self, job, pick)
            })
            .object("task", 1, |pick| self.job(item.job, pick));
        match place {
            Place::Waiting => bean.value("timestamp", 1, item.due),
            Place::Blocked => bean.value("buildableStartMilliseconds", 1, item.due),
            Place::Buildable { since } => {
                bean.value("buildableStartMilliseconds", 1, since).value("pending", 1, false)
            }
            Place::Left(how) => {
                let build =
                    if let LeftHow::Begun(index) = how { self.state.builds().get(index) } else { None };
                bean.value("cancelled", 1, how == LeftHow::Cancelled).object("executable", 1, |pick| {
                    build.map_or(Value::Null, |build| self.build(build, pick))
                })
            }
        }
        .made()
    }

    /// `lastBuild` and the other names of this kind.
    pub(super) fn named_build(&self, job: usize, name: &str) -> Option<&Build> {
        let outcome = |build: &Build| timeline(&self.settings.jobs, build).outcome(self.now);
        let of = |wanted: &[Outcome]| {
            self.state
                .builds_of(job)
                .find(|build| outcome(build).is_some_and(|outcome| wanted.contains(&outcome)))
        };
        match name {
            "firstBuild" => self.state.builds_of(job).last(),
            "lastBuild" => self.state.builds_of(job).next(),
            "lastCompletedBuild" => self.state.builds_of(job).find(|build| outcome(build).is_some()),
            "lastFailedBuild" => of(&[Outcome::Failure]),
            "lastStableBuild" => of(&[Outcome::Success]),
            "lastSuccessfulBuild" => of(&[Outcome::Success, Outcome::Unstable]),
            "lastUnstableBuild" => of(&[Outcome::Unstable]),
            "lastUnsuccessfulBuild" => of(&[Outcome::Unstable, Outcome::Failure, Outcome::Aborted]),
            _ => None,
        }
    }

    pub(super) fn build_url(&self, build: &Build) -> String {
        let path = &self.settings.jobs[build.job].path;
        format!("{}{}{}/", self.settings.root(), address::relative(path), build.number)
    }

    /// What folders and jobs have in common.
    fn named<'p>(&self, class: &str, path: &str, pick: &'p Pick) -> Bean<'p> {
        Bean::of(class, pick)
            .value("name", 999, address::name(path))
            .value("fullName", 1, path)
            .value("displayName", 1, address::display_name(path))
            .value("fullDisplayName", 1, address::full_display_name(path))
            .value("displayNameOrNull", 1, Value::Null)
            .value("description", 1, Value::Null)
            .value("healthReport", 1, json!([]))
    }

    fn definitions(&self, job: &Job, pick: &Pick) -> Value {
        if job.parameters.is_empty() {
            return json!({});
        }
        let bean = Bean::of("hudson.model.ParametersDefinitionProperty", pick);
        bean.list("parameterDefinitions", 2, &job.parameters, definition).made()
    }

    fn actions<'v>(&self, values: &'v [(String, Value)], causes: usize) -> Vec<Action<'v>> {
        let parameters = (!values.is_empty()).then_some(Action::Parameters(values));
        parameters.into_iter().chain([Action::Causes(causes), Action::Other]).collect()
    }

    fn neighbour(&self, of: &Build, number: u32, pick: &Pick) -> Value {
        self.state.build(of.job, number).map_or(Value::Null, |(_, build)| self.build(build, pick))
    }

    fn color(&self, job: usize) -> String {
        if self.settings.jobs[job].disabled {
            return "disabled".to_owned();
        }
        let line = |build: &Build| timeline(&self.settings.jobs, build);
        let last =
            self.named_build(job, "lastCompletedBuild").and_then(|build| line(build).outcome(self.now));
        let running = self.state.builds_of(job).next().is_some_and(|build| line(build).building(self.now));
        format!("{}{}", last.map_or("notbuilt", Outcome::color), if running { "_anime" } else { "" })
    }

    /// The mean duration of the last three builds that succeeded or were unstable, or −1 if there is none.
    fn estimate(&self, of: &Build) -> i64 {
        let lines = self.state.builds_of(of.job).map(|build| timeline(&self.settings.jobs, build));
        let well =
            |line: &Timeline| matches!(line.outcome(self.now), Some(Outcome::Success | Outcome::Unstable));
        let took: Vec<i64> = lines.filter(well).take(3).map(|line| line.duration(self.now)).collect();
        if took.is_empty() { -1 } else { took.iter().sum::<i64>() / i64::try_from(took.len()).unwrap_or(1) }
    }

    fn why(&self, item: &Item, place: Place) -> Option<String> {
        match place {
            Place::Waiting => Some(format!(
                "In the quiet period. Expires in {} sec",
                item.due.saturating_sub(self.now).saturating_add(999) / 1000
            )),
            Place::Blocked => {
                let before = self.state.builds_of(item.job).next().map_or(0, |build| build.number);
                Some(format!("Build #{before} is already in progress (ETA: N/A)"))
            }
            Place::Buildable { .. } => Some("Waiting for next available executor".to_owned()),
            Place::Left(_) => None,
        }
    }
}

const NAMED_BUILDS: [&str; 8] = [
    "firstBuild",
    "lastBuild",
    "lastCompletedBuild",
    "lastFailedBuild",
    "lastStableBuild",
    "lastSuccessfulBuild",
    "lastUnstableBuild",
    "lastUnsuccessfulBuild",
];

impl Place {
    fn class(self) -> &'static str {
        match self {
            Place::Waiting => "hudson.model.Queue$WaitingItem",
            Place::Blocked => "hudson.model.Queue$BlockedItem",
            Place::Buildable { .. } => "hudson.model.Queue$BuildableItem",
            Place::Left(_) => "hudson.model.Queue$LeftItem",
        }
    }
}
