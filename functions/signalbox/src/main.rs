//! `signalbox`: everything in one process on SQLite, and the command line. Wiring only.

/// Prints one or more lines to standard output: everything except tables and machine-readable answers. The text
/// cannot move the cursor.
macro_rules! outln {
    ($($what:tt)*) => { $crate::paint::out(&format!($($what)*)) };
}

/// As `outln!`, to standard error.
macro_rules! errln {
    ($($what:tt)*) => { $crate::paint::err(&format!($($what)*)) };
}

mod audit;
mod catalogue;
mod cli;
mod clock;
mod dlq;
mod doctor;
mod environment;
mod fingerprint;
mod handover;
mod lists;
mod manifest;
mod paint;
mod records;
mod say;
mod serve;
mod targets;

use cli::Command;
use std::collections::BTreeMap;
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = cli::parse();
    let command = cli.command.unwrap_or_default();
    // Before anything else runs: it may start this program again.
    let handed = match &command {
        Command::Serve(_) => handover::secrets(),
        Command::Say(_)
        | Command::Check(_)
        | Command::Compile(_)
        | Command::Schema
        | Command::Explain(_)
        | Command::Docs(_)
        | Command::Audit(_)
        | Command::History(_)
        | Command::Alerts(_)
        | Command::Dlq(_)
        | Command::Doctor(_)
        | Command::Manifest(_)
        | Command::Fingerprint(_)
        | Command::Shim(_) => BTreeMap::new(),
    };
    let environment = environment::read(&handed);
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let done = match command {
        Command::Serve(options) => runtime.block_on(serve::run(&options, &environment)),
        Command::Say(options) => runtime.block_on(say::run(&options, &environment)),
        Command::Check(options) => runtime.block_on(catalogue::check(&options, &environment)),
        Command::Compile(options) => catalogue::compile(&options),
        Command::Schema => catalogue::schema(),
        Command::Explain(options) => catalogue::explain(&options),
        Command::Docs(options) => catalogue::docs(&options),
        Command::Audit(options) => runtime.block_on(audit::run(&options)),
        Command::History(options) => runtime.block_on(lists::history(&options)),
        Command::Alerts(options) => runtime.block_on(lists::alerts(&options)),
        Command::Dlq(options) => runtime.block_on(dlq::run(&options)),
        Command::Doctor(options) => doctor::run(&options),
        Command::Manifest(options) => manifest::run(&options),
        Command::Fingerprint(options) => fingerprint::run(&options),
        Command::Shim(options) => signalbox_local_command::run_shim(&options.folder, clock::now)
            .map(|()| ExitCode::SUCCESS)
            .map_err(Into::into),
    };
    done.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    paint::error(&format!("{error:#}"));
    ExitCode::FAILURE
}
