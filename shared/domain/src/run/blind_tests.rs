//! What follows where a run cannot be seen, seems to be gone, or cannot be stopped.

use super::*;

#[test]
fn blind_for_a_while() {
    let running = [(0, submit(ada())), (1, sent())];
    let blind_at = |looks: &[i64]| -> Vec<_> {
        running.iter().cloned().chain(looks.iter().map(|at| (*at, blind("503")))).collect()
    };
    let told = blind_at(&[16, 31, 46]);
    let unseen = head(&told).unseen.unwrap();
    assert_eq!((unseen.since, unseen.looks, unseen.is_told()), (after(16), 3, true));
    assert!(!head(&blind_at(&[16, 31])).unseen.unwrap().is_told());
    // A cause that is already on record is not put there again; another cause only after the last has stood for a
    // while.
    check(&told, 61, &blind("503"), " |  | at 76");
    check(&told, 61, &blind("the token has ended"), " |  | at 76");
    check(&told, 400, &blind("the token has ended"), "NotSeen |  | at 450");
    // Once it is seen again the card stops saying so, and looks are counted anew.
    check(&told, 61, &seen(Progress::Running), "SeenAgain |  | at 76");
    let again: Vec<_> = told.into_iter().chain([(61, seen(Progress::Running))]).collect();
    assert_eq!(head(&again).unseen, None);
    check(&again, 76, &blind("503"), "NotSeen |  | at 91");
    check(&running, 16, &blind(""), " |  | at 31");
    let once = blind_at(&[16]);
    check(&once, 31, &seen(Progress::Running), "SeenAgain |  | at 46");
}

#[test]
fn a_search_that_fails_is_on_record_too() {
    let failed = |why: &str| Input::Searched(1, SearchAnswer::Failed { why: why.into() });
    let begun = [(0, submit(ada()))];
    check(&begun, 70, &failed("503"), "NotSeen |  | at 85");
    let blind: Vec<_> = begun.iter().cloned().chain([70, 85, 100].map(|at| (at, failed("503")))).collect();
    assert!(head(&blind).unseen.unwrap().is_told());
    check(&blind, 115, &not_found(Absence::NotProven), "SeenAgain |  | at 130");
    check(&blind, 115, &not_found(Absence::Proven), "NotSent DispatchStarted | Dispatch | at 185");
}

#[test]
fn lost_is_believed_after_minutes_of_it_and_nothing_else() {
    let running = [(0, submit(ada())), (1, sent())];
    let gone = || seen(Progress::Lost { why: "gone".into() });
    let with = |more: &[(i64, Input)]| -> Vec<_> { running.iter().chain(more).cloned().collect() };
    check(&running, 16, &gone(), "NotSeen |  | at 31");
    check(&with(&[(16, gone())]), 300, &gone(), "NotSeen |  | at 316");
    check(&with(&[(16, gone()), (31, gone())]), 315, &gone(), "NotSeen |  | at 316");
    check(&with(&[(16, gone()), (31, gone())]), 316, &gone(), "BecameUnknown |  | never");
    // Two looks far apart are not enough: nobody looked in between.
    check(&with(&[(16, gone())]), 900, &gone(), "NotSeen |  | at 960");
    // A look that could not be made proves nothing, and a look that saw the run proves that it is not lost.
    check(&with(&[(16, gone()), (200, blind("503"))]), 316, &gone(), "NotSeen |  | at 355");
    check(&with(&[(16, gone()), (200, seen(Progress::Running))]), 316, &gone(), "NotSeen |  | at 355");
}

#[test]
fn a_stop_that_is_refused_says_why_once() {
    let asked = [(0, submit(ada())), (1, sent()), (2, cancel())];
    let refused = |why: &str| Input::CancelAnswered(1, CancelAnswer::Failed { why: why.into() });
    check(&asked, 3, &refused("wait 58 s"), "StopAnswered | Observe | as it was");
    let told: Vec<_> = asked.iter().cloned().chain([(3, refused("wait 58 s"))]).collect();
    check(&told, 18, &refused("wait 43 s"), " | Observe | as it was");
    check(&told, 18, &Input::CancelAnswered(1, CancelAnswer::Taken), "StopAnswered | Observe | as it was");
}
