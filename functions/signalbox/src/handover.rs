//! Takes the secrets out of the server's own environment. There every program of the same user could read them
//! (`/proc/PID/environ`), and root can read them even if the process is closed to others.
//!
//! An environment stays readable as long as the process lives. So the server starts its program again in the same
//! process, with an environment without secrets. The secrets come through a file that has no name and is closed once
//! it is read. If that cannot be done, the server says so and runs as it is.

use std::collections::BTreeMap;

/// The secrets that were handed over. If none were handed over but there are some, this starts the program again.
pub fn secrets() -> BTreeMap<String, String> {
    #[cfg(target_os = "linux")]
    return linux::secrets();
    #[cfg(not(target_os = "linux"))]
    BTreeMap::new()
}

#[cfg(target_os = "linux")]
mod linux {
    use crate::environment::{all, secrets as our_secrets};
    use rustix::fs::{MemfdFlags, memfd_create};
    use rustix::process::{DumpableBehavior, set_dumpable_behavior};
    use signalbox_domain::redact::looks_secret;
    use std::collections::BTreeMap;
    use std::ffi::OsString;
    use std::fs::File;
    use std::io::{self, Read, Seek, Write};
    use std::os::unix::process::CommandExt;
    use std::process::{Command, Stdio};

    /// Holds the process's own id if the program was started again: no other process can inherit that value by
    /// chance.
    const MARK: &str = "SIGNALBOX_HANDED_OVER";

    pub(super) fn secrets() -> BTreeMap<String, String> {
        let variables: BTreeMap<OsString, OsString> = all().collect();
        let ours = std::process::id().to_string();
        let handed = if variables.get(&OsString::from(MARK)).is_some_and(|pid| *pid == *ours) {
            take().unwrap_or_else(|error| {
                crate::paint::error(&format!("the secrets could not be taken over: {error}"));
                BTreeMap::new()
            })
        } else {
            if let Err(error) = start_again(&variables, &ours) {
                errln!(
                    "warning: secrets stay in the environment of this process, where programs of the same user can read them: {error}"
                );
            }
            BTreeMap::new()
        };
        // Closed to other processes of the same user: memory, descriptors, environment.
        if let Err(error) = set_dumpable_behavior(DumpableBehavior::NotDumpable) {
            errln!("warning: this process could not be closed to others of the same user: {error}");
        }
        handed
    }

    /// Returns only if there is nothing to hand over, or if it failed.
    fn start_again(variables: &BTreeMap<OsString, OsString>, pid: &str) -> io::Result<()> {
        let (ours, mut secrets) = (our_secrets(), BTreeMap::<&str, &str>::new());
        let mut kept = vec![];
        let mut dropped = false;
        for (name, value) in variables {
            let (text, shown) = (name.to_str(), value.to_string_lossy());
            match (text, value.to_str()) {
                (Some(name), Some(value)) if ours.contains(&name) => {
                    secrets.insert(name, value);
                }
                // A secret of another program, of no use to Signalbox. A proxy's address is kept, because the client
                // uses it, with its password.
                (Some(name), _)
                    if !name.to_ascii_lowercase().ends_with("_proxy")
                        && !name.starts_with("SIGNALBOX_")
                        && looks_secret(&format!("{name}={shown}")) =>
                {
                    dropped = true;
                }
                (Some(_) | None, _) => kept.push((name, value)),
            }
        }
        if secrets.is_empty() && !dropped {
            return Ok(());
        }
        let mut file = File::from(memfd_create("secrets", MemfdFlags::CLOEXEC)?);
        file.write_all(&serde_json::to_vec(&secrets)?)?;
        file.rewind()?;
        let mut arguments = std::env::args_os();
        let mut command = Command::new(std::env::current_exe()?);
        if let Some(name) = arguments.next() {
            command.arg0(name);
        }
        command.args(arguments).env_clear().envs(kept).env(MARK, pid).stdin(Stdio::from(file));
        Err(command.exec())
    }

    /// Reads standard input to its end and closes it.
    fn take() -> io::Result<BTreeMap<String, String>> {
        let mut bytes = vec![];
        io::stdin().read_to_end(&mut bytes)?;
        rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
        Ok(serde_json::from_slice(&bytes)?)
    }
}
