//! Exactly once, proven: over a hundred thousand enumerated schedules, and a witness against each broken variant.

use signalbox_tests::schedule::{
    Fate, Forgets, Halt, Proof, Sabotage, Schedule, Stop, Verdict, enumerate, enumerate_real, random,
    random_real, run,
};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

#[test]
fn every_enumerated_schedule_ends_well() {
    let all: Vec<Schedule> = enumerate().collect();
    assert!(all.len() >= 100_000, "only {}", all.len());
    all_end_well(&all);
    println!("{} schedules, none lost, doubled or silent", all.len());
}

/// GitHub: "not found" never proves anything. Jenkins: it does, once lease and lag are over. Each held to that over its
/// own backend.
#[test]
fn every_enumerated_schedule_over_github_and_jenkins_ends_well() {
    let all: Vec<Schedule> = enumerate_real().collect();
    assert!(all.len() >= 5_000, "only {}", all.len());
    all_end_well(&all);
    println!("{} schedules, none lost, doubled or silent", all.len());
}

fn all_end_well(all: &[Schedule]) {
    let bad = Mutex::new(vec![]);
    let next = AtomicUsize::new(0);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while let Some(schedule) = all.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let verdict = run(schedule, Sabotage::None);
                    if verdict != Verdict::Good {
                        bad.lock().unwrap().push((*schedule, verdict));
                    }
                }
            });
        }
    });
    let bad = bad.into_inner().unwrap();
    assert!(
        bad.is_empty(),
        "{} of {} went wrong; the first: {:#?}",
        bad.len(),
        all.len(),
        &bad[..bad.len().min(3)]
    );
}

#[test]
fn random_schedules_over_github_and_jenkins_end_well() {
    for seed in 0..500 {
        let schedule = random_real(seed);
        assert_eq!(run(&schedule, Sabotage::None), Verdict::Good, "seed {seed}: {schedule}");
    }
}

#[test]
fn random_schedules_end_well() {
    for seed in 0..5_000 {
        assert_eq!(run(&random(seed), Sabotage::None), Verdict::Good, "seed {seed}: {}", random(seed));
    }
}

const CALM: Schedule = Schedule {
    proof: Proof::AfterLag,
    fate: Fate::Answered,
    first: None,
    second_killed_at: 0,
    duplicate: false,
    early_wake: false,
    cancel_after_ms: None,
};

/// The witness is harmless to the engine as it is, and doubles the run without the safeguard.
fn check(witness: &Schedule, without: Sabotage) {
    assert_eq!(run(witness, Sabotage::None), Verdict::Good, "{witness}");
    assert_eq!(run(witness, without), Verdict::Doubled, "{witness}");
}

#[test]
fn a_calm_day() {
    assert_eq!(run(&CALM, Sabotage::None), Verdict::Good);
}

// One broken variant each: without the safeguard the suite would be red, and this schedule says so by name.

#[test]
fn without_the_lease_a_lost_answer_doubles_the_run() {
    check(&Schedule { fate: Fate::AnswerLost, duplicate: true, ..CALM }, Sabotage::Lease);
}

#[test]
fn without_the_record_a_second_delivery_doubles_the_run() {
    check(&Schedule { fate: Fate::AnswerLost, duplicate: true, ..CALM }, Sabotage::Record);
}

#[test]
fn without_the_wait_what_is_still_on_its_way_doubles_the_run() {
    let late = Fate::AcceptedLate { after_ms: 40_000 };
    check(&Schedule { fate: late, second_killed_at: 6, ..CALM }, Sabotage::Wait);
}

#[test]
fn without_the_search_a_lost_answer_doubles_the_run() {
    check(&Schedule { fate: Fate::AnswerLost, ..CALM }, Sabotage::Search);
}

#[test]
fn without_the_fence_a_worker_that_slept_doubles_the_run() {
    let slept = Some(Stop { step: 3, how: Halt::BeyondLease });
    check(&Schedule { first: slept, ..CALM }, Sabotage::Fence);
}

/// The builds that Jenkins lists are not all that there were: it was carried out, and is not in the list.
#[test]
fn without_the_numbers_a_jenkins_that_forgets_doubles_the_run() {
    for forgets in [Forgets::Discards, Forgets::Deletes, Forgets::MadeAnew] {
        let proof = Proof::ForgetfulJenkins(forgets);
        check(&Schedule { proof, fate: Fate::AnswerLost, ..CALM }, Sabotage::Numbers);
    }
}

#[test]
fn what_can_never_be_proven_is_never_tried_twice() {
    for fate in [Fate::Dropped, Fate::AnswerLost, Fate::AcceptedLate { after_ms: 7_200_000 }] {
        let schedule = Schedule { proof: Proof::Never, fate, ..CALM };
        assert_eq!(run(&schedule, Sabotage::None), Verdict::Good, "{schedule}");
    }
}

/// The bound that Jenkins's proof rests on is a real one: beyond it, it would not hold, and this suite would say so.
/// GitHub's rests on none.
#[test]
fn what_jenkins_accepts_after_lease_and_lag_is_beyond_its_proof() {
    let late = Fate::AcceptedLate { after_ms: 90_000 };
    let jenkins = Schedule { proof: Proof::Jenkins, fate: late, ..CALM };
    assert_eq!(run(&jenkins, Sabotage::None), Verdict::Doubled);
    let hours = Fate::AcceptedLate { after_ms: 7_200_000 };
    for fate in [late, hours] {
        assert_eq!(run(&Schedule { proof: Proof::GitHub, fate, ..CALM }, Sabotage::None), Verdict::Good);
    }
}
