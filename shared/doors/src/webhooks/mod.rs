//! The door for webhooks. Each system that carries out runs posts to `/webhooks/` and its own word
//! (`engine::ports::Webhook`); `/webhooks/alertmanager` and `/webhooks/grafana` take alerts (in `alerts`).
//!
//! A webhook about a run is a hint that something may have happened to the run. Nothing it claims is believed: the
//! dispatcher asks the system itself. So a lost webhook costs time, a repeated one nothing, and a forged one, if
//! anybody had the secret, a look. Nothing is read before it is verified over the raw bytes; no input gives a 5xx.

mod alerts;

use crate::{Rotating, TurnedAway};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, RawQuery, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use signalbox_domain::run::Sighting;
use signalbox_domain::{Frozen, RunCommand};
use signalbox_engine::ports::{
    Clock, Hint, PortError, Posted, Queue, Spoken, Unread, Views, Webhook, WebhookSecrets,
};
use signalbox_engine::wire::command::Envelope;
use std::sync::Arc;

/// The largest body that is read. GitHub's own limit is 25 MB; a webhook about a run has a few dozen kilobytes.
const LARGEST_BODY: usize = 2 * 1024 * 1024;
/// Several jobs may begin and end within this time: one look shows them all. In seconds.
const TOGETHER: i64 = 5;

/// One system's webhook, and the secrets of those who may post for the system.
pub type Speaks = (Arc<dyn Webhook>, Option<Rotating<WebhookSecrets>>);

/// What the door needs.
pub struct WebhookDoor {
    /// What each system posts of its runs, and who may post for it; `None` if nobody may.
    pub systems: Vec<Speaks>,
    /// Who may post for Alertmanager; `None` if nobody may.
    pub alertmanager: Option<Rotating<WebhookSecrets>>,
    /// Who may post for Grafana; `None` if nobody may.
    pub grafana: Option<Rotating<WebhookSecrets>>,
    /// The catalogue whose watches say which receivers' alerts they take.
    pub catalogue: Arc<Frozen>,
    /// Where hints and alerts go.
    pub intents: Arc<dyn Queue>,
    /// Finds the run that a backend names.
    pub views: Arc<dyn Views>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Counts requests that were turned away, and says so at most once a minute.
    pub turned_away: TurnedAway,
}

/// The routes, relative to the server's root.
pub fn webhook_router(door: WebhookDoor) -> Router {
    let mut router = Router::new();
    for (nth, (webhook, _)) in door.systems.iter().enumerate() {
        let heard =
            async move |State(door): State<Arc<WebhookDoor>>,
                        RawQuery(query): RawQuery,
                        headers: HeaderMap,
                        body: Bytes| door.hear(nth, query.as_deref(), &headers, &body).await;
        router = router.route(&format!("/webhooks/{}", webhook.kind().as_str()), post(heard));
    }
    router
        .route("/webhooks/alertmanager", post(alerts::alertmanager))
        .route("/webhooks/grafana", post(alerts::grafana))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(door))
}

/// The secret as `?secret=`, for senders that cannot sign.
fn in_query(query: Option<&str>) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.unwrap_or_default().as_bytes());
    pairs.find(|(name, _)| name == "secret").map(|(_, secret)| secret.into_owned())
}

impl WebhookDoor {
    /// Takes a request of the system that is the door's `nth`.
    async fn hear(&self, nth: usize, query: Option<&str>, headers: &HeaderMap, body: &[u8]) -> Response {
        // There is one route for each system.
        let Some((webhook, secrets)) = self.systems.get(nth) else {
            return StatusCode::NOT_FOUND.into_response();
        };
        let secret = in_query(query);
        let posted = Posted { headers, secret: secret.as_deref(), body };
        if !self.knows(secrets.as_ref(), |known| webhook.is_from(known, &posted)).await {
            return self.turn_away(&format!("{} webhooks", webhook.kind().as_str()));
        }
        self.pass_on(webhook.read(&posted)).await
    }

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
        // The sender may use a secret that is newer than ours.
        match secrets.newer_than(&known, now).await {
            Some(secrets) => valid(&secrets),
            None => false,
        }
    }

    fn turn_away(&self, door: &str) -> Response {
        self.turned_away.note(door, self.clock.now(), &"no valid signature or secret");
        (StatusCode::UNAUTHORIZED, "not signed with a secret that is valid here").into_response()
    }

    async fn pass_on(&self, spoken: Result<Spoken, Unread>) -> Response {
        let (hint, delivery) = match spoken {
            Ok(Spoken { hint: Some(hint), delivery }) => (hint, delivery),
            Ok(Spoken { hint: None, delivery: _ }) => return StatusCode::NO_CONTENT.into_response(),
            Err(Unread::Unnamed(why)) => return (StatusCode::BAD_REQUEST, why).into_response(),
            Err(Unread::WrongForm(advice)) => {
                return (StatusCode::UNSUPPORTED_MEDIA_TYPE, advice).into_response();
            }
            Err(Unread::WrongShape(problem)) => {
                tracing::warn!(door = "webhooks", %problem, "a signed request that cannot be read");
                return (StatusCode::BAD_REQUEST, problem).into_response();
            }
        };
        match self.enqueue(hint, &delivery).await {
            Ok(()) => StatusCode::ACCEPTED.into_response(),
            // The system's list of deliveries shows that this one failed, and a person can send it again.
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
