//! Shapes of values that can be recognised by their bytes alone. Each function gives the length of the shape; 0 means
//! none.

mod hosts;
mod ids;
mod units;

use crate::bytes::{at, cut, from, run};
pub(crate) use hosts::{bracketed_ipv6, colon_hex, email, host, ipv4, is_address, is_name};
pub(crate) use ids::{
    LONGEST_TERM, hex_literal, is_hex_word, is_id, is_packed_term, is_pod_suffix, is_random, is_term,
    node_name, packed, token, uuid,
};
pub(crate) use units::{is_duration, is_iso_duration, is_long_unit, is_suffix, is_unit, singular};

/// Ends a path or a URL.
fn ends_path(b: u8) -> bool {
    matches!(
        b,
        0..=b' '
            | b'"'
            | b'\''
            | b'`'
            | b'('
            | b')'
            | b'['
            | b']'
            | b'{'
            | b'}'
            | b'<'
            | b'>'
            | b','
            | b';'
            | b'|'
    )
}

/// How long a path or a URL that starts here is, without the mark that ends the sentence.
fn path_run(s: &[u8]) -> usize {
    let n = run(s, |b| !ends_path(b));
    n - cut(s, 0, n).iter().rev().take_while(|&&b| matches!(b, b'.' | b':' | b'!' | b'?')).count()
}

/// `scheme://…`.
pub(crate) fn url(s: &[u8]) -> usize {
    if !at(s, 0).is_ascii_alphanumeric() && !matches!(at(s, 0), b'+' | b'-' | b'.' | b':') {
        return 0;
    }
    let scheme = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.' | b':'));
    let inside = cut(s, 0, scheme);
    if scheme < 3 || at(inside, scheme - 1) != b':' || !from(s, scheme).starts_with(b"//") {
        return 0;
    }
    // A query may hold brackets and commas.
    let n = run(s, |b| !matches!(b, 0..=b' ' | b'"' | b'\'' | b'`' | b')' | b']' | b'}' | b'<' | b'>'));
    n - cut(s, 0, n)
        .iter()
        .rev()
        .take_while(|&&b| matches!(b, b'.' | b':' | b',' | b';' | b'!' | b'?'))
        .count()
}

/// `/a`, `~/a`, `./a`, `C:\a`, `\\host\a`.
pub(crate) fn path(s: &[u8]) -> usize {
    let (a, b, c) = (at(s, 0), at(s, 1), at(s, 2));
    let name = |b: u8| {
        b.is_ascii_alphanumeric() || matches!(b, b'.' | b'_' | b'-' | b'~' | b'%' | b'*' | b'{' | b'$')
    };
    let rooted = (a == b'/' && (name(b) || b == b'/' && name(c)))
        || (matches!(a, b'~' | b'.') && b == b'/' && name(c))
        || (a == b'.' && b == b'.' && c == b'/')
        || (a.is_ascii_alphabetic() && b == b':' && (c == b'\\' || c == b'/' && at(s, 3) != b'/'))
        || (a == b'\\' && b == b'\\' && name(c));
    if rooted { path_run(s).max(1) } else { 0 }
}

/// `a/b/c`: a word with two slashes or more.
pub(crate) fn relative_path(s: &[u8]) -> usize {
    if !at(s, 0).is_ascii_alphanumeric() {
        return 0;
    }
    let n = path_run(s);
    let inside = cut(s, 0, n);
    let slashes =
        inside.iter().filter(|&&b| b == b'/').count().max(inside.iter().filter(|&&b| b == b'\\').count());
    // `uploads/anna.png`: one slash, and a file that holds data.
    let dot = inside.iter().rposition(|&b| b == b'.').map_or(inside.len(), |i| i + 1);
    let file = slashes == 1 && FILES.contains(&from(inside, dot));
    if slashes >= 2 || file { n } else { 0 }
}

/// Extensions of files that hold data. Sources and programs are left out, because their names say where it happened.
const FILES: &[&[u8]] = &[
    b"txt", b"log", b"xml", b"json", b"jsonl", b"csv", b"tsv", b"gz", b"zip", b"tar", b"tgz", b"bz2", b"xz",
    b"zst", b"tmp", b"bak", b"pcap", b"pcapng", b"html", b"htm", b"pdf", b"png", b"jpg", b"jpeg", b"gif",
    b"svg", b"mp3", b"mp4", b"db", b"sqlite", b"lock", b"pid", b"sock", b"bin", b"dat", b"img", b"iso",
    b"jar", b"war", b"rpm", b"deb", b"whl", b"parquet", b"avro", b"orc", b"yml", b"yaml", b"conf", b"cfg",
    b"ini", b"toml", b"pem", b"crt", b"xlsx", b"docx", b"dump", b"sst", b"wal",
];

/// A file name with a digit in it and an extension of a data file.
pub(crate) fn file(s: &[u8]) -> usize {
    let end = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~' | b'+'));
    let end = end - cut(s, 0, end).iter().rev().take_while(|&&b| b == b'.').count();
    let name = cut(s, 0, end);
    let Some(dot) = name.iter().rposition(|&b| b == b'.') else { return 0 };
    if dot == 0 || !FILES.contains(&from(name, dot + 1)) { 0 } else { end }
}

/// Names of source files: a number after the colon is a line number.
pub(crate) fn is_source(name: &[u8]) -> bool {
    let end = from(name, name.iter().rposition(|&b| b == b'.').map_or(0, |i| i + 1));
    matches!(
        end,
        b"go"
            | b"py"
            | b"js"
            | b"ts"
            | b"rb"
            | b"rs"
            | b"c"
            | b"cc"
            | b"cpp"
            | b"h"
            | b"hpp"
            | b"java"
            | b"kt"
            | b"cs"
            | b"php"
            | b"ex"
            | b"exs"
            | b"erl"
            | b"swift"
            | b"scala"
            | b"sh"
            | b"tsx"
            | b"jsx"
            | b"mjs"
            | b"cjs"
            | b"pl"
            | b"lua"
            | b"sql"
            | b"tf"
            | b"html"
            | b"css"
            | b"log"
            | b"txt"
            | b"vue"
            | b"m"
            | b"mm"
            | b"yml"
            | b"yaml"
            | b"json"
    )
}
