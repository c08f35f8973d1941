//! Dead letters: commands that could not be handled however often they were tried. Each is kept until a person
//! decides, put on its run's record, and told to the person who asked.

use crate::ports::{Clock, Delivery, Letter, Letters, Message, PortError, Queue};
use crate::wire;
use crate::wire::command::{Command, Envelope, Queued, Salvaged};
use signalbox_domain::redact::redact;
use signalbox_domain::{Actor, RunCommand, SetAside, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// After this many failed deliveries a command is a dead letter: some seven minutes, by [`pause`].
pub const MOST_RECEIVES: u32 = 20;
/// The longest pause between two deliveries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long to wait before a message that could not be handled is delivered again.
#[must_use]
pub fn pause(receives: u32) -> Duration {
    Duration::from_millis(200 << receives.min(8)).min(LONGEST_PAUSE)
}

/// The id of a message that an operator put back on the queue begins with this.
pub(crate) const REDRIVEN: &str = "redrive:";
/// The group in which a message of a newer version waits begins with this; then comes the name of its own group.
pub(crate) const NEWER: &str = "newer:";
/// The id of a dead letter that the dispatcher refused, because no door vouched for it, begins with this.
pub(crate) const REFUSED: &str = "refused:";
/// The kind of such a letter begins with this, as in `unvouched submit`. The person named in it did not ask.
pub const UNVOUCHED: &str = "unvouched";
/// The kind of a letter that is an order of a card.
pub const ORDER: &str = "order";

/// How many are drained in one go.
const BATCH: usize = 50;
/// A letter's id: this many hexadecimal digits of a digest.
const ID: usize = 10;

/// Drains the queue of dead letters.
pub struct DeadLetters {
    /// Where the queue puts messages that were tried too often.
    pub dead: Arc<dyn Queue>,
    /// Where they are kept.
    pub letters: Arc<dyn Letters>,
    /// Where the run is told.
    pub intents: Arc<dyn Queue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl DeadLetters {
    /// Keeps each dead letter and has it put on its run's record; what a newer version wrote goes back to its queue.
    /// Gives how many there were.
    ///
    /// # Errors
    /// When a port fails; a letter that was not kept is still on the queue.
    pub async fn drain(&self) -> Result<usize, PortError> {
        let deliveries = self.dead.receive(BATCH).await?;
        let count = deliveries.len();
        // A letter that cannot be kept must not stand in the way of the others.
        let mut drained = Ok(count);
        for delivery in deliveries {
            let message = &delivery.message;
            // A refused command stays refused, even if a newer version wrote it.
            let newer = wire::command::is_newer(&message.body) && !message.id.starts_with(REFUSED);
            let settled = match newer {
                true => self.intents.send(aside(message)).await,
                false => self.set_aside(message).await,
            };
            let kept = match settled {
                Ok(()) => self.dead.ack(&delivery.receipt).await,
                Err(error) => Err(error),
            };
            drained = kept.and(drained);
        }
        drained
    }

    /// Keeps each order of a card that could not be carried out. An order says only whose card it is, so all orders
    /// of one record are one letter, and nothing about it goes on record: the caretaker orders overdue cards again
    /// anyway. What a newer version wrote goes back to the outbox. Gives how many there were.
    ///
    /// # Errors
    /// When a port fails; an order that was not kept is still on the queue.
    pub async fn drain_orders(&self, dead: &dyn Queue, outbox: &dyn Queue) -> Result<usize, PortError> {
        let deliveries = dead.receive(BATCH).await?;
        let mut drained = Ok(deliveries.len());
        for Delivery { receipt, message, .. } in &deliveries {
            if wire::order::is_newer(&message.body) {
                let sent = match outbox.send(aside(message)).await {
                    Ok(()) => dead.ack(receipt).await,
                    Err(error) => Err(error),
                };
                drained = sent.and(drained);
                continue;
            }
            let record = wire::order::decode(&message.body).ok().map(|order| order.record);
            let hash = match &record {
                Some(record) => wire::hash(format!("{ORDER}/{record}").as_bytes()),
                None => wire::hash(&message.body),
            };
            tracing::error!(order = %message.id, "a card could not be shown; kept as a dead letter, and ordered again when it is overdue");
            let letter = Letter {
                id: hash.to_string()[..ID].to_owned(),
                at: self.clock.now(),
                record,
                what: ORDER.to_owned(),
                group: message.group.clone(),
                body: message.body.clone(),
            };
            let kept = match self.letters.park(letter).await {
                Ok(_) => dead.ack(receipt).await,
                Err(error) => Err(error),
            };
            drained = kept.and(drained);
        }
        drained
    }

    async fn set_aside(&self, message: &Message) -> Result<(), PortError> {
        let salvaged = Salvaged::from_bytes(&message.body);
        let refused = message.id.starts_with(REFUSED);
        let letter = Letter {
            id: name(message, &salvaged),
            at: self.clock.now(),
            record: salvaged.record.clone(),
            what: if refused { format!("{UNVOUCHED} {}", salvaged.what) } else { salvaged.what.clone() },
            group: message.group.clone(),
            body: message.body.clone(),
        };
        let record = salvaged.record.as_ref().map(ToString::to_string).unwrap_or_default();
        tracing::error!(letter = %letter.id, what = %letter.what, %record, "a command could not be handled; kept as a dead letter");
        let id = letter.id.clone();
        let new = self.letters.park(letter).await?;
        if refused {
            // The person named did not ask for this, so nobody is told of it, and no record says that somebody asked.
            return Ok(());
        }
        let Salvaged { record: Some(record), what, by, .. } = salvaged else { return Ok(()) };
        // A person's request is told each time, a hint only once. If that message itself is a dead letter, nobody is
        // told.
        if what == "set_aside" || (by.is_none() && !new) {
            return Ok(());
        }
        // The dispatcher finds out who asked: it can check whether a door vouched for the command.
        let asked = by.and_then(|_| String::from_utf8(message.body.clone()).ok());
        let told = Envelope::new(
            record,
            &wire::hash(message.id.as_bytes()).to_string()[..ID],
            Command::SetAside { aside: SetAside { letter: id, what, by: None, intent: None }, asked },
        );
        match told.to_message() {
            Ok(told) => self.intents.send(told).await,
            Err(error) => {
                // A letter that is too long for a record is kept all the same; nothing else waits for it.
                tracing::error!(%error, "a dead letter cannot be put on its run's record");
                Ok(())
            }
        }
    }
}

/// The message of a newer version, moved to where it holds up nobody else. Its id is new for each move, because
/// queues remember ids, and the same if one move is done twice. As with a redriven message, the MAC alone says who
/// vouched for the command, because its door did not send this copy.
pub(crate) fn aside(message: &Message) -> Message {
    let group = match message.group.starts_with(NEWER) {
        true => message.group.clone(),
        false => [NEWER, &message.group].concat(),
    };
    let id = format!("{REDRIVEN}{}", wire::hash(message.id.as_bytes()));
    Message { group, id, body: message.body.clone() }
}

/// All hints of one kind for one run are one letter, however many there are: the next look at the run brings what
/// each of them would have brought.
fn name(message: &Message, salvaged: &Salvaged) -> String {
    let hash = match (&salvaged.record, &salvaged.by) {
        (Some(run), None) => wire::hash(format!("{run}/{}", salvaged.what).as_bytes()),
        (_, Some(_)) | (None, None) => wire::hash(&message.body),
    };
    hash.to_string()[..ID].to_owned()
}

/// Puts a letter back on the intents queue as it was, with or without its MAC. If it is an order of a card, asks the
/// dispatcher to order that card anew.
///
/// # Errors
/// When a port fails; the letter may then be both kept and on the queue, which is harmless. Also when it is an order
/// that does not say whose card it is: such a letter can only be dropped.
pub async fn redrive(
    letter: &Letter,
    intents: &dyn Queue,
    letters: &dyn Letters,
    now: Timestamp,
) -> Result<(), PortError> {
    if letter.what == ORDER {
        let unreadable =
            || PortError::Unavailable("an order that cannot be read shows no card; drop it".into());
        let record = letter.record.clone().ok_or_else(unreadable)?;
        let show =
            Envelope::new(record, &format!("{REDRIVEN}{}", now.0), Command::Show { by: Actor::System });
        intents.send(show.to_message()?).await?;
        return letters.discard(&letter.id).await.map(drop);
    }
    // An id of its own: the queue may still remember the message's id, and would drop it.
    let id = format!("{REDRIVEN}{}:{}", letter.id, now.0);
    intents.send(Message { group: letter.group.clone(), id, body: letter.body.clone() }).await?;
    letters.discard(&letter.id).await.map(drop)
}

/// Gives a letter up. If it was the request itself, its run ends.
///
/// # Errors
/// When a port fails.
pub async fn drop_letter(
    letter: &Letter,
    intents: &dyn Queue,
    letters: &dyn Letters,
    now: Timestamp,
) -> Result<(), PortError> {
    if let Some(record) = letter.record.as_ref().filter(|_| letter.what != ORDER) {
        let dropped = RunCommand::Dropped { letter: letter.id.clone() };
        intents.send(Envelope::new(record.clone(), &now.0.to_string(), dropped).to_message()?).await?;
    }
    letters.discard(&letter.id).await.map(drop)
}

/// What a letter holds, for people to read: without secrets, and without the MAC, which must not be passed on.
#[must_use]
pub fn readable(letter: &Letter) -> String {
    redact(&String::from_utf8_lossy(Queued::from_bytes(&letter.body).envelope()))
}
