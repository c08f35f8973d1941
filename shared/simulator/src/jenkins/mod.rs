//! A Jenkins in this process: its HTTP surface, its queue and builds, and the notifications it posts.
//!
//! Written from the sources of Jenkins 2.579, of the plugins *pipeline-rest-api* and *notification*, and tried against
//! two Python clients (`tests/jenkins`). Where a wrong client might work with the real one by chance, it fails here: no
//! redirect is ever needed, addresses begin with the configured root and not with the host that was called, unknown
//! parameters are dropped, and equal requests share one queue item.
//!
//! Nothing runs in the background: everything that is seen is computed from the requests so far and from the clock. It
//! must never reach the network; notifications go to the router that is attached, and only when a test says
//! [`Jenkins::deliver`].
//!
//! ```
//! # use std::sync::Arc;
//! # use signalbox_simulator::jenkins::{Jenkins, JenkinsSettings, Job, ParameterDefinition, Stage};
//! let deploy = Job::pipeline("web/deploy")
//!     .parameter(ParameterDefinition::string("VERSION", "latest"))
//!     .stage(Stage::new("Roll out", 60_000));
//! let jenkins = Jenkins::new(JenkinsSettings::new(vec![deploy], Arc::new(|| 1_795_219_200_000)));
//! let _router = jenkins.http(); // serve it, or call it in memory
//! assert_eq!(jenkins.started(), 0);
//! ```

mod actions;
mod address;
mod builds;
mod documents;
mod http;
mod notify;
mod pages;
mod pipeline;
mod settings;
mod sheets;
mod state;
mod timeline;
mod tree;
mod trigger;
mod views;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use serde_json::Value;

pub use settings::{
    JenkinsSettings, Job, Notify, ParameterDefinition, ParameterKind, Stage, StageEnd, StopNeeded,
};
use state::State;
pub use views::{BuildView, JenkinsCall, JenkinsFault, NotificationDelivery, Notifications, QueueView};

/// A handle on a Jenkins. Every clone is the same Jenkins.
#[derive(Clone)]
pub struct Jenkins {
    inner: Arc<Inner>,
}

struct Inner {
    settings: JenkinsSettings,
    /// What happened so far, and where notifications go. Handles that know other jobs share both.
    state: Arc<Mutex<State>>,
    door: Arc<Mutex<Option<Router>>>,
    /// Held while notifications are posted: they are posted one at a time, so that they arrive in order.
    posting: Arc<tokio::sync::Mutex<()>>,
}

impl fmt::Debug for Jenkins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jenkins").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl Jenkins {
    /// A Jenkins in which nothing has been built yet.
    pub fn new(settings: JenkinsSettings) -> Jenkins {
        let (state, door, posting) = (Arc::default(), Arc::default(), Arc::default());
        Jenkins { inner: Arc::new(Inner { settings, state, door, posting }) }
    }

    /// The same Jenkins after people changed it: with all that happened so far, and with these jobs besides. One that it
    /// has already becomes as it is here. A handle of before must not be used once one of the new jobs is built.
    #[must_use]
    pub fn with_jobs(&self, jobs: Vec<Job>) -> Jenkins {
        let Inner { settings, state, door, posting } = &*self.inner;
        let mut settings = settings.clone();
        for job in jobs {
            // Builds name their job by its place in the list, so the order stays.
            match settings.jobs.iter_mut().find(|known| known.path == job.path) {
                Some(known) => *known = job,
                None => settings.jobs.push(job),
            }
        }
        let (state, door, posting) = (state.clone(), door.clone(), posting.clone());
        Jenkins { inner: Arc::new(Inner { settings, state, door, posting }) }
    }

    /// Whether it has a job with this path.
    pub fn has_job(&self, path: &str) -> bool {
        self.job(path).is_some()
    }

    /// Sets the router to which notifications are delivered. If it is called again, the last router is used.
    pub fn attach(&self, door: Router) {
        *self.inner.door.lock().unwrap_or_else(PoisonError::into_inner) = Some(door);
    }

    /// Sets what happens to the notifications that become due from now on.
    pub fn hold_notifications(&self, hold: Notifications) {
        self.state().outbox.hold(hold);
    }

    /// Every notification that [`Jenkins::deliver`] has handled, in order.
    pub fn notifications(&self) -> Vec<NotificationDelivery> {
        self.state().outbox.done.clone()
    }

    /// Every call so far, in order, with those that got a fault.
    pub fn calls(&self) -> Vec<JenkinsCall> {
        self.state().calls.clone()
    }

    /// Makes the next call with this method whose path and query contain this text get this fault. Several faults
    /// form a queue: each is used once, in order.
    pub fn fault(&self, path_contains: &str, method: &str, fault: JenkinsFault) {
        self.state().faults.push((path_contains.to_owned(), method.to_owned(), fault));
    }

    /// Makes every call with this method whose path and query contain this text get this fault, until
    /// [`Jenkins::recovers`].
    pub fn trouble(&self, path_contains: &str, method: &str, fault: JenkinsFault) {
        self.state().troubles.push((path_contains.to_owned(), method.to_owned(), fault));
    }

    /// Removes all faults that were set by [`Jenkins::trouble`].
    pub fn recovers(&self) {
        self.state().troubles.clear();
    }

    /// While `down` is true, every call gets a proxy's 503. Builds go on.
    pub fn down(&self, down: bool) {
        self.state().down = down;
    }

    /// Every build that began, in order, also those that Jenkins no longer has.
    pub fn builds(&self) -> Vec<BuildView> {
        let (jobs, now, state) = (self.jobs(), self.now_ms(), self.state());
        let view = |build: &state::Build| {
            let line = state::timeline(jobs, build);
            BuildView {
                job: jobs[build.job].path.clone(),
                number: build.number,
                queue_id: build.queue_id,
                causes: build.causes,
                parameters: views::texts(&build.values),
                begun_ms: build.begun,
                building: line.building(now),
                result: line.outcome(now).map(timeline::Outcome::word),
            }
        };
        state.builds().iter().map(view).collect()
    }

    /// What is in the queue, oldest first.
    pub fn queue(&self) -> Vec<QueueView> {
        let view = |item: &state::Item| QueueView {
            id: item.id,
            job: self.jobs()[item.job].path.clone(),
            causes: item.causes,
            parameters: views::texts(&item.values),
            since_ms: item.since,
        };
        let mut queue: Vec<_> = self.state().queued().map(view).collect();
        queue.reverse();
        queue
    }

    /// How many builds have begun so far.
    pub fn started(&self) -> usize {
        self.state().builds().len()
    }

    /// Restarts it. The queue and the builds are kept, and items that left the queue are forgotten.
    pub fn restart(&self) {
        self.state().restart();
    }

    /// Ends it abruptly and starts it again. The items that waited in its queue are lost.
    pub fn crash(&self) {
        let now = self.now_ms();
        self.state().crash(now);
    }

    /// Acts as if somebody started a build of the first job with this path by hand. Parameters that are not in
    /// `values` have the job's defaults.
    pub fn starts_by_hand(&self, job: &str, values: &[(&str, &str)]) {
        let now = self.now_ms();
        if let Some(index) = self.job(job) {
            let of = |p: &ParameterDefinition| {
                let given = values.iter().find(|(name, _)| *name == p.name);
                (p.name.clone(), Value::from(given.map_or(p.default.as_str(), |(_, value)| value)))
            };
            let values = self.jobs()[index].parameters.iter().map(of).collect();
            self.state().schedule(index, values, now, 0);
        }
    }

    /// Adds a build that somebody started by hand so many milliseconds ago, with the job's defaults. If such a build
    /// never ends by itself, it was stopped.
    pub fn was_built(&self, job: &str, ago_ms: i64) {
        let now = self.now_ms();
        if let Some(index) = self.job(job) {
            let parameters = &self.jobs()[index].parameters;
            let values =
                parameters.iter().map(|p| (p.name.clone(), Value::from(p.default.as_str()))).collect();
            self.state().was_built(self.jobs(), index, values, (now, ago_ms));
        }
    }

    /// Acts as if somebody deleted a build. Gives `true` if the build existed.
    pub fn deletes_build(&self, job: &str, number: u32) -> bool {
        self.job(job).is_some_and(|index| self.state().delete(index, number))
    }

    /// Acts as if somebody deleted the job and created it again: its builds are gone, and their numbers start again
    /// at 1.
    pub fn makes_job_anew(&self, job: &str) {
        if let Some(index) = self.job(job) {
            self.state().make_anew(index);
        }
    }

    /// Acts as if somebody set the number of the job's next build.
    pub fn counts_from(&self, job: &str, number: u32) {
        if let Some(index) = self.job(job) {
            self.state().count_from(index, number);
        }
    }

    fn job(&self, path: &str) -> Option<usize> {
        self.jobs().iter().position(|job| job.path == path)
    }

    fn settings(&self) -> &JenkinsSettings {
        &self.inner.settings
    }

    fn jobs(&self) -> &[Job] {
        &self.inner.settings.jobs
    }

    fn now_ms(&self) -> i64 {
        (self.inner.settings.now_ms)()
    }

    fn door(&self) -> Option<Router> {
        self.inner.door.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The state as it is now. After a panic elsewhere, the poisoned lock must not make every later assertion fail
    /// too.
    fn state(&self) -> MutexGuard<'_, State> {
        let now = self.now_ms();
        let mut state = self.inner.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.settle(self.jobs(), now);
        state.announce(self.settings(), now);
        state
    }
}
