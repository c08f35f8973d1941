//! What patterns are called for good. New built-in rules give every pattern another fingerprint; history, alerts, what
//! people acknowledged and muted hang on the name that it had first. So a pattern that is known goes on under that name:
//! its kept samples are named by the new rules once, and what they are called from then on is noted. Must never call two
//! patterns of today by one name.

use crate::mark::Mark;
use crate::remembered::{Remembered, load, save, shelf};
use crate::rules::rules;
use crate::window::Window;
use serde::{Deserialize, Serialize};
use signalbox_domain::Timestamp;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::{Memos, PortError};
use signalbox_fingerprint::{Fingerprinter, VERSION};
use std::collections::{BTreeMap, BTreeSet};

/// So many windows are looked through for samples: a day of quarters of an hour.
const MOST_WINDOWS: i64 = 96;
/// And so many of them are read at a time.
const PAGE: usize = 50;
/// So many names are noted; each takes some forty bytes of the memo.
const MOST_NAMES: usize = 5000;

/// Names of patterns, by the fingerprint that they have under the present rules; the others are called by it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    /// The version of the built-in rules; 0: of a time when nobody noted it.
    rules: u32,
    names: BTreeMap<String, String>,
}

/// A pattern as it is known.
struct Known {
    sample: String,
    /// Those with an alert come first, then those with the most lines.
    weight: (bool, u64),
}

impl Names {
    /// What a pattern is called.
    pub(crate) fn of<'n>(&'n self, fingerprint: &'n str) -> &'n str {
        self.names.get(fingerprint).map_or(fingerprint, String::as_str)
    }
}

impl Names {
    /// The names of a watch's patterns, made anew where the rules are others than they were. Called when a round begins,
    /// so that no window is told before. A watch of which nothing was ever renamed costs no call.
    pub(crate) async fn kept<S: Memos + ?Sized>(
        store: &S,
        watch: &Watch,
        mark: &mut Mark,
    ) -> Result<Self, PortError> {
        let begins = mark.began == Timestamp::default();
        if begins || mark.rules == VERSION && !mark.named {
            mark.rules = VERSION;
            return Ok(Self::default());
        }
        let shelf = shelf(watch);
        let mut kept: Remembered<Self> = load(store, &shelf, "names").await?;
        if kept.value.rules != VERSION {
            let known = kept.value.known(store, watch, mark).await?;
            let names = named_anew(watch, &known);
            let (renamed, known) = (names.len(), known.len());
            tracing::info!(
                watch = %watch.name, renamed, known,
                "the built-in rules of fingerprints changed: what was known goes on under its name, where its sample shows which it is"
            );
            kept.value = Self { rules: VERSION, names };
            save(store, &shelf, "names", &mut kept, None).await?;
        }
        (mark.rules, mark.named) = (VERSION, !kept.value.names.is_empty());
        Ok(kept.value)
    }

    /// The patterns that are known, by what they are called.
    async fn known<S: Memos + ?Sized>(
        &self,
        store: &S,
        watch: &Watch,
        mark: &Mark,
    ) -> Result<BTreeMap<String, Known>, PortError> {
        let mut known = BTreeMap::new();
        for (name, alerted) in &mark.alerted {
            known.insert(name.clone(), Known { sample: alerted.sample.clone(), weight: (true, 0) });
        }
        let every = i64::try_from(watch.every().as_millis()).unwrap_or(i64::MAX);
        let begin = mark.next.0.saturating_sub(every.saturating_mul(MOST_WINDOWS)).max(0);
        let (mut from, to) = (format!("window/{begin:015}"), format!("window/{:015}", mark.next.0));
        loop {
            let page = store.memos(&shelf(watch), &from, &to, PAGE).await?;
            for memo in &page {
                // One that cannot be read costs its own samples alone.
                let Ok(window) = serde_json::from_slice::<Window>(&memo.body) else { continue };
                for (fingerprint, seen) in window.patterns {
                    let pattern = known
                        .entry(self.of(&fingerprint).to_owned())
                        .or_insert(Known { sample: seen.sample, weight: (false, 0) });
                    pattern.weight.1 = pattern.weight.1.saturating_add(seen.count);
                }
            }
            match page.last() {
                Some(last) if page.len() == PAGE => from = format!("{}\0", last.key),
                Some(_) | None => break,
            }
        }
        Ok(known)
    }
}

/// What the samples are called under the present rules, and what they were. Where new rules take several for one, it goes
/// on as the one that matters most.
fn named_anew(watch: &Watch, known: &BTreeMap<String, Known>) -> BTreeMap<String, String> {
    let mut prints = Fingerprinter::new(&rules(&watch.rules).unwrap_or_default());
    let mut all: Vec<(&String, &Known)> = known.iter().collect();
    all.sort_by(|a, b| b.1.weight.cmp(&a.1.weight).then_with(|| a.0.cmp(b.0)));
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    let mut taken: BTreeSet<String> = BTreeSet::new();
    for (name, pattern) in all {
        let Some(print) = prints.line(pattern.sample.as_bytes()) else { continue };
        let fingerprint = print.fingerprint.to_string();
        if names.len() < MOST_NAMES && taken.insert(fingerprint.clone()) && fingerprint != *name {
            names.insert(fingerprint, name.clone());
        }
    }
    names
}
