//! Looks at a run, its jobs and the end of a log, and looks for a run by its id.
//!
//! What the run itself says decides. Jobs and logs may be left out: they get less time, and their absence hides
//! nothing.

use super::answer::Trouble;
use super::run::{self, Job, Jobs, Page, Run};
use super::{GitHub, is_id, query, read};
use http::{Method, StatusCode};
use signalbox_domain::catalogue::GitHubTarget;
use signalbox_domain::run::{Absence, SearchAnswer};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::Attempt;
use std::time::Duration;

/// A call for something that may be left out ends within this time.
const ASIDE: Duration = Duration::from_secs(3);
/// The part of a log that is asked for, in bytes.
const LOG_END: u64 = 256 * 1024;
/// A search begins this long before the attempt, because GitHub's clock dates a run: a server that is minutes slow
/// makes runs in our past.
const CLOCK_SLACK: Duration = Duration::from_secs(30 * 60);
/// Pages of a hundred runs that a search reads at most: GitHub finds no more than a thousand.
const MOST_PAGES: u32 = 10;
/// Pages of a hundred jobs that a look reads at most; a matrix makes 256 jobs.
const MOST_JOB_PAGES: u32 = 6;

impl GitHub {
    pub(super) async fn run(
        &self,
        target: &GitHubTarget,
        id: &str,
    ) -> Result<Option<Run>, (String, Option<Duration>)> {
        if !is_id(id) {
            return Ok(None);
        }
        let path = format!("/repos/{}/actions/runs/{id}", target.repository);
        let answer = self.api.look(&target.repository, &path, self.until()).await.map_err(Trouble::tell)?;
        if answer.status == StatusCode::NOT_FOUND { Ok(None) } else { read(&answer).map(Some) }
    }

    fn until_aside(&self) -> Timestamp {
        self.api.clock.now().plus(ASIDE)
    }

    /// The jobs of a run's latest attempt, and whether they are unchanged. `None` if they cannot be had: they may be
    /// left out, and hide nothing that the run itself says.
    pub(super) async fn jobs(&self, target: &GitHubTarget, id: &str) -> Option<(Vec<Job>, bool)> {
        if !is_id(id) {
            return None;
        }
        let first = format!("/repos/{}/actions/runs/{id}/jobs?filter=latest&per_page=100", target.repository);
        let (mut all, mut unchanged) = (vec![], true);
        for page in 1..=MOST_JOB_PAGES {
            let path = if page == 1 { first.clone() } else { format!("{first}&page={page}") };
            let answer = self.api.look(&target.repository, &path, self.until_aside()).await.ok()?;
            let jobs = read::<Jobs>(&answer).ok()?.jobs;
            // If an answer is not kept, it cannot be known whether it changed: jobs that look unchanged would hide
            // the end for ever.
            unchanged &= answer.unchanged || !answer.is_kept;
            let more = jobs.len() == 100;
            all.extend(jobs);
            if !more {
                break;
            }
        }
        Some((all, unchanged))
    }

    /// The end of a failed job's log. If it is gone, the run's end matters more.
    pub(super) async fn excerpt(&self, target: &GitHubTarget, job: &Job) -> Option<String> {
        let until = self.until_aside();
        let path = format!("/repos/{}/actions/jobs/{}/logs", target.repository, job.id);
        let answer = self.api.call(&target.repository, Method::GET, &path, None, until).await.ok()?;
        let log = if answer.status.is_redirection() {
            let place = answer.headers.get(http::header::LOCATION)?.to_str().ok()?;
            self.api.elsewhere(place, LOG_END, until).await?
        } else {
            (answer.status.is_success().then_some(answer.body)?, true)
        };
        let (log, whole) = log;
        Some(run::excerpt(&String::from_utf8_lossy(&log), whole))
    }

    /// Whether a run that is missing may have been deleted: then we can still see its workflow, with the same rights.
    pub(super) async fn shows_workflow(&self, target: &GitHubTarget) -> bool {
        let path =
            format!("/repos/{}/actions/workflows/{}", target.repository, crate::segment(&target.workflow));
        let answer = self.api.get(&target.repository, &path, self.until()).await;
        answer.is_ok_and(|a| a.status == StatusCode::OK && a.is_githubs())
    }

    pub(super) async fn look_for(
        &self,
        target: &GitHubTarget,
        attempt: &Attempt,
    ) -> Result<SearchAnswer, Trouble> {
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
        // The run was not found. If its name does not show the id, that means nothing, and no later search can find
        // it.
        match self.workflow_file(target).await {
            Ok(text) if !run::run_name_shows(&text, input) => failed(format!(
                "the workflow's run-name does not show the input {input}, so it cannot be found by it"
            )),
            Ok(_) | Err(_) => Ok(SearchAnswer::NotFound(Absence::NotProven)),
        }
    }
}
