//! Options of the commands that print lists of records.

use super::{CATALOGUE, Records};
use clap::Args;
use std::path::PathBuf;

/// Options of `history`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox history
  signalbox history --operation deploy --state failed --since 7d
  signalbox history --person T012AB/U012CD --since 2026-11-01 --csv > november.csv
  signalbox history --team T012AB --limit 100 --json")]
pub struct History {
    /// Only runs of this operation.
    #[arg(long, value_name = "NAME")]
    pub operation: Option<String>,
    /// Which of them.
    #[command(flatten)]
    pub list: List,
}

/// Options of `alerts`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox alerts
  signalbox alerts --watch shop --state acknowledged
  signalbox alerts --person T012AB/U012CD --since 7d --csv > alerts.csv
  signalbox alerts --state resolved --limit 100 --json
  signalbox alerts --silences --catalogue ops/catalogue")]
pub struct Alerts {
    /// Only alerts of this watch.
    #[arg(long, value_name = "NAME")]
    pub watch: Option<String>,
    /// Show the silences of the catalogue that are in force now or will be, instead of alerts.
    #[arg(long)]
    pub silences: bool,
    /// The folder of the catalogue, for `--silences`.
    #[arg(long, env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// Which of them. Without a state: all but those that are resolved or over.
    #[command(flatten)]
    pub list: List,
}

/// Which lines of a list, and how they are printed.
#[derive(Debug, Args)]
pub struct List {
    /// The workspace.
    #[arg(long, default_value = "TPRACTICE")]
    pub team: String,
    /// How many, latest first.
    #[arg(long, default_value_t = 20, value_name = "N")]
    pub limit: usize,
    /// Only this person's: what they asked for, or look after. An id, or WORKSPACE/ID.
    #[arg(long, value_name = "ID")]
    pub person: Option<String>,
    /// Only those in this state. Runs: running, succeeded, failed, unknown, …; alerts: open, acknowledged, snoozed, muted, resolved.
    #[arg(long, value_name = "STATE")]
    pub state: Option<String>,
    /// Only what was asked for, or first seen, since: 90m, 12h, 7d, a date, or a moment such as 2026-11-01T08:00:00Z.
    #[arg(long, value_name = "WHEN")]
    pub since: Option<String>,
    /// With a line of headings, for spreadsheets.
    #[arg(long, conflicts_with = "json")]
    pub csv: bool,
    /// Where the records are.
    #[command(flatten)]
    pub records: Records,
    /// For machines: one JSON object per line.
    #[arg(long)]
    pub json: bool,
}
