//! Slack's door: `/slack/commands`, `/slack/interactivity`, `/slack/events`.
//!
//! Nothing is parsed before its signature is verified, except for the one request that Slack itself sends unsigned.
//! No input gives a 5xx: what is not from Slack gets 401, and what is from Slack but unreadable gets 400.

use crate::prompt::Prompt;
use crate::{Rotating, TurnedAway};
use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use signalbox_domain::MessageRef;
use signalbox_domain::answer::Answer;
use signalbox_engine::{Asker, Intake};
use signalbox_slack::{
    BadPayload, EventCallback, Interaction, Request, Secrets, SlackClient, Unverified, Used,
};
use std::sync::Arc;
use std::time::Duration;

/// The largest body that is read; Slack's own are far smaller.
const LARGEST_BODY: usize = 1024 * 1024;
/// Slack lets a form be opened for three seconds; this leaves time for the way here and back.
pub(crate) const SHOWING: Duration = Duration::from_millis(2200);
/// Slack waits three seconds for the answer to a button; what is told besides must not use them up.
const TELLING: Duration = Duration::from_millis(1500);

/// How long the queue may take for a request. After that it counts as not confirmed, and the person is told so while
/// Slack still waits.
const QUEUEING: Duration = Duration::from_millis(1900);
/// How long a request may take in all, whatever has to be read before.
pub(crate) const ASKING: Duration = Duration::from_millis(2100);
/// After this long Slack gets its HTTP answer, whether or not the person was told.
const ANSWERING: Duration = Duration::from_millis(2700);

/// What the door needs.
pub struct SlackDoor {
    /// Signing secrets; any of them may have signed.
    pub secrets: Rotating<Secrets>,
    /// Where understood requests go.
    pub intake: Intake,
    /// Answers buttons, because Slack shows no HTTP answer to these.
    pub client: Arc<SlackClient>,
    /// Counts requests that were turned away, and says so at most once a minute.
    pub turned_away: TurnedAway,
}

/// The routes. Relative to the server's root, as Slack's manifest names them.
pub fn slack_router(mut door: SlackDoor) -> Router {
    door.intake.intents = Arc::new(Prompt { queue: door.intake.intents, within: QUEUEING });
    Router::new()
        .route("/slack/commands", post(take))
        .route("/slack/interactivity", post(take))
        .route("/slack/events", post(take))
        .route("/slack/options", post(take))
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .with_state(Arc::new(door))
}

/// Takes every request of Slack, and tells them apart by their content: people may paste any of the three addresses
/// into the wrong field.
async fn take(State(door): State<Arc<SlackDoor>>, headers: HeaderMap, body: Bytes) -> Response {
    // Slack checks the certificate this way, unsigned: <https://docs.slack.dev/interactivity/implementing-slash-commands>
    if signalbox_slack::is_ssl_check(&body) {
        return StatusCode::OK.into_response();
    }
    if !door.is_from_slack(&headers, &body).await {
        return not_from_slack();
    }
    match signalbox_slack::request(&body) {
        Ok(Request::Command(slash)) => {
            let answer = promptly(door.intake.ask(&slash.asker, &slash.command, &slash.text)).await;
            // A terminal has no forms.
            let shown = match wants_lines(&headers) {
                true => Some(answer),
                false => door.shown(&slash.asker, &slash.trigger, answer).await,
            };
            match shown {
                Some(answer) => door.answered(&answer, slash.domain.as_deref(), &headers),
                None => StatusCode::OK.into_response(),
            }
        }
        Ok(Request::Interaction(interaction)) => door.interacted(interaction).await,
        Ok(Request::Event(event)) => door.told(event).await,
        Err(problem) => unreadable(&problem),
    }
}

/// The answer, or after a while an answer that says that it is not confirmed, because somebody waits.
pub(crate) async fn promptly(answer: impl Future<Output = Answer>) -> Answer {
    tokio::time::timeout(ASKING, answer).await.unwrap_or_else(|_| {
        tracing::error!("a request could not be answered in time: the store or the queue hangs");
        Answer::NotConfirmed { run: None, new: false }
    })
}

/// Slack shows no answer to these requests, but waits for one.
pub(crate) async fn in_time(work: impl Future<Output = ()>) -> Response {
    if tokio::time::timeout(ANSWERING, work).await.is_err() {
        tracing::warn!("what was to be told could not be told in time");
    }
    StatusCode::OK.into_response()
}

fn not_from_slack() -> Response {
    (StatusCode::UNAUTHORIZED, "not signed by Slack").into_response()
}

fn unreadable(problem: &BadPayload) -> Response {
    tracing::warn!(door = "slack", %problem, "a signed request that cannot be read");
    (StatusCode::BAD_REQUEST, problem.to_string()).into_response()
}

/// Whether the answer is to be plain lines, for a terminal.
fn wants_lines(headers: &HeaderMap) -> bool {
    headers.get(header::ACCEPT).is_some_and(|accepted| accepted == "text/plain")
}

impl SlackDoor {
    async fn interacted(&self, interaction: Interaction) -> Response {
        match interaction {
            Interaction::Pressed { asker, pressed } => {
                in_time(async {
                    let answer = promptly(self.intake.press(&asker, &pressed)).await;
                    self.tell(&asker, None, &answer).await;
                })
                .await
            }
            Interaction::Wanted { asker, alert, form, trigger } => {
                // The form is opened by the door, not through the queue, because the trigger is good for only three
                // seconds.
                let shown = async {
                    // A person who may not act is told before they fill anything in.
                    if let Err(refused) = self.intake.may_fill_in(&asker, &alert).await {
                        return Ok(Some(refused));
                    }
                    self.client.show_form(&trigger, form, &alert, &asker.place).await.map(|()| None)
                };
                match tokio::time::timeout(SHOWING, shown).await {
                    Ok(Ok(None)) => {}
                    Ok(Ok(Some(refused))) => self.tell(&asker, None, &refused).await,
                    Ok(Err(error)) => {
                        tracing::warn!(%error, "could not show a form");
                        self.tell(&asker, None, &Answer::NoForm).await;
                    }
                    // The form may be there all the same, and no time is left to tell the person otherwise.
                    Err(_) => tracing::warn!("could not show a form in time"),
                }
                StatusCode::OK.into_response()
            }
            Interaction::Open { asker, line, trigger } if line.is_empty() => {
                let picker = promptly(async { Answer::Pick(self.intake.picker(&asker).await) }).await;
                self.opened(&asker, &trigger, Err(Box::new(picker))).await
            }
            Interaction::Open { asker, line, trigger } => {
                let form = self.intake.form_of_line(&asker, &line).await;
                self.opened(&asker, &trigger, form).await
            }
            Interaction::Shortcut(Used { asker, operation, text, trigger })
            | Interaction::Chosen(Used { asker, operation, text, trigger }) => {
                let (asker, form) = match text {
                    None => self.intake.form_anywhere(&asker, &operation).await,
                    Some(text) => {
                        let form = self.intake.form_about(&asker, &operation, &text).await;
                        (asker, form)
                    }
                };
                self.opened(&asker, &trigger, form).await
            }
            Interaction::Form(event) => self.in_form(event).await,
            Interaction::Search(search) => self.found(&search).await,
            Interaction::Filled { asker, filled } => {
                let answer = promptly(self.intake.filled(&asker, &filled)).await;
                if matches!(answer, Answer::AssignedInVain(..)) {
                    self.tell(&asker, None, &answer).await;
                }
                match signalbox_slack::form_answer(&answer, filled.form) {
                    None => StatusCode::OK.into_response(),
                    Some(errors) => axum::Json(errors).into_response(),
                }
            }
            Interaction::Ignored(kind) => {
                tracing::debug!(%kind, "an interaction of no use");
                StatusCode::OK.into_response()
            }
        }
    }

    /// Only what people say in the threads of alerts leads to anything; every event is acknowledged all the same.
    async fn told(&self, event: EventCallback) -> Response {
        match event {
            EventCallback::Challenge(challenge) => challenge.into_response(),
            EventCallback::Said { asker, thread, text } => {
                in_time(async {
                    let heard = async { self.intake.heard(&asker, &thread, &text).await };
                    // Words that are not for us get no answer; words that took too long may have been for us.
                    let late = Some(Answer::NotConfirmed { run: None, new: false });
                    if let Some(answer) = tokio::time::timeout(ASKING, heard).await.unwrap_or(late) {
                        self.tell(&asker, Some(&thread), &answer).await;
                    }
                })
                .await
            }
            EventCallback::Home { asker } => {
                in_time(async {
                    let home = self.intake.home(&asker).await;
                    let now = self.intake.clock.now();
                    if let Err(error) = self.client.show_home(&asker, &home, now).await {
                        tracing::warn!(%error, "could not show the app's own page");
                    }
                })
                .await
            }
            EventCallback::Mentioned { asker, thread, text } => {
                in_time(async {
                    let answer = promptly(self.intake.mentioned(&asker, thread.as_ref(), &text)).await;
                    self.tell(&asker, thread.as_ref(), &answer).await;
                })
                .await
            }
            EventCallback::Event { .. } | EventCallback::Ignored(_) => StatusCode::OK.into_response(),
        }
    }

    async fn is_from_slack(&self, headers: &HeaderMap, body: &[u8]) -> bool {
        let header = |name| headers.get(name).map(axum::http::HeaderValue::as_bytes);
        let (timestamp, signature) = (header("x-slack-request-timestamp"), header("x-slack-signature"));
        let now = self.intake.clock.now();
        let known = self.secrets.current(now).await;
        let mut verified = known.verify(timestamp, signature, body, now);
        // Slack may be signing with a secret that is newer than ours.
        if verified == Err(Unverified::BadSignature)
            && let Some(secrets) = self.secrets.newer_than(&known, now).await
        {
            verified = secrets.verify(timestamp, signature, body, now);
        }
        match verified {
            Ok(()) => true,
            Err(why) => {
                self.turned_away.note("slack", now, &why);
                false
            }
        }
    }

    /// The answer in Slack's form, or in plain lines for a terminal that asks for these.
    fn answered(&self, answer: &Answer, domain: Option<&str>, headers: &HeaderMap) -> Response {
        let now = self.intake.clock.now();
        if wants_lines(headers) {
            let page = signalbox_voice::answer(answer, now);
            return signalbox_voice::plain_page(&page).into_response();
        }
        let body = signalbox_slack::answer(answer, now, domain);
        ([(header::CONTENT_TYPE, "application/json")], body).into_response()
    }

    /// Tells the person what the card will not say.
    pub(crate) async fn tell(&self, asker: &Asker, thread: Option<&MessageRef>, answer: &Answer) {
        if matches!(answer, Answer::Cancelling(_) | Answer::Retrying(_) | Answer::Attending(_)) {
            return;
        }
        let told = self.client.tell(asker, thread, answer, self.intake.clock.now());
        match tokio::time::timeout(TELLING, told).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "could not answer a button"),
            Err(_) => tracing::warn!("could not answer a button in time"),
        }
    }
}
