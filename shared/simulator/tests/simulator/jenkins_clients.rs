//! Runs two Python clients, python-jenkins and jenkinsapi, against the simulated Jenkins. Other people wrote them for
//! the real one.

use std::future::ready;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::extract::Request;
use axum::middleware::map_request;
use signalbox_simulator::jenkins::{
    Jenkins, JenkinsSettings, Job, ParameterDefinition, Stage, StageEnd, StopNeeded,
};
use tokio::net::TcpListener;

use crate::jenkins::NOW_MS;

/// How far its clock moves with every request. So builds end soon, and a slow machine sees the same as a fast one.
const STEP_MS: i64 = 500;

#[tokio::test(flavor = "multi_thread")]
async fn two_python_clients_agree_with_it() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let python = root.join("tests/jenkins/.venv/bin/python");
    if !python.exists() {
        // No macro is used, because the output of macros is hidden if the test passes.
        let said = "SKIPPED: Jenkins' Python clients: python3 -m venv tests/jenkins/.venv && \
                    tests/jenkins/.venv/bin/pip install -r tests/jenkins/requirements.txt\n";
        std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes()).unwrap();
        assert!(!required(), "SIGNALBOX_REQUIRE=all, and tests/jenkins/.venv is missing");
        return;
    }
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // The root URL has a path, as is often the case: everything is below `/ci`.
    let url = format!("http://{}/ci", listener.local_addr().unwrap());
    let asked = Arc::new(AtomicI64::new(0));
    let clock = Arc::clone(&asked);
    let now_ms = Arc::new(move || NOW_MS + clock.load(Ordering::SeqCst) * STEP_MS);
    let jenkins =
        Jenkins::new(JenkinsSettings { root_url: url.clone(), ..JenkinsSettings::new(jobs(), now_ms) });
    let tick = map_request(move |request: Request| {
        asked.fetch_add(1, Ordering::SeqCst);
        ready(request)
    });
    let router = Router::new().nest_service("/ci", jenkins.http()).layer(tick);
    let server = tokio::spawn(axum::serve(listener, router).into_future());

    let script = root.join("tests/jenkins/clients.py");
    let run =
        move || Command::new(python).arg(script).args([&url, "signalbox", "practice"]).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    server.abort();
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    // Both clients reached their end, and both really made calls.
    assert!(said.contains("python-jenkins: all agreed") && said.contains("jenkinsapi: all agreed"), "{said}");
    assert_eq!(jenkins.started(), 7, "{said}");
    assert_eq!(jenkins.calls().iter().filter(|call| call.status >= 500).count(), 0);
}

/// What `tests/jenkins/clients.py` expects to find.
fn jobs() -> Vec<Job> {
    let deploy = Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("VERSION", "latest"))
        .parameter(ParameterDefinition::choice("TARGET", &["staging", "production"]))
        .parameter(ParameterDefinition::boolean("DRY_RUN", false))
        .parameter(ParameterDefinition::password("KEY"))
        .stage(Stage::new("Build", 10_000).log("+ make\nGrüße aus der Werkstatt\n"))
        .stage(Stage::new("Roll out", 20_000));
    let fails = Job::pipeline("web/fails")
        .stage(Stage::new("Build", 1_000))
        .stage(Stage::new("Test", 1_000).ends(StageEnd::Failure))
        .stage(Stage::new("Roll out", 1_000));
    let hangs = Job::pipeline("hangs").stage(Stage::new("Wait", 0).ends(StageEnd::Hang));
    let slow = Job { quiet_ms: 3_600_000, path: "web/slow".to_owned(), ..deploy.clone() };
    let branch = Job::pipeline("shop/release/feature%2Fx").stage(Stage::new("Build", 1_000));
    let plain = Job::freestyle("plain").stage(Stage::new("work", 2_000));
    let off = Job { disabled: true, ..Job::freestyle("off") };
    vec![deploy, fails, Job { takes_stop: StopNeeded::Stop, ..hangs }, slow, branch, plain, off]
}

#[expect(clippy::disallowed_methods, reason = "it says whether what is missing may be skipped")]
fn required() -> bool {
    std::env::var_os("SIGNALBOX_REQUIRE").is_some_and(|required| required == "all")
}
