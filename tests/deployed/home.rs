//! One deployment, made from the template with SAM's command line.

use super::counter::Counter;
use crate::binary::process::{PATIENCE, signalbox, skipped, text};
use crate::deployed::emulator::Emulator;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use serde_json::json;
use signalbox_aws::SqsQueue;
use signalbox_engine::ports::Transport;
use signalbox_simulator::github::{self, Repository, Step, Workflow};
use signalbox_simulator::jenkins::{self, ParameterDefinition, Stage};
use signalbox_simulator::{Channel, Message, Person, Slack, SlackSettings, Workspace};
use signalbox_testkit::samples;
use signalbox_transport::Reqwest;
use std::path::Path;
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
const SAM: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/infra/.venv/bin/sam");
pub const STACK: &str = "signalbox";
pub const SIGNING_SECRET: &str = "a signing secret";
const ACCOUNT: &str = "000000000000";
/// In an installation this is six times a function's time limit. Here it is short, so that the tests need not wait so
/// long.
const VISIBILITY: &str = "4";

/// A catalogue with one operation for each kind of system.
const CATALOGUE: &str = "operations:
  deploy:
    description: Deploy on GitHub
    parameters:
      - {name: version, type: string, pattern: '[0-9.]+', required: true}
    target: {github: acme/shop, workflow: deploy.yml, ref: main, inputs: {version: '{version}'}}
    allow: [{users: [TPRACTICE/UADA]}]
  soak:
    description: Does not end by itself
    target: {github: acme/shop, workflow: soak.yml, ref: main}
    allow: [{users: [TPRACTICE/UADA]}]
  promote:
    description: Build on Jenkins
    parameters:
      - {name: version, type: string, pattern: '[0-9.]+', required: true}
    target: {jenkins: web/deploy, parameters: {VERSION: '{version}'}}
    allow: [{users: [TPRACTICE/UADA]}]
watches:
  web:
    channel: TPRACTICE/COPS
    receivers: [signalbox]
    sources:
      fn: {cloudwatch: [/aws/lambda/web]}
    every: 1m
    delay: 0s
    allow: [{users: [TPRACTICE/UADA]}]
";

#[expect(clippy::disallowed_methods, reason = "the functions live by the wall clock as well")]
pub fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// One deployment, with the simulators at its ends.
pub struct Deployed {
    pub emulator: Emulator,
    pub slack: Slack,
    pub github: github::GitHub,
    pub jenkins: jenkins::Jenkins,
    /// Slack's clock. It stands still while the app answers, because nothing here depends on speed.
    clock: Arc<AtomicI64>,
    api: String,
    /// Counts what the functions ask of AWS.
    pub counter: Counter,
}

impl Deployed {
    /// `None`, and SKIPPED, if a tool is not installed.
    pub async fn deploy() -> Option<Self> {
        if !Path::new(SAM).exists() {
            skipped("the deployment: needs sam in tests/infra/.venv; `bash tests/run` installs it");
            return None;
        }
        let counter = Counter::default();
        let emulator = Emulator::start_behind(Some(&serve(counter.router()).await))?;
        counter.aws.set(emulator.url()).unwrap();
        let clock = Arc::new(AtomicI64::new(now_ms()));
        let slack = played_slack(&clock, SIGNING_SECRET);
        let (github, jenkins) = (played_github(), played_jenkins());
        let (slack_url, github_url) = (serve(slack.web_api()).await, serve(github.api()).await);
        let jenkins_url = serve(jenkins.http()).await;
        for (name, value) in [
            ("slack-signing-secret", SIGNING_SECRET),
            ("slack-bot-token", "xoxb-test"),
            ("command-key", samples::COMMAND_KEY),
            ("github-token", "github_pat_practice"),
            ("github-webhook-secret", "hush"),
            ("jenkins-token", "practice"),
            ("jenkins-webhook-secret", "practice"),
            ("alertmanager-webhook-secret", "practice"),
            ("grafana-webhook-secret", "practice"),
        ] {
            put_secret(&emulator, name, value).await;
        }
        let parameters = [
            "DeploymentPreference=AllAtOnce".to_owned(),
            "DeletionProtection=false".to_owned(),
            format!("SlackApiUrl={slack_url}/api"),
            format!("GitHubApiUrl={github_url}"),
            "GitHubTokenParameter=/signalbox/github-token".to_owned(),
            "GitHubWebhookSecretParameter=/signalbox/github-webhook-secret".to_owned(),
            format!("JenkinsUrl={jenkins_url}"),
            "JenkinsUser=signalbox".to_owned(),
            "JenkinsTokenParameter=/signalbox/jenkins-token".to_owned(),
            "JenkinsWebhookSecretParameter=/signalbox/jenkins-webhook-secret".to_owned(),
            "AlertmanagerWebhookSecretParameter=/signalbox/alertmanager-webhook-secret".to_owned(),
            "GrafanaWebhookSecretParameter=/signalbox/grafana-webhook-secret".to_owned(),
            "WatchedLogGroups=arn:aws:logs:us-east-1:000000000000:log-group:/aws/lambda/web:*".to_owned(),
        ];
        let id = sam_deploy(&emulator, &parameters);
        // The address with the API's id in its path. The usual address has the id in its host name, which cannot be
        // resolved here.
        let api = format!("{}/_aws/execute-api/{id}/$default", emulator.url());
        let deployed = Self { emulator, slack, github, jenkins, clock, api, counter };
        deployed.slack.attach(deployed.door());
        deployed.github.attach(deployed.door());
        deployed.jenkins.attach(deployed.door());
        for queue in ["intents", "outbox"] {
            deployed.set_attribute(queue, "VisibilityTimeout", VISIBILITY).await;
        }
        Some(deployed)
    }

    /// A router that passes every request on to the deployed API.
    pub fn door(&self) -> Router {
        let api = self.api.clone();
        Router::new().fallback(async move |request: Request| forward(&api, request).await)
    }

    /// A simulated Slack with the same people and channels that signs with another secret.
    pub fn slack_that_signs_with(&self, secret: &str) -> Slack {
        let slack = played_slack(&self.clock, secret);
        slack.attach(self.door());
        slack
    }

    pub fn queue_url(&self, name: &str) -> String {
        format!("{}/{ACCOUNT}/{STACK}-{name}.fifo", self.emulator.url())
    }

    pub fn queue(&self, name: &str) -> SqsQueue {
        SqsQueue::new(self.emulator.clients().sqs(), &self.queue_url(name))
    }

    pub async fn set_attribute(&self, queue: &str, attribute: &str, value: &str) {
        let body = json!({"QueueUrl": self.queue_url(queue), "Attributes": {attribute: value}});
        self.emulator.call("sqs", "/", Some("AmazonSQS.SetQueueAttributes"), &body).await;
    }

    /// A person types a line. Returns what only that person sees at once.
    pub async fn types(&self, line: &str) -> String {
        self.tick();
        let answer = self.slack.slash("UADA", "CRELEASES", line).await;
        assert_eq!(answer.status, 200, "{line}: {} {:?}", answer.body, answer.problem);
        answer.ephemeral.map(|m| m.plain()).unwrap_or_default()
    }

    pub async fn presses(&self, nth: usize, action: &str) {
        self.tick();
        let ts = self.slack.messages("CRELEASES")[nth].ts.clone();
        let answer = self.slack.press("UADA", "CRELEASES", &ts, action).await;
        assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
    }

    /// Sets Slack's clock to the present time.
    pub fn tick(&self) {
        self.clock.store(now_ms(), Ordering::Relaxed);
    }

    pub fn card(&self, nth: usize) -> String {
        self.slack.messages("CRELEASES").get(nth).map(Message::plain).unwrap_or_default()
    }

    /// Waits until a card shows this text. Instead of once a minute, the caretaker runs at short intervals.
    pub async fn shows(&self, nth: usize, what: &str) {
        let deadline = Instant::now() + PATIENCE;
        while !self.card(nth).contains(what) {
            assert!(
                Instant::now() < deadline,
                "card {nth} does not say {what}: {}\n{}",
                self.card(nth),
                self.logs().await
            );
            self.goes_on().await;
        }
    }

    /// The systems post their webhooks. The caretaker does nothing meanwhile.
    pub async fn webhooks(&self) {
        self.tick();
        self.github.deliver().await;
        self.jenkins.deliver().await;
        tokio::time::sleep(Duration::from_millis(100)).await;
    }

    /// The systems post their webhooks, and the caretaker does one round.
    pub async fn goes_on(&self) {
        self.webhooks().await;
        self.emulator.invoke("signalbox-caretaker", &json!({})).await;
        tokio::time::sleep(Duration::from_millis(300)).await;
    }

    /// The last lines that the functions logged, for a test that fails.
    pub async fn logs(&self) -> String {
        let mut all = String::new();
        for function in
            ["slack-ingress", "webhook-ingress", "dispatcher", "notifier", "caretaker", "log-watch"]
        {
            let group = format!("/aws/lambda/{STACK}-{function}");
            let body = json!({"logGroupName": group});
            let logs = self.emulator.call("logs", "/", Some("Logs_20140328.FilterLogEvents"), &body).await;
            let events = logs["events"].as_array().cloned().unwrap_or_default();
            let lines = events.iter().filter_map(|e| e["message"].as_str());
            let told = lines
                .filter(|l| !l.starts_with("START") && !l.starts_with("END") && !l.starts_with("REPORT"));
            let told: Vec<&str> = told.collect();
            let tail = &told[told.len().saturating_sub(8)..];
            all.push_str(&format!("{function}:\n  {}\n", tail.join("\n  ")));
        }
        all
    }

    /// Runs the command line against AWS.
    pub fn signalbox(&self, arguments: &[&str]) -> Output {
        let mut command = signalbox(arguments);
        command.env("AWS_ENDPOINT_URL", self.emulator.url()).env("AWS_REGION", "us-east-1");
        command.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test");
        command.env("SIGNALBOX_EVENTS_TABLE", format!("{STACK}-events"));
        command.env("SIGNALBOX_STATE_TABLE", format!("{STACK}-state"));
        command.env("SIGNALBOX_INTENTS_QUEUE_URL", self.queue_url("intents"));
        command.output().unwrap()
    }

    pub fn signalbox_says(&self, arguments: &[&str]) -> String {
        let output = self.signalbox(arguments);
        assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
        text(&output.stdout)
    }

    /// Kills the processes of a function in the middle of their work. Returns how many there were.
    pub fn kills(&self, function: &str) -> usize {
        let name = format!("AWS_LAMBDA_FUNCTION_NAME={STACK}-{function}");
        let home = self.emulator.folder().to_string_lossy().into_owned();
        let mut killed = 0;
        for process in std::fs::read_dir("/proc").unwrap().flatten() {
            let Ok(pid) = process.file_name().to_string_lossy().parse::<u32>() else { continue };
            let environment = std::fs::read(process.path().join("environ")).unwrap_or_default();
            let has = |what: &str| environment.split(|b| *b == 0).any(|v| text(v).contains(what));
            // Only the processes that run this function in this emulator; their environment shows both.
            if has(&name) && has(&home) {
                killed += usize::from(
                    Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap().success(),
                );
            }
        }
        killed
    }
}

pub async fn put_secret(emulator: &Emulator, name: &str, value: &str) {
    let body = json!({"Name": format!("/signalbox/{name}"), "Value": value, "Type": "SecureString", "Overwrite": true});
    emulator.call("ssm", "/", Some("AmazonSSM.PutParameter"), &body).await;
}

/// Passes a request on without changes.
pub async fn forward(api: &str, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let path = parts.uri.path_and_query().map(ToString::to_string).unwrap_or_default();
    let mut onward = http::Request::builder().method(parts.method).uri(format!("{api}{path}"));
    for (name, value) in &parts.headers {
        if name != "host" && name != "content-length" {
            onward = onward.header(name, value);
        }
    }
    let answer = Reqwest::new().unwrap().call(onward.body(body).unwrap(), PATIENCE).await.unwrap();
    let (parts, body) = answer.into_parts();
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = parts.status;
    *response.headers_mut() = parts.headers;
    response.headers_mut().remove("transfer-encoding");
    response
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn played_slack(clock: &Arc<AtomicI64>, secret: &str) -> Slack {
    let clock = clock.clone();
    Slack::new(SlackSettings {
        signing_secret: secret.into(),
        bot_token: "xoxb-test".into(),
        workspace: Workspace { id: "TPRACTICE".into(), domain: "practice".into() },
        people: vec![Person { id: "UADA".into(), name: "Ada".into() }],
        channels: vec![
            Channel { id: "CRELEASES".into(), name: "releases".into() },
            Channel { id: "COPS".into(), name: "ops".into() },
        ],
        now_ms: Arc::new(move || clock.load(Ordering::Relaxed)),
    })
}

fn played_github() -> github::GitHub {
    let named =
        |workflow: Workflow| workflow.run_name("Run [${{ inputs.signalbox-run }}]").input("signalbox-run");
    let deploy = named(Workflow::new("deploy.yml")).input("version").job("deploy", &[("Roll out", 1.0)]);
    let hanging = github::Job::new("soak", vec![Step::hanging("Soak")]);
    let soak = named(Workflow::new("soak.yml")).with_job(hanging);
    github::GitHub::new(github::GitHubSettings {
        repositories: vec![Repository::new("acme", "shop").workflow(deploy).workflow(soak)],
        ..github::GitHubSettings::new(Arc::new(now_ms))
    })
}

fn played_jenkins() -> jenkins::Jenkins {
    let job = jenkins::Job::pipeline("web/deploy").parameter(ParameterDefinition::string("VERSION", ""));
    let job =
        job.parameter(ParameterDefinition::string("SIGNALBOX_RUN", "")).stage(Stage::new("Roll out", 1_000));
    let jenkins = jenkins::Jenkins::new(jenkins::JenkinsSettings::new(vec![job], Arc::new(now_ms)));
    // With this earlier build, Signalbox knows that a build that is not in the list never existed.
    jenkins.was_built("web/deploy", 3_600_000);
    jenkins
}

/// Makes every function send its own name to AWS, so that the counter can see which function asks.
fn each_by_its_name(template: &str) -> String {
    let mut parts = template.split("FunctionName: !Sub '${AWS::StackName}-");
    let mut out = parts.next().unwrap().to_owned();
    for part in parts {
        let name = part.split('\'').next().unwrap();
        let (head, rest) = part.split_once("        Variables:\n").unwrap();
        out.push_str(&format!(
            "FunctionName: !Sub '${{AWS::StackName}}-{head}        Variables:\n          AWS_EXECUTION_ENV: {name}\n{rest}"
        ));
    }
    out
}

/// Packages and deploys as docs/deploy-sam.md says. Returns the API's id.
fn sam_deploy(emulator: &Emulator, parameters: &[String]) -> String {
    let folder = emulator.folder().join("deploy");
    let catalogue = folder.join("catalogue");
    std::fs::create_dir_all(&catalogue).unwrap();
    std::fs::write(catalogue.join("catalogue.yaml"), CATALOGUE).unwrap();
    let compiled = folder.join("catalogue.json");
    let mut compile = signalbox(&["compile"]);
    assert!(compile.arg(&catalogue).arg("--out").arg(&compiled).status().unwrap().success());
    let binaries = crate::binary::process::binary().parent().unwrap().to_owned();
    let packaged = Command::new("bash")
        .arg(Path::new(ROOT).join("infra/package"))
        .args(["--arch", if cfg!(target_arch = "aarch64") { "arm64" } else { "x86_64" }])
        .args(["--catalogue".as_ref(), compiled.as_os_str(), "--binaries".as_ref(), binaries.as_os_str()])
        .args(["--out".as_ref(), folder.join("target/lambda").as_os_str()])
        .output()
        .unwrap();
    assert!(packaged.status.success(), "{}{}", text(&packaged.stdout), text(&packaged.stderr));
    // The emulator uses the template with its default parameters, and it has no CodeDeploy.
    let template = std::fs::read_to_string(Path::new(ROOT).join("template.yaml")).unwrap();
    let there = "Default: Canary10Percent5Minutes";
    assert_eq!(template.matches(there).count(), 1);
    // The emulator names the account itself as the sender of every message.
    let (door, account) = ("!GetAtt SlackIngressRole.RoleId", format!("'{ACCOUNT}'"));
    assert_eq!(template.matches(door).count(), 1);
    let template = template.replace(there, "Default: AllAtOnce").replace(door, &account);
    let template = each_by_its_name(&template);
    std::fs::write(folder.join("template.yaml"), template).unwrap();
    let mut sam = Command::new(SAM);
    sam.args(["deploy", "--stack-name", STACK, "--resolve-s3", "--capabilities", "CAPABILITY_IAM"]);
    sam.args(["--no-confirm-changeset", "--parameter-overrides"]).args(parameters);
    sam.env("AWS_ENDPOINT_URL", emulator.url()).env("HOME", &folder).current_dir(&folder);
    sam.env("AWS_ACCESS_KEY_ID", "test").env("AWS_SECRET_ACCESS_KEY", "test").env("SAM_CLI_TELEMETRY", "0");
    sam.env("AWS_REGION", "us-east-1").env("AWS_DEFAULT_REGION", "us-east-1");
    let output = sam.output().unwrap();
    let said = format!("{}{}", text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{said}");
    let id =
        said.split("http://").filter_map(|rest| rest.split_once(".execute-api")).map(|(id, _)| id).next();
    id.filter(|id| id.chars().all(char::is_alphanumeric))
        .unwrap_or_else(|| panic!("no API in {said}"))
        .to_owned()
}
