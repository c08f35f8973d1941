//! Placeholders, and the settings that they may name.

use super::*;
use crate::catalogue::Catalogue;
use crate::frozen::Frozen;
use crate::ids::{ChannelId, Digest, UserId, WorkspaceId};
use crate::landscape::{self, Environment, Size};
use crate::parameter::{Kind, Parameter, Value};
use crate::people::{Actor, Chat, Place};
use crate::policy::ReasonCode;
use crate::sample;
use crate::template::filled;

fn intent(parameters: &[(&str, Value)]) -> Intent {
    Intent {
        operation: "release".parse().unwrap(),
        parameters: parameters.iter().map(|(n, v)| (n.parse().unwrap(), v.clone())).collect(),
        unusual: None,
        requester: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA")),
        place: Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") },
        digest: Digest::ZERO,
        hash: None,
        as_asked: None,
    }
}

/// `deploy env size [secret]`, in a landscape with settings; and Ada's login elsewhere.
fn settled() -> Catalogue {
    let thing = |name: &str, of| {
        let only = if of == landscape::Kind::Size { vec!["small".parse().unwrap()] } else { vec![] };
        Parameter::plain(name.parse().unwrap(), Kind::Thing { of, only })
    };
    let secret = Kind::Secret { names: vec![("db".into(), "DB_PASSWORD".into())] };
    let settings = |key: &str, value: &str| [(key.to_owned(), value.to_owned())].into();
    let parameters = vec![
        thing("env", landscape::Kind::Environment),
        thing("size", landscape::Kind::Size),
        Parameter::plain("db".parse().unwrap(), secret),
    ];
    let arguments = ["--region={env.region}", "--copies={size.copies}", "--by={requester.login}", "{db}"];
    let operation = sample::deploy(parameters, &arguments);
    let prod = Environment { settings: settings("region", "eu-central-1"), ..sample::environment("prod") };
    let small = Size { name: "small".parse().unwrap(), settings: settings("copies", "2") };
    Catalogue {
        operations: [(operation.name.clone(), operation)].into(),
        landscape: Landscape {
            environments: vec![prod],
            sizes: vec![small],
            people: [("T1/UADA".to_owned(), settings("login", "ada-l"))].into(),
            ..Landscape::default()
        },
        ..Catalogue::default()
    }
}

fn asked(catalogue: &Frozen) -> Intent {
    let operation = &catalogue.operations["deploy"];
    let text = |name: &str, value: &str| (name.parse().unwrap(), Value::Text(value.to_owned()));
    let parameters = [text("env", "prod"), text("size", "small"), text("db", "db")].into();
    let Intent { requester, place, .. } = intent(&[]);
    Intent::new(catalogue, operation, parameters, requester, place)
}

#[test]
fn settings_are_part_of_what_runs_and_of_its_hash() {
    let catalogue = settled().freeze();
    let intent = asked(&catalogue);
    let run = RunId::derive("slack", "T1", "key");
    let work = work_of(&catalogue.landscape, &catalogue.operations["deploy"], &intent, &run);
    let Work(Target::Command(command)) = work else { unreachable!("it is one") };
    assert_eq!(command.arguments, ["--region=eu-central-1", "--copies=2", "--by=ada-l", "DB_PASSWORD"]);
    assert!(intent.resolve(&catalogue).is_ok());
    let changes: [fn(&mut Catalogue); 4] = [
        |c| {
            c.landscape.environments[0].settings.insert("region".into(), "us-east-1".into());
        },
        |c| {
            c.landscape.sizes[0].settings.insert("copies".into(), "3".into());
        },
        |c| c.landscape.people.clear(),
        |c| {
            let operation = c.operations.get_mut("deploy").unwrap();
            operation.parameters[2].kind =
                Kind::Secret { names: vec![("db".into(), "OTHER_PASSWORD".into())] };
        },
    ];
    for (nth, change) in changes.iter().enumerate() {
        let mut changed = settled();
        change(&mut changed);
        assert_eq!(intent.resolve(&changed.freeze()), Err(ReasonCode::CatalogueChanged), "{nth}");
    }
    // What the target does not ask for changes nothing.
    let mut other = settled();
    other.landscape.environments[0].settings.insert("colour".into(), "green".into());
    other.landscape.environments[0].title = "Production".into();
    assert!(intent.resolve(&other.freeze()).is_ok());
}

#[test]
fn a_value_that_is_no_longer_taken_is_refused() {
    let intent = asked(&settled().freeze());
    let mut without = settled();
    without.landscape.environments.clear();
    // Its setting is gone too, so it is another thing that would run.
    assert_eq!(intent.resolve(&without.freeze()), Err(ReasonCode::CatalogueChanged));
    let mut fixed = settled();
    let operation = fixed.operations.get_mut("deploy").unwrap();
    operation.parameters[1].fixed = Some(Value::Text("large".into()));
    assert_eq!(intent.resolve(&fixed.freeze()), Err(ReasonCode::BadParameters));
}

#[test]
fn placeholders() {
    let run = RunId::derive("slack", "T1", "key");
    let intent = intent(&[("service", Value::Text("{run} $(x)".into())), ("count", Value::Integer(3))]);
    for (template, expect) in [
        ("{service}-{count}", Some("{run} $(x)-3".to_owned())),
        ("{{service}} }} {", Some("{service} } {".to_owned())),
        ("by {requester} in {run}", Some(format!("by T1/UADA in {run}"))),
        ("--only={nothing}", None),
        ("", Some(String::new())),
        ("r={*}", Some(r#"r={"count":"3","service":"{run} $(x)"}"#.to_owned())),
    ] {
        let (landscape, catalogue) = (Landscape::default(), settled());
        let operation = Operation { parameters: vec![], ..catalogue.operations["deploy"].clone() };
        let got = filled(template, |name| match name {
            "run" => Some(run.as_str().to_owned()),
            "requester" => Some(intent.requester.to_string()),
            name => looked_up(name, &landscape, &operation, &intent),
        });
        assert_eq!(got, expect, "{template}");
    }
}

#[test]
fn all_parameters_at_once_are_one_object() {
    let all = |values: &[(&str, Value)]| {
        let intent = intent(values);
        let (landscape, operation) = (Landscape::default(), sample::deploy(vec![], &[]));
        filled("{*}", |name| looked_up(name, &landscape, &operation, &intent))
    };
    assert_eq!(all(&[]).as_deref(), Some("{}"));
    let values = [
        ("on", Value::Boolean(true)),
        ("note", Value::Text("say \"é\"\n\\ {a}".into())),
        ("count", Value::Integer(3)),
    ];
    assert_eq!(all(&values).as_deref(), Some(r#"{"count":"3","note":"say \"é\"\n\\ {a}","on":"true"}"#));
}

/// What a secret's name stands for is part of the object, so it decides what runs.
#[test]
fn what_all_parameters_stand_for_is_part_of_the_hash() {
    let with = |to: &str| {
        let mut catalogue = settled();
        let operation = catalogue.operations.get_mut("deploy").unwrap();
        let Target::Command(command) = &mut operation.target else { unreachable!("it is one") };
        command.arguments = vec!["{*}".to_owned()];
        operation.parameters[2].kind = Kind::Secret { names: vec![("db".into(), to.into())] };
        catalogue.freeze()
    };
    let (before, after) = (with("DB_PASSWORD"), with("OTHER_PASSWORD"));
    let intent = asked(&before);
    let run = RunId::derive("slack", "T1", "key");
    let work = work_of(&before.landscape, &before.operations["deploy"], &intent, &run);
    let Work(Target::Command(command)) = work else { unreachable!("it is one") };
    assert_eq!(command.arguments, [r#"{"db":"DB_PASSWORD","env":"prod","size":"small"}"#]);
    assert!(intent.resolve(&before).is_ok());
    assert_eq!(intent.resolve(&after), Err(ReasonCode::CatalogueChanged));
}

/// A door keeps a value in the form of its type. One that comes in another form was not made by a door.
#[test]
fn a_value_in_another_form_than_its_types_is_refused() {
    let of = |kind: Kind, value: Value| {
        let operation = sample::deploy(vec![Parameter::plain("p".parse().unwrap(), kind)], &[]);
        let operations = [(operation.name.clone(), operation)].into();
        let catalogue = Catalogue { operations, ..Catalogue::default() }.freeze();
        let Intent { requester, place, .. } = intent(&[]);
        let parameters = [("p".parse().unwrap(), value)].into();
        let asked = Intent::new(&catalogue, &catalogue.operations["deploy"], parameters, requester, place);
        asked.resolve(&catalogue).map(|_| ())
    };
    let text = |text: &str| Value::Text(text.to_owned());
    let length = || Kind::Duration { min: None, max: None };
    assert_eq!(of(Kind::Boolean, Value::Boolean(true)), Ok(()));
    assert_eq!(of(Kind::Boolean, text("true")), Err(ReasonCode::BadParameters));
    assert_eq!(of(length(), text("1h30m")), Ok(()));
    assert_eq!(of(length(), text("90m")), Err(ReasonCode::BadParameters));
}
