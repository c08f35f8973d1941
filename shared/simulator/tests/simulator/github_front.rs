//! The front of the simulated GitHub: who may call it, what limits calls, and what can go wrong with a call.

use aws_lc_rs::encoding::{AsDer, PublicKeyX509Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};
use signalbox_simulator::github::{GitHubApp, GitHubFault};

use crate::NOW;
use crate::github::{DISPATCH, Got, Hub, RUNS, hub, hub_with};

const MINT: &str = "/app/installations/7/access_tokens";

#[tokio::test]
async fn requests_without_the_headers_that_github_asks_for_are_refused() {
    let hub = hub();
    for (header, status, message) in [
        (("user-agent", ""), 403, ""),
        (("authorization", ""), 401, "Requires authentication"),
        (("authorization", "Bearer nope"), 401, "Bad credentials"),
        (("authorization", "Basic github_pat_practice"), 401, "Bad credentials"),
        (("authorization", "github_pat_practice"), 401, "Bad credentials"),
        (("authorization", "token github_pat_practice"), 200, ""),
        (("x-github-api-version", "2021-01-01"), 400, "The API version \"2021-01-01\" is not supported."),
        (("x-github-api-version", ""), 200, ""),
        (
            ("accept", "text/html"),
            415,
            "Unsupported 'Accept' header: 'text/html'. Must accept 'application/json'.",
        ),
    ] {
        let got = hub.ask("GET", RUNS, &Value::Null, &[header]).await;
        assert_eq!((got.status, got.message()), (status, message), "{header:?}");
    }
    let text = [("content-type", "text/plain")];
    assert_eq!(hub.ask("POST", DISPATCH, &json!({"ref": "main"}), &text).await.status, 415);
    for path in ["/repos/acme/other/actions/workflows/release.yml/runs", "/repos/acme/shop", "/", "/users"] {
        let got = hub.get(path).await;
        assert_eq!((got.status, got.message()), (404, "Not Found"), "{path}");
        assert_eq!(got.json["status"], "404");
    }
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again_and_not_counted() {
    let hub = hub();
    let run = hub.dispatched().await;
    let first = hub.get(&run).await;
    let tag = first.header("etag").to_owned();
    assert_eq!((first.header("x-ratelimit-used"), first.header("x-ratelimit-remaining")), ("2", "4998"));
    let again = async || hub.ask("GET", &run, &Value::Null, &[("if-none-match", &tag)]).await;
    let got = again().await;
    assert_eq!((got.status, got.text.as_str(), got.header("x-ratelimit-used")), (304, "", "2"));
    assert_eq!(got.header("etag"), tag);
    hub.pass_ms(1_000);
    let got = again().await;
    assert_eq!((got.status, got.header("x-ratelimit-used")), (200, "3"));
    assert_ne!(got.header("etag"), tag);
    let calls = hub.github.calls();
    let counted: Vec<_> = calls.iter().map(|call| (call.status, call.conditional, call.counted)).collect();
    assert_eq!(counted, [(200, false, true), (200, false, true), (304, true, false), (200, true, true)]);
}

#[tokio::test]
async fn the_primary_limit_is_kept_by_the_clock() {
    let hub = hub_with(|settings| settings.primary_limit = 3);
    for used in ["1", "2", "3"] {
        let got = hub.get(RUNS).await;
        assert_eq!((got.status, got.header("x-ratelimit-used")), (200, used));
        hub.pass_ms(1_000);
    }
    let got = hub.get(RUNS).await;
    assert_eq!((got.status, got.message()), (403, "API rate limit exceeded for user ID 1."));
    assert_eq!(
        (got.header("x-ratelimit-remaining"), got.header("x-ratelimit-reset"), got.header("retry-after")),
        ("0", (NOW + 3_600).to_string().as_str(), "")
    );
    let limits = hub.get("/rate_limit").await;
    assert_eq!((limits.status, &limits.json["resources"]["core"]["remaining"]), (200, &json!(0)));
    assert!(limits.json.get("rate").is_none(), "2026-03-10 has none");
    let old = hub.ask("GET", "/rate_limit", &Value::Null, &[("x-github-api-version", "2022-11-28")]).await;
    assert_eq!(old.json["rate"]["limit"], 3);
    hub.pass_ms(3_596_999);
    assert_eq!(hub.get(RUNS).await.status, 403);
    hub.pass_ms(1);
    assert_eq!(hub.get(RUNS).await.status, 200);
}

#[tokio::test]
async fn the_secondary_limit_counts_a_write_as_five_reads() {
    let hub = hub_with(|settings| settings.secondary_limit = 12);
    let dispatch = json!({"ref": "main", "inputs": {"service": "shop"}});
    for _ in 0..2 {
        assert_eq!(hub.post(DISPATCH, dispatch.clone()).await.status, 200);
    }
    let got = hub.post(DISPATCH, dispatch.clone()).await;
    assert_eq!((got.status, got.header("retry-after")), (403, "60"));
    assert!(got.message().starts_with("You have exceeded a secondary rate limit."));
    assert_ne!(got.header("x-ratelimit-remaining"), "0");
    assert_eq!(hub.get(RUNS).await.status, 200);
    assert_eq!(hub.get(RUNS).await.status, 200);
    assert_eq!(hub.get(RUNS).await.status, 403);
    hub.pass_ms(60_000);
    assert_eq!(hub.post(DISPATCH, dispatch).await.status, 200);
    assert_eq!(hub.github.dispatches(), 3);
}

#[tokio::test]
async fn faults_are_met_once_and_in_order() {
    let hub = hub();
    let dispatch = || hub.post(DISPATCH, json!({"ref": "main", "inputs": {"service": "shop"}}));
    hub.github.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    hub.github.fault("/dispatches", "POST", GitHubFault::Status(500));
    hub.github.fault("/dispatches", "*", GitHubFault::PrimaryLimit { reset_in_s: 90 });
    hub.github.fault("/dispatches", "POST", GitHubFault::SecondaryLimit { retry_after_s: Some(7) });
    hub.github.fault("/dispatches", "POST", GitHubFault::SecondaryLimit { retry_after_s: None });
    hub.github.fault("/dispatches", "POST", GitHubFault::Html(503));
    hub.github.fault("/dispatches", "POST", GitHubFault::Redirect("https://api.github.com/elsewhere".into()));
    assert_eq!(hub.get(RUNS).await.status, 200, "it is none of these calls");

    let lost = dispatch().await;
    assert_eq!((lost.status, lost.text.as_str(), hub.github.dispatches()), (502, "", 1));
    let failed = dispatch().await;
    assert_eq!((failed.status, failed.json["status"].as_str()), (500, Some("500")));
    let limited = dispatch().await;
    assert_eq!((limited.status, limited.header("x-ratelimit-remaining")), (403, "0"));
    assert_eq!(limited.header("x-ratelimit-reset"), (NOW + 90).to_string());
    let slow = dispatch().await;
    assert_eq!((slow.status, slow.header("retry-after")), (429, "7"));
    let slow = dispatch().await;
    assert_eq!((slow.status, slow.header("retry-after")), (429, ""));
    let page = dispatch().await;
    assert_eq!((page.status, page.header("content-type")), (503, "text/html; charset=utf-8"));
    assert_eq!(page.header("x-ratelimit-limit"), "", "a proxy knows no limits");
    let moved = dispatch().await;
    assert_eq!((moved.status, moved.header("location")), (307, "https://api.github.com/elsewhere"));
    assert_eq!(hub.github.dispatches(), 1, "only the lost one was carried out");
    assert_eq!(dispatch().await.status, 200);
}

#[tokio::test]
async fn while_github_is_down_nothing_is_carried_out_and_no_fault_is_used_up() {
    let hub = hub();
    hub.github.fault("/runs", "GET", GitHubFault::Status(500));
    hub.github.down(true);
    let got = hub.get(RUNS).await;
    assert_eq!((got.status, got.json), (503, Value::Null));
    assert!(got.text.starts_with("<!DOCTYPE html>"));
    hub.github.down(false);
    assert_eq!(hub.get(RUNS).await.status, 500);
    assert_eq!(hub.get(RUNS).await.status, 200);
}

/// An app with its own key.
pub(crate) struct Keyed {
    pub(crate) hub: Hub,
    key: RsaKeyPair,
}

pub(crate) fn keyed() -> Keyed {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let der: PublicKeyX509Der<'_> = key.public_key().as_der().unwrap();
    let pem = format!(
        "-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n",
        BASE64_STANDARD.encode(der.as_ref())
    );
    Keyed { hub: hub_with(|settings| settings.app = Some(GitHubApp::new(4711, 7, pem))), key }
}

impl Keyed {
    /// A JWT with these claims, signed with the app's key.
    fn jwt(&self, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({"alg": "RS256", "typ": "JWT"})), part(claims));
        let mut signature = vec![0; self.key.public_modulus_len()];
        self.key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature).unwrap();
        format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }

    pub(crate) async fn mint(&self, claims: &Value, body: &Value) -> Got {
        let bearer = format!("Bearer {}", self.jwt(claims));
        self.hub.ask("POST", MINT, body, &[("authorization", &bearer)]).await
    }

    pub(crate) async fn get_as_app(&self, claims: &Value, path: &str) -> Got {
        let bearer = format!("Bearer {}", self.jwt(claims));
        self.hub.ask("GET", path, &Value::Null, &[("authorization", &bearer)]).await
    }

    pub(crate) async fn get_with(&self, token: &Value, path: &str) -> Got {
        let bearer = format!("Bearer {}", token.as_str().unwrap());
        self.hub.ask("GET", path, &Value::Null, &[("authorization", &bearer)]).await
    }
}

#[tokio::test]
async fn an_installation_gets_a_token_for_an_hour_and_its_runs_are_the_apps() {
    let app = keyed();
    let claims = |now: i64| json!({"iss": "4711", "iat": now - 60, "exp": now + 540});
    let got = app.mint(&claims(NOW), &Value::Null).await;
    assert_eq!(got.status, 201, "{}", got.text);
    assert_eq!(
        (&got.json["expires_at"], &got.json["permissions"]["actions"]),
        (&json!("2018-07-12T19:36:58Z"), &json!("write"))
    );
    let token = got.json["token"].clone();
    let bearer = format!("token {}", token.as_str().unwrap());
    let body = json!({"ref": "main", "inputs": {"service": "shop"}});
    let got = app.hub.ask("POST", DISPATCH, &body, &[("authorization", &bearer)]).await;
    assert_eq!((got.status, app.hub.github.runs()[0].actor.as_str()), (200, "signalbox[bot]"));

    app.hub.pass_ms(3_599_999);
    assert_eq!(app.get_with(&token, RUNS).await.status, 200);
    app.hub.pass_ms(1);
    assert_eq!(app.get_with(&token, RUNS).await.message(), "Bad credentials");
    let renewed = app.mint(&claims(NOW + 3_600), &Value::Null).await.json["token"].clone();
    assert_ne!(renewed, token);
    assert_eq!(app.get_with(&renewed, RUNS).await.status, 200);
}

#[tokio::test]
async fn a_jwt_that_does_not_hold_mints_nothing() {
    let app = keyed();
    let good = json!({"iss": 4711, "iat": NOW, "exp": NOW + 600});
    assert_eq!(app.mint(&good, &Value::Null).await.status, 201);
    let client = json!({"iss": "Iv23li00000000004711", "iat": NOW + 60, "exp": NOW + 600});
    assert_eq!(app.mint(&client, &Value::Null).await.status, 201);
    for (claims, status, words) in [
        (json!({"iss": 4712, "iat": NOW, "exp": NOW + 600}), 404, "Integration not found"),
        (json!({"iss": 4711, "iat": NOW + 61, "exp": NOW + 600}), 401, "'iat'"),
        (json!({"iss": 4711, "exp": NOW + 600}), 401, "'iat'"),
        (json!({"iss": 4711, "iat": NOW, "exp": NOW + 601}), 401, "too far in the future"),
        (json!({"iss": 4711, "iat": NOW, "exp": NOW}), 401, "'exp'"),
    ] {
        let got = app.mint(&claims, &Value::Null).await;
        assert_eq!(got.status, status, "{claims} {}", got.text);
        assert!(got.message().contains(words), "{}", got.message());
    }
    let stranger = keyed();
    for token in [stranger.jwt(&good), "github_pat_practice".to_owned(), app.jwt(&good).replace('.', "..")] {
        let got =
            app.hub.ask("POST", MINT, &Value::Null, &[("authorization", &format!("Bearer {token}"))]).await;
        assert_eq!((got.status, got.message()), (401, "A JSON web token could not be decoded"), "{token}");
    }
    // The JWT is accepted only by the app's own endpoints.
    let got = app.get_with(&json!(app.jwt(&good)), RUNS).await;
    assert_eq!(got.message(), "Bad credentials");
    let bearer = format!("Bearer {}", app.jwt(&good));
    let other = "/app/installations/8/access_tokens";
    assert_eq!(app.hub.ask("POST", other, &Value::Null, &[("authorization", &bearer)]).await.status, 404);
}

#[tokio::test]
async fn a_narrowed_token_may_do_what_it_was_given_and_no_more() {
    let app = keyed();
    let claims = json!({"iss": 4711, "iat": NOW, "exp": NOW + 600});
    let read = json!({"repositories": ["shop"], "permissions": {"actions": "read"}});
    let got = app.mint(&claims, &read).await.json;
    assert_eq!(
        (&got["repository_selection"], &got["permissions"]),
        (&json!("selected"), &json!({"actions": "read"}))
    );
    assert_eq!(app.get_with(&got["token"], RUNS).await.status, 200);
    let file = "/repos/acme/shop/contents/.github/workflows/release.yml";
    assert_eq!(app.get_with(&got["token"], file).await.status, 403);
    let bearer = format!("Bearer {}", got["token"].as_str().unwrap());
    let body = json!({"ref": "main", "inputs": {"service": "shop"}});
    let refused = app.hub.ask("POST", DISPATCH, &body, &[("authorization", &bearer)]).await;
    assert_eq!((refused.status, refused.message()), (403, "Resource not accessible by integration"));
    assert_eq!(app.hub.github.dispatches(), 0);

    let none = app.mint(&claims, &json!({"repositories": []})).await.json;
    assert_eq!(app.get_with(&none["token"], RUNS).await.status, 404);
    for body in [
        json!({"repositories": ["secret"]}),
        json!({"repository_ids": [1]}),
        json!({"permissions": {"administration": "write"}}),
        json!({"permissions": {"contents": "write"}}),
        json!({"permission": {}}),
    ] {
        assert_eq!(app.mint(&claims, &body).await.status, 422, "{body}");
    }
}
