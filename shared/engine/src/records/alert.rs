//! Alerts: what `domain::alert::decide` has to know, the figures that a notification brings, and the silences at the
//! alert manager that an alert came from.

use super::head::{Entry, Keys, Writing};
use super::sending::Sent;
use super::{Ask, Desk, Record, StoredHead};
use crate::ports::{Memo, PortError, Silence, Silenced};
use crate::wire::command::Command;
use crate::wire::head::Head;
use crate::wire::{self, figures};
use async_trait::async_trait;
use signalbox_domain::alert::{
    AlertCommand, AlertEvent, AlertHead, AlertInput, AlertOwed, AlertSituation, Figures, Finding, Follows,
    decide,
};
use signalbox_domain::ids::{AlertId, RecordKind};
use signalbox_domain::people::Place;
use signalbox_domain::{CommandId, Plan, Rules, Sending, SetAside, Timestamp};
use std::time::Duration;

/// After this, what a notification said and nobody tells any longer is forgotten: longer than anything can be put
/// off.
const KEPT: Duration = Duration::from_secs(120 * 86_400);

#[async_trait]
impl Record for AlertHead {
    type Owed = AlertOwed;
    type Answer = std::convert::Infallible;
    type Event = AlertEvent;

    fn among(head: &Head) -> Option<&Self> {
        if let Head::Alert(head) = head { Some(head) } else { None }
    }

    fn then(head: Option<Self>, event: &AlertEvent, w: &Writing<'_>) -> Option<Self> {
        Self::after(head, &AlertId::of(w.record), event, w.cause, w.now)
    }

    /// It is put on record, and changes nothing else.
    fn set_aside(head: Option<Self>, _: &SetAside, w: &Writing<'_>) -> Option<Self> {
        head.map(|head| head.noted(w.cause))
    }

    fn has_folded(&self, cause: &CommandId) -> bool {
        self.has_folded(cause)
    }

    fn keys(&self) -> Keys<'_> {
        let (place, since) = (&self.place, self.found_at);
        Keys { version: self.version, place, since, kind: RecordKind::Alert, reference: None }
    }

    fn entry(&self) -> Entry {
        Entry {
            since: self.found_at,
            id: self.id.short(),
            version: self.version,
            standing: Some(self.finding.standing()),
            state: self.word(),
            what: self.finding.title.clone(),
            by: format!("watch {}", self.finding.watch),
        }
    }

    fn has_card(&self) -> bool {
        self.has_card()
    }

    fn told_elsewhere(&self) -> Option<Place> {
        let channel = self.escalated.as_ref()?.to.channel.clone()?;
        Some(Place { channel, ..self.place.clone() })
    }

    async fn decide(
        head: Option<&Self>,
        ask: &Ask<'_, Self::Answer>,
        at: &Desk<'_>,
    ) -> Result<Plan<AlertEvent, AlertOwed>, PortError> {
        let (alert, rules) = (AlertId::of(&at.envelope.record), Rules::of(at.catalogue));
        let (input, figures) = match ask {
            Ask::Command(Command::Alert(command @ AlertCommand::Found(finding))) => {
                if rules.watch(&finding.watch).is_none() {
                    tracing::error!(watch = %finding.watch, "something was found by a watch that the catalogue does not have; it is told nowhere");
                }
                (AlertInput::Command(command.clone()), None)
            }
            Ask::Command(Command::Alert(command @ AlertCommand::Attend { .. })) => {
                (AlertInput::Command(command.clone()), figures::of(at.store, &alert).await?)
            }
            Ask::Command(Command::Wake { .. }) => (AlertInput::Wake, figures::of(at.store, &alert).await?),
            // This command is not for alerts.
            Ask::Command(_) => return Ok(Plan::NOTHING),
            Ask::Sent(Sent { to, command }) => {
                (AlertInput::Sent { to: to.clone(), command: command.clone() }, None)
            }
            Ask::Answer(none) => match *none {},
        };
        let situation = AlertSituation {
            alert: &alert,
            now: at.now,
            cause: &at.envelope.id,
            rules,
            figures: figures.as_ref(),
        };
        Ok(decide(head, &input, &situation))
    }

    fn sends(&self, now: Timestamp) -> Vec<Sending> {
        self.sends(now)
    }

    /// On an error the command is delivered again, and at last becomes a dead letter: nobody must believe in a
    /// silence that does not exist.
    async fn settle(
        owed: AlertOwed,
        kept: &StoredHead,
        at: &Desk<'_>,
    ) -> Result<Option<(Self::Answer, Option<StoredHead>)>, PortError> {
        let Some(head) = Self::among(&kept.head) else { return Ok(None) };
        let matchers = &head.finding.matchers;
        let answer = match (owed, at.silencer) {
            (AlertOwed::Figures(finding), _) => {
                follow(head, &finding, at).await?;
                Silenced::Done
            }
            (AlertOwed::EndSilence | AlertOwed::Silence { .. }, None) => Silenced::Done,
            (AlertOwed::EndSilence, Some(silencer)) => silencer.end(&head.id, matchers).await?,
            (AlertOwed::Silence { until, by, comment }, Some(silencer)) => {
                let silence = Silence {
                    alert: head.id.clone().into(),
                    command: at.envelope.id.clone(),
                    matchers: matchers.clone(),
                    from: head.attended_at,
                    until,
                    by: by.to_string(),
                    comment,
                };
                silencer.silence(&silence).await?
            }
        };
        if let Silenced::Refused(why) = answer {
            tracing::error!(alert = %head.id, %why, "the alert manager refuses the silence: it goes on notifying");
        }
        Ok(None)
    }
}

/// An alert manager tells an alert again, with newer values, and the alert's card shows them. That is no event,
/// because nothing happened to the alert; it replaces a memo, as figures counted in logs do.
async fn follow(head: &AlertHead, finding: &Finding, at: &Desk<'_>) -> Result<(), PortError> {
    let memo = at.store.memo(figures::SHELF, head.id.as_str()).await?;
    let before = memo.as_ref().map(|memo| figures::decode(&memo.body)).transpose()?;
    let revision = memo.map_or(0, |memo| memo.revision);
    let drawn = match Figures::notified(head, before.as_ref(), finding) {
        Follows::Nothing => return Ok(()),
        // The figures may have been put without the card being ordered. If the card was ordered, the outbox drops
        // this order.
        Follows::Drawn => revision,
        Follows::Figures(now) => {
            let memo = Memo {
                shelf: figures::SHELF.to_owned(),
                key: head.id.to_string(),
                revision: revision + 1,
                body: figures::encode(&now)?,
                until: Some(at.clock.now().plus(KEPT)),
            };
            at.store.put_memo(memo).await?;
            revision + 1
        }
    };
    if !head.has_card() {
        return Ok(());
    }
    let drawn = format!("notified/{drawn}");
    let order = wire::order::encode_counted(&head.id, head.keys().lane(), &drawn)?;
    at.outbox.send(order).await
}
