//! Benchmarks: `cargo run --release -p signalbox-benches [-- door catalogue dispatch queries seal functions fingerprint redact] [--quick]
//! [--log FILE]`.
//!
//! Every figure is shown beside the one that it is compared with, as a ratio, because a ratio depends much less on the
//! machine. Tables go to standard output, and progress goes to standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark is what it prints")]
#![expect(clippy::unwrap_used, reason = "a failed assumption of a benchmark shall stop it")]

mod catalogue;
mod clock;
mod dispatch;
mod door;
mod fingerprint;
mod functions;
mod queries;
mod redact;
mod samples;
mod seal;
mod table;

use anyhow::{Context, bail};
use std::path::Path;
use std::process::ExitCode;

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// Measures the figures for the documentation.
    Full,
    /// Runs every path once. The figures mean nothing.
    Quick,
}

impl Effort {
    fn pick<T>(self, full: T, quick: T) -> T {
        match self {
            Self::Full => full,
            Self::Quick => quick,
        }
    }
}

const SECTIONS: [&str; 8] =
    ["door", "catalogue", "dispatch", "queries", "seal", "functions", "fingerprint", "redact"];
/// The folder of the checkout.
const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // The local-command backend starts this program as its shim.
    if let [word, folder] = arguments.as_slice()
        && word == "shim"
    {
        signalbox_local_command::run_shim(Path::new(folder), clock::now)?;
        return Ok(ExitCode::SUCCESS);
    }
    // The section `functions` starts this program as a function that does almost nothing.
    if let [word, runtime_api, sqs] = arguments.as_slice()
        && word == "floor"
    {
        functions::floor::run(runtime_api, sqs)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (mut effort, mut log, mut names) = (Effort::Full, None, vec![]);
    let mut rest = arguments.iter();
    while let Some(argument) = rest.next() {
        match argument.as_str() {
            "--quick" => effort = Effort::Quick,
            "--log" => log = Some(Path::new(rest.next().context("--log wants a file of log lines")?)),
            name if SECTIONS.contains(&name) => names.push(name),
            unknown if unknown.starts_with('-') => {
                bail!("there is no option {unknown}\n  help: there are --quick and --log FILE")
            }
            unknown => bail!("there is no section {unknown}\n  help: there are {}", SECTIONS.join(", ")),
        }
    }
    let wanted = |name: &str| names.is_empty() || names.contains(&name);

    let cores = std::thread::available_parallelism()?;
    println!("$ cargo run --release -p signalbox-benches -- {}", arguments.join(" "));
    println!("{} {}, {cores} cores", std::env::consts::OS, std::env::consts::ARCH);
    if cfg!(debug_assertions) {
        println!("NOT A RELEASE BUILD: the figures say nothing");
    }
    if wanted("catalogue") {
        catalogue::run(effort)?;
    }
    if wanted("door") {
        door::run(effort)?;
    }
    if wanted("dispatch") {
        dispatch::run(effort)?;
    }
    if wanted("queries") {
        queries::run(effort)?;
    }
    if wanted("seal") {
        seal::run(effort)?;
    }
    if wanted("fingerprint") {
        fingerprint::run(effort, log)?;
    }
    if wanted("redact") {
        redact::run(effort)?;
    }
    if wanted("functions") {
        functions::run(effort)?;
    }
    Ok(ExitCode::SUCCESS)
}
