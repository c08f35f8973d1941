//! What a record owes to another: a command, sent where the record's events say so, never because its head does.
//!
//! Anyone who can write the store can overwrite a head, but events are only ever added, and chained. So the events
//! are read and folded again before anything is sent. A crash before it is on record that the command was sent has it
//! sent twice: it has the same id, and the record that takes it ignores the second.

use super::asked::whole;
use super::folding::fold;
use super::{Desk, Record};
use crate::ports::PortError;
use crate::wire::command::Envelope;
use signalbox_domain::{CommandId, RecordId, Sending};

/// What was sent, to be put on record.
pub(crate) struct Sent {
    pub(crate) to: RecordId,
    pub(crate) command: CommandId,
}

/// Sends the command if the record's events say that it is owed. `None`: it is not owed, and nothing was sent.
pub(super) async fn send<R: Record>(claimed: &Sending, at: &Desk<'_>) -> Result<Option<Sent>, PortError> {
    let record = &at.envelope.record;
    let rows = at.store.events(record).await?;
    let folded = whole(record, &rows)?.and_then(|_| fold(&rows).ok());
    let owed = folded.as_ref().and_then(R::among).map(|head| head.sends(at.now)).unwrap_or_default();
    let Some(Sending { to, command }) = owed.into_iter().find(|owed| owed.to == claimed.to) else {
        tracing::error!(%record, to = %claimed.to, "the head owes what the record does not: it was changed by itself; nothing was sent");
        return Ok(None);
    };
    let envelope = Envelope::new(to, "", command);
    at.intents.send(envelope.to_message()?).await?;
    Ok(Some(Sent { to: envelope.record, command: envelope.id }))
}
