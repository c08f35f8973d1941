//! Sentences for what was not understood: what is wrong, where, and what to type instead; and who may ask for what.
//!
//! What a person typed is shown back to them, so it is redacted first, because people sometimes paste passwords.

use crate::page::Part;
use crate::parameter::{MOST_LISTED, parameter, sample};
use crate::text::{Piece, Sign, Text, say, sign};
use crate::wrong::wrong;
use signalbox_domain::Grant;
use signalbox_domain::Operation;
use signalbox_domain::ids::WorkspaceId;
use signalbox_domain::phrase::Misunderstood;
use signalbox_domain::watch::Mention;

/// Says what was wrong with a phrase.
pub(crate) fn explain(problem: &Misunderstood, operation: Option<&Operation>) -> Vec<Part> {
    let mut lines = vec![sign(Sign::Warning).then(wrong(problem))];
    if let Some(operation) = operation {
        lines.push(say("Usage: ").code(&usage(operation)));
        lines.extend(example(operation).map(|line| say("Example: ").code(&line)));
        if let Misunderstood::Missing { parameter: name, .. }
        | Misunderstood::BadValue { parameter: name, .. } = problem
        {
            lines.extend(operation.parameters.iter().find(|p| p.name == *name).map(parameter));
        }
    }
    vec![Part::Lines(lines)]
}

/// The line to type: `/signalbox release <service> <version> [note]`.
#[must_use]
pub fn usage(operation: &Operation) -> String {
    let typed = operation.parameters.iter().filter(|p| p.fixed.is_none());
    typed.fold(format!("/signalbox {}", operation.name), |line, p| match p.required && p.when.is_empty() {
        true => format!("{line} <{}>", p.name),
        false => format!("{line} [{}]", p.name),
    })
}

/// A line that would be understood; `None` if only the team knows a valid value.
#[must_use]
pub fn example(operation: &Operation) -> Option<String> {
    let needed = operation.parameters.iter().filter(|p| p.required && p.when.is_empty());
    needed
        .map(|p| Some(format!("{}={}", p.name, sample(p)?)))
        .try_fold(format!("/signalbox {}", operation.name), |line, word| Some(format!("{line} {}", word?)))
}

/// Who may ask for an operation, one line per grant. Ids of the workspace `home` become mentions; ids of other
/// workspaces are shown as they are, because Slack may not know them here. Without `home`, the workspace of most of
/// them counts as home.
pub(crate) fn who_may(operation: &Operation, home: Option<&WorkspaceId>) -> Vec<Text> {
    let grants = &operation.allow;
    if grants.is_empty() {
        return vec![say("The catalogue lets nobody run this: its `allow` is empty.")];
    }
    let ids = |g: &Grant| {
        let users = g.users.iter().map(|(w, _)| w.clone());
        users.chain(g.channels.iter().map(|(w, _)| w.clone())).collect::<Vec<_>>()
    };
    let all: Vec<WorkspaceId> = grants.iter().flat_map(ids).collect();
    let usual = all.iter().max_by_key(|w| all.iter().filter(|other| other == w).count());
    let home = home.or(usual);
    std::iter::once(say("*Who can run it*")).chain(grants.iter().map(|g| grant(g, home))).collect()
}

fn grant(grant: &Grant, home: Option<&WorkspaceId>) -> Text {
    let shown = |workspace: &WorkspaceId, id: &str, known: &dyn Fn(Box<Piece>) -> Piece| {
        let whole = Piece::Code(format!("{workspace}/{id}"));
        Text::default().with(if home == Some(workspace) { known(Box::new(whole)) } else { whole })
    };
    let users = grant.users.iter().map(|(workspace, user)| {
        shown(workspace, user.as_str(), &|otherwise| Piece::Called(Mention::Person(user.clone()), otherwise))
    });
    let channels = grant.channels.iter().map(|(workspace, channel)| {
        shown(workspace, channel.as_str(), &|otherwise| Piece::Channel(channel.clone(), otherwise))
    });
    let text = say("• ");
    let text = if grant.users.is_empty() { text.say("anyone") } else { text.then(some(users.collect())) };
    if grant.channels.is_empty() { text } else { text.say(" in ").then(some(channels.collect())) }
}

fn some(all: Vec<Text>) -> Text {
    let more = all.len().saturating_sub(MOST_LISTED);
    let text = Text::join(all.into_iter().take(MOST_LISTED), ", ");
    if more == 0 { text } else { text.plain(format!(" and {more} more")) }
}
