//! `signalbox check`: every mistake of a catalogue, for people and for tools.

use super::{load, problems};
use crate::cli::{Check, CheckFormat};
use crate::environment::Environment;
use crate::paint;
use signalbox_catalogue::{Diagnostic, Diagnostics, golden};
use signalbox_domain::Catalogue;
use std::path::Path;
use std::process::ExitCode;

/// Checks a catalogue, and says what is wrong with it in the format that was asked for.
pub async fn run(options: &Check, environment: &Environment) -> anyhow::Result<ExitCode> {
    let shown = options.shown();
    if shown != CheckFormat::Text {
        let checked = signalbox_catalogue::load_with_places(&options.catalogue)
            .and_then(|read| golden::check(&options.catalogue, &read.0).map(|_| read));
        let problems = match checked {
            Ok((catalogue, places)) if options.targets => {
                let at = (options.catalogue.as_path(), &places);
                Diagnostics::of(crate::targets::inspect(&catalogue, at, environment, |_| ()).await?)
            }
            checked => checked.err(),
        };
        let found: Vec<&Diagnostic> = problems.iter().flatten().collect();
        match shown {
            CheckFormat::Text | CheckFormat::Json => outln!("{}", serde_json::to_string(&found)?),
            CheckFormat::Github => found.iter().for_each(|one| paint::machine(&problems::annotation(one))),
            CheckFormat::Sarif => outln!("{}", serde_json::to_string_pretty(&problems::sarif(&found))?),
        }
        return Ok(verdict(found.into_iter()));
    }
    let Some(loaded) = load(&options.catalogue, environment) else { return Ok(ExitCode::FAILURE) };
    let names: Vec<&str> = loaded.catalogue.operations.keys().map(signalbox_domain::Name::as_str).collect();
    outln!("{}: {} operations: {}", options.catalogue.display(), names.len(), names.join(", "));
    if options.accept {
        return Ok(accept(&options.catalogue, &loaded.catalogue));
    }
    match golden::check(&options.catalogue, &loaded.catalogue) {
        Ok(0) => {}
        Ok(count) => outln!("{count} tests hold"),
        Err(problems) => {
            paint::problems(&problems);
            return Ok(ExitCode::FAILURE);
        }
    }
    if !options.targets {
        return Ok(ExitCode::SUCCESS);
    }
    // It was read a moment ago without a mistake; should it have changed since, nothing is said of its places.
    let places =
        signalbox_catalogue::load_with_places(&options.catalogue).map(|read| read.1).unwrap_or_default();
    let at = (options.catalogue.as_path(), &places);
    let found = crate::targets::inspect(&loaded.catalogue, at, environment, |line| outln!("{line}")).await?;
    let Some(found) = Diagnostics::of(found) else { return Ok(ExitCode::SUCCESS) };
    paint::problems(&found);
    Ok(verdict(found.iter()))
}

/// What may be meant is no failure.
fn verdict<'d>(mut found: impl Iterator<Item = &'d Diagnostic>) -> ExitCode {
    if found.all(|one| one.note) { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Writes into the catalogue's tests what is now the case.
fn accept(folder: &Path, catalogue: &Catalogue) -> ExitCode {
    match golden::accept(folder, catalogue) {
        Ok(written) if written.is_empty() => outln!("All tests hold already: nothing was written."),
        Ok(written) => written.iter().for_each(|file| outln!("written: {}", file.display())),
        Err(problems) => {
            paint::problems(&problems);
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}
