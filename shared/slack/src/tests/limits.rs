//! Every limit of a message, written down a second time, independently of the renderer:
//! <https://docs.slack.dev/reference/block-kit/blocks>.

use crate::blocks::{Block, Button, Confirm, Message, list};
use crate::text::Text;
use serde_json::Value;

/// Panics at the first thing that Slack would refuse.
#[track_caller]
pub(crate) fn check(message: &Message) {
    let text = message.text();
    within(&Value::from(text), 1, 4000);
    let blocks = message.blocks();
    let blocks = blocks.as_array().unwrap();
    assert!(blocks.len() <= 50, "{} blocks", blocks.len());
    for block in blocks {
        match block["type"].as_str().unwrap() {
            "section" => {
                assert!(block.get("text").is_some() || block.get("fields").is_some(), "{block}");
                if let Some(text) = block.get("text") {
                    text_object(text, 3000);
                }
                if let Some(fields) = block.get("fields") {
                    all(fields, 10, |f| text_object(f, 2000));
                }
            }
            "context" => all(&block["elements"], 10, |e| text_object(e, 3000)),
            "actions" => all(&block["elements"], 25, button),
            other => panic!("{other}"),
        }
    }
}

fn all(list: &Value, most: usize, check: impl Fn(&Value)) {
    let items = list.as_array().unwrap();
    assert!((1..=most).contains(&items.len()), "{} items", items.len());
    items.iter().for_each(check);
}

fn button(button: &Value) {
    assert_eq!(button["type"], "button");
    text_object(&button["text"], 75);
    within(&button["action_id"], 1, 255);
    within(&button["value"], 1, 2000);
    if let Some(confirm) = button.get("confirm") {
        text_object(&confirm["title"], 100);
        text_object(&confirm["text"], 300);
        text_object(&confirm["confirm"], 30);
        text_object(&confirm["deny"], 30);
    }
}

fn text_object(object: &Value, most: usize) {
    assert!(matches!(object["type"].as_str(), Some("mrkdwn" | "plain_text")), "{object}");
    within(&object["text"], 1, most);
}

fn within(text: &Value, least: usize, most: usize) {
    let text = text.as_str().unwrap();
    let length = text.encode_utf16().count();
    assert!((least..=most).contains(&length) && !text.trim().is_empty(), "{length} characters: {text}");
}

fn message(blocks: Vec<Block>) -> Message {
    Message { fallback: Text::default(), blocks }
}

#[test]
fn a_text_at_the_limit_is_whole_and_one_beyond_is_cut() {
    for (limit, wrap) in [
        (3000, (|t| Block::Section(t)) as fn(Text) -> Block),
        (2000, |t| Block::Fields(vec![t])),
        (3000, |t| Block::Context(vec![t])),
    ] {
        for (length, cut) in [(limit - 1, false), (limit, false), (limit + 1, true)] {
            let message = message(vec![wrap(Text::default().prose(&"x".repeat(length)))]);
            check(&message);
            let json = message.blocks().to_string();
            assert_eq!(json.contains(" … "), cut, "{length}");
            assert!(json.matches('x').count() >= limit - 3, "{length}");
        }
    }
}

#[test]
fn what_is_cut_keeps_its_ends_and_its_escapes() {
    let text = Text::default().ours("*Output* ").fence(&format!("first{}last", "<&>".repeat(2000)));
    let shown = text.render(3000).unwrap();
    assert!(shown.starts_with("*Output* ```\nfirst&lt;") && shown.ends_with("last\n```"), "{shown}");
    assert!(shown.len() > 2900);
    let rest = shown.replace("&lt;", "").replace("&gt;", "").replace("&amp;", "");
    assert!(!rest.contains('&') && rest.contains(" … "), "{rest}");
}

#[test]
fn the_longest_gives_way_first_and_markup_of_ours_last() {
    let text = Text::default().code("short").ours(" by <@U1> ").prose(&"y".repeat(100));
    assert_eq!(text.render(50).unwrap(), "`short` by <@U1> yyyyyyyyyy … yyyyyyyyyyyyyyyyyyyy");
    let ours = Text::default().ours("one ").ours("<@U1> ").ours("three");
    assert_eq!(ours.render(8).unwrap(), "one …");
    assert_eq!(Text::default().render(8), None);
    assert_eq!(Text::default().ours(" \n").render(8), None);
}

#[test]
fn too_many_blocks_are_folded_and_the_buttons_stay() {
    let section = |n: usize| Block::Section(Text::default().ours(format!("section {n}")));
    let buttons = || Block::Actions(vec![cancel("x".into())], None);
    let fifty = message((0..49).map(section).chain([buttons()]).collect());
    check(&fifty);
    assert!(!fifty.blocks().to_string().contains("more"));
    let many = message((0..60).map(section).chain([buttons()]).collect());
    check(&many);
    assert_eq!(many.blocks()[48]["elements"][0]["text"], "… and 12 more");
    assert_eq!(many.blocks()[49]["type"], "actions");
    let plain = message((0..51).map(section).collect());
    check(&plain);
    assert_eq!(plain.blocks()[49]["elements"][0]["text"], "… and 2 more");
}

#[test]
fn many_fields_elements_and_buttons_become_several_blocks() {
    let texts = |n| vec![Text::default().ours("x"); n];
    for (n, blocks) in [(0, 0), (10, 1), (11, 2), (25, 3)] {
        for block in [Block::Fields(texts(n)), Block::Context(texts(n))] {
            let message = message(vec![block]);
            check(&message);
            assert_eq!(message.blocks().as_array().unwrap().len(), blocks);
        }
    }
    let buttons = message(vec![Block::Actions(vec![cancel("x".into()); 26], None)]);
    check(&buttons);
    assert_eq!(buttons.blocks().as_array().unwrap().len(), 2);
}

#[test]
fn a_button_whose_value_does_not_fit_is_left_out() {
    check(&message(vec![Block::Actions(vec![cancel("x".repeat(2000))], None)]));
    let without = message(vec![Block::Actions(vec![cancel("x".repeat(2001))], None)]);
    assert_eq!(without.blocks().as_array().unwrap().len(), 0);
}

#[test]
fn a_list_is_split_between_lines() {
    let line = Text::default().prose(&"x".repeat(1000));
    let message = message(list(vec![line; 7]));
    check(&message);
    assert!(!message.blocks().to_string().contains('…'));
    assert_eq!(message.blocks().as_array().unwrap().len(), 4);
}

fn cancel(value: String) -> Button {
    let confirm =
        Confirm { title: "Stop?", text: Text::default().prose(&"y".repeat(400)), yes: "Yes", no: "No" };
    Button { label: "Cancel", action_id: "cancel", value, confirm: Some(confirm), danger: true }
}
