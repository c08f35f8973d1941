//! The cards and notes people see, as text: blocks above the line, the fallback below.

use super::{NOON, ada, ended, noted, run, running, shown};
use crate::means::Means;
use insta::assert_snapshot;
use serde_json::{Value, json};
use signalbox_domain::alert::Class;
use signalbox_domain::answer::Answer;
use signalbox_domain::card::Drawing;
use signalbox_domain::catalogue::{JenkinsTarget, Target};
use signalbox_domain::ids::{AlertId, UserId, WorkspaceId};
use signalbox_domain::intent::Work;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::people::{Actor, Chat};
use signalbox_domain::run::{Looked, RunHead, State};
use signalbox_domain::{Event, RunEvent, SetAside};
use std::time::Duration;

fn message(head: RunHead) -> crate::blocks::Message {
    let page = signalbox_voice::page(&Drawing::Run(Box::new(head)), &run(), None);
    crate::draw::message(&page, &Means::NONE)
}

fn drawn(head: RunHead) -> String {
    shown(&message(head))
}

#[test]
fn under_way() {
    assert_snapshot!(drawn(running()), @"
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
    let head = RunHead { cancel: Some(ada()), link: None, ..running() };
    assert_snapshot!(drawn(head), @"
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
    let head = ended(Conclusion::Succeeded, "", "", 185);
    assert_snapshot!(drawn(head), @"
    :white_check_mark: *release* · *Succeeded* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Took* = 3 min 5 s
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Run again…][Copy as command]
    ---
    release service=web version=1.4.2: Succeeded after 3 min 5 s (run 12fzaxk)
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn failed() {
    let head =
        ended(Conclusion::Failed, "exit status 3", "pushing…\nerror: <!channel> denied: `web`\n```", 12);
    let head = RunHead { steps: vec![], ..head };
    assert_snapshot!(drawn(head), @"
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
    [Try again][Run again…][Copy as command]
    ---
    release service=web version=1.4.2: Failed after 12 s (run 12fzaxk)
    exit status 3
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn unknown_and_perhaps_twice() {
    let job = JenkinsTarget {
        job: "web/deploy".into(),
        branch: None,
        parameters: Default::default(),
        run_parameter: None,
    };
    let mut head = RunHead {
        state: State::Unknown { why: "the answer was lost and it cannot be found".into() },
        work: Some(Work(Target::Jenkins(job))),
        looked: Some(Looked { by: ada(), at: NOON, what: "it is not there".into() }),
        changed_at: NOON.plus(Duration::from_secs(7200)),
        steps: vec![],
        attempt: 2,
        contradicted: Some("attempt 1 was seen after attempt 2 began".into()),
        ..running()
    };
    head.intent.requester = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("ci@acme"));
    assert_snapshot!(drawn(head), @"
    :question: *release* · *Unknown*
    the answer was lost and it cannot be found
    Where to look: Jenkins, job web/deploy · <https://ci.example/job/7?a=1&amp;b=2|view it>
    Checked again <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> for <@UADA>: it is not there
    *service* = `web` | *version* = `1.4.2` | *Requested by* = `ci@acme` | *Took* = 2 h
    :rotating_light: *It may have run twice.* attempt 1 was seen after attempt 2 began
    :point_right: Look there before you run it again: it may have been carried out. Then say what became of it.
    (run `12fzaxk` · attempt 2 · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Look again][Try again anyway][It succeeded][It failed][It did not run]
    ---
    release service=web version=1.4.2: Unknown after 2 h (run 12fzaxk)
    :rotating_light: *It may have run twice.* attempt 1 was seen after attempt 2 began
    the answer was lost and it cannot be found
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

#[test]
fn a_note() {
    let why = |why: &str| why.to_owned();
    let told = [
        RunEvent::Progressed {
            attempt: 1,
            begun: 2,
            steps: vec!["Fetching".into(), "Uploading *all*".into()],
            in_job: None,
            waits: None,
            link: None,
        },
        RunEvent::NotSent { attempt: 1, why: why("connection refused") },
        RunEvent::MaybeSent { attempt: 1, why: why("no answer within 10 s") },
        RunEvent::CancelRequested { by: ada() },
        RunEvent::RetryRequested { by: ada(), attempt: 1 },
    ];
    let aside =
        SetAside { what: "cancel".into(), by: Some(ada()), letter: "5d41402abc".into(), intent: None };
    let twice = RunEvent::Contradicted { attempt: 2, what: "attempt 1 was seen".into() };
    let mut told: Vec<Event> = told.map(Event::Run).into();
    told.extend([Event::SetAside(aside), Event::Run(twice)]);
    assert_snapshot!(shown(&noted(told, Some("done\n"))), @"
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
    assert_snapshot!(shown(&noted(vec![], Some("done"))), @"
    ```
    done
    ```
    ---
    ```
    done
    ```
    ");
}

/// The exact words, because doors read them back.
#[test]
fn the_button_and_the_moment() {
    let blocks = message(running()).blocks();
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
    // A message that only one person sees has no buttons.
    let status = crate::answer(&Answer::Status(Box::new(running()), None), NOON, None);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert!(status["blocks"].as_array().unwrap().iter().all(|b| b["type"] != "actions"));
    let early = RunHead { requested_at: signalbox_domain::Timestamp(-1), ..running() };
    assert!(drawn(early).contains("asked 1969-12-31 23:59 UTC"));
    assert!(drawn(running()).contains("<!date^1795257600^"));
}

#[test]
fn settled_by_a_person() {
    let head = ended(Conclusion::Succeeded, "it ran and succeeded: seen in the log", "", 60);
    let head = RunHead { settled_by: Some(ada()), ..head };
    assert_snapshot!(drawn(head), @"
    :white_check_mark: *release* · *Succeeded* · <https://ci.example/job/7?a=1&amp;b=2|View run>
    it ran and succeeded: seen in the log
    Nobody knew what became of it; <@UADA> checked and settled it.
    *service* = `web` | *version* = `1.4.2` | *Requested by* = <@UADA> | *Took* = 1 min
    (run `12fzaxk` · asked <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC> · as usual: `count=1`)
    [Run again…][Copy as command]
    ---
    release service=web version=1.4.2: Succeeded after 1 min (run 12fzaxk)
    it ran and succeeded: seen in the log
    https://ci.example/job/7?a=1&amp;b=2
    ");
}

/// The note holds nothing of the log, and not the alert's title.
#[test]
fn a_note_of_an_alert_that_followed() {
    let alert = AlertId::derive("watch", "T1", "p");
    let told = format!(" in *web* was told: alert `{}`.", alert.short());
    for (class, after_seconds, expect) in [
        (Class::New, 42, "• :rotating_light: 42 s after this, an error that is new"),
        (Class::Regressed, 840, "• :rotating_light: 14 min after this, an error that is back"),
        (Class::Spiking, 0, "• :rotating_light: under 1 s after this, an error that spikes"),
        (Class::Known, 1, "• :rotating_light: 1 s after this, an error"),
    ] {
        let (alert, watch) = (alert.clone(), "web".parse().unwrap());
        let event = RunEvent::Followed { alert, watch, class, after_seconds };
        let said = noted(vec![Event::Run(event)], None).text();
        assert_eq!(said, format!("{expect}{told}"));
    }
}
