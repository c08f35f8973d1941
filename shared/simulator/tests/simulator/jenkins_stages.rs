//! The stages and notifications of the simulated Jenkins.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use http::{HeaderMap, StatusCode, Uri};
use serde_json::{Value, json};
use signalbox_simulator::jenkins::{Jenkins, JenkinsSettings, Job, Notifications, Notify, Stage, StageEnd};

use crate::jenkins::{Ci, NOW_MS, ci, ci_that, deploy};

async fn stages(ci: &Ci, path: &str) -> (String, Vec<String>) {
    let run = ci.get(&format!("{path}/wfapi/describe")).await.json();
    let statuses = run["stages"].as_array().unwrap().iter();
    let words = statuses
        .map(|stage| format!("{} {}", stage["name"].as_str().unwrap(), stage["status"].as_str().unwrap()));
    (run["status"].as_str().unwrap().to_owned(), words.collect())
}

#[tokio::test]
async fn stages_are_shown_as_they_come() {
    let job = |ends| {
        let job = Job::pipeline("j").stage(Stage::new("a", 10)).stage(Stage::new("b", 10).ends(ends));
        job.stage(Stage::new("c", 10))
    };
    for (ends, at_15, at_40) in [
        (
            StageEnd::Success,
            ["a SUCCESS", "b IN_PROGRESS"],
            ("SUCCESS", ["a SUCCESS", "b SUCCESS", "c SUCCESS"]),
        ),
        (
            StageEnd::Unstable,
            ["a SUCCESS", "b IN_PROGRESS"],
            ("UNSTABLE", ["a SUCCESS", "b UNSTABLE", "c SUCCESS"]),
        ),
        (
            StageEnd::Failure,
            ["a SUCCESS", "b IN_PROGRESS"],
            ("FAILED", ["a SUCCESS", "b FAILED", "c NOT_EXECUTED"]),
        ),
        (
            StageEnd::Hang,
            ["a SUCCESS", "b IN_PROGRESS"],
            ("ABORTED", ["a SUCCESS", "b ABORTED", "c NOT_EXECUTED"]),
        ),
    ] {
        let ci = ci(vec![job(ends)]);
        ci.post("/job/j/build?delay=0sec", "").await;
        ci.pass_ms(15);
        let (status, shown) = stages(&ci, "/job/j/1").await;
        assert_eq!((status.as_str(), shown), ("IN_PROGRESS", at_15.map(str::to_owned).to_vec()), "{ends:?}");
        ci.pass_ms(10);
        if ends == StageEnd::Hang {
            ci.post("/job/j/1/stop", "").await;
        }
        ci.pass_ms(15);
        let (status, shown) = stages(&ci, "/job/j/1").await;
        assert_eq!((status.as_str(), shown), (at_40.0, at_40.1.map(str::to_owned).to_vec()), "{ends:?}");
    }
}

#[tokio::test]
async fn a_stage_is_described_and_its_step_has_the_log() {
    let ci = ci(vec![deploy()]);
    ci.deploy("").await;
    ci.pass_ms(12_000);
    let run = ci.get("/job/web/job/deploy/1/wfapi/describe").await.json();
    assert_eq!(run["_links"]["self"]["href"], "/jenkins/job/web/job/deploy/1/wfapi/describe");
    assert_eq!(
        (&run["id"], &run["name"], &run["startTimeMillis"]),
        (&json!("1"), &json!("#1"), &json!(NOW_MS))
    );
    assert_eq!((&run["durationMillis"], &run["endTimeMillis"]), (&json!(12_000), &json!(NOW_MS + 12_000)));
    assert_eq!(run["stages"][1]["durationMillis"], 2_000);
    let id = run["stages"][0]["id"].as_str().unwrap();
    let node = |node: &str, what: &str| format!("/job/web/job/deploy/1/execution/node/{node}/wfapi/{what}");
    assert_eq!(ci.get(&node(id, "log")).await.json()["length"], 0);
    let described = ci.get(&node(id, "describe")).await.json();
    let step = &described["stageFlowNodes"][0];
    assert_eq!(step["parentNodes"], json!([id]));
    let log = ci.get(&node(step["id"].as_str().unwrap(), "log")).await.json();
    assert_eq!(
        (&log["text"], &log["hasMore"], &log["nodeStatus"]),
        (&json!("+ make\nok\n"), &json!(false), &json!("SUCCESS"))
    );
    assert_eq!(ci.get(&node("99", "log")).await.status, 404);
    assert_eq!(ci.get("/job/web/job/deploy/wfapi/runs").await.json()[0], run);
    assert_eq!(ci.get("/job/web/job/deploy/1/wfapi/pendingInputActions").await.json(), json!([]));
}

#[tokio::test]
async fn without_the_plugin_or_a_pipeline_there_are_no_stages() {
    let plain = ci(vec![Job::freestyle("plain")]);
    plain.post("/job/plain/build?delay=0sec", "").await;
    assert_eq!(plain.get("/job/plain/1/wfapi/describe").await.status, 404);
    let settings = JenkinsSettings::new(vec![Job::pipeline("j")], Arc::new(|| NOW_MS));
    let bare = Jenkins::new(JenkinsSettings { pipeline_rest: false, ..settings });
    let asked = |method: &str, path: &str| {
        let request = http::Request::builder().method(method).uri(path);
        request
            .header("authorization", "Basic c2lnbmFsYm94OnByYWN0aWNl")
            .body(axum::body::Body::empty())
            .unwrap()
    };
    assert_eq!(crate::send(bare.http(), asked("POST", "/job/j/build?delay=0sec")).await.0, 201);
    assert_eq!(crate::send(bare.http(), asked("GET", "/job/j/1/api/json")).await.0, 200);
    assert_eq!(crate::send(bare.http(), asked("GET", "/job/j/1/wfapi/describe")).await.0, 404);
    assert_eq!(crate::send(bare.http(), asked("GET", "/job/j/wfapi/runs")).await.0, 404);
}

type Heard = Arc<Mutex<Vec<(String, HeaderMap, Bytes)>>>;

/// An app that records the notifications that it gets.
fn door() -> (Router, Heard) {
    async fn hear(State(heard): State<Heard>, uri: Uri, headers: HeaderMap, body: Bytes) -> StatusCode {
        heard.lock().unwrap().push((uri.to_string(), headers, body));
        StatusCode::ACCEPTED
    }
    let heard = Heard::default();
    (Router::new().route("/webhooks/jenkins", post(hear)).with_state(Arc::clone(&heard)), heard)
}

#[tokio::test]
async fn the_app_hears_of_every_phase_in_order() {
    let ci = ci_that(vec![Job { finishing_ms: 500, queued_ms: 3_000, ..deploy() }], Notify::secret("a&b"));
    let (router, heard) = door();
    ci.jenkins.attach(router);
    ci.deploy("VERSION=v1&DRY_RUN=TRUE&KEY=secret").await;
    assert_eq!(ci.jenkins.deliver().await, 0);
    ci.pass_ms(3_000);
    assert_eq!(ci.jenkins.deliver().await, 2);
    assert_eq!(ci.jenkins.deliver().await, 0);
    ci.pass_ms(30_000);
    assert_eq!(ci.jenkins.deliver().await, 1);
    let running = ci.get("/job/web/job/deploy/1/api/json?tree=building,inProgress").await.json();
    assert_eq!((&running["building"], &running["inProgress"]), (&json!(false), &json!(true)));
    ci.pass_ms(500);
    assert_eq!(ci.jenkins.deliver().await, 1);

    let told = ci.jenkins.notifications();
    let phases: Vec<_> = told.iter().map(|one| (one.phase, one.status, one.lost)).collect();
    let ok = Some(202);
    let all =
        [("QUEUED", ok, false), ("STARTED", ok, false), ("COMPLETED", ok, false), ("FINALIZED", ok, false)];
    assert_eq!(phases, all);
    let heard = heard.lock().unwrap().clone();
    assert!(heard.iter().all(|(uri, headers, _)| uri == "/webhooks/jenkins?secret=a%26b"
        && headers.get("x-signature-256").is_none()));
    let bodies: Vec<Value> = heard.iter().map(|(_, _, body)| serde_json::from_slice(body).unwrap()).collect();
    assert_eq!(
        bodies[0],
        json!({
            "name": "deploy", "display_name": "deploy", "url": "job/web/job/deploy/",
            "build": {
                "full_url": "https://ci.example/jenkins/job/web/job/deploy/1/", "number": 1, "queue_id": 1,
                "timestamp": NOW_MS, "duration": 0, "phase": "QUEUED", "url": "job/web/job/deploy/1/",
                "scm": {"changes": [], "culprits": []}, "log": "", "artifacts": {},
                "parameters": {"VERSION": "v1", "TARGET": "staging", "DRY_RUN": "true"},
            },
        })
    );
    assert_eq!(bodies[1]["build"]["timestamp"], NOW_MS + 3_000);
    assert!(bodies[1]["build"].get("status").is_none());
    assert_eq!(
        (&bodies[2]["build"]["status"], &bodies[2]["build"]["duration"]),
        (&json!("SUCCESS"), &json!(30_000))
    );
    assert_eq!(bodies[3]["build"]["phase"], "FINALIZED");
}

#[tokio::test]
async fn notifications_are_lost_or_come_twice() {
    let ci = ci(vec![deploy()]);
    ci.deploy("").await;
    // No app is attached, so the notifications are not received. They are not kept for later either.
    assert_eq!(ci.jenkins.deliver().await, 0);
    assert_eq!(ci.jenkins.notifications().len(), 2);
    assert!(ci.jenkins.notifications().iter().all(|one| one.status.is_none() && !one.lost));
    let (router, heard) = door();
    ci.jenkins.attach(router);
    ci.deploy("VERSION=v2").await;
    // The new setting does not apply to notifications that are due already.
    ci.jenkins.hold_notifications(Notifications::Lose);
    assert_eq!(ci.jenkins.deliver().await, 2);
    ci.pass_ms(30_000);
    assert_eq!(ci.jenkins.deliver().await, 0);
    ci.jenkins.hold_notifications(Notifications::Twice);
    ci.deploy("VERSION=v3").await;
    assert_eq!(ci.jenkins.deliver().await, 4);
    assert_eq!(heard.lock().unwrap().len(), 6);
    let told: Vec<_> = ci.jenkins.notifications().iter().map(|one| (one.phase, one.lost)).collect();
    assert_eq!(
        told[4..8],
        [("COMPLETED", true), ("FINALIZED", true), ("COMPLETED", true), ("FINALIZED", true)]
    );
    assert_eq!(told[8..], [("QUEUED", false), ("QUEUED", false), ("STARTED", false), ("STARTED", false)]);
}

#[tokio::test]
async fn notifications_can_be_signed() {
    let ci = ci_that(vec![Job::pipeline("shop/feature%2Fx")], Notify::signed("key"));
    let (router, heard) = door();
    ci.jenkins.attach(router);
    ci.post("/job/shop/job/feature%252Fx/build?delay=0sec", "").await;
    assert_eq!(ci.jenkins.deliver().await, 4);
    let (uri, headers, body) = heard.lock().unwrap()[3].clone();
    assert_eq!(uri, "/webhooks/jenkins");
    let signature = headers["x-signature-256"].to_str().unwrap();
    assert_eq!((signature.len(), &signature[..7]), (71, "sha256="));
    let told: Value = serde_json::from_slice(&body).unwrap();
    assert_eq!((&told["name"], &told["display_name"]), (&json!("feature%2Fx"), &json!("feature/x")));
    assert_eq!(told["build"]["url"], "job/shop/job/feature%252Fx/1/");
    assert!(told["build"].get("parameters").is_none());
    assert_eq!(ci.jenkins.notifications()[3].job, "shop/feature%2Fx");
}
