//! The sources of log lines, tested with what they would talk to: a simulated Loki, and CloudWatch Logs in an emulator
//! (`tests/aws`). The emulator gives every answer of `FilterLogEvents` whole, without a token, and has the result of an
//! Insights query at once.

mod loki;

use crate::deployed::emulator::Emulator;
use serde_json::json;
use signalbox_aws::{CloudWatch, CloudWatchSettings};
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogSource, More, SourceError, Span};
use signalbox_transport::Reqwest;
use std::sync::Arc;
use std::time::Duration;

/// What is read of a span, all pages together: milliseconds, stream and text.
type Lines = Vec<(i64, String, String)>;

async fn all(source: &dyn LogSource, span: Span) -> Result<(Lines, usize), SourceError> {
    let (mut lines, mut position, mut pages) = (vec![], None::<String>, 0);
    loop {
        // It does no harm to read a page and to forget it, as happens in a crash.
        source.read(span, position.as_deref()).await?;
        let page = source.read(span, position.as_deref()).await?;
        lines.extend(page.lines.into_iter().map(|l| (l.at.0, l.stream, l.text)));
        pages += 1;
        match page.more {
            More::At(next) => position = Some(next),
            More::End(_) => return Ok((lines, pages)),
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the emulator takes no events that are older than 14 days")]
pub fn now_ms() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    i64::try_from(since.unwrap().as_millis()).unwrap()
}

impl Emulator {
    pub async fn logs(&self, call: &str, body: serde_json::Value) {
        self.call("logs", "/", Some(&format!("Logs_20140328.{call}")), &body).await;
    }

    async fn group(&self, group: &str, stream: &str, events: &[(i64, &str)]) {
        self.logs("CreateLogGroup", json!({ "logGroupName": group })).await;
        self.stream(group, stream, events).await;
    }

    /// Creates a stream in a group that exists, and writes to it.
    pub async fn stream(&self, group: &str, stream: &str, events: &[(i64, &str)]) {
        self.logs("CreateLogStream", json!({ "logGroupName": group, "logStreamName": stream })).await;
        let events: Vec<_> =
            events.iter().map(|(at, text)| json!({ "timestamp": at, "message": text })).collect();
        let body = json!({ "logGroupName": group, "logStreamName": stream, "logEvents": events });
        self.logs("PutLogEvents", body).await;
    }

    fn cloudwatch(&self, groups: &[&str], insights: bool, limit: u32) -> CloudWatch {
        let groups = groups.iter().map(|g| (*g).to_owned()).collect();
        let network = Arc::new(Reqwest::new().unwrap());
        let settings = CloudWatchSettings { groups, filter: None, insights, limit };
        CloudWatch::new(self.clients().cloudwatchlogs(network), settings)
    }
}

#[tokio::test]
async fn lines_of_cloudwatch_logs() {
    let Some(emulator) = Emulator::start() else { return };
    let start = now_ms().div_euclid(60_000) * 60_000 - 3_600_000;
    let events =
        [(-1, "before"), (0, "first"), (1, "ERROR two"), (999, "three"), (59_999, "last"), (60_000, "after")];
    let events = events.map(|(ms, text)| (start + ms, text));
    emulator.group("/app/web", "s1", &events).await;
    emulator.group("/app/api", "s2", &[(start + 5, "api")]).await;
    emulator.logs("CreateLogGroup", json!({ "logGroupName": "/app/empty" })).await;
    let span = Span { from: Timestamp(start), to: Timestamp(start + 60_000) };
    let web = [(0, "first"), (1, "ERROR two"), (999, "three"), (59_999, "last")];
    let web = web.map(|(ms, text)| (start + ms, "/app/web/s1".to_owned(), text.to_owned()));
    let api = (start + 5, "/app/api/s2".to_owned(), "api".to_owned());
    let wanted: Lines = web.into_iter().chain([api]).collect();
    let groups = ["/app/empty", "/app/web", "/app/api"];

    for insights in [false, true] {
        let source = emulator.cloudwatch(&groups, insights, 10_000);
        assert_eq!(all(&source, span).await.unwrap(), (wanted.clone(), 3), "insights: {insights}");
        assert_eq!(source.settles(), Duration::from_secs(120));

        let error = all(&emulator.cloudwatch(&["/app/none"], insights, 10_000), span).await.unwrap_err();
        assert_eq!(
            error.why,
            "there is no log group /app/none in this region: check its name in the catalogue"
        );
        assert!(!error.lost);
        // A position that is not one of this source's.
        for odd in ["x", r#"{"f":{"group":9,"token":null}}"#] {
            assert!(source.read(span, Some(odd)).await.unwrap_err().lost, "{odd}");
        }
        let nothing = all(&emulator.cloudwatch(&[], insights, 1), span).await.unwrap_err();
        assert!(nothing.why.contains("no log group is named"), "{nothing}");
    }

    // Insights gives only a limited number of lines at once. The rest of the span is asked for in further queries.
    let source = emulator.cloudwatch(&groups, true, 2);
    let (lines, pages) = all(&source, span).await.unwrap();
    assert_eq!((lines, pages > 4), (wanted, true));
    assert_eq!(
        emulator.cloudwatch(&["/app/web"], true, 10_000).read(span, None).await.unwrap().about,
        Some(4)
    );
    let gone = r#"{"i":{"group":0,"from":0,"limit":9,"query":"never-asked"}}"#;
    assert!(source.read(span, Some(gone)).await.unwrap_err().lost);

    // The service itself interprets the filter. Every implementation understands this one in the same way.
    let settings = CloudWatchSettings {
        groups: vec!["/app/web".into()],
        filter: Some("ERROR".into()),
        insights: false,
        limit: 10_000,
    };
    let network = Arc::new(Reqwest::new().unwrap());
    let source = CloudWatch::new(emulator.clients().cloudwatchlogs(network), settings);
    assert_eq!(all(&source, span).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn cloudwatch_logs_that_cannot_be_reached_say_so() {
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let network = Arc::new(Reqwest::new().unwrap());
    let clients = signalbox_aws::Clients::emulator(&format!("http://127.0.0.1:{port}"), network.clone());
    let settings =
        CloudWatchSettings { groups: vec!["/app/web".into()], filter: None, insights: false, limit: 1 };
    let source = CloudWatch::new(clients.cloudwatchlogs(network), settings);
    let span = Span { from: Timestamp(0), to: Timestamp(1000) };
    let error = source.read(span, None).await.unwrap_err();
    assert_eq!(error.why, "unavailable: reading the log group /app/web: no connection");
}
