//! What the `command` target says.

use super::{Fill, Written, fill_all, named, plain};
use crate::digest::Feed;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// An argument vector on this machine; never a shell.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandTarget {
    /// A key of [`programs`](crate::Catalogue::programs).
    pub program: String,
    /// Its arguments. `{name}` stands for a parameter, `{run}` for the run id, `{requester}` for who asked, `{*}`
    /// for all parameters as one JSON object, `{{` and `}}` for braces. An argument that names a parameter nobody gave is left out whole.
    pub arguments: Vec<String>,
    /// Where it runs; relative to the data folder; `""` is the data folder itself.
    pub directory: String,
    /// Environment variables it gets beside `PATH`, `HOME`, `LANG`, `SIGNALBOX_RUN` and `SIGNALBOX_ATTEMPT`; the
    /// server's own environment is not handed on.
    pub environment: BTreeMap<String, String>,
    /// How long it may take, in seconds; then its process group is stopped. 1 to 86,400.
    pub timeout_seconds: u64,
}

impl CommandTarget {
    /// How long it may take.
    #[must_use]
    pub fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_seconds)
    }
}

impl CommandTarget {
    pub(super) fn fill(&mut self, fill: &Fill<'_>) {
        self.arguments = self.arguments.iter().filter_map(fill).collect();
        fill_all(&mut self.environment, fill);
    }

    pub(super) fn whereabouts(&self) -> String {
        format!("the program {} on the server", self.program)
    }

    pub(super) fn written(&self) -> Vec<Written> {
        let words = std::iter::once(&self.program).chain(&self.arguments).enumerate();
        let mut all: Vec<Written> =
            words.map(|(i, word)| (vec!["command".to_owned(), i.to_string()], word.clone())).collect();
        if !self.directory.is_empty() {
            all.push(plain("directory", &self.directory));
        }
        all.push(plain("timeout", crate::parameter::spelt(self.timeout())));
        all.extend(named("environment", &self.environment));
        all
    }

    pub(super) fn feed(&self, feed: &mut Feed, programs: &BTreeMap<String, String>) {
        let Self { program, arguments, directory, environment, timeout_seconds } = self;
        feed.text(program);
        feed.count(arguments.len());
        arguments.iter().for_each(|a| feed.text(a));
        feed.text(directory);
        feed.texts(environment);
        feed.size(*timeout_seconds);
        feed.maybe(programs.get(program), |feed, program| feed.text(program));
    }
}
