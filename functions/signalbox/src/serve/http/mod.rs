//! The HTTP server of this machine, and its limits: whatever clients do, `/healthz` and Slack get an answer.
//!
//! A slow client costs one connection, and no more. A request's header and its body each have a deadline, and so has
//! an answer that the client does not read. When all places for connections are taken, the connection that has waited
//! longest for its client is closed, so that there is always room for the next. A request is read whole before
//! anything looks at it, signatures included. Each door holds a limited number of bytes of bodies that have not
//! arrived whole; beyond that limit the oldest of these bodies is given up. A request that is being answered is never
//! cut off, except when the server stops.
//!
//! There is no limit by peer: behind a proxy every client is the same one.

mod bodies;
mod connections;
mod stalling;

use axum::Router;
use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bodies::Doors;
use connections::{Connections, Place};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use stalling::Stalling;
use std::convert::Infallible;
use std::future::Future;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tower::ServiceExt;

/// What clients may cost.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// For a request's line and headers, from the first moment at which they could come.
    pub header: Duration,
    /// For a request's whole body, from the end of its headers.
    pub body: Duration,
    /// An answer is given up if the client takes nothing of it for this long.
    pub stall: Duration,
    /// After a stop, the time that answers in progress have to end.
    pub grace: Duration,
    /// Connections at the same time.
    pub connections: usize,
    /// A request's line and headers, in bytes; at least 8 KiB.
    pub header_bytes: usize,
    /// A request's body, in bytes. Doors have smaller limits of their own.
    pub body_bytes: usize,
    /// Bodies of each door at the same time, in bytes.
    pub in_flight: usize,
}

impl Limits {
    /// Slack waits three seconds for an answer, GitHub waits ten, and a person at the console waits as long as they
    /// like. On many systems a process may have 1024 files open.
    pub const USUAL: Self = Self {
        header: Duration::from_secs(10),
        body: Duration::from_secs(10),
        stall: Duration::from_secs(10),
        grace: Duration::from_secs(3),
        connections: 512,
        header_bytes: 32 * 1024,
        body_bytes: 2 * 1024 * 1024,
        in_flight: 16 * 1024 * 1024,
    };
}

/// Headers in a request.
const MOST_HEADERS: usize = 100;
/// The pause after a connection could not be accepted: the system has no more to give.
const REST: Duration = Duration::from_millis(100);

/// Serves until `stop`, and ends at the latest [`Limits::grace`] after that.
pub async fn serve(listener: TcpListener, router: Router, limits: Limits, stop: impl Future<Output = ()>) {
    let connections = Arc::new(Connections::new(limits.connections));
    let doors = Arc::new(Doors::new(limits));
    let (close, closing) = watch::channel(false);
    let mut open = JoinSet::new();
    let mut stop = pin!(stop);
    loop {
        tokio::select! {
            biased;
            () = &mut stop => break,
            Some(_) = open.join_next(), if !open.is_empty() => {}
            accepted = listener.accept() => match accepted {
                Ok((stream, _)) => match connections.enter() {
                    Some(place) => {
                        let served = Served { router: router.clone(), doors: doors.clone(), place };
                        open.spawn(one(stream, served, limits, closing.clone()));
                    }
                    None => tracing::warn!("every connection is being answered; another was turned away"),
                },
                Err(error) => {
                    tracing::warn!(%error, "cannot accept a connection");
                    connections.make_room();
                    tokio::time::sleep(REST).await;
                }
            },
        }
    }
    drop(listener);
    close.send(true).ok();
    let ended = async { while open.join_next().await.is_some() {} };
    if tokio::time::timeout(limits.grace, ended).await.is_err() {
        tracing::info!(connections = open.len(), "clients that did not let go were cut off");
    }
    open.shutdown().await;
}

/// What a connection needs.
#[derive(Clone)]
struct Served {
    router: Router,
    doors: Arc<Doors>,
    place: Arc<Place>,
}

async fn one(stream: TcpStream, served: Served, limits: Limits, mut closing: watch::Receiver<bool>) {
    // Answers are small and written whole, so nothing is gained by waiting for more.
    stream.set_nodelay(true).ok();
    let place = served.place.clone();
    let service = service_fn(move |request| served.clone().answer(request));
    let connection = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.header)
        .max_buf_size(limits.header_bytes)
        .max_headers(MOST_HEADERS)
        .serve_connection(TokioIo::new(Stalling::new(stream, limits.stall)), service);
    let mut connection = pin!(connection);
    tokio::select! {
        ended = connection.as_mut() => return note(ended),
        () = place.gone() => return,
        _ = closing.wait_for(|closing| *closing) => {}
    }
    connection.as_mut().graceful_shutdown();
    note(connection.await);
}

/// A client that closes its connection early is no problem.
fn note(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(%error, "a connection ended early");
    }
}

impl Served {
    async fn answer(self, request: http::Request<Incoming>) -> Result<Response, Infallible> {
        let (parts, body) = request.into_parts();
        let read = match self.doors.read(parts.uri.path(), Body::new(body)).await {
            Ok(read) => read,
            Err(refused) => return Ok((refused, [(http::header::CONNECTION, "close")]).into_response()),
        };
        let _busy = self.place.busy();
        let request = http::Request::from_parts(parts, Body::from(read.bytes.clone()));
        self.router.oneshot(request).await
    }
}

#[cfg(test)]
mod tests;
