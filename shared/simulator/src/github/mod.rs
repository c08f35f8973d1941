//! A GitHub in this process: webhooks, and the part of the REST API that starts, follows and cancels workflow runs.
//!
//! [`GitHub`] is a cheap handle; every clone is the same GitHub. Nothing runs in the background: the state of a run is
//! computed from its script and from the given clock whenever somebody looks. So a test can move the clock by an hour
//! and see an hour's work. The lock is never held while the app is called.
//!
//! ```
//! # use std::sync::Arc;
//! # use signalbox_simulator::github::{GitHub, GitHubSettings, Repository, Workflow};
//! let release = Workflow::new("release.yml")
//!     .run_name("Release ${{ inputs.service }}")
//!     .required_input("service")
//!     .job("build", &[("Check out", 1.0), ("Build", 20.0)]);
//! let github = GitHub::new(GitHubSettings {
//!     repositories: vec![Repository::new("acme", "shop").workflow(release)],
//!     ..GitHubSettings::new(Arc::new(|| 1_531_420_618_000))
//! });
//! assert_eq!(github.dispatches(), 0);
//! ```

mod auth;
mod commits;
mod contents;
mod dispatch;
mod front;
mod identity;
mod limits;
mod logs;
mod record;
mod refs;
mod reply;
mod route;
mod run;
mod runs;
mod script;
mod settings;
mod sheets;
mod time;
mod timeline;
mod webhooks;
mod wire;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;

pub use front::GitHubFault;
pub use record::{Exchange, GitHubCall, RunView};
pub use script::{Ends, InputKind, Job, Step, Workflow, WorkflowInput};
pub use settings::{Check, Clock, Commit, DispatchAnswers, GitHubApp, GitHubSettings, Release, Repository};
pub use webhooks::{WebhookDelivery, Webhooks};

use run::{Place, Run};

/// A handle on one GitHub.
#[derive(Clone)]
pub struct GitHub {
    inner: Arc<Inner>,
}

struct Inner {
    settings: GitHubSettings,
    /// Every workflow, with the ids that it has on this GitHub.
    places: Vec<Arc<Place>>,
    /// What happened so far. Handles that know other repositories share it.
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    door: Option<Router>,
    runs: Vec<Run>,
    dispatches: usize,
    /// Dispatches that were accepted but led to no run.
    lost: Vec<run::Lost>,
    calls: Vec<GitHubCall>,
    exchanges: Vec<Exchange>,
    faults: Vec<front::Awaited>,
    /// Faults that every matching call gets until they are removed.
    troubles: Vec<front::Awaited>,
    /// Runs that somebody deleted.
    deleted: Vec<i64>,
    /// The repositories were renamed. Their old names redirect to the new place.
    renamed: bool,
    down: bool,
    limits: limits::Limits,
    minted: Vec<auth::Minted>,
    log_links: Vec<logs::Link>,
    hooks: webhooks::Hooks,
}

impl fmt::Debug for GitHub {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHub").field("settings", &self.inner.settings).finish_non_exhaustive()
    }
}

impl GitHub {
    /// A GitHub on which nothing has run yet.
    pub fn new(settings: GitHubSettings) -> GitHub {
        let places = run::places(&settings.repositories, &[]);
        GitHub { inner: Arc::new(Inner { settings, places, state: Arc::default() }) }
    }

    /// The same GitHub after people changed it: with all that happened so far, and with these repositories besides. One
    /// that it has already becomes as it is here; workflows that are not in it any more stay, because runs of them may
    /// be under way. A handle of before does not know of them.
    #[must_use]
    pub fn with_repositories(&self, repositories: Vec<Repository>) -> GitHub {
        let mut settings = self.settings().clone();
        for mut repository in repositories {
            let known = settings.repositories.iter_mut().find(|r| r.is(&repository.owner, &repository.name));
            let Some(known) = known else {
                settings.repositories.push(repository);
                continue;
            };
            for workflow in std::mem::take(&mut known.workflows) {
                if !repository.workflows.iter().any(|new| new.file == workflow.file) {
                    repository.workflows.push(workflow);
                }
            }
            *known = repository;
        }
        let places = run::places(&settings.repositories, &self.inner.places);
        GitHub { inner: Arc::new(Inner { settings, places, state: self.inner.state.clone() }) }
    }

    /// Sets the app's router, to which webhooks are delivered. It may be attached after [`GitHub::new`], and webhooks
    /// wait until then. If it is called again, the last router is used.
    pub fn attach(&self, door: Router) {
        self.state().door = Some(door);
    }

    /// Every call of the REST API so far, in order, with those that were refused.
    pub fn calls(&self) -> Vec<GitHubCall> {
        self.state().calls.clone()
    }

    /// The same calls with their answers, for the check against GitHub's own description.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state().exchanges.clone()
    }

    /// Makes the next call with this method whose path contains this text get this fault. Several faults form a
    /// queue: each is used once, in order. The method may be `*`.
    pub fn fault(&self, path_contains: &str, method: &str, fault: GitHubFault) {
        let awaited = front::Awaited { path: path_contains.to_owned(), method: method.to_owned(), fault };
        self.state().faults.push(awaited);
    }

    /// Makes every call with this method whose path contains this text get this fault, until [`GitHub::recovers`].
    pub fn trouble(&self, path_contains: &str, method: &str, fault: GitHubFault) {
        let trouble = front::Awaited { path: path_contains.to_owned(), method: method.to_owned(), fault };
        self.state().troubles.push(trouble);
    }

    /// Removes all faults that were set by [`GitHub::trouble`].
    pub fn recovers(&self) {
        self.state().troubles.clear();
    }

    /// Acts as if somebody deleted a run.
    pub fn deletes_run(&self, id: i64) {
        self.state().deleted.push(id);
    }

    /// Acts as if somebody renamed the repositories. The old names then redirect to an address that has the
    /// repository's id.
    pub fn renames(&self) {
        self.state().renamed = true;
    }

    /// While `down` is true, every call gets a 503 with a page of HTML.
    pub fn down(&self, down: bool) {
        self.state().down = down;
    }

    /// Every run, oldest first, with those that are not visible yet.
    pub fn runs(&self) -> Vec<RunView> {
        let now = self.now_ms();
        self.state().runs.iter().map(|run| run.view(now)).collect()
    }

    /// How many runs were made by a dispatch so far.
    pub fn dispatches(&self) -> usize {
        self.state().dispatches
    }

    fn settings(&self) -> &GitHubSettings {
        &self.inner.settings
    }

    fn now_ms(&self) -> i64 {
        (self.inner.settings.now_ms)()
    }

    /// After a panic elsewhere, the poisoned lock must not make every later assertion fail too.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
