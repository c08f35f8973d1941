//! Tests of what becomes of messages that a newer version wrote.

use super::*;
use crate::dead::{REDRIVEN, REFUSED};
use crate::ports::Message;
use crate::wire::{command, order};

fn body(v: &str) -> Vec<u8> {
    format!(r#"{{"v":{v},"id":"x","run":7,"command":{{"foretell":{{"by":"nobody"}}}}}}"#).into_bytes()
}

#[test]
fn a_newer_version_is_told_from_what_cannot_be_read_at_all() {
    let vouched = |v: &str| {
        let signed = String::from_utf8(body(v)).unwrap();
        format!(r#"{{"v":2,"mac":"00","signed":{signed}}}"#).into_bytes()
    };
    for v in ["5", "9", "300", "18446744073709551615"] {
        assert!(command::is_newer(&body(v)) && command::is_newer(&vouched(v)), "{v}");
    }
    // Another form than today's, whatever is in it.
    assert!(command::is_newer(br#"{"v":5,"sealed":"AAEC"}"#));
    for v in ["0", "1", "2", "3", "4", "-1", "1.5", "\"9\"", "null"] {
        assert!(!command::is_newer(&body(v)) && !command::is_newer(&vouched(v)), "{v}");
    }
    for nothing in [&b"\xff"[..], b"", b"9", b"[9]", b"{}", br#"{"v":9"#] {
        assert!(!command::is_newer(nothing) && !order::is_newer(nothing));
    }
    assert!(order::is_newer(br#"{"v":2,"run":7}"#) && !order::is_newer(br#"{"v":1,"run":7}"#));
    assert!(order::decode(br#"{"v":2,"run":"00000000000000000000000000"}"#).is_err());
}

#[test]
fn its_name_is_another_each_time_and_the_same_if_it_is_done_twice() {
    let message = Message { group: "g".into(), id: "1".into(), body: body("3") };
    let once = aside(&message);
    assert_eq!(once, aside(&message));
    let twice = aside(&once);
    assert_eq!((once.group.as_str(), twice.group.as_str()), ("newer:g", "newer:g"));
    assert_ne!(once.id, twice.id);
    // Otherwise the dispatcher would check that a door sent it, or take it for something that was refused.
    assert!(twice.id.starts_with(REDRIVEN) && !twice.id.starts_with(REFUSED));
}
