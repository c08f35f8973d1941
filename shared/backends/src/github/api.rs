//! Calls of GitHub's REST API: <https://docs.github.com/en/rest>. Every one goes through [`Api::call`].

use super::answer::{Answered, Trouble, VERSION};
use super::auth::{AccessToken, Auth, Kind};
use super::cache::Cache;
use super::limits::{Limits, Rest};
use super::reason;
use bytes::Bytes;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_RANGE, ETAG, IF_NONE_MATCH, LOCATION, RANGE};
use http::{Method, Request, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Clock, NotSeen, Transport, TransportError};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// The version that older servers know.
const OLD_VERSION: &str = "2022-11-28";
/// The first pause before a call is repeated whose token is too young; it doubles each time.
const YOUNG_PAUSE: Duration = Duration::from_secs(1);
pub(super) struct Api {
    pub(super) base: String,
    pub(super) auth: Auth,
    pub(super) transport: Arc<dyn Transport>,
    pub(super) clock: Arc<dyn Clock>,
    pub(super) limits: Limits,
    kept: Mutex<Cache>,
    /// The server refused [`VERSION`].
    is_old: AtomicBool,
    /// Our login, once it is known.
    login: Mutex<Option<String>>,
}

impl Api {
    pub(super) fn new(base: &str, auth: Auth, transport: Arc<dyn Transport>, clock: Arc<dyn Clock>) -> Self {
        Self {
            base: base.trim_end_matches('/').to_owned(),
            auth,
            transport,
            clock,
            limits: Limits::default(),
            kept: Mutex::default(),
            is_old: AtomicBool::new(false),
            login: Mutex::default(),
        }
    }

    /// One call on behalf of a repository, over by `until`. A token that is no longer accepted is replaced once, and
    /// a version that the server does not know is replaced by an older one: both refusals are certain, so the same
    /// request may be sent again.
    pub(super) async fn call(
        &self,
        repository: &str,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        self.exchange(repository, method, path, (body, None), until).await
    }

    /// [`Api::call`], made conditional if the last answer had a name. A token that is too young is waited for while
    /// there is time: that refusal is certain too.
    async fn exchange(
        &self,
        repository: &str,
        method: Method,
        path: &str,
        (body, etag): (Option<&serde_json::Value>, Option<http::HeaderValue>),
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let (mut tries, mut pause) = (0, YOUNG_PAUSE);
        loop {
            tries += 1;
            let token = self.token(repository, until).await?;
            let mut answer =
                self.send_after(&token, method.clone(), path, (body, etag.clone()), until).await?;
            if tries < 3 && answer.refuses_version() {
                // A call that sent the new version learns this from its own answer, even if other calls learnt it
                // meanwhile.
                self.is_old.store(true, Ordering::Relaxed);
                continue;
            }
            let now = self.clock.now();
            let young = self.auth.is_too_young(repository, &token, answer.status, now);
            if young && answer.limited.is_none() {
                if until.since(now) > pause * 2 {
                    self.clock.sleep(pause).await;
                    (tries, pause) = (tries - 1, pause * 2);
                    continue;
                }
                answer.is_too_young = true;
                return Ok(answer);
            }
            if tries < 3 && answer.status == StatusCode::UNAUTHORIZED && self.auth.forget(repository, &token)
            {
                continue;
            }
            return Ok(answer);
        }
    }

    /// A [`Api::get`] that can wait: it is put off when calls run short.
    pub(super) async fn look(
        &self,
        repository: &str,
        path: &str,
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let put_off = |rest| match rest {
            Rest::OfTheHour(rest) => {
                let why = "GitHub's limits are near; what is left of the hour is for dispatches and stops";
                Trouble::NotSent(why.into(), Some(rest))
            }
            Rest::OfTheMinute(rest) => Trouble::NotSent(NotSeen::PUT_OFF.into(), Some(rest)),
        };
        self.limits.look(self.clock.now()).map_err(put_off)?;
        self.get(repository, path, until).await
    }

    /// A conditional GET: if the answer did not change, it is not sent again and not counted.
    pub(super) async fn get(
        &self,
        repository: &str,
        path: &str,
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let known = self.kept().get(path);
        let etag = known.as_ref().map(|(etag, _)| etag.clone());
        let mut answer = self.exchange(repository, Method::GET, path, (None, etag), until).await?;
        match known.filter(|_| answer.status == StatusCode::NOT_MODIFIED) {
            Some((_, body)) => {
                answer.status = StatusCode::OK;
                answer.body = body;
                answer.unchanged = true;
                answer.is_kept = true;
            }
            None => answer.is_kept = self.keep(path, &answer),
        }
        Ok(answer)
    }

    /// Where GitHub says that something is now, as a path of this same API. A repository that was renamed or moved is
    /// there under its id.
    pub(super) fn moved_to<'a>(&self, answer: &'a Answered) -> Option<&'a str> {
        let moved = matches!(answer.status.as_u16(), 301 | 302 | 307 | 308) && answer.is_githubs();
        let place = answer.headers.get(LOCATION).filter(|_| moved)?.to_str().ok()?;
        place.strip_prefix(&self.base).filter(|path| path.starts_with('/'))
    }

    /// [`Api::send`]; a read follows one redirect. A call that does something is not redirected, because it must act
    /// on the repository that the catalogue names.
    async fn send_after(
        &self,
        token: &str,
        method: Method,
        path: &str,
        (body, etag): (Option<&serde_json::Value>, Option<http::HeaderValue>),
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let read = method == Method::GET;
        let answer = self.send(token, method, path, body, etag, until).await?;
        let Some(place) = self.moved_to(&answer).filter(|_| read) else { return Ok(answer) };
        match self.send(token, Method::GET, place, None, None, until).await {
            Ok(there) if there.status.is_success() => Ok(there),
            Ok(_) | Err(_) => Ok(answer),
        }
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self, path: &str, answer: &Answered) -> bool {
        let etag = answer.headers.get(ETAG).filter(|_| answer.status == StatusCode::OK);
        self.kept().put(path, etag.map(|etag| (etag.clone(), answer.body.clone())))
    }

    async fn token(&self, repository: &str, until: Timestamp) -> Result<String, Trouble> {
        let (id, key) = match &self.auth.kind {
            Kind::Token(token) => return Ok(token.clone()),
            Kind::App { id, key } => (id, key),
        };
        let now = self.clock.now();
        if let Some(token) = self.auth.cached(repository, now) {
            return Ok(token);
        }
        #[derive(Deserialize)]
        struct Installation {
            id: u64,
        }
        let proof = Auth::proof(id, key, now).map_err(Trouble::NotLetIn)?;
        let path = format!("/repos/{repository}/installation");
        let found: Installation = self.as_app(&proof, Method::GET, &path, until).await?;
        let path = format!("/app/installations/{}/access_tokens", found.id);
        let token: AccessToken = self.as_app(&proof, Method::POST, &path, until).await?;
        Ok(self.auth.keep(repository, &token, self.clock.now()))
    }

    /// A call with the App's own proof. The real call was not sent yet, so a failure here means "not sent".
    async fn as_app<T: DeserializeOwned>(
        &self,
        proof: &str,
        method: Method,
        path: &str,
        until: Timestamp,
    ) -> Result<T, Trouble> {
        let not_sent = |trouble: Trouble| {
            let (why, rest) = trouble.tell();
            Trouble::NotSent(why, rest)
        };
        let mut answer =
            self.send_after(proof, method.clone(), path, (None, None), until).await.map_err(not_sent)?;
        if answer.refuses_version() {
            self.is_old.store(true, Ordering::Relaxed);
            answer = self.send(proof, method, path, None, None, until).await.map_err(not_sent)?;
        }
        if answer.status.is_success() {
            let unreadable = |_| Trouble::NotSent("GitHub's answer to the App cannot be read".into(), None);
            return serde_json::from_slice(&answer.body).map_err(unreadable);
        }
        let why = reason::of_app(&answer, path, self.clock.now());
        Err(if answer.limited.is_some() || answer.status.is_server_error() {
            Trouble::NotSent(why, answer.limited)
        } else {
            Trouble::NotLetIn(why)
        })
    }

    async fn send(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: Option<&serde_json::Value>,
        etag: Option<http::HeaderValue>,
        until: Timestamp,
    ) -> Result<Answered, Trouble> {
        let now = self.clock.now();
        if let Some(rest) = self.limits.quiet(now) {
            let why = format!("GitHub asked for quiet for {} more seconds", rest.as_secs().max(1));
            return Err(Trouble::NotSent(why, Some(rest)));
        }
        let left = until.since(now);
        if left.is_zero() {
            return Err(Trouble::NotSent("no time was left to send it".into(), None));
        }
        let version = if self.is_old.load(Ordering::Relaxed) { OLD_VERSION } else { VERSION };
        let mut request = Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header(ACCEPT, "application/vnd.github+json")
            .header("x-github-api-version", version)
            .header(http::header::USER_AGENT, crate::USER_AGENT)
            .header(AUTHORIZATION, secret(token)?);
        if let Some(etag) = etag {
            request = request.header(IF_NONE_MATCH, etag);
        }
        if body.is_some() {
            request = request.header(http::header::CONTENT_TYPE, "application/json");
        }
        let body = body.map(|b| Bytes::from(b.to_string())).unwrap_or_default();
        let request =
            request.body(body).map_err(|e| Trouble::NotSent(format!("it is no request: {e}"), None))?;
        let answer = self.transport.call(request, left).await.map_err(|e| match e {
            TransportError::NotSent(why) => {
                Trouble::NotSent(format!("GitHub cannot be reached: {why}"), None)
            }
            TransportError::NoAnswer(why) => Trouble::NoAnswer(format!("GitHub did not answer: {why}")),
        })?;
        let (parts, body) = answer.into_parts();
        let limited = self.limits.heed(parts.status, &parts.headers, &body, self.clock.now());
        Ok(Answered {
            status: parts.status,
            headers: parts.headers,
            body,
            limited,
            is_too_young: false,
            is_kept: false,
            unchanged: false,
            version,
        })
    }

    /// The end of a text elsewhere that GitHub pointed us to, and whether this is the whole text. Sent without our
    /// token, which no other server may see. If the other server cannot send a part, it sends everything.
    pub(super) async fn elsewhere(&self, url: &str, most: u64, until: Timestamp) -> Option<(Bytes, bool)> {
        // A log must not be fetched without encryption, unless the whole server is a test's.
        if !url.starts_with("https://") && self.base.starts_with("https://") {
            return None;
        }
        for range in [Some(format!("bytes=-{most}")), None] {
            let asked_for_part = range.is_some();
            let mut request = Request::get(url).header(http::header::USER_AGENT, crate::USER_AGENT);
            if let Some(range) = range {
                request = request.header(RANGE, range);
            }
            let left = until.since(self.clock.now());
            let answer = self.transport.call(request.body(Bytes::new()).ok()?, left).await.ok()?;
            match answer.status() {
                StatusCode::OK => return Some((answer.into_body(), true)),
                StatusCode::PARTIAL_CONTENT => {
                    let from = answer.headers().get(CONTENT_RANGE).and_then(|range| range.to_str().ok());
                    let whole = from.is_some_and(|range| range.starts_with("bytes 0-"));
                    return Some((answer.into_body(), whole));
                }
                StatusCode::BAD_REQUEST | StatusCode::RANGE_NOT_SATISFIABLE if asked_for_part => {}
                _ => return None,
            }
        }
        None
    }

    /// Our own login, as a run's `actor` has it.
    pub(super) async fn login(&self, repository: &str, until: Timestamp) -> Result<String, Trouble> {
        let known = self.login.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(login) = known {
            return Ok(login);
        }
        #[derive(Deserialize)]
        struct User {
            login: String,
        }
        #[derive(Deserialize)]
        struct App {
            slug: String,
        }
        let login = match &self.auth.kind {
            Kind::Token(_) => {
                let answer = self.call(repository, Method::GET, "/user", None, until).await?;
                let user: Option<User> =
                    serde_json::from_slice(&answer.body).ok().filter(|_| answer.status.is_success());
                let why =
                    || Trouble::NotLetIn(format!("GitHub does not say who we are: {}", reason::of(&answer)));
                user.ok_or_else(why)?.login
            }
            Kind::App { id, key } => {
                let proof = Auth::proof(id, key, self.clock.now()).map_err(Trouble::NotLetIn)?;
                let app: App = self.as_app(&proof, Method::GET, "/app", until).await?;
                format!("{}[bot]", app.slug)
            }
        };
        *self.login.lock().unwrap_or_else(PoisonError::into_inner) = Some(login.clone());
        Ok(login)
    }
}

fn secret(token: &str) -> Result<http::HeaderValue, Trouble> {
    let mut value = http::HeaderValue::try_from(format!("Bearer {token}"))
        .map_err(|_| Trouble::NotLetIn("the GitHub token has characters that no header can carry".into()))?;
    value.set_sensitive(true);
    Ok(value)
}
