//! `signalbox check` and `signalbox compile`; and how every start of the server loads its catalogue.

use crate::cli;
use crate::environment::Environment;
use crate::paint;
use anyhow::Context;
use signalbox_domain::Catalogue;
use std::collections::BTreeMap;
use std::io::Write;
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

pub async fn check(options: &cli::Check, environment: &Environment) -> anyhow::Result<ExitCode> {
    if options.json {
        let problems = signalbox_catalogue::load(&options.catalogue).err();
        let sound = problems.is_none();
        match problems {
            Some(problems) => outln!("{}", serde_json::to_string(&problems)?),
            None => outln!("[]"),
        }
        return Ok(if sound { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let Some(loaded) = load(&options.catalogue, environment) else { return Ok(ExitCode::FAILURE) };
    let names: Vec<&str> = loaded.catalogue.operations.keys().map(signalbox_domain::Name::as_str).collect();
    outln!("{}: {} operations: {}", options.catalogue.display(), names.len(), names.join(", "));
    if !options.targets {
        return Ok(ExitCode::SUCCESS);
    }
    let findings = crate::targets::inspect(&loaded.catalogue, environment).await?;
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

pub fn compile(options: &cli::Compile) -> anyhow::Result<ExitCode> {
    let catalogue = match signalbox_catalogue::load(&options.catalogue) {
        Ok(catalogue) => catalogue,
        Err(problems) => {
            paint::problems(&problems);
            return Ok(ExitCode::FAILURE);
        }
    };
    let artefact = signalbox_catalogue::to_artefact(&catalogue);
    match &options.out {
        Some(file) => {
            std::fs::write(file, &artefact).with_context(|| format!("cannot write {}", file.display()))?;
            outln!(
                "{}: {} bytes, digest {}",
                file.display(),
                artefact.len(),
                signalbox_catalogue::digest(&catalogue)
            );
        }
        None => std::io::stdout().write_all(&artefact)?,
    }
    Ok(ExitCode::SUCCESS)
}
