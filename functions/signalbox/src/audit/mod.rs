//! `signalbox audit`: reads the audit beside a running server or without one, and never writes it.

mod export;
mod list;
mod verify;

use crate::cli::{Audit, AuditAction};
use signalbox_sqlite::Database;
use std::process::ExitCode;

pub async fn run(options: &Audit) -> anyhow::Result<ExitCode> {
    let database = Database::open_for_reading(&options.data)?;
    match &options.action {
        AuditAction::List => list::list(&database, options.json).await,
        AuditAction::Show { run } => list::show(&database, run, options.json).await,
        AuditAction::Verify => verify::verify(&database, &options.data, options.json).await,
        AuditAction::Export => export::export(&database, options.json).await,
    }
}
