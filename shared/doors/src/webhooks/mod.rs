//! The door for webhooks: `/webhooks/github` and `/webhooks/jenkins` speak of runs, `/webhooks/alertmanager` and
//! `/webhooks/grafana` of alerts (in `alerts`).
//!
//! A webhook about a run is a hint. It says that something may have happened to a run; nothing it claims is believed, for the
//! dispatcher asks the system itself. So a lost one costs time, a repeated one nothing, and a forged one, if anybody
//! had the secret, a look. Nothing is read before it is verified over the raw bytes; no input gives a 5xx.

mod alerts;
mod github;
mod jenkins;
mod secrets;
mod token;

pub use secrets::WebhookSecrets;

use crate::{Rotating, TurnedAway};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use sha2::{Digest, Sha256};
use signalbox_domain::run::Sighting;
use signalbox_domain::{Frozen, RunCommand, RunId};
use signalbox_engine::ports::{Clock, PortError, Queue, Views};
use signalbox_engine::wire::command::Envelope;
use std::sync::Arc;

/// Longest body that is read. GitHub's own limit is 25 MB; what speaks of a run is a few dozen kilobytes.
const LARGEST_BODY: usize = 2 * 1024 * 1024;
/// Longest name of a delivery.
const LONGEST_DELIVERY: usize = 100;
/// Several jobs begin and end within a moment: one look shows them all. In seconds.
const TOGETHER: i64 = 5;

/// What the door needs.
pub struct WebhookDoor {
    /// Who may speak for GitHub; `None`: nobody.
    pub github: Option<Rotating<WebhookSecrets>>,
    /// Who may speak for Jenkins; `None`: nobody.
    pub jenkins: Option<Rotating<WebhookSecrets>>,
    /// Who may speak for Alertmanager; `None`: nobody.
    pub alertmanager: Option<Rotating<WebhookSecrets>>,
    /// Who may speak for Grafana; `None`: nobody.
    pub grafana: Option<Rotating<WebhookSecrets>>,
    /// Whose watches say which receiver's alerts join in.
    pub catalogue: Arc<Frozen>,
    /// Where hints and alerts go.
    pub intents: Arc<dyn Queue>,
    /// To find the run that a backend calls so.
    pub views: Arc<dyn Views>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// How many requests were turned away, and when that was last said.
    pub turned_away: TurnedAway,
}

/// What a delivery says.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    /// Something that is not about a run of ours.
    Nothing,
    /// That something may have happened to one.
    Of(Hint),
}

#[derive(Debug, PartialEq, Eq)]
enum Hint {
    /// Our own id is in it.
    Attempt { run: RunId, attempt: u32, reference: String },
    /// Only the backend's name for it: any of these, as `kind/reference`.
    Reference {
        references: Vec<String>,
        /// It may be the end; otherwise hints of one moment are one.
        urgent: bool,
    },
}

/// The routes, relative to the server's root.
pub fn webhook_router(door: WebhookDoor) -> Router {
    Router::new()
        .route("/webhooks/github", post(github))
        .route("/webhooks/jenkins", post(jenkins))
        .route("/webhooks/alertmanager", post(alerts::alertmanager))
        .route("/webhooks/grafana", post(alerts::grafana))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(door))
}

async fn github(State(door): State<Arc<WebhookDoor>>, headers: HeaderMap, body: Bytes) -> Response {
    let signature = headers.get("x-hub-signature-256").map(header::HeaderValue::as_bytes).unwrap_or_default();
    if !door.knows(door.github.as_ref(), |s| s.signed(signature, &body)).await {
        return door.turn_away("github webhooks");
    }
    let text = |name: &str| headers.get(name).and_then(|v| v.to_str().ok()).unwrap_or_default();
    let delivery = text("x-github-delivery");
    if delivery.is_empty() || delivery.len() > LONGEST_DELIVERY {
        return (StatusCode::BAD_REQUEST, "X-GitHub-Delivery is missing or too long").into_response();
    }
    if text("content-type").starts_with("application/x-www-form-urlencoded") {
        let advice = "choose the content type application/json in the webhook's settings";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, advice).into_response();
    }
    door.pass_on(github::read(text("x-github-event"), &body), delivery).await
}

async fn jenkins(
    State(door): State<Arc<WebhookDoor>>,
    RawQuery(query): RawQuery,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let speaks = |s: &WebhookSecrets| speaks_for_jenkins(s, &headers, query.as_deref(), &body);
    if !door.knows(door.jenkins.as_ref(), speaks).await {
        return door.turn_away("jenkins webhooks");
    }
    // Notifications have no names: the same bytes are the same one.
    let digest = Sha256::digest(&body);
    let delivery = hex::encode(&digest[..16]);
    door.pass_on(jenkins::read(&body), &delivery).await
}

/// Signed, or, for the plugin cannot sign, with the secret as a bearer token or in the query.
fn speaks_for_jenkins(
    secrets: &WebhookSecrets,
    headers: &HeaderMap,
    query: Option<&str>,
    body: &[u8],
) -> bool {
    let header = |name: &str| headers.get(name).map(header::HeaderValue::as_bytes);
    if let Some(signature) = header("x-signature-256").or_else(|| header("x-hub-signature-256")) {
        return secrets.signed(signature, body);
    }
    if let Some(bearer) = header("authorization").and_then(|v| v.strip_prefix(b"Bearer ")) {
        return secrets.knows(bearer);
    }
    in_query(secrets, query)
}

/// The secret as `?secret=`, for senders that can do no better.
fn in_query(secrets: &WebhookSecrets, query: Option<&str>) -> bool {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(name, _)| name == "secret").is_some_and(|(_, secret)| secrets.knows(secret.as_bytes()))
}

impl WebhookDoor {
    async fn knows(
        &self,
        secrets: Option<&Rotating<WebhookSecrets>>,
        valid: impl Fn(&WebhookSecrets) -> bool + Send + Sync,
    ) -> bool {
        let Some(secrets) = secrets else { return false };
        let now = self.clock.now();
        let known = secrets.current(now).await;
        if valid(&known) {
            return true;
        }
        // The sender may know a secret that is newer than ours.
        match secrets.newer_than(&known, now).await {
            Some(secrets) => valid(&secrets),
            None => false,
        }
    }

    fn turn_away(&self, door: &str) -> Response {
        self.turned_away.note(door, self.clock.now(), &"no valid signature or secret");
        (StatusCode::UNAUTHORIZED, "not signed with a secret that is valid here").into_response()
    }

    async fn pass_on(&self, said: Result<Said, String>, delivery: &str) -> Response {
        let hint = match said {
            Ok(Said::Of(hint)) => hint,
            Ok(Said::Nothing) => return StatusCode::NO_CONTENT.into_response(),
            Err(problem) => {
                tracing::warn!(door = "webhooks", %problem, "a signed request that cannot be read");
                return (StatusCode::BAD_REQUEST, problem).into_response();
            }
        };
        match self.enqueue(hint, delivery).await {
            Ok(()) => StatusCode::ACCEPTED.into_response(),
            // Whoever looks at its deliveries sees that this one was lost, and can send it again.
            Err(error) => {
                tracing::error!(%error, "could not pass on a webhook; the next look finds what it said");
                (StatusCode::SERVICE_UNAVAILABLE, "cannot be queued just now").into_response()
            }
        }
    }

    async fn enqueue(&self, hint: Hint, delivery: &str) -> Result<(), PortError> {
        let commands = match hint {
            Hint::Attempt { run, attempt, reference } => {
                vec![Envelope::new(run, delivery, RunCommand::Sighted(Sighting { attempt, reference }))]
            }
            Hint::Reference { references, urgent } => {
                let moment = format!("moment-{}", self.clock.now().seconds() / TOGETHER);
                let key = if urgent { delivery } else { &moment };
                let mut runs = vec![];
                for reference in references {
                    runs.extend(self.views.by_reference(&reference).await?);
                }
                runs.into_iter().map(|run| Envelope::new(run, key, RunCommand::Observe)).collect()
            }
        };
        for command in commands {
            self.intents.send(command.to_message()?).await?;
        }
        Ok(())
    }
}
