//! The same stories as on one machine, told with the deployed system.

use super::home::{Deployed, STACK, now_ms, put_secret};
use crate::binary::process::PATIENCE;
use crate::doors::vouched;
use axum::body::Body;
use serde_json::json;
use signalbox_aws::DynamoStore;
use signalbox_domain::{RunCommand, RunId, Timestamp};
use signalbox_engine::ports::{Queue, SealCopies, Views};
use signalbox_engine::wire::command::Envelope;
use signalbox_simulator::Message;
use signalbox_testkit::{VirtualClock, samples};
use signalbox_transport::Reqwest;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tower::ServiceExt;

/// All stories share one deployment, because deploying takes the most time.
#[tokio::test(flavor = "multi_thread")]
async fn deployed() {
    let Some(d) = Deployed::deploy().await else { return };
    a_command_becomes_one_run_on_github(&d).await;
    what_a_run_costs(&d).await;
    super::logs::a_log_is_looked_at(&d).await;
    a_job_on_jenkins_and_a_cancel(&d).await;
    what_cannot_be_handled_is_told_and_kept(&d).await;
    functions_killed_in_the_middle_change_nothing(&d).await;
    super::logs::a_new_error_is_told_and_acknowledged(&d).await;
    a_form_asks_for_a_run(&d).await;
    super::samples::every_sample_is_taken(&d).await;
    a_new_signing_secret_needs_no_deploy(&d).await;
    the_audit_is_whole(&d).await;
    a_sealed_day_is_copied_out_of_reach(&d).await;
    many_alerts_at_once(&d).await;
    super::allowed::nothing_else_was_asked(&d.counter.asked());
}

/// There are more alerts than cards. The door looks up which alerts have a card.
async fn many_alerts_at_once(d: &Deployed) {
    let alert = |n: usize| {
        json!({
            "status": "firing", "labels": {"alertname": format!("Down{n}")}, "annotations": {},
            "startsAt": "2026-11-21T06:18:00Z", "fingerprint": format!("c0ffee{n:010}"), "generatorURL": "",
        })
    };
    let alerts: Vec<_> = (0..12).map(alert).collect();
    let body = json!({
        "version": "4", "receiver": "signalbox", "status": "firing", "truncatedAlerts": 0, "alerts": alerts,
        "externalURL": "http://alertmanager.example.com:9093",
    });
    let request = http::Request::post("/webhooks/alertmanager")
        .header("authorization", "Bearer practice")
        .header("content-type", "application/json")
        .body(Body::from(body.to_string()))
        .unwrap();
    let answer = d.door().oneshot(request).await.unwrap();
    assert_eq!(answer.status(), 202);
    let has_cards = || d.slack.messages("COPS").iter().filter(|m| m.plain().contains("Down")).count() >= 6;
    let deadline = Instant::now() + PATIENCE;
    while !has_cards() {
        assert!(Instant::now() < deadline, "{}", d.logs().await);
        d.goes_on().await;
    }
}

async fn a_command_becomes_one_run_on_github(d: &Deployed) {
    let answer = d.types("/deploy 1.0.0").await;
    assert!(answer.contains("Asked for"), "{answer}");
    d.shows(0, "deploy · Succeeded").await;
    assert_eq!(d.github.dispatches(), 1);
    let webhooks = d.github.deliveries();
    assert!(!webhooks.is_empty());
    // A person asks who may not do this. The request is refused at once, and is on record.
    d.slack.attach(d.door());
    let help = d.types("/signalbox history").await;
    assert!(help.contains("deploy version=1.0.0"), "{help}");
}

/// A line that says not enough opens a form; so does an operation that is chosen from the list.
async fn a_form_asks_for_a_run(d: &Deployed) {
    for (line, version) in [("/deploy", "3.0.0"), ("/signalbox", "3.0.1")] {
        assert_eq!(d.types(line).await, "");
        if line == "/signalbox" {
            let picked = d.slack.dispatch("UADA", "operation", &["deploy"]).await;
            assert_eq!(picked.problem, None, "{}", d.logs().await);
        }
        let form = d.slack.modal("UADA").unwrap();
        assert_eq!(form.title(), "deploy");
        let sent = d.slack.submit("UADA", &[("version", version)]).await;
        assert_eq!((sent.problem, d.slack.modal("UADA").is_none()), (None, true), "{}", d.logs().await);
        let is_told = || {
            let cards = d.slack.messages("CRELEASES");
            cards.iter().map(Message::plain).any(|card| card.contains(version) && card.contains("Succeeded"))
        };
        let deadline = Instant::now() + PATIENCE;
        while !is_told() {
            assert!(Instant::now() < deadline, "{}", d.logs().await);
            d.goes_on().await;
        }
    }
    assert!(d.slack.complaints().is_empty());
}

/// The calls that one run costs when its webhooks bring it to its end, compared with the table in the documentation.
async fn what_a_run_costs(d: &Deployed) {
    d.counter.take();
    d.types("/deploy 1.1.0").await;
    let deadline = Instant::now() + PATIENCE;
    while !d.card(1).contains("Succeeded") {
        assert!(Instant::now() < deadline, "{}\n{}", d.card(1), d.logs().await);
        d.webhooks().await;
    }
    let counted = d.counter.take();
    let page = include_str!("../../docs/costs.md");
    for (call, times) in counted {
        let row = page.lines().find(|l| l.starts_with(&format!("| `{call}` |")));
        let row = row.unwrap_or_else(|| panic!("docs/costs.md says nothing of {call}, {times} times"));
        let told: u32 = row.split('|').nth(2).unwrap().trim().parse().unwrap();
        assert!(times <= told, "{call}: {times} times, and docs/costs.md says {told}");
    }
}

async fn a_job_on_jenkins_and_a_cancel(d: &Deployed) {
    d.types("/promote 1.0.1").await;
    d.shows(2, "promote · Succeeded").await;
    // The other build was started by hand, long ago.
    assert_eq!(d.jenkins.started(), 2);
    d.types("/soak").await;
    d.shows(3, "soak · Running").await;
    d.presses(3, "cancel").await;
    d.shows(3, "soak · Cancelled").await;
    assert_eq!(d.github.dispatches(), 3);
}

/// A request with a version number that never existed.
async fn what_cannot_be_handled_is_told_and_kept(d: &Deployed) {
    let intents = d.queue("intents");
    intents.bury_in(&d.queue("intents-dead"), 3).await.unwrap();
    let store = store(d);
    let mut intent = None;
    for earlier in store.event_records(None, 99).await.unwrap() {
        let head = store.head(&earlier).await.unwrap().unwrap();
        // Some of the records are alerts and bulletins, whose heads hold no intent.
        intent = intent.or(signalbox_engine::wire::head::decode(&head.body).ok().map(|head| head.intent));
    }
    let intent = intent.unwrap();
    let run = RunId::derive("elsewhere", "TPRACTICE", "poison");
    let submit = Envelope::new(run, "1", RunCommand::Submit { intent, told: false });
    intents.send(vouched::replaced(samples::COMMAND_KEY, &submit, "\"v\":1", "\"v\":0")).await.unwrap();
    d.shows(4, "Set aside").await;
    let list = d.signalbox_says(&["dlq", "list"]);
    let letter = list.split('\t').nth(1).unwrap().to_owned();
    assert!(d.card(4).contains(&letter), "{list}: {}", d.card(4));
    assert!(d.signalbox_says(&["dlq", "show", &letter]).contains("\"v\":0"));
    d.signalbox_says(&["dlq", "drop", &letter]);
    d.shows(4, "Cancelled").await;
    assert_eq!(d.signalbox_says(&["dlq", "list"]).trim(), "No dead letters.");
}

/// Jenkins can prove that an attempt never arrived, so each of its runs succeeds in the end, exactly once. GitHub
/// cannot prove that: a run that was killed between its mark and the call is searched for, and is unknown in the end.
/// It is never sent twice.
async fn functions_killed_in_the_middle_change_nothing(d: &Deployed) {
    const RUNS: usize = 5;
    let (before, built) = (d.github.dispatches(), d.jenkins.started());
    let mut killed = 0;
    for n in 0..RUNS {
        for operation in ["promote", "deploy"] {
            let answer = d.types(&format!("/{operation} 2.0.{n}")).await;
            assert!(answer.contains("Asked for"), "{answer}");
            // Each kill comes at a different moment.
            tokio::time::sleep(Duration::from_millis(15 * n as u64)).await;
            killed += d.kills("dispatcher") + d.kills("notifier");
        }
    }
    assert!(killed > 0, "there was nobody to kill");
    let deadline = Instant::now() + 2 * PATIENCE;
    let unfinished = || -> Vec<String> {
        let cards = d.slack.messages("CRELEASES");
        let cards: Vec<String> = cards.iter().map(Message::plain).collect();
        let of = |n: usize| format!("version: `2.0.{n}`");
        let ended = |n| cards.iter().any(|c| c.contains("promote · Succeeded") && c.contains(&of(n)));
        (0..RUNS).filter(|n| !ended(*n)).map(of).collect()
    };
    while !unfinished().is_empty() {
        assert!(Instant::now() < deadline, "{:?} do not end:\n{}", unfinished(), d.logs().await);
        d.goes_on().await;
    }
    assert_eq!(d.jenkins.started() - built, RUNS, "each exactly once");
    let runs = d.github.runs();
    let sent =
        |n: usize| runs.iter().filter(|r| r.inputs.get("version") == Some(&format!("2.0.{n}"))).count();
    assert!((0..RUNS).all(|n| sent(n) <= 1), "none twice");
    assert!(d.github.dispatches() - before <= RUNS);
}

async fn a_new_signing_secret_needs_no_deploy(d: &Deployed) {
    put_secret(&d.emulator, "slack-signing-secret", "a newer secret").await;
    let slack = d.slack_that_signs_with("a newer secret");
    let deadline = Instant::now() + PATIENCE;
    loop {
        let answer = slack.slash("UADA", "CRELEASES", "/signalbox help").await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.status, 401, "{}", answer.body);
        assert!(Instant::now() < deadline, "the new secret is never read");
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

async fn the_audit_is_whole(d: &Deployed) {
    for _ in 0..10 {
        d.goes_on().await;
    }
    let verified = d.signalbox_says(&["audit", "verify"]);
    assert!(verified.starts_with("ok: "), "{verified}");
    let history = d.signalbox_says(&["history"]);
    assert!(history.contains("deploy version=1.0.0") && history.contains("TPRACTICE/UADA"), "{history}");
    for queue in ["intents", "outbox", "intents-dead", "outbox-dead"] {
        let deadline = Instant::now() + PATIENCE;
        // A message that is being handled at this moment is gone a moment later.
        while !d.queue(queue).receive(1).await.unwrap().is_empty() {
            assert!(Instant::now() < deadline, "something stays in {queue}");
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
    }
}

/// A run of three days ago. The caretaker seals its day and all days since, and copies the seals into the bucket.
async fn a_sealed_day_is_copied_out_of_reach(d: &Deployed) {
    let days = Duration::from_secs(3 * 86_400).as_millis();
    let then = Timestamp(now_ms() - i64::try_from(days).unwrap());
    crate::audit::one_run(Arc::new(store(d)), then).await;
    let bucket = "s3://signalbox-seals-000000000000/seals";
    let network = Arc::new(Reqwest::new().unwrap());
    let copies = d.emulator.clients().seals(bucket, network, Arc::new(VirtualClock::at(then))).unwrap();
    let deadline = Instant::now() + PATIENCE;
    while copies.days().await.unwrap().first() != Some(&then.day()) {
        assert!(Instant::now() < deadline, "no copy comes:\n{}", d.logs().await);
        d.emulator.invoke("signalbox-caretaker", &serde_json::json!({})).await;
    }
    let verified = d.signalbox_says(&["audit", "verify", "--seal-copies", bucket]);
    assert!(verified.starts_with("ok: ") && !verified.contains("have no copy here"), "{verified}");
    let verified = d.signalbox_says(&["audit", "verify"]);
    assert!(verified.contains("have no copy here"), "{verified}");
}

fn store(d: &Deployed) -> DynamoStore {
    let (events, state) = (format!("{STACK}-events"), format!("{STACK}-state"));
    DynamoStore::new(d.emulator.clients().dynamodb(), &events, &state)
}
