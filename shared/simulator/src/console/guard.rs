//! Who may use the console: somebody on this machine who has the address that the program printed.
//!
//! A page of another site in the person's browser can reach a server on the loopback address, so three guards are
//! needed: the `Host` (against DNS rebinding), the `Origin` (against forged requests) and a token (against other
//! users of the machine). All three protect every route of the console, and none of them may be weakened for
//! convenience. Background:
//! <https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html>.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use hmac::{Hmac, KeyInit, Mac};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderName, LOCATION, ORIGIN, REFERRER_POLICY,
    SET_COOKIE, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use sha2::Sha256;

use super::{Console, page};

/// The header in which a terminal sends its token.
const TOKEN_HEADER: &str = "x-console-token";
const POLICY: &str =
    "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) async fn guard(State(console): State<Console>, request: Request, next: Next) -> Response {
    let mut response = match admit(&console.options.token, &request) {
        Admission::Pass => next.run(request).await,
        Admission::Remember { cookie } => {
            (StatusCode::SEE_OTHER, [(LOCATION, "/console".to_owned()), (SET_COOKIE, cookie)]).into_response()
        }
        Admission::Forbidden(why) => (StatusCode::FORBIDDEN, why).into_response(),
        Admission::Unknown => page::unknown(),
    };
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(
        HeaderName::from_static("cross-origin-opener-policy"),
        HeaderValue::from_static("same-origin"),
    );
    headers.insert(
        HeaderName::from_static("cross-origin-resource-policy"),
        HeaderValue::from_static("same-origin"),
    );
    response
}

enum Admission {
    Pass,
    /// The request used the printed address. The token is put into a cookie, and from now on no address contains it.
    Remember {
        cookie: String,
    },
    Forbidden(&'static str),
    Unknown,
}

fn admit(token: &str, request: &Request) -> Admission {
    let headers = request.headers();
    let host = header(headers, HOST).unwrap_or_default();
    let Some(port) = loopback_port(host) else {
        return Admission::Forbidden("The console answers on 127.0.0.1, localhost and [::1] only.\n");
    };
    let by_header = header(headers, TOKEN_HEADER).is_some_and(|given| same(token, given));
    if !same_origin(request.method(), headers, host, by_header) {
        return Admission::Forbidden("The console answers its own page only.\n");
    }
    let cookie = format!("signalbox_console_{port}");
    let in_address = request.uri().query().and_then(|query| {
        form_urlencoded::parse(query.as_bytes())
            .find(|(name, _)| name == "token")
            .map(|(_, value)| value.into_owned())
    });
    if let Some(given) = in_address.filter(|_| request.uri().path() == "/console") {
        // The cookie is not `Secure`, because this is plain HTTP on the loopback address.
        let cookie = format!("{cookie}={token}; Path=/console; HttpOnly; SameSite=Strict");
        return if same(token, &given) { Admission::Remember { cookie } } else { Admission::Unknown };
    }
    let by_cookie = cookies(headers).any(|(name, given)| name == cookie && same(token, given));
    if by_header || by_cookie { Admission::Pass } else { Admission::Unknown }
}

/// The port of a loopback `Host`. Browsers do not separate cookies by port, so the port becomes part of the cookie's
/// name.
fn loopback_port(host: &str) -> Option<u16> {
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, port.parse().ok()?),
        _ => (host, 80),
    };
    let loopback = ["127.0.0.1", "localhost", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known));
    loopback.then_some(port)
}

/// A request that has an `Origin` must have this one. A request that changes something must have one, or come from
/// the same origin by `Sec-Fetch-Site`, unless it has the token in our own header: no page of another site can add
/// that.
fn same_origin(method: &Method, headers: &HeaderMap, host: &str, by_header: bool) -> bool {
    let site = header(headers, "sec-fetch-site");
    if let Some(origin) = header(headers, ORIGIN) {
        return origin.strip_prefix("http://").is_some_and(|origin| origin.eq_ignore_ascii_case(host));
    }
    match *method {
        Method::GET | Method::HEAD => true,
        _ => by_header || site == Some("same-origin"),
    }
}

/// Compares in constant time. It compares keyed hashes of both texts, so that the time tells neither content nor
/// length.
fn same(token: &str, given: &str) -> bool {
    let keyed = |text: &str| {
        let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).ok()?;
        mac.update(text.as_bytes());
        Some(mac)
    };
    let (Some(expected), Some(given)) = (keyed(token), keyed(given)) else { return false };
    // Without this check, an empty token would admit everyone.
    !token.is_empty() && given.verify_slice(&expected.finalize().into_bytes()).is_ok()
}

fn header(headers: &HeaderMap, name: impl http::header::AsHeaderName) -> Option<&str> {
    headers.get(name).map(|value| value.to_str().unwrap_or("unreadable"))
}

fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let values = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(';')).filter_map(|pair| pair.trim().split_once('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_loopback_hosts_have_a_port_here() {
        for (host, port) in [
            ("127.0.0.1:4500", Some(4500)),
            ("localhost", Some(80)),
            ("LOCALHOST:1", Some(1)),
            ("[::1]:8080", Some(8080)),
            ("[::1]", Some(80)),
            ("", None),
            ("127.0.0.1.evil.example:80", None),
            ("evil.example", None),
            ("192.168.0.1:4500", None),
            ("localhost:port", None),
            ("::1", None),
            ("localhost@evil.example", None),
        ] {
            assert_eq!(loopback_port(host), port, "{host}");
        }
    }

    #[test]
    fn tokens_compare_whole() {
        assert!(same("abc", "abc"));
        for wrong in ["", "ab", "abcd", "ABC"] {
            assert!(!same("abc", wrong), "{wrong}");
        }
        assert!(!same("", ""));
    }
}
