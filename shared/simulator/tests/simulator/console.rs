//! Tests of each of the console's guards, and of its API as a terminal uses it.

use axum::Router;
use axum::body::Body;
use axum::routing::post;
use http::request::Builder;
use http::{Method, Request};
use http_body_util::BodyExt;
use serde_json::{Value, json};
use signalbox_simulator::console::{ConsoleOptions, router};
use tower::ServiceExt;

use crate::{Team, send, team};

const HOST: &str = "127.0.0.1:4500";
const COOKIE: &str = "signalbox_console_4500=the-token";

/// Every kind of route: the page, a file, the API, and an address that does not exist.
const PATHS: [&str; 8] = [
    "/console",
    "/console/console.js",
    "/console/api/state?user=UADA",
    "/console/api/about",
    "/console/api/stream",
    "/console/nothing",
    "/console/github/practice/shop/actions/runs/1",
    "/console/jenkins/job/shop/1/",
];

fn console(team: &Team) -> Router {
    team.slack.attach(Router::new().route("/slack/commands", post(async || "heard")));
    router(team.slack.clone(), ConsoleOptions::new("the-token"))
}

fn get(path: &str) -> Builder {
    Request::get(path).header("host", HOST)
}

/// Gives only the status, because the stream has no end.
async fn status(router: Router, request: Builder) -> u16 {
    router.oneshot(request.body(Body::empty()).unwrap()).await.unwrap().status().as_u16()
}

async fn ask(router: Router, request: Builder, body: &Value) -> (u16, Value) {
    let request =
        request.header("content-type", "application/json").body(Body::from(body.to_string())).unwrap();
    let (status, _, body) = send(router, request).await;
    (status, serde_json::from_str(&body).unwrap_or(Value::String(body)))
}

#[tokio::test]
async fn the_printed_address_gives_a_cookie_and_hides_the_token() {
    let request = get("/console?token=the-token").body(Body::empty()).unwrap();
    let (status, headers, _) = send(console(&team()), request).await;
    assert_eq!((status, headers["location"].to_str().unwrap()), (303, "/console"));
    let cookie = headers["set-cookie"].to_str().unwrap();
    assert_eq!(cookie, format!("{COOKIE}; Path=/console; HttpOnly; SameSite=Strict"));
    let (status, _, body) =
        send(console(&team()), get("/console").header("cookie", COOKIE).body(Body::empty()).unwrap()).await;
    assert!(status == 200 && body.contains("Signalbox console"));
}

#[tokio::test]
async fn without_the_token_nothing_is_shown() {
    for path in PATHS {
        assert_eq!(status(console(&team()), get(path)).await, 401, "{path}");
        for cookie in
            ["signalbox_console_4500=wrong", "signalbox_console_1=the-token", "signalbox_console_4500="]
        {
            assert_eq!(
                status(console(&team()), get(path).header("cookie", cookie)).await,
                401,
                "{path} {cookie}"
            );
        }
        let by_header = status(console(&team()), get(path).header("x-console-token", "the-token")).await;
        assert!(by_header == 200 || by_header == 404, "{path} {by_header}");
        assert_eq!(status(console(&team()), get(path).header("x-console-token", "the-toke")).await, 401);
    }
    let (status, _, body) =
        send(console(&team()), get("/console?token=wrong").body(Body::empty()).unwrap()).await;
    assert_eq!(status, 401);
    assert!(body.contains("Please use the address that Signalbox printed"));
}

#[tokio::test]
async fn an_empty_token_admits_nobody() {
    let team = team();
    let console = router(team.slack.clone(), ConsoleOptions::new(""));
    assert_eq!(status(console.clone(), get("/console?token=")).await, 401);
    assert_eq!(status(console, get("/console").header("x-console-token", "")).await, 401);
}

#[tokio::test]
async fn only_loopback_hosts_are_answered() {
    for path in PATHS {
        for host in ["evil.example", "127.0.0.1.evil.example:4500", "192.168.0.9:4500", "0.0.0.0:4500", ""] {
            let request = Request::get(path).header("host", host).header("x-console-token", "the-token");
            assert_eq!(status(console(&team()), request).await, 403, "{path} {host}");
        }
        let request = Request::get(path).header("x-console-token", "the-token");
        assert_eq!(status(console(&team()), request).await, 403, "{path} without a host");
    }
    for host in ["localhost:4500", "LOCALHOST:9", "[::1]:4500", "127.0.0.1"] {
        let request = Request::get("/console").header("host", host).header("x-console-token", "the-token");
        assert_eq!(status(console(&team()), request).await, 200, "{host}");
    }
}

#[tokio::test]
async fn other_origins_are_refused_whatever_else_they_bring() {
    for path in PATHS {
        for origin in [
            "https://evil.example",
            "http://127.0.0.1:4501",
            "http://localhost:4500",
            "https://127.0.0.1:4500",
            "null",
            "",
        ] {
            let request = get(path)
                .header("origin", origin)
                .header("cookie", COOKIE)
                .header("x-console-token", "the-token");
            assert_eq!(status(console(&team()), request).await, 403, "{path} {origin}");
        }
    }
    let request = get("/console").header("origin", format!("http://{HOST}")).header("cookie", COOKIE);
    assert_eq!(status(console(&team()), request).await, 200);
}

#[tokio::test]
async fn typing_takes_the_page_itself_or_the_header() {
    let body = json!({"user": "UADA", "channel": "CRELEASES", "line": "/x"});
    let post = || Request::post("/console/api/slash").header("host", HOST);
    for (request, expect) in [
        (post().header("cookie", COOKIE), 403),
        (post().header("cookie", COOKIE).header("sec-fetch-site", "cross-site"), 403),
        (post().header("cookie", COOKIE).header("sec-fetch-site", "same-site"), 403),
        (post().header("cookie", COOKIE).header("sec-fetch-site", "same-origin"), 200),
        (post().header("cookie", COOKIE).header("origin", format!("http://{HOST}")), 200),
        (post().header("origin", format!("http://{HOST}")), 401),
        (post().header("x-console-token", "the-token"), 200),
        (post().header("x-console-token", "wrong"), 403),
        (post().header("x-console-token", "the-token").header("origin", "http://evil.example"), 403),
        (post(), 403),
    ] {
        let shown = format!("{:?}", request.headers_ref());
        assert_eq!(ask(console(&team()), request, &body).await.0, expect, "{shown}");
    }
}

#[tokio::test]
async fn every_answer_carries_the_headers() {
    let kinds = [
        (get("/console").header("cookie", COOKIE), 200),
        (get("/console/console.css").header("cookie", COOKIE), 200),
        (get("/console/nothing").header("cookie", COOKIE), 404),
        (get("/console"), 401),
        (Request::get("/console").header("host", "evil.example"), 403),
        (get("/console?token=the-token"), 303),
        (
            Request::builder()
                .method(Method::DELETE)
                .uri("/console")
                .header("host", HOST)
                .header("x-console-token", "the-token"),
            405,
        ),
    ];
    for (request, expect) in kinds {
        let (status, headers, _) = send(console(&team()), request.body(Body::empty()).unwrap()).await;
        assert_eq!(status, expect);
        let policy = headers["content-security-policy"].to_str().unwrap();
        assert!(policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"));
        assert!(!policy.contains("unsafe"));
        assert_eq!(headers["x-content-type-options"], "nosniff");
        assert_eq!(headers["referrer-policy"], "no-referrer");
        assert_eq!(headers["cache-control"], "no-store");
    }
}

#[tokio::test]
async fn other_routes_of_the_same_server_stay_open() {
    let console = console(&team());
    let server = Router::new().route("/healthz", axum::routing::get(async || "ok")).merge(console);
    assert_eq!(status(server.clone(), Request::get("/healthz")).await, 200);
    assert_eq!(status(server, Request::get("/elsewhere")).await, 404);
}

#[tokio::test]
async fn a_terminal_types_looks_and_presses() {
    let team = team();
    let console = console(&team);
    let with = |builder: Builder| builder.header("host", HOST).header("x-console-token", "the-token");
    let line = json!({"user": "UADA", "channel": "CRELEASES", "line": "/ask @Mallory"});
    let (status, answer) = ask(console.clone(), with(Request::post("/console/api/slash")), &line).await;
    assert_eq!(
        (status, &answer["status"], &answer["ephemeral"]["plain"]),
        (200, &json!(200), &json!("heard"))
    );

    let (_, state) =
        ask(console.clone(), with(Request::get("/console/api/state?user=UADA")), &Value::Null).await;
    assert_eq!(state["channels"][0]["typed"][0]["text"], "/ask <@UMALLORY|Mallory>");
    assert_eq!(state["channels"][0]["ephemerals"][0]["plain"], "heard");
    let since = format!("/console/api/state?user=UADA&since={}", state["version"]);
    let (_, same) = ask(console.clone(), with(Request::get(since)), &Value::Null).await;
    assert_eq!(same, json!({"version": state["version"], "unchanged": true}));
    let (_, other) =
        ask(console.clone(), with(Request::get("/console/api/state?user=UMALLORY")), &Value::Null).await;
    assert_eq!(
        (&other["channels"][0]["typed"], &other["channels"][0]["ephemerals"]),
        (&json!([]), &json!([]))
    );

    let aloud = json!({"user": "UADA", "channel": "CRELEASES", "line": "hello"});
    let (_, answer) = ask(console.clone(), with(Request::post("/console/api/slash")), &aloud).await;
    assert!(answer["note"].is_string());
    assert_eq!(team.slack.messages("CRELEASES")[0].text, "hello");

    let press = json!({"user": "UADA", "channel": "CRELEASES", "ts": "1.2", "action_id": "cancel"});
    let (status, answer) = ask(console.clone(), with(Request::post("/console/api/press")), &press).await;
    assert_eq!((status, &answer["error"]), (422, &json!("UADA sees no message 1.2")));
    let unknown = ask(console, with(Request::get("/console/api/state?user=UNOBODY")), &Value::Null).await;
    assert_eq!(unknown.0, 422);
}

#[tokio::test]
async fn the_stream_tells_of_changes_until_the_workspace_hangs_up() {
    let team = team();
    let request = get("/console/api/stream").header("cookie", COOKIE).body(Body::empty()).unwrap();
    let mut body = console(&team).oneshot(request).await.unwrap().into_body();
    let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
    let version: u64 = *team.slack.changed().borrow();
    assert_eq!(first, format!("data: {{\"version\":{version}}}\n\n"));
    team.post("news").await;
    let second = body.frame().await.unwrap().unwrap().into_data().unwrap();
    assert_eq!(second, format!("data: {{\"version\":{}}}\n\n", version + 1));
    team.slack.hang_up();
    assert!(body.frame().await.is_none(), "the stream ends, so that a server can stop");
}
