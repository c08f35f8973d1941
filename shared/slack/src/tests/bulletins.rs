//! The bulletins of a watch, as text.

use super::{NOON, alert_id, run, shown};
use crate::blocks::Message;
use crate::draw;
use crate::means::Means;
use insta::assert_snapshot;
use signalbox_domain::MessageRef;
use signalbox_domain::alert::{
    BulletinCard, Class, Deployed, Ended, EndedRun, News, Others, PatternLine, Report, SourceReport,
    SourceState, Told,
};
use signalbox_domain::card::Drawing;
use signalbox_domain::ids::ChannelId;
use std::time::Duration;

const HOUR: Duration = Duration::from_secs(3600);

pub(super) fn report() -> Report {
    let source = |name: &str, state, before| SourceReport {
        name: name.parse().unwrap(),
        state,
        read: 812_000,
        counted: 120,
        before,
    };
    let pattern = |class, count, held| PatternLine {
        alert: alert_id(),
        class,
        title: "no route to <*>".into(),
        count,
        usual: 3,
        held,
    };
    Report {
        watch: "web".parse().unwrap(),
        from: NOON,
        to: NOON.plus(HOUR / 4),
        sources: vec![
            source("app", SourceState::Whole, Some(100)),
            source("edge", SourceState::Partly { about: Some(1_100_000) }, None),
            source("pay", SourceState::Failed { why: "503 <!here>".into() }, None),
        ],
        patterns: vec![pattern(Class::New, 40, false), pattern(Class::Spiking, 1_240, true)],
        others: Others { urgent: 2, known: 30, lines: 4_000 },
        recent: vec![10, 12, 1_400],
        families: vec![],
        first: false,
        links: vec![("Grafana".into(), "https://g.example/1".into())],
        without_level: None,
        keeps_told: false,
        silenced: vec![],
        runs: vec![],
        more_runs: 0,
        least: None,
    }
}

#[test]
fn a_bulletin() {
    let card = bulletin_of(1, report());
    assert_snapshot!(shown(&drawn(&card, None)), @"
    :bar_chart: *web* · <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>–<!date^1795258500^{time}|2026-11-21 10:55 UTC>
    *1 new · 1 spiking · 2 more new, back or spiking · 2 of 3 sources not read whole*
    • `app` 120 errors in 812,000 lines ▲ 20 %
    • :warning: `edge` 120 errors in the first 812,000 lines of about 1,100,000; the rest was not read
    • :x: `pay` source failed: 503 &lt;!here&gt; (812,000 lines read before)
    • *new* 40×, usually 3 · alert `12fzaxk` · no route to &lt;∗&gt;
    • *spiking* 1,240×, usually 3 · alert `12fzaxk` · no card of its own · no route to &lt;∗&gt;
    … and 32 more patterns, of which 30 are as usual: 4,000 lines
    (bulletin `12fzaxk` · ▁▁█ lines per window · <https://g.example/1|Grafana>)
    ---
    web: 1 new · 1 spiking · 2 more new, back or spiking · 2 of 3 sources not read whole
    ");
}

#[test]
fn a_bulletin_with_a_picture() {
    let card = bulletin_of(1, report());
    let message = drawn(&card, Some("https://signalbox.example/"));
    let blocks = message.blocks();
    let picture = blocks.as_array().unwrap().iter().find(|b| b["type"] == "image").unwrap();
    assert_eq!(picture["image_url"], "https://signalbox.example/charts/news-10-12-1400.png");
    assert_eq!(picture["title"]["text"], "Lines in each window of 15 min, 3 windows; the most is 1,400");
    assert_eq!(picture["alt_text"], "Lines in each window of 15 min, the oldest first: 10; 12; 1,400");
    assert_eq!(message.without_pictures(), Some(drawn(&card, None)));
    assert_eq!(drawn(&card, None).without_pictures(), None);
    let lone = BulletinCard { report: Report { recent: vec![7], ..report() }, ..card };
    assert_eq!(drawn(&lone, Some("https://x")), drawn(&lone, None), "one bar compares to nothing");
}

pub(super) fn bulletin_of(windows: u64, report: Report) -> BulletinCard {
    let bulletin = run().short();
    BulletinCard {
        bulletin,
        from: NOON,
        windows,
        report,
        told: vec![],
        told_more: 0,
        over_since: None,
        runs: vec![],
        more_runs: 0,
    }
}

fn drawn(card: &BulletinCard, public: Option<&str>) -> Message {
    draw_for(card, &Means { public, domain: Some("acme") })
}

fn draw_for(card: &BulletinCard, means: &Means<'_>) -> Message {
    draw::message(&signalbox_voice::page(&Drawing::Bulletin(Box::new(card.clone())), &run(), None), means)
}

#[test]
fn a_bulletin_names_the_runs_that_ended() {
    let ended = |what: &str, ended, ts: Option<&str>| EndedRun {
        run: Deployed { run: run(), what: what.into(), at: NOON, first_line: None, ended },
        card: ts.map(|ts| MessageRef { channel: ChannelId::new("CRELEASES"), ts: ts.to_owned() }),
    };
    let runs = vec![
        ended("release web 1.4.2", None, Some("1795257660.000001")),
        ended("release <!here>", Some(Ended::Failed), None),
    ];
    let report = Report { sources: vec![], patterns: vec![], others: Others::default(), ..report() };
    let card = BulletinCard { runs, more_runs: 3, ..bulletin_of(1, report) };
    assert_snapshot!(shown(&drawn(&card, None)), @"
    :bar_chart: *web* · <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>–<!date^1795258500^{time}|2026-11-21 10:55 UTC>
    *Nothing new, nothing spiking*
    *Runs that ended in this window*
    • :package: `release web 1.4.2` succeeded at <!date^1795257600^{time}|2026-11-21 10:40 UTC> · run `12fzaxk` · <https://acme.slack.com/archives/CRELEASES/p1795257660000001|card>
    • :package: `release &lt;!here&gt;` failed at <!date^1795257600^{time}|2026-11-21 10:40 UTC> · run `12fzaxk`
    … and 3 more: `/signalbox history`
    (bulletin `12fzaxk` · ▁▁█ lines per window · <https://g.example/1|Grafana>)
    ---
    web: Nothing new, nothing spiking
    ");
    let elsewhere = Means::NONE;
    assert!(!shown(&draw_for(&card, &elsewhere)).contains("archives"), "nobody knows the address");
}

/// What an earlier window told: patterns, and sources that were not read.
fn told() -> Vec<Told> {
    let report = report();
    let unread = report.sources.into_iter().filter(|source| source.state != SourceState::Whole);
    let news = report.patterns.into_iter().map(News::Pattern).chain(unread.map(News::Source));
    news.map(|news| Told { to: NOON.plus(HOUR / 4), news }).collect()
}

#[test]
fn a_bulletin_that_grew_until_it_was_over() {
    let mut calm = Report { patterns: vec![], others: Others::default(), ..report() };
    calm.sources.iter_mut().for_each(|source| source.state = SourceState::Whole);
    let over_since = Some(NOON.plus(HOUR));
    let card = BulletinCard { told: told(), told_more: 2, over_since, ..bulletin_of(5, calm) };
    assert_snapshot!(shown(&drawn(&card, None)), @"
    :bar_chart: *web* · 5 windows since <!date^1795257600^{date_short_pretty} at {time}|2026-11-21 10:40 UTC>, the latest until <!date^1795258500^{date_short_pretty} at {time}|2026-11-21 10:55 UTC>
    *Over* since <!date^1795261200^{time}|2026-11-21 11:40 UTC>: *1 new · 1 spiking · 2 more new, back or spiking · 2 of 3 sources not read whole*
    • `app` 120 errors in 812,000 lines ▲ 20 %
    • `edge` 120 errors in 812,000 lines
    • `pay` 120 errors in 812,000 lines
    *What was told*
    • *new* 40×, usually 3 · alert `12fzaxk` · no route to &lt;∗&gt; · window to <!date^1795258500^{time}|2026-11-21 10:55 UTC>
    • *spiking* 1,240×, usually 3 · alert `12fzaxk` · no card of its own · no route to &lt;∗&gt; · window to <!date^1795258500^{time}|2026-11-21 10:55 UTC>
    • :warning: `edge` 120 errors in the first 812,000 lines of about 1,100,000; the rest was not read · window to <!date^1795258500^{time}|2026-11-21 10:55 UTC>
    • :x: `pay` source failed: 503 &lt;!here&gt; (812,000 lines read before) · window to <!date^1795258500^{time}|2026-11-21 10:55 UTC>
    … and 2 more
    (bulletin `12fzaxk` · ▁▁█ lines per window · <https://g.example/1|Grafana>)
    ---
    web: over: 1 new · 1 spiking · 2 more new, back or spiking · 2 of 3 sources not read whole
    ");
}

#[test]
fn what_counts_is_named_by_what_the_watch_counts() {
    use signalbox_domain::watch::Severity;
    let source = |read, counted| SourceReport {
        name: "app".parse().unwrap(),
        state: SourceState::Whole,
        read,
        counted,
        before: None,
    };
    for (least, read, counted, says) in [
        (None, 1, 0, "• `app` 0 errors in 1 line"),
        (None, 2, 1, "• `app` 1 error in 2 lines"),
        (Some(Severity::Warning), 2, 1, "• `app` 1 warning or error in 2 lines"),
        (Some(Severity::Warning), 20, 3, "• `app` 3 warnings and errors in 20 lines"),
        (Some(Severity::Fatal), 1_000, 1, "• `app` 1 fatal error in 1,000 lines"),
        (Some(Severity::Any), 7, 7, "• `app` 7 that count in 7 lines"),
    ] {
        let report = Report { sources: vec![source(read, counted)], least, ..report() };
        let text = shown(&drawn(&bulletin_of(1, report), None));
        assert!(text.lines().any(|line| line == says), "{says}: {text}");
    }
}
