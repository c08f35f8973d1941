//! `text → intent` as a golden file: what people type and how it is understood, one case on each line.

use signalbox_domain::phrase::{List, Misunderstood, Phrase, Wanted, understand};
use signalbox_domain::{Place, Timestamp};
use signalbox_testkit::samples;

/// No place and no time: nothing in these phrases depends on them.
const HERE: (Option<&Place>, Timestamp) = (None, Timestamp(0));

/// `golden/phrases.txt`: a slash command, ` => `, and what it means. Lines that begin with `#` are comments.
#[test]
fn phrases_mean_what_they_always_meant() {
    let catalogue = samples::catalogue();
    let mut wrong = vec![];
    for line in include_str!("../golden/phrases.txt").lines().filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        let (typed, expect) = line.split_once(" => ").unwrap();
        let (slash, text) = typed.split_once(' ').unwrap_or((typed, ""));
        let meant = match understand(&catalogue, slash, text, HERE) {
            Ok(Phrase::Ask(operation, parameters)) => {
                let all: Vec<_> = parameters.iter().map(|(n, v)| format!("{n}={v}")).collect();
                format!("ask {operation} {}", all.join(" ")).trim_end().to_owned()
            }
            Ok(Phrase::Cancel(run)) => format!("cancel {}", run.short),
            Ok(Phrase::Retry(run)) => format!("retry {}", run.short),
            Ok(Phrase::Settle(run, how, note)) => {
                format!("settle {} {} {note}", run.short, how.word()).trim_end().to_owned()
            }
            Ok(Phrase::Status(run)) => format!("status {}", run.short),
            Ok(Phrase::History(wanted)) => list("history", List::Runs, &wanted),
            Ok(Phrase::Alerts(wanted)) => list("alerts", List::Alerts, &wanted),
            Ok(Phrase::Pick) => "pick".to_owned(),
            Ok(Phrase::Help(None)) => "help".to_owned(),
            Ok(Phrase::Help(Some(operation))) => format!("help {operation}"),
            Err(Misunderstood::BadFilter { list: List::Runs, word }) => {
                format!("BadFilter {{ word: {word:?} }}")
            }
            Err(problem) => format!("{problem:?}"),
        };
        if meant != expect {
            wrong.push(format!("{typed} => {meant}"));
        }
    }
    assert!(wrong.is_empty(), "understood differently:\n{}", wrong.join("\n"));
}

/// Describes a list, but only where it differs from the list that is asked for without words.
fn list(verb: &str, list: List, wanted: &Wanted) -> String {
    let usual = if list == List::Runs { 10 } else { 20 };
    let parts = [
        Some(verb.to_owned()),
        (wanted.filters() || wanted.count != usual).then(|| wanted.count.to_string()),
        wanted.of.as_ref().map(|of| format!("{}={of}", list.of())),
        wanted.person.as_ref().map(|p| format!("person={p}")),
        wanted.state.map(|s| format!("state={s}")),
        wanted.within.map(|t| format!("within={}s", t.as_secs())),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
}

proptest::proptest! {
    #[test]
    fn nothing_typed_ever_panics(text in ".{0,200}", slash in "/?[a-z]{0,12}") {
        let _understood = understand(&samples::catalogue(), &slash, &text, HERE);
    }

    /// The phrase that is shown back can be typed again and means the same.
    #[test]
    fn what_is_shown_back_means_the_same(note in "[^\\p{Cc}]{0,40}") {
        let catalogue = noted();
        let text = format!("note=\"{}\"", note.replace('\\', r"\\").replace('"', r#"\""#));
        let Ok(Phrase::Ask(name, parameters)) = understand(&catalogue, "/note", &text, HERE) else {
            // A value that begins with `-` or looks like a secret is refused.
            return Ok(());
        };
        let intent = signalbox_domain::Intent {
            operation: name.clone(),
            parameters: parameters.clone(),
            ..samples::intent(&samples::catalogue())
        };
        let again = understand(&catalogue, "/signalbox", &intent.phrase(), HERE);
        proptest::prop_assert_eq!(again, Ok(Phrase::Ask(name, parameters)), "{}", intent.phrase());
    }
}

/// A catalogue with one operation that takes one free text.
fn noted() -> signalbox_domain::Catalogue {
    use signalbox_domain::parameter::{Kind, Parameter};
    let mut catalogue = samples::draft();
    let mut operation = catalogue.operations["touch"].clone();
    operation.name = "note".parse().unwrap();
    operation.parameters = vec![Parameter {
        required: true,
        ..Parameter::plain(
            "note".parse().unwrap(),
            Kind::String { pattern: None, shortest: None, longest: None },
        )
    }];
    catalogue.operations = [(operation.name.clone(), operation)].into();
    catalogue
}
