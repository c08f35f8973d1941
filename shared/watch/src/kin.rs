//! Families in a window: patterns that differ only in words share a card. New patterns of a family are named on it
//! and in the window's message.
//!
//! Nothing is hidden: a new pattern of a family is recorded as an alert like any other, and is counted and named. A
//! card stands for others only while it is open: once somebody resolved, muted or snoozed it, new patterns get cards
//! of their own.

use crate::mark::Alerted;
use crate::round::LogWatch;
use crate::telling::Judged;
use signalbox_domain::alert::{Attention, Class, FamilyLine, Kin, MOST_WORDS, alert_of};
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::PortError;
use signalbox_engine::wire::head::{Head, decode_any};
use signalbox_fingerprint::families;
use std::collections::BTreeMap;

/// A family among the patterns of a window and those that have alerts.
pub(crate) struct Family {
    /// What they have in common.
    form: String,
    /// Pattern and words of each.
    members: Vec<(String, String)>,
    /// The pattern whose card stands for the others.
    pub(crate) root: Option<String>,
}

/// The families of a window.
pub(crate) fn among(judged: &[Judged], alerted: &BTreeMap<String, Alerted>) -> Vec<Family> {
    let mut all: Vec<(&str, &str)> =
        judged.iter().map(|j| (j.pattern.as_str(), j.together.seen.title.as_str())).collect();
    let seen: std::collections::BTreeSet<&str> = all.iter().map(|(pattern, _)| *pattern).collect();
    let silent = alerted.iter().filter(|(pattern, _)| !seen.contains(pattern.as_str()));
    all.extend(silent.map(|(pattern, known)| (pattern.as_str(), known.title.as_str())));
    let titles: Vec<&str> = all.iter().map(|(_, title)| *title).collect();
    let member = |(n, words): (usize, String)| Some((all.get(n)?.0.to_owned(), words));
    families(&titles)
        .into_iter()
        .map(|found| Family {
            form: found.form,
            members: found.members.into_iter().zip(found.words).filter_map(member).collect(),
            root: None,
        })
        .collect()
}

impl Family {
    pub(crate) fn has(&self, pattern: &str) -> bool {
        self.members.iter().any(|(member, _)| member == pattern)
    }

    /// The alert's pattern that patterns of this family joined before, if any did.
    pub(crate) fn joined_before(&self, alerted: &BTreeMap<String, Alerted>) -> Option<String> {
        let joined = |(pattern, _): &(String, String)| alerted.get(pattern)?.joined.clone();
        self.members.iter().find_map(joined).filter(|root| alerted.contains_key(root))
    }

    /// What is said of the family, and how many of its patterns have no card of their own.
    pub(crate) fn kin(&self, judged: &[Judged], alerted: &BTreeMap<String, Alerted>) -> Kin {
        let seen = || judged.iter().filter(|j| self.has(&j.pattern));
        // Patterns that joined another card, which somebody closed since, do not count for this one.
        let here = |joined: &Option<String>| joined.is_some() && *joined == self.root;
        let without = self.members.iter().rev().filter(|(pattern, _)| {
            judged.iter().any(|j| j.pattern == *pattern && here(&j.joined))
                || alerted.get(pattern).is_some_and(|known| here(&known.joined))
        });
        Kin {
            form: self.form.clone(),
            patterns: seen().count() as u64,
            lines: seen().map(|j| j.together.seen.count).sum(),
            words: without.take(MOST_WORDS).map(|(_, words)| words.clone()).collect(),
        }
    }

    /// The line of the window's message; `None` if no new pattern joined the family.
    pub(crate) fn line(&self, watch: &Watch, judged: &[Judged]) -> Option<FamilyLine> {
        let words = |j: &Judged| {
            let own = |(pattern, words): &(String, String)| (*pattern == j.pattern).then(|| words.clone());
            j.joined.as_ref().and_then(|_| self.members.iter().find_map(own))
        };
        let new: Vec<String> = judged.iter().filter_map(words).collect();
        let root = self.root.as_ref().filter(|_| !new.is_empty())?;
        let kin = self.kin(judged, &BTreeMap::new());
        let count = new.len() as u64;
        let words = new.into_iter().take(MOST_WORDS).collect();
        Some(FamilyLine {
            alert: alert_of(&watch.place, &watch.name, root),
            family: Kin { words, ..kin },
            new: count,
        })
    }
}

impl LogWatch {
    /// Lets new patterns join the open card of their family, and gives cards to the others while there are any left.
    /// `judged` is in the order in which cards are given.
    pub(crate) async fn give_cards(
        &self,
        watch: &Watch,
        judged: &mut [Judged],
        alerted: &BTreeMap<String, Alerted>,
        mut left: u32,
    ) -> Result<Vec<Family>, PortError> {
        let mut families = among(judged, alerted);
        for family in &mut families {
            family.root = family.joined_before(alerted);
            let new =
                |j: &&Judged| j.is_urgent() && j.class == Class::New && !alerted.contains_key(&j.pattern);
            if judged.iter().filter(new).any(|j| family.has(&j.pattern)) {
                family.root = self.open_card(watch, family, alerted).await?;
            }
        }
        for one in judged.iter_mut().filter(|j| j.is_urgent()) {
            if let Some(known) = alerted.get(&one.pattern).filter(|known| !known.silenced) {
                // It was told when this window was read before.
                one.joined = known.joined.clone().filter(|_| one.class == Class::New);
                continue;
            }
            let family = families.iter_mut().find(|f| one.class == Class::New && f.has(&one.pattern));
            if let Some(root) = family.as_ref().and_then(|family| family.root.clone()) {
                (one.joined, one.held) = (Some(root), true);
                continue;
            }
            one.held = left == 0;
            left = left.saturating_sub(1);
            if let Some(family) = family.filter(|_| !one.held) {
                family.root = Some(one.pattern.clone());
            }
        }
        Ok(families)
    }

    /// The pattern of the family whose card is open or acknowledged.
    async fn open_card(
        &self,
        watch: &Watch,
        family: &Family,
        alerted: &BTreeMap<String, Alerted>,
    ) -> Result<Option<String>, PortError> {
        for (pattern, _) in &family.members {
            if alerted.get(pattern).is_none_or(|known| known.joined.is_some()) {
                continue;
            }
            let Some(row) = self.views.head(&alert_of(&watch.place, &watch.name, pattern)).await? else {
                continue;
            };
            // A newer version wrote the head: one card too many is better than one too few.
            let Ok(Head::Alert(head)) = decode_any(&row.body) else { continue };
            let looked_after = matches!(head.attention, Attention::Open | Attention::Acknowledged { .. });
            if head.is_open() && head.has_card() && looked_after {
                return Ok(Some(pattern.clone()));
            }
        }
        Ok(None)
    }
}
