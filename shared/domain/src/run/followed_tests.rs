//! An alert that came after a run adds one line to the record, and changes nothing else.

use super::*;
use crate::alert::Class;
use crate::ids::AlertId;
use crate::observation::Outcome;
use crate::run::MOST_FOLLOWED;

fn followed(nth: usize) -> Input {
    let (alert, watch) = (AlertId::derive("watch", "T1", &nth.to_string()), "web".parse().unwrap());
    Input::Command(RunCommand::Followed { alert, watch, class: Class::New, after_seconds: 42 })
}

#[test]
fn a_run_is_told_once_of_each_alert_and_of_a_handful() {
    let outcome =
        Outcome { conclusion: Conclusion::Succeeded, summary: String::new(), excerpt: String::new() };
    let mut history = vec![(0, submit(ada())), (1, sent()), (2, seen(Progress::Ended(outcome)))];
    let before = head(&history);
    for nth in 0..MOST_FOLLOWED + 2 {
        let at = 3 + i64::try_from(nth).unwrap();
        let expect = if nth < MOST_FOLLOWED { "Followed |  | as it was" } else { " |  | as it was" };
        check(&history, at, &followed(nth), expect);
        history.push((at, followed(nth)));
        check(&history, at + 1, &followed(nth), " |  | as it was");
    }
    let after = head(&history);
    assert_eq!((&after.state, after.changed_at), (&before.state, before.changed_at));
}

#[test]
fn what_never_ran_is_told_nothing_and_what_runs_goes_on() {
    check(&[], 0, &followed(0), " |  | as it was");
    check(&[(0, submit(eve()))], 1, &followed(0), " |  | as it was");
    check(&[(0, submit(ada())), (1, sent())], 2, &followed(0), "Followed |  | as it was");
}
