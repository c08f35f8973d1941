//! The console's API for modals, the Home tab and shortcuts, as the page uses it.

use axum::Router;
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use signalbox_simulator::console::{ConsoleOptions, Shortcut, ShortcutKind, router};

use crate::app::{App, button, home, input, modal, option, optional, options, section};
use crate::{Team, send, team};

fn console(team: &Team) -> Router {
    let mut options = ConsoleOptions::new("the-token");
    options.home = true;
    options.shortcuts = vec![Shortcut {
        name: "Deploy something".into(),
        kind: ShortcutKind::Global,
        callback_id: "deploy".into(),
        description: "Opens a form".into(),
    }];
    router(team.slack.clone(), options)
}

async fn ask(console: &Router, request: http::request::Builder, body: &Value) -> (u16, Value) {
    let request = request.header("host", "127.0.0.1:4500").header("x-console-token", "the-token");
    let request = request.header("content-type", "application/json").body(Body::from(body.to_string()));
    let (status, _, body) = send(console.clone(), request.unwrap()).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

async fn post(console: &Router, path: &str, body: Value) -> (u16, Value) {
    ask(console, Request::post(format!("/console/api/{path}")), &body).await
}

async fn state(console: &Router, user: &str) -> Value {
    ask(console, Request::get(format!("/console/api/state?user={user}")), &Value::Null).await.1
}

fn form() -> Value {
    let mut select = input("env", json!({"type": "static_select", "options": options(2)}));
    select["dispatch_action"] = json!(true);
    let search = json!({"type": "external_select", "min_query_length": 1});
    modal(&[
        select,
        input("why", json!({"type": "plain_text_input"})),
        optional(input("days", json!({"type": "checkboxes", "options": options(3)}))),
        optional(input("service", search)),
    ])
}

#[tokio::test]
async fn the_page_fills_in_searches_acts_and_sends() {
    let (team, fields) = (team(), json!({"env": ["o0"], "why": ["x"], "days": ["o0", "o2"], "service": []}));
    let (app, console) = (App::attach(&team), console(&team));
    app.open(&form()).await;
    let shown = state(&console, "UADA").await["modal"].clone();
    assert_eq!((&shown["view"]["title"]["text"], &shown["depth"]), (&json!("A form"), &json!(1)));
    assert_eq!(shown["values"]["days"]["a-days"]["selected_options"], json!([]));
    assert_eq!(state(&console, "UMALLORY").await["modal"], Value::Null);

    let act = json!({"user": "UADA", "surface": "modal", "fields": fields, "name": "env", "values": ["o1"]});
    assert_eq!(post(&console, "act", act).await.0, 200);
    let payload = app.last();
    assert_eq!(payload["actions"][0]["selected_option"], option("o1"));
    assert_eq!(payload["view"]["state"]["values"]["why"]["a-why"]["value"], "x");

    app.answers("block_suggestion", &json!({"options": options(1)}));
    let suggest =
        json!({"user": "UADA", "surface": "modal", "fields": fields, "name": "service", "typed": "w"});
    let (status, found) = post(&console, "suggest", suggest).await;
    let one = json!({"value": "o0", "text": "O0", "description": null, "group": null});
    assert_eq!((status, found), (200, json!({"options": [one], "problem": null})));

    let bad = json!({"user": "UADA", "fields": {"env": "o9"}});
    let refused = (422, json!({"error": "env has no option o9"}));
    assert_eq!(post(&console, "submit", bad).await, refused);
    app.answers("view_submission", &json!({"response_action": "errors", "errors": {"why": "Say more."}}));
    let fields = json!({"env": "o1", "why": "more", "days": [], "service": ["o0"]});
    assert_eq!(post(&console, "submit", json!({"user": "UADA", "fields": fields})).await.0, 200);
    assert_eq!(state(&console, "UADA").await["modal"]["errors"], json!({"why": "Say more."}));
    let values = app.last()["view"]["state"]["values"].clone();
    assert_eq!(values["service"]["a-service"]["selected_option"], option("o0"));
    assert_eq!(values["days"]["a-days"]["selected_options"], json!([]));
    post(&console, "close", json!({"user": "UADA"})).await;
    assert_eq!(state(&console, "UADA").await["modal"], Value::Null);
}

#[tokio::test]
async fn the_home_tab_is_opened_and_pressed_by_each_person() {
    let team = team();
    let (app, console) = (App::attach(&team), console(&team));
    let buttons = json!({"type": "actions", "elements": [button("go")]});
    app.opens("app_home_opened", "views.publish", &home(&[section("Hello"), buttons]));
    assert_eq!(state(&console, "UADA").await["home"], Value::Null);
    assert_eq!(post(&console, "home", json!({"user": "UADA"})).await.0, 200);
    assert_eq!(state(&console, "UADA").await["home"]["view"]["blocks"][0]["text"]["text"], "Hello");
    assert_eq!(state(&console, "UMALLORY").await["home"], Value::Null);
    let act = json!({"user": "UADA", "surface": "home", "fields": {}, "name": "go", "values": []});
    assert_eq!(post(&console, "act", act).await.0, 200);
    assert_eq!(app.last()["actions"][0]["action_id"], "go");
    assert_eq!(post(&console, "home", json!({"user": "UNOBODY"})).await.0, 422);
}

#[tokio::test]
async fn shortcuts_and_mentions_reach_the_app() {
    let team = team();
    let (app, console) = (App::attach(&team), console(&team));
    let about = ask(&console, Request::get("/console/api/about"), &Value::Null).await.1;
    let shortcut = json!({
        "name": "Deploy something", "type": "global", "callback_id": "deploy", "description": "Opens a form",
    });
    assert_eq!((&about["shortcuts"], &about["home"]), (&json!([shortcut]), &json!(true)));
    let take = json!({"user": "UADA", "callback_id": "deploy", "message": null});
    assert_eq!(post(&console, "shortcut", take).await.0, 200);
    let ts = team.post("card").await;
    let at = json!({"user": "UADA", "callback_id": "ask", "message": {"channel": "CRELEASES", "ts": ts}});
    assert_eq!(post(&console, "shortcut", at).await.0, 200);
    let line = json!({"user": "UADA", "channel": "CRELEASES", "line": "@Signalbox status"});
    assert_eq!(post(&console, "slash", line).await.1["note"], Value::Null);
    assert_eq!(app.kinds(), ["shortcut", "message_action", "app_mention"]);
    let plain = router(team.slack.clone(), ConsoleOptions::new("the-token"));
    let about = ask(&plain, Request::get("/console/api/about"), &Value::Null).await.1;
    assert_eq!((&about["shortcuts"], &about["home"]), (&json!([]), &json!(false)));
}
