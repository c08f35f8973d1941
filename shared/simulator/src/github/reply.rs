//! The answer to a call before it becomes HTTP, and the shapes of GitHub's refusals.
//!
//! Shapes and codes: <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>.

use axum::body::Body;
use axum::response::Response;
use http::header::{CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue};
use serde_json::{Value, json};

use super::wire::git_id;

/// The documentation that a refusal names if it is not about an endpoint.
pub(super) const DOCUMENTATION: &str = "https://docs.github.com/rest";

/// A body and its media type.
#[derive(Clone, Debug)]
pub(super) enum Content {
    Empty,
    Json(Value),
    Text(&'static str, String),
}

#[derive(Clone, Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) content: Content,
    pub(super) headers: Vec<(&'static str, String)>,
}

/// Both variants are answers. `Err` is the answer to a call that was not carried out, so that `?` can return a
/// refusal.
pub(super) type Answer = Result<Reply, Reply>;

impl Reply {
    pub(super) fn new(status: u16, content: Content) -> Reply {
        Reply { status, content, headers: Vec::new() }
    }

    pub(super) fn json(status: u16, body: Value) -> Reply {
        Reply::new(status, Content::Json(body))
    }

    pub(super) fn empty(status: u16) -> Reply {
        Reply::new(status, Content::Empty)
    }

    /// The page of a proxy in place of GitHub's JSON.
    pub(super) fn html(status: u16) -> Reply {
        let page = format!(
            "<!DOCTYPE html>\n<html>\n<head><title>{status}</title></head>\n\
             <body><h1>{status}</h1><p>No server is currently available to service your request.</p></body>\n</html>\n"
        );
        Reply::new(status, Content::Text("text/html; charset=utf-8", page))
    }

    pub(super) fn refusal(status: u16, message: impl Into<String>) -> Reply {
        Reply::refusal_of(DOCUMENTATION, status, message)
    }

    /// A refusal that names the documentation of the endpoint.
    pub(super) fn refusal_of(page: &str, status: u16, message: impl Into<String>) -> Reply {
        let message: String = message.into();
        Reply::json(
            status,
            json!({"message": message, "documentation_url": page, "status": status.to_string()}),
        )
    }

    pub(super) fn not_found() -> Reply {
        Reply::refusal(404, "Not Found")
    }

    #[must_use]
    pub(super) fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }
}

/// GitHub's words for a body or query that does not fit its schema.
pub(super) fn not_permitted(page: &str, key: &str) -> Reply {
    Reply::refusal_of(page, 422, format!("Invalid request.\n\n\"{key}\" is not a permitted key."))
}

/// Adds an `ETag`. If the caller has this content already, the answer becomes a 304.
pub(super) fn tagged(reply: Reply, headers: &HeaderMap) -> Reply {
    let words = match &reply.content {
        _ if reply.status != 200 => return reply,
        Content::Empty => String::new(),
        Content::Json(value) => value.to_string(),
        Content::Text(_, text) => text.clone(),
    };
    let tag = format!("W/\"{}\"", git_id(&words));
    let known = headers.get(IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    // The comparison is a weak one, and the header may be a list of tags.
    let strong = tag.trim_start_matches("W/");
    let same = known.split(',').any(|tag| tag.trim().trim_start_matches("W/") == strong);
    let reply = if same { Reply::empty(304) } else { reply };
    reply.header("etag", tag).header("cache-control", "private, max-age=60, s-maxage=60")
}

pub(super) fn http_response(reply: Reply) -> Response {
    let (media, body) = match reply.content {
        Content::Empty => (None, Body::empty()),
        Content::Json(value) => (Some("application/json; charset=utf-8"), Body::from(value.to_string())),
        Content::Text(media, text) => (Some(media), Body::from(text)),
    };
    let mut response = Response::new(body);
    *response.status_mut() = http::StatusCode::from_u16(reply.status).unwrap_or_default();
    let headers = response.headers_mut();
    if let Some(media) = media {
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    }
    for (name, value) in reply.headers {
        if let Ok(value) = HeaderValue::from_str(&value) {
            headers.insert(name, value);
        }
    }
    response
}
