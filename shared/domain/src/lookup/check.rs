//! What has to hold before an operation is carried out, and after it succeeded.

use super::{Placeholders, Question, Shipping, Source, System};
use crate::ids::Name;
use crate::intent::Work;
use crate::template::filled;
use crate::watch::Watch;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// Something that a system outside can say yes or no to. Its texts may have placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// A list has this value: the tag, the release, the image is there.
    Listed { value: String, source: Source },
    /// All checks of a commit on GitHub have succeeded; it is named by a tag, a branch or its hash.
    Green { repository: String, commit: String },
    /// The workflow or job is there, is enabled, and takes these inputs.
    Ready(Work),
    /// An address answers with this status, and with these words in what it says.
    Answers {
        url: String,
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
    },
}

impl Check {
    /// Which system says so; `None` where there is nothing to be asked.
    #[must_use]
    pub fn system(&self) -> Option<System> {
        use crate::target::TargetKind;
        match self {
            Self::Listed { source, .. } => Some(source.system()),
            Self::Green { .. } => Some(System::GitHub),
            Self::Ready(work) => match work.kind() {
                TargetKind::GitHub => Some(System::GitHub),
                TargetKind::Jenkins => Some(System::Jenkins),
                TargetKind::Command | TargetKind::Batch => None,
            },
            Self::Answers { .. } => Some(System::Web),
        }
    }

    /// What is checked, in words after which "holds" or "does not hold" can stand.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Listed { value, source } => format!("{value} is a {}", source.of()),
            Self::Green { repository, commit } => format!("the checks of {commit} in {repository} are green"),
            Self::Ready(work) => format!("{} can be started", work.whereabouts()),
            Self::Answers { url, status, contains: None } => format!("{url} answers with {status}"),
            Self::Answers { url, status, contains: Some(words) } => {
                format!("{url} answers with {status} and \"{words}\"")
            }
        }
    }
}

/// What an operation requires before it is carried out, as the catalogue has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Requirement {
    /// [`Check::Listed`].
    Listed { value: String, source: Source },
    /// [`Check::Green`].
    Green { repository: String, commit: String },
    /// [`Check::Ready`], for its own target.
    Ready,
    /// The version is not older than the one that runs in that place.
    NotOlder,
    /// [`Check::Answers`].
    Answers {
        url: String,
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
    },
}

/// A requirement with its placeholders filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Checking {
    /// A system outside says so.
    Outside {
        check: Check,
        /// Whether an answer from before counts where the system cannot be asked.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        stale: bool,
    },
    /// What runs in this place is not newer than this version.
    NotOlder { place: String, version: String },
}

impl Checking {
    /// What is checked, in words.
    #[must_use]
    pub fn what(&self) -> String {
        match self {
            Self::Outside { check, .. } => check.what(),
            Self::NotOlder { place, version } => {
                format!("{version} is not older than what runs for {place}")
            }
        }
    }

    /// The question to a system outside, if it is one.
    #[must_use]
    pub fn question(&self) -> Option<Question> {
        match self {
            Self::Outside { check, .. } => Some(Question::Check(check.clone())),
            Self::NotOlder { .. } => None,
        }
    }
}

impl Requirement {
    /// With every placeholder filled; `None` where one of them stands for nothing, so that nothing is required.
    #[must_use]
    pub fn filled(
        &self,
        given: &Placeholders<'_>,
        work: &Work,
        shipping: Option<&Shipping>,
    ) -> Option<Checking> {
        let check = match self {
            Self::Ready => Check::Ready(work.clone()),
            Self::NotOlder => {
                let Shipping { place, version, .. } = shipping?.clone();
                return Some(Checking::NotOlder { place, version });
            }
            Self::Listed { value, source } => {
                Check::Listed { value: given.text(value)?, source: source.filled(given)? }
            }
            Self::Green { repository, commit } => {
                Check::Green { repository: given.text(repository)?, commit: given.text(commit)? }
            }
            Self::Answers { url, status, contains } => answers(given, url, *status, contains.as_ref())?,
        };
        Some(Checking::Outside { check, stale: false })
    }

    /// The names in its placeholders.
    #[must_use]
    pub fn placeholders(&self) -> Vec<String> {
        match self {
            Self::Listed { value, source } => {
                let mut names = names_in(&[value]);
                names.extend(source.placeholders());
                names
            }
            Self::Green { repository, commit } => names_in(&[repository, commit]),
            Self::Ready | Self::NotOlder => vec![],
            Self::Answers { url, contains, .. } => {
                let mut texts = vec![url];
                texts.extend(contains);
                names_in(&texts)
            }
        }
    }
}

fn answers(given: &Placeholders<'_>, url: &str, status: u16, contains: Option<&String>) -> Option<Check> {
    let contains = match contains {
        Some(words) => Some(given.text(words)?),
        None => None,
    };
    Some(Check::Answers { url: given.address(url)?, status, contains })
}

/// The names in the placeholders of these texts.
pub(super) fn names_in(texts: &[&String]) -> Vec<String> {
    let names = RefCell::new(vec![]);
    for text in texts {
        filled(text, |name| {
            names.borrow_mut().push(name.to_owned());
            Some(String::new())
        });
    }
    names.into_inner()
}

/// A requirement that was not met.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failed {
    /// What was checked, in words.
    pub what: String,
    /// Why it does not hold, or why nobody could say.
    pub why: String,
    /// Whether the system could not be asked.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unasked: bool,
}

/// What has to hold after a run succeeded, as the catalogue has it. A run counts as good only then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verify {
    pub that: Verification,
    /// For how many seconds it is waited for; for [`Verification::Quiet`], how long it is watched.
    pub within: u64,
}

/// What has to hold then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verification {
    /// [`Check::Answers`].
    Answers {
        url: String,
        status: u16,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        contains: Option<String>,
    },
    /// No alert came after it, of any watch that follows the operation.
    Quiet,
    /// A watch counted at most so many lines after it.
    Lines { watch: Name, at_most: u64 },
}

/// What is asked once a run succeeded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verifying {
    /// A system outside says so.
    Outside(Check),
    /// What a watch counts is looked at.
    Counted(Counting),
}

/// Lines of a watch, in the windows that begin after a run ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counting {
    pub watch: Name,
    /// At most so many lines in all of these windows.
    pub at_most: u64,
    /// Windows that begin within so many seconds count; the first one counts always.
    pub within: u64,
    /// The length of a window, in seconds.
    pub every: u64,
    /// How long after a window's end it is read, in seconds.
    pub delay: u64,
}

/// How much later than planned a window may be read, in seconds: a round of the log-watch may be missed.
const READ_LATE: u64 = 900;

impl Counting {
    /// For how many seconds after the run ended the count is waited for.
    #[must_use]
    pub fn patience(&self) -> u64 {
        // The first window begins up to one length later, and each ends one length after its beginning.
        let windows = self.within.max(1).saturating_add(self.every.saturating_mul(2));
        windows.saturating_add(self.delay).saturating_add(READ_LATE)
    }

    /// What is expected, in words.
    #[must_use]
    pub fn what(&self) -> String {
        match self.at_most {
            0 => format!("{} counts no lines after it", self.watch),
            1 => format!("{} counts at most 1 line after it", self.watch),
            most => format!("{} counts at most {most} lines after it", self.watch),
        }
    }
}

impl Verification {
    /// What is asked for it; `None` where nothing is, or a placeholder stands for nothing.
    #[must_use]
    pub fn asked(
        &self,
        given: &Placeholders<'_>,
        watches: &BTreeMap<Name, Watch>,
        within: u64,
    ) -> Option<Verifying> {
        match self {
            Self::Answers { url, status, contains } => {
                answers(given, url, *status, contains.as_ref()).map(Verifying::Outside)
            }
            Self::Quiet => None,
            Self::Lines { watch, at_most } => {
                // What a watch that is no longer there has counted is never known, and the run cannot count as good.
                let of = |length: fn(&Watch) -> u64| watches.get(watch).map_or(0, length);
                let (every, delay) = (of(|watch| watch.every_seconds), of(|watch| watch.delay_seconds));
                let (watch, at_most) = (watch.clone(), *at_most);
                Some(Verifying::Counted(Counting { watch, at_most, within, every, delay }))
            }
        }
    }

    /// The names in its placeholders.
    #[must_use]
    pub fn placeholders(&self) -> Vec<String> {
        match self {
            Self::Answers { url, contains, .. } => {
                let mut texts = vec![url];
                texts.extend(contains);
                names_in(&texts)
            }
            Self::Quiet | Self::Lines { .. } => vec![],
        }
    }
}
