//! The lasting names of patterns. New built-in rules give every pattern another fingerprint, but history, alerts, and
//! what people acknowledged and muted belong to its first name. So a known pattern keeps that name: the samples that
//! are kept of it are fingerprinted once by the new rules, and the new fingerprint is noted with the old name. Must
//! never give two of today's patterns the same name.

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

/// How many windows are looked through for samples: a day of quarters of an hour.
const MOST_WINDOWS: i64 = 96;
/// How many of them are read at a time.
const PAGE: usize = 50;
/// How many names are noted; each takes some forty bytes of the memo.
const MOST_NAMES: usize = 5000;

/// Names of patterns, by their fingerprint under the present rules. A pattern that is not in here is called by its
/// fingerprint.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Names {
    /// The version of the built-in rules; 0 if it was not noted at the time.
    rules: u32,
    names: BTreeMap<String, String>,
}

/// A pattern that is known.
struct Known {
    sample: String,
    /// Patterns with an alert come first, then those with the most lines.
    weight: (bool, u64),
}

impl Names {
    /// What a pattern is called.
    pub(crate) fn of<'n>(&'n self, fingerprint: &'n str) -> &'n str {
        self.names.get(fingerprint).map_or(fingerprint, String::as_str)
    }
}

impl Names {
    /// The names of a watch's patterns, made anew if the rules have changed. Called when a round begins, so that no
    /// window is told with old names. Costs no call for a watch of which nothing was ever renamed.
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

    /// The known patterns, by their names.
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
                // If a window cannot be read, only its own samples are lost.
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

/// The names under the present rules: new fingerprint to old name. If the new rules join several patterns, the joined
/// one keeps the name of the pattern that matters most.
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
