//! All sentences that people read of runs, alerts and bulletins, each written once: heads, answers, events and forms
//! become pages without markup. Each surface draws pages without knowing what they say.

mod advice;
mod alert;
mod answer;
mod bulletin;
mod duration;
mod family;
mod form;
mod number;
mod page;
mod parameter;
mod plain;
mod record;
mod run;
mod silence;
mod text;
mod thread;
mod wrong;

pub use alert::words::standing;
pub use answer::{answer, example, usage};
pub use form::{
    Choice, Field, FieldKind, FormPage, FormPart, NO_END, PERSON, SAID, TYPED, UNTIL, Words, ask, form, home,
    list_note, mistakes, name_differs, not_taken, parameter_of, picker, placing,
};
pub use page::{Button, Chart, Confirm, Fact, Menu, Page, Part};
pub use parameter::{sample, takes};
pub use plain::{page as plain_page, text as plain};
pub use record::{page, recorded};
pub use text::{Lead, Piece, Precision, Sign, Text};
pub use thread::note;
