//! The contract of `Store` and `Views`. `store` is empty at the start.

use signalbox_domain::ids::{AlertId, ChannelId, Digest, RecordId, RecordKind, WorkspaceId};
use signalbox_domain::time::{Day, Timestamp};
use signalbox_engine::ports::Memo;
use signalbox_engine::ports::{
    CardRow, DueKind, EventRow, HeadRow, Listing, MessageRef, Moved, PartRow, PortError, SealRow, Store,
};
use signalbox_engine::wire::{figures, known};

fn run(n: u64) -> RecordId {
    RecordId::derive("contract", "T1", &n.to_string())
}

fn list(workspace: &str) -> Listing {
    Listing::of(&WorkspaceId::new(workspace), RecordKind::Run)
}

fn event(run: &RecordId, seq: u64) -> EventRow {
    let bytes = format!("event {seq} of {run}").into_bytes();
    let day = (seq == 1).then_some(Day(20_000));
    EventRow { record: run.clone(), seq, hash: Digest::of([bytes.as_slice()]), bytes, day }
}

fn head(run: &RecordId, version: u64, due: Option<i64>) -> HeadRow {
    HeadRow {
        record: run.clone(),
        version,
        chain: event(run, version).hash,
        listed_under: list("T1"),
        requested_at: Timestamp(1000),
        reference: None,
        due_at: due.map(Timestamp),
        card_due_at: Some(Timestamp(50)),
        body: format!("head {version}").into_bytes(),
    }
}

/// Runs the suite.
pub async fn run_suite(store: &dyn Store) {
    appends(store).await;
    due(store).await;
    cards(store).await;
    lists(store).await;
    references(store).await;
    figures(store).await;
    known(store).await;
    repairs(store).await;
    moves(store).await;
    seals(store).await;
}

/// Of all memos, a door can read only the figures of an alert.
async fn figures(store: &dyn Store) {
    let alert = AlertId::of(&run(77));
    assert_eq!(store.figures(&alert).await.unwrap(), None);
    let memo = |shelf: &str, body: &[u8]| Memo {
        shelf: shelf.into(),
        key: alert.to_string(),
        revision: 1,
        body: body.to_vec(),
        until: None,
    };
    store.put_memo(memo("elsewhere", b"1")).await.unwrap();
    assert_eq!(store.figures(&alert).await.unwrap(), None);
    store.put_memo(memo(figures::SHELF, b"2")).await.unwrap();
    assert_eq!(store.figures(&alert).await.unwrap(), Some(b"2".to_vec()));
}

/// And what is known of systems outside; what was needed of late is for the caretaker.
async fn known(store: &dyn Store) {
    let question = Digest([7; 32]);
    assert_eq!(store.known(&question).await.unwrap(), None);
    assert!(store.needed(10).await.unwrap().is_empty());
    let memo = |shelf: &str, key: &Digest, body: &[u8]| Memo {
        shelf: shelf.into(),
        key: key.to_string(),
        revision: 1,
        body: body.to_vec(),
        until: None,
    };
    store.put_memo(memo(known::SHELF, &question, b"1")).await.unwrap();
    for n in 0..3 {
        store.put_memo(memo(known::NEEDED, &Digest([n * 100; 32]), &[n])).await.unwrap();
    }
    assert_eq!(store.known(&question).await.unwrap(), Some(b"1".to_vec()));
    assert_eq!(store.needed(10).await.unwrap(), [[0], [1], [2]]);
    assert_eq!(store.needed(2).await.unwrap().len(), 2);
}

async fn appends(store: &dyn Store) {
    let r = run(1);
    assert_eq!(store.head(&r).await.unwrap(), None);
    assert!(store.events(&r).await.unwrap().is_empty());

    // Events and head are written together, and only once.
    store.append(0, vec![event(&r, 1), event(&r, 2)], head(&r, 2, Some(10))).await.unwrap();
    assert_eq!(store.head(&r).await.unwrap(), Some(head(&r, 2, Some(10))));
    assert_eq!(store.events(&r).await.unwrap(), [event(&r, 1), event(&r, 2)]);
    let again = store.append(0, vec![event(&r, 1)], head(&r, 1, None)).await;
    assert_eq!(again, Err(PortError::Conflict));

    // A writer who saw an old version changes neither the head nor the events.
    store.append(2, vec![event(&r, 3)], head(&r, 3, None)).await.unwrap();
    let stale = store.append(2, vec![event(&r, 3), event(&r, 4)], head(&r, 4, None)).await;
    assert_eq!(stale, Err(PortError::Conflict));
    assert_eq!(store.head(&r).await.unwrap(), Some(head(&r, 3, None)));
    assert_eq!(store.events(&r).await.unwrap().len(), 3);
    let ahead = store.append(7, vec![event(&r, 8)], head(&r, 8, None)).await;
    assert_eq!(ahead, Err(PortError::Conflict));

    // Without events, only the due time is changed, under the same condition.
    store.append(3, vec![], HeadRow { body: vec![], ..head(&r, 3, Some(99)) }).await.unwrap();
    assert_eq!(store.head(&r).await.unwrap(), Some(head(&r, 3, Some(99))));
    assert_eq!(store.append(2, vec![], head(&r, 2, Some(5))).await, Err(PortError::Conflict));
    let nobody = run(2);
    assert_eq!(store.append(0, vec![], head(&nobody, 0, Some(5))).await, Err(PortError::Conflict));
}

async fn due(store: &dyn Store) {
    for (n, at) in [(11, 300), (12, 200), (13, 400)] {
        let r = run(n);
        store.append(0, vec![event(&r, 1)], head(&r, 1, Some(at))).await.unwrap();
    }
    let at = |ms| store.due(DueKind::Record, Timestamp(ms), 2);
    assert_eq!(at(98).await.unwrap(), []);
    assert_eq!(at(99).await.unwrap(), [(run(1), Timestamp(99))]);
    assert_eq!(at(300).await.unwrap(), [(run(1), Timestamp(99)), (run(12), Timestamp(200))]);
    // A record that is no longer due is not in the index any more.
    store.append(1, vec![event(&run(12), 2)], head(&run(12), 2, None)).await.unwrap();
    assert_eq!(at(300).await.unwrap(), [(run(1), Timestamp(99)), (run(11), Timestamp(300))]);
}

async fn cards(store: &dyn Store) {
    let r = run(1);
    assert_eq!(store.card(&r).await.unwrap(), None);
    let posting = CardRow {
        record: r.clone(),
        revision: 1,
        message: None,
        posting_since: Timestamp(7),
        direct: false,
        shown: 0,
        noted: 0,
    };
    store.put_card(posting.clone()).await.unwrap();
    assert_eq!(store.put_card(posting.clone()).await, Err(PortError::Conflict), "one notifier at a time");
    assert_eq!(store.card(&r).await.unwrap(), Some(posting.clone()));
    let message = Some(MessageRef { channel: ChannelId::new("C1"), ts: "1.5".into() });
    let posted = CardRow { revision: 2, message, direct: true, shown: 2, noted: 3, ..posting };
    store.put_card(posted.clone()).await.unwrap();
    assert_eq!(store.card(&r).await.unwrap(), Some(posted.clone()));
    let thread = posted.message.as_ref().unwrap().reference();
    assert_eq!(store.by_reference(&thread).await.unwrap(), std::slice::from_ref(&r), "whose card it is");
    let overdue = |now| async move { store.due(DueKind::Card, Timestamp(now), 99).await.unwrap() };
    assert!(overdue(49).await.is_empty());
    assert!(overdue(50).await.iter().any(|(run, at)| *run == r && *at == Timestamp(50)), "behind its head");
    store.put_card(CardRow { revision: 3, shown: 3, ..posted.clone() }).await.unwrap();
    assert!(!overdue(50).await.iter().any(|(run, _)| *run == r), "shows and tells the present");
    assert_eq!(store.put_card(CardRow { revision: 3, ..posted.clone() }).await, Err(PortError::Conflict));
    assert_eq!(store.put_card(CardRow { revision: 9, ..posted }).await, Err(PortError::Conflict));
}

async fn lists(store: &dyn Store) {
    let listed = list("T2");
    for n in 0..5u64 {
        let r = run(100 + n);
        let row = HeadRow {
            listed_under: listed.clone(),
            requested_at: Timestamp(i64::try_from(n).unwrap()),
            ..head(&r, 1, None)
        };
        store.append(0, vec![event(&r, 1)], row).await.unwrap();
    }
    let runs = |rows: Vec<HeadRow>| rows.into_iter().map(|h| h.record).collect::<Vec<_>>();
    let latest = store.latest(&listed, Timestamp(4), 2).await.unwrap();
    assert_eq!(runs(latest), [run(103), run(102)]);
    assert!(store.latest(&list("T3"), Timestamp(99), 9).await.unwrap().is_empty());
    // The alerts of the same workspace are listed separately.
    let alerts = Listing::of(&listed.workspace, RecordKind::Alert);
    assert!(store.latest(&alerts, Timestamp(99), 9).await.unwrap().is_empty());
    let alert = HeadRow { listed_under: alerts.clone(), ..head(&run(105), 1, None) };
    store.append(0, vec![event(&run(105), 1)], alert.clone()).await.unwrap();
    assert_eq!(
        store.latest(&alerts, Timestamp(9999), 9).await.unwrap(),
        [alert],
        "it says what it is listed under"
    );
    assert_eq!(store.latest(&listed, Timestamp(9999), 9).await.unwrap().len(), 5);
    assert_eq!(runs(store.find(run(104).short()).await.unwrap()), [run(104)]);

    // Every run is listed once, page by page.
    let mut seen = vec![];
    while let page = store.event_records(seen.last(), 2).await.unwrap()
        && !page.is_empty()
    {
        seen.extend(page);
    }
    let mut all: Vec<_> = [1, 11, 12, 13, 100, 101, 102, 103, 104, 105].map(run).to_vec();
    all.sort();
    assert_eq!(seen, all);
    assert_eq!(store.head_records(None, 99).await.unwrap(), all);
    assert_eq!(store.first_day().await.unwrap(), Some(Day(20_000)));
}

async fn references(store: &dyn Store) {
    let r = run(1);
    let named =
        |reference: Option<&str>| HeadRow { reference: reference.map(str::to_owned), ..head(&r, 4, None) };
    let of = async |reference| store.by_reference(reference).await.unwrap();
    store.append(3, vec![event(&r, 4)], named(Some("github/7"))).await.unwrap();
    assert_eq!(store.head(&r).await.unwrap(), Some(named(Some("github/7"))));
    assert_eq!((of("github/7").await, of("github/8").await), (vec![r.clone()], vec![]));
    // Only the reference of the present attempt finds the run.
    let next = HeadRow { reference: Some("github/8".into()), ..head(&r, 5, None) };
    store.append(4, vec![event(&r, 5)], next).await.unwrap();
    assert_eq!((of("github/7").await, of("github/8").await), (vec![], vec![r.clone()]));
}

async fn repairs(store: &dyn Store) {
    let (r, gone) = (run(300), run(301));
    store.append(0, vec![event(&r, 1), event(&r, 2)], head(&r, 2, Some(9))).await.unwrap();
    let anew = HeadRow { listed_under: list("T9"), body: b"anew".to_vec(), ..head(&r, 2, None) };
    for wrong in [None, Some(event(&r, 1).hash)] {
        assert_eq!(store.replace_head(wrong, anew.clone()).await, Err(PortError::Conflict));
    }
    assert_eq!(store.head(&r).await.unwrap(), Some(head(&r, 2, Some(9))), "left as it was");
    store.replace_head(Some(event(&r, 2).hash), anew.clone()).await.unwrap();
    assert_eq!(store.head(&r).await.unwrap(), Some(anew.clone()));
    assert_eq!(store.latest(&list("T9"), Timestamp(9999), 9).await.unwrap(), [anew], "listed anew");
    assert_eq!(store.events(&r).await.unwrap().len(), 2, "no event is touched");
    let first = head(&gone, 1, None);
    let nothing_there = store.replace_head(Some(event(&gone, 1).hash), first.clone()).await;
    assert_eq!(nothing_there, Err(PortError::Conflict));
    store.replace_head(None, first.clone()).await.unwrap();
    assert_eq!(store.head(&gone).await.unwrap(), Some(first));
}

async fn moves(store: &dyn Store) {
    let day = Day(20_100);
    let on = |r: &RecordId, seq: u64, day: Day| EventRow { day: Some(day), ..event(r, seq) };
    let moved = |n: u64, seq: u64| Moved { record: run(n), seq, hash: event(&run(n), seq).hash };
    let mut expect = vec![];
    for n in 200..212 {
        let r = run(n);
        store.append(0, vec![on(&r, 1, day), on(&r, 2, day)], head(&r, 2, None)).await.unwrap();
        expect.push(moved(n, 2));
    }
    // A record that changed again on the same day is noted once, with its latest event. If it changed on another day,
    // it is noted under that day too.
    store.append(2, vec![on(&run(203), 3, day)], head(&run(203), 3, None)).await.unwrap();
    store.append(2, vec![on(&run(204), 3, day.next())], head(&run(204), 3, None)).await.unwrap();
    // An append that failed is not noted.
    let stale = store.append(1, vec![on(&run(205), 2, day)], head(&run(205), 2, None)).await;
    assert_eq!(stale, Err(PortError::Conflict));
    expect[3] = moved(203, 3);
    expect.sort_by(|a, b| a.record.cmp(&b.record));
    let mut seen: Vec<Moved> = vec![];
    while let page = store.moved(day, seen.last().map(|m| &m.record), 5).await.unwrap()
        && !page.is_empty()
    {
        seen.extend(page);
    }
    assert_eq!(seen, expect);
    assert_eq!(store.moved(day.next(), None, 9).await.unwrap(), [moved(204, 3)]);
    assert!(store.moved(Day(19_000), None, 9).await.unwrap().is_empty());
    // The day is kept only with a record's first event.
    let kept = store.events(&run(204)).await.unwrap();
    assert_eq!(kept.iter().map(|e| e.day).collect::<Vec<_>>(), [Some(day), None, None]);
}

async fn seals(store: &dyn Store) {
    let part = |part: u32, text: &str| PartRow {
        day: Day(20_000),
        part,
        bytes: text.into(),
        hash: Digest::of([text.as_bytes()]),
    };
    assert_eq!(store.last_seal_part(Day(20_000)).await.unwrap(), None);
    for (n, text) in [(0, "one"), (1, "two"), (2, "three")] {
        store.add_seal_part(part(n, text)).await.unwrap();
    }
    assert_eq!(store.add_seal_part(part(1, "other")).await, Err(PortError::Conflict), "once");
    assert_eq!(store.seal_part(Day(20_000), 1).await.unwrap(), Some(part(1, "two")));
    assert_eq!(store.seal_part(Day(20_000), 3).await.unwrap(), None);
    assert_eq!(store.last_seal_part(Day(20_000)).await.unwrap(), Some(part(2, "three")));
    assert_eq!(store.last_seal_part(Day(20_001)).await.unwrap(), None);
    let seal = |day: i64, text: &str| SealRow {
        day: Day(day),
        bytes: text.into(),
        hash: Digest::of([text.as_bytes()]),
    };
    assert!(store.seals().await.unwrap().is_empty());
    store.add_seal(seal(20_001, "second")).await.unwrap();
    store.add_seal(seal(20_000, "first")).await.unwrap();
    assert_eq!(store.add_seal(seal(20_000, "other")).await, Err(PortError::Conflict), "a day is sealed once");
    assert_eq!(store.seals().await.unwrap(), [seal(20_000, "first"), seal(20_001, "second")]);
}
