//! GitHub Actions: workflows started by `workflow_dispatch`.
//!
//! "Not found" proves nothing here: a run may appear many minutes after its dispatch, so only an answer can say that
//! nothing was started.

mod answer;
mod api;
mod auth;
mod cache;
mod dispatch;
mod limits;
mod look;
mod lookup;
mod reason;
mod run;
mod settings;
mod webhook;

pub use auth::Credentials;
pub use lookup::ReadsWorkflow;
pub use settings::GitHubSettings;
pub(crate) use settings::SETTINGS;
pub(crate) use webhook::GitHubWebhook;

use answer::Answered;
use api::Api;
use async_trait::async_trait;
use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::json;
use signalbox_domain::catalogue::{GitHubTarget, Target, TargetKind};
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Observation, Progress};
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen, Transport};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where GitHub's API is; GitHub Enterprise Server has its own, `https://HOST/api/v3`.
pub const DEFAULT_API_URL: &str = "https://api.github.com";

/// Every call except a dispatch ends within this time.
const PATIENCE: Duration = Duration::from_secs(6);
/// If a run does not end after it was asked to, it is ended without asking its steps.
const FORCE_AFTER: Duration = Duration::from_secs(60);
/// How GitHub wants to be treated, unless one's own server is known to behave differently.
pub const TIMING: Timing = Timing {
    request: Duration::from_secs(10),
    lease: Duration::from_secs(30),
    // A run usually shows within seconds; if it does not, that proves nothing, however long one waits.
    search_lag: Duration::ZERO,
    search_for: Duration::from_secs(30 * 60),
    poll: Duration::from_secs(10),
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(30),
    lost_after: Duration::from_secs(5 * 60),
};

/// GitHub as a backend.
pub struct GitHub {
    api: Api,
    timing: Timing,
    reads: Option<ReadsWorkflow>,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("api", &self.api.base).finish_non_exhaustive()
    }
}

impl GitHub {
    /// A GitHub, reached over `transport`.
    ///
    /// # Errors
    /// Says what is wrong with the App's private key; never shows it.
    pub fn new(
        settings: GitHubSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let auth = auth::Auth::new(settings.credentials)?;
        let timing = settings.timing;
        Ok(Self { api: Api::new(&settings.api_url, auth, transport, clock), timing, reads: None })
    }

    /// The same, with what reads workflow files: without it nobody can say whether a workflow takes its inputs.
    #[must_use]
    pub fn reading(self, reads: ReadsWorkflow) -> Self {
        Self { reads: Some(reads), ..self }
    }

    /// The text of a target's workflow file, from the branch or tag that is run.
    ///
    /// # Errors
    /// Says why it cannot be read.
    pub async fn workflow_file(&self, target: &GitHubTarget) -> Result<String, String> {
        let (repository, file) = (&target.repository, crate::segment(&target.workflow));
        let path =
            format!("/repos/{repository}/contents/.github/workflows/{file}?ref={}", query(&target.git_ref));
        let answer = self.api.get(repository, &path, self.until()).await.map_err(|t| t.tell().0)?;
        if answer.status == StatusCode::NOT_FOUND {
            return Err(format!(
                "{repository} has no .github/workflows/{} on {}, or the token may not read it (\"Contents: read\")",
                target.workflow, target.git_ref
            ));
        }
        text_of(&answer, target)
    }

    /// How long to rest before the next look, if the usual pause may be too short.
    fn rest(&self) -> Option<Duration> {
        self.api.limits.rest(self.timing.poll_most, self.api.clock.now())
    }

    fn until(&self) -> Timestamp {
        self.api.clock.now().plus(PATIENCE)
    }
}

/// Where people see what this API is about: github.com, or the server whose `/api/v3` it is.
fn site(api: &str) -> String {
    match api.strip_suffix("/api/v3") {
        Some(server) => server.to_owned(),
        None if api == DEFAULT_API_URL => "https://github.com".to_owned(),
        // A tenant of GHE.com: https://docs.github.com/en/enterprise-cloud@latest/rest/using-the-rest-api
        None => api.replacen("://api.", "://", 1),
    }
}

/// GitHub's ids are numbers.
fn is_id(id: &str) -> bool {
    !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit())
}

fn target(attempt: &Attempt) -> Result<&GitHubTarget, String> {
    let Target::GitHub(target) = &attempt.work.0 else { return Err("this is no work for GitHub".to_owned()) };
    Ok(target)
}

/// The JSON of a successful answer; else what is wrong, and how long to rest.
fn read<T: DeserializeOwned>(answer: &Answered) -> Result<T, (String, Option<Duration>)> {
    if !answer.status.is_success() {
        let limited = answer.limited.map(|_| format!("GitHub's rate limit: {}", answer.message()));
        return Err((limited.unwrap_or_else(|| reason::of(answer)), answer.limited));
    }
    serde_json::from_slice(&answer.body).map_err(|_| {
        let why = if answer.is_githubs() {
            "GitHub's answer cannot be read".to_owned()
        } else {
            reason::of(answer)
        };
        (why, None)
    })
}

/// The text of a workflow file, from the answer that has it.
fn text_of(answer: &Answered, target: &GitHubTarget) -> Result<String, String> {
    #[derive(serde::Deserialize)]
    struct Content {
        content: String,
    }
    let content: Content = read(answer).map_err(|(why, _)| why)?;
    let bytes: Vec<u8> = content.content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
    let text = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, bytes);
    let text = text.ok().and_then(|t| String::from_utf8(t).ok());
    text.ok_or_else(|| format!("{}'s {} is not text", target.repository, target.workflow))
}

fn query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[async_trait]
impl Backend for GitHub {
    fn kind(&self) -> TargetKind {
        TargetKind::GitHub
    }

    fn timing(&self) -> Timing {
        self.timing
    }

    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer {
        let target = match target(attempt) {
            Ok(target) => target,
            Err(why) => return DispatchAnswer::Refused { why },
        };
        let token = target.run_input.iter().map(|input| (input, attempt.token()));
        let inputs: serde_json::Map<_, _> = target
            .inputs
            .iter()
            .map(|(name, value)| (name, value.clone()))
            .chain(token)
            .map(|(name, value)| (name.clone(), json!(value)))
            .collect();
        let body = json!({"ref": target.git_ref, "inputs": inputs});
        let path = format!(
            "/repos/{}/actions/workflows/{}/dispatches",
            target.repository,
            crate::segment(&target.workflow)
        );
        dispatch::meaning(self.api.call(&target.repository, Method::POST, &path, Some(&body), until).await)
    }

    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        let target = match target(attempt) {
            Ok(target) => target,
            Err(why) => return SearchAnswer::Failed { why },
        };
        match self.look_for(target, attempt).await {
            Ok(answer) => answer,
            Err(trouble) => SearchAnswer::Failed { why: trouble.tell().0 },
        }
    }

    async fn recognise(&self, attempt: &Attempt, reference: &str) -> Option<Found> {
        let target = target(attempt).ok()?;
        let login = self.api.login(&target.repository, self.until()).await.ok()?;
        let run = self.run(target, reference).await.ok()??;
        run.is(target, &attempt.token(), &login).then(|| run.found())
    }

    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        let not_seen = |(why, rest)| NotSeen { why, rest };
        let target = target(attempt).map_err(|why| NotSeen { why, rest: None })?;
        let id = attempt.reference.as_deref().unwrap_or_default();
        // Jobs come first: while one has something to do, the run goes on, and one call is enough. Only if they have
        // nothing new to say is the run asked too, so that a job that GitHub forgot does not hide the end; an
        // unchanged answer is free.
        let jobs = self.jobs(target, id).await;
        if let Some((jobs, false)) = &jobs
            && run::goes_on(jobs)
        {
            let (steps, rest) = (run::steps(jobs), self.rest());
            let in_job = run::in_job(jobs);
            return Ok(Observation { steps, in_job, rest, ..Observation::of(Progress::Running) });
        }
        let jobs = jobs.map(|(jobs, _)| jobs);
        let Some(run) = self.run(target, id).await.map_err(not_seen)? else {
            let why = if self.shows_workflow(target).await {
                let why = "GitHub shows the workflow and no longer the run: it was deleted there, it seems";
                return Ok(Observation::of(Progress::Lost { why: why.to_owned() }));
            } else {
                "GitHub does not show the run, nor its workflow: is the repository gone, or may the token no longer \
                 see it?"
            };
            return Err(NotSeen { why: why.to_owned(), rest: None });
        };
        let (progress, jobs) = if run.has_ended() {
            // The jobs are read once more, because a last job may have begun and ended between the two calls. If
            // nothing changed this is free. It is not done if jobs could not be had a moment ago, because somebody
            // waits for the end.
            let jobs = match jobs {
                Some(before) => self.jobs(target, id).await.map_or(before, |(jobs, _)| jobs),
                None => vec![],
            };
            let excerpt = match run::failed(&jobs) {
                Some(job) => self.excerpt(target, job).await.unwrap_or_default(),
                None => String::new(),
            };
            (Progress::Ended(run::outcome(&run, &jobs, excerpt)), jobs)
        } else {
            (Progress::Running, jobs.unwrap_or_default())
        };
        let (steps, rest) = (run::steps(&jobs), self.rest());
        let in_job = run::in_job(&jobs);
        Ok(Observation { steps, in_job, link: run.html_url, rest, ..Observation::of(progress) })
    }

    fn page(&self, work: &Work) -> Option<String> {
        let Target::GitHub(target) = &work.0 else { return None };
        let file = crate::segment(&target.workflow);
        Some(format!("{}/{}/actions/workflows/{file}", site(&self.api.base), target.repository))
    }

    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer {
        let failed = |why: String| CancelAnswer::Failed { why };
        let (target, id) = match (target(attempt), &attempt.reference) {
            (Ok(target), Some(id)) => (target, id),
            (Err(why), _) => return failed(why),
            (Ok(_), None) => return failed("GitHub's name for it is not known yet".to_owned()),
        };
        let now = self.api.clock.now();
        let patient = attempt.stop_asked.is_none_or(|asked| now.since(asked) < FORCE_AFTER);
        let how = if patient { "cancel" } else { "force-cancel" };
        let path = format!("/repos/{}/actions/runs/{id}/{how}", target.repository);
        let ask = async |path: &str| {
            self.api.call(&target.repository, Method::POST, path, None, self.until()).await
        };
        let mut answer = ask(&path).await;
        // The repository's new name leads to the same run, and a stop may be asked for twice.
        if let Some(place) = answer.as_ref().ok().and_then(|a| self.api.moved_to(a)).map(str::to_owned) {
            answer = ask(&place).await;
        }
        match answer {
            // 409 means that it has ended in the meantime; the next look shows this.
            Ok(a) if a.status.is_success() || a.status == StatusCode::CONFLICT => CancelAnswer::Taken,
            Ok(a) => failed(reason::of(&a)),
            Err(trouble) => failed(trouble.tell().0),
        }
    }
}

#[cfg(test)]
#[path = "cold_tests.rs"]
mod cold_tests;
