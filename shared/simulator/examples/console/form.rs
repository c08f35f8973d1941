//! A form with everything that a form can have, a Home tab, and the app that stands behind them.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::{Form, State};
use axum::response::Json;
use serde_json::{Value, json};

use super::{App, call};

fn plain(text: &str) -> Value {
    json!({"type": "plain_text", "text": text})
}

fn option(text: &str) -> Value {
    json!({"text": plain(text), "value": text.to_lowercase()})
}

fn input(id: &str, label: &str, element: &Value) -> Value {
    let mut element = element.clone();
    element["action_id"] = json!(format!("{id}_action"));
    json!({"type": "input", "block_id": id, "label": plain(label), "element": element, "optional": true})
}

/// The form. In production it asks for a reason, too.
fn view(about: &str, production: bool) -> Value {
    let environments = [option("Practice"), option("Production")];
    let days = ["Monday", "Tuesday", "Wednesday"].map(option);
    let groups = [
        json!({"label": plain("Europe"), "options": [option("Frankfurt"), option("Dublin")]}),
        json!({"label": plain("America"), "options": [option("Oregon")]}),
    ];
    let mut service = input("service", "Service", &json!({"type": "external_select", "min_query_length": 1}));
    service["optional"] = json!(false);
    service["hint"] = plain("Type a letter, such as w.");
    let mut name =
        input("name", "Name", &json!({"type": "plain_text_input", "min_length": 3, "max_length": 20}));
    name["optional"] = json!(false);
    let mut environment = input(
        "environment",
        "Environment",
        &json!({"type": "static_select", "options": environments, "initial_option": environments[0]}),
    );
    environment["dispatch_action"] = json!(true);
    let mut blocks = vec![
        json!({"type": "header", "text": plain("All there is")}),
        json!({"type": "section", "text": {"type": "mrkdwn", "text": format!("A form *{about}*.")}, "accessory": {
            "type": "button", "action_id": "more", "text": plain("More…"), "value": "more",
        }}),
        service,
        name,
        environment,
    ];
    if production {
        let mut why = input("why", "Reason", &json!({"type": "plain_text_input", "multiline": true}));
        why["optional"] = json!(false);
        blocks.push(why);
    }
    blocks.extend([
        input("count", "Replicas", &json!({"type": "number_input", "is_decimal_allowed": false, "min_value": "1", "max_value": "9", "initial_value": "2"})),
        input("regions", "Regions", &json!({"type": "multi_static_select", "option_groups": groups, "max_selected_items": 2})),
        input("watchers", "Services to watch", &json!({"type": "multi_external_select", "min_query_length": 0})),
        input("how", "How", &json!({"type": "radio_buttons", "options": [option("Slowly"), option("At once")]})),
        input("days", "Days", &json!({"type": "checkboxes", "options": days, "initial_options": [days[0]]})),
        input("day", "Day", &json!({"type": "datepicker", "initial_date": "2026-12-01"})),
        input("hour", "Hour", &json!({"type": "timepicker"})),
        input("moment", "Moment", &json!({"type": "datetimepicker"})),
        input("person", "Person", &json!({"type": "users_select"})),
        input("channel", "Channel", &json!({"type": "conversations_select"})),
        json!({"type": "divider"}),
        json!({"type": "context", "elements": [{"type": "mrkdwn", "text": "The name `wrong` is refused."}]}),
    ]);
    json!({
        "type": "modal", "callback_id": "form", "title": plain("A form"), "submit": plain("Send it"), "close": plain("Leave it"),
        "private_metadata": about, "blocks": blocks,
    })
}

pub(super) async fn open(app: &App, trigger: &str, about: &str) {
    call(app, "views.open", json!({"trigger_id": trigger, "view": view(about, false)})).await;
}

/// What happens in the form, on the Home tab and by shortcuts.
pub(super) async fn interaction(app: &App, payload: &Value) -> Value {
    let trigger = payload["trigger_id"].as_str().unwrap_or_default();
    let view_id = &payload["view"]["id"];
    match payload["type"].as_str().unwrap_or_default() {
        "shortcut" => open(app, trigger, "from a shortcut").await,
        "message_action" => open(app, trigger, "about a message").await,
        "view_submission" => return submitted(payload),
        "block_actions" => {
            let action = &payload["actions"][0];
            match action["action_id"].as_str().unwrap_or_default() {
                "environment_action" => {
                    let production = action["selected_option"]["value"] == "production";
                    let about = payload["view"]["private_metadata"].as_str().unwrap_or_default();
                    let update = json!({"view_id": view_id, "hash": payload["view"]["hash"], "view": view(about, production)});
                    call(app, "views.update", update).await;
                }
                "more" => {
                    let more = json!({"type": "modal", "title": plain("More"), "blocks": [{"type": "section", "text": plain("There is no more.")}]});
                    call(app, "views.push", json!({"trigger_id": trigger, "view": more})).await;
                }
                _ => open(app, trigger, "from Home").await,
            }
        }
        _ => {}
    }
    json!({})
}

fn submitted(payload: &Value) -> Value {
    if payload["view"]["state"]["values"]["name"]["name_action"]["value"] == "wrong" {
        return json!({"response_action": "errors", "errors": {"name": "This name is taken."}});
    }
    json!({})
}

/// The services whose names begin as the person typed.
pub(super) async fn options(Form(form): Form<BTreeMap<String, String>>) -> Json<Value> {
    let payload: Value = serde_json::from_str(&form["payload"]).unwrap();
    let typed = payload["value"].as_str().unwrap_or_default().to_lowercase();
    let services = ["Web", "Worker", "Api", "Accounts"].map(option);
    let found: Vec<_> = services
        .into_iter()
        .filter(|one| one["value"].as_str().unwrap_or_default().starts_with(&typed))
        .collect();
    Json(json!({"options": found}))
}

/// Publishes the Home tab of whoever opens it.
pub(super) async fn event(State(app): State<App>, body: Bytes) -> &'static str {
    let event: Value = serde_json::from_slice(&body).unwrap();
    if event["event"]["type"] == "app_home_opened" {
        let user = &event["event"]["user"];
        let hello = format!("Hello <@{}>. This is your Home tab.", user.as_str().unwrap_or_default());
        let home = json!({"type": "home", "blocks": [
            {"type": "section", "text": {"type": "mrkdwn", "text": hello}},
            {"type": "actions", "elements": [{"type": "button", "action_id": "home_form", "text": plain("Fill in a form")}]},
        ]});
        call(&app, "views.publish", json!({"user_id": user, "view": home})).await;
    }
    ""
}
