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
    /// Lines below this level do not count.
    pub least: Severity,
    /// Which of the lines count whose level cannot be told.
    #[serde(default, skip_serializing_if = "Unlevelled::is_default")]
    pub without_level: Unlevelled,
    /// At most this many lines are read of one source and window; the bulletin says if there were more. 1,000 to
    /// 10,000,000.
    pub most_lines: u64,
    /// When a pattern is said to spike.
    pub spike: Spike,
    /// After this many days without a line a pattern counts as over; when it shows again it is back. 1 to 90.
    pub quiet_days: u32,
    /// At most this many cards of single patterns in one window; the rest is in the bulletin. 0 to 20.
    pub most_cards: u32,
    /// Whether a bulletin is posted when there is nothing to say.
    pub heartbeat: Heartbeat,
    /// After this many hours an alert that is acknowledged and still loud is said again. 1 to 720.
    pub remind_hours: u32,
    /// Who else is told of an alert that nobody acknowledges.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalate: Option<Escalate>,
    /// Fields whose values are never stored or shown, such as `email`, in JSON and `key=value` lines.
    pub redact: Vec<String>,
    /// What the team adds to the built-in rules of fingerprints.
    pub rules: Vec<Rule>,
    /// Operations that change what runs: if a pattern follows one of their runs, the run is named. Empty: all
    /// operations.
    pub deploys: Vec<OperationName>,
    /// Where people look further.
    pub links: Links,
    /// What is not told for some time, in this watch or in all of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub silences: Vec<SilenceRule>,
    /// Who may acknowledge, snooze, resolve, mute, assign. Empty: nobody.
    pub allow: Vec<Grant>,
}

/// Where lines come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    /// Files on this machine; only where Signalbox runs on one machine.
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
        /// The service's own filter pattern, to read fewer lines: `?ERROR ?Exception`. Not for `insights`.
        filter: Option<String>,
        /// Whether to read by Insights queries: groups of the class Infrequent Access need them, and they cost per
        /// GB.
        insights: bool,
    },
}

/// How bad a line says it is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Everything, even lines without a level.
    Any,
    /// Warnings.
    Warning,
    /// Errors.
    Error,
    /// What ends a process.
    Fatal,
}

/// Which lines count whose level cannot be told. How many there were is always said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unlevelled {
    /// Lines that speak of an error, a panic, a failure; all of them where everything counts.
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

/// A window spikes if it has at least this many lines, and this many times the usual number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spike {
    /// How many times the usual number: 2 to 1,000.
    pub times: u32,
    /// At least how many lines: 1 to 1,000,000.
    pub at_least: u64,
}

/// Whether a bulletin is posted when there is nothing to say. A failed source is always told.
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

/// Who is told of an alert that nobody acknowledges, and after how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Escalate {
    /// How long it must be open first: 60 to 86,400.
    pub after_seconds: u64,
    /// Another channel that is told; `None` if it is told in the alert's thread.
    pub channel: Option<ChannelId>,
    /// Who is mentioned there. At least one of `channel` and `mention` is given.
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
    /// Text that it matches is a variable.
    Mask(String),
    /// Text that it matches is a word of the template.
    Split(String),
    /// All templates that it matches are one pattern.
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
    /// How long an alert must be open first.
    #[must_use]
    pub fn after(&self) -> Duration {
        Duration::from_secs(self.after_seconds)
    }
}

impl Watch {
    /// The silence that holds for a pattern or an alert; if several do, the one that holds longest.
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
