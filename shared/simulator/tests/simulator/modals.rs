//! Modals: they are opened once and in time, filled in, and stay open if the app does not accept the values.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::routing::post;
use serde_json::{Value, json};
use signalbox_simulator::limits::check_modal;

use crate::{Team, team};

type Received = Arc<Mutex<Vec<Value>>>;

/// An app that stores the payloads that it receives and always gives the same answer.
fn attach(team: &Team, answer: &'static str) -> Received {
    let received = Received::default();
    let handler = move |State(received): State<Received>, body: String| async move {
        let payload = form_urlencoded::parse(body.as_bytes()).next().unwrap().1.into_owned();
        received.lock().unwrap().push(serde_json::from_str(&payload).unwrap());
        answer
    };
    let router = Router::new().route("/slack/interactivity", post(handler));
    team.slack.attach(router.with_state(Arc::clone(&received)));
    received
}

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn option(text: &str, value: &str) -> Value {
    json!({"text": plain(text), "value": value})
}

fn view() -> Value {
    let until = json!({"type": "static_select", "action_id": "u", "options": [option("An hour", "1h"), option("A day", "1d")],
        "initial_option": option("An hour", "1h")});
    let why = json!({"type": "plain_text_input", "action_id": "w", "max_length": 10});
    let who = json!({"type": "users_select", "action_id": "p"});
    json!({
        "type": "modal", "callback_id": "mute", "private_metadata": "kept", "title": plain("Mute"), "submit": plain("Mute"),
        "blocks": [
            {"type": "input", "block_id": "until", "label": plain("How long"), "element": until},
            {"type": "input", "block_id": "why", "label": plain("Why"), "element": why},
            {"type": "input", "block_id": "who", "label": plain("Who"), "optional": true, "element": who},
        ],
    })
}

/// Chooses from the menu of a message, and gives the trigger that the app got for it.
async fn chosen(team: &Team, received: &Received) -> String {
    let menu = json!({"type": "overflow", "action_id": "more", "options": [option("Mute…", "mute r1")]});
    let card =
        json!({"channel": "CRELEASES", "text": "card", "blocks": [{"type": "actions", "elements": [menu]}]});
    let ts = team.call("chat.postMessage", card).await["ts"].as_str().unwrap().to_owned();
    let answer = team.slack.choose("UADA", "CRELEASES", &ts, "more", "mute r1").await;
    assert_eq!(answer.status, 200, "{:?}", answer.problem);
    let gone = team.slack.choose("UADA", "CRELEASES", &ts, "more", "mute r2").await;
    assert_eq!(gone.problem.as_deref(), Some("the menu more has no option mute r2 now"));
    let payload = received.lock().unwrap().pop().unwrap();
    assert_eq!(payload["actions"][0]["selected_option"]["value"], "mute r1");
    assert_eq!(payload["actions"][0]["type"], "overflow");
    payload["trigger_id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_trigger_opens_one_modal_within_three_seconds() {
    let team = team();
    let received = attach(&team, "");
    let open = |trigger: String| json!({"trigger_id": trigger, "view": view()});
    let trigger = chosen(&team, &received).await;
    assert_eq!(team.call("views.open", open(trigger.clone())).await["ok"], true);
    assert!(team.slack.modal("UADA").is_some() && team.slack.modal("UMALLORY").is_none());
    assert_eq!(team.call("views.open", open(trigger)).await["error"], "exchanged_trigger_id");
    assert_eq!(team.call("views.open", open("1.2.x".into())).await["error"], "invalid_trigger_id");
    let late = chosen(&team, &received).await;
    team.pass_ms(3_001);
    assert_eq!(team.call("views.open", open(late)).await["error"], "expired_trigger_id");
    team.slack.close("UADA");
    assert!(team.slack.modal("UADA").is_none());
    assert!(team.slack.submit("UADA", &[]).await.problem.is_some());
}

#[tokio::test]
async fn what_is_filled_in_arrives_and_closes_it() {
    let team = team();
    let received = attach(&team, "");
    let trigger = chosen(&team, &received).await;
    team.call("views.open", json!({"trigger_id": trigger, "view": view().to_string()})).await;
    for (fields, problem) in [
        (&[][..], "Why is required"),
        (&[("why", "a long time ago")][..], "why takes at most 10 characters"),
        (&[("until", "2h"), ("why", "x")][..], "until has no option 2h"),
        (&[("reason", "x")][..], "the modal has no field reason"),
        (&[("why", "x"), ("who", "UNOBODY")][..], "nobody here is UNOBODY"),
    ] {
        let answer = team.slack.submit("UADA", fields).await;
        assert_eq!((answer.status, answer.problem.as_deref()), (0, Some(problem)));
    }
    let answer = team.slack.submit("UADA", &[("why", "known"), ("who", "UMALLORY")]).await;
    assert_eq!(answer.status, 200, "{:?}", answer.problem);
    assert!(team.slack.modal("UADA").is_none());
    let payload = received.lock().unwrap().pop().unwrap();
    assert_eq!((&payload["type"], &payload["user"]["id"]), (&json!("view_submission"), &json!("UADA")));
    let (view, values) = (&payload["view"], &payload["view"]["state"]["values"]);
    assert_eq!((&view["callback_id"], &view["private_metadata"]), (&json!("mute"), &json!("kept")));
    assert!(view["id"].as_str().unwrap().starts_with('V') && !view["hash"].as_str().unwrap().is_empty());
    assert_eq!(values["until"]["u"]["selected_option"]["value"], "1h");
    assert_eq!(
        (&values["why"]["w"]["value"], &values["who"]["p"]["selected_user"]),
        (&json!("known"), &json!("UMALLORY"))
    );
}

#[tokio::test]
async fn what_is_not_taken_stays_open_with_the_reason() {
    let team = team();
    let received = attach(&team, r#"{"response_action": "errors", "errors": {"why": "Not you."}}"#);
    let trigger = chosen(&team, &received).await;
    team.call("views.open", json!({"trigger_id": trigger, "view": view()})).await;
    team.slack.submit("UADA", &[("why", "x")]).await;
    assert_eq!(team.slack.modal("UADA").unwrap().errors["why"], "Not you.");
    attach(&team, "<html>");
    team.slack.submit("UADA", &[("why", "x")]).await;
    assert_eq!(team.slack.modal("UADA").unwrap().errors[""], "We had some trouble connecting. Try again?");
}

#[tokio::test]
async fn a_modal_that_is_none_is_refused_with_reasons() {
    assert_eq!(check_modal(&view()), Vec::<String>::new());
    let with = |pointer: &str, value: Value| {
        let mut view = view();
        *view.pointer_mut(pointer).unwrap() = value;
        check_modal(&view)
    };
    let element = "/blocks/0/element";
    for (pointer, value, problem) in [
        (
            "/title/text",
            json!("x".repeat(25)),
            "must be less than 25 characters [json-pointer:/view/title/text]",
        ),
        ("/type", json!("home"), "must be a valid enum value: modal [json-pointer:/view/type]"),
        (
            "/private_metadata",
            json!("x".repeat(3001)),
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (
            "/blocks/1/element/type",
            json!("rich"),
            "unsupported type: rich [json-pointer:/view/blocks/1/element]",
        ),
        (
            "/blocks/1/element/max_length",
            json!(0),
            "must be from 1 to 3000 [json-pointer:/view/blocks/1/element/max_length]",
        ),
        (
            "/blocks/0/element/options/0/value",
            json!(""),
            "must be more than 0 characters [json-pointer:/view/blocks/0/element/options/0/value]",
        ),
        ("/blocks/0/block_id", json!("why"), "`block_id` why already exists [json-pointer:/view/blocks/1]"),
    ] {
        assert_eq!(with(pointer, value).first().map(String::as_str), Some(problem), "{pointer}");
    }
    assert!(
        with(&format!("{element}/initial_option"), option("x", "x"))[0]
            .contains("must be one of the options")
    );
    let mut sendless = view();
    sendless.as_object_mut().unwrap().remove("submit");
    assert!(check_modal(&sendless)[0].contains("wants one"));
    let team = team();
    let refused = team.call("views.open", json!({"trigger_id": "1", "view": sendless})).await;
    assert_eq!(refused["error"], "invalid_arguments");
    assert!(refused["response_metadata"]["messages"][0].as_str().unwrap().contains("/view/submit"));
}
