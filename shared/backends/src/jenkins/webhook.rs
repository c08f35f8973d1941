//! What Jenkins's Notification plugin posts: <https://plugins.jenkins.io/notification/>; or what a shared library
//! posts instead, with the same JSON and a signature.

use crate::token::attempt;
use serde::Deserialize;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::redact::words;
use signalbox_engine::ports::{Hint, Posted, Spoken, Unread, Webhook, WebhookSecrets};

/// What Jenkins posts.
#[derive(Debug)]
pub(crate) struct JenkinsWebhook;

impl Webhook for JenkinsWebhook {
    fn kind(&self) -> TargetKind {
        TargetKind::Jenkins
    }

    fn secrets(&self) -> &'static str {
        "JENKINS_WEBHOOK_SECRET"
    }

    /// Signed; or, because the plugin cannot sign, with the secret as a bearer token or in the query.
    fn is_from(&self, secrets: &WebhookSecrets, posted: &Posted<'_>) -> bool {
        let signature = posted.header("x-signature-256").or_else(|| posted.header("x-hub-signature-256"));
        if let Some(signature) = signature {
            return secrets.signed(signature, posted.body);
        }
        if let Some(bearer) = posted.header("authorization").and_then(|v| v.strip_prefix(b"Bearer ")) {
            return secrets.knows(bearer);
        }
        posted.secret.is_some_and(|secret| secrets.knows(secret.as_bytes()))
    }

    fn read(&self, posted: &Posted<'_>) -> Result<Spoken, Unread> {
        // Notifications have no names: if the bytes are the same, it is the same notification.
        let delivery = hex::encode(&Sha256::digest(posted.body)[..16]);
        Ok(Spoken { delivery, hint: read(posted.body).map_err(Unread::WrongShape)? })
    }
}

#[derive(Deserialize)]
struct Notification {
    build: Build,
}

#[derive(Deserialize)]
struct Build {
    number: Option<u64>,
    queue_id: Option<i64>,
    phase: Option<String>,
    parameters: Option<Value>,
}

/// What a notification says. `Err` if it does not have its documented shape.
fn read(body: &[u8]) -> Result<Option<Hint>, String> {
    let Notification { build } = serde_json::from_slice(body)
        .map_err(|e| format!("this is no notification of a build: {}", words(&e.to_string(), None)))?;
    let values =
        build.parameters.iter().filter_map(Value::as_object).flat_map(Map::values).filter_map(Value::as_str);
    let named = values.into_iter().find_map(attempt);
    // `FINALIZED` comes after `COMPLETED`, once nothing of the build goes on any more: that is its end.
    let ended = matches!(build.phase.as_deref(), Some("COMPLETED" | "FINALIZED"));
    Ok(match (named, build.queue_id, build.number) {
        (Some((run, attempt)), _, Some(number)) => {
            Some(Hint::Attempt { run, attempt, reference: format!("build/{number}") })
        }
        (Some((run, attempt)), Some(item), None) => {
            Some(Hint::Attempt { run, attempt, reference: format!("queue/{item}") })
        }
        // The build does not have our id: ours may have been merged into it, if we know its place in the queue.
        (None, Some(item), _) => Some(Hint::Reference {
            references: vec![format!("jenkins/queue/{item}"), format!("jenkins/queue/{item}/merged")],
            urgent: ended,
        }),
        _ => None,
    })
}
