//! The queue and the builds: what was asked for, and what has become of it.
//!
//! Nothing runs in the background. [`State::settle`] begins every build that is due by the clock. It is called before
//! anything is read or changed, so that the result never depends on how often somebody looked.

use serde_json::Value;
use std::collections::BTreeMap;

use super::JenkinsFault;
use super::notify::Outbox;
use super::settings::{Job, StopNeeded};
use super::timeline::Timeline;
use super::views::JenkinsCall;

/// How long Jenkins still knows an item after it left the queue.
const LEFT_ITEMS_LIVE_MS: i64 = 300_000;

/// The parameters and their values. A value is a text or a boolean.
pub(super) type Values = Vec<(String, Value)>;

/// A request to build that was accepted.
#[derive(Clone, Debug)]
pub(super) struct Item {
    pub(super) id: u64,
    /// The index of the job.
    pub(super) job: usize,
    pub(super) values: Values,
    /// How many requests were merged into it.
    pub(super) causes: usize,
    pub(super) since: i64,
    /// When its quiet period ends.
    pub(super) due: i64,
    left: Option<Left>,
    forgotten: bool,
}

#[derive(Clone, Copy, Debug)]
struct Left {
    at: i64,
    how: LeftHow,
}

/// How an item left the queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LeftHow {
    Cancelled,
    /// It left without a build, and nothing says why.
    Lost,
    /// It became the build with this index.
    Begun(usize),
}

/// Where an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It is in its quiet period.
    Waiting,
    /// It waits for a running build.
    Blocked,
    /// It waits for an executor.
    Buildable {
        since: i64,
    },
    Left(LeftHow),
}

/// A build.
#[derive(Clone, Debug)]
pub(super) struct Build {
    pub(super) job: usize,
    pub(super) number: u32,
    pub(super) queue_id: u64,
    pub(super) values: Values,
    pub(super) causes: usize,
    pub(super) queued: i64,
    pub(super) begun: i64,
    /// Every request to stop it that came while it was running.
    pub(super) stops: Vec<(StopNeeded, i64)>,
    /// Jenkins no longer has it: it was discarded or deleted, or its job was created again.
    pub(super) gone: bool,
}

#[derive(Debug, Default)]
pub(super) struct State {
    items: Vec<Item>,
    builds: Vec<Build>,
    pub(super) outbox: Outbox,
    pub(super) calls: Vec<JenkinsCall>,
    pub(super) faults: Vec<(String, String, JenkinsFault)>,
    /// Faults that every matching call gets until they are removed.
    pub(super) troubles: Vec<(String, String, JenkinsFault)>,
    pub(super) down: bool,
    /// How often Jenkins was restarted.
    pub(super) restarts: u64,
    /// The number of each job's next build.
    numbers: BTreeMap<usize, u32>,
}

/// The result of a request to build.
#[derive(Clone, Copy, Debug)]
pub(super) enum Scheduled {
    Created(u64),
    /// An equal request is in the queue already, and this one was merged into it.
    Merged(u64),
}

impl State {
    /// Begins every build that is due, in the order in which they became due.
    pub(super) fn settle(&mut self, jobs: &[Job], now: i64) {
        while let Some((at, index)) = self.next_due(jobs, now) {
            let job = self.items[index].job;
            let how = if jobs[job].lost_in_queue {
                LeftHow::Lost
            } else {
                let item = &self.items[index];
                let number = self.next_number(job);
                self.builds.push(Build {
                    job,
                    number,
                    queue_id: item.id,
                    values: item.values.clone(),
                    causes: item.causes,
                    queued: item.since,
                    begun: at,
                    stops: Vec::new(),
                    gone: false,
                });
                self.numbers.insert(job, number + 1);
                LeftHow::Begun(self.builds.len() - 1)
            };
            self.items[index].left = Some(Left { at, how });
        }
        self.discard(jobs, now);
    }

    /// Discards the oldest builds that are over, for jobs that keep only some.
    fn discard(&mut self, jobs: &[Job], now: i64) {
        for (index, job) in jobs.iter().enumerate() {
            let Some(keep) = job.keeps else { continue };
            let old =
                self.builds.iter_mut().rev().filter(|build| build.job == index && !build.gone).skip(keep);
            for build in old.filter(|build| !timeline(jobs, build).building(now)) {
                build.gone = true;
            }
        }
    }

    /// Adds a build that somebody started by hand so long ago, with the job's defaults.
    pub(super) fn was_built(&mut self, jobs: &[Job], job: usize, values: Values, (now, ago_ms): (i64, i64)) {
        let (number, begun) = (self.next_number(job), now - ago_ms);
        let (queue_id, causes, stops) = (0, 1, Vec::new());
        let mut build =
            Build { job, number, queue_id, values, causes, queued: begun, begun, stops, gone: false };
        if timeline(jobs, &build).end_ms().is_none() {
            build.stops.push((StopNeeded::Kill, begun + ago_ms.min(60_000)));
        }
        self.builds.push(build);
        self.numbers.insert(job, number + 1);
    }

    /// Deletes a build, as a person does on its page. Gives `true` if the build existed.
    pub(super) fn delete(&mut self, job: usize, number: u32) -> bool {
        let there = self.builds.iter_mut().find(|b| b.job == job && b.number == number && !b.gone);
        there.map(|build| build.gone = true).is_some()
    }

    /// Deletes the job and creates it again: its builds are gone, and their numbers start again at 1.
    pub(super) fn make_anew(&mut self, job: usize) {
        for build in self.builds.iter_mut().filter(|build| build.job == job) {
            build.gone = true;
        }
        self.numbers.insert(job, 1);
    }

    /// Sets the number of the next build.
    pub(super) fn count_from(&mut self, job: usize, number: u32) {
        self.numbers.insert(job, number);
    }

    fn next_due(&self, jobs: &[Job], now: i64) -> Option<(i64, usize)> {
        let queued = self.items.iter().enumerate().filter(|(_, item)| item.left.is_none());
        let due = queued.filter_map(|(index, item)| {
            let at = self.buildable_since(jobs, item)?.saturating_add(jobs[item.job].queued_ms);
            (at <= now).then_some((at, index))
        });
        due.min()
    }

    /// Since when only an executor is missing. `None` if it waits for a build that hangs.
    fn buildable_since(&self, jobs: &[Job], item: &Item) -> Option<i64> {
        let mut since = item.due;
        if !jobs[item.job].concurrent {
            for build in self.builds.iter().filter(|build| build.job == item.job) {
                since = since.max(timeline(jobs, build).end_ms()?);
            }
        }
        Some(since)
    }

    /// Puts a request into the queue, or merges it into an equal one that is still there.
    pub(super) fn schedule(&mut self, job: usize, values: Values, now: i64, delay_ms: i64) -> Scheduled {
        // A negative delay counts as zero, because nothing can begin before it was asked for.
        let due = now.saturating_add(delay_ms.max(0));
        let same = |item: &&mut Item| item.left.is_none() && item.job == job && item.values == values;
        if let Some(item) = self.items.iter_mut().find(same) {
            item.causes += 1;
            item.due = item.due.min(due);
            return Scheduled::Merged(item.id);
        }
        let id = self.items.len() as u64 + 1;
        self.items.push(Item { id, job, values, causes: 1, since: now, due, left: None, forgotten: false });
        Scheduled::Created(id)
    }

    /// Takes an item out of the queue. Gives `false` if it has left already.
    pub(super) fn cancel(&mut self, id: u64, now: i64) -> bool {
        let Some(item) = self.items.iter_mut().find(|item| item.id == id && item.left.is_none()) else {
            return false;
        };
        item.left = Some(Left { at: now, how: LeftHow::Cancelled });
        true
    }

    /// Asks a running build to stop. Nothing happens if it is over.
    pub(super) fn stop(&mut self, jobs: &[Job], build: usize, how: StopNeeded, now: i64) {
        if let Some(build) = self.builds.get_mut(build)
            && timeline(jobs, build).building(now)
        {
            build.stops.push((how, now));
        }
    }

    /// Forgets every item that left the queue, as a restart does. The queue itself and the builds are kept, because
    /// Jenkins has them on disk.
    pub(super) fn restart(&mut self) {
        self.restarts += 1;
        for item in self.items.iter_mut().filter(|item| item.left.is_some()) {
            item.forgotten = true;
        }
    }

    /// Everything in the queue, newest first, as Jenkins lists it.
    pub(super) fn queued(&self) -> impl Iterator<Item = &Item> {
        self.items.iter().rev().filter(|item| item.left.is_none())
    }

    /// The item with this id. It is known until five minutes after it left the queue.
    pub(super) fn item(&self, id: u64, now: i64) -> Option<&Item> {
        let known = |item: &&Item| {
            item.id == id
                && !item.forgotten
                && item.left.is_none_or(|left| now < left.at + LEFT_ITEMS_LIVE_MS)
        };
        self.items.iter().find(known)
    }

    pub(super) fn place(&self, jobs: &[Job], item: &Item, now: i64) -> Place {
        match (item.left, self.buildable_since(jobs, item)) {
            (Some(left), _) => Place::Left(left.how),
            (None, _) if now < item.due => Place::Waiting,
            (None, Some(since)) if since <= now => Place::Buildable { since },
            (None, _) => Place::Blocked,
        }
    }

    /// Ends Jenkins without saving its queue. The items that waited are lost, as if nobody had ever asked for them.
    pub(super) fn crash(&mut self, now: i64) {
        self.restart();
        for item in self.items.iter_mut().filter(|item| item.left.is_none()) {
            item.left = Some(Left { at: now, how: LeftHow::Lost });
            item.forgotten = true;
        }
    }

    /// Every build that began, in order, with those that are gone.
    pub(super) fn builds(&self) -> &[Build] {
        &self.builds
    }

    /// The builds that a job has, newest first.
    pub(super) fn builds_of(&self, job: usize) -> impl Iterator<Item = &Build> + Clone {
        self.builds.iter().rev().filter(move |build| build.job == job && !build.gone)
    }

    pub(super) fn build(&self, job: usize, number: u32) -> Option<(usize, &Build)> {
        let there = |build: &Build| build.job == job && build.number == number && !build.gone;
        self.builds.iter().enumerate().find(|(_, build)| there(build))
    }

    pub(super) fn next_number(&self, job: usize) -> u32 {
        self.numbers.get(&job).copied().unwrap_or(1)
    }
}

pub(super) fn timeline(jobs: &[Job], build: &Build) -> Timeline {
    Timeline::of(&jobs[build.job], build.begun, &build.stops)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jenkins::settings::{Stage, StageEnd};

    fn schedule(state: &mut State, jobs: &[Job], value: &str, now: i64, delay: i64) -> Scheduled {
        state.settle(jobs, now);
        let scheduled = state.schedule(0, vec![("A".to_owned(), Value::from(value))], now, delay);
        state.settle(jobs, now);
        scheduled
    }

    /// Looking often and looking once must give the same builds.
    #[test]
    fn what_happens_does_not_depend_on_who_looks() {
        let jobs = [Job { queued_ms: 7, ..Job::freestyle("j") }.stage(Stage::new("s", 100))];
        let run = |step: i64| {
            let mut state = State::default();
            let mut now = 0;
            for (at, value, delay) in [(0, "a", 50), (10, "b", 0), (10, "a", 0), (60, "c", 5), (61, "b", 0)] {
                while now + step < at {
                    now += step;
                    state.settle(&jobs, now);
                }
                now = at;
                schedule(&mut state, &jobs, value, now, delay);
            }
            state.settle(&jobs, 10_000);
            let builds = state.builds().iter();
            builds.map(|b| (b.number, b.begun, b.values[0].1.clone(), b.causes)).collect::<Vec<_>>()
        };
        let once = run(1_000_000);
        assert_eq!(once.len(), 3, "{once:?}");
        assert_eq!((once[0].1, once[1].1, once[0].3, once[1].3), (17, 124, 2, 2), "{once:?}");
        assert_eq!(run(1), once);
        assert_eq!(run(13), once);
    }

    #[test]
    fn one_build_at_a_time_waits_for_the_one_before_it() {
        let hang = Stage::new("s", 0).ends(StageEnd::Hang);
        let jobs = [Job::freestyle("j").stage(hang)];
        let mut state = State::default();
        schedule(&mut state, &jobs, "a", 0, 0);
        schedule(&mut state, &jobs, "b", 1, 0);
        let item = state.item(2, 1).unwrap();
        assert_eq!(state.place(&jobs, item, 1_000_000), Place::Blocked);
        state.stop(&jobs, 0, StopNeeded::Stop, 50);
        state.settle(&jobs, 50);
        assert_eq!(state.builds()[1].begun, 50);
    }

    #[test]
    fn left_items_are_forgotten_after_five_minutes_or_a_restart() {
        let jobs = [Job::pipeline("j")];
        let mut state = State::default();
        schedule(&mut state, &jobs, "a", 0, 0);
        assert!(state.item(1, 299_999).is_some());
        assert!(state.item(1, 300_000).is_none());
        schedule(&mut state, &jobs, "b", 0, 1_000);
        state.restart();
        assert!(state.item(1, 1).is_none() && state.item(2, 1).is_some());
    }
}
