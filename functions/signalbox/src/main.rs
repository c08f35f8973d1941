//! `signalbox`: everything in one process on SQLite, and the command line. Wiring only.
#![expect(clippy::print_stderr, reason = "the command line is what prints")]

/// `println!`, but for a reader that went away (`… | head`), which is no reason to stop, least of all for a server.
macro_rules! outln {
    ($($what:tt)*) => {{
        use std::io::Write as _;
        writeln!(std::io::stdout(), $($what)*).ok();
    }};
}

mod audit;
mod catalogue;
mod cli;
mod clock;
mod dlq;
mod environment;
mod fingerprint;
mod history;
mod manifest;
mod paint;
mod records;
mod say;
mod serve;
mod targets;

use clap::Parser;
use cli::{Cli, Command};
use std::process::ExitCode;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let environment = environment::read();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return failed(&error.into()),
    };
    let done = match cli.command.unwrap_or_default() {
        Command::Serve(options) => runtime.block_on(serve::run(&options, &environment)),
        Command::Say(options) => runtime.block_on(say::run(&options, &environment)),
        Command::Check(options) => runtime.block_on(catalogue::check(&options, &environment)),
        Command::Compile(options) => catalogue::compile(&options),
        Command::Audit(options) => runtime.block_on(audit::run(&options)),
        Command::History(options) => runtime.block_on(history::run(&options)),
        Command::Dlq(options) => runtime.block_on(dlq::run(&options)),
        Command::Manifest(options) => manifest::run(&options),
        Command::Fingerprint(options) => fingerprint::run(&options),
        Command::Shim(options) => signalbox_local_command::run_shim(&options.folder, clock::now)
            .map(|()| ExitCode::SUCCESS)
            .map_err(Into::into),
    };
    done.unwrap_or_else(|error| failed(&error))
}

fn failed(error: &anyhow::Error) -> ExitCode {
    eprintln!("{}: {error:#}", paint::strong("error"));
    ExitCode::FAILURE
}
