//! The key with which doors vouch for people: from the environment, or made at the first start and kept in the data
//! folder, so that commands that are queued or set aside are still valid after a restart.

use super::address::random;
use crate::environment::Environment;
use anyhow::{Context, ensure};
use signalbox_engine::CommandKeys;
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Its name in the data folder.
const FILE: &str = "command-key";

/// The caller has the data folder to itself.
pub fn command_keys(data: &Path, environment: &Environment) -> anyhow::Result<CommandKeys> {
    if let Some(keys) = &environment.command_key {
        return keys.parse().context("SIGNALBOX_COMMAND_KEY");
    }
    let path = data.join(FILE);
    let kept = match std::fs::read_to_string(&path) {
        Ok(kept) => {
            let mode = std::fs::metadata(&path)?.permissions().mode();
            ensure!(
                mode & 0o077 == 0,
                "others may read {path}\n  help: stop the server, delete it, and start again: another is made. What is queued by then has to be asked for anew",
                path = path.display()
            );
            kept
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make(data).with_context(|| format!("cannot write {}", path.display()))?
        }
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    kept.trim().parse().with_context(|| format!("{}", path.display()))
}

/// Writes the key whole or not at all, even if the machine stops in between.
fn make(data: &Path) -> anyhow::Result<String> {
    let key = random::<32>()?;
    let new = data.join("command-key.new");
    std::fs::remove_file(&new).or_else(|e| if e.kind() == ErrorKind::NotFound { Ok(()) } else { Err(e) })?;
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&new)?;
    file.write_all(key.as_bytes())?;
    file.sync_all()?;
    std::fs::rename(&new, data.join(FILE))?;
    File::open(data)?.sync_all()?;
    Ok(key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    fn keys(data: &Path, given: &str) -> anyhow::Result<CommandKeys> {
        let handed = BTreeMap::from([("SIGNALBOX_COMMAND_KEY".to_owned(), given.to_owned())]);
        command_keys(data, &crate::environment::read(&handed))
    }

    #[test]
    fn it_is_made_once_and_for_this_user_alone() {
        let data = tempfile::tempdir().unwrap();
        keys(data.path(), "").unwrap();
        let made = std::fs::read_to_string(data.path().join(FILE)).unwrap();
        assert_eq!(made.len(), 64);
        let mode = std::fs::metadata(data.path().join(FILE)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        keys(data.path(), "").unwrap();
        assert_eq!(std::fs::read_to_string(data.path().join(FILE)).unwrap(), made);
        assert_eq!(std::fs::read_dir(data.path()).unwrap().count(), 1);
    }

    #[test]
    fn what_is_no_key_is_not_taken_for_one() {
        let data = tempfile::tempdir().unwrap();
        assert!(keys(data.path(), "too short").is_err());
        for damaged in ["", "\n", "too short"] {
            std::fs::write(data.path().join(FILE), damaged).unwrap();
            std::fs::set_permissions(data.path().join(FILE), PermissionsExt::from_mode(0o600)).unwrap();
            assert!(keys(data.path(), "").is_err(), "{damaged:?}");
        }
        std::fs::write(data.path().join(FILE), "0".repeat(64)).unwrap();
        std::fs::set_permissions(data.path().join(FILE), PermissionsExt::from_mode(0o640)).unwrap();
        assert!(format!("{:#}", keys(data.path(), "").unwrap_err()).contains("help:"));
    }
}
