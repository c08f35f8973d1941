//! The tables. Open the file with `sqlite3` to look around.

/// Rises with every change of the tables; kept in `PRAGMA user_version`.
pub(crate) const VERSION: i64 = 3;

/// From the tables of version 1: webhooks name runs as their backend does.
pub(crate) const FROM_1: &str = "
ALTER TABLE heads ADD COLUMN reference TEXT;
CREATE INDEX heads_by_reference ON heads (reference) WHERE reference IS NOT NULL;
";

/// From the tables of version 2: dead letters.
pub(crate) const FROM_2: &str = "
CREATE TABLE letters (
  id TEXT PRIMARY KEY, at INTEGER NOT NULL, run TEXT, what TEXT NOT NULL, grp TEXT NOT NULL, body BLOB NOT NULL
) WITHOUT ROWID;
";

pub(crate) const TABLES: &str = "
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

-- Queues: messages in order, and one row per group that has any, so that receiving never scans a backlog.
CREATE TABLE messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, queue TEXT NOT NULL, grp TEXT NOT NULL, dedup TEXT NOT NULL,
  body BLOB NOT NULL, receives INTEGER NOT NULL DEFAULT 0
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
";
