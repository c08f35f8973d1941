//! Forms that ask for an operation, and the one in which an operation is chosen.

use super::{option, view};
use crate::blocks::plain;
use crate::text::width;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use signalbox_domain::Timestamp;
use signalbox_domain::answer::Home;
use signalbox_domain::asking::{AskForm, FieldList, Picker, Sent, matching};
use signalbox_domain::ids::{ChannelId, OperationName, WorkspaceId};
use signalbox_domain::people::{Chat, Place};

/// The `callback_id` of a form that asks for an operation.
pub(crate) const ASK: &str = "ask_for";
/// The `callback_id` of the app's own page.
pub(crate) const HOME: &str = "home";
/// The `callback_id` of the form in which an operation is chosen.
pub(crate) const PICK: &str = "pick";
/// Options in an answer: <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>.
const OPTIONS: usize = 100;
/// Characters of a group's label: <https://docs.slack.dev/reference/block-kit/composition-objects/option-group-object>.
const GROUP: usize = 75;
/// Characters of `private_metadata`.
const METADATA: usize = 3000;

/// What we write into a form when it is shown, and read when it comes back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) operation: Option<OperationName>,
    channel: ChannelId,
    workspace: WorkspaceId,
    /// The hash of the request whose summary is in the form.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) seen: Option<String>,
}

impl About {
    fn new(operation: Option<&OperationName>, place: &Place, seen: Option<String>) -> Self {
        let (channel, workspace) = (place.channel.clone(), place.workspace.clone());
        Self { operation: operation.cloned(), channel, workspace, seen }
    }

    /// Where it was asked for.
    pub(crate) fn place(&self) -> Place {
        Place { chat: Chat::SLACK, workspace: self.workspace.clone(), channel: self.channel.clone() }
    }

    /// Reads it.
    pub(crate) fn read(metadata: &str) -> Option<Self> {
        serde_json::from_str(metadata).ok()
    }

    fn write(&self) -> String {
        // Ids and a hash: it is never near the limit.
        let text = serde_json::to_string(self).unwrap_or_default();
        if width(&text) <= METADATA { text } else { String::new() }
    }
}

/// The modal of a form, for somebody in this place.
#[must_use]
pub fn ask_view(form: &AskForm, place: &Place) -> Value {
    let seen = form.review.as_ref().and_then(|review| review.intent.hash).map(|hash| hash.to_string());
    let about = About::new(Some(&form.operation.name), place, seen);
    view(&signalbox_voice::ask(form, place), ASK, &about.write())
}

/// The modal in which an operation is chosen.
pub(crate) fn pick_view(picker: &Picker, place: &Place) -> Value {
    view(&signalbox_voice::picker(picker), PICK, &About::new(None, place, None).write())
}

/// The app's own page, for somebody whose messages with the app are in this place.
pub(crate) fn home_view(home: &Home, now: Timestamp, place: &Place) -> Value {
    let mut view = view(&signalbox_voice::home(home, now), HOME, &About::new(None, place, None).write());
    if let Some(view) = view.as_object_mut() {
        view.insert("type".to_owned(), json!("home"));
        // A page of its own has no title and nothing to leave.
        view.remove("title");
        view.remove("close");
    }
    view
}

/// What Slack gets in answer to a form that was sent; `None` closes it.
#[must_use]
pub fn ask_answer(form: &AskForm, sent: &Sent, place: &Place) -> Option<Value> {
    let errors = |all: Vec<(String, String)>| {
        let all: serde_json::Map<String, Value> =
            all.into_iter().map(|(field, why)| (field, Value::String(why))).collect();
        json!({"response_action": "errors", "errors": all})
    };
    match sent {
        Sent::Wrong(wrong) => {
            let all = signalbox_voice::mistakes(form, wrong);
            // A field that is not in the form cannot be marked: the form as it is now has it.
            if all.is_empty() {
                return Some(json!({"response_action": "update", "view": ask_view(form, place)}));
            }
            Some(errors(all))
        }
        Sent::NameDiffers(name) => Some(errors(vec![signalbox_voice::name_differs(name)])),
        Sent::Review(form) => Some(json!({"response_action": "update", "view": ask_view(form, place)})),
        Sent::Ask(_) => None,
    }
}

/// What a person may choose as they type.
#[derive(Debug, Clone, PartialEq)]
pub enum Suggested {
    /// Operations.
    Operations(Picker),
    /// Values and labels; and how their list stands, if it is one of a system outside.
    Values(Vec<(String, String)>, Option<FieldList>),
}

/// The answer to a search, as `{"options": […]}`.
#[must_use]
pub fn suggested(found: &Suggested, typed: &str) -> Value {
    let options: Vec<Value> = match found {
        Suggested::Operations(picker) => picker
            .search(typed)
            .into_iter()
            .filter_map(|(name, words)| match words.as_str() {
                "" => option(name.as_str(), name.as_str()),
                words => option(&format!("{name}: {words}"), name.as_str()),
            })
            .take(OPTIONS)
            .collect(),
        Suggested::Values(values, _) => matching(values, typed, OPTIONS)
            .into_iter()
            .filter_map(|(value, label)| option(label, value))
            .collect(),
    };
    let note = match found {
        Suggested::Values(_, Some(list)) if !options.is_empty() => signalbox_voice::list_note(list),
        Suggested::Operations(_) | Suggested::Values(..) => None,
    };
    // What is to be said of a list is the heading of its only group.
    match note.and_then(|note| plain(&note, GROUP)) {
        Some(note) => json!({"option_groups": [{"label": note, "options": options}]}),
        None => json!({"options": options}),
    }
}
