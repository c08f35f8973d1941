//! `Letters` over their table.

use crate::database::Database;
use crate::store::run_at;
use async_trait::async_trait;
use rusqlite::params;
use signalbox_domain::ids::RecordId;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Letter, Letters, PortError};

#[async_trait]
impl Letters for Database {
    async fn park(&self, letter: Letter) -> Result<bool, PortError> {
        self.writer
            .write(move |c| {
                let known = "SELECT EXISTS (SELECT 1 FROM letters WHERE id = ?1)";
                let known: bool = c.query_row(known, [&letter.id], |r| r.get(0))?;
                let record = letter.record.as_ref().map(RecordId::as_str);
                let sql =
                    "REPLACE INTO letters (id, at, run, what, grp, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
                let Letter { id, at, what, group, body, .. } = &letter;
                c.execute(sql, params![id, at.0, record, what, group, body])?;
                Ok(!known)
            })
            .await
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
    async fn letters(&self) -> Result<Vec<Letter>, PortError> {
        self.reader
            .read(|c| {
                let sql = "SELECT id, at, run, what, grp, body FROM letters ORDER BY at, id";
                c.prepare_cached(sql)?
                    .query_map([], |r| {
                        Ok(Letter {
                            id: r.get(0)?,
                            at: Timestamp(r.get(1)?),
                            record: match r.get_ref(2)? {
                                rusqlite::types::ValueRef::Null => None,
                                _ => Some(run_at(r, 2)?),
                            },
                            what: r.get(3)?,
                            group: r.get(4)?,
                            body: r.get(5)?,
                        })
                    })?
                    .collect()
            })
            .await
    }

    async fn discard(&self, id: &str) -> Result<bool, PortError> {
        let id = id.to_owned();
        self.writer.write(move |c| Ok(c.execute("DELETE FROM letters WHERE id = ?1", [id])? > 0)).await
    }
}
