//! The pages of the practice GitHub and the practice Jenkins. The links of cards lead to them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::Router;
use axum::body::Body;
use http::Request;
use signalbox_simulator::console::{ConsoleOptions, router};
use signalbox_simulator::github::{GitHub, GitHubSettings, Job, Repository, Step, Workflow};
use signalbox_simulator::jenkins::{
    self, Jenkins, JenkinsSettings, ParameterDefinition, Stage, StageEnd, StopNeeded,
};

use crate::{send, team};

const START: i64 = 1_795_219_200_000;

struct World {
    console: Router,
    github: GitHub,
    jenkins: Jenkins,
    now: Arc<AtomicI64>,
}

impl World {
    fn new() -> World {
        let now = Arc::new(AtomicI64::new(START));
        let clock = || {
            let now = now.clone();
            Arc::new(move || now.load(Ordering::SeqCst))
        };
        let nightly = Workflow::new("nightly.yml")
            .run_name("nightly ${{ inputs.note }}")
            .input("note")
            .job("build", &[("Compile", 3.0)])
            .with_job(Job::new("test", vec![Step::failing("End to end", 2.0, "found <502> & stopped")]));
        let repository = Repository::new("practice", "shop")
            .workflow(nightly)
            .workflow(Workflow::new("migrate.yml").job("migrate", &[("Migrate", 1.0)]).lost());
        let github =
            GitHub::new(GitHubSettings { repositories: vec![repository], ..GitHubSettings::new(clock()) });
        let deploy = jenkins::Job::pipeline("shop/release/feature%2Fx")
            .parameter(ParameterDefinition::string("VERSION", ""))
            .parameter(ParameterDefinition::password("TOKEN"))
            .stage(Stage::new("Build", 3_000))
            .stage(Stage::new("Roll <out>", 4_000).ends(StageEnd::Failure).log("disk full\n"));
        let hang = jenkins::Job {
            takes_stop: StopNeeded::Term,
            ..jenkins::Job::pipeline("shop/load").stage(Stage::new("Load", 0).ends(StageEnd::Hang))
        };
        let jenkins = Jenkins::new(JenkinsSettings::new(vec![deploy, hang], clock()));
        let mut options = ConsoleOptions::new("the-token");
        (options.github, options.jenkins) = (Some(github.clone()), Some(jenkins.clone()));
        World { console: router(team().slack, options), github, jenkins, now }
    }

    fn passes(&self, ms: i64) {
        self.now.fetch_add(ms, Ordering::SeqCst);
    }

    async fn open(&self, path: &str) -> (u16, String) {
        let request = Request::get(format!("/console/{path}")).header("host", "127.0.0.1:4500");
        let request = request.header("cookie", "signalbox_console_4500=the-token");
        let (status, headers, body) = send(self.console.clone(), request.body(Body::empty()).unwrap()).await;
        assert_eq!(headers["content-type"], "text/html; charset=utf-8", "{path}");
        assert!(headers["content-security-policy"].to_str().unwrap().starts_with("default-src 'self';"));
        assert!(
            body.contains("<a class=\"home\" href=\"/console\">Back to the console</a>"),
            "{path}: {body}"
        );
        (status, body)
    }
}

#[track_caller]
fn has(page: &str, parts: &[&str]) {
    for part in parts {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
}

#[tokio::test]
async fn a_runs_page_has_its_jobs_their_steps_and_the_end_of_its_log() {
    let world = World::new();
    let note = "<script>alert('1')</script>\u{202e}";
    let id = world.github.run_by_hand("practice/shop", "nightly.yml", "ada", &[("note", note)]).unwrap();
    let path = format!("github/practice/shop/actions/runs/{id}");
    world.passes(3_000);
    let (status, page) = world.open(&path).await;
    assert_eq!(status, 200);
    has(
        &page,
        &[
            "<main data-moves>",
            "<noscript><meta http-equiv=\"refresh\"",
            "In progress",
            "Compile",
            "Run Compile",
        ],
    );
    has(&page, &["href=\"/console/github/practice/shop/actions/workflows/nightly.yml\"", "ada"]);
    has(&page, &["nightly &lt;script&gt;alert(&#39;1&#39;)&lt;/script&gt;\u{fffd}"]);
    assert!(!page.contains("<script>alert") && !page.contains("End to end"), "{page}");

    world.passes(60_000);
    let (_, page) = world.open(&path).await;
    has(&page, &["<title>Failure: #1 nightly", "<main>\n", "End to end", "found &lt;502&gt; &amp; stopped"]);
    has(&page, &["The end of the log of test", "Error: Process completed with exit code 1."]);
    assert!(!page.contains("refresh") && !page.contains("##["), "{page}");
    // The address of a job shows the page of its run.
    assert_eq!(world.open(&format!("{path}/job/7")).await.0, 200);
}

#[tokio::test]
async fn a_workflows_page_lists_its_runs_and_owns_up_to_those_that_got_lost() {
    let world = World::new();
    let (_, page) = world.open("github/practice/shop/actions/workflows/migrate.yml").await;
    has(&page, &["No run of this workflow is here."]);
    let dispatch = Request::post("/repos/practice/shop/actions/workflows/migrate.yml/dispatches")
        .header("authorization", "Bearer github_pat_practice")
        .header("user-agent", "a test")
        .header("content-type", "application/json")
        .body(Body::from(r#"{"ref":"main"}"#));
    assert_eq!(send(world.github.api(), dispatch.unwrap()).await.0, 502);
    let (status, page) = world.open("github/practice/shop/actions/workflows/migrate.yml").await;
    assert_eq!(status, 200);
    has(&page, &["a run was asked for. The answer got lost on its way, and no run appeared"]);
    let id = world.github.run_by_hand("practice/shop", "nightly.yml", "ada", &[]).unwrap();
    let (_, page) = world.open("github/practice/shop/actions/workflows/nightly.yml").await;
    has(&page, &[&format!("href=\"/console/github/practice/shop/actions/runs/{id}\""), "Queued"]);
    let (_, page) = world.open("github/practice/shop").await;
    has(&page, &["nightly", "migrate", "Never run"]);
}

#[tokio::test]
async fn a_builds_page_has_its_stages_and_hides_its_secrets() {
    let world = World::new();
    let job = "shop/release/feature%2Fx";
    world.jenkins.starts_by_hand(job, &[("VERSION", "1.0 <b>"), ("TOKEN", "canary")]);
    world.passes(6_000);
    let (status, page) = world.open("jenkins/job/shop/job/release/job/feature%252Fx/1/").await;
    assert_eq!(status, 200);
    has(&page, &["<main data-moves>", "shop » release » feature/x #1", "Building", "1.0 &lt;b&gt;", "****"]);
    has(&page, &["href=\"/console/jenkins/job/shop/job/release/job/feature%252Fx/\"", "In progress"]);
    world.passes(4_000);
    let (_, page) = world.open("jenkins/job/shop/job/release/job/feature%252Fx/1/").await;
    has(&page, &["Failure", "Roll &lt;out&gt;", "disk full", "Finished: FAILURE", "<main>\n"]);
    assert!(!page.contains("canary"), "{page}");
    let (_, page) = world.open("jenkins/job/shop/job/release/job/feature%252Fx/").await;
    has(&page, &["#1 VERSION=1.0 &lt;b&gt; TOKEN=****", "feature%252Fx/1/"]);
    assert!(!page.contains("canary"), "{page}");
}

/// A build that would hang was stopped by the person who started it. So no page says for ever that it is building.
#[tokio::test]
async fn what_was_built_before_is_over() {
    let world = World::new();
    world.jenkins.was_built("shop/load", 3_600_000);
    let (_, page) = world.open("jenkins/job/shop").await;
    has(&page, &["load", "Aborted"]);
    assert!(!page.contains("Building"), "{page}");
}

#[tokio::test]
async fn what_is_not_there_is_said_on_a_page() {
    let world = World::new();
    for path in [
        "github/practice/shop/actions/runs/12",
        "github/practice/shop/actions/runs/x",
        "github/practice/other",
        "github/%3Cscript%3E",
        "jenkins/job/shop/job/load/99/",
        "jenkins/job/shop/job/load/1/console",
        "jenkins/job/nothing/",
    ] {
        let (status, page) = world.open(path).await;
        assert_eq!(status, 404, "{path}");
        has(&page, &["There is nothing here", "what ran before Signalbox was last started is forgotten"]);
    }
    assert_eq!(world.open("github").await.0, 200);
    assert_eq!(world.open("jenkins/").await.0, 200);
    // A console without a simulated GitHub.
    let bare = World { console: router(team().slack, ConsoleOptions::new("the-token")), ..World::new() };
    let (status, page) = bare.open("github/practice/shop").await;
    assert_eq!(status, 404);
    has(&page, &["No practice GitHub is played here"]);
}
