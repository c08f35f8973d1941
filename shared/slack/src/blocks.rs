//! Block Kit, and the one place where its limits are kept: <https://docs.slack.dev/reference/block-kit/blocks>.
//!
//! All other code builds these types and counts nothing. Text that is too long is cut, items that are too many are
//! folded into "… and N more", empty ones are left out; one long value must never make Slack refuse a whole message.

use crate::markup::clean;
use crate::objects::{Choosable, Markup, Plain, mrkdwn, option, plain};
use crate::text::{Text, width};
use serde::Serialize;
#[cfg(test)]
use serde_json::{Value, json};
use signalbox_domain::observation::cut_middle;

/// Blocks in one message.
const BLOCKS: usize = 50;
/// Characters of a section's text.
pub(crate) const SECTION: usize = 3000;
/// Fields of a section.
const FIELDS: usize = 10;
/// Characters of one field.
const FIELD: usize = 2000;
/// Elements of a context block.
const CONTEXT: usize = 10;
/// Characters of one of them; Slack's limit for any text object.
const CONTEXT_TEXT: usize = 3000;
/// Elements of an actions block.
const ACTIONS: usize = 25;
/// Characters on a button.
const BUTTON: usize = 75;
/// Characters of a button's value.
const VALUE: usize = 2000;
/// Options of a menu.
const OPTIONS: usize = 5;
/// Characters of the text in an empty field.
pub(crate) const PLACEHOLDER: usize = 150;
/// Characters of a modal's title and of its buttons: <https://docs.slack.dev/reference/views/modal-views>.
pub(crate) const MODAL: usize = 24;
/// Characters of a field's label: <https://docs.slack.dev/reference/block-kit/blocks/input-block>.
pub(crate) const LABEL: usize = 2000;
/// Characters of an address, and of an image's title and words.
const URL: usize = 3000;
const IMAGE_WORDS: usize = 2000;
/// Characters of an `action_id`.
const ACTION_ID: usize = 255;
/// Characters of a confirmation's title, text and labels.
const CONFIRM: (usize, usize, usize) = (100, 300, 30);
/// Characters of the text beside the blocks. Slack advises against more, and cuts at ten times that.
const FALLBACK: usize = 4000;

/// A message: blocks, and the text that is shown in their place in notifications, in screen readers and where blocks
/// are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Message {
    pub(crate) fallback: Text,
    pub(crate) blocks: Vec<Block>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Block {
    Section(Text),
    /// Short texts in two columns; any number of them.
    Fields(Vec<Text>),
    /// Small print.
    Context(Vec<Text>),
    /// A picture, by its address, and what it shows in words.
    Image {
        url: String,
        title: String,
        words: String,
    },
    /// Buttons, and a menu after them.
    Actions(Vec<Button>, Option<Menu>),
}

/// A button; its label and ids are ours.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Button {
    pub(crate) label: &'static str,
    pub(crate) action_id: &'static str,
    pub(crate) value: String,
    pub(crate) confirm: Option<Confirm>,
    /// Whether it is red.
    pub(crate) danger: bool,
}

/// A menu of actions that need more than one press.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Menu {
    pub(crate) action_id: &'static str,
    /// Labels and values.
    pub(crate) options: Vec<(&'static str, String)>,
}

/// The question that a person is asked before a press counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Confirm {
    pub(crate) title: &'static str,
    pub(crate) text: Text,
    pub(crate) yes: &'static str,
    pub(crate) no: &'static str,
}

impl Message {
    /// The blocks, and the text beside them, which is never empty: without one of its own, a message says there what
    /// its first section says.
    pub(crate) fn drawn(&self) -> (String, Vec<Drawn<'_>>) {
        let blocks = self.folded();
        let first = || {
            blocks.iter().find_map(|block| match block {
                Drawn::Section { text, .. } => text.as_ref().map(|text| text.text.clone()),
                Drawn::Context { .. } | Drawn::Image { .. } | Drawn::Actions { .. } => None,
            })
        };
        let text = self.fallback.render(FALLBACK).or_else(first);
        (text.unwrap_or_else(|| "Signalbox".to_owned()), blocks)
    }

    /// The text beside the blocks.
    #[cfg(test)]
    pub(crate) fn text(&self) -> String {
        self.drawn().0
    }

    /// The blocks as JSON.
    #[cfg(test)]
    pub(crate) fn blocks(&self) -> Value {
        json!(self.folded())
    }

    /// The same without pictures, because Slack refuses a message whose picture it cannot fetch. `None` if there are
    /// no pictures.
    pub(crate) fn without_pictures(&self) -> Option<Self> {
        let is_picture = |block: &Block| matches!(block, Block::Image { .. });
        let blocks = self.blocks.iter().filter(|block| !is_picture(block)).cloned().collect();
        self.blocks.iter().any(is_picture).then(|| Self { fallback: self.fallback.clone(), blocks })
    }

    /// The blocks, at most 50. Buttons at the end stay when other blocks are folded.
    pub(crate) fn folded(&self) -> Vec<Drawn<'_>> {
        let mut blocks: Vec<Drawn<'_>> = self.blocks.iter().flat_map(Block::render).collect();
        if blocks.len() > BLOCKS {
            let last = blocks.pop().filter(|b| matches!(b, Drawn::Actions { .. }));
            let keep = BLOCKS - 1 - usize::from(last.is_some());
            let folded = blocks.len() - keep + usize::from(last.is_none());
            blocks.truncate(keep);
            let more = mrkdwn(&Text::default().ours(format!("… and {folded} more")), CONTEXT_TEXT);
            blocks.push(Drawn::Context { elements: more.into_iter().collect() });
            blocks.extend(last);
        }
        blocks
    }
}

/// A block as Slack gets it.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Drawn<'m> {
    Section {
        #[serde(skip_serializing_if = "Option::is_none")]
        text: Option<Markup>,
        /// Whether all of a long text is shown at once.
        #[serde(skip_serializing_if = "Option::is_none")]
        expand: Option<bool>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        fields: Vec<Markup>,
    },
    Context {
        elements: Vec<Markup>,
    },
    Image {
        image_url: &'m str,
        alt_text: String,
        title: Plain<'m>,
    },
    Actions {
        elements: Vec<Pressable<'m>>,
    },
}

/// Something to press, as Slack gets it.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(crate) enum Pressable<'m> {
    Button {
        text: Plain<'m>,
        action_id: &'m str,
        value: &'m str,
        #[serde(skip_serializing_if = "Option::is_none")]
        style: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        confirm: Option<Question<'m>>,
    },
    Overflow {
        action_id: &'m str,
        options: Vec<Choosable<'m>>,
    },
}

/// A confirmation, as Slack gets it.
#[derive(Debug, Serialize)]
pub(crate) struct Question<'m> {
    title: Plain<'m>,
    text: Markup,
    confirm: Plain<'m>,
    deny: Plain<'m>,
    style: &'static str,
}

impl Block {
    /// In Slack's form: one block, none if there is nothing to show, or several if there are many fields.
    fn render(&self) -> Vec<Drawn<'_>> {
        match self {
            Self::Section(text) => match mrkdwn(text, SECTION) {
                Some(text) => vec![Drawn::Section { text: Some(text), expand: Some(true), fields: vec![] }],
                None => vec![],
            },
            Self::Fields(fields) => {
                let section = |fields| Drawn::Section { text: None, expand: None, fields };
                chunks(fields.iter().filter_map(|f| mrkdwn(f, FIELD)), FIELDS).map(section).collect()
            }
            Self::Context(texts) => {
                let texts = texts.iter().filter_map(|t| mrkdwn(t, CONTEXT_TEXT));
                chunks(texts, CONTEXT).map(|elements| Drawn::Context { elements }).collect()
            }
            Self::Image { url, title, words } => {
                let words = cut_middle(&clean(words), IMAGE_WORDS);
                match plain(title, IMAGE_WORDS) {
                    Some(title) if width(url) <= URL && !words.is_empty() => {
                        vec![Drawn::Image { image_url: url, alt_text: words, title }]
                    }
                    Some(_) | None => vec![],
                }
            }
            Self::Actions(buttons, menu) => {
                let buttons = buttons.iter().filter_map(Button::render);
                let all = buttons.chain(menu.as_ref().and_then(Menu::render));
                chunks(all, ACTIONS).map(|elements| Drawn::Actions { elements }).collect()
            }
        }
    }
}

/// So many at a time.
fn chunks<T>(items: impl Iterator<Item = T>, most: usize) -> impl Iterator<Item = Vec<T>> {
    let mut items = items.peekable();
    std::iter::from_fn(move || {
        items.peek()?;
        Some(items.by_ref().take(most).collect())
    })
}

impl Button {
    /// `None` if its value does not fit: no button is better than one that does something else than it says.
    fn render(&self) -> Option<Pressable<'_>> {
        if width(&self.value) > VALUE || !(1..=ACTION_ID).contains(&width(self.action_id)) {
            return None;
        }
        let confirm = match &self.confirm {
            Some(confirm) => Some(confirm.render(self.danger)?),
            None => None,
        };
        Some(Pressable::Button {
            text: plain(self.label, BUTTON)?,
            action_id: self.action_id,
            value: &self.value,
            style: self.danger.then_some("danger"),
            confirm,
        })
    }
}

impl Confirm {
    fn render(&self, danger: bool) -> Option<Question<'_>> {
        let (title, text, label) = CONFIRM;
        Some(Question {
            title: plain(self.title, title)?,
            text: mrkdwn(&self.text, text)?,
            confirm: plain(self.yes, label)?,
            deny: plain(self.no, label)?,
            style: if danger { "danger" } else { "primary" },
        })
    }
}

impl Menu {
    /// `None` if nothing is left to choose from: an option that does not fit is not offered.
    fn render(&self) -> Option<Pressable<'_>> {
        let options = self.options.iter().filter_map(|(label, value)| option(label, value));
        let options: Vec<Choosable<'_>> = options.take(OPTIONS).collect();
        (!options.is_empty()).then_some(Pressable::Overflow { action_id: self.action_id, options })
    }
}

/// Lines as sections: as many lines in one section as fit, so that no line is cut because of the lines beside it.
pub(crate) fn list(lines: Vec<Text>) -> Vec<Block> {
    let mut sections = vec![];
    let (mut open, mut used) = (vec![], 0);
    for line in lines {
        let long = line.render(SECTION).map_or(0, |l| width(&l) + 1);
        if used + long > SECTION && !open.is_empty() {
            sections.push(Block::Section(Text::join(std::mem::take(&mut open), "\n")));
            used = 0;
        }
        used += long;
        open.push(line);
    }
    sections.push(Block::Section(Text::join(open, "\n")));
    sections
}
