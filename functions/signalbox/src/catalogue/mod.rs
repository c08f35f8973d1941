//! The commands that are about a catalogue, and how every start of the server loads its catalogue.

mod check;
mod compile;
mod docs;
mod explain;
mod markdown;
mod problems;

pub use check::run as check;
pub use compile::run as compile;
pub use docs::run as docs;
pub use explain::run as explain;

use crate::environment::Environment;
use crate::paint;
use signalbox_domain::Catalogue;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A checked catalogue and where its programs are on this machine.
pub struct Loaded {
    pub catalogue: Catalogue,
    pub programs: BTreeMap<String, PathBuf>,
}

/// Loads a folder. Every problem is printed to standard error; `None` if there were any.
pub fn load(folder: &Path, environment: &Environment) -> Option<Loaded> {
    let catalogue = match signalbox_catalogue::load(folder) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            paint::problems(&problems);
            return None;
        }
    };
    match signalbox_local_command::resolve_programs(&catalogue.programs, folder, &environment.path) {
        Ok(programs) => Some(Loaded { catalogue, programs }),
        Err(missing) => {
            for problem in missing {
                paint::error(&problem.to_string());
            }
            None
        }
    }
}

/// Loads a folder; every problem in a line.
///
/// # Errors
/// The problems, if there are any.
pub fn read(folder: &Path, environment: &Environment) -> Result<Loaded, Vec<String>> {
    let catalogue = signalbox_catalogue::load(folder)
        .map_err(|problems| problems.iter().map(problems::line).collect::<Vec<_>>())?;
    let programs = signalbox_local_command::resolve_programs(&catalogue.programs, folder, &environment.path);
    let programs = programs.map_err(|missing| missing.iter().map(ToString::to_string).collect::<Vec<_>>())?;
    Ok(Loaded { catalogue, programs })
}

/// Prints the JSON Schema of a catalogue file.
pub fn schema() -> anyhow::Result<ExitCode> {
    outln!("{}", serde_json::to_string_pretty(&signalbox_catalogue::schema())?);
    Ok(ExitCode::SUCCESS)
}
