//! Takes out secrets, and values of fields that the team named, before anything is stored or shown.

use crate::window::LONGEST;
use signalbox_domain::observation::cut_middle;
use signalbox_domain::redact::redact;

/// Stands where the value of a named field stood.
const HIDDEN: &str = "[hidden]";

/// Takes secrets out, and the values of these fields: `email=…`, `email: …`, `"email": "…"`, in any case.
#[derive(Debug, Clone)]
pub(crate) struct Redactor(Vec<String>);

impl Redactor {
    pub(crate) fn new(fields: &[String]) -> Self {
        Self(fields.iter().map(|f| f.to_ascii_lowercase()).collect())
    }

    /// The text as it may be kept: without secrets, and not too long.
    pub(crate) fn clean(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for field in &self.0 {
            text = hide(&text, field);
        }
        cut_middle(redact(&text).trim(), LONGEST)
    }
}

/// Replaces the values of a field. Only ASCII is looked at, so that no character is cut in two.
fn hide(text: &str, field: &str) -> String {
    let low = text.to_ascii_lowercase();
    let bytes = low.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    while let Some(found) = low[from..].find(field) {
        let (start, end) = (from + found, from + found + field.len());
        let word = |b: Option<&u8>| b.is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_');
        let whole = !word(start.checked_sub(1).and_then(|i| bytes.get(i))) && !word(bytes.get(end));
        match value(bytes, end).filter(|_| whole) {
            Some((at, to)) => {
                out.push_str(&text[from..at]);
                out.push_str(HIDDEN);
                from = to;
            }
            None => {
                out.push_str(&text[from..end]);
                from = end;
            }
        }
    }
    out.push_str(&text[from..]);
    out
}

/// Where the value begins and ends that belongs to a name which ends here.
fn value(bytes: &[u8], name_end: usize) -> Option<(usize, usize)> {
    let skip = |mut i: usize, what: &[u8]| {
        while bytes.get(i).is_some_and(|b| what.contains(b)) {
            i += 1;
        }
        i
    };
    // A quote that closes the name may be escaped.
    let i = skip(skip(name_end, b"\\"), b"\"'");
    let i = skip(i, b" ");
    if !matches!(bytes.get(i), Some(b'=' | b':')) {
        return None;
    }
    let start = skip(i + 1, b" ");
    let inner = skip(start, b"\\");
    let Some(quote @ (b'"' | b'\'')) = bytes.get(inner) else {
        let length = bytes[start..].iter().take_while(|b| !b" \t\n,;&|}])\"'".contains(b)).count();
        return (length > 0).then_some((start, start + length));
    };
    let mut i = inner + 1;
    let escaped = inner > start;
    while let Some(b) = bytes.get(i) {
        match b {
            // In a string within a string the closing quote is escaped like the opening one.
            b'\\' if escaped && bytes.get(i + 1) == Some(quote) => return Some((inner + 1, i)),
            b'\\' => i += 2,
            b if b == quote => return Some((inner + 1, i)),
            b'\n' => break,
            _ => i += 1,
        }
    }
    // A value that never ends is hidden to the end of the line.
    let end = bytes[inner + 1..].iter().position(|b| *b == b'\n').map_or(bytes.len(), |n| inner + 1 + n);
    Some((inner + 1, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        let redactor = Redactor::new(&["email".to_owned(), "user_id".to_owned()]);
        assert_eq!(redactor.clean(text), expect, "{text}");
    }

    #[test]
    fn the_values_of_named_fields_are_hidden() {
        check(
            "login failed email=ada@example.com from 10.0.0.1",
            "login failed email=[hidden] from 10.0.0.1",
        );
        check(r#"{"email": "ada@example.com", "n": 1}"#, r#"{"email": "[hidden]", "n": 1}"#);
        check(r#"{"Email":"a\"b","user_id":7}"#, r#"{"Email":"[hidden]","user_id":[hidden]}"#);
        check(
            r#"{"log":"{\"email\":\"ada@example.com\",\"x\":1}"}"#,
            r#"{"log":"{\"email\":\"[hidden]\",\"x\":1}"}"#,
        );
        check("email: ada@example.com, user_id='4 2'", "email: [hidden], user_id='[hidden]'");
        check("email=\"never ends", "email=\"[hidden]");
        check("the email was sent; my_email=x; emails=2", "the email was sent; my_email=x; emails=2");
        check("email=", "email=");
        check("email=é user_id=ü€ x", "email=[hidden] user_id=[hidden] x");
    }

    #[test]
    fn secrets_go_whatever_they_are_called() {
        let text =
            Redactor::new(&[]).clean("cannot sign in with token ghp_abcdefghijklmnopqrstuvwxyz0123456789");
        assert!(!text.contains("ghp_abcdef"), "{text}");
    }
}
