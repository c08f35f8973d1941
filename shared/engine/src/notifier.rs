//! Outbox → chat: keeps every card true. It never trusts an order's age: it draws the present.

use crate::append::{Kept, load};
use crate::ports::{CardRow, Chat, ChatError, Clock, Delivery, MessageRef, PortError, Store};
use crate::wire;
use signalbox_domain::Timestamp;
use signalbox_domain::budget::{Allowance, Budget, Call};
use signalbox_domain::card::{Card, note};
use signalbox_domain::ids::{ChannelId, RunId, WorkspaceId};
use signalbox_domain::policy::Place;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The first pause after the chat broke.
const BROKEN_PAUSE: Duration = Duration::from_secs(2);

/// Draws cards.
pub struct Notifier {
    store: Arc<dyn Store>,
    chat: Arc<dyn Chat>,
    clock: Arc<dyn Clock>,
    allowance: Allowance,
    budgets: Mutex<HashMap<WorkspaceId, Budget>>,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    /// The card shows the present: acknowledge the order.
    Now,
    /// Not before then: deliver the order again.
    Later(Duration),
}

/// Why a pass over a card ended early.
enum Stop {
    Later(Duration),
    /// Nobody will ever take it as it is.
    GivenUp,
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
        store: Arc<dyn Store>,
        chat: Arc<dyn Chat>,
        clock: Arc<dyn Clock>,
        allowance: Allowance,
    ) -> Self {
        Self { store, chat, clock, allowance, budgets: Mutex::default() }
    }

    /// Handles one delivery of the outbox.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn handle(&self, delivery: &Delivery) -> Result<Shown, PortError> {
        self.show(&wire::order::decode(&delivery.message.body)?).await
    }

    /// Makes a run's card show the present.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn show(&self, run: &RunId) -> Result<Shown, PortError> {
        let Some(kept) = load(&*self.store, run).await? else { return Ok(Shown::Now) };
        let Some(card) = Card::of(&kept.head) else { return Ok(Shown::Now) };
        match self.draw(&kept, &card).await {
            Ok(()) | Err(Stop::GivenUp) => Ok(Shown::Now),
            // Another notifier has this card in hand, or the head moved; look again soon.
            Err(Stop::Port(PortError::Conflict)) => Ok(Shown::Later(Duration::from_millis(500))),
            Err(Stop::Port(error)) => Err(error),
            Err(Stop::Later(after)) => Ok(Shown::Later(after)),
        }
    }

    async fn draw(&self, kept: &Kept, card: &Card) -> Result<(), Stop> {
        let head = &kept.head;
        let found = self.store.card(&head.run).await?;
        let fresh = found.is_none();
        if found.as_ref().is_none_or(|row| row.message.is_none()) {
            self.spend(kept, Call::Post(head.intent.place.channel.as_str()))?;
        }
        let mut row = match found {
            Some(row) => row,
            None => self.begin(kept, 1, 0).await?,
        };
        let message = match row.message.clone() {
            Some(message) => message,
            None => {
                if !fresh && let Some(found) = self.search(kept, &row).await? {
                    row.message = Some(found);
                    self.put(&mut row).await?;
                    return Box::pin(self.draw(kept, card)).await;
                }
                let message = self.post(kept, card, &mut row).await?;
                row.message = Some(message.clone());
                row.shown = head.version;
                self.put(&mut row).await?;
                message
            }
        };
        let message = self.bring_up_to_date(kept, card, message, &mut row).await?;
        self.tell_thread(kept, &message, &mut row).await
    }

    /// Edits the card if its head moved on. Gives the message that shows it now.
    async fn bring_up_to_date(
        &self,
        kept: &Kept,
        card: &Card,
        mut message: MessageRef,
        row: &mut CardRow,
    ) -> Result<MessageRef, Stop> {
        let head = &kept.head;
        if row.shown >= head.version {
            return Ok(message);
        }
        self.spend(kept, Call::Edit)?;
        match self.chat.edit(&message, &head.run, card).await {
            Ok(()) => {}
            Err(ChatError::Gone) => {
                // Somebody removed it. A second card is preferred to none.
                tracing::warn!(run = %head.run, "the card is gone; posting another");
                *row = self.begin(kept, row.revision + 1, row.noted).await?;
                message = self.post(kept, card, row).await?;
                row.message = Some(message.clone());
            }
            Err(error) => self.give_up_or_wait(kept, "edit", error)?,
        }
        row.shown = head.version;
        self.put(row).await?;
        Ok(message)
    }

    /// Marks the post before it is made.
    async fn begin(&self, kept: &Kept, revision: u64, noted: u64) -> Result<CardRow, Stop> {
        let row = CardRow {
            run: kept.head.run.clone(),
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

    /// Looks for a post of an earlier pass: it may have arrived though its answer did not.
    async fn search(&self, kept: &Kept, row: &CardRow) -> Result<Option<MessageRef>, Stop> {
        let own = direct(kept);
        let place = if row.direct { &own } else { &kept.head.intent.place };
        match self.chat.find(place, &kept.head.run, row.posting_since).await {
            Ok(found) => Ok(found),
            Err(ChatError::Quiet(after)) => Err(self.quiet(kept, after)),
            Err(error) => {
                // It cannot be searched; a second card is preferred to none.
                tracing::warn!(run = %kept.head.run, %error, "could not look for the card");
                Ok(None)
            }
        }
    }

    async fn post(&self, kept: &Kept, card: &Card, row: &mut CardRow) -> Result<MessageRef, Stop> {
        let head = &kept.head;
        let asked_in = &head.intent.place;
        let own = direct(kept);
        let place = if row.direct { &own } else { asked_in };
        match self.chat.post(place, &head.run, card).await {
            Ok(message) => Ok(message),
            Err(ChatError::NoEntry(why)) if !row.direct => {
                tracing::warn!(run = %head.run, channel = %asked_in.channel, %why, "cannot post there; telling the requester alone");
                row.direct = true;
                self.put(row).await?;
                match self.chat.post(&own, &head.run, card).await {
                    Ok(message) => Ok(message),
                    Err(error) => Err(self.unshown(kept, row, error).await?),
                }
            }
            Err(error) => Err(self.unshown(kept, row, error).await?),
        }
    }

    /// A post that did not succeed: the mark stays, so that the next pass searches before it posts.
    async fn unshown(&self, kept: &Kept, row: &mut CardRow, error: ChatError) -> Result<Stop, Stop> {
        if let ChatError::Quiet(after) = error {
            return Ok(self.quiet(kept, after));
        }
        if matches!(error, ChatError::Rejected(_) | ChatError::NoEntry(_) | ChatError::Gone) {
            // No use trying this again, and the workspace's other cards wait behind it. The run's next change tries
            // afresh; the audit has it all.
            tracing::error!(run = %kept.head.run, %error, "nobody takes the card; not shown");
            (row.shown, row.noted) = (kept.head.version, kept.head.version);
            self.put(row).await?;
            return Ok(Stop::GivenUp);
        }
        tracing::error!(run = %kept.head.run, %error, "could not post the card; trying again");
        self.put(row).await?;
        let patience = BROKEN_PAUSE * u32::try_from(row.revision.min(30)).unwrap_or(30);
        Ok(Stop::Later(patience))
    }

    /// Tells the thread what it has not been told, in one message.
    async fn tell_thread(&self, kept: &Kept, message: &MessageRef, row: &mut CardRow) -> Result<(), Stop> {
        if row.noted >= kept.head.version {
            return Ok(());
        }
        let rows = self.store.events(&kept.head.run).await?;
        let told = usize::try_from(row.noted).unwrap_or(usize::MAX);
        let news = rows.iter().skip(told).map(|r| wire::event::decode(&r.bytes).map(|d| d.event));
        let news: Vec<_> = news.collect::<Result<_, _>>().map_err(PortError::from)?;
        let last = row.noted + news.len() as u64;
        if let Some(note) = note(&news) {
            self.spend(kept, Call::Post(message.channel.as_str()))?;
            match self.chat.reply(message, &note).await {
                Ok(()) => {}
                // The card was removed. The run's next change posts another, and its thread is told then.
                Err(ChatError::Gone) => return Ok(()),
                Err(error) => self.give_up_or_wait(kept, "reply", error)?,
            }
            row.noted = last;
            return Ok(self.put(row).await?);
        }
        row.noted = last;
        Ok(self.put(row).await?)
    }

    fn give_up_or_wait(&self, kept: &Kept, what: &str, error: ChatError) -> Result<(), Stop> {
        match error {
            ChatError::Quiet(after) => Err(self.quiet(kept, after)),
            ChatError::Failed(why) => {
                tracing::warn!(run = %kept.head.run, what, %why, "the chat failed; trying again");
                Err(Stop::Later(BROKEN_PAUSE))
            }
            // It will never take this. The next change tries afresh; the audit has it all.
            ChatError::Rejected(_) | ChatError::NoEntry(_) | ChatError::Gone => {
                tracing::error!(run = %kept.head.run, what, %error, "the chat does not take it");
                Ok(())
            }
        }
    }

    async fn put(&self, row: &mut CardRow) -> Result<(), PortError> {
        row.revision += 1;
        self.store.put_card(row.clone()).await
    }

    fn spend(&self, kept: &Kept, call: Call<'_>) -> Result<(), Stop> {
        let now = self.clock.now();
        self.budget(kept, |b| b.spend(call, now)).map_err(|at: Timestamp| Stop::Later(at.since(now)))
    }

    fn quiet(&self, kept: &Kept, after: Duration) -> Stop {
        let now = self.clock.now();
        tracing::info!(workspace = %kept.head.intent.place.workspace, seconds = after.as_secs(), "the chat asks for quiet");
        self.budget(kept, |b| b.quiet_for(after, now));
        Stop::Later(after)
    }

    fn budget<T>(&self, kept: &Kept, spend: impl FnOnce(&mut Budget) -> T) -> T {
        let mut budgets = self.budgets.lock().unwrap_or_else(PoisonError::into_inner);
        let workspace = kept.head.intent.place.workspace.clone();
        spend(budgets.entry(workspace).or_insert_with(|| Budget::new(self.allowance)))
    }
}

/// The requester's own conversation with the app: Slack takes a person's id for a channel's.
fn direct(kept: &Kept) -> Place {
    Place {
        workspace: kept.head.intent.place.workspace.clone(),
        channel: ChannelId::new(kept.head.intent.requester.user.as_str()),
    }
}
