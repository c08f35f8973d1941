//! Sentences for what was not understood: what is wrong, where, and what to type instead; and who may ask for what.
//!
//! What a person typed is shown back to them, so it is redacted first, because people sometimes paste passwords.

use crate::page::Part;
use crate::parameter::{MOST_LISTED, bad_value, mistake, parameter, sample};
use crate::text::{Piece, Sign, Text, say, sign};
use signalbox_domain::Grant;
use signalbox_domain::Operation;
use signalbox_domain::ids::WorkspaceId;
use signalbox_domain::parameter::Mistake;
use signalbox_domain::phrase::{LONGEST_PHRASE, List, Misunderstood};
use signalbox_domain::redact::redact;
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

fn wrong(problem: &Misunderstood) -> Text {
    let text = Text::default();
    match problem {
        Misunderstood::OpenQuote => text
            .say("A quote was opened and not closed. A value with spaces goes between two: ")
            .code("note=\"two words\"")
            .say("."),
        Misunderstood::TooLong => {
            text.plain(format!("That is too long: at most {LONGEST_PHRASE} bytes are read."))
        }
        Misunderstood::UnknownOperation { word, did_you_mean } => {
            suggest(text.say("There is no operation ").code(&redact(word)).say("."), did_you_mean.as_deref())
                .say(" `/signalbox help` shows what you can run.")
        }
        Misunderstood::UnknownParameter { operation, word, did_you_mean } => suggest(
            text.code(operation.as_str()).say(" has no parameter ").code(&redact(word)).say("."),
            did_you_mean.as_deref(),
        ),
        Misunderstood::GivenTwice { parameter, .. } => text.code(parameter.as_str()).say(" was given twice."),
        Misunderstood::TooManyWords { operation, word } => text
            .code(&redact(word))
            .say(" is one word more than ")
            .code(operation.as_str())
            .say(" has parameters. A value with spaces goes between quotes: ")
            .code("note=\"two words\"")
            .say("."),
        Misunderstood::Missing { parameter, .. } => text.code(parameter.as_str()).say(" is missing."),
        Misunderstood::BadValue { parameter, value, problem, .. } => {
            bad_value(text.code(parameter.as_str()), value, problem)
        }
        Misunderstood::NotAsked { parameter, because, is_none_of, .. } => mistake(
            text.code(parameter.as_str()),
            &Mistake::NotAsked { because: because.clone(), is_none_of: is_none_of.clone() },
        ),
        Misunderstood::Fixed { parameter, value, .. } => {
            mistake(text.code(parameter.as_str()), &Mistake::Fixed { value: value.clone() })
        }
        Misunderstood::MissingRun { verb } => which_run(text.say("Which run? "), verb),
        Misunderstood::BadSettlement { word } => {
            let text = match word.as_str() {
                "" => text.say("What became of it? "),
                word => text.code(&redact(word)).say(" is not what may have become of a run. "),
            };
            text.say("Say `/signalbox settle RUN succeeded`, `failed` or `did-not-run`, and why you know.")
        }
        Misunderstood::BadFilter { list, word } => {
            let (what, of, example) = match list {
                List::Runs => ("runs", "an operation", "/signalbox history 20 release failed 7d by=U012ABC"),
                List::Alerts => ("alerts", "a watch", "/signalbox alerts 5 acknowledged 7d by=U012ABC"),
            };
            text.code(&redact(word))
                .plain(format!(
                    " is nothing that {what} can be narrowed by. Say how many, {of}, a state, how far back, and whose by \
                     their id, in any order: "
                ))
                .code(example)
                .say(". States: ")
                .plain(list.states().join(", "))
                .say(".")
        }
        Misunderstood::BadRun { verb, word } => {
            which_run(text.code(&redact(word)).say(" is not a run. "), verb)
        }
    }
}

fn suggest(text: Text, near: Option<&str>) -> Text {
    match near {
        Some(near) => text.say(" Did you mean ").code(near).say("?"),
        None => text,
    }
}

fn which_run(text: Text, verb: &str) -> Text {
    text.say("Type the seven letters and digits that its card shows: ")
        .code(&format!("/signalbox {verb} 8f3k2qx"))
        .say(".")
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
