//! How quotes and separators are written: plain, escaped several times over, percent-encoded, as entities.

/// How far blanks and backslashes are followed at most.
const FAR: usize = 64;

/// A quotation mark as it is written in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quote {
    /// Where it begins.
    pub(super) at: usize,
    /// Just behind it.
    pub(super) end: usize,
    /// Backslashes before a plain mark; `None` if the mark is spelled in another way.
    slashes: Option<usize>,
}

/// Other ways to write a quotation mark.
const SPELLED: &[&[u8]] = &[
    b"%22",
    b"%27",
    b"%2522",
    b"&quot;",
    b"&#34;",
    b"&#39;",
    b"&apos;",
    b"\\u0022",
    b"\\u0027",
    b"\\x22",
    b"\\x27",
    b"\\\\u0022",
];

/// The quotation mark that stands here.
pub(super) fn quote_at(b: &[u8], at: usize) -> Option<Quote> {
    let slashes = b[at.min(b.len())..].iter().take(FAR).take_while(|c| **c == b'\\').count();
    if let Some(b'"' | b'\'' | b'`') = b.get(at + slashes) {
        return Some(Quote { at, end: at + slashes + 1, slashes: Some(slashes) });
    }
    let spelled = SPELLED.iter().find(|s| b[at.min(b.len())..].starts_with(s))?;
    Some(Quote { at, end: at + spelled.len(), slashes: None })
}

/// The quotation mark that ends just before here.
pub(super) fn quote_before(b: &[u8], end: usize) -> Option<Quote> {
    if let Some(b'"' | b'\'' | b'`') = end.checked_sub(1).map(|i| b[i]) {
        let slashes = b[..end - 1].iter().rev().take(FAR).take_while(|c| **c == b'\\').count();
        return Some(Quote { at: end - 1 - slashes, end, slashes: Some(slashes) });
    }
    let spelled = SPELLED.iter().find(|s| b[..end].ends_with(s))?;
    Some(Quote { at: end - spelled.len(), end, slashes: None })
}

/// Where the quotation that this mark opens is closed, before `limit`: the end of its content, and the place just
/// behind the closing mark.
pub(super) fn close(b: &[u8], open: Quote, limit: usize) -> Option<(usize, usize)> {
    let Some(slashes) = open.slashes else {
        let mark = &b[open.at..open.end];
        let at = (open.end..limit).find(|i| b[*i..limit].starts_with(mark))?;
        return Some((at, at + mark.len()));
    };
    let mark = b[open.end - 1];
    // A quotation within a quotation has twice as many backslashes and one more: so our own marks are known by their
    // number of backslashes.
    let width = 2 * (slashes + 1);
    let mut run = 0;
    for (i, c) in b.iter().enumerate().take(limit).skip(open.end) {
        if *c == b'\\' {
            run += 1;
            continue;
        }
        // With fewer backslashes, the quotation around ours ends here, and ours with it.
        if *c == mark && (run < slashes || run % width == slashes) {
            return Some((i - run.min(slashes), i + 1));
        }
        run = 0;
    }
    None
}

/// How a name and its value are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sep {
    /// `name=value`, `name:=value`, `name=>value`.
    Equals,
    /// `name = value`.
    SpacedEquals,
    /// `name: value`.
    Colon,
    /// `name:value`.
    TightColon,
    /// Percent-encoded.
    Percent,
}

/// What stands between a name that ends at `end` and its value, and where the value begins.
pub(super) fn separator(b: &[u8], end: usize) -> Option<(Sep, usize)> {
    let mut i = end;
    if let Some(quote) = quote_at(b, i) {
        i = quote.end;
    }
    if b.get(i) == Some(&b']') {
        i += 1;
    }
    let named = i;
    i = blanks(b, i);
    let spaced = i > named;
    let rest = &b[i..];
    if let Some(mark) = SPELLED_SEPARATORS.iter().find(|s| starts_with_folded(rest, s)) {
        return Some((Sep::Percent, blanks(b, i + mark.len())));
    }
    match rest.first()? {
        b'=' | b'?' | b'+' | b':'
            if rest.first() == Some(&b'=') || rest.get(1) == Some(&b'=') && rest.get(2) != Some(&b'=') =>
        {
            i += rest.iter().take(3).take_while(|c| matches!(c, b'=' | b'?' | b'+' | b':')).count();
            if b.get(i) == Some(&b'>') {
                i += 1;
            }
            let value = blanks(b, i);
            Some((if spaced && value > i { Sep::SpacedEquals } else { Sep::Equals }, value))
        }
        b':' if rest.get(1) == Some(&b':') || rest.starts_with(b"://") || rest.starts_with(b":\\/\\/") => {
            None
        }
        b':' => {
            let value = blanks(b, i + 1);
            let colon = value > i + 1 || value == b.len() || matches!(b[value], b'\n' | b'\r');
            Some((if colon { Sep::Colon } else { Sep::TightColon }, value))
        }
        _ => None,
    }
}

const SPELLED_SEPARATORS: &[&[u8]] =
    &[b"%3d", b"%3a", b"%253d", b"%253a", b"\\u003d", b"\\u003a", b"&#61;", b"&#x3d;", b"&#58;"];

fn starts_with_folded(b: &[u8], low: &[u8]) -> bool {
    b.len() >= low.len() && b[..low.len()].eq_ignore_ascii_case(low)
}

/// Behind the blanks that begin here.
pub(super) fn blanks(b: &[u8], at: usize) -> usize {
    at + b[at.min(b.len())..].iter().take(FAR).take_while(|c| matches!(c, b' ' | b'\t')).count()
}

/// The bracket that closes a list that began before `from`; the brackets of our own mask do not count.
pub(super) fn list_end(b: &[u8], from: usize, limit: usize) -> usize {
    let masked = |i: usize| [&b"[redacted"[..], b"[hidden"].iter().any(|m| b[..i].ends_with(m));
    (from..limit).find(|i| b[*i] == b']' && !masked(*i)).unwrap_or(limit)
}

/// Whether a word may begin here: nothing of a word stands before, or something encoded does.
pub(super) fn begins_word(b: &[u8], at: usize) -> bool {
    let Some(before) = at.checked_sub(1) else { return true };
    if !b[before].is_ascii_alphanumeric() && b[before] != b'_' {
        return true;
    }
    let back = |n: usize| at.checked_sub(n).map(|i| &b[i..at]);
    back(2).is_some_and(|s| s[0] == b'\\' && matches!(s[1], b'n' | b'r' | b't'))
        || back(3).is_some_and(|s| s[0] == b'%' && s[1].is_ascii_hexdigit() && s[2].is_ascii_hexdigit())
        || back(6).is_some_and(|s| s.starts_with(b"\\u00"))
}

/// The end of the line that holds this place.
pub(super) fn line_end(b: &[u8], at: usize) -> usize {
    b[at..].iter().position(|c| *c == b'\n').map_or(b.len(), |n| at + n)
}

/// The beginning of the line that holds this place, or the place that is as far back as is looked.
pub(super) fn line_start(b: &[u8], at: usize) -> usize {
    let from = at.saturating_sub(512);
    b[from..at].iter().rposition(|c| *c == b'\n').map_or(from, |n| from + n + 1)
}
