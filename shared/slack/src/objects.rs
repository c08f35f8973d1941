//! The small parts that blocks and forms are made of, as Slack gets them:
//! <https://docs.slack.dev/reference/block-kit/composition-objects>.
//!
//! They are written as they are drawn, and hold what they are drawn from: a tree of JSON would cost an allocation for
//! every key and every text. Most limits are in `blocks`, those of options here.

use crate::markup::{clean, is_clean};
use crate::text::{Text, width};
use serde::Serialize;
use signalbox_domain::observation::cut_middle;
use std::borrow::Cow;

/// Characters of an option's text.
const OPTION: usize = 75;
/// Characters of its value. Slack's two libraries name two limits for it; this is the smaller one.
const OPTION_VALUE: usize = 75;

/// Text without any markup.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename = "plain_text")]
pub(crate) struct Plain<'t> {
    text: Cow<'t, str>,
    emoji: bool,
}

/// At most so many characters of a text; `None` where nothing of it can be seen.
pub(crate) fn plain(text: &str, limit: usize) -> Option<Plain<'_>> {
    let text = if text.len() <= limit && is_clean(text) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(cut_middle(&clean(text), limit))
    };
    (!text.trim().is_empty()).then_some(Plain { text, emoji: false })
}

/// A text with markup. `verbatim`: Slack makes no links and mentions by itself out of text that looks like one.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename = "mrkdwn")]
pub(crate) struct Markup {
    pub(crate) text: String,
    verbatim: bool,
}

/// At most so many characters of a text with markup; `None` where there is nothing to show.
pub(crate) fn mrkdwn(text: &Text, limit: usize) -> Option<Markup> {
    Some(Markup { text: text.render(limit)?, verbatim: true })
}

/// Something to choose in a menu.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Choosable<'t> {
    text: Plain<'t>,
    value: &'t str,
}

impl Choosable<'_> {
    /// About how many bytes it takes in a form.
    pub(crate) fn size(&self) -> usize {
        64 + self.text.text.len() + self.value.len()
    }
}

/// A choice as an option; `None` where its value does not fit, because another value would mean something else.
pub(crate) fn option<'t>(label: &'t str, value: &'t str) -> Option<Choosable<'t>> {
    let fits = value.len() <= OPTION_VALUE || width(value) <= OPTION_VALUE;
    (fits && !value.is_empty()).then_some(Choosable { text: plain(label, OPTION)?, value })
}
