//! Reads what a registry wants before it answers: `WWW-Authenticate: Bearer realm="…",service="…",scope="…"`.
//! <https://distribution.github.io/distribution/spec/auth/token/>

use http::HeaderMap;
use http::header::WWW_AUTHENTICATE;

/// Where tokens are handed out, and for what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Challenge {
    pub(super) realm: String,
    pub(super) service: Option<String>,
    pub(super) scope: Option<String>,
}

/// The first challenge for a bearer token among these headers.
pub(super) fn bearer(headers: &HeaderMap) -> Option<Challenge> {
    headers.get_all(WWW_AUTHENTICATE).iter().find_map(|value| read(value.to_str().ok()?))
}

fn read(value: &str) -> Option<Challenge> {
    let (scheme, rest) = value.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return None;
    }
    let (mut realm, mut service, mut scope) = (None, None, None);
    let mut rest = rest.trim_start();
    while !rest.is_empty() {
        let (name, after) = rest.split_once('=')?;
        let (text, behind) = match after.trim_start().strip_prefix('"') {
            Some(quoted) => quoted_text(quoted)?,
            None => {
                let end = after.find(',').unwrap_or(after.len());
                (after[..end].trim().to_owned(), &after[end..])
            }
        };
        match name.trim().to_ascii_lowercase().as_str() {
            "realm" => realm = Some(text),
            "service" => service = Some(text),
            "scope" => scope = Some(text),
            _ => {}
        }
        rest = behind.trim_start().trim_start_matches(',').trim_start();
    }
    Some(Challenge { realm: realm?, service, scope })
}

/// The text up to the quote that ends it, and what stands behind that.
fn quoted_text(text: &str) -> Option<(String, &str)> {
    let mut out = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((out, &text[at + 1..])),
            '\\' => out.push(chars.next()?.1),
            c => out.push(c),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wanted_is_read() {
        let of = |realm: &str, service: Option<&str>, scope: Option<&str>| {
            Some(Challenge {
                realm: realm.into(),
                service: service.map(str::to_owned),
                scope: scope.map(str::to_owned),
            })
        };
        for (value, challenge) in [
            (
                r#"Bearer realm="https://a.example/token",service="reg",scope="repository:a/b:pull,push""#,
                of("https://a.example/token", Some("reg"), Some("repository:a/b:pull,push")),
            ),
            (
                r#"bearer  service=reg , realm="https://a.example/t" , error="x""#,
                of("https://a.example/t", Some("reg"), None),
            ),
            (r#"Bearer realm="a\"b""#, of("a\"b", None, None)),
            (r#"Basic realm="x""#, None),
            (r#"Bearer service="x""#, None),
            (r#"Bearer realm="x"#, None),
            ("Bearer", None),
            ("", None),
        ] {
            assert_eq!(read(value), challenge, "{value}");
        }
    }
}
