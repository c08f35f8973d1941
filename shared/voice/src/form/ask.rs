//! Forms that ask for an operation, and the one in which an operation is chosen.

use super::hint::{LONGEST_HINT, hint};
use super::{Choice, Field, FieldKind, FormPage, FormPart, Words, words_of};
use crate::duration::spell;
use crate::page::{Part, fact};
use crate::text::{Sign, Text, say, sign};
use crate::wrong::mistake;
use signalbox_domain::answer::Home;
use signalbox_domain::asking::{AskField, AskForm, FieldList, KnownCheck, Picker, Review, Shipped};
use signalbox_domain::observation::cut_middle;
use signalbox_domain::parameter::{Kind, LONGEST_TEXT, LONGEST_VALUE, Mistake};
use signalbox_domain::people::Place;
use signalbox_domain::time::Day;
use signalbox_domain::{Name, ParameterName, Timestamp};
use std::borrow::Cow;

/// The field in which an environment's name is typed. No parameter can have this name.
pub const TYPED: &str = "typed:name";
/// Choices that stand side by side; more of them are a list.
const MOST_RADIO: usize = 2;
/// What all values of a summary take together, in bytes; where they are longer, each is cut to so many characters. A
/// form with larger ones would not be shown at all.
const MOST_REVIEWED: usize = 16 * 1024;
const LONGEST_REVIEWED: usize = 100;
/// More values than that are counted in a summary: the fields below it need their room.
const MOST_LISTED: usize = 150;

/// The form that asks for an operation, for somebody in this place.
#[must_use]
pub fn ask<'f>(form: &'f AskForm, place: &Place) -> FormPage<'f> {
    let mut parts = vec![];
    if !form.operation.description.is_empty() && form.review.is_none() {
        parts.push(FormPart::Say(Part::Paragraph(Text::default().prose(&form.operation.description))));
    }
    parts.extend(form.review.iter().flat_map(review));
    parts.extend(form.fields.iter().map(|field| FormPart::Field(question(field, place))));
    if !form.left_out.is_empty() {
        let names = form.left_out.iter().map(|name| Text::default().code(name.as_str()));
        let text = say("This form has no room for ").then(Text::join(names, ", "));
        parts
            .push(FormPart::Say(Part::Small(text.say(". To give one of them, type the command as a line."))));
    }
    let submit = if form.review.is_some() { "Run it" } else { "Continue" };
    FormPage {
        title: form.operation.name.to_string(),
        submit: Some(submit.to_owned()),
        leave: "Cancel",
        parts,
    }
}

/// What will happen, before anybody can make it happen.
fn review(review: &Review) -> Vec<FormPart<'_>> {
    let Review { intent, environment, type_name, shipped, checks } = review;
    let title = match environment {
        Some(name) => sign(Sign::Warning)
            .say("*Check this before it runs.* ")
            .code(name.as_str())
            .say(" is protected. Nothing has been started yet."),
        None => sign(Sign::Warning).say("*Check this before it runs.* Nothing has been started yet."),
    };
    let values = intent.parameters.iter().map(|(name, value)| (name.to_string(), value.to_string()));
    let values: Vec<(String, String)> = values.collect();
    let whole = values.iter().map(|(_, value)| value.len()).sum::<usize>() <= MOST_REVIEWED;
    let longest = if whole { usize::MAX } else { LONGEST_REVIEWED };
    let more = values.len().saturating_sub(MOST_LISTED);
    let facts = values
        .into_iter()
        .take(MOST_LISTED)
        .map(|(name, value)| fact(name, Text::default().code(&cut_middle(&value, longest))));
    let mut parts = vec![
        FormPart::Say(Part::Paragraph(title)),
        FormPart::Say(Part::Paragraph(say("This will run: ").code(&intent.phrase()))),
        FormPart::Say(Part::Facts(facts.collect())),
    ];
    if more > 0 {
        parts.push(FormPart::Say(Part::Small(Text::default().plain(format!("… and {more} more")))));
    }
    if let Some(shipped) = shipped {
        parts.extend(ships(shipped).into_iter().map(FormPart::Say));
    }
    if !checks.is_empty() {
        let title = say("*What has to hold* is checked again before anything is started:");
        let lines = std::iter::once(title).chain(checks.iter().map(check_line));
        parts.push(FormPart::Say(Part::Lines(lines.collect())));
    }
    if let (Some(name), true) = (environment, type_name) {
        parts.push(FormPart::Field(Field {
            name: TYPED.into(),
            label: format!("Type {name} to go on").into(),
            hint: "This is asked so that nobody runs it in the wrong place.".into(),
            optional: false,
            live: false,
            kind: FieldKind::Words(Words { longest: LONGEST_VALUE, ..Words::default() }),
        }));
    }
    parts.push(FormPart::Say(Part::Small(say(
        "You can still change the fields below. If you do, you will see this summary again.",
    ))));
    parts
}

/// What is known of something that is required.
fn check_line(check: &KnownCheck) -> Text {
    match &check.holds {
        Some(Ok(())) => sign(Sign::Good).say("holds: ").prose(&check.what),
        Some(Err(why)) => {
            sign(Sign::Bad).say("does not hold now: ").prose(&check.what).say(" (").prose(why).say(")")
        }
        None => sign(Sign::Waiting).say("not known yet: ").prose(&check.what),
    }
}

/// What changes by a request.
fn ships(shipped: &Shipped) -> Vec<Part> {
    let Shipped { shipping, runs, changes: found, trouble } = shipped;
    let line = say("*What changes:* ").code(&shipping.place);
    let line = match runs {
        None => line.say(" gets ").code(&shipping.version).say(". No run has brought anything there before."),
        Some((version, run, _)) if *version == shipping.version => {
            line.say(" has ").code(version).say(" already, since the run ").code(run.as_str()).say(".")
        }
        Some((version, run, since)) => line
            .say(" goes from ")
            .code(version)
            .say(" (run ")
            .code(run.as_str())
            .say(", ")
            .moment(*since)
            .say(") to ")
            .code(&shipping.version)
            .say("."),
    };
    let mut parts = vec![Part::Paragraph(line)];
    match (found, trouble) {
        (Some(found), _) => parts.extend(crate::run::changes(found)),
        (None, Some(why)) => {
            parts.push(Part::Small(say("What is between the two cannot be asked now: ").prose(why).say(".")));
        }
        (None, None) => {}
    }
    parts
}

/// The name of a parameter's field. Where what it depends on changes, it is another field, so that nothing stays that was filled in
/// for something else.
fn named(field: &AskField) -> Cow<'_, str> {
    match &field.depends {
        Some(on) => format!("{}@{on}", field.parameter.name).into(),
        None => field.parameter.name.as_str().into(),
    }
}

/// The parameter that a field is for.
#[must_use]
pub fn parameter_of(field: &str) -> Option<ParameterName> {
    field.split('@').next().and_then(|name| name.parse().ok())
}

fn question<'f>(field: &'f AskField, place: &Place) -> Field<'f> {
    let parameter = &field.parameter;
    let hint = match field.list.as_ref().and_then(list_hint) {
        Some(list) => {
            let said = [list.into(), hint(parameter)].into_iter().filter(|s: &Cow<'_, str>| !s.is_empty());
            cut_middle(&said.collect::<Vec<_>>().join(" "), LONGEST_HINT).into()
        }
        None => hint(parameter),
    };
    Field {
        name: named(field),
        label: parameter.label().into(),
        hint,
        optional: !parameter.required,
        live: field.live,
        kind: kind(field, place),
    }
}

/// What is to be known of a list before one looks into it.
fn list_hint(list: &FieldList) -> Option<String> {
    if let Some(first) = &list.waits_for {
        return Some(format!("Fill in {first} first: the list depends on it."));
    }
    let why = list.trouble.as_ref()?;
    let why = signalbox_domain::redact::redact(why);
    Some(match &list.age {
        Some(age) => format!("The list is {} old and cannot be read now: {why}.", spell(*age)),
        None => {
            format!("The list cannot be read now: {why}. You can type a value; it is checked before it runs.")
        }
    })
}

/// What is said at the head of a list that is shown; `None` where nothing needs to be said.
#[must_use]
pub fn list_note(list: &FieldList) -> Option<String> {
    match (&list.age, &list.trouble) {
        (Some(age), Some(why)) => {
            let why = signalbox_domain::redact::redact(why);
            Some(format!("From {} ago: {why}", spell(*age)))
        }
        (Some(_), None) if list.more => Some("Only the first of them; all can be typed".to_owned()),
        (Some(_) | None, _) => None,
    }
}

fn kind<'f>(field: &'f AskField, place: &Place) -> FieldKind<'f> {
    let (parameter, value) = (&field.parameter, field.value.as_deref());
    let choice = |(value, label): &'f (String, String)| Choice::new(label.as_str(), value.as_str());
    let choices = || field.options.iter().map(choice).collect::<Vec<_>>();
    let chosen_of = |chosen: &str| field.options.iter().find(|(option, _)| option == chosen).map(choice);
    let words = |lines, shortest: Option<usize>, longest: usize| {
        let (filled, placeholder) = (value.map(Cow::from), parameter.placeholder.as_str().into());
        FieldKind::Words(Words { lines, shortest: shortest.unwrap_or(0), longest, filled, placeholder })
    };
    let number = |decimal, least: Option<String>, most: Option<String>| {
        let (filled, placeholder) = (value.map(Cow::from), parameter.placeholder.as_str().into());
        FieldKind::Number { decimal, least, most, filled, placeholder }
    };
    if let Some(list) = &field.list {
        // A list that was never read and cannot be has nothing to search in.
        if list.age.is_none() && list.trouble.is_some() {
            return words(false, None, LONGEST_VALUE);
        }
        let mut chosen = value.into_iter().flat_map(|value| parameter.words(value));
        if matches!(parameter.kind, Kind::Choices { .. }) {
            return FieldKind::SearchSeveral(chosen.map(|word| Choice::new(word, word)).collect());
        }
        return FieldKind::Search(chosen.next().map(|word| Choice::new(word, word)));
    }
    match &parameter.kind {
        Kind::String { shortest, longest, .. } => words(false, *shortest, longest.unwrap_or(LONGEST_VALUE)),
        Kind::Text { longest } => words(true, None, *longest),
        Kind::Json | Kind::Steps => words(true, None, LONGEST_TEXT),
        Kind::Version { .. } | Kind::Duration { .. } => words(false, None, LONGEST_VALUE),
        Kind::Boolean => {
            let choices = vec![Choice::new("Yes", "true"), Choice::new("No", "false")];
            FieldKind::Radio(choices, value.map(str::to_owned))
        }
        Kind::Choice { .. } | Kind::Thing { .. } | Kind::Secret { .. } if field.searched => {
            FieldKind::Search(value.and_then(chosen_of))
        }
        Kind::Choice { .. } | Kind::Thing { .. } | Kind::Secret { .. } => {
            let chosen = value.filter(|v| field.options.iter().any(|(option, _)| option == v));
            let chosen = chosen.map(str::to_owned);
            match field.options.len() {
                // A radio cannot be cleared again.
                2..=MOST_RADIO if parameter.required => FieldKind::Radio(choices(), chosen),
                _ => FieldKind::Choice(choices(), chosen),
            }
        }
        Kind::Choices { .. } => {
            let chosen = value.unwrap_or_default().split(',').map(str::trim).filter(|word| !word.is_empty());
            if field.searched {
                return FieldKind::SearchSeveral(chosen.filter_map(chosen_of).collect());
            }
            let chosen = chosen.filter(|v| field.options.iter().any(|(option, _)| option == v));
            FieldKind::Several(choices(), chosen.map(str::to_owned).collect())
        }
        Kind::Integer { min, max, .. } => {
            number(false, min.map(|n| n.to_string()), max.map(|n| n.to_string()))
        }
        Kind::Number { min, max, .. } => number(true, min.map(|n| n.to_string()), max.map(|n| n.to_string())),
        Kind::Date { .. } => {
            FieldKind::Date(value.filter(|day| day.parse::<Day>().is_ok()).map(str::to_owned))
        }
        Kind::Time { .. } => FieldKind::Time(value.filter(|time| is_time(time)).map(str::to_owned)),
        Kind::DateTime { .. } => FieldKind::Moment(value.and_then(signalbox_domain::parameter::seconds)),
        Kind::User => FieldKind::Person(here(value, place)),
        Kind::Channel => FieldKind::Channel(here(value, place)),
    }
}

/// Whether this is a time of day as fields for one take it: `08:00`.
fn is_time(text: &str) -> bool {
    let number = |digits: &str, most: u8| {
        digits.len() == 2
            && digits.bytes().all(|b| b.is_ascii_digit())
            && digits.parse::<u8>().is_ok_and(|n| n <= most)
    };
    text.split_once(':').is_some_and(|(hour, minute)| number(hour, 23) && number(minute, 59))
}

/// The id, if it is of the place's own workspace; a chat cannot choose others.
fn here(value: Option<&str>, place: &Place) -> Option<String> {
    let (workspace, id) = value?.split_once('/')?;
    (workspace == place.workspace.as_str()).then(|| id.to_owned())
}

/// What is wrong with a form that was sent, by the names of its fields.
#[must_use]
pub fn mistakes(form: &AskForm, wrong: &[(ParameterName, Mistake)]) -> Vec<(String, String)> {
    let said = |(name, wrong): &(ParameterName, Mistake)| {
        let field = form.fields.iter().find(|field| field.parameter.name == *name)?;
        let label = Text::default().plain(field.parameter.label().to_owned());
        Some((named(field).into_owned(), words_of(&mistake(label, wrong))))
    };
    wrong.iter().filter_map(said).collect()
}

/// What is said when another name was typed.
#[must_use]
pub fn name_differs(name: &Name) -> (String, String) {
    (TYPED.to_owned(), format!("Type {name} exactly as it is written, or cancel."))
}

/// The form in which an operation is chosen.
#[must_use]
pub fn picker(picker: &Picker) -> FormPage<'_> {
    fn choice(name: &Name) -> Choice<'_> {
        Choice::new(name.as_str(), name.as_str())
    }
    fn described((name, description): &(Name, String)) -> Choice<'_> {
        match description.as_str() {
            "" => choice(name),
            words => Choice::new(format!("{name}: {words}"), name.as_str()),
        }
    }
    let parts = if picker.all.is_empty() {
        vec![FormPart::Say(Part::Paragraph(
            sign(Sign::NotFound).say("There is nothing that you are allowed to run here."),
        ))]
    } else {
        let field = |name: &'static str, label: &'static str, choices| {
            FormPart::Field(Field {
                name: name.into(),
                label: label.into(),
                hint: "".into(),
                optional: true,
                live: true,
                kind: FieldKind::Choice(choices, None),
            })
        };
        let mut parts =
            vec![field("operation", "What do you want to run?", picker.all.iter().map(described).collect())];
        if !picker.recent.is_empty() {
            let recent = picker.recent.iter().map(choice).collect();
            parts.push(field("recent", "Or one that you ran lately", recent));
        }
        parts.push(FormPart::Say(Part::Small(say("You can also type it: `/signalbox help` shows how."))));
        parts
    };
    FormPage { title: "Signalbox".to_owned(), submit: None, leave: "Close", parts }
}

/// What somebody sees when they open the app itself. The form in which an operation is chosen, and lists.
#[must_use]
pub fn home(home: &Home, now: Timestamp) -> FormPage<'_> {
    let heading = |words: &'static str| FormPart::Say(Part::Paragraph(say(words)));
    let mut parts = vec![heading("*Run something*")];
    parts.extend(picker(&home.picker).parts);
    parts.push(heading("*Your latest runs*"));
    parts.extend(match home.runs.as_deref() {
        Some([]) => vec![heading("You have not run anything yet.")],
        Some(lines) => crate::answer::runs(lines, now).into_iter().map(FormPart::Say).collect(),
        None => vec![heading("They cannot be read just now.")],
    });
    if let Some(open) = &home.alerts {
        parts.push(heading("*Open alerts*"));
        parts.extend(crate::answer::open_alerts(open).into_iter().map(FormPart::Say));
    }
    FormPage { title: "Signalbox".to_owned(), submit: None, leave: "Close", parts }
}
