//! Copies of the seals in a folder, one file each. Somebody who changes the database could change these too, so an
//! operator should take them elsewhere.

use async_trait::async_trait;
use signalbox_domain::ids::Digest;
use signalbox_domain::time::Day;
use signalbox_engine::audit::{day_of_copy, name_of_copy};
use signalbox_engine::ports::{PortError, SealCopies, SealRow};
use signalbox_engine::wire;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

/// Copies of the seals in a folder, as `2026-11-21.json`; files with other names are left alone.
#[derive(Debug, Clone)]
pub struct SealFolder(PathBuf);

impl SealFolder {
    /// In this folder. The folder is made when there is something to keep.
    #[must_use]
    pub fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    fn unavailable(&self, error: &io::Error) -> PortError {
        PortError::Unavailable(format!("copies of the seals in {}: {error}", self.0.display()))
    }

    fn files(&self) -> io::Result<BTreeMap<Day, PathBuf>> {
        let entries = match std::fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(e) if e.kind() == ErrorKind::NotFound => return Ok(BTreeMap::new()),
            Err(e) => return Err(e),
        };
        let mut files = BTreeMap::new();
        for entry in entries {
            let entry = entry?;
            if let Some(day) = entry.file_name().to_str().and_then(day_of_copy) {
                files.insert(day, entry.path());
            }
        }
        Ok(files)
    }

    fn write(&self, seal: &SealRow) -> io::Result<bool> {
        std::fs::create_dir_all(&self.0)?;
        let draft = self.0.join("draft");
        let mut file = std::fs::File::create(&draft)?;
        io::Write::write_all(&mut file, &seal.bytes)?;
        file.sync_all()?;
        // A hard link is made only if no file has this name.
        let linked = std::fs::hard_link(&draft, self.0.join(name_of_copy(seal.day)));
        std::fs::remove_file(&draft)?;
        match linked {
            Ok(()) => Ok(true),
            Err(e) if e.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(e) => Err(e),
        }
    }
}

#[async_trait]
impl SealCopies for SealFolder {
    async fn days(&self) -> Result<BTreeSet<Day>, PortError> {
        Ok(self.files().map_err(|e| self.unavailable(&e))?.into_keys().collect())
    }

    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError> {
        self.write(seal).map_err(|e| self.unavailable(&e))
    }

    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError> {
        let files = self.files().map_err(|e| self.unavailable(&e))?;
        let hash = |(day, file)| Ok((day, wire::hash(&std::fs::read(file)?)));
        files.into_iter().map(hash).collect::<io::Result<_>>().map_err(|e| self.unavailable(&e))
    }
}
