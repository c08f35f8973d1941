//! The cards of alerts and bulletins, and the notes in an alert's thread, as text.

use super::{NOON, ada, alert_id, drawn, noted, run, shown};
use crate::answer;
use insta::assert_snapshot;
use signalbox_domain::alert::{
    Act, AlertCard, AlertEvent, Attention, Class, Deployed, Escalated, EscalationCard, Finding, Tally, Until,
    Why,
};
use signalbox_domain::answer::{Answer, OpenAlerts};
use signalbox_domain::card::{Drawing, Mood};
use signalbox_domain::ids::{ChannelId, UserId};
use signalbox_domain::time::Timestamp;
use signalbox_domain::watch::{Escalate, Mention};
use signalbox_domain::{Event, MessageRef, ReasonCode};
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

fn card() -> AlertCard {
    let tally = Tally {
        from: NOON,
        to: NOON.plus(HOUR / 4),
        count: 1_240,
        usual: 3,
        first_seen: NOON.plus(HOUR / 60),
        last_seen: NOON.plus(HOUR / 5),
    };
    let deployed = Deployed {
        run: run(),
        what: "release web 1.4.2".into(),
        at: Timestamp(NOON.0 - 840_000),
        first_line: None,
        ended: None,
    };
    AlertCard {
        alert: alert_id().short(),
        watch: "web".parse().unwrap(),
        title: "no route to <*> for <!channel>".into(),
        sample: "ERROR no route to 7 for <!channel> ```".into(),
        seen_in: vec!["app".into(), "edge".into()],
        class: Class::Spiking,
        mood: Mood::Bad,
        attention: Attention::Open,
        attended_at: NOON,
        assignee: None,
        silenced: None,
        escalated: None,
        tally,
        lines: 1_000,
        recent: vec![0, 3, 3, 1_240],
        family: None,
        after: vec![deployed],
        links: vec![
            ("Grafana".into(), "https://g.example/?a=1&b=<2>".into()),
            ("evil".into(), "javascript:x".into()),
        ],
        from_elsewhere: false,
    }
}

#[test]
fn an_alert_that_is_open() {
    assert_snapshot!(show(&card()), @"
    :chart_with_upwards_trend: *Spiking* in *web*
    no route to &lt;∗&gt; for &lt;!channel&gt;
    ```
    ERROR no route to 7 for &lt;!channel&gt; `''
    ```
    *Lines* = 1,240 in 15 min · usually 3 | *First seen* = <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> | *Last seen* = <!date^1795258320^{date_short_pretty} at {time}|2026-11-21 10:52 UTC> | *Seen in* = app, edge
    :package: 15 min after `release web 1.4.2` · run `12fzaxk`
    (alert `12fzaxk` · ·▁▁█ lines per window · <https://g.example/?a=1&amp;b=%3C2%3E|Grafana> · in the thread: `ack`, `snooze 2h`, `resolve`, `mute 7d why`, `assign me`)
    [Acknowledge][Snooze 1 h][Resolve][Assign to me][⋯ Acknowledge with a note… | Snooze… | Resolve with a note… | Mute… | Assign…]
    ---
    Spiking in web: no route to &lt;∗&gt; for &lt;!channel&gt; (1,240 in 15 min · usually 3)
    ");
}

#[test]
fn an_alert_that_somebody_looks_after() {
    let attention = Attention::Acknowledged {
        by: ada(),
        note: "*rolling* back".into(),
        until: Some(NOON.plus(2 * HOUR)),
    };
    let card = AlertCard { attention, mood: Mood::Busy, assignee: Some(ada()), after: vec![], ..card() };
    assert_snapshot!(show(&card), @"
    :eyes: *Spiking* in *web*
    no route to &lt;∗&gt; for &lt;!channel&gt;
    :eyes: Acknowledged by <@UADA>: ∗rolling∗ back · until <!date^1795264800^{date_short_pretty} at {time}|2026-11-21 12:40 UTC>
    ```
    ERROR no route to 7 for &lt;!channel&gt; `''
    ```
    *Lines* = 1,240 in 15 min · usually 3 | *First seen* = <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> | *Last seen* = <!date^1795258320^{date_short_pretty} at {time}|2026-11-21 10:52 UTC> | *Seen in* = app, edge | *Assignee* = <@UADA>
    (alert `12fzaxk` · ·▁▁█ lines per window · <https://g.example/?a=1&amp;b=%3C2%3E|Grafana> · in the thread: `ack`, `snooze 2h`, `resolve`, `mute 7d why`, `assign me`)
    [Resolve][Snooze 1 h][Assign to me][Undo][⋯ Acknowledge with a note… | Snooze… | Resolve with a note… | Mute… | Assign…]
    ---
    Spiking in web: no route to &lt;∗&gt; for &lt;!channel&gt; (1,240 in 15 min · usually 3)
    :eyes: Acknowledged by <@UADA>: ∗rolling∗ back · until <!date^1795264800^{date_short_pretty} at {time}|2026-11-21 12:40 UTC>
    ");
}

#[test]
fn an_alert_from_elsewhere_that_is_over() {
    let tally = Tally { count: 0, ..card().tally };
    let card = AlertCard {
        class: Class::Quiet,
        mood: Mood::Good,
        from_elsewhere: true,
        recent: vec![],
        family: None,
        tally,
        after: vec![],
        links: vec![],
        ..card()
    };
    assert_snapshot!(show(&card), @"
    :white_check_mark: *No longer firing* in *web*
    no route to &lt;∗&gt; for &lt;!channel&gt;
    ```
    ERROR no route to 7 for &lt;!channel&gt; `''
    ```
    *Since* = <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> | *Over since* = <!date^1795258500^{date_short_pretty} at {time}|2026-11-21 10:55 UTC> | *Seen in* = app, edge
    (alert `12fzaxk` · in the thread: `ack`, `snooze 2h`, `resolve`, `mute 7d why`, `assign me`)
    [Acknowledge][Snooze 1 h][Resolve][Assign to me][⋯ Acknowledge with a note… | Snooze… | Resolve with a note… | Mute… | Assign…]
    ---
    No longer firing in web: no route to &lt;∗&gt; for &lt;!channel&gt;
    ");
}

fn show(card: &AlertCard) -> String {
    shown(&drawn(&Drawing::Alert(Box::new(card.clone())), &alert_id(), false))
}

fn escalate() -> Escalate {
    let mention = vec![Mention::Person(UserId::new("UADA")), Mention::Group("S0614TZR7".into())];
    Escalate { after_seconds: 1800, channel: Some(ChannelId::new("CBOSS")), mention }
}

#[test]
fn an_alert_that_was_escalated() {
    let escalated = Some(Escalated { at: NOON, to: escalate() });
    let card = AlertCard { escalated, ..card() };
    let text = show(&card);
    let at = "<!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>";
    let said = format!(":mega: Escalated to <#CBOSS>, <@UADA>, <!subteam^S0614TZR7> at {at}");
    assert!(text.contains(&said), "{text}");
    let message = |card: AlertCard, at: Option<&str>| {
        let at = at.map(|ts| MessageRef { channel: ChannelId::new("COPS"), ts: ts.to_owned() });
        let card = EscalationCard { card, to: escalate(), at };
        shown(&drawn(&Drawing::Escalation(Box::new(card)), &alert_id(), false))
    };
    assert_snapshot!(message(card.clone(), Some("1795257660.000001")), @"
    :rotating_light: <@UADA> <!subteam^S0614TZR7> Nobody acknowledged this for 30 min:
    *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt;
    (alert `12fzaxk` · to act on it: <https://acme.slack.com/archives/COPS/p1795257660000001|card>)
    ---
    :rotating_light: <@UADA> <!subteam^S0614TZR7> Nobody acknowledged this for 30 min:
    *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt;
    ");
    let attention = Attention::Acknowledged { by: ada(), note: String::new(), until: None };
    let text = message(AlertCard { attention, ..card }, None);
    assert!(text.contains("Acknowledged by <@UADA>") && !text.contains("archives"), "{text}");
}

fn open(cards: Vec<AlertCard>, more: usize, held: usize, whole: bool) -> OpenAlerts {
    let at = |n| MessageRef { channel: ChannelId::new("COPS"), ts: format!("1795257660.00000{n}") };
    let cards = cards.into_iter().enumerate().map(|(n, card)| (card, (n == 0).then(|| at(n)))).collect();
    OpenAlerts { cards, more, held, whole, here: true, some: false, silences: vec![] }
}

#[test]
fn a_list_of_what_is_open() {
    let held = Attention::Muted { by: ada(), until: NOON, reason: "known *bug*".into() };
    let cards = vec![card(), AlertCard { attention: held, mood: Mood::Stopped, ..card() }];
    assert_snapshot!(shown(&answer::message(&Answer::Alerts(open(cards, 3, 2, false)), NOON, Some("acme"))), @"
    *What is open in the watches whose alerts you may attend to*
    • :chart_with_upwards_trend: *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt; · first seen <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> · alert <https://acme.slack.com/archives/COPS/p1795257660000000|12fzaxk>
    • :mute: *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt; · first seen <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> · alert `12fzaxk` · :mute: Muted by <@UADA> until <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>: known ∗bug∗
    (… and 3 more · 2 without a card of their own: the bulletins name them · only the latest alerts were looked at; an older one may be open as well)
    ---
    *What is open in the watches whose alerts you may attend to*
    • :chart_with_upwards_trend: *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt; · first seen <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> · alert <https://acme.slack.com/archives/COPS/p1795257660000000|12fzaxk>
    • :mute: *Spiking* in *web* · no route to &lt;∗&gt; for &lt;!channel&gt; · first seen <!date^1795257660^{date_short_pretty} at {time}|2026-11-21 10:41 UTC> · alert `12fzaxk` · :mute: Muted by <@UADA> until <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>: known ∗bug∗
    ");
    let some = OpenAlerts { some: true, ..open(vec![], 0, 0, true) };
    let none = shown(&answer::message(&Answer::Alerts(some), NOON, None));
    assert!(none.contains("No such alert"), "{none}");
    let none = shown(&answer::message(&Answer::Alerts(open(vec![], 0, 0, true)), NOON, Some("acme")));
    assert!(none.contains("Nothing is open"), "{none}");
    for open in [open(vec![], 0, 1, true), open(vec![], 0, 0, false)] {
        let unsure = shown(&answer::message(&Answer::Alerts(open), NOON, Some("acme")));
        assert!(!unsure.contains("Nothing is open"), "silence is no health: {unsure}");
    }
}

#[test]
fn every_state_of_attention_has_its_words() {
    let muted = Attention::Muted { by: ada(), until: NOON, reason: "known".into() };
    let resolved = Attention::Resolved { by: ada(), note: "mended".into() };
    let snoozed = |until| Attention::Snoozed { by: ada(), until };
    for (attention, expect) in [
        (muted, "Muted by <@UADA> until"),
        (resolved, "Resolved by <@UADA>: mended"),
        (snoozed(Until::Lines(1_500)), "Snoozed by <@UADA> for 500 more lines"),
        (snoozed(Until::Deploy), "Snoozed by <@UADA> until the next deploy"),
        (snoozed(Until::Time(NOON)), "Snoozed by <@UADA> until <!date"),
    ] {
        let card = AlertCard { attention, ..card() };
        let text = show(&card);
        assert!(text.contains(expect) && text.contains("[Undo]"), "{text}");
    }
}

#[test]
fn what_the_thread_is_told() {
    let found = |class, from_elsewhere| {
        let AlertCard { watch, title, sample, tally, .. } = card();
        let pattern = if from_elsewhere { "alert/x" } else { "x" };
        let finding = Finding {
            watch,
            pattern: pattern.to_owned(),
            class,
            title,
            sample,
            seen_in: vec![],
            tally,
            lines: 0,
            after: vec![],
            links: vec![],
            held: false,
            matchers: vec![],
            silenced: None,
        };
        let place = super::releases();
        AlertEvent::Found { finding: Box::new(finding), place }
    };
    let attended = |act| AlertEvent::Attended { by: ada(), act };
    let told = vec![
        found(Class::Spiking, false),
        found(Class::Regressed, false),
        found(Class::Quiet, false),
        found(Class::Regressed, true),
        found(Class::Quiet, true),
        attended(Act::Acknowledge { note: "on <it>".into(), until: None }),
        attended(Act::Snooze(Until::Deploy)),
        attended(Act::Mute { until: NOON, reason: "known".into() }),
        attended(Act::Assign { to: ada() }),
        attended(Act::Resolve { note: String::new() }),
        AlertEvent::Declined { by: ada(), act: Act::Reopen, reason: ReasonCode::NotAllowed },
        AlertEvent::Reopened { why: Why::Spiking },
        AlertEvent::Reminded,
        AlertEvent::Escalated { to: escalate() },
    ];
    let told = noted(told.into_iter().map(Event::Alert).collect(), None);
    assert_snapshot!(told.text(), @"
    • :chart_with_upwards_trend: It spikes: 1,240 in 15 min · usually 3.
    • :rotating_light: It is back: 1,240 in 15 min · usually 3.
    • :white_check_mark: Not seen since <!date^1795258320^{date_short_pretty} at {time}|2026-11-21 10:52 UTC>: it is taken to be over. When it comes back, that is told.
    • :rotating_light: It fires again.
    • :white_check_mark: No longer firing.
    • <@UADA> acknowledged it: on &lt;it&gt;
    • <@UADA> snoozed it until the next deploy
    • <@UADA> muted it until <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>: known
    • <@UADA> assigned it to <@UADA>
    • <@UADA> resolved it
    • <@UADA> is not allowed to do this here: reopen.
    • :bell: Open again: it was acknowledged, and now it spikes.
    • :bell: Still there, and still acknowledged. `resolve` it, `snooze` it, or say how it goes.
    • :mega: Nobody acknowledged it for 30 min: escalated to <#CBOSS>.
    ");
}
