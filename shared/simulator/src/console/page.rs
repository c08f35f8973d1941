//! The page itself: files that are part of the program, and the answer to people who may not see it.
//!
//! Nothing in these files comes from outside, so nothing needs escaping. Everything that does come from outside goes
//! through the API, and the page inserts it as text.

use axum::extract::Path;
use axum::response::{Html, IntoResponse, Response};
use http::StatusCode;
use http::header::CONTENT_TYPE;

pub(super) async fn index() -> Html<&'static str> {
    Html(include_str!("page/index.html"))
}

pub(super) async fn asset(Path(name): Path<String>) -> Response {
    const SCRIPT: &str = "text/javascript; charset=utf-8";
    let (kind, content) = match name.as_str() {
        "console.css" => ("text/css; charset=utf-8", include_str!("page/console.css")),
        "palette.css" => ("text/css; charset=utf-8", include_str!("page/palette.css")),
        "sheet.css" => ("text/css; charset=utf-8", include_str!("page/sheet.css")),
        "sheet.js" => (SCRIPT, include_str!("page/sheet.js")),
        "messages.css" => ("text/css; charset=utf-8", include_str!("page/messages.css")),
        "console.js" => (SCRIPT, include_str!("page/console.js")),
        "blocks.js" => (SCRIPT, include_str!("page/blocks.js")),
        "composer.js" => (SCRIPT, include_str!("page/composer.js")),
        "dom.js" => (SCRIPT, include_str!("page/dom.js")),
        "focus.js" => (SCRIPT, include_str!("page/focus.js")),
        "messages.js" => (SCRIPT, include_str!("page/messages.js")),
        "fields.js" => (SCRIPT, include_str!("page/fields.js")),
        "forms.css" => ("text/css; charset=utf-8", include_str!("page/forms.css")),
        "home.js" => (SCRIPT, include_str!("page/home.js")),
        "menu.js" => (SCRIPT, include_str!("page/menu.js")),
        "confirm.js" => (SCRIPT, include_str!("page/confirm.js")),
        "shortcuts.js" => (SCRIPT, include_str!("page/shortcuts.js")),
        "modal.js" => (SCRIPT, include_str!("page/modal.js")),
        "picker.js" => (SCRIPT, include_str!("page/picker.js")),
        "view.js" => (SCRIPT, include_str!("page/view.js")),
        "mrkdwn.js" => (SCRIPT, include_str!("page/mrkdwn.js")),
        "server.js" => (SCRIPT, include_str!("page/server.js")),
        "emoji.txt" => ("text/plain; charset=utf-8", include_str!("page/emoji.txt")),
        "signal.svg" => ("image/svg+xml", include_str!("page/signal.svg")),
        _ => return missing().await.into_response(),
    };
    ([(CONTENT_TYPE, kind)], content).into_response()
}

pub(super) async fn missing() -> (StatusCode, &'static str) {
    (StatusCode::NOT_FOUND, "There is nothing here. The console is at /console.\n")
}

/// The answer to a missing or wrong token.
pub(super) fn unknown() -> Response {
    (StatusCode::UNAUTHORIZED, Html(include_str!("page/unknown.html"))).into_response()
}
