//! Measures both again behind axum, as a server calls them, with routing, extraction and response.

use super::reference::Reference;
use super::{Request, SECRET, door};
use crate::clock;
use crate::samples::Samples;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;
use tower::ServiceExt;

/// Measures the reference and the door in turns.
pub async fn measure(requests: &[Request], rounds: usize, calls: usize) -> (Samples, Samples) {
    let reference = Router::new()
        .route("/slack/commands", post(verify_and_read))
        .with_state(Arc::new(Reference::new(SECRET)));
    let door = signalbox_doors::slack_router(door());
    let (mut least, mut whole) = (Samples::default(), Samples::default());
    for round in 0..=rounds {
        let a = calling(&reference, requests, calls).await;
        let b = calling(&door, requests, calls).await;
        // The first round only warms up.
        if round > 0 {
            least.extend(a);
            whole.extend(b);
        }
    }
    (least, whole)
}

async fn calling(router: &Router, requests: &[Request], calls: usize) -> Samples {
    let mut samples = Samples::default();
    for request in requests.iter().cycle().take(calls) {
        let (router, request) = (router.clone(), http_request(request));
        let begun = Instant::now();
        let response = black_box(router.oneshot(request).await).unwrap();
        samples.push(begun.elapsed());
        assert_eq!(response.status(), StatusCode::OK);
    }
    samples
}

fn http_request(request: &Request) -> http::Request<Body> {
    http::Request::post("/slack/commands")
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", &request.timestamp)
        .header("x-slack-signature", &request.signature)
        .body(Body::from(request.body.clone()))
        .unwrap()
}

async fn verify_and_read(
    State(reference): State<Arc<Reference>>,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let text = |name| headers.get(name).and_then(|h| h.to_str().ok()).unwrap_or_default().to_owned();
    let request = Request {
        body: body.into(),
        timestamp: text("x-slack-request-timestamp"),
        signature: text("x-slack-signature"),
    };
    match black_box(reference.read(&request, clock::now().seconds())) {
        Some(_) => StatusCode::OK,
        None => StatusCode::UNAUTHORIZED,
    }
}
