//! Forms about alerts, and the words when one is not accepted.

use serde_json::value::RawValue;
use serde_json::{Value, json};
use signalbox_domain::alert::Form;
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Place;

/// The modal. It holds the alert it is about and the place where it was asked for, which decides who may use it.
pub(crate) fn view(form: Form, alert: &AlertId, place: &Place) -> Box<RawValue> {
    let metadata = format!("{alert} {} {}", place.channel, place.workspace);
    super::view(&signalbox_voice::form(form), form.word(), &metadata)
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
    let page = signalbox_voice::form(form);
    let first = page.fields().next()?.name.as_ref();
    Some(json!({"response_action": "errors", "errors": {first: why}}))
}
