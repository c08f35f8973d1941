//! How silences of the catalogue look in Slack: on a card, in a bulletin, below a list.

use crate::blocks::Block;
use crate::chart::number;
use crate::text::Text;
use signalbox_domain::alert::Silenced;
use signalbox_domain::ids::Name;
use signalbox_domain::silence::{Scope, SilenceRule};
use signalbox_domain::time::Timestamp;

/// Silences that a list names; the rest is counted.
const MOST: usize = 8;

/// On the card of what is silenced.
pub(crate) fn said(rule: &SilenceRule) -> Text {
    whose(Text::default().ours(":no_bell: Silenced by "), rule)
}

/// In a bulletin: what nobody was called for.
pub(crate) fn kept_back(silenced: &Silenced) -> Text {
    let Silenced { rule, patterns, lines } = silenced;
    let s = |n: u64| if n == 1 { "" } else { "s" };
    let are = if *lines == 1 { "is" } else { "are" };
    let text = Text::default().ours(format!(
        "• :no_bell: {} line{} of {} pattern{} {are} silenced by ",
        number(*lines),
        s(*lines),
        number(*patterns),
        s(*patterns)
    ));
    whose(text, rule)
}

/// Below a list: what is not told, or will not be. A block for each, so that none is cut for another's sake.
pub(crate) fn listed(silences: &[(Name, SilenceRule)], now: Timestamp) -> Vec<Block> {
    let line = |(watch, rule): &(Name, SilenceRule)| {
        let holds = rule.holds(now);
        let text = Text::default().ours(if holds {
            ":no_bell: Silenced now in "
        } else {
            ":calendar: To be silenced in "
        });
        let text = scope(text.bold(watch.as_str()).ours(" · "), rule).ours(" · ");
        let text = if holds { text } else { text.ours("from ").moment(rule.from).ours(" · ") };
        Block::Context(vec![whose(text.ours("by "), rule)])
    };
    let mut blocks: Vec<Block> = silences.iter().take(MOST).map(line).collect();
    let more = silences.len().saturating_sub(MOST);
    if more > 0 {
        let more = format!("… and {more} more silences: `signalbox alerts --silences` shows all");
        blocks.push(Block::Context(vec![Text::default().ours(more)]));
    }
    blocks
}

fn scope(text: Text, rule: &SilenceRule) -> Text {
    match &rule.scope {
        Scope::All => text.ours("all that it finds"),
        Scope::Words(_) | Scope::Labels(_) => text.code(&rule.scope.to_string()),
    }
}

/// `@Ada until …: database maintenance`.
fn whose(text: Text, rule: &SilenceRule) -> Text {
    text.person(&rule.owner).ours(" until ").moment(rule.until).ours(": ").prose(&rule.reason)
}
