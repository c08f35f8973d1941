//! Dead letters: commands that could not be handled however often they were tried. Each is kept until a person
//! decides, put on its run's record, and told to whoever asked.

use crate::ports::{Clock, Delivery, Letter, Letters, Message, PortError, Queue};
use crate::wire;
use crate::wire::command::{Command, Envelope, Queued, Salvaged};
use signalbox_domain::redact::redact;
use signalbox_domain::{Actor, RunCommand, SetAside, Timestamp};
use std::sync::Arc;
use std::time::Duration;

/// After so many deliveries that came to nothing a command is a dead letter: some seven minutes, by [`pause`].
pub const MOST_RECEIVES: u32 = 20;
/// The longest pause between two deliveries.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// How long to wait before a message that could not be handled is delivered again.
#[must_use]
pub fn pause(receives: u32) -> Duration {
    Duration::from_millis(200 << receives.min(8)).min(LONGEST_PAUSE)
}

/// What the id of a message begins with that an operator put back on the queue.
pub(crate) const REDRIVEN: &str = "redrive:";
/// What the group is called in which a message of a newer version waits, before the name of the one that it was in.
pub(crate) const NEWER: &str = "newer:";
/// What the id of a dead letter begins with that the dispatcher refused, because no door vouched for it.
pub(crate) const REFUSED: &str = "refused:";
/// What the kind of such a letter begins with, as `unvouched submit`. Who is named in it did not ask.
pub const UNVOUCHED: &str = "unvouched";
/// The kind of a letter that is an order of a card.
pub const ORDER: &str = "order";

/// How many are drained in one go.
const BATCH: usize = 50;
/// A letter's id: so many hexadecimal digits of a digest.
const ID: usize = 10;

/// Drains the queue of dead letters.
pub struct DeadLetters {
    /// Where the queue puts what was tried too often.
    pub dead: Arc<dyn Queue>,
    /// Where they are kept.
    pub letters: Arc<dyn Letters>,
    /// Where the run is told.
    pub intents: Arc<dyn Queue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

impl DeadLetters {
    /// Keeps each dead letter and has it put on its run's record; what a newer version wrote goes back to its queue. How
    /// many there were.
    ///
    /// # Errors
    /// When a port fails; what was not kept is still on the queue.
    pub async fn drain(&self) -> Result<usize, PortError> {
        let deliveries = self.dead.receive(BATCH).await?;
        let count = deliveries.len();
        // One that cannot be kept must not stand in the way of the others.
        let mut drained = Ok(count);
        for delivery in deliveries {
            let message = &delivery.message;
            // Whoever refused it did so whatever its version is.
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

    /// Keeps each order of a card that could not be carried out. It carries nothing but whose card it is, so that all of one
    /// record are one letter, and no record says anything of it: the caretaker orders again what is behind. What a newer
    /// version wrote goes back to the outbox. How many there were.
    ///
    /// # Errors
    /// When a port fails; what was not kept is still on the queue.
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
            // Nobody asked for this, so nobody is told of it; and no record says that somebody did.
            return Ok(());
        }
        let Salvaged { record: Some(record), what, by, .. } = salvaged else { return Ok(()) };
        // What people asked for is told each time, a hint once; and that it cannot be told is told to nobody.
        if what == "set_aside" || (by.is_none() && !new) {
            return Ok(());
        }
        // Who asked is for the dispatcher to make out, which can tell whether a door vouched for it.
        let asked = by.and_then(|_| String::from_utf8(message.body.clone()).ok());
        let told = Envelope::new(
            record,
            &wire::hash(message.id.as_bytes()).to_string()[..ID],
            Command::SetAside { aside: SetAside { letter: id, what, by: None, intent: None }, asked },
        );
        match told.to_message() {
            Ok(told) => self.intents.send(told).await,
            Err(error) => {
                // What is too long for a record is kept all the same; nothing else waits for it.
                tracing::error!(%error, "a dead letter cannot be put on its run's record");
                Ok(())
            }
        }
    }
}

/// The message of a newer version where it holds up nobody else. Its name is another each time, for queues remember names,
/// and the same if this is done twice. As of what was redriven, the MAC alone says whose word a command is: its door did
/// not send this.
pub(crate) fn aside(message: &Message) -> Message {
    let group = match message.group.starts_with(NEWER) {
        true => message.group.clone(),
        false => [NEWER, &message.group].concat(),
    };
    let id = format!("{REDRIVEN}{}", wire::hash(message.id.as_bytes()));
    Message { group, id, body: message.body.clone() }
}

/// Hints of one kind for one run are one letter, however many there are: the next look brings what they would have.
fn name(message: &Message, salvaged: &Salvaged) -> String {
    let hash = match (&salvaged.record, &salvaged.by) {
        (Some(run), None) => wire::hash(format!("{run}/{}", salvaged.what).as_bytes()),
        (_, Some(_)) | (None, None) => wire::hash(&message.body),
    };
    hash.to_string()[..ID].to_owned()
}

/// Puts a letter back on the intents queue, as it was: with the MAC that it had, or without one as before. For an order the
/// dispatcher is asked to order the card anew.
///
/// # Errors
/// When a port fails; it may then be both kept and on the queue, which is harmless. When it is an order that says of no
/// card: it can only be dropped.
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
    // A name of its own: the queue may still remember the message's.
    let id = format!("{REDRIVEN}{}:{}", letter.id, now.0);
    intents.send(Message { group: letter.group.clone(), id, body: letter.body.clone() }).await?;
    letters.discard(&letter.id).await.map(drop)
}

/// Gives a letter up. Where it was the request itself, its run ends.
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

/// What a letter holds, for people to read: secrets taken out, and without the MAC, which is nobody's to pass on.
#[must_use]
pub fn readable(letter: &Letter) -> String {
    redact(&String::from_utf8_lossy(Queued::from_bytes(&letter.body).envelope()))
}
