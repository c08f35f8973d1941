//! The last look before an attempt is sent.

use super::{DispatchAnswer, RunHead, State};
use crate::time::Timestamp;

impl RunHead {
    /// What stops an attempt that is about to be sent, given where its run stands at this moment. `None` if the lease
    /// is still ours, the attempt is still the run's latest, and nobody wants it stopped. `until` is when the call
    /// would be over.
    #[must_use]
    pub fn fence(
        head: Option<&Self>,
        attempt: u32,
        until: Timestamp,
        now: Timestamp,
    ) -> Option<DispatchAnswer> {
        let Some(head) = head else { return Some(DispatchAnswer::Fenced) };
        let ours = head.attempt == attempt
            && matches!(head.state, State::Dispatching { lease_until: Some(lease), .. } if until <= lease);
        if !ours || now >= until {
            Some(DispatchAnswer::Fenced)
        } else if head.cancel.is_some() {
            Some(DispatchAnswer::NotSent { why: "stopped before it was sent".into(), rest: None })
        } else {
            None
        }
    }
}
