//! What Jenkins's Notification plugin posts: <https://plugins.jenkins.io/notification/>; or a shared library in its
//! stead, with the same JSON and a signature.

use super::token::attempt;
use super::{Hint, Said};
use serde::Deserialize;
use serde_json::{Map, Value};
use signalbox_domain::redact::words;

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

/// What a notification says. `Err` where it is not of its documented shape.
pub(super) fn read(body: &[u8]) -> Result<Said, String> {
    let Notification { build } = serde_json::from_slice(body)
        .map_err(|e| format!("this is no notification of a build: {}", words(&e.to_string(), None)))?;
    let values =
        build.parameters.iter().filter_map(Value::as_object).flat_map(Map::values).filter_map(Value::as_str);
    let named = values.into_iter().find_map(attempt);
    // `FINALIZED` repeats `COMPLETED` when nothing of the build goes on any more: that is its end.
    let ended = matches!(build.phase.as_deref(), Some("COMPLETED" | "FINALIZED"));
    Ok(match (named, build.queue_id, build.number) {
        (Some((run, attempt)), _, Some(number)) => {
            Said::Of(Hint::Attempt { run, attempt, reference: format!("build/{number}") })
        }
        (Some((run, attempt)), Some(item), None) => {
            Said::Of(Hint::Attempt { run, attempt, reference: format!("queue/{item}") })
        }
        // Without our id in it: a build that ours was merged into, if we know its place in the queue.
        (None, Some(item), _) => Said::Of(Hint::Reference {
            references: vec![format!("jenkins/queue/{item}"), format!("jenkins/queue/{item}/merged")],
            urgent: ended,
        }),
        _ => Said::Nothing,
    })
}
