//! Tables of what each type takes, and in which form it keeps it.

use super::*;
use crate::ids::Name;
use crate::landscape::{self, Environment, Landscape};
use crate::people::Chat;
use crate::sample;

/// 2026-11-21T00:00:00Z.
const NOW: Timestamp = Timestamp(1_795_219_200_000);

fn landscape() -> Landscape {
    let environment =
        |name: &str, title: &str| Environment { title: title.to_owned(), ..sample::environment(name) };
    Landscape {
        environments: vec![environment("qa", ""), environment("prod", "Production")],
        ..Landscape::default()
    }
}

/// Whatever is taken is taken again in the form in which it is kept: so a request can be checked at any time.
#[expect(clippy::needless_pass_by_value, reason = "reads better in the tables below")]
#[track_caller]
fn check(kind: Kind, text: &str, expect: Result<Value, Problem>) {
    let landscape = landscape();
    let place = Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
    let context = Context { landscape: &landscape, place: Some(&place), now: NOW, lists: None, steps: None };
    let parameter = Parameter::plain("p".parse().unwrap(), kind);
    let taken = parameter.accept(text, &context);
    assert_eq!(taken, expect, "{text:?}");
    if let Ok(value) = taken {
        let later = Context { now: Timestamp(0), ..context };
        assert_eq!(parameter.accept(&value.to_string(), &later), Ok(value), "{text:?} once more");
    }
}

fn text(text: &str) -> Result<Value, Problem> {
    Ok(Value::Text(text.to_owned()))
}

fn string() -> Kind {
    Kind::String { pattern: None, shortest: None, longest: None }
}

fn pattern(text: &str) -> Kind {
    let pattern = Some(Pattern::try_from(text.to_owned()).unwrap());
    Kind::String { pattern, shortest: None, longest: None }
}

fn words(all: &[&str]) -> Vec<String> {
    all.iter().map(|&word| word.to_owned()).collect()
}

#[test]
fn strings() {
    check(string(), "1.4.2", text("1.4.2"));
    check(string(), "", text(""));
    check(string(), "--force", Err(Problem::LooksLikeAnOption));
    check(string(), "a\nb", Err(Problem::ControlCharacter));
    check(string(), &"x".repeat(1000), text(&"x".repeat(1000)));
    check(string(), &"x".repeat(1001), Err(Problem::TooLong { most: 1000 }));
    check(string(), &"ü".repeat(1000), text(&"ü".repeat(1000)));
    check(pattern("a|ab"), "ab", text("ab"));
    check(pattern("[0-9]+"), "1a", Err(Problem::PatternMismatch { pattern: "[0-9]+".into() }));
    check(pattern("-.*"), "--force", text("--force"));
    check(string(), concat!("ghp", "_0123456789abcdefghijABCDEFGHIJ012345"), Err(Problem::LooksLikeASecret));
    let short = || Kind::String { pattern: None, shortest: Some(2), longest: Some(3) };
    check(short(), "ü", Err(Problem::TooShort { least: 2 }));
    check(short(), "üüü", text("üüü"));
    check(short(), "üüüü", Err(Problem::TooLong { most: 3 }));
    let lines = || Kind::Text { longest: 20 };
    check(lines(), "one\r\ntwo\tthree", text("one\ntwo\tthree"));
    check(lines(), "a\u{7}b", Err(Problem::ControlCharacter));
    check(lines(), &"x".repeat(21), Err(Problem::TooLong { most: 20 }));
    let hidden = Problem::HiddenCharacter { name: "U+202E, right-to-left override".into() };
    check(lines(), "a\u{202e}b", Err(hidden));
}

#[test]
fn choices() {
    let choice = || Kind::Choice { options: words(&["web", "api"]).into() };
    let near = |near: Option<&str>| Problem::NotAnOption {
        options: words(&["web", "api"]),
        did_you_mean: near.map(str::to_owned),
    };
    check(choice(), "api", text("api"));
    check(choice(), "wbe", Err(near(Some("web"))));
    let several = |fewest, most| Kind::Choices { options: words(&["web", "api"]).into(), fewest, most };
    check(several(None, None), "api, web", text("web,api"));
    check(several(None, None), "api,api", text("api"));
    check(several(None, None), "", text(""));
    check(several(Some(1), None), "", Err(Problem::NotSoMany { fewest: Some(1), most: None }));
    check(several(None, Some(1)), "web,api", Err(Problem::NotSoMany { fewest: None, most: Some(1) }));
    check(several(None, None), "web,apu", Err(near(Some("api"))));
    check(Kind::Boolean, "Yes", Ok(Value::Boolean(true)));
    check(Kind::Boolean, "off", Ok(Value::Boolean(false)));
    check(Kind::Boolean, "1", Err(Problem::NotABoolean));
    let secret = || Kind::Secret {
        names: vec![("db-prod".into(), "DB_PASSWORD".into()), ("db-qa".into(), "db-qa".into())],
    };
    check(secret(), "db-prod", text("db-prod"));
    let options = words(&["db-prod", "db-qa"]);
    check(secret(), "s3cr3t-w0rd", Err(Problem::NotAnOption { options, did_you_mean: None }));
    let handed = Parameter::plain("p".parse().unwrap(), secret());
    assert_eq!((handed.handed("db-prod"), handed.handed("db-qa")), ("DB_PASSWORD", "db-qa"));
}

#[test]
fn things_of_the_landscape() {
    let thing = |only: &[&str]| Kind::Thing {
        of: landscape::Kind::Environment,
        only: only.iter().map(|name| name.parse::<Name>().unwrap()).collect(),
    };
    check(thing(&[]), "prod", text("prod"));
    check(thing(&[]), "Production", text("prod"));
    let not = |options: &[&str], near: Option<&str>| {
        Err(Problem::NotAnOption { options: words(options), did_you_mean: near.map(str::to_owned) })
    };
    check(thing(&[]), "prd", not(&["qa", "prod"], Some("prod")));
    check(thing(&["qa"]), "prod", not(&["qa"], None));
}

#[test]
fn numbers() {
    let between = || Kind::Integer { min: Some(1), max: Some(9), step: None, unit: None };
    let bounds =
        || Problem::OutOfBounds { min: Some("1".to_owned().into()), max: Some("9".to_owned().into()) };
    check(between(), "9", Ok(Value::Integer(9)));
    check(between(), "10", Err(bounds()));
    check(between(), "0", Err(bounds()));
    check(between(), "9223372036854775808", Err(Problem::NotAnInteger));
    check(between(), "two", Err(Problem::NotAnInteger));
    let even = || Kind::Integer { min: Some(2), max: None, step: Some(4), unit: Some("GB".into()) };
    check(even(), "6", Ok(Value::Integer(6)));
    check(even(), "4", Err(Problem::NotAStep { from: "2 GB".into(), step: "4 GB".into() }));
    let number = |text: &str| Some(text.parse::<Decimal>().unwrap());
    let share = || Kind::Number { min: number("0"), max: number("1"), step: number("0.05"), unit: None };
    check(share(), "0.250", text("0.25"));
    check(share(), "0.12", Err(Problem::NotAStep { from: "0".into(), step: "0.05".into() }));
    check(
        share(),
        "1.05",
        Err(Problem::OutOfBounds { min: Some("0".to_owned().into()), max: Some("1".to_owned().into()) }),
    );
    check(share(), "1e-1", Err(Problem::NotANumber));
}

#[test]
fn versions() {
    let version = |range: Option<&str>, channels: &[&str]| Kind::Version {
        range: range.map(|range| Range::try_from(range.to_owned()).unwrap()),
        channels: words(channels),
    };
    let not_in = |channel: &str, channels: &[&str]| {
        Err(Problem::NotInChannel { channel: channel.into(), channels: words(channels) })
    };
    check(version(None, &[]), "v1.4.2", text("v1.4.2"));
    check(version(None, &[]), "1.4", Err(Problem::NotAVersion));
    check(version(None, &[]), "2.0.0-rc.1", not_in("rc", &["stable"]));
    check(version(None, &["stable", "rc"]), "2.0.0-rc.1", text("2.0.0-rc.1"));
    check(version(None, &["rc"]), "2.0.0", not_in("stable", &["rc"]));
    check(version(Some(">=1.2, <2"), &[]), "1.9.0", text("1.9.0"));
    check(version(Some(">=1.2, <2"), &[]), "2.0.0", Err(Problem::NotInRange { range: ">=1.2, <2".into() }));
}

#[test]
fn times() {
    let zone = || Zone::try_from("Europe/Berlin".to_owned()).unwrap();
    let length = || Kind::Duration { min: Some(60), max: Some(7200) };
    check(length(), "90m", text("1h30m"));
    check(
        length(),
        "3h",
        Err(Problem::OutOfBounds { min: Some("1m".to_owned().into()), max: Some("2h".to_owned().into()) }),
    );
    check(length(), "soon", Err(Problem::NotALength));
    check(Kind::Date { zone: zone() }, "tomorrow", text("2026-11-22"));
    check(Kind::Time { zone: zone() }, "8:00", text("08:00"));
    check(Kind::DateTime { zone: zone() }, "tomorrow 8:00", text("2026-11-22T08:00:00+01:00"));
}

#[test]
fn people_and_channels_have_their_workspace() {
    check(Kind::User, "<@U012ABC|ada>", text("T1/U012ABC"));
    check(Kind::User, "U012ABC", text("T1/U012ABC"));
    check(Kind::User, "T2/U012ABC", text("T2/U012ABC"));
    for no in ["ada", "@ada", "<#C012ABC>", "U", "T1/", "T1/U1/2", ""] {
        check(Kind::User, no, Err(Problem::NotAPerson));
    }
    check(Kind::Channel, "<#C012ABC|ops>", text("T1/C012ABC"));
    check(Kind::Channel, "#ops", Err(Problem::NotAChannel));
}

#[test]
fn json_is_kept_on_one_line() {
    check(Kind::Json, "{ \"b\": [1,\n 2], \"a\": null }", text(r#"{"a":null,"b":[1,2]}"#));
    let problem = |text: &str| {
        let landscape = Landscape::default();
        let context = Context { landscape: &landscape, place: None, now: NOW, lists: None, steps: None };
        Parameter::plain("p".parse().unwrap(), Kind::Json).accept(text, &context)
    };
    assert!(matches!(problem("{"), Err(Problem::NotJson { .. })));
    assert!(matches!(problem("{\"password\": \"hunter2hunter2\"}"), Err(Problem::LooksLikeASecret)));
}

#[test]
fn a_stored_value_is_read_as_what_it_is() {
    for (json, is) in [
        ("true", Some(Value::Boolean(true))),
        ("-7", Some(Value::Integer(-7))),
        ("9223372036854775807", Some(Value::Integer(i64::MAX))),
        ("9223372036854775808", None),
        (r#""true""#, Some(Value::Text("true".into()))),
        (r#""a\n\u00e9""#, Some(Value::Text("a\né".into()))),
        ("0.5", None),
        ("null", None),
        ("[]", None),
        (r#"{"a":1}"#, None),
    ] {
        assert_eq!(serde_json::from_str::<Value>(json).ok(), is, "{json}");
        // Commands and events are kept first, and read from that.
        let kept: serde_json::Value = serde_json::from_str(json).unwrap();
        assert_eq!(serde_json::from_value::<Value>(kept).ok(), is, "{json}");
    }
}
