//! The backends that carry out the runs: one that answers at once, and the real local command. Each notes when it was
//! called.

use crate::clock;
use async_trait::async_trait;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Attempt, Backend, NotSeen};
use signalbox_local_command::LocalCommand;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::mpsc::UnboundedSender;

/// Which backend is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It has the run as soon as it is asked.
    AtOnce {
        /// Whether it gives a hint that the run has ended. The run ends at once as well.
        ends: bool,
    },
    /// The real local command runs `true`, with a shim, in a folder of its own.
    Local,
}

/// Gets a message for every start.
pub type Started = UnboundedSender<(RunId, Instant)>;

/// A backend that answers at once.
pub struct AtOnce {
    /// Gets a message for every start.
    pub started: Started,
}

#[async_trait]
impl Backend for AtOnce {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        // The same times as for the local command, except the poll: the end is found by a hint or not at all.
        Timing {
            request: Duration::from_secs(4),
            lease: Duration::from_secs(5),
            search_lag: Duration::ZERO,
            search_for: Duration::from_secs(600),
            poll: Duration::from_secs(600),
            poll_most: Duration::from_secs(600),
            retry: Duration::from_secs(1),
            lost_after: Duration::ZERO,
        }
    }
    async fn dispatch(&self, attempt: &Attempt, _until: Timestamp) -> DispatchAnswer {
        self.started.send((attempt.run.clone(), Instant::now())).unwrap();
        DispatchAnswer::Sent { reference: Some(attempt.run.to_string()), link: None }
    }
    async fn search(&self, _attempt: &Attempt) -> SearchAnswer {
        SearchAnswer::NotFound(Absence::NotProven)
    }
    async fn observe(&self, _attempt: &Attempt) -> Result<Observation, NotSeen> {
        let outcome =
            Outcome { conclusion: Conclusion::Succeeded, summary: String::new(), excerpt: String::new() };
        Ok(Observation::of(Progress::Ended(outcome)))
    }
    async fn cancel(&self, _attempt: &Attempt) -> CancelAnswer {
        CancelAnswer::Taken
    }
}

/// The local command. It also notes when each start was confirmed; by then the program runs.
pub struct Noting {
    inner: LocalCommand,
    started: Started,
}

impl Noting {
    /// Runs `true` for every run. This program itself is the shim.
    pub fn new(data: &Path, started: Started) -> anyhow::Result<Self> {
        let programs = BTreeMap::from([("git".to_owned(), "true".to_owned())]);
        let programs = signalbox_local_command::resolve_programs(&programs, data, "/usr/bin:/bin");
        let programs = programs.map_err(|missing| anyhow::anyhow!("{missing:?}"))?;
        let inner = LocalCommand {
            data: data.to_owned(),
            programs,
            shim: vec![std::env::current_exe()?.to_string_lossy().into_owned(), "shim".to_owned()],
            environment: BTreeMap::new(),
            clock: Arc::new(clock::SystemClock),
            watched: Arc::default(),
        };
        Ok(Self { inner, started })
    }
}

#[async_trait]
impl Backend for Noting {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        self.inner.timing()
    }
    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer {
        let answer = self.inner.dispatch(attempt, until).await;
        self.started.send((attempt.run.clone(), Instant::now())).unwrap();
        answer
    }
    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        self.inner.search(attempt).await
    }
    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        self.inner.observe(attempt).await
    }
    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer {
        self.inner.cancel(attempt).await
    }
}
