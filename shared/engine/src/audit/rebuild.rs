//! Makes a head anew from its record's events, where the head is gone, cannot be read, or differs from them.

use super::broken::Break;
use super::verify::check_chain;
use crate::ports::{HeadRow, Journal, PortError};
use crate::records;
use crate::wire::head::decode_any;
use signalbox_domain::Timestamp;
use signalbox_domain::ids::RecordId;

/// What became of a record's head.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rebuilt {
    /// The head was what its events fold to.
    Sound,
    /// The head was wrong. It is right now; or would be, if anything were to be written.
    Anew(Wrong),
    /// Nobody can say what it should be: its events are broken, or a newer version wrote one.
    Left(String),
}

/// What was wrong with a head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wrong {
    /// There was none.
    Gone,
    /// This version cannot read it.
    Unreadable,
    /// It said something else than its events, or was kept under another key.
    Differs,
}

impl Wrong {
    /// In words, after "the head".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Gone => "was gone",
            Self::Unreadable => "could not be read",
            Self::Differs => "said something else than its events",
        }
    }
}

/// More conflicts than this mean that something else is wrong.
const MOST_CONFLICTS: u32 = 5;

/// Looks at a record's head and, if `write`, makes it anew where it is wrong. Its events are never changed. Nothing is
/// made of events that are not chained to each other, nor of fewer than the head has counted.
///
/// # Errors
/// When the store fails.
pub async fn rebuild<S: Journal + ?Sized>(
    store: &S,
    record: &RecordId,
    now: Timestamp,
    write: bool,
) -> Result<Rebuilt, PortError> {
    for _ in 0..MOST_CONFLICTS {
        // The head first: events that come meanwhile make it differ, and are seen by the write's condition.
        let found = store.head(record).await?;
        let events = store.events(record).await?;
        if let Err(broken) = check_chain(record, &events) {
            return Ok(Rebuilt::Left(broken.to_string()));
        }
        let count = events.len() as u64;
        if found.as_ref().is_some_and(|row| row.version > count) {
            return Ok(Rebuilt::Left(Break::Truncated(record.clone(), count).to_string()));
        }
        let row = match records::row(&events, now) {
            Ok(row) => row,
            Err(error) => return Ok(Rebuilt::Left(error.to_string())),
        };
        let Some(wrong) = wrong(found.as_ref(), &row) else { return Ok(Rebuilt::Sound) };
        if !write {
            return Ok(Rebuilt::Anew(wrong));
        }
        match store.replace_head(found.map(|row| row.chain), row).await {
            Ok(()) => return Ok(Rebuilt::Anew(wrong)),
            Err(PortError::Conflict) => {}
            Err(error) => return Err(error),
        }
    }
    Err(PortError::Conflict)
}

/// What is wrong with the head that was found; `should` is what its events fold to. When it is due is no part of it.
fn wrong(found: Option<&HeadRow>, should: &HeadRow) -> Option<Wrong> {
    let Some(found) = found else { return Some(Wrong::Gone) };
    let Ok(head) = decode_any(&found.body) else { return Some(Wrong::Unreadable) };
    let keys = HeadRow {
        due_at: found.due_at,
        card_due_at: found.card_due_at,
        body: found.body.clone(),
        ..should.clone()
    };
    let same = keys == *found && decode_any(&should.body).is_ok_and(|should| should == head);
    (!same).then_some(Wrong::Differs)
}
