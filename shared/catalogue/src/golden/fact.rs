//! What becomes of a case: understood, decided and filled in by the domain itself.

use super::case::Case;
use signalbox_domain::catalogue::Target;
use signalbox_domain::ids::RunId;
use signalbox_domain::intent::{Intent, work_of};
use signalbox_domain::phrase::{Misunderstood, Phrase, understand};
use signalbox_domain::policy::Verdict;
use signalbox_domain::{Frozen, Rules};

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
            | Phrase::Pick
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
            Fact { verdict: "allow", intent, request: Some(request(&work.0, run.as_str())) }
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
fn request(target: &Target, run: &str) -> Said {
    let mut fields: Vec<(String, Said)> = vec![];
    for (keys, text) in target.written() {
        let text = text.replace(run, RUN);
        match keys.as_slice() {
            // How long it may take, and which value takes the run's id, is not handed over itself.
            [key] if key == "timeout" || key.starts_with("run-") => {}
            [key] => fields.push((key.clone(), Said::Text(text))),
            [key, name] => add(&mut fields, key, name, text),
            _ => {}
        }
    }
    if let Some((key, name)) = target.run_goes_to() {
        add(&mut fields, key, name, RUN.to_owned());
    }
    Said::Map(fields)
}

/// Adds a value below a key: to a list, if it has a number, and else to a mapping, in the order of the names.
fn add(fields: &mut Vec<(String, Said)>, key: &str, name: &str, text: String) {
    let is_item = name.parse::<usize>().is_ok();
    let at = fields.iter().position(|(known, _)| known == key).unwrap_or_else(|| {
        fields.push((key.to_owned(), if is_item { Said::List(vec![]) } else { Said::Map(vec![]) }));
        fields.len() - 1
    });
    match &mut fields[at].1 {
        Said::Text(_) => {}
        Said::List(items) => items.push(text),
        Said::Map(all) => {
            all.push((name.to_owned(), Said::Text(text)));
            all.sort_by(|(a, _), (b, _)| a.cmp(b));
        }
    }
}
