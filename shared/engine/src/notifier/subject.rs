//! What a card is drawn of: a run, an alert, a digest, as it stands now.

use super::patience::Manner;
use crate::append::load_any;
use crate::ports::{PortError, Store};
use crate::wire;
use crate::wire::head::Head;
use crate::wire::order::Order;
use signalbox_domain::alert::{AlertCard, DigestCard};
use signalbox_domain::card::{Card, Drawing};
use signalbox_domain::ids::{ChannelId, RunId, UserId};
use signalbox_domain::policy::Place;

/// Where a run's card is. A message without a link is better than none; what one person alone was told cannot be opened
/// by others.
async fn card_of(store: &dyn Store, run: &RunId) -> Option<(ChannelId, String)> {
    let row = store.card(run).await.inspect_err(|error| tracing::warn!(%run, %error, "no link to a card"));
    let message = row.ok().flatten().filter(|row| !row.direct)?.message?;
    Some((message.channel, message.ts))
}

/// What has a card: as it stands now.
pub(super) struct Subject {
    pub(super) id: RunId,
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
        Some(Place { workspace: self.place.workspace.clone(), channel })
    }

    /// What the order is about, as it stands now; `None` where there is nothing to show.
    pub(super) async fn of(store: &dyn Store, order: &Order) -> Result<Option<Self>, PortError> {
        let Some(kept) = load_any(store, &order.run).await? else { return Ok(None) };
        let (version, place, person, drawing) = match kept.head {
            Head::Run(head) => {
                let card = Card::of(&head).map(|card| Drawing::Run(Box::new(card)));
                (head.version, head.intent.place, Some(head.intent.requester.user), card)
            }
            Head::Alert(head) => {
                let figures = wire::figures::of(store, &order.run).await?;
                let card = AlertCard::of(&head, figures.as_ref());
                (head.version, head.place, None, card.map(|card| Drawing::Alert(Box::new(card))))
            }
            Head::Digest(head) => {
                let mut card = DigestCard::of(&head);
                for ended in &mut card.runs {
                    ended.card = card_of(store, &ended.run.run).await;
                }
                let card = Drawing::Digest(Box::new(card));
                (head.version, head.place, None, Some(card))
            }
        };
        let subject =
            |drawing| Self { id: order.run.clone(), version, place, person, drawing, again: order.again };
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
