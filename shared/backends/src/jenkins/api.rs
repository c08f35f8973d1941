//! Calls of Jenkins's remote API: <https://www.jenkins.io/doc/book/using/remote-access-api/>. Redirects are never
//! followed, because the place that an answer points to is part of its meaning.

use super::answered::Answered;
use base64::Engine;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{Method, Request};
use signalbox_domain::catalogue::JenkinsTarget;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Clock, Transport, TransportError};
use std::sync::Arc;

pub(super) struct Api {
    pub(super) base: String,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) authorization: http::HeaderValue,
}

/// Why there is no answer.
pub(super) enum Trouble {
    /// Nothing was sent.
    NotSent(String),
    /// It may have arrived.
    NoAnswer(String),
}

impl Trouble {
    pub(super) fn why(self) -> String {
        match self {
            Self::NotSent(why) | Self::NoAnswer(why) => why,
        }
    }
}

impl Api {
    pub(super) fn authorization(user: &str, token: &str) -> Result<http::HeaderValue, String> {
        let both =
            base64::engine::general_purpose::STANDARD.encode(format!("{}:{}", user.trim(), token.trim()));
        let mut value = http::HeaderValue::try_from(format!("Basic {both}")).map_err(|e| e.to_string())?;
        value.set_sensitive(true);
        Ok(value)
    }

    pub(super) async fn call(
        &self,
        method: Method,
        path: &str,
        form: Option<String>,
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let left = until.since(self.clock.now());
        if left.is_zero() {
            return Err(Trouble::NotSent("no time was left to send it".into()));
        }
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(USER_AGENT, crate::USER_AGENT)
            .header(AUTHORIZATION, self.authorization.clone());
        if form.is_some() {
            request = request.header(CONTENT_TYPE, "application/x-www-form-urlencoded");
        }
        let request = request.body(form.map(Bytes::from).unwrap_or_default());
        let request = request.map_err(|e| Trouble::NotSent(format!("it is no request: {e}")))?;
        let answer = self.transport.call(request, left).await.map_err(|e| match e {
            TransportError::NotSent(why) => Trouble::NotSent(format!("Jenkins cannot be reached: {why}")),
            TransportError::NoAnswer(why) => Trouble::NoAnswer(format!("Jenkins did not answer: {why}")),
        })?;
        let (parts, body) = answer.into_parts();
        Ok(Answered { status: parts.status, headers: parts.headers, body })
    }
}

/// A multibranch job's name for the job of a branch: only characters that would mean something else in a path are
/// encoded, as in
/// <https://github.com/jenkinsci/branch-api-plugin/blob/master/src/main/java/jenkins/branch/NameEncoder.java>.
fn branch_job(branch: &str) -> String {
    match branch {
        "" => return "%00".to_owned(),
        "." => return "%2E".to_owned(),
        ".." => return "%2E.".to_owned(),
        _ => {}
    }
    let mut name = String::with_capacity(branch.len() + 8);
    for c in branch.chars() {
        match c {
            '#' | '%' | '/' | '?' | '[' | ']' | '\\' => {
                name.push_str(&crate::segment(c.encode_utf8(&mut [0; 4])));
            }
            c => name.push(c),
        }
    }
    name
}

/// The path of a job: `/job/web/job/deploy`. For a branch of a multibranch job, one more part with the name of the
/// branch's job.
pub(super) fn job_path(target: &JenkinsTarget) -> String {
    let mut path = String::new();
    for part in target.job.split('/').filter(|p| !p.is_empty()) {
        path.push_str("/job/");
        path.push_str(&crate::segment(part));
    }
    if let Some(branch) = &target.branch {
        path.push_str("/job/");
        path.push_str(&crate::segment(&branch_job(branch)));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use http::header::LOCATION;

    #[test]
    fn where_a_job_is() {
        let path = |job: &str, branch: Option<&str>| {
            job_path(&JenkinsTarget {
                job: job.into(),
                branch: branch.map(str::to_owned),
                parameters: Default::default(),
                run_parameter: None,
            })
        };
        assert_eq!(path("deploy", None), "/job/deploy");
        assert_eq!(path("/web/blue green/deploy/", None), "/job/web/job/blue%20green/job/deploy");
        assert_eq!(path("shop", Some("feature/x")), "/job/shop/job/feature%252Fx");
        assert_eq!(path("shop", Some("main")), "/job/shop/job/main");
        assert_eq!(path("shop", Some("a+b@c=(d),e")), "/job/shop/job/a%2Bb%40c%3D%28d%29%2Ce");
        assert_eq!(path("shop", Some("größe/ä")), "/job/shop/job/gr%C3%B6%C3%9Fe%252F%C3%A4");
        assert_eq!(path("shop", Some("50%#[1]?\\")), "/job/shop/job/50%2525%2523%255B1%255D%253F%255C");
        assert_eq!(path("shop", Some("..")), "/job/shop/job/%252E.");
    }

    #[test]
    fn only_the_item_of_a_location_counts() {
        let at = |location: &'static str| {
            let headers = [(LOCATION, http::HeaderValue::from_static(location))].into_iter().collect();
            Answered { status: StatusCode::CREATED, headers, body: Bytes::new() }.queue_item()
        };
        assert_eq!(at("https://other.example/jenkins/queue/item/55/"), Some(55));
        assert_eq!(at("/queue/item/7/"), Some(7));
        assert_eq!(at("/queue/item/x/"), None);
        assert_eq!(at("https://sso.example/login"), None);
    }
}
