//! The catalogue: a team's YAML, checked as a whole, and the canonical artefact made of it.
//!
//! People who write a catalogue learn every mistake at once, each with its place and with what to write instead. Code
//! that loads a catalogue gets a [`Catalogue`] in which everything that is referred to exists.
//!
//! This crate must never run what a catalogue names, never read a clock or an environment variable, and never let a
//! value that is shaped like a secret into an error text. Without the feature `yaml` it reads no catalogue, and without
//! `workflow` it links no YAML parser either: Lambdas use it in that way.

mod artefact;

#[cfg(feature = "workflow")]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "a catalogue needs more of it"))]
mod diagnostic;
#[cfg(feature = "yaml")]
mod duration;
#[cfg(feature = "yaml")]
pub mod golden;
#[cfg(feature = "yaml")]
mod grant;
#[cfg(feature = "yaml")]
pub mod job;
#[cfg(feature = "yaml")]
mod landscape;
#[cfg(feature = "yaml")]
mod load;
#[cfg(feature = "yaml")]
mod lookup;
#[cfg(feature = "yaml")]
mod operation;
#[cfg(feature = "yaml")]
mod parameter;
#[cfg(feature = "yaml")]
mod parse;
#[cfg(feature = "yaml")]
mod places;
#[cfg(feature = "yaml")]
mod program;
#[cfg(feature = "workflow")]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "a catalogue needs more of it"))]
mod report;
#[cfg(feature = "yaml")]
mod schema;
#[cfg(feature = "yaml")]
mod scope;
#[cfg(feature = "workflow")]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "a catalogue needs more of it"))]
mod source;
#[cfg(feature = "yaml")]
mod target;
#[cfg(feature = "workflow")]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "a catalogue needs more of it"))]
mod template;
#[cfg(feature = "workflow")]
#[cfg_attr(not(feature = "yaml"), expect(dead_code, reason = "a catalogue needs more of it"))]
mod tree;
#[cfg(feature = "yaml")]
mod walk;
#[cfg(feature = "yaml")]
mod watch;
#[cfg(feature = "workflow")]
pub mod workflow;

pub use artefact::{ArtefactError, VERSION, digest, from_artefact, to_artefact};
pub use signalbox_domain::Catalogue;

#[cfg(feature = "workflow")]
pub use diagnostic::{Diagnostic, Diagnostics};
#[cfg(feature = "yaml")]
pub use load::{load, load_with_places};
#[cfg(feature = "yaml")]
pub use parse::parse;
#[cfg(feature = "yaml")]
pub use places::{Place, Places};
#[cfg(feature = "yaml")]
pub use schema::schema;
#[cfg(feature = "yaml")]
pub use source::LARGEST_FILE;
