//! Batches: several operations that are asked for together. Each step is a run of its own, decided as if it had been asked
//! for alone; the batch looks at its steps and begins the next.
//!
//! No step is asked for in a person's name by a command alone: it counts because the batch's own record says so, which a
//! door vouched for.

use crate::ports::{Attempt, Backend, Clock, NotSeen, PortError, Queue, Views};
use crate::wire::command::Envelope;
use crate::wire::head::decode_any;
use async_trait::async_trait;
use signalbox_domain::catalogue::{BatchStep, BatchTarget, Target, TargetKind};
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Part, Progress, Stands};
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, PartOf, SearchAnswer, Timing};
use signalbox_domain::{RunCommand, RunHead, RunId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// How a batch is looked at: each step that ends has it looked at too, so this is for what was missed.
const TIMING: Timing = Timing {
    request: Duration::from_secs(5),
    lease: Duration::from_secs(10),
    search_lag: Duration::ZERO,
    search_for: Duration::from_secs(60),
    poll: Duration::from_secs(5),
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(5),
    lost_after: Duration::ZERO,
};

/// Carries out batches, by beginning their steps.
pub struct Batches {
    /// Where the steps are looked at.
    pub views: Arc<dyn Views>,
    /// Where they are asked for.
    pub intents: Arc<dyn Queue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// The run that is this step of a batch's attempt.
pub(crate) fn step_run(batch: &RunId, attempt: u32, step: u32) -> RunId {
    RunId::derive("batch", batch.as_str(), &format!("{attempt}.{step}"))
}

fn target(attempt: &Attempt) -> Option<&BatchTarget> {
    if let Target::Batch(target) = &attempt.work.0 { Some(target) } else { None }
}

impl Batches {
    async fn head(&self, run: &RunId) -> Result<Option<RunHead>, PortError> {
        let Some(row) = self.views.head(run).await? else { return Ok(None) };
        Ok(decode_any(&row.body)?.into_run())
    }

    /// How a step stands: its run of this attempt, or one of an earlier attempt that ended well and need not be done
    /// again.
    async fn part(&self, attempt: &Attempt, step: u32, line: String) -> Result<Part, PortError> {
        let now = step_run(&attempt.run, attempt.attempt, step);
        let mut part = Part { line, run: None, stands: Stands::Waits };
        if let Some(head) = self.head(&now).await? {
            part.stands = head.stands();
            part.run = Some(now);
            return Ok(part);
        }
        for before in (1..attempt.attempt).rev() {
            let run = step_run(&attempt.run, before, step);
            if self.head(&run).await?.is_some_and(|head| head.stands() == Stands::Good) {
                part.stands = Stands::Good;
                part.run = Some(run);
                break;
            }
        }
        Ok(part)
    }

    /// Begins a step. Sent twice it is the same command, and the run begins once.
    async fn begin(&self, attempt: &Attempt, step: u32) -> Result<(), PortError> {
        let part_of = PartOf { run: attempt.run.clone(), attempt: attempt.attempt, step };
        let run = step_run(&attempt.run, attempt.attempt, step);
        self.intents.send(Envelope::new(run, "", RunCommand::Step(part_of)).to_message()?).await
    }

    async fn look(&self, attempt: &Attempt, target: &BatchTarget) -> Result<Observation, PortError> {
        let mut parts = vec![];
        for (step, line) in (1u32..).zip(target.steps.iter().map(BatchStep::line)) {
            parts.push(self.part(attempt, step, line).await?);
        }
        let stopped = attempt.stop_asked.is_some();
        let bad = |part: &Part| part.stands == Stands::Bad;
        let held = stopped || (parts.iter().any(bad) && !target.go_on);
        for (step, at) in (1u32..).zip(0..parts.len()) {
            let ready = target.parallel || parts.iter().take(at).all(|before| is_over(before, target.go_on));
            let Some(part) = parts.get_mut(at).filter(|part| part.stands == Stands::Waits) else { continue };
            if held {
                part.stands = Stands::LeftOut;
            } else if ready {
                self.begin(attempt, step).await?;
                part.stands = Stands::Busy;
                part.run = Some(step_run(&attempt.run, attempt.attempt, step));
            }
        }
        let progress =
            match parts.iter().any(|p| matches!(p.stands, Stands::Waits | Stands::Busy | Stands::Unknown)) {
                true => Progress::Running,
                false => Progress::Ended(outcome(&parts, stopped)),
            };
        Ok(Observation { parts, ..Observation::of(progress) })
    }
}

/// Whether the next step may begin after this one.
fn is_over(part: &Part, go_on: bool) -> bool {
    match part.stands {
        Stands::Good => true,
        Stands::Bad => go_on,
        Stands::Waits | Stands::Busy | Stands::Unknown | Stands::LeftOut => false,
    }
}

fn outcome(parts: &[Part], stopped: bool) -> Outcome {
    let count = |stands: Stands| parts.iter().filter(|part| part.stands == stands).count();
    let (good, bad, left_out) = (count(Stands::Good), count(Stands::Bad), count(Stands::LeftOut));
    let (conclusion, rest) = match (bad, left_out) {
        (0, 0) => (Conclusion::Succeeded, String::new()),
        (0, left) if stopped => (Conclusion::Cancelled, format!("; {left} did not begin")),
        (bad, 0) => (Conclusion::Failed, format!("; {bad} did not")),
        (bad, left) => (Conclusion::Failed, format!("; {bad} did not, and {left} did not begin")),
    };
    let summary = format!("{good} of {} steps ended well{rest}", parts.len());
    Outcome { conclusion, summary, excerpt: String::new() }
}

#[async_trait]
impl Backend for Batches {
    fn kind(&self) -> TargetKind {
        TargetKind::Batch
    }

    fn timing(&self) -> Timing {
        TIMING
    }

    /// Begins what may begin. Each look does that, and a step begins once, so nothing is doubled by it.
    async fn dispatch(&self, attempt: &Attempt, _: Timestamp) -> DispatchAnswer {
        if let Some(target) = target(attempt)
            && let Err(error) = self.look(attempt, target).await
        {
            tracing::warn!(run = %attempt.run, %error, "the first steps of a batch did not begin; the next look begins them");
        }
        DispatchAnswer::Sent { reference: Some(attempt.token()), link: None }
    }

    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        SearchAnswer::Found(Found { reference: attempt.token(), link: None })
    }

    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        let not_seen = |why: String| NotSeen { why, rest: None };
        let target = target(attempt).ok_or_else(|| not_seen("this is no batch".to_owned()))?;
        self.look(attempt, target).await.map_err(|error| not_seen(error.to_string()))
    }

    /// What has not begun will not begin; what is under way goes on.
    async fn cancel(&self, _: &Attempt) -> CancelAnswer {
        CancelAnswer::Taken
    }
}
