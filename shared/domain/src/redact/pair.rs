//! Names and their values, in every way that programs join them.

use super::extent::{joined_end, word_end};
use super::form::{
    Quote, Sep, blanks, close, line_end, line_start, list_end, quote_at, quote_before, separator,
};
use super::keys::{Family, classify};
use super::name::{Name, trim};
use super::plausible::{Tie, is_secret, odd};
use super::scan::{Open, Scan};
use super::{bare, headers};

/// The longest name that is looked at, to each side of the place that was found.
const LONGEST_NAME: usize = 64;

/// A name may stand at this place.
pub(super) fn at(scan: &mut Scan<'_>, at: usize) {
    if at < scan.named_to {
        return;
    }
    let b = scan.b;
    let (from, to) = extent(b, at);
    scan.named_to = to;
    let Some(key) = classify(&scan.text[from..to]) else { return };
    let before = quote_before(b, from);
    let quoted = before.is_some() && quote_at(b, to).is_some()
        || from > 0 && b[from - 1] == b'[' && b.get(to) == Some(&b']');
    let around = if quoted { None } else { before };
    let name = Name { from, to, key, around, quoted };
    if tag(scan, name) || listed(scan, name) {
        return;
    }
    match separator(b, to) {
        Some((sep, value)) => assigned(scan, name, sep, value),
        None => bare::after(scan, name),
    }
}

/// Where the name begins and ends.
fn extent(b: &[u8], at: usize) -> (usize, usize) {
    let part = |c: u8| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.');
    let mut from = at;
    while from > 0 && at - from < LONGEST_NAME && part(b[from - 1]) {
        from -= 1;
    }
    // The rest of an escape or of an encoded sign does not belong to the name.
    if from > 0 && from < at {
        let code = |n: usize| from + n <= at;
        from += match b[from - 1] {
            b'\\' if matches!(b[from], b'n' | b'r' | b't') => 1,
            b'\\' if b[from] == b'u' && code(5) => 5,
            b'%' if code(4) && &b[from..from + 2] == b"25" => 4,
            b'%' if code(2) => 2,
            _ => 0,
        };
    }
    let mut to = at;
    while to < b.len() && to - at < LONGEST_NAME && part(b[to]) {
        to += 1;
    }
    while to > at && matches!(b[to - 1], b'.' | b'-') {
        to -= 1;
    }
    (from, to)
}

/// `<name>value</name>`, and `name="name">value</`.
fn tag(scan: &mut Scan<'_>, name: Name) -> bool {
    let b = scan.b;
    let opened = b[..name.from]
        .iter()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|c| c.is_ascii_alphanumeric() || **c == b':')
        .count();
    let element = name.from.checked_sub(opened + 1).is_some_and(|i| b[i] == b'<')
        && (opened == 0 || b[name.from - 1] == b':');
    let attribute = name.quoted && quote_at(b, name.to).is_some_and(|q| b.get(q.end) == Some(&b'>'));
    if !element && !attribute {
        return false;
    }
    let limit = b.len().min(name.to + 512);
    let Some(behind) =
        (name.to..limit).find(|i| matches!(b[*i], b'>' | b'<' | b'\n')).filter(|i| b[*i] == b'>')
    else {
        return false;
    };
    let mut from = behind + 1;
    if b[from..].starts_with(b"<![CDATA[") {
        from += 9;
        let to = scan.text[from..].find("]]>").map_or_else(|| line_end(b, from), |n| from + n);
        scan.hide(from, to);
        return true;
    }
    let limit = b.len().min(from + 4096);
    let to = (from..limit).find(|i| b[*i] == b'<').unwrap_or(limit);
    if b.get(to) == Some(&b'<') && b.get(to + 1) != Some(&b'/') {
        return true;
    }
    let mut end = if to == limit { word_end(b, from, limit, None) } else { to };
    while from < end && b[from].is_ascii_whitespace() {
        from += 1;
    }
    while end > from && b[end - 1].is_ascii_whitespace() {
        end -= 1;
    }
    if is_secret(&scan.text[from..end], name.key, Tie::Close) {
        scan.hide(from, end);
    }
    true
}

/// `"name": "PASSWORD", "value": "x"` and the like: the name is itself a value, and the next value is the secret.
fn listed(scan: &mut Scan<'_>, name: Name) -> bool {
    let b = scan.b;
    let mut i = quote_at(b, name.to).map_or(name.to, |q| q.end);
    if !name.quoted {
        // Without quotation marks this counts only behind `name:`, `key:`, `field=`.
        let begun = b[..name.from].iter().rev().take_while(|c| matches!(c, b' ' | b':' | b'=')).count();
        let word = scan.text.get(line_start(b, name.from)..name.from - begun).unwrap_or_default();
        if begun == 0 || !["name", "key", "Name", "Key", "field"].iter().any(|w| word.ends_with(w)) {
            return false;
        }
    }
    let most = b.len().min(i + 128);
    while i < most && (b[i].is_ascii_whitespace() || matches!(b[i], b',' | b';')) {
        i += 1;
    }
    let from = quote_at(b, i).map_or(i, |q| q.end);
    let length = b[from..].iter().take(24).take_while(|c| c.is_ascii_alphabetic() || **c == b'_').count();
    if !scan.text[from..from + length].to_ascii_lowercase().ends_with("value") {
        return false;
    }
    let Some((sep, value)) = separator(b, from + length) else { return false };
    let quoted = quote_at(b, from + length).is_some();
    assigned(scan, Name { from, to: from + length, quoted, around: None, ..name }, sep, value);
    true
}

/// A name, a separator, and a value that begins at `value`.
fn assigned(scan: &mut Scan<'_>, name: Name, sep: Sep, value: usize) {
    let b = scan.b;
    let (eol, begun) = (line_end(b, value), line_start(b, name.from));
    let inside = name.around.and_then(|q| close(b, q, eol));
    let limit = inside.map_or(eol, |(end, _)| end.max(value));
    match name.key.family {
        Family::Authorization => return headers::authorization(scan, value, limit, name.around),
        Family::Cookie | Family::SetCookie => return headers::cookie(scan, name, value, limit),
        Family::Password | Family::Secret | Family::Unsure | Family::Digits => {}
    }
    if value >= eol || &b[value..eol] == b"\r" {
        return next_line(scan, name, sep, begun, eol);
    }
    if matches!(sep, Sep::Colon) && block(scan, name, value, begun, eol) {
        return;
    }
    let (tie, first) = tie(b, name, sep, begun);
    let (from, list) = unwrapped(b, value, limit);
    if let Some(open) = quote_at(b, from) {
        return quotation(scan, name, open, eol, list);
    }
    if matches!(sep, Sep::Equals) && b[value] == b'{' && b.get(value + 1) != Some(&b'{') {
        // ODBC quotes values in braces.
        let end = (value..limit).find(|i| b[*i] == b'}').map_or(limit, |i| i + 1);
        hide_if(scan, name, value, end, tie);
        return;
    }
    let spaced = matches!(sep, Sep::Colon | Sep::SpacedEquals);
    if spaced && matches!(b[value], b'{' | b'[') && !list && !scan.text[value..eol].starts_with("{{") {
        return;
    }
    let from = if list || b[value] == b'!' { from } else { value };
    let word = word_end(b, from, limit, name.around);
    if list {
        return items(scan, name, from, limit);
    }
    if (tie != Tie::Close || spaced) && is_call(&scan.text[from..word]) {
        return;
    }
    let all_inside = inside.is_some() && (spaced || word < limit && b[word].is_ascii_whitespace());
    let whole = (all_inside || spaced && first).then_some(limit);
    if scan.text[value..].starts_with("{{") || scan.text[value..].starts_with("${{") {
        // It is a template, and goes on to its own end.
        if scan.text[value..limit].contains("}}") {
            return;
        }
    }
    if let Some(end) = whole {
        let text = scan.text[from..end].trim_end_matches([' ', '\t', '\r', ',', ';']);
        let masked = text.starts_with("[redacted]") || text.starts_with("[hidden]");
        let several = text.len() > word - from;
        let loose = several && name.key.family == Family::Secret && name.key.bare && inside.is_none();
        if !masked && !loose {
            hide_if(scan, name, from, from + text.len(), tie);
            return;
        }
        if loose && !odd(&scan.text[from..word]) {
            return;
        }
    }
    hide_if(scan, name, from, word, tie);
}

/// How close name and value are tied, and whether the name begins its line.
fn tie(b: &[u8], name: Name, sep: Sep, begun: usize) -> (Tie, bool) {
    let before = b[begun..name.from].iter().rev().find(|c| !matches!(c, b' ' | b'\t'));
    let dashes = b[begun..name.from].iter().all(|c| matches!(c, b' ' | b'\t' | b'-' | b'+' | b'~'));
    let option = b[begun..name.from].ends_with(b"-passin ") || b[begun..name.from].ends_with(b"-passout ");
    let close =
        option || name.quoted || !matches!(sep, Sep::Colon | Sep::SpacedEquals) || name.around.is_some();
    let said = before.is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, b':' | b'.' | b'\''));
    let tie = if close && !(sep == Sep::TightColon && said && name.key.bare && !option) {
        Tie::Close
    } else if said && name.key.bare {
        Tie::Prose
    } else {
        Tie::Setting
    };
    (tie, dashes)
}

/// Behind `Some(`, `string(7) `, `b`, `[` and such, and whether the value is then a list.
fn unwrapped(b: &[u8], value: usize, limit: usize) -> (usize, bool) {
    const WORDS: [&[u8]; 10] = [
        b"Some(",
        b"Ok(",
        b"Secret(",
        b"String(",
        b"!!str ",
        b"!!binary ",
        b"SecretStr(",
        b"Redacted(",
        b"Sensitive(",
        b"new String(",
    ];
    let (mut i, mut list) = (value, false);
    for _ in 0..4 {
        let rest = &b[i.min(limit)..limit];
        if let Some(word) = WORDS.iter().find(|w| rest.starts_with(w)) {
            i += word.len();
        } else if rest.starts_with(b"string(") || rest.starts_with(b"str(") {
            let Some(end) = rest.iter().take(16).position(|c| *c == b')') else { break };
            i = blanks(b, i + end + 1);
        } else if matches!(rest.first(), Some(b'b' | b'u' | b'r' | b'f' | b'@' | b'&' | b'('))
            && quote_at(b, i + 1).is_some()
        {
            i += 1;
        } else if rest.first() == Some(&b'[')
            && !rest.starts_with(b"[redacted]")
            && !rest.starts_with(b"[hidden]")
        {
            i = blanks(b, i + 1);
            list = true;
        } else {
            break;
        }
    }
    (i, list)
}

/// A quoted value, and those after it in a list, or after the arrow of a diff.
fn quotation(scan: &mut Scan<'_>, name: Name, open: Quote, eol: usize, list: bool) {
    let b = scan.b;
    let mut open = open;
    loop {
        let (end, behind) = close(b, open, eol).unwrap_or_else(|| (trim(b, open.end, eol), eol));
        let joined = joined_end(b, open, behind, eol);
        if hide_if(scan, name, open.end, end, Tie::Close) {
            scan.hide(behind, joined);
        }
        let mut next = blanks(b, joined.max(behind));
        if list && b.get(next) == Some(&b',') || b[next.min(eol)..eol].starts_with(b"->") {
            next = blanks(b, next + if list { 1 } else { 2 });
            if let Some(quote) = quote_at(b, next).filter(|q| q.end <= eol) {
                open = quote;
                continue;
            }
        }
        return;
    }
}

/// The words of `[a b]`, Go's way to write a list.
fn items(scan: &mut Scan<'_>, name: Name, from: usize, limit: usize) {
    let b = scan.b;
    let end = list_end(b, from, limit);
    if scan.text[from..end].contains(['{', ':']) {
        return;
    }
    hide_if(scan, name, from, end, Tie::Close);
}

/// `password:` with its value on the next line, indented further.
fn next_line(scan: &mut Scan<'_>, name: Name, sep: Sep, begun: usize, eol: usize) {
    let b = scan.b;
    if !name.key.sure || !matches!(sep, Sep::Colon | Sep::SpacedEquals | Sep::Equals) || eol >= b.len() {
        return;
    }
    let indent = b[begun..].iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
    let end = line_end(b, eol + 1);
    let from = eol + 1 + b[eol + 1..end].iter().take_while(|c| matches!(c, b' ' | b'\t')).count();
    let to = trim(b, from, end);
    let text = &scan.text[from..to];
    let deeper = from - eol - 1 > indent;
    if !deeper
        || text.starts_with(['-', '{', '[', '#', '<'])
        || text.contains([' ', '=']) && quote_at(b, from).is_none()
        || text.contains(": ")
        || text.ends_with(':')
    {
        return;
    }
    match quote_at(b, from) {
        Some(open) => quotation(scan, name, open, end, false),
        None => {
            hide_if(scan, name, from, to, Tie::Close);
        }
    }
}

/// `password: |` and the lines below it that are indented further.
fn block(scan: &mut Scan<'_>, name: Name, value: usize, begun: usize, eol: usize) -> bool {
    let b = scan.b;
    let mark = scan.text[value..eol].trim();
    let sign = mark.trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-'));
    if !matches!(sign, "|" | ">") || !name.key.sure {
        return false;
    }
    let indent = b[begun..].iter().take_while(|c| **c == b' ').count();
    let mut next = eol + 1;
    while next <= b.len() {
        let end = line_end(b, next.min(b.len()));
        match block_line(&scan.text[next.min(b.len())..end], indent) {
            Some((from, to)) => scan.hide(next + from, next + to),
            None => return true,
        }
        next = end + 1;
    }
    scan.open = Open::Block(indent);
    true
}

/// What is hidden of a line below a name with this indent; `None` where the block is over.
pub(super) fn block_line(line: &str, indent: usize) -> Option<(usize, usize)> {
    let text = line.trim();
    if text.is_empty() {
        return Some((0, 0));
    }
    let from = line.len() - line.trim_start().len();
    (from > indent).then(|| (from, from + text.len()))
}

fn hide_if(scan: &mut Scan<'_>, name: Name, from: usize, to: usize, tie: Tie) -> bool {
    if from >= to {
        return false;
    }
    // `PWD` is a shell's folder, not a password.
    let folder = matches!(&scan.text[name.from..name.to], "PWD" | "OLDPWD")
        && (matches!(scan.b[from], b'/' | b'~') || scan.b.get(from + 1) == Some(&b':'));
    let secret = !folder && is_secret(&scan.text[from..to], name.key, tie);
    if secret {
        scan.hide(from, to);
    }
    secret
}

/// `read_token()` and `os.environ[…]` are code.
fn is_call(word: &str) -> bool {
    let name = word
        .bytes()
        .take_while(|b| b.is_ascii_alphabetic() || matches!(b, b'_' | b'.' | b':' | b'&'))
        .count();
    name >= 3 && word[name..].starts_with(['(', '[']) && !word.starts_with("Some(")
}
