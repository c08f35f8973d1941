//! Silences of the catalogue: what is not told for some time, decided in advance and reviewed like everything else
//! there. What they silence goes on record all the same, and is told when the silence ends if it is still there.

use crate::ids::RecordId;
use crate::people::Actor;
use crate::redact::redact;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Stands for any text in a silence's words.
pub const ANYTHING: &str = "<*>";

/// Something that is not told for some time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SilenceRule {
    pub scope: Scope,
    /// Whose decision it is, and so whose duty.
    pub owner: Actor,
    pub reason: String,
    /// Its first moment.
    pub from: Timestamp,
    /// The first moment after it.
    pub until: Timestamp,
}

/// What a silence is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All that the watch finds.
    All,
    /// Alerts that have all of these labels.
    Labels(BTreeMap<String, String>),
    /// Patterns and alerts in whose title these words are; `<*>` stands for any text.
    Words(String),
}

impl SilenceRule {
    /// Whether it holds at a moment.
    #[must_use]
    pub fn holds(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }

    /// Whether it is about a pattern or an alert.
    #[must_use]
    pub fn is_about(&self, title: &str, labels: &[(String, String)]) -> bool {
        match &self.scope {
            Scope::All => true,
            Scope::Labels(wanted) => {
                let has =
                    |(name, value): (&String, &String)| labels.iter().any(|(n, v)| n == name && v == value);
                !wanted.is_empty() && wanted.iter().all(has)
            }
            Scope::Words(words) => {
                let mut rest = Some(title);
                for part in words.split(ANYTHING) {
                    rest = rest.and_then(|text| text.split_once(part)).map(|(_, behind)| behind);
                }
                rest.is_some()
            }
        }
    }

    /// What names it to an alert manager; `None` if it is not about labels. A silence that was changed gets another
    /// name.
    #[must_use]
    pub fn id(&self) -> Option<RecordId> {
        let Scope::Labels(labels) = &self.scope else { return None };
        let part = |name: &str, value: &str| format!("{}:{name}{}:{value}", name.len(), value.len());
        let labels: String = labels.iter().map(|(name, value)| part(name, value)).collect();
        let rest =
            format!("{}/{}/{}", self.from.0, self.until.0, part(&self.owner.to_string(), &self.reason));
        let workspace = self.owner.as_person().map_or("", |person| person.workspace.as_str());
        Some(RecordId::derive("silence", workspace, &format!("{labels}/{rest}")))
    }
}

/// What a silence at an alert manager says of itself: what was done, and the person's words. Redacted, one line,
/// never empty.
#[must_use]
pub fn comment(word: &str, note: &str) -> String {
    let note = redact(note).split_whitespace().collect::<Vec<_>>().join(" ");
    if note.is_empty() { word.to_owned() } else { format!("{word}: {note}") }
}

impl std::fmt::Display for Scope {
    /// As tables and lists show it.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::All => f.write_str("all"),
            Self::Words(words) => f.write_str(words),
            Self::Labels(labels) => {
                let pairs: Vec<String> =
                    labels.iter().map(|(name, value)| format!("{name}={value}")).collect();
                f.write_str(&pairs.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{UserId, WorkspaceId};
    use crate::people::Chat;

    fn rule(scope: Scope) -> SilenceRule {
        SilenceRule {
            scope,
            owner: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA")),
            reason: "maintenance".into(),
            from: Timestamp(10),
            until: Timestamp(20),
        }
    }

    #[test]
    fn when_and_what() {
        let all = rule(Scope::All);
        assert_eq!([9, 10, 19, 20].map(|at| all.holds(Timestamp(at))), [false, true, true, false]);
        for (words, title, expect) in [
            ("no route to <*>", "no route to <*> for order <*>", true),
            ("route <*> order", "no route to <*> for order <*>", true),
            ("order <*> route", "no route to <*> for order <*>", false),
            ("cannot reach", "Cannot reach node <*>", false),
            ("HighErrorRate", "HighErrorRate: 5xx at 6 %", true),
        ] {
            assert_eq!(rule(Scope::Words(words.into())).is_about(title, &[]), expect, "{words}: {title}");
        }
        let labels = |all: &[(&str, &str)]| -> Vec<(String, String)> {
            all.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect()
        };
        let by = rule(Scope::Labels(labels(&[("job", "db"), ("zone", "a")]).into_iter().collect()));
        assert!(by.is_about("x", &labels(&[("alertname", "Slow"), ("job", "db"), ("zone", "a")])));
        assert!(!by.is_about("x", &labels(&[("job", "db"), ("zone", "b")])));
        assert!(!by.is_about("x", &[]) && !rule(Scope::Labels(BTreeMap::new())).is_about("x", &[]));
    }

    #[test]
    fn it_is_named_by_all_that_it_says() {
        let by = |name: &str, value: &str| rule(Scope::Labels([(name.to_owned(), value.to_owned())].into()));
        let id = |rule: &SilenceRule| rule.id();
        let longer = SilenceRule { until: Timestamp(30), reason: "more".into(), ..by("job", "db") };
        assert_ne!(id(&longer), id(&by("job", "db")));
        assert_eq!(id(&by("job", "db")), id(&by("job", "db")));
        assert_ne!(id(&by("job", "db2")), id(&by("job", "db")));
        assert_eq!(id(&rule(Scope::All)), None);
    }
}
