//! GitHub Actions: workflows started by `workflow_dispatch`.
//!
//! What "not found" proves here: nothing. A run may appear many minutes after its dispatch, so only an answer can say
//! that nothing was started.

mod api;
mod auth;
mod dispatch;
mod kept;
mod limits;
mod run;

pub use auth::Credentials;

use api::{Answered, Api, Trouble};
use async_trait::async_trait;
use http::{Method, StatusCode};
use run::{Job, Jobs, Page, Run};
use serde::de::DeserializeOwned;
use serde_json::json;
use signalbox_domain::catalogue::GitHubTarget;
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Observation, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen, Transport};
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// Where GitHub's API is; GitHub Enterprise Server has its own, `https://HOST/api/v3`.
pub const DEFAULT_API_URL: &str = "https://api.github.com";

/// Every call but a dispatch is over after this.
const PATIENCE: Duration = Duration::from_secs(6);
/// A run that does not end after being asked is ended without asking its steps.
const FORCE_AFTER: Duration = Duration::from_secs(60);
/// A search begins this long before the attempt did, for two clocks never agree.
const CLOCK_SLACK: Duration = Duration::from_secs(60);
/// Pages of a hundred runs that a search reads at most.
const MOST_PAGES: u32 = 5;

/// How it wants to be treated, unless one's own servers are known to behave otherwise.
pub const TIMING: Timing = Timing {
    request: Duration::from_secs(10),
    lease: Duration::from_secs(30),
    // A run usually shows within seconds; that it does not proves nothing, however long one waits.
    search_lag: Duration::ZERO,
    search_for: Duration::from_secs(30 * 60),
    poll: Duration::from_secs(10),
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(30),
    lost_after: Duration::from_secs(5 * 60),
};

/// How to reach GitHub.
pub struct GitHubSettings {
    /// [`DEFAULT_API_URL`], or a server of one's own.
    pub api_url: String,
    /// Who we are.
    pub credentials: Credentials,
    /// [`TIMING`], unless it is known to behave otherwise.
    pub timing: Timing,
}

impl GitHubSettings {
    /// As an installation's settings say; `None` where there are none.
    ///
    /// # Errors
    /// Where they contradict each other, or one lacks.
    pub fn given(
        api_url: Option<&str>,
        token: Option<&str>,
        app_id: Option<&str>,
        app_private_key: Option<&str>,
    ) -> Result<Option<Self>, String> {
        let credentials = match (token, app_id, app_private_key) {
            (None, None, None) => return Ok(None),
            (Some(token), None, None) => Credentials::Token(token.to_owned()),
            (None, Some(id), Some(key)) => {
                Credentials::App { id: id.to_owned(), private_key: key.to_owned() }
            }
            (Some(_), _, _) => {
                return Err("GITHUB_TOKEN and a GitHub App are both set\n  help: Signalbox acts as one of them; unset the other".into());
            }
            (None, Some(_), None) => {
                return Err("GITHUB_APP_ID is set and GITHUB_APP_PRIVATE_KEY is not".into());
            }
            (None, None, Some(_)) => {
                return Err("GITHUB_APP_PRIVATE_KEY is set and GITHUB_APP_ID is not".into());
            }
        };
        Ok(Some(Self { api_url: api_url.unwrap_or(DEFAULT_API_URL).to_owned(), credentials, timing: TIMING }))
    }
}

/// GitHub as a backend.
pub struct GitHub {
    api: Api,
    timing: Timing,
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
        Ok(Self { api: Api::new(&settings.api_url, auth, transport, clock), timing })
    }

    /// The text of a target's workflow file, from the branch or tag that is run.
    ///
    /// # Errors
    /// Says why it cannot be read.
    pub async fn workflow_file(&self, target: &GitHubTarget) -> Result<String, String> {
        #[derive(serde::Deserialize)]
        struct Content {
            content: String,
        }
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
        let content: Content = read(&answer).map_err(|(why, _)| why)?;
        let bytes: Vec<u8> = content.content.bytes().filter(|b| !b.is_ascii_whitespace()).collect();
        let text = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, bytes);
        let text = text.ok().and_then(|t| String::from_utf8(t).ok());
        text.ok_or_else(|| format!("{repository}'s {} is not text", target.workflow))
    }

    /// How long to rest before the next look, where the usual pause may be too short.
    fn rest(&self) -> Option<Duration> {
        self.api.limits.rest(self.timing.poll_most, self.api.clock.now())
    }

    fn until(&self) -> Timestamp {
        self.api.clock.now().plus(PATIENCE)
    }

    async fn run(&self, target: &GitHubTarget, id: &str) -> Result<Option<Run>, (String, Option<Duration>)> {
        if !is_id(id) {
            return Ok(None);
        }
        let path = format!("/repos/{}/actions/runs/{id}", target.repository);
        let answer = self.api.look(&target.repository, &path, self.until()).await.map_err(Trouble::tell)?;
        if answer.status == StatusCode::NOT_FOUND { Ok(None) } else { read(&answer).map(Some) }
    }

    /// The jobs of a run's latest attempt, and whether they are as they were. None where there is no such run.
    async fn jobs(
        &self,
        target: &GitHubTarget,
        id: &str,
    ) -> Result<(Vec<Job>, bool), (String, Option<Duration>)> {
        if !is_id(id) {
            return Ok((vec![], false));
        }
        let path = format!("/repos/{}/actions/runs/{id}/jobs?filter=latest&per_page=100", target.repository);
        let answer = self.api.look(&target.repository, &path, self.until()).await.map_err(Trouble::tell)?;
        if answer.status == StatusCode::NOT_FOUND {
            return Ok((vec![], false));
        }
        read::<Jobs>(&answer).map(|j| (j.jobs, answer.unchanged))
    }

    /// The end of a failed job's log. It may be gone, and the run's end matters more.
    async fn excerpt(&self, target: &GitHubTarget, job: &Job) -> Option<String> {
        let until = self.until();
        let path = format!("/repos/{}/actions/jobs/{}/logs", target.repository, job.id);
        let answer = self.api.call(&target.repository, Method::GET, &path, None, until).await.ok()?;
        let log = if answer.status.is_redirection() {
            let place = answer.headers.get(http::header::LOCATION)?.to_str().ok()?;
            self.api.elsewhere(place, until).await?
        } else {
            answer.status.is_success().then_some(answer.body)?
        };
        Some(run::excerpt(&String::from_utf8_lossy(&log)))
    }

    /// Whether a run that is not there was deleted: then we may still see its workflow.
    async fn is_deleted(&self, target: &GitHubTarget) -> bool {
        let path =
            format!("/repos/{}/actions/workflows/{}", target.repository, crate::segment(&target.workflow));
        let answer = self.api.get(&target.repository, &path, self.until()).await;
        answer.is_ok_and(|a| a.status == StatusCode::OK && a.is_githubs())
    }

    async fn look_for(&self, target: &GitHubTarget, attempt: &Attempt) -> Result<SearchAnswer, Trouble> {
        let failed = |why: String| Ok(SearchAnswer::Failed { why });
        let Some(input) = &target.run_input else {
            return failed("the workflow takes no run id, so it cannot be found by it".to_owned());
        };
        let (repository, token) = (&target.repository, attempt.token());
        let login = self.api.login(repository, self.until()).await?;
        let since = Timestamp(attempt.began.0 - i64::try_from(CLOCK_SLACK.as_millis()).unwrap_or(0));
        let since = jiff::Timestamp::from_second(since.seconds()).map(|t| t.to_string()).unwrap_or_default();
        for page in 1..=MOST_PAGES {
            let path = format!(
                "/repos/{repository}/actions/workflows/{}/runs?event=workflow_dispatch&created={}&per_page=100&page={page}",
                crate::segment(&target.workflow),
                query(&format!(">={since}"))
            );
            let answer = self.api.get(repository, &path, self.until()).await?;
            let runs = match read::<Page>(&answer) {
                Ok(page) => page.workflow_runs,
                Err((why, _)) => return failed(why),
            };
            if let Some(run) = runs.iter().find(|r| r.is(target, &token, &login)) {
                return Ok(SearchAnswer::Found(run.found()));
            }
            if runs.len() < 100 {
                break;
            }
        }
        // Not there. If its name would not show the id, that says nothing at all, and no search ever will.
        match self.workflow_file(target).await {
            Ok(text) if !run::run_name_shows(&text, input) => failed(format!(
                "the workflow's run-name does not show the input {input}, so it cannot be found by it"
            )),
            Ok(_) | Err(_) => Ok(SearchAnswer::NotFound(Absence::NotProven)),
        }
    }
}

/// Where people look at what this API speaks of: github.com, or the server whose `/api/v3` it is.
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
    match &attempt.work {
        Work::GitHub(target) => Ok(target),
        Work::Command(_) | Work::Jenkins(_) => Err("this is no work for GitHub".to_owned()),
    }
}

/// A successful answer's JSON, or what is wrong and how long to rest.
fn read<T: DeserializeOwned>(answer: &Answered) -> Result<T, (String, Option<Duration>)> {
    if !answer.status.is_success() {
        return Err((answer.message(), answer.limited));
    }
    serde_json::from_slice(&answer.body).map_err(|_| {
        let what = if answer.is_githubs() {
            "GitHub's answer"
        } else {
            "the answer of something that is not GitHub"
        };
        (format!("{what} cannot be read"), None)
    })
}

fn query(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

#[async_trait]
impl Backend for GitHub {
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
        // Jobs come first, for as long as one has something to do the run goes on: one call. Only where they have
        // nothing new to say is the run asked as well, lest a job that GitHub forgot hide the end; that is free.
        let (jobs, unchanged) = self.jobs(target, id).await.map_err(not_seen)?;
        if !unchanged && run::goes_on(&jobs) {
            let (steps, rest) = (run::steps(&jobs), self.rest());
            return Ok(Observation { steps, rest, ..Observation::of(Progress::Running) });
        }
        let Some(run) = self.run(target, id).await.map_err(not_seen)? else {
            return if self.is_deleted(target).await {
                Ok(Observation::of(Progress::Lost { why: "the run was deleted on GitHub".to_owned() }))
            } else {
                Err(NotSeen { why: "GitHub does not show the run".to_owned(), rest: None })
            };
        };
        let (progress, jobs) = if run.has_ended() {
            // Once more, for between the two a last job may have begun and ended. Seldom; else this is free as well.
            let (jobs, _) = self.jobs(target, id).await.map_err(not_seen)?;
            let excerpt = match run::failed(&jobs) {
                Some(job) => self.excerpt(target, job).await.unwrap_or_default(),
                None => String::new(),
            };
            (Progress::Ended(run::outcome(&run, &jobs, excerpt)), jobs)
        } else {
            (Progress::Running, jobs)
        };
        let (steps, rest) = (run::steps(&jobs), self.rest());
        Ok(Observation { steps, link: run.html_url, rest, ..Observation::of(progress) })
    }

    fn page(&self, work: &Work) -> Option<String> {
        let Work::GitHub(target) = work else { return None };
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
        match self.api.call(&target.repository, Method::POST, &path, None, self.until()).await {
            // 409: it has ended in the meantime, as the next look shows.
            Ok(a) if a.status.is_success() || a.status == StatusCode::CONFLICT => CancelAnswer::Taken,
            Ok(a) => failed(a.message()),
            Err(trouble) => failed(trouble.tell().0),
        }
    }
}

#[cfg(test)]
#[path = "cold_tests.rs"]
mod cold_tests;
