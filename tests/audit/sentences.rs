//! What every kind of event says in the audit and in the thread of a card. The golden files contain all kinds.

use signalbox_domain::Event;
use signalbox_domain::card::note;
use signalbox_engine::wire::event::decode;
use std::collections::BTreeMap;

const SENTENCES: &str = "\
Alert(Attended told TPRACTICE/UADA acknowledged it until 1970-01-01 00:00:00Z: on it
Alert(Declined told TPRACTICE/UADA is not allowed to do this here: reopen. (not_allowed)
Alert(Escalated told Nobody acknowledged it for 30 min: escalated to CBOSS.
Alert(Found - new in web, 3 times: no route to <*>
Alert(Reminded) told Still there, and still acknowledged. resolve it, snooze it, or say how it goes.
Alert(Reopened told Open again: it was acknowledged, and now it spikes.
Alert(Sent - run kv99b6s, which it followed, was told of it
Alert(Unsilenced told The silence that held for this is over, and it is still there.
Bulletin(Reported - told of 1970-01-01 00:00:00Z to 1970-01-01 00:00:00Z: 2 patterns that matter
Run(BecameUnknown - unknown: why
Run(CancelRefused - TPRACTICE/UADA is not allowed to stop it (not_in_this_channel)
Run(CancelRequested told TPRACTICE/UADA asked to stop it.
Run(Checked - all that it requires holds (2 checked) · ships to web in prod: 1.4.1 → 1.4.2
Run(Checking - what it requires is being checked
Run(Contradicted told It may have run twice. why
Run(DispatchStarted - attempt 1 begun, lease until 1970-01-01 00:00:00Z
Run(Dispatched - attempt 1 sent: r
Run(Finished - succeeded: exit status 3
Run(Followed told 42 s after this, an error that is new in web was told: alert kv99b6s.
Run(Located - attempt 1 is r
Run(LookedAgain told TPRACTICE/UADA had it checked again: it is not there
Run(MaybeSent told It may have been received; checking: why
Run(NotSeen - not seen, 3 in a row: the token has ended
Run(NotSent told Attempt 1 was not received: why
Run(PartsMoved - steps: release service=web: waits; release service=web: running; release service=web: succeeded; release service=web: did not succeed; release service=web: unknown; release service=web: left out
Run(Progressed told step 2: Build
Run(Refused - refused (not_allowed) to TPRACTICE/UADA: release count=1 dry-run=false service=web version=1.4.2
Run(Requested - requested by TPRACTICE/UADA in CRELEASES: release count=1 dry-run=false service=web version=1.4.2
Run(RetryRefused - TPRACTICE/UADA is not allowed to run it again (not_allowed)
Run(RetryRequested told TPRACTICE/UADA had it run again.
Run(SeenAgain - seen again
Run(SettleRefused - TPRACTICE/UADA is not allowed to settle it (not_allowed)
Run(Settled told TPRACTICE/UADA settled it: it ran and succeeded. seen in the log
Run(StopAnswered - it could not be stopped: not allowed
Run(Verifying - succeeded; what has to hold then is being checked
SetAside(SetAside told TPRACTICE/UADA: a command (cancel) could not be handled. It is kept as dead letter 5d41402abc, for an operator to try again.";

/// The first event of each kind, by the name of the kind.
fn kinds() -> BTreeMap<String, Event> {
    let files = [
        include_str!("../golden/events-v1.jsonl"),
        include_str!("../golden/version-2.jsonl"),
        include_str!("../golden/version-3.jsonl"),
        include_str!("../golden/version-4.jsonl"),
        include_str!("../golden/version-5.jsonl"),
        include_str!("../golden/version-6.jsonl"),
    ];
    let mut found = BTreeMap::new();
    // Seals and their parts are no events.
    let lines = files.iter().flat_map(|file| file.lines()).filter(|line| line.contains("\"event\""));
    for line in lines {
        let event = decode(line.as_bytes()).unwrap().event;
        let name: String = format!("{event:?}").chars().take_while(|c| !matches!(c, ' ' | '{')).collect();
        found.entry(name).or_insert(event);
    }
    found
}

/// A thread is told exactly those events that have words for it. In the audit every event has words.
#[test]
fn every_event_has_its_sentence() {
    let mut all = vec![];
    for (name, event) in kinds() {
        let recorded = signalbox_voice::plain(&signalbox_voice::recorded(&event));
        assert!(!recorded.is_empty(), "{name}");
        let told = note([&event]).map(|note| signalbox_voice::note(&note));
        if event.is_told() {
            let told = told.map(|page| signalbox_voice::plain_page(&page)).unwrap_or_default();
            assert!(!told.trim_start_matches('•').trim().is_empty(), "{name} is told in no words");
        }
        all.push(format!("{name} {} {recorded}", if event.is_told() { "told" } else { "-" }));
    }
    assert_eq!(all.join("\n"), SENTENCES);
}
