//! Deletes notes of what moved on a day that is sealed; nobody reads them any more.

use crate::database::Database;
use rusqlite::params;
use signalbox_domain::time::Day;
use signalbox_engine::ports::PortError;

/// How many notes are deleted in one write: all other writes wait for it.
const FORGOTTEN: u32 = 1000;

impl Database {
    /// Deletes the notes up to the end of a sealed day, in slices.
    pub(crate) async fn forget_moved(&self, day: Day) -> Result<(), PortError> {
        let sql =
            "DELETE FROM moved WHERE (day, run) IN (SELECT day, run FROM moved WHERE day <= ?1 LIMIT ?2)";
        loop {
            let done =
                self.writer.write(move |c| Ok(c.prepare_cached(sql)?.execute(params![day.0, FORGOTTEN])?));
            if done.await? < FORGOTTEN as usize {
                return Ok(());
            }
        }
    }
}
