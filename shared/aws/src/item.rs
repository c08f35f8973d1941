//! Turns rows into items, and back. If an attribute is missing or of another kind, the error names it.

use crate::tables::{DEAD, EXPIRES, SEALS};
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue as Value;
use signalbox_domain::ids::{ChannelId, Digest, RecordId};
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::{
    CardRow, EventRow, HeadRow, Letter, Listing, MessageRef, Moved, PartRow, PortError, SealRow,
};
use std::collections::HashMap;
use std::fmt::Display;
use std::str::FromStr;

pub(crate) type Item = HashMap<String, Value>;

/// The first characters of run ids, in order.
pub(crate) const SHELVES: &str = "0123456789abcdefghjkmnpqrstvwxyz";
/// The `kind` of a head.
pub(crate) const HEAD: &str = "head";
/// The `opens` of a run's first event.
pub(crate) const OPENS: &str = "run";
/// The `sk` of a card, and the `kind` of its due time.
pub(crate) const CARD: &str = "card";
const DUE: &str = "due";
/// How many items a seal of version 1 might have; an item's `seq` is the day times this, plus the item's number.
const PARTS: i64 = 16;

pub(crate) fn text(value: impl Into<String>) -> Value {
    Value::S(value.into())
}

pub(crate) fn number(value: impl Display) -> Value {
    Value::N(value.to_string())
}

pub(crate) fn bytes(value: impl Into<Vec<u8>>) -> Value {
    Value::B(Blob::new(value))
}

fn shelf(record: &RecordId) -> String {
    record.as_str().chars().take(1).collect()
}

/// The `pk` of a run's items in `state`.
pub(crate) fn pk(record: &RecordId) -> String {
    format!("run:{record}")
}

fn state_key(record: &RecordId, what: &str) -> Item {
    Item::from([("pk".into(), text(pk(record))), ("sk".into(), text(what))])
}

pub(crate) fn head_key(record: &RecordId) -> Item {
    state_key(record, HEAD)
}

/// The key of a card, which the notifier writes: there is no head under `card:`.
pub(crate) fn card_key(record: &RecordId) -> Item {
    Item::from([("pk".into(), text(format!("card:{record}"))), ("sk".into(), text(CARD))])
}

/// Where cards of earlier versions lie: beside the head.
pub(crate) fn card_of_before_key(record: &RecordId) -> Item {
    state_key(record, CARD)
}

/// The key of the time when a card is overdue. The dispatcher writes it and the notifier takes it away, so it is
/// apart from the card.
pub(crate) fn due_key(record: &RecordId) -> Item {
    Item::from([("pk".into(), text(format!("card:due:{record}"))), ("sk".into(), text(DUE))])
}

pub(crate) fn missing(name: &str) -> PortError {
    PortError::Unavailable(format!("an item without a sound `{name}`"))
}

pub(crate) fn get_text<'a>(item: &'a Item, name: &str) -> Result<&'a str, PortError> {
    item.get(name).and_then(|v| v.as_s().ok()).map(String::as_str).ok_or_else(|| missing(name))
}

pub(crate) fn get_number<N: FromStr>(item: &Item, name: &str) -> Result<N, PortError> {
    item.get(name).and_then(|v| v.as_n().ok()?.parse().ok()).ok_or_else(|| missing(name))
}

pub(crate) fn perhaps<T>(
    item: &Item,
    name: &str,
    read: impl FnOnce(&Item, &str) -> Result<T, PortError>,
) -> Result<Option<T>, PortError> {
    if item.contains_key(name) { read(item, name).map(Some) } else { Ok(None) }
}

pub(crate) fn get_bytes(item: &Item, name: &str) -> Result<Vec<u8>, PortError> {
    let blob = item.get(name).and_then(|v| v.as_b().ok()).ok_or_else(|| missing(name))?;
    Ok(blob.as_ref().to_vec())
}

fn get_digest(item: &Item, name: &str) -> Result<Digest, PortError> {
    let bytes: Result<[u8; 32], _> = get_bytes(item, name)?.try_into();
    bytes.map(Digest).map_err(|_| missing(name))
}

pub(crate) fn get_time(item: &Item, name: &str) -> Result<Timestamp, PortError> {
    get_number(item, name).map(Timestamp)
}

/// The run that an item of `state` belongs to: a head, a card, or a card's due time.
pub(crate) fn run_of_state(item: &Item) -> Result<RecordId, PortError> {
    let pk = get_text(item, "pk")?;
    let id = ["run:", "card:due:", "card:"].iter().find_map(|prefix| pk.strip_prefix(prefix));
    id.and_then(|id| id.parse().ok()).ok_or_else(|| missing("pk"))
}

/// The run that an item of `events` belongs to.
pub(crate) fn run_of_event(item: &Item) -> Result<RecordId, PortError> {
    get_text(item, "run")?.parse().map_err(|_| missing("run"))
}

pub(crate) fn day_of(item: &Item) -> Result<Day, PortError> {
    get_number(item, "day").map(Day)
}

pub(crate) fn from_event(row: EventRow) -> Item {
    let mut item = Item::from([
        ("run".into(), text(row.record.as_str())),
        ("seq".into(), number(row.seq)),
        ("bytes".into(), bytes(row.bytes)),
        ("hash".into(), bytes(row.hash.0)),
        // On every event, not only on the first: so a run whose first event was taken away is still found.
        ("shelf".into(), text(shelf(&row.record))),
    ]);
    if let Some(day) = row.day.filter(|_| row.seq == 1) {
        item.insert("day".into(), number(day.0));
        item.insert("opens".into(), text(OPENS));
    }
    item
}

pub(crate) fn to_event(item: &Item) -> Result<EventRow, PortError> {
    Ok(EventRow {
        record: run_of_event(item)?,
        seq: get_number(item, "seq")?,
        bytes: get_bytes(item, "bytes")?,
        hash: get_digest(item, "hash")?,
        day: perhaps(item, "day", get_number)?.map(Day),
    })
}

/// A head as an item. If earlier versions have to read it, the time when its card is overdue is in the item; else
/// that time has an item of its own.
pub(crate) fn from_head(row: HeadRow, of_before: bool) -> Item {
    let mut item = head_key(&row.record);
    item.extend([
        ("kind".into(), text(HEAD)),
        ("shelf".into(), text(shelf(&row.record))),
        ("short".into(), text(row.record.short().as_str())),
        ("version".into(), number(row.version)),
        ("chain".into(), bytes(row.chain.0)),
        ("workspace".into(), text(row.listed_under.stored())),
        ("requested_at".into(), number(row.requested_at.0)),
        ("body".into(), bytes(row.body)),
    ]);
    let card_due = if of_before { "card_due_at" } else { "card_overdue_at" };
    let times = [("due_at", row.due_at), (card_due, row.card_due_at)];
    item.extend(times.into_iter().filter_map(|(name, at)| Some((name.into(), number(at?.0)))));
    item.extend(row.reference.map(|r| ("reference".into(), text(r))));
    item
}

pub(crate) fn to_head(item: &Item) -> Result<HeadRow, PortError> {
    Ok(HeadRow {
        record: run_of_state(item)?,
        version: get_number(item, "version")?,
        chain: get_digest(item, "chain")?,
        listed_under: Listing::from_stored(get_text(item, "workspace")?),
        requested_at: get_time(item, "requested_at")?,
        reference: perhaps(item, "reference", |i, n| get_text(i, n).map(str::to_owned))?,
        due_at: perhaps(item, "due_at", get_time)?,
        card_due_at: perhaps(item, "card_due_at", get_time)?.or(perhaps(item, "card_overdue_at", get_time)?),
        body: get_bytes(item, "body")?,
    })
}

/// The item with the time when the card of this version of the head is overdue, for the index.
pub(crate) fn from_due(record: &RecordId, version: u64, at: Timestamp) -> Item {
    let mut item = due_key(record);
    item.extend([
        ("kind".into(), text(CARD)),
        ("card_due_at".into(), number(at.0)),
        ("version".into(), number(version)),
    ]);
    item
}

pub(crate) fn from_card(row: CardRow, mut item: Item) -> Item {
    item.extend([
        ("revision".into(), number(row.revision)),
        ("posting_since".into(), number(row.posting_since.0)),
        ("direct".into(), Value::Bool(row.direct)),
        ("shown".into(), number(row.shown)),
        ("noted".into(), number(row.noted)),
    ]);
    if let Some(message) = row.message {
        item.insert("reference".into(), text(message.reference()));
        item.insert("channel".into(), text(message.channel.as_str()));
        item.insert("ts".into(), text(message.ts));
    }
    item
}

pub(crate) fn to_card(item: &Item) -> Result<CardRow, PortError> {
    let direct = item.get("direct").and_then(|v| v.as_bool().ok());
    let message = |item: &Item, name: &str| {
        let channel = ChannelId::new(get_text(item, name)?);
        Ok(MessageRef { channel, ts: get_text(item, "ts")?.to_owned() })
    };
    Ok(CardRow {
        record: run_of_state(item)?,
        revision: get_number(item, "revision")?,
        message: perhaps(item, "channel", message)?,
        posting_since: get_time(item, "posting_since")?,
        direct: *direct.ok_or_else(|| missing("direct"))?,
        shown: get_number(item, "shown")?,
        noted: get_number(item, "noted")?,
    })
}

/// A seal is one item; a seal of version 1 could have up to eleven.
pub(crate) fn from_seal(seal: SealRow) -> Item {
    Item::from([
        ("run".into(), text(SEALS)),
        ("seq".into(), number(seal.day.0 * PARTS)),
        ("date".into(), text(seal.day.to_string())),
        ("bytes".into(), bytes(seal.bytes)),
        ("hash".into(), bytes(seal.hash.0)),
    ])
}

/// The seals in these items, which are in order.
pub(crate) fn to_seals(items: &[Item]) -> Result<Vec<SealRow>, PortError> {
    let mut seals: Vec<SealRow> = vec![];
    for item in items {
        let day = Day(get_number::<i64>(item, "seq")?.div_euclid(PARTS));
        let part = get_bytes(item, "bytes")?;
        match seals.last_mut() {
            Some(seal) if seal.day == day => seal.bytes.extend(part),
            _ => seals.push(SealRow { day, bytes: part, hash: get_digest(item, "hash")? }),
        }
    }
    Ok(seals)
}

/// Where the parts of a day's seal lie in the events table.
pub(crate) fn parts_of(day: Day) -> String {
    format!("{SEALS}:{}", day.0)
}

pub(crate) fn from_part(part: PartRow) -> Item {
    Item::from([
        ("run".into(), text(parts_of(part.day))),
        ("seq".into(), number(part.part)),
        ("date".into(), text(part.day.to_string())),
        ("bytes".into(), bytes(part.bytes)),
        ("hash".into(), bytes(part.hash.0)),
    ])
}

pub(crate) fn to_part(day: Day, item: &Item) -> Result<PartRow, PortError> {
    let (part, hash) = (get_number(item, "seq")?, get_digest(item, "hash")?);
    Ok(PartRow { day, part, bytes: get_bytes(item, "bytes")?, hash })
}

/// After this many days nobody needs to know what moved on a day, because the day was sealed long ago.
const MOVED_KEPT: i64 = 35;

/// Where it is noted what moved on a day: on one shelf for each first character of an id, because one partition could
/// not take every write of the day.
pub(crate) fn moved_on(day: Day, shelf: char) -> String {
    format!("moved:{}:{shelf}", day.0)
}

pub(crate) fn from_moved(day: Day, moved: &Moved) -> Item {
    let shelf = moved.record.as_str().chars().next().unwrap_or('0');
    Item::from([
        ("pk".into(), text(moved_on(day, shelf))),
        ("sk".into(), text(moved.record.as_str())),
        ("seq".into(), number(moved.seq)),
        ("hash".into(), bytes(moved.hash.0)),
        (EXPIRES.into(), number((day.0 + MOVED_KEPT) * 86_400)),
    ])
}

pub(crate) fn to_moved(item: &Item) -> Result<Moved, PortError> {
    let record = get_text(item, "sk")?.parse().map_err(|_| missing("sk"))?;
    Ok(Moved { record, seq: get_number(item, "seq")?, hash: get_digest(item, "hash")? })
}

pub(crate) fn letter_key(id: &str) -> Item {
    Item::from([("pk".into(), text(DEAD)), ("sk".into(), text(id))])
}

pub(crate) fn from_letter(letter: Letter) -> Item {
    let mut item = letter_key(&letter.id);
    item.insert("at".into(), number(letter.at.0));
    item.insert("what".into(), text(letter.what));
    item.insert("group".into(), text(letter.group));
    item.insert("body".into(), bytes(letter.body));
    if let Some(record) = letter.record {
        item.insert("run".into(), text(record.as_str()));
    }
    item
}

pub(crate) fn to_letter(item: &Item) -> Result<Letter, PortError> {
    let record = |item: &Item, name: &str| get_text(item, name)?.parse().map_err(|_| missing(name));
    Ok(Letter {
        id: get_text(item, "sk")?.to_owned(),
        at: get_time(item, "at")?,
        record: perhaps(item, "run", record)?,
        what: get_text(item, "what")?.to_owned(),
        group: get_text(item, "group")?.to_owned(),
        body: get_bytes(item, "body")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Version 1 put a large seal into several items.
    #[test]
    fn a_large_seal_of_an_earlier_version_is_one_again() {
        let part = |day: i64, n: i64, byte: u8| {
            let seal = SealRow { day: Day(day), bytes: vec![byte; 3], hash: Digest::ZERO };
            let mut item = from_seal(seal);
            item.insert("seq".into(), number(day * PARTS + n));
            item
        };
        let seals =
            to_seals(&[part(-3, 0, 1), part(20_000, 0, 2), part(20_000, 1, 3), part(20_001, 0, 4)]).unwrap();
        let seals: Vec<_> = seals.into_iter().map(|s| (s.day.0, s.bytes)).collect();
        assert_eq!(seals, [(-3, vec![1; 3]), (20_000, vec![2, 2, 2, 3, 3, 3]), (20_001, vec![4; 3])]);
    }

    #[test]
    fn every_run_has_a_shelf_and_the_shelves_are_in_order() {
        let shelves: Vec<char> = SHELVES.chars().collect();
        assert!(shelves.is_sorted());
        for n in 0..500 {
            let record = RecordId::derive("test", "T", &n.to_string());
            assert!(SHELVES.contains(&shelf(&record)), "{record}");
        }
    }

    #[test]
    fn a_damaged_item_is_named_by_its_attribute() {
        let record = RecordId::derive("test", "T", "1");
        let row = EventRow { record, seq: 1, bytes: vec![1], hash: Digest::ZERO, day: Some(Day(3)) };
        let mut item = from_event(row.clone());
        assert_eq!(to_event(&item).unwrap(), row);
        item.insert("hash".into(), bytes([1, 2]));
        let error = to_event(&item).unwrap_err();
        assert_eq!(error, PortError::Unavailable("an item without a sound `hash`".into()));
    }
}
