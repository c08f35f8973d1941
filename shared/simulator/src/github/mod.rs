//! A GitHub in this process: the part of its REST API that starts, follows and cancels workflow runs, and webhooks.
//!
//! [`GitHub`] is a cheap handle; every clone is the same GitHub. Nothing runs in the background: what a run looks like
//! is worked out from its script whenever somebody looks, by the clock it was given, so that a test may move the
//! clock by an hour and see an hour's work. Its lock is never held while the app is called.
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
mod contents;
mod dispatch;
mod front;
mod identity;
mod limits;
mod logs;
mod record;
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
pub use settings::{Clock, DispatchAnswers, GitHubApp, GitHubSettings, Repository};
pub use webhooks::{WebhookDelivery, Webhooks};

use run::{Place, Run};

/// A handle on one GitHub.
#[derive(Clone)]
pub struct GitHub {
    inner: Arc<Inner>,
}

struct Inner {
    settings: GitHubSettings,
    /// Every workflow, with the ids that GitHub gave it.
    places: Vec<Arc<Place>>,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    door: Option<Router>,
    runs: Vec<Run>,
    dispatches: usize,
    /// Dispatches that were accepted and came to nothing.
    lost: Vec<run::Lost>,
    calls: Vec<GitHubCall>,
    exchanges: Vec<Exchange>,
    faults: Vec<front::Awaited>,
    /// Met by every call until they are lifted.
    troubles: Vec<front::Awaited>,
    /// Runs that somebody deleted.
    deleted: Vec<i64>,
    /// Repositories go by other names by now; under their old ones there are redirects.
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
    /// A GitHub on which nothing ran yet.
    pub fn new(settings: GitHubSettings) -> GitHub {
        let places = run::places(&settings.repositories);
        GitHub { inner: Arc::new(Inner { settings, places, state: Mutex::default() }) }
    }

    /// Where webhooks are delivered: the app's router, which may be attached after [`GitHub::new`]; the last one
    /// counts. Until then they wait.
    pub fn attach(&self, door: Router) {
        self.state().door = Some(door);
    }

    /// Every call of the REST API so far, in order; the refused ones too.
    pub fn calls(&self) -> Vec<GitHubCall> {
        self.state().calls.clone()
    }

    /// The same calls with their answers, for the check against GitHub's own description.
    pub fn exchanges(&self) -> Vec<Exchange> {
        self.state().exchanges.clone()
    }

    /// What the next call of this method, whose path contains this, meets. Faults queue up: each is met once, in
    /// order. The method may be `*`.
    pub fn fault(&self, path_contains: &str, method: &str, fault: GitHubFault) {
        let awaited = front::Awaited { path: path_contains.to_owned(), method: method.to_owned(), fault };
        self.state().faults.push(awaited);
    }

    /// What every call of this method meets whose path contains this, until [`GitHub::recovers`].
    pub fn trouble(&self, path_contains: &str, method: &str, fault: GitHubFault) {
        let trouble = front::Awaited { path: path_contains.to_owned(), method: method.to_owned(), fault };
        self.state().troubles.push(trouble);
    }

    /// There are no troubles any more.
    pub fn recovers(&self) {
        self.state().troubles.clear();
    }

    /// Somebody deletes a run.
    pub fn deletes_run(&self, id: i64) {
        self.state().deleted.push(id);
    }

    /// Somebody renames the repositories. Under their old names there is a redirect to the place by id.
    pub fn renames(&self) {
        self.state().renamed = true;
    }

    /// From now on every call gets a 503 with a page of HTML, until this is lifted.
    pub fn down(&self, down: bool) {
        self.state().down = down;
    }

    /// Every run, oldest first, those that do not show yet included.
    pub fn runs(&self) -> Vec<RunView> {
        let now = self.now_ms();
        self.state().runs.iter().map(|run| run.view(now)).collect()
    }

    /// How many runs were ever made by a dispatch.
    pub fn dispatches(&self) -> usize {
        self.state().dispatches
    }

    fn settings(&self) -> &GitHubSettings {
        &self.inner.settings
    }

    fn now_ms(&self) -> i64 {
        (self.inner.settings.now_ms)()
    }

    /// A panic elsewhere must not turn every later assertion into a poisoned lock.
    fn state(&self) -> MutexGuard<'_, State> {
        self.inner.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
