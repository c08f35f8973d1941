//! The log of a job: a redirect to another host, and the answer of that host.
//!
//! <https://docs.github.com/en/rest/actions/workflow-jobs#download-job-logs-for-a-workflow-run>. The link needs no
//! token and is valid for a minute. It must be used without GitHub's token, because the host that keeps GitHub's logs
//! refuses an `Authorization` that is not its own.

use std::fmt::Write as _;

use http::HeaderMap;
use http::header::{AUTHORIZATION, RANGE};

use super::GitHub;
use super::reply::{Answer, Content, Reply};
use super::route::Ask;
use super::run::Run;
use super::settings::Repository;
use super::time::iso_of_log;
use super::timeline::{Conclusion, JobPlan};
use super::wire::git_id;

const LINK_MS: i64 = 60_000;

/// A link to a log that was asked for.
#[derive(Debug)]
pub(super) struct Link {
    token: String,
    until_ms: i64,
    text: String,
}

impl GitHub {
    /// `GET /repos/{owner}/{repo}/actions/jobs/{job_id}/logs`. It is a 404 until the job has ended.
    pub(super) fn job_log(&self, ask: &Ask, repository: &Repository, job: &str) -> Answer {
        ask.caller.may("actions", "read")?;
        let id: i64 = job.parse().map_err(|_| Reply::not_found())?;
        let mut state = self.state();
        let text = {
            let (run, attempt, index) = state.job(id).ok_or_else(Reply::not_found)?;
            let here = run.shows(ask.now) && run.place.repository.is(&repository.owner, &repository.name);
            let (_, plan) = run.attempt(attempt).filter(|_| here).ok_or_else(Reply::not_found)?;
            let ended = |job: &&JobPlan| job.index == index && job.stretch.to.is_some_and(|to| to <= ask.now);
            let plan = plan.jobs.iter().find(ended).filter(|job| job.stretch.from.is_some());
            text(run, plan.ok_or_else(Reply::not_found)?)
        };
        let token = git_id(&format!("{id} {}", state.log_links.len()));
        let location = format!("{}/_logs/{token}", self.settings().logs_url);
        state.log_links.push(Link { token, until_ms: ask.now + LINK_MS, text });
        Ok(Reply::empty(302).header("location", location))
    }

    /// The answer of the other host.
    pub(super) fn stored_log(&self, token: &str, headers: &HeaderMap, now: i64) -> Reply {
        let refused = |status: u16, code: &str| {
            let xml = format!("<?xml version=\"1.0\" encoding=\"utf-8\"?><Error><Code>{code}</Code></Error>");
            Reply::new(status, Content::Text("application/xml", xml))
        };
        if headers.contains_key(AUTHORIZATION) {
            return refused(400, "InvalidAuthenticationInfo");
        }
        let state = self.state();
        match state.log_links.iter().find(|link| link.token == token) {
            Some(link) if now < link.until_ms => {
                let text = |text: &str| Content::Text("text/plain; charset=utf-8", text.to_owned());
                let range = headers.get(RANGE).and_then(|range| range.to_str().ok()).unwrap_or_default();
                let wanted = range.strip_prefix("bytes=-").and_then(|n| n.parse::<usize>().ok());
                match wanted.filter(|wanted| *wanted < link.text.len()) {
                    None => Reply::new(200, text(&link.text)),
                    Some(wanted) => {
                        let all = link.text.len();
                        let from =
                            (all - wanted..all).find(|at| link.text.is_char_boundary(*at)).unwrap_or(all);
                        let reply = Reply::new(206, text(link.text.get(from..).unwrap_or_default()));
                        reply.header("content-range", format!("bytes {from}-{}/{all}", all - 1))
                    }
                }
            }
            _ => refused(403, "AuthenticationFailed"),
        }
    }
}

/// The log as the runner writes it: first a byte order mark, then every line with its time before it.
fn text(run: &Run, plan: &JobPlan) -> String {
    let mut out = String::from("\u{feff}");
    for (at, words) in lines(run, plan) {
        let _ = writeln!(out, "{} {words}", iso_of_log(at.unwrap_or(plan.queued)));
    }
    out
}

/// The part of the log that is written by now. The page shows it while the job runs.
pub(super) fn so_far(run: &Run, plan: &JobPlan, now: i64) -> String {
    let lines = lines(run, plan).into_iter().filter(|(at, _)| at.is_some_and(|at| at <= now));
    lines.map(|(_, words)| words + "\n").collect()
}

/// Every line, and when it is written. The moment is `None` if it is not known yet.
fn lines(run: &Run, plan: &JobPlan) -> Vec<(Option<i64>, String)> {
    let mut lines = vec![];
    let mut line = |at: Option<i64>, words: &str| lines.push((at, words.to_owned()));
    let script = run.place.workflow.jobs.get(plan.index);
    for step in &plan.steps {
        let (from, to) = (step.stretch.from, step.stretch.to);
        let Some(scripted) = step.script.and_then(|index| script?.steps.get(index)) else {
            if step.name == "Set up job" {
                line(from, "Current runner version: '2.330.0'");
                line(from, "##[group]Runner Image");
                line(from, "Image: ubuntu-24.04");
                line(from, "##[endgroup]");
                line(to, &format!("Complete job name: {}", script.map_or("", |job| job.name.as_str())));
            } else {
                line(from, "Cleaning up orphan processes");
            }
            continue;
        };
        if step.stretch.conclusion == Conclusion::Skipped {
            continue;
        }
        line(from, &format!("##[group]Run {}", scripted.name));
        line(from, "shell: /usr/bin/bash -e {0}");
        line(from, "##[endgroup]");
        for words in scripted.log.lines() {
            line(from, words);
        }
        match step.stretch.conclusion {
            Conclusion::Failure => line(to, "##[error]Process completed with exit code 1."),
            Conclusion::Cancelled => line(to, "##[error]The operation was canceled."),
            Conclusion::Success | Conclusion::Skipped => {}
        }
    }
    lines
}
