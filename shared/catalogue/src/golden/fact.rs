//! What becomes of a case: understood, decided and filled in by the domain itself.

use super::case::Case;
use signalbox_domain::catalogue::Target;
use signalbox_domain::ids::RunId;
use signalbox_domain::intent::{Intent, work_of};
use signalbox_domain::phrase::{Misunderstood, Phrase, understand};
use signalbox_domain::policy::Verdict;
use signalbox_domain::{Frozen, Rules};
use std::collections::BTreeMap;

/// Stands for the run's id, which differs each time.
pub(super) const RUN: &str = "RUN";

/// A value with texts in it. The keys of a mapping have an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Said {
    Text(String),
    List(Vec<String>),
    Map(Vec<(String, Said)>),
}

/// What becomes of a case.
pub(super) struct Fact {
    /// `allow`, why it is refused, or why it is not understood.
    pub(super) verdict: &'static str,
    /// The parameters, if it is understood.
    pub(super) intent: Option<Said>,
    /// What the backend gets, if it is allowed.
    pub(super) request: Option<Said>,
}

impl Fact {
    /// The part of it under a key of `expect`.
    pub(super) fn part(&self, key: &str) -> Option<Said> {
        match key {
            "verdict" => Some(Said::Text(self.verdict.to_owned())),
            "intent" => self.intent.clone(),
            _ => self.request.clone(),
        }
    }
}

/// Finds out what becomes of a case.
pub(super) fn of(catalogue: &Frozen, case: &Case<'_>) -> Fact {
    let nothing = |verdict| Fact { verdict, intent: None, request: None };
    let (slash, text) = case.typed();
    let (name, parameters) = match understand(catalogue, slash, text, (Some(&case.place), case.now)) {
        Ok(Phrase::Ask(name, parameters)) => (name, parameters),
        Ok(
            Phrase::Cancel(_)
            | Phrase::Retry(_)
            | Phrase::Settle(..)
            | Phrase::Status(_)
            | Phrase::History(_)
            | Phrase::Alerts(_)
            | Phrase::Help(_),
        ) => return nothing("no_request"),
        Err(misunderstood) => return nothing(kind(&misunderstood)),
    };
    let Some(operation) = catalogue.operations.get(&name) else { return nothing("unknown_operation") };
    let intent = Some(Said::Map(
        parameters.iter().map(|(name, value)| (name.to_string(), Said::Text(value.to_string()))).collect(),
    ));
    match Rules::of(catalogue).may_ask(&name, &case.actor, &case.place) {
        Verdict::Refuse(reason) => Fact { verdict: reason.as_str(), intent, request: None },
        Verdict::Allow => {
            let run = RunId::derive("tests", "catalogue", RUN);
            let asked = Intent::new(catalogue, operation, parameters, case.actor.clone(), case.place.clone());
            let work = work_of(&catalogue.landscape, operation, &asked, &run);
            Fact { verdict: "allow", intent, request: Some(request(work.0, run.as_str())) }
        }
    }
}

/// A stable word for why something was not understood.
fn kind(misunderstood: &Misunderstood) -> &'static str {
    match misunderstood {
        Misunderstood::OpenQuote => "open_quote",
        Misunderstood::TooLong => "too_long",
        Misunderstood::UnknownOperation { .. } => "unknown_operation",
        Misunderstood::UnknownParameter { .. } => "unknown_parameter",
        Misunderstood::GivenTwice { .. } => "given_twice",
        Misunderstood::TooManyWords { .. } => "too_many_words",
        Misunderstood::Missing { .. } => "missing",
        Misunderstood::BadValue { .. } => "bad_value",
        Misunderstood::NotAsked { .. } => "not_asked",
        Misunderstood::Fixed { .. } => "fixed",
        Misunderstood::MissingRun { .. } => "missing_run",
        Misunderstood::BadSettlement { .. } => "bad_settlement",
        Misunderstood::BadFilter { .. } => "bad_filter",
        Misunderstood::BadRun { .. } => "bad_run",
    }
}

/// What the backend gets, in the words of the catalogue. The run's id is replaced, wherever it is.
fn request(target: Target, run: &str) -> Said {
    let text = |text: &str| Said::Text(text.replace(run, RUN));
    let map = |all: &BTreeMap<String, String>| {
        Said::Map(all.iter().map(|(name, value)| (name.clone(), text(value))).collect())
    };
    let mut fields: Vec<(&str, Said)> = vec![];
    match target {
        Target::Command(mut command) => {
            let mut words = vec![std::mem::take(&mut command.program)];
            words.extend(command.arguments.iter().map(|argument| argument.replace(run, RUN)));
            fields.push(("command", Said::List(words)));
            if !command.directory.is_empty() {
                fields.push(("directory", text(&command.directory)));
            }
            if !command.environment.is_empty() {
                fields.push(("environment", map(&command.environment)));
            }
        }
        Target::GitHub(mut github) => {
            // The run's id is one of the inputs.
            github.inputs.extend(github.run_input.take().map(|name| (name, RUN.to_owned())));
            fields.push(("github", text(&github.repository)));
            fields.push(("workflow", text(&github.workflow)));
            fields.push(("ref", text(&github.git_ref)));
            fields.push(("inputs", map(&github.inputs)));
        }
        Target::Jenkins(mut jenkins) => {
            jenkins.parameters.extend(jenkins.run_parameter.take().map(|name| (name, RUN.to_owned())));
            fields.push(("jenkins", text(&jenkins.job)));
            fields.extend(jenkins.branch.as_deref().map(|branch| ("branch", text(branch))));
            fields.push(("parameters", map(&jenkins.parameters)));
        }
    }
    Said::Map(fields.into_iter().map(|(key, said)| (key.to_owned(), said)).collect())
}
