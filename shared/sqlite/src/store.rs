//! `Views` and `Store` over the tables.

use crate::database::Database;
use crate::worker::WriteError;
use async_trait::async_trait;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension, Row, params};
use signalbox_domain::ids::{AlertId, ChannelId, Digest, RecordId, ShortId};
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::Memos;
use signalbox_engine::ports::{
    Agenda, CardRow, Cards, DueKind, EventRow, HeadRow, Journal, Listing, MessageRef, Moved, PartRow,
    PortError, SealRow, Seals, Views,
};
use signalbox_engine::wire::{figures, known};

const HEAD: &str =
    "SELECT run, version, chain, workspace, requested_at, due_at, card_due_at, body, reference FROM heads";

pub(crate) fn run_at(row: &Row<'_>, at: usize) -> rusqlite::Result<RecordId> {
    let text: String = row.get(at)?;
    text.parse().map_err(|e| rusqlite::Error::FromSqlConversionFailure(at, Type::Text, Box::new(e)))
}

fn digest_at(row: &Row<'_>, at: usize) -> rusqlite::Result<Digest> {
    Ok(Digest(row.get(at)?))
}

fn head_row(row: &Row<'_>) -> rusqlite::Result<HeadRow> {
    Ok(HeadRow {
        record: run_at(row, 0)?,
        version: row.get(1)?,
        chain: digest_at(row, 2)?,
        listed_under: Listing::from_stored(&row.get::<_, String>(3)?),
        requested_at: Timestamp(row.get(4)?),
        due_at: row.get::<_, Option<i64>>(5)?.map(Timestamp),
        card_due_at: row.get::<_, Option<i64>>(6)?.map(Timestamp),
        body: row.get(7)?,
        reference: row.get(8)?,
    })
}

fn heads(c: &Connection, tail: &str, args: impl rusqlite::Params) -> rusqlite::Result<Vec<HeadRow>> {
    Ok(sound(c.prepare_cached(&format!("{HEAD} {tail}"))?.query_map(args, head_row)?))
}

fn seal_part(c: &Connection, which: &str, args: impl rusqlite::Params) -> rusqlite::Result<Option<PartRow>> {
    let sql = format!("SELECT day, part, bytes, hash FROM seal_parts {which}");
    let row = |r: &Row<'_>| {
        Ok(PartRow { day: Day(r.get(0)?), part: r.get(1)?, bytes: r.get(2)?, hash: digest_at(r, 3)? })
    };
    c.prepare_cached(&sql)?.query_row(args, row).optional()
}

fn runs(c: &Connection, sql: &str, args: impl rusqlite::Params) -> rusqlite::Result<Vec<RecordId>> {
    Ok(sound(c.prepare_cached(sql)?.query_map(args, |r| run_at(r, 0))?))
}

/// Reads each row. If one cannot be read, the log says so, and the others are still given.
fn sound<T>(rows: impl Iterator<Item = rusqlite::Result<T>>) -> Vec<T> {
    let said = |error: &rusqlite::Error| tracing::error!(%error, "a row cannot be read; it is left out");
    rows.filter_map(|row| row.inspect_err(said).ok()).collect()
}

fn count(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX)
}

#[async_trait]
impl Views for Database {
    async fn figures(&self, alert: &AlertId) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(figures::SHELF, alert.as_str()).await?.map(|memo| memo.body))
    }

    async fn known(&self, question: &Digest) -> Result<Option<Vec<u8>>, PortError> {
        Ok(self.memo(known::SHELF, &question.to_string()).await?.map(|memo| memo.body))
    }

    async fn card(&self, record: &RecordId) -> Result<Option<CardRow>, PortError> {
        let record = record.clone();
        self.reader
            .read(move |c| {
                let sql = "SELECT revision, channel, ts, posting_since, direct, shown, noted FROM cards WHERE run = ?1";
                c.prepare_cached(sql)?
                    .query_row([record.as_str()], |r| {
                        let channel: Option<String> = r.get(1)?;
                        let ts: Option<String> = r.get(2)?;
                        Ok(CardRow {
                            record: record.clone(),
                            revision: r.get(0)?,
                            message: channel
                                .zip(ts)
                                .map(|(c, ts)| MessageRef { channel: ChannelId::new(c), ts }),
                            posting_since: Timestamp(r.get(3)?),
                            direct: r.get(4)?,
                            shown: r.get(5)?,
                            noted: r.get(6)?,
                        })
                    })
                    .optional()
            })
            .await
    }

    async fn head(&self, record: &RecordId) -> Result<Option<HeadRow>, PortError> {
        let record = record.to_string();
        self.reader.read(move |c| Ok(heads(c, "WHERE run = ?1", [record])?.pop())).await
    }

    async fn find(&self, short: ShortId) -> Result<Vec<HeadRow>, PortError> {
        self.reader.read(move |c| heads(c, "WHERE short = ?1 ORDER BY run LIMIT 20", [short.as_str()])).await
    }

    async fn latest(
        &self,
        list: &Listing,
        before: Timestamp,
        limit: usize,
    ) -> Result<Vec<HeadRow>, PortError> {
        let list = list.stored();
        let tail = "WHERE workspace = ?1 AND requested_at < ?2 ORDER BY requested_at DESC LIMIT ?3";
        self.reader.read(move |c| heads(c, tail, params![list, before.0, count(limit)])).await
    }

    async fn by_reference(&self, reference: &str) -> Result<Vec<RecordId>, PortError> {
        let reference = reference.to_owned();
        let sql = "SELECT run FROM heads WHERE reference = ?1
                   UNION SELECT run FROM cards WHERE 'thread/' || channel || '/' || ts = ?1 ORDER BY run";
        self.reader.read(move |c| runs(c, sql, [reference])).await
    }

    async fn events(&self, record: &RecordId) -> Result<Vec<EventRow>, PortError> {
        let record = record.clone();
        self.reader
            .read(move |c| {
                c.prepare_cached("SELECT seq, bytes, hash, day FROM events WHERE run = ?1 ORDER BY seq")?
                    .query_map([record.as_str()], |r| {
                        Ok(EventRow {
                            record: record.clone(),
                            seq: r.get(0)?,
                            bytes: r.get(1)?,
                            hash: digest_at(r, 2)?,
                            day: r.get::<_, Option<i64>>(3)?.map(Day),
                        })
                    })?
                    .collect()
            })
            .await
    }

    async fn event_records(
        &self,
        after: Option<&RecordId>,
        limit: usize,
    ) -> Result<Vec<RecordId>, PortError> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        // `DISTINCT` over the primary key reads only the page's rows.
        let sql = "SELECT DISTINCT run FROM events WHERE run > ?1 ORDER BY run LIMIT ?2";
        self.reader.read(move |c| runs(c, sql, params![after, count(limit)])).await
    }

    async fn head_records(&self, after: Option<&RecordId>, limit: usize) -> Result<Vec<RecordId>, PortError> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        let sql = "SELECT run FROM heads WHERE run > ?1 ORDER BY run LIMIT ?2";
        self.reader.read(move |c| runs(c, sql, params![after, count(limit)])).await
    }

    async fn moved(&self, day: Day, after: Option<&RecordId>, limit: usize) -> Result<Vec<Moved>, PortError> {
        let after = after.map(ToString::to_string).unwrap_or_default();
        let sql = "SELECT run, seq, hash FROM moved WHERE day = ?1 AND run > ?2 ORDER BY run LIMIT ?3";
        self.reader
            .read(move |c| {
                c.prepare_cached(sql)?
                    .query_map(params![day.0, after, count(limit)], |r| {
                        Ok(Moved { record: run_at(r, 0)?, seq: r.get(1)?, hash: digest_at(r, 2)? })
                    })?
                    .collect()
            })
            .await
    }

    async fn first_day(&self) -> Result<Option<Day>, PortError> {
        self.reader
            .read(|c| {
                let sql = "SELECT min(day) FROM events WHERE day IS NOT NULL";
                Ok(c.query_row(sql, [], |r| r.get::<_, Option<i64>>(0))?.map(Day))
            })
            .await
    }

    async fn seals(&self) -> Result<Vec<SealRow>, PortError> {
        self.reader
            .read(|c| {
                c.prepare_cached("SELECT day, bytes, hash FROM seals ORDER BY day")?
                    .query_map([], |r| {
                        Ok(SealRow { day: Day(r.get(0)?), bytes: r.get(1)?, hash: digest_at(r, 2)? })
                    })?
                    .collect()
            })
            .await
    }

    async fn seal_part(&self, day: Day, part: u32) -> Result<Option<PartRow>, PortError> {
        self.reader.read(move |c| seal_part(c, "WHERE day = ?1 AND part = ?2", params![day.0, part])).await
    }

    async fn last_seal_part(&self, day: Day) -> Result<Option<PartRow>, PortError> {
        let last = "WHERE day = ?1 ORDER BY part DESC LIMIT 1";
        self.reader.read(move |c| seal_part(c, last, [day.0])).await
    }
}

#[async_trait]
impl Journal for Database {
    async fn append(&self, expected: u64, events: Vec<EventRow>, head: HeadRow) -> Result<(), PortError> {
        self.writer.write(move |c| append(c, expected, &events, &head)).await
    }

    async fn replace_head(&self, found: Option<Digest>, head: HeadRow) -> Result<(), PortError> {
        self.writer.write(move |c| replace_head(c, found, &head)).await
    }
}

#[async_trait]
impl Cards for Database {
    async fn put_card(&self, row: CardRow) -> Result<(), PortError> {
        self.writer.write(move |c| put_card(c, &row)).await
    }
}

#[async_trait]
impl Agenda for Database {
    async fn due(
        &self,
        kind: DueKind,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(RecordId, Timestamp)>, PortError> {
        let sql = match kind {
            DueKind::Record => "SELECT run, due_at FROM heads WHERE due_at <= ?1 ORDER BY due_at LIMIT ?2",
            DueKind::Card => {
                "SELECT run, card_due_at FROM heads WHERE card_due_at <= ?1 ORDER BY card_due_at LIMIT ?2"
            }
        };
        self.reader
            .read(move |c| {
                let row = |r: &Row<'_>| Ok((run_at(r, 0)?, Timestamp(r.get(1)?)));
                Ok(sound(c.prepare_cached(sql)?.query_map(params![now.0, count(limit)], row)?))
            })
            .await
    }

    async fn needed(&self, limit: usize) -> Result<Vec<Vec<u8>>, PortError> {
        // Keys are hexadecimal digits.
        let all = self.memos(known::NEEDED, "", "g", limit).await?;
        Ok(all.into_iter().map(|memo| memo.body).collect())
    }
}

#[async_trait]
impl Seals for Database {
    async fn add_seal_part(&self, part: PartRow) -> Result<(), PortError> {
        self.writer
            .write(move |c| {
                let sql = "INSERT OR IGNORE INTO seal_parts (day, part, bytes, hash) VALUES (?1, ?2, ?3, ?4)";
                match c.execute(sql, params![part.day.0, part.part, part.bytes, part.hash.0])? {
                    0 => Err(WriteError::Conflict),
                    _ => Ok(()),
                }
            })
            .await
    }

    async fn add_seal(&self, seal: SealRow) -> Result<(), PortError> {
        let day = seal.day;
        self.writer
            .write(move |c| {
                let sql = "INSERT OR IGNORE INTO seals (day, bytes, hash) VALUES (?1, ?2, ?3)";
                if c.execute(sql, params![seal.day.0, seal.bytes, seal.hash.0])? == 0 {
                    return Err(WriteError::Conflict);
                }
                Ok(())
            })
            .await?;
        // Notes that are left over are deleted with a later day.
        if let Err(error) = self.forget_moved(day).await {
            tracing::warn!(%day, %error, "could not forget what moved on a sealed day");
        }
        Ok(())
    }
}

fn replace_head(c: &Connection, found: Option<Digest>, head: &HeadRow) -> Result<(), WriteError> {
    if let Some(found) = found {
        let sql = "DELETE FROM heads WHERE run = ?1 AND chain = ?2";
        if c.prepare_cached(sql)?.execute(params![head.record.as_str(), found.0])? == 0 {
            return Err(WriteError::Conflict);
        }
    }
    match insert_head(c, head)? {
        0 => Err(WriteError::Conflict),
        _ => Ok(()),
    }
}

fn insert_head(c: &Connection, head: &HeadRow) -> Result<usize, WriteError> {
    let sql = "INSERT INTO heads (run, short, version, chain, workspace, requested_at, due_at, card_due_at, body, reference)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT DO NOTHING";
    Ok(c.prepare_cached(sql)?.execute(params![
        head.record.as_str(),
        head.record.short().as_str(),
        head.version,
        head.chain.0,
        head.listed_under.stored(),
        head.requested_at.0,
        head.due_at.map(|t| t.0),
        head.card_due_at.map(|t| t.0),
        head.body,
        head.reference
    ])?)
}

fn append(c: &Connection, expected: u64, events: &[EventRow], head: &HeadRow) -> Result<(), WriteError> {
    let due = head.due_at.map(|t| t.0);
    let changed = if events.is_empty() {
        c.prepare_cached("UPDATE heads SET due_at = ?3 WHERE run = ?1 AND version = ?2")?.execute(params![
            head.record.as_str(),
            expected,
            due
        ])?
    } else if expected == 0 {
        insert_head(c, head)?
    } else {
        let sql = "UPDATE heads SET version = ?3, chain = ?4, due_at = ?5, card_due_at = ?6, body = ?7, reference = ?8
             WHERE run = ?1 AND version = ?2";
        c.prepare_cached(sql)?.execute(params![
            head.record.as_str(),
            expected,
            head.version,
            head.chain.0,
            due,
            head.card_due_at.map(|t| t.0),
            head.body,
            head.reference
        ])?
    };
    if changed == 0 {
        return Err(WriteError::Conflict);
    }
    let mut insert =
        c.prepare_cached("INSERT INTO events (run, seq, bytes, hash, day) VALUES (?1, ?2, ?3, ?4, ?5)")?;
    for event in events {
        let day = event.day.filter(|_| event.seq == 1).map(|d| d.0);
        insert.execute(params![event.record.as_str(), event.seq, event.bytes, event.hash.0, day])?;
    }
    if let Some((day, Moved { record, seq, hash })) = Moved::by(events) {
        let sql = "REPLACE INTO moved (day, run, seq, hash) VALUES (?1, ?2, ?3, ?4)";
        c.prepare_cached(sql)?.execute(params![day.0, record.as_str(), seq, hash.0])?;
    }
    Ok(())
}

fn put_card(c: &Connection, row: &CardRow) -> Result<(), WriteError> {
    let args = params![
        row.record.as_str(),
        row.revision,
        row.message.as_ref().map(|m| m.channel.as_str()),
        row.message.as_ref().map(|m| m.ts.as_str()),
        row.posting_since.0,
        row.direct,
        row.shown,
        row.noted
    ];
    let sql = if row.revision == 1 {
        "INSERT INTO cards (run, revision, channel, ts, posting_since, direct, shown, noted)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT DO NOTHING"
    } else {
        "UPDATE cards SET revision = ?2, channel = ?3, ts = ?4, posting_since = ?5, direct = ?6, shown = ?7, noted = ?8
         WHERE run = ?1 AND revision = ?2 - 1"
    };
    if c.prepare_cached(sql)?.execute(args)? == 0 {
        return Err(WriteError::Conflict);
    }
    c.prepare_cached("UPDATE heads SET card_due_at = NULL WHERE run = ?1 AND version = ?2 AND version = ?3")?
        .execute(params![row.record.as_str(), row.shown, row.noted])?;
    Ok(())
}
