//! What is known of the answers: lists that were read before, and how old they are.

use super::Reply;
use crate::ids::ParameterName;
use crate::parameter::version;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::collections::BTreeMap;

/// At most this many values of a list are kept.
pub const MOST_LISTED: usize = 5_000;
/// Longer values are left out, in characters: no form could offer them.
/// <https://docs.slack.dev/reference/block-kit/composition-objects/option-object>
pub const LONGEST_LISTED: usize = 150;
/// How many bytes of values are kept: what is known has to fit into a memo.
const MOST_BYTES: usize = 200 * 1024;

/// The values of a list.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Values {
    /// In the order in which they are shown.
    pub all: Vec<String>,
    /// Whether there are more than these.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub more: bool,
}

impl Values {
    /// As they are kept and shown: each once, without what cannot be shown; versions before what is none, the latest
    /// first; all else in the system's order.
    #[must_use]
    pub fn tidy(listed: impl IntoIterator<Item = String>, mut more: bool) -> Self {
        let mut seen = std::collections::HashSet::new();
        let (mut all, mut bytes) = (vec![], 0);
        for value in listed {
            let value = value.trim();
            let fits = !value.is_empty()
                && value.chars().count() <= LONGEST_LISTED
                && !value.chars().any(|c| c.is_control() || crate::visible::is_hidden(c));
            if !fits || !seen.insert(value.to_owned()) {
                continue;
            }
            bytes += value.len() + 3;
            if bytes > MOST_BYTES || all.len() == MOST_LISTED {
                more = true;
                break;
            }
            all.push(value.to_owned());
        }
        let mut keyed: Vec<_> = all.into_iter().map(|value| (version::read(&value), value)).collect();
        // The sort is stable.
        keyed.sort_by(|(a, _), (b, _)| match (a, b) {
            (Some(a), Some(b)) => b.cmp_precedence(a).then_with(|| b.cmp(a)),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => Ordering::Equal,
        });
        Self { all: keyed.into_iter().map(|(_, value)| value).collect(), more }
    }
}

/// What is known of the answer to a question.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Known {
    /// What was answered last; `None` if nothing ever was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Reply>,
    /// When that was.
    pub at: Timestamp,
    /// Since when the system cannot be asked, and why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trouble: Option<(Timestamp, String)>,
}

impl Known {
    /// The list, if there is one.
    #[must_use]
    pub fn values(&self) -> Option<&Values> {
        match &self.reply {
            Some(Reply::Values(values)) => Some(values),
            Some(Reply::Holds | Reply::DoesNotHold(_) | Reply::Changes(_)) | None => None,
        }
    }

    /// Whether it was answered within this many seconds.
    #[must_use]
    pub fn is_fresh(&self, seconds: u64, now: Timestamp) -> bool {
        self.reply.is_some() && now.since(self.at).as_secs() <= seconds
    }
}

/// What is known of the lists of an operation's parameters, with what is filled in so far. A parameter whose list
/// depends on what is not filled in yet has none.
pub type Lists = BTreeMap<ParameterName, Known>;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_come_first_and_the_latest_of_them() {
        let of = |all: &[&str]| Values::tidy(all.iter().map(|&v| v.to_owned()), false).all;
        assert_eq!(
            of(&["main", "v1.2.0", "v1.10.0", "v1.10.0-rc.1", "feature/x", "v1.2.0", "2.0.0"]),
            ["2.0.0", "v1.10.0", "v1.10.0-rc.1", "v1.2.0", "main", "feature/x"]
        );
        assert_eq!(of(&["b", "a", " ", "x\u{7}y", "z\u{200b}"]), ["b", "a"]);
    }

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let values = Values::tidy((0..6_000).map(|n| format!("build-{n}")), false);
        assert_eq!((values.all.len(), values.more), (MOST_LISTED, true));
        let values = Values::tidy((0..4_000).map(|n| format!("{n:0>149}")), false);
        assert!(values.more && values.all.len() < 1_500);
        assert!(Values::tidy(["x".repeat(151)], false).all.is_empty());
    }
}
