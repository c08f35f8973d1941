//! A practice GitHub and a practice Jenkins. They simulate whatever the catalogue names; the example's workflows and
//! jobs take a few seconds, fail, hang, or get lost on purpose.

use super::Targets;
use crate::serve::secret;
use axum::Router;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, Jenkins, JenkinsSettings, github, jenkins};
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Operation, Target, TargetKind};
use signalbox_domain::run::Timing;
use signalbox_engine::ports::Clock;
use signalbox_simulator::github::{self as play_github, Job as GitHubJob, Repository, Step, Workflow};
use signalbox_simulator::jenkins::{
    self as play_jenkins, Job, Notify, ParameterDefinition, Stage, StageEnd, StopNeeded,
};
use signalbox_transport::InMemory;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// The simulated systems; they post webhooks only when they are asked to.
#[derive(Clone, Default)]
pub struct Practice {
    pub github: Option<play_github::GitHub>,
    pub jenkins: Option<play_jenkins::Jenkins>,
}

/// Shorter waits, because calls within one process need no patience.
fn hasty(timing: Timing) -> Timing {
    Timing {
        request: Duration::from_secs(5),
        lease: Duration::from_secs(8),
        search_lag: Duration::ZERO,
        search_for: Duration::from_secs(20),
        poll: Duration::from_secs(3),
        ..timing
    }
}

impl Practice {
    /// Posts webhooks that are due.
    pub async fn deliver(&self) {
        if let Some(github) = &self.github {
            github.deliver().await;
        }
        if let Some(jenkins) = &self.jenkins {
            jenkins.deliver().await;
        }
    }

    /// Sends the webhooks to this door.
    pub fn attach(&self, door: &Router) {
        if let Some(github) = &self.github {
            github.attach(door.clone());
        }
        if let Some(jenkins) = &self.jenkins {
            jenkins.attach(door.clone());
        }
    }
}

impl Targets {
    /// Simulates the systems that the catalogue names and the environment does not.
    pub(super) fn simulate_the_rest(
        &mut self,
        catalogue: &Catalogue,
        clock: &Arc<dyn Clock>,
        pages: &str,
    ) -> anyhow::Result<()> {
        let targets = || catalogue.operations.values().map(|o| &o.target);
        let workflows: Vec<&GitHubTarget> =
            targets().filter_map(|t| if let Target::GitHub(g) = t { Some(g) } else { None }).collect();
        let jobs: Vec<&JenkinsTarget> =
            targets().filter_map(|t| if let Target::Jenkins(j) = t { Some(j) } else { None }).collect();
        if self.systems.github.is_none() && !workflows.is_empty() {
            let (token, secret) = (secret()?, secret()?);
            let site = format!("{pages}/github");
            let played = play_github(&workflows, &site, (&token, &secret), clock);
            let settings = GitHubSettings {
                // Like the address of a server of one's own: from it Signalbox knows where the pages are.
                api_url: format!("{site}{API}"),
                credentials: Credentials::Token(token),
                timing: hasty(github::TIMING),
            };
            let backend = GitHub::new(
                settings,
                Arc::new(below(played.api(), &format!("/console/github{API}"))),
                clock.clone(),
            );
            let backend = backend.map_err(anyhow::Error::msg)?;
            self.systems.github = Some(Arc::new(backend.reading(signalbox_catalogue::workflow::refusals)));
            self.webhook_secrets.extend(secret.parse().ok().map(|known| (TargetKind::GitHub, known)));
            self.practice.github = Some(played);
        }
        if self.systems.jenkins.is_none() && !jobs.is_empty() {
            let (token, secret) = (secret()?, secret()?);
            let url = format!("{pages}/jenkins");
            let played = play_jenkins(&jobs, &url, (&token, &secret), clock);
            let settings =
                JenkinsSettings { url, user: "signalbox".to_owned(), token, timing: hasty(jenkins::TIMING) };
            let backend =
                Jenkins::new(&settings, Arc::new(below(played.http(), "/console/jenkins")), clock.clone());
            self.systems.jenkins = Some(Arc::new(backend.map_err(anyhow::Error::msg)?));
            self.webhook_secrets.extend(secret.parse().ok().map(|known| (TargetKind::Jenkins, known)));
            self.practice.jenkins = Some(played);
        }
        Ok(())
    }
}

/// Where the API is on a server of one's own.
const API: &str = "/api/v3";

/// Serves calls below this base, from clients that send the whole path and from clients that leave the base out.
fn below(router: Router, base: &str) -> InMemory {
    InMemory(Router::new().nest_service(base, router.clone()).fallback_service(router))
}

fn play_github(
    targets: &[&GitHubTarget],
    site: &str,
    (token, secret): (&str, &str),
    clock: &Arc<dyn Clock>,
) -> play_github::GitHub {
    let mut repositories: BTreeMap<&str, Repository> = BTreeMap::new();
    for target in targets {
        let (owner, name) = target.repository.split_once('/').unwrap_or(("practice", &target.repository));
        let repository = repositories.entry(&target.repository).or_insert_with(|| Repository {
            any_ref: true,
            web: site.to_owned(),
            ..Repository::new(owner, name)
        });
        if !repository.workflows.iter().any(|w| w.file == target.workflow) {
            repository.workflows.push(workflow(target));
        }
    }
    let now = clock.clone();
    let empty = play_github::GitHubSettings::new(Arc::new(move || now.now().0));
    play_github::GitHub::new(play_github::GitHubSettings {
        repositories: repositories.into_values().collect(),
        token: token.to_owned(),
        webhook_secret: secret.to_owned(),
        // The simulation forgets everything at a restart, so a new run must not get the number of an earlier run.
        first_run: empty.first_run + clock.now().seconds(),
        record: false,
        ..empty
    })
}

/// A workflow that takes the inputs of the target. In the example its name says how it ends.
fn workflow(target: &GitHubTarget) -> Workflow {
    let names = target.inputs.keys().chain(&target.run_input);
    let workflow = names.clone().fold(Workflow::new(&target.workflow), Workflow::input);
    let title = target.inputs.keys().chain(&target.run_input).map(|name| format!("${{{{ inputs.{name} }}}}"));
    let stem = stem(&target.workflow);
    let workflow = workflow.run_name(format!("{stem} {}", title.collect::<Vec<_>>().join(" ")));
    match (target.repository.as_str(), stem) {
        ("practice/shop", "nightly") => {
            workflow.job("build", &[("Check out", 1.0), ("Compile", 3.0)]).with_job(GitHubJob::new(
                "test",
                vec![Step::new("Start the shop", 2.0), Step::failing("End to end", 3.0, NIGHTLY)],
            ))
        }
        ("practice/shop", "soak") => workflow
            .job("prepare", &[("Check out", 1.0)])
            .with_job(GitHubJob::new("soak", vec![Step::hanging("Watch it under load")])),
        ("practice/shop", "migrate") => workflow.job("migrate", &[("Migrate", 3.0)]).lost(),
        _ => workflow
            .job("build", &[("Check out", 1.0), ("Compile", 3.0), ("Test", 3.0)])
            .job("deploy", &[("Roll out", 4.0), ("Check its health", 2.0)]),
    }
}

/// What happens to a simulated operation, if it does not simply succeed.
pub fn surprise(operation: &Operation) -> Option<&'static str> {
    match &operation.target {
        Target::GitHub(github) => match (github.repository.as_str(), stem(&github.workflow)) {
            ("practice/shop", "nightly") => Some("fails on purpose"),
            ("practice/shop", "migrate") => Some("gets lost on purpose"),
            ("practice/shop", "soak") => Some("goes on until you cancel it"),
            _ => None,
        },
        Target::Jenkins(jenkins) => match jenkins.job.as_str() {
            "shop/integration" => Some("fails on purpose"),
            "shop/load-test" => Some("goes on until you cancel it"),
            _ => None,
        },
        Target::Batch(_) => None,
        // Only the example's own program, not another one with the same name.
        Target::Command(command) => {
            let example = command.environment.contains_key("SMOKE_TEST_ATTEMPTS");
            (command.program == "smoke-test" && example).then_some("fails on purpose")
        }
    }
}

fn stem(workflow: &str) -> &str {
    workflow.split('.').next().unwrap_or_default()
}

const NIGHTLY: &str = "Running 3 journeys\n  sign up ... ok\n  search ... ok\n  check out ... FAILED\n\
    expected status 200, found 502 from /checkout\n1 of 3 journeys failed";

fn play_jenkins(
    targets: &[&JenkinsTarget],
    url: &str,
    (token, secret): (&str, &str),
    clock: &Arc<dyn Clock>,
) -> play_jenkins::Jenkins {
    let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
    for target in targets {
        // A branch that a parameter chooses cannot be known in advance.
        let branch = target.branch.as_ref().filter(|b| !b.contains('{'));
        let path = branch
            .map_or_else(|| target.job.clone(), |b| format!("{}/{}", target.job, b.replace('/', "%2F")));
        jobs.entry(path.clone()).or_insert_with(|| job(&path, target));
    }
    let now = clock.clone();
    let paths: Vec<String> = jobs.keys().cloned().collect();
    let jenkins = play_jenkins::Jenkins::new(play_jenkins::JenkinsSettings {
        token: token.to_owned(),
        root_url: format!("{url}/"),
        notify: Notify::signed(secret),
        record: false,
        ..play_jenkins::JenkinsSettings::new(jobs.into_values().collect(), Arc::new(move || now.now().0))
    });
    // Each job has an earlier build, like real jobs. From that, Signalbox knows that an attempt without a build never
    // started.
    for path in paths {
        jenkins.was_built(&path, 3_600_000);
    }
    jenkins
}

/// A job that takes the parameters of the target. In the example its name says how it ends.
fn job(path: &str, target: &JenkinsTarget) -> Job {
    let names = target.parameters.keys().chain(&target.run_parameter);
    let job = names.fold(Job::pipeline(path), |j, name| j.parameter(ParameterDefinition::string(name, "")));
    let stage = |name: &str, seconds: i64| Stage::new(name, seconds * 1000);
    match path {
        "shop/integration" => job
            .stage(stage("Build", 3))
            .stage(stage("Integration", 4).ends(StageEnd::Failure).log(INTEGRATION)),
        "shop/load-test" => {
            let job = job.stage(stage("Prepare", 2)).stage(stage("Load", 0).ends(StageEnd::Hang));
            Job { takes_stop: StopNeeded::Term, ..job }
        }
        _ => job
            .stage(stage("Build", 3))
            .stage(stage("Test", 3))
            .stage(stage("Canary", 4))
            .stage(stage("Roll out", 3)),
    }
}

const INTEGRATION: &str = "payments: connecting to the practice bank\nERROR: 3 of 41 tests failed: \
    refund_twice, refund_late, currency_of_nowhere";
