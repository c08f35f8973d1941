//! Webhooks: GitHub's messages to the app about runs and jobs. They are signed, and go to the app's router in memory.
//!
//! <https://docs.github.com/en/webhooks/webhook-events-and-payloads#workflow_run> and `#workflow_job`. A webhook says
//! what was true when it happened, even if it is delivered later. GitHub tries once and does not repeat a delivery.

use std::collections::BTreeSet;

use axum::body::Body;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http::header::{CONTENT_TYPE, USER_AGENT};
use serde_json::{Value, json};
use sha2::Sha256;
use tower::ServiceExt;

use super::run::Run;
use super::timeline::Conclusion;
use super::wire::{self, git_id};
use super::{GitHub, State};

const HOOK_ID: &str = "487261305";

/// What happens to webhooks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Webhooks {
    /// They are delivered once.
    #[default]
    Deliver,
    /// They are never sent; [`GitHub::redeliver`] still can.
    Lose,
    /// They are delivered twice with the same GUID.
    Twice,
}

/// One delivery of a webhook.
#[derive(Clone, Debug)]
pub struct WebhookDelivery {
    /// `workflow_run` or `workflow_job`.
    pub event: &'static str,
    /// `requested`, `queued`, `in_progress` or `completed`.
    pub action: &'static str,
    /// The same for every delivery of one webhook.
    pub guid: String,
    /// The id of the run that it is about.
    pub run: i64,
    pub repository_id: i64,
    /// The body, byte for byte as it is sent.
    pub body: String,
    /// When it became due, by the simulator's clock.
    pub at_ms: i64,
    /// The status of the app's answer. `None` until it is delivered.
    pub status: Option<u16>,
    /// It is never sent.
    pub lost: bool,
    /// It is not the first delivery with its GUID.
    pub redelivery: bool,
}

#[derive(Debug, Default)]
pub(super) struct Hooks {
    mode: Webhooks,
    /// The webhooks that were made already: run, attempt, event, job, action.
    made: BTreeSet<Key>,
    list: Vec<WebhookDelivery>,
    /// The deliveries that are under way, so that two calls of `deliver` at the same time share the work.
    sending: BTreeSet<usize>,
}

type Key = (i64, u32, &'static str, usize, &'static str);

/// An event about which GitHub sends a webhook.
struct Moment {
    /// When it happened. The body shows the state at this moment.
    at: i64,
    /// When the webhook is due: not before the run becomes visible.
    due: i64,
    key: Key,
}

impl GitHub {
    /// Posts every webhook that is due and was not sent yet, in order, to `/webhooks/github`. Webhooks that become
    /// due in the meantime are posted too. Gives how many were posted.
    pub async fn deliver(&self) -> usize {
        let mut delivered = 0;
        while let Some((index, webhook)) = self.next_delivery() {
            let status = self.post(&webhook).await;
            let mut state = self.state();
            state.hooks.sending.remove(&index);
            if status.is_none() {
                break;
            }
            if let Some(entry) = state.hooks.list.get_mut(index) {
                entry.status = status;
            }
            delivered += 1;
        }
        delivered
    }

    /// Sets what happens to the webhooks that become due from now on.
    pub fn hold_webhooks(&self, hold: Webhooks) {
        self.make_due();
        self.state().hooks.mode = hold;
    }

    /// Every webhook that was due so far, in order, with the result of its delivery.
    pub fn deliveries(&self) -> Vec<WebhookDelivery> {
        self.make_due();
        self.state().hooks.list.clone()
    }

    /// Sends a webhook again at the next [`GitHub::deliver`], as a person can on GitHub's page. This also works for a
    /// lost one.
    pub fn redeliver(&self, guid: &str) {
        self.make_due();
        let mut state = self.state();
        let again = state.hooks.list.iter().find(|webhook| webhook.guid == guid).cloned();
        let again =
            again.map(|first| WebhookDelivery { status: None, lost: false, redelivery: true, ..first });
        state.hooks.list.extend(again);
    }

    /// `sha256=` and the HMAC of a body in hexadecimal: the value of `X-Hub-Signature-256`.
    pub fn sign(&self, body: &[u8]) -> String {
        signature(&self.settings().webhook_secret, body)
    }

    fn next_delivery(&self) -> Option<(usize, WebhookDelivery)> {
        self.make_due();
        let mut state = self.state();
        let Hooks { list, sending, .. } = &mut state.hooks;
        let waits = |(index, webhook): &(usize, &WebhookDelivery)| {
            webhook.status.is_none() && !webhook.lost && !sending.contains(index)
        };
        let (index, next) = list.iter().enumerate().find(waits)?;
        let next = next.clone();
        sending.insert(index);
        Some((index, next))
    }

    /// Posts a webhook and gives the status of the app's answer. `None` if no app is attached.
    async fn post(&self, webhook: &WebhookDelivery) -> Option<u16> {
        let door = self.state().door.clone()?;
        // If there is a GitHub App, webhooks are sent in its name, whichever repository they are about.
        let (kind, target) = match &self.settings().app {
            Some(app) => ("integration", app.app_id),
            None => ("repository", webhook.repository_id),
        };
        let request = Request::post("/webhooks/github")
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "GitHub-Hookshot/044aadd")
            .header("accept", "*/*")
            .header("x-github-event", webhook.event)
            .header("x-github-delivery", &webhook.guid)
            .header("x-github-hook-id", HOOK_ID)
            .header("x-github-hook-installation-target-type", kind)
            .header("x-github-hook-installation-target-id", target)
            .header("x-hub-signature-256", self.sign(webhook.body.as_bytes()))
            .body(Body::from(webhook.body.clone()))
            .ok()?;
        let Ok(response) = door.oneshot(request).await;
        Some(response.status().as_u16())
    }

    /// Makes the webhooks that became due since the last look.
    fn make_due(&self) {
        let now = self.now_ms();
        let mut state = self.state();
        let mut due: Vec<Moment> =
            state.runs.iter().flat_map(moments).filter(|moment| moment.due <= now).collect();
        due.retain(|moment| !state.hooks.made.contains(&moment.key));
        // The sort is stable, so webhooks of the same moment stay in the order of [`moments`].
        due.sort_by_key(|moment| (moment.due, moment.at));
        for moment in due {
            let body = self.body(&state, &moment);
            state.hooks.made.insert(moment.key);
            let Some((body, repository_id)) = body else { continue };
            let (run, _, event, _, action) = moment.key;
            let lost = state.hooks.mode == Webhooks::Lose;
            let guid = guid(state.hooks.made.len());
            let webhook = WebhookDelivery {
                event,
                action,
                guid,
                run,
                repository_id,
                body,
                at_ms: moment.due,
                status: None,
                lost,
                redelivery: false,
            };
            let again = (state.hooks.mode == Webhooks::Twice)
                .then(|| WebhookDelivery { redelivery: true, ..webhook.clone() });
            state.hooks.list.push(webhook);
            state.hooks.list.extend(again);
        }
    }

    fn body(&self, state: &State, moment: &Moment) -> Option<(String, i64)> {
        let (id, attempt, event, index, action) = moment.key;
        let api = self.settings().api_url.as_str();
        let run = state.runs.iter().find(|run| run.id == id)?;
        let place = &run.place;
        let mut body = json!({
            "action": action,
            "repository": wire::full_repository(place, api),
            "organization": organization(&place.repository.owner, api),
            "sender": wire::actor(&run.actor, api),
        });
        if let Some(app) = &self.settings().app {
            let node = git_id(&app.installation_id.to_string());
            body["installation"] = json!({"id": app.installation_id, "node_id": node});
        }
        if event == "workflow_run" {
            body["workflow"] = wire::workflow(place, api);
            let mut shown = wire::workflow_run(run, attempt, moment.at, api)?;
            // If the run does not wait in a queue, it begins in the same moment. This webhook is about the state
            // before that.
            if action == "requested" {
                shown["status"] = json!("queued");
            }
            body["workflow_run"] = shown;
        } else {
            let (_, plan) = run.attempt(attempt)?;
            let job = plan.jobs.iter().find(|job| job.index == index)?;
            body["workflow_job"] = wire::job(run, attempt, job, moment.at, api);
        }
        Some((body.to_string(), place.repository_id))
    }
}

/// All events of a run about which GitHub sends webhooks, as far as they are certain now. A run is requested before
/// its jobs are queued, and completed after them.
fn moments(run: &Run) -> Vec<Moment> {
    let mut all = Vec::new();
    let shows = run.shows_at();
    let mut tell = |at: Option<i64>, key: Key| {
        all.extend(at.map(|at| Moment { at, due: at.max(shows), key }));
    };
    for number in 1..=run.latest() {
        let Some((attempt, plan)) = run.attempt(number) else { continue };
        let of_run = |action| (run.id, number, "workflow_run", 0, action);
        tell(Some(attempt.began_ms), of_run("requested"));
        tell(plan.stretch.from, of_run("in_progress"));
        for job in &plan.jobs {
            let of_job = |action| (run.id, number, "workflow_job", job.index, action);
            if job.stretch.conclusion != Conclusion::Skipped {
                tell(Some(job.queued), of_job("queued"));
            }
            tell(job.stretch.from, of_job("in_progress"));
            tell(job.stretch.to, of_job("completed"));
        }
        tell(plan.stretch.to, of_run("completed"));
    }
    all
}

fn organization(login: &str, api: &str) -> Value {
    let owner = wire::user(login, "Organization", api);
    let url = format!("{api}/orgs/{login}");
    json!({
        "login": login, "id": owner["id"], "node_id": owner["node_id"], "url": url,
        "repos_url": format!("{url}/repos"), "events_url": format!("{url}/events"),
        "hooks_url": format!("{url}/hooks"), "issues_url": format!("{url}/issues"),
        "members_url": format!("{url}/members{{/member}}"),
        "public_members_url": format!("{url}/public_members{{/member}}"),
        "avatar_url": owner["avatar_url"], "description": "",
    })
}

/// An id in the form of a UUID. It depends only on the number of the webhook.
fn guid(n: usize) -> String {
    let hex = git_id(&format!("webhook {n}"));
    [&hex[..8], &hex[8..12], "11f0", &hex[12..16], &hex[16..28]].join("-")
}

fn signature(secret: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length, so this error cannot occur. Every app would refuse an empty signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of GitHub's documentation.
    #[test]
    fn signs_as_github_does() {
        assert_eq!(
            signature("It's a Secret to Everybody", b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }
}
