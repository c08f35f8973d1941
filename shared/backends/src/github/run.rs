//! Runs and jobs as GitHub shows them, and what they say: <https://docs.github.com/en/rest/actions/workflow-runs>.
//! States and conclusions are read leniently: GitHub adds some now and then.

use crate::excerpt::{MOST_SEEN, short};
use serde::Deserialize;
use signalbox_domain::catalogue::GitHubTarget;
use signalbox_domain::observation::{Conclusion, InJob, Outcome};
use signalbox_domain::run::Found;

#[derive(Deserialize)]
pub(super) struct Page {
    pub(super) workflow_runs: Vec<Run>,
}

#[derive(Deserialize)]
pub(super) struct Run {
    pub(super) id: u64,
    pub(super) display_title: Option<String>,
    pub(super) event: Option<String>,
    /// `.github/workflows/deploy.yml`, sometimes with `@refs/heads/main`.
    pub(super) path: Option<String>,
    pub(super) status: Option<String>,
    pub(super) conclusion: Option<String>,
    pub(super) html_url: Option<String>,
    pub(super) actor: Option<Actor>,
    pub(super) repository: Option<Repository>,
}

#[derive(Deserialize)]
pub(super) struct Actor {
    pub(super) login: String,
}

#[derive(Deserialize)]
pub(super) struct Repository {
    pub(super) full_name: String,
}

#[derive(Deserialize)]
pub(super) struct Jobs {
    pub(super) jobs: Vec<Job>,
}

#[derive(Deserialize)]
pub(super) struct Job {
    pub(super) id: u64,
    pub(super) name: String,
    pub(super) status: Option<String>,
    pub(super) conclusion: Option<String>,
    pub(super) started_at: Option<String>,
    #[serde(default)]
    pub(super) steps: Vec<Step>,
}

#[derive(Deserialize)]
pub(super) struct Step {
    pub(super) name: String,
    pub(super) status: Option<String>,
    pub(super) conclusion: Option<String>,
    pub(super) started_at: Option<String>,
}

impl Run {
    /// Whether this is the attempt's own run: its name has the token, and it is of this repository and workflow,
    /// started by a dispatch, and by us. Anyone may give a run such a name, but only we can be its actor.
    pub(super) fn is(&self, target: &GitHubTarget, token: &str, login: &str) -> bool {
        let same = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
        let file = self.path.as_deref().and_then(|p| p.split('@').next()).and_then(|p| p.rsplit('/').next());
        let by_us = self.actor.as_ref().is_some_and(|a| same(&a.login, login));
        let here = self.repository.as_ref().is_some_and(|r| same(&r.full_name, &target.repository));
        let dispatched = self.event.as_deref() == Some("workflow_dispatch");
        dispatched && by_us && here && file == Some(target.workflow.as_str()) && self.shows(token)
    }

    fn shows(&self, token: &str) -> bool {
        self.display_title.as_deref().is_some_and(|title| names(title, token))
    }

    pub(super) fn found(&self) -> Found {
        Found { reference: self.id.to_string(), link: self.html_url.clone() }
    }

    pub(super) fn has_ended(&self) -> bool {
        self.status.as_deref() == Some("completed")
    }
}

/// Whether a text has exactly this token, not as part of a longer one: a later attempt's token begins like the
/// first's.
pub(super) fn names(text: &str, token: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    text.match_indices(token)
        .any(|(at, _)| !text[..at].ends_with(part) && !text[at + token.len()..].starts_with(part))
}

/// Steps that every job has, which are not worth showing.
fn is_housekeeping(name: &str) -> bool {
    matches!(name, "Set up job" | "Complete job" | "Initialize containers" | "Stop containers")
        || name.starts_with("Post ")
        || name.starts_with("Pre ")
}

/// What has begun so far, in the order of beginning: jobs, and their steps.
pub(super) fn steps(jobs: &[Job]) -> Vec<String> {
    let mut begun: Vec<(&str, String)> = vec![];
    for job in jobs {
        if job.status.as_deref() == Some("waiting") {
            let since = job.started_at.as_deref().unwrap_or_default();
            begun.push((since, format!("{}: waits for approval on GitHub", short(&job.name))));
        }
        let shown = job.steps.iter().filter(|s| {
            let ran = matches!(s.status.as_deref(), Some("in_progress" | "completed"));
            ran && s.conclusion.as_deref() != Some("skipped") && !is_housekeeping(&s.name)
        });
        for step in shown {
            begun.push((
                step.started_at.as_deref().unwrap_or_default(),
                format!("{} › {}", short(&job.name), short(&step.name)),
            ));
        }
    }
    // A stable sort: what began in the same second stays in GitHub's order.
    begun.sort_by_key(|(at, _)| *at);
    begun.into_iter().take(MOST_SEEN).map(|(_, title)| title).collect()
}

/// Where the step that began last stands among the steps of its job. GitHub lists a job's steps when the job starts,
/// and a job once the jobs before it have ended, so it does not know how many steps a run has in all.
pub(super) fn in_job(jobs: &[Job]) -> Option<InJob> {
    let mut latest: Option<(&str, InJob)> = None;
    for job in jobs {
        let all = || job.steps.iter().filter(|s| !is_housekeeping(&s.name));
        let of = u32::try_from(all().count()).ok()?;
        for (step, number) in all().zip(1..) {
            let ran = matches!(step.status.as_deref(), Some("in_progress" | "completed"));
            let began = step.started_at.as_deref().unwrap_or_default();
            if ran
                && step.conclusion.as_deref() != Some("skipped")
                && latest.is_none_or(|(at, _)| began >= at)
            {
                latest = Some((began, InJob { step: number, of }));
            }
        }
    }
    latest.map(|(_, at)| at).filter(|at| at.of > 1)
}

/// Whether one of the jobs, and so the run, has something left to do. If none has, the run need not have ended:
/// GitHub makes a job only when the jobs before it have ended.
pub(super) fn goes_on(jobs: &[Job]) -> bool {
    jobs.iter().any(|j| j.status.as_deref() != Some("completed"))
}

/// The first job that failed, if one did.
pub(super) fn failed(jobs: &[Job]) -> Option<&Job> {
    jobs.iter().find(|j| is_bad(j.conclusion.as_deref()))
}

fn is_bad(conclusion: Option<&str>) -> bool {
    matches!(conclusion, Some("failure" | "timed_out" | "startup_failure"))
}

/// How a run ended, in GitHub's own words where they say more than ours.
pub(super) fn outcome(run: &Run, jobs: &[Job], excerpt: String) -> Outcome {
    let at = failed(jobs).map(|job| match job.steps.iter().find(|s| is_bad(s.conclusion.as_deref())) {
        Some(step) => format!("{} › {}", short(&job.name), short(&step.name)),
        None => short(&job.name),
    });
    let at = |word: &str| at.map_or_else(|| word.to_owned(), |at| format!("{word} in {at}"));
    let (conclusion, summary) = match run.conclusion.as_deref() {
        Some("success") => (Conclusion::Succeeded, String::new()),
        Some("neutral") => (Conclusion::Succeeded, "GitHub calls it neutral".to_owned()),
        Some("cancelled") => (Conclusion::Cancelled, "cancelled on GitHub".to_owned()),
        Some("timed_out") => (Conclusion::TimedOut, at("timed out")),
        Some("failure") => (Conclusion::Failed, at("failed")),
        Some("startup_failure") => {
            (Conclusion::Failed, "GitHub could not start it: look at the workflow file".to_owned())
        }
        Some("skipped") => {
            (Conclusion::Failed, "skipped: its conditions were not met, and nothing ran".to_owned())
        }
        Some("action_required") => (Conclusion::Failed, "it waits for somebody to act on GitHub".to_owned()),
        Some("stale") => (Conclusion::Failed, "GitHub gave it up as stale".to_owned()),
        Some(other) => (Conclusion::Failed, format!("GitHub calls it {}", short(other))),
        None => (Conclusion::Failed, "GitHub does not say how it ended".to_owned()),
    };
    Outcome { conclusion, summary, excerpt }
}

/// What a job's log says went wrong. GitHub begins each line with a time, and marks errors. `whole`: the log's
/// beginning is there.
pub(super) fn excerpt(log: &str, whole: bool) -> String {
    let stripped: Vec<&str> =
        log.lines().map(without_time).filter(|l| !l.starts_with("##[endgroup]")).collect();
    let text = crate::excerpt::excerpt(&stripped.join("\n"), whole, |l| l.starts_with("##[error]"));
    text.replace("##[error]", "").replace("##[group]", "")
}

fn without_time(line: &str) -> &str {
    match line.trim_start_matches('\u{feff}').split_once(' ') {
        Some((time, rest)) if time.ends_with('Z') && time.starts_with("20") && time.contains('T') => rest,
        _ => line,
    }
}

/// Whether a workflow's `run-name` shows this input: then its runs can be found by their name.
pub(super) fn run_name_shows(workflow: &str, input: &str) -> bool {
    let mut of_run_name = false;
    let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
    workflow.lines().any(|line| {
        let top_level = !line.starts_with([' ', '\t', '#']) && !line.is_empty();
        if top_level {
            of_run_name = line.starts_with("run-name:");
        }
        let line = dense(line.split(" #").next().unwrap_or_default());
        let named =
            [format!("inputs.{input}"), format!("inputs['{input}']"), format!("event.inputs.{input}")];
        of_run_name && named.iter().any(|n| names(&line, n) || (n.ends_with(']') && line.contains(n)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKEN: &str = "12fzaxkgttqdy93s4nvcj65zf9";

    fn target() -> GitHubTarget {
        GitHubTarget {
            repository: "acme/shop".into(),
            workflow: "deploy.yml".into(),
            git_ref: "main".into(),
            inputs: Default::default(),
            run_input: Some("run".into()),
        }
    }

    fn run(title: &str, event: &str, path: &str, actor: &str, repository: &str) -> Run {
        serde_json::from_value(serde_json::json!({
            "id": 7, "display_title": title, "event": event, "path": path, "html_url": "https://github.com/x",
            "actor": {"login": actor}, "repository": {"full_name": repository}
        }))
        .unwrap()
    }

    #[test]
    fn only_our_own_run_is_ours() {
        let (title, event, path) =
            (format!("deploy [{TOKEN}]"), "workflow_dispatch", ".github/workflows/deploy.yml");
        let is = |r: Run| r.is(&target(), TOKEN, "signalbox-bot");
        assert!(is(run(&title, event, path, "signalbox-bot", "acme/shop")));
        assert!(is(run(
            &title,
            event,
            ".github/workflows/deploy.yml@refs/heads/main",
            "Signalbox-Bot",
            "Acme/Shop"
        )));
        assert!(!is(run("deploy", event, path, "signalbox-bot", "acme/shop")));
        assert!(!is(run(&title, "push", path, "signalbox-bot", "acme/shop")));
        assert!(!is(run(&title, event, ".github/workflows/other.yml", "signalbox-bot", "acme/shop")));
        assert!(!is(run(&title, event, path, "mallory", "acme/shop")));
        assert!(!is(run(&title, event, path, "signalbox-bot", "acme/shop-fork")));
    }

    #[test]
    fn a_later_attempt_is_not_the_first() {
        assert!(names(&format!("deploy {TOKEN}"), TOKEN));
        assert!(!names(&format!("deploy {TOKEN}-2"), TOKEN));
        assert!(names(&format!("{TOKEN}-2 {TOKEN}"), TOKEN));
        assert!(names(&format!("x[{TOKEN}-2]"), &format!("{TOKEN}-2")));
        assert!(!names(&format!("x{TOKEN}"), TOKEN));
    }

    #[test]
    fn steps_in_the_order_in_which_they_began() {
        let jobs: Jobs = serde_json::from_value(serde_json::json!({"jobs": [
            {"id": 1, "name": "build", "status": "in_progress", "started_at": "2026-11-21T10:00:00Z", "steps": [
                {"name": "Set up job", "status": "completed", "started_at": "2026-11-21T10:00:00Z"},
                {"name": "Compile", "status": "completed", "started_at": "2026-11-21T10:00:01Z"},
                {"name": "Test", "status": "in_progress", "started_at": "2026-11-21T10:00:09Z"},
                {"name": "Pack", "status": "queued"}
            ]},
            {"id": 2, "name": "lint", "status": "completed", "steps": [
                {"name": "Lint", "status": "completed", "started_at": "2026-11-21T10:00:05Z"},
                {"name": "Report", "status": "completed", "conclusion": "skipped", "started_at": "2026-11-21T10:00:06Z"},
                {"name": "Post Lint", "status": "completed", "started_at": "2026-11-21T10:00:07Z"}
            ]},
            {"id": 3, "name": "prod", "status": "waiting", "started_at": "2026-11-21T10:00:10Z"}
        ]}))
        .unwrap();
        assert_eq!(in_job(&jobs.jobs), Some(InJob { step: 2, of: 3 }));
        assert_eq!(in_job(&jobs.jobs[1..]), Some(InJob { step: 1, of: 2 }), "one was skipped");
        assert_eq!(in_job(&jobs.jobs[2..]), None);
        assert_eq!(
            steps(&jobs.jobs),
            ["build › Compile", "lint › Lint", "build › Test", "prod: waits for approval on GitHub"]
        );
    }

    #[test]
    fn a_log_without_its_times() {
        let log = "2026-11-21T10:00:00.1234567Z ##[group]Run ./deploy\n2026-11-21T10:00:01Z pushing\n\
                   2026-11-21T10:00:02Z ##[error]denied\n2026-11-21T10:00:03Z tidying up";
        assert_eq!(excerpt(log, true), "Run ./deploy\npushing\ndenied");
    }

    #[test]
    fn run_names() {
        let shows = |text: &str| run_name_shows(text, "run");
        assert!(shows("run-name: Deploy [${{ inputs.run }}]\n"));
        assert!(shows("name: x\nrun-name: >-\n  Deploy\n  ${{ github.event.inputs.run }}\njobs:\n"));
        assert!(shows("run-name: ${{ inputs['run'] }}"));
        assert!(!shows("name: x ${{ inputs.run }}\njobs:\n  a: ${{ inputs.run }}"));
        assert!(!shows("run-name: ${{ inputs.running }}"));
        assert!(!shows("run-name: ${{ inputs.run-id }}"));
        assert!(!shows("run-name: Deploy # ${{ inputs.run }}"));
        assert!(!shows("# run-name: ${{ inputs.run }}"));
    }
}
