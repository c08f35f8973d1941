//! Options of the commands that are about a catalogue.

use super::CATALOGUE;
use clap::Args;
use std::path::PathBuf;

/// Options of `check`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox check
  signalbox check ../ops/catalogue --format json
  signalbox check catalogue --format github                      annotations on a pull request
  signalbox check catalogue --format sarif > catalogue.sarif     for code scanning
  signalbox check ../ops/catalogue --accept                      write into its tests what is now the case
  GITHUB_TOKEN=… signalbox check ../ops/catalogue --targets      read the real workflow files and jobs as well")]
pub struct Check {
    /// The catalogue's folder.
    #[arg(env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// How mistakes are shown.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub format: Option<CheckFormat>,
    /// The same as `--format json`.
    #[arg(long, conflicts_with = "format")]
    pub json: bool,
    /// Write into the catalogue's tests what is now the case, where they expect something else or nothing.
    #[arg(long, conflicts_with_all = ["json", "format", "targets"])]
    pub accept: bool,
    /// Read the workflow files and jobs that the catalogue names, and say whether they take what they are sent (inputs,
    /// types, options, defaults) and show the run's id. Without GITHUB_… and JENKINS_… it reads the practice ones.
    #[arg(long)]
    pub targets: bool,
}

/// How mistakes are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum CheckFormat {
    /// For people, each with the line it is in.
    Text,
    /// An array with an object for each mistake; `[]` if there is none.
    Json,
    /// Commands of GitHub Actions, which become annotations.
    Github,
    /// SARIF 2.1.0.
    Sarif,
}

impl Check {
    /// How mistakes are shown.
    pub fn shown(&self) -> CheckFormat {
        let usual = if self.json { CheckFormat::Json } else { CheckFormat::Text };
        self.format.unwrap_or(usual)
    }
}

/// Options of `compile`.
#[derive(Debug, Args)]
#[command(after_help = "Example:
  signalbox compile ../ops/catalogue --out catalogue.json")]
pub struct Compile {
    /// The catalogue's folder.
    #[arg(env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// Where to write it; standard output if not given.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// Options of `manifest`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox manifest --url https://signalbox.example.com > manifest.yaml
  signalbox manifest --url https://abc123.execute-api.eu-central-1.amazonaws.com --catalogue ../ops/catalogue
  signalbox manifest --url https://signalbox.example.com --catalogue ../ops/catalogue --json > manifest.json

Slack takes it under Create New App → From a manifest.")]
pub struct Manifest {
    /// Where the server is, as Slack reaches it; HTTPS.
    #[arg(long, value_name = "URL")]
    pub url: String,
    /// Add a slash command of its own for each operation of this catalogue, and the shortcuts of operations.
    #[arg(long, value_name = "FOLDER")]
    pub catalogue: Option<PathBuf>,
    /// As JSON instead of YAML.
    #[arg(long)]
    pub json: bool,
}

/// Options of `explain`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox explain deploy
  signalbox explain deploy --catalogue ../ops/catalogue --json")]
pub struct Explain {
    /// The operation's name, or another word for it.
    #[arg(value_name = "OPERATION")]
    pub operation: String,
    /// The catalogue's folder.
    #[arg(long, env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// For machines: one object, with parts in it.
    #[arg(long)]
    pub json: bool,
}

/// Options of `docs`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  signalbox docs --catalogue ../ops/catalogue --out pages
  signalbox docs | less")]
pub struct Docs {
    /// The catalogue's folder.
    #[arg(long, env = "SIGNALBOX_CATALOGUE", default_value = CATALOGUE, value_name = "FOLDER")]
    pub catalogue: PathBuf,
    /// Where to write the pages: `index.md`, and `operations/NAME.md` for each operation. Pages of operations that are
    /// gone are not taken away. Without it, all pages are printed one after the other.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}
