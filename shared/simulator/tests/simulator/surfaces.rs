//! Where else a person meets the app: the Home tab, shortcuts and mentions.

use serde_json::{Value, json};
use signalbox_simulator::Surface;

use crate::app::{App, button, home, input, modal, options, section};
use crate::team;

fn tab(text: &str) -> Value {
    let mut select = input("env", json!({"type": "static_select", "options": options(3)}));
    select["dispatch_action"] = json!(true);
    let mut view = home(&[
        section(text),
        json!({"type": "actions", "block_id": "row", "elements": [button("go")]}),
        select,
    ]);
    view["private_metadata"] = json!("kept");
    view
}

#[tokio::test]
async fn each_person_has_a_home_tab_that_the_app_publishes_when_it_is_opened() {
    let team = team();
    let app = App::attach(&team);
    assert!(team.slack.home("UADA").is_none());
    app.opens("app_home_opened", "views.publish", &tab("Hello"));
    assert_eq!(team.slack.open_home("UADA").await.status, 200);
    let event = app.last();
    assert_eq!(
        (&event["type"], &event["user"], &event["tab"]),
        (&json!("app_home_opened"), &json!("UADA"), &json!("home"))
    );
    assert_eq!((&event["channel"], event.get("view")), (&json!("DADA"), None));
    assert!(event["event_ts"].is_string());
    let tab = team.slack.home("UADA").unwrap();
    assert_eq!(team.slack.plain(&tab), "Hello\n[Press]");
    assert!(team.slack.home("UMALLORY").is_none());
    team.slack.open_home("UADA").await;
    assert_eq!(app.last()["view"]["id"], tab.id.as_str());
    assert_eq!(app.last()["view"]["root_view_id"], tab.id.as_str());
    assert!(team.slack.open_home("UNOBODY").await.problem.is_some());
}

#[tokio::test]
async fn publishing_keeps_the_id_and_what_was_filled_in() {
    let team = team();
    let publish = |more: Value| {
        let mut arguments = json!({"user_id": "UADA", "view": tab("Hello")});
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        arguments
    };
    assert_eq!(team.call("views.publish", publish(json!({"hash": "1.2"}))).await["error"], "hash_conflict");
    let first = team.call("views.publish", publish(json!({}))).await["view"].clone();
    assert_eq!((&first["type"], &first["private_metadata"]), (&json!("home"), &json!("kept")));
    team.slack.fill_at("UADA", Surface::Home, &[("env", "o2")]).unwrap();
    let second = team.call("views.publish", publish(json!({"hash": first["hash"]}))).await["view"].clone();
    assert_eq!(second["id"], first["id"]);
    assert_ne!(second["hash"], first["hash"]);
    assert_eq!(second["state"]["values"]["env"]["a-env"]["selected_option"]["value"], "o2");
    let update = json!({"view_id": first["id"], "view": tab("New")});
    assert_eq!(team.call("views.update", update).await["ok"], true);
    for (arguments, error) in [
        (publish(json!({"hash": first["hash"]})), "hash_conflict"),
        (publish(json!({"user_id": "UNOBODY"})), "invalid_arguments"),
        (json!({"view": tab("x")}), "invalid_arguments"),
        (publish(json!({"view": modal(&[section("x")])})), "invalid_arguments"),
        (publish(json!({"view": home(&vec![json!({"type": "divider"}); 101])})), "invalid_arguments"),
    ] {
        assert_eq!(team.call("views.publish", arguments.clone()).await["error"], error, "{arguments}");
    }
}

#[tokio::test]
async fn a_press_at_home_may_open_a_modal() {
    let team = team();
    let app = App::attach(&team);
    assert!(team.slack.press_at_home("UADA", "go").await.problem.is_some(), "there is nothing yet");
    team.call("views.publish", json!({"user_id": "UADA", "view": tab("Hello")})).await;
    let tab = team.slack.home("UADA").unwrap();
    app.opens("block_actions", "views.open", &modal(&[section("x")]));
    assert_eq!(team.slack.press_at_home("UADA", "go").await.problem, None);
    let payload = app.last();
    assert_eq!(payload["container"], json!({"type": "view", "view_id": tab.id}));
    assert_eq!((&payload["view"]["type"], &payload["view"]["hash"]), (&json!("home"), &json!(tab.hash)));
    assert_eq!(payload["actions"][0]["action_id"], "go");
    assert!(team.slack.modal("UADA").is_some());
    let chosen = team.slack.act_at("UADA", Surface::Home, "env", &["o1"]).await;
    assert_eq!(chosen.problem, None);
    assert_eq!(app.last()["view"]["state"]["values"]["env"]["a-env"]["selected_option"]["value"], "o1");
}

#[tokio::test]
async fn a_global_shortcut_has_no_channel() {
    let team = team();
    let app = App::attach(&team);
    app.opens("shortcut", "views.open", &modal(&[section("x")]));
    assert_eq!(team.slack.shortcut("UADA", "deploy").await.status, 200);
    let payload = app.last();
    for (pointer, value) in [
        ("/type", json!("shortcut")),
        ("/callback_id", json!("deploy")),
        ("/user/id", json!("UADA")),
        ("/user/team_id", json!("T1")),
        ("/team/id", json!("T1")),
        ("/is_enterprise_install", json!(false)),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload["trigger_id"].is_string() && payload["action_ts"].is_string());
    assert!(payload.get("channel").is_none() && payload.get("response_url").is_none());
    assert!(team.slack.modal("UADA").is_some());
    assert!(team.slack.shortcut("UNOBODY", "deploy").await.problem.is_some());
    app.answers_raw("shortcut", 500, "");
    team.slack.shortcut("UADA", "deploy").await;
    assert_eq!(team.slack.complaints().pop().unwrap().why, "the answer has the status 500");
}

#[tokio::test]
async fn a_message_shortcut_brings_the_message() {
    let team = team();
    let app = App::attach(&team);
    let ts = team.post("a card").await;
    assert_eq!(team.slack.message_shortcut("UADA", "CRELEASES", &ts, "roll_back").await.status, 200);
    let payload = app.last();
    for (pointer, value) in [
        ("/type", json!("message_action")),
        ("/callback_id", json!("roll_back")),
        ("/user/id", json!("UADA")),
        ("/channel", json!({"id": "CRELEASES", "name": "releases"})),
        ("/message_ts", json!(ts)),
        ("/message/ts", json!(ts)),
        ("/message/type", json!("message")),
        ("/message/text", json!("a card")),
        ("/message/user", json!("U0SIGNALBOX")),
    ] {
        assert_eq!(payload.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(payload["trigger_id"].is_string());
    assert!(payload["response_url"].as_str().unwrap().starts_with("https://hooks.slack.com/app/T1/"));
    let hers = json!({"channel": "CRELEASES", "user": "UADA", "text": "t"});
    let hers = team.call("chat.postEphemeral", hers).await["message_ts"].as_str().unwrap().to_owned();
    for ts in ["1.2", &hers] {
        assert!(team.slack.message_shortcut("UADA", "CRELEASES", ts, "x").await.problem.is_some(), "{ts}");
    }
}

#[tokio::test]
async fn a_mention_is_heard_in_channels_and_threads() {
    let team = team();
    let app = App::attach(&team);
    let text = team.slack.escape("@Signalbox deploy web for @Ada");
    assert_eq!(text, "<@U0SIGNALBOX> deploy web for <@UADA|Ada>");
    assert_eq!(team.slack.speak("UADA", "CRELEASES", &text).await.status, 200);
    let event = app.last();
    let said = team.slack.messages("CRELEASES").pop().unwrap();
    for (pointer, value) in [
        ("/type", json!("app_mention")),
        ("/user", json!("UADA")),
        ("/text", json!(text)),
        ("/ts", json!(said.ts)),
        ("/event_ts", json!(said.ts)),
        ("/channel", json!("CRELEASES")),
        ("/team", json!("T1")),
    ] {
        assert_eq!(event.pointer(pointer), Some(&value), "{pointer}");
    }
    assert!(event.get("thread_ts").is_none());
    team.slack.reply("UADA", "CRELEASES", &said.ts, "<@U0SIGNALBOX> status").await;
    assert_eq!(app.kinds(), ["app_mention", "message", "app_mention"]);
    assert_eq!(app.last()["thread_ts"], said.ts.as_str());

    let count = app.count();
    team.slack.speak("UADA", "CRELEASES", "nothing for you").await;
    team.slack.speak("UADA", "UADA", "<@U0SIGNALBOX> here?").await;
    team.slack.remove_from_channel("COPERATIONS");
    team.slack.speak("UADA", "COPERATIONS", "<@U0SIGNALBOX> there?").await;
    team.slack.grant("commands,chat:write");
    team.slack.speak("UADA", "CRELEASES", "<@U0SIGNALBOX>").await;
    assert_eq!(app.count(), count);
    assert!(team.slack.speak("UNOBODY", "CRELEASES", "x").await.problem.is_some());
}
