//! What the app hears while a person is in a view: actions at once, and requests for options.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::routing::post;
use serde_json::{Value, json};

use crate::app::{App, button, input, modal, option, options, plain, section};
use crate::team;

fn dispatching(id: &str, element: Value) -> Value {
    let mut input = input(id, element);
    input["dispatch_action"] = json!(true);
    input
}

fn form() -> Value {
    let mut more = section("More");
    more["accessory"] = button("more");
    let menu = json!({"type": "overflow", "action_id": "menu", "options": options(2)});
    let select = json!({"type": "static_select", "options": options(3), "placeholder": plain("Where")});
    let enter = json!({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed"]}});
    let typing = json!({"type": "plain_text_input", "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]}});
    let mut view = modal(&[
        more,
        json!({"type": "actions", "block_id": "row", "elements": [menu]}),
        dispatching("where", select),
        dispatching("name", enter),
        dispatching("letters", typing),
        dispatching("days", json!({"type": "checkboxes", "options": options(3)})),
        input("quiet", json!({"type": "static_select", "options": options(2)})),
    ]);
    view["private_metadata"] = json!("kept");
    view
}

#[tokio::test]
async fn a_press_in_a_modal_brings_the_whole_view() {
    let team = team();
    let app = App::attach(&team);
    let open = app.open(&form()).await;
    team.slack.fill("UADA", &[("quiet", "o1")]).unwrap();
    assert_eq!(team.slack.press_in_modal("UADA", "more").await.status, 200);
    let payload = app.last();
    for (pointer, value) in [
        ("/type", json!("block_actions")),
        ("/user/id", json!("UADA")),
        ("/user/team_id", json!("T1")),
        ("/team/domain", json!("practice")),
        ("/container", json!({"type": "view", "view_id": open.id})),
        ("/view/id", json!(open.id)),
        ("/view/hash", json!(open.hash)),
        ("/view/callback_id", json!("form")),
        ("/view/private_metadata", json!("kept")),
        ("/view/state/values/quiet/a-quiet/selected_option/value", json!("o1")),
        ("/actions/0/type", json!("button")),
        ("/actions/0/block_id", json!("words")),
        ("/actions/0/action_id", json!("more")),
        ("/actions/0/value", json!("v")),
        ("/actions/0/text", plain("Press")),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload["trigger_id"].is_string() && payload["actions"][0]["action_ts"].is_string());
    for absent in ["channel", "message", "response_url", "state"] {
        assert!(payload.get(absent).is_none(), "{absent}");
    }
    let chosen = team.slack.act_at("UADA", signalbox_simulator::Surface::Modal, "menu", &["o1"]).await;
    assert_eq!(chosen.problem, None);
    assert_eq!(app.last()["actions"][0]["selected_option"], option("o1"));
    assert_eq!(app.last()["actions"][0]["type"], "overflow");
}

#[tokio::test]
async fn a_field_that_dispatches_tells_of_its_value() {
    let team = team();
    let app = App::attach(&team);
    app.open(&form()).await;
    for (field, values, slot, value) in [
        ("where", &["o2"][..], "selected_option", option("o2")),
        ("where", &[], "selected_option", Value::Null),
        ("name", &["Ada"], "value", json!("Ada")),
        ("days", &["o0", "o2"], "selected_options", json!([option("o0"), option("o2")])),
        ("days", &[], "selected_options", json!([])),
    ] {
        let told = team.slack.dispatch("UADA", field, values).await;
        assert_eq!((told.status, told.problem), (200, None), "{field}");
        let (payload, action) = (app.last(), format!("a-{field}"));
        assert_eq!(payload["actions"][0][slot], value, "{field}");
        assert_eq!(payload["actions"][0]["action_id"], action.as_str());
        assert_eq!(payload["view"]["state"]["values"][field][&action][slot], value, "{field}");
    }
    assert_eq!(app.last()["actions"][0].get("placeholder"), None);
    team.slack.dispatch("UADA", "where", &["o1"]).await;
    assert_eq!(app.last()["actions"][0]["placeholder"], plain("Where"));
    let before = app.count();
    for (field, values, problem) in [
        ("quiet", &["o1"][..], "a-quiet does not tell the app of itself"),
        ("letters", &["x"], "a-letters does not tell the app of itself"),
        ("where", &["o9"], "a-where has no option o9"),
        ("more", &["v"], "more cannot be used like this"),
        ("menu", &[], "menu cannot be used like this"),
        ("menu", &["o9"], "the menu menu has no option o9 now"),
        ("none", &[], "the modal has no element none"),
    ] {
        assert_eq!(team.slack.dispatch("UADA", field, values).await.problem.as_deref(), Some(problem));
    }
    assert!(team.slack.dispatch("UMALLORY", "where", &["o1"]).await.problem.is_some());
    assert_eq!(app.count(), before);
}

#[tokio::test]
async fn the_app_changes_the_form_while_it_is_filled_in() {
    let team = team();
    let app = App::attach(&team);
    app.open(&form()).await;
    let mut longer = form();
    let blocks = longer["blocks"].as_array_mut().unwrap();
    blocks.push(input("why", json!({"type": "plain_text_input"})));
    app.opens("block_actions", "views.update", &longer);
    team.slack.fill("UADA", &[("name", "Ada")]).unwrap();
    team.slack.dispatch("UADA", "where", &["o2"]).await;
    let now = team.slack.modal("UADA").unwrap();
    assert_eq!(now.field("why").unwrap().label, "The why");
    assert_eq!((now.field("name").unwrap().value(), now.field("where").unwrap().value()), ("Ada", "o2"));
    // The payload has the hash of before the update, so that a second press finds the first one's view gone.
    let stale = json!({"view_id": now.id, "hash": app.last()["view"]["hash"], "view": longer});
    assert_eq!(team.call("views.update", stale).await["error"], "hash_conflict");
}

#[tokio::test]
async fn a_failing_answer_to_an_action_is_a_complaint() {
    let team = team();
    let app = App::attach(&team);
    app.open(&form()).await;
    app.answers_raw("block_actions", 500, "");
    assert_eq!(team.slack.press_in_modal("UADA", "more").await.status, 500);
    let complaint = team.slack.complaints().pop().unwrap();
    assert_eq!((complaint.about, complaint.why.as_str()), ("block_actions", "the answer has the status 500"));
}

fn search() -> Value {
    let one = json!({"type": "external_select", "min_query_length": 1, "initial_option": option("first")});
    let mut view = modal(&[
        input("service", one),
        input(
            "several",
            json!({"type": "multi_external_select", "min_query_length": 0, "max_selected_items": 2}),
        ),
        input("slow", json!({"type": "external_select"})),
    ]);
    view["private_metadata"] = json!("kept");
    view
}

#[tokio::test]
async fn options_come_while_a_person_types() {
    let team = team();
    let app = App::attach(&team);
    let open = app.open(&search()).await;
    app.answers("block_suggestion", &json!({"options": options(2)}));
    let found = team.slack.suggest("UADA", "service", "we").await;
    let values: Vec<_> =
        found.options.iter().map(|option| (option.value.as_str(), option.text.as_str())).collect();
    assert_eq!((values, found.problem), (vec![("o0", "O0"), ("o1", "O1")], None));
    let payload = app.last();
    for (pointer, value) in [
        ("/type", json!("block_suggestion")),
        ("/action_id", json!("a-service")),
        ("/block_id", json!("service")),
        ("/value", json!("we")),
        ("/user/id", json!("UADA")),
        ("/team/id", json!("T1")),
        ("/api_app_id", json!("A0SIGNALBOX")),
        ("/container", json!({"type": "view", "view_id": open.id})),
        ("/view/id", json!(open.id)),
        ("/view/private_metadata", json!("kept")),
        ("/view/state/values/service/a-service/selected_option/value", json!("first")),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload.get("trigger_id").is_none() && payload.get("actions").is_none());

    assert_eq!(team.slack.fill("UADA", &[("service", "o9")]), Err("service has no option o9".to_owned()));
    team.slack.fill("UADA", &[("service", "o1")]).unwrap();
    team.slack.fill("UADA", &[("service", "first")]).unwrap();
    team.slack.suggest("UADA", "several", "").await;
    let groups = json!({"option_groups": [{"label": plain("g"), "options": [option("later")]}]});
    app.answers("block_suggestion", &groups);
    let grouped = team.slack.suggest("UADA", "several", "l").await;
    assert_eq!(grouped.options[0].group.as_deref(), Some("g"));
    assert_eq!(
        team.slack.suggest("UADA", "slow", "ab").await.problem.unwrap(),
        "the app is asked from 3 characters on"
    );
    assert_eq!(team.slack.suggest("UADA", "service", "").await.options, []);
    team.slack.suggest("UADA", "slow", "lat").await;
    let fields = [("several", "o0"), ("several", "later"), ("slow", "later")];
    assert_eq!(team.slack.submit("UADA", &fields).await.problem, None);
    let values = &app.last()["view"]["state"]["values"];
    assert_eq!(values["several"]["a-several"]["selected_options"], json!([option("o0"), option("later")]));
    assert_eq!(values["service"]["a-service"]["selected_option"], option("first"));
    assert_eq!(team.slack.complaints(), []);
}

#[tokio::test]
async fn wrong_options_are_not_shown_and_are_a_complaint() {
    let team = team();
    let app = App::attach(&team);
    app.open(&search()).await;
    let many = json!({"options": options(101)}).to_string();
    for (status, answer, why) in [
        (200, many.as_str(), "the answer with options: "),
        (200, "{}", "the answer with options: missing required field"),
        (200, "", "the answer with options is no JSON"),
        (200, "<html>", "the answer with options is no JSON"),
        (404, r#"{"options": []}"#, "the answer to the request for options has the status 404"),
    ] {
        app.answers_raw("block_suggestion", status, answer);
        let found = team.slack.suggest("UADA", "service", "w").await;
        let complaint = team.slack.complaints().pop().unwrap();
        assert!(found.options.is_empty() && complaint.why.starts_with(why), "{complaint:?}");
        assert_eq!((found.problem, complaint.about), (Some(complaint.why), "block_suggestion"));
    }
    let count = team.slack.complaints().len();
    assert!(team.slack.suggest("UADA", "none", "w").await.problem.is_some());
    assert!(team.slack.suggest("UMALLORY", "service", "w").await.problem.is_some());
    assert_eq!(team.slack.complaints().len(), count, "the app was not asked");
}

#[tokio::test]
async fn options_that_come_late_are_not_shown() {
    let team = team();
    App::attach(&team).open(&search()).await;
    let clock = Arc::clone(&team.now_ms);
    let slow = post(move || async move {
        clock.fetch_add(3_001, Ordering::SeqCst);
        r#"{"options": []}"#
    });
    team.slack.attach(Router::new().route("/slack/options", slow));
    let late = "the options came after more than three seconds";
    assert_eq!(team.slack.suggest("UADA", "service", "w").await.problem.as_deref(), Some(late));
    let never = post(async || std::future::pending::<()>().await);
    team.slack.attach(Router::new().route("/slack/options", never));
    let asked = std::time::Instant::now();
    assert_eq!(team.slack.suggest("UADA", "service", "w").await.problem.as_deref(), Some(late));
    assert!(asked.elapsed().as_secs() < 10);
}

#[tokio::test]
async fn options_may_have_another_address() {
    let team = team();
    let app = App::attach(&team);
    app.open(&search()).await;
    app.answers("block_suggestion", &json!({"options": options(1)}));
    team.slack.options_at("/elsewhere");
    assert_eq!(team.slack.suggest("UADA", "service", "w").await.options.len(), 1);
    team.slack.options_at("/nowhere");
    assert!(team.slack.suggest("UADA", "service", "w").await.problem.unwrap().contains("404"));
}
