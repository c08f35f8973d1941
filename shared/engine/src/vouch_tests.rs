//! What is taken for a person's word, case by case.

use super::*;
use async_trait::async_trait;
use signalbox_domain::alert::Class;
use signalbox_domain::ids::{AlertId, ChannelId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::{RecordId, RunCommand};
use std::time::Duration;

const KEY: &str = "a key of thirty-two characters or more";

/// A queue that nothing may be put on.
struct Nowhere;

#[async_trait]
impl Queue for Nowhere {
    async fn send(&self, _: Message) -> Result<(), PortError> {
        Err(PortError::Unavailable(String::new()))
    }
    async fn receive(&self, _: usize) -> Result<Vec<Delivery>, PortError> {
        Ok(vec![])
    }
    async fn ack(&self, _: &str) -> Result<(), PortError> {
        Ok(())
    }
    async fn again(&self, _: &str, _: Duration) -> Result<(), PortError> {
        Ok(())
    }
}

fn admitting() -> Admitting {
    Admitting {
        keys: KEY.parse().unwrap(),
        unsigned_until: None,
        senders: BTreeSet::new(),
        dead: Arc::new(Nowhere),
    }
}

fn cancel() -> Envelope {
    let by = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"));
    let place = Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
    Envelope::new(RecordId::derive("test", "T", "1"), "k", RunCommand::Cancel { by, place })
}

fn vouched(envelope: &Envelope) -> Message {
    Vouching::from(KEY.parse::<CommandKeys>().unwrap()).message(envelope).unwrap()
}

fn delivered(message: Message) -> Delivery {
    Delivery { receipt: String::new(), receives: 1, sent: Some(Timestamp(1000)), sender: None, message }
}

/// `None`: admitted.
fn refused(admitting: &Admitting, delivery: &Delivery) -> Option<Refused> {
    admitting.admit(delivery).unwrap().err()
}

#[test]
fn a_person_needs_a_door_and_a_hint_does_not() {
    let (none, any) = (admitting(), delivered(vouched(&cancel())));
    assert_eq!(refused(&none, &any), None);
    assert_eq!(refused(&none, &delivered(cancel().to_message().unwrap())), Some(Refused::Unsigned));
    let hint = Envelope::new(RecordId::derive("test", "T", "1"), "k", RunCommand::Observe);
    assert_eq!(vouched(&hint), hint.to_message().unwrap(), "what is in nobody's name stays as it was");
    assert_eq!(refused(&none, &delivered(hint.to_message().unwrap())), None);
    // What one record tells another is in nobody's name, so no person is said to have asked.
    let alert = AlertId::derive("watch", "T1", "p");
    let (watch, class) = ("web".parse().unwrap(), Class::New);
    let word = RunCommand::Followed { alert, watch, class, after_seconds: 42 };
    let word = Envelope::new(RecordId::derive("test", "T", "1"), "", word);
    assert_eq!((word.command.person(), vouched(&word)), (None, word.to_message().unwrap()));
    assert_eq!(refused(&none, &delivered(word.to_message().unwrap())), None);
}

#[test]
fn what_was_queued_before_there_was_a_key_needs_none() {
    let unsigned = delivered(cancel().to_message().unwrap());
    let until = |until| Admitting { unsigned_until: Some(Timestamp(until)), ..admitting() };
    assert_eq!(refused(&until(1001), &unsigned), None);
    assert_eq!(refused(&until(1000), &unsigned), Some(Refused::Unsigned));
    // Where the queue does not say when a message was sent, it does not count as sent before.
    assert_eq!(refused(&until(i64::MAX), &Delivery { sent: None, ..unsigned }), Some(Refused::Unsigned));
    // A message that claims to be vouched for is checked, whenever it was sent.
    let mut altered = vouched(&cancel());
    altered.body = String::from_utf8(altered.body).unwrap().replace("UADA", "UEVE").into_bytes();
    assert_eq!(refused(&until(i64::MAX), &delivered(altered)), Some(Refused::BadMac));
}

#[test]
fn what_people_ask_comes_from_their_door() {
    let door = Admitting { senders: BTreeSet::from(["AROADOOR".into()]), ..admitting() };
    let from = |sender: &str, message| Delivery { sender: Some(sender.into()), ..delivered(message) };
    let signed = vouched(&cancel());
    for known in ["AROADOOR:signalbox-slack-ingress", "AROADOOR"] {
        assert_eq!(refused(&door, &from(known, signed.clone())), None, "{known}");
    }
    for other in ["AROAOTHER:signalbox-slack-ingress", "AROADOOR2:x", "AIDAX", "", ":AROADOOR"] {
        assert_eq!(refused(&door, &from(other, signed.clone())), Some(Refused::Sender), "{other}");
        assert_eq!(refused(&admitting(), &from(other, signed.clone())), None, "nobody is named");
    }
    // An operator may put a letter back, but a door must still have vouched for it.
    let redriven = |message| Message { id: format!("{REDRIVEN}0123:1"), ..message };
    assert_eq!(refused(&door, &from("AIDAX", redriven(signed))), None);
    let unsigned = redriven(cancel().to_message().unwrap());
    assert_eq!(refused(&door, &from("AIDAX", unsigned)), Some(Refused::Unsigned));
    let hint = Envelope::new(RecordId::derive("test", "T", "1"), "k", RunCommand::Observe);
    assert_eq!(refused(&door, &from("AROACARETAKER:x", hint.to_message().unwrap())), None);
}

#[test]
fn keys_are_long_and_do_not_show() {
    for bad in ["", " , ", "short", &format!("{KEY},short")] {
        assert!(bad.parse::<CommandKeys>().is_err(), "{bad}");
    }
    let keys: CommandKeys = format!(" {KEY} ,, {KEY}").parse().unwrap();
    let shown = format!("{keys:?} {:?}", Vouching::from(keys.clone()));
    assert!(!shown.contains("thirty"), "{shown}");
}
