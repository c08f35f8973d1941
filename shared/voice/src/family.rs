//! Patterns that share a card, in words.

use crate::number::{number, plural};
use signalbox_domain::alert::Kin;

/// What the members have in common, with one mark for each difference.
pub(crate) fn form(family: &Kin) -> String {
    family.form.replace("<*>", "∗")
}

pub(crate) fn counted(family: &Kin) -> String {
    let patterns = plural(family.patterns, "pattern", "patterns");
    format!("{patterns}, {}", plural(family.lines, "line", "lines"))
}

/// The words, and how many more there are.
pub(crate) fn words(family: &Kin, all: u64) -> String {
    let more = all.saturating_sub(family.words.len() as u64);
    let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    family.words.join(", ") + &more
}
