//! The words for where a pattern stands, the same everywhere.

use signalbox_domain::alert::{Class, Ended, Standing};

/// Where a pattern stands; [`Standing::since`] follows, if there is one.
#[must_use]
pub fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::New => "New",
        Standing::GoesOn => "Goes on",
        Standing::Spiking => "Spiking",
        Standing::Back => "Back",
        Standing::NotSeenSince(_) => "Not seen since",
        Standing::Firing => "Firing",
        Standing::FiringAgain => "Firing again",
        Standing::NoLongerFiring => "No longer firing",
    }
}

/// What a pattern is, in the words of bulletins.
pub(crate) fn class(class: Class) -> &'static str {
    match class {
        Class::New => "new",
        Class::Known => "goes on",
        Class::Spiking => "spiking",
        Class::Regressed => "back",
        Class::Quiet => "not seen",
    }
}

/// How a run ended; if nothing is noted, it went as asked.
pub(crate) fn ended(ended: Option<Ended>) -> &'static str {
    match ended {
        None => "succeeded",
        Some(Ended::Failed) => "failed",
        Some(Ended::Cancelled) => "cancelled",
        Some(Ended::TimedOut) => "timed out",
        Some(Ended::Refused) => "refused",
    }
}
