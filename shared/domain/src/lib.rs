//! The nouns of Signalbox and the pure decisions over them.
//!
//! Nothing here does I/O, waits, reads a clock or names a wire format: the same functions decide in a Lambda, in the
//! one-machine server and in a million simulated crash schedules. A decision never fails because something could not
//! be reached.

pub mod alert;
pub mod answer;
pub mod asking;
pub mod budget;
pub mod card;
pub mod catalogue;
mod content;
mod digest;
mod does;
pub mod event;
mod frozen;
mod grant;
pub mod ids;
pub mod intent;
pub mod landscape;
pub mod lookup;
mod nearest;
pub mod observation;
pub mod parameter;
pub mod people;
pub mod phrase;
mod plan;
pub mod policy;
pub mod pressed;
pub mod redact;
pub mod rules;
pub mod run;
#[cfg(test)]
mod sample;
pub mod silence;
mod sought;
mod target;
mod template;
pub mod time;
pub mod visible;
pub mod watch;

pub use catalogue::{Catalogue, Operation};
pub use event::{Event, SetAside};
pub use frozen::Frozen;
pub use grant::Grant;
pub use ids::{
    AlertId, ChannelId, CommandId, Digest, Name, OperationName, ParameterName, RecordId, RecordKind,
    RecordName, RunId, ShortId, UserId, WorkspaceId,
};
pub use intent::Intent;
pub use nearest::nearest;
pub use observation::Observation;
pub use parameter::{Parameter, Value};
pub use people::{Actor, Chat, MessageRef, Person, Place};
pub use plan::{Due, Plan, Sending};
pub use policy::{ReasonCode, Verdict};
pub use rules::Rules;
pub use run::{RunCommand, RunEvent, RunHead};
pub use template::ALL_PARAMETERS;
pub use time::Timestamp;
