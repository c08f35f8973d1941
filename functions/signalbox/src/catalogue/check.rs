//! `signalbox check`: every mistake of a catalogue, for people and for tools.

use super::{load, problems};
use crate::cli::{Check, CheckFormat};
use crate::environment::Environment;
use crate::paint;
use signalbox_catalogue::golden;
use signalbox_domain::Catalogue;
use std::path::Path;
use std::process::ExitCode;

/// Checks a catalogue, and says what is wrong with it in the format that was asked for.
pub async fn run(options: &Check, environment: &Environment) -> anyhow::Result<ExitCode> {
    let shown = options.shown();
    if shown != CheckFormat::Text {
        let checked = signalbox_catalogue::load(&options.catalogue)
            .and_then(|catalogue| golden::check(&options.catalogue, &catalogue));
        let problems = checked.err();
        let found: Vec<_> = problems.iter().flatten().collect();
        match shown {
            CheckFormat::Text | CheckFormat::Json => outln!("{}", serde_json::to_string(&found)?),
            CheckFormat::Github => found.iter().for_each(|one| paint::machine(&problems::annotation(one))),
            CheckFormat::Sarif => outln!("{}", serde_json::to_string_pretty(&problems::sarif(&found))?),
        }
        return Ok(if found.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE });
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
    let findings = crate::targets::inspect(&loaded.catalogue, environment).await?;
    Ok(if findings == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
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
