//! The nouns of Signalbox and the pure decisions over them.
//!
//! Nothing here does I/O, waits, reads a clock or names a format: the same functions decide in a Lambda, in the
//! one-machine server and in a million simulated crash schedules. What cannot fail to be reached cannot fail.

pub mod alert;
pub mod budget;
pub mod card;
pub mod catalogue;
mod digest;
pub mod event;
pub mod ids;
pub mod intent;
pub mod observation;
pub mod parameter;
pub mod phrase;
pub mod policy;
pub mod redact;
pub mod run;
pub mod silence;
pub mod time;
pub mod visible;
pub mod watch;

pub use catalogue::{Catalogue, Frozen, Operation};
pub use event::Event;
pub use ids::{
    ChannelId, CommandId, Digest, Name, OperationName, ParameterName, RunId, RunName, ShortId, UserId,
    WorkspaceId,
};
pub use intent::Intent;
pub use observation::Observation;
pub use parameter::{Parameter, Value};
pub use policy::{Actor, Decision, Place, ReasonCode};
pub use run::RunHead;
pub use time::Timestamp;
