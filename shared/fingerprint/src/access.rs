//! Access logs: the status of an answer says how bad a line is.

use crate::bytes::{at, cut, digits, find, from};
use crate::level::Level;

/// How far into a line the request may begin.
const WITHIN: usize = 8192;

/// The level of an access log's line by the status behind `HTTP/1.1" `, in the usual formats of web servers.
pub(crate) fn status(text: &[u8]) -> Option<Level> {
    let text = cut(text, 0, text.len().min(WITHIN));
    let i = find(text, b" HTTP/")?;
    let rest = from(text, i + 6);
    let quote = rest.iter().take(6).position(|&b| b == b'"')?;
    let start = i + 6 + quote + 2;
    let code = from(text, start);
    if at(text, start - 1) != b' ' || digits(code) != 3 || !matches!(at(code, 3), b' ' | 0 | b',' | b'\t') {
        return None;
    }
    let number = std::str::from_utf8(cut(code, 0, 3)).ok()?.parse().ok()?;
    Level::from_http_status(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_status_says_the_level() {
        let level = |text: &str| status(text.as_bytes());
        assert_eq!(level(r#""GET /tea HTTP/1.1" 200 17"#), Some(Level::Info));
        assert_eq!(level(r#""GET /tea HTTP/2.0" 404 17 "-""#), Some(Level::Warning));
        assert_eq!(level(r#""POST /tea?x=1 HTTP/2" 503 UF 0 91"#), Some(Level::Error));
        assert_eq!(level("speaks HTTP/1.1 503 times"), None);
        assert_eq!(level(r#""GET /tea HTTP/1.1" brewed"#), None);
    }
}
