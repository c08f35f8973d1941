//! Forms as data: fields, their kinds and choices, and errors by field. Each surface shows them in its own way.

mod alert;
mod ask;
mod hint;
mod place;

pub(crate) use alert::label;
pub use alert::{NO_END, PERSON, SAID, UNTIL, form, not_taken};
pub use ask::{TYPED, ask, home, list_note, mistakes, name_differs, parameter_of, picker};
pub(crate) use place::channels;
pub use place::placing;

use crate::page::Part;
use crate::text::Text;
use std::borrow::Cow;

/// A form to fill in. What the request says stays where it is: a form may have hundreds of options.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FormPage<'f> {
    /// Its title.
    pub title: String,
    /// The label of its button; `None` where choosing something is all there is to do.
    pub submit: Option<String>,
    /// The label of the button that leaves it without doing anything.
    pub leave: &'static str,
    /// What it says and asks, in order.
    pub parts: Vec<FormPart<'f>>,
}

/// A part of a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FormPart<'f> {
    /// Something to read.
    Say(Part),
    /// A question.
    Field(Field<'f>),
}

/// One thing that a form asks.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field<'f> {
    /// The name of the answer.
    pub name: Cow<'f, str>,
    /// The question.
    pub label: Cow<'f, str>,
    /// What helps to answer it; empty where nothing does.
    pub hint: Cow<'f, str>,
    /// Whether it may be left empty.
    pub optional: bool,
    /// Whether the form changes with the answer.
    pub live: bool,
    /// How it is answered.
    pub kind: FieldKind<'f>,
}

/// How a field is answered, and what is filled in at first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FieldKind<'f> {
    /// One of these.
    Choice(Vec<Choice<'f>>, Option<String>),
    /// One of these, side by side where there is room: there are few of them.
    Radio(Vec<Choice<'f>>, Option<String>),
    /// Some of these.
    Several(Vec<Choice<'f>>, Vec<String>),
    /// One of more than the form has room for, found by typing a part of it; and what is chosen.
    Search(Option<Choice<'f>>),
    /// Some of more than the form has room for, and what is chosen.
    SearchSeveral(Vec<Choice<'f>>),
    /// Text.
    Words(Words<'f>),
    /// A number.
    Number {
        /// Whether it may have a point in it.
        decimal: bool,
        least: Option<String>,
        most: Option<String>,
        filled: Option<Cow<'f, str>>,
        placeholder: Cow<'f, str>,
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
pub struct Choice<'f> {
    pub label: Cow<'f, str>,
    pub value: Cow<'f, str>,
}

/// A field for text.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words<'f> {
    /// Whether it has several lines.
    pub lines: bool,
    /// The fewest characters.
    pub shortest: usize,
    /// The most characters.
    pub longest: usize,
    pub filled: Option<Cow<'f, str>>,
    pub placeholder: Cow<'f, str>,
}

/// A text without markup: a form's labels, hints and errors have none.
fn words_of(text: &Text) -> String {
    crate::plain::text(text)
}

impl<'f> Choice<'f> {
    fn new(label: impl Into<Cow<'f, str>>, value: impl Into<Cow<'f, str>>) -> Self {
        Self { label: label.into(), value: value.into() }
    }
}

impl<'f> FormPage<'f> {
    /// The questions, in order.
    pub fn fields(&self) -> impl Iterator<Item = &Field<'f>> {
        self.parts.iter().filter_map(|part| match part {
            FormPart::Field(field) => Some(field),
            FormPart::Say(_) => None,
        })
    }
}
