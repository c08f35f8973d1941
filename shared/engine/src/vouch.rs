//! Proof that a person asked: the door that verified the person vouches for the command with a MAC, and no command in
//! a person's name is carried out without one.
//!
//! Anybody may be able to put a message on the intents queue. Doors for people hold the key and sign; the dispatcher
//! holds it and verifies; no other part has it. A second check, where the queue says who sent a message, is that it
//! came from such a door. A refused command is set aside as a dead letter, at once and without a word to the person
//! whose name is on it.

use crate::dead::{REDRIVEN, REFUSED};
use crate::keys::CommandKeys;
use crate::ports::{Delivery, Message, PortError, Queue};
use crate::wire;
use crate::wire::command::{Command, Envelope, Queued, Salvaged};
use signalbox_domain::people::Actor;
use signalbox_domain::{SetAside, Timestamp};
use std::collections::BTreeSet;
use std::sync::{Arc, PoisonError, RwLock};

/// A door's side: vouches for commands of people it verified. Cheap to clone; the keys can be changed while it is
/// used.
#[derive(Debug, Clone)]
pub struct Vouching(Arc<RwLock<CommandKeys>>);

impl From<CommandKeys> for Vouching {
    fn from(keys: CommandKeys) -> Self {
        Self(Arc::new(RwLock::new(keys)))
    }
}

impl Vouching {
    /// Uses these keys from now on.
    pub fn replace(&self, keys: CommandKeys) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = keys;
    }

    /// A command to be queued, with the door's word for it that the person in it asked for it.
    ///
    /// # Errors
    /// When it is longer than a command may be.
    pub fn message(&self, envelope: &Envelope) -> Result<Message, wire::Unreadable> {
        let keys = self.0.read().unwrap_or_else(PoisonError::into_inner);
        envelope.to_vouched_message(&keys)
    }
}

/// Why a command is not taken as a person's wish. The sender is told nothing of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Refused {
    #[error("no door vouched for it")]
    Unsigned,
    #[error("its MAC does not hold: it was altered, or the key is gone")]
    BadMac,
    #[error("it did not come from a door for people")]
    Sender,
}

/// What becomes of a delivery that can be read.
pub(crate) type Admission = Result<Envelope, Refused>;

/// The dispatcher's side: decides which commands count as a person's word.
#[derive(Clone)]
pub struct Admitting {
    /// The keys that doors vouch with.
    pub keys: CommandKeys,
    /// A message that was put on the queue before this moment needs no MAC, because doors of the version before made
    /// none. `None`: every message needs one.
    pub unsigned_until: Option<Timestamp>,
    /// Who may send what people ask for, as the queue names senders up to a colon (on AWS a role's id). If empty, or
    /// if the queue does not say who sent a message, the MAC alone decides.
    pub senders: BTreeSet<String>,
    /// Where refused commands go; they are drained from there as dead letters.
    pub dead: Arc<dyn Queue>,
}

impl Admitting {
    /// The command in a delivery, if it may be carried out. `Err`: it cannot be read.
    pub(crate) fn admit(&self, delivery: &Delivery) -> Result<Admission, wire::Unreadable> {
        let body = &delivery.message.body;
        let (signed, vouched) = match Queued::from_bytes(body) {
            Queued::Plain(bytes) => (bytes, false),
            Queued::Vouched { mac, signed } if self.keys.verify(signed, mac) => (signed, true),
            Queued::Vouched { .. } => return Ok(Err(Refused::BadMac)),
        };
        let believed = vouched || self.is_from_before(delivery);
        let mut envelope = match Envelope::from_plain(signed) {
            Ok(envelope) => envelope,
            // If it counted as unreadable it would be tried for minutes, and its group would wait with it.
            Err(_) if !believed && Salvaged::from_bytes(signed).by.is_some_and(|by| by != Actor::System) => {
                return Ok(Err(Refused::Unsigned));
            }
            Err(error) => return Err(error),
        };
        if envelope.command.person().is_some() {
            if !believed {
                return Ok(Err(Refused::Unsigned));
            }
            if !self.is_from_a_door(delivery) {
                return Ok(Err(Refused::Sender));
            }
        }
        self.believe(&mut envelope, believed);
        Ok(Ok(envelope))
    }

    /// Sets a refused command aside, as it was.
    pub(crate) async fn set_aside(&self, delivery: &Delivery, why: Refused) -> Result<(), PortError> {
        let Message { group, id, body } = &delivery.message;
        let what = Salvaged::from_bytes(body).what;
        tracing::error!(%why, what, "a command in a person's name was refused; it is set aside as a dead letter");
        // The sender chose the id, so it is hashed together with the body: each different message is kept.
        let id = format!("{REFUSED}{}", wire::hash(&[id.as_bytes(), b"\n", body].concat()));
        self.dead.send(Message { group: group.clone(), id, body: body.clone() }).await
    }

    /// The person named in what was set aside is believed only if the command itself would have been.
    fn believe(&self, envelope: &mut Envelope, believed: bool) {
        let record = &envelope.record;
        let Command::SetAside { aside: SetAside { by, intent, .. }, asked } = &mut envelope.command else {
            return;
        };
        let Some(asked) = asked.take() else {
            if !believed {
                (*by, *intent) = (None, None);
            }
            return;
        };
        let salvaged = match Queued::from_bytes(asked.as_bytes()) {
            Queued::Vouched { mac, signed } if self.keys.verify(signed, mac) => Salvaged::from_bytes(signed),
            Queued::Plain(signed) if believed => Salvaged::from_bytes(signed),
            Queued::Vouched { .. } | Queued::Plain(_) => Salvaged::default(),
        };
        // Only if it is of this record: another record's command would say that the wrong person asked.
        let of_it = salvaged.record.as_ref() == Some(record);
        (*by, *intent) = if of_it { (salvaged.by, salvaged.intent) } else { (None, None) };
    }

    fn is_from_before(&self, delivery: &Delivery) -> bool {
        matches!((delivery.sent, self.unsigned_until), (Some(sent), Some(until)) if sent < until)
    }

    /// A redriven letter comes from an operator; for it the MAC alone decides.
    fn is_from_a_door(&self, delivery: &Delivery) -> bool {
        let Some(sender) = delivery.sender.as_deref().filter(|_| !self.senders.is_empty()) else {
            return true;
        };
        let sender = sender.split_once(':').map_or(sender, |(role, _)| role);
        self.senders.contains(sender) || delivery.message.id.starts_with(REDRIVEN)
    }
}

#[cfg(test)]
#[path = "vouch_tests.rs"]
mod tests;
