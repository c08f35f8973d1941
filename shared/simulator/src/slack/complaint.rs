//! Answers of the app that Slack would not take.
//!
//! Slack tells the person that something went wrong, and the app hears nothing. Here the reason is kept, so that a test
//! can say what was wrong.

use super::Slack;

/// An answer that Slack would not take.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// When it came, by the workspace's clock, in milliseconds since 1970.
    pub at_ms: i64,
    /// The type of the payload that the app answered: `view_submission`, `block_suggestion`, …
    pub about: &'static str,
    /// What is wrong with the answer.
    pub why: String,
}

impl Slack {
    /// Every answer so far that Slack would not take, in order. A test that expects a good app finds none.
    pub fn complaints(&self) -> Vec<Complaint> {
        self.state().complaints.clone()
    }

    pub(super) fn complain(&self, about: &'static str, why: String) {
        let at_ms = self.now_ms();
        self.state().complaints.push(Complaint { at_ms, about, why });
    }
}
