//! `escalate`: who else is told about an alert that nobody acknowledges.

use super::figure::time;
use crate::grant;
use crate::report::{Report, quoted};
use crate::walk::Field;
use signalbox_domain::watch::{Escalate, Mention};
use signalbox_domain::{ChannelId, Place, UserId};

/// The keys of `escalate`.
pub(crate) const KEYS: &[&str] = &["after", "to"];
/// How many channels, people and groups may be named.
pub(crate) const MOST: usize = 10;

/// Reads `escalate` of a watch whose cards go to `place`. `place` is `None` if it could not be read.
pub(super) fn read(report: &mut Report, field: &Field<'_>, place: Option<&Place>) -> Option<Escalate> {
    let keyed = field.keyed(report, KEYS)?;
    let after = time(report, &keyed, "after", "30m", "1m", "24h");
    let to = keyed.need(
        report,
        "to",
        "write a second channel, a person or a user group: `to: T024BE7LD/C061EG9SL`",
    )?;
    let items = if to.is_list() { to.list(report, "an item of `to`")? } else { vec![to.clone()] };
    if items.is_empty() || items.len() > MOST {
        report.error(
            to.value_at(),
            format!("`to` names {} of whom to tell", items.len()),
            format!("name 1 to {MOST} channels, people and user groups, or leave `escalate` out"),
        );
        return None;
    }
    let (mut channel, mut mention, mut fine) = (None, vec![], true);
    for item in &items {
        let Some(text) = item.text(report) else {
            fine = false;
            continue;
        };
        let Some((workspace, id)) = grant::whom(report, text) else {
            fine = false;
            continue;
        };
        if place.is_some_and(|place| place.workspace != workspace) {
            report.error(
                text.span,
                format!("{} is in another workspace than the watch", quoted(text.text)),
                "cards go to one workspace: name a channel, a person or a user group of that of `channel`",
            );
            fine = false;
        } else if id.starts_with(['C', 'G']) && place.is_some_and(|place| place.channel.as_str() == id) {
            report.error(
                text.span,
                format!("{} is the channel in which the alert is already", quoted(text.text)),
                "name another channel; or name people alone, who are then mentioned in the alert's thread",
            );
            fine = false;
        } else if id.starts_with(['C', 'G']) {
            let first = channel.replace(ChannelId::new(id));
            if first.is_some() {
                report.error(
                    text.span,
                    "`to` names two channels",
                    "keep one of them; people and user groups may be several",
                );
                fine = false;
            }
        } else if id.starts_with('S') {
            mention.push(Mention::Group(id));
        } else {
            mention.push(Mention::Person(UserId::new(id)));
        }
    }
    let after_seconds = after?;
    fine.then_some(Escalate { after_seconds, channel, mention })
}
