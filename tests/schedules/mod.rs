//! Checks that each run is carried out exactly once: over a hundred thousand enumerated schedules, and for each broken
//! variant of the engine a schedule that exposes it.

use signalbox_tests::schedule::{
    Fate, Forgets, Halt, Proof, Sabotage, Schedule, Sends, Stop, Verdict, enumerate, enumerate_real,
    enumerate_sends, random, random_real, random_sends, run, run_sends,
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

/// At GitHub, "not found" never proves anything. At Jenkins it does, once the lease and the search lag are over. The
/// schedules check both statements with the real backends.
#[test]
fn every_enumerated_schedule_over_github_and_jenkins_ends_well() {
    let all: Vec<Schedule> = enumerate_real().collect();
    assert!(all.len() >= 5_000, "only {}", all.len());
    all_end_well(&all);
    println!("{} schedules, none lost, doubled or silent", all.len());
}

fn all_end_well(all: &[Schedule]) {
    each_ends_well(all, run);
}

fn each_ends_well<S: Copy + Send + Sync + std::fmt::Debug>(all: &[S], run: fn(&S, Sabotage) -> Verdict) {
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

/// The schedule does no harm to the engine as it is. Without the safeguard it makes the run happen twice.
fn check(witness: &Schedule, without: Sabotage) {
    assert_eq!(run(witness, Sabotage::None), Verdict::Good, "{witness}");
    assert_eq!(run(witness, without), Verdict::Doubled, "{witness}");
}

#[test]
fn a_calm_day() {
    assert_eq!(run(&CALM, Sabotage::None), Verdict::Good);
}

// Each of these tests is about one broken variant. They show that the suite would fail without the safeguard, and with
// which schedule.

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

/// Jenkins may no longer list every build that there was. Here the run was carried out, but its build is not in the
/// list.
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

/// Jenkins's proof rests on a limit for how late a request may be accepted. If Jenkins accepts one later than that, the
/// proof does not hold, and this suite shows it. GitHub's statement rests on no such limit.
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

/// The schedules for what an alert owes to the run before it.
#[test]
fn every_enumerated_schedule_of_two_records_ends_well() {
    let all: Vec<Sends> = enumerate_sends().collect();
    assert!(all.len() >= 20_000, "only {}", all.len());
    each_ends_well(&all, run_sends);
    println!("{} schedules, none lost, doubled or silent", all.len());
    for seed in 0..2_000 {
        assert_eq!(run_sends(&random_sends(seed), Sabotage::None), Verdict::Good, "seed {seed}");
    }
}

const QUIET: Sends = Sends {
    first: None,
    second_killed_at: 0,
    duplicate: false,
    early_wake: false,
    lost: false,
    unreadable: false,
};

/// All of these schedules end well with the engine as it is. Without the safeguard, at least one of them does not, and
/// `said` recognises how it ends.
fn witnessed(schedules: impl Iterator<Item = Sends>, without: Sabotage, said: fn(&Verdict) -> bool) {
    let mut found = 0;
    for schedule in schedules {
        assert_eq!(run_sends(&schedule, Sabotage::None), Verdict::Good, "{schedule:?}");
        found += usize::from(said(&run_sends(&schedule, without)));
    }
    assert!(found > 0, "{without:?}: no schedule says so");
}

/// The first worker is killed, once at every step that there is.
fn killed() -> impl Iterator<Item = Stop> {
    (1..=22).map(|step| Stop { step, how: Halt::Killed })
}

#[test]
fn a_crash_between_the_append_and_the_send_loses_it_where_nothing_is_owed_again() {
    let crashes = killed().map(|stop| Sends { first: Some(stop), ..QUIET });
    witnessed(crashes, Sabotage::Settled, |verdict| matches!(verdict, Verdict::Lost(_)));
}

#[test]
fn a_command_that_is_lost_on_the_way_loses_it_where_nobody_comes_back() {
    let crashes = killed().map(|stop| Sends { first: Some(stop), lost: true, ..QUIET });
    witnessed(crashes, Sabotage::Due, |verdict| matches!(verdict, Verdict::Lost(_)));
}

#[test]
fn what_is_sent_twice_is_told_twice_where_the_run_forgets() {
    let twice = (1..=22).map(|step| Sends { second_killed_at: step, ..QUIET });
    witnessed(twice, Sabotage::Known, |verdict| *verdict == Verdict::Doubled);
}

#[test]
fn a_run_that_cannot_be_read_holds_no_alert_up() {
    for schedule in [QUIET, Sends { duplicate: true, early_wake: true, ..QUIET }] {
        let schedule = Sends { unreadable: true, ..schedule };
        assert_eq!(run_sends(&schedule, Sabotage::None), Verdict::Good, "{schedule:?}");
    }
}
