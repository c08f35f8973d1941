//! Addresses that answer with JSON, or with anything.

use super::{ask, denied, listed, outside, serve, unanswered};
use axum::Router;
use axum::body::Body;
use axum::extract::Request;
use axum::response::Response;
use signalbox_backends::Web;
use signalbox_domain::lookup::{Check, Question, Reply, Source};

async fn server() -> String {
    serve(Router::new().fallback(async |request: Request| {
        let (status, body) = match request.uri().path() {
            "/versions" => (200, r#"{"versions":[{"name":"1.2.0"},{"name":"1.10.0"},{"id":1}]}"#.to_owned()),
            "/many" => (200, format!("[{}1]", "1,".repeat(300_000))),
            "/long" => (200, format!("{}the end", "x".repeat(1 << 20))),
            "/page" => (200, "<html>Sign in</html>".to_owned()),
            "/health" => (200, "all is well".to_owned()),
            path => (path[1..].parse().unwrap(), String::new()),
        };
        Response::builder().status(status).body(Body::from(body)).unwrap()
    }))
    .await
}

fn json(url: &str, path: &str) -> Source {
    Source::Json { url: url.to_owned(), path: path.to_owned() }
}

fn answers(url: &str, status: u16, contains: Option<&str>) -> Question {
    let contains = contains.map(str::to_owned);
    Question::Check(Check::Answers { url: url.to_owned(), status, contains })
}

#[tokio::test]
async fn values_are_found_in_json() {
    let (host, web) = (server().await, Web(outside(None)));
    let at = |path: &str| format!("http://{host}{path}");
    let source = || json(&at("/versions"), "versions[].name");
    assert_eq!(
        listed(ask(&web, Question::Values(source())).await),
        (["1.10.0", "1.2.0"].map(str::to_owned).to_vec(), false)
    );
    let check = |value: &str| Question::Check(Check::Listed { value: value.to_owned(), source: source() });
    assert_eq!(ask(&web, check("1.2.0")).await, Ok(Reply::Holds));
    assert_eq!(denied(ask(&web, check("1.2")).await), format!("{host} does not list 1.2"));
    for (path, what, says) in [
        ("/page", "a", "no JSON"),
        ("/versions", "names[].x", "JSON without `names[].x`"),
        ("/long", "a", "longer than 1 MiB"),
        ("/401", "a", "wants credentials"),
        ("/403", "a", "wants credentials"),
        ("/404", "a", "does not show it"),
        ("/429", "a", "asked too often"),
        ("/503", "a", "answered 503"),
        ("/304", "a", "sends us elsewhere"),
    ] {
        for question in [
            Question::Values(json(&at(path), what)),
            Question::Check(Check::Listed { value: "1".to_owned(), source: json(&at(path), what) }),
        ] {
            let why = unanswered(ask(&web, question).await);
            assert!(why.contains(says), "{path}: {why}");
        }
    }
}

#[tokio::test]
async fn an_address_answers_as_it_should_or_not() {
    let (host, web) = (server().await, Web(outside(None)));
    let at = |path: &str| format!("http://{host}{path}?token=secret");
    assert_eq!(ask(&web, answers(&at("/health"), 200, None)).await, Ok(Reply::Holds));
    assert_eq!(ask(&web, answers(&at("/health"), 200, Some("is well"))).await, Ok(Reply::Holds));
    assert_eq!(ask(&web, answers(&at("/404"), 404, None)).await, Ok(Reply::Holds));
    let why = denied(ask(&web, answers(&at("/503"), 200, None)).await);
    assert_eq!(why, format!("{host} answers with 503 and not with 200"));
    let why = denied(ask(&web, answers(&at("/health"), 200, Some("is bad"))).await);
    assert_eq!(why, format!("{host} answers with 200, and without \"is bad\""));
    // What was cut off may have had the words.
    let why = unanswered(ask(&web, answers(&at("/long"), 200, Some("the end"))).await);
    assert!(why.contains("longer"), "{why}");
    unanswered(ask(&web, answers(&at("/429"), 200, None)).await);
    for url in [
        "http://127.0.0.1:1/?token=secret",
        "https://example.com/?token=secret",
        "http://a:secret@127.0.0.1/",
        "x",
    ] {
        let why = unanswered(ask(&web, answers(url, 200, None)).await);
        assert!(!why.contains("secret"), "{why}");
    }
}
