//! Every sample in `events/` is given to the deployed function that it is meant for.

use super::home::{Deployed, ROOT, SIGNING_SECRET};
use crate::binary::process::text;
use serde_json::{Value, json};
use std::path::Path;
use std::process::Command;

/// The expected result of each sample: an HTTP status and a part of the body, or the whole answer.
fn expected(sample: &str) -> Result<(u16, &'static str), Value> {
    Ok(match sample {
        "slack-ingress/command.json" => (200, "/signalbox deploy"),
        "slack-ingress/button.json" => (200, ""),
        "slack-ingress/form.json" => (200, "There is no alert"),
        "webhook-ingress/chart.json" => (200, "iVBORw0KGgo"),
        "slack-ingress/search.json" => (200, r#"{"options":["#),
        // There is no such operation: the person is told what there is, beside the answer.
        "slack-ingress/shortcut.json" => (200, ""),
        "slack-ingress/url-verification.json" => (200, "3eZbrw1aB"),
        "slack-ingress/ssl-check.json" => (200, ""),
        "slack-ingress/health.json" => (200, "ok"),
        "webhook-ingress/github-workflow-run.json"
        | "webhook-ingress/jenkins-finalized.json"
        | "webhook-ingress/alertmanager-firing.json"
        | "webhook-ingress/grafana-resolved.json" => (202, ""),
        "dispatcher/observe.json" | "notifier/order.json" => return Err(json!({"batchItemFailures": []})),
        "dispatcher/unreadable.json" => {
            let id = "2e1424d4-f796-459a-8184-9c92662be6da";
            return Err(json!({"batchItemFailures": [{"itemIdentifier": id}]}));
        }
        "caretaker/schedule.json" | "log-watch/schedule.json" => return Err(Value::Null),
        other => panic!("{other} is a sample of which nobody says what it comes to"),
    })
}

pub async fn every_sample_is_taken(d: &Deployed) {
    let events = Path::new(ROOT).join("events");
    let mut taken = 0;
    for folder in std::fs::read_dir(&events).unwrap().flatten().filter(|f| f.path().is_dir()) {
        let function = folder.file_name().into_string().unwrap();
        for file in std::fs::read_dir(folder.path()).unwrap().flatten() {
            let name = format!("{function}/{}", file.file_name().into_string().unwrap());
            let signed = Command::new("python3")
                .arg(events.join("sign"))
                .arg(file.path())
                .env("SLACK_SIGNING_SECRET", SIGNING_SECRET)
                .env("GITHUB_WEBHOOK_SECRET", "hush")
                .env("GRAFANA_WEBHOOK_SECRET", "practice")
                .output()
                .unwrap();
            // A sample that is no HTTP request has nothing to sign.
            let bytes =
                if signed.status.success() { signed.stdout } else { std::fs::read(file.path()).unwrap() };
            let answer = d
                .emulator
                .invoke(&format!("signalbox-{function}"), &serde_json::from_slice(&bytes).unwrap())
                .await;
            match expected(&name) {
                Ok((status, body)) => {
                    assert_eq!(answer["statusCode"], status, "{name}: {answer}");
                    assert!(
                        text(answer["body"].as_str().unwrap_or_default().as_bytes()).contains(body),
                        "{name}: {answer}"
                    );
                }
                Err(whole) => assert_eq!(answer, whole, "{name}"),
            }
            taken += 1;
        }
    }
    assert!(taken > 8, "{taken}");
}
