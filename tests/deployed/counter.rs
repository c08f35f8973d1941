//! Stands between the functions and AWS, and counts the calls that cost money.

use super::allowed::{Asked, asked};
use super::home::forward;
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, OnceLock};

/// Calls by their name, such as `SendMessage intents`.
#[derive(Clone, Default)]
pub struct Counter {
    calls: Arc<Mutex<BTreeMap<String, u32>>>,
    asked: Arc<Mutex<BTreeMap<String, BTreeSet<Asked>>>>,
    /// The address to which calls are passed on, once it is known.
    pub aws: Arc<OnceLock<String>>,
}

impl Counter {
    /// Passes every call on, and counts it.
    pub fn router(&self) -> Router {
        let counter = self.clone();
        Router::new().fallback(async move |request: Request| {
            let (parts, body) = request.into_parts();
            let body = to_bytes(body, usize::MAX).await.unwrap();
            let target = parts.headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
            let name = target.rsplit('.').next().unwrap_or_default();
            counter.count(name, &body);
            // Each function gives its name in this header, such as `… exec-env/slack-ingress …`.
            let agent =
                parts.headers.get("x-amz-user-agent").and_then(|t| t.to_str().ok()).unwrap_or_default();
            let by = agent.split(' ').find_map(|word| word.strip_prefix("exec-env/"));
            counter.note(by.unwrap_or_default(), target, &body);
            let aws = counter.aws.get().unwrap();
            forward(aws, Request::from_parts(parts, Body::from(body))).await
        })
    }

    fn count(&self, name: &str, body: &[u8]) {
        let body: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
        let queue = body["QueueUrl"].as_str().and_then(|url| url.rsplit("signalbox-").next());
        let queue = queue.map(|q| format!(" {}", q.trim_end_matches(".fifo"))).unwrap_or_default();
        // The notifiers' accounts of Slack's allowance are counted separately from the memos of the log-watch.
        let queue = if body["Item"]["pk"]["S"] == "memo:budget" { " budget".to_owned() } else { queue };
        if is_a_rounds(&body) {
            return;
        }
        let mut calls = self.calls.lock().unwrap();
        *calls.entry(format!("{name}{queue}")).or_default() += 1;
        // AWS charges for each item of a transaction twice.
        if let Some(items) = body["TransactItems"].as_array() {
            *calls.entry("items in transactions".into()).or_default() += u32::try_from(items.len()).unwrap();
        }
    }

    fn note(&self, function: &str, target: &str, body: &[u8]) {
        let body = serde_json::from_slice(body).unwrap_or_default();
        let asked = asked(target, &body);
        if !asked.is_empty() {
            self.asked.lock().unwrap().entry(function.to_owned()).or_default().extend(asked);
        }
    }

    /// What each function has asked for so far.
    pub fn asked(&self) -> BTreeMap<String, BTreeSet<Asked>> {
        self.asked.lock().unwrap().clone()
    }

    /// The calls since the last time this was asked.
    pub fn take(&self) -> BTreeMap<String, u32> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

/// The caretaker's round comes every minute, whether or not a run is going on, and docs/costs.md counts it separately.
/// Nothing else asks what is due, reads seals, or looks for dead letters.
fn is_a_rounds(body: &serde_json::Value) -> bool {
    let index = body["IndexName"].as_str().unwrap_or_default();
    let queue = body["QueueUrl"].as_str().unwrap_or_default();
    let seals =
        body["ExpressionAttributeValues"].as_object().into_iter().flatten().any(|(_, v)| v["S"] == "seal");
    ["due_runs", "due_cards", "by_day"].contains(&index)
        || queue.trim_end_matches(".fifo").ends_with("-dead")
        || seals
}
