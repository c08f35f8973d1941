//! The simulated Jenkins as a client sees it: asking for builds, the queue, jobs, builds, and what can go wrong.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use signalbox_simulator::jenkins::{
    Jenkins, JenkinsSettings, Job, Notify, ParameterDefinition, Stage, StageEnd, StopNeeded,
};

use crate::send;

/// Noon on 2026-11-21.
pub const NOW_MS: i64 = 1_795_262_400_000;
pub const ROOT: &str = "https://ci.example/jenkins/";

pub struct Ci {
    pub jenkins: Jenkins,
    now_ms: Arc<AtomicI64>,
}

pub struct Got {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    pub fn location(&self) -> &str {
        self.header("location").unwrap_or_default()
    }
}

/// `web/deploy` takes a version, a target and a secret. It builds and then rolls out.
pub fn deploy() -> Job {
    Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("VERSION", "latest"))
        .parameter(ParameterDefinition::choice("TARGET", &["staging", "production"]))
        .parameter(ParameterDefinition::boolean("DRY_RUN", false))
        .parameter(ParameterDefinition::password("KEY"))
        .stage(Stage::new("Build", 10_000).log("+ make\nok\n"))
        .stage(Stage::new("Roll out", 20_000))
}

fn hanging(path: &str, takes_stop: StopNeeded) -> Job {
    Job { takes_stop, ..Job::pipeline(path).stage(Stage::new("Wait", 0).ends(StageEnd::Hang)) }
}

pub fn ci(jobs: Vec<Job>) -> Ci {
    ci_that(jobs, Notify::secret("hush"))
}

pub fn ci_that(jobs: Vec<Job>, notify: Notify) -> Ci {
    let now_ms = Arc::new(AtomicI64::new(NOW_MS));
    let clock = Arc::clone(&now_ms);
    let settings = JenkinsSettings {
        root_url: ROOT.into(),
        notify,
        ..JenkinsSettings::new(jobs, Arc::new(move || clock.load(Ordering::SeqCst)))
    };
    Ci { jenkins: Jenkins::new(settings), now_ms }
}

impl Ci {
    pub fn pass_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    pub async fn get(&self, path: &str) -> Got {
        self.call("GET", path, "").await
    }

    pub async fn post(&self, path: &str, form: &str) -> Got {
        self.call("POST", path, form).await
    }

    pub async fn json(&self, path: &str) -> Value {
        let got = self.get(path).await;
        assert_eq!(got.status, 200, "{path}: {}", got.body);
        got.json()
    }

    pub async fn call(&self, method: &str, path: &str, form: &str) -> Got {
        self.call_as("signalbox:practice", method, path, form).await
    }

    pub async fn call_as(&self, who: &str, method: &str, path: &str, form: &str) -> Got {
        let mut request = Request::builder().method(method).uri(path);
        if !who.is_empty() {
            request = request.header("authorization", format!("Basic {}", STANDARD.encode(who)));
        }
        if !form.is_empty() {
            request = request.header("content-type", "application/x-www-form-urlencoded");
        }
        let request = request.body(Body::from(form.to_owned())).unwrap();
        let (status, headers, body) = send(self.jenkins.http(), request).await;
        Got { status, headers, body }
    }

    /// Asks for a build of `web/deploy` without a quiet period.
    pub async fn deploy(&self, form: &str) {
        let got = self.post("/job/web/job/deploy/buildWithParameters?delay=0sec", form).await;
        assert_eq!(got.status, 201, "{}", got.body);
    }
}

#[tokio::test]
async fn a_build_is_queued_begins_and_ends() {
    let ci = ci(vec![Job { queued_ms: 2_000, ..deploy() }]);
    let form = "VERSION=v1.2&TARGET=production&NONSENSE=1";
    let got = ci.post("/job/web/job/deploy/buildWithParameters", form).await;
    assert_eq!((got.status, got.location()), (201, "https://ci.example/jenkins/queue/item/1/"));

    let item = ci.json("/queue/item/1/api/json").await;
    assert_eq!(item["_class"], "hudson.model.Queue$WaitingItem");
    assert_eq!(item["task"]["name"], "deploy");
    assert_eq!(item["task"]["url"], "https://ci.example/jenkins/job/web/job/deploy/");
    assert_eq!((&item["buildable"], &item["blocked"]), (&json!(false), &json!(false)));
    assert_eq!((&item["timestamp"], &item["inQueueSince"]), (&json!(NOW_MS + 5_000), &json!(NOW_MS)));
    assert!(item["why"].as_str().unwrap().starts_with("In the quiet period. Expires in 5 sec"));
    assert!(item.get("executable").is_none() && item.get("cancelled").is_none());
    // A parameter that the job does not know is dropped, a value that was not given is the default, and a secret is
    // not shown.
    assert_eq!(
        item["actions"][0]["parameters"],
        json!([
            {"_class": "hudson.model.StringParameterValue", "name": "VERSION", "value": "v1.2"},
            {"_class": "hudson.model.StringParameterValue", "name": "TARGET", "value": "production"},
            {"_class": "hudson.model.BooleanParameterValue", "name": "DRY_RUN", "value": false},
            {"_class": "hudson.model.PasswordParameterValue", "name": "KEY"},
        ])
    );
    assert_eq!(item["params"], "\nVERSION=v1.2\nTARGET=production\nDRY_RUN=false\nKEY=****");
    let job = ci.json("/job/web/job/deploy/api/json?tree=inQueue,queueItem[id],nextBuildNumber").await;
    assert_eq!((&job["inQueue"], &job["queueItem"]["id"]), (&json!(true), &json!(1)));

    ci.pass_ms(5_000);
    let item = ci.json("/queue/item/1/api/json").await;
    assert_eq!(item["_class"], "hudson.model.Queue$BuildableItem");
    assert_eq!(
        (&item["buildable"], &item["why"]),
        (&json!(true), &json!("Waiting for next available executor"))
    );
    assert_eq!(ci.jenkins.started(), 0);

    ci.pass_ms(2_000);
    let item = ci.json("/queue/item/1/api/json?tree=cancelled,why,executable[number,url]").await;
    let build = json!({
        "_class": "org.jenkinsci.plugins.workflow.job.WorkflowRun", "number": 1,
        "url": "https://ci.example/jenkins/job/web/job/deploy/1/",
    });
    let left = json!({"_class": "hudson.model.Queue$LeftItem", "cancelled": false, "why": null, "executable": build});
    assert_eq!(item, left);
    assert!(ci.jenkins.queue().is_empty());
    let running = ci.json("/job/web/job/deploy/1/api/json").await;
    assert_eq!((&running["building"], &running["inProgress"]), (&json!(true), &json!(true)));
    assert_eq!((&running["result"], &running["duration"]), (&Value::Null, &json!(0)));
    assert_eq!((&running["queueId"], &running["timestamp"]), (&json!(1), &json!(NOW_MS + 7_000)));
    assert_eq!(running["estimatedDuration"], -1);

    ci.pass_ms(30_000);
    let done = ci.json("/job/web/job/deploy/lastBuild/api/json").await;
    assert_eq!(
        (&done["building"], &done["result"], &done["duration"]),
        (&json!(false), &json!("SUCCESS"), &json!(30_000))
    );
    assert_eq!(done["fullDisplayName"], "web » deploy #1");
    assert_eq!(done["actions"][1]["causes"][0]["userId"], "signalbox");
    let view = &ci.jenkins.builds()[0];
    assert_eq!(
        (view.parameter("VERSION"), view.result, view.building),
        (Some("v1.2"), Some("SUCCESS"), false)
    );

    // The item is forgotten five minutes after it left the queue. The build can always be found by the item's id.
    ci.pass_ms(269_999);
    assert_eq!(ci.get("/queue/item/1/api/json").await.status, 200);
    ci.pass_ms(1);
    assert_eq!(ci.get("/queue/item/1/api/json").await.status, 404);
    let found = ci.json("/job/web/job/deploy/api/json?tree=builds[number,queueId]{0,50}").await;
    assert_eq!(found["builds"][0]["queueId"], 1);
}

#[tokio::test]
async fn equal_requests_share_an_item_while_it_is_in_the_queue() {
    let ci = ci(vec![deploy()]);
    let build = "/job/web/job/deploy/buildWithParameters";
    assert_eq!(ci.post(build, "VERSION=v1").await.status, 201);
    let merged = ci.post(&format!("{build}?TARGET=staging&delay=1sec"), "VERSION=v1&CHATOPS=2&KEY=").await;
    assert_eq!((merged.status, merged.location()), (303, "https://ci.example/jenkins/queue/item/1/"));
    // Requests with different secrets are different, although nobody can see the secrets.
    assert_eq!(
        ci.post(build, "VERSION=v1&KEY=k").await.location(),
        "https://ci.example/jenkins/queue/item/2/"
    );
    let queue: Vec<_> = ci.jenkins.queue().iter().map(|item| (item.id, item.causes)).collect();
    assert_eq!(queue, [(1, 2), (2, 1)]);

    // The quiet period ends at the earlier of the two moments, and both causes are there.
    ci.pass_ms(1_000);
    let item = ci.json("/queue/item/1/api/json?tree=executable[number,actions[causes[userId]]]").await;
    assert_eq!(item["executable"]["actions"][1]["causes"].as_array().unwrap().len(), 2);
    // A running build is no longer in the queue.
    assert_eq!(ci.post(build, "VERSION=v1").await.status, 201);
    let listed = ci.json("/queue/api/json?tree=items[id]").await;
    assert_eq!(
        listed["items"].as_array().unwrap().iter().map(|i| i["id"].clone()).collect::<Vec<_>>(),
        [3, 2]
    );
}

#[tokio::test]
async fn what_cannot_be_built_is_refused_and_builds_nothing() {
    let plain = Job::freestyle("plain");
    let jobs = vec![
        deploy(),
        plain.clone(),
        Job { disabled: true, path: "off".into(), ..deploy() },
        Job { vetoed: true, path: "vetoed".into(), ..deploy() },
        Job { forbidden: true, path: "theirs".into(), ..deploy() },
    ];
    let ci = ci(jobs);
    for (method, path, form, status) in [
        ("POST", "/job/none/buildWithParameters", "", 404),
        ("POST", "/job/web/buildWithParameters", "", 404),
        ("POST", "/job/plain/buildWithParameters", "A=1", 400),
        ("POST", "/job/off/buildWithParameters", "", 409),
        ("POST", "/job/vetoed/buildWithParameters", "", 302),
        ("POST", "/job/theirs/buildWithParameters", "", 403),
        ("GET", "/job/web/job/deploy/buildWithParameters?VERSION=1", "", 405),
        ("GET", "/job/plain/build", "", 405),
        ("POST", "/job/web/job/deploy/build", "VERSION=1", 400),
        (
            "POST",
            "/job/web/job/deploy/build",
            "json=%7B%22parameter%22%3A%7B%22name%22%3A%22NO%22%2C%22value%22%3A%22%22%7D%7D",
            500,
        ),
        ("POST", "/job/web/job/deploy/buildWithParameters", "TARGET=moon", 500),
        ("POST", "/job/web/job/deploy/buildWithParameters", "VERSION=1&VERSION=2", 500),
        ("POST", "/job/web/job/deploy/buildWithParameters?delay=soon", "", 500),
        ("POST", "/job/web/job/deploy/api/json", "", 405),
        ("GET", "/job/web/job/deploy/api/xml", "", 404),
        ("GET", "/job/web/job/deploy/1/api/json", "", 404),
        ("GET", "/job/web/job/deploy/api/json?tree=builds[", "", 500),
    ] {
        let got = ci.call(method, path, form).await;
        assert_eq!((got.status, got.header("x-jenkins")), (status, Some("2.579")), "{method} {path}");
        assert!(got.header("content-type").unwrap().starts_with("text/html"), "{path}");
    }
    let vetoed = ci.post("/job/vetoed/buildWithParameters", "").await;
    assert_eq!(vetoed.location(), ".");
    assert_eq!(ci.get("/job/plain/build").await.header("allow"), Some("POST"));
    assert!(ci.post("/job/plain/buildWithParameters", "").await.body.contains("plain is not parameterized"));
    ci.pass_ms(600_000);
    assert!(ci.jenkins.queue().is_empty() && ci.jenkins.started() == 0);

    for (who, status) in [("", 403), ("signalbox:wrong", 401), ("ada:practice", 401), ("signalbox", 401)] {
        let got = ci.call_as(who, "POST", "/job/plain/build", "").await;
        assert_eq!((got.status, got.header("x-jenkins").is_some()), (status, true), "{who}");
    }
    assert_eq!(ci.post("/job/plain/build", "").await.status, 201);
}

#[tokio::test]
async fn a_plain_job_answers_201_even_when_merged_and_builds_one_at_a_time() {
    let ci = ci(vec![Job::freestyle("plain").stage(Stage::new("work", 60_000))]);
    for _ in 0..2 {
        let got = ci.post("/job/plain/build", "").await;
        assert_eq!((got.status, got.location()), (201, "https://ci.example/jenkins/queue/item/1/"));
    }
    ci.pass_ms(5_000);
    assert_eq!(
        ci.post("/job/plain/build?delay=0sec", "").await.location(),
        "https://ci.example/jenkins/queue/item/2/"
    );
    let item = ci.json("/queue/item/2/api/json").await;
    assert_eq!((&item["_class"], &item["blocked"]), (&json!("hudson.model.Queue$BlockedItem"), &json!(true)));
    assert_eq!(item["why"], "Build #1 is already in progress (ETA: N/A)");
    assert_eq!(ci.json("/job/plain/api/json").await["color"], "notbuilt_anime");
    ci.pass_ms(60_000);
    assert_eq!(ci.json("/queue/item/2/api/json").await["executable"]["number"], 2);
    let job = ci.json("/job/plain/api/json").await;
    assert_eq!((&job["color"], &job["nextBuildNumber"]), (&json!("blue_anime"), &json!(3)));
    assert_eq!((&job["lastBuild"]["number"], &job["lastStableBuild"]["number"]), (&json!(2), &json!(1)));
    assert_eq!(job["lastFailedBuild"], Value::Null);
}

#[tokio::test]
async fn an_item_can_be_cancelled_until_it_leaves() {
    let ci = ci(vec![deploy(), Job { forbidden: true, ..Job::freestyle("theirs") }]);
    ci.post("/job/web/job/deploy/buildWithParameters", "").await;
    assert_eq!(ci.get("/queue/cancelItem?id=1").await.status, 405);
    assert_eq!(ci.post("/queue/cancelItem?id=1", "").await.status, 204);
    let item = ci.json("/queue/item/1/api/json").await;
    assert_eq!((&item["cancelled"], &item["executable"]), (&json!(true), &Value::Null));
    // Jenkins still knows the item, but it has left the queue.
    assert_eq!(ci.post("/queue/cancelItem?id=1", "").await.status, 500);
    ci.pass_ms(300_000);
    for id in ["1", "2", "x", ""] {
        assert_eq!(ci.post("/queue/cancelItem", &format!("id={id}")).await.status, 404, "{id}");
    }
    assert_eq!(ci.jenkins.started(), 0);
}

#[tokio::test]
async fn an_item_may_get_lost() {
    let ci = ci(vec![Job { lost_in_queue: true, ..deploy() }]);
    ci.deploy("").await;
    let item = ci.json("/queue/item/1/api/json").await;
    assert_eq!(item["_class"], "hudson.model.Queue$LeftItem");
    assert_eq!((&item["cancelled"], &item["executable"]), (&json!(false), &Value::Null));
    ci.pass_ms(300_000);
    assert_eq!(ci.get("/queue/item/1/api/json").await.status, 404);
    assert_eq!((ci.jenkins.started(), ci.jenkins.builds().len()), (0, 0));
}

#[tokio::test]
async fn a_build_ends_when_it_is_asked_strongly_enough() {
    let jobs = [("a", StopNeeded::Stop), ("b", StopNeeded::Term), ("c", StopNeeded::Kill)];
    let ci = ci(jobs.map(|(path, takes)| hanging(path, takes)).to_vec());
    for (path, _) in jobs {
        ci.post(&format!("/job/{path}/build?delay=0sec"), "").await;
    }
    ci.pass_ms(90_000);
    let mut running = Vec::new();
    for how in ["stop", "term", "kill"] {
        for (path, _) in jobs {
            let got = ci.post(&format!("/job/{path}/1/{how}"), "").await;
            assert_eq!((got.status, got.location()), (302, format!("{ROOT}job/{path}/1/").as_str()));
        }
        running.push(ci.jenkins.builds().iter().filter(|build| build.building).count());
        ci.pass_ms(1_000);
    }
    assert_eq!(running, [2, 1, 0]);
    let took = |n: usize| ci.jenkins.builds()[n].result;
    assert_eq!((took(0), took(1), took(2)), (Some("ABORTED"), Some("ABORTED"), Some("ABORTED")));
    assert_eq!(ci.json("/job/c/1/api/json").await["duration"], 92_000);
    let log = ci.get("/job/b/1/consoleText").await.body;
    assert_eq!(log.matches("Aborted by signalbox").count(), 2, "{log}");
    assert!(
        log.contains("Click here to forcibly terminate running steps")
            && log.ends_with("Finished: ABORTED\n")
    );
    assert_eq!(ci.get("/job/a/1/stop").await.status, 405);
    assert_eq!(ci.post("/job/a/9/stop", "").await.status, 404);
    assert_eq!(ci.json("/job/a/api/json").await["color"], "aborted");
}

#[tokio::test]
async fn only_pipelines_know_term_and_kill() {
    let ci = ci(vec![Job::freestyle("plain").stage(Stage::new("s", 0).ends(StageEnd::Hang))]);
    ci.post("/job/plain/build?delay=0sec", "").await;
    assert_eq!(ci.post("/job/plain/1/kill", "").await.status, 404);
    assert_eq!(ci.post("/job/plain/1/stop", "").await.status, 302);
    assert_eq!(ci.jenkins.builds()[0].result, Some("ABORTED"));
}
