//! Calls of Jenkins's remote API: <https://www.jenkins.io/doc/book/using/remote-access-api/>. Redirects are never
//! followed: where an answer points is part of what it says.

use base64::Engine;
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, LOCATION, USER_AGENT};
use http::{HeaderMap, Method, Request, StatusCode};
use serde::de::DeserializeOwned;
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

/// An answer, from Jenkins or from something in front of it.
pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Bytes,
}

/// Why there is none.
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

impl Answered {
    /// Jenkins says its version in every answer. A proxy's page and a login page do not.
    pub(super) fn is_jenkinss(&self) -> bool {
        self.headers.contains_key("x-jenkins")
    }

    pub(super) fn location(&self) -> Option<&str> {
        self.headers.get(LOCATION)?.to_str().ok()
    }

    /// The queue item that the answer points to. Its host is Jenkins's own idea of itself, and not looked at.
    pub(super) fn queue_item(&self) -> Option<u64> {
        let (_, rest) = self.location()?.split_once("/queue/item/")?;
        rest.split('/').next()?.parse().ok()
    }

    pub(super) fn read<T: DeserializeOwned>(&self) -> Result<T, String> {
        if !self.is_jenkinss() {
            return Err(format!("something that is not Jenkins answered {}", self.status.as_u16()));
        }
        if !self.status.is_success() {
            return Err(format!("Jenkins answered {}", self.status.as_u16()));
        }
        serde_json::from_slice(&self.body).map_err(|_| "Jenkins's answer cannot be read".to_owned())
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

    pub(super) async fn get(&self, path: &str, until: Timestamp) -> Result<Answered, Trouble> {
        self.call(Method::GET, path, None, until).await
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

/// The path of a job: `/job/web/job/deploy`. A branch of a multibranch job is one segment more, encoded twice.
pub(super) fn job_path(target: &JenkinsTarget) -> String {
    let mut path = String::new();
    for part in target.job.split('/').filter(|p| !p.is_empty()) {
        path.push_str("/job/");
        path.push_str(&crate::segment(part));
    }
    if let Some(branch) = &target.branch {
        path.push_str("/job/");
        // Jenkins names the branch's job by its encoded name, and a path encodes that name.
        path.push_str(&crate::segment(&crate::segment(branch)));
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

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
