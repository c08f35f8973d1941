//! What follows where a command for a run could not be handled.

use super::*;
use crate::event::SetAside;

#[test]
fn what_could_not_be_handled() {
    let aside = |what: &str, intent: Option<Intent>| SetAside {
        letter: "l1".into(),
        what: what.into(),
        by: Some(ada()),
        intent,
    };
    let request = aside("submit", Some(intent(ada())));
    let (run, cause) = (RunId::derive("test", "T1", "1"), CommandId::new("aside"));
    let set_aside = |head, aside: &SetAside| RunHead::after_set_aside(head, &run, aside, &cause, after(0));
    let dropped = |letter: &str| Input::Command(RunCommand::Dropped { letter: letter.into() });
    let says = |head: &RunHead, input: &Input| words(&plan(Some(head), input, 5));
    let then = |head: &RunHead, input: &Input| {
        let events = plan(Some(head), input, 5).events;
        let one =
            |head, event: &RunEvent| RunHead::after(head, &run, event, &CommandId::new("at 5"), after(5));
        events.iter().fold(Some(head.clone()), one).unwrap()
    };
    // The request itself was set aside: it begins a run that waits for a person. Nothing was started.
    assert!(request.is_news(None) && !aside("cancel", None).is_news(None));
    assert_eq!(set_aside(None, &aside("cancel", None)), None);
    assert_eq!(plan(None, &dropped("l1"), 0), Plan::NOTHING);
    let kept = set_aside(None, &request).unwrap();
    assert!(kept.is_settled() && !kept.can_retry());
    assert_eq!(says(&kept, &Input::Wake { due_at: after(0) }), " |  | never");
    for nothing in [cancel(), Input::Command(RunCommand::Observe), sighting(1, "#1"), dropped("l2")] {
        assert_eq!(says(&kept, &nothing), " |  | as it was", "{nothing:?}");
    }
    // Redriven, it is carried out as if it came for the first time, or refused by today's rules.
    assert_eq!(says(&kept, &submit(ada())), "Requested DispatchStarted | Dispatch | at 75");
    assert_eq!(says(&kept, &submit(eve())), "Refused |  | never");
    let redriven = then(&kept, &submit(ada()));
    assert_eq!((redriven.attempt, redriven.work.is_some(), redriven.word()), (1, true, "dispatching"));
    assert_eq!(says(&redriven, &submit(ada())), " |  | as it was");
    // If it is given up, the run is over, and stays so.
    assert_eq!(says(&kept, &dropped("l1")), "Finished |  | never");
    assert_eq!(says(&then(&kept, &dropped("l1")), &submit(ada())), " |  | as it was");
    // On a run that goes on, a dead letter is only told, and only once.
    let running = head(&[(0, submit(ada())), (1, sent())]);
    assert_eq!(says(&running, &dropped("l1")), " |  | as it was");
    let told = set_aside(Some(running.clone()), &aside("cancel", None)).unwrap();
    assert_eq!((told.word(), told.version), ("running", running.version + 1));
    let news = |head: &RunHead| aside("cancel", None).is_news(Some(head.has_folded(&cause)));
    assert!(news(&running) && !news(&told));
}
