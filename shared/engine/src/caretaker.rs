//! Every minute (every second on one machine): wakes what is due, orders cards that are behind, seals days. Dead
//! letters it drains by [`DeadLetters`](crate::DeadLetters).

use crate::audit;
use crate::ports::{Agenda, Clock, DueKind, PortError, Queue, SealRow, Seals};
use crate::records::load;
use crate::wire;
use crate::wire::command::{Command, Envelope, Refresh};
use crate::wire::known::{self, Needed};
use signalbox_domain::{RecordId, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// How much due work is taken in one go.
const BATCH: usize = 500;
/// How many overdue cards are looked at, where most of them cannot be read.
const MOST: usize = 16 * BATCH;
/// How much is kept warm.
const MOST_WARM: usize = 500;
/// For how long after somebody needed it.
const WARM_FOR: Duration = Duration::from_secs(30 * 60);
/// How long a round seals: the function has a minute, and other things to do.
const SEALING: Duration = Duration::from_secs(20);

/// Keeps time.
pub struct Caretaker {
    /// Heads with their due times.
    pub agenda: Arc<dyn Agenda>,
    /// What moved, and the seals over it.
    pub seals: Arc<dyn Seals>,
    /// The queue on which it wakes records.
    pub intents: Arc<dyn Queue>,
    /// The queue on which it orders cards.
    pub outbox: Arc<dyn Queue>,
    /// The present time.
    pub clock: Arc<dyn Clock>,
}

impl Caretaker {
    /// Enqueues a `Wake` for each record that is due. How many there were.
    ///
    /// # Errors
    /// When a port fails; what was not enqueued is still due.
    pub async fn wake(&self) -> Result<usize, PortError> {
        let now = self.clock.now();
        // The key changes once a minute, so that the queue takes a new wake even if the last one led to nothing.
        let round = (now.seconds() / 60).to_string();
        let due = self.agenda.due(DueKind::Record, now, BATCH).await?;
        for (record, due_at) in &due {
            let wake = Envelope::new(record.clone(), &round, Command::Wake { due_at: *due_at });
            self.intents.send(wake.to_message()?).await?;
        }
        Ok(due.len())
    }

    /// Orders each card that is overdue. How many there were.
    ///
    /// # Errors
    /// When a port fails.
    pub async fn order_cards(&self) -> Result<usize, PortError> {
        let now = self.clock.now();
        let (mut limit, mut from, mut ordered) = (BATCH, 0, 0);
        // A card that cannot be read stays overdue; it must not hide the cards after it.
        loop {
            let due = self.agenda.due(DueKind::Card, now, limit).await?;
            let all = due.len() < limit;
            ordered += self.order(due.get(from..).unwrap_or_default()).await?;
            if all || ordered >= BATCH || limit >= MOST {
                return Ok(ordered);
            }
            from = limit;
            limit *= 2;
        }
    }

    async fn order(&self, due: &[(RecordId, Timestamp)]) -> Result<usize, PortError> {
        let mut ordered = 0;
        for (record, due_at) in due {
            // One record that cannot be read must not stop the others.
            let found = load(&*self.agenda, record).await.unwrap_or_else(|error| {
                tracing::error!(%record, %error, "cannot look whose card is overdue");
                None
            });
            if let Some(kept) = found {
                let keys = kept.head.keys();
                let order = wire::order::encode_overdue(record, keys.version, keys.lane(), *due_at)?;
                self.outbox.send(order).await?;
                ordered += 1;
            }
        }
        Ok(ordered)
    }

    /// Has what people needed of systems outside of late asked for again before it is old. How much there was.
    ///
    /// # Errors
    /// When a port fails.
    pub async fn keep_warm(&self) -> Result<usize, PortError> {
        let now = self.clock.now();
        let round = (now.seconds() / 60).to_string();
        let mut asked = 0;
        for body in self.agenda.needed(MOST_WARM).await? {
            let needed: Needed = match known::decode(&body) {
                Ok(needed) => needed,
                Err(error) => {
                    tracing::warn!(%error, "what was needed of a system outside cannot be read");
                    continue;
                }
            };
            let old = now.since(needed.asked_at) >= Duration::from_secs(needed.fresh) * 3 / 4;
            if old && now.since(needed.needed_at) < WARM_FOR {
                let refresh = Refresh { warm: true, ..needed.refresh };
                self.intents.send(refresh.envelope(&round)?.to_message()?).await?;
                asked += 1;
            }
        }
        Ok(asked)
    }

    /// Seals every day that is over and past its grace; a large one in several rounds. Gives the new seals, to be kept
    /// outside the table as well.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn seal(&self) -> Result<Vec<SealRow>, PortError> {
        audit::seal_days(&*self.seals, &*self.clock, SEALING).await
    }
}
