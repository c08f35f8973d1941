//! Intents queue → the record that a command is for. The dispatcher is the only writer; the loop in `records` does
//! the rest.

use crate::backends::Backends;
use crate::bounds;
use crate::lookups::Lookups;
use crate::newer;
use crate::ports::{Clock, Delivery, HeadRow, Journal, PortError, Queue, Silencer};
use crate::records::{Desk, StoredHead, carry_out};
use crate::vouch::Admitting;
use crate::wire;
use crate::wire::command::{Command, Envelope};
use crate::wire::head::Head;
use signalbox_domain::Frozen;
use std::sync::Arc;
use std::time::Duration;

/// A wake that comes earlier than this is dropped, because the run's other commands wait behind it and the
/// caretaker's next round brings another.
const MOST_EARLY: Duration = Duration::from_secs(60);
/// A run whose head cannot be read is looked at again after this.
const UNREADABLE_REST: Duration = Duration::from_secs(600);

/// What became of a delivery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handled {
    /// Acknowledge it.
    Done,
    /// It came too early: deliver it again after that long.
    Again(Duration),
    /// A newer version wrote it, or its record: it goes back by [`give_back`](crate::give_back).
    Newer,
}

/// Handles commands, one at a time per run.
#[derive(Clone)]
pub struct Dispatcher {
    /// Heads and events.
    pub store: Arc<dyn Journal>,
    /// Where commands for other records go.
    pub intents: Arc<dyn Queue>,
    /// Where cards are ordered.
    pub outbox: Arc<dyn Queue>,
    /// What may be asked for.
    pub catalogue: Arc<Frozen>,
    /// Where runs are carried out.
    pub backends: Backends,
    /// Who answers questions: which values there are, what holds, what changed.
    pub lookups: Lookups,
    /// Where alerts from elsewhere are silenced; `None` if there is no such place.
    pub silencer: Option<Arc<dyn Silencer>>,
    /// Decides which commands count as a person's word.
    pub admitting: Admitting,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl Dispatcher {
    /// Handles one delivery of the intents queue. The caller acknowledges it after [`Handled::Done`], gives it back
    /// after [`Handled::Newer`], and has it delivered again after `Err`. A command in a person's name that no door
    /// vouched for is set aside at once.
    ///
    /// # Errors
    /// When a port fails; nothing is lost by that.
    pub async fn handle(&self, delivery: &Delivery) -> Result<Handled, PortError> {
        let mut envelope = match self.admitting.admit(delivery) {
            Ok(Ok(envelope)) => envelope,
            Ok(Err(why)) => return self.admitting.set_aside(delivery, why).await.map(|()| Handled::Done),
            Err(_) if wire::command::is_newer(&delivery.message.body) => return Ok(Handled::Newer),
            Err(error) => return Err(error.into()),
        };
        envelope.command = bounds::command(envelope.command);
        if let Command::Wake { due_at } = envelope.command {
            // Two clocks never agree. If a wake that is early were dropped, the next one might be dropped too,
            // because the queue remembers its id for a while.
            let early = due_at.since(self.clock.now());
            if !early.is_zero() && early <= MOST_EARLY {
                return Ok(Handled::Again(early));
            }
        }
        match self.carry_out(&envelope).await {
            Err(PortError::Newer) => Ok(Handled::Newer),
            done => done.map(|()| Handled::Done),
        }
    }

    /// Carries out one command, however often it comes. Who asked was checked before.
    ///
    /// # Errors
    /// When a port fails, and [`PortError::Newer`] where a newer version wrote the record.
    pub async fn carry_out(&self, envelope: &Envelope) -> Result<(), PortError> {
        let Some(row) = self.store.head(&envelope.record).await? else {
            return self.work(envelope, None).await;
        };
        let error = match StoredHead::from_row(&row) {
            Ok(kept) => match self.work(envelope, Some(kept)).await {
                Err(PortError::Newer) => PortError::Newer,
                done => return done,
            },
            Err(_) if newer::wrote(&*self.store, &row).await? => PortError::Newer,
            Err(error) => error,
        };
        // Other runs must not wait for this record, and another wake comes.
        if matches!(envelope.command, Command::Wake { .. }) {
            return self.put_off(row, &error).await;
        }
        Err(error)
    }

    async fn work(&self, envelope: &Envelope, found: Option<StoredHead>) -> Result<(), PortError> {
        if let Command::Silences { gone } = &envelope.command {
            return self.mirror(gone).await;
        }
        if let Command::Refresh(refresh) = &envelope.command {
            return self.refresh(refresh).await;
        }
        if let Command::Show { .. } = &envelope.command {
            return match &found {
                Some(kept) => self.order_asked(envelope, &kept.head).await,
                // The door saw the record when somebody asked for it; if it is gone now, there is no card to show.
                None => Ok(()),
            };
        }
        carry_out(self.desk(envelope), found).await
    }

    fn desk<'d>(&'d self, envelope: &'d Envelope) -> Desk<'d> {
        Desk {
            store: &*self.store,
            intents: &*self.intents,
            outbox: &*self.outbox,
            catalogue: &self.catalogue,
            backends: &self.backends,
            lookups: &self.lookups,
            silencer: self.silencer.as_deref(),
            clock: &*self.clock,
            envelope,
            now: self.clock.now(),
            appended: vec![],
        }
    }

    /// A due record that cannot be read is put off for a while: else it would stand before all others for ever.
    async fn put_off(&self, row: HeadRow, error: &PortError) -> Result<(), PortError> {
        tracing::error!(record = %row.record, %error, "a record that is due cannot be read; it is looked at again later");
        let due_at = Some(self.clock.now().plus(UNREADABLE_REST));
        match self.store.append(row.version, vec![], HeadRow { due_at, ..row }).await {
            // On a conflict somebody else wrote the record, so they could read it.
            Ok(()) | Err(PortError::Conflict) => Ok(()),
            Err(error) => Err(error),
        }
    }

    /// Orders the card once more, for somebody who asked where it is.
    async fn order_asked(&self, envelope: &Envelope, head: &Head) -> Result<(), PortError> {
        if !head.has_card() {
            return Ok(());
        }
        let lane = head.keys().lane();
        self.outbox.send(wire::order::encode_asked(&envelope.record, lane, &envelope.id)?).await
    }
}
