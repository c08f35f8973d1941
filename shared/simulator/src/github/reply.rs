//! What a call is answered with, before it is HTTP; and the shapes of GitHub's refusals.
//!
//! Shapes and codes: <https://docs.github.com/en/rest/using-the-rest-api/troubleshooting-the-rest-api>.

use serde_json::{Value, json};

/// Where a refusal sends its reader when no endpoint is to blame.
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

/// Both are answers; an `Err` is one that was not carried out, so that `?` reads as a refusal.
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

    /// A proxy's page, not GitHub's JSON.
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

    /// A refusal that names the endpoint's own page.
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
