//! Where runs are carried out.

use async_trait::async_trait;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::ids::RunId;
use signalbox_domain::intent::Work;
use signalbox_domain::observation::Observation;
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use std::time::Duration;

/// One attempt at one run, as a backend is told of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The run; its id goes into the request.
    pub run: RunId,
    pub attempt: u32,
    /// What to do.
    pub work: Work,
    pub began: Timestamp,
    /// What the backend called it, once that is known.
    pub reference: Option<String>,
    /// Since when somebody wants it stopped.
    pub stop_asked: Option<Timestamp>,
}

impl Attempt {
    /// What names this attempt in the backend's own records: the run id, and from the second attempt on its number.
    #[must_use]
    pub fn token(&self) -> String {
        match self.attempt {
            0 | 1 => self.run.to_string(),
            n => format!("{}-{n}", self.run),
        }
    }
}

/// A look at an attempt brought nothing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{why}")]
pub struct NotSeen {
    pub why: String,
    /// The backend asks not to be asked again sooner.
    pub rest: Option<Duration>,
}

impl NotSeen {
    /// [`NotSeen::why`] of a look that was only put off for a moment: others were looked at instead, and nobody is
    /// told.
    pub const PUT_OFF: &str = "";
}

/// A system that carries out runs. Only the dispatcher may call it.
#[async_trait]
pub trait Backend: Send + Sync {
    /// Which targets it carries out.
    fn kind(&self) -> TargetKind;
    /// How it wants to be treated.
    fn timing(&self) -> Timing;
    /// Starts it. The whole call is over by `until`; nothing is sent after that.
    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer;
    /// Looks for it by run id. "Not found" carries what that proves.
    async fn search(&self, attempt: &Attempt) -> SearchAnswer;
    /// Whether what the backend is said to call `reference` is this attempt, after checking whatever can be checked.
    /// `None` by default, for backends that send no webhooks about attempts.
    async fn recognise(&self, attempt: &Attempt, reference: &str) -> Option<Found> {
        let _ = (attempt, reference);
        None
    }
    /// How it stands.
    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen>;
    /// The page where a person looks for what this starts, where the backend has pages.
    fn page(&self, work: &Work) -> Option<String> {
        let _ = work;
        None
    }
    /// Stops it; may be asked again.
    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer;
}
