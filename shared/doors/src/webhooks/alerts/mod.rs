//! `/webhooks/alertmanager` and `/webhooks/grafana`: alerts join a watch as patterns.
//!
//! Alerts are believed, because there is no system to ask. So the sender has to prove that they know the secret, and
//! what they say is redacted, cut and never used as markup. A repeated alert is the same command again.

mod budget;
mod finding;
mod payload;
mod time;

use super::{WebhookDoor, in_query};
use axum::body::Bytes;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use payload::{Alert, Payload};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{AlertCommand, Finding};
use signalbox_domain::redact::redact;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::{Message, PortError, WebhookSecrets};
use signalbox_engine::wire::command::Envelope;
use std::sync::Arc;

/// At most this many alerts of one body are taken; the log says how many were beyond.
const MOST_ALERTS: usize = 500;
/// How many alerts are queued at once: a queue that is far away takes a moment for each.
const AT_ONCE: usize = 20;
/// A signature with a time is valid for so long before and after that time, in seconds.
const SIGNED_FOR: i64 = 300;
/// Longest name of a receiver that an answer repeats, in characters.
const LONGEST_ECHO: usize = 100;

/// Who sends alerts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sender {
    /// <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>
    Alertmanager,
    /// <https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/>
    Grafana,
}

impl Sender {
    /// The sender's name in links and logs.
    fn name(self) -> &'static str {
        match self {
            Self::Alertmanager => "Alertmanager",
            Self::Grafana => "Grafana",
        }
    }
}

pub(super) async fn alertmanager(
    State(door): State<Arc<WebhookDoor>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if !door.knows(door.alertmanager.as_ref(), |s| by_secret(s, &headers, query.as_deref())).await {
        return door.turn_away("alertmanager webhooks");
    }
    door.take(Sender::Alertmanager, &body).await
}

pub(super) async fn grafana(
    State(door): State<Arc<WebhookDoor>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = door.clock.now();
    let speaks = |s: &WebhookSecrets| match text(&headers, "x-grafana-alerting-signature") {
        // If there is a signature, a secret beside it does not count.
        Some(signature) => {
            signed_by_grafana(s, signature, text(&headers, "x-grafana-alerting-timestamp"), now, &body)
        }
        None => by_secret(s, &headers, query.as_deref()),
    };
    if !door.knows(door.grafana.as_ref(), speaks).await {
        return door.turn_away("grafana webhooks");
    }
    door.take(Sender::Grafana, &body).await
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h [u8]> {
    headers.get(name).map(header::HeaderValue::as_bytes)
}

/// Checks the HMAC-SHA256 in hexadecimal: of the body, or of time, colon and body if there is a time.
fn signed_by_grafana(
    secrets: &WebhookSecrets,
    signature: &[u8],
    timestamp: Option<&[u8]>,
    now: Timestamp,
    body: &[u8],
) -> bool {
    let Some(timestamp) = timestamp else { return secrets.signed_parts(signature, &[body]) };
    let seconds = std::str::from_utf8(timestamp).ok().and_then(|t| t.parse::<i64>().ok());
    let fresh = seconds.is_some_and(|at| now.seconds().abs_diff(at) <= SIGNED_FOR.unsigned_abs());
    fresh && secrets.signed_parts(signature, &[timestamp, b":", body])
}

/// Checks the secret: as a bearer token, as the password of any user, or in the query.
fn by_secret(secrets: &WebhookSecrets, headers: &HeaderMap, query: Option<&str>) -> bool {
    let Some(given) = text(headers, "authorization") else {
        return in_query(query).is_some_and(|secret| secrets.knows(secret.as_bytes()));
    };
    if let Some(bearer) = given.strip_prefix(b"Bearer ") {
        return secrets.knows(bearer);
    }
    let pair = given.strip_prefix(b"Basic ").and_then(|pair| STANDARD.decode(pair).ok());
    let colon = pair.as_ref().and_then(|pair| pair.iter().position(|b| *b == b':'));
    match (&pair, colon) {
        (Some(pair), Some(colon)) => secrets.knows(&pair[colon + 1..]),
        _ => false,
    }
}

impl WebhookDoor {
    async fn take(&self, sender: Sender, body: &[u8]) -> Response {
        let payload = match payload::read(sender, body) {
            Ok(payload) => payload,
            Err(problem) => {
                tracing::warn!(door = "webhooks", sender = sender.name(), %problem, "alerts that cannot be read");
                return (StatusCode::BAD_REQUEST, problem).into_response();
            }
        };
        let takes = |watch: &&Watch| watch.receivers.contains(&payload.receiver);
        let Some(watch) = self.catalogue.watches.values().find(takes) else {
            let receiver: String = redact(&payload.receiver).chars().take(LONGEST_ECHO).collect();
            tracing::warn!(
                door = "webhooks",
                sender = sender.name(),
                ?receiver,
                "alerts that no watch takes"
            );
            let advice = format!(
                "no watch takes alerts of the receiver {receiver:?}; add it to one in the catalogue: `receivers: [{receiver:?}]`"
            );
            return (StatusCode::UNPROCESSABLE_ENTITY, advice).into_response();
        };
        let taken = payload.alerts.len().min(MOST_ALERTS);
        let beyond = payload.alerts.len() - taken;
        if payload.truncated > 0 || beyond > 0 {
            tracing::warn!(
                door = "webhooks", sender = sender.name(), watch = %watch.name, truncated = payload.truncated, beyond,
                "not every alert came: set max_alerts to at most {MOST_ALERTS}, and group them more finely"
            );
        }
        if let Some(problem) = payload.malformed.first() {
            let malformed = payload.malformed.len();
            tracing::warn!(
                door = "webhooks", sender = sender.name(), watch = %watch.name, malformed, %problem,
                "some alerts of a notification cannot be read; the others are taken"
            );
        }
        match self.queue_alerts(sender, watch, &payload, taken).await {
            Ok(()) => match told(&payload, taken) {
                told if told.is_empty() => StatusCode::ACCEPTED.into_response(),
                told => (StatusCode::ACCEPTED, told).into_response(),
            },
            // Both senders repeat a notification after this answer; alerts that were queued already are then the same
            // commands again.
            Err(error) => {
                tracing::error!(%error, sender = sender.name(), "could not queue alerts; they will be sent again");
                (StatusCode::SERVICE_UNAVAILABLE, "cannot be queued just now").into_response()
            }
        }
    }

    async fn queue_alerts(
        &self,
        sender: Sender,
        watch: &Watch,
        payload: &Payload,
        taken: usize,
    ) -> Result<(), PortError> {
        let now = self.clock.now();
        let alerts = payload.alerts.iter().take(taken);
        let of = |alert: &Alert| {
            let mut finding = finding::of(sender, watch, payload, alert, now);
            finding.silenced = watch.silence(&finding.title, &alert.labels, now).cloned().map(Box::new);
            (finding::key(alert, &finding), finding)
        };
        let mut findings: Vec<(String, Finding)> = alerts.map(of).collect();
        let together = self.keep_within_cards(watch, &mut findings, now).await;
        let found = findings.into_iter().map(|(key, finding)| {
            Envelope::new(finding.alert(&watch.place), &key, AlertCommand::Found(Box::new(finding)))
        });
        let envelopes: Vec<Envelope> = found.chain(together).collect();
        for some in envelopes.chunks(AT_ONCE) {
            let messages: Vec<Message> = some.iter().map(Envelope::to_message).collect::<Result<_, _>>()?;
            futures::future::try_join_all(messages.into_iter().map(|m| self.intents.send(m))).await?;
        }
        Ok(())
    }
}

/// What the sender is told if a notification was not taken as a whole; else nothing.
fn told(payload: &Payload, taken: usize) -> String {
    let beyond = payload.alerts.len() - taken;
    let mut told = vec![];
    if beyond > 0 {
        told.push(format!("the first {taken} alerts were taken, and {beyond} were not"));
    }
    if let Some(problem) = payload.malformed.first() {
        let malformed = payload.malformed.len();
        let all = payload.alerts.len() + malformed;
        told.push(format!("{malformed} of {all} alerts could not be read and were left out: {problem}"));
    }
    told.join("; ")
}
