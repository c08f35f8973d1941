//! Jenkins' messages to the app: the JSON of the *Notification* plugin, posted when a test asks for it.
//!
//! As in the plugin's source: `QUEUED` comes when the build begins, not before. `name` is the job's own name, without
//! its folders. `url` is relative, and `full_url` is absolute. `status` is absent until there is a result. Secrets are
//! left out.

use std::collections::VecDeque;
use std::mem;

use axum::body::Body;
use hmac::{Hmac, KeyInit, Mac};
use http::Request;
use http::header::{CONTENT_TYPE, USER_AGENT};
use serde_json::{Map, Value, json};
use sha2::Sha256;
use tower::ServiceExt;

use super::settings::{JenkinsSettings, Notify, ParameterKind};
use super::state::{Build, State, timeline};
use super::timeline::Outcome;
use super::{Jenkins, NotificationDelivery, Notifications, address, views};

/// The notifications that have to be posted, and those that were.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    hold: Notifications,
    /// How many phases of each build have become due.
    told: Vec<usize>,
    waiting: VecDeque<(NotificationDelivery, Notifications)>,
    pub(super) done: Vec<NotificationDelivery>,
}

impl Outbox {
    pub(super) fn hold(&mut self, hold: Notifications) {
        self.hold = hold;
    }
}

impl State {
    /// Puts every notification that is due into the outbox, in the order in which they became due.
    pub(super) fn announce(&mut self, settings: &JenkinsSettings, now: i64) {
        if let Notify::Off = settings.notify {
            return;
        }
        let mut outbox = mem::take(&mut self.outbox);
        outbox.told.resize(self.builds().len(), 0);
        let mut due = Vec::new();
        for (index, build) in self.builds().iter().enumerate() {
            let phases = phases(settings, build);
            let known = phases.iter().enumerate().skip(outbox.told[index]);
            for (phase, &(name, at)) in known.filter(|(_, (_, at))| at.is_some_and(|at| at <= now)) {
                due.push((at, index, phase, name));
                outbox.told[index] = phase + 1;
            }
        }
        due.sort_unstable();
        for (at, index, _, phase) in due {
            let build = &self.builds()[index];
            let job = settings.jobs[build.job].path.clone();
            let body = body(settings, build, phase, at.unwrap_or(now));
            let delivery = NotificationDelivery { phase, job, body, status: None, lost: false };
            outbox.waiting.push_back((delivery, outbox.hold));
        }
        self.outbox = outbox;
    }
}

impl Jenkins {
    /// Posts every notification that is due and was not posted yet, in order. Gives how many were posted.
    pub async fn deliver(&self) -> usize {
        let _one_at_a_time = self.inner.posting.lock().await;
        let mut posted = 0;
        loop {
            // The lock of the state is never held while the app is called, because the app may call back before it
            // answers.
            let next = self.state().outbox.waiting.pop_front();
            let Some((delivery, hold)) = next else { return posted };
            let times = match hold {
                Notifications::Lose => 0,
                Notifications::Deliver => 1,
                Notifications::Twice => 2,
            };
            if times == 0 {
                self.state().outbox.done.push(NotificationDelivery { lost: true, ..delivery.clone() });
            }
            for _ in 0..times {
                let status = self.post(&delivery.body).await;
                self.state().outbox.done.push(NotificationDelivery { status, ..delivery.clone() });
                posted += usize::from(status.is_some());
            }
        }
    }

    async fn post(&self, body: &Value) -> Option<u16> {
        let door = self.door()?;
        let body = body.to_string();
        let (address, signature) = match &self.settings().notify {
            Notify::Off => return None,
            Notify::Secret { path, secret } => {
                let query =
                    form_urlencoded::Serializer::new(String::new()).append_pair("secret", secret).finish();
                (format!("{path}?{query}"), None)
            }
            Notify::Signed { path, key } => (path.clone(), Some(signature(key, body.as_bytes()))),
        };
        let mut request = Request::post(address)
            .header(CONTENT_TYPE, "application/json;charset=UTF-8")
            .header(USER_AGENT, "Java/21.0.4");
        if let Some(signature) = signature {
            request = request.header("x-signature-256", signature);
        }
        let Ok(response) = door.oneshot(request.body(Body::from(body)).ok()?).await;
        Some(response.status().as_u16())
    }
}

/// The phases of a build, and when each of them happens. `None` means never.
fn phases(settings: &JenkinsSettings, build: &Build) -> [(&'static str, Option<i64>); 4] {
    let end = timeline(&settings.jobs, build).end_ms();
    let finished = end.map(|end| end + settings.jobs[build.job].finishing_ms);
    [
        ("QUEUED", Some(build.begun)),
        ("STARTED", Some(build.begun)),
        ("COMPLETED", end),
        ("FINALIZED", finished),
    ]
}

fn body(settings: &JenkinsSettings, build: &Build, phase: &str, at: i64) -> Value {
    let job = &settings.jobs[build.job];
    let line = timeline(&settings.jobs, build);
    let job_url = address::relative(&job.path);
    let build_url = format!("{job_url}{}/", build.number);
    let secret =
        |name: &str| job.parameters.iter().any(|p| p.name == name && p.kind == ParameterKind::Password);
    let parameters = views::texts(&build.values).into_iter().filter(|(name, _)| !secret(name));
    let parameters: Map<String, Value> = parameters.map(|(name, value)| (name, Value::from(value))).collect();
    let mut about = json!({
        "full_url": format!("{}{build_url}", settings.root()),
        "number": build.number,
        "queue_id": build.queue_id,
        "timestamp": if phase == "QUEUED" { build.queued } else { at },
        "duration": line.duration(at),
        "phase": phase,
        "url": build_url,
        "scm": {"changes": [], "culprits": []},
        "log": "",
        "artifacts": {},
    });
    // A field without a value is left out: a running build has no `status`, and a build without parameters has no
    // `parameters`.
    let over = matches!(phase, "COMPLETED" | "FINALIZED");
    if let (true, Some(outcome)) = (over, line.outcome(at)) {
        about["status"] = json!(Outcome::word(outcome));
    }
    if !build.values.is_empty() {
        about["parameters"] = Value::Object(parameters);
    }
    json!({
        "name": address::name(&job.path),
        "display_name": address::display_name(&job.path),
        "url": job_url,
        "build": about,
    })
}

fn signature(key: &str, body: &[u8]) -> String {
    // HMAC takes a key of any length, so this error cannot occur. Every app would refuse an empty signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.as_bytes()) else { return String::new() };
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    /// The example of GitHub's documentation. GitHub signs in the same way.
    #[test]
    fn signs_the_raw_body() {
        assert_eq!(
            super::signature("It's a Secret to Everybody", b"Hello, World!"),
            "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"
        );
    }
}
