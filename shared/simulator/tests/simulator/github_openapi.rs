//! Compares the simulated GitHub with GitHub's own description in both directions: every answer has the shape that
//! GitHub describes, and no request is accepted that GitHub does not describe.

use std::path::PathBuf;
use std::process::Command;

use serde_json::{Value, json};
use signalbox_simulator::github::{Check, Commit, DispatchAnswers, GitHub, GitHubFault, Job, Release, Step};

use crate::NOW;
use crate::github::{DISPATCH, Hub, RUNS, hub, hub_of, hub_with, release};
use crate::github_front::keyed;

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/openapi")
}

#[expect(clippy::disallowed_methods, reason = "it says whether what is missing may be skipped")]
fn required() -> bool {
    std::env::var_os("SIGNALBOX_REQUIRE").is_some_and(|required| required == "all")
}

/// Whether the description is installed. If it is not, the reason is printed. The test fails if everything is
/// required to run.
#[expect(clippy::print_stderr, reason = "a skipped test has to say so")]
fn installed() -> bool {
    if folder().join("node_modules/@octokit/openapi").is_dir() {
        return true;
    }
    assert!(!required(), "the check against GitHub's description is not installed: npm ci in tests/openapi");
    eprintln!("SKIPPED: GitHub's description is not installed (npm ci in tests/openapi)");
    false
}

/// Whether the script accepts the exchanges, and what it says about them.
fn check(exchanges: &Value) -> (bool, String) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), exchanges.to_string()).unwrap();
    let mut node = Command::new("node");
    let out = node.arg("check.mjs").arg(file.path()).arg("--refused-may-be-wrong").current_dir(folder());
    let out = out.output().unwrap();
    let text = [out.stdout, out.stderr].concat();
    (out.status.success(), String::from_utf8(text).unwrap())
}

fn recorded(github: &GitHub) -> Vec<Value> {
    let exchanges = github.exchanges().into_iter().map(|exchange| serde_json::to_value(exchange).unwrap());
    let webhooks = github.deliveries().into_iter().map(|webhook| {
        let body: Value = serde_json::from_str(&webhook.body).unwrap();
        json!({"webhook": webhook.event, "body": body})
    });
    exchanges.chain(webhooks).collect()
}

/// Calls every endpoint of a run at this moment.
async fn look(hub: &Hub, run: &str) {
    hub.get(run).await;
    hub.get(&format!("{run}/attempts/1?exclude_pull_requests=true")).await;
    let jobs = hub.get(&format!("{run}/jobs?filter=all&per_page=1")).await.json;
    if let Some(job) = jobs["jobs"][0]["id"].as_i64() {
        let log = hub.get(&format!("/repos/acme/shop/actions/jobs/{job}/logs")).await;
        let path = log.header("location").trim_start_matches("https://logs.invalid").to_owned();
        if !path.is_empty() {
            hub.ask("GET", &path, &Value::Null, &[("authorization", "")]).await;
        }
    }
    hub.get(&format!("{RUNS}?event=workflow_dispatch&branch=main&created=%3E%3D2018-07-12&per_page=2")).await;
}

/// Every exchange that the simulator can produce, on both API versions.
async fn everything() -> Vec<Value> {
    let mut all = Vec::new();
    let mut failing = release();
    failing.jobs[0] = Job::new("build", vec![Step::failing("Build", 1.0, "no"), Step::new("Test", 1.0)]);
    let hang = release().with_job(Job::new("wait", vec![Step::hanging("Wait")]));
    for hub in [hub(), hub_of(failing), hub_of(hang.parallel())] {
        let run = hub.dispatched().await;
        for pause in [0, 1_500, 3_000, 18_000, 60_000] {
            hub.pass_ms(pause);
            look(&hub, &run).await;
        }
        let tag = hub.get(&run).await.header("etag").to_owned();
        assert_eq!(hub.ask("GET", &run, &Value::Null, &[("if-none-match", &tag)]).await.status, 304);
        for path in ["cancel", "force-cancel"] {
            hub.post(&format!("{run}/{path}"), Value::Null).await;
        }
        hub.pass_ms(10_000);
        look(&hub, &run).await;
        hub.github.rerun_by_hand(hub.github.runs()[0].id);
        hub.pass_ms(120_000);
        look(&hub, &run).await;
        all.extend(recorded(&hub.github));
    }
    all.extend(refusals().await);
    all.extend(of_a_repository().await);
    all.extend(of_an_app().await);
    let server = hub_with(|settings| settings.answers = DispatchAnswers::NoContent);
    let old = [("x-github-api-version", "2022-11-28")];
    let body = json!({"ref": "main", "inputs": {"service": "shop"}});
    assert_eq!(server.ask("POST", DISPATCH, &body, &old).await.status, 204);
    server.ask("GET", RUNS, &Value::Null, &old).await;
    server.ask("POST", DISPATCH, &json!({"ref": "main", "return_run_details": true}), &old).await;
    all.extend(recorded(&server.github));
    all
}

async fn refusals() -> Vec<Value> {
    let hub = hub();
    let old = [("x-github-api-version", "2022-11-28")];
    let run = hub.dispatched().await;
    let dispatch = json!({"ref": "main", "inputs": {"service": "shop"}});
    let mut asking = dispatch.clone();
    asking["return_run_details"] = json!(true);
    assert_eq!(hub.ask("POST", DISPATCH, &dispatch, &old).await.status, 204);
    assert_eq!(hub.ask("POST", DISPATCH, &asking, &old).await.status, 200);
    assert_eq!(hub.post(DISPATCH, asking).await.status, 422);
    hub.post(DISPATCH, json!({"ref": "nope"})).await;
    hub.get("/repos/acme/shop/actions/runs/1").await;
    hub.get(&format!("{RUNS}?per_page=500")).await;
    for header in [
        ("user-agent", ""),
        ("authorization", ""),
        ("authorization", "Bearer nope"),
        ("x-github-api-version", "2022-11-28"),
        ("x-github-api-version", "2021-01-01"),
        ("accept", "text/html"),
    ] {
        hub.ask("GET", RUNS, &Value::Null, &[header]).await;
    }
    hub.get("/rate_limit").await;
    hub.get("/user").await;
    hub.ask("GET", "/rate_limit", &Value::Null, &old).await;
    hub.get("/repos/acme/shop/actions/workflows/release.yml").await;
    let file = "/repos/acme/shop/contents/.github/workflows/release.yml";
    hub.get(file).await;
    hub.get(&format!("{file}?ref=nope")).await;
    hub.ask("GET", file, &Value::Null, &[("accept", "application/vnd.github.raw+json")]).await;
    for fault in [
        GitHubFault::Status(503),
        GitHubFault::LostAnswer,
        GitHubFault::PrimaryLimit { reset_in_s: 9 },
        GitHubFault::SecondaryLimit { retry_after_s: None },
        GitHubFault::Html(502),
        GitHubFault::Redirect("https://api.github.com/x".into()),
    ] {
        hub.github.fault("/runs/", "GET", fault);
        hub.get(&run).await;
    }
    recorded(&hub.github)
}

/// What a repository has, and what became of its commits.
async fn of_a_repository() -> Vec<Value> {
    let hub = hub_with(|settings| {
        let shop = &mut settings.repositories[0];
        shop.branches.push("feature/x".to_owned());
        shop.workflows[0].state = "disabled_manually";
        shop.environments = vec!["production".to_owned(), "a b".to_owned()];
        let release = |tag: &str, draft| Release { tag: tag.to_owned(), draft, prerelease: !draft };
        shop.releases = vec![release("v2.0.0", true), release("v1.0.0", false)];
        let commit = |author| Commit { message: "One\n\nmore".to_owned(), author };
        shop.commits = vec![commit(Ok("ada".to_owned())), commit(Err("Brit".to_owned()))];
        shop.has = [("main".to_owned(), 2), ("v1.0.0".to_owned(), 1)].into();
        let checks = vec![
            Check::Run("unit".to_owned(), "completed", Some("success")),
            Check::Run("e2e".to_owned(), "in_progress", None),
            Check::Status("ci/other".to_owned(), "pending"),
        ];
        shop.checks = [("main".to_owned(), checks)].into();
    });
    let nowhere = "0".repeat(40);
    for path in [
        "branches?per_page=1&page=2",
        "tags?per_page=100",
        "releases?per_page=100",
        "releases/tags/v1.0.0",
        "releases/tags/v2.0.0",
        "environments?per_page=1",
        "environments/a%20b",
        "environments/nope",
        "git/ref/tags%2Fv1.0.0",
        "git/ref/heads%2Ffeature%2Fx",
        "git/ref/heads%2Ffeature",
        "commits/main/status?per_page=100&page=1",
        "commits/v1.0.0/status",
        "commits/nope/status",
        &format!("commits/{nowhere}/status"),
        "commits/main/check-runs?filter=latest&per_page=1",
        "commits/nope/check-runs",
        "compare/v1.0.0...main?per_page=100&page=1",
        "compare/main...v1.0.0",
        "compare/main...main",
        "compare/main...nope",
        "actions/workflows?per_page=1",
        "actions/workflows/release.yml",
        "tags?per_page=101",
    ] {
        let path = format!("/repos/acme/shop/{path}");
        hub.get(&path).await;
        hub.ask("GET", &path, &Value::Null, &[("x-github-api-version", "2022-11-28")]).await;
    }
    hub.post(DISPATCH, json!({"ref": "main", "inputs": {"service": "shop"}})).await;
    recorded(&hub.github)
}

async fn of_an_app() -> Vec<Value> {
    let app = keyed();
    let claims = json!({"iss": "4711", "iat": NOW, "exp": NOW + 600});
    let token = app.mint(&claims, &Value::Null).await.json["token"].clone();
    app.get_with(&token, RUNS).await;
    let read = json!({"repositories": ["shop"], "permissions": {"actions": "read"}});
    let narrow = app.mint(&claims, &read).await.json["token"].clone();
    app.get_with(&narrow, "/repos/acme/shop/contents/.github/workflows/release.yml").await;
    app.mint(&claims, &json!({"repositories": ["secret"]})).await;
    for path in ["/app", "/repos/acme/shop/installation", "/repos/acme/nope/installation"] {
        app.get_as_app(&claims, path).await;
    }
    app.get_with(&token, "/user").await;
    app.mint(&json!({"iss": 1, "iat": NOW, "exp": NOW + 600}), &Value::Null).await;
    app.mint(&json!({"iss": 4711, "iat": NOW, "exp": NOW}), &Value::Null).await;
    app.hub.dispatched().await;
    recorded(&app.hub.github)
}

#[tokio::test]
async fn every_answer_and_webhook_has_the_shape_that_github_describes() {
    let all = everything().await;
    let statuses: std::collections::BTreeSet<_> =
        all.iter().filter_map(|one| one["status"].as_u64()).collect();
    let expected = [200, 201, 202, 204, 301, 302, 304, 400, 401, 403, 404, 409, 415, 422, 429, 502, 503];
    let missing: Vec<_> = expected.iter().filter(|status| !statuses.contains(status)).collect();
    assert!(missing.is_empty(), "nothing was answered with {missing:?}");
    if !installed() {
        return;
    }
    let (content, words) = check(&json!(all));
    assert!(content, "{words}");
}

/// The check is only useful if it finds mistakes.
#[tokio::test]
async fn the_check_finds_an_answer_that_lacks_or_invents_something() {
    if !installed() {
        return;
    }
    let hub = hub();
    let run = hub.dispatched().await;
    hub.get(&run).await;
    let good = recorded(&hub.github);
    let (content, words) = check(&json!(good));
    assert!(content, "{words}");
    let wrong = [
        (0, "/response_body", json!({"workflow_run_id": 1}), "required property 'run_url'"),
        (0, "/request_body/return_run_details", json!(true), "additional properties return_run_details"),
        (0, "/request_body/ref", json!(7), "/ref must be string"),
        (0, "/status", json!(204), "a 204 is not described"),
        (0, "/status", json!(422), "an error has no message"),
        (1, "/query", json!([["branche", "main"]]), "query parameter branche"),
        (1, "/response_body/status", json!(3), "/status must be string,null"),
        (1, "/response_body/inputs", json!({}), "additional properties inputs"),
        (1, "/response_body/repository/hooks_url", json!("no url"), "format \"uri\""),
        (1, "/response_body", Value::Null, "a 200 has no body"),
        (1, "/path", json!("/repos/acme/shop/actions/runs"), "none of the calls"),
        (2, "/body/workflow_run", json!({}), "required property"),
        (2, "/webhook", json!("workflow_walk"), "there is no webhook"),
    ];
    let spoilt = wrong.iter().map(|(index, pointer, value, _)| {
        let mut bad = good[*index].clone();
        let (parent, key) = pointer.rsplit_once('/').unwrap();
        bad.pointer_mut(parent).unwrap()[key] = value.clone();
        bad
    });
    let (content, said) = check(&spoilt.collect());
    assert!(!content);
    for (n, (_, pointer, _, words)) in wrong.iter().enumerate() {
        let said = said.split('#').find(|one| one.starts_with(&format!("{n} "))).unwrap_or_default();
        assert!(said.contains(words), "{n} {pointer}: {said}");
    }
    assert!(!check(&json!([])).0, "nothing was checked");
}
