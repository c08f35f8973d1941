//! Forms that ask for an operation, as they come back from Slack.

use crate::inbound::{Did, FormEvent, Interaction, interaction};
use serde_json::{Value, json};

fn read(payload: &Value) -> Result<Interaction, String> {
    let body =
        form_urlencoded::Serializer::new(String::new()).append_pair("payload", &payload.to_string()).finish();
    interaction(body.as_bytes()).map_err(|wrong| wrong.to_string())
}

/// Somebody of T2 sends a form that was opened in T1's #ops, with these values.
fn sent(values: &Value) -> Value {
    json!({
        "type": "view_submission", "team": {"id": "T1"}, "user": {"id": "UADA", "team_id": "T2"},
        "view": {
            "id": "V1", "hash": "1.abc", "callback_id": "ask_for", "app_installed_team_id": "T1",
            "private_metadata": r#"{"operation":"deploy","channel":"COPS","workspace":"T1","seen":"2:00"}"#,
            "state": {"values": values},
        },
    })
}

fn event(payload: &Value) -> FormEvent {
    let Ok(Interaction::Form(event)) = read(payload) else { panic!("{payload}") };
    event
}

#[test]
fn every_kind_of_field_is_read_as_a_person_would_type_it() {
    let values = json!({
        "note": {"note": {"type": "plain_text_input", "value": "two words"}},
        "env": {"env": {"type": "static_select", "selected_option": {"value": "qa"}}},
        "parts": {"parts": {"selected_options": [{"value": "a"}, {"value": "b"}]}},
        "by": {"by": {"selected_user": "UBOB"}},
        "tell": {"tell": {"selected_channel": "COPS"}},
        "day": {"day": {"selected_date": "2026-12-01"}},
        "time": {"time": {"selected_time": "08:00"}},
        "at": {"at": {"selected_date_time": 1_795_219_200}},
        "copies@prod": {"copies@prod": {"type": "number_input", "value": "6"}},
        "empty": {"empty": {"type": "static_select", "selected_option": null}},
        "typed:name": {"typed:name": {"value": "prod"}},
    });
    let FormEvent { asker, view, did } = event(&sent(&values));
    let Did::Sent(operation, entered) = did else { panic!("{did:?}") };
    let given: Vec<String> = entered.given.iter().map(|(name, text)| format!("{name}={text}")).collect();
    assert_eq!(
        given.join(" "),
        "at=@1795219200 by=<@UBOB> copies=6 day=2026-12-01 env=qa note=two words parts=a,b tell=<#COPS> time=08:00"
    );
    assert_eq!((operation.as_str(), view.id.as_str(), view.hash.as_str()), ("deploy", "V1", "1.abc"));
    assert_eq!((entered.seen.as_deref(), entered.typed.as_deref()), (Some("2:00"), Some("prod")));
    // A person is of their own workspace; the place is where the form was opened.
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T2/UADA", "T1"));
}

#[test]
fn the_same_form_with_the_same_values_is_one_wish() {
    let values = |text: &str| json!({"note": {"note": {"value": text}}});
    let key = |payload: &Value| event(payload).asker.key;
    assert_eq!(key(&sent(&values("a"))), key(&sent(&values("a"))));
    assert_ne!(key(&sent(&values("a"))), key(&sent(&values("b"))));
    let mut other = sent(&values("a"));
    other["view"]["id"] = json!("V2");
    assert_ne!(key(&sent(&values("a"))), key(&other));
}

#[test]
fn what_we_did_not_write_into_a_form_is_not_read() {
    for metadata in [
        "",
        "{}",
        "COPS",
        r#"{"operation":"Deploy!","channel":"C","workspace":"T"}"#,
        r#"{"operation":"deploy","channel":"<!here>","workspace":"T1"}"#,
    ] {
        let mut payload = sent(&json!({}));
        payload["view"]["private_metadata"] = json!(metadata);
        assert!(read(&payload).is_err(), "{metadata}");
    }
    let mut foreign = sent(&json!({}));
    foreign["view"]["callback_id"] = json!("theirs");
    assert!(matches!(read(&foreign), Ok(Interaction::Ignored(_))));
}
