//! Forms as data: fields, their kinds and choices, and errors by field. Each surface shows them in its own way.

mod alert;
mod ask;

pub(crate) use alert::label;
pub use alert::{NO_END, PERSON, SAID, UNTIL, form, not_taken};
pub use ask::{TYPED, ask, home, list_note, mistakes, name_differs, parameter_of, picker};

use crate::page::Part;
use crate::text::Text;

/// A form to fill in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPage {
    /// Its title.
    pub title: String,
    /// The label of its button; `None` where choosing something is all there is to do.
    pub submit: Option<String>,
    /// The label of the button that leaves it without doing anything.
    pub leave: &'static str,
    /// What it says and asks, in order.
    pub parts: Vec<FormPart>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormPart {
    /// Something to read.
    Say(Part),
    /// A question.
    Field(Field),
}

/// One thing that a form asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The name of the answer.
    pub name: String,
    /// The question.
    pub label: String,
    /// What helps to answer it; empty where nothing does.
    pub hint: String,
    /// Whether it may be left empty.
    pub optional: bool,
    /// Whether the form changes with the answer.
    pub live: bool,
    /// How it is answered.
    pub kind: FieldKind,
}

/// How a field is answered, and what is filled in at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind {
    /// One of these.
    Choice(Vec<Choice>, Option<String>),
    /// One of these, side by side where there is room: there are few of them.
    Radio(Vec<Choice>, Option<String>),
    /// Some of these.
    Several(Vec<Choice>, Vec<String>),
    /// One or some of values that are searched for as somebody types.
    Searched { several: bool, chosen: Vec<String>, placeholder: String },
    /// Text.
    Words(Words),
    /// A number.
    Number {
        /// Whether it may have a point in it.
        decimal: bool,
        least: Option<String>,
        most: Option<String>,
        filled: Option<String>,
        placeholder: String,
    },
    /// A person of the workspace, by id.
    Person(Option<String>),
    /// A channel of the workspace, by id.
    Channel(Option<String>),
    /// A day, `2026-12-01`.
    Date(Option<String>),
    /// A time of day, `08:00`.
    Time(Option<String>),
    /// A moment, in seconds since 1970.
    Moment(Option<i64>),
}

/// Something to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    pub label: String,
    pub value: String,
}

/// A field for text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    /// Whether it has several lines.
    pub lines: bool,
    /// The fewest characters.
    pub shortest: usize,
    /// The most characters.
    pub longest: usize,
    pub filled: Option<String>,
    pub placeholder: String,
}

/// A text without markup: a form's labels, hints and errors have none.
fn words_of(text: &Text) -> String {
    crate::plain::text(text)
}

impl Choice {
    fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

impl FormPage {
    /// The questions, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field> {
        self.parts.iter().filter_map(|part| match part {
            FormPart::Field(field) => Some(field),
            FormPart::Say(_) => None,
        })
    }
}
