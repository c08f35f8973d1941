//! What follows when nobody knows a run's end: a person has it looked for, and settles it.

use super::*;

#[test]
fn what_nobody_knows_is_settled_by_a_person() {
    let unknown = [
        (0, submit(ada())),
        (1, Input::Answered(1, DispatchAnswer::MaybeSent { why: "502 after 3 s".into() })),
    ];
    let unknown = [unknown[0].clone(), unknown[1].clone(), (670, not_found(Absence::NotProven))];
    let stands = head(&unknown);
    assert_eq!(stands.state, State::Unknown { why: "502 after 3 s; it cannot be found there".into() });
    assert_eq!(stands.link.as_deref(), Some("https://ci.example/job/deploy/"), "where to look");
    let settle = |by, attempt, how| {
        Input::Command(RunCommand::Settle { by, place: place(), attempt, how, note: "saw it".into() })
    };
    let fine = settle(ada(), 1, Settlement::Succeeded);
    check(&unknown, 700, &fine, "Settled |  | never");
    check(&unknown, 700, &settle(eve(), 1, Settlement::Failed), "SettleRefused |  | as it was");
    check(&unknown, 700, &settle(ada(), 2, Settlement::Failed), " |  | as it was");
    for (how, conclusion) in [
        (Settlement::Succeeded, Conclusion::Succeeded),
        (Settlement::Failed, Conclusion::Failed),
        (Settlement::DidNotRun, Conclusion::Cancelled),
    ] {
        let settled: Vec<_> = unknown.iter().cloned().chain([(700, settle(ada(), 1, how))]).collect();
        let State::Finished(outcome) = head(&settled).state else { panic!("{how:?}") };
        assert_eq!((outcome.conclusion, outcome.summary), (conclusion, format!("{}: saw it", how.says())));
        assert_eq!(head(&settled).settled_by, Some(ada()));
        // It is settled once. If it did not go as asked it may be tried again.
        check(&settled, 701, &fine, " |  | as it was");
        assert_eq!(head(&settled).can_retry(), how != Settlement::Succeeded);
    }
    // Only a run whose end nobody knows can be settled.
    check(&unknown[..2], 5, &fine, " |  | as it was");
    check(&[], 5, &fine, " |  | as it was");
}

#[test]
fn a_person_who_has_it_looked_for_is_told_what_came_of_it() {
    let unknown = [(0, submit(ada())), (670, not_found(Absence::NotProven))];
    let stands = head(&unknown);
    check(&unknown, 700, &Input::Command(RunCommand::LookAgain { by: ada() }), " | Search | as it was");
    for (answer, says) in [
        (
            SearchAnswer::NotFound(Absence::NotProven),
            "it is not there; that does not prove that it never was",
        ),
        (SearchAnswer::NotFound(Absence::Proven), "it is not there, and certainly never was"),
        (SearchAnswer::Failed { why: "502".into() }, "searching for it failed: 502"),
    ] {
        let plan = plan_of(Some(&stands), &Input::Searched(1, answer), 700, "look", Some(&ada()));
        let event = RunEvent::LookedAgain { by: ada(), attempt: 1, what: says.into() };
        assert_eq!(plan.events, [event]);
    }
    // Nobody asked for the look, so nothing is told.
    check(&unknown, 700, &not_found(Absence::NotProven), " |  | as it was");
}
