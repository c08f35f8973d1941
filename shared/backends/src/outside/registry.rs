//! Tags of a repository in a registry of images and charts:
//! <https://github.com/opencontainers/distribution-spec/blob/main/spec.md>.

use super::challenge::{self, Challenge};
use super::names::{Image, image, is_loopback, is_tag};
use super::{Answer, Ask, Outside, address, host};
use async_trait::async_trait;
use bytes::Bytes;
use http::header::{ACCEPT, LINK};
use http::{HeaderValue, Method, StatusCode, Uri};
use serde::Deserialize;
use signalbox_domain::lookup::{Check, MOST_LISTED, Question, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply};

/// What is asked for at once; a registry may give fewer.
const PAGE: usize = 1_000;
/// A registry that gives fewer at once than a page has is read no further than this.
const MOST_PAGES: usize = 60;
/// What a tag may lead to.
const MANIFESTS: &str = "application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, \
                         application/vnd.docker.distribution.manifest.list.v2+json, \
                         application/vnd.docker.distribution.manifest.v2+json";

/// Registries.
pub struct Registry(pub Outside);

/// One question's calls: the token that the registry wants is had once.
struct Session<'r> {
    outside: &'r Outside,
    image: Image<'r>,
    token: Option<HeaderValue>,
    until: Timestamp,
}

#[async_trait]
impl Lookup for Registry {
    fn system(&self) -> System {
        System::Registry
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::Oci { repository }) => {
                let (tags, more) = self.session(repository, until)?.tags().await?;
                Ok(Reply::Values(Values::tidy(tags, more)))
            }
            Question::Check(Check::Listed { value, source: Source::Oci { repository } }) => {
                self.session(repository, until)?.has(value).await
            }
            Question::Values(_) | Question::Check(_) | Question::Changes(_) => {
                Err(NoReply::because("that is no question to a registry"))
            }
        }
    }
}

impl Registry {
    fn session<'r>(&'r self, repository: &'r str, until: Timestamp) -> Result<Session<'r>, NoReply> {
        let image = image(repository).ok_or_else(|| {
            let shown = words(repository, None);
            NoReply::because(format!(
                "{shown} is no repository of a registry: it looks like ghcr.io/acme/web"
            ))
        })?;
        Ok(Session { outside: &self.0, image, token: None, until })
    }
}

/// A registry's error: <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes>.
#[derive(Deserialize)]
struct Errors {
    errors: Vec<Code>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

impl Session<'_> {
    fn shown(&self) -> String {
        format!("{}/{}", self.image.host, self.image.name)
    }

    /// Below the repository. This machine's registries are called without encryption, as all clients do.
    fn address(&self, path: &str) -> Result<Uri, NoReply> {
        let Image { host, name } = self.image;
        let scheme = if is_loopback(host) { "http" } else { "https" };
        // What people call Docker's registry is not where its registry is.
        let host = if host == "docker.io" { "registry-1.docker.io" } else { host };
        address(&format!("{scheme}://{host}/v2/{name}/{path}"))
    }

    async fn tags(&mut self) -> Result<(Vec<String>, bool), NoReply> {
        #[derive(Deserialize)]
        struct Page {
            // Some registries say `null` where there are none.
            tags: Option<Vec<String>>,
        }
        let mut all: Vec<String> = vec![];
        let mut at = self.address(&format!("tags/list?n={PAGE}"))?;
        for _ in 0..MOST_PAGES {
            let answer = self.call(Method::GET, &at, "application/json").await?;
            if !answer.status.is_success() {
                return Err(answer.refusal(&format!("repository {}", self.shown())));
            }
            let page: Page = serde_json::from_slice(&answer.body)
                .map_err(|_| answer.unreadable("no list of tags of a registry"))?;
            all.extend(page.tags.unwrap_or_default());
            let Some(next) = next(&answer) else { return Ok((all, false)) };
            if all.len() > MOST_LISTED {
                return Ok((all, true));
            }
            let moved = next.authority() != at.authority() || next.scheme() != at.scheme();
            if moved || next == at {
                return Err(answer.unreadable("a list whose next part is elsewhere, or itself again"));
            }
            at = next;
        }
        Ok((all, true))
    }

    /// Whether the tag leads to something.
    async fn has(&mut self, tag: &str) -> Result<Reply, NoReply> {
        let shown = words(tag, None);
        if !is_tag(tag) {
            return Ok(Reply::DoesNotHold(format!("no tag of a registry can be called {shown}")));
        }
        let at = self.address(&format!("manifests/{tag}"))?;
        let mut answer = self.call(Method::HEAD, &at, MANIFESTS).await?;
        if answer.status == StatusCode::NOT_FOUND {
            // It says only with a body whether the tag is missing or the whole repository, and that may be a right.
            answer = self.call(Method::GET, &at, MANIFESTS).await?;
        }
        let repository = self.shown();
        match answer.status {
            s if s.is_success() => Ok(Reply::Holds),
            StatusCode::NOT_FOUND if says(&answer, "MANIFEST_UNKNOWN") => {
                Ok(Reply::DoesNotHold(format!("{repository} has no tag {shown}")))
            }
            _ => Err(answer.refusal(&format!("tag {shown} of {repository}"))),
        }
    }

    /// A call, with a token if the registry wants one.
    async fn call(&mut self, method: Method, at: &Uri, accept: &str) -> Result<Answer, NoReply> {
        let headers = [(ACCEPT, accept)];
        let ask = |authorization| Ask {
            method: method.clone(),
            address: at,
            headers: &headers,
            body: Bytes::new(),
            authorization,
        };
        let answer = self.outside.call(ask(self.token.clone()), self.until).await?;
        if answer.status != StatusCode::UNAUTHORIZED || self.token.is_some() {
            return Ok(answer);
        }
        let Some(wanted) = challenge::bearer(&answer.headers) else { return Ok(answer) };
        let token = self.token(&wanted).await?;
        self.token = Some(token.clone());
        self.outside.call(ask(Some(token)), self.until).await
    }

    /// A token from where the registry says that they are handed out. Only credentials of that host are sent there.
    async fn token(&self, wanted: &Challenge) -> Result<HeaderValue, NoReply> {
        #[derive(Deserialize)]
        struct Token {
            token: Option<String>,
            access_token: Option<String>,
        }
        let Image { host: registry, name } = self.image;
        let realm = address(&wanted.realm).map_err(|_| {
            NoReply::because(format!("{registry} sends us for a token to what is no address"))
        })?;
        if realm.scheme_str() != Some("https") && !is_loopback(host(&realm)) {
            return Err(NoReply::because(format!(
                "{registry} sends us for a token where nothing is encrypted"
            )));
        }
        let scope = wanted.scope.clone().unwrap_or_else(|| format!("repository:{name}:pull"));
        let mut query = format!("scope={}", crate::segment(&scope));
        if let Some(service) = &wanted.service {
            query = format!("service={}&{query}", crate::segment(service));
        }
        let more = if realm.query().is_some() { '&' } else { '?' };
        let at = address(&format!("{realm}{more}{query}"))?;
        let answer = self.outside.get(&at, &[(ACCEPT, "application/json")], self.until).await?;
        if !answer.status.is_success() {
            return Err(answer.refusal(&format!("token for {}", self.shown())));
        }
        let token: Option<Token> = serde_json::from_slice(&answer.body).ok();
        let token = token.and_then(|t| t.token.or(t.access_token));
        let value = token.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok());
        let mut value = value.ok_or_else(|| answer.unreadable("no token"))?;
        value.set_sensitive(true);
        Ok(value)
    }
}

fn says(answer: &Answer, code: &str) -> bool {
    let said: Option<Errors> = serde_json::from_slice(&answer.body).ok();
    said.is_some_and(|said| !said.errors.is_empty() && said.errors.iter().all(|error| error.code == code))
}

/// The address of the next part of a list: `Link: </v2/NAME/tags/list?n=…>; rel="next"`, relative or not.
fn next(answer: &Answer) -> Option<Uri> {
    let links = answer.headers.get_all(LINK).iter().filter_map(|value| value.to_str().ok());
    let next = links.flat_map(|value| value.split(',')).find_map(crate::links::next)?;
    if next.starts_with('/') {
        let mut parts = answer.address.clone().into_parts();
        parts.path_and_query = Some(next.parse().ok()?);
        return Uri::from_parts(parts).ok();
    }
    address(next).ok()
}
