//! The real client of GitHub, with a token and as a GitHub App. Everything that it asks is compared with GitHub's own
//! description.

use super::github::{self as stories, failing, target, workflow};
use super::world::START;
use crate::binary::process::skipped;
use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der, PublicKeyX509Der};
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, github::TIMING};
use signalbox_domain::RunId;
use signalbox_domain::catalogue::Target;
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Conclusion, Observation, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, SearchAnswer};
use signalbox_engine::ports::{Attempt, Backend, Clock};
use signalbox_simulator::github::{
    self as simulated, DispatchAnswers, Exchange, GitHubApp, GitHubFault, Job, Repository, Step, Webhooks,
    Workflow,
};
use signalbox_testkit::VirtualClock;
use signalbox_transport::InMemory;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

const OPENAPI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi");

/// The real backend, connected by a wire to a simulated GitHub.
struct Rig {
    clock: Arc<VirtualClock>,
    github: simulated::GitHub,
    backend: GitHub,
}

pub(super) fn settings(clock: &Arc<VirtualClock>, workflow: Workflow) -> simulated::GitHubSettings {
    let now = clock.clone();
    let mut settings = simulated::GitHubSettings::new(Arc::new(move || now.now().0));
    settings.webhook_secret = "a webhook secret".into();
    settings.repositories = vec![Repository::new("acme", "shop").workflow(workflow)];
    settings
}

fn rig_with(workflow: Workflow, change: impl FnOnce(&mut simulated::GitHubSettings) -> Credentials) -> Rig {
    let clock = Arc::new(VirtualClock::at(START));
    let mut settings = settings(&clock, workflow);
    let credentials = change(&mut settings);
    let github = simulated::GitHub::new(settings);
    let transport = Arc::new(InMemory(github.api()));
    let settings = GitHubSettings { api_url: "https://api.github.com/".into(), credentials, timing: TIMING };
    let backend = GitHub::new(settings, transport, clock.clone()).unwrap();
    Rig { clock, github, backend }
}

fn rig(workflow: Workflow) -> Rig {
    rig_with(workflow, |settings| Credentials::Token(settings.token.clone()))
}

fn quick() -> Workflow {
    workflow().job("build", &[("Compile", 4.0)]).job("deploy", &[("Roll out", 6.0)])
}

fn hanging() -> Workflow {
    workflow().with_job(Job::new("soak", vec![Step::hanging("Wait")])).ignores_cancel()
}

impl Rig {
    fn passes(&self, seconds: u64) {
        self.clock.advance_to(self.clock.now().plus(Duration::from_secs(seconds)));
    }

    fn attempt(&self) -> Attempt {
        let mut target = target();
        target.inputs =
            [("service", "web"), ("version", "1.4.2")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        let work = Work(Target::GitHub(target));
        let run = RunId::derive("conformance", "T", "1");
        Attempt { run, attempt: 1, work, began: self.clock.now(), reference: None, stop_asked: None }
    }

    async fn dispatch(&self, attempt: &Attempt) -> DispatchAnswer {
        self.backend.dispatch(attempt, self.clock.now().plus(TIMING.request)).await
    }

    /// Sends an attempt. Returns it with the name that GitHub gave it.
    async fn sent(&self) -> Attempt {
        let attempt = self.attempt();
        match self.dispatch(&attempt).await {
            DispatchAnswer::Sent { reference, link: Some(_) } if reference.is_some() => {
                Attempt { reference, ..attempt }
            }
            other => panic!("{other:?}"),
        }
    }

    async fn found(&self, attempt: &Attempt) -> Option<String> {
        match self.backend.search(attempt).await {
            SearchAnswer::Found(found) => Some(found.reference),
            SearchAnswer::NotFound(absence) => {
                assert_eq!(absence, Absence::NotProven);
                None
            }
            SearchAnswer::Failed { why } => panic!("{why}"),
        }
    }

    async fn seen(&self, attempt: &Attempt) -> Observation {
        self.backend.observe(attempt).await.unwrap_or_else(|e| panic!("{}", e.why))
    }

    async fn ended(&self, attempt: &Attempt) -> Outcome {
        match self.seen(attempt).await.progress {
            Progress::Ended(outcome) => outcome,
            other => panic!("{other:?}"),
        }
    }

    /// How often an installation token was asked for.
    fn tokens(&self) -> usize {
        self.github.calls().iter().filter(|c| c.path.ends_with("/access_tokens")).count()
    }
}

/// A run from its dispatch to its end, with everything else that the client ever asks about a run.
async fn goes_well(r: &Rig) {
    let sent = r.sent().await;
    let unnamed = Attempt { reference: None, ..sent.clone() };
    assert_eq!(r.found(&unnamed).await, sent.reference);
    let reference = sent.reference.clone().unwrap();
    assert!(r.backend.recognise(&unnamed, &reference).await.is_some());
    assert!(r.backend.workflow_file(&target()).await.unwrap().contains("run-name"));
    r.passes(3);
    assert_eq!(r.seen(&sent).await.steps, ["build › Compile"]);
    // The client asks again for something that did not change, and also for the run itself.
    assert_eq!(r.seen(&sent).await.progress, Progress::Running);
    r.passes(20);
    assert_eq!(r.ended(&sent).await.conclusion, Conclusion::Succeeded);
    assert_eq!(r.backend.cancel(&sent).await, CancelAnswer::Taken, "409: it has ended");
}

async fn goes_wrong(r: &Rig) {
    let sent = r.sent().await;
    r.passes(20);
    let outcome = r.ended(&sent).await;
    assert!(outcome.summary.contains("deploy › Push") && outcome.excerpt.contains("denied"), "{outcome:?}");
    let deleted = Attempt { reference: Some("987654321".into()), ..sent };
    assert!(matches!(r.seen(&deleted).await.progress, Progress::Lost { .. }));
}

async fn is_stopped(r: &Rig) {
    let sent = r.sent().await;
    r.passes(5);
    let asked = Attempt { stop_asked: Some(r.clock.now()), ..sent };
    assert_eq!(r.backend.cancel(&asked).await, CancelAnswer::Taken);
    r.passes(61);
    assert_eq!(r.seen(&asked).await.progress, Progress::Running);
    assert_eq!(r.backend.cancel(&asked).await, CancelAnswer::Taken);
    r.passes(5);
    assert_eq!(r.ended(&asked).await.conclusion, Conclusion::Cancelled);
    let calls = r.github.calls();
    let posts = calls.iter().filter(|c| c.method == "POST").filter_map(|c| c.path.rsplit('/').next());
    assert!(posts.eq(["dispatches", "cancel", "force-cancel"]));
}

/// A server that does not know our version of the API and does not say what it started. The first request is refused
/// because of its version, and no description contains it.
async fn is_old() -> Vec<Exchange> {
    let r = rig_with(quick(), |settings| {
        settings.answers = DispatchAnswers::NoContent;
        settings.api_versions = vec!["2022-11-28".into()];
        Credentials::Token(settings.token.clone())
    });
    let attempt = r.attempt();
    assert!(matches!(r.dispatch(&attempt).await, DispatchAnswer::Sent { reference: None, .. }));
    let reference = r.found(&attempt).await;
    assert!(reference.is_some());
    r.passes(20);
    assert_eq!(r.ended(&Attempt { reference, ..attempt }).await.conclusion, Conclusion::Succeeded);
    let mut exchanges = r.github.exchanges();
    let refused = exchanges.remove(0);
    assert_eq!((refused.status, refused.api_version.as_str()), (400, "2026-03-10"));
    assert_eq!(r.github.dispatches(), 1);
    exchanges
}

#[tokio::test]
async fn everything_we_ask_of_github_is_described_by_github() {
    let mut all = vec![];
    for r in [rig(quick()), app_rig(quick(), |_| ())] {
        goes_well(&r).await;
        all.extend(r.github.exchanges());
    }
    for r in [rig(failing()), app_rig(failing(), |_| ())] {
        goes_wrong(&r).await;
        all.extend(r.github.exchanges());
    }
    let r = rig(hanging());
    is_stopped(&r).await;
    all.extend(r.github.exchanges());
    let r = rig(quick().appears_after_ms(60_000));
    let attempt = r.attempt();
    assert!(matches!(r.dispatch(&attempt).await, DispatchAnswer::Sent { .. }));
    assert_eq!(r.found(&attempt).await, None);
    all.extend(r.github.exchanges());
    all.extend(is_old().await);
    let paths: Vec<&str> = all.iter().map(|e| e.path.as_str()).collect();
    for end in [
        "/user",
        "/app",
        "/installation",
        "/access_tokens",
        "/dispatches",
        "/runs",
        "/jobs",
        "/logs",
        "/cancel",
        "/force-cancel",
        "/deploy.yml",
    ] {
        assert!(paths.iter().any(|p| p.ends_with(end)), "nothing asked for {end}");
    }
    assert!(paths.iter().any(|p| p.contains("/contents/")));
    if let Some(words) = described(&all) {
        assert!(words.is_empty(), "{words}");
        // The comparison also finds a mistake.
        let mut wrong = all.swap_remove(0);
        wrong.request_body["return_run_details"] = true.into();
        assert!(described(&[wrong]).unwrap().contains("return_run_details"));
    }
}

/// What GitHub's own description says is wrong with the exchanges. `None` if the description is not installed.
fn described(exchanges: &[Exchange]) -> Option<String> {
    if !std::path::Path::new(OPENAPI).join("node_modules/@octokit/openapi").is_dir() {
        skipped("GitHub's description (npm ci in tests/openapi)");
        return None;
    }
    let file = tempfile::NamedTempFile::new().unwrap();
    let text = serde_json::to_string(exchanges).unwrap();
    std::fs::write(file.path(), text).unwrap();
    let out = Command::new("node").arg("check.mjs").arg(file.path()).current_dir(OPENAPI).output().unwrap();
    let text = String::from_utf8_lossy(&[out.stdout, out.stderr].concat()).into_owned();
    Some(if out.status.success() { String::new() } else { text })
}

/// A key pair: the private half in the form in which GitHub hands it out, and the public half as GitHub keeps it.
pub(super) fn keys() -> (String, String) {
    let key = KeyPair::generate(KeySize::Rsa2048).unwrap();
    let pem = |what: &str, der: &[u8]| {
        let text = base64::engine::general_purpose::STANDARD.encode(der);
        let lines: Vec<&str> = text.as_bytes().chunks(64).map(|l| std::str::from_utf8(l).unwrap()).collect();
        format!("-----BEGIN {what} KEY-----\n{}\n-----END {what} KEY-----\n", lines.join("\n"))
    };
    let private: Pkcs8V1Der<'_> = key.as_der().unwrap();
    let public: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    (pem("PRIVATE", private.as_ref()), pem("PUBLIC", public.as_ref()))
}

/// A rig whose client is the App 4711.
fn app_rig(workflow: Workflow, change: impl FnOnce(&mut GitHubApp)) -> Rig {
    let (private_key, public) = keys();
    let mut app = GitHubApp::new(4711, 7, public);
    change(&mut app);
    let credentials = Credentials::App { id: "4711".into(), private_key };
    rig_with(workflow, |settings| {
        settings.app = Some(app);
        // GitHub accepts only the App.
        settings.token = "nobody has this".into();
        credentials
    })
}

#[tokio::test]
async fn an_installation_token_is_used_until_shortly_before_it_ends() {
    let r = app_rig(hanging(), |_| ());
    let sent = r.sent().await;
    for _ in 0..54 {
        r.passes(60);
        r.seen(&sent).await;
    }
    assert_eq!(r.tokens(), 1);
    r.passes(120);
    r.seen(&sent).await;
    assert_eq!(r.tokens(), 2, "56 minutes old");
    r.passes(600);
    r.seen(&sent).await;
    assert_eq!(r.tokens(), 2);
    assert!(r.github.calls().iter().all(|c| c.status < 400), "{:?}", r.github.calls());
}

#[tokio::test]
async fn a_token_that_is_no_longer_taken_is_replaced_at_once() {
    let r = app_rig(quick(), |_| ());
    let sent = r.sent().await;
    // The first look is an unconditional request, and the second one is conditional.
    for tokens in [2, 3] {
        r.github.fault("/jobs", "GET", GitHubFault::Status(401));
        r.passes(2);
        assert_eq!(r.seen(&sent).await.progress, Progress::Running);
        assert_eq!(r.tokens(), tokens);
    }
    r.github.fault("/dispatches", "POST", GitHubFault::Status(401));
    assert!(matches!(r.dispatch(&r.attempt()).await, DispatchAnswer::Sent { .. }));
    assert_eq!((r.tokens(), r.github.dispatches()), (4, 2));
    // The client asks again once. If the fresh token is refused too, it may be too young, so nothing is sent. When it
    // is no longer too young, the refusal counts.
    r.github.trouble("/dispatches", "POST", GitHubFault::Status(401));
    assert!(matches!(r.dispatch(&r.attempt()).await, DispatchAnswer::NotSent { .. }));
    assert_eq!(r.tokens(), 5);
    r.passes(60);
    assert!(matches!(r.dispatch(&r.attempt()).await, DispatchAnswer::NotSent { .. }));
    assert_eq!(r.tokens(), 6);
    assert_eq!(r.github.dispatches(), 2);
}

#[tokio::test]
async fn a_token_may_be_of_any_length_and_runs_are_the_apps() {
    for token in ["t".to_owned(), format!("ghs_4711_{}.{}", "x".repeat(2_000), "y-_".repeat(900))] {
        let r = app_rig(quick(), |app| app.token = token);
        let sent = r.sent().await;
        assert_eq!(r.github.runs()[0].actor, "signalbox[bot]");
        assert_eq!(r.found(&Attempt { reference: None, ..sent.clone() }).await, sent.reference);
        r.passes(20);
        assert_eq!(r.ended(&sent).await.conclusion, Conclusion::Succeeded);
    }
}

#[tokio::test]
async fn a_wrong_key_is_refused_clearly_and_never_shown() {
    let private = keys().0;
    let secret = private.lines().nth(3).unwrap().to_owned();
    let r = rig_with(quick(), |settings| {
        settings.app = Some(GitHubApp::new(4711, 7, keys().1));
        Credentials::App { id: "4711".into(), private_key: private.clone() }
    });
    let DispatchAnswer::Refused { why } = r.dispatch(&r.attempt()).await else { panic!("not refused") };
    assert!(why.contains("GitHub App is not let in") && !why.contains(&secret), "{why}");
    assert_eq!(r.github.dispatches(), 0);
    // A text that is no key is reported at the start.
    let broken = private.replace(&private[60..70], "");
    let transport = Arc::new(InMemory(r.github.api()));
    let credentials = Credentials::App { id: "4711".into(), private_key: broken };
    let settings = GitHubSettings { api_url: "https://api.github.com".into(), credentials, timing: TIMING };
    let why = GitHub::new(settings, transport, r.clock.clone()).unwrap_err();
    assert!(why.contains("private key is not an RSA key") && !why.contains(&secret), "{why}");
}

#[tokio::test]
async fn an_apps_run_whose_answer_was_lost_is_found_by_its_name() {
    let clock = Arc::new(VirtualClock::at(START));
    let (private_key, public) = keys();
    let mut settings = settings(&clock, quick());
    settings.app = Some(GitHubApp::new(4711, 7, public));
    // The key in the form in which an environment variable holds it.
    let private_key = private_key.trim().replace('\n', "\\n");
    let credentials = Credentials::App { id: "4711".into(), private_key };
    let s = stories::over(clock, simulated::GitHub::new(settings), credentials);
    s.system.hold_webhooks(Webhooks::Lose);
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.passes(60).await;
    s.card_says(&["release · Succeeded"]);
    s.ends_with(1).await;
    assert_eq!((s.system.dispatches(), s.system.runs()[0].actor.as_str()), (1, "signalbox[bot]"));
}
