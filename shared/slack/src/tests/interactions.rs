//! What people do with our messages and forms, as Slack reports it: buttons, menus, forms.

use super::payloads::form;
use crate::{Interaction, interaction};
use serde_json::{Value, json};
use signalbox_domain::alert::Form;
use signalbox_domain::pressed::Pressed;

const RUN: &str = "12fzaxkgttqdy93s4nvcj65zf9";

pub(super) fn press() -> Value {
    json!({
        "type": "block_actions",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": "UADA", "name": "ada", "team_id": "T1"},
        "container": {"type": "message", "message_ts": "1.2", "channel_id": "C1"},
        "channel": {"id": "C1", "name": "releases"},
        "response_url": "https://hooks.slack.com/actions/x",
        "actions": [{"type": "button", "action_id": "cancel", "block_id": "b", "value": RUN, "action_ts": "3.4"}],
    })
}

pub(super) fn body(payload: &Value) -> Vec<u8> {
    form(&[("payload", &payload.to_string())])
}

#[test]
fn a_pressed_button() {
    let Interaction::Pressed { asker, pressed } = interaction(&body(&press())).unwrap() else { panic!() };
    assert_eq!(pressed, Pressed::Cancel(RUN.parse().unwrap()));
    assert_eq!(asker.actor.to_string(), "T1/UADA");
    assert_eq!((asker.place.workspace.as_str(), asker.place.channel.as_str()), ("T1", "C1"));
    assert_eq!(asker.key, "1.2:cancel:3.4:UADA");
}

#[test]
fn a_guest_of_a_shared_channel_keeps_their_own_workspace() {
    let mut payload = press();
    payload["user"]["team_id"] = json!("T2");
    let Interaction::Pressed { asker, .. } = interaction(&body(&payload)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T2/UADA", "T1"));
    payload["user"]["team_id"] = Value::Null;
    payload["channel"] = Value::Null;
    let Interaction::Pressed { asker, .. } = interaction(&body(&payload)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.channel.as_str()), ("T1/UADA", "C1"));
}

#[test]
fn a_press_that_lacks_something() {
    for (pointer, value, field) in [
        ("/user/id", json!(""), "user.id"),
        ("/user/team_id", json!(""), "user.team_id"),
        ("/container/message_ts", Value::Null, "container.message_ts"),
        ("/actions/0/action_ts", json!("a b"), "actions.action_ts"),
        ("/actions/0/value", json!("web"), "actions.value"),
        ("/actions", json!({}), "payload"),
        ("/user", json!(7), "payload"),
    ] {
        let mut payload = press();
        *payload.pointer_mut(pointer).unwrap() = value;
        assert_eq!(interaction(&body(&payload)).unwrap_err().field, field, "{pointer}");
    }
    assert_eq!(interaction(b"text=x").unwrap_err().field, "payload");
}

#[test]
fn an_app_of_a_whole_organisation_is_told_no_team() {
    let mut payload = press();
    payload["team"] = Value::Null;
    payload["enterprise"] = json!({"id": "E1", "name": "acme"});
    payload["is_enterprise_install"] = json!(true);
    let Interaction::Pressed { asker, .. } = interaction(&body(&payload)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T1/UADA", "T1"));
    let mut form = sent("resolve", &json!({}));
    form["team"] = Value::Null;
    let Interaction::Filled { asker, .. } = interaction(&body(&form)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T1/UADA", "T1"));
    // If nobody says the person's workspace, the form is refused.
    form["user"]["team_id"] = Value::Null;
    assert_eq!(interaction(&body(&form)).unwrap_err().field, "team.id");
}

#[test]
fn a_form_of_a_connected_workspace_is_about_ours() {
    let mut form = sent("resolve", &json!({}));
    form["team"]["id"] = json!("T2");
    form["user"]["team_id"] = json!("T2");
    form["view"]["team_id"] = json!("T2");
    form["view"]["app_installed_team_id"] = json!("T1");
    let Interaction::Filled { asker, .. } = interaction(&body(&form)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T2/UADA", "T1"));
    // What we wrote into the form says the workspace too, if Slack does not.
    form["view"]["app_installed_team_id"] = Value::Null;
    form["view"]["private_metadata"] = json!(format!("{RUN} C1 T1"));
    let Interaction::Filled { asker, .. } = interaction(&body(&form)).unwrap() else { panic!() };
    assert_eq!((asker.actor.to_string().as_str(), asker.place.workspace.as_str()), ("T2/UADA", "T1"));
}

fn choice() -> Value {
    let mut payload = press();
    payload["trigger_id"] = json!("12.34.canary");
    let option = json!({"text": {"type": "plain_text", "text": "Mute…"}, "value": format!("mute {RUN}")});
    payload["actions"][0] = json!({
        "type": "overflow", "action_id": "alert_more", "block_id": "b", "action_ts": "3.4", "selected_option": option,
    });
    payload
}

#[test]
fn a_choice_from_a_menu() {
    let read = interaction(&body(&choice())).unwrap();
    assert!(!format!("{read:?}").contains("canary"), "a trigger is a credential: {read:?}");
    let Interaction::Wanted { asker, alert, form, .. } = read else { panic!() };
    assert_eq!((alert.as_str(), form), (RUN, Form::Mute));
    assert_eq!((asker.key.as_str(), asker.place.channel.as_str()), ("1.2:alert_more:3.4:UADA", "C1"));
    // The button from before there was a menu leads to the same form.
    let mut old = press();
    old["trigger_id"] = json!("12.34.x");
    old["actions"][0]["action_id"] = json!("alert_mute");
    let read = interaction(&body(&old)).unwrap();
    assert!(
        matches!(&read, Interaction::Wanted { alert, form: Form::Mute, .. } if alert.as_str() == RUN),
        "{read:?}"
    );
    for (pointer, value, field) in [
        ("/trigger_id", Value::Null, "trigger_id"),
        ("/trigger_id", json!("x".repeat(257)), "trigger_id"),
        ("/actions/0/selected_option", Value::Null, "actions.value"),
        ("/actions/0/selected_option/value", json!("mute web"), "actions.value"),
        ("/actions/0/selected_option/value", json!(format!("delete {RUN}")), "actions.value"),
    ] {
        let mut payload = choice();
        *payload.pointer_mut(pointer).unwrap() = value;
        assert_eq!(interaction(&body(&payload)).unwrap_err().field, field, "{pointer}");
    }
}

fn sent(form: &str, values: &Value) -> Value {
    json!({
        "type": "view_submission",
        "team": {"id": "T1", "domain": "acme"},
        "user": {"id": "UADA", "name": "ada", "team_id": "T1"},
        "trigger_id": "12.34.x",
        "view": {
            "id": "V1", "hash": "156772938.1827394", "type": "modal", "callback_id": form,
            "private_metadata": format!("{RUN} C1"), "state": {"values": values},
        },
    })
}

#[test]
fn a_form_that_was_sent() {
    let mut keys = std::collections::BTreeSet::new();
    let until =
        |value: &str| json!({"until": {"type": "static_select", "selected_option": {"value": value}}});
    let said = |value: Value| json!({"said": {"type": "plain_text_input", "value": value}});
    let person = json!({"person": {"type": "users_select", "selected_user": "UGRACE"}});
    for (form, values, expect) in [
        (Form::Acknowledge, json!({"until": until("none"), "said": said(Value::Null)}), ("", "")),
        (
            Form::Acknowledge,
            json!({"until": until("2h"), "said": said(json!("back soon"))}),
            ("2h", "back soon"),
        ),
        (Form::Snooze, json!({"until": until("100 lines")}), ("100 lines", "")),
        (Form::Assign, json!({"person": person}), ("", "<@UGRACE>")),
        (Form::Resolve, json!({"said": said(json!("mended"))}), ("", "mended")),
    ] {
        let read = interaction(&body(&sent(form.word(), &values))).unwrap();
        let Interaction::Filled { asker, filled } = read else { panic!("{read:?}") };
        assert_eq!((filled.form, filled.until.as_str(), filled.said.as_str()), (form, expect.0, expect.1));
        assert_eq!((filled.alert.as_str(), asker.place.channel.as_str()), (RUN, "C1"));
        assert_eq!(asker.actor.to_string(), "T1/UADA");
        assert!(asker.key.starts_with("V1:156772938.1827394:UADA:"), "{}", asker.key);
        assert!(keys.insert(asker.key), "other words are another wish");
    }
}

#[test]
fn a_form_that_lacks_something() {
    for (pointer, value, field) in [
        ("/user/id", json!("U ADA"), "user.id"),
        ("/view/id", Value::Null, "view.id"),
        ("/view/hash", json!(""), "view.hash"),
        ("/view/private_metadata", json!(RUN), "view.private_metadata"),
        ("/view/private_metadata", json!(format!("{RUN} C1 <!channel>")), "view.private_metadata"),
        ("/view/state/values/person/person/selected_user", json!("<!channel>"), "view.state.values.person"),
        ("/view/state/values", json!([]), "payload"),
        ("/user", json!(7), "payload"),
    ] {
        let mut payload = sent("assign", &json!({"person": {"person": {"selected_user": "UGRACE"}}}));
        *payload.pointer_mut(pointer).unwrap() = value;
        assert_eq!(interaction(&body(&payload)).unwrap_err().field, field, "{pointer}");
    }
}

#[test]
fn what_is_not_ours_is_ignored() {
    let ignored = |payload: Value| match interaction(&body(&payload)).unwrap() {
        Interaction::Ignored(kind) => kind,
        other => panic!("{payload} is {other:?}"),
    };
    let mut other = press();
    other["actions"][0]["action_id"] = json!("open");
    assert_eq!(ignored(other), "block_actions");
    assert_eq!(ignored(sent("somebody_elses", &json!({}))), "view_submission");
    assert_eq!(ignored(json!({"type": "view_submission", "user": 7, "channel": []})), "view_submission");
    assert_eq!(ignored(json!({"type": "a\nb<script>"})), "abscript");
    assert_eq!(ignored(json!({})), "");
}
