//! Clients that behave as badly as they can, under short limits.

use super::*;
use axum::routing::{get, post};
use std::net::SocketAddr;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// Deadlines so long that no test reaches them.
const PATIENT: Limits = Limits {
    header: Duration::from_secs(3600),
    body: Duration::from_secs(3600),
    stall: Duration::from_secs(3600),
    grace: Duration::from_millis(50),
    connections: 16,
    header_bytes: 8192,
    body_bytes: 4096,
    in_flight: 8192,
};
const SOON: Duration = Duration::from_millis(50);

struct Server {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<()>,
}

async fn start(limits: Limits) -> Server {
    let router = Router::new()
        .route("/healthz", get(|| async { "ok" }))
        .route("/slack/commands", post(|body: String| async move { body }))
        .route("/webhooks/x", post(|body: String| async move { body }))
        .route("/large", get(|| async { vec![b'x'; 64 << 20] }));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let (stop, stopped) = oneshot::channel();
    let stopped = async { drop(stopped.await) };
    Server { address, stop, ended: tokio::spawn(serve(listener, router, limits, stopped)) }
}

impl Server {
    async fn open(&self, begin: &str) -> TcpStream {
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(begin.as_bytes()).await.unwrap();
        stream
    }

    async fn ask(&self, request: &str) -> String {
        let mut stream = self.open(request).await;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    async fn is_well(&self) {
        let answer = self.ask("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        let said = self.ask(&said("/slack/commands", "hello", 5)).await;
        assert!(said.starts_with("HTTP/1.1 200") && said.ends_with("hello"), "{said}");
    }
}

fn said(path: &str, body: &str, length: usize) -> String {
    format!("POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}")
}

/// Everything that arrives until the other side closes.
async fn rest(mut stream: TcpStream) -> String {
    let mut bytes = vec![];
    // A reset ends the connection as well.
    drop(stream.read_to_end(&mut bytes).await);
    String::from_utf8_lossy(&bytes).into_owned()
}

#[tokio::test]
async fn slow_clients_make_room_for_the_next() {
    let server = start(PATIENT).await;
    let mut slow = vec![];
    for n in 0..5 * PATIENT.connections {
        slow.push(server.open(["", "GET /hea", "GET /healthz HTTP/1.1\r\nx: "][n % 3]).await);
        slow.push(server.open(&said("/slack/commands", "he", 5)).await);
        server.is_well().await;
    }
    assert_eq!(rest(slow.remove(0)).await, "", "the first of all went");
}

#[tokio::test]
async fn a_header_and_a_body_have_their_time() {
    let server = start(Limits { header: SOON, ..PATIENT }).await;
    for begin in ["GET /hea", "GET /healthz HTTP/1.1\r\nx: "] {
        let answer = rest(server.open(begin).await).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    let server = start(Limits { body: SOON, ..PATIENT }).await;
    let answer = rest(server.open(&said("/slack/commands", "he", 5)).await).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
}

#[tokio::test]
async fn an_answer_that_nobody_reads_is_given_up() {
    let server = start(Limits { stall: SOON, ..PATIENT }).await;
    let stream = server.open("GET /large HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    tokio::time::sleep(SOON * 4).await;
    assert!(rest(stream).await.len() < 64 << 20);
    server.is_well().await;
}

#[tokio::test]
async fn what_is_too_long_is_turned_away() {
    let server = start(PATIENT).await;
    let long = "x".repeat(PATIENT.body_bytes + 1);
    let answer = rest(server.open(&said("/slack/commands", &long, long.len())).await).await;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    let header = format!("GET /healthz HTTP/1.1\r\nx: {}\r\n\r\n", "x".repeat(2 * PATIENT.header_bytes));
    let answer = rest(server.open(&header).await).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
    server.is_well().await;
}

#[tokio::test]
async fn bodies_that_are_not_whole_make_room_for_those_that_are() {
    let server = start(Limits { connections: 64, ..PATIENT }).await;
    let part = "x".repeat(4000);
    let mut slow = vec![];
    for _ in 0..8 {
        slow.push(server.open(&said("/slack/commands", &part, 4096)).await);
        slow.push(server.open(&said("/webhooks/x", &part, 4096)).await);
    }
    let whole = "y".repeat(4096);
    let answer = server.ask(&said("/slack/commands", &whole, 4096)).await;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(&whole), "{answer:.60}");
    assert!(rest(slow.remove(0)).await.starts_with("HTTP/1.1 408"), "the oldest went");
}

#[tokio::test]
async fn a_stop_waits_for_nobody() {
    let server = start(PATIENT).await;
    let _slow = [
        server.open("").await,
        server.open("GET /hea").await,
        server.open(&said("/slack/commands", "he", 5)).await,
        server.open("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await,
    ];
    server.is_well().await;
    server.stop.send(()).unwrap();
    // Every deadline but that of the stop is an hour away.
    server.ended.await.unwrap();
}
