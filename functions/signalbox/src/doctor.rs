//! `signalbox doctor`: what is wrong with a server, and what to do.

use crate::cli::Doctor;
use crate::serve::Standing;
use signalbox_domain::Timestamp;
use std::process::ExitCode;

/// Says how the server of a data folder stands.
pub fn run(options: &Doctor) -> anyhow::Result<ExitCode> {
    let Some(standing) = Standing::read(&options.data)? else {
        outln!("No server has used {} yet.", options.data.display());
        return Ok(ExitCode::SUCCESS);
    };
    if options.json {
        outln!("{}", serde_json::to_string_pretty(&standing)?);
    } else {
        outln!(
            "Catalogue  {} operations from {}, in force since {}",
            standing.operations,
            standing.folder.display(),
            shown(standing.since_ms)
        );
    }
    let Some((since, problems)) = &standing.broken else { return Ok(ExitCode::SUCCESS) };
    if !options.json {
        errln!("Wrong      The edit of {} is not in force, for it has mistakes:", shown(*since));
        for problem in problems {
            errln!("           {problem}");
        }
        errln!(
            "           Mend it, and it is taken up within seconds; `signalbox check` shows each mistake at its place."
        );
    }
    Ok(ExitCode::FAILURE)
}

fn shown(at_ms: i64) -> String {
    let at = Timestamp(at_ms);
    format!("{} {} UTC", at.day(), at.minute())
}
