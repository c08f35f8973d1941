//! The limits of Block Kit at their boundaries, and blocks as text for people.

use serde_json::{Value, json};
use signalbox_simulator::limits::check_blocks;

use crate::team;

fn x(n: usize) -> String {
    "é".repeat(n)
}

fn plain(text: impl Into<String>) -> Value {
    json!({"type": "plain_text", "text": text.into()})
}

fn mrkdwn(text: impl Into<String>) -> Value {
    json!({"type": "mrkdwn", "text": text.into()})
}

fn button(with: &Value) -> Value {
    let mut button = json!({"type": "button", "action_id": "a", "text": plain(x(1))});
    button.as_object_mut().unwrap().extend(with.as_object().unwrap().clone());
    json!([{"type": "actions", "elements": [button]}])
}

fn confirm(title: usize, text: usize, yes: usize, no: usize) -> Value {
    let confirm = json!({"title": plain(x(title)), "text": mrkdwn(x(text)), "confirm": plain(x(yes)), "deny": plain(x(no))});
    button(&json!({"confirm": confirm}))
}

#[test]
fn what_just_fits_is_taken_and_one_more_is_not() {
    let fields = |n, m| json!([{"type": "section", "fields": vec![mrkdwn(x(m)); n]}]);
    let context = |n| json!([{"type": "context", "elements": vec![mrkdwn(x(1)); n]}]);
    let header = |n| json!([{"type": "header", "text": plain(x(n))}]);
    let section = |n| json!([{"type": "section", "text": mrkdwn(x(n))}]);
    let actions = |n: usize| {
        let buttons: Vec<_> = (0..n)
            .map(|i| json!({"type": "button", "action_id": i.to_string(), "text": plain(x(1))}))
            .collect();
        json!([{"type": "actions", "elements": buttons}])
    };
    let image = |n| json!([{"type": "image", "image_url": "https://a.example/x.png", "alt_text": x(n)}]);
    for (fits, too_much) in [
        (json!(vec![json!({"type": "divider"}); 50]), json!(vec![json!({"type": "divider"}); 51])),
        (section(3000), section(3001)),
        (section(1), section(0)),
        (fields(10, 2000), fields(11, 1)),
        (fields(1, 2000), fields(1, 2001)),
        (header(150), header(151)),
        (context(10), context(11)),
        (context(1), context(0)),
        (actions(25), actions(26)),
        (image(2000), image(2001)),
        (button(&json!({"text": plain(x(75))})), button(&json!({"text": plain(x(76))}))),
        (button(&json!({"value": x(2000)})), button(&json!({"value": x(2001)}))),
        (button(&json!({"action_id": x(255)})), button(&json!({"action_id": x(256)}))),
        (
            button(&json!({"url": format!("https://a.example/{}", "a".repeat(2982))})),
            button(&json!({"url": format!("https://a.example/{}", "a".repeat(2983))})),
        ),
        (confirm(100, 300, 30, 30), confirm(101, 1, 1, 1)),
        (confirm(1, 1, 1, 1), confirm(1, 301, 1, 1)),
        (confirm(1, 1, 1, 1), confirm(1, 1, 31, 1)),
        (confirm(1, 1, 1, 1), confirm(1, 1, 1, 31)),
    ] {
        assert_eq!(check_blocks(&fits), Vec::<String>::new());
        assert_eq!(check_blocks(&too_much).len(), 1, "{:?}", check_blocks(&too_much));
    }
}

#[test]
fn structure_is_held_to() {
    for (blocks, problem) in [
        (json!({}), "must be an array [json-pointer:/blocks]"),
        (json!([{"type": "fancy"}]), "unsupported type: fancy [json-pointer:/blocks/0]"),
        (
            json!([{"type": "divider", "text": "x"}]),
            "invalid additional property: text [json-pointer:/blocks/0]",
        ),
        (json!([{"type": "section"}]), "must define either `fields` or `text` [json-pointer:/blocks/0]"),
        (
            json!([{"type": "header", "text": mrkdwn(x(1))}]),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/text]",
        ),
        (json!([{"type": "header"}]), "missing required field [json-pointer:/blocks/0/text]"),
        (json!([{"type": "actions"}]), "missing required field [json-pointer:/blocks/0/elements]"),
        (
            button(&json!({"style": "loud"})),
            "must be a valid enum value: primary, danger [json-pointer:/blocks/0/elements/0/style]",
        ),
        (
            button(&json!({"url": "javascript:alert(1)"})),
            "invalid url [json-pointer:/blocks/0/elements/0/url]",
        ),
        (
            button(&json!({"text": mrkdwn(x(1))})),
            "unsupported type: mrkdwn [json-pointer:/blocks/0/elements/0/text]",
        ),
        (
            button(&json!({"confirm": {"title": plain(x(1))}})),
            "missing required field [json-pointer:/blocks/0/elements/0/confirm/text]",
        ),
        (
            json!([{"type": "divider", "block_id": "a"}, {"type": "divider", "block_id": "a"}]),
            "`block_id` a already exists [json-pointer:/blocks/1]",
        ),
        (
            json!([{"type": "actions", "elements": vec![json!({"type": "button", "action_id": "a", "text": plain(x(1))}); 2]}]),
            "`action_id` a already exists [json-pointer:/blocks/0/elements/1]",
        ),
    ] {
        assert_eq!(check_blocks(&blocks), [problem], "{blocks}");
    }
}

#[tokio::test]
async fn a_message_with_bad_blocks_is_refused_with_reasons() {
    let team = team();
    let post =
        json!({"channel": "CRELEASES", "text": "t", "blocks": [{"type": "header", "text": plain(x(151))}]});
    let answer = team.call("chat.postMessage", post).await;
    assert_eq!(answer["error"], "invalid_blocks");
    let reason = "must be less than 151 characters [json-pointer:/blocks/0/text/text]";
    assert_eq!(answer["response_metadata"]["messages"], json!([format!("[ERROR] {reason}")]));
    assert!(team.slack.messages("CRELEASES").is_empty());
}

#[tokio::test]
async fn blocks_read_as_plain_text() {
    let team = team();
    let blocks = json!([
        {"type": "header", "text": {"type": "plain_text", "text": ":white_check_mark: release web"}},
        {"type": "section", "fields": [mrkdwn("*Version*\n1.0.0"), mrkdwn("*Asked by*\n<@UADA>")]},
        {"type": "divider"},
        {"type": "context", "elements": [mrkdwn("Run `r1`"), mrkdwn("<https://a.example|log>")]},
        {"type": "actions", "elements": [
            {"type": "button", "action_id": "ok", "text": plain("Approve")},
            {"type": "button", "action_id": "no", "text": plain("Cancel"), "style": "danger"},
        ]},
    ]);
    team.call("chat.postMessage", json!({"channel": "CRELEASES", "text": "t", "blocks": blocks})).await;
    let message = &team.slack.messages("CRELEASES")[0];
    let expect = "✅ release web\nVersion: 1.0.0\nAsked by: @Ada\n---\nRun `r1` · log\n[Approve] [Cancel]";
    assert_eq!(message.plain(), expect);
    assert_eq!(message.buttons(), ["Approve", "Cancel"]);
}
