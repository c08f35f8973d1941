//! One file, and how far it was read.

use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;

/// How far one file was read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// The file's name when it was found; also the name of the stream.
    #[serde(rename = "p")]
    pub(super) path: String,
    #[serde(rename = "d")]
    pub(super) dev: u64,
    #[serde(rename = "i")]
    pub(super) ino: u64,
    /// The place just after the last line that was given.
    #[serde(rename = "o")]
    pub(super) offset: u64,
    /// The last time that a line gave.
    #[serde(rename = "t", default, skip_serializing_if = "Option::is_none")]
    pub(super) time: Option<Timestamp>,
    /// How many bytes at its beginning were looked at, and their digest.
    #[serde(rename = "h")]
    pub(super) head: (u64, String),
    /// The file's name now.
    #[serde(skip)]
    pub(super) now: PathBuf,
    /// Whether another file has its name: then nothing will be added, and its last line needs no line end.
    #[serde(skip)]
    pub(super) finished: bool,
}

impl Place {
    pub(super) fn open(&self) -> io::Result<File> {
        File::open(&self.now)
    }

    pub(super) fn is(&self, about: &Metadata) -> bool {
        (self.dev, self.ino) == (about.dev(), about.ino())
    }
}
