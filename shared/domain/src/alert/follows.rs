//! What an alert owes to others: the run that went before it is told of it.
//!
//! Only the latest such run is told, and only once. If the alert comes back after another run, that one is told too.
//! No text of the log goes there, because a run's channel may be open to other people than the watch's.

use super::finding::{Deployed, Ended};
use super::head::AlertHead;
use crate::ids::RecordId;
use crate::plan::Sending;
use crate::run::RunCommand;
use crate::time::Timestamp;
use std::time::Duration;

/// A run that ended longer ago is not told any more: people would take it for news.
const HEARD_WITHIN: Duration = Duration::from_secs(86_400);
/// How many records are remembered. An alert follows another run only when it comes back.
const MOST_SENT: usize = 8;

impl AlertHead {
    /// What it owes to other records now: what is not on record as sent.
    #[must_use]
    pub fn sends(&self, now: Timestamp) -> Vec<Sending> {
        let finding = &self.finding;
        // Under a silence nobody is to be told.
        let told = !self.hushed && finding.silenced.is_none();
        let latest =
            finding.after.iter().filter(|run| run.ended != Some(Ended::Refused)).max_by_key(|run| run.at);
        let due = latest.filter(|run| {
            told && now.since(run.at) < HEARD_WITHIN && !self.sent_to.iter().any(|to| *to == *run.run)
        });
        due.map(|run| self.word_to(run)).into_iter().collect()
    }

    fn word_to(&self, run: &Deployed) -> Sending {
        let tally = self.finding.tally;
        let first_line = run.first_line.unwrap_or(tally.first_seen.max(tally.from));
        let command = RunCommand::Followed {
            alert: self.id.clone(),
            watch: self.finding.watch.clone(),
            class: self.finding.class,
            after_seconds: first_line.since(run.at).as_secs(),
        };
        Sending { to: run.run.clone(), command }
    }

    pub(super) fn sent(&mut self, to: &RecordId) {
        self.sent_to.retain(|before| before != to);
        self.sent_to.push(to.clone());
        let forgotten = self.sent_to.len().saturating_sub(MOST_SENT);
        self.sent_to.drain(..forgotten);
    }
}
