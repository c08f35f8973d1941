//! What a run does and when. It is computed only from its script, its beginning and what was done to it.
//!
//! A [`Plan`] is the whole course of a run, with the future as far as it is certain now. `None` for a moment means that
//! it never happens, unless somebody cancels. Code that shows a run looks at the plan at one moment. Nothing here may
//! read a clock.

use super::script::{Ends, Job, Workflow};

/// How long the automatic first step takes.
pub(super) const SET_UP_MS: i64 = 1_000;
/// How long a runner takes to stop after it was told to.
const CANCEL_MS: i64 = 2_000;
/// How long a forced cancel takes. It does not ask the runner, but it is not instant either.
const FORCE_CANCEL_MS: i64 = 1_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Conclusion {
    Success,
    Failure,
    Cancelled,
    Skipped,
}

impl Conclusion {
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Conclusion::Success => "success",
            Conclusion::Failure => "failure",
            Conclusion::Cancelled => "cancelled",
            Conclusion::Skipped => "skipped",
        }
    }
}

/// One attempt at a run, and what was done to it.
#[derive(Clone, Debug)]
pub(super) struct Attempt {
    pub(super) began_ms: i64,
    pub(super) cancel_ms: Option<i64>,
    pub(super) force_ms: Option<i64>,
}

impl Attempt {
    pub(super) fn new(began_ms: i64) -> Attempt {
        Attempt { began_ms, cancel_ms: None, force_ms: None }
    }

    /// When everything that still runs is stopped. `i64::MAX` means never.
    fn stop_ms(&self, workflow: &Workflow) -> i64 {
        let cancel = self.cancel_ms.filter(|_| !workflow.ignores_cancel).map(|at| at + CANCEL_MS);
        let force = self.force_ms.map(|at| at + FORCE_CANCEL_MS);
        cancel.into_iter().chain(force).min().unwrap_or(i64::MAX)
    }
}

/// When something begins and ends, and how it ends if it ends.
#[derive(Clone, Debug)]
pub(super) struct Stretch {
    pub(super) from: Option<i64>,
    pub(super) to: Option<i64>,
    pub(super) conclusion: Conclusion,
}

impl Stretch {
    /// GitHub's words at a moment: the status, and the conclusion if there is one by then.
    pub(super) fn status(&self, now: i64) -> (&'static str, Option<Conclusion>) {
        match (self.from, self.to) {
            (_, Some(to)) if to <= now => ("completed", Some(self.conclusion)),
            (Some(from), _) if from <= now => ("in_progress", None),
            _ => ("queued", None),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct StepPlan {
    pub(super) name: String,
    pub(super) stretch: Stretch,
    /// The index of the step in the script. The automatic steps have none.
    pub(super) script: Option<usize>,
}

#[derive(Clone, Debug)]
pub(super) struct JobPlan {
    pub(super) index: usize,
    /// When the job is created. It is in no list before that: GitHub creates a job when the jobs that it needs have
    /// ended.
    pub(super) queued: i64,
    pub(super) stretch: Stretch,
    pub(super) steps: Vec<StepPlan>,
}

#[derive(Clone, Debug)]
pub(super) struct Plan {
    pub(super) stretch: Stretch,
    pub(super) jobs: Vec<JobPlan>,
}

/// The whole course of an attempt.
pub(super) fn plan(workflow: &Workflow, attempt: &Attempt) -> Plan {
    let stop = attempt.stop_ms(workflow);
    let first = attempt.began_ms + workflow.queued_ms;
    let mut jobs: Vec<JobPlan> = Vec::new();
    for (index, script) in workflow.jobs.iter().enumerate() {
        let before = if workflow.parallel { None } else { jobs.last() };
        let job = match before.map(|job| (job.stretch.to, job.stretch.conclusion)) {
            None => run_job(index, script, attempt.began_ms, first, stop),
            Some((Some(ended), Conclusion::Success)) => run_job(index, script, ended, ended, stop),
            Some((Some(ended), _)) => never_ran(index, ended, ended, Conclusion::Skipped),
            // The job before it never ends, so this job is never created.
            Some((None, _)) => break,
        };
        jobs.push(job);
    }
    let nothing_to_do = first.min(stop);
    let had = |conclusion| jobs.iter().any(|job| job.stretch.conclusion == conclusion);
    let conclusion = match () {
        () if had(Conclusion::Cancelled) || (jobs.is_empty() && stop < first) => Conclusion::Cancelled,
        () if had(Conclusion::Failure) => Conclusion::Failure,
        () => Conclusion::Success,
    };
    // If one job never ends, the run does not end either.
    let to = jobs.iter().try_fold(nothing_to_do, |latest, job| Some(latest.max(job.stretch.to?)));
    let from = jobs.iter().filter_map(|job| job.stretch.from).min();
    Plan { stretch: Stretch { from, to, conclusion }, jobs }
}

fn never_ran(index: usize, queued: i64, ended: i64, conclusion: Conclusion) -> JobPlan {
    JobPlan { index, queued, stretch: Stretch { from: None, to: Some(ended), conclusion }, steps: Vec::new() }
}

fn run_job(index: usize, script: &Job, queued: i64, from: i64, stop: i64) -> JobPlan {
    if from >= stop {
        return never_ran(index, queued, stop.max(queued), Conclusion::Cancelled);
    }
    let mut verdict = Conclusion::Success;
    // When the next step begins; `None` once a step hangs.
    let mut next = Some(from);
    let set_up = ("Set up job", Some(SET_UP_MS), Ends::Success, None);
    let scripted = script.steps.iter().enumerate().map(|(n, step)| {
        let length = (step.ends != Ends::Hang).then(|| step.length_ms());
        (step.name.as_str(), length, step.ends, Some(n))
    });
    let mut steps = Vec::new();
    for (name, length, ends, of_script) in std::iter::once(set_up).chain(scripted) {
        let stretch = match next {
            // The steps after one that hangs stay queued.
            None => Stretch { from: None, to: None, conclusion: Conclusion::Success },
            Some(at) if verdict != Conclusion::Success => {
                Stretch { from: Some(at), to: Some(at), conclusion: Conclusion::Skipped }
            }
            Some(at) => {
                let end = length.map(|length| at + length);
                if end.is_none_or(|end| end > stop) && stop != i64::MAX {
                    verdict = Conclusion::Cancelled;
                    Stretch { from: Some(at), to: Some(stop), conclusion: verdict }
                } else {
                    if end.is_some() && ends == Ends::Failure {
                        verdict = Conclusion::Failure;
                    }
                    Stretch { from: Some(at), to: end, conclusion: verdict }
                }
            }
        };
        next = stretch.to;
        steps.push(StepPlan { name: name.to_owned(), stretch, script: of_script });
    }
    let complete = Stretch { from: next, to: next, conclusion: Conclusion::Success };
    steps.push(StepPlan { name: "Complete job".to_owned(), stretch: complete, script: None });
    let stretch = Stretch { from: Some(from), to: next, conclusion: verdict };
    JobPlan { index, queued, stretch, steps }
}

impl Plan {
    /// The latest moment up to `now` at which anything about the run changed.
    pub(super) fn last_change(&self, began: i64, now: i64) -> i64 {
        let run = [Some(began), self.stretch.from, self.stretch.to];
        let jobs = self.jobs.iter().flat_map(|job| [Some(job.queued), job.stretch.from, job.stretch.to]);
        run.into_iter().chain(jobs).flatten().filter(|at| *at <= now).max().unwrap_or(began)
    }
}

#[cfg(test)]
mod tests {
    use super::super::script::Step;
    use super::*;

    fn build_then_ship() -> Workflow {
        Workflow::new("w.yml").queued_ms(1_000).job("build", &[("Make", 3.0)]).job("ship", &[("Push", 2.0)])
    }

    fn ends(plan: &Plan) -> (Option<i64>, Conclusion) {
        (plan.stretch.to, plan.stretch.conclusion)
    }

    #[test]
    fn jobs_follow_each_other_and_the_second_is_made_when_the_first_has_ended() {
        let plan = plan(&build_then_ship(), &Attempt::new(0));
        let moments: Vec<_> =
            plan.jobs.iter().map(|job| (job.queued, job.stretch.from, job.stretch.to)).collect();
        assert_eq!(moments, [(0, Some(1_000), Some(5_000)), (5_000, Some(5_000), Some(8_000))]);
        assert_eq!(ends(&plan), (Some(8_000), Conclusion::Success));
        assert_eq!(plan.stretch.status(999).0, "queued");
        assert_eq!(plan.stretch.status(1_000).0, "in_progress");
        assert_eq!(plan.stretch.status(8_000), ("completed", Some(Conclusion::Success)));
    }

    #[test]
    fn a_failure_skips_the_rest_of_the_job_and_the_jobs_that_need_it() {
        let mut script = build_then_ship();
        script.jobs[0].steps = vec![Step::failing("Make", 1.0, "no"), Step::new("Test", 5.0)];
        let plan = plan(&script, &Attempt::new(0));
        let steps: Vec<_> =
            plan.jobs[0].steps.iter().map(|s| (s.name.as_str(), s.stretch.conclusion.as_str())).collect();
        assert_eq!(
            steps,
            [
                ("Set up job", "success"),
                ("Make", "failure"),
                ("Test", "skipped"),
                ("Complete job", "success")
            ]
        );
        assert_eq!(plan.jobs[1].stretch.conclusion, Conclusion::Skipped);
        assert_eq!(ends(&plan), (Some(3_000), Conclusion::Failure));
    }

    #[test]
    fn a_hang_lasts_until_it_is_cancelled() {
        let mut script = build_then_ship();
        script.jobs[0].steps = vec![Step::hanging("Wait"), Step::new("Never", 1.0)];
        let mut attempt = Attempt::new(0);
        let hung = plan(&script, &attempt);
        assert_eq!((hung.stretch.to, hung.jobs.len()), (None, 1));
        assert_eq!(hung.jobs[0].steps[2].stretch.status(i64::MAX - 1).0, "queued");

        attempt.cancel_ms = Some(60_000);
        assert_eq!(ends(&plan(&script, &attempt)), (Some(62_000), Conclusion::Cancelled));
        let stubborn = script.clone().ignores_cancel();
        assert_eq!(plan(&stubborn, &attempt).stretch.to, None);
        attempt.force_ms = Some(70_000);
        assert_eq!(ends(&plan(&stubborn, &attempt)), (Some(71_000), Conclusion::Cancelled));
    }

    #[test]
    fn a_run_that_ends_before_its_cancel_takes_hold_has_ended_by_itself() {
        let cancelled_at = |ms| Attempt { cancel_ms: Some(ms), ..Attempt::new(0) };
        assert_eq!(ends(&plan(&build_then_ship(), &cancelled_at(6_000))), (Some(8_000), Conclusion::Success));
        assert_eq!(
            ends(&plan(&build_then_ship(), &cancelled_at(5_999))),
            (Some(7_999), Conclusion::Cancelled)
        );
        let long_queue = build_then_ship().queued_ms(90_000);
        let plan = plan(&long_queue, &cancelled_at(10));
        assert_eq!((plan.stretch.from, plan.stretch.to), (None, Some(2_010)));
    }

    #[test]
    fn parallel_jobs_begin_together_and_the_last_one_ends_the_run() {
        let mut script = build_then_ship().parallel();
        script.jobs[1].steps = vec![Step::failing("Push", 1.0, "")];
        let plan = plan(&script, &Attempt::new(0));
        assert_eq!(plan.jobs[1].stretch.from, Some(1_000));
        assert_eq!(ends(&plan), (Some(5_000), Conclusion::Failure));
    }
}
