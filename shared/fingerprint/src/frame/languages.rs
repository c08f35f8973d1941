//! Frames as single languages write them.

use super::{Line, frame};
use crate::bytes::{at, cut, digits, find, from, run, trim};

/// `#0 /app/x.php(20): f()`, `#1 {main}`, `#0 0x41fdd0 in f /x.c:1`, `#2 [internal function]: …`.
pub(crate) fn is_numbered(text: &[u8]) -> bool {
    let n = digits(from(text, 1));
    if at(text, 0) != b'#' || n == 0 || n > 3 || at(text, n + 1) != b' ' {
        return false;
    }
    let rest = trim(from(text, n + 1));
    matches!(at(rest, 0), b'/' | b'{' | b'[')
        || rest.starts_with(b"0x")
        || find(rest, b".php").is_some()
        || find(rest, b" at ").is_some() && rest.contains(&b'(')
}

pub(super) fn numbered(text: &[u8]) -> Line<'_> {
    let rest = trim(from(text, 1 + digits(from(text, 1))));
    if rest.starts_with(b"{main}") {
        return Line::Filler;
    }
    if let Some(hex) = rest.strip_prefix(b"0x") {
        return native(from(hex, run(hex, |b| b.is_ascii_hexdigit())));
    }
    let Some(call) = find(rest, b": ") else { return Line::Filler };
    let file = cut(rest, 0, run(rest, |b| b != b'('));
    let name = cut(rest, call + 2, call + 2 + run(from(rest, call + 2), |b| b != b'('));
    let library = find(file, b"/vendor/").is_some() || file.starts_with(b"[internal");
    Line::Frame { name, file: b"", library }
}

/// ` in f /x.c:1`, `: f (x.c:1)`, ` - f`: a native frame after its address.
pub(super) fn native(rest: &[u8]) -> Line<'_> {
    let rest =
        rest.strip_prefix(b" in ").or_else(|| rest.strip_prefix(b": ")).or_else(|| rest.strip_prefix(b" - "));
    let Some(rest) = rest else { return Line::Filler };
    let name = cut(rest, 0, run(rest, |b| b > b' ' && b != b'('));
    let place = from(rest, name.len());
    let library =
        find(place, b"/lib").is_some() || name.starts_with(b"__") || find(place, b"vgpreload").is_some();
    Line::Frame { name, file: b"", library }
}

/// `(app 0.1.0) lib/app/cart.ex:3: App.Cart.add/2`, `lib/app/cart.ex:3: App.Cart.add/2`.
pub(super) fn elixir(text: &[u8]) -> Option<Line<'_>> {
    let i = find(text, b".ex:")
        .map(|i| i + 4)
        .or_else(|| find(text, b".erl:").map(|i| i + 5))
        .or_else(|| find(text, b".exs:").map(|i| i + 5))?;
    let n = digits(from(text, i));
    let name = from(text, i + n).strip_prefix(b": ")?;
    // Without the number of arguments.
    let name = cut(name, 0, name.iter().rposition(|&b| b == b'/').unwrap_or(name.len()));
    let library =
        text.starts_with(b"(stdlib") || text.starts_with(b"(elixir ") || text.starts_with(b"(kernel");
    (n > 0).then_some(Line::Frame { name, file: b"", library })
}

/// `app/cart.rb:3:in 'add'`.
pub(crate) fn is_ruby(text: &[u8]) -> bool {
    ruby(text.strip_prefix(b"from ").unwrap_or(text)).is_some()
}

/// Mono's frames have no `at`: `System.Runtime.Invoke (System.Object state)`.
pub(crate) fn mono(text: &[u8]) -> bool {
    let Some(open) = find(text, b" (") else { return false };
    let name = cut(text, 0, open);
    text.ends_with(b")")
        && name.contains(&b'.')
        && at(name, 0).is_ascii_uppercase()
        && name
            .iter()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'`' | b'<' | b'>' | b'+' | b'/'))
}

/// A Go function alone on its line; its file is on the next line: `example.com/shop/cart.(*Cart).Add`.
pub(crate) fn go_name(text: &[u8]) -> bool {
    let path = text.iter().rposition(|&b| b == b'/').map_or(0, |i| i + 1);
    let last = from(text, path);
    let dot = run(last, |b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    dot > 0
        && at(last, dot) == b'.'
        && !text.contains(&b' ')
        && !text.ends_with(b":")
        && !text.ends_with(b".")
        && (path > 0 || last.contains(&b'(') || text.starts_with(b"main.") || text.starts_with(b"runtime."))
        && !text.starts_with(b"/")
        && find(text, b"://").is_none()
}

/// `/app/cart.go:17 +0x1d`, on a line of its own.
pub(crate) fn is_go_file(text: &[u8]) -> bool {
    let place = cut(text, 0, run(text, |b| b > b' '));
    find(place, b".go:").is_some_and(|i| at(place, i + 4).is_ascii_digit())
}

/// `/app/cart.py", line 3, in add`
pub(super) fn python(file: &[u8]) -> Line<'_> {
    let end = run(file, |b| b != b'"');
    let name = find(file, b", in ").map_or(b"".as_slice(), |i| from(file, i + 5));
    frame(name, cut(file, 0, end))
}

/// `app/cart.rb:3:in 'add'`; on the first line a message follows.
pub(super) fn ruby(text: &[u8]) -> Option<Line<'_>> {
    let i = find(text, b":in `").or_else(|| find(text, b":in '"))?;
    let file = cut(text, 0, i);
    // A line number stands before it. Templates and scripts have other extensions than `.rb`.
    let colon = file.iter().rposition(|&b| b == b':')?;
    if digits(from(file, colon + 1)) != file.len() - colon - 1 || file.len() - colon < 2 || colon == 0 {
        return None;
    }
    let rest = from(text, i + 5);
    let n = run(rest, |b| b != b'\'');
    Some(frame(cut(rest, 0, n), file))
}

/// `NoMethodError (undefined method …):`, as Rails writes it: gives the class and the text.
pub(crate) fn rails(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let n = run(text, |b| b.is_ascii_alphanumeric() || b == b':' || b == b'_');
    let inside = from(text, n).strip_prefix(b" (")?.strip_suffix(b"):")?;
    (at(text, 0).is_ascii_uppercase() && n > 3).then(|| (cut(text, 0, n), inside))
}
