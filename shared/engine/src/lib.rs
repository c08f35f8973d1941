//! The use cases of Signalbox over ports: one file each, no vendor named, nothing that waits.
//!
//! Order of work for every command: load → decide → append → order the card → acknowledge. A crash anywhere repeats
//! the command, and that is harmless.

mod attend;
pub mod audit;
mod backends;
mod batch;
mod bounds;
mod caretaker;
mod choices;
mod dead;
mod dispatcher;
mod forms;
mod intake;
mod intake_of_runs;
mod keys;
mod lists;
mod look;
mod lookups;
mod mirror;
mod newer;
mod notifier;
pub mod ports;
mod records;
mod refresh;
mod vouch;
pub mod wire;

pub use backends::Backends;
pub use batch::Batches;
pub use caretaker::Caretaker;
pub use dead::{DeadLetters, MOST_RECEIVES, ORDER, UNVOUCHED, drop_letter, pause, readable, redrive};
pub use dispatcher::{Dispatcher, Handled};
pub use forms::{Offered, Submitted};
pub use intake::{Asker, Intake};
pub use keys::{BadKey, CommandKeys};
pub use lookups::Lookups;
pub use newer::{GivenBack, give_back};
pub use notifier::{Notifier, Shown};
pub use records::Entry;
pub use vouch::{Admitting, Vouching};
