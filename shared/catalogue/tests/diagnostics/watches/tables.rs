//! Mistakes in single keys of a watch: what each message says, and which hint it gives.

use super::WATCH;
use insta::assert_snapshot;
use signalbox_catalogue::parse;

/// All errors when the parts are replaced one after the other, each in a correct watch.
#[track_caller]
fn all(changes: &[(&str, &str)]) -> String {
    let mut said = Vec::new();
    for (part, otherwise) in changes {
        assert_eq!(WATCH.matches(part).count(), 1, "{part:?} is there once");
        let text = WATCH.replacen(part, otherwise, 1);
        let files = [("ops.yaml".to_owned(), crate::RIGHT.to_owned()), ("w.yaml".to_owned(), text)];
        for found in &parse(&files).expect_err(otherwise) {
            assert_eq!(found.path, "w.yaml");
            assert!(found.line.is_some() && found.column.is_some());
            said.push(format!("{}\n    {}", found.message, found.hint));
        }
    }
    said.join("\n")
}

#[test]
fn places_and_sources() {
    assert_snapshot!(all(&[
        ("channel: TROOM/COPS", "channel: '#ops'"),
        ("    channel: TROOM/COPS\n", ""),
        ("app: {", "App: {"),
        ("[logs/web.log,", "[~/web.log,"),
        ("[logs/web.log,", "[../web.log,"),
        ("[logs/web.log,", "[logs//web.log,"),
        ("[logs/web.log,", "['logs/*/web.log',"),
        ("[logs/web.log,", "['/var/log/web/worker-*.log',"),
        (r#"[logs/web.log, "/var/log/web/worker-*.log"]"#, "[]"),
        (r#"'{app="edge"} |~ "(?i)error"'"#, "'rate({app=\"edge\"}[5m])'"),
        (r#"'{app="edge"} |~ "(?i)error"'"#, "'{}'"),
        ("loki: '{", "lokki: '{"),
        ("edge: { loki", "edge: { files: [a.log], loki"),
        ("edge: {", "edge: { insights: true,"),
        ("insights: true", "insights: true, filter: ERROR"),
        ("[/aws/lambda/old]", "['/aws/lambda/*']"),
        ("edge: {", "nowhere: {}\n      edge: {"),
    ]), @r#"
    `#ops` is not a channel id
        write workspace and channel as Slack numbers them, such as T024BE7LD/C061EG9SL; in Slack: the channel's details, at the very end
    watch `web` has no `channel`
        write where its bulletins and cards go, such as `channel: T024BE7LD/C061EG9SL`
    `App` cannot be the name of a source
        write 1 to 32 of a-z, 0-9 and -, beginning with a letter
    `~/web.log` begins with what only a shell expands
        write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`
    `../web.log` is not a plain path
        write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`
    `logs//web.log` is not a plain path
        write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`
    `logs/*/web.log` has a `*` before its last `/`
        write a file below the data folder or from `/`; `*` stands for any letters of the file's name: `logs/web-*.log`
    `/var/log/web/worker-*.log` is here twice
        keep one of them
    `files` is empty
        name the files, such as `files: [logs/web.log, "logs/worker-*.log"]`
    `rate({app="edge"}[5m])` is not a query of lines
        begin with labels in braces, in single quotes: '{app="web"} |~ "(?i)error"'; lines are counted here, not by Loki
    `{}` does not choose a stream
        begin with labels in braces, in single quotes: '{app="web"} |~ "(?i)error"'; lines are counted here, not by Loki
    unknown key `lokki` in source `edge`
        did you mean `loki`?
    source `edge` has `files` and `loki`, and is of one kind only
        keep one of them; make one source for each
    `insights` belongs to `cloudwatch`, and this source has `loki`
        leave it out
    `filter` is for FilterLogEvents, and this source asks Insights
        leave one of `filter` and `insights` out
    `/aws/lambda/*` is not the name of a log group
        write its name, not its ARN, as CloudWatch shows it: /aws/lambda/web; no `*`
    source `nowhere` does not say where its lines come from
        write one of `files: [logs/web.log]`, `loki: '{app="web"}'` and `cloudwatch: [/aws/lambda/web]`
    "#);
}

#[test]
fn figures_and_words() {
    assert_snapshot!(all(&[
        ("every: 30m", "every: 30"),
        ("every: 30m", "every: 2d"),
        ("every: 30m", "every: 7m"),
        ("delay: 90s", "delay: 2h"),
        ("least: warning", "least: warn"),
        ("most-lines: 5000", "most-lines: 10"),
        ("most-lines: 5000", "most-lines: -1"),
        ("times: 4", "times: 1"),
        ("at-least: 30", "atleast: 30"),
        ("quiet: 48h", "quiet: 36h"),
        ("cards: 3", "cards: many"),
        ("heartbeat: daily", "heartbeat: weekly"),
        ("remind: 2d", "remind: 90m"),
    ]), @r#"
    `30` is not a time
        write digits and one of `s`, `m`, `h` and `d`: `30s`, `15m`, `2h`, `7d`
    `2d` is not between 1m and 24h
        choose a time in between, or leave it out for 15m
    a day cannot be divided into windows of this length
        windows begin with the day: write one of 1m, 5m, 10m, 15m, 30m, 1h, 2h, 6h, 12h and 24h, or another divisor
    `2h` is not between 0s and 1h
        choose a time in between, or leave it out for 2m
    `least` cannot be `warn`
        it is one of `any`, `warning`, `error` and `fatal`
    `most-lines` is 10, and may be 1000 to 10000000
        choose a number in between, or leave it out for 1000000
    `most-lines` is -1, and may be 1000 to 10000000
        choose a number in between, or leave it out for 1000000
    `times` is 1, and may be 2 to 1000
        choose a number in between, or leave it out for 3
    unknown key `atleast` in `spike`
        did you mean `at-least`?
    `quiet` is counted in whole days
        write digits and `d`, such as `2d`
    `cards` takes a whole number, not `many`
        write digits, without quotes; the least is -2^63 and the most 2^63 - 1
    `heartbeat` cannot be `weekly`
        it is one of `never`, `daily` and `always`
    `remind` is counted in whole hours
        write digits and `h`, such as `2h`
    "#);
}

#[test]
fn lists_and_links() {
    assert_snapshot!(all(&[
        ("[email, user_id]", "['e mail', user_id, user_id]"),
        ("[email, user_id]", "[]"),
        ("split: 'status: <*>'", "split: '<*>'"),
        ("split: 'status: <*>'", "split: 'status'"),
        ("split: 'status: <*>'", "split: 'status: <*>'\n        mask: 'a <*>'"),
        ("- split: 'status: <*>'", "- {}"),
        ("- split: 'status: <*>'", "- spilt: 'status: <*>'"),
        ("deploys: [release]", "deploys: [releas]"),
        ("deploys: [release]", "deploys: []"),
        ("https://grafana.example.com/", "grafana.example.com"),
        ("https://grafana.example.com/", "'https://grafana.example.com/?orgId=1'"),
        ("grafana: https://grafana.example.com/, ", ""),
        ("datasource: loki-1", "datasource: 'a b'"),
        ("receivers: [signalbox-web]", "receivers: []"),
    ]), @r#"
    `e mail` is not the name of a field
        write the key as it stands in JSON or before `=`: at most 64 letters, digits, `_`, `-` and `.`
    `user_id` is here twice
        keep one of them
    `redact` is empty
        name the fields whose values nobody may see, such as `[email, user_id]`, or leave the key out
    `<*>` matches everything
        write some of the text before `<*>`, such as `order-<*>`
    `status` needs one `<*>`
        it marks the value to mask or to keep: `order-<*>`; a pattern is plain text, not a regular expression
    this rule does two things
        write one `- item` for each
    this rule does nothing
        write one of `mask`, `split`, `merge` and `ignore`, such as `- mask: 'order-<*>'`
    unknown key `spilt` in a rule
        did you mean `split`?
    there is no operation `releas`
        did you mean `release`?
    `deploys` is empty
        name the operations that change what runs, or leave the key out: then all of them count
    `grafana.example.com` is not the address of a Grafana
        write it from `https://` to its path, without a person's name, `?` or `#`: https://grafana.example.com
    `https://grafana.example.com/?orgId=1` is not the address of a Grafana
        write it from `https://` to its path, without a person's name, `?` or `#`: https://grafana.example.com
    `datasource` belongs to a Grafana, and `links` has no `grafana`
        write its address too: `grafana: https://grafana.example.com`
    `a b` is not the uid of a data source
        in Grafana: the data source's settings; it is the last part of their address
    `receivers` is empty
        name the receivers in Alertmanager or contact points in Grafana whose alerts join in, or leave the key out
    "#);
}

#[test]
fn who_else_is_told() {
    let to = "[TROOM/CBOSS, TROOM/UADA, TROOM/S0614TZR7]";
    let many = format!("[{}]", (0..11).map(|n| format!("TROOM/U00{n}")).collect::<Vec<_>>().join(", "));
    assert_snapshot!(all(&[
        ("after: 45m", "after: 30s"),
        ("after: 45m", "aftr: 45m"),
        ("after: 45m, to: [TROOM/CBOSS, TROOM/UADA, TROOM/S0614TZR7]", "after: 45m"),
        (to, "[]"),
        (to, &many),
        (to, "boss"),
        (to, "TROOM/XBOSS"),
        (to, "TELSE/CBOSS"),
        (to, "TROOM/COPS"),
        (to, "[TROOM/CBOSS, TROOM/CBOSS2]"),
    ]), @"
    `30s` is not between 1m and 24h
        choose a time in between, or leave it out for 30m
    unknown key `aftr` in `escalate`
        did you mean `after`?
    `escalate` has no `to`
        write a second channel, a person or a user group: `to: T024BE7LD/C061EG9SL`
    `to` names 0 of whom to tell
        name 1 to 10 channels, people and user groups, or leave `escalate` out
    `to` names 11 of whom to tell
        name 1 to 10 channels, people and user groups, or leave `escalate` out
    `boss` is not a channel, person or user group id
        write workspace and id as Slack numbers them: T024BE7LD/C061EG9SL is a channel, T024BE7LD/U0G9QF9C6 a person, T024BE7LD/S0614TZR7 a user group
    `TROOM/XBOSS` is not a channel, person or user group id
        write workspace and id as Slack numbers them: T024BE7LD/C061EG9SL is a channel, T024BE7LD/U0G9QF9C6 a person, T024BE7LD/S0614TZR7 a user group
    `TELSE/CBOSS` is in another workspace than the watch
        cards go to one workspace: name a channel, a person or a user group of that of `channel`
    `TROOM/COPS` is the channel in which the alert is already
        name another channel; or name people alone, who are then mentioned in the alert's thread
    `to` names two channels
        keep one of them; people and user groups may be several
    ");
}

#[test]
fn what_is_silenced() {
    let words = "- words: 'cannot reach node <*>'";
    assert_snapshot!(all(&[
        (words, "- wrods: 'cannot reach node <*>'"),
        (words, "- words: '<*>'"),
        (words, "- all: false"),
        (words, "- labels: {}"),
        (words, "- labels: { 'a b': x, job: '' }"),
        (words, "- labels: { job: db }\n        all: true"),
        ("        owner: TROOM/UADA\n        reason", "        reason"),
        ("        owner: TROOM/UADA\n        reason", "        owner: ada\n        reason"),
        ("        reason: the cache is replaced\n", ""),
        ("from: 2026-12-05T22:00:00+01:00", "from: 2026-12-05T22:00:00"),
        ("from: 2026-12-05T22:00:00+01:00", "from: next saturday"),
        ("from: 2026-12-05T22:00:00+01:00", "from: 2026-12-06T04:00:00+01:00"),
        ("until: 2026-12-06T04:00:00+01:00", "until: 2027-12-06T04:00:00+01:00"),
        ("until: 2026-12-06T04:00:00+01:00", "untill: 2026-12-06T04:00:00+01:00"),
    ]), @"
    unknown key `wrods` in a silence
        did you mean `words`?
    `<*>` matches everything
        write some of the text before `<*>`, such as `order-<*>`
    `all: false` silences nothing
        leave the silence out
    `labels` names 0 of them
        name 1 to 20 labels with their values: an alert has to have all of them
    `a b` is not the name of a label
        write letters, digits and `_`, as the alert manager shows it
    `job` is empty
        write it, or leave it out
    this silence is about `labels` and `all`
        write one `- item` for each
    a silence has no `owner`
        write whose decision it is, such as `owner: T024BE7LD/U0G9QF9C6`
    `ada` is not a user id
        write workspace and user as Slack numbers them, such as T024BE7LD/U0G9QF9C6; in Slack: the person's profile, ⋮, Copy member ID
    a silence has no `reason`
        write why, such as `reason: the database is moved`: everybody who is not called reads it
    `2026-12-05T22:00:00` is not a moment
        write day, time and zone: `2026-12-05T22:00:00+01:00`, or with `Z` at the end in UTC
    `next saturday` is not a moment
        write day, time and zone: `2026-12-05T22:00:00+01:00`, or with `Z` at the end in UTC
    this silence ends before it begins
        write an `until` that is after `from`
    this silence is longer than 90 days
        write an end that somebody will remember; what never counts is for `rules`: `ignore`
    unknown key `untill` in a silence
        did you mean `until`?
    ");
}

#[test]
fn labels_belong_to_alerts_of_alert_managers() {
    let text = "watches:\n  web:\n    channel: TROOM/COPS\n    sources: { app: { files: [web.log] } }\n    silences:\n      - { labels: { job: db }, owner: TROOM/UADA, reason: x, from: 2026-12-05T00:00:00Z, until: 2026-12-05T01:00:00Z }\n    allow: [{ users: [TROOM/UADA] }]\n";
    let said = crate::complaints_of(&[("ops.yaml", crate::RIGHT), ("w.yaml", text)]);
    assert!(said.contains("this watch has no `receivers`"), "{said}");
}
