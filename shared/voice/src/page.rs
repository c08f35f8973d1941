//! What is to be said, without markup.

use crate::text::Text;
use signalbox_domain::alert::Form;
use signalbox_domain::ids::AlertId;
use signalbox_domain::pressed::Pressed;

/// A message of any kind: a card, an answer, a word in a thread.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Page {
    /// The text of a notification, and for screen readers; empty where the first part says as much.
    pub summary: Text,
    /// All of it, in order; the surface that draws it leaves out empty parts.
    pub parts: Vec<Part>,
}

/// A part of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// A paragraph, of one line or a few.
    Paragraph(Text),
    /// Lines that belong together; each stays whole.
    Lines(Vec<Text>),
    /// Short texts with names, side by side where there is room.
    Facts(Vec<Fact>),
    /// Small print.
    Small(Text),
    /// Figures as a picture.
    Chart(Chart),
    /// Buttons, and a menu.
    Actions(Vec<Button>, Option<Menu>),
}

/// A name and its value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// A word of ours, or a parameter's name.
    pub name: String,
    /// The value.
    pub value: Text,
}

/// Bars, one for each window, and the same in words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// Whether the latest window brought something new, back or spiking.
    pub news: bool,
    /// Lines in each window, oldest first.
    pub bars: Vec<u64>,
    /// The text above it.
    pub title: String,
    /// What it shows, for people who cannot see it.
    pub words: String,
}

/// A button.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Button {
    /// Its label.
    pub label: &'static str,
    pub does: Pressed,
    /// The question before it counts.
    pub confirm: Option<Confirm>,
    /// Whether it can do harm.
    pub danger: bool,
}

/// The question that a person is asked before a press counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Confirm {
    /// The question.
    pub title: &'static str,
    /// What will happen.
    pub text: Text,
    /// The label for going on.
    pub yes: &'static str,
    /// The label for going back.
    pub no: &'static str,
}

/// Actions that need more than a press: each opens a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Menu {
    /// The alert that they are about.
    pub alert: AlertId,
    /// The label of each, and its form.
    pub forms: Vec<(&'static str, Form)>,
}

impl Page {
    /// A page without a summary of its own: its first part says as much.
    pub(crate) fn of(parts: Vec<Part>) -> Self {
        Self { summary: Text::default(), parts }
    }
}

/// A fact.
pub(crate) fn fact(name: impl Into<String>, value: Text) -> Fact {
    Fact { name: name.into(), value }
}
