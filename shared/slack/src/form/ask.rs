//! Forms that ask for an operation, and the one in which an operation is chosen.

use super::view;
use crate::objects::{Choosable, Plain, option, plain};
use crate::text::width;
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use signalbox_domain::Timestamp;
use signalbox_domain::answer::Home;
use signalbox_domain::asking::{AskForm, FieldList, Picker, Placing, Sent, matching};
use signalbox_domain::ids::{ChannelId, OperationName, WorkspaceId};
use signalbox_domain::people::{Chat, Place};
use std::collections::BTreeMap;

/// The `callback_id` of a form that asks for an operation.
pub(crate) const ASK: &str = "ask_for";
/// The `callback_id` of the app's own page.
pub(crate) const HOME: &str = "home";
/// The `callback_id` of the form in which an operation is chosen.
pub(crate) const PICK: &str = "pick";
/// The `callback_id` of the form in which a channel is chosen.
pub(crate) const PLACE: &str = "place";
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
    /// Whether the channel was chosen, in no channel.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) placed: bool,
}

impl About {
    fn new(operation: Option<&OperationName>, place: &Place, seen: Option<String>) -> Self {
        let (channel, workspace) = (place.channel.clone(), place.workspace.clone());
        Self { operation: operation.cloned(), channel, workspace, seen, placed: false }
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

/// The modal of a form, for somebody in this place, as JSON.
#[must_use]
pub fn ask_view(form: &AskForm, place: &Place) -> Box<RawValue> {
    let seen = form.review.as_ref().and_then(|review| review.intent.hash).map(|hash| hash.to_string());
    let about = About { placed: form.placed, ..About::new(Some(&form.operation.name), place, seen) };
    view(&signalbox_voice::ask(form, place), ASK, &about.write())
}

/// The modal in which an operation is chosen.
pub(crate) fn pick_view(picker: &Picker, place: &Place) -> Box<RawValue> {
    view(&signalbox_voice::picker(picker), PICK, &About::new(None, place, None).write())
}

/// The modal in which a channel is chosen, for somebody who is in none.
#[must_use]
pub fn place_view(placing: &Placing, place: &Place) -> Box<RawValue> {
    let about = About::new(Some(&placing.operation), place, None);
    view(&signalbox_voice::placing(placing), PLACE, &about.write())
}

/// The app's own page, for somebody whose messages with the app are in this place.
pub(crate) fn home_view(home: &Home, now: Timestamp, place: &Place) -> Box<RawValue> {
    super::home(&signalbox_voice::home(home, now), HOME, &About::new(None, place, None).write())
}

/// An answer to a form that was sent: <https://docs.slack.dev/surfaces/modals#submissions>.
#[derive(Serialize)]
#[serde(tag = "response_action", rename_all = "snake_case")]
enum Response<'r> {
    Update { view: &'r RawValue },
    Errors { errors: BTreeMap<String, String> },
}

/// What Slack gets in answer to a form that was sent, as JSON; `None` closes it.
#[must_use]
pub fn ask_answer(form: &AskForm, sent: &Sent, place: &Place) -> Option<Box<RawValue>> {
    let update = |form: &AskForm| to_raw_value(&Response::Update { view: &ask_view(form, place) });
    let errors =
        |all: Vec<(String, String)>| to_raw_value(&Response::Errors { errors: all.into_iter().collect() });
    let response = match sent {
        Sent::Wrong(wrong) => match signalbox_voice::mistakes(form, wrong) {
            // A field that is not in the form cannot be marked: the form as it is now has it.
            none if none.is_empty() => update(form),
            all => errors(all),
        },
        Sent::NameDiffers(name) => errors(vec![signalbox_voice::name_differs(name)]),
        Sent::Review(form) => update(form),
        Sent::Ask(_) => return None,
    };
    // Texts and lists always have a form in JSON.
    Some(response.unwrap_or_default())
}

/// What a person may choose as they type.
#[derive(Debug, Clone, PartialEq)]
pub enum Suggested {
    /// Operations.
    Operations(Picker),
    /// Values and labels; and how their list stands, if it is one of a system outside.
    Values(Vec<(String, String)>, Option<FieldList>),
}

/// An answer to a search: <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer<'o> {
    Options { options: Vec<Choosable<'o>> },
    Groups { option_groups: [Group<'o>; 1] },
}

#[derive(Serialize)]
struct Group<'o> {
    label: Plain<'o>,
    options: Vec<Choosable<'o>>,
}

/// The answer to a search, as `{"options": […]}`, or as one group of them with a heading.
#[must_use]
pub fn suggested(found: &Suggested, typed: &str) -> Box<RawValue> {
    match found {
        Suggested::Operations(picker) => {
            let described = |(name, words): &(OperationName, String)| match words.as_str() {
                "" => (name.to_string(), name.to_string()),
                words => (format!("{name}: {words}"), name.to_string()),
            };
            let found = picker.search(typed);
            let found: Vec<_> = found.into_iter().take(OPTIONS).map(described).collect();
            written(found.iter().filter_map(|(label, name)| option(label, name)).collect(), None)
        }
        Suggested::Values(values, list) => {
            let note = list.as_ref().and_then(signalbox_voice::list_note);
            let found = matching(values, typed, OPTIONS);
            let options = options_of(&found);
            if options.len() == found.len() {
                return written(options, note.as_deref());
            }
            // Those that cannot be options make room for others.
            written(options_of(&matching(values, typed, usize::MAX)), note.as_deref())
        }
    }
}

/// What is to be said of a list is the heading of its only group; a group without options is none.
fn written(options: Vec<Choosable<'_>>, note: Option<&str>) -> Box<RawValue> {
    let answer = match note.and_then(|note| plain(note, GROUP)) {
        Some(label) if !options.is_empty() => Answer::Groups { option_groups: [Group { label, options }] },
        Some(_) | None => Answer::Options { options },
    };
    to_raw_value(&answer).unwrap_or_default()
}

fn options_of<'o>(found: &[&'o (String, String)]) -> Vec<Choosable<'o>> {
    found.iter().filter_map(|(value, label)| option(label, value)).take(OPTIONS).collect()
}
