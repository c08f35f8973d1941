//! Bytes in the form that SQS takes: text of certain characters, at least one.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html>

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// A body as text.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// As it was.
    Plain(String),
    /// In base64.
    Encoded(String),
}

/// Stands for an empty body; it is not base64.
const NOTHING: &str = "-";

/// What a message may be made of: the characters of XML 1.0.
const fn allowed(c: char) -> bool {
    matches!(c, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..)
}

/// Text stays as it is where SQS takes it; anything else is encoded.
pub(crate) fn encode(bytes: Vec<u8>) -> Body {
    match String::from_utf8(bytes) {
        Ok(text) if text.is_empty() => Body::Encoded(NOTHING.into()),
        Ok(text) if text.chars().all(allowed) => Body::Plain(text),
        Ok(text) => Body::Encoded(STANDARD.encode(text)),
        Err(error) => Body::Encoded(STANDARD.encode(error.into_bytes())),
    }
}

/// The bytes again; `None` if somebody else wrote the body.
pub(crate) fn decode(body: Body) -> Option<Vec<u8>> {
    match body {
        Body::Plain(text) => Some(text.into_bytes()),
        Body::Encoded(text) if text == NOTHING => Some(vec![]),
        Body::Encoded(text) => STANDARD.decode(text).ok(),
    }
}

/// Whether SQS takes it for a group or a deduplication id: at most 128 letters, digits and punctuation, and no space.
pub(crate) fn is_name(text: &str) -> bool {
    (1..=128).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_graphic())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies() {
        for (bytes, plain) in [
            (&b"{\"v\":1}"[..], true),
            ("für \u{1f680}\r\n\t".as_bytes(), true),
            (b"", false),
            (b"\0", false),
            ("\u{ffff}".as_bytes(), false),
            (b"\xff\xfe", false),
        ] {
            let body = encode(bytes.to_vec());
            assert_eq!(matches!(body, Body::Plain(_)), plain, "{bytes:?}");
            assert_eq!(decode(body).unwrap(), bytes);
        }
        assert_eq!(decode(Body::Encoded("not base64!".into())), None);
    }

    #[test]
    fn names() {
        for (text, fits) in [
            ("run:0abc", true),
            ("chat:T1/#~", true),
            (&*"x".repeat(128), true),
            (&*"x".repeat(129), false),
            ("", false),
            ("a b", false),
            ("für", false),
        ] {
            assert_eq!(is_name(text), fits, "{text}");
        }
    }
}
