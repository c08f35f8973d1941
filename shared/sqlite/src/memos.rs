//! `Memos` over their table.

use crate::database::Database;
use crate::worker::WriteError;
use async_trait::async_trait;
use rusqlite::{OptionalExtension, Row, params};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Memo, Memos, PortError};

fn to_memo(row: &Row<'_>) -> rusqlite::Result<Memo> {
    Ok(Memo {
        shelf: row.get(0)?,
        key: row.get(1)?,
        revision: row.get(2)?,
        until: row.get::<_, Option<i64>>(3)?.map(Timestamp),
        body: row.get(4)?,
    })
}

impl Database {
    /// Deletes the memos whose time is over. There is no clock here, so a caller that has one calls this now and
    /// then. Gives how many there were.
    ///
    /// # Errors
    /// When the store cannot write.
    pub async fn forget_memos(&self, now: Timestamp) -> Result<usize, PortError> {
        let sql = "DELETE FROM memos WHERE until <= ?1";
        self.writer.write(move |c| Ok(c.execute(sql, [now.0])?)).await
    }
}

#[async_trait]
impl Memos for Database {
    async fn memo(&self, shelf: &str, key: &str) -> Result<Option<Memo>, PortError> {
        let (shelf, key) = (shelf.to_owned(), key.to_owned());
        let sql = "SELECT shelf, key, revision, until, body FROM memos WHERE shelf = ?1 AND key = ?2";
        self.reader.read(move |c| c.prepare_cached(sql)?.query_row([shelf, key], to_memo).optional()).await
    }

    async fn memos(&self, shelf: &str, from: &str, to: &str, limit: usize) -> Result<Vec<Memo>, PortError> {
        let (shelf, from, to) = (shelf.to_owned(), from.to_owned(), to.to_owned());
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let sql = "SELECT shelf, key, revision, until, body FROM memos
             WHERE shelf = ?1 AND key >= ?2 AND key < ?3 ORDER BY key LIMIT ?4";
        self.reader
            .read(move |c| {
                c.prepare_cached(sql)?.query_map(params![shelf, from, to, limit], to_memo)?.collect()
            })
            .await
    }

    async fn put_memo(&self, memo: Memo) -> Result<(), PortError> {
        let sql = if memo.revision == 1 {
            "INSERT INTO memos (shelf, key, revision, until, body) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT DO NOTHING"
        } else {
            "UPDATE memos SET revision = ?3, until = ?4, body = ?5
             WHERE shelf = ?1 AND key = ?2 AND revision = ?3 - 1"
        };
        self.writer
            .write(move |c| {
                let Memo { shelf, key, revision, body, until } = &memo;
                let until = until.map(|u| u.0);
                match c.prepare_cached(sql)?.execute(params![shelf, key, revision, until, body])? {
                    0 => Err(WriteError::Conflict),
                    _ => Ok(()),
                }
            })
            .await
    }

    async fn drop_memo(&self, shelf: &str, key: &str) -> Result<(), PortError> {
        let (shelf, key) = (shelf.to_owned(), key.to_owned());
        let sql = "DELETE FROM memos WHERE shelf = ?1 AND key = ?2";
        self.writer.write(move |c| Ok(c.prepare_cached(sql)?.execute([shelf, key]).map(drop)?)).await
    }
}
