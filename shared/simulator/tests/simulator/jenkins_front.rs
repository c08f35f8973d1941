//! The simulated Jenkins as a client sees it: logs, described documents, faults, restarts and forms.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use serde_json::{Value, json};
use signalbox_simulator::jenkins::{JenkinsFault, Job, Stage};

use crate::jenkins::{NOW_MS, ROOT, ci, deploy};
use crate::send;

#[tokio::test]
async fn the_log_is_read_bit_by_bit() {
    let ci = ci(vec![deploy()]);
    ci.deploy("").await;
    let (mut size, mut text) = ("0".to_owned(), String::new());
    for more in [true, true, true, false] {
        let got = ci.get(&format!("/job/web/job/deploy/1/logText/progressiveText?start={size}")).await;
        assert_eq!(got.header("x-more-data"), more.then_some("true"));
        got.header("x-text-size").unwrap().clone_into(&mut size);
        text.push_str(&got.body);
        ci.pass_ms(10_000);
    }
    assert!(text.contains("+ make\r\nok\r\n"));
    let whole = ci.get("/job/web/job/deploy/1/consoleText").await.body;
    assert_eq!(text.replace("\r\n", "\n"), whole);
    assert_eq!(whole.len().to_string(), size);
    // A start beyond the end begins at the beginning again, as after a rotation of the log.
    let again = ci.get("/job/web/job/deploy/1/logText/progressiveText?start=99999").await;
    assert_eq!((again.body.as_str(), again.header("x-text-size")), (text.as_str(), Some(size.as_str())));
    let end = ci.get(&format!("/job/web/job/deploy/1/logText/progressiveText?start={size}")).await;
    assert_eq!((end.body.as_str(), end.header("x-more-data")), ("", None));
    assert_eq!(ci.get("/job/web/job/deploy/1/logText/progressiveText?start=x").await.status, 500);
}

#[tokio::test]
async fn folders_branches_and_parameters_are_described() {
    let branch = Job::pipeline("shop/release/feature%2Fx").stage(Stage::new("s", 1));
    let ci = ci(vec![deploy(), branch, Job { disabled: true, ..Job::freestyle("old job") }]);
    let root = ci.json("/api/json?tree=url,jobs[name,url,color,jobs[fullName,jobs[name]]]").await;
    let (folder, pipeline) =
        ("com.cloudbees.hudson.plugins.folder.Folder", "org.jenkinsci.plugins.workflow.job.WorkflowJob");
    assert_eq!(
        root,
        json!({"_class": "hudson.model.Hudson", "url": ROOT, "jobs": [
            {"_class": "hudson.model.FreeStyleProject", "name": "old job", "color": "disabled",
             "url": "https://ci.example/jenkins/job/old%20job/"},
            {"_class": folder, "name": "shop", "url": "https://ci.example/jenkins/job/shop/", "jobs": [
                {"_class": folder, "fullName": "shop/release", "jobs": [{"_class": pipeline, "name": "feature%2Fx"}]}]},
            {"_class": folder, "name": "web", "url": "https://ci.example/jenkins/job/web/", "jobs": [
                {"_class": pipeline, "fullName": "web/deploy"}]},
        ]})
    );
    let branch = ci.json("/job/shop/job/release/job/feature%252Fx/api/json").await;
    assert_eq!(
        (&branch["displayName"], &branch["fullName"]),
        (&json!("feature/x"), &json!("shop/release/feature%2Fx"))
    );
    assert_eq!(branch["url"], "https://ci.example/jenkins/job/shop/job/release/job/feature%252Fx/");
    assert_eq!(ci.get("/job/shop/job/release/job/feature%2Fx/api/json").await.status, 404);
    assert_eq!(ci.get("/job/shop/job/none/api/json").await.status, 404);

    let tree = "property[parameterDefinitions[name,type,choices,defaultParameterValue[value]]],buildable";
    let job = ci.json(&format!("/job/web/job/deploy/api/json?tree={tree}")).await;
    let definitions = &job["property"][0]["parameterDefinitions"];
    assert_eq!((&job["buildable"], definitions.as_array().unwrap().len()), (&json!(true), 4));
    assert_eq!(
        definitions[1],
        json!({
            "_class": "hudson.model.ChoiceParameterDefinition", "name": "TARGET", "type": "ChoiceParameterDefinition",
            "choices": ["staging", "production"],
            "defaultParameterValue": {"_class": "hudson.model.StringParameterValue", "value": "staging"},
        })
    );
    assert_eq!(definitions[2]["defaultParameterValue"]["value"], false);
    assert_eq!(
        definitions[3]["defaultParameterValue"],
        json!({"_class": "hudson.model.PasswordParameterValue"})
    );
}

#[tokio::test]
async fn faults_are_met_once_and_in_order() {
    let ci = ci(vec![deploy()]);
    let path = "/job/web/job/deploy/buildWithParameters";
    let faults = [
        (JenkinsFault::Status(500), 500, true),
        (JenkinsFault::Crumb, 403, true),
        (JenkinsFault::Login, 302, false),
        (JenkinsFault::LoginPage, 200, false),
        (JenkinsFault::Html(504), 504, false),
    ];
    for (fault, _, _) in &faults {
        ci.jenkins.fault("buildWithParameters", "POST", fault.clone());
    }
    assert_eq!(ci.get("/job/web/job/deploy/api/json").await.status, 200);
    for (fault, status, own) in faults {
        let got = ci.post(path, "").await;
        assert_eq!((got.status, got.header("x-jenkins").is_some()), (status, own), "{fault:?}");
        if fault == JenkinsFault::Login {
            assert_eq!(got.location(), "https://sso.example/login");
        }
    }
    assert!(ci.jenkins.queue().is_empty());

    ci.jenkins.fault(path, "POST", JenkinsFault::LostAnswer);
    let lost = ci.post(path, "VERSION=v7").await;
    assert_eq!((lost.status, lost.header("x-jenkins"), lost.location()), (502, None, ""));
    assert_eq!(ci.jenkins.queue()[0].parameter("VERSION"), Some("v7"));

    ci.jenkins.down(true);
    let down = ci.get("/api/json").await;
    assert_eq!((down.status, down.header("x-jenkins")), (503, None));
    ci.jenkins.down(false);
    assert_eq!(ci.get("/api/json").await.status, 200);

    let calls = ci.jenkins.calls();
    let last_post = calls.iter().rfind(|call| call.method == "POST").unwrap();
    assert_eq!((last_post.status, last_post.body.as_str()), (502, "VERSION=v7"));
    assert_eq!((last_post.field("VERSION").as_deref(), last_post.at_ms), (Some("v7"), NOW_MS));
    assert_eq!(
        calls.iter().map(|call| call.status).collect::<Vec<_>>(),
        [200, 500, 403, 302, 200, 504, 502, 503, 200]
    );
}

#[tokio::test]
async fn a_restart_forgets_what_left_the_queue() {
    let ci = ci(vec![deploy()]);
    ci.deploy("").await;
    ci.post("/job/web/job/deploy/buildWithParameters", "VERSION=v2").await;
    let before = ci.get("/queue/item/1/api/json").await;
    ci.jenkins.restart();
    let after = ci.get("/queue/item/1/api/json").await;
    assert_eq!((before.status, after.status), (200, 404));
    assert_ne!(before.header("x-jenkins-session"), after.header("x-jenkins-session"));
    assert_eq!(ci.get("/queue/item/2/api/json").await.status, 200);
    assert_eq!(ci.json("/job/web/job/deploy/1/api/json").await["queueId"], 1);
}

#[tokio::test]
async fn a_job_shows_a_hundred_builds_unless_asked_for_all() {
    let ci = ci(vec![deploy()]);
    for n in 0..103 {
        ci.deploy(&format!("VERSION={n}")).await;
    }
    let job = ci.json("/job/web/job/deploy/api/json").await;
    let shown = job["builds"].as_array().unwrap();
    assert_eq!((shown.len(), &shown[0]["number"], &shown[99]["number"]), (100, &json!(103), &json!(4)));
    assert!(job.get("allBuilds").is_none());
    let all = ci.json("/job/web/job/deploy/api/json?tree=allBuilds[number]{100,}").await;
    let class = "org.jenkinsci.plugins.workflow.job.WorkflowRun";
    let numbers = [3, 2, 1].map(|number| json!({"_class": class, "number": number}));
    assert_eq!(all["allBuilds"], json!(numbers));
}

#[tokio::test]
async fn the_form_of_the_page_takes_exactly_what_it_holds() {
    let ci = ci(vec![deploy()]);
    let form = |json: Value| {
        format!("json={}", form_urlencoded::byte_serialize(json.to_string().as_bytes()).collect::<String>())
    };
    let two = json!({"parameter": [{"name": "VERSION", "value": "v1"}, {"name": "DRY_RUN", "value": true}]});
    assert_eq!(ci.post("/job/web/job/deploy/build", &form(two.clone())).await.status, 201);
    assert_eq!(ci.post("/job/web/job/deploy/build", &form(two)).await.status, 303);
    let kept =
        [("VERSION", "v1"), ("DRY_RUN", "true")].map(|(name, value)| (name.to_owned(), value.to_owned()));
    assert_eq!(ci.jenkins.queue()[0].parameters, kept);
    let wrong = json!({"parameter": {"name": "TARGET", "value": "moon"}});
    assert_eq!(ci.post("/job/web/job/deploy/build", &form(wrong)).await.status, 500);
    assert_eq!(ci.jenkins.queue().len(), 1);
}

#[tokio::test]
async fn what_is_no_form_has_no_fields_and_other_methods_are_refused() {
    let ci = ci(vec![deploy()]);
    let request = Request::post("/job/web/job/deploy/buildWithParameters")
        .header("authorization", format!("Basic {}", STANDARD.encode("signalbox:practice")))
        .header("content-type", "application/json")
        .body(Body::from(r#"{"VERSION":"v9"}"#))
        .unwrap();
    assert_eq!(send(ci.jenkins.http(), request).await.0, 201);
    assert_eq!(ci.jenkins.queue()[0].parameter("VERSION"), Some("latest"));
    for method in ["PUT", "DELETE", "PATCH"] {
        assert_eq!(ci.call(method, "/job/web/job/deploy/api/json", "").await.status, 405, "{method}");
    }
    // If the fields are in the query, the body may be anything.
    ci.post("/job/web/job/deploy/buildWithParameters?VERSION=v10", "").await;
    assert_eq!(ci.jenkins.queue()[1].parameter("VERSION"), Some("v10"));
}
