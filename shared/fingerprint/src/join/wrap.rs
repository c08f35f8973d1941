//! What a collector puts before every line of a program: it is not part of the record, but says which program wrote
//! the line.
//!
//! Lines of two containers, units or requests never belong together, however well one would continue the other.

use crate::bytes::{at, cut, digits, find, from, run};
use crate::header;
use crate::level::Level;
use crate::time;

/// Longest prefix of a collector.
const LONGEST: usize = 300;

/// How a line is wrapped.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Kind {
    #[default]
    Bare,
    /// A time and a space: `kubectl logs --timestamps`, `docker logs -t`.
    Time,
    /// containerd's and CRI-O's: time, stream, `F` or `P`.
    Cri,
    /// Docker's file: an object with the line in `log`.
    Docker,
    /// Compose's service, kubectl's pod, a request's id, a process number: the same prefix on every line.
    Name,
    /// syslog's and the journal's: time, host, tag.
    Syslog,
}

/// A line without what the collector put before it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wrap<'a> {
    pub(crate) kind: Kind,
    /// The program's own line; for Docker still escaped.
    pub(crate) inner: &'a [u8],
    /// What identifies the program of the line.
    pub(crate) key: &'a [u8],
    /// The line continues in the next one.
    pub(crate) partial: bool,
}

/// Reads a line's prefix.
pub(crate) fn read(line: &[u8]) -> Wrap<'_> {
    let bare = Wrap { inner: line, ..Wrap::default() };
    let found = match at(line, 0) {
        b'0'..=b'9' => timed(line),
        b'<' => {
            let n = digits(from(line, 1));
            if n > 0 && at(line, n + 1) == b'>' { syslog(line, n + 2) } else { None }
        }
        b'{' => docker(line),
        b'[' => bracketed(line),
        b'=' => valgrind(line),
        b if b.is_ascii_alphabetic() => syslog(line, 0).or_else(|| compose(line)),
        _ => None,
    };
    found.unwrap_or(bare)
}

/// RFC 3339 and a space, then perhaps containerd's stream, or a host and a tag.
fn timed(line: &[u8]) -> Option<Wrap<'_>> {
    if at(line, 4) != b'-' || at(line, 10) != b'T' {
        return None;
    }
    let n = run(cut(line, 0, line.len().min(48)), |b| b > b' ');
    if at(line, n) != b' ' || n < 19 {
        return None;
    }
    let rest = from(line, n + 1);
    if let Some(behind) = rest.strip_prefix(b"stdout ").or_else(|| rest.strip_prefix(b"stderr ")) {
        let tag = run(behind, |b| b > b' ');
        let whole = at(behind, 0) == b'F';
        if (whole || at(behind, 0) == b'P') && (tag == 1 || at(behind, 1) == b':') {
            let inner = from(behind, tag + 1);
            return Some(Wrap { kind: Kind::Cri, inner, key: cut(rest, 0, 6), partial: !whole });
        }
    }
    host_and_tag(line, n + 1).or(Some(Wrap { kind: Kind::Time, inner: rest, key: b"", partial: false }))
}

/// `Feb  3 04:05:06 host tag[1]: `, from `start` on.
fn syslog(line: &[u8], start: usize) -> Option<Wrap<'_>> {
    let rest = from(line, start);
    if at(rest, 3) != b' '
        || at(rest, 9) != b':'
        || at(rest, 15) != b' '
        || !time::is_calendar(cut(rest, 0, 3))
    {
        return None;
    }
    host_and_tag(line, start + 16).or_else(|| {
        // A tag without a number.
        let rest = from(line, start + 16);
        let host = run(rest, |b| b > b' ');
        let tag = run(from(rest, host + 1), |b| {
            b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b'/')
        });
        let end = host + 1 + tag;
        let tagged = host > 0 && tag > 0 && at(rest, end) == b':' && at(rest, end + 1) == b' ';
        tagged.then(|| Wrap {
            kind: Kind::Syslog,
            inner: from(rest, end + 2),
            key: cut(rest, 0, end),
            partial: false,
        })
    })
}

/// A host, then a tag with a process number and a colon.
fn host_and_tag(line: &[u8], start: usize) -> Option<Wrap<'_>> {
    let rest = from(line, start);
    let host = run(cut(rest, 0, rest.len().min(LONGEST)), |b| b > b' ' && b != b':' && b != b'=');
    if host == 0 || at(rest, host) != b' ' {
        return None;
    }
    let tag = from(rest, host + 1);
    let n = run(cut(tag, 0, tag.len().min(LONGEST)), |b| b > b' ');
    if n < 2 || !cut(tag, 0, n).ends_with(b"]:") {
        return None;
    }
    let open = run(tag, |b| b != b'[');
    let end = host + 1 + n;
    let number = cut(tag, open + 1, n - 2);
    if open == 0 || number.is_empty() || digits(number) != number.len() {
        return None;
    }
    let inner = from(rest, end + usize::from(at(rest, end) == b' '));
    Some(Wrap { kind: Kind::Syslog, inner, key: cut(rest, 0, end), partial: false })
}

/// Docker's own file: <https://docs.docker.com/engine/logging/drivers/json-file/>.
fn docker(line: &[u8]) -> Option<Wrap<'_>> {
    let text = line.strip_prefix(b"{\"log\":\"")?;
    let mut i = 0;
    while let Some(&b) = text.get(i) {
        match b {
            b'\\' => i += 2,
            b'"' => break,
            _ => i += 1,
        }
    }
    let inner = cut(text, 0, i.min(text.len()));
    let rest = from(text, i);
    let stream = find(rest, b"\"stream\":\"").map_or(b"".as_slice(), |n| cut(rest, n + 10, n + 16));
    if stream.is_empty() {
        return None;
    }
    let whole = inner.strip_suffix(b"\\n");
    Some(Wrap { kind: Kind::Docker, inner: whole.unwrap_or(inner), key: stream, partial: whole.is_none() })
}

/// `[pod/web-1/web] ` of kubectl, `[3f2a…-…] ` of a request.
fn bracketed(line: &[u8]) -> Option<Wrap<'_>> {
    let n = cut(line, 0, line.len().min(LONGEST)).iter().position(|&b| b == b']')?;
    let within = cut(line, 1, n);
    let named = within.starts_with(b"pod/") || crate::shapes::uuid(within) == within.len() && n == 37;
    if !named || at(line, n + 1) != b' ' {
        return None;
    }
    Some(Wrap { kind: Kind::Name, inner: from(line, n + 2), key: cut(line, 0, n + 1), partial: false })
}

/// `==4711== `: valgrind's process.
fn valgrind(line: &[u8]) -> Option<Wrap<'_>> {
    let n = digits(from(line, 2));
    let behind = from(line, n + 2);
    if n == 0 || at(line, 1) != b'=' || !behind.starts_with(b"==") || !matches!(at(behind, 2), b' ' | 0) {
        return None;
    }
    Some(Wrap { kind: Kind::Name, inner: from(behind, 3), key: cut(line, 0, n + 4), partial: false })
}

/// `web_1  | `: a service of Compose.
fn compose(line: &[u8]) -> Option<Wrap<'_>> {
    let n = run(cut(line, 0, line.len().min(80)), |b| {
        b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.')
    });
    let bar = n + run(cut(line, n, line.len().min(120)), |b| b == b' ');
    if bar == n || at(line, bar) != b'|' || !matches!(at(line, bar + 1), b' ' | 0) {
        return None;
    }
    if Level::from_word(cut(line, 0, n)).is_some() {
        return None;
    }
    Some(Wrap { kind: Kind::Name, inner: from(line, bar + 2), key: cut(line, 0, n), partial: false })
}

/// Whether the line says when it was written, or how bad it is: then it begins a record.
pub(crate) fn headed(inner: &[u8]) -> bool {
    let first = at(inner, 0);
    if matches!(first, b' ' | b'\t' | 0) {
        return false;
    }
    // logfmt begins with one of these.
    let logfmt = [b"time=".as_slice(), b"ts=", b"t=", b"level=", b"lvl=", b"logger="]
        .iter()
        .any(|k| inner.starts_with(k));
    first == b'{' && matches!(at(inner, 1), b'"') || logfmt || header::read(inner).message > 0
}
