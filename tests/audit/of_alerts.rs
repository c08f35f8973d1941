//! Every event of an alert and of a bulletin, as version 1 stores it.

use signalbox_domain::alert::{
    Act, AlertEvent, BulletinEvent, Class, Deployed, Finding, Others, PatternLine, Report, SourceReport,
    SourceState, Tally, Until, Why,
};
use signalbox_domain::ids::{AlertId, RecordId, RunId};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::{Event, Timestamp};
use signalbox_testkit::samples;

/// Every event of alerts and bulletins.
pub fn of_alerts(run: &RecordId) -> Vec<Event> {
    let by = samples::person("UADA");
    let place = samples::channel("COPS");
    let at = Timestamp(7);
    let tally =
        Tally { from: Timestamp(1), to: Timestamp(5), count: 3, usual: 1, first_seen: at, last_seen: at };
    let (first_line, ended) = (None, None);
    let finding = |class| Finding {
        watch: "web".parse().unwrap(),
        pattern: "ecb0b1c1a9ccd9e0".into(),
        class,
        title: "no route to <*>".into(),
        sample: "ERROR no route to 7".into(),
        seen_in: vec!["app".into()],
        tally,
        lines: 9,
        after: vec![Deployed { run: RunId::of(run), what: "release web".into(), at, first_line, ended }],
        links: vec![("Grafana".into(), "https://g.example/1".into())],
        held: false,
        matchers: vec![("alertname".into(), "Down".into())],
        silenced: None,
    };
    let classes = [Class::New, Class::Known, Class::Spiking, Class::Regressed, Class::Quiet];
    let acts = [
        Act::Acknowledge { note: "on it".into(), until: Some(at) },
        Act::Snooze(Until::Time(at)),
        Act::Snooze(Until::Lines(9)),
        Act::Snooze(Until::Deploy),
        Act::Resolve { note: "mended".into() },
        Act::Mute { until: at, reason: "known".into() },
        Act::Assign { to: by.clone() },
        Act::Reopen,
    ];
    let whys = [Why::Spiking, Why::Regressed, Why::Over, Why::Counted, Why::Deployed];
    let source =
        |state| SourceReport { name: "app".parse().unwrap(), state, read: 9, counted: 3, before: Some(1) };
    let report = Report {
        watch: "web".parse().unwrap(),
        from: Timestamp(1),
        to: Timestamp(5),
        sources: vec![
            source(SourceState::Whole),
            source(SourceState::Partly { about: Some(99) }),
            source(SourceState::Failed { why: "503".into() }),
        ],
        patterns: vec![PatternLine {
            alert: AlertId::of(run),
            class: Class::New,
            title: "no route to <*>".into(),
            count: 3,
            usual: 1,
            held: true,
        }],
        others: Others { urgent: 1, known: 2, lines: 3 },
        recent: vec![0, 3],
        families: vec![],
        first: false,
        links: vec![("Grafana".into(), "https://g.example/1".into())],
        without_level: None,
        keeps_told: false,
        silenced: vec![],
        runs: vec![],
        more_runs: 0,
        least: None,
    };
    let found =
        classes.map(|class| AlertEvent::Found { finding: Box::new(finding(class)), place: place.clone() });
    let attended = acts.map(|act| AlertEvent::Attended { by: by.clone(), act });
    let declined = AlertEvent::Declined { by: by.clone(), act: Act::Reopen, reason: ReasonCode::NotAllowed };
    let reopened = whys.map(|why| AlertEvent::Reopened { why });
    let all =
        found.into_iter().chain(attended).chain([declined]).chain(reopened).chain([AlertEvent::Reminded]);
    all.map(Event::Alert)
        .chain([Event::Bulletin(BulletinEvent::Reported { report: Box::new(report), place: place.clone() })])
        .collect()
}
