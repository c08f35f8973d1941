//! `signalbox audit`: reads the audit, whether a server is running or not, on this machine or on AWS, and never
//! writes it. It can make heads anew, because they say no more than the audit does.

mod export;
mod list;
mod rebuild;
mod verify;

use crate::cli::{Audit, AuditAction};
use crate::records::{Access, open};
use std::process::ExitCode;

pub async fn run(options: &Audit) -> anyhow::Result<ExitCode> {
    if let AuditAction::Rebuild { record, write } = &options.action {
        let records = open(&options.records, if *write { Access::Mend } else { Access::Read }).await?;
        return rebuild::rebuild(&records, record.as_deref(), *write, options.json).await;
    }
    let records = open(&options.records, Access::Read).await?;
    let views = &*records.views;
    match &options.action {
        AuditAction::List => list::list(views, options.json).await,
        AuditAction::Show { run } => list::show(views, run, options.json).await,
        AuditAction::Verify => verify::verify(views, records.seals.as_deref(), options.json).await,
        AuditAction::Export => export::export(views, options.json).await,
        AuditAction::Rebuild { .. } => Ok(ExitCode::SUCCESS),
    }
}
