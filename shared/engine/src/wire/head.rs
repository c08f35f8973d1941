//! Heads in the state table. They can always be folded again from their events, so they have one version only.

use super::{Unreadable, is_newer_than, read, write};
use serde::{Deserialize, Serialize};
use signalbox_domain::RunHead;
use signalbox_domain::alert::{AlertHead, BulletinHead};

/// A head of any kind of record. As JSON it is the head itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Head {
    /// A run.
    Run(Box<RunHead>),
    /// An alert.
    Alert(Box<AlertHead>),
    /// A bulletin.
    Bulletin(Box<BulletinHead>),
}

impl Head {
    /// The run, if it is one.
    #[must_use]
    pub fn into_run(self) -> Option<RunHead> {
        if let Self::Run(head) = self { Some(*head) } else { None }
    }

    /// The alert, if it is one.
    #[must_use]
    pub fn into_alert(self) -> Option<AlertHead> {
        if let Self::Alert(head) = self { Some(*head) } else { None }
    }
}

impl From<RunHead> for Head {
    fn from(head: RunHead) -> Self {
        Self::Run(Box::new(head))
    }
}

impl From<AlertHead> for Head {
    fn from(head: AlertHead) -> Self {
        Self::Alert(Box::new(head))
    }
}

impl From<BulletinHead> for Head {
    fn from(head: BulletinHead) -> Self {
        Self::Bulletin(Box::new(head))
    }
}

#[derive(Serialize, Deserialize)]
struct Stored<R, A, B> {
    v: u8,
    // Runs came first, so they have the plainest name.
    #[serde(rename = "head", skip_serializing_if = "Option::is_none")]
    run: Option<R>,
    #[serde(skip_serializing_if = "Option::is_none")]
    alert: Option<A>,
    // A bulletin was called a digest when the first was stored.
    #[serde(rename = "digest", skip_serializing_if = "Option::is_none")]
    bulletin: Option<B>,
}

/// To be stored.
///
/// # Errors
/// None in practice: a head always serialises.
pub fn encode(head: &Head) -> Result<Vec<u8>, Unreadable> {
    let (run, alert, bulletin) = match head {
        Head::Run(head) => (Some(head), None, None),
        Head::Alert(head) => (None, Some(head), None),
        Head::Bulletin(head) => (None, None, Some(head)),
    };
    write("head", &Stored { v: 1, run, alert, bulletin })
}

/// Whether a newer version than this wrote it.
pub(crate) fn is_newer(bytes: &[u8]) -> bool {
    is_newer_than(1, bytes)
}

/// As it was stored.
///
/// # Errors
/// When a newer version wrote it, or it is damaged.
pub fn decode_any(bytes: &[u8]) -> Result<Head, Unreadable> {
    let stored: Stored<Box<RunHead>, Box<AlertHead>, Box<BulletinHead>> = read("head", bytes)?;
    let newer = || Unreadable { what: "head", why: format!("version {}", stored.v) };
    match stored {
        Stored { v: 1, run: Some(head), .. } => Ok(Head::Run(head)),
        Stored { v: 1, alert: Some(head), .. } => Ok(Head::Alert(head)),
        Stored { v: 1, bulletin: Some(head), .. } => Ok(Head::Bulletin(head)),
        Stored { .. } => Err(newer()),
    }
}

/// A run's, as it was stored.
///
/// # Errors
/// When a newer version wrote it, it is damaged, or it is no run's.
pub fn decode(bytes: &[u8]) -> Result<RunHead, Unreadable> {
    decode_any(bytes)?.into_run().ok_or_else(|| Unreadable { what: "head", why: "it is no run's".into() })
}
