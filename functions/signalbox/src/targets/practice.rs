//! A practice GitHub and a practice Jenkins. They simulate whatever the catalogue names; the example's workflows and
//! jobs take a few seconds, fail, hang, or get lost on purpose.

use super::Targets;
use super::named::named;
use super::plausible::{Plausible, furnish, tags};
use crate::serve::secret;
use axum::Router;
use axum::extract::Request;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, Jenkins, JenkinsSettings, github, jenkins};
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Operation, Target, TargetKind};
use signalbox_domain::lookup::{Source, System};
use signalbox_domain::run::Timing;
use signalbox_engine::ports::{Clock, Lookup};
use signalbox_simulator::github::{self as play_github, Job as GitHubJob, Repository, Step, Workflow};
use signalbox_simulator::jenkins::{
    self as play_jenkins, Job, Notify, ParameterDefinition, Stage, StageEnd, StopNeeded,
};
use signalbox_transport::InMemory;
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;
use tower::ServiceExt;

/// A simulated system, and its routes. When it learns something, whoever has this has it as it is now, also the clients
/// that were made before.
pub struct Played<T>(Arc<RwLock<(T, Router)>>);

impl<T> Clone for Played<T> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl<T: Clone + Send + Sync + 'static> Played<T> {
    fn new(system: T, routes: Router) -> Self {
        Self(Arc::new(RwLock::new((system, routes))))
    }

    /// The system as it is now.
    pub fn now(&self) -> T {
        self.0.read().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    fn becomes(&self, system: T, routes: Router) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = (system, routes);
    }

    /// Hands each call to the system as it is then.
    fn router(&self) -> Router {
        let played = self.clone();
        Router::new().fallback(move |request: Request| {
            let routes = played.0.read().unwrap_or_else(PoisonError::into_inner).1.clone();
            async move { routes.oneshot(request).await }
        })
    }
}

/// The simulated systems; they post webhooks only when they are asked to.
#[derive(Clone, Default)]
pub struct Practice {
    pub github: Option<Played<play_github::GitHub>>,
    pub jenkins: Option<Played<play_jenkins::Jenkins>>,
    /// Whether systems that only answer questions are made up, too.
    outside: bool,
    /// The address of the simulated GitHub's pages.
    site: String,
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
            github.now().deliver().await;
        }
        if let Some(jenkins) = &self.jenkins {
            jenkins.now().deliver().await;
        }
    }

    /// Sends the webhooks to this door.
    pub fn attach(&self, door: &Router) {
        if let Some(github) = &self.github {
            github.now().attach(door.clone());
        }
        if let Some(jenkins) = &self.jenkins {
            jenkins.now().attach(door.clone());
        }
    }

    /// The systems have everything that the catalogue names, besides what they had. What is under way goes on.
    pub fn learn(&self, catalogue: &Catalogue) {
        if let Some(played) = &self.github {
            let github = played.now().with_repositories(repositories(catalogue, &self.site));
            let routes = github.api();
            played.becomes(github, routes);
        }
        if let Some(played) = &self.jenkins {
            let (before, jobs) = (played.now(), jobs(catalogue));
            let new: Vec<String> =
                jobs.iter().map(|job| job.path.clone()).filter(|path| !before.has_job(path)).collect();
            let jenkins = before.with_jobs(jobs);
            // Each job has an earlier build, like real jobs. From that, Signalbox knows that an attempt without a build
            // never started.
            for path in new {
                jenkins.was_built(&path, 3_600_000);
            }
            let routes = jenkins.http();
            played.becomes(jenkins, routes);
        }
    }

    /// What answers questions and carries out nothing.
    pub fn lookups(&self) -> impl Iterator<Item = Arc<dyn Lookup>> {
        let all = [System::Git, System::Registry, System::Web];
        let all = all.into_iter().filter(|_| self.outside);
        all.map(|system| -> Arc<dyn Lookup> { Arc::new(Plausible(system)) })
    }
}

impl Targets {
    /// Simulates the systems that the environment does not name. They are there even if the catalogue names none: it may
    /// once it is edited.
    pub(super) fn simulate_the_rest(
        &mut self,
        catalogue: &Catalogue,
        clock: &Arc<dyn Clock>,
        pages: &str,
    ) -> anyhow::Result<()> {
        let site = format!("{pages}/github");
        if self.systems.github.is_none() {
            let (token, secret) = (secret()?, secret()?);
            let played = play_github((&token, &secret), clock);
            let played = Played::new(played.clone(), played.api());
            let settings = GitHubSettings {
                // Like the address of a server of one's own: from it Signalbox knows where the pages are.
                api_url: format!("{site}{API}"),
                credentials: Credentials::Token(token),
                timing: hasty(github::TIMING),
            };
            let backend = GitHub::new(
                settings,
                Arc::new(below(played.router(), &format!("/console/github{API}"))),
                clock.clone(),
            );
            let backend = backend.map_err(anyhow::Error::msg)?;
            self.systems.github = Some(Arc::new(backend.reading(signalbox_catalogue::workflow::refusals)));
            self.webhook_secrets.extend(secret.parse().ok().map(|known| (TargetKind::GitHub, known)));
            self.practice.github = Some(played);
        }
        if self.systems.jenkins.is_none() {
            let (token, secret) = (secret()?, secret()?);
            let url = format!("{pages}/jenkins");
            let played = play_jenkins(&url, (&token, &secret), clock);
            let played = Played::new(played.clone(), played.http());
            let settings =
                JenkinsSettings { url, user: "signalbox".to_owned(), token, timing: hasty(jenkins::TIMING) };
            let backend =
                Jenkins::new(&settings, Arc::new(below(played.router(), "/console/jenkins")), clock.clone());
            self.systems.jenkins = Some(Arc::new(backend.map_err(anyhow::Error::msg)?));
            self.webhook_secrets.extend(secret.parse().ok().map(|known| (TargetKind::Jenkins, known)));
            self.practice.jenkins = Some(played);
        }
        self.practice.outside = self.systems.outside.is_none();
        self.practice.site = site;
        self.practice.learn(catalogue);
        Ok(())
    }
}

/// Where the API is on a server of one's own.
const API: &str = "/api/v3";

/// Serves calls below this base, from clients that send the whole path and from clients that leave the base out.
fn below(router: Router, base: &str) -> InMemory {
    InMemory(Router::new().nest_service(base, router.clone()).fallback_service(router))
}

fn play_github((token, secret): (&str, &str), clock: &Arc<dyn Clock>) -> play_github::GitHub {
    let now = clock.clone();
    let empty = play_github::GitHubSettings::new(Arc::new(move || now.now().0));
    play_github::GitHub::new(play_github::GitHubSettings {
        token: token.to_owned(),
        webhook_secret: secret.to_owned(),
        // The simulation forgets everything at a restart, so a new run must not get the number of an earlier run.
        first_run: empty.first_run + clock.now().seconds(),
        record: false,
        ..empty
    })
}

/// All repositories that the catalogue names, with the workflows that it dispatches.
fn repositories(catalogue: &Catalogue, site: &str) -> Vec<Repository> {
    let mut tagged: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for named in named(catalogue) {
        let Source::GitHub { repository, .. } = named.source else { continue };
        let tags = tags(named.matching);
        let known = tagged.entry(repository).or_insert_with(|| tags.clone());
        if named.matching.is_some() {
            *known = tags;
        }
    }
    let mut all: BTreeMap<&str, Repository> = BTreeMap::new();
    for (repository, tags) in &tagged {
        let (owner, name) = repository.split_once('/').unwrap_or(("practice", repository));
        let bare = Repository { any_ref: true, web: site.to_owned(), ..Repository::new(owner, name) };
        all.insert(repository, furnish(bare, tags, catalogue));
    }
    for operation in catalogue.operations.values() {
        let Target::GitHub(target) = &operation.target else { continue };
        let Some(repository) = all.get_mut(target.repository.as_str()) else { continue };
        if !repository.workflows.iter().any(|w| w.file == target.workflow) {
            repository.workflows.push(workflow(target));
        }
    }
    all.into_values().collect()
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

fn play_jenkins(url: &str, (token, secret): (&str, &str), clock: &Arc<dyn Clock>) -> play_jenkins::Jenkins {
    let now = clock.clone();
    play_jenkins::Jenkins::new(play_jenkins::JenkinsSettings {
        token: token.to_owned(),
        root_url: format!("{url}/"),
        notify: Notify::signed(secret),
        record: false,
        ..play_jenkins::JenkinsSettings::new(vec![], Arc::new(move || now.now().0))
    })
}

/// All jobs that the catalogue builds, or asks for the choices of a parameter.
fn jobs(catalogue: &Catalogue) -> Vec<Job> {
    let path_of = |job: &str, branch: Option<&String>| match branch {
        Some(branch) => format!("{job}/{}", branch.replace('/', "%2F")),
        None => job.to_owned(),
    };
    let mut jobs: BTreeMap<String, Job> = BTreeMap::new();
    for operation in catalogue.operations.values() {
        let Target::Jenkins(target) = &operation.target else { continue };
        // A branch that a parameter chooses cannot be known in advance.
        let path = path_of(&target.job, target.branch.as_ref().filter(|b| !b.contains('{')));
        jobs.entry(path.clone()).or_insert_with(|| job(&path, target));
    }
    for named in named(catalogue) {
        let Source::Jenkins { job, branch, parameter } = named.source else { continue };
        let path = path_of(&job, branch.as_ref());
        let job = jobs.entry(path.clone()).or_insert_with(|| Job::pipeline(&path));
        let choices = tags(named.matching);
        let choices: Vec<&str> = choices.iter().rev().map(String::as_str).collect();
        job.parameters.retain(|known| known.name != parameter);
        job.parameters.push(ParameterDefinition::choice(&parameter, &choices));
    }
    jobs.into_values().collect()
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
