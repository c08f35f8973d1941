//! The runs of the simulated GitHub: how they are dispatched, followed, read and cancelled.

use serde_json::{Value, json};
use signalbox_simulator::github::{DispatchAnswers, InputKind, Job, Step, Workflow};

use crate::github::{DISPATCH, Hub, RUNS, hub, hub_of, hub_with, release};

/// `name status conclusion` of each item.
fn told(list: &Value) -> Vec<String> {
    let word = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let items = list.as_array().unwrap().iter();
    items.map(|x| [word(&x["name"]), word(&x["status"]), word(&x["conclusion"])].join(" ")).collect()
}

#[tokio::test]
async fn a_run_is_dispatched_followed_to_its_end_and_found_by_its_title() {
    let hub = hub();
    let run = hub.dispatched().await;
    let got = hub.get(&run).await.json;
    assert_eq!(
        (&got["status"], &got["conclusion"], &got["display_title"], &got["name"]),
        (&json!("queued"), &Value::Null, &json!("Release shop [01J]"), &json!("Release"))
    );
    assert_eq!(
        (&got["actor"]["login"], &got["created_at"], &got["run_attempt"]),
        (&json!("signalbox-bot"), &json!("2018-07-12T18:36:58Z"), &json!(1))
    );
    let jobs = format!("{run}/jobs?filter=latest&per_page=100");
    assert_eq!(told(&hub.get(&jobs).await.json["jobs"]), ["build queued -"]);

    hub.pass_ms(3_500);
    assert_eq!(hub.get(&run).await.json["status"], "in_progress");
    let got = hub.get(&jobs).await.json;
    // The second job is created when the first has ended.
    assert_eq!(
        (&got["total_count"], &got["jobs"][0]["runner_name"]),
        (&json!(1), &json!("GitHub Actions 1"))
    );
    assert_eq!(
        told(&got["jobs"][0]["steps"]),
        [
            "Set up job completed success",
            "Check out completed success",
            "Build in_progress -",
            "Complete job queued -"
        ]
    );

    // An answer says nothing about the future.
    let job = &got["jobs"][0];
    assert_eq!(
        (&job["completed_at"], &job["steps"][2]["completed_at"], &job["steps"][3]["started_at"]),
        (&Value::Null, &Value::Null, &Value::Null)
    );

    hub.pass_ms(25_500);
    let got = hub.get(&run).await.json;
    assert_eq!((&got["status"], &got["conclusion"]), (&json!("completed"), &json!("success")));
    assert_eq!(got["updated_at"], "2018-07-12T18:37:27Z");
    assert_eq!(
        told(&hub.get(&jobs).await.json["jobs"]),
        ["build completed success", "publish completed success"]
    );
    let search = format!("{RUNS}?event=workflow_dispatch&branch=main&created=%3E%3D2018-07-12T18:36:58Z");
    assert_eq!(hub.get(&search).await.json["workflow_runs"][0]["display_title"], "Release shop [01J]");

    let view = &hub.github.runs()[0];
    assert_eq!((view.status.as_str(), view.conclusion.as_deref()), ("completed", Some("success")));
    assert_eq!((view.inputs["service"].as_str(), view.workflow.as_str()), ("shop", "release.yml"));
    assert_eq!(hub.github.dispatches(), 1);
}

#[tokio::test]
async fn what_a_dispatch_is_answered_with_depends_on_the_version_and_the_edition() {
    let plain = json!({"ref": "main", "inputs": {"service": "shop"}});
    let mut asking = plain.clone();
    asking["return_run_details"] = json!(true);
    let old = [("x-github-api-version", "2022-11-28")];
    let hub = hub();
    for (body, headers, status) in [
        (&plain, &[][..], 200),
        (&asking, &[], 422),
        (&plain, &old, 204),
        (&asking, &old, 200),
        (&plain, &[("x-github-api-version", "")], 204),
    ] {
        let got = hub.ask("POST", DISPATCH, body, headers).await;
        assert_eq!(got.status, status, "{body} {headers:?}");
        assert_eq!(got.json["workflow_run_id"].is_i64(), status == 200);
        assert_eq!(got.text.is_empty(), status == 204);
    }
    assert_eq!(hub.github.dispatches(), 4);

    let server = hub_with(|settings| settings.answers = DispatchAnswers::NoContent);
    assert_eq!(server.post(DISPATCH, plain).await.status, 204);
    let got = server.ask("POST", DISPATCH, &asking, &old).await;
    assert_eq!(
        (got.status, got.message()),
        (422, "Invalid request.\n\n\"return_run_details\" is not a permitted key.")
    );
    assert_eq!(server.github.dispatches(), 1);
}

#[tokio::test]
async fn a_dispatch_that_does_not_fit_is_refused_in_githubs_words() {
    let many: serde_json::Map<_, _> = (0..26).map(|n| (format!("i{n}"), json!("x"))).collect();
    let workflow = release()
        .choice("environment", &["staging", "production"])
        .with_input("dry", false, None, InputKind::Boolean)
        .with_input("count", false, Some("1"), InputKind::Number);
    let hub = hub_of(workflow);
    let long = "x".repeat(65_536);
    for (change, status, message) in [
        (json!({"ref": "nope"}), 422, "No ref found for: nope"),
        (json!({"ref": null}), 422, "Invalid request.\n\nFor 'properties/ref', null is not a string."),
        (json!({"inputs": []}), 422, "Invalid request.\n\nFor 'properties/inputs', [] is not an object."),
        (json!({"colour": "red"}), 422, "Invalid request.\n\n\"colour\" is not a permitted key."),
        (json!({"inputs": {"x": "1", "y": "2"}}), 422, "Unexpected inputs provided: [\"x\",\"y\"]"),
        (json!({"inputs": {"environment": "staging"}}), 422, "Required input 'service' not provided"),
        (json!({"inputs": {"service": ""}}), 422, "Required input 'service' not provided"),
        (json!({"inputs": {"service": "shop"}}), 422, "Required input 'environment' not provided"),
        (
            json!({"inputs": {"service": "shop", "environment": "moon"}}),
            422,
            "Provided value 'moon' for input 'environment' not in the list of allowed values",
        ),
        (
            json!({"inputs": {"service": "shop", "environment": "staging", "dry": "yes"}}),
            422,
            "Provided value 'yes' for input 'dry' not in the list of allowed values",
        ),
        (
            json!({"inputs": {"service": "shop", "environment": "staging", "count": "many"}}),
            422,
            "Provided value 'many' for input 'count' not in the list of allowed values",
        ),
        (
            json!({"inputs": {"service": 3}}),
            422,
            "Invalid request.\n\nFor 'properties/service', 3 is not a string.",
        ),
        (json!({"inputs": {"service": long}}), 422, "inputs are too large."),
        (
            json!({"inputs": many}),
            422,
            "Invalid request.\n\nNo more than 25 properties are allowed; 26 were supplied.",
        ),
    ] {
        let mut body = json!({"ref": "main"});
        body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let got = hub.post(DISPATCH, body).await;
        assert_eq!((got.status, got.message()), (status, message));
    }
    let got = hub.post(DISPATCH, json!({})).await;
    assert_eq!((got.status, got.message()), (422, "Invalid request.\n\n\"ref\" wasn't supplied."));
    let other = "/repos/acme/shop/actions/workflows/nope.yml/dispatches";
    assert_eq!(hub.post(other, json!({"ref": "main"})).await.status, 404);
    assert_eq!(hub.github.runs(), []);

    let got = hub_of(release().not_dispatchable()).post(DISPATCH, json!({"ref": "main"})).await;
    assert_eq!((got.status, got.message()), (422, "Workflow does not have 'workflow_dispatch' trigger"));

    // Values that fit: a tag as the ref, and an input that is left out takes its default.
    let inputs = json!({"service": "shop", "environment": "staging"});
    assert_eq!(hub.post(DISPATCH, json!({"ref": "refs/tags/v1.0.0", "inputs": inputs})).await.status, 200);
    let run = &hub.github.runs()[0];
    assert_eq!(
        (run.branch.as_str(), run.inputs["dry"].as_str(), run.inputs["count"].as_str()),
        ("v1.0.0", "false", "1")
    );
}

#[tokio::test]
async fn a_run_that_does_not_show_yet_is_nowhere() {
    let hub = hub_of(release().appears_after_ms(4_000));
    let run = hub.dispatched().await;
    hub.pass_ms(3_999);
    assert_eq!(hub.get(&run).await.status, 404);
    assert_eq!(hub.post(&format!("{run}/cancel"), Value::Null).await.status, 404);
    assert_eq!(hub.get(RUNS).await.json["total_count"], 0);
    hub.pass_ms(1);
    assert_eq!(hub.get(&run).await.json["status"], "in_progress");
    assert_eq!(hub.get(RUNS).await.json["total_count"], 1);
}

#[tokio::test]
async fn a_lost_dispatch_leaves_no_run() {
    let hub = hub_of(release().lost());
    let got = hub.post(DISPATCH, json!({"ref": "main", "inputs": {"service": "shop"}})).await;
    assert_eq!((got.status, got.text.as_str()), (502, ""));
    hub.pass_ms(3_600_000);
    assert_eq!((hub.github.dispatches(), hub.github.runs().len()), (0, 0));
}

#[tokio::test]
async fn a_hanging_run_ends_by_cancelling_it_and_a_stubborn_one_by_force() {
    let script = || Workflow::new("release.yml").with_job(Job::new("wait", vec![Step::hanging("Wait")]));
    let start = |hub: Hub| async move {
        let got = hub.post(DISPATCH, json!({"ref": "main"})).await;
        (hub, format!("/repos/acme/shop/actions/runs/{}", got.json["workflow_run_id"]))
    };
    let (hub, run) = start(hub_of(script())).await;
    hub.pass_ms(86_400_000);
    assert_eq!(hub.get(&run).await.json["status"], "in_progress");
    let got = hub.post(&format!("{run}/cancel"), Value::Null).await;
    assert_eq!((got.status, got.json), (202, json!({})));
    hub.pass_ms(1_999);
    assert_eq!(hub.get(&run).await.json["status"], "in_progress");
    hub.pass_ms(1);
    assert_eq!(hub.get(&run).await.json["conclusion"], "cancelled");
    for path in ["cancel", "force-cancel"] {
        let got = hub.post(&format!("{run}/{path}"), Value::Null).await;
        assert_eq!((got.status, got.message()), (409, "Cannot cancel a workflow run that is completed."));
    }

    let (hub, run) = start(hub_of(script().ignores_cancel())).await;
    assert_eq!(hub.post(&format!("{run}/cancel"), Value::Null).await.status, 202);
    hub.pass_ms(60_000);
    assert_eq!(hub.get(&run).await.json["status"], "in_progress");
    assert_eq!(hub.post(&format!("{run}/force-cancel"), Value::Null).await.status, 202);
    hub.pass_ms(1_000);
    assert_eq!(hub.get(&run).await.json["conclusion"], "cancelled");
}

#[tokio::test]
async fn listings_are_filtered_and_come_a_page_at_a_time() {
    let hub = hub();
    for n in 0..5 {
        let git_ref = if n == 2 { "dev" } else { "main" };
        hub.post(DISPATCH, json!({"ref": git_ref, "inputs": {"service": "shop", "run": n.to_string()}}))
            .await;
        hub.pass_ms(10_000);
    }
    hub.github.run_by_hand("acme/shop", "release.yml", "ada", &[("service", "shop"), ("run", "by hand")]);
    let titles = async |query: &str| {
        let got = hub.get(&format!("{RUNS}?{query}")).await;
        assert_eq!(got.status, 200, "{query} {}", got.text);
        let runs = got.json["workflow_runs"].as_array().unwrap().clone();
        runs.iter().map(|run| run["display_title"].as_str().unwrap()[14..].to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(titles("").await, ["by hand]", "4]", "3]", "2]", "1]", "0]"]);
    assert_eq!(titles("branch=dev").await, ["2]"]);
    assert_eq!(titles("actor=ada").await, ["by hand]"]);
    assert_eq!(titles("status=success").await, ["2]", "1]", "0]"]);
    assert_eq!(titles("status=in_progress").await, ["4]", "3]"]);
    assert_eq!(titles("status=queued").await, ["by hand]"]);
    assert_eq!(titles("event=push").await, [""; 0]);
    assert_eq!(titles("created=%3E%3D2018-07-12T18:37:38Z").await, ["by hand]", "4]"]);
    assert_eq!(titles("created=%3C2018-07-12T18:37:08%2B00:00").await, ["0]"]);
    assert_eq!(titles("per_page=4&page=2").await, ["1]", "0]"]);
    let got = hub.get(&format!("{RUNS}?per_page=4&event=workflow_dispatch")).await;
    assert_eq!(got.json["total_count"], 6);
    assert_eq!(
        got.header("link"),
        "<https://api.github.com/repos/acme/shop/actions/workflows/release.yml/runs?per_page=4\
         &event=workflow_dispatch&page=2>; rel=\"next\", <https://api.github.com/repos/acme/shop/actions/workflows/\
         release.yml/runs?per_page=4&event=workflow_dispatch&page=2>; rel=\"last\""
    );
    // Runs have whole seconds. A search with a more exact time misses a run that was just created.
    hub.pass_ms(9_900);
    hub.post(DISPATCH, json!({"ref": "dev", "inputs": {"service": "shop", "run": "late"}})).await;
    assert_eq!(titles("created=%3E%3D2018-07-12T18:37:57.800Z").await, [""; 0]);
    assert_eq!(titles("created=%3E%3D2018-07-12T18:37:57Z").await, ["late]"]);
    // Here, parameters are refused that GitHub would ignore or correct.
    for query in ["per_page=101", "per_page=0", "page=x", "created=soon", "per-page=3"] {
        assert_eq!(hub.get(&format!("{RUNS}?{query}")).await.status, 422, "{query}");
    }
}

#[tokio::test]
async fn a_rerun_is_the_same_run_and_its_next_attempt() {
    let mut failing = release();
    failing.jobs = vec![Job::new("build", vec![Step::failing("Build", 1.0, "no such file")])];
    let hub = hub_of(failing);
    let run = hub.dispatched().await;
    let id = hub.github.runs()[0].id;
    assert!(!hub.github.rerun_by_hand(id), "it has not ended");
    hub.pass_ms(60_000);
    assert!(hub.github.rerun_by_hand(id));
    assert!(hub.github.cancel_by_hand(id));
    let got = hub.get(&run).await.json;
    assert_eq!((&got["run_attempt"], &got["status"]), (&json!(2), &json!("queued")));
    assert_eq!(
        (&got["created_at"], &got["run_started_at"]),
        (&json!("2018-07-12T18:36:58Z"), &json!("2018-07-12T18:37:58Z"))
    );
    assert!(got["previous_attempt_url"].as_str().unwrap().ends_with(&format!("{id}/attempts/1")));
    let first = hub.get(&format!("{run}/attempts/1")).await.json;
    assert_eq!((&first["run_attempt"], &first["conclusion"]), (&json!(1), &json!("failure")));
    assert_eq!(hub.get(&format!("{run}/attempts/3")).await.status, 404);
    assert_eq!(hub.get(&format!("{run}/attempts/0")).await.status, 404);
    hub.pass_ms(60_000);
    assert_eq!(hub.get(&run).await.json["conclusion"], "cancelled");
    assert_eq!(hub.get(&format!("{run}/jobs")).await.json["total_count"], 1);
    let all = hub.get(&format!("{run}/jobs?filter=all")).await.json;
    assert_eq!(told(&all["jobs"]), ["build completed failure", "build completed cancelled"]);
    assert_ne!(all["jobs"][0]["id"], all["jobs"][1]["id"]);
    assert_eq!(hub.get(&format!("{run}/jobs?filter=some")).await.status, 422);
}

#[tokio::test]
async fn a_log_lies_elsewhere_for_a_minute_and_wants_no_token() {
    let mut failing = release();
    failing.jobs = vec![Job::new(
        "build",
        vec![Step::failing("make", 2.0, "cc main.c\nmain.c:1: error"), Step::new("Test", 1.0)],
    )];
    let hub = hub_of(failing);
    let run = hub.dispatched().await;
    let job = hub.get(&format!("{run}/jobs")).await.json["jobs"][0]["id"].clone();
    let path = format!("/repos/acme/shop/actions/jobs/{job}/logs");
    assert_eq!(hub.get(&path).await.status, 404, "the job has not ended");
    hub.pass_ms(4_000);
    let got = hub.get(&path).await;
    assert_eq!((got.status, got.text.as_str()), (302, ""));
    let elsewhere = got.header("location").strip_prefix("https://logs.invalid").unwrap().to_owned();

    assert_eq!(hub.get(&elsewhere).await.status, 400, "with the token");
    let bare = async || hub.ask("GET", &elsewhere, &Value::Null, &[("authorization", "")]).await;
    let log = bare().await;
    assert_eq!(log.status, 200);
    let lines: Vec<&str> = log.text.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines[0], "2018-07-12T18:36:59.0000000Z Current runner version: '2.330.0'");
    assert_eq!(
        lines[5..],
        [
            "2018-07-12T18:37:00.0000000Z ##[group]Run make",
            "2018-07-12T18:37:00.0000000Z shell: /usr/bin/bash -e {0}",
            "2018-07-12T18:37:00.0000000Z ##[endgroup]",
            "2018-07-12T18:37:00.0000000Z cc main.c",
            "2018-07-12T18:37:00.0000000Z main.c:1: error",
            "2018-07-12T18:37:02.0000000Z ##[error]Process completed with exit code 1.",
            "2018-07-12T18:37:02.0000000Z Cleaning up orphan processes",
        ]
    );
    hub.pass_ms(60_000);
    assert_eq!(bare().await.status, 403, "the link is over");
    assert_eq!(hub.get("/repos/acme/shop/actions/jobs/1/logs").await.status, 404);
}

#[tokio::test]
async fn a_workflow_can_be_read_as_an_object_and_as_its_file() {
    let hub = hub_of(release().choice("environment", &["staging", "production"]));
    let got = hub.get("/repos/acme/shop/actions/workflows/release.yml").await.json;
    assert_eq!((&got["name"], &got["path"]), (&json!("Release"), &json!(".github/workflows/release.yml")));
    let by_id = hub.get(&format!("/repos/ACME/Shop/actions/workflows/{}", got["id"])).await.json;
    assert_eq!(by_id["name"], "Release");

    let path = "/repos/acme/shop/contents/.github/workflows/release.yml";
    let raw = [("accept", "application/vnd.github.raw+json")];
    let file = hub.ask("GET", path, &Value::Null, &raw).await;
    assert!(file.header("content-type").starts_with("application/vnd.github.raw"), "{:?}", file.headers);
    assert!(
        file.text.starts_with(
            "name: \"Release\"\nrun-name: \"Release ${{ inputs.service }} [${{ inputs.run }}]\"\non:\n  \
             workflow_dispatch:\n    inputs:\n      \"service\":\n        required: true\n        type: string\n"
        ),
        "{}",
        file.text
    );
    assert!(
        file.text.contains(
            "type: choice\n        options:\n          - \"staging\"\n          - \"production\"\n"
        )
    );
    assert!(file.text.contains("    name: \"publish\"\n    runs-on: ubuntu-latest\n    needs: job0\n"));
    let got = hub.get(&format!("{path}?ref=v1.0.0")).await.json;
    assert_eq!((&got["encoding"], &got["size"]), (&json!("base64"), &json!(file.text.len())));
    assert_eq!(got["content"].as_str().unwrap().lines().next().unwrap().len(), 60);
    assert_eq!(hub.get(&format!("{path}?ref=nope")).await.message(), "No commit found for the ref nope");
    assert_eq!(hub.get("/repos/acme/shop/contents/README.md").await.status, 404);
}
