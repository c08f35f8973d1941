//! A schedule says what goes wrong in one run's life. A world carries it out with the real dispatcher and caretaker
//! over ports in memory, without sockets or timers, and judges the result.
//!
//! The enumeration combines: the step at which the first worker is killed or paused, the step at which a later one is
//! killed, what the backend does with the request, duplicate delivery, an early `Wake`, and a cancel, for backends of
//! each kind of proof. A request may be accepted late. Where a backend claims that "not found" then proves that there
//! is no run, it is accepted within the search lag; elsewhere it may be accepted at any time.

mod backend;
mod remote;
mod sabotage;
mod sends;
mod two_records;
mod workers;
mod world;

pub use backend::{Fate, Forgets, Proof};
pub use sabotage::Sabotage;
pub use sends::{Sends, enumerate_sends, random_sends};
pub use two_records::{catalogue_with_a_watch, finding, run_sends};
pub use world::{Verdict, run};

use std::fmt;

/// What goes wrong in one run's life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// What the backend's "not found" proves.
    pub proof: Proof,
    /// What happens to the first request to start the run.
    pub fate: Fate,
    /// What happens to the worker that handles the submit, if anything.
    pub first: Option<Stop>,
    /// The step at which the next worker that gets so far is killed; 0 means never.
    pub second_killed_at: u8,
    /// The submit is delivered to two workers at once.
    pub duplicate: bool,
    /// A `Wake` arrives before it is due.
    pub early_wake: bool,
    /// A person asks to stop the run this many milliseconds after the submit.
    pub cancel_after_ms: Option<u32>,
}

/// How a worker stops at a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stop {
    /// Counted from 1. There is a step before and after every effect of every port.
    pub step: u8,
    /// For how long the worker stops.
    pub how: Halt,
}

/// How long a worker stops.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Halt {
    /// For ever.
    Killed,
    /// For less than the request's time limit.
    Briefly,
    /// Until after the lease and the search lag.
    BeyondLease,
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

/// The number of steps in the longest handling of a command, and a few more, so that every step is reached.
const STEPS: u8 = 26;
const FATES: [Fate; 8] = [
    Fate::Answered,
    Fate::AnswerLost,
    Fate::Dropped,
    Fate::AcceptedLate { after_ms: 1_500 },
    Fate::AcceptedLate { after_ms: 40_000 },
    Fate::AcceptedLate { after_ms: BEYOND_MS },
    Fate::NotSent,
    Fate::Refused,
];
/// Longer than every lease and search lag. A proof by waiting cannot cover a request that arrives so late.
const BEYOND_MS: u64 = 300_000;
const CANCELS: [Option<u32>; 3] = [None, Some(10), Some(60_000)];

/// Every schedule within the limits, in a fixed order.
pub fn enumerate() -> impl Iterator<Item = Schedule> {
    let firsts = std::iter::once(None).chain((1..=STEPS).flat_map(|step| {
        [Halt::Killed, Halt::Briefly, Halt::BeyondLease].map(move |how| Some(Stop { step, how }))
    }));
    firsts.flat_map(|first| {
        let seconds = (0..=STEPS).step_by(2);
        seconds.flat_map(move |second_killed_at| {
            Proof::KINDS.into_iter().flat_map(move |proof| {
                fates(proof).flat_map(move |fate| {
                    CANCELS.into_iter().flat_map(move |cancel_after_ms| {
                        [(false, false), (true, false), (false, true)].map(move |(duplicate, early_wake)| {
                            Schedule {
                                proof,
                                fate,
                                first,
                                second_killed_at,
                                duplicate,
                                early_wake,
                                cancel_after_ms,
                            }
                        })
                    })
                })
            })
        })
    })
}

/// What may happen to a request within the limits.
fn fates(proof: Proof) -> impl Iterator<Item = Fate> {
    let beyond = Fate::AcceptedLate { after_ms: BEYOND_MS };
    FATES.into_iter().filter(move |fate| !proof.waits() || *fate != beyond)
}

/// Schedules over the real backends for GitHub and Jenkins, in a fixed order. There are fewer of them, because each one
/// takes several HTTP calls.
pub fn enumerate_real() -> impl Iterator<Item = Schedule> {
    let firsts = std::iter::once(None).chain((1..=STEPS).flat_map(|step| {
        [Halt::Killed, Halt::Briefly, Halt::BeyondLease].map(move |how| Some(Stop { step, how }))
    }));
    firsts.flat_map(|first| {
        [0, 6, 12].into_iter().flat_map(move |second_killed_at| {
            // When a second worker dies has little effect on what a Jenkins forgets, so these two are not combined.
            let proofs = Proof::REAL.into_iter();
            let proofs = proofs.filter(move |proof| second_killed_at == 0 || !proof.forgets());
            proofs.flat_map(move |proof| {
                fates(proof).flat_map(move |fate| {
                    [(None, false), (Some(10), false), (None, true)].map(
                        move |(cancel_after_ms, duplicate)| Schedule {
                            proof,
                            fate,
                            first,
                            second_killed_at,
                            duplicate,
                            early_wake: duplicate,
                            cancel_after_ms,
                        },
                    )
                })
            })
        })
    })
}

/// A schedule over a real backend, made from a seed.
#[must_use]
pub fn random_real(seed: u64) -> Schedule {
    let schedule = random(seed);
    let proof = match schedule.proof {
        Proof::AfterLag | Proof::Jenkins | Proof::ForgetfulJenkins(_) => {
            Proof::REAL[1 + usize::try_from(seed % 5).unwrap_or(0)]
        }
        Proof::Never | Proof::Claim | Proof::GitHub => Proof::GitHub,
    };
    // Jenkins's search lag is half as long as that of the simulated backend.
    let fate = match schedule.fate {
        Fate::AcceptedLate { after_ms } if proof.waits() => Fate::AcceptedLate { after_ms: after_ms / 2 },
        fate @ (Fate::Answered
        | Fate::AnswerLost
        | Fate::Dropped
        | Fate::AcceptedLate { .. }
        | Fate::NotSent
        | Fate::Refused) => fate,
    };
    Schedule { proof, fate, ..schedule }
}

/// A schedule made from a seed. The same seed gives the same schedule on every machine.
#[must_use]
pub fn random(seed: u64) -> Schedule {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ 0x5151_5151_5151_5151;
    let mut next = move |below: u64| {
        // splitmix64
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % below
    };
    let small = |n: u64| u8::try_from(n).unwrap_or(0);
    let proof = Proof::KINDS[usize::from(small(next(3)))];
    let fate = match next(8) {
        0 => Fate::Answered,
        1 => Fate::AnswerLost,
        2 => Fate::Dropped,
        3 => Fate::NotSent,
        4 => Fate::Refused,
        // Where waiting is claimed to prove that there is no run, the request is accepted within the search lag, minus
        // the time until a search can see it.
        _ if proof == Proof::AfterLag => Fate::AcceptedLate { after_ms: next(60_000) },
        _ => Fate::AcceptedLate { after_ms: next(7_200_000) },
    };
    let halt = |n| match n {
        0 => Halt::Killed,
        1 => Halt::Briefly,
        _ => Halt::BeyondLease,
    };
    let first = (next(8) > 0).then(|| Stop { step: small(next(30)) + 1, how: halt(next(3)) });
    Schedule {
        proof,
        fate,
        first,
        second_killed_at: small(next(30)),
        duplicate: next(2) == 0,
        early_wake: next(3) == 0,
        cancel_after_ms: (next(3) == 0).then(|| u32::try_from(next(120_000)).unwrap_or(0)),
    }
}
