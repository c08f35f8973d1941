//! `signalbox compile`: the canonical artefact of a catalogue.

use crate::cli;
use crate::paint;
use anyhow::Context;
use std::io::Write;
use std::process::ExitCode;

/// Checks a catalogue, and writes its artefact.
pub fn run(options: &cli::Compile) -> anyhow::Result<ExitCode> {
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
