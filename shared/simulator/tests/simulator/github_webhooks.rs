//! The webhooks of the simulated GitHub: which are sent, when, in what order, that they are signed, and how they are
//! lost and repeated.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::routing::post;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};
use signalbox_simulator::github::{Job, Step, Webhooks};

use crate::github::{DISPATCH, Hub, hub, hub_of, release};

type Seen = Arc<Mutex<Vec<(HeaderMap, Bytes)>>>;

/// An app that records everything and answers with this status.
fn attach(hub: &Hub, status: u16) -> Seen {
    let seen = Seen::default();
    let list = Arc::clone(&seen);
    let take = move |headers: HeaderMap, body: Bytes| async move {
        list.lock().unwrap().push((headers, body));
        // An app takes some time, in which other code may look at the simulator.
        tokio::task::yield_now().await;
        StatusCode::from_u16(status).unwrap()
    };
    hub.github.attach(Router::new().route("/webhooks/github", post(take)));
    seen
}

/// `event action name` of each webhook, in order.
fn told(hub: &Hub) -> Vec<String> {
    let deliveries = hub.github.deliveries();
    let told = deliveries.iter().map(|webhook| {
        let body: Value = serde_json::from_str(&webhook.body).unwrap();
        let job = body["workflow_job"]["name"].as_str().unwrap_or_default();
        format!("{} {} {job}", webhook.event, webhook.action).trim().to_owned()
    });
    told.collect()
}

#[tokio::test]
async fn a_run_is_told_in_order_when_it_is_due_and_once() {
    let hub = hub();
    let seen = attach(&hub, 200);
    hub.dispatched().await;
    assert_eq!(hub.github.deliver().await, 2);
    assert_eq!(hub.github.deliver().await, 0);
    hub.pass_ms(60_000);
    assert_eq!(hub.github.deliver().await, 7);
    assert_eq!(
        told(&hub),
        [
            "workflow_run requested",
            "workflow_job queued build",
            "workflow_run in_progress",
            "workflow_job in_progress build",
            "workflow_job completed build",
            "workflow_job queued publish",
            "workflow_job in_progress publish",
            "workflow_job completed publish",
            "workflow_run completed",
        ]
    );
    let seen = seen.lock().unwrap().clone();
    let (headers, body) = &seen[8];
    let header = |name: &str| headers[name].to_str().unwrap();
    assert_eq!(header("x-github-event"), "workflow_run");
    assert_eq!(header("x-hub-signature-256"), hub.github.sign(body));
    assert_eq!(header("content-type"), "application/json");
    assert!(header("user-agent").starts_with("GitHub-Hookshot/"));
    assert_eq!((header("x-github-delivery").len(), header("x-github-hook-id")), (36, "487261305"));
    let body: Value = serde_json::from_slice(body).unwrap();
    let run = &body["workflow_run"];
    assert_eq!(
        (&body["action"], &run["conclusion"], &run["display_title"]),
        (&json!("completed"), &json!("success"), &json!("Release shop [01J]"))
    );
    assert!(!body.to_string().contains("\"inputs\""), "GitHub does not repeat them");
    // Each webhook shows the state when it happened, however late it is delivered.
    let third: Value = serde_json::from_slice(&seen[3].1).unwrap();
    assert_eq!(third["workflow_job"]["status"], "in_progress");
    assert_eq!(third["workflow_job"]["steps"][0]["status"], "in_progress");
    assert!(third["workflow_job"].get("display_title").is_none());
    let guids: std::collections::BTreeSet<_> = hub.github.deliveries().into_iter().map(|w| w.guid).collect();
    assert_eq!(guids.len(), 9);
}

#[tokio::test]
async fn a_refused_webhook_is_not_repeated_unless_somebody_asks() {
    let hub = hub();
    attach(&hub, 500);
    hub.dispatched().await;
    assert_eq!(hub.github.deliver().await, 2);
    assert_eq!(hub.github.deliver().await, 0);
    let first = hub.github.deliveries()[0].clone();
    assert_eq!(first.status, Some(500));
    let seen = attach(&hub, 202);
    hub.github.redeliver(&first.guid);
    assert_eq!(hub.github.deliver().await, 1);
    let again = hub.github.deliveries()[2].clone();
    assert_eq!((again.status, again.redelivery, again.guid.as_str()), (Some(202), true, first.guid.as_str()));
    assert_eq!(seen.lock().unwrap()[0].1, first.body);
    hub.github.redeliver("no such");
    assert_eq!(hub.github.deliver().await, 0);
}

#[tokio::test]
async fn webhooks_are_lost_or_doubled_from_the_moment_it_is_said() {
    let hub = hub();
    let seen = attach(&hub, 200);
    hub.dispatched().await;
    hub.github.hold_webhooks(Webhooks::Lose);
    // Webhooks that were due before are not lost.
    assert_eq!(hub.github.deliver().await, 2);
    hub.pass_ms(1_000);
    assert_eq!(hub.github.deliver().await, 0);
    let lost: Vec<_> = hub.github.deliveries().into_iter().filter(|webhook| webhook.lost).collect();
    assert_eq!(lost.len(), 2);
    hub.github.redeliver(&lost[0].guid);
    assert_eq!(hub.github.deliver().await, 1);

    hub.github.hold_webhooks(Webhooks::Twice);
    hub.pass_ms(22_000);
    assert_eq!(hub.github.deliver().await, 6, "build completed, publish queued and in progress");
    let came = seen.lock().unwrap().clone();
    let guid = |n: usize| came[n].0["x-github-delivery"].clone();
    assert_eq!((guid(3), &came[3].1), (guid(4), &came[4].1));
    assert_ne!(guid(4), guid(5));
    hub.github.hold_webhooks(Webhooks::Deliver);
    hub.pass_ms(60_000);
    assert_eq!(hub.github.deliver().await, 2);
}

#[tokio::test]
async fn webhooks_wait_for_an_app_and_for_their_run_to_show() {
    let hub = hub_of(release().appears_after_ms(5_000));
    hub.dispatched().await;
    hub.pass_ms(4_999);
    assert!(hub.github.deliveries().is_empty());
    hub.pass_ms(1);
    assert_eq!(hub.github.deliver().await, 0, "there is no app");
    assert_eq!(
        told(&hub),
        [
            "workflow_run requested",
            "workflow_job queued build",
            "workflow_run in_progress",
            "workflow_job in_progress build"
        ]
    );
    let seen = attach(&hub, 200);
    assert_eq!(hub.github.deliver().await, 4);
    let first: Value = serde_json::from_slice(&seen.lock().unwrap()[0].1).unwrap();
    assert_eq!((&first["action"], &first["workflow_run"]["status"]), (&json!("requested"), &json!("queued")));
}

#[tokio::test]
async fn what_a_failure_skips_is_told_as_completed_only() {
    let mut failing = release();
    failing.jobs[0] = Job::new("build", vec![Step::failing("Build", 1.0, "no")]);
    let hub = hub_of(failing);
    hub.post(DISPATCH, json!({"ref": "main", "inputs": {"service": "shop"}})).await;
    hub.pass_ms(60_000);
    assert_eq!(
        told(&hub)[4..],
        ["workflow_job completed build", "workflow_job completed publish", "workflow_run completed"]
    );
    let publish: Value = serde_json::from_str(&hub.github.deliveries()[5].body).unwrap();
    assert_eq!(publish["workflow_job"]["conclusion"], "skipped");
}

#[tokio::test]
async fn two_who_deliver_at_once_share_the_work() {
    let hub = hub();
    let seen = attach(&hub, 200);
    hub.dispatched().await;
    hub.pass_ms(60_000);
    let (one, other) = futures::join!(hub.github.deliver(), hub.github.deliver());
    assert_eq!((one + other, seen.lock().unwrap().len()), (9, 9));
}
