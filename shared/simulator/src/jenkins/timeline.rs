//! How one build goes: when each stage begins and ends, how it ends, and what is in the log at each moment.
//!
//! It is computed only from when the build began, the job's script, and when somebody asked to stop it. It must know
//! nothing of HTTP, and must get the time from its caller.

use super::settings::{Job, StageEnd, StopNeeded};

/// How a build ended, in Jenkins' words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Success,
    Unstable,
    Failure,
    Aborted,
}

impl Outcome {
    pub(super) fn word(self) -> &'static str {
        match self {
            Outcome::Success => "SUCCESS",
            Outcome::Unstable => "UNSTABLE",
            Outcome::Failure => "FAILURE",
            Outcome::Aborted => "ABORTED",
        }
    }

    /// The plugin *pipeline-rest-api* has a different word for one of them.
    pub(super) fn pipeline_word(self) -> &'static str {
        if self == Outcome::Failure { "FAILED" } else { self.word() }
    }

    pub(super) fn color(self) -> &'static str {
        match self {
            Outcome::Success => "blue",
            Outcome::Unstable => "yellow",
            Outcome::Failure => "red",
            Outcome::Aborted => "aborted",
        }
    }
}

/// A stage that will be reached or was reached.
#[derive(Clone, Copy, Debug)]
pub(super) struct StageRun {
    pub(super) begins: i64,
    /// `None` if it hangs.
    pub(super) ends: Option<i64>,
    pub(super) outcome: Outcome,
}

/// The course of a whole build, past and future, if nothing else is done to it.
#[derive(Clone, Debug)]
pub(super) struct Timeline {
    begins: i64,
    /// Only the stages that are reached.
    stages: Vec<StageRun>,
    end: Option<(i64, Outcome)>,
}

impl Timeline {
    pub(super) fn of(job: &Job, begins: i64, stops: &[(StopNeeded, i64)]) -> Timeline {
        let stopped = stops.iter().find(|(how, _)| *how >= job.takes_stop).map(|&(_, at)| at);
        let mut line = Timeline { begins, stages: Vec::new(), end: None };
        let mut cursor = begins;
        let mut worst = Outcome::Success;
        for stage in &job.stages {
            let ends = (stage.ends != StageEnd::Hang).then(|| cursor + stage.ms);
            if let Some(at) = stopped
                && ends.is_none_or(|ends| at < ends)
            {
                line.stages.push(StageRun { begins: cursor, ends: Some(at), outcome: Outcome::Aborted });
                line.end = Some((at, Outcome::Aborted));
                return line;
            }
            let outcome = match stage.ends {
                StageEnd::Success | StageEnd::Hang => Outcome::Success,
                StageEnd::Unstable => Outcome::Unstable,
                StageEnd::Failure => Outcome::Failure,
            };
            line.stages.push(StageRun { begins: cursor, ends, outcome });
            let Some(ends) = ends else { return line };
            cursor = ends;
            match outcome {
                Outcome::Failure => {
                    line.end = Some((cursor, Outcome::Failure));
                    return line;
                }
                Outcome::Unstable => worst = Outcome::Unstable,
                Outcome::Success | Outcome::Aborted => {}
            }
        }
        line.end = Some((cursor, worst));
        line
    }

    /// When it stops building. `None` means never.
    pub(super) fn end_ms(&self) -> Option<i64> {
        self.end.map(|(at, _)| at)
    }

    pub(super) fn building(&self, now: i64) -> bool {
        self.end.is_none_or(|(at, _)| now < at)
    }

    /// How it ended, if it has ended by now.
    pub(super) fn outcome(&self, now: i64) -> Option<Outcome> {
        self.end.filter(|(at, _)| *at <= now).map(|(_, outcome)| outcome)
    }

    /// How long it took. As in Jenkins, it is 0 until the build is over.
    pub(super) fn duration(&self, now: i64) -> i64 {
        self.end.filter(|(at, _)| *at <= now).map_or(0, |(at, _)| at - self.begins)
    }

    /// The stages that have begun by now.
    pub(super) fn begun(&self, now: i64) -> impl Iterator<Item = StageRun> {
        self.stages.iter().copied().filter(move |stage| stage.begins <= now)
    }

    /// The log as it is now.
    pub(super) fn log(&self, job: &Job, user: &str, stops: &[(StopNeeded, i64)], now: i64) -> String {
        let mut lines = vec![(self.begins, format!("Started by user {user}\n"))];
        if job.pipeline {
            lines.push((self.begins, "[Pipeline] Start of Pipeline\n".to_owned()));
        }
        for (run, stage) in self.stages.iter().zip(&job.stages) {
            if job.pipeline {
                lines.push((run.begins, format!("[Pipeline] stage\n[Pipeline] {{ ({})\n", stage.name)));
            }
            lines.push((run.begins, stage.log.clone()));
            if let (Some(ends), true) = (run.ends, job.pipeline) {
                lines.push((ends, "[Pipeline] }\n[Pipeline] // stage\n".to_owned()));
            }
        }
        for &(how, at) in stops {
            lines.push((at, format!("Aborted by {user}\n")));
            if how < job.takes_stop {
                lines.push((at, "Click here to forcibly terminate running steps\n".to_owned()));
            }
        }
        if let Some((at, outcome)) = self.end {
            if job.pipeline {
                lines.push((at, "[Pipeline] End of Pipeline\n".to_owned()));
            }
            lines.push((at, format!("Finished: {}\n", outcome.word())));
        }
        // The sort is stable, so lines of the same millisecond stay in the order in which they were added.
        lines.sort_by_key(|(at, _)| *at);
        lines.into_iter().filter(|(at, _)| *at <= now).map(|(_, line)| line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jenkins::settings::Stage;

    fn job(ends: StageEnd) -> Job {
        Job::pipeline("j")
            .stage(Stage::new("a", 10))
            .stage(Stage::new("b", 20).ends(ends))
            .stage(Stage::new("c", 5))
    }

    #[test]
    fn stages_follow_each_other_until_one_fails_or_hangs() {
        for (ends, end, reached) in [
            (StageEnd::Success, Some((135, Outcome::Success)), 3),
            (StageEnd::Unstable, Some((135, Outcome::Unstable)), 3),
            (StageEnd::Failure, Some((130, Outcome::Failure)), 2),
            (StageEnd::Hang, None, 2),
        ] {
            let line = Timeline::of(&job(ends), 100, &[]);
            assert_eq!((line.end, line.stages.len()), (end, reached), "{ends:?}");
        }
    }

    #[test]
    fn a_stop_ends_it_if_it_is_strong_enough_and_in_time() {
        let mut hung = job(StageEnd::Hang);
        hung.takes_stop = StopNeeded::Kill;
        let mut stops = vec![(StopNeeded::Stop, 120), (StopNeeded::Term, 130)];
        assert_eq!(Timeline::of(&hung, 100, &stops).end, None);
        stops.push((StopNeeded::Kill, 140));
        let line = Timeline::of(&hung, 100, &stops);
        assert_eq!(
            (line.end, line.building(139), line.building(140)),
            (Some((140, Outcome::Aborted)), true, false)
        );
        let late = [(StopNeeded::Stop, 135)];
        assert_eq!(Timeline::of(&job(StageEnd::Success), 100, &late).end, Some((135, Outcome::Success)));
    }

    #[test]
    fn the_log_grows_with_time() {
        let line = Timeline::of(&job(StageEnd::Failure), 100, &[]);
        let log = |now| line.log(&job(StageEnd::Failure), "ada", &[], now);
        assert_eq!(log(99), "");
        assert!(log(105).ends_with("[Pipeline] { (a)\n+ a\n"));
        assert!(log(129).starts_with(&log(105)) && log(129).ends_with("+ b\n"));
        assert!(log(130).ends_with("[Pipeline] End of Pipeline\nFinished: FAILURE\n"));
        assert!(!log(900).contains("+ c"));
    }
}
