//! What is stored and queued, byte for byte: one file per versioned envelope.
//!
//! Golden files pin every version for ever: an envelope is only ever added to, and a reader takes every version that
//! was ever written.

pub mod budget;
pub mod command;
pub mod counts;
pub mod event;
pub mod figures;
pub mod head;
pub mod known;
pub mod order;
pub mod seal;

use crate::ports::PortError;
use serde_json::value::RawValue;
use sha2::{Digest as _, Sha256};
use signalbox_domain::Digest;

/// The hash that chains events and seals: SHA-256 of the stored bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> Digest {
    Digest(Sha256::digest(bytes).into())
}

/// Stored bytes that this version cannot read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read a stored {what}: {why}")]
pub struct Unreadable {
    /// What it should have been.
    pub what: &'static str,
    /// What is wrong with it.
    pub why: String,
}

impl From<Unreadable> for PortError {
    fn from(error: Unreadable) -> Self {
        Self::Unavailable(error.to_string())
    }
}

fn read<'b, T: serde::Deserialize<'b>>(what: &'static str, bytes: &'b [u8]) -> Result<T, Unreadable> {
    serde_json::from_slice(bytes).map_err(|e| Unreadable { what, why: e.to_string() })
}

/// Whether a newer version than this wrote it: then this version must read nothing but the version number.
fn is_newer_than(latest: u8, bytes: &[u8]) -> bool {
    #[derive(serde::Deserialize)]
    struct Versioned {
        v: u64,
    }
    // serde would also read the version out of a list with one number.
    let is_object = bytes.trim_ascii_start().starts_with(b"{");
    is_object && serde_json::from_slice(bytes).is_ok_and(|Versioned { v }| v > u64::from(latest))
}

/// The name that a stored enum's value begins with: `"name"`, or `{"name":…}`.
fn named(raw: &RawValue) -> &str {
    raw.get().split('"').nth(1).unwrap_or_default()
}

/// Most values fit into this without growing.
const MOSTLY: usize = 1536;

fn write<T: serde::Serialize>(what: &'static str, value: &T) -> Result<Vec<u8>, Unreadable> {
    write_after(Vec::with_capacity(MOSTLY), what, value)
}

/// Writes a value after what is there.
fn write_after<T: serde::Serialize>(
    mut bytes: Vec<u8>,
    what: &'static str,
    value: &T,
) -> Result<Vec<u8>, Unreadable> {
    serde_json::to_writer(&mut bytes, value).map_err(|e| Unreadable { what, why: e.to_string() })?;
    Ok(bytes)
}

#[cfg(test)]
mod people_tests;
