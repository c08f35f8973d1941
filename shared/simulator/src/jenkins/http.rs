//! The front: who makes a call, which fault it gets, the record of calls, and what each address leads to.
//!
//! This file must never decide what a build does.

use axum::Router;
use axum::body::{Body, Bytes, HttpBody, to_bytes};
use axum::extract::{Request, State};
use axum::response::Response;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::Method;
use http::header::{AUTHORIZATION, CONTENT_TYPE, WWW_AUTHENTICATE};
use http::request::Parts;
use serde_json::json;

use super::address::{self, Found};
use super::documents::World;
use super::settings::StopNeeded;
use super::tree::{Bean, Pick};
use super::{Jenkins, JenkinsCall, JenkinsFault, builds, pages, pipeline, trigger};

/// The longest body, in bytes. A longer body counts as empty.
const BODY_LIMIT: usize = 1 << 20;

impl Jenkins {
    /// All HTTP routes, with their paths from the root. They can be served at the path of the root URL, or called in
    /// memory.
    pub fn http(&self) -> Router {
        Router::new().fallback(call).with_state(self.clone())
    }

    fn next_fault(&self, path: &str, method: &str) -> Option<JenkinsFault> {
        let mut state = self.state();
        let hit = |(part, of, _): &(String, String, JenkinsFault)| {
            path.contains(part.as_str()) && of.eq_ignore_ascii_case(method)
        };
        match state.faults.iter().position(hit) {
            Some(at) => Some(state.faults.remove(at).2),
            None => state.troubles.iter().find(|trouble| hit(trouble)).map(|(_, _, fault)| fault.clone()),
        }
    }
}

async fn call(State(jenkins): State<Jenkins>, request: Request) -> Response {
    let at_ms = jenkins.now_ms();
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let path = head.uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
    let method = head.method.to_string();
    let (down, restarts) = {
        let state = jenkins.state();
        (state.down, state.restarts)
    };
    let own = |response| pages::signed(response, restarts);
    let fault = if down { Some(JenkinsFault::Html(503)) } else { jenkins.next_fault(&path, &method) };
    let response = match fault {
        None => own(serve(&jenkins, &Ask::read(&head, &body))),
        Some(JenkinsFault::LostAnswer) => {
            serve(&jenkins, &Ask::read(&head, &body));
            pages::proxy(502)
        }
        Some(JenkinsFault::Status(status)) => own(pages::error(status, "A test says so.")),
        Some(JenkinsFault::Crumb) => own(pages::error(403, "No valid crumb was included in the request")),
        Some(JenkinsFault::Login) => pages::to_login(),
        Some(JenkinsFault::LoginPage) => pages::login(),
        Some(JenkinsFault::OwnLogin) => {
            own(pages::redirect(302, "https://jenkins.example/securityRealm/commenceLogin?from=%2F"))
        }
        Some(JenkinsFault::OwnLoginPage) => own(pages::login()),
        Some(JenkinsFault::Says(status, text)) => own(pages::error(status, &text)),
        Some(JenkinsFault::Html(status)) => pages::proxy(status),
    };
    // The answer to HEAD has the headers but no body.
    let response = if head.method == Method::HEAD { response.map(|_| Body::empty()) } else { response };
    let (status, body) = (response.status().as_u16(), String::from_utf8_lossy(&body).into_owned());
    let answered = response.body().size_hint().lower();
    if jenkins.settings().record {
        jenkins.state().calls.push(JenkinsCall { method, path, status, at_ms, body, answered });
    }
    response
}

/// A call whose parts were read.
pub(super) struct Ask<'a> {
    pub(super) post: bool,
    /// Jenkins answers only GET, HEAD and POST.
    known_method: bool,
    parts: Vec<String>,
    authorization: Option<&'a str>,
    /// The fields of the query and then those of the body. For Jenkins it makes no difference where a field is.
    fields: Vec<(String, String)>,
}

impl<'a> Ask<'a> {
    fn read(head: &'a Parts, body: &Bytes) -> Ask<'a> {
        let query = form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes()).into_owned();
        let kind = head.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
        // A body that is not a form has no fields. Jenkins does not report that.
        let form = if kind.starts_with("application/x-www-form-urlencoded") { body.as_ref() } else { &[] };
        Ask {
            post: head.method == Method::POST,
            known_method: matches!(head.method, Method::GET | Method::HEAD | Method::POST),
            parts: address::parts(head.uri.path()),
            authorization: head.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()),
            fields: query.chain(form_urlencoded::parse(form).into_owned()).collect(),
        }
    }

    pub(super) fn field(&self, name: &str) -> Option<&str> {
        self.all(name).next()
    }

    pub(super) fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

fn serve(jenkins: &Jenkins, ask: &Ask<'_>) -> Response {
    if let Some(refusal) = refused(jenkins, ask) {
        return refusal;
    }
    if !ask.known_method {
        return pages::error(405, "Method Not Allowed");
    }
    let parts: Vec<&str> = ask.parts.iter().map(String::as_str).collect();
    match *parts.as_slice() {
        ["crumbIssuer", "api", format] => read_only(ask, || {
            document(ask, format, |pick| {
                let bean = Bean::of("hudson.security.csrf.DefaultCrumbIssuer", pick);
                bean.value("crumb", 1, "dab177f483b3dd93483ef6716d8e792d")
                    .value("crumbRequestField", 1, "Jenkins-Crumb")
                    .made()
            })
        }),
        ["me", "api", format] => read_only(ask, || {
            document(ask, format, |pick| {
                let user = &jenkins.settings().user;
                let bean = Bean::of("hudson.model.User", pick).value("id", 1, user.as_str());
                bean.value("fullName", 999, user.as_str()).value("description", 1, json!(null)).made()
            })
        }),
        ["queue", "api", format] => {
            view(jenkins, ask, |world| document(ask, format, |pick| world.queue(pick)))
        }
        ["queue", "item", id, "api", format] => view(jenkins, ask, |world| {
            let item = id.parse().ok().and_then(|id| world.state.item(id, world.now));
            item.map_or_else(pages::not_found, |item| document(ask, format, |pick| world.item(item, pick)))
        }),
        ["queue", "cancelItem"] => trigger::cancel(jenkins, ask),
        _ => match address::find(jenkins.jobs(), &ask.parts) {
            None => pages::not_found(),
            Some((Found::Folder(folder), rest)) => in_folder(jenkins, ask, &folder, rest),
            Some((Found::Job(job), rest)) => in_job(jenkins, ask, job, rest),
        },
    }
}

fn in_folder(jenkins: &Jenkins, ask: &Ask<'_>, folder: &str, rest: &[String]) -> Response {
    match strs(rest).as_slice() {
        [] => read_only(ask, || pages::html(200, &address::full_display_name(folder), "Jenkins")),
        ["api", format] => {
            view(jenkins, ask, |world| document(ask, format, |pick| world.folder(folder, pick)))
        }
        _ => pages::not_found(),
    }
}

fn in_job(jenkins: &Jenkins, ask: &Ask<'_>, job: usize, rest: &[String]) -> Response {
    match strs(rest).as_slice() {
        [] => {
            let path = &jenkins.jobs()[job].path;
            read_only(ask, || pages::html(200, &address::full_display_name(path), "Job"))
        }
        ["api", format] => view(jenkins, ask, |world| document(ask, format, |pick| world.job(job, pick))),
        ["build"] => trigger::build(jenkins, ask, job),
        ["buildWithParameters"] => trigger::build_with_parameters(jenkins, ask, job),
        ["wfapi", "runs"] => view(jenkins, ask, |world| pipeline::runs(world, job)),
        [number, rest @ ..] => match builds::number(jenkins, job, number) {
            Some(number) => in_build(jenkins, ask, job, number, rest),
            None => pages::not_found(),
        },
    }
}

fn in_build(jenkins: &Jenkins, ask: &Ask<'_>, job: usize, number: u32, rest: &[&str]) -> Response {
    match rest {
        [] => read_only(ask, || pages::html(200, &format!("#{number}"), "Build")),
        ["api", format] => view(jenkins, ask, |world| {
            let build = world.state.build(job, number);
            build.map_or_else(pages::not_found, |(_, build)| {
                document(ask, format, |pick| world.build(build, pick))
            })
        }),
        ["stop"] => builds::stop(jenkins, ask, job, number, StopNeeded::Stop),
        ["term"] => builds::stop(jenkins, ask, job, number, StopNeeded::Term),
        ["kill"] => builds::stop(jenkins, ask, job, number, StopNeeded::Kill),
        ["consoleText"] => view(jenkins, ask, |world| builds::console(world, job, number)),
        ["logText", "progressiveText"] => {
            view(jenkins, ask, |world| builds::progressive(world, job, number, ask.field("start")))
        }
        ["wfapi"] | ["wfapi", "describe"] => {
            view(jenkins, ask, |world| pipeline::describe(world, job, number))
        }
        ["wfapi", "pendingInputActions"] => view(jenkins, ask, |world| pipeline::pending(world, job, number)),
        ["execution", "node", node, "wfapi"] | ["execution", "node", node, "wfapi", "describe"] => {
            view(jenkins, ask, |world| pipeline::node(world, job, number, node))
        }
        ["execution", "node", node, "wfapi", "log"] => {
            view(jenkins, ask, |world| pipeline::log(world, job, number, node))
        }
        _ => pages::not_found(),
    }
}

fn refused(jenkins: &Jenkins, ask: &Ask<'_>) -> Option<Response> {
    let settings = jenkins.settings();
    let Some(authorization) = ask.authorization else {
        // A caller without a name may not even see that there are jobs.
        return Some(pages::html(403, "Authentication required", "You are authenticated as: anonymous"));
    };
    let expected = format!("{}:{}", settings.user, settings.token);
    let given = authorization.strip_prefix("Basic ").and_then(|encoded| STANDARD.decode(encoded).ok());
    if given.as_deref() == Some(expected.as_bytes()) {
        return None;
    }
    let mut response = pages::error(401, "Invalid password/token for user");
    pages::header(&mut response, WWW_AUTHENTICATE, "Basic realm=\"Jenkins\"");
    Some(response)
}

/// For routes that only show something: a POST is refused.
fn read_only(ask: &Ask<'_>, answer: impl FnOnce() -> Response) -> Response {
    if ask.post { pages::error(405, "Method Not Allowed") } else { answer() }
}

fn view(jenkins: &Jenkins, ask: &Ask<'_>, answer: impl FnOnce(&World<'_>) -> Response) -> Response {
    let (now, state) = (jenkins.now_ms(), jenkins.state());
    read_only(ask, || answer(&World { settings: jenkins.settings(), state: &state, now }))
}

fn document(ask: &Ask<'_>, format: &str, make: impl FnOnce(&Pick) -> serde_json::Value) -> Response {
    match Pick::read(ask.field("tree"), ask.field("depth")) {
        Ok(pick) => pages::document(format, &make(&pick)),
        // Here Stapler throws an exception, and Jenkins shows this page for it.
        Err(_) => pages::oops(),
    }
}

fn strs(parts: &[String]) -> Vec<&str> {
    parts.iter().map(String::as_str).collect()
}
