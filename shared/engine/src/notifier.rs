//! Outbox → chat: keeps every card true. An order may be old, so the card is drawn from the record as it is now.

mod budgets;
mod patience;
mod subject;

use self::budgets::Budgets;
use self::patience::{Manner, Patience};
use self::subject::Subject;
use crate::ports::{CardRow, Cards, Chat, ChatError, Clock, Delivery, MessageRef, PortError};
use crate::wire;
use crate::wire::order::{Order, Part};
use signalbox_domain::budget::{Allowance, Call};
use signalbox_domain::card::note;
use signalbox_domain::ids::RecordId;
use std::sync::Arc;
use std::time::Duration;

/// The first pause after the chat broke.
const BROKEN_PAUSE: Duration = Duration::from_secs(2);

/// Draws cards.
pub struct Notifier {
    store: Arc<dyn Cards>,
    chat: Arc<dyn Chat>,
    clock: Arc<dyn Clock>,
    budgets: Budgets,
    patience: Patience,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The card shows the present: acknowledge the order.
    Now,
    /// Not before then: deliver the order again.
    Later(Duration),
    /// A newer version wrote it, or its record: it goes back by [`give_back`](crate::give_back).
    Newer,
}

/// Why a pass over a card ended early.
enum Stop {
    Later(Duration),
    /// The chat will never take it in this form.
    GivenUp,
    /// The chat failed over it too often: the other cards go first, and this one is ordered again when it is overdue.
    SetAside,
    Port(PortError),
}

impl From<PortError> for Stop {
    fn from(error: PortError) -> Self {
        Self::Port(error)
    }
}

impl Notifier {
    /// A notifier that keeps to a chat's allowance.
    #[must_use]
    pub fn new(
        store: Arc<dyn Cards>,
        chat: Arc<dyn Chat>,
        clock: Arc<dyn Clock>,
        allowance: Allowance,
    ) -> Self {
        let budgets = Budgets { store: store.clone(), allowance };
        Self { store, chat, clock, budgets, patience: Patience::default() }
    }

    /// Handles one delivery of the outbox.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn handle(&self, delivery: &Delivery) -> Result<Shown, PortError> {
        let body = &delivery.message.body;
        if wire::order::is_newer(body) {
            return Ok(Shown::Newer);
        }
        match self.show(&wire::order::decode(body)?).await {
            Err(PortError::Newer) => Ok(Shown::Newer),
            shown => shown,
        }
    }

    /// Makes a card show the present.
    async fn show(&self, order: &Order) -> Result<Shown, PortError> {
        let Some(subject) = Subject::of(&*self.store, order).await? else { return Ok(Shown::Now) };
        let first = match order.part {
            None | Some(Part::Card) => self.show_one(&subject).await?,
            Some(Part::Elsewhere) => Shown::Now,
        };
        if order.part == Some(Part::Card) {
            return Ok(first);
        }
        let second = match subject.second(&*self.store).await {
            Some(second) => self.show_one(&second).await?,
            None => Shown::Now,
        };
        Ok(if first == Shown::Now { second } else { first })
    }

    async fn show_one(&self, subject: &Subject) -> Result<Shown, PortError> {
        match self.draw(subject).await {
            Ok(()) | Err(Stop::GivenUp | Stop::SetAside) => Ok(Shown::Now),
            // Another notifier has this card in hand, or the head moved; look again soon.
            Err(Stop::Port(PortError::Conflict)) => Ok(Shown::Later(Duration::from_millis(500))),
            Err(Stop::Port(error)) => Err(error),
            Err(Stop::Later(after)) => Ok(Shown::Later(after)),
        }
    }

    async fn draw(&self, subject: &Subject) -> Result<(), Stop> {
        let found = self.store.card(&subject.id).await?;
        let fresh = found.is_none();
        let mut posted = false;
        let mut row = match found {
            Some(row) => row,
            // The budget is spent before the post is marked: a card that only waits for its turn need not be searched
            // for later.
            None => {
                self.spend(subject, Call::Post(subject.place.channel.as_str())).await?;
                self.begin(subject, 1, 0).await?
            }
        };
        let message = match row.message.clone() {
            Some(message) => message,
            None => {
                if !fresh && let Some(found) = self.search(subject, &row).await? {
                    row.message = Some(found);
                    self.put(&mut row).await?;
                    return Box::pin(self.draw(subject)).await;
                }
                if !fresh {
                    self.spend_post(subject, &row).await?;
                }
                let message = self.post(subject, &mut row).await?;
                row.message = Some(message.clone());
                row.shown = self.shown(subject);
                self.put(&mut row).await?;
                posted = true;
                message
            }
        };
        let message = self.bring_up_to_date(subject, posted, message, &mut row).await?;
        self.tell_thread(subject, &message, &mut row).await
    }

    /// Which version the message that the chat just took counts as showing.
    fn shown(&self, subject: &Subject) -> u64 {
        let manner = self.manner(&subject.id);
        if self.patience.took(&subject.id, manner) {
            return subject.version;
        }
        // An older version is noted as shown, so the card stays overdue and is ordered again.
        tracing::warn!(run = %subject.id, "the card was taken as text alone; it is tried again as it is");
        subject.version.saturating_sub(1)
    }

    /// Edits the card if its head moved on. Gives the message that shows it now.
    async fn bring_up_to_date(
        &self,
        subject: &Subject,
        posted: bool,
        mut message: MessageRef,
        row: &mut CardRow,
    ) -> Result<MessageRef, Stop> {
        if posted || row.shown >= subject.version && !subject.again {
            return Ok(message);
        }
        self.spend(subject, Call::Edit).await?;
        let mut shown = subject.version;
        let manner = self.manner(&subject.id);
        match self.chat.edit(&message, &subject.id, &subject.drawn(manner, row.direct)).await {
            Ok(()) => shown = self.shown(subject),
            Err(ChatError::Gone) => {
                // Somebody removed the card. A second card is better than none.
                tracing::warn!(run = %subject.id, "the card is gone; posting another");
                *row = self.begin(subject, row.revision + 1, row.noted).await?;
                self.spend_post(subject, row).await?;
                message = self.post(subject, row).await?;
                row.message = Some(message.clone());
            }
            // The channel was archived or the app was removed from it while the run went on: the requester still
            // learns how it ended.
            Err(ChatError::NoEntry(why)) if subject.direct().is_some() && !row.direct => {
                tracing::warn!(run = %subject.id, channel = %subject.place.channel, %why, "cannot edit there any more; telling it elsewhere");
                let begun = self.begin(subject, row.revision + 1, row.noted).await?;
                *row = CardRow { direct: true, ..begun };
                self.spend_post(subject, row).await?;
                message = self.post(subject, row).await?;
                row.message = Some(message.clone());
            }
            Err(error) => self.give_up_or_wait(subject, "edit", &error).await?,
        }
        row.shown = shown;
        self.put(row).await?;
        Ok(message)
    }

    /// Marks the post before it is made.
    async fn begin(&self, subject: &Subject, revision: u64, noted: u64) -> Result<CardRow, Stop> {
        let row = CardRow {
            record: subject.id.clone(),
            revision,
            message: None,
            posting_since: self.clock.now(),
            direct: false,
            shown: 0,
            noted,
        };
        self.store.put_card(row.clone()).await?;
        Ok(row)
    }

    /// Looks for the post of an earlier pass: the message may have arrived although the answer was lost.
    async fn search(&self, subject: &Subject, row: &CardRow) -> Result<Option<MessageRef>, Stop> {
        let own = subject.direct().filter(|_| row.direct);
        let place = own.as_ref().unwrap_or(&subject.place);
        match self.chat.find(place, &subject.id, row.posting_since).await {
            Ok(found) => Ok(found),
            Err(ChatError::Quiet(after)) => Err(self.quiet(subject, after).await),
            Err(error) => {
                // The channel cannot be searched. A second card is better than none.
                tracing::warn!(run = %subject.id, %error, "could not look for the card");
                Ok(None)
            }
        }
    }

    async fn post(&self, subject: &Subject, row: &mut CardRow) -> Result<MessageRef, Stop> {
        let Subject { id, place, .. } = subject;
        let manner = self.manner(id);
        let own = subject.direct();
        let first = own.as_ref().filter(|_| row.direct).unwrap_or(place);
        let error = match self.chat.post(first, id, &subject.drawn(manner, row.direct)).await {
            Ok(message) => return Ok(message),
            Err(error) => error,
        };
        let no_entry = matches!(error, ChatError::NoEntry(_));
        let elsewhere =
            no_entry || self.manner(id) == Manner::Direct && !matches!(error, ChatError::Quiet(_));
        let Some(own) = own.filter(|_| elsewhere && !row.direct) else {
            return Err(self.unshown(subject, row, error).await?);
        };
        tracing::warn!(run = %id, channel = %place.channel, %error, "cannot post there; telling it elsewhere");
        row.direct = true;
        self.put(row).await?;
        match self.chat.post(&own, id, &subject.drawn(manner, true)).await {
            Ok(message) => Ok(message),
            Err(error) => {
                // If the channel can be posted to, the card is tried there again.
                row.direct = no_entry;
                Err(self.unshown(subject, row, error).await?)
            }
        }
    }

    /// A post that did not succeed. The mark stays, so that the next pass searches before it posts.
    async fn unshown(&self, subject: &Subject, row: &mut CardRow, error: ChatError) -> Result<Stop, Stop> {
        if let ChatError::Quiet(after) = error {
            return Ok(self.quiet(subject, after).await);
        }
        let never = matches!(error, ChatError::Rejected(_) | ChatError::NoEntry(_) | ChatError::Gone);
        // If nobody may post in this place, another form does not help.
        let all_tried = self.patience.failed(&subject.id, never, self.clock.now())
            || matches!(error, ChatError::NoEntry(_));
        if never && all_tried {
            // There is no use in trying again, and the workspace's other cards wait behind this one. The run's next
            // change tries afresh; the audit has everything.
            tracing::error!(run = %subject.id, %error, "nobody takes the card; not shown");
            (row.shown, row.noted) = (subject.version, subject.version);
            self.put(row).await?;
            return Ok(Stop::GivenUp);
        }
        self.put(row).await?;
        if all_tried {
            tracing::error!(run = %subject.id, %error, "the card could not be posted in any form; it is ordered again when it is overdue");
            return Ok(Stop::SetAside);
        }
        tracing::error!(run = %subject.id, %error, "could not post the card; trying again");
        Ok(Stop::Later(BROKEN_PAUSE))
    }

    fn manner(&self, card: &RecordId) -> Manner {
        self.patience.manner(card, self.clock.now())
    }

    /// Tells the thread, in one message, what it has not been told yet.
    async fn tell_thread(
        &self,
        subject: &Subject,
        message: &MessageRef,
        row: &mut CardRow,
    ) -> Result<(), Stop> {
        if row.noted >= subject.version || !subject.has_thread {
            return Ok(());
        }
        let rows = self.store.events(&subject.id).await?;
        let told = usize::try_from(row.noted).unwrap_or(usize::MAX);
        let last = row.noted + rows.iter().skip(told).count() as u64;
        // An event that cannot be read is left out: the thread goes on without it, and the audit has it.
        let news = rows.iter().skip(told).filter_map(|r| {
            wire::event::decode(&r.bytes)
                .inspect_err(|error| tracing::error!(run = %subject.id, seq = r.seq, %error, "an event cannot be told"))
                .ok()
        });
        let news: Vec<_> = news.map(|record| record.event).collect();
        if let Some(note) = note(&news) {
            self.spend(subject, Call::Post(message.channel.as_str())).await?;
            match self.chat.reply(message, &note).await {
                Ok(()) => {}
                // The card was removed. The run's next change posts another, and its thread is told then.
                Err(ChatError::Gone) => return Ok(()),
                Err(error) => self.give_up_or_wait(subject, "reply", &error).await?,
            }
            row.noted = last;
            return Ok(self.put(row).await?);
        }
        row.noted = last;
        Ok(self.put(row).await?)
    }

    /// After an edit or a reply that did not succeed: wait and try again, set it aside, or (`Ok`) go on without it.
    async fn give_up_or_wait(&self, subject: &Subject, what: &str, error: &ChatError) -> Result<(), Stop> {
        if let ChatError::Quiet(after) = error {
            return Err(self.quiet(subject, *after).await);
        }
        let never = !matches!(error, ChatError::Failed(_));
        let all_tried = self.patience.failed(&subject.id, never, self.clock.now());
        match error {
            // The chat will never take this message. The next change tries afresh; the audit has everything.
            ChatError::NoEntry(_) | ChatError::Gone => {}
            // A note has no other form than text.
            ChatError::Rejected(_) if all_tried || what == "reply" => {}
            ChatError::Rejected(_) => {
                tracing::warn!(run = %subject.id, what, %error, "the chat does not take it; as text alone");
                return Err(Stop::Later(BROKEN_PAUSE));
            }
            ChatError::Quiet(_) | ChatError::Failed(_) if all_tried => {
                tracing::error!(run = %subject.id, what, %error, "the chat fails over this card; it is ordered again when it is overdue");
                return Err(Stop::SetAside);
            }
            ChatError::Quiet(_) | ChatError::Failed(_) => {
                tracing::warn!(run = %subject.id, what, %error, "the chat failed; trying again");
                return Err(Stop::Later(BROKEN_PAUSE));
            }
        }
        tracing::error!(run = %subject.id, what, %error, "the chat does not take it");
        Ok(())
    }

    async fn put(&self, row: &mut CardRow) -> Result<(), PortError> {
        row.revision += 1;
        self.store.put_card(row.clone()).await
    }

    async fn spend(&self, subject: &Subject, call: Call<'_>) -> Result<(), Stop> {
        let (workspace, what) = (&subject.place.workspace, (subject.served, call));
        self.budgets.spend(workspace, what, self.clock.now()).await?.map_err(Stop::Later)
    }

    /// Spends a post in the channel that the row says it goes to.
    async fn spend_post(&self, subject: &Subject, row: &CardRow) -> Result<(), Stop> {
        let own = subject.direct().filter(|_| row.direct);
        let channel = own.as_ref().unwrap_or(&subject.place).channel.clone();
        self.spend(subject, Call::Post(channel.as_str())).await
    }

    async fn quiet(&self, subject: &Subject, after: Duration) -> Stop {
        let workspace = &subject.place.workspace;
        tracing::info!(%workspace, seconds = after.as_secs(), "the chat asks for quiet");
        self.budgets.quiet_for(workspace, after, self.clock.now()).await;
        Stop::Later(after)
    }
}
