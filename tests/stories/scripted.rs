//! A backend that does what the story tells it to.

use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::observation::{Observation, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, SearchAnswer, Timing};
use signalbox_engine::ports::{Attempt, Backend, NotSeen};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// What the backend has to do, and what it was asked.
#[derive(Default)]
pub struct Script {
    pub dispatched: Vec<String>,
    pub steps: Vec<String>,
    pub outcome: Option<Outcome>,
    pub asked_to_stop: bool,
}

pub struct Scripted(pub Arc<Mutex<Script>>);

#[async_trait]
impl Backend for Scripted {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }
    fn timing(&self) -> Timing {
        Timing {
            request: Duration::from_secs(4),
            lease: Duration::from_secs(5),
            poll: Duration::from_secs(5),
            poll_most: Duration::from_secs(5),
            retry: Duration::from_secs(1),
            ..Timing::NOWHERE
        }
    }
    async fn dispatch(&self, attempt: &Attempt, _until: Timestamp) -> DispatchAnswer {
        self.0.lock().unwrap().dispatched.push(attempt.run.to_string());
        DispatchAnswer::Sent { reference: Some("build 7".into()), link: Some("https://ci.example/7".into()) }
    }
    async fn search(&self, _attempt: &Attempt) -> SearchAnswer {
        SearchAnswer::NotFound(Absence::Proven)
    }
    async fn observe(&self, _attempt: &Attempt) -> Result<Observation, NotSeen> {
        let script = self.0.lock().unwrap();
        let progress = script.outcome.clone().map_or(Progress::Running, Progress::Ended);
        Ok(Observation { steps: script.steps.clone(), ..Observation::of(progress) })
    }
    async fn cancel(&self, _attempt: &Attempt) -> CancelAnswer {
        self.0.lock().unwrap().asked_to_stop = true;
        CancelAnswer::Taken
    }
}
