//! The cards and notes people see, as text: blocks above the line, the fallback below.

use super::{NOON, ada, run, running, shown};
use crate::card;
use insta::assert_snapshot;
use serde_json::json;
use signalbox_domain::SetAside;
use signalbox_domain::alert::Class;
use signalbox_domain::card::{Card, Line, Mood, Note};
use signalbox_domain::ids::{AlertId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat};
use signalbox_domain::run::Looked;
use std::time::Duration;

fn drawn(card: &Card) -> String {
    shown(&card::card(card, Some(&run())))
}

#[test]
fn under_way() {
    assert_snapshot!(drawn(&running()), @"
    :hourglass_flowing_sand: *release* · *Running* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Running since* = <!date^1795257600^{time} ({ago})|2026-11-21 10:40 UTC> | *Step 2* = Uploading the image
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Cancel]
    ---
    release service=web version=1.4.2: Running (run 12fzaxk)
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn being_stopped() {
    let card = Card { can_cancel: false, cancelling: Some(ada()), link: None, ..running() };
    assert_snapshot!(drawn(&card), @"
    :hourglass_flowing_sand: *release* · *Running*
    <@UADA> asked to stop it; it has not stopped yet.
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Running since* = <!date^1795257600^{time} ({ago})|2026-11-21 10:40 UTC> | *Step 2* = Uploading the image
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    ---
    release service=web version=1.4.2: Running (run 12fzaxk)
    ");
}

#[test]
fn succeeded() {
    let card = Card {
        mood: Mood::Good,
        state: "Succeeded",
        took: Some(Duration::from_secs(185)),
        step: None,
        in_job: None,
        can_cancel: false,
        ..running()
    };
    assert_snapshot!(drawn(&card), @"
    :white_check_mark: *release* · *Succeeded* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Took* = 3 min 5 s
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    ---
    release service=web version=1.4.2: Succeeded after 3 min 5 s (run 12fzaxk)
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn failed() {
    let card = Card {
        mood: Mood::Bad,
        state: "Failed",
        detail: Some("exit status 3".into()),
        took: Some(Duration::from_secs(12)),
        step: None,
        in_job: None,
        excerpt: Some("pushing…\nerror: <!channel> denied: `web`\n```".into()),
        advice: Some("Read the output in the thread, fix the cause, and run it again."),
        can_retry: true,
        can_cancel: false,
        ..running()
    };
    assert_snapshot!(drawn(&card), @"
    :x: *release* · *Failed* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    exit status 3
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Took* = 12 s
    ```
    pushing…
    error: &lt;!channel&gt; denied: `web`
    `''
    ```
    :point_right: Read the output in the thread, fix the cause, and run it again.
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Run again]
    ---
    release service=web version=1.4.2: Failed after 12 s (run 12fzaxk)
    exit status 3
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn unknown_and_perhaps_twice() {
    let card = Card {
        mood: Mood::Unsure,
        state: "Unknown",
        whereabouts: Some("Jenkins, job web/deploy".into()),
        looked: Some(Looked { by: ada(), at: NOON, what: "it is not there".into() }),
        detail: Some("the answer was lost and it cannot be found".into()),
        took: Some(Duration::from_secs(7200)),
        step: None,
        in_job: None,
        advice: Some("Look at the system it ran on before you run it again: it may have been carried out."),
        attempt: 2,
        can_retry: true,
        unsure: true,
        warning: Some("attempt 1 was seen after attempt 2 began".into()),
        requester: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("ci@acme")),
        can_cancel: false,
        ..running()
    };
    assert_snapshot!(drawn(&card), @"
    :question: *release* · *Unknown*
    the answer was lost and it cannot be found
    Where to look: Jenkins, job web/deploy · <https://ci.example/job/7?a=1&amp;b=2|view it>
    Checked again <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> for <@UADA>: it is not there
    *service* = `web` | *version* = `1.4.2` | *Requested by* = `ci@acme` | *Took* = 2 h
    :rotating_light: *It may have run twice.* attempt 1 was seen after attempt 2 began
    :point_right: Look at the system it ran on before you run it again: it may have been carried out.
    (run `12fzaxk` · attempt 2 · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Look again][Run it again anyway][It succeeded][It failed][It did not run]
    ---
    release service=web version=1.4.2: Unknown after 2 h (run 12fzaxk)
    :rotating_light: *It may have run twice.* attempt 1 was seen after attempt 2 began
    the answer was lost and it cannot be found
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn a_note() {
    let note = Note {
        lines: vec![
            Line::Step(1, "Fetching".into()),
            Line::Step(2, "Uploading *all*".into()),
            Line::NotSent(1, "connection refused".into()),
            Line::Searching("no answer within 10 s".into()),
            Line::Cancel(ada()),
            Line::Retry(ada()),
            Line::SetAside(Box::new(SetAside {
                what: "cancel".into(),
                by: Some(ada()),
                letter: "5d41402abc".into(),
                intent: None,
            })),
            Line::Warning("attempt 1 was seen".into()),
        ],
        output: Some("done\n".into()),
    };
    assert_snapshot!(shown(&card::note(&note)), @"
    • *Step 1* Fetching
    • *Step 2* Uploading ∗all∗
    • Attempt 1 was not received: connection refused
    • It may have been received; checking: no answer within 10 s
    • <@UADA> asked to stop it.
    • <@UADA> had it run again.
    • <@UADA>: a command (cancel) could not be handled. It is kept as dead letter 5d41402abc, for an operator to try again.
    :rotating_light: *It may have run twice.* attempt 1 was seen
    ```
    done
    ```
    ---
    • *Step 1* Fetching
    • *Step 2* Uploading ∗all∗
    • Attempt 1 was not received: connection refused
    • It may have been received; checking: no answer within 10 s
    • <@UADA> asked to stop it.
    • <@UADA> had it run again.
    • <@UADA>: a command (cancel) could not be handled. It is kept as dead letter 5d41402abc, for an operator to try again.
    :rotating_light: *It may have run twice.* attempt 1 was seen
    ```
    done
    ```
    ");
    let output = Note { lines: vec![], output: Some("done".into()) };
    assert_snapshot!(shown(&card::note(&output)), @"
    ```
    done
    ```
    ---
    ```
    done
    ```
    ");
}

/// Word for word, for Slack and for the doors that read it back.
#[test]
fn the_button_and_the_moment() {
    let blocks = card::card(&running(), Some(&run())).blocks();
    let blocks = blocks.as_array().unwrap();
    let expect = json!({
        "type": "actions",
        "elements": [{
            "type": "button",
            "text": {"type": "plain_text", "text": "Cancel", "emoji": false},
            "action_id": "cancel",
            "value": "12fzaxkgttqdy93s4nvcj65zf9",
            "style": "danger",
            "confirm": {
                "title": {"type": "plain_text", "text": "Stop this run?", "emoji": false},
                "text": {
                    "type": "mrkdwn",
                    "text": "`release service=web version=1.4.2` will be stopped. What it has done so far stays done.",
                    "verbatim": true,
                },
                "confirm": {"type": "plain_text", "text": "Stop it", "emoji": false},
                "deny": {"type": "plain_text", "text": "Let it run", "emoji": false},
                "style": "danger",
            },
        }],
    });
    assert_eq!(*blocks.last().unwrap(), expect);
    assert!(card::card(&running(), None).blocks().as_array().unwrap().iter().all(|b| b["type"] != "actions"));
    let early = Card { requested_at: signalbox_domain::Timestamp(-1), ..running() };
    assert!(drawn(&early).contains("asked 1969-12-31 23:59 UTC"));
    assert!(drawn(&Card { requested_at: NOON, ..running() }).contains("<!date^1795257600^"));
}

#[test]
fn settled_by_a_person() {
    let card = Card {
        mood: Mood::Good,
        state: "Succeeded",
        detail: Some("it ran and succeeded: seen in the log".into()),
        settled_by: Some(ada()),
        step: None,
        in_job: None,
        can_cancel: false,
        ..running()
    };
    assert_snapshot!(drawn(&card), @"
    :white_check_mark: *release* · *Succeeded* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    it ran and succeeded: seen in the log
    Nobody knew what became of it; <@UADA> checked and settled it.
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Running since* = <!date^1795257600^{time} ({ago})|2026-11-21 10:40 UTC>
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    ---
    release service=web version=1.4.2: Succeeded (run 12fzaxk)
    it ran and succeeded: seen in the log
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

/// Nothing of what the log says, and not what the alert is called.
#[test]
fn a_note_of_an_alert_that_followed() {
    let alert = AlertId::derive("watch", "T1", "p").short();
    let said = |class, seconds| {
        let after = Duration::from_secs(seconds);
        let line = Line::Followed { alert, watch: "web".parse().unwrap(), class, after };
        shown(&card::note(&Note { lines: vec![line], output: None }))
    };
    let told = format!(" in *web* was told: alert `{alert}`.");
    for (class, seconds, expect) in [
        (Class::New, 42, "• :rotating_light: 42 s after this, an error that is new"),
        (Class::Regressed, 840, "• :rotating_light: 14 min after this, an error that is back"),
        (Class::Spiking, 0, "• :rotating_light: under 1 s after this, an error that spikes"),
        (Class::Known, 1, "• :rotating_light: 1 s after this, an error"),
    ] {
        assert!(said(class, seconds).contains(&format!("{expect}{told}")), "{}", said(class, seconds));
    }
}
