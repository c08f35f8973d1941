//! An attempt's folder. It is the only thing that the server and the shim share.
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

use crate::output::{LONGEST_LINK, MOST_BEGUN, MOST_LINKS};
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::{LONGEST_STEP, Outcome, cut_middle};
use signalbox_domain::time::Timestamp;
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

/// The size of all steps and links that a shim writes, if each is as long as it may be.
const LARGEST_STEPS: u64 = (MOST_BEGUN * (4 * LONGEST_STEP + 8) + MOST_LINKS * (LONGEST_LINK + 8)) as u64;
/// The size of how it ended: an excerpt, of which each character may take six bytes of JSON, and a little more.
const LARGEST_EXIT: u64 = 64 * 1024;
/// The size of a claim, which is one word.
const LARGEST_CLAIM: u64 = 16;

/// What the shim has to run. Everything in it is resolved.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Order {
    pub(crate) run: RunId,
    pub(crate) attempt: u32,
    pub(crate) program: PathBuf,
    pub(crate) arguments: Vec<String>,
    pub(crate) directory: PathBuf,
    /// The whole environment of the program.
    pub(crate) environment: BTreeMap<String, String>,
    pub(crate) timeout_seconds: u64,
    /// The attempt must be claimed before this moment.
    pub(crate) until: Timestamp,
}

/// Who has claimed the attempt.
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
        Ok(match read_some(&self.path("claim"), LARGEST_CLAIM)? {
            Some(word) if word == b"started" => Claim::Started,
            Some(_) => Claim::Abandoned,
            None => Claim::Nobody,
        })
    }

    /// Makes the claim if nobody has made it yet. The claim is complete and durable before anyone can see it. Gives
    /// `true` if it is ours.
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
        let Some(bytes) = read_some(&self.path("exit.json"), LARGEST_EXIT)? else { return Ok(None) };
        Ok(Some(serde_json::from_slice(&bytes)?))
    }

    pub(crate) fn write_exit(&self, outcome: &Outcome) -> io::Result<()> {
        let draft = self.path("exit.draft");
        write_durably(&draft, &serde_json::to_vec(outcome)?)?;
        fs::rename(&draft, self.path("exit.json"))?;
        File::open(&self.0)?.sync_all()
    }

    /// Whether the shim is alive. It holds the lock from before its claim until it ends.
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
        let Some(bytes) = read_some(&self.path("steps"), LARGEST_STEPS)? else { return Ok((vec![], None)) };
        let text = String::from_utf8_lossy(&bytes);
        // The last line may be only half written.
        let whole = text.rfind('\n').map_or("", |end| &text[..end]);
        let steps = whole.lines().filter_map(|l| l.strip_prefix("step "));
        let steps = steps.take(MOST_BEGUN).map(|title| cut_middle(title, LONGEST_STEP)).collect();
        Ok((steps, whole.lines().filter_map(|l| l.strip_prefix("link ")).next_back().map(str::to_owned)))
    }
}

/// The beginning of a file, if the file exists. It is bounded because a program may write anything into its own
/// folder.
fn read_some(path: &Path, most: u64) -> io::Result<Option<Vec<u8>>> {
    let file = match File::open(path) {
        Ok(file) => file,
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(e) => return Err(e),
    };
    let mut bytes = vec![];
    file.take(most).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = File::create(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_a_program_filled_is_read_within_bounds() {
        let data = tempfile::tempdir().unwrap();
        let folder = Folder(data.path().to_owned());
        fs::write(folder.path("steps"), "link https://ci/1\nstep \u{1d11e}\n".repeat(1_000_000)).unwrap();
        let (steps, link) = folder.steps().unwrap();
        assert!(steps.len() <= MOST_BEGUN);
        assert_eq!(link.as_deref(), Some("https://ci/1"));
        fs::write(folder.path("steps"), format!("step {}\n", "x".repeat(100_000))).unwrap();
        assert_eq!(folder.steps().unwrap().0[0].chars().count(), LONGEST_STEP);
        fs::write(folder.path("exit.json"), "x".repeat(10_000_000)).unwrap();
        assert!(folder.exit().is_err());
        fs::write(folder.path("claim"), "x".repeat(10_000_000)).unwrap();
        assert_eq!(folder.claim().unwrap(), Claim::Abandoned);
    }
}
