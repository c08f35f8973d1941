//! What may go wrong with what one record owes to another: the step at which the first worker is killed or paused, the
//! step at which a later one is killed, the alert's command delivered twice or lost after its first worker, an early
//! `Wake`, and a run whose head cannot be read. `two_records.rs` carries the schedules out.

use super::{Halt, Stop};

/// What goes wrong between two records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sends {
    /// What happens to the worker that handles the finding, if anything.
    pub first: Option<Stop>,
    /// The step at which the next worker that gets so far is killed; 0 means never.
    pub second_killed_at: u8,
    /// The finding is delivered to two workers at once.
    pub duplicate: bool,
    /// A `Wake` for the alert arrives before it is due.
    pub early_wake: bool,
    /// The command with the finding is not delivered again after its first worker was killed.
    pub lost: bool,
    /// Nobody can read the run's head.
    pub unreadable: bool,
}

/// The number of steps in the longest handling, and a few more.
const STEPS: u8 = 22;
/// Every schedule within the limits, in a fixed order.
pub fn enumerate_sends() -> impl Iterator<Item = Sends> {
    let firsts = std::iter::once(None).chain((1..=STEPS).flat_map(|step| {
        [Halt::Killed, Halt::Briefly, Halt::BeyondLease].map(move |how| Some(Stop { step, how }))
    }));
    firsts.flat_map(|first| {
        (0..=STEPS).flat_map(move |second_killed_at| {
            (0..16_u8).map(move |bits| Sends {
                first,
                second_killed_at,
                duplicate: bits & 1 > 0,
                early_wake: bits & 2 > 0,
                lost: bits & 4 > 0,
                unreadable: bits & 8 > 0,
            })
        })
    })
}

/// A schedule made from a seed. The same seed gives the same schedule on every machine.
#[must_use]
pub fn random_sends(seed: u64) -> Sends {
    let mut state = seed ^ 0x5e4d_5e4d_5e4d_5e4d;
    let mut next = move |below: u64| {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        u8::try_from((z ^ (z >> 31)) % below).unwrap_or(0)
    };
    let how = [Halt::Killed, Halt::Briefly, Halt::BeyondLease][usize::from(next(3))];
    Sends {
        first: (next(8) > 0).then(|| Stop { step: next(24) + 1, how }),
        second_killed_at: next(24),
        duplicate: next(2) == 0,
        early_wake: next(3) == 0,
        lost: next(3) == 0,
        unreadable: next(4) == 0,
    }
}
