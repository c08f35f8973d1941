//! Forms about alerts: the menu that opens them, the modal, and the words when one is not accepted:
//! <https://docs.slack.dev/surfaces/modals>.

use crate::blocks::{LABEL, MODAL, Menu, OPTION, plain};
use serde_json::{Value, json};
use signalbox_domain::alert::Form;
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Place;
use signalbox_voice::{Field, FieldKind, FieldName};

/// The `action_id` of the menu on an alert's card.
pub(crate) const MENU: &str = "alert_more";
/// The `action_id` of the button to mute, from before this was a form: old cards still have it.
pub(crate) const MUTE: &str = "alert_mute";

/// The id of a field, for its block and its action alike.
pub(crate) fn field(name: FieldName) -> &'static str {
    match name {
        FieldName::Until => "until",
        FieldName::Said => "said",
        FieldName::Person => "person",
    }
}

/// The menu that opens the forms.
pub(crate) fn menu(menu: &signalbox_voice::Menu) -> Menu {
    let option = |(label, form): &(&'static str, Form)| (*label, format!("{} {}", form.word(), menu.alert));
    Menu { action_id: MENU, options: menu.forms.iter().map(option).collect() }
}

/// What was chosen in the menu.
pub(crate) fn wanted(value: &str) -> Option<(Form, AlertId)> {
    let (word, alert) = value.split_once(' ')?;
    Some((Form::of(word)?, alert.parse().ok()?))
}

/// The modal. It holds the alert it is about and the place where it was asked for, which decides who may use it.
pub(crate) fn view(form: Form, alert: &AlertId, place: &Place) -> Value {
    let page = signalbox_voice::form(form);
    let blocks: Vec<Value> = page.fields.iter().map(input).collect();
    json!({
        "type": "modal", "callback_id": form.word(), "private_metadata": format!("{alert} {} {}", place.channel, place.workspace),
        "title": plain(page.title, MODAL), "submit": plain(page.title, MODAL), "close": plain(page.leave, MODAL),
        "blocks": blocks,
    })
}

fn input(asked: &Field) -> Value {
    let mut element = match &asked.kind {
        FieldKind::Choice(choices, first) => {
            let option =
                |(label, value): &(&str, &str)| json!({"text": plain(label, OPTION), "value": value});
            let options: Vec<Value> = choices.iter().map(option).collect();
            json!({"type": "static_select", "initial_option": options.get(*first), "options": options})
        }
        FieldKind::Words(longest) => {
            json!({"type": "plain_text_input", "multiline": true, "max_length": longest})
        }
        FieldKind::Person => json!({"type": "users_select"}),
    };
    let id = field(asked.name);
    element["action_id"] = json!(id);
    json!({
        "type": "input", "block_id": id, "label": plain(asked.label, LABEL), "optional": asked.optional,
        "element": element,
    })
}

/// What a modal is about.
pub(crate) struct About<'a> {
    pub(crate) alert: AlertId,
    pub(crate) channel: &'a str,
    /// The channel's workspace; older forms did not say.
    pub(crate) workspace: Option<&'a str>,
}

/// Reads what we wrote into a modal when it was asked for.
pub(crate) fn about(private_metadata: &str) -> Option<About<'_>> {
    let (alert, place) = private_metadata.split_once(' ')?;
    let (channel, workspace) = match place.split_once(' ') {
        Some((channel, workspace)) => (channel, Some(workspace)),
        None => (place, None),
    };
    Some(About { alert: alert.parse().ok()?, channel, workspace })
}

/// What Slack gets in answer to a form. Nothing closes the form; anything else is shown beside its first field, and
/// what was filled in stays: <https://docs.slack.dev/surfaces/modals#displaying_errors>.
#[must_use]
pub fn form_answer(answer: &Answer, form: Form) -> Option<Value> {
    let why = signalbox_voice::not_taken(answer)?;
    let first = signalbox_voice::form(form).fields.first().map(|asked| field(asked.name))?;
    Some(json!({"response_action": "errors", "errors": {first: why}}))
}
