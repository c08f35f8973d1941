//! Lambda's Runtime API for one process: <https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html>.

use anyhow::{Context, bail};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::{Response, StatusCode};
use axum::routing::{get, post};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpListener;
use tokio::sync::Mutex;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;

/// A function that has not answered within this time never will.
const PATIENCE: Duration = Duration::from_secs(30);

/// What a function posted, and when it had arrived.
struct Posted {
    at: Instant,
    failed: bool,
    body: Bytes,
}

struct Shared {
    events: Mutex<UnboundedReceiver<Bytes>>,
    polls: UnboundedSender<()>,
    posted: UnboundedSender<Posted>,
}

/// Lambda's side: gives out events and takes answers.
pub struct RuntimeApi {
    pub address: SocketAddr,
    events: UnboundedSender<Bytes>,
    polls: UnboundedReceiver<()>,
    posted: UnboundedReceiver<Posted>,
    server: JoinHandle<()>,
}

impl RuntimeApi {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (events, waiting) = unbounded_channel();
        let (polled, polls) = unbounded_channel();
        let (post_to, posted) = unbounded_channel();
        let shared = Shared { events: Mutex::new(waiting), polls: polled, posted: post_to };
        let router = Router::new()
            .route("/2018-06-01/runtime/invocation/next", get(next))
            .route("/2018-06-01/runtime/invocation/{id}/{what}", post(answered))
            .route("/2018-06-01/runtime/init/error", post(not_started))
            .with_state(Arc::new(shared));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.unwrap();
        });
        Ok(Self { address, events, polls, posted, server })
    }

    /// Puts an event ready for the next poll.
    pub fn send(&self, event: Bytes) -> anyhow::Result<()> {
        self.events.send(event).context("the Runtime API is gone")
    }

    /// Waits until the function has asked for the next event.
    pub async fn polled(&mut self) -> anyhow::Result<()> {
        let polled = tokio::time::timeout(PATIENCE, self.polls.recv()).await;
        polled.ok().flatten().context("the function does not ask for events")
    }

    /// The next answer, and when it arrived.
    pub async fn answer(&mut self) -> anyhow::Result<(Instant, Bytes)> {
        let posted = tokio::time::timeout(PATIENCE, self.posted.recv()).await;
        let posted = posted.ok().flatten().context("the function does not answer")?;
        if posted.failed {
            bail!("the function failed: {}", String::from_utf8_lossy(&posted.body));
        }
        Ok((posted.at, posted.body))
    }
}

impl Drop for RuntimeApi {
    fn drop(&mut self) {
        self.server.abort();
    }
}

async fn next(State(shared): State<Arc<Shared>>) -> Response<Body> {
    shared.polls.send(()).ok();
    let event = shared.events.lock().await.recv().await;
    let deadline = crate::clock::now().0 + 10_000;
    Response::builder()
        .header("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-11e8-9739-2dfe598c3fcd")
        .header("Lambda-Runtime-Deadline-Ms", deadline)
        .header(
            "Lambda-Runtime-Invoked-Function-Arn",
            "arn:aws:lambda:us-east-1:123456789012:function:benchmark",
        )
        .header("Content-Type", "application/json")
        .body(Body::from(event.unwrap_or_default()))
        .unwrap()
}

async fn answered(
    State(shared): State<Arc<Shared>>,
    Path((_, what)): Path<(String, String)>,
    body: Bytes,
) -> StatusCode {
    shared.posted.send(Posted { at: Instant::now(), failed: what != "response", body }).ok();
    StatusCode::ACCEPTED
}

async fn not_started(State(shared): State<Arc<Shared>>, body: Bytes) -> StatusCode {
    shared.posted.send(Posted { at: Instant::now(), failed: true, body }).ok();
    StatusCode::ACCEPTED
}
