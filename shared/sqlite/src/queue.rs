//! FIFO queues with groups, by lease: in two tables, they do what SQS does.

use crate::database::Database;
use crate::worker::WriteError;
use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, params};
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{Clock, Delivery, Message, PortError, Queue};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::Notify;

/// How long an id is remembered, as on SQS: <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/using-messagededuplicationid-property.html>
const DEDUPLICATION: Duration = Duration::from_secs(300);

/// One queue of a [`Database`].
#[derive(Clone)]
pub struct SqliteQueue {
    database: Database,
    name: &'static str,
    clock: Arc<dyn Clock>,
    visibility: Duration,
    arrived: Arc<Notify>,
    dead: Option<(&'static str, u32)>,
}

impl Database {
    /// A queue of this name. A message that is neither acknowledged nor put back is delivered again after
    /// `visibility`.
    #[must_use]
    pub fn queue(&self, name: &'static str, clock: Arc<dyn Clock>, visibility: Duration) -> SqliteQueue {
        SqliteQueue::new(self.clone(), name, clock, visibility)
    }
}

impl SqliteQueue {
    fn new(database: Database, name: &'static str, clock: Arc<dyn Clock>, visibility: Duration) -> Self {
        Self { database, name, clock, visibility, arrived: Arc::new(Notify::new()), dead: None }
    }

    /// The same queue, but a message that was received `most` times and comes back goes to the queue `dead` instead.
    #[must_use]
    pub fn with_dead_letters(self, dead: &'static str, most: u32) -> Self {
        Self { dead: Some((dead, most)), ..self }
    }

    /// Waits until something may have arrived or become ready, but no longer than `longest`.
    pub async fn arrival(&self, longest: Duration) {
        // Time out or not, the caller looks.
        drop(tokio::time::timeout(longest, self.arrived.notified()).await);
    }
}

fn receipt(id: i64, receives: u32) -> String {
    format!("{id}:{receives}")
}

fn parse(receipt: &str) -> Result<(i64, u32), PortError> {
    let parts = receipt.split_once(':').and_then(|(id, n)| Some((id.parse().ok()?, n.parse().ok()?)));
    parts.ok_or_else(|| PortError::Unavailable(format!("not a receipt: {receipt}")))
}

#[async_trait]
impl Queue for SqliteQueue {
    async fn send(&self, message: Message) -> Result<(), PortError> {
        let (queue, now) = (self.name, self.clock.now().0);
        let sent = self.database.writer.write(move |c| send(c, queue, now, &message)).await;
        self.arrived.notify_one();
        sent
    }

    async fn receive(&self, limit: usize) -> Result<Vec<Delivery>, PortError> {
        let (queue, now) = (self.name, self.clock.now());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        // Looking first costs no commit.
        let ready = self.database.reader.read(move |c| {
            let sql = "SELECT EXISTS (SELECT 1 FROM groups WHERE queue = ?1 AND ready_at <= ?2)";
            c.prepare_cached(sql)?.query_row(params![queue, now.0], |r| r.get::<_, bool>(0))
        });
        if !ready.await? {
            return Ok(vec![]);
        }
        let until = now.plus(self.visibility).0;
        let dead = self.dead;
        let work = move |c: &Connection| {
            if let Some((dead, most)) = dead {
                bury(c, queue, now.0, dead, most)?;
            }
            receive(c, queue, now.0, until, limit)
        };
        self.database.writer.write(work).await
    }

    async fn ack(&self, receipt: &str) -> Result<(), PortError> {
        let (id, receives) = parse(receipt)?;
        let acked = self.database.writer.write(move |c| ack(c, id, receives)).await;
        self.arrived.notify_one();
        acked
    }

    async fn again(&self, receipt: &str, after: Duration) -> Result<(), PortError> {
        let (id, receives) = parse(receipt)?;
        let ready = self.clock.now().plus(after).0;
        let sql = "UPDATE groups SET ready_at = ?3 WHERE first = ?1
            AND (queue, grp) IN (SELECT queue, grp FROM messages WHERE id = ?1 AND receives = ?2)";
        let put_back = move |c: &Connection| {
            c.prepare_cached(sql)?.execute(params![id, receives, ready])?;
            Ok(())
        };
        self.database.writer.write(put_back).await
    }
}

fn send(c: &Connection, queue: &str, now: i64, message: &Message) -> Result<(), WriteError> {
    let horizon = now - i64::try_from(DEDUPLICATION.as_millis()).unwrap_or(i64::MAX);
    c.prepare_cached("DELETE FROM sent WHERE at < ?1")?.execute([horizon])?;
    let new = c
        .prepare_cached("INSERT INTO sent (queue, dedup, at) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING")?
        .execute(params![queue, message.id, now])?;
    if new == 0 {
        return Ok(());
    }
    put(c, queue, now, message)
}

fn put(c: &Connection, queue: &str, sent: i64, message: &Message) -> Result<(), WriteError> {
    c.prepare_cached("INSERT INTO messages (queue, grp, dedup, body, sent) VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute(params![queue, message.group, message.id, message.body, sent])?;
    let sql =
        "INSERT INTO groups (queue, grp, first, ready_at) VALUES (?1, ?2, ?3, 0) ON CONFLICT DO NOTHING";
    c.prepare_cached(sql)?.execute(params![queue, message.group, c.last_insert_rowid()])?;
    Ok(())
}

/// Moves messages that were received too often, and are ready again, to another queue.
fn bury(c: &Connection, queue: &str, now: i64, dead: &str, most: u32) -> Result<(), WriteError> {
    let sql =
        "SELECT m.id, m.grp, m.dedup, m.body, m.receives, m.sent FROM groups g JOIN messages m ON m.id = g.first
        WHERE g.queue = ?1 AND g.ready_at <= ?2 AND m.receives >= ?3";
    let tried: Vec<(i64, u32, i64, Message)> = c
        .prepare_cached(sql)?
        .query_map(params![queue, now, most], |r| {
            let message = Message { group: r.get(1)?, id: r.get(2)?, body: r.get(3)? };
            Ok((r.get(0)?, r.get(4)?, r.get(5)?, message))
        })?
        .collect::<Result<_, _>>()?;
    for (id, receives, sent, message) in tried {
        ack(c, id, receives)?;
        put(c, dead, sent, &message)?;
    }
    Ok(())
}

fn receive(
    c: &Connection,
    queue: &str,
    now: i64,
    until: i64,
    limit: i64,
) -> Result<Vec<Delivery>, WriteError> {
    let sql =
        "SELECT first FROM groups WHERE queue = ?1 AND ready_at <= ?2 ORDER BY ready_at, first LIMIT ?3";
    let firsts: Vec<i64> = c
        .prepare_cached(sql)?
        .query_map(params![queue, now, limit], |r| r.get(0))?
        .collect::<Result<_, _>>()?;
    let mut deliveries = vec![];
    for id in firsts {
        let sql = "UPDATE messages SET receives = receives + 1 WHERE id = ?1 RETURNING grp, dedup, body, receives, sent";
        let delivery = c.prepare_cached(sql)?.query_row([id], |r| {
            let receives = r.get(3)?;
            let message = Message { group: r.get(0)?, id: r.get(1)?, body: r.get(2)? };
            let sent = Some(Timestamp(r.get(4)?));
            Ok(Delivery { receipt: receipt(id, receives), receives, sent, sender: None, message })
        })?;
        c.prepare_cached("UPDATE groups SET ready_at = ?3 WHERE queue = ?1 AND grp = ?2")?
            .execute(params![queue, delivery.message.group, until])?;
        deliveries.push(delivery);
    }
    Ok(deliveries)
}

fn ack(c: &Connection, id: i64, receives: u32) -> Result<(), WriteError> {
    // A receipt that is out of date (another receiver has the message now) deletes nothing.
    let sql = "DELETE FROM messages WHERE id = ?1 AND receives = ?2 RETURNING queue, grp";
    let gone: Option<(String, String)> =
        c.prepare_cached(sql)?.query_row(params![id, receives], |r| Ok((r.get(0)?, r.get(1)?))).optional()?;
    let Some((queue, group)) = gone else { return Ok(()) };
    let sql = "SELECT min(id) FROM messages WHERE queue = ?1 AND grp = ?2";
    let next: Option<i64> = c.prepare_cached(sql)?.query_row(params![queue, group], |r| r.get(0))?;
    match next {
        Some(next) => c
            .prepare_cached("UPDATE groups SET first = ?3, ready_at = 0 WHERE queue = ?1 AND grp = ?2")?
            .execute(params![queue, group, next])?,
        None => c
            .prepare_cached("DELETE FROM groups WHERE queue = ?1 AND grp = ?2")?
            .execute(params![queue, group])?,
    };
    Ok(())
}
