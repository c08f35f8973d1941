//! The limits of modals and Home tabs, each at its boundary.

use serde_json::{Value, json};
use signalbox_simulator::limits::{VIEW, check_home, check_modal, check_suggested};

use crate::app::{button, home, input, modal, option, optional, options, plain};
use crate::team;

fn x(n: usize) -> String {
    "é".repeat(n)
}

/// A modal with one field.
fn with(element: Value) -> Value {
    modal(&[input("f", element)])
}

fn placed(kind: &str, n: usize) -> Value {
    let options: Vec<_> = (0..n).map(|i| json!({"text": plain("x"), "value": i.to_string()})).collect();
    with(json!({"type": kind, "options": options}))
}

fn one_option(text: usize, value: usize, description: usize) -> Value {
    let option = json!({"text": plain(&x(text)), "value": x(value), "description": plain(&x(description))});
    with(json!({"type": "static_select", "options": [option]}))
}

fn groups(groups: usize, options_each: usize, label: usize) -> Value {
    let group = |g: usize| {
        let options: Vec<_> = (0..options_each).map(|i| option(&format!("{g}.{i}"))).collect();
        json!({"label": plain(&x(label)), "options": options})
    };
    let groups: Vec<_> = (0..groups).map(group).collect();
    with(json!({"type": "multi_static_select", "option_groups": groups}))
}

fn set(pointer: &str, value: Value) -> Value {
    let mut view = modal(&[input("f", json!({"type": "plain_text_input"}))]);
    let (within, name) = pointer.rsplit_once('/').unwrap();
    view.pointer_mut(within).unwrap()[name] = value;
    view
}

#[test]
fn what_just_fits_is_taken_and_one_more_is_not() {
    let text =
        |min: u64, max: u64| with(json!({"type": "plain_text_input", "min_length": min, "max_length": max}));
    let external = |least: u64| with(json!({"type": "external_select", "min_query_length": least}));
    let selected = |most: u64| {
        let element =
            json!({"type": "multi_static_select", "options": options(3), "max_selected_items": most});
        with(element)
    };
    let chosen = |n: usize| {
        let element = json!({"type": "multi_static_select", "options": options(3), "max_selected_items": 2,
            "initial_options": &options(3)[..n]});
        with(element)
    };
    let number = |least: &str, most: &str, first: &str| {
        with(
            json!({"type": "number_input", "is_decimal_allowed": true, "min_value": least, "max_value": most,
            "initial_value": first}),
        )
    };
    let typed = |n: usize| with(json!({"type": "plain_text_input", "max_length": 5, "initial_value": x(n)}));
    let moment = |seconds: u64| with(json!({"type": "datetimepicker", "initial_date_time": seconds}));
    let date = |date: &str| with(json!({"type": "datepicker", "initial_date": date}));
    let time = |time: &str| with(json!({"type": "timepicker", "initial_time": time}));
    let actions = |n: usize| {
        let buttons: Vec<_> = (0..n).map(|i| button(&i.to_string())).collect();
        modal(&[json!({"type": "actions", "elements": buttons})])
    };
    let header = |n: usize| modal(&[json!({"type": "header", "text": plain(&x(n))})]);
    for (fits, too_much) in [
        (modal(&vec![json!({"type": "divider"}); 100]), modal(&vec![json!({"type": "divider"}); 101])),
        (set("/title", plain(&x(24))), set("/title", plain(&x(25)))),
        (set("/submit", plain(&x(24))), set("/submit", plain(&x(25)))),
        (set("/close", plain(&x(24))), set("/close", plain(&x(25)))),
        (set("/private_metadata", json!(x(3000))), set("/private_metadata", json!(x(3001)))),
        (set("/callback_id", json!(x(255))), set("/callback_id", json!(x(256)))),
        (set("/external_id", json!(x(255))), set("/external_id", json!(x(256)))),
        (set("/blocks/0/block_id", json!(x(255))), set("/blocks/0/block_id", json!(x(256)))),
        (set("/blocks/0/label", plain(&x(2000))), set("/blocks/0/label", plain(&x(2001)))),
        (set("/blocks/0/hint", plain(&x(2000))), set("/blocks/0/hint", plain(&x(2001)))),
        (
            set("/blocks/0/element/action_id", json!(x(255))),
            set("/blocks/0/element/action_id", json!(x(256))),
        ),
        (
            set("/blocks/0/element/placeholder", plain(&x(150))),
            set("/blocks/0/element/placeholder", plain(&x(151))),
        ),
        (header(150), header(151)),
        (actions(25), actions(26)),
        (text(0, 3000), text(0, 3001)),
        (text(3000, 3000), text(3001, 3000)),
        (text(1, 1), text(1, 0)),
        (text(5, 5), text(6, 5)),
        (typed(5), typed(6)),
        (number("1", "2.5", "2.5"), number("1", "2.5", "2.6")),
        (number("-1", "-1", "-1"), number("0", "-1", "0")),
        (placed("static_select", 100), placed("static_select", 101)),
        (placed("static_select", 1), placed("static_select", 0)),
        (placed("multi_static_select", 100), placed("multi_static_select", 101)),
        (placed("radio_buttons", 10), placed("radio_buttons", 11)),
        (placed("checkboxes", 10), placed("checkboxes", 11)),
        (groups(100, 1, 1), groups(101, 1, 1)),
        (groups(1, 100, 1), groups(1, 101, 1)),
        (groups(1, 1, 75), groups(1, 1, 76)),
        (one_option(75, 75, 75), one_option(76, 1, 1)),
        (one_option(1, 1, 1), one_option(1, 76, 1)),
        (one_option(1, 1, 1), one_option(1, 1, 76)),
        (external(0), external(3001)),
        (selected(1), selected(0)),
        (chosen(2), chosen(3)),
        (moment(1_000_000_000), moment(999_999_999)),
        (moment(9_999_999_999), moment(10_000_000_000)),
        (date("2028-02-29"), date("2027-02-29")),
        (time("23:59"), time("24:00")),
    ] {
        assert_eq!(check_modal(&fits), Vec::<String>::new(), "{fits}");
        assert_eq!(check_modal(&too_much).len(), 1, "{:?} {too_much}", check_modal(&too_much));
    }
}

#[test]
fn every_element_is_known_where_it_may_be() {
    let elements = [
        json!({"type": "static_select", "options": options(2), "initial_option": options(2)[1]}),
        json!({"type": "multi_static_select", "options": options(2), "initial_options": options(2)}),
        json!({"type": "external_select", "initial_option": option("x")}),
        json!({"type": "multi_external_select", "initial_options": [option("x")], "max_selected_items": 1}),
        json!({"type": "users_select", "initial_user": "UADA"}),
        json!({"type": "channels_select", "initial_channel": "CRELEASES", "response_url_enabled": true}),
        json!({"type": "conversations_select", "default_to_current_conversation": true}),
        json!({"type": "radio_buttons", "options": options(2)}),
        json!({"type": "checkboxes", "options": options(2)}),
        json!({"type": "datepicker", "initial_date": "2026-11-30"}),
        json!({"type": "timepicker", "initial_time": "09:30", "timezone": "Europe/Berlin"}),
        json!({"type": "datetimepicker", "initial_date_time": 1_795_000_000}),
    ];
    let only_filled_in = [
        json!({"type": "plain_text_input", "multiline": true, "initial_value": "x",
            "dispatch_action_config": {"trigger_actions_on": ["on_enter_pressed", "on_character_entered"]}}),
        json!({"type": "number_input", "is_decimal_allowed": false}),
    ];
    let takes =
        |blocks: &[Value]| check_modal(&modal(blocks)).is_empty() && check_home(&home(blocks)).is_empty();
    for element in elements.iter().chain(&only_filled_in) {
        assert!(takes(&[input("f", element.clone())]), "{element}");
        let mut section = json!({"type": "section", "text": plain("x")});
        section["accessory"] = element.clone();
        let actions = json!({"type": "actions", "elements": [element]});
        let typed = only_filled_in.contains(element);
        assert_eq!(takes(&[actions]), !typed, "{element}");
        let beside = !typed && element["type"] != "datetimepicker";
        assert_eq!(takes(std::slice::from_ref(&section)), beside, "{element}");
        let message = json!([section]);
        assert!(!signalbox_simulator::limits::check_blocks(&message).is_empty(), "only views have fields");
    }
    assert!(!takes(&[input("f", button("b"))]), "a button is nothing to fill in");
    assert!(takes(&[json!({"type": "section", "text": plain("x"), "accessory": button("b")})]));
}

#[test]
fn structure_is_held_to() {
    let select = |more: &[(&str, Value)]| {
        let mut element = json!({"type": "static_select", "options": options(2)});
        for (name, value) in more {
            element[*name] = value.clone();
        }
        with(element)
    };
    let typed = |more: Value| {
        let mut element = json!({"type": "plain_text_input"});
        element.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        with(element)
    };
    let at = "/view/blocks/0/element";
    let focused = |id: &str| input(id, json!({"type": "plain_text_input", "focus_on_load": true}));
    let mut without_submit = with(json!({"type": "plain_text_input"}));
    without_submit.as_object_mut().unwrap().remove("submit");
    let same_action = |second: &str| {
        let field = |id: &str| input(id, json!({"type": "plain_text_input"}));
        let mut fields = [field("one"), field(second)];
        fields[1]["element"]["action_id"] = json!("a-one");
        modal(&fields)
    };
    for (view, problem) in [
        (
            select(&[("option_groups", json!([]))]),
            format!("must define either `options` or `option_groups` [json-pointer:{at}]"),
        ),
        (
            with(json!({"type": "static_select"})),
            format!("missing required field [json-pointer:{at}/options]"),
        ),
        (
            select(&[("initial_option", option("o9"))]),
            format!("must be one of the options [json-pointer:{at}/initial_option]"),
        ),
        (
            select(&[("options", json!([option("a"), option("a")]))]),
            format!("must be unique among the options [json-pointer:{at}/options/1/value]"),
        ),
        (
            select(&[("min_query_length", json!(0))]),
            format!("invalid additional property: min_query_length [json-pointer:{at}]"),
        ),
        (
            with(json!({"type": "number_input"})),
            format!("missing required field [json-pointer:{at}/is_decimal_allowed]"),
        ),
        (
            with(json!({"type": "number_input", "is_decimal_allowed": false, "min_value": 1})),
            format!("must be a number in a string [json-pointer:{at}/min_value]"),
        ),
        (
            with(json!({"type": "number_input", "is_decimal_allowed": false, "max_value": "1.5"})),
            format!("must be a number in a string [json-pointer:{at}/max_value]"),
        ),
        (
            typed(json!({"dispatch_action_config": {"trigger_actions_on": ["on_blur"]}})),
            format!(
                "must be a valid enum value: on_enter_pressed, on_character_entered [json-pointer:{at}/dispatch_action_config/trigger_actions_on]"
            ),
        ),
        (typed(json!({"multiline": "yes"})), format!("must be a boolean [json-pointer:{at}/multiline]")),
        (with(json!({"type": "file_input"})), format!("unsupported type: file_input [json-pointer:{at}]")),
        (
            modal(&[focused("one"), focused("two")]),
            "only one element can have the focus [json-pointer:/view/blocks/1/element/focus_on_load]".into(),
        ),
        (
            without_submit,
            "missing required field: a modal with inputs wants one [json-pointer:/view/submit]".into(),
        ),
        (same_action("two"), "`action_id` a-one already exists [json-pointer:/view/blocks/1/element]".into()),
        (
            modal(&[focused("one"), optional(input("one", json!({"type": "users_select"})))]),
            "`block_id` one already exists [json-pointer:/view/blocks/1]".into(),
        ),
    ] {
        let problems = check_modal(&view);
        assert_eq!(problems.first(), Some(&problem), "{problems:?}");
    }
    let text = json!({"type": "mrkdwn", "text": "*x*"});
    let marked = |kind: &str| with(json!({"type": kind, "options": [{"text": text, "value": "x"}]}));
    assert!(
        check_modal(&marked("radio_buttons")).is_empty() && check_modal(&marked("checkboxes")).is_empty()
    );
    assert!(!check_modal(&marked("static_select")).is_empty(), "a select shows plain text alone");
}

#[test]
fn a_home_tab_has_neither_title_nor_submit() {
    assert!(check_home(&home(&vec![json!({"type": "divider"}); 100])).is_empty());
    assert_eq!(check_home(&home(&vec![json!({"type": "divider"}); 101])).len(), 1);
    let mut titled = home(&[json!({"type": "divider"})]);
    titled["title"] = plain("x");
    assert_eq!(check_home(&titled), ["invalid additional property: title [json-pointer:/view]"]);
    assert!(
        !check_home(&modal(&[])).is_empty() && !check_modal(&home(&[json!({"type": "divider"})])).is_empty()
    );
}

#[test]
fn an_answer_with_options_has_its_limits_too() {
    let group = |n: usize| json!({"label": plain("g"), "options": (0..n).map(|i| option(&i.to_string())).collect::<Vec<_>>()});
    for good in [
        json!({"options": []}),
        json!({"options": options(100)}),
        json!({"option_groups": [group(1)]}),
        json!({"option_groups": []}),
    ] {
        assert_eq!(check_suggested(&good), Vec::<String>::new(), "{good}");
    }
    for bad in [
        json!({}),
        json!([]),
        json!({"options": options(101)}),
        json!({"options": options(1), "option_groups": []}),
        json!({"options": [{"text": "x", "value": "x"}]}),
        json!({"options": [{"text": plain("x")}]}),
        json!({"option_groups": [{"options": options(1)}]}),
        json!({"options": options(1), "more": 1}),
    ] {
        assert!(!check_suggested(&bad).is_empty(), "{bad}");
    }
}

#[tokio::test]
async fn a_view_that_is_too_large_is_refused() {
    let team = team();
    let view = modal(&vec![json!({"type": "section", "text": plain(&"x".repeat(2600))}); 100]);
    let refused = team.call("views.open", json!({"trigger_id": "1", "view": view})).await;
    assert_eq!(refused["error"], "view_too_large");
}

#[test]
fn a_view_of_250_kb_is_the_largest_in_an_answer_too() {
    let of_size = |bytes: usize| {
        let section = |n: usize| json!({"type": "section", "text": plain(&"x".repeat(n))});
        let mut blocks = vec![section(2500); 97];
        let used = modal(&[&blocks[..], &[section(1)]].concat()).to_string().len();
        blocks.push(section(1 + bytes - used));
        modal(&blocks)
    };
    let (fits, too_large) = (of_size(VIEW), of_size(VIEW + 1));
    assert_eq!((fits.to_string().len(), check_modal(&fits)), (VIEW, vec![]));
    assert_eq!(check_modal(&too_large), ["greater than 250000 bytes [json-pointer:/view]"]);
}
