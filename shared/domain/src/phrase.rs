//! What people type: a small grammar that is data, so that it can be tested without a chat.
//!
//! `release web 1.4.2`, `release web version=1.4.2`, `release note="two words"`. Bare words fill the parameters in
//! their order, skipping those given by name. Errors are data too; prose is made where they are shown.

mod step;
mod wanted;
mod words;

pub(crate) use step::named;
pub use wanted::{List, Wanted};
pub use words::quoted;

use crate::alert::LONGEST_NOTE;
use crate::catalogue::{Catalogue, Operation};
use crate::ids::{OperationName, ParameterName, RecordName};
use crate::nearest::nearest;
use crate::observation::{Settlement, cut_middle};
use crate::parameter::{Context, Filled, Given, Mistake, Problem, Value};
use crate::people::Place;
use crate::time::Timestamp;
use std::borrow::Cow;
use std::collections::BTreeMap;
use words::{Word, split};

/// Longer texts are refused, in bytes; Slack cuts a slash command's text long before this.
pub const LONGEST_PHRASE: usize = 12_000;

/// What a phrase means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Phrase {
    /// Carry out an operation with these parameters, defaults filled in.
    Ask(OperationName, BTreeMap<ParameterName, Value>),
    /// Stop a run.
    Cancel(RecordName),
    /// Try once more what failed, was stopped, or cannot be known.
    Retry(RecordName),
    /// Say what became of a run whose end nobody knows, with a note.
    Settle(RecordName, Settlement, String),
    /// Show a run.
    Status(RecordName),
    /// Show the latest runs, or some of them.
    History(Wanted),
    /// Show the alerts that are open, or some of them.
    Alerts(Wanted),
    /// Choose an operation.
    Pick,
    /// Explain what may be asked for; or one operation.
    Help(Option<OperationName>),
}

/// Why a phrase was not understood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Misunderstood {
    /// A quote was opened and not closed.
    OpenQuote,
    /// Longer than [`LONGEST_PHRASE`].
    TooLong,
    /// No operation has this name.
    UnknownOperation {
        /// What was typed.
        word: String,
        /// The nearest name, if one is near.
        did_you_mean: Option<String>,
    },
    /// The operation has no parameter of this name.
    UnknownParameter {
        operation: OperationName,
        /// What was typed before `=`.
        word: String,
        /// The nearest name, if one is near.
        did_you_mean: Option<String>,
    },
    /// A parameter was given twice.
    GivenTwice { operation: OperationName, parameter: ParameterName },
    /// More words than parameters.
    TooManyWords {
        operation: OperationName,
        /// The first word too many.
        word: String,
    },
    /// A required parameter is missing.
    Missing { operation: OperationName, parameter: ParameterName },
    /// A parameter does not take the value.
    BadValue {
        operation: OperationName,
        parameter: ParameterName,
        /// What was typed; empty where it looks like a secret.
        value: String,
        /// What is wrong with it.
        problem: Box<Problem>,
    },
    /// A parameter was given that is not asked for with the values before it: of this parameter, and not one of these.
    NotAsked {
        operation: OperationName,
        parameter: ParameterName,
        because: ParameterName,
        is_none_of: Vec<Value>,
    },
    /// A parameter was given another value than the only one it can have here.
    Fixed { operation: OperationName, parameter: ParameterName, value: Value },
    /// `cancel`, `retry`, `settle` or `status` without a run.
    MissingRun {
        /// Which of them.
        verb: &'static str,
    },
    /// Not one of the answers to what became of a run.
    BadSettlement {
        /// What was typed; empty if nothing was.
        word: String,
    },
    /// Not a word that narrows a list.
    BadFilter {
        list: List,
        /// What was typed.
        word: String,
    },
    /// Not a run's short id.
    BadRun {
        verb: &'static str,
        /// What was typed.
        word: String,
    },
}

impl Misunderstood {
    /// That a parameter of this operation has no value, for this reason.
    #[must_use]
    pub fn of(operation: &OperationName, parameter: ParameterName, mistake: Mistake) -> Self {
        let operation = operation.clone();
        match mistake {
            Mistake::Missing => Self::Missing { operation, parameter },
            Mistake::Bad { value, problem } => {
                Self::BadValue { operation, parameter, value, problem: Box::new(problem) }
            }
            Mistake::NotAsked { because, is_none_of } => {
                Self::NotAsked { operation, parameter, because, is_none_of }
            }
            Mistake::Fixed { value } => Self::Fixed { operation, parameter, value },
        }
    }

    /// The operation the mistake is about, if the phrase got that far.
    #[must_use]
    pub fn operation(&self) -> Option<&OperationName> {
        match self {
            Self::UnknownParameter { operation, .. }
            | Self::GivenTwice { operation, .. }
            | Self::TooManyWords { operation, .. }
            | Self::Missing { operation, .. }
            | Self::BadValue { operation, .. }
            | Self::NotAsked { operation, .. }
            | Self::Fixed { operation, .. } => Some(operation),
            Self::OpenQuote
            | Self::TooLong
            | Self::UnknownOperation { .. }
            | Self::MissingRun { .. }
            | Self::BadSettlement { .. }
            | Self::BadFilter { .. }
            | Self::BadRun { .. } => None,
        }
    }
}

/// Understands a slash command that is typed in this place now: `/release` with `web 1.4.2`, or `/signalbox` with a
/// whole phrase.
///
/// # Errors
/// [`Misunderstood`] says what is wrong and what is near.
pub fn understand(
    catalogue: &Catalogue,
    slash: &str,
    text: &str,
    (place, now): (Option<&Place>, Timestamp),
) -> Result<Phrase, Misunderstood> {
    let context =
        Context { landscape: &catalogue.landscape, place, now, lists: None, steps: Some(catalogue) };
    if text.len() > LONGEST_PHRASE {
        return Err(Misunderstood::TooLong);
    }
    let words = split(text)?;
    let (verb, rest) = match (slash.trim_start_matches('/'), words.split_first()) {
        ("signalbox", None) => return Ok(Phrase::Pick),
        ("signalbox", Some((verb, rest))) => (verb.text(), rest),
        (name, _) => (Cow::Borrowed(name), words.as_slice()),
    };
    match verb.as_ref() {
        "help" => Ok(Phrase::Help(
            rest.first().map(|w| operation(catalogue, &w.text())).transpose()?.map(|o| o.name.clone()),
        )),
        "history" => Ok(Phrase::History(Wanted::read(catalogue, List::Runs, rest)?)),
        "alerts" => Ok(Phrase::Alerts(Wanted::read(catalogue, List::Alerts, rest)?)),
        "cancel" => Ok(Phrase::Cancel(run("cancel", rest)?)),
        "status" => Ok(Phrase::Status(run("status", rest)?)),
        "retry" => Ok(Phrase::Retry(run("retry", rest)?)),
        "settle" => {
            let name = run("settle", rest)?;
            let word =
                rest.get(1).map(|w| w.text().to_ascii_lowercase().replace('_', "-")).unwrap_or_default();
            let how = Settlement::ALL.into_iter().find(|how| how.word() == word);
            let how = how.ok_or(Misunderstood::BadSettlement { word })?;
            let note: Vec<_> = rest.iter().skip(2).map(Word::text).collect();
            Ok(Phrase::Settle(name, how, cut_middle(note.join(" ").trim(), LONGEST_NOTE)))
        }
        word => {
            let operation = operation(catalogue, word)?;
            if let [only] = rest
                && only.text() == "help"
            {
                return Ok(Phrase::Help(Some(operation.name.clone())));
            }
            Ok(Phrase::Ask(operation.name.clone(), assign(operation, rest, &context)?))
        }
    }
}

/// What a line gives of an operation's parameters, whether or not that is all of them, or right.
///
/// # Errors
/// [`Misunderstood`] where it does not say which operation is meant, or gives what no form could show.
pub fn partly(catalogue: &Catalogue, line: &str) -> Result<(OperationName, Given), Misunderstood> {
    if line.len() > LONGEST_PHRASE {
        return Err(Misunderstood::TooLong);
    }
    let words = split(line)?;
    let (verb, rest) = match words.split_first() {
        Some((verb, rest)) => (verb.text(), rest),
        None => (Cow::Borrowed(""), words.as_slice()),
    };
    let operation = operation(catalogue, &verb)?;
    let given = given(operation, rest)?.into_iter().zip(&operation.parameters);
    let given = given.filter_map(|(text, p)| Some((p.name.clone(), text?.to_owned())));
    Ok((operation.name.clone(), given.collect()))
}

fn operation<'c>(catalogue: &'c Catalogue, word: &str) -> Result<&'c Operation, Misunderstood> {
    catalogue.operation(word).ok_or_else(|| Misunderstood::UnknownOperation {
        word: word.to_owned(),
        did_you_mean: nearest(
            word,
            catalogue
                .operations
                .keys()
                .map(OperationName::as_str)
                .chain(["help", "history", "alerts", "cancel", "retry", "settle", "status"]),
        ),
    })
}

fn run(verb: &'static str, rest: &[Word]) -> Result<RecordName, Misunderstood> {
    let word = rest.first().ok_or(Misunderstood::MissingRun { verb })?.text();
    word.parse().map_err(|_| Misunderstood::BadRun { verb, word: word.into_owned() })
}

fn assign(
    operation: &Operation,
    words: &[Word],
    context: &Context<'_>,
) -> Result<BTreeMap<ParameterName, Value>, Misunderstood> {
    let filled = Filled::of(&operation.parameters, given(operation, words)?, context);
    match filled.mistakes.into_iter().next() {
        None => Ok(filled.values),
        Some((parameter, mistake)) => Err(Misunderstood::of(&operation.name, parameter, mistake)),
    }
}

/// What was given for each parameter, in the parameters' order.
fn given<'w>(operation: &Operation, words: &'w [Word]) -> Result<Vec<Option<&'w str>>, Misunderstood> {
    let name = || operation.name.clone();
    let parameters = &operation.parameters;
    let mut given: Vec<Option<&str>> = vec![None; parameters.len()];
    for word in words {
        let Some(key) = &word.name else { continue };
        let known = given.iter_mut().zip(parameters).find(|(_, p)| p.name.as_str() == key);
        let (slot, parameter) = known.ok_or_else(|| Misunderstood::UnknownParameter {
            operation: name(),
            word: key.clone(),
            did_you_mean: nearest(key, parameters.iter().map(|p| p.name.as_str())),
        })?;
        if slot.replace(&word.value).is_some() {
            return Err(Misunderstood::GivenTwice { operation: name(), parameter: parameter.name.clone() });
        }
    }
    for word in words.iter().filter(|w| w.name.is_none()) {
        // Nobody is asked for a value that is fixed, so no bare word fills it.
        let mut free = given.iter_mut().zip(parameters);
        let free = free.find(|(slot, p)| slot.is_none() && p.fixed.is_none());
        let (slot, _) =
            free.ok_or_else(|| Misunderstood::TooManyWords { operation: name(), word: word.value.clone() })?;
        *slot = Some(&word.value);
    }
    Ok(given)
}
