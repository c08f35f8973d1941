//! An attempt's folder: the only thing the server and the shim share.
//!
//! | file | written by | says |
//! |---|---|---|
//! | `order.json` | server | what to run |
//! | `claim` | whoever is first | `started` (shim) or `abandoned` (a search); for ever |
//! | `alive` | shim | locked as long as the shim lives |
//! | `steps` | shim | one line per step; `link ` and `step ` lines |
//! | `output` | shim | redacted and bounded |
//! | `cancel` | server | somebody asked to stop it |
//! | `exit.json` | shim | how it ended |

use serde::{Deserialize, Serialize};
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::Outcome;
use signalbox_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// What the shim is to run, everything resolved.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) run: RunId,
    pub(crate) attempt: u32,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    /// The whole environment.
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) timeout_seconds: u64,
    /// Not to be claimed after this.
    pub(crate) until: Timestamp,
}

/// Who has the attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Claim {
    Nobody,
    Started,
    Abandoned,
}

/// One attempt's folder.
#[derive(Debug, Clone)]
pub(crate) struct Folder(pub(crate) PathBuf);

impl Folder {
    pub(crate) fn of(commands: &Path, run: &RunId, attempt: u32) -> Self {
        Self(commands.join(format!("{run}-{attempt}")))
    }

    pub(crate) fn path(&self, file: &str) -> PathBuf {
        self.0.join(file)
    }

    pub(crate) fn claim(&self) -> io::Result<Claim> {
        match fs::read_to_string(self.path("claim")) {
            Ok(text) if text == "started" => Ok(Claim::Started),
            Ok(_) => Ok(Claim::Abandoned),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Claim::Nobody),
            Err(e) => Err(e),
        }
    }

    /// Makes the claim if nobody has. It is whole and durable before it can be seen. Whether it was ours.
    pub(crate) fn try_claim(&self, word: &str) -> io::Result<bool> {
        let draft = self.path(&format!("claim.{}.{word}", std::process::id()));
        write_durably(&draft, word.as_bytes())?;
        let linked = fs::hard_link(&draft, self.path("claim"));
        fs::remove_file(&draft)?;
        match linked {
            Ok(()) => {
                File::open(&self.0)?.sync_all()?;
                Ok(true)
            }
            Err(e) if e.kind() == io::ErrorKind::AlreadyExists => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// How it ended, if it has.
    pub(crate) fn exit(&self) -> io::Result<Option<Outcome>> {
        match fs::read(self.path("exit.json")) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(e) => Err(e),
        }
    }

    pub(crate) fn write_exit(&self, outcome: &Outcome) -> io::Result<()> {
        let draft = self.path("exit.draft");
        write_durably(&draft, &serde_json::to_vec(outcome)?)?;
        fs::rename(&draft, self.path("exit.json"))?;
        File::open(&self.0)?.sync_all()
    }

    /// Whether the shim lives: it holds the lock from before its claim to its end.
    pub(crate) fn is_alive(&self) -> io::Result<bool> {
        match OpenOptions::new().write(true).open(self.path("alive")) {
            Ok(file) => match file.try_lock() {
                Ok(()) => Ok(false),
                Err(fs::TryLockError::WouldBlock) => Ok(true),
                Err(fs::TryLockError::Error(e)) => Err(e),
            },
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(e) => Err(e),
        }
    }

    /// Steps begun so far, and the latest link.
    pub(crate) fn steps(&self) -> io::Result<(Vec<String>, Option<String>)> {
        let text = match fs::read_to_string(self.path("steps")) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => String::new(),
            Err(e) => return Err(e),
        };
        // The last line may be half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let steps = whole.lines().filter_map(|l| l.strip_prefix("step ")).map(str::to_owned).collect();
        Ok((steps, whole.lines().filter_map(|l| l.strip_prefix("link ")).next_back().map(str::to_owned)))
    }
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}
