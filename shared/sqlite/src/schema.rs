//! The tables. Open the file with `sqlite3` to look around.

/// Rises with every change of the tables; kept in `PRAGMA user_version`.
pub(crate) const VERSION: i64 = 6;

/// Changes tables of version 1: runs are found by their backend's name for them, for webhooks.
const FROM_1: &str = "
ALTER TABLE heads ADD COLUMN reference TEXT;
CREATE INDEX heads_by_reference ON heads (reference) WHERE reference IS NOT NULL;
";

/// Changes tables of version 2: adds dead letters.
const FROM_2: &str = "
CREATE TABLE letters (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, run TEXT, what TEXT NOT NULL, grp TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
";

/// Changes tables of version 3: adds memos, and records are found by their card's message.
const FROM_3: &str = "
CREATE TABLE memos (
  shelf TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, until INTEGER, body BLOB NOT NULL,
  PRIMARY KEY (shelf, key)
);
CREATE INDEX memos_by_end ON memos (until) WHERE until IS NOT NULL;
CREATE INDEX cards_by_thread ON cards ('thread/' || channel || '/' || ts) WHERE ts IS NOT NULL;
";

/// Changes tables of version 4: adds seals in parts, and what moved on a day.
const FROM_4: &str = "
CREATE TABLE seal_parts (day INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (day, part));
CREATE TRIGGER seal_parts_stay BEFORE UPDATE ON seal_parts BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END;
CREATE TRIGGER seal_parts_remain BEFORE DELETE ON seal_parts BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END;
CREATE TABLE moved (day INTEGER NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (day, run)) WITHOUT ROWID;
";

/// Changes tables of version 5: adds when a message was put on its queue. A message that is already there has no
/// time, so it counts as older than any other.
const FROM_5: &str = "
ALTER TABLE messages ADD COLUMN sent INTEGER NOT NULL DEFAULT 0;
";

/// What has to be done to the tables of an older version, in order; version 0 is an empty file.
pub(crate) fn from(version: i64) -> &'static [&'static str] {
    match version {
        0 => &[TABLES],
        1 => &[FROM_1, FROM_2, FROM_3, FROM_4, FROM_5],
        2 => &[FROM_2, FROM_3, FROM_4, FROM_5],
        3 => &[FROM_3, FROM_4, FROM_5],
        4 => &[FROM_4, FROM_5],
        5 => &[FROM_5],
        _ => &[],
    }
}

const TABLES: &str = "
-- The audit. Nothing is ever changed or deleted here; the triggers say so to everyone.
-- Events and heads lie in the order in which they came, run ids (which are random) in an index beside them: what is
-- written together, and what history reads together, shares pages however large the store is.
CREATE TABLE events (
  run TEXT NOT NULL, seq INTEGER NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL, day INTEGER,
  PRIMARY KEY (run, seq)
);
CREATE INDEX events_by_day ON events (day, run) WHERE day IS NOT NULL;
CREATE TRIGGER events_stay BEFORE UPDATE ON events BEGIN SELECT RAISE(ABORT, 'events are never changed'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END;
CREATE TABLE seals (day INTEGER PRIMARY KEY, bytes BLOB NOT NULL, hash BLOB NOT NULL);
CREATE TRIGGER seals_stay BEFORE UPDATE ON seals BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END;
CREATE TRIGGER seals_remain BEFORE DELETE ON seals BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END;
CREATE TABLE seal_parts (day INTEGER NOT NULL, part INTEGER NOT NULL, bytes BLOB NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (day, part));
CREATE TRIGGER seal_parts_stay BEFORE UPDATE ON seal_parts BEGIN SELECT RAISE(ABORT, 'seals are never changed'); END;
CREATE TRIGGER seal_parts_remain BEFORE DELETE ON seal_parts BEGIN SELECT RAISE(ABORT, 'seals are never deleted'); END;
-- How far each record had come on a day that is not sealed yet.
CREATE TABLE moved (day INTEGER NOT NULL, run TEXT NOT NULL, seq INTEGER NOT NULL, hash BLOB NOT NULL, PRIMARY KEY (day, run)) WITHOUT ROWID;

-- Where every run stands now: the fold of its events.
CREATE TABLE heads (
  run TEXT NOT NULL PRIMARY KEY, short TEXT NOT NULL, version INTEGER NOT NULL, chain BLOB NOT NULL,
  workspace TEXT NOT NULL, requested_at INTEGER NOT NULL, due_at INTEGER, card_due_at INTEGER, body BLOB NOT NULL,
  reference TEXT
);
CREATE INDEX heads_by_reference ON heads (reference) WHERE reference IS NOT NULL;
CREATE INDEX heads_by_short ON heads (short);
CREATE INDEX heads_by_time ON heads (workspace, requested_at DESC);
CREATE INDEX heads_due ON heads (due_at, run) WHERE due_at IS NOT NULL;
CREATE INDEX heads_card_due ON heads (card_due_at, run) WHERE card_due_at IS NOT NULL;

CREATE TABLE cards (
  run TEXT PRIMARY KEY, revision INTEGER NOT NULL, channel TEXT, ts TEXT, posting_since INTEGER NOT NULL,
  direct INTEGER NOT NULL, shown INTEGER NOT NULL, noted INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX cards_by_thread ON cards ('thread/' || channel || '/' || ts) WHERE ts IS NOT NULL;

-- Queues: messages in order, and one row per group that has any, so that receiving never scans a backlog.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, grp TEXT NOT NULL, dedup TEXT NOT NULL,
  body BLOB NOT NULL, receives INTEGER NOT NULL DEFAULT 0, sent INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX messages_in_group ON messages (queue, grp, id);
CREATE TABLE groups (
  queue TEXT NOT NULL, grp TEXT NOT NULL, first INTEGER NOT NULL, ready_at INTEGER NOT NULL,
  PRIMARY KEY (queue, grp)
) WITHOUT ROWID;
CREATE INDEX groups_ready ON groups (queue, ready_at, first);
CREATE TABLE sent (queue TEXT NOT NULL, dedup TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (queue, dedup)) WITHOUT ROWID;
CREATE INDEX sent_by_time ON sent (at);

-- Messages that could not be handled, until a person decides.
CREATE TABLE letters (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, run TEXT, what TEXT NOT NULL, grp TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;

-- What is counted, a memo for each key of a shelf; never a record of what happened. Bodies are large, so the keys lie
-- in an index beside them.
CREATE TABLE memos (
  shelf TEXT NOT NULL, key TEXT NOT NULL, revision INTEGER NOT NULL, until INTEGER, body BLOB NOT NULL,
  PRIMARY KEY (shelf, key)
);
CREATE INDEX memos_by_end ON memos (until) WHERE until IS NOT NULL;
";

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    /// The statement that made each table and index, without its comments and its spaces.
    fn shape(connection: &Connection) -> Vec<(String, String)> {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        let mut statement = connection.prepare(sql).unwrap();
        let rows = statement.query_map([], |r| Ok((r.get(0)?, r.get::<_, String>(1)?))).unwrap();
        rows.map(|row| row.map(|(name, sql)| (name, sql.split_whitespace().collect())).unwrap()).collect()
    }

    #[test]
    fn an_older_folder_becomes_what_a_new_one_is() {
        let new = Connection::open_in_memory().unwrap();
        new.execute_batch(TABLES).unwrap();
        let later = [
            (5, "ALTER TABLE messages DROP COLUMN sent;"),
            (4, "DROP TABLE seal_parts; DROP TABLE moved;"),
            (3, "DROP TABLE memos; DROP INDEX cards_by_thread;"),
            (2, "DROP TABLE letters;"),
            (1, "DROP INDEX heads_by_reference; ALTER TABLE heads DROP COLUMN reference;"),
        ];
        let mut missing = String::new();
        for (version, came_later) in later {
            missing += came_later;
            let old = Connection::open_in_memory().unwrap();
            old.execute_batch(TABLES).unwrap();
            old.execute_batch(&missing).unwrap();
            assert_ne!(shape(&old), shape(&new));
            old.execute_batch(&from(version).concat()).unwrap();
            assert_eq!(shape(&old), shape(&new), "from version {version}");
        }
        assert!(from(VERSION).is_empty());
    }
}
