//! Views from their opening to their end: the methods of the Web API, the stack, and the answers to a modal.

use serde_json::{Value, json};

use crate::app::{App, button, home, input, modal, option, optional, options, plain, section};
use crate::team;

fn form() -> Value {
    let until = json!({"type": "static_select", "options": options(3), "initial_option": options(3)[0]});
    modal(&[
        section("Fill this in"),
        input("why", json!({"type": "plain_text_input"})),
        optional(input("until", until)),
    ])
}

fn pushed(text: &str) -> Value {
    json!({"type": "modal", "title": plain(text), "blocks": [{"type": "actions", "elements": [button(text)]}]})
}

#[tokio::test]
async fn a_test_opens_reads_fills_in_and_sends_a_form() {
    let team = team();
    let app = App::attach(&team);
    app.opens("command", "views.open", &form());
    team.slack.slash("UADA", "CRELEASES", "/deploy").await;
    let form = team.slack.modal("UADA").unwrap();
    assert_eq!((form.title(), form.submit_label()), ("A form", Some("Go")));
    assert_eq!(team.slack.plain(&form), "Fill this in");
    let until = form.field("until").unwrap();
    assert_eq!(
        (until.label.as_str(), until.kind.as_str(), until.value()),
        ("The until", "static_select", "o0")
    );
    assert_eq!(until.option_values(), ["o0", "o1", "o2"]);
    assert!(until.optional && !form.field("why").unwrap().optional);
    let sent = team.slack.submit("UADA", &[("why", "known"), ("until", "o2")]).await;
    assert_eq!((sent.status, sent.problem), (200, None));
    let values = &app.last()["view"]["state"]["values"];
    assert_eq!(values["why"]["a-why"], json!({"type": "plain_text_input", "value": "known"}));
    assert_eq!(values["until"]["a-until"]["selected_option"], option("o2"));
    assert!(team.slack.modal("UADA").is_none() && team.slack.complaints().is_empty());
}

#[tokio::test]
async fn an_answer_and_a_payload_have_the_whole_view() {
    let team = team();
    let app = App::attach(&team);
    let trigger = app.trigger().await;
    let mut view = form();
    view["private_metadata"] = json!("kept");
    let opened = team.call("views.open", json!({"trigger_id": trigger, "view": view})).await["view"].clone();
    team.slack.submit("UADA", &[("why", "x")]).await;
    let payload = app.last();
    for view in [&opened, &payload["view"]] {
        for (pointer, value) in [
            ("/type", json!("modal")),
            ("/team_id", json!("T1")),
            ("/callback_id", json!("form")),
            ("/private_metadata", json!("kept")),
            ("/external_id", json!("")),
            ("/previous_view_id", Value::Null),
            ("/root_view_id", opened["id"].clone()),
            ("/id", opened["id"].clone()),
            ("/hash", opened["hash"].clone()),
            ("/title/text", json!("A form")),
            ("/close", Value::Null),
            ("/clear_on_close", json!(false)),
            ("/notify_on_close", json!(false)),
            ("/app_id", json!("A0SIGNALBOX")),
            ("/bot_id", json!("B0SIGNALBOX")),
            ("/blocks/1/block_id", json!("why")),
            ("/state/values/until/a-until/selected_option/value", json!("o0")),
        ] {
            assert_eq!(view.pointer(pointer), Some(&value), "{pointer}");
        }
    }
    assert_eq!(opened["state"]["values"]["why"]["a-why"]["value"], Value::Null);
    for (pointer, value) in [
        ("/type", json!("view_submission")),
        ("/user/id", json!("UADA")),
        ("/user/team_id", json!("T1")),
        ("/team", json!({"id": "T1", "domain": "practice"})),
        ("/api_app_id", json!("A0SIGNALBOX")),
        ("/response_urls", json!([])),
        ("/is_enterprise_install", json!(false)),
        ("/enterprise", Value::Null),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload["trigger_id"].is_string() && payload.get("response_url").is_none());
}

#[tokio::test]
async fn an_update_keeps_what_was_filled_in_and_changes_the_hash() {
    let team = team();
    let app = App::attach(&team);
    let open = app.open(&form()).await;
    team.slack.fill("UADA", &[("why", "typed"), ("until", "o1")]).unwrap();
    let mut view = form();
    view["blocks"][1]["element"]["initial_value"] = json!("another");
    // The option that was chosen is gone, so the select begins again.
    view["blocks"][2]["element"]["options"] = json!([option("o0"), option("o2")]);
    let update = json!({"view_id": open.id, "hash": open.hash, "view": view});
    let updated = team.call("views.update", update.clone()).await;
    assert_eq!(updated["ok"], true, "{updated}");
    let now = team.slack.modal("UADA").unwrap();
    assert_eq!((&now.id, updated["view"]["hash"].as_str()), (&open.id, Some(now.hash.as_str())));
    assert_ne!(now.hash, open.hash);
    assert_eq!(now.field("why").unwrap().value(), "typed", "an initial value comes too late");
    assert_eq!(now.field("until").unwrap().value(), "o0");
    assert_eq!(team.call("views.update", update).await["error"], "hash_conflict");
    // Another id of the action, or another kind of element, is another field.
    view["blocks"][1]["element"]["action_id"] = json!("other");
    team.call("views.update", json!({"view_id": open.id, "view": view})).await;
    assert_eq!(team.slack.modal("UADA").unwrap().field("why").unwrap().value(), "another");
    team.slack.close("UADA");
    let late = team.call("views.update", json!({"view_id": open.id, "view": form()})).await;
    assert_eq!(late["error"], "not_found");
}

#[tokio::test]
async fn blocks_without_ids_lose_what_was_filled_in() {
    let team = team();
    let app = App::attach(&team);
    let mut view = form();
    view["blocks"][1].as_object_mut().unwrap().remove("block_id");
    let open = app.open(&view).await;
    team.slack.fill("UADA", &[("a-why", "typed")]).unwrap();
    team.call("views.update", json!({"view_id": open.id, "view": view})).await;
    assert_eq!(team.slack.modal("UADA").unwrap().field("a-why").unwrap().value(), "");
}

#[tokio::test]
async fn an_update_wants_a_view_of_the_same_kind_and_says_which() {
    let team = team();
    let app = App::attach(&team);
    let open = app.open(&form()).await;
    for (arguments, error) in [
        (json!({"view": form()}), "invalid_arguments"),
        (json!({"view_id": open.id}), "invalid_arguments"),
        (json!({"view_id": open.id, "view": home(&[section("x")])}), "invalid_arguments"),
        (json!({"view_id": "V9", "view": form()}), "not_found"),
        (json!({"external_id": "none", "view": form()}), "not_found"),
    ] {
        assert_eq!(team.call("views.update", arguments.clone()).await["error"], error, "{arguments}");
    }
    let mut bad = form();
    bad["title"] = plain(&"x".repeat(25));
    let refused = team.call("views.update", json!({"view_id": open.id, "view": bad})).await;
    let reason = "[ERROR] must be less than 25 characters [json-pointer:/view/title/text]";
    assert_eq!(refused["response_metadata"]["messages"], json!([reason]));
}

#[tokio::test]
async fn an_external_id_names_one_view() {
    let team = team();
    let app = App::attach(&team);
    let mut view = form();
    view["external_id"] = json!("deploy-1");
    app.open(&view).await;
    let by_name = json!({"external_id": "deploy-1", "view": view});
    assert_eq!(team.call("views.update", by_name).await["ok"], true);
    let trigger = app.trigger().await;
    let again = team.call("views.open", json!({"trigger_id": trigger, "view": view})).await;
    assert_eq!(again["error"], "duplicate_external_id");
    team.slack.close("UADA");
    app.open(&view).await;
}

#[tokio::test]
async fn three_views_lie_on_each_other_and_close_one_by_one() {
    let team = team();
    let app = App::attach(&team);
    app.open(&pushed("one")).await;
    for (press, next) in [("one", "two"), ("two", "three")] {
        app.opens("block_actions", "views.push", &pushed(next));
        assert_eq!(team.slack.press_in_modal("UADA", press).await.problem, None);
        assert_eq!(team.slack.modal("UADA").unwrap().title(), next);
    }
    let stack = team.slack.modals("UADA");
    let payload = {
        app.opens("block_actions", "api.test", &json!({}));
        team.slack.press_in_modal("UADA", "three").await;
        app.last()
    };
    assert_eq!(payload["view"]["root_view_id"], stack[0].id.as_str());
    assert_eq!(payload["view"]["previous_view_id"], stack[1].id.as_str());
    let fourth = json!({"trigger_id": payload["trigger_id"], "view": pushed("four")});
    assert_eq!(team.call("views.push", fourth).await["error"], "push_limit_reached");
    team.slack.close("UADA");
    assert_eq!(team.slack.modal("UADA").unwrap().title(), "two");
    let mut clearing = pushed("last");
    clearing["clear_on_close"] = json!(true);
    app.opens("block_actions", "views.push", &clearing);
    team.slack.press_in_modal("UADA", "two").await;
    team.slack.close("UADA");
    assert!(team.slack.modals("UADA").is_empty());
}

#[tokio::test]
async fn a_push_wants_a_fresh_trigger_of_the_open_modal() {
    let team = team();
    let app = App::attach(&team);
    let push = async |trigger: &Value| {
        team.call("views.push", json!({"trigger_id": trigger, "view": pushed("two")})).await["error"].clone()
    };
    let of_command = json!(app.trigger().await);
    assert_eq!(push(&of_command).await, "not_found", "nothing is open");
    app.open(&pushed("one")).await;
    assert_eq!(push(&json!(app.trigger().await)).await, "not_found", "a command is no part of the modal");
    team.slack.press_in_modal("UADA", "one").await;
    let trigger = app.last()["trigger_id"].clone();
    team.pass_ms(3_000);
    assert_eq!(push(&trigger).await, Value::Null, "three seconds are in time");
    assert_eq!(push(&trigger).await, "exchanged_trigger_id");
    team.slack.press_in_modal("UADA", "two").await;
    let late = app.last()["trigger_id"].clone();
    team.pass_ms(3_001);
    assert_eq!(push(&late).await, "expired_trigger_id");
    assert_eq!(push(&json!("1.2.x")).await, "invalid_trigger_id");
    assert_eq!(push(&Value::Null).await, "invalid_arguments");
}

#[tokio::test]
async fn an_answer_may_update_push_or_clear() {
    let team = team();
    let app = App::attach(&team);
    let first = app.open(&form()).await;
    app.answers("view_submission", &json!({"response_action": "update", "view": form()}));
    team.slack.submit("UADA", &[("why", "x")]).await;
    let updated = team.slack.modal("UADA").unwrap();
    assert_eq!((&updated.id, updated.field("why").unwrap().value()), (&first.id, "x"));
    assert_ne!(updated.hash, first.hash);
    app.answers("view_submission", &json!({"response_action": "push", "view": form()}));
    team.slack.submit("UADA", &[]).await;
    team.slack.submit("UADA", &[("why", "y")]).await;
    assert_eq!(team.slack.modals("UADA").len(), 3);
    app.answers_raw("view_submission", 200, "");
    team.slack.submit("UADA", &[("why", "z")]).await;
    assert_eq!(team.slack.modal("UADA").unwrap().field("why").unwrap().value(), "y", "the one under it");
    app.answers("view_submission", &json!({}));
    team.slack.submit("UADA", &[]).await;
    assert_eq!(team.slack.modals("UADA").len(), 1);
    app.answers("view_submission", &json!({"response_action": "push", "view": form()}));
    team.slack.submit("UADA", &[]).await;
    app.answers("view_submission", &json!({"response_action": "clear"}));
    team.slack.submit("UADA", &[("why", "x")]).await;
    assert!(team.slack.modals("UADA").is_empty());
    assert_eq!(team.slack.complaints(), []);
}

#[tokio::test]
async fn errors_stay_beside_their_fields_until_it_is_sent_again() {
    let team = team();
    let app = App::attach(&team);
    let open = app.open(&form()).await;
    app.answers("view_submission", &json!({"response_action": "errors", "errors": {"why": "Say more."}}));
    team.slack.submit("UADA", &[("why", "x"), ("until", "o2")]).await;
    let now = team.slack.modal("UADA").unwrap();
    assert_eq!(now.field("why").unwrap().error.as_deref(), Some("Say more."));
    assert_eq!((now.field("until").unwrap().value(), now.hash == open.hash), ("o2", true));
    app.answers_raw("view_submission", 200, "");
    team.slack.submit("UADA", &[("why", "more")]).await;
    assert_eq!(app.last()["view"]["state"]["values"]["until"]["a-until"]["selected_option"]["value"], "o2");
    assert!(team.slack.modal("UADA").is_none() && team.slack.complaints().is_empty());
}

#[tokio::test]
async fn an_answer_that_slack_does_not_take_is_a_complaint() {
    let team = team();
    let app = App::attach(&team);
    app.open(&form()).await;
    let errors = |errors: Value| json!({"response_action": "errors", "errors": errors}).to_string();
    let bad_view = json!({"response_action": "update", "view": home(&[section("x")])}).to_string();
    for (status, answer, why) in [
        (200, errors(json!({"words": "x"})), "errors: the modal has no input block words"),
        (200, errors(json!({"nothing": "x"})), "errors: the modal has no input block nothing"),
        (200, errors(json!({"a-why": "x"})), "errors: the modal has no input block a-why"),
        (200, errors(json!({"why": ""})), "errors: why has no text"),
        (200, errors(json!({"why": 1})), "errors: why has no text"),
        (200, errors(json!({})), "the answer has no errors"),
        (200, "<html>".to_owned(), "the answer is no JSON object"),
        (200, "[]".to_owned(), "the answer is no JSON object"),
        (200, r#"{"text": "done"}"#.to_owned(), "the answer has no response_action"),
        (200, r#"{"response_action": "close"}"#.to_owned(), "there is no response_action close"),
        (200, r#"{"response_action": "update"}"#.to_owned(), "the answer has no view"),
        (200, bad_view, "the answer's view: "),
        (500, String::new(), "the answer has the status 500"),
    ] {
        app.answers_raw("view_submission", status, &answer);
        assert_eq!(team.slack.submit("UADA", &[("why", "x")]).await.status, status);
        let complaint = team.slack.complaints().pop().unwrap();
        assert!(complaint.why.starts_with(why), "{complaint:?}, not {why}");
        assert_eq!(complaint.about, "view_submission");
        let errors = team.slack.modal("UADA").unwrap().errors;
        assert_eq!(errors[""], "We had some trouble connecting. Try again?");
    }
    app.answers("view_submission", &json!({"response_action": "push", "view": form()}));
    for _ in 0..3 {
        team.slack.submit("UADA", &[("why", "x")]).await;
    }
    assert_eq!(team.slack.complaints().pop().unwrap().why, "there are 3 views already");
}

#[tokio::test]
async fn an_app_that_closed_the_modal_itself_is_left_alone() {
    let team = team();
    let app = App::attach(&team);
    let first = app.open(&form()).await;
    app.opens("view_submission", "views.open", &form());
    team.slack.submit("UADA", &[("why", "x")]).await;
    let now = team.slack.modal("UADA").unwrap();
    assert_ne!(now.id, first.id, "the answer closes what was sent, and nothing else");
    assert_eq!(now.field("why").unwrap().value(), "");
}

#[tokio::test]
async fn an_app_that_asks_for_it_hears_that_a_modal_was_closed() {
    let team = team();
    let app = App::attach(&team);
    app.open(&form()).await;
    let before = app.count();
    team.slack.leave("UADA").await;
    assert_eq!((app.count(), team.slack.modal("UADA").is_none()), (before, true));
    let mut view = form();
    view["notify_on_close"] = json!(true);
    let open = app.open(&view).await;
    team.slack.fill("UADA", &[("why", "typed")]).unwrap();
    team.slack.leave("UADA").await;
    let payload = app.last();
    assert_eq!((&payload["type"], &payload["view"]["id"]), (&json!("view_closed"), &json!(open.id)));
    assert_eq!((&payload["is_cleared"], payload.get("trigger_id")), (&json!(false), None));
    assert_eq!(payload["view"]["state"]["values"]["why"]["a-why"]["value"], "typed");
    team.slack.leave("UADA").await;
}
