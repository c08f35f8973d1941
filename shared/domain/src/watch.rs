//! What the catalogue says about logs to be watched, after it was checked.

use crate::grant::Grant;
use crate::ids::{ChannelId, Name, OperationName, UserId};
use crate::people::Place;
use crate::silence::SilenceRule;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// Logs that are read together, and one channel that is told what went wrong in them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Watch {
    /// What people call it.
    pub name: Name,
    /// Where its bulletins and cards go.
    pub place: Place,
    /// Where lines come from, by a name that people read.
    pub sources: BTreeMap<Name, Source>,
    /// Alerts of these receivers join in: `receiver` of Alertmanager's and Grafana's webhooks.
    pub receivers: Vec<String>,
    /// The length of a window in seconds: 60 to 86,400, a divisor of a day. Windows begin with the day in UTC.
    pub every_seconds: u64,
    /// How long after a window's end it is read, in seconds: lines arrive late. 0 to 3,600.
    pub delay_seconds: u64,
    /// Lines below it do not count.
    pub least: Severity,
    /// Which lines count of those whose level cannot be told.
    #[serde(default, skip_serializing_if = "Unlevelled::is_default")]
    pub without_level: Unlevelled,
    /// Most lines that are read of one source and window; what is beyond is said. 1,000 to 10,000,000.
    pub most_lines: u64,
    /// When a pattern is said to spike.
    pub spike: Spike,
    /// After so many days without a line a pattern is taken to be over, and is back when it shows again. 1 to 90.
    pub quiet_days: u32,
    /// Most cards of single patterns in one window; the rest is in the bulletin. 0 to 20.
    pub most_cards: u32,
    /// Whether a bulletin is posted when there is nothing to say.
    pub heartbeat: Heartbeat,
    /// What is acknowledged and still loud after so many hours is said again. 1 to 720.
    pub remind_hours: u32,
    /// Who else is told of an alert that nobody acknowledges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<Escalate>,
    /// Fields whose values are never stored or shown, such as `email`, in JSON and `key=value` lines.
    pub redact: Vec<String>,
    /// What the team adds to the built-in rules of fingerprints.
    pub rules: Vec<Rule>,
    /// Operations that change what runs: their runs are named where a pattern follows one. Empty: all operations.
    pub deploys: Vec<OperationName>,
    /// Where people look further.
    pub links: Links,
    /// What is not told for some time, of this watch or of all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silences: Vec<SilenceRule>,
    /// Who may acknowledge, snooze, resolve, mute, assign. Empty: nobody.
    pub allow: Vec<Grant>,
}

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Files on this machine; one machine only.
    Files {
        /// Paths; `*` in the file's name stands for any run of characters. Relative to the data folder.
        paths: Vec<String>,
    },
    /// A Loki, at `LOKI_URL`.
    Loki {
        /// A LogQL query of lines, such as `{app="web"} |~ "(?i)error"`.
        query: String,
    },
    /// Log groups of CloudWatch Logs, of the account and region that Signalbox runs in.
    #[serde(rename = "cloudwatch")]
    CloudWatch {
        /// Their names.
        groups: Vec<String>,
        /// The service's own filter pattern, as a first sieve: `?ERROR ?Exception`. Not for `insights`.
        filter: Option<String>,
        /// Whether to ask by Insights queries, which groups of the class Infrequent Access need, and which cost per GB.
        insights: bool,
    },
}

/// How bad a line says it is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Everything, lines without a level too.
    Any,
    /// Warnings.
    Warning,
    /// Errors.
    Error,
    /// What ends a process.
    Fatal,
}

/// Which lines count of those whose level cannot be told. How many there were is said in any case.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlevelled {
    /// Those that speak of an error, a panic, a failure; all of them where everything counts.
    #[default]
    Failures,
    /// All of them, as if they were errors.
    All,
    /// None.
    None,
}

impl Unlevelled {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A window spikes when it has at least so many lines, and so many times what is usual.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spike {
    /// Times what is usual: 2 to 1,000.
    pub times: u32,
    /// Lines at least: 1 to 1,000,000.
    pub at_least: u64,
}

/// Whether a bulletin is posted when there is nothing to say. A source that failed is always something to say.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Heartbeat {
    /// No.
    Never,
    /// With the first window of each day in UTC.
    Daily,
    /// With every window.
    Always,
}

/// Whom an alert that nobody acknowledges is told, and after how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalate {
    /// So long it is open before: 60 to 86,400.
    pub after_seconds: u64,
    /// Another channel that is told; `None`: it is told in the alert's thread.
    pub channel: Option<ChannelId>,
    /// Who is mentioned there. At least one of the two is given.
    pub mention: Vec<Mention>,
}

/// Somebody whom a chat calls when they are mentioned.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mention {
    /// A person.
    Person(UserId),
    /// A group of people, such as those who are on call.
    Group(String),
}

/// What a team adds to the built-in rules of fingerprints. Patterns are `signalbox_fingerprint`'s.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// What it matches is a variable.
    Mask(String),
    /// What it matches is a word of the template.
    Split(String),
    /// Templates that it matches are one pattern.
    Merge(String),
    /// Lines whose template it matches do not count.
    Ignore(String),
}

/// Where people look further.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Links {
    /// Grafana's address, such as `https://grafana.example.com`.
    pub grafana: Option<String>,
    /// The uid of Loki among its data sources.
    pub datasource: Option<String>,
}

impl Escalate {
    /// So long an alert is open before.
    #[must_use]
    pub fn after(&self) -> Duration {
        Duration::from_secs(self.after_seconds)
    }
}

impl Watch {
    /// The silence that holds for a pattern or an alert; of several the one that holds longest.
    #[must_use]
    pub fn silence(&self, title: &str, labels: &[(String, String)], at: Timestamp) -> Option<&SilenceRule> {
        let holds = |rule: &&SilenceRule| rule.holds(at) && rule.is_about(title, labels);
        self.silences.iter().filter(holds).max_by_key(|rule| rule.until)
    }

    /// The length of a window.
    #[must_use]
    pub fn every(&self) -> Duration {
        Duration::from_secs(self.every_seconds)
    }

    /// How long after a window's end it is read.
    #[must_use]
    pub fn delay(&self) -> Duration {
        Duration::from_secs(self.delay_seconds)
    }
}
