//! Resolves the allowlist: finds, once at the start, the file that each word of the catalogue's `programs` means.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// A program of the catalogue that is not on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProgramMissing {
    /// The word in the catalogue.
    pub name: String,
    /// The program that the word stands for.
    pub program: String,
}

impl fmt::Display for ProgramMissing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hint = if self.program.contains('/') {
            "no executable file is there; check the path, which starts at the catalogue's folder, and its mode"
        } else {
            "no folder of PATH has it; install it, or write its path"
        };
        write!(f, "program `{}` is `{}`: {hint}", self.name, self.program)
    }
}

impl std::error::Error for ProgramMissing {}

/// Finds every program of the allowlist. A bare name is searched for in `path` (which has the form of `$PATH`). A
/// path is relative to the catalogue's folder.
///
/// # Errors
/// All programs that are missing.
pub fn resolve_programs(
    programs: &BTreeMap<String, String>,
    catalogue: &Path,
    path: &str,
) -> Result<BTreeMap<String, PathBuf>, Vec<ProgramMissing>> {
    let mut found = BTreeMap::new();
    let mut missing = vec![];
    for (name, program) in programs {
        let candidates: Vec<PathBuf> = if program.contains('/') {
            vec![catalogue.join(program)]
        } else {
            path.split(':').filter(|p| !p.is_empty()).map(|p| Path::new(p).join(program)).collect()
        };
        match candidates.into_iter().find(|p| is_executable(p)).and_then(|p| std::path::absolute(p).ok()) {
            Some(file) => {
                found.insert(name.clone(), file);
            }
            None => missing.push(ProgramMissing { name: name.clone(), program: program.clone() }),
        }
    }
    if missing.is_empty() { Ok(found) } else { Err(missing) }
}

fn is_executable(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().is_ok_and(|m| m.is_file() && m.permissions().mode() & 0o111 != 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_are_found_or_named() {
        let programs = |name: &str| BTreeMap::from([("it".to_owned(), name.to_owned())]);
        let here = Path::new("/nowhere");
        assert!(
            resolve_programs(&programs("sh"), here, "/nowhere:/bin:/usr/bin").unwrap()["it"].is_absolute()
        );
        assert!(resolve_programs(&programs("sh"), here, "").is_err());
        let missing = resolve_programs(&programs("./run"), here, "/bin").unwrap_err();
        assert!(missing[0].to_string().contains("check the path"), "{}", missing[0]);
        // A folder is not a program.
        assert!(resolve_programs(&programs("bin"), here, "/").is_err());
    }
}
