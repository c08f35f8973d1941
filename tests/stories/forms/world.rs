//! A catalogue for forms: environments, one of which is protected, services, and operations for Ada alone.

use super::super::world::World;
use signalbox_domain::catalogue::Target;
use signalbox_domain::landscape::{self, Environment, Landscape, Service};
use signalbox_domain::observation::Conclusion;
use signalbox_domain::parameter::{Kind, Special, When, Zone};
use signalbox_domain::{Catalogue, Grant, Name, Operation, Parameter, Value};
use signalbox_simulator::View;
use signalbox_testkit::samples;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

fn thing(of: landscape::Kind, only: &[&str]) -> Kind {
    Kind::Thing { of, only: only.iter().map(|n| name(n)).collect() }
}

fn required(word: &str, kind: Kind) -> Parameter {
    Parameter { required: true, ..Parameter::plain(name(word), kind) }
}

fn operation(word: &str, parameters: Vec<Parameter>, user: &str) -> Operation {
    let touch = samples::draft().operations["touch"].clone();
    let Target::Command(target) = touch.target.clone() else { unreachable!("it is one") };
    let arguments = parameters.iter().map(|p| format!("--{0}={{{0}}}", p.name)).collect();
    Operation {
        name: name(word),
        description: format!("To {word} it"),
        parameters,
        target: Target::Command(signalbox_domain::catalogue::CommandTarget { arguments, ..target }),
        allow: vec![Grant { users: vec![samples::ids(&samples::person(user))], channels: vec![] }],
        ..touch
    }
}

fn special(environment: &str, value: i64, fixed: bool) -> Special {
    Special { environments: vec![name(environment)], channels: vec![], value: Value::Integer(value), fixed }
}

/// For the same people, in #releases alone.
fn in_releases(mut operation: Operation) -> Operation {
    let place = samples::channel("CRELEASES");
    operation.allow[0].channels.push((place.workspace, place.channel));
    operation
}

fn catalogue() -> Catalogue {
    let environment = |word: &str, protected| Environment {
        name: name(word),
        title: String::new(),
        labels: vec![],
        protected,
        type_name: protected,
        settings: Default::default(),
    };
    let service = |word: &str| Service {
        name: name(word),
        title: String::new(),
        environments: vec![],
        settings: Default::default(),
    };
    let services = || thing(landscape::Kind::Service, &["api", "web"]);
    let integer = Kind::Integer { min: Some(1), max: Some(9), step: None, unit: None };
    let reason = Kind::String { pattern: None, shortest: Some(3), longest: None };
    let deploy = vec![
        required("service", services()),
        Parameter {
            title: "Where".into(),
            ..required("env", thing(landscape::Kind::Environment, &["qa", "prod"]))
        },
        Parameter {
            default: Some(Value::Integer(2)),
            special: vec![special("prod", 4, false), special("qa", 1, true)],
            ..Parameter::plain(name("copies"), integer)
        },
        Parameter {
            when: vec![When { parameter: name("env"), is: vec![Value::Text("prod".into())] }],
            ..required("reason", reason)
        },
    ];
    let operations = [
        operation("deploy", deploy, "UADA"),
        operation("restart", vec![required("service", services())], "UADA"),
        operation("secret-plan", vec![], "UGRACE"),
        in_releases(operation("announce", vec![required("service", services())], "UADA")),
    ];
    Catalogue {
        operations: operations.into_iter().map(|o| (o.name.clone(), o)).collect(),
        landscape: Landscape {
            environments: vec![environment("qa", false), environment("prod", true)],
            services: vec![service("api"), service("web")],
            ..Landscape::default()
        },
        ..samples::draft()
    }
}

/// A world with that catalogue.
pub async fn deploys() -> World {
    World::scripted(catalogue().freeze())
}

/// A world in which Ada may publish in two channels, and everybody in a third; and in which the name of what is
/// published has to be looked at.
pub async fn in_two_channels() -> World {
    let mut publish = Operation {
        confirm: true,
        ..in_releases(operation(
            "publish",
            vec![required("service", thing(landscape::Kind::Service, &[]))],
            "UADA",
        ))
    };
    let ids = |channel: &str| {
        let place = samples::channel(channel);
        (place.workspace, place.channel)
    };
    publish.allow[0].channels.push(ids("COPS"));
    publish.allow.push(Grant { users: vec![], channels: vec![ids("CGENERAL")] });
    let operations = [(publish.name.clone(), publish)].into();
    World::scripted(Catalogue { operations, ..catalogue() }.freeze())
}

/// A world in which there are two hundred services to choose from.
pub async fn many() -> World {
    let options = (0..200).map(|n| format!("s{n}")).collect();
    let roll = operation("roll", vec![required("service", Kind::Choice { options })], "UADA");
    World::scripted(Catalogue { operations: [(roll.name.clone(), roll)].into(), ..samples::draft() }.freeze())
}

/// A world with an operation that asks for a value of every type.
pub async fn every_kind() -> World {
    let text = |text: &str| text.to_owned();
    let words = || vec![text("a"), text("b")];
    let kinds = [
        ("line", Kind::String { pattern: None, shortest: Some(1), longest: Some(80) }),
        ("lines", Kind::Text { longest: 500 }),
        ("one", Kind::Choice { options: words().into() }),
        ("some", Kind::Choices { options: words().into(), fewest: None, most: Some(2) }),
        ("whole", Kind::Integer { min: Some(1), max: Some(9), step: None, unit: Some(text("replicas")) }),
        ("number", Kind::Number { min: None, max: None, step: None, unit: None }),
        ("really", Kind::Boolean),
        ("env", thing(landscape::Kind::Environment, &[])),
        ("version", Kind::Version { range: None, channels: vec![] }),
        ("long", Kind::Duration { min: None, max: None }),
        ("day", Kind::Date { zone: Zone::default() }),
        ("hour", Kind::Time { zone: Zone::default() }),
        ("moment", Kind::DateTime { zone: Zone::default() }),
        ("who", Kind::User),
        ("where", Kind::Channel),
        ("data", Kind::Json),
        ("steps", Kind::Steps),
        ("key", Kind::Secret { names: vec![(text("web"), text("web-key"))] }),
    ];
    let parameters = kinds.into_iter().map(|(word, kind)| Parameter {
        description: format!("About {word}"),
        placeholder: format!("such as {word}"),
        ..required(word, kind)
    });
    let everything = operation("everything", parameters.collect(), "UADA");
    let operations = [(everything.name.clone(), everything)].into();
    World::scripted(Catalogue { operations, ..catalogue() }.freeze())
}

/// The values of a field that is a choice.
pub fn choices(form: &View, field: &str) -> Vec<String> {
    form.field(field).unwrap().option_values().into_iter().map(Into::into).collect()
}

/// What runs ends, and Slack has taken every answer.
pub async fn ended(w: World, runs: u64) {
    if runs > 0 {
        w.ends(Conclusion::Succeeded, "", "");
        w.passes(6).await;
    }
    let complaints: Vec<String> =
        w.slack.complaints().into_iter().map(|c| format!("{}: {}", c.about, c.why)).collect();
    assert_eq!(complaints, Vec::<String>::new());
    w.over(runs, usize::try_from(runs).unwrap()).await;
}
