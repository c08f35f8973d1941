//! What a card is drawn of: a run, an alert, a digest, as it stands now.

use super::patience::Manner;
use crate::append::load_any;
use crate::ports::{PortError, Store};
use crate::wire;
use crate::wire::head::Head;
use crate::wire::order::Order;
use signalbox_domain::alert::{AlertCard, DigestCard};
use signalbox_domain::card::{Card, Drawing};
use signalbox_domain::ids::{ChannelId, RecordId, UserId};
use signalbox_domain::people::Place;

/// What has a card: as it stands now.
pub(super) struct Subject {
    pub(super) id: RecordId,
    pub(super) version: u64,
    pub(super) place: Place,
    /// Who is told alone where nobody can post in the place.
    pub(super) person: Option<UserId>,
    drawing: Drawing,
    /// To be drawn although its record did not change.
    pub(super) again: bool,
}

impl Subject {
    /// A person's own conversation with the app: Slack takes their id for a channel's.
    pub(super) fn direct(&self) -> Option<Place> {
        let channel = ChannelId::new(self.person.as_ref()?.as_str());
        Some(Place { channel, ..self.place.clone() })
    }

    /// What the order is about, as it stands now; `None` where there is nothing to show.
    pub(super) async fn of(store: &dyn Store, order: &Order) -> Result<Option<Self>, PortError> {
        let Some(kept) = load_any(store, &order.record).await? else { return Ok(None) };
        let (version, place, person, drawing) = match kept.head {
            Head::Run(head) => {
                let card = Card::of(&head).map(|card| Drawing::Run(Box::new(card)));
                let (who, place) = (head.intent.requester.as_person(), &head.intent.place);
                let who = who.filter(|person| person.chat == place.chat).map(|person| person.user.clone());
                (head.version, head.intent.place, who, card)
            }
            Head::Alert(head) => {
                let figures = wire::figures::of(store, &head.id).await?;
                let card = AlertCard::of(&head, figures.as_ref());
                (head.version, head.place, None, card.map(|card| Drawing::Alert(Box::new(card))))
            }
            Head::Digest(head) => {
                let card = Drawing::Digest(Box::new(DigestCard::of(&head)));
                (head.version, head.place, None, Some(card))
            }
        };
        let subject =
            |drawing| Self { id: order.record.clone(), version, place, person, drawing, again: order.again };
        Ok(drawing.map(subject))
    }

    /// The card: as text alone where the chat failed over it, and with a word about why where one person alone sees it.
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
