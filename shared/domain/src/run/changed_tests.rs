//! What is put on record of a change of the catalogue between a request and its turn.

use super::*;
use crate::intent::Changed;
use crate::policy::ReasonCode;

/// What `decide` says of an input where the program of the operation gets one argument more.
fn events(head: Option<&RunHead>, input: &Input) -> Vec<RunEvent> {
    let mut changed = Catalogue::clone(&catalogue());
    let operation = changed.operations.values_mut().next().unwrap();
    let Target::Command(target) = &mut operation.target else { unreachable!("it is one") };
    target.arguments.push("push".to_owned());
    let (changed, timings) = (changed.freeze(), Timings::default());
    let situation = Situation {
        run: &RunId::derive("test", "T1", "1"),
        now: after(20),
        cause: &CommandId::new("cause"),
        rules: Rules::of(&changed),
        timings: &timings,
        keeps: |_| true,
        asked_by: None,
        retried_by: None,
        part_of: None,
        page: None,
    };
    decide(head, input, &situation).events
}

fn told(changed: Option<&Changed>) -> Vec<(&str, Option<&str>, Option<&str>)> {
    let all = changed.iter().flat_map(|changed| &changed.differences);
    all.map(|d| (d.what.as_str(), d.was.as_deref(), d.is.as_deref())).collect()
}

#[test]
fn a_request_and_another_attempt_say_what_changed() {
    let expect = [("target command.1", None, Some("push"))];
    let RunEvent::Refused { intent, reason, changed, .. } = &events(None, &submit(ada()))[0] else {
        panic!()
    };
    assert_eq!((*reason, told(changed.as_ref())), (ReasonCode::CatalogueChanged, expect.to_vec()));
    assert_eq!(intent.as_asked, None, "it is not kept");
    // Its head says the same.
    let refused = RunEvent::Refused {
        intent: intent.clone(),
        reason: *reason,
        told: false,
        changed: changed.clone(),
        part_of: None,
    };
    let run = RunId::derive("test", "T1", "1");
    let begun = RunHead::after(None, &run, &refused, &CommandId::new("c"), after(0)).unwrap();
    assert!(matches!(&begun.state, State::Refused { changed: Some(_), .. }));
    // Another attempt is compared with what was carried out.
    let outcome = Outcome { conclusion: Conclusion::Failed, summary: String::new(), excerpt: String::new() };
    let failed = head(&[(0, submit(ada())), (1, sent()), (2, seen(Progress::Ended(outcome)))]);
    let retry = Input::Command(RunCommand::Retry { by: ada(), place: place(), attempt: 1 });
    let RunEvent::RetryRefused { reason, changed, .. } = &events(Some(&failed), &retry)[0] else { panic!() };
    assert_eq!((*reason, told(changed.as_ref())), (ReasonCode::CatalogueChanged, expect.to_vec()));
    // A request that does not say what it was made for, and a person who may not ask: nothing is compared.
    let old = RunCommand::Submit { intent: self::intent(ada()).to_keep(), told: false };
    let RunEvent::Refused { changed, .. } = &events(None, &Input::Command(old))[0] else { panic!() };
    assert_eq!(*changed, None);
    let refused =
        plan(Some(&failed), &Input::Command(RunCommand::Retry { by: eve(), place: place(), attempt: 1 }), 20);
    assert!(matches!(&refused.events[0], RunEvent::RetryRefused { changed: None, .. }));
}
