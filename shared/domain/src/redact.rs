//! Finds what is shaped like a secret in text from outside, before it is stored or shown.
//!
//! Errs on the side of hiding: a hidden commit id costs a look at the log, a shown token costs a rotation.

/// What stands where a secret stood.
pub const MASK: &str = "[redacted]";

/// Prefixes of tokens whose issuers made them recognisable. What follows is letters, digits, `_`, `-`, `.`.
const TOKEN_PREFIXES: &[&str] = &[
    "xoxb-",
    "xoxp-",
    "xoxa-",
    "xoxr-",
    "xoxs-",
    "xapp-",
    "xoxe.",
    "xoxe-",
    "ghp_",
    "gho_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "AKIA",
    "ASIA",
    "sk-",
    "sk_live_",
    "rk_live_",
    "AIza",
    "ya29.",
    "npm_",
    "pypi-",
    "hvs.",
    "dckr_pat_",
    "eyJ",
];

/// Fewer characters than this after a prefix are no token.
const LEAST_AFTER_PREFIX: usize = 12;

/// Words after which a value is a secret: `password=…`, `"api_key": "…"`, `--token …`.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "api_key",
    "apikey",
    "api-key",
    "access_key",
    "access-key",
    "private_key",
    "credential",
    "credentials",
    "authorization",
    "bearer",
    "signing_key",
];

/// Whether any part of the text is shaped like a secret.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    redact(text) != text
}

/// The text with every part that is shaped like a secret replaced by [`MASK`]. Line breaks stay where they are, but
/// for a private key's lines, which become one.
#[must_use]
pub fn redact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut in_key = false;
    for line in text.split_inclusive('\n') {
        let body = line.trim_end_matches(['\n', '\r']);
        if body.contains("-----BEGIN") && body.contains("PRIVATE KEY") {
            in_key = true;
            out.push_str(MASK);
            out.push_str(&line[body.len()..]);
        }
        if in_key {
            in_key = !(body.contains("-----END") && body.contains("PRIVATE KEY"));
            continue;
        }
        redact_line(body, &mut out);
        out.push_str(&line[body.len()..]);
    }
    out
}

/// Characters of a server's own words that are kept.
const WORDS: usize = 300;

/// A server's own words about what went wrong: one line, not long, without what is shaped like a secret, and without
/// what was sent as one, in case it comes back.
#[must_use]
pub fn words(text: &str, sent: Option<&str>) -> String {
    // Four times as much is read, for taking out makes it shorter.
    let bounded: String = text.chars().take(4 * WORDS).collect();
    let mut text = redact(&bounded);
    if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
        text = text.replace(sent, MASK);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}

fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | '/' | '+' | '=' | '~' | '%')
}

fn redact_line(line: &str, out: &mut String) {
    let mut rest = line;
    let mut after_secret_word = false;
    while !rest.is_empty() {
        let word_end = rest.find(|c| !is_token_char(c)).unwrap_or(rest.len());
        if word_end == 0 {
            let c = rest.chars().next().unwrap_or(' ');
            // `user:password@host` in a URL: everything between `://` and `@` goes.
            if let Some(tail) = rest.strip_prefix("://").or_else(|| rest.strip_prefix(":"))
                && out.ends_with(|c: char| c.is_ascii_alphabetic())
                && rest.starts_with("://")
                && let Some(at) = tail.find(['@', '/', ' ', '"'])
                && tail[at..].starts_with('@')
                && tail[..at].contains(':')
            {
                out.push_str("://");
                out.push_str(MASK);
                rest = &tail[at..];
                continue;
            }
            if !matches!(c, ':' | '=' | '"' | '\'' | ' ' | '>' | '\t') {
                after_secret_word = false;
            }
            out.push(c);
            rest = &rest[c.len_utf8()..];
            continue;
        }
        let word = &rest[..word_end];
        rest = &rest[word_end..];
        after_secret_word = redact_word(word, after_secret_word, rest, out);
    }
}

/// Writes one word, and says whether the next one is the value of a secret.
fn redact_word(word: &str, after_secret_word: bool, rest: &str, out: &mut String) -> bool {
    // `KEY=value` is one word to us: the value is looked at on its own.
    if let Some((key, value)) = word.split_once('=')
        && !value.is_empty()
        && !value.chars().all(|c| c == '=')
    {
        out.push_str(key);
        out.push('=');
        out.push_str(if names_secret(key) || token_shaped(value) { MASK } else { value });
        return false;
    }
    let bare = word.trim_matches('=');
    if bare.eq_ignore_ascii_case("bearer") || bare.eq_ignore_ascii_case("basic") && after_secret_word {
        out.push_str(word);
        return true;
    }
    if token_shaped(word) || (after_secret_word && word.len() >= 4) {
        out.push_str(MASK);
        return false;
    }
    out.push_str(word);
    let assigned = word.ends_with('=')
        || rest.trim_start_matches(['"', '\'']).trim_start().starts_with([':', '='])
        || (word.starts_with("--") && rest.starts_with(' '));
    assigned && names_secret(word)
}

fn names_secret(word: &str) -> bool {
    // Shorter than the shortest of them: most words of most lines.
    if word.len() < 5 {
        return false;
    }
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric()).to_ascii_lowercase();
    SECRET_WORDS.iter().any(|s| {
        word == *s
            || word.strip_suffix(s).is_some_and(|head| head.ends_with(['_', '-', '.']))
            || word.strip_prefix(s).is_some_and(|tail| tail.starts_with(['_', '-']) && tail.len() <= 6)
    })
}

fn token_shaped(word: &str) -> bool {
    // The shortest prefix and what must follow it: most words of most lines are shorter.
    if word.len() < 3 + LEAST_AFTER_PREFIX {
        return false;
    }
    let word = word.trim_matches(['=', '.', '-']);
    TOKEN_PREFIXES.iter().any(|p| {
        word.find(p).is_some_and(|at| {
            let starts_word = at == 0 || !word.as_bytes()[at - 1].is_ascii_alphanumeric();
            starts_word && word.len() - at - p.len() >= LEAST_AFTER_PREFIX
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: &str) {
        assert_eq!(redact(text), expect, "{text}");
    }

    #[test]
    fn secrets_go() {
        check(
            concat!("push with ghp", "_0123456789abcdefghij0123456789abcdef ok"),
            "push with [redacted] ok",
        );
        check(concat!("t=xoxb", "-12345-67890-abcdefABCDEF"), "t=[redacted]");
        check("password=hunter2 next", "password=[redacted] next");
        check("DB_PASSWORD: hunter2", "DB_PASSWORD: [redacted]");
        check(r#"{"api_key": "abcd1234", "n": 1}"#, r#"{"api_key": "[redacted]", "n": 1}"#);
        check("Authorization: Bearer abc.def.ghi", "Authorization: Bearer [redacted]");
        check("curl --token s3cr3tvalue x", "curl --token [redacted] x");
        check("postgres://me:pw@db/x", "postgres://[redacted]@db/x");
        check("id AKIAIOSFODNN7EXAMPLE.", "id [redacted]");
        check(
            "a\n-----BEGIN RSA PRIVATE KEY-----\nMIIE\nxx\n-----END RSA PRIVATE KEY-----\nb",
            "a\n[redacted]\nb",
        );
    }

    #[test]
    fn ordinary_text_stays() {
        for text in [
            "released web 1.4.2 as v1.4.2",
            "error: tag 'web-1.4.2' already exists",
            "https://example.com/a:b/c?x=1",
            "secret ballot, token ring",
            "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
            "keys: a, b",
            "müßig – ünïcode = fine",
            "a=b==c",
            "",
        ] {
            check(text, text);
        }
    }
}
