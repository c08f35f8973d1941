//! Decides whether a value may be a secret, or is a word of a sentence, a placeholder, a number.

use std::sync::LazyLock;

use super::dictionary::Words;
use super::keys::{Family, Key};

/// How a value is tied to its name: the looser the tie, the more the value must look like a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Tie {
    /// `name=value`, `"name": "value"`, `--name value`: it can mean nothing else.
    Close,
    /// `name: value` at the beginning of a line, as in files of settings.
    Setting,
    /// `some words name: value`.
    Prose,
}

/// Single words that are never a secret, in any tie.
static NO_VALUE: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        "true false null nil none undefined nan yes no on off empty unset required optional missing invalid \
    expired enabled disabled hidden masked redacted filtered removed omitted eof notset n/a string str \
    unknown",
    )
});

/// Words that begin a sentence about a secret.
static SAID: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        "accepted again already and are as at authentication bad be being by can can't cannot changed check \
    connection could denied did does doesn't error expected expires failed failure for found from \
    generated given got has have if in incorrect is it length login loaded may mismatch malformed must \
    need needs not of ok only or please policy prompt provided reading refused rejected renewed reset \
    revoked rotated see set should specified that the this to too unable unauthorized unexpected updated \
    use used valid verified was when will with wrong you your text bytes object number option<string>",
    )
});

/// Words that begin a sentence where only a value should stand: `"password": "is required"`.
static PREDICATES: LazyLock<Words> = LazyLock::new(|| {
    Words::of("is must should can't cannot has was does doesn't may not too please this field")
});

/// Whether this value of that name is hidden.
pub(super) fn is_secret(value: &str, key: Key, tie: Tie) -> bool {
    if is_placeholder(value) {
        return false;
    }
    let first = value.split([' ', '\t', ',', ';']).next().unwrap_or_default();
    let low = first.trim_end_matches(['.', '!', ')', ':']).to_ascii_lowercase();
    let more = first.len() < value.trim_end().len();
    let said = if tie == Tie::Close { more && PREDICATES.has(&low) } else { SAID.has(&low) };
    if said || NO_VALUE.has(&low) && (tie != Tie::Close || !more || is_prose(value)) {
        return false;
    }
    let digits = value.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b','));
    if !key.sure || key.family == Family::Unsure && tie != Tie::Close {
        return machine_made(value);
    }
    match (key.family, tie) {
        (Family::Password, Tie::Prose) => odd(value) || value.len() >= 4 && digits,
        (Family::Password, Tie::Close) => true,
        (Family::Password, Tie::Setting) => !(more && is_prose(value)),
        (Family::Unsure, _) => machine_made(value) || key.bare && value.len() >= 4 && odd(value) && !digits,
        (Family::Secret, Tie::Prose) => odd(value) && value.len() >= 5,
        (Family::Secret, Tie::Close) => !(digits && value.len() < 6 || more && is_prose(value)),
        (Family::Secret, Tie::Setting) => {
            !(digits && value.len() < 6) && !(more && (is_prose(value) || key.bare && !odd(first)))
        }
        (Family::Digits, _) => (4..=12).contains(&value.len()) && value.bytes().any(|b| b.is_ascii_digit()),
        (Family::Authorization | Family::Cookie | Family::SetCookie, _) => true,
    }
}

/// Whether it only fills a secret's place: nothing, stars, a variable, a template, our own mask.
pub(super) fn is_placeholder(value: &str) -> bool {
    let v = value.trim();
    if v.bytes().all(|b| !b.is_ascii_alphanumeric() && b.is_ascii()) {
        return v.len() < 4
            || v.bytes().all(|b| matches!(b, b'*' | b'.' | b'-' | b'_' | b'#' | b'?' | b'<' | b'>'));
    }
    let low = v.to_ascii_lowercase();
    let wrapped = |open: &str, close: &str| {
        v.len() >= open.len() + close.len() && v.starts_with(open) && v.ends_with(close)
    };
    let name = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    matches!(low.as_str(), "[redacted]" | "[hidden]" | "[filtered]" | "[masked]" | "[secret]" | "[protected]")
        || v.len() >= 3 && v.bytes().all(|b| matches!(b, b'x' | b'X'))
        || wrapped("{{", "}}")
        || wrapped("${", "}") && !v[2..].contains(['$', ' '])
        || wrapped("$(", ")")
        || v.starts_with("${{") && v.ends_with("}}")
        || wrapped("%(", ")s")
        || wrapped("<", ">")
            && v[1..v.len() - 1].bytes().all(|b| b.is_ascii_lowercase() || b" -_*:".contains(&b))
        || v.len() > 2 && wrapped("%", "%") && name(&v[1..v.len() - 1])
        || matches!(v, "%s" | "%v" | "%q" | "%d" | "%r" | "{}" | "{:?}" | "%+v")
        || v.strip_prefix('$').is_some_and(|n| {
            name(n) && (n.bytes().all(|b| !b.is_ascii_lowercase()) || super::keys::classify(n).is_some())
        })
        || v.strip_prefix("{")
            .and_then(|s| s.strip_suffix('}'))
            .is_some_and(|n| name(n) && super::keys::classify(n).is_some())
}

/// Words of a sentence: all in small letters, and at least one is a word that only sentences have.
fn is_prose(value: &str) -> bool {
    let mut words = value.split_whitespace().map(|w| w.trim_matches(|c: char| c.is_ascii_punctuation()));
    words.any(|w| {
        let low = w.to_ascii_lowercase();
        SAID.has(&low) && low != "ok" && low != "text"
    })
}

/// Letters with digits, or with signs that no word has.
pub(super) fn odd(value: &str) -> bool {
    let letter = value.bytes().any(|b| b.is_ascii_alphabetic() || b >= 0x80);
    let digit = value.bytes().any(|b| b.is_ascii_digit());
    let sign = value.bytes().any(|b| b"!$%^&*#@+~".contains(&b));
    let inner = value.bytes().skip(1);
    let camel =
        inner.clone().any(|b| b.is_ascii_uppercase()) && inner.clone().any(|b| b.is_ascii_lowercase());
    value.len() >= 4 && letter && (digit || sign) && !value.starts_with('/') || camel && value.len() >= 16
}

/// Made by a machine: eight characters or more, letters and digits, not like a sentence or a path.
pub(super) fn machine_made(value: &str) -> bool {
    let v = value.trim();
    let letters = v.bytes().filter(u8::is_ascii_alphabetic).count();
    let digits = v.bytes().filter(u8::is_ascii_digit).count();
    let fits = v.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-+/=.~%:!@#$^&*".contains(&b));
    let path = v.starts_with(['/', '.']) || v.matches('/').count() > 1 && !v.ends_with('=');
    v.len() >= 8 && fits && !path && letters > 0 && (digits > 0 || v.len() >= 20 && v.ends_with('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_of_secrets_are_none() {
        for value in [
            "",
            "***",
            "****",
            "${DB_PASSWORD}",
            "$DB_PASSWORD",
            "{{ .Values.password }}",
            "<nil>",
            "<*>",
            "[redacted]",
            "%s",
            "$(cat x)",
            "xxxxx",
            "<your-token>",
            "${{ secrets.TOKEN }}",
            "$password",
            "...",
        ] {
            assert!(is_placeholder(value), "{value}");
        }
        for value in ["hunter2", "$ecret", "a<b>", "pa${x", "<p>x</p>", "!@#$%^", "Sup3r!tail$x"] {
            assert!(!is_placeholder(value), "{value}");
        }
    }
}
