//! The charts that Slack fetches for messages: `/charts/usual-3-0-812.png`.
//!
//! Nobody has to prove who they are, because Slack sends no credentials: a chart is drawn from its own address, knows
//! nothing else, and is bounded.

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

/// The route of the charts.
pub fn charts_router() -> Router {
    Router::new().route("/charts/{name}", get(chart))
}

async fn chart(Path(name): Path<String>) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "image/png"),
        // A chart never changes: another chart has another name.
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'"),
    ];
    match signalbox_slack::picture(&name) {
        Some(png) => (headers, png).into_response(),
        None => (StatusCode::NOT_FOUND, "there is no such chart").into_response(),
    }
}
