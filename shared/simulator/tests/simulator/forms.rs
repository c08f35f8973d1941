//! What a person can put into each kind of field, how the app gets it, and what Slack's client does not send.

use serde_json::{Value, json};

use crate::app::{App, button, input, modal, option, optional, options, plain, section};
use crate::team;

/// Every kind of field: the element, its empty value, what a person gives, and what the app gets.
fn kinds() -> Vec<(Value, &'static str, Value, Vec<&'static str>, Value)> {
    let two = json!([option("o0"), option("o2")]);
    let element = |kind: &str| json!({"type": kind});
    let chooses = |kind: &str| json!({"type": kind, "options": options(3)});
    let number = json!({"type": "number_input", "is_decimal_allowed": true});
    let groups = json!({"type": "static_select", "option_groups": [
        {"label": plain("one"), "options": [option("o0")]}, {"label": plain("two"), "options": [option("o2")]}]});
    vec![
        (element("plain_text_input"), "value", Value::Null, vec!["x, y\nz"], json!("x, y\nz")),
        (number, "value", Value::Null, vec!["-1.50"], json!("-1.50")),
        (chooses("static_select"), "selected_option", Value::Null, vec!["o2"], option("o2")),
        (groups, "selected_option", Value::Null, vec!["o2"], option("o2")),
        (chooses("radio_buttons"), "selected_option", Value::Null, vec!["o2"], option("o2")),
        (chooses("checkboxes"), "selected_options", json!([]), vec!["o0", "o2"], two.clone()),
        (chooses("multi_static_select"), "selected_options", json!([]), vec!["o0", "o2"], two),
        (element("users_select"), "selected_user", Value::Null, vec!["UMALLORY"], json!("UMALLORY")),
        (element("channels_select"), "selected_channel", Value::Null, vec!["CRELEASES"], json!("CRELEASES")),
        (
            element("conversations_select"),
            "selected_conversation",
            Value::Null,
            vec!["COPERATIONS"],
            json!("COPERATIONS"),
        ),
        (element("datepicker"), "selected_date", Value::Null, vec!["2026-11-30"], json!("2026-11-30")),
        (element("timepicker"), "selected_time", Value::Null, vec!["07:05"], json!("07:05")),
        (
            element("datetimepicker"),
            "selected_date_time",
            Value::Null,
            vec!["1795000000"],
            json!(1_795_000_000),
        ),
    ]
}

#[tokio::test]
async fn each_kind_of_field_is_empty_filled_in_and_emptied() {
    let team = team();
    let app = App::attach(&team);
    for (element, slot, empty, words, full) in kinds() {
        let kind = element["type"].clone();
        app.open(&modal(&[optional(input("f", element))])).await;
        team.slack.submit("UADA", &[]).await;
        let sent = |value: &Value| json!({"f": {"a-f": {"type": kind, slot: value}}});
        assert_eq!(app.last()["view"]["state"]["values"], sent(&empty), "{kind}");
        let again = app.last()["view"]["blocks"].as_array().cloned().unwrap();
        app.open(&modal(&again)).await;
        let pairs: Vec<_> = words.iter().map(|word| ("f", *word)).collect();
        team.slack.fill("UADA", &pairs).unwrap();
        assert_eq!(team.slack.modal("UADA").unwrap().field("f").unwrap().values, words, "{kind}");
        team.slack.submit("UADA", &[]).await;
        assert_eq!(app.last()["view"]["state"]["values"], sent(&full), "{kind}");
        app.open(&modal(&again)).await;
        team.slack.fill("UADA", &pairs).unwrap();
        team.slack.submit("UADA", &[("f", "")]).await;
        assert_eq!(app.last()["view"]["state"]["values"], sent(&empty), "{kind}");
    }
}

#[tokio::test]
async fn initial_values_are_there_from_the_start() {
    let team = team();
    let app = App::attach(&team);
    for (element, slot, _, words, full) in kinds() {
        let mut element = element;
        element[format!("initial_{}", slot.trim_start_matches("selected_"))] = full;
        let open = app.open(&modal(&[input("f", element.clone())])).await;
        assert_eq!(open.field("f").unwrap().values, words, "{element}");
    }
}

#[tokio::test]
async fn what_is_not_possible_is_not_filled_in() {
    let team = team();
    let app = App::attach(&team);
    for (kind, word, problem) in [
        ("static_select", "o9", "f has no option o9"),
        ("radio_buttons", "o9", "f has no option o9"),
        ("checkboxes", "o9", "f has no option o9"),
        ("users_select", "UNOBODY", "nobody here is UNOBODY"),
        ("channels_select", "CNONE", "there is no channel CNONE"),
        ("datepicker", "30.11.2026", "f wants a date YYYY-MM-DD, and got 30.11.2026"),
        ("timepicker", "7:05", "f wants a time HH:mm, and got 7:05"),
        ("datetimepicker", "tomorrow", "f wants seconds since 1970, and got tomorrow"),
    ] {
        let mut element = json!({"type": kind});
        if ["static_select", "radio_buttons", "checkboxes"].contains(&kind) {
            element["options"] = json!(options(2));
        }
        let text = input("text", json!({"type": "plain_text_input"}));
        app.open(&modal(&[input("f", element), text])).await;
        let refused = team.slack.fill("UADA", &[("text", "x"), ("f", word)]);
        assert_eq!(refused, Err(problem.to_owned()));
        assert_eq!(team.slack.modal("UADA").unwrap().field("text").unwrap().value(), "", "all or nothing");
    }
    app.open(&modal(&[input("f", json!({"type": "plain_text_input"}))])).await;
    assert_eq!(team.slack.fill("UADA", &[("f", "a"), ("f", "b")]), Err("f takes one value".to_owned()));
    assert_eq!(team.slack.fill("UADA", &[("g", "a")]), Err("the modal has no field g".to_owned()));
    assert!(team.slack.fill("UMALLORY", &[]).is_err(), "she has nothing open");
}

#[tokio::test]
async fn what_is_out_of_its_limits_is_not_sent() {
    let team = team();
    let app = App::attach(&team);
    let text = json!({"type": "plain_text_input", "min_length": 2, "max_length": 3});
    let whole =
        json!({"type": "number_input", "is_decimal_allowed": false, "min_value": "1", "max_value": "10"});
    let decimal =
        json!({"type": "number_input", "is_decimal_allowed": true, "min_value": "0.5", "max_value": "1.5"});
    let several = json!({"type": "multi_static_select", "options": options(3), "max_selected_items": 2});
    for (element, good, bad) in [
        (
            &text,
            &["ab", "éé", "abc"][..],
            &[("a", "f takes at least 2 characters"), ("abcd", "f takes at most 3 characters")][..],
        ),
        (
            &whole,
            &["1", "10"],
            &[
                ("0", "f must be 1 or more"),
                ("11", "f must be 10 or less"),
                ("1.5", "f takes a whole number"),
                ("x", "f takes a whole number"),
            ],
        ),
        (
            &decimal,
            &["0.5", "1", "1.5"],
            &[
                ("0.4", "f must be 0.5 or more"),
                ("1.51", "f must be 1.5 or less"),
                ("1e0", "f takes a number"),
            ],
        ),
    ] {
        for value in good {
            app.open(&modal(&[input("f", element.clone())])).await;
            assert_eq!(team.slack.submit("UADA", &[("f", value)]).await.problem, None, "{value}");
        }
        app.open(&modal(&[input("f", element.clone())])).await;
        let before = app.count();
        for (value, problem) in bad {
            let sent = team.slack.submit("UADA", &[("f", value)]).await;
            assert_eq!((sent.status, sent.problem.as_deref()), (0, Some(*problem)));
        }
        assert_eq!(app.count(), before, "nothing was sent");
    }
    app.open(&modal(&[input("f", several)])).await;
    let three = team.slack.submit("UADA", &[("f", "o0"), ("f", "o1"), ("f", "o2")]).await;
    assert_eq!(three.problem.as_deref(), Some("f takes at most 2 options"));
    for (element, _, _, words, _) in kinds() {
        app.open(&modal(&[input("f", element)])).await;
        assert_eq!(team.slack.submit("UADA", &[]).await.problem.as_deref(), Some("The f is required"));
        let pairs: Vec<_> = words.iter().map(|word| ("f", *word)).collect();
        assert_eq!(team.slack.submit("UADA", &pairs).await.problem, None);
    }
}

#[tokio::test]
async fn a_view_without_a_submit_button_cannot_be_sent() {
    let team = team();
    let app = App::attach(&team);
    app.open(&json!({"type": "modal", "title": plain("Wait"), "blocks": [section("Loading…")]})).await;
    let sent = team.slack.submit("UADA", &[]).await;
    assert_eq!(sent.problem.as_deref(), Some("the modal has no button to send it"));
}

#[tokio::test]
async fn fields_in_sections_and_actions_are_part_of_the_state() {
    let team = team();
    let app = App::attach(&team);
    let select = |action: &str| json!({"type": "static_select", "action_id": action, "options": options(2)});
    let mut beside = section("Beside");
    beside["accessory"] = select("one");
    let actions = json!({"type": "actions", "block_id": "row", "elements": [button("b"), select("two"), select("three")]});
    let open = app.open(&modal(&[beside, actions, input("f", json!({"type": "plain_text_input"}))])).await;
    let read: Vec<_> =
        open.fields().into_iter().map(|field| (field.block, field.action, field.label)).collect();
    let expect =
        [("words", "one", "Beside"), ("row", "two", ""), ("row", "three", ""), ("f", "a-f", "The f")];
    assert_eq!(read, expect.map(|(b, a, l)| (b.to_owned(), a.to_owned(), l.to_owned())));
    assert_eq!(open.buttons(), [("b".to_owned(), "Press".to_owned())]);
    team.slack.submit("UADA", &[("words", "o1"), ("three", "o0"), ("f", "x")]).await;
    let values = app.last()["view"]["state"]["values"].clone();
    assert_eq!(values["words"]["one"]["selected_option"]["value"], "o1");
    assert_eq!(values["row"]["two"]["selected_option"], Value::Null);
    assert_eq!(values["row"]["three"]["selected_option"]["value"], "o0");
    assert!(values["row"].get("b").is_none(), "a button has no state");
}

#[tokio::test]
async fn a_channel_may_bring_an_address_to_answer_to() {
    let team = team();
    let app = App::attach(&team);
    let select = json!({"type": "conversations_select", "response_url_enabled": true});
    app.open(&modal(&[input("where", select)])).await;
    team.slack.submit("UADA", &[("where", "COPERATIONS")]).await;
    let urls = &app.last()["response_urls"];
    assert_eq!((&urls[0]["block_id"], &urls[0]["channel_id"]), (&json!("where"), &json!("COPERATIONS")));
    assert!(urls[0]["response_url"].as_str().unwrap().starts_with("https://hooks.slack.com/app/T1/"));
}
