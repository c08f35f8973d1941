//! What Slack sends, captured and documented, and bodies that are meant to do harm.

use super::corpora;
use super::interactions::{body, press};
use crate::{
    BadPayload, EventCallback, Interaction, Request, event, interaction, is_ssl_check, request, slash,
};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(super) fn form(pairs: &[(&str, &str)]) -> Vec<u8> {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish().into_bytes()
}

const COMMAND: [(&str, &str); 8] = [
    ("token", "old"),
    ("team_id", "T1"),
    ("enterprise_id", "E1"),
    ("channel_id", "C1"),
    ("user_id", "UADA"),
    ("command", "/release"),
    ("text", "web “1.4.2” <@U2|bob>"),
    ("trigger_id", "398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"),
];

fn with(field: &'static str, value: &'static str) -> Vec<u8> {
    form(&COMMAND.map(|(k, v)| (k, if k == field { value } else { v })))
}

#[test]
fn a_slash_command() {
    let read = slash(&form(&COMMAND)).unwrap();
    assert_eq!((read.command.as_str(), read.text.as_str()), ("/release", "web “1.4.2” <@U2>"));
    assert_eq!(read.asker.actor.to_string(), "T1/UADA");
    assert_eq!((read.asker.place.workspace.as_str(), read.asker.place.channel.as_str()), ("T1", "C1"));
    assert_eq!((read.asker.door, read.asker.key.as_str()), ("slack", "556034e57e3835d0d1c8adcb86cdad9e"));
}

#[test]
fn the_trigger_makes_a_repetition_recognisable_and_is_not_kept() {
    let key = |trigger| slash(&with("trigger_id", trigger)).unwrap().asker.key;
    assert_eq!(key("1.2.abc"), key("1.2.abc"));
    assert_ne!(key("1.2.abc"), key("1.2.abd"));
    assert!(!key("1.2.abc").contains("abc"));
}

#[test]
fn a_slash_command_that_lacks_something() {
    let long: &'static str = "C23456789012345678901234567890123456789012345678901234567890123456";
    for (field, value, expect) in [
        ("team_id", "", "`team_id` is missing"),
        ("user_id", "U1|bob", "`user_id` is not an id"),
        ("user_id", "U 1", "`user_id` is not one word"),
        ("channel_id", long, "`channel_id` is too long"),
        ("command", "release", "`command` is not a slash and a name"),
        ("command", "/", "`command` is not a slash and a name"),
        ("command", "/re lease", "`command` is not a slash and a name"),
        ("trigger_id", "", "`trigger_id` is missing"),
    ] {
        let error = slash(&with(field, value)).unwrap_err().to_string();
        assert_eq!(error, format!("unexpected payload from Slack: {expect}"));
    }
    assert_eq!(slash(&with("text", "")).unwrap().text, "");
    assert_eq!(slash(b"").unwrap_err().field, "team_id");
    let twice = [form(&COMMAND), b"&user_id=UEVE".to_vec()].concat();
    assert_eq!(slash(&twice).unwrap_err(), BadPayload { field: "body", problem: "has a field twice" });
}

#[test]
fn ssl_checks() {
    assert!(is_ssl_check(b"ssl_check=1&token=x") && is_ssl_check(b"token=x&ssl_check=1"));
    assert!(
        !is_ssl_check(b"token=x&text=ssl_check%3D1") && !is_ssl_check(b"xssl_check=1") && !is_ssl_check(b"")
    );
}

#[test]
fn a_request_is_told_by_what_it_is() {
    let json = |value: Value| value.to_string().into_bytes();
    assert!(matches!(request(&form(&COMMAND)), Ok(Request::Command(_))));
    assert!(matches!(request(&body(&press())), Ok(Request::Interaction(Interaction::Pressed { .. }))));
    let challenge = json(json!({"type": "url_verification", "challenge": "3eZ"}));
    assert!(matches!(request(&challenge), Ok(Request::Event(EventCallback::Challenge(_)))));
    assert!(matches!(request(&[b"\n ", &challenge[..]].concat()), Ok(Request::Event(_))));
    for odd in [&b""[..], b"null", b"[1", b"\xff"] {
        assert!(request(odd).is_err());
    }
}

#[test]
fn events() {
    let read = |json: Value| event(json.to_string().as_bytes());
    let challenge = read(json!({"type": "url_verification", "challenge": "3eZ", "token": "x"}));
    assert_eq!(challenge.unwrap(), EventCallback::Challenge("3eZ".into()));
    let callback = |inner: Value| {
        read(json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner}))
    };
    let expect = |key: &str, kind: &str| {
        Ok(EventCallback::Event { event_id: "Ev1".into(), key: key.into(), kind: kind.into() })
    };
    let mention = json!({"type": "app_mention", "channel": "C1", "event_ts": "1.2"});
    assert_eq!(callback(mention), expect("T1:C1:1.2", "app_mention"), "nobody to be answered");
    let created = json!({"type": "channel_created", "channel": {"id": "C1"}, "event_ts": "1.2"});
    assert_eq!(callback(created), expect("T1:C1:1.2", "channel_created"));
    assert_eq!(callback(json!({"type": "team_join", "event_ts": "1.2"})), expect("T1:-:1.2", "team_join"));
    assert_eq!(callback(json!({"type": "tokens_revoked"})), expect("Ev1", "tokens_revoked"));
    assert_eq!(
        read(json!({"type": "app_rate_limited"})),
        Ok(EventCallback::Ignored("app_rate_limited".into()))
    );
    assert_eq!(read(json!({"type": "event_callback"})).unwrap_err().field, "event_id");
    assert_eq!(event(b"payload=x").unwrap_err().field, "body");
}

#[test]
fn what_people_say_in_a_thread() {
    let message = |extra: Value| {
        let mut message = json!({
            "type": "message", "channel": "C1", "user": "UADA", "text": "ack a &amp; b &lt;@x&gt;", "ts": "2.1",
            "thread_ts": "1.2", "event_ts": "2.1",
        });
        message.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let body = json!({
            "type": "event_callback", "team_id": "T2", "context_team_id": "T1", "event_id": "Ev1", "event": message,
        });
        event(body.to_string().as_bytes()).unwrap()
    };
    // Also sent to the channel, or with a picture, it is still what a person said.
    for extra in [
        json!({}),
        json!({"subtype": "thread_broadcast", "root": {}}),
        json!({"subtype": "file_share", "files": [{}]}),
        json!({"subtype": null}),
    ] {
        let EventCallback::Said { asker, thread, text } = message(extra.clone()) else { panic!("{extra}") };
        assert_eq!((text.as_str(), thread.ts.as_str()), ("ack a & b <@x>", "1.2"));
        assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T2/UADA", "T1"));
    }
    for extra in [
        json!({"bot_id": "B1"}),
        json!({"subtype": "message_changed"}),
        json!({"subtype": "bot_message"}),
        json!({"subtype": "thread_broadcast", "bot_id": "B1"}),
        json!({"subtype": 7}),
        json!({"thread_ts": null}),
        json!({"thread_ts": "2.1"}),
    ] {
        assert!(matches!(message(extra.clone()), EventCallback::Event { .. }), "{extra}");
    }
}

/// Who mentions the app is taken by their own workspace, and a mention may stand at either end of what is said.
#[test]
fn mentions() {
    let mention = |extra: Value| {
        let mut inner = json!({
            "type": "app_mention", "channel": "C1", "event_ts": "1.2", "ts": "1.2", "user": "UADA",
            "text": "<@UBOT> deploy &amp; go",
        });
        inner.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let body = json!({"type": "event_callback", "team_id": "T1", "event_id": "Ev1", "event": inner});
        event(body.to_string().as_bytes()).unwrap()
    };
    for (extra, who, said, in_thread) in [
        (json!({}), "T1/UADA", "deploy & go", false),
        (json!({"team": "T2"}), "T2/UADA", "deploy & go", false),
        (json!({"team": "T1", "user_team": "T2"}), "T2/UADA", "deploy & go", false),
        (json!({"text": "status <@UBOT>", "thread_ts": "1.1"}), "T1/UADA", "status", true),
        (json!({"text": "<@UBOT>"}), "T1/UADA", "", false),
    ] {
        let EventCallback::Mentioned { asker, thread, text } = mention(extra.clone()) else {
            panic!("{extra}")
        };
        assert_eq!((asker.actor.to_string().as_str(), text.as_str()), (who, said), "{extra}");
        assert_eq!((asker.key.as_str(), thread.is_some()), ("mention:C1:1.2", in_thread));
    }
    assert!(matches!(mention(json!({"bot_id": "B1"})), EventCallback::Event { .. }), "not a person");
}

/// Slack's own kinds of bodies; each is read as the kind that it is.
#[test]
fn captured_payloads() {
    let Some(file) = corpora::read("slack-bolt-python-tests/payloads.json") else { return };
    let all: Value = serde_json::from_slice(&file).unwrap();
    let (mut commands, mut presses, mut events) = (0, 0, 0);
    for payload in all.as_object().unwrap().values().flat_map(|f| f.as_object().unwrap().values()) {
        let text = payload.as_str().map_or_else(|| payload.to_string(), str::to_owned);
        let (command, pressed) = (slash(text.as_bytes()), interaction(&form(&[("payload", &text)])));
        let (raw, happened) = (interaction(text.as_bytes()), event(text.as_bytes()));
        if text.contains("command=%2F") {
            commands += 1;
            assert!(command.is_ok(), "{command:?} {text}");
        }
        let kind =
            serde_json::from_str::<Value>(&text).ok().and_then(|v| Some(v.get("type")?.as_str()?.to_owned()));
        match kind.as_deref() {
            Some("url_verification") => assert!(matches!(happened, Ok(EventCallback::Challenge(_)))),
            Some("event_callback") => {
                events += 1;
                let read = matches!(
                    happened,
                    Ok(EventCallback::Event { .. }
                        | EventCallback::Mentioned { .. }
                        | EventCallback::Home { .. })
                );
                assert!(read, "{happened:?} {text}");
            }
            Some(kind) => {
                presses += 1;
                assert!(matches!(&pressed, Ok(Interaction::Ignored(k)) if k == kind), "{pressed:?} {text}");
            }
            None => assert!(raw.is_err() || !text.contains("payload="), "{raw:?} {text}"),
        }
    }
    assert!(commands >= 7 && presses >= 8 && events >= 5, "{commands} {presses} {events}");
}

/// Every kind of event, with every field it may have; the values are blank, so the ids are filled in.
#[test]
fn documented_shapes() {
    let mut seen = 0;
    for (name, bytes) in corpora::read_all("slack-java-json-logs/json-logs/samples/events") {
        let mut payload: Value = serde_json::from_slice(&bytes).unwrap();
        let _ = event(&bytes);
        if payload.get("event").is_none() {
            continue;
        }
        payload["type"] = json!("event_callback");
        payload["event_id"] = json!("Ev1");
        payload["team_id"] = json!("T1");
        let kind = payload["event"]["type"].as_str().unwrap().to_owned();
        let read = event(payload.to_string().as_bytes());
        assert!(matches!(&read, Ok(EventCallback::Event { kind: k, .. }) if *k == kind), "{name}: {read:?}");
        seen += 1;
    }
    for folder in ["interactive-components", "views", "dialogs", "slash-commands"] {
        for (name, bytes) in
            corpora::read_all(&format!("slack-java-json-logs/json-logs/samples/app-backend/{folder}"))
        {
            let text = String::from_utf8(bytes).unwrap();
            let read = interaction(&form(&[("payload", &text)]));
            assert!(matches!(read, Ok(Interaction::Ignored(_))), "{name}: {read:?}");
            seen += 1;
        }
    }
    assert!(seen == 0 || seen > 90, "{seen}");
}

#[test]
fn bodies_that_are_hardly_json() {
    for folder in ["test_parsing", "test_transform"] {
        for (name, bytes) in corpora::read_all(&format!("JSONTestSuite/{folder}")) {
            let encoded: String = form_urlencoded::byte_serialize(&bytes).collect();
            let read = interaction(format!("payload={encoded}").as_bytes());
            // None of them is an interaction of ours, and none is accepted that must be refused as JSON.
            assert!(!matches!(read, Ok(Interaction::Pressed { .. })), "{name}");
            assert!(
                !name.contains("/n_") || read.is_err() || bytes.iter().any(|b| *b >= 0x80),
                "{name}: {read:?}"
            );
            let (_, _) = (event(&bytes), slash(&bytes));
        }
    }
    let deep = format!("payload={}", "[".repeat(100_000));
    assert!(interaction(deep.as_bytes()).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let _ = (slash(&bytes), interaction(&bytes), event(&bytes), is_ssl_check(&bytes), request(&bytes));
        let prefixed = [b"payload=".as_slice(), &bytes].concat();
        let _ = interaction(&prefixed);
    }

    #[test]
    fn a_command_is_read_as_it_was_written(text in "\\PC{0,80}", user in "[UW][A-Z0-9]{1,20}") {
        let mut pairs = COMMAND.to_vec();
        pairs[4].1 = &user;
        pairs[6].1 = &text;
        // Slack's own escaping, whatever else the command's settings say.
        let sent = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        pairs[6].1 = &sent;
        let read = slash(&form(&pairs)).unwrap();
        prop_assert_eq!((read.text, read.asker.actor.as_person().unwrap().user.as_str().to_owned()), (text, user));
    }
}
