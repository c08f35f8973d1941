//! A simulated GitHub for the tests beside this file, and a careful client for it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use axum::body::Body;
use http::{HeaderMap, Request};
use serde_json::{Value, json};
use signalbox_simulator::github::{GitHub, GitHubSettings, Repository, Workflow};

use crate::{NOW, send};

pub(crate) const RUNS: &str = "/repos/acme/shop/actions/workflows/release.yml/runs";
pub(crate) const DISPATCH: &str = "/repos/acme/shop/actions/workflows/release.yml/dispatches";

/// A GitHub with one repository. Its clock changes only if a test moves it.
pub(crate) struct Hub {
    pub(crate) github: GitHub,
    pub(crate) now_ms: Arc<AtomicI64>,
}

/// An answer. Its body was read as JSON if it is JSON.
pub(crate) struct Got {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) json: Value,
}

impl Got {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
    }

    pub(crate) fn message(&self) -> &str {
        self.json["message"].as_str().unwrap_or_default()
    }
}

pub(crate) fn release() -> Workflow {
    Workflow::new("release.yml")
        .name("Release")
        .run_name("Release ${{ inputs.service }} [${{ inputs.run }}]")
        .required_input("service")
        .input("run")
        .job("build", &[("Check out", 1.0), ("Build", 20.0)])
        .job("publish", &[("Push", 5.0)])
}

pub(crate) fn hub_with(change: impl FnOnce(&mut GitHubSettings)) -> Hub {
    let now_ms = Arc::new(AtomicI64::new(NOW * 1000));
    let clock = Arc::clone(&now_ms);
    let mut settings = GitHubSettings::new(Arc::new(move || clock.load(Ordering::SeqCst)));
    settings.repositories =
        vec![Repository::new("acme", "shop").branch("dev").tag("v1.0.0").workflow(release())];
    change(&mut settings);
    Hub { github: GitHub::new(settings), now_ms }
}

pub(crate) fn hub() -> Hub {
    hub_with(|_| {})
}

/// The same repository with only this workflow.
pub(crate) fn hub_of(workflow: Workflow) -> Hub {
    hub_with(|settings| settings.repositories[0].workflows = vec![workflow])
}

impl Hub {
    pub(crate) fn pass_ms(&self, ms: i64) {
        self.now_ms.fetch_add(ms, Ordering::SeqCst);
    }

    /// Makes a request as a careful client does. These headers replace the client's own or are added to them. A
    /// header with an empty value is left out.
    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value, headers: &[(&str, &str)]) -> Got {
        let mut all = vec![
            ("user-agent", "signalbox-tests"),
            ("accept", "application/vnd.github+json"),
            ("authorization", "Bearer github_pat_practice"),
            ("x-github-api-version", "2026-03-10"),
        ];
        if !body.is_null() {
            all.push(("content-type", "application/json"));
        }
        all.retain(|(name, _)| headers.iter().all(|(other, _)| other != name));
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in all.iter().chain(headers).filter(|(_, value)| !value.is_empty()) {
            request = request.header(*name, *value);
        }
        let body = if body.is_null() { Body::empty() } else { Body::from(body.to_string()) };
        let (status, headers, text) = send(self.github.api(), request.body(body).unwrap()).await;
        let json = serde_json::from_str(&text).unwrap_or(Value::Null);
        Got { status, headers, text, json }
    }

    pub(crate) async fn get(&self, path: &str) -> Got {
        self.ask("GET", path, &Value::Null, &[]).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Got {
        self.ask("POST", path, &body, &[]).await
    }

    /// Dispatches the release of `shop`, and gives the path of the run.
    pub(crate) async fn dispatched(&self) -> String {
        let got =
            self.post(DISPATCH, json!({"ref": "main", "inputs": {"service": "shop", "run": "01J"}})).await;
        assert_eq!(got.status, 200, "{}", got.text);
        format!("/repos/acme/shop/actions/runs/{}", got.json["workflow_run_id"])
    }
}
