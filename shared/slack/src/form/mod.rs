//! Forms in Slack's form: modals, <https://docs.slack.dev/surfaces/modals>. Words come from the voice.

mod alert;
mod ask;
mod element;
mod state;

pub use alert::form_answer;
pub(crate) use alert::{about, view as alert_view};
pub(crate) use ask::{ASK, About, HOME, PICK, PLACE, home_view, pick_view};
pub use ask::{Suggested, ask_answer, ask_view, place_view, suggested};
pub(crate) use state::{State, fields, given};

use crate::blocks::{Drawn, LABEL, MODAL, Message};
use crate::draw::in_form;
use crate::objects::{Plain, plain};
use element::{Element, element};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use signalbox_voice::{Field, FormPage, FormPart};

/// Blocks of a modal.
const BLOCKS: usize = 100;
/// The largest form that is shown as it is, in bytes of JSON. Slack refuses views "greater than 250kb":
/// <https://docs.slack.dev/reference/methods/views.open#errors>. The rest is room for how Slack may count.
const LARGEST: usize = 200_000;
/// Characters of a label in a form that was larger.
const SHORT_LABEL: usize = 75;
/// Bytes that may be filled in at first in a form that was larger.
const FILLED: usize = 60_000;

/// A form as a modal.
pub(crate) fn view(page: &FormPage<'_>, callback_id: &str, metadata: &str) -> Box<RawValue> {
    let frame = View {
        surface: "modal",
        callback_id,
        private_metadata: metadata,
        title: plain(&page.title, MODAL),
        close: plain(page.leave, MODAL),
        submit: page.submit.as_ref().and_then(|submit| plain(submit, MODAL)),
        blocks: vec![],
    };
    frame.with(page)
}

/// A form as the app's own page, which has no title and nothing to leave.
pub(crate) fn home(page: &FormPage<'_>, callback_id: &str, metadata: &str) -> Box<RawValue> {
    let (title, close, submit) = (None, None, None);
    View { surface: "home", callback_id, private_metadata: metadata, title, close, submit, blocks: vec![] }
        .with(page)
}

/// A view as Slack gets it: <https://docs.slack.dev/reference/views/modal-views>.
#[derive(Serialize)]
struct View<'f> {
    #[serde(rename = "type")]
    surface: &'static str,
    callback_id: &'f str,
    private_metadata: &'f str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<Plain<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    close: Option<Plain<'f>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    submit: Option<Plain<'f>>,
    blocks: Vec<Placed<'f>>,
}

impl View<'_> {
    /// With the parts of a form. One that is too large for Slack is drawn again with less in it.
    fn with(self, page: &FormPage<'_>) -> Box<RawValue> {
        // Slack wants a form with questions to have a button that sends it. Without one, a choice stands beside its
        // words.
        let asks = page.submit.is_some();
        let said: Vec<Message> = page.parts.iter().filter_map(said).collect();
        let mut view = View { blocks: blocks(page, &said, asks, &mut Room::whole()), ..self };
        let whole = to_raw_value(&view).unwrap_or_default();
        if whole.get().len() <= LARGEST {
            return whole;
        }
        view.blocks = blocks(page, &said, asks, &mut Room::tight());
        to_raw_value(&view).unwrap_or_default()
    }
}

fn said(part: &FormPart<'_>) -> Option<Message> {
    match part {
        FormPart::Say(part) => Some(in_form(part)),
        FormPart::Field(_) => None,
    }
}

fn blocks<'f>(page: &'f FormPage<'f>, said: &'f [Message], asks: bool, room: &mut Room) -> Vec<Placed<'f>> {
    let mut said = said.iter();
    let mut blocks = vec![];
    for part in &page.parts {
        match part {
            FormPart::Say(_) => {
                blocks.extend(said.next().into_iter().flat_map(Message::folded).map(Placed::Said));
            }
            FormPart::Field(asked) if asks => blocks.push(Placed::Input(input(asked, room))),
            FormPart::Field(asked) => blocks.push(Placed::Beside(beside(asked, room))),
        }
    }
    blocks.truncate(BLOCKS);
    blocks
}

/// How much room a form leaves for what could be left out.
struct Room {
    /// Whether only what is needed is shown: every menu is searched, labels are cut, nothing explains.
    tight: bool,
    /// Bytes that may still be filled in at first.
    filled: usize,
}

impl Room {
    fn whole() -> Self {
        Self { tight: false, filled: usize::MAX }
    }

    fn tight() -> Self {
        Self { tight: true, filled: FILLED }
    }

    /// Whether so many bytes may be filled in. What has no room is empty in the form: what is sent empty has its
    /// default, and a form that changes keeps what was typed into it.
    fn fill(&mut self, bytes: usize) -> bool {
        let fits = bytes <= self.filled;
        if fits {
            self.filled -= bytes;
        }
        fits
    }
}

/// A block of a form, as Slack gets it.
#[derive(Serialize)]
#[serde(untagged)]
enum Placed<'f> {
    Said(Drawn<'f>),
    Input(Input<'f>),
    Beside(Beside<'f>),
}

/// A question. Its block and its action have the field's name as their id.
#[derive(Serialize)]
#[serde(tag = "type", rename = "input")]
struct Input<'f> {
    block_id: &'f str,
    label: Option<Plain<'f>>,
    optional: bool,
    element: Element<'f>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<Plain<'f>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    dispatch_action: bool,
}

/// A choice that counts at once.
#[derive(Serialize)]
#[serde(tag = "type", rename = "section")]
struct Beside<'f> {
    block_id: &'f str,
    text: Option<Plain<'f>>,
    accessory: Element<'f>,
}

fn beside<'f>(asked: &'f Field<'f>, room: &mut Room) -> Beside<'f> {
    Beside { block_id: &asked.name, text: label(asked, room), accessory: element(asked, room) }
}

fn input<'f>(asked: &'f Field<'f>, room: &mut Room) -> Input<'f> {
    Input {
        block_id: &asked.name,
        label: label(asked, room),
        optional: asked.optional,
        element: element(asked, room),
        hint: if room.tight { None } else { plain(&asked.hint, LABEL) },
        dispatch_action: asked.live,
    }
}

/// The question; where nothing of it can be seen, its name.
fn label<'f>(asked: &'f Field<'f>, room: &Room) -> Option<Plain<'f>> {
    let most = if room.tight { SHORT_LABEL } else { LABEL };
    plain(&asked.label, most).or_else(|| plain(&asked.name, most))
}
