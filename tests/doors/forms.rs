//! Whatever a catalogue says, the form of an operation is one that Slack takes: judged by the simulated Slack's own
//! limits, which share no code with the renderer.

use proptest::prelude::*;
use signalbox_domain::asking::{AskForm, Asking, MOST_FIELDS};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::parameter::{Context, Decimal, Given, Kind, Zone};
use signalbox_domain::people::{Actor, Place};
use signalbox_domain::{Intent, Operation, Parameter, Timestamp, Value};
use signalbox_simulator::limits;
use signalbox_testkit::samples;

/// Text of any length and any content, as a catalogue may have it and a person may type it.
fn text(most: usize) -> impl Strategy<Value = String> {
    prop_oneof![
        4 => "[a-zA-Z0-9 .,&<>*_~`:-]{0,40}",
        1 => proptest::collection::vec(any::<char>(), 0..most).prop_map(|chars| chars.into_iter().collect()),
        1 => Just("x".repeat(most)),
    ]
}

fn options() -> impl Strategy<Value = Vec<String>> {
    proptest::collection::vec("[a-z0-9 &<>.-]{1,200}", 1..130).prop_map(|mut all| {
        all.sort();
        all.dedup();
        all
    })
}

/// Bounds as a catalogue may have them: the least is not more than the most.
fn ordered(min: Option<i64>, max: Option<i64>) -> (Option<i64>, Option<i64>) {
    match (min, max) {
        (Some(min), Some(max)) => (Some(min.min(max)), Some(min.max(max))),
        other => other,
    }
}

fn kind() -> impl Strategy<Value = Kind> {
    let bound = || proptest::option::of(any::<i64>());
    let some = || proptest::option::of(0usize..1000);
    prop_oneof![
        (some(), some()).prop_map(|(shortest, longest)| {
            let longest = longest.map(|most| most.max(shortest.unwrap_or(0)));
            Kind::String { pattern: None, shortest, longest }
        }),
        (0usize..=3000).prop_map(|longest| Kind::Text { longest }),
        options().prop_map(|options| Kind::Choice { options: options.into() }),
        options().prop_map(|options| Kind::Choices { options: options.into(), fewest: None, most: None }),
        (bound(), bound(), proptest::option::of("[a-z]{1,9}")).prop_map(|(min, max, unit)| {
            let (min, max) = ordered(min, max);
            Kind::Integer { min, max, step: None, unit }
        }),
        (bound(), bound()).prop_map(|(min, max)| {
            let small = |n: i64| n % 1_000_000_000_000;
            let (min, max) = ordered(min.map(small), max.map(small));
            Kind::Number { min: min.map(Decimal::from), max: max.map(Decimal::from), step: None, unit: None }
        }),
        Just(Kind::Boolean),
        Just(Kind::Version { range: None, channels: vec![] }),
        Just(Kind::Duration { min: None, max: None }),
        Just(Kind::Date { zone: Zone::default() }),
        Just(Kind::Time { zone: Zone::default() }),
        Just(Kind::DateTime { zone: Zone::default() }),
        Just(Kind::User),
        Just(Kind::Channel),
        Just(Kind::Json),
        Just(Kind::Steps),
        options()
            .prop_map(|names| Kind::Secret { names: names.into_iter().map(|n| (n.clone(), n)).collect() }),
    ]
}

fn parameter() -> impl Strategy<Value = Parameter> {
    let values = proptest::option::of(text(1200).prop_map(Value::Text));
    (kind(), text(3000), text(3000), text(400), any::<bool>(), values).prop_map(
        |(kind, title, description, placeholder, required, default)| Parameter {
            title,
            description,
            placeholder,
            required,
            default,
            ..Parameter::plain("p".parse().unwrap(), kind)
        },
    )
}

/// What Slack would refuse in the form: a limit of its parts, or that it is too large.
fn refused(form: &AskForm, place: &Place) -> Vec<String> {
    limits::check_modal(&serde_json::from_str(signalbox_slack::ask_view(form, place).get()).unwrap())
}

/// How many fields the form has in Slack.
fn asked(form: &AskForm, place: &Place) -> usize {
    signalbox_slack::ask_view(form, place).get().matches(r#""type":"input""#).count()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn any_catalogue_has_forms_that_slack_takes(
        parameters in proptest::collection::vec(parameter(), 0..130),
        typed in proptest::collection::vec(text(3000), 0..130),
        confirm in any::<bool>(),
    ) {
        let catalogue = samples::catalogue();
        let mut operation: Operation = catalogue.operations["touch"].clone();
        operation.confirm = confirm;
        operation.parameters = parameters;
        for (nth, parameter) in operation.parameters.iter_mut().enumerate() {
            parameter.name = format!("p{nth}").parse().unwrap();
        }
        let given: Given =
            typed.into_iter().enumerate().map(|(nth, text)| (format!("p{nth}").parse().unwrap(), text)).collect();
        let (landscape, place, by) = (Landscape::default(), samples::channel("COPS"), samples::person("UADA"));
        let context = Context { landscape: &landscape, place: Some(&place), now: Timestamp(1_795_219_200_000), lists: None, steps: None };
        let asking = Asking { operation: &operation, context };
        let form = asking.form(&given);
        let wrong = refused(&form, &place);
        prop_assert!(wrong.is_empty(), "{wrong:?}");
        // With a summary of whatever could be filled in.
        let values = asking.values(&given);
        let intent = Intent::new(&catalogue, &operation, values, Actor::clone(&by), place.clone());
        let sent = asking.reviewed(intent, &Default::default());
        if let signalbox_domain::asking::Sent::Review(form) = sent {
            let wrong = refused(&form, &place);
            prop_assert!(wrong.is_empty(), "{wrong:?}");
            prop_assert_eq!(asked(&form, &place), form.fields.len(), "no field is cut off");
        }
    }
}

/// A form as large as a catalogue can make one: every label, hint, placeholder and value as long as it may be, of
/// letters that take three bytes, and every field a choice of a hundred.
#[test]
fn the_largest_form_of_all_is_one_that_slack_takes() {
    let catalogue = samples::catalogue();
    let mut operation: Operation = catalogue.operations["touch"].clone();
    operation.description = "東".repeat(3000);
    let options: std::sync::Arc<[String]> = (0..100).map(|n| format!("{n:02}{}", "東".repeat(73))).collect();
    operation.parameters = (0..130)
        .map(|nth| {
            let kind = match nth % 3 {
                0 => Kind::Choice { options: options.clone() },
                1 => Kind::Choices { options: options.clone(), fewest: None, most: None },
                _ => Kind::Text { longest: 3000 },
            };
            Parameter {
                title: "東".repeat(2000),
                description: "東".repeat(2000),
                placeholder: "東".repeat(150),
                ..Parameter::plain(format!("a-rather-long-name-{nth}").parse().unwrap(), kind)
            }
        })
        .collect();
    let values = operation.parameters.iter().map(|parameter| {
        let value = match &parameter.kind {
            Kind::Choice { .. } => options[99].clone(),
            Kind::Choices { .. } => options.join(","),
            _ => "\"&".repeat(1500),
        };
        (parameter.name.clone(), value)
    });
    let given: Given = values.collect();
    let (landscape, place, by) = (Landscape::default(), samples::channel("COPS"), samples::person("UADA"));
    let context = Context {
        landscape: &landscape,
        place: Some(&place),
        now: Timestamp(1_795_219_200_000),
        lists: None,
        steps: None,
    };
    let asking = Asking { operation: &operation, context };
    let form = asking.form(&given);
    let drawn = signalbox_slack::ask_view(&form, &place);
    assert!(refused(&form, &place).is_empty(), "{} bytes: {:?}", drawn.get().len(), refused(&form, &place));
    // What was given first is filled in all the same, as far as there is room.
    let view: serde_json::Value = serde_json::from_str(drawn.get()).unwrap();
    let of = |nth: usize| view["blocks"][nth + 1]["element"].clone();
    assert_eq!(of(0)["initial_option"]["value"], options[99].as_str());
    assert_eq!(
        (of(0)["type"].as_str(), of(1)["type"].as_str()),
        (Some("external_select"), Some("multi_external_select"))
    );
    // With a summary of all of it.
    operation.confirm = true;
    let parameters = given.iter().map(|(name, text)| (name.clone(), Value::Text(text.clone()))).collect();
    let intent = Intent::new(&catalogue, &operation, parameters, Actor::clone(&by), place.clone());
    let asking = Asking { operation: &operation, context };
    let signalbox_domain::asking::Sent::Review(form) = asking.reviewed(intent, &Default::default()) else {
        panic!("it has to be looked at");
    };
    assert!(
        form.fields.len() == MOST_FIELDS && refused(&form, &place).is_empty(),
        "{:?}",
        refused(&form, &place)
    );
}
