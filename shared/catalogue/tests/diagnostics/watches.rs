//! Watches: every key, and every mistake in one.

mod tables;

use crate::complaints_of;
use insta::assert_snapshot;
use signalbox_catalogue::parse;
use signalbox_domain::watch::{
    Escalate, Heartbeat, Links, Mention, Rule, Severity, Source, Spike, Unlevelled, Watch,
};
use signalbox_domain::{ChannelId, UserId};

/// A watch in which every key is written.
const WATCH: &str = r#"watches:
  web:
    channel: TROOM/COPS
    sources:
      app: { files: [logs/web.log, "/var/log/web/worker-*.log"] }
      edge: { loki: '{app="edge"} |~ "(?i)error"' }
      fn: { cloudwatch: [/aws/lambda/web], filter: "?ERROR ?Exception" }
      cheap: { cloudwatch: [/aws/lambda/old], insights: true }
    receivers: [signalbox-web]
    every: 30m
    delay: 90s
    least: warning
    most-lines: 5000
    spike: { times: 4, at-least: 30 }
    quiet: 48h
    cards: 3
    heartbeat: daily
    remind: 2d
    escalate: { after: 45m, to: [TROOM/CBOSS, TROOM/UADA, TROOM/S0614TZR7] }
    redact: [email, user_id]
    rules:
      - mask: 'order-<*>'
      - split: 'status: <*>'
      - merge: 'cache <*> evicted'
      - ignore: 'health check <*>'
    deploys: [release]
    links: { grafana: https://grafana.example.com/, datasource: loki-1 }
    silences:
      - words: 'cannot reach node <*>'
        owner: TROOM/UADA
        reason: the cache is replaced
        from: 2026-12-05T22:00:00+01:00
        until: 2026-12-06T04:00:00+01:00
    allow: [{ users: [TROOM/UADA] }]
"#;

/// A watch with only the keys that it needs.
const SHORT: &str = "watches:\n  web:\n    channel: TROOM/COPS\n    sources: { app: { files: [web.log] } }\n    allow: [{ users: [TROOM/UADA] }]\n";

#[track_caller]
fn watch(text: &str) -> Watch {
    let files = [("ops.yaml".to_owned(), crate::RIGHT.to_owned()), ("w.yaml".to_owned(), text.to_owned())];
    let catalogue = parse(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    catalogue.watches.into_values().next().expect("one")
}

#[track_caller]
fn broken(part: &str, otherwise: &str) -> String {
    assert_eq!(WATCH.matches(part).count(), 1, "{part:?} is there once");
    complaints_of(&[("ops.yaml", crate::RIGHT), ("w.yaml", &WATCH.replacen(part, otherwise, 1))])
}

#[test]
fn everything_is_read() {
    let watch = watch(WATCH);
    assert_eq!((watch.name.as_str(), watch.place.channel.as_str()), ("web", "COPS"));
    let kinds: Vec<_> = watch.sources.iter().map(|(name, source)| (name.as_str(), source.clone())).collect();
    let texts = |all: &[&str]| all.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    assert_eq!(
        kinds,
        [
            ("app", Source::Files { paths: texts(&["logs/web.log", "/var/log/web/worker-*.log"]) }),
            (
                "cheap",
                Source::CloudWatch { groups: texts(&["/aws/lambda/old"]), filter: None, insights: true }
            ),
            ("edge", Source::Loki { query: r#"{app="edge"} |~ "(?i)error""#.to_owned() }),
            (
                "fn",
                Source::CloudWatch {
                    groups: texts(&["/aws/lambda/web"]),
                    filter: Some("?ERROR ?Exception".to_owned()),
                    insights: false
                }
            ),
        ]
    );
    assert_eq!(watch.receivers, ["signalbox-web"]);
    assert_eq!((watch.every_seconds, watch.delay_seconds), (1800, 90));
    assert_eq!((watch.least, watch.most_lines), (Severity::Warning, 5000));
    assert_eq!(watch.spike, Spike { times: 4, at_least: 30 });
    assert_eq!((watch.quiet_days, watch.most_cards, watch.remind_hours), (2, 3, 48));
    let mention = vec![Mention::Person(UserId::new("UADA")), Mention::Group("S0614TZR7".into())];
    let channel = Some(ChannelId::new("CBOSS"));
    assert_eq!(watch.escalate, Some(Escalate { after_seconds: 45 * 60, channel, mention }));
    assert_eq!(watch.heartbeat, Heartbeat::Daily);
    assert_eq!(watch.redact, ["email", "user_id"]);
    let rule = |rule: fn(String) -> Rule, text: &str| rule(text.to_owned());
    let rules = [
        rule(Rule::Mask, "order-<*>"),
        rule(Rule::Split, "status: <*>"),
        rule(Rule::Merge, "cache <*> evicted"),
        rule(Rule::Ignore, "health check <*>"),
    ];
    assert_eq!(watch.rules, rules);
    assert_eq!(watch.deploys.iter().map(ToString::to_string).collect::<Vec<_>>(), ["release"]);
    let links = Links {
        grafana: Some("https://grafana.example.com".to_owned()),
        datasource: Some("loki-1".to_owned()),
    };
    assert_eq!(watch.links, links);
    assert_eq!(watch.allow.len(), 1);
}

#[test]
fn what_nobody_says() {
    let watch = watch(SHORT);
    assert_eq!((watch.every_seconds, watch.delay_seconds), (900, 0));
    assert_eq!((watch.least, watch.most_lines), (Severity::Error, 1_000_000));
    assert_eq!(watch.spike, Spike { times: 3, at_least: 20 });
    assert_eq!((watch.quiet_days, watch.most_cards, watch.remind_hours), (7, 5, 24));
    assert_eq!(watch.escalate, None);
    assert_eq!((watch.heartbeat, watch.links), (Heartbeat::Never, Links::default()));
    assert!(watch.receivers.is_empty() && watch.redact.is_empty());
    assert!(watch.rules.is_empty() && watch.deploys.is_empty());
}

#[test]
fn what_has_no_level_is_decided_about_by_a_key_of_its_own() {
    assert_eq!(watch(SHORT).without_level, Unlevelled::Failures);
    for (word, expect) in
        [("failures", Unlevelled::Failures), ("all", Unlevelled::All), ("none", Unlevelled::None)]
    {
        let text = format!("{SHORT}    without-level: {word}\n");
        assert_eq!(watch(&text).without_level, expect, "{word}");
    }
    let said = complaints_of(&[
        ("ops.yaml", crate::RIGHT),
        ("w.yaml", &format!("{SHORT}    without-level: never\n")),
    ]);
    assert!(said.contains("`without-level` cannot be `never`"), "{said}");
    assert!(said.contains("it is one of `failures`, `all` and `none`"), "{said}");
}

#[test]
fn a_log_service_is_waited_for() {
    for source in ["{ loki: '{app=\"web\"}' }", "{ cloudwatch: [web] }"] {
        assert_eq!(watch(&SHORT.replace("{ files: [web.log] }", source)).delay_seconds, 120);
    }
}

#[test]
fn a_catalogue_may_have_watches_alone() {
    let catalogue = parse(&[("w.yaml".to_owned(), SHORT.to_owned())]).expect("right");
    assert_eq!((catalogue.operations.len(), catalogue.watches.len()), (0, 1));
}

#[test]
fn nobody_may_act() {
    assert_snapshot!(broken("    allow: [{ users: [TROOM/UADA] }]\n", ""), @r#"
    error: watch `web` has no `allow`, so nobody may act on what it finds
     --> w.yaml:2:3
      |
    2 |   web:
      |   ^^^
      |
      = help: access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], channels: [T024BE7LD/C061EG9SL] }]`

    1 error in 1 file
    "#);
    assert_snapshot!(broken("allow: [{ users: [TROOM/UADA] }]", "allow: []"), @"
    error: watch `web` has an empty `allow`, so nobody may act on what it finds
      --> w.yaml:34:12
       |
    34 |     allow: []
       |            ^^
       |
       = help: access is denied by default; write for example `allow: [{ users: [T024BE7LD/U0G9QF9C6], channels: [T024BE7LD/C061EG9SL] }]`

    1 error in 1 file
    ");
}

#[test]
fn it_reads_nothing() {
    let text = SHORT.replace("    sources: { app: { files: [web.log] } }\n", "");
    assert_snapshot!(complaints_of(&[("w.yaml", &text)]), @r#"
    error: watch `web` reads nothing: it has neither `sources` nor `receivers`
     --> w.yaml:2:3
      |
    2 |   web:
      |   ^^^
      |
      = help: write where lines come from, such as `sources: { app: { loki: '{app="web"}' } }`, or whose alerts join in

    1 error in 1 file
    "#);
}

#[test]
fn two_of_a_name_and_two_of_a_receiver() {
    let text = SHORT.replace("sources: { app: { files: [web.log] } }", "receivers: [one, one]");
    let other = text.replace("[one, one]", "[one]");
    assert_snapshot!(complaints_of(&[("a.yaml", &text), ("b.yaml", &other)]), @r#"
    error: `one` is here twice
     --> a.yaml:4:22
      |
    4 |     receivers: [one, one]
      |                      ^^^
      |
      = help: keep one of them

    error: watch `web` is in two files
     --> b.yaml:2:3
      |
    2 |   web:
      |   ^^^
      |
      = help: the first is at a.yaml:2:3; keep one of them, or give one another name

    error: alerts of `one` would belong to two watches
     --> b.yaml:4:17
      |
    4 |     receivers: [one]
      |                 ^^^
      |
      = help: the first is at a.yaml:4:17; keep one of them, or make a receiver for each

    3 errors in 2 files
    "#);
}

#[test]
fn a_rule_that_is_none() {
    assert_snapshot!(broken("mask: 'order-<*>'", r"mask: 'order-\w+'"), @r"
    error: `order-\w+` needs one `<*>`
      --> w.yaml:22:15
       |
    22 |       - mask: 'order-\w+'
       |               ^^^^^^^^^^^
       |
       = help: it marks the value to mask or to keep: `order-<*>`; a pattern is plain text, not a regular expression

    1 error in 1 file
    ");
}

#[test]
fn all_mistakes_at_once() {
    let text = "watches:\n  Web:\n    chanel: TROOM/COPS\n    every: 7m\n    least: eror\n    spike: { times: 1 }\n    sources: { app: { files: [logs/] } }\n    receivers: []\n    allow: nobody\n";
    assert_snapshot!(complaints_of(&[("w.yaml", text)]), @r#"
    error: `Web` cannot be the name of a watch
     --> w.yaml:2:3
      |
    2 |   Web:
      |   ^^^
      |
      = help: write 1 to 32 of a-z, 0-9 and -, beginning with a letter

    error: unknown key `chanel` in watch `Web`
     --> w.yaml:3:5
      |
    3 |     chanel: TROOM/COPS
      |     ^^^^^^
      |
      = help: did you mean `channel`?

    error: a day cannot be divided into windows of this length
     --> w.yaml:4:12
      |
    4 |     every: 7m
      |            ^^
      |
      = help: windows begin with the day: write one of 1m, 5m, 10m, 15m, 30m, 1h, 2h, 6h, 12h and 24h, or another divisor

    error: `least` cannot be `eror`
     --> w.yaml:5:12
      |
    5 |     least: eror
      |            ^^^^
      |
      = help: did you mean `error`?

    error: `times` is 1, and may be 2 to 1000
     --> w.yaml:6:21
      |
    6 |     spike: { times: 1 }
      |                     ^
      |
      = help: choose a number in between, or leave it out for 3

    error: `logs/` names a folder
     --> w.yaml:7:31
      |
    7 |     sources: { app: { files: [logs/] } }
      |                               ^^^^^
      |
      = help: write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`

    error: `receivers` is empty
     --> w.yaml:8:16
      |
    8 |     receivers: []
      |                ^^
      |
      = help: name the receivers in Alertmanager or contact points in Grafana whose alerts join in, or leave the key out

    error: `allow` takes a list, not `nobody`
     --> w.yaml:9:12
      |
    9 |     allow: nobody
      |            ^^^^^^
      |
      = help: write `[one, another]`, or one `- item` per line

    8 errors in 1 file
    "#);
}

#[test]
fn no_secret_is_shown() {
    let token = concat!("ghp", "_0123456789abcdefghij0123456789abcdef");
    for (part, otherwise) in [
        ("signalbox-web", token.to_owned()),
        ("?ERROR ?Exception", format!("token={token}")),
        ("order-<*>", format!("{token} <*>")),
        ("(?i)error", token.to_owned()),
        ("https://grafana.example.com/", format!("https://grafana.example.com/{token}")),
    ] {
        let said = broken(part, &otherwise);
        assert!(said.contains("looks like a secret") && !said.contains(token), "{said}");
    }
}

#[test]
fn silences_are_read_and_those_of_all_watches_are_in_each() {
    let all = "silences:\n  - { all: true, owner: TROOM/UADA, reason: moving, from: 2026-12-05T00:00:00Z, until: 2026-12-05T01:00:00Z }\n  - { labels: { job: db }, owner: TROOM/UADA, reason: db, from: 2026-12-06T00:00:00Z, until: 2026-12-06T01:00:00Z }\n";
    let files = [("all.yaml", all), ("ops.yaml", crate::RIGHT), ("w.yaml", WATCH)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let watch = parse(&files).unwrap_or_else(|wrong| panic!("{wrong}")).watches.into_values().next().unwrap();
    let rules: Vec<String> = watch
        .silences
        .iter()
        .map(|rule| format!("{} {} {}..{}", rule.scope, rule.reason, rule.from.0 / 1000, rule.until.0 / 1000))
        .collect();
    assert_eq!(
        rules,
        [
            "cannot reach node <*> the cache is replaced 1796504400..1796526000",
            "all moving 1796428800..1796432400",
            "job=db db 1796515200..1796518800"
        ]
    );
}
