//! What a backend says of a run now: a hint until the dispatcher has checked and folded it.

use crate::ids::RunId;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// Longest excerpt of outside text that is kept on a run, in characters.
pub const LONGEST_EXCERPT: usize = 1500;
/// Most steps that are kept of a run; later ones are counted only.
pub const MOST_STEPS: usize = 50;
/// Longest step title, in characters.
pub const LONGEST_STEP: usize = 120;

/// A run as its backend sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Observation {
    /// Where it stands.
    pub progress: Progress,
    /// Titles of the steps it has begun, from the first; redacted. A title that was told stays; if several steps run
    /// at once, later titles may come between.
    pub steps: Vec<String>,
    /// Where the latest step stands among the steps of its job, which the backend knows beforehand. It may not know
    /// how many steps a run has in all.
    pub in_job: Option<InJob>,
    /// A page about it, if it has one: `https://…` or `http://…`.
    pub link: Option<String>,
    /// The backend's new name for it, if that changed: a place in a queue became a build.
    pub reference: Option<String>,
    /// What it waits for before it can begin or go on, in the backend's words.
    pub waits: Option<String>,
    /// The backend asks not to be looked at again sooner.
    pub rest: Option<Duration>,
    /// Its steps, if it is a batch.
    pub parts: Vec<Part>,
}

impl Observation {
    /// An observation with nothing but where the run stands.
    #[must_use]
    pub fn of(progress: Progress) -> Self {
        Self {
            progress,
            steps: vec![],
            in_job: None,
            link: None,
            reference: None,
            waits: None,
            rest: None,
            parts: vec![],
        }
    }
}

/// A step of a batch, as the batch saw it last.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// The line that asks for it.
    pub line: String,
    /// The run that it is; `None` where it has not begun.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<RunId>,
    pub stands: Stands,
}

/// How a step stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stands {
    /// It has not begun.
    Waits,
    /// It is under way.
    Busy,
    /// It ended well.
    Good,
    /// It did not end well.
    Bad,
    /// Nobody knows how it ended, until a person says so.
    Unknown,
    /// It will not begin.
    LeftOut,
}

/// Step 2 of 5: a step among those of its job.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct InJob {
    /// Which it is, from 1.
    pub step: u32,
    /// How many the job has.
    pub of: u32,
}

/// Where a run stands at its backend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Progress {
    /// Still at it.
    Running,
    /// At its end.
    Ended(Outcome),
    /// The backend knows that it began and cannot know how it ended. Believed only after every look in
    /// [`crate::run::Timing::lost_after`] said so, because a missing run may come back.
    Lost {
        /// Why not.
        why: String,
    },
}

/// How a run ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// In one word.
    pub conclusion: Conclusion,
    /// In a sentence, for people: `exit status 3`. Empty if there is nothing to say.
    pub summary: String,
    /// The end of its output, redacted, at most [`LONGEST_EXCERPT`] characters.
    pub excerpt: String,
}

/// How a run ended, in one word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Conclusion {
    /// As asked.
    Succeeded,
    /// Not as asked.
    Failed,
    /// Stopped by a person.
    Cancelled,
    /// Stopped because it took too long.
    TimedOut,
}

/// What a person says became of a run whose end nobody knew.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Settlement {
    /// It ran, as asked.
    Succeeded,
    /// It ran, and not as asked.
    Failed,
    /// It did not run.
    DidNotRun,
}

impl Settlement {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::DidNotRun];

    /// The word that people type.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Failed => "failed",
            Self::DidNotRun => "did-not-run",
        }
    }

    /// In a few words, as a sentence goes on: `it ran and succeeded`.
    #[must_use]
    pub fn says(self) -> &'static str {
        match self {
            Self::Succeeded => "it ran and succeeded",
            Self::Failed => "it ran and failed",
            Self::DidNotRun => "it did not run",
        }
    }
}

/// Cuts the middle out of a text longer than `most` characters: the beginning says what the text is, the end says
/// what went wrong.
#[must_use]
pub fn cut_middle(text: &str, most: usize) -> String {
    let count = text.chars().count();
    if count <= most {
        return text.to_owned();
    }
    let mark = " … ";
    let keep = most.saturating_sub(mark.chars().count());
    if keep == 0 {
        return text.chars().take(most).collect();
    }
    let head: String = text.chars().take(keep / 3).collect();
    let tail: String = text.chars().skip(count - (keep - keep / 3)).collect();
    format!("{head}{mark}{tail}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_middle_goes_not_the_end() {
        assert_eq!(cut_middle("abc", 3), "abc");
        assert_eq!(cut_middle(&"ä".repeat(10), 9), "ää … ääää");
        assert_eq!(cut_middle("abcdef", 2), "ab");
        assert_eq!(cut_middle("abcdef", 0), "");
    }
}
