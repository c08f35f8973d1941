//! What was counted of an alert's pattern: a memo that the log-watch replaces, and the notifier reads.

use super::{Unreadable, read, write};
use crate::ports::{Memos, PortError};
use serde::{Deserialize, Serialize};
use signalbox_domain::AlertId;
use signalbox_domain::alert::Figures;

/// The shelf. The key is the alert's id.
pub const SHELF: &str = "figures";

#[derive(Serialize, Deserialize)]
struct Stored {
    v: u8,
    figures: Figures,
}

/// To be kept.
///
/// # Errors
/// None in practice.
pub fn encode(figures: &Figures) -> Result<Vec<u8>, Unreadable> {
    write("figures", &Stored { v: 1, figures: figures.clone() })
}

/// As they were kept.
///
/// # Errors
/// When a newer version wrote them, or they are damaged.
pub fn decode(bytes: &[u8]) -> Result<Figures, Unreadable> {
    let stored: Stored = read("figures", bytes)?;
    if stored.v == 1 {
        Ok(stored.figures)
    } else {
        Err(Unreadable { what: "figures", why: format!("version {}", stored.v) })
    }
}

/// Those of an alert, if there are any.
pub(crate) async fn of<M: Memos + ?Sized>(memos: &M, alert: &AlertId) -> Result<Option<Figures>, PortError> {
    let memo = memos.memo(SHELF, alert.as_str()).await?;
    Ok(memo.map(|memo| decode(&memo.body)).transpose()?)
}
