//! What people ask of a run that exists: to stop it, to try it again, to look for it, to settle what became of it. Each
//! is queued even where the rules say no: who wanted to belongs in the audit.

use crate::intake::{Answer, Asker, Intake, Sent};
use crate::wire::command::{Command, Envelope};
use signalbox_domain::RunHead;
use signalbox_domain::card::Card;
use signalbox_domain::observation::Settlement;
use signalbox_domain::policy::{Decision, ReasonCode, may_ask};
use signalbox_domain::redact::redact;
use signalbox_domain::run::State;

impl Intake {
    pub(crate) async fn cancel(&self, asker: &Asker, head: &RunHead) -> Answer {
        let short = head.run.short();
        if head.is_settled()
            && let Some(card) = Card::of(head)
        {
            return Answer::AlreadyOver(Box::new(card));
        }
        let decision = self.may_ask(asker, head);
        let command = Command::Cancel { by: asker.actor.clone(), place: asker.place.clone() };
        let sent = self.send(&Envelope::new(head.run.clone(), &asker.key, command)).await;
        match decision {
            Decision::Allow => sent.or(short, Answer::Cancelling(short)),
            Decision::Refuse(reason) => Answer::CancelRefused(short, reason),
        }
    }

    pub(crate) async fn retry(&self, asker: &Asker, head: &RunHead, attempt: u32) -> Answer {
        let short = head.run.short();
        // A card that was drawn before the latest attempt: somebody else was quicker.
        if (attempt != head.attempt || !head.can_retry())
            && let Some(card) = Card::of(head)
        {
            return Answer::NothingToRetry(Box::new(card));
        }
        let decision = match head.intent.resolve(&self.catalogue) {
            Ok(operation) => may_ask(operation, &asker.actor, &asker.place),
            Err(reason) => Decision::Refuse(reason),
        };
        let command = Command::Retry { by: asker.actor.clone(), place: asker.place.clone(), attempt };
        let sent = self.send(&Envelope::new(head.run.clone(), &asker.key, command)).await;
        match decision {
            Decision::Allow => sent.or(short, Answer::Retrying(short)),
            Decision::Refuse(reason) => Answer::RetryRefused(short, reason),
        }
    }

    pub(crate) async fn settle(
        &self,
        asker: &Asker,
        head: &RunHead,
        attempt: u32,
        (how, note): (Settlement, &str),
    ) -> Answer {
        let short = head.run.short();
        if (attempt != head.attempt || !matches!(head.state, State::Unknown { .. }))
            && let Some(card) = Card::of(head)
        {
            return Answer::NothingToSettle(Box::new(card));
        }
        let decision = self.may_ask(asker, head);
        let (by, place) = (asker.actor.clone(), asker.place.clone());
        let command = Command::Settle { by, place, attempt, how, note: redact(note) };
        let sent = self.send(&Envelope::new(head.run.clone(), &asker.key, command)).await;
        match decision {
            Decision::Allow => sent.or(short, Answer::Settling(short, how)),
            Decision::Refuse(reason) => Answer::SettleRefused(short, reason),
        }
    }

    /// Changes nothing, and costs the backend a call: for those who may ask for the operation.
    pub(crate) async fn look_again(&self, asker: &Asker, head: &RunHead) -> Answer {
        if self.may_ask(asker, head) != Decision::Allow {
            return Answer::NoSuchRun(head.run.short());
        }
        let envelope =
            Envelope::new(head.run.clone(), &asker.key, Command::LookAgain { by: asker.actor.clone() });
        let short = head.run.short();
        match self.send(&envelope).await {
            Sent::No => Answer::CannotLook,
            sent @ (Sent::Yes | Sent::Perhaps) => sent.or(short, Answer::LookingAgain(short)),
        }
    }

    fn may_ask(&self, asker: &Asker, head: &RunHead) -> Decision {
        match self.catalogue.operations.get(&head.intent.operation) {
            Some(operation) => may_ask(operation, &asker.actor, &asker.place),
            None => Decision::Refuse(ReasonCode::UnknownOperation),
        }
    }
}
