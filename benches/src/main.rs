//! Benchmarks: `cargo run --release -p signalbox-benches [-- door dispatch queries functions] [--quick]`.
//!
//! Every figure stands beside what it is compared to, as a ratio: the machine cancels out of a ratio, mostly. Tables
//! go to standard output, progress to standard error.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a benchmark is what it prints")]
#![expect(clippy::unwrap_used, reason = "a failed assumption of a benchmark shall stop it")]

mod clock;
mod dispatch;
mod door;
mod functions;
mod queries;
mod samples;
mod table;

use anyhow::bail;
use std::path::Path;
use std::process::ExitCode;

/// How much is measured.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Effort {
    /// The figures of the documentation.
    Full,
    /// A smoke run: every path once, figures of no worth.
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

const SECTIONS: [&str; 4] = ["door", "dispatch", "queries", "functions"];

fn main() -> anyhow::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // The local-command backend starts this program as its shim.
    if let [word, folder] = arguments.as_slice()
        && word == "shim"
    {
        signalbox_local_command::run_shim(Path::new(folder), clock::now)?;
        return Ok(ExitCode::SUCCESS);
    }
    // The section `functions` starts it as a function that does nearly nothing.
    if let [word, runtime_api, sqs] = arguments.as_slice()
        && word == "floor"
    {
        functions::floor::run(runtime_api, sqs)?;
        return Ok(ExitCode::SUCCESS);
    }
    let (flags, names): (Vec<&String>, Vec<&String>) = arguments.iter().partition(|a| a.starts_with("--"));
    if let Some(unknown) = flags.iter().find(|f| **f != "--quick") {
        bail!("there is no option {unknown}\n  help: the only one is --quick");
    }
    if let Some(unknown) = names.iter().find(|n| !SECTIONS.contains(&n.as_str())) {
        bail!("there is no section {unknown}\n  help: there are {}", SECTIONS.join(", "));
    }
    let effort = if flags.is_empty() { Effort::Full } else { Effort::Quick };
    let wanted = |name: &str| names.is_empty() || names.iter().any(|n| *n == name);

    let cores = std::thread::available_parallelism()?;
    println!("$ cargo run --release -p signalbox-benches -- {}", arguments.join(" "));
    println!("{} {}, {cores} cores", std::env::consts::OS, std::env::consts::ARCH);
    if cfg!(debug_assertions) {
        println!("NOT A RELEASE BUILD: the figures say nothing");
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
    if wanted("functions") {
        functions::run(effort)?;
    }
    Ok(ExitCode::SUCCESS)
}
