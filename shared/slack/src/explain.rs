//! Prose for what was not understood: what is wrong, where, and what to type instead; and who may ask for what.
//!
//! What a person typed is shown back to them, so it is redacted first: people do paste passwords.

use crate::blocks::{Block, list};
use crate::markup;
use crate::text::Text;
use signalbox_domain::Grant;
use signalbox_domain::ids::WorkspaceId;
use signalbox_domain::parameter::{Kind, LONGEST_VALUE, Problem};
use signalbox_domain::phrase::{LONGEST_PHRASE, List, Misunderstood};
use signalbox_domain::redact::redact;
use signalbox_domain::{Operation, Parameter};

/// No list within a sentence is longer.
const MOST_LISTED: usize = 12;

/// What was wrong with a phrase.
pub(crate) fn explain(problem: &Misunderstood, operation: Option<&Operation>) -> Vec<Block> {
    let lead = Text::default().ours(":warning: ");
    let mut lines = vec![lead.then(wrong(problem))];
    if let Some(operation) = operation {
        lines.push(Text::default().ours("Usage: ").code(&usage(operation)));
        lines.extend(example(operation).map(|line| Text::default().ours("Example: ").code(&line)));
        if let Misunderstood::Missing { parameter: name, .. }
        | Misunderstood::BadValue { parameter: name, .. } = problem
        {
            lines.extend(operation.parameters.iter().find(|p| p.name == *name).map(parameter));
        }
    }
    list(lines)
}

fn wrong(problem: &Misunderstood) -> Text {
    let text = Text::default();
    match problem {
        Misunderstood::OpenQuote => text
            .ours("A quote was opened and not closed. A value with spaces goes between two: ")
            .code("note=\"two words\"")
            .ours("."),
        Misunderstood::TooLong => {
            text.ours(format!("That is too long: at most {LONGEST_PHRASE} bytes are read."))
        }
        Misunderstood::UnknownOperation { word, did_you_mean } => suggest(
            text.ours("There is no operation ").code(&redact(word)).ours("."),
            did_you_mean.as_deref(),
        )
        .ours(" `/signalbox help` shows what you can run."),
        Misunderstood::UnknownParameter { operation, word, did_you_mean } => suggest(
            text.code(operation.as_str()).ours(" has no parameter ").code(&redact(word)).ours("."),
            did_you_mean.as_deref(),
        ),
        Misunderstood::GivenTwice { parameter, .. } => {
            text.code(parameter.as_str()).ours(" was given twice.")
        }
        Misunderstood::TooManyWords { operation, word } => text
            .code(&redact(word))
            .ours(" is one word more than ")
            .code(operation.as_str())
            .ours(" has parameters. A value with spaces goes between quotes: ")
            .code("note=\"two words\"")
            .ours("."),
        Misunderstood::Missing { parameter, .. } => text.code(parameter.as_str()).ours(" is missing."),
        Misunderstood::BadValue { parameter, value, problem, .. } => {
            bad_value(text.code(parameter.as_str()), value, problem)
        }
        Misunderstood::MissingRun { verb } => which_run(text.ours("Which run? "), verb),
        Misunderstood::BadSettlement { word } => {
            let text = match word.as_str() {
                "" => text.ours("What became of it? "),
                word => text.code(&redact(word)).ours(" is not what may have become of a run. "),
            };
            text.ours("Say `/signalbox settle RUN succeeded`, `failed` or `did-not-run`, and why you know.")
        }
        Misunderstood::BadFilter { list, word } => {
            let (what, of, example) = match list {
                List::Runs => ("runs", "an operation", "/signalbox history 20 release failed 7d by=U012ABC"),
                List::Alerts => ("alerts", "a watch", "/signalbox alerts 5 acknowledged 7d by=U012ABC"),
            };
            text.code(&redact(word))
                .ours(format!(
                    " is nothing that {what} can be narrowed by. Say how many, {of}, a state, how far back, and whose by \
                     their id, in any order: "
                ))
                .code(example)
                .ours(". States: ")
                .ours(list.states().join(", "))
                .ours(".")
        }
        Misunderstood::BadRun { verb, word } => {
            which_run(text.code(&redact(word)).ours(" is not a run. "), verb)
        }
    }
}

fn suggest(text: Text, near: Option<&str>) -> Text {
    match near {
        Some(near) => text.ours(" Did you mean ").code(near).ours("?"),
        None => text,
    }
}

fn which_run(text: Text, verb: &str) -> Text {
    text.ours("Type the seven letters and digits that its card shows: ")
        .code(&format!("/signalbox {verb} 8f3k2qx"))
        .ours(".")
}

fn bad_value(name: Text, value: &str, problem: &Problem) -> Text {
    let shown = |text: Text| text.code(&redact(value));
    match problem {
        Problem::TooLong => name.ours(format!(" is too long: at most {LONGEST_VALUE} characters.")),
        Problem::HiddenCharacter { name: hidden } => name
            .ours(" has a character that nobody can see (")
            .ours(hidden.clone())
            .ours("), so what is shown would not be what runs; type it again by hand."),
        Problem::ControlCharacter => name.ours(" has a line break or another control character; leave it out."),
        Problem::LooksLikeAnOption => {
            shown(name.ours(" cannot be ")).ours(": a value that begins with `-` could be taken for an option.")
        }
        Problem::LooksLikeASecret => name.ours(
            " looks like a password, token or key. Those never belong in a chat, and this one has now been in one: \
             if it is real, replace it.",
        ),
        Problem::PatternMismatch { pattern } => {
            shown(name.ours(" cannot be ")).ours(": it must match ").code(pattern).ours(" as a whole.")
        }
        Problem::NotAnOption { options, did_you_mean } => {
            let said = shown(name.ours(" cannot be ")).ours(".");
            match did_you_mean {
                Some(near) => suggest(said, Some(near)),
                None => said.ours(" It is one of ").then(listed(options)).ours("."),
            }
        }
        Problem::NotAnInteger => shown(name.ours(" is a whole number such as `3`, which ")).ours(" is not."),
        Problem::OutOfBounds { min, max } => {
            shown(name.ours(" cannot be ")).ours(format!(": it is {}.", bounds(*min, *max)))
        }
        Problem::NotABoolean => shown(name.ours(" is `true` or `false`, which ")).ours(" is not."),
    }
}

fn bounds(min: Option<i64>, max: Option<i64>) -> String {
    match (min, max) {
        (Some(min), Some(max)) => format!("a whole number from {min} to {max}"),
        (Some(min), None) => format!("a whole number of at least {min}"),
        (None, Some(max)) => format!("a whole number of at most {max}"),
        (None, None) => "a whole number".to_owned(),
    }
}

fn listed(options: &[String]) -> Text {
    let shown = options.iter().take(MOST_LISTED).map(|o| Text::default().code(o));
    let text = Text::join(shown, ", ");
    match options.len().saturating_sub(MOST_LISTED) {
        0 => text,
        more => text.ours(format!(" and {more} more")),
    }
}

/// One parameter, explained in a line.
pub(crate) fn parameter(parameter: &Parameter) -> Text {
    let text = Text::default().ours("• ").code(parameter.name.as_str()).ours(": ");
    let text = match &parameter.kind {
        Kind::String { pattern: None } => text.ours("text"),
        Kind::String { pattern: Some(pattern) } => text.ours("text that matches ").code(pattern.as_str()),
        Kind::Choice { options } => text.ours("one of ").then(listed(options)),
        Kind::Integer { min, max } => text.ours(bounds(*min, *max)),
        Kind::Boolean => text.ours("`true` or `false`"),
    };
    let text = match &parameter.default {
        Some(default) => text.ours("; if left out, ").code(&default.to_string()),
        None if parameter.required => text,
        None => text.ours("; may be left out"),
    };
    if parameter.description.is_empty() { text } else { text.ours(". ").prose(&parameter.description) }
}

/// The line to type: `/signalbox release <service> <version> [note]`.
pub(crate) fn usage(operation: &Operation) -> String {
    operation.parameters.iter().fold(format!("/signalbox {}", operation.name), |line, p| {
        if p.required { format!("{line} <{}>", p.name) } else { format!("{line} [{}]", p.name) }
    })
}

/// A line that would be understood; `None` where nobody but the team knows a right value.
fn example(operation: &Operation) -> Option<String> {
    let needed = operation.parameters.iter().filter(|p| p.required);
    needed
        .map(|p| Some(format!("{}={}", p.name, sample(&p.kind)?)))
        .try_fold(format!("/signalbox {}", operation.name), |line, word| Some(format!("{line} {}", word?)))
}

fn sample(kind: &Kind) -> Option<String> {
    match kind {
        Kind::String { .. } => None,
        Kind::Choice { options } => options.iter().find(|o| !o.contains([' ', '"', '\'', '\\'])).cloned(),
        Kind::Integer { min, max } => Some(min.or(*max).unwrap_or(1).to_string()),
        Kind::Boolean => Some("true".to_owned()),
    }
}

/// Who may ask for an operation, a line per grant. Ids of `home` are mentions; of other workspaces they are shown as
/// they stand, for Slack may not know them there. Without a home it is the workspace that most of them are of.
pub(crate) fn who_may(operation: &Operation, home: Option<&WorkspaceId>) -> Vec<Text> {
    let grants = &operation.allow;
    if grants.is_empty() {
        return vec![Text::default().ours("The catalogue lets nobody run this: its `allow` is empty.")];
    }
    let ids = |g: &Grant| {
        let users = g.users.iter().map(|(w, _)| w.clone());
        users.chain(g.channels.iter().map(|(w, _)| w.clone())).collect::<Vec<_>>()
    };
    let all: Vec<WorkspaceId> = grants.iter().flat_map(ids).collect();
    let usual = all.iter().max_by_key(|w| all.iter().filter(|other| other == w).count());
    let home = home.or(usual);
    std::iter::once(Text::default().ours("*Who can run it*"))
        .chain(grants.iter().map(|g| grant(g, home)))
        .collect()
}

fn grant(grant: &Grant, home: Option<&WorkspaceId>) -> Text {
    let shown = |workspace: &WorkspaceId, id: &str, mention: Option<String>| match mention {
        Some(mention) if home == Some(workspace) => Text::default().ours(mention),
        _ => Text::default().code(&format!("{workspace}/{id}")),
    };
    let users = grant.users.iter().map(|(w, u)| shown(w, u.as_str(), markup::person(u.as_str())));
    let channels = grant.channels.iter().map(|(w, c)| shown(w, c.as_str(), markup::channel(c.as_str())));
    let text = Text::default().ours("• ");
    let text = if grant.users.is_empty() { text.ours("anyone") } else { text.then(some(users.collect())) };
    if grant.channels.is_empty() { text } else { text.ours(" in ").then(some(channels.collect())) }
}

fn some(all: Vec<Text>) -> Text {
    let more = all.len().saturating_sub(MOST_LISTED);
    let text = Text::join(all.into_iter().take(MOST_LISTED), ", ");
    if more == 0 { text } else { text.ours(format!(" and {more} more")) }
}
