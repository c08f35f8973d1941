//! What people look at: help, a run, an alert. Each person sees their own, and those they might have asked for.

use crate::intake::{Asker, Intake, listed};
use crate::ports::{MessageRef, PortError};
use crate::wire::command::{Command, Envelope};
use crate::wire::head::Head;
use signalbox_domain::RunHead;
use signalbox_domain::alert::{AlertCard, AlertHead};
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::{Name, RecordId, RecordName};
use signalbox_domain::policy::Verdict;

impl Intake {
    pub(crate) fn may_see(&self, asker: &Asker, operation: &Name) -> bool {
        self.rules().may_ask(operation, &asker.actor, &asker.place) == Verdict::Allow
    }

    pub(crate) fn help(&self, asker: &Asker) -> Answer {
        let all = self.catalogue.operations.values();
        let (may, others): (Vec<_>, Vec<_>) = all.cloned().partition(|o| self.may_see(asker, &o.name));
        Answer::Help(may, others.len())
    }

    pub(crate) fn help_on(&self, asker: &Asker, name: &Name) -> Answer {
        match self.catalogue.operations.get(name) {
            Some(operation) => {
                let verdict = self.rules().may_ask(name, &asker.actor, &asker.place);
                Answer::HelpOn(operation.clone(), verdict)
            }
            None => self.help(asker),
        }
    }

    /// The run of this name that the person may see: their own, or one they might have asked for here.
    pub(crate) async fn visible(
        &self,
        asker: &Asker,
        name: &RecordName,
    ) -> Result<Result<RunHead, Answer>, PortError> {
        let mut heads = vec![];
        for row in self.views.find(name.short).await? {
            let Some(Head::Run(head)) = listed(&row) else { continue };
            let head = *head;
            let own = head.intent.requester == asker.actor;
            let here = head.intent.place.workspace == asker.place.workspace;
            let meant = name.whole.as_ref().is_none_or(|whole| *whole == *head.run);
            if meant && here && (own || self.may_see(asker, &head.intent.operation)) {
                heads.push(head);
            }
        }
        Ok(match (heads.pop(), heads.is_empty()) {
            (Some(head), true) => Ok(head),
            (Some(head), false) => {
                Err(Answer::WhichRun(heads.into_iter().map(|h| h.run).chain([head.run]).collect()))
            }
            (None, _) => Err(Answer::NoSuchRun(name.short)),
        })
    }

    /// How a run or an alert stands. People often ask because they miss its card, so the card is ordered once more,
    /// and posted again if it is gone.
    pub(crate) async fn status(&self, asker: &Asker, name: &RecordName) -> Result<Answer, PortError> {
        let none = Answer::NoSuchRun(name.short);
        match self.visible(asker, name).await? {
            Ok(head) if head.has_card() => {
                let at = self.missed(asker, &head.run).await;
                Ok(Answer::Status(Box::new(head), at))
            }
            Ok(_) => Ok(none),
            Err(Answer::NoSuchRun(_)) => {
                let Some(head) = self.visible_alert(asker, name).await? else { return Ok(none) };
                let figures = self.figures_of(&head.id).await;
                Ok(match AlertCard::of(&head, figures.as_ref()) {
                    Some(card) => Answer::AlertStatus(Box::new(card), self.missed(asker, &head.id).await),
                    None => none,
                })
            }
            Err(answer) => Ok(answer),
        }
    }

    /// The alert of this name, where the person may attend to it here or in another channel.
    async fn visible_alert(&self, asker: &Asker, name: &RecordName) -> Result<Option<AlertHead>, PortError> {
        for row in self.views.find(name.short).await? {
            if let Some(Head::Alert(head)) = listed(&row)
                && head.place.workspace == asker.place.workspace
                && self.sees_alerts(asker, &head.finding.watch)
            {
                return Ok(Some(*head));
            }
        }
        Ok(None)
    }

    /// Orders the card once more, and gives where it is, as far as that is known now.
    async fn missed(&self, asker: &Asker, id: &RecordId) -> Option<MessageRef> {
        let command = Command::Show { by: asker.actor.clone() };
        let envelope = Envelope::new(id.clone(), &asker.key, command);
        // If the order cannot be sent, the log says so; the person still learns how the record stands.
        futures::future::join(self.message_of(id), self.send(&envelope)).await.0
    }
}
