//! Events in the form in which AWS gives them to the functions, and the catalogue that they are about.

use crate::clock;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha2::Sha256;
use signalbox_domain::catalogue::{GitHubTarget, Target};
use signalbox_domain::{RunId, Timestamp};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_testkit::samples;
use std::collections::BTreeMap;

/// The secret of GitHub's webhooks.
pub const WEBHOOKS: &str = "It's a Secret to Everybody";
/// The number of operations in the catalogue.
pub const OPERATIONS: usize = 50;

/// A compiled catalogue with fifty operations: `release` and copies of it. Each is dispatched to GitHub.
pub fn catalogue() -> Vec<u8> {
    let mut catalogue = samples::draft();
    let mut release = catalogue.operations["release"].clone();
    release.target = Target::GitHub(GitHubTarget {
        repository: "example/operations".into(),
        workflow: "release.yml".into(),
        git_ref: "main".into(),
        inputs: BTreeMap::from([
            ("service".to_owned(), "{service}".to_owned()),
            ("version".to_owned(), "{version}".to_owned()),
        ]),
        run_input: Some("run".into()),
    });
    catalogue.programs.clear();
    catalogue.operations.clear();
    for number in 0..OPERATIONS {
        if number > 0 {
            release.name = format!("deploy-{number:02}").parse().unwrap();
        }
        catalogue.operations.insert(release.name.clone(), release.clone());
    }
    signalbox_catalogue::to_artefact(&catalogue)
}

/// A request in the form in which an HTTP API passes it on (payload 2.0). The body is base64, as it is for every form,
/// and for every body without a content type that API Gateway takes for text.
fn http(path: &str, headers: &Value, body: &[u8]) -> Bytes {
    let event = json!({
        "version": "2.0",
        "routeKey": format!("POST {path}"),
        "rawPath": path,
        "rawQueryString": "",
        "headers": headers,
        "requestContext": {
            "accountId": "123456789012",
            "apiId": "a1b2c3d4e5",
            "domainName": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
            "domainPrefix": "a1b2c3d4e5",
            "http": {
                "method": "POST",
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "192.0.2.1",
                "userAgent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            },
            "requestId": "JKJaXmPLvHcESHA=",
            "routeKey": format!("POST {path}"),
            "stage": "$default",
            "time": "10/Mar/2026:05:16:23 +0000",
            "timeEpoch": clock::now().0,
        },
        "body": STANDARD.encode(body),
        "isBase64Encoded": true,
    });
    event.to_string().into()
}

/// `/release web 1.4.2`, signed now. Each number makes a different request.
pub fn slash(number: u32) -> Bytes {
    let request = crate::door::request(number);
    let headers = json!({
        "accept": "application/json,*/*",
        "accept-encoding": "gzip,deflate",
        "content-length": request.body.len().to_string(),
        "content-type": "application/x-www-form-urlencoded",
        "host": "a1b2c3d4e5.execute-api.us-east-1.amazonaws.com",
        "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "x-forwarded-for": "192.0.2.1",
        "x-forwarded-port": "443",
        "x-forwarded-proto": "https",
        "x-slack-request-timestamp": request.timestamp,
        "x-slack-signature": request.signature,
    });
    http("/slack/commands", &headers, &request.body)
}

/// A job of a workflow run that belongs to no run here. The door looks for such a run and finds none.
pub fn webhook() -> Bytes {
    let body = json!({ "action": "completed", "workflow_job": { "id": 1, "run_id": 7_263_920 } }).to_string();
    let mut mac = Hmac::<Sha256>::new_from_slice(WEBHOOKS.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let digest = mac.finalize().into_bytes();
    let signature: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let headers = json!({
        "content-type": "application/json",
        "x-github-delivery": "72d3162e-cc78-11e3-81ab-4c9367dc0958",
        "x-github-event": "workflow_job",
        "x-hub-signature-256": format!("sha256={signature}"),
    });
    http("/webhooks/github", &headers, body.as_bytes())
}

fn batch(queue: &str, group: &str, body: &str) -> Bytes {
    let event = json!({ "Records": [{
        "messageId": "059f36b4-87a3-44ab-83d2-661975830a7d",
        "receiptHandle": "AQEBwJnKyrHigUMZj6rYigCgxlaS3SLy0a",
        "body": body,
        "attributes": {
            "ApproximateReceiveCount": "1",
            "ApproximateFirstReceiveTimestamp": "1545082649185",
            "SentTimestamp": "1545082649183",
            "SenderId": "AIDAIENQZJOLO23YVJ4VO",
            "SequenceNumber": "18849496460467696128",
            "MessageGroupId": group,
            "MessageDeduplicationId": "one",
        },
        "messageAttributes": {},
        "md5OfBody": "e4e68fb7bd0e697a0ae8f1bb342846b3",
        "eventSource": "aws:sqs",
        "eventSourceARN": format!("arn:aws:sqs:us-east-1:123456789012:{queue}.fifo"),
        "awsRegion": "us-east-1",
    }]});
    event.to_string().into()
}

/// A command to wake a run that does not exist.
pub fn wake() -> Bytes {
    let run = RunId::derive("slack", samples::WORKSPACE, "benchmark");
    let message = Envelope::new(run, "", Command::Wake { due_at: Timestamp(0) }).to_message().unwrap();
    batch("intents", &message.group, &String::from_utf8_lossy(&message.body))
}

/// The order to show the card of a run that does not exist.
pub fn order() -> Bytes {
    let run = RunId::derive("slack", samples::WORKSPACE, "benchmark");
    batch("outbox", "chat:TPRACTICE", &json!({ "v": 1, "run": run.as_str() }).to_string())
}

/// The event for a round of the caretaker or of the log-watch.
pub fn round() -> Bytes {
    Bytes::from_static(b"{}")
}
