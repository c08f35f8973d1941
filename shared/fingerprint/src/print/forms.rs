//! Lines whose message does not stand right after the header.

use crate::bytes::{at, find, from, run, trim};
use crate::level::Level;

/// Lambda's report has parts that are not always there (a cold start, tracing): only the outcome counts.
pub(super) fn lambda(text: &[u8]) -> (&[u8], &[u8]) {
    if !text.starts_with(b"REPORT RequestId: ") {
        return (text, b"");
    }
    let id = run(from(text, 18), |b| b > b' ') + 18;
    // From the status on, because the kind of the error follows it.
    let status = find(text, b"Status: ").map_or(b"".as_slice(), |i| from(text, i));
    (text.get(..id).unwrap_or(text), status)
}

/// The second line of java.util.logging's default format, after the time, the class and the method:
/// <https://docs.oracle.com/en/java/javase/21/docs/api/java.logging/java/util/logging/SimpleFormatter.html>.
pub(super) fn second_line(rest: &[u8]) -> Option<(&[u8], Level)> {
    let n = run(rest, |b| b != b'\n');
    let first = rest.get(..n).unwrap_or_default();
    let class = run(first, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'$'));
    let method = from(first, class + 1);
    let plain = at(first, class) == b' '
        && !method.is_empty()
        && method.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'$' | b'<' | b'>'));
    let second = from(rest, n + 1);
    let word = run(second, |b| b.is_ascii_uppercase());
    if !plain || !from(second, word).starts_with(b": ") {
        return None;
    }
    Level::from_word(second.get(..word)?).map(|level| (trim(from(second, word + 1)), level))
}

/// What .NET's console writes after the level: `Shop.Cart[0]`, then the message.
pub(super) fn behind_console(rest: &[u8]) -> Option<&[u8]> {
    let n = run(rest, |b| b > b' ');
    let category = rest.get(..n)?.strip_suffix(b"]")?;
    let open = category.iter().rposition(|&b| b == b'[')?;
    let number = from(category, open + 1);
    let below = at(rest, n) == b'\n' && !number.is_empty() && number.iter().all(u8::is_ascii_digit);
    below.then(|| trim(from(rest, n)))
}

/// syslog counts a repeated message instead of writing it again: `message repeated 2 times: [ … ]`.
pub(super) fn repeated(rest: &[u8]) -> &[u8] {
    let Some(count) = rest.strip_prefix(b"message repeated ") else { return rest };
    let n = run(count, |b| b.is_ascii_digit());
    match from(count, n).strip_prefix(b" times: [").and_then(|inner| inner.strip_suffix(b"]")) {
        Some(inner) => trim(inner),
        None => rest,
    }
}
