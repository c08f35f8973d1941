//! What a card is drawn from: a run, an alert, a bulletin, as it stands now.

use super::patience::Manner;
use crate::newer;
use crate::ports::{Cards, PortError};
use crate::records::StoredHead;
use crate::wire;
use crate::wire::head::Head;
use crate::wire::order::Order;
use signalbox_domain::alert::{AlertCard, BulletinCard, Escalated, EscalationCard};
use signalbox_domain::budget::Served;
use signalbox_domain::card::Drawing;
use signalbox_domain::ids::{ChannelId, RecordId};
use signalbox_domain::people::{MessageRef, Place};

/// Where a run's card is. If that cannot be read, the message has no link; a card that was posted to one person alone
/// cannot be opened by others, so it is not linked.
async fn card_of(store: &dyn Cards, record: &RecordId) -> Option<MessageRef> {
    let row =
        store.card(record).await.inspect_err(|error| tracing::warn!(%record, %error, "no link to a card"));
    row.ok().flatten().filter(|row| !row.direct)?.message
}

/// A record that has a card, as it stands now.
pub(super) struct Subject {
    pub(super) id: RecordId,
    pub(super) version: u64,
    pub(super) place: Place,
    /// Whether people or alerts are served by it.
    pub(super) served: Served,
    /// Where the message is posted if nobody can post in its own place.
    instead: Option<Place>,
    drawing: Drawing,
    /// Whether it is drawn again although its record did not change.
    pub(super) again: bool,
    /// Whether its thread is told what happened.
    pub(super) has_thread: bool,
    /// The message in another channel that tells of the same.
    second: Option<Box<Second>>,
}

/// An alert that was escalated to another channel.
struct Second {
    alert: RecordId,
    card: AlertCard,
    escalated: Escalated,
}

impl Subject {
    /// Where the message is posted if nobody can post in its place: a person's own conversation with the app (Slack
    /// accepts a person's id as a channel's), or the alert's own channel.
    pub(super) fn direct(&self) -> Option<Place> {
        self.instead.clone()
    }

    /// What the order is about, as it stands now; `None` where there is nothing to show.
    pub(super) async fn of(store: &dyn Cards, order: &Order) -> Result<Option<Self>, PortError> {
        let Some(row) = store.head(&order.record).await? else { return Ok(None) };
        let kept = match StoredHead::from_row(&row) {
            Ok(kept) => kept,
            Err(_) if newer::wrote(store, &row).await? => return Err(PortError::Newer),
            Err(error) => return Err(error),
        };
        let served = kept.head.keys().lane().served;
        let mut second = None;
        let (version, place, instead, drawing) = match kept.head {
            Head::Run(head) => {
                let (who, at) = (head.intent.requester.as_person(), &head.intent.place);
                let own = who
                    .filter(|person| person.chat == at.chat)
                    .map(|person| Place { channel: ChannelId::new(person.user.as_str()), ..at.clone() });
                let (version, place) = (head.version, head.intent.place.clone());
                (version, place, own, head.has_card().then_some(Drawing::Run(head)))
            }
            Head::Alert(head) => {
                let figures = wire::figures::of(store, &head.id).await?;
                let card = AlertCard::of(&head, figures.as_ref());
                second = card.as_ref().zip(head.escalated.as_ref()).map(|(card, escalated)| {
                    let (card, escalated) = (card.clone(), escalated.clone());
                    Box::new(Second { alert: order.record.clone(), card, escalated })
                });
                (head.version, head.place, None, card.map(|card| Drawing::Alert(Box::new(card))))
            }
            Head::Bulletin(head) => {
                let mut card = BulletinCard::of(&head);
                for ended in &mut card.runs {
                    ended.card = card_of(store, &ended.run.run).await;
                }
                let card = Drawing::Bulletin(Box::new(card));
                (head.version, head.place, None, Some(card))
            }
        };
        let subject = |drawing| Self {
            id: order.record.clone(),
            version,
            place,
            served,
            instead,
            drawing,
            again: order.again,
            has_thread: true,
            second,
        };
        Ok(drawing.map(subject))
    }

    /// Its message in another channel, if it has one. That message links to the card, so it is posted after it.
    pub(super) async fn second(&self, store: &dyn Cards) -> Option<Self> {
        let Second { alert, card, escalated } = self.second.as_deref()?;
        let channel = escalated.to.channel.clone()?;
        let workspace = self.place.workspace.clone();
        // Each escalation is one message, with a row like a card's.
        let id = RecordId::derive("escalation", workspace.as_str(), &format!("{alert}/{}", escalated.at.0));
        let drawing =
            EscalationCard { card: card.clone(), to: escalated.to.clone(), at: card_of(store, alert).await };
        Some(Self {
            id,
            version: self.version,
            place: Place { channel, ..self.place.clone() },
            served: self.served,
            instead: Some(self.place.clone()),
            drawing: Drawing::Escalation(Box::new(drawing)),
            // New figures change only the card.
            again: false,
            has_thread: false,
            second: None,
        })
    }

    /// The card: as text alone if the chat failed over it, and with the reason if it is posted in another place.
    pub(super) fn drawn(&self, manner: Manner, direct: bool) -> Drawing {
        let drawing = match direct {
            true => Drawing::Alone(Box::new(self.drawing.clone()), self.place.channel.clone()),
            false => self.drawing.clone(),
        };
        match manner {
            Manner::AsItIs => drawing,
            Manner::Plain | Manner::Direct => Drawing::Plain(Box::new(drawing)),
        }
    }
}
