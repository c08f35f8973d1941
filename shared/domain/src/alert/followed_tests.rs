//! What an alert owes to the run that went before it.

use super::*;
use crate::ids::RunId;
use crate::run::RunCommand;

fn deployed(nth: u8, at: Timestamp, ended: Option<Ended>) -> Deployed {
    let run = RunId::derive("test", "T1", &nth.to_string());
    Deployed { run, what: "release".into(), at, first_line: Some(at.plus(MINUTE)), ended }
}

impl Life {
    /// The runs that something is owed to now.
    fn owes(&self) -> Vec<RunId> {
        self.sends.iter().map(|sending| sending.to.clone()).collect()
    }

    /// What is owed is sent.
    fn sent(&mut self) -> String {
        let to = self.sends[0].to.clone().into();
        self.take(&AlertInput::Sent { to, command: CommandId::new("followed") })
    }
}

#[test]
fn the_latest_run_before_it_is_owed_a_word_until_that_is_on_record() {
    let mut life = Life::new();
    let one = deployed(1, START, None);
    let two = deployed(2, START.plus(MINUTE), Some(Ended::Failed));
    life.after = vec![deployed(3, START.plus(2 * MINUTE), Some(Ended::Refused)), two.clone(), one];
    assert_eq!(life.found(Class::New, 3), "new");
    assert_eq!(life.owes(), std::slice::from_ref(&two.run), "what was refused changed nothing");
    let RunCommand::Followed { class, after_seconds, .. } = &life.sends[0].command else { panic!("a word") };
    assert_eq!((*class, *after_seconds), (Class::New, 60));
    // It owes this after every input, and wakes by itself to send it.
    assert_eq!(life.due, Due::At(life.now.plus(MINUTE)));
    assert_eq!(life.found(Class::Known, 3), "known");
    assert_eq!(life.owes(), std::slice::from_ref(&two.run));
    assert_eq!(life.wake_after(MINUTE), "");
    assert_eq!((life.owes(), life.due), (vec![two.run.clone()], Due::At(life.now.plus(MINUTE))));
    assert_eq!((life.sent().as_str(), life.due), ("sent", Due::Never));
    assert_eq!(life.owes(), []);
    // It spikes, is resolved, and comes back after the same run, which was told already.
    life.found(Class::Spiking, 90);
    life.act(Act::Resolve { note: String::new() });
    assert_eq!(life.found(Class::Known, 3), "regressed, open: Regressed");
    assert_eq!(life.owes(), []);
    life.found(Class::Known, 3);
    life.act(Act::Resolve { note: String::new() });
    let four = deployed(4, life.now, None);
    life.after = vec![four.clone()];
    life.found(Class::Known, 3);
    assert_eq!(life.owes(), [four.run]);
    let RunCommand::Followed { class: Class::Regressed, .. } = &life.sends[0].command else { panic!("back") };
}

#[test]
fn what_nobody_is_told_of_or_is_long_ago_is_owed_to_no_run() {
    let mut life = Life::new();
    life.after = vec![deployed(1, START, None)];
    life.silence = Some(silence(START.plus(40 * HOUR)));
    life.found(Class::New, 3);
    assert_eq!(life.owes(), []);
    let mut late = Life::new();
    late.after = vec![deployed(1, START, None)];
    late.now = START.plus(24 * HOUR);
    late.found(Class::New, 3);
    assert_eq!((late.owes(), late.due), (vec![], Due::Never));
}
