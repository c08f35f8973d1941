//! GitHub's deliveries: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>. Only `workflow_run` and
//! `workflow_job` mean something; every other event is acknowledged and dropped.

use crate::token::attempt_in;
use serde::Deserialize;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::redact::words;
use signalbox_engine::ports::{Hint, Posted, Spoken, Unread, Webhook, WebhookSecrets};

/// Longest name of a delivery.
const LONGEST_DELIVERY: usize = 100;

/// What GitHub posts.
#[derive(Debug)]
pub(crate) struct GitHubWebhook;

impl Webhook for GitHubWebhook {
    fn kind(&self) -> TargetKind {
        TargetKind::GitHub
    }

    fn secrets(&self) -> &'static str {
        "GITHUB_WEBHOOK_SECRET"
    }

    fn is_from(&self, secrets: &WebhookSecrets, posted: &Posted<'_>) -> bool {
        secrets.signed(posted.header("x-hub-signature-256").unwrap_or_default(), posted.body)
    }

    fn read(&self, posted: &Posted<'_>) -> Result<Spoken, Unread> {
        let delivery = posted.text("x-github-delivery");
        if delivery.is_empty() || delivery.len() > LONGEST_DELIVERY {
            return Err(Unread::Unnamed("X-GitHub-Delivery is missing or too long"));
        }
        if posted.text("content-type").starts_with("application/x-www-form-urlencoded") {
            let advice = "choose the content type application/json in the webhook's settings";
            return Err(Unread::WrongForm(advice));
        }
        let hint = read(posted.text("x-github-event"), posted.body).map_err(Unread::WrongShape)?;
        Ok(Spoken { delivery: delivery.to_owned(), hint })
    }
}

#[derive(Deserialize)]
struct OfRun {
    action: String,
    workflow_run: Run,
}

#[derive(Deserialize)]
struct Run {
    id: u64,
    display_title: Option<String>,
    name: Option<String>,
    event: Option<String>,
}

#[derive(Deserialize)]
struct OfJob {
    action: String,
    workflow_job: Job,
}

#[derive(Deserialize)]
struct Job {
    run_id: u64,
}

/// What a delivery says. `Err` if it does not have its documented shape.
fn read(event: &str, body: &[u8]) -> Result<Option<Hint>, String> {
    let shape = |e: serde_json::Error| format!("this is no {event} payload: {}", words(&e.to_string(), None));
    match event {
        "workflow_run" => serde_json::from_slice::<OfRun>(body).map(|said| of_run(&said)).map_err(shape),
        "workflow_job" => serde_json::from_slice::<OfJob>(body).map(|said| of_job(&said)).map_err(shape),
        _ => Ok(None),
    }
}

fn of_run(said: &OfRun) -> Option<Hint> {
    let run = &said.workflow_run;
    // Webhooks of its jobs say that a run is under way.
    if run.event.as_deref() != Some("workflow_dispatch") || said.action == "in_progress" {
        return None;
    }
    let reference = run.id.to_string();
    let title = run.display_title.as_deref().or(run.name.as_deref()).unwrap_or_default();
    Some(match attempt_in(title) {
        Some((run, attempt)) => Hint::Attempt { run, attempt, reference },
        // The run's name does not show whose it is, but we may know its number.
        None => Hint::Reference { references: vec![format!("github/{reference}")], urgent: true },
    })
}

fn of_job(said: &OfJob) -> Option<Hint> {
    match said.action.as_str() {
        // The job has not begun: there is nothing to see.
        "queued" => None,
        _ => Some(Hint::Reference {
            references: vec![format!("github/{}", said.workflow_job.run_id)],
            urgent: false,
        }),
    }
}
