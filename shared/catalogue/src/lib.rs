//! The catalogue: a team's YAML, checked as a whole, and the canonical artefact made of it.
//!
//! People who write a catalogue learn every mistake at once, each with its place and with what to write instead. Code
//! that loads a catalogue gets a [`Catalogue`] in which everything that is referred to exists.
//!
//! This crate must never run what a catalogue names, never read a clock or an environment variable, and never let a
//! value that is shaped like a secret into an error text. Without the feature `yaml` it links no YAML parser: Lambdas
//! use it in that way.

mod artefact;

#[cfg(feature = "yaml")]
mod diagnostic;
#[cfg(feature = "yaml")]
mod duration;
#[cfg(feature = "yaml")]
pub mod golden;
#[cfg(feature = "yaml")]
mod grant;
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
#[cfg(feature = "yaml")]
mod report;
#[cfg(feature = "yaml")]
mod schema;
#[cfg(feature = "yaml")]
mod scope;
#[cfg(feature = "yaml")]
mod source;
#[cfg(feature = "yaml")]
mod target;
#[cfg(feature = "yaml")]
mod template;
#[cfg(feature = "yaml")]
mod tree;
#[cfg(feature = "yaml")]
mod walk;
#[cfg(feature = "yaml")]
mod watch;
#[cfg(feature = "yaml")]
pub mod workflow;

pub use artefact::{ArtefactError, VERSION, digest, from_artefact, to_artefact};
pub use signalbox_domain::Catalogue;

#[cfg(feature = "yaml")]
pub use diagnostic::{Diagnostic, Diagnostics};
#[cfg(feature = "yaml")]
pub use load::{LARGEST_FILE, load, load_with_places};
#[cfg(feature = "yaml")]
pub use parse::parse;
#[cfg(feature = "yaml")]
pub use places::{Place, Places};
#[cfg(feature = "yaml")]
pub use schema::schema;
