//! What changed of an operation between a request and its turn, or between a run and its next attempt. Only for people:
//! whether anything changed is decided by the request's hash alone.

use super::Intent;
use super::work::{Work, looked_up, with_values};
use crate::catalogue::{Catalogue, Operation};
use crate::does::{Does, does};
use crate::ids::RunId;
use crate::observation::cut_middle;
use crate::redact::redact;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;
use std::sync::Arc;

/// At most so many differences are named; the others are counted.
const MOST_NAMED: usize = 10;
/// The longest text of a difference, in characters.
const LONGEST_TEXT: usize = 100;

/// What an operation did when it was asked for. It goes with a request to the dispatcher and no further, and is not
/// part of the request's hash.
#[derive(Debug, Clone, Serialize)]
pub struct AsAsked {
    /// `Does`, as it is written: made once for each operation, for a door has no time to write it again.
    does: Arc<RawValue>,
    /// What its target's settings were.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    settings: BTreeMap<String, Option<String>>,
}

impl PartialEq for AsAsked {
    fn eq(&self, other: &Self) -> bool {
        (self.does.get(), &self.settings) == (other.does.get(), &other.settings)
    }
}

impl Eq for AsAsked {}

impl<'de> Deserialize<'de> for AsAsked {
    /// Whatever it says can be read: a request of a newer version must not be lost because of it.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Sent {
            does: serde_json::Value,
            #[serde(default)]
            settings: BTreeMap<String, Option<String>>,
        }
        let Sent { does, settings } = Sent::deserialize(deserializer)?;
        let does = to_raw_value(&does).map_err(serde::de::Error::custom)?;
        Ok(Self { does: does.into(), settings })
    }
}

impl AsAsked {
    pub(super) fn new(does: Arc<RawValue>, settings: BTreeMap<String, Option<String>>) -> Self {
        Self { does, settings }
    }
}

/// What changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changed {
    /// The first of the differences, in the catalogue's order.
    pub differences: Vec<Difference>,
    /// How many more there are.
    #[serde(default, skip_serializing_if = "is_none")]
    pub more: usize,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
fn is_none(more: &usize) -> bool {
    *more == 0
}

/// One difference. Its texts are redacted and cut.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What differs, in the catalogue's words: `target ref`.
    pub what: String,
    /// What it was; `None` where it was not there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<String>,
    /// What it is now; `None` where it is no longer there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub is: Option<String>,
}

impl Changed {
    /// What is different for this request. `None` where the request does not say what its operation did, or no
    /// difference is found in it.
    pub(crate) fn of(
        catalogue: &Catalogue,
        operation: &Operation,
        intent: &Intent,
        run: &RunId,
    ) -> Option<Self> {
        let asked = intent.as_asked.as_ref()?;
        let was: Does = serde_json::from_str(asked.does.get()).ok()?;
        let is = does(catalogue, operation);
        let now = |name: &str| looked_up(name, &catalogue.landscape, operation, intent);
        let then = |name: &str| asked.settings.get(name).cloned().unwrap_or_else(|| now(name));
        let with = |does: &Does, values: &dyn Fn(&str) -> Option<String>| Does {
            target: with_values(&does.target, intent, run, values),
            ..does.clone()
        };
        // A template may be written in another way, and mean the same for this request.
        Self::between(&with(&was, &then), &with(&is, &now)).or_else(|| Self::between(&was, &is))
    }

    /// What another attempt at this work would do now and did not do before.
    pub(crate) fn of_work(work: &Work, now: &Work) -> Option<Self> {
        let does = |work: &Work| Does { target: work.0.clone(), program: None, idempotent: false };
        Self::between(&does(work), &does(now))
    }

    fn between(was: &Does, is: &Does) -> Option<Self> {
        let (before, after) = (said(was), said(is));
        let now = |what: &str| after.iter().find(|(is, _)| is == what).map(|(_, text)| text.as_str());
        let gone = before.iter().filter_map(|(what, text)| {
            let now = now(what);
            (now != Some(text)).then(|| Difference::new(what, Some(text), now))
        });
        let new = after.iter().filter(|(what, _)| before.iter().all(|(was, _)| was != what));
        let mut differences: Vec<Difference> =
            gone.chain(new.map(|(what, text)| Difference::new(what, None, Some(text)))).collect();
        let more = differences.len().saturating_sub(MOST_NAMED);
        differences.truncate(MOST_NAMED);
        (!differences.is_empty()).then_some(Self { differences, more })
    }
}

impl Difference {
    fn new(what: &str, was: Option<&str>, is: Option<&str>) -> Self {
        let shown = |text: &str| {
            // The name before it may say that it is a secret.
            let name = what.rsplit(['.', ' ']).next().unwrap_or_default();
            let line = redact(&format!("{name}={text}"));
            let text = line.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(&line);
            cut_middle(text, LONGEST_TEXT)
        };
        Self { what: cut_middle(what, LONGEST_TEXT), was: was.map(shown), is: is.map(shown) }
    }
}

/// All that an operation does, in the catalogue's words and order.
fn said(does: &Does) -> Vec<(String, String)> {
    let target = does.target.written().into_iter();
    let mut all: Vec<(String, String)> =
        target.map(|(keys, text)| (format!("target {}", keys.join(".")), text)).collect();
    if let (Some(name), Some(program)) = (does.target.program(), &does.program) {
        all.push((format!("programs {name}"), program.clone()));
    }
    all.push(("idempotent".to_owned(), does.idempotent.to_string()));
    all
}

#[cfg(test)]
#[path = "changed_tests.rs"]
mod tests;
