//! slack-ingress as Lambda starts it, while what it needs hangs or refuses. The start does not wait for it, and Slack
//! gets an answer.

use crate::binary::process::{PATIENCE, binary, signalbox};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::{Value, json};
use signalbox_domain::Timestamp;
use signalbox_slack::{sign, slash_body};
use signalbox_testkit::samples;
use std::io::Read;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::mpsc;

const SECRET: &str = "a signing secret";
const CATALOGUE: &str = "operations:
  release:
    description: Release
    target: {github: acme/shop, workflow: release.yml, ref: main}
    allow: [{users: [TPRACTICE/UADA]}]
";

/// How AWS behaves when it is asked.
#[derive(Clone, Copy)]
enum Aws {
    Hangs,
    Answers(u16, &'static str),
}

async fn aws(does: Aws) -> Response {
    match does {
        Aws::Hangs => std::future::pending().await,
        Aws::Answers(status, code) => {
            let body = json!({"__type": code}).to_string();
            let mut answer = Response::new(Body::from(body));
            *answer.status_mut() = StatusCode::from_u16(status).unwrap();
            answer
        }
    }
}

async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A running function. It is ended with the test, even if the test fails.
struct Function(Child);

impl Drop for Function {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Lambda's side of a function: gives out one request, and takes the function's answer or error
/// (<https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>).
fn runtime(event: &Value, heard: mpsc::UnboundedSender<Value>) -> Router {
    let event = event.to_string();
    let first = Arc::new(AtomicBool::new(true));
    let told = heard.clone();
    Router::new()
        .route(
            "/2018-06-01/runtime/invocation/next",
            get(async move || {
                if !first.swap(false, Ordering::SeqCst) {
                    std::future::pending::<()>().await;
                }
                let mut headers = HeaderMap::new();
                headers.insert("lambda-runtime-aws-request-id", "1".parse().unwrap());
                headers.insert("lambda-runtime-deadline-ms", "4102444800000".parse().unwrap());
                (headers, event).into_response()
            }),
        )
        .route(
            "/2018-06-01/runtime/invocation/1/response",
            post(async move |request: Request| {
                let body = to_bytes(request.into_body(), usize::MAX).await.unwrap();
                told.send(serde_json::from_slice(&body).unwrap()).ok();
                StatusCode::ACCEPTED
            }),
        )
        .fallback(async move |request: Request| {
            heard.send(json!({"failed": request.uri().to_string()})).ok();
            StatusCode::ACCEPTED
        })
}

#[expect(clippy::disallowed_methods, reason = "the function lives by the wall clock as well")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

/// A command that a person typed, in the form in which the HTTP API passes it on
/// (<https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-lambda.html>).
fn typed(text: &str) -> Value {
    let now = now();
    let body = slash_body(samples::WORKSPACE, "CRELEASES", "UADA", "/release", text, "1.2.abc");
    json!({
        "version": "2.0", "routeKey": "$default", "rawPath": "/slack/commands", "rawQueryString": "",
        "headers": {
            "content-type": "application/x-www-form-urlencoded",
            "x-slack-request-timestamp": now.seconds().to_string(),
            "x-slack-signature": sign(SECRET, now, body.as_bytes()).unwrap(),
        },
        "requestContext": {
            "accountId": "0", "apiId": "a", "domainName": "a", "domainPrefix": "a", "requestId": "r", "stage": "$default",
            "routeKey": "$default", "time": "12/Mar/2020:19:03:58 +0000", "timeEpoch": 1_583_348_638_390_u64,
            "http": {"method": "POST", "path": "/slack/commands", "protocol": "HTTP/1.1", "sourceIp": "127.0.0.1", "userAgent": "x"},
        },
        "body": body, "isBase64Encoded": false,
    })
}

/// Starts the function with an AWS that behaves in this way. Returns the answer to the first request, or why there was
/// none.
async fn starts(does: Aws, secrets_in_ssm: bool) -> Result<Value, String> {
    let (heard, mut hears) = mpsc::unbounded_channel();
    let runtime = serve(runtime(&typed(""), heard)).await;
    let aws = serve(Router::new().fallback(async move || aws(does).await)).await;
    let folder = tempfile::tempdir().unwrap();
    let (catalogue, compiled) = (folder.path().join("catalogue"), folder.path().join("catalogue.json"));
    std::fs::create_dir(&catalogue).unwrap();
    std::fs::write(catalogue.join("catalogue.yaml"), CATALOGUE).unwrap();
    let mut compile = signalbox(&["compile"]);
    assert!(compile.arg(&catalogue).arg("--out").arg(&compiled).status().unwrap().success());
    let mut function = Command::new(binary().with_file_name("slack-ingress"));
    function.env_clear().stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped());
    for (name, value) in [
        ("AWS_LAMBDA_RUNTIME_API", runtime.as_str()),
        ("AWS_LAMBDA_FUNCTION_NAME", "slack-ingress"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "g"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "s"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_ENDPOINT_URL", &format!("http://{aws}")),
        ("SLACK_API_URL", &format!("http://{aws}/api")),
        ("SIGNALBOX_INTENTS_QUEUE_URL", &format!("http://{aws}/0/intents.fifo")),
        ("SIGNALBOX_STATE_TABLE", "state"),
        ("SIGNALBOX_CATALOGUE", &compiled.to_string_lossy()),
        ("SLACK_BOT_TOKEN", "xoxb-test"),
        ("SIGNALBOX_COMMAND_KEY", samples::COMMAND_KEY),
    ] {
        function.env(name, value);
    }
    if secrets_in_ssm {
        function.env("SLACK_SIGNING_SECRET_PARAMETER", "/signalbox/slack-signing-secret");
    } else {
        function.env("SLACK_SIGNING_SECRET", SECRET);
    }
    let mut function = Function(function.spawn().unwrap());
    let heard = tokio::time::timeout(PATIENCE, async {
        loop {
            tokio::select! {
                heard = hears.recv() => return Ok(heard.unwrap()),
                () = tokio::time::sleep(Duration::from_millis(20)) => {
                    if function.0.try_wait().unwrap().is_some() {
                        let mut said = String::new();
                        function.0.stderr.take().unwrap().read_to_string(&mut said).unwrap();
                        return Err(said);
                    }
                }
            }
        }
    });
    heard.await.unwrap_or_else(|_| panic!("neither an answer nor an end"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_queue_that_hangs_or_refuses_keeps_nobody_waiting() {
    for (does, expect) in [
        (Aws::Hangs, "not confirmed"),
        (Aws::Answers(500, "InternalFailure"), "not confirmed"),
        (Aws::Answers(403, "AccessDenied"), "nothing was started"),
    ] {
        // In the first case the queue never answers. That there is an answer at all shows that the function does not
        // wait for it.
        let answer = starts(does, false).await.unwrap();
        assert_eq!(answer["statusCode"], 200, "{answer}");
        let said = answer["body"].as_str().unwrap_or_default().to_lowercase();
        assert!(said.contains(expect), "{answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn secrets_that_hang_end_the_start() {
    let why = starts(Aws::Hangs, true).await.unwrap_err();
    assert!(why.contains("the secrets could not be read in time"), "{why}");
}
