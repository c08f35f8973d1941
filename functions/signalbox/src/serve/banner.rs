//! What a start prints: where to go and what to try.

use super::Address;
use crate::cli::Serve;
use std::net::SocketAddr;
use std::path::Path;

pub fn print(
    options: &Serve,
    data: &Path,
    listening: SocketAddr,
    address: Option<&Address>,
    targets: &[String],
) {
    outln!("Signalbox serves {} from {}", options.catalogue.display(), data.display());
    // What is asked for here may be done for good: which of it, nobody should have to guess.
    for target in targets {
        outln!("  {target}");
    }
    match address {
        Some(address) => outln!(
            "
  Open   {}/console?token={}
  Try    /release web 1.0.0        cut a tag in {}
         /deploy web 2.0.0         dispatch a workflow on GitHub
         /promote web prod         build a job on Jenkins
         /nightly                  see a failure, and run it again from its card
         /smoke-test web           write an error into a log that is watched; #ops is told a minute later
  Or     signalbox say '/release web 1.0.1'   from another terminal

Practice Slack: no accounts, this machine only. Set SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET for the real one.
Ctrl-C stops it; kill -9 loses nothing either.",
            address.url,
            address.token,
            data.join("practice").display()
        ),
        None => outln!("Listening on {listening} for Slack: /slack/commands and /slack/interactivity"),
    }
}
