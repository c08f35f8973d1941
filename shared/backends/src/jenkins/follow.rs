//! Follows a build: from a place in the queue to its stages, its end, and the end of its log.

use super::api::job_path;
use super::reference::Reference;
use super::wire::{Build, Item, Pipeline, Stage};
use super::{Jenkins, Seen};
use http::{Method, StatusCode};
use signalbox_domain::catalogue::JenkinsTarget;
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Progress};
use signalbox_engine::ports::Attempt;
use std::sync::PoisonError;

/// The part of a log that is read for an excerpt, in bytes.
const LOG_END: u64 = 16 * 1024;

/// How many jobs without stages are remembered.
const MOST_STAGELESS: usize = 1000;

impl Jenkins {
    /// How an item of the queue stands; its build, once there is one.
    pub(super) async fn observe_item(
        &self,
        target: &JenkinsTarget,
        attempt: &Attempt,
        id: u64,
        merged: bool,
    ) -> Seen<Observation> {
        let token = attempt.token();
        // If a Jenkins is set up anew, its ids begin anew: an item with another run's id is not ours.
        let ours = |i: &Item| match &target.run_parameter {
            Some(name) if !merged => i.parameter(name).is_none_or(|id| id == token),
            Some(_) | None => true,
        };
        let Some(item) = self.item(id).await?.filter(ours) else {
            // Jenkins forgets an item five minutes after it left the queue; but a build keeps its number for ever.
            return self.recover(target, attempt, id, merged).await;
        };
        if let Some(build) = &item.executable {
            return self.observe_build(target, attempt, build.number, merged).await;
        }
        let steps = warnings(merged, self.arrived(target, attempt, |name, token| item.carries(name, token)));
        if item.cancelled {
            let summary = "taken out of Jenkins's queue".to_owned();
            let outcome = Outcome { conclusion: Conclusion::Cancelled, summary, excerpt: String::new() };
            return Ok(Observation { steps, ..Observation::of(Progress::Ended(outcome)) });
        }
        let why = item.why.as_deref().map(str::trim).filter(|why| !why.is_empty());
        let waits = why.map_or("in Jenkins's queue".to_owned(), |why| format!("in Jenkins's queue: {why}"));
        let link = Some(format!("{}{}/", self.api.base, job_path(target)));
        Ok(Observation { steps, link, waits: Some(waits), ..Observation::of(Progress::Running) })
    }

    async fn recover(
        &self,
        target: &JenkinsTarget,
        attempt: &Attempt,
        item: u64,
        merged: bool,
    ) -> Seen<Observation> {
        let job = self.job(target).await?;
        let token = attempt.token();
        let ours = |b: &&Build| {
            let id = target.run_parameter.as_ref().and_then(|p| b.parameter(p));
            let by_item = b.queue_id.and_then(|id| u64::try_from(id).ok()) == Some(item);
            id.map_or(by_item, |id| id == token)
        };
        match job.builds.iter().find(ours) {
            Some(build) => self.observe_build(target, attempt, build.number, merged).await,
            None => Ok(Observation::of(Progress::Lost {
                why: format!("queue item {item} is gone, and the job has no build of it"),
            })),
        }
    }

    pub(super) async fn observe_build(
        &self,
        target: &JenkinsTarget,
        attempt: &Attempt,
        number: u64,
        merged: bool,
    ) -> Seen<Observation> {
        let Some(build) = self.build(target, number).await? else {
            self.job(target).await?;
            return Ok(Observation::of(Progress::Lost {
                why: format!(
                    "Jenkins shows the job and no longer build {number}: it was deleted there, it seems"
                ),
            }));
        };
        let token = attempt.token();
        let other = |name: &String| build.parameter(name).is_some_and(|id| id != token);
        if target.run_parameter.as_ref().is_some_and(other) {
            let why = format!("build {number} is another one by now: was the job made anew?");
            return Ok(Observation::of(Progress::Lost { why }));
        }
        if build.is_cut_off() {
            let why = format!(
                "build {number} goes on no longer and has no result: was Jenkins ended while it ran?"
            );
            return Ok(Observation::of(Progress::Lost { why }));
        }
        let pipeline = self.pipeline(target, number).await;
        let stages: &[Stage] = pipeline.as_ref().map_or(&[], |p| &p.stages);
        let mut steps =
            warnings(merged, self.arrived(target, attempt, |name, token| build.carries(name, token)));
        steps.extend(pipeline.as_ref().map(Pipeline::begun).unwrap_or_default());
        let progress = if build.has_ended() {
            let excerpt = match build.result.as_deref() {
                Some("SUCCESS") => String::new(),
                Some(_) | None => self.excerpt(target, number).await.unwrap_or_default(),
            };
            Progress::Ended(build.outcome(stages, excerpt))
        } else {
            Progress::Running
        };
        let reference = Some(Reference::Build { number }.to_string());
        let link = Some(self.link(target, number));
        Ok(Observation { steps, link, reference, ..Observation::of(progress) })
    }

    /// Whether the run's id arrived. Later attempts have ids of their own, so a build with another id gets a warning
    /// too.
    fn arrived(
        &self,
        target: &JenkinsTarget,
        attempt: &Attempt,
        carries: impl Fn(&str, &str) -> bool,
    ) -> bool {
        target.run_parameter.as_ref().is_none_or(|name| carries(name, &attempt.token()))
    }

    /// The stages of a build, if it has any and they can be had: without them nothing else is hidden.
    async fn pipeline(&self, target: &JenkinsTarget, number: u64) -> Option<Pipeline> {
        let job = job_path(target);
        let stageless = || self.stageless.lock().unwrap_or_else(PoisonError::into_inner);
        if stageless().contains(&job) {
            return None;
        }
        let answer = self.aside(Method::GET, &format!("{job}/{number}/wfapi/describe")).await?;
        if answer.status == StatusCode::NOT_FOUND && answer.is_jenkinss() {
            let mut stageless = stageless();
            // There may be one for each branch that was ever asked for. Clearing the list costs one call each.
            if stageless.len() >= MOST_STAGELESS {
                stageless.clear();
            }
            stageless.insert(job);
        }
        answer.read().ok()
    }

    /// The end of a build's log. If it is gone, the build's end matters more.
    async fn excerpt(&self, target: &JenkinsTarget, number: u64) -> Option<String> {
        let path = format!("{}/{number}/logText/progressiveText", job_path(target));
        // Asks only how long the log is. A request for a place beyond the end gets the whole log, which may be
        // gigabytes.
        let length = self.aside(Method::HEAD, &path).await?;
        let length: u64 = length.headers.get("x-text-size")?.to_str().ok()?.parse().ok()?;
        let start = length.saturating_sub(LOG_END);
        let log = self.aside(Method::GET, &format!("{path}?start={start}")).await?;
        let log = (log.status.is_success() && log.is_jenkinss())
            .then(|| String::from_utf8_lossy(&log.body).into_owned())?;
        // Jenkins's log ends with the result, which the card already says.
        let ours = |l: &&str| !l.starts_with("Finished: ") && !l.starts_with("[Pipeline]");
        let text: Vec<&str> = log.lines().filter(ours).collect();
        let whole = length <= LOG_END;
        Some(crate::excerpt::excerpt(&text.join("\n"), whole, |l| l.to_ascii_lowercase().contains("error")))
    }
}

/// What has to be said about how the build began.
fn warnings(merged: bool, arrived: bool) -> Vec<String> {
    if merged {
        vec!["Jenkins joined it with an identical request that was already waiting".to_owned()]
    } else if arrived {
        vec![]
    } else {
        vec!["Warning: the job dropped the run's id; let it declare the parameter".to_owned()]
    }
}
