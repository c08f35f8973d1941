//! The contract of `Letters`. At the start there must be no letters.

use signalbox_domain::Timestamp;
use signalbox_domain::ids::RecordId;
use signalbox_engine::ports::{Letter, Letters};

fn letter(id: &str, at: i64, record: Option<RecordId>) -> Letter {
    let body = vec![0, 0xff, b'{'];
    Letter { id: id.into(), at: Timestamp(at), record, what: String::new(), group: "a group".into(), body }
}

/// Runs the suite.
pub async fn run(letters: &dyn Letters) {
    assert!(letters.letters().await.unwrap().is_empty());
    let old = letter("b", 1, Some(RecordId::derive("test", "T", "1")));
    let new = Letter { what: "cancel".into(), ..letter("a", 2, None) };
    assert!(letters.park(new.clone()).await.unwrap());
    assert!(letters.park(old.clone()).await.unwrap());
    assert_eq!(letters.letters().await.unwrap(), [old.clone(), new.clone()]);

    // A letter with the same id replaces the old one.
    let again = Letter { at: Timestamp(3), body: vec![], ..old };
    assert!(!letters.park(again.clone()).await.unwrap());
    assert_eq!(letters.letters().await.unwrap(), [new, again.clone()]);

    assert!(letters.discard("a").await.unwrap());
    assert!(!letters.discard("a").await.unwrap());
    assert_eq!(letters.letters().await.unwrap(), [again]);
    assert!(letters.discard("b").await.unwrap());
}
