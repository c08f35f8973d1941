//! The embedded store and queues: one SQLite file in the data folder.
//!
//! WAL, `synchronous=FULL`, one writer thread that commits in one transaction everything that came together, and
//! reader threads beside it. A lock on the folder keeps a second server out. Nothing here knows what the bodies say.

mod copies;
mod database;
mod forget;
mod letters;
mod memos;
mod queue;
mod schema;
mod store;
mod worker;

pub use copies::SealFolder;
pub use database::{Database, OpenError};
pub use queue::SqliteQueue;
pub use worker::Written;
