//! Answers in the form in which Jenkins gives them, and in the form of the proxies in front of it.
//!
//! A client tells the two apart by the header `X-Jenkins`. Only [`signed`] adds that header.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, HeaderName, LOCATION};
use http::{HeaderValue, StatusCode};
use serde_json::Value;

/// The version of Jenkins whose sources were read.
const VERSION: &str = "2.579";

pub(super) fn html(status: u16, title: &str, text: &str) -> Response {
    let (title, text) = (escape(title), escape(text));
    let page = format!(
        "<!DOCTYPE html><html><head><title>{title}</title></head><body><h1>{title}</h1><p>{text}</p></body></html>"
    );
    with(status, "text/html;charset=utf-8", page)
}

pub(super) fn error(status: u16, text: &str) -> Response {
    html(status, &format!("Error {status}"), text)
}

/// The page that Jenkins shows after an exception. It does not say what happened.
pub(super) fn oops() -> Response {
    html(
        500,
        "Oops!",
        "A problem occurred while processing the request. Logging ID=00000000-0000-0000-0000-000000000000",
    )
}

pub(super) fn not_found() -> Response {
    error(404, "Not Found")
}

/// The answer if something needs a POST.
pub(super) fn post_only() -> Response {
    let mut response = html(405, "Method Not Allowed", "This URL requires POST");
    response.headers_mut().insert(http::header::ALLOW, HeaderValue::from_static("POST"));
    response
}

pub(super) fn redirect(status: u16, location: &str) -> Response {
    let mut response = with(status, "text/html;charset=utf-8", String::new());
    header(&mut response, LOCATION, location);
    response
}

pub(super) fn no_content() -> Response {
    with(204, "text/html;charset=utf-8", String::new())
}

pub(super) fn text(content: String) -> Response {
    with(200, "text/plain;charset=utf-8", content)
}

pub(super) fn json(value: &Value) -> Response {
    with(200, "application/json;charset=utf-8", value.to_string())
}

/// A document in the format that the end of its address names. There are only two formats here.
pub(super) fn document(format: &str, value: &Value) -> Response {
    match format {
        "json" => json(value),
        "python" => with(200, "text/x-python;charset=utf-8", python(value)),
        _ => not_found(),
    }
}

/// The same JSON as a Python literal. One of the Python clients still asks for it.
fn python(value: &Value) -> String {
    match value {
        Value::Null => "None".to_owned(),
        Value::Bool(true) => "True".to_owned(),
        Value::Bool(false) => "False".to_owned(),
        Value::Number(_) | Value::String(_) => value.to_string(),
        Value::Array(items) => format!("[{}]", items.iter().map(python).collect::<Vec<_>>().join(",")),
        Value::Object(fields) => {
            let fields = fields
                .iter()
                .map(|(name, value)| format!("{}:{}", Value::from(name.as_str()), python(value)));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
    }
}

/// Adds the headers that show that an answer is from Jenkins itself.
pub(super) fn signed(mut response: Response, restarts: u64) -> Response {
    header(&mut response, HeaderName::from_static("x-hudson"), "1.395");
    header(&mut response, HeaderName::from_static("x-jenkins"), VERSION);
    header(
        &mut response,
        HeaderName::from_static("x-jenkins-session"),
        &format!("{:08x}", 0x4cf2_812c + restarts),
    );
    response
}

/// The error page of a gateway.
pub(super) fn proxy(status: u16) -> Response {
    html(status, &StatusCode::from_u16(status).unwrap_or_default().to_string(), "nginx")
}

/// The redirect of a single sign-on in front of Jenkins.
pub(super) fn to_login() -> Response {
    redirect(302, "https://sso.example/login")
}

pub(super) fn login() -> Response {
    html(200, "Sign in", "Please sign in to continue.")
}

pub(super) fn header(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

pub(super) fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

fn with(status: u16, content_type: &'static str, content: String) -> Response {
    let mut response = Response::new(Body::from(content));
    // A test may ask for a status that HTTP does not have. Then it gets the status for an error of the server.
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}
