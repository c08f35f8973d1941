//! What an alert manager is told: only what still holds.

use super::*;

const NOW: Timestamp = START;
const LATER: Timestamp = Timestamp(NOW.0 + 1);

fn found(matchers: &[(&str, &str)]) -> Finding {
    let tally = Tally { from: NOW, to: NOW, count: 1, usual: 0, first_seen: NOW, last_seen: NOW };
    Finding {
        watch: "web".parse().unwrap(),
        pattern: "alert/1".into(),
        class: Class::New,
        title: "t".into(),
        sample: "s".into(),
        seen_in: vec![],
        tally,
        lines: 0,
        after: vec![],
        links: vec![],
        held: false,
        matchers: matchers.iter().map(|(n, v)| ((*n).into(), (*v).into())).collect(),
        silenced: None,
    }
}

/// What the last of these commands owes, the first time and when it comes again.
fn owed(matchers: &[(&str, &str)], inputs: &[(&str, Act)], again: &(&str, Act)) -> [Vec<AlertOwed>; 2] {
    let catalogue = catalogue(None, None);
    let plan = |head: Option<&AlertHead>, cause: &str, input: &AlertInput| {
        let (alert, cause) = (id(), CommandId::new(cause));
        let rules = Rules::of(&catalogue);
        let situation = AlertSituation { alert: &alert, now: NOW, cause: &cause, rules, figures: None };
        let plan = decide(head, input, &situation);
        let after = fold(head, &plan.events, &situation);
        (after, plan.owed)
    };
    let finding = AlertInput::Command(AlertCommand::Found(Box::new(found(matchers))));
    let (mut head, of_finding) = plan(None, "found", &finding);
    assert!(matches!(&of_finding[..], [AlertOwed::Figures(_)]));
    let mut first = vec![];
    for (nth, (user, act)) in inputs.iter().enumerate() {
        (head, first) = plan(head.as_ref(), &format!("c{nth}"), &attend(user, act.clone()));
    }
    // One of the commands comes once more.
    let (_, repeated) = plan(head.as_ref(), "c0", &attend(again.0, again.1.clone()));
    [first, repeated]
}

const LABELS: &[(&str, &str)] = &[("alertname", "Slow")];

#[test]
fn what_follows_from_what() {
    let silence =
        |comment: &str| vec![AlertOwed::Silence { until: LATER, by: ada(), comment: comment.into() }];
    let ack = |note: &str, until| Act::Acknowledge { note: note.into(), until };
    let mute = |until| Act::Mute { until, reason: "known\nbug token=xoxb-123456789012-abcdefgh".into() };
    let snooze = |until| Act::Snooze(Until::Time(until));
    let resolve = || Act::Resolve { note: String::new() };
    let nothing = Vec::new;
    for (act, expect) in [
        (ack("", Some(LATER)), silence("acknowledged")),
        (ack("on it", Some(LATER)), silence("acknowledged: on it")),
        (ack("on it", None), nothing()),
        (snooze(LATER), silence("snoozed")),
        (Act::Snooze(Until::Lines(5)), nothing()),
        (Act::Snooze(Until::Deploy), nothing()),
        (mute(LATER), silence("muted: known bug token=[redacted]")),
        (resolve(), vec![AlertOwed::EndSilence]),
        (Act::Reopen, vec![AlertOwed::EndSilence]),
        (Act::Assign { to: ada() }, nothing()),
        // The command comes when its time is over.
        (ack("", Some(NOW)), nothing()),
        (snooze(NOW), nothing()),
        (mute(NOW), nothing()),
    ] {
        let one = ("UADA", act);
        assert_eq!(owed(LABELS, std::slice::from_ref(&one), &one), [expect.clone(), expect], "{one:?}");
        assert_eq!(owed(&[], std::slice::from_ref(&one), &one), [nothing(), nothing()], "nobody to be told");
        let not_allowed = ("UEVE", one.1);
        assert_eq!(owed(LABELS, std::slice::from_ref(&not_allowed), &not_allowed), [nothing(), nothing()]);
    }
}

#[test]
fn what_somebody_decided_otherwise_since_is_not_told_again() {
    let ack = |until| Act::Acknowledge { note: String::new(), until };
    let first = ("UADA", ack(Some(LATER)));
    for since in [
        ack(None),
        Act::Reopen,
        Act::Resolve { note: String::new() },
        Act::Mute { until: LATER, reason: String::new() },
    ] {
        let [_, repeated] = owed(LABELS, &[first.clone(), ("UADA", since.clone())], &first);
        assert_eq!(repeated, [], "{since:?}");
    }
}
