//! Everything that can be typed on the command line.

mod catalogue;
mod lists;
mod mistake;

pub use catalogue::{Check, CheckFormat, Compile, Docs, Explain, Manifest};
pub use lists::{Alerts, History, List};
pub use mistake::parse;

use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;

/// ChatOps for production: ask in Slack, it happens exactly once, and everyone sees the same truth.
#[derive(Debug, Parser)]
#[command(name = "signalbox", version, after_help = EXAMPLES)]
pub struct Cli {
    /// What to do; `serve` if nothing is said.
    #[command(subcommand)]
    pub command: Option<Command>,
}

const EXAMPLES: &str = "Examples:
  signalbox                                  serve the example catalogue, with a practice Slack in the browser
  signalbox say '/release web 1.4.2'         ask from a terminal
  signalbox audit verify                     check that nothing in the audit was touched
  signalbox dlq list                         what could not be handled and waits for a person";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve: HTTP, queue, dispatcher, notifier, caretaker in one process.
    Serve(Serve),
    /// Send a signed slash command to a running server and print what Slack would show.
    Say(Say),
    /// Check a catalogue and name every mistake in it.
    Check(Check),
    /// Check a catalogue and write its canonical artefact.
    Compile(Compile),
    /// Print the JSON Schema of a catalogue file, by which editors complete and check.
    #[command(after_help = "Examples:
  signalbox schema > catalogue.schema.json

In a file of the catalogue, the first line names it for editors that read YAML by a schema:
  # yaml-language-server: $schema=./catalogue.schema.json")]
    Schema,
    /// Show what became of an operation, and which line of the catalogue each part comes from.
    Explain(Explain),
    /// Write a Markdown page for each operation.
    Docs(Docs),
    /// Look at the audit, check it, take it elsewhere.
    Audit(Audit),
    /// The latest runs of a workspace.
    History(History),
    /// The alerts of a workspace that are open, or some of them.
    Alerts(Alerts),
    /// Commands that could not be handled: look at them, try them again, give them up.
    Dlq(Dlq),
    /// Say what is wrong with the server of a data folder, and what to do.
    Doctor(Doctor),
    /// Write the manifest of a Slack app for a server at an address.
    Manifest(Manifest),
    /// Group log lines by what they say.
    Fingerprint(Fingerprint),
    /// The process that watches one program. The server starts it; people never do.
    #[command(hide = true)]
    Shim(Shim),
}

impl Default for Command {
    fn default() -> Self {
        Self::Serve(Serve {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            catalogue: CATALOGUE.into(),
            data: DATA.into(),
            real: false,
        })
    }
}

const CATALOGUE: &str = "examples/catalogue";
const DATA: &str = "./data";

/// Options of `serve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox serve                                        practice: no accounts, everything in ./data
  signalbox serve --catalogue ../ops/catalogue --data /var/lib/signalbox
  SLACK_BOT_TOKEN=… SLACK_SIGNING_SECRET=… signalbox serve --listen 0.0.0.0:3000

With SLACK_BOT_TOKEN and SLACK_SIGNING_SECRET a real Slack app is served; point its request URLs to
/slack/commands and /slack/interactivity. Without them the console plays Slack's part, on loopback only, and every
target is played as well, whatever GITHUB_TOKEN and others say: --real drives the real ones.")]
pub struct Serve {
    /// Address and port; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    pub listen: SocketAddr,
    /// Folder of YAML that says what may be asked for.
    #[arg(long, env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// Folder for everything that is kept; one server at a time.
    #[arg(long, env = "SIGNALBOX_DATA", default_value = DATA, value_name = "FOLDER")]
    pub data: PathBuf,
    /// Drive the real GitHub, Jenkins and alert manager that the environment names, though Slack is played. With
    /// SLACK_BOT_TOKEN they are real without it.
    #[arg(long)]
    pub real: bool,
}

/// Options of `doctor`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox doctor
  signalbox doctor --data /var/lib/signalbox --json

Exit status: 0 nothing is wrong, 1 something is.")]
pub struct Doctor {
    /// The server's data folder.
    #[arg(long, env = "SIGNALBOX_DATA", default_value = DATA, value_name = "FOLDER")]
    pub data: PathBuf,
    /// For machines.
    #[arg(long)]
    pub json: bool,
}

/// Options of `say`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox say '/release web 1.4.2'                              as Ada in #releases of the practice Slack
  signalbox say '/rollout api steps=3' --user UGRACE --channel COPS
  signalbox say '/signalbox history' --json
  SLACK_SIGNING_SECRET=… signalbox say '/release web 1.4.2' --url https://signalbox.example.com \\
      --team T012AB --user U012CD --channel C012EF

Exit status, where the card is followed: 0 succeeded, 1 ended otherwise, 2 nothing was started (refused, not understood,
or no slash command).")]
pub struct Say {
    /// The slash command, as typed in Slack.
    #[arg(value_name = "COMMAND")]
    pub line: String,
    /// Who asks: a user id.
    #[arg(long, default_value = "UADA")]
    pub user: String,
    /// Where: a channel id.
    #[arg(long, default_value = "CRELEASES")]
    pub channel: String,
    /// The workspace, where the server is a real Slack app's.
    #[arg(long, default_value = "TPRACTICE")]
    pub team: String,
    /// A server elsewhere; needs SLACK_SIGNING_SECRET. Default: the practice server of --data.
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
    /// The running practice server's data folder.
    #[arg(long, env = "SIGNALBOX_DATA", default_value = DATA, value_name = "FOLDER")]
    pub data: PathBuf,
    /// Print the answer and leave; do not follow the card.
    #[arg(long)]
    pub no_follow: bool,
    /// For machines: one JSON object per line.
    #[arg(long)]
    pub json: bool,
}

/// Options of `audit`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox audit list
  signalbox audit show 8f3k2qx
  signalbox audit verify && echo untouched
  signalbox audit export --json > audit.jsonl
  signalbox audit verify --events-table signalbox-events --state-table signalbox-state     on AWS")]
pub struct Audit {
    /// What to do.
    #[command(subcommand)]
    pub action: AuditAction,
    /// Where the audit is.
    #[command(flatten)]
    pub records: Records,
    /// For machines.
    #[arg(long, global = true)]
    pub json: bool,
}

/// Where runs are kept: in a data folder, or, where both tables are named, on AWS.
#[derive(Debug, Args)]
pub struct Records {
    /// The data folder; a server may be running in it.
    #[arg(long, env = "SIGNALBOX_DATA", default_value = DATA, value_name = "FOLDER", global = true)]
    pub data: PathBuf,
    /// On AWS: the table of events. Credentials and region are the AWS SDK's (AWS_PROFILE, AWS_REGION, …).
    #[arg(long, env = "SIGNALBOX_EVENTS_TABLE", value_name = "NAME", global = true)]
    pub events_table: Option<String>,
    /// On AWS: the table of state.
    #[arg(long, env = "SIGNALBOX_STATE_TABLE", value_name = "NAME", global = true)]
    pub state_table: Option<String>,
    /// Where the copies of the seals are, for `audit verify`: s3://BUCKET/seals, or a folder. For a data folder the
    /// default is the folder `seals` in it.
    #[arg(long, env = "SIGNALBOX_SEAL_COPIES", value_name = "PLACE", global = true)]
    pub seal_copies: Option<String>,
    /// On AWS: the intents queue, for `dlq redrive` and `dlq drop`.
    #[arg(long, env = "SIGNALBOX_INTENTS_QUEUE_URL", value_name = "URL", global = true)]
    pub intents_queue_url: Option<String>,
}

impl Records {
    /// Where the copies of the seals are, if that is known. In a deployment without a bucket it is not.
    pub fn seal_copies(&self) -> Option<&str> {
        self.seal_copies.as_deref().filter(|place| !place.is_empty())
    }
}

/// Options of `dlq`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox dlq list
  signalbox dlq show a1d1880588
  signalbox dlq redrive a1d1880588      or --all
  signalbox dlq drop a1d1880588")]
pub struct Dlq {
    /// What to do.
    #[command(subcommand)]
    pub action: DlqAction,
    /// Where the letters are.
    #[command(flatten)]
    pub records: Records,
    /// For machines.
    #[arg(long, global = true)]
    pub json: bool,
}

/// What to do with dead letters.
#[derive(Debug, Subcommand)]
pub enum DlqAction {
    /// All of them, longest kept first.
    List,
    /// One of them, as it was queued.
    Show {
        /// Its id, or the beginning of it.
        letter: String,
    },
    /// Put it back on the queue as it was; the rules are asked again, as they are now.
    Redrive(Which),
    /// Give it up for good. Where it was a request, its run ends as cancelled.
    Drop(Which),
}

/// Which dead letters.
#[derive(Debug, Args)]
pub struct Which {
    /// Its id, or the beginning of it.
    #[arg(required_unless_present = "all")]
    pub letter: Option<String>,
    /// All of them.
    #[arg(long, conflicts_with = "letter")]
    pub all: bool,
}

/// Options of `fingerprint`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox fingerprint /var/log/web/*.log
  kubectl logs deploy/web | signalbox fingerprint --top 20
  signalbox fingerprint web.log --mask 'tenant <*>' --ignore 'health check <*>'      with rules of your own
  signalbox fingerprint web.log --rules ../ops/catalogue --watch web --compare       what a watch's rules change
  signalbox fingerprint web.log --families --explain                                 names as one; where levels are from
  signalbox fingerprint web.log --suggest                                            rules that merge them for good
  signalbox fingerprint web.log --each > lines.csv")]
pub struct Fingerprint {
    /// Logs; standard input if none is given.
    #[arg(value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// How patterns are shown.
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub format: Format,
    /// Show the most frequent patterns only; 0 shows all.
    #[arg(long, default_value_t = 50, value_name = "N")]
    pub top: usize,
    /// Instead, print one `line_id,fingerprint` for each line of the input.
    #[arg(long, conflicts_with_all = ["format", "top"])]
    pub each: bool,
    /// Show patterns that differ only in names at one or two places as one; with --each as `line_id,family`.
    #[arg(long, conflicts_with = "compare")]
    pub families: bool,
    /// Print the rules that would make each family one pattern for good, and what they would merge.
    #[arg(long, conflicts_with_all = ["each", "compare", "families"])]
    pub suggest: bool,
    /// Say for each pattern what its level was read from.
    #[arg(long, conflicts_with_all = ["each", "compare", "suggest"])]
    pub explain: bool,
    /// Show what the rules change against the built-in ones alone: what they leave out, merge, split and rename.
    #[arg(long, conflicts_with = "each")]
    pub compare: bool,
    /// Catalogue whose watch has rules; the options below add to them.
    #[arg(long, value_name = "FOLDER")]
    pub rules: Option<PathBuf>,
    /// Which watch, where the catalogue has several.
    #[arg(long, value_name = "NAME", requires = "rules")]
    pub watch: Option<String>,
    /// What stands at <*> is a variable: 'tenant <*>'. May be repeated, like the next three.
    #[arg(long, value_name = "PATTERN")]
    pub mask: Vec<String>,
    /// What stands at <*> is kept: 'status: <*>'.
    #[arg(long, value_name = "PATTERN")]
    pub split: Vec<String>,
    /// All patterns of this form become one: 'cache <*> evicted'.
    #[arg(long, value_name = "PATTERN")]
    pub merge: Vec<String>,
    /// Lines of this form are left out.
    #[arg(long, value_name = "PATTERN")]
    pub ignore: Vec<String>,
}

/// How patterns are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// For people.
    Table,
    /// One JSON object a line.
    Json,
    /// With a line of headings.
    Csv,
}

/// What to do with the audit.
#[derive(Debug, Subcommand)]
pub enum AuditAction {
    /// All runs, oldest first.
    List,
    /// One run's events.
    Show {
        /// Its short id, or the whole one.
        run: String,
    },
    /// Check the chain of every run and every seal; names the first break.
    Verify,
    /// Every event as it was stored, one JSON object per line, with its hash.
    Export,
    /// Fold heads again from their events, and name those that are gone, unreadable or wrong. Events are never changed.
    #[command(after_help = "Examples:
  signalbox audit rebuild                 says which heads are wrong, and changes nothing
  signalbox audit rebuild 8f3k2ab         of one record, by its short id or the whole one
  signalbox audit rebuild --write         makes them anew; a server may be running

What a head says is what its record's events fold to. A head is left as it is where its events are broken, or where a
newer version wrote one of them.")]
    Rebuild {
        /// Only the head of this record: its short id, or the whole one.
        record: Option<String>,
        /// Make them anew.
        #[arg(long)]
        write: bool,
    },
}

/// Options of the shim.
#[derive(Debug, Args)]
pub struct Shim {
    /// The attempt's folder.
    pub folder: PathBuf,
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_command_line_is_sound() {
        Cli::command().debug_assert();
    }
}
