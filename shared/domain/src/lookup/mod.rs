//! Questions to systems outside: which values there are to choose from, whether something holds, what changed between
//! two versions. The dispatcher asks them, for it alone holds tokens; doors and cards show what is known of the answers.
//!
//! The catalogue has questions with placeholders; only a question whose placeholders are all filled is asked.

mod asked;
mod check;
mod known;
mod ships;
mod source;

pub use check::{Check, Checking, Counting, Failed, Requirement, Verification, Verify, Verifying};
pub use known::{Known, LONGEST_LISTED, Lists, MOST_LISTED, Values};
pub use ships::{Shipment, Shipping, Ships};
pub use source::{Choices, GitHubList, Refs, Source};

use crate::content::canonical_or_shown;
use crate::ids::{Digest, ParameterName};
use crate::landscape::Landscape;
use crate::parameter::{Kind, Parameter, Value};
use crate::template::{ALL_PARAMETERS, filled};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A question to one system outside, every placeholder filled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Question {
    /// Which values there are.
    Values(Source),
    /// Whether something holds.
    Check(Check),
    /// What changed between two versions.
    Changes(Comparison),
}

/// Two versions of a repository on GitHub.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Comparison {
    /// `owner/name`.
    pub repository: String,
    /// A tag, branch or commit: what runs.
    pub from: String,
    /// What would run.
    pub to: String,
}

/// What a system answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply {
    Values(Values),
    /// It holds.
    Holds,
    /// It does not hold, and why: a sentence without a full stop, in which words of the system may stand.
    DoesNotHold(String),
    Changes(Changes),
}

/// What changed between two versions.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Changes {
    /// How many commits there are in all.
    pub commits: u64,
    /// Whether the version that would run is behind the one that runs, and by how many commits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub behind: Option<u64>,
    /// The first lines of the latest of them, the latest first.
    pub subjects: Vec<String>,
    /// Who wrote them: logins, or names where GitHub knows no login, each once.
    pub authors: Vec<String>,
    /// The numbers of pull requests that their first lines name, each once.
    pub pulls: Vec<u64>,
    /// The page that compares the two.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
}

/// The kinds of systems that are asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum System {
    /// A git repository at any address.
    Git,
    GitHub,
    /// A registry of container images and charts.
    Registry,
    Jenkins,
    /// Any address that answers by HTTP.
    Web,
    /// A program on this machine.
    Program,
}

impl System {
    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Git => "the git repository",
            Self::GitHub => "GitHub",
            Self::Registry => "the registry",
            Self::Jenkins => "Jenkins",
            Self::Web => "the address",
            Self::Program => "the program",
        }
    }
}

impl Question {
    /// Which system answers it; `None` where no system outside is needed.
    #[must_use]
    pub fn system(&self) -> Option<System> {
        match self {
            Self::Values(source) => Some(source.system()),
            Self::Check(check) => check.system(),
            Self::Changes(_) => Some(System::GitHub),
        }
    }

    /// Names the question: what is known of its answer is kept under this.
    #[must_use]
    pub fn key(&self) -> Digest {
        Digest::of([canonical_or_shown(self).as_slice()])
    }
}

/// What placeholders stand for: the values of parameters, and what the catalogue says of them.
#[derive(Debug, Clone, Copy)]
pub struct Placeholders<'p> {
    pub landscape: &'p Landscape,
    pub parameters: &'p [Parameter],
    pub values: &'p BTreeMap<ParameterName, Value>,
}

impl Placeholders<'_> {
    /// What a placeholder stands for, `env` or `env.region`; `None` where there is nothing.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<String> {
        if name == ALL_PARAMETERS {
            return Some(self.object());
        }
        let (name, key) = match name.split_once('.') {
            Some((name, key)) => (name, Some(key)),
            None => (name, None),
        };
        let value = self.values.get(name)?.to_string();
        // What the catalogue no longer has is handed over as it was asked for.
        let parameter = self.parameters.iter().find(|p| p.name.as_str() == name);
        match (key, parameter) {
            (None, Some(parameter)) => Some(parameter.handed(&value).to_owned()),
            (None, None) => Some(value),
            (Some(key), Some(Parameter { kind: Kind::Thing { of, .. }, .. })) => {
                self.landscape.setting(*of, &value, key).map(str::to_owned)
            }
            (Some(_), Some(_) | None) => None,
        }
    }

    /// All values as one JSON object: each under its parameter's name, in the order of the names, as the text that the
    /// parameter's own placeholder stands for. The same request gives the same bytes.
    fn object(&self) -> String {
        let texts = self.values.keys().filter_map(|name| Some((name.as_str(), self.value(name.as_str())?)));
        let object: serde_json::Map<String, serde_json::Value> =
            texts.map(|(name, text)| (name.to_owned(), text.into())).collect();
        serde_json::Value::Object(object).to_string()
    }

    /// A text with its placeholders filled; `None` where one of them stands for nothing.
    pub(crate) fn text(&self, template: &str) -> Option<String> {
        filled(template, |name| self.value(name))
    }

    /// An address with its placeholders filled. What people gave is encoded, so that it stays within the part of the
    /// address in which it stands: <https://www.rfc-editor.org/rfc/rfc3986#section-2.3>. Settings of the catalogue are
    /// taken as they are, for they may be whole addresses.
    pub(crate) fn address(&self, template: &str) -> Option<String> {
        filled(template, |name| {
            let value = self.value(name)?;
            Some(if name.contains('.') { value } else { encoded(&value) })
        })
    }
}

fn encoded(text: &str) -> String {
    use std::fmt::Write;
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            out.push(char::from(byte));
        } else {
            // Writing to a `String` cannot fail.
            let _ = write!(out, "%{byte:02X}");
        }
    }
    // A part of a path that is only dots would lead out of its place.
    if !out.is_empty() && out.bytes().all(|b| b == b'.') { out.replace('.', "%2E") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given<'p>(landscape: &'p Landscape, values: &'p BTreeMap<ParameterName, Value>) -> Placeholders<'p> {
        Placeholders { landscape, parameters: &[], values }
    }

    #[test]
    fn what_people_give_stays_in_its_part_of_an_address() {
        let landscape = Landscape::default();
        for (value, expect) in [
            ("web", "https://host/web/tags"),
            ("a/b", "https://host/a%2Fb/tags"),
            ("..", "https://host/%2E%2E/tags"),
            ("x?y#z", "https://host/x%3Fy%23z/tags"),
            ("é", "https://host/%C3%A9/tags"),
        ] {
            let values = [("service".parse().unwrap(), Value::Text(value.into()))].into();
            let address = given(&landscape, &values).address("https://host/{service}/tags");
            assert_eq!(address.as_deref(), Some(expect));
        }
        assert_eq!(given(&landscape, &BTreeMap::new()).address("https://host/{service}"), None);
    }

    #[test]
    fn another_question_has_another_key() {
        let source = |name: &str| Question::Values(Source::Oci { repository: name.to_owned() });
        assert_eq!(source("a").key(), source("a").key());
        assert_ne!(source("a").key(), source("b").key());
        let of = |from: &str, to: &str| {
            Question::Changes(Comparison { repository: "a/b".into(), from: from.into(), to: to.into() })
        };
        assert_ne!(of("a", "bc").key(), of("ab", "c").key());
    }
}
