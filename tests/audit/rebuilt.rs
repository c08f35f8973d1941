//! Heads that are missing, unreadable or wrong are folded again from their events. Nothing else is changed.

use super::{Verified, audited, check, copies, now};
use signalbox_domain::ids::RecordId;
use signalbox_domain::run::State;
use signalbox_domain::{CommandId, Timestamp};
use signalbox_engine::audit::{Rebuilt, Wrong, rebuild};
use signalbox_engine::wire;
use signalbox_testkit::{MemoryStore, Tables};

const NOW: Timestamp = Timestamp(1_795_300_000_000);

/// What is reported about a head that was damaged in this way; the first time without writing.
fn rebuilt(damage: impl FnOnce(&mut Tables, &RecordId)) -> (MemoryStore, RecordId, Rebuilt) {
    let (store, runs, _) = audited();
    let record = runs[0].clone();
    let before = store.tables.lock().unwrap().events.clone();
    damage(&mut store.tables.lock().unwrap(), &record);
    let damaged = store.tables.lock().unwrap().heads.clone();
    let said = now(rebuild(&store, &record, NOW, false)).unwrap();
    assert_eq!(store.tables.lock().unwrap().heads, damaged, "nothing was to be written");
    assert_eq!(now(rebuild(&store, &record, NOW, true)).unwrap(), said);
    for other in &runs[1..] {
        assert_eq!(now(rebuild(&store, other, NOW, true)).unwrap(), Rebuilt::Sound);
    }
    if said == Rebuilt::Sound || matches!(said, Rebuilt::Anew(_)) {
        assert_eq!(store.tables.lock().unwrap().events, before, "events are never changed");
    }
    (store, record, said)
}

#[test]
fn a_head_that_is_wrong_is_made_anew_and_the_audit_is_whole_again() {
    let (sound, _, _) = audited();
    let kept = copies(&sound);
    let as_it_was = sound.tables.lock().unwrap().heads.clone();
    let whole = Verified { runs: 4, events: 12, seals: 1, unsealed: 3, copies: 1, newer: vec![] };
    type Damage = fn(&mut Tables, &RecordId);
    let cases: [(Damage, Wrong); 6] = [
        (|t, r| drop(t.heads.remove(r)), Wrong::Gone),
        (|t, r| t.heads.get_mut(r).unwrap().body = b"{".to_vec(), Wrong::Unreadable),
        (|t, r| t.heads.get_mut(r).unwrap().body = br#"{"v":9,"head":{}}"#.to_vec(), Wrong::Unreadable),
        (
            |t, r| {
                let row = t.heads.get_mut(r).unwrap();
                let mut head = wire::head::decode(&row.body).unwrap();
                head.state = State::Unknown { why: "forged".into() };
                row.body = wire::head::encode(&head.into()).unwrap();
            },
            Wrong::Differs,
        ),
        (|t, r| t.heads.get_mut(r).unwrap().reference = Some("github/7".into()), Wrong::Differs),
        (
            |t, r| {
                // The head is one event behind, as if somebody had put an older copy back.
                let row = t.heads.get_mut(r).unwrap();
                row.version -= 1;
                row.chain = t.events[r][t.events[r].len() - 2].hash;
            },
            Wrong::Differs,
        ),
    ];
    for (damage, wrong) in cases {
        let (store, record, said) = rebuilt(damage);
        assert_eq!(said, Rebuilt::Anew(wrong));
        let heads = store.tables.lock().unwrap().heads.clone();
        // The record is looked at and its card is shown at once, because nobody knows when that was due.
        assert_eq!((heads[&record].due_at, heads[&record].card_due_at), (Some(NOW), Some(NOW)));
        let of = |heads: &std::collections::BTreeMap<_, signalbox_engine::ports::HeadRow>| {
            let row = heads[&record].clone();
            (row.version, row.chain, row.listed_under, row.requested_at, row.reference, row.body)
        };
        assert_eq!(of(&heads), of(&as_it_was));
        assert_eq!(check(&store, &kept), Ok(whole.clone()));
        assert_eq!(now(rebuild(&store, &record, NOW, true)).unwrap(), Rebuilt::Sound);
    }
}

#[test]
fn nothing_is_made_of_events_that_are_broken_or_of_a_later_version() {
    let said = |damage: fn(&mut Tables, &RecordId)| match rebuilt(damage).2 {
        Rebuilt::Left(why) => why,
        other => panic!("{other:?}"),
    };
    let cut = said(|t, r| drop(t.events.get_mut(r).unwrap().pop()));
    assert!(cut.contains("were cut off after 2"), "{cut}");
    let changed = said(|t, r| t.events.get_mut(r).unwrap()[1].bytes.push(b' '));
    assert!(changed.contains("event 2") && changed.contains("was changed"), "{changed}");
    let none = said(|t, r| {
        t.events.remove(r);
        t.heads.remove(r);
    });
    assert!(none.contains("it has no events"), "{none}");
    let later = said(|t, r| {
        let last = t.events[r].last().unwrap().clone();
        let of_it = wire::event::Record {
            seq: last.seq + 1,
            previous: last.hash,
            cause: CommandId::new("later"),
            ..wire::event::decode(&last.bytes).unwrap()
        };
        let text = String::from_utf8(wire::event::encode(&of_it).unwrap()).unwrap();
        let bytes = text.replacen("\"v\":1", "\"v\":99", 1).into_bytes();
        let hash = wire::hash(&bytes);
        t.events.get_mut(r).unwrap().push(signalbox_engine::ports::EventRow {
            seq: last.seq + 1,
            bytes,
            hash,
            ..last
        });
    });
    assert!(later.contains("version 99"), "{later}");
}
