//! GitHub's deliveries: <https://docs.github.com/en/webhooks/webhook-events-and-payloads>. Of these `workflow_run` and
//! `workflow_job` mean something; every other event is acknowledged and dropped.

use super::token::attempt_in;
use super::{Hint, Said};
use serde::Deserialize;
use signalbox_domain::redact::words;

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

/// What a delivery says. `Err` where it is not of its documented shape.
pub(super) fn read(event: &str, body: &[u8]) -> Result<Said, String> {
    let shape = |e: serde_json::Error| format!("this is no {event} payload: {}", words(&e.to_string(), None));
    match event {
        "workflow_run" => serde_json::from_slice::<OfRun>(body).map(|said| of_run(&said)).map_err(shape),
        "workflow_job" => serde_json::from_slice::<OfJob>(body).map(|said| of_job(&said)).map_err(shape),
        _ => Ok(Said::Nothing),
    }
}

fn of_run(said: &OfRun) -> Said {
    let run = &said.workflow_run;
    // That it is under way is said by its jobs.
    if run.event.as_deref() != Some("workflow_dispatch") || said.action == "in_progress" {
        return Said::Nothing;
    }
    let reference = run.id.to_string();
    let title = run.display_title.as_deref().or(run.name.as_deref()).unwrap_or_default();
    Said::Of(match attempt_in(title) {
        Some((run, attempt)) => Hint::Attempt { run, attempt, reference },
        // Its name does not show whose it is; we may know its number.
        None => Hint::Reference { references: vec![format!("github/{reference}")], urgent: true },
    })
}

fn of_job(said: &OfJob) -> Said {
    match said.action.as_str() {
        // It has not begun: there is nothing to see.
        "queued" => Said::Nothing,
        _ => Said::Of(Hint::Reference {
            references: vec![format!("github/{}", said.workflow_job.run_id)],
            urgent: false,
        }),
    }
}
