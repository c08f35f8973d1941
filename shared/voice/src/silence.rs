//! Silences of the catalogue: on a card, in a bulletin, below a list.

use crate::number::plural;
use crate::page::Part;
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::alert::Silenced;
use signalbox_domain::ids::Name;
use signalbox_domain::silence::{Scope, SilenceRule};
use signalbox_domain::time::Timestamp;

/// How many silences a list names; the rest is counted.
const MOST: usize = 8;

/// The words on the card of a silenced alert.
pub(crate) fn said(rule: &SilenceRule) -> Text {
    whose(sign(Sign::NoBell).say("Silenced by "), rule)
}

/// The words in a bulletin for the lines that were silenced.
pub(crate) fn kept_back(silenced: &Silenced) -> Text {
    let Silenced { rule, patterns, lines } = silenced;
    let are = if *lines == 1 { "is" } else { "are" };
    let text = say("• ").sign(Sign::NoBell).plain(format!(
        "{} of {} {are} silenced by ",
        plural(*lines, "line", "lines"),
        plural(*patterns, "pattern", "patterns"),
    ));
    whose(text, rule)
}

/// The lines below a list: what is not told now, or will not be. Each is small print of its own, so that none is cut
/// because of another.
pub(crate) fn listed(silences: &[(Name, SilenceRule)], now: Timestamp) -> Vec<Part> {
    let line = |(watch, rule): &(Name, SilenceRule)| {
        let holds = rule.holds(now);
        let text = if holds {
            sign(Sign::NoBell).say("Silenced now in ")
        } else {
            sign(Sign::Planned).say("To be silenced in ")
        };
        let text = scope(text.bold(watch.as_str()).say(" · "), rule).say(" · ");
        let text = if holds { text } else { text.say("from ").moment(rule.from).say(" · ") };
        Part::Small(whose(text.say("by "), rule))
    };
    let mut parts: Vec<Part> = silences.iter().take(MOST).map(line).collect();
    let more = silences.len().saturating_sub(MOST);
    if more > 0 {
        let text = Text::default().plain(format!("… and {more} more silences: "));
        parts.push(Part::Small(text.say("`signalbox alerts --silences` shows all")));
    }
    parts
}

fn scope(text: Text, rule: &SilenceRule) -> Text {
    match &rule.scope {
        Scope::All => text.say("all that it finds"),
        Scope::Words(_) | Scope::Labels(_) => text.code(&rule.scope.to_string()),
    }
}

/// `@Ada until …: database maintenance`.
pub(crate) fn whose(text: Text, rule: &SilenceRule) -> Text {
    text.person(&rule.owner).say(" until ").moment(rule.until).say(": ").prose(&rule.reason)
}
