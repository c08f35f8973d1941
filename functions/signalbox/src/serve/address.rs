//! Where a practice server is, left in its data folder for `signalbox say`.

use anyhow::Context;
use serde::{Deserialize, Serialize};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

const FILE: &str = "console.json";

/// Where a practice server is, and the token that opens it. New at every start.
#[derive(Clone, Serialize, Deserialize)]
pub struct Address {
    /// `http://127.0.0.1:3000`
    pub url: String,
    /// Opens the console.
    pub token: String,
}

impl Address {
    /// Readable by this user alone.
    pub fn save(&self, data: &Path) -> anyhow::Result<()> {
        let path = data.join(FILE);
        Self::forget(data);
        let mut options = std::fs::OpenOptions::new();
        let file = options.write(true).create_new(true).mode(0o600).open(&path);
        file.and_then(|mut f| f.write_all(&serde_json::to_vec(self)?))
            .with_context(|| format!("cannot write {}", path.display()))
    }

    /// Removes the address when the server is gone.
    pub fn forget(data: &Path) {
        std::fs::remove_file(data.join(FILE)).ok();
    }
}

/// 128 random bits, as hexadecimal digits.
pub fn secret() -> anyhow::Result<String> {
    random::<16>()
}

/// This many random bytes, as hexadecimal digits.
pub fn random<const BYTES: usize>() -> anyhow::Result<String> {
    let mut bytes = [0u8; BYTES];
    getrandom::fill(&mut bytes).map_err(|e| anyhow::anyhow!("the system gives no random numbers: {e}"))?;
    Ok(hex::encode(bytes))
}
