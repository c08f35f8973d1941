//! The forms about alerts: their questions, and the words when one is not accepted.

use super::{alert_id, run};
use crate::form::{alert_view, form_answer};
use serde_json::{Value, json};
use signalbox_domain::alert::{Form, NotUnderstood};
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::{ChannelId, WorkspaceId};
use signalbox_domain::people::{Chat, Place};
use signalbox_domain::policy::ReasonCode;

fn view_of(form: Form) -> Value {
    serde_json::from_str(alert_view(form, &alert_id(), &ops()).get()).unwrap()
}

fn fields(form: Form) -> Vec<String> {
    let view = view_of(form);
    let field = |block: &Value| {
        let element = &block["element"];
        let options = element["options"].as_array().into_iter().flatten();
        let options: Vec<&str> = options.map(|o| o["value"].as_str().unwrap()).collect();
        format!(
            "{}{} {} {}",
            block["label"]["text"].as_str().unwrap(),
            if block["optional"] == true { "?" } else { "" },
            element["type"].as_str().unwrap(),
            options.join(","),
        )
    };
    view["blocks"].as_array().unwrap().iter().map(field).collect()
}

fn ops() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("COPS") }
}

#[test]
fn what_each_form_asks() {
    for (form, expect) in [
        (Form::Acknowledge, vec!["How long static_select none,1h,4h,1d,7d", "Note? plain_text_input "]),
        (Form::Snooze, vec!["How long static_select 1h,4h,1d,7d,next,100 lines,1000 lines,10000 lines"]),
        (Form::Resolve, vec!["What fixed it? plain_text_input "]),
        (
            Form::Mute,
            vec![
                "How long static_select 1d,7d,30d,90d",
                "Why nobody shall be told until then plain_text_input ",
            ],
        ),
        (Form::Assign, vec!["Assignee users_select "]),
    ] {
        assert_eq!(fields(form), expect, "{form:?}");
        let view = view_of(form);
        assert_eq!(view["callback_id"], form.word());
        assert_eq!(view["private_metadata"], format!("{} COPS T1", run()));
    }
}

#[test]
fn every_end_that_is_offered_can_be_followed() {
    let by = super::ada();
    for form in [Form::Acknowledge, Form::Snooze, Form::Mute] {
        let view = view_of(form);
        for option in view["blocks"][0]["element"]["options"].as_array().unwrap() {
            let end = option["value"].as_str().filter(|end| *end != "none").unwrap_or_default();
            assert!(form.fill(end, "because", &by, super::NOON).is_ok(), "{form:?} {end}");
        }
    }
}

#[test]
fn what_is_not_taken_says_why_beside_its_first_field() {
    let short = run().short();
    let refused = |reason| Answer::AttendRefused(short, "web".parse().unwrap(), reason);
    assert_eq!(form_answer(&Answer::Attending(short), Form::Mute), None);
    for (answer, form, field, part) in [
        (refused(ReasonCode::NotAllowed), Form::Acknowledge, "until", "allow list of the watch web"),
        (refused(ReasonCode::NotInThisChannel), Form::Resolve, "said", "in another channel"),
        (
            Answer::NotFollowed(NotUnderstood::Assign),
            Form::Assign,
            "person",
            "To whom? assign me, or assign @somebody as a mention.",
        ),
        (Answer::NothingStarted, Form::Snooze, "until", "again in a minute"),
        (Answer::NotConfirmed { run: Some(short), new: false }, Form::Snooze, "until", "Not confirmed"),
        (Answer::NoSuchRun(short), Form::Mute, "until", "There is no alert"),
    ] {
        let said = form_answer(&answer, form).unwrap();
        assert_eq!(said["response_action"], json!("errors"));
        let why = said["errors"][field].as_str().unwrap_or_else(|| panic!("{said}"));
        assert!(why.contains(part), "{why}");
    }
}
