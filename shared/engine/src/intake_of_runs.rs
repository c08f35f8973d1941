//! What people ask of a run that exists: to stop it, to try it again, to look for it, to settle what became of it.
//! Each is queued even where the rules say no: the audit has to show who wanted to do it.

use crate::intake::{Asker, Intake, Sent};
use crate::wire::command::Envelope;
use signalbox_domain::answer::Answer;
use signalbox_domain::observation::Settlement;
use signalbox_domain::policy::{ReasonCode, Verdict};
use signalbox_domain::redact::redact;
use signalbox_domain::run::State;
use signalbox_domain::{RunCommand, RunHead};

impl Intake {
    pub(crate) async fn cancel(&self, asker: &Asker, head: &RunHead) -> Answer {
        let short = head.run.short();
        if head.is_settled() && head.has_card() {
            return Answer::AlreadyOver(Box::new(head.clone()));
        }
        let command = RunCommand::Cancel { by: asker.actor.clone(), place: asker.place.clone() };
        let refused = |reason| Answer::CancelRefused(short, reason);
        self.ask_of(asker, head, command, Answer::Cancelling(short), refused).await
    }

    pub(crate) async fn retry(&self, asker: &Asker, head: &RunHead, attempt: u32) -> Answer {
        let short = head.run.short();
        // The card was drawn before the latest attempt: somebody else retried first.
        if (attempt != head.attempt || !head.can_retry()) && head.has_card() {
            return Answer::NothingToRetry(Box::new(head.clone()));
        }
        let command = RunCommand::Retry { by: asker.actor.clone(), place: asker.place.clone(), attempt };
        let refused = |reason| {
            let work = head.work.as_ref().filter(|_| reason == ReasonCode::CatalogueChanged);
            let changed = work.and_then(|work| self.rules().changed_since(work, &head.intent, &head.run));
            Answer::RetryRefused(short, reason, changed)
        };
        self.ask_of(asker, head, command, Answer::Retrying(short), refused).await
    }

    pub(crate) async fn settle(
        &self,
        asker: &Asker,
        head: &RunHead,
        attempt: u32,
        (how, note): (Settlement, &str),
    ) -> Answer {
        let short = head.run.short();
        let is_known = !matches!(head.state, State::Unknown { .. });
        if (attempt != head.attempt || is_known) && head.has_card() {
            return Answer::NothingToSettle(Box::new(head.clone()));
        }
        let (by, place) = (asker.actor.clone(), asker.place.clone());
        let command = RunCommand::Settle { by, place, attempt, how, note: redact(note) };
        let refused = |reason| Answer::SettleRefused(short, reason);
        self.ask_of(asker, head, command, Answer::Settling(short, how), refused).await
    }

    /// Queues the command whatever the rules say, and tells the person what they say.
    async fn ask_of(
        &self,
        asker: &Asker,
        head: &RunHead,
        command: RunCommand,
        done: Answer,
        refused: impl FnOnce(ReasonCode) -> Answer,
    ) -> Answer {
        let verdict = self.rules().on_run(&command, &head.intent);
        let sent = self.send(&Envelope::new(head.run.clone(), &asker.key, command)).await;
        match verdict {
            Verdict::Allow => sent.or(head.run.short(), done),
            Verdict::Refuse(reason) => refused(reason),
        }
    }

    /// Changes nothing, but costs the backend a call: so only those who may ask for the operation may have this.
    pub(crate) async fn look_again(&self, asker: &Asker, head: &RunHead) -> Answer {
        let short = head.run.short();
        if !self.may_see(asker, &head.intent.operation) {
            return Answer::NoSuchRun(short);
        }
        let command = RunCommand::LookAgain { by: asker.actor.clone() };
        match self.send(&Envelope::new(head.run.clone(), &asker.key, command)).await {
            Sent::No => Answer::CannotLook,
            sent @ (Sent::Yes | Sent::Perhaps) => sent.or(short, Answer::LookingAgain(short)),
        }
    }
}
