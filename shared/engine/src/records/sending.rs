//! What a record owes to another: a command, sent where the record's events say so, never because its head does.
//!
//! A head can be overwritten by whoever can write it; events are only ever added, and chained. So they are read and
//! folded again before anything is sent. A crash between that and the event that it was sent has it sent twice: the
//! command has the same id, and whoever takes it knows what it knows already.

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

/// Sends it, as the record's events say it. `None`: they do not say that anything is owed there, and nothing was sent.
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
