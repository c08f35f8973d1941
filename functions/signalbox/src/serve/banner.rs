//! What a start prints: where to go and what to try.

use super::{Address, tries};
use crate::cli::Serve;
use signalbox_domain::Catalogue;
use signalbox_simulator::console::{Looking, Try};
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::Path;

/// This many lines to try are printed; the console has more.
const LINES: usize = 5;

pub fn print(
    options: &Serve,
    data: &Path,
    catalogue: &Catalogue,
    listening: SocketAddr,
    address: Option<&Address>,
    targets: &[String],
) {
    outln!("Signalbox serves {} from {}", options.catalogue.display(), data.display());
    // Some targets are real, and what is done there cannot be undone: people must not have to guess which.
    for target in targets {
        outln!("  {target}");
    }
    match address {
        Some(address) => {
            outln!(
                "
  Open   {}/console?token={}
{}
Practice Slack: no accounts, this machine only. Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET for the real one.
Ctrl-C stops it; kill -9 loses nothing either.",
                address.url,
                address.token,
                to_try(catalogue, data)
            );
        }
        None => outln!("Listening on {listening} for Slack: /slack/commands and /slack/interactivity"),
    }
}

/// What somebody may ask for here, as the console offers it to them, without lines that fail when they are sent
/// twice.
fn to_try(catalogue: &Catalogue, data: &Path) -> String {
    let looking = Looking { user: "UADA", channel: "CRELEASES", typed: &[] };
    let tries = tries::offered(catalogue, &looking, &data.join("practice"));
    let asked = tries.iter().filter_map(|Try { line, .. }| {
        let name = line.split_whitespace().next()?.strip_prefix('/')?;
        let operation = catalogue.operations.values().find(|o| o.name.as_str() == name)?;
        Some((line, &operation.description))
    });
    let asked: Vec<_> = asked.take(LINES).collect();
    let mut out = String::new();
    for (n, (line, description)) in asked.iter().enumerate() {
        let _ = writeln!(out, "  {:<6} {line:<25} {description}", if n == 0 { "Try" } else { "" });
    }
    // This is a line other than the first one, because the first one may fail when it is sent twice.
    if let Some((line, _)) = asked.get(1).or(asked.first()) {
        let _ = writeln!(out, "  Or     signalbox say '{line}'   from another terminal");
    }
    out
}
