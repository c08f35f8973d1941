//! Tests the client of Loki with the simulated Loki, which knows nothing about the client.

use super::all;
use bytes::Bytes;
use http::{Request, StatusCode};
use serde_json::json;
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogSource, Span, Transport};
use signalbox_logs::{Loki, LokiAccess, LokiSettings};
use signalbox_simulator::loki;
use signalbox_transport::InMemory;
use std::sync::Arc;
use std::time::Duration;

const T0: i64 = 1_795_219_200_000;
const SPAN: Span = Span { from: Timestamp(T0), to: Timestamp(T0 + 60_000) };

fn played(most: usize) -> (loki::Loki, Arc<InMemory>) {
    let settings = loki::LokiSettings {
        most,
        authorization: Some("Basic dTpw".into()),
        tenant: Some("team".into()),
        ..loki::LokiSettings::new(Arc::new(|| T0 + 90_000))
    };
    let loki = loki::Loki::new(settings);
    let network = Arc::new(InMemory(loki.http()));
    (loki, network)
}

fn source(network: &Arc<InMemory>, password: &str, query: &str) -> Loki {
    let access = LokiAccess::Basic { user: "u".into(), password: password.into() };
    let settings =
        LokiSettings { access, tenant: Some("team".into()), ..LokiSettings::new("http://loki.local") };
    Loki::new(settings, query, network.clone()).unwrap()
}

#[tokio::test]
async fn every_line_of_a_loki_once() {
    let (loki, network) = played(50);
    for n in 0..400i64 {
        let app = if n % 2 == 0 { "web" } else { "api" };
        // Twenty lines at a time have the same nanosecond, and some lines are at both ends of the span.
        let ns = (T0 - 500 + (n / 20) * 3_200) * 1_000_000;
        loki.add(&[("app", app), ("env", "prod")], ns, &format!("ERROR line {n}"));
        loki.add(&[("app", app), ("env", "prod")], ns, &format!("GET /health {n}"));
    }
    let web = source(&network, "p", r#"{env="prod", app=~"web|none"} |= `ERROR` != "line 44""#);
    let (mut lines, pages) = all(&web, SPAN).await.unwrap();
    assert!(lines.is_sorted_by_key(|l| l.0) && pages > 3, "{pages}");
    let mut wanted: Vec<_> = (0..400i64)
        .filter(|n| n % 2 == 0 && *n != 44)
        .map(|n| (T0 - 500 + (n / 20) * 3_200, n))
        .filter(|(at, _)| *at >= T0 && *at < T0 + 60_000)
        .map(|(at, n)| (at, r#"{app="web", env="prod"}"#.to_owned(), format!("ERROR line {n}")))
        .collect();
    lines.sort();
    wanted.sort();
    assert_eq!(lines, wanted);
    let first = web.read(SPAN, None).await.unwrap();
    assert_eq!(first.about, u64::try_from(wanted.len()).ok());
}

#[tokio::test]
async fn pushed_lines_keep_to_their_stream_whatever_their_metadata_is() {
    let (_, network) = played(5000);
    let ns = |ms: i64| ((T0 + ms) * 1_000_000).to_string();
    let body = json!({ "streams": [{ "stream": { "app": "web" }, "values": [
        [ns(1), "Error: no"],
        [ns(2), "    at f (a.js:1)", { "trace_id": "7" }],
        [ns(2), "    at f (a.js:1)", { "trace_id": "7" }],
    ] }] });
    let push = Request::post("http://loki.local/loki/api/v1/push")
        .header("authorization", "Basic dTpw")
        .header("x-scope-orgid", "team")
        .header("content-type", "application/json")
        .body(Bytes::from(body.to_string()))
        .unwrap();
    let answer = network.call(push, Duration::from_secs(5)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::NO_CONTENT);
    let (lines, _) = all(&source(&network, "p", r#"{app="web"}"#), SPAN).await.unwrap();
    let stream = r#"{app="web"}"#.to_owned();
    assert_eq!(
        lines,
        [(T0 + 1, stream.clone(), "Error: no".to_owned()), (T0 + 2, stream, "    at f (a.js:1)".to_owned())]
    );
}

#[tokio::test]
async fn a_loki_that_refuses_is_quoted() {
    let (_, network) = played(5000);
    for (password, query, says) in [
        ("wrong", r#"{app="web"}"#, "does not take the credentials (401)"),
        ("p", "app", "refuses the query (400): parse error at line 1, col 1"),
        ("p", r#"{app="web"} | json"#, "refuses the query (400): parse error"),
        ("p", r#"{app=~".*"}"#, "queries require at least one"),
    ] {
        let error = source(&network, password, query).read(SPAN, None).await.unwrap_err();
        assert!(error.why.contains(says) && !error.lost, "{query}: {error}");
    }
}
