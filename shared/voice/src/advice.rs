//! Why the rules refused, in a sentence for the person: what is wrong and what to do.

use signalbox_domain::policy::ReasonCode;

/// Advice after a refusal to ask for an operation.
#[must_use]
pub fn advice(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::NotAllowed => {
            "You are not allowed to run this. Ask someone who is, or ask to be added to its allow list in the catalogue."
        }
        ReasonCode::NotInThisChannel => "You are allowed to run this, but in another channel.",
        ReasonCode::UnknownOperation => "The catalogue has no such operation any more. Ask /signalbox help.",
        ReasonCode::BadParameters => "The catalogue no longer takes these parameters. Ask again.",
        ReasonCode::CatalogueChanged => {
            "The catalogue changed while this was waiting for its turn, so it was not carried out. Look at the change and ask again."
        }
        ReasonCode::ChecksFailed => {
            "Nothing was started, because what it requires does not hold. Fix that, and ask again."
        }
    }
}

/// Advice after a refusal to stop a run.
pub(crate) fn not_stopped(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::NotAllowed => {
            "You are not allowed to stop it: only people who are allowed to run this operation can stop its runs."
        }
        ReasonCode::NotInThisChannel => "You can stop it, but from another channel.",
        ReasonCode::UnknownOperation => {
            "The catalogue has no such operation any more, so nobody can stop it here. Stop it where it runs."
        }
        ReasonCode::BadParameters | ReasonCode::CatalogueChanged | ReasonCode::ChecksFailed => {
            "The catalogue changed in the meantime. Try again."
        }
    }
}

/// Advice after a refusal to run a run again.
pub(crate) fn not_retried(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::NotAllowed => {
            "You are not allowed to run it again: only people who are allowed to run this operation can run it again."
        }
        ReasonCode::NotInThisChannel => "You can run it again, but from another channel.",
        ReasonCode::UnknownOperation => "The catalogue has no such operation any more.",
        ReasonCode::BadParameters | ReasonCode::CatalogueChanged | ReasonCode::ChecksFailed => {
            "The catalogue changed since it was asked for. Ask for it anew."
        }
    }
}

/// Said if a person may do this about an alert, but only in another channel.
pub(crate) const ALERT_ELSEWHERE: &str = "You are allowed to do this, but in another channel.";
/// Said if a person may not do this about an alert; the name of the watch follows.
pub(crate) const ALERT_NOT_ALLOWED: &str =
    "You are not allowed to do this. Ask to be added to the watch's allow list in the catalogue: ";
