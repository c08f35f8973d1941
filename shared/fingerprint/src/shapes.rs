//! Shapes of values that can be told from their bytes alone. Each function answers how long the shape is; 0 is none.

use crate::bytes::{at, cut, digits, from, run};

/// `8-4-4-4-12` hexadecimal digits.
pub(crate) fn uuid(s: &[u8]) -> usize {
    let Some(text) = s.get(..36) else { return 0 };
    let fits = text.iter().enumerate().all(|(i, &b)| match i {
        8 | 13 | 18 | 23 => b == b'-',
        _ => b.is_ascii_hexdigit(),
    });
    if fits && !at(s, 36).is_ascii_alphanumeric() { 36 } else { 0 }
}

/// An IPv4 address, with a port or a network's length.
pub(crate) fn ipv4(s: &[u8]) -> usize {
    let mut i = 0;
    for group in 0..4 {
        if group > 0 {
            if at(s, i) != b'.' {
                return 0;
            }
            i += 1;
        }
        let n = digits(from(s, i));
        if n == 0 || n > 3 {
            return 0;
        }
        i += n;
    }
    if at(s, i) == b'.' && at(s, i + 1).is_ascii_digit() {
        return 0;
    }
    let after = at(s, i);
    if after == b':' || after == b'/' {
        let n = digits(from(s, i + 1));
        if n > 0 && n <= 5 {
            i += n + 1;
        }
    }
    if at(s, i).is_ascii_alphanumeric() { 0 } else { i }
}

/// An IPv6 or hardware address: hexadecimal groups of at most four, with two colons or more; with an IPv4 address at
/// its end, a zone (`%eth0`), or a port as a ninth group.
pub(crate) fn colon_hex(s: &[u8]) -> usize {
    let (mut i, mut group, mut colons) = (0, 0, 0);
    let mut double = false;
    loop {
        let b = at(s, i);
        if b == b':' {
            double |= at(s, i + 1) == b':';
            colons += 1;
            group = 0;
        } else if b.is_ascii_hexdigit() {
            group += 1;
            if group > 4 {
                // A port behind a whole address.
                let port = colons == 8 && group == 5 && b.is_ascii_digit();
                if !port {
                    return 0;
                }
            }
        } else {
            break;
        }
        i += 1;
    }
    if at(s, i) == b'.' && colons >= 2 && double {
        let start = i - group;
        let n = ipv4(from(s, start));
        return if n > 0 { start + n } else { 0 };
    }
    if at(s, i.wrapping_sub(1)) == b':' && at(s, i.wrapping_sub(2)) != b':' {
        i = i.saturating_sub(1);
        colons -= i32::from(colons > 0);
    }
    let enough = colons >= 5 || (colons >= 2 && double && i >= 3);
    let zone = if at(s, i) == b'%' {
        1 + run(from(s, i + 1), |b| b.is_ascii_alphanumeric() || b == b'.')
    } else {
        0
    };
    let ends = !at(s, i + zone).is_ascii_alphanumeric() && at(s, i + zone) != b'_';
    if enough && ends { i + zone } else { 0 }
}

/// `[::1]:443`: an IPv6 address in brackets, with a port.
pub(crate) fn bracketed_ipv6(s: &[u8]) -> usize {
    if !(at(s, 1).is_ascii_hexdigit() || at(s, 1) == b':') {
        return 0;
    }
    let n = colon_hex(from(s, 1));
    if n == 0 || at(s, n + 1) != b']' {
        return 0;
    }
    let port = if at(s, n + 2) == b':' { digits(from(s, n + 3)) } else { 0 };
    if port > 0 { n + 3 + port } else { n + 2 }
}

/// Domains at the end of a name that make it a host. Short words that also end file names, methods and sentences
/// (`.in`, `.at`, `.is`, `.py`, `.sh`) are left out on purpose.
const DOMAINS: &[&[u8]] = &[
    b"com",
    b"net",
    b"org",
    b"edu",
    b"gov",
    b"mil",
    b"info",
    b"biz",
    b"io",
    b"dev",
    b"cloud",
    b"local",
    b"localdomain",
    b"internal",
    b"lan",
    b"corp",
    b"arpa",
    b"us",
    b"uk",
    b"de",
    b"fr",
    b"nl",
    b"eu",
    b"cn",
    b"jp",
    b"kr",
    b"tw",
    b"ru",
    b"br",
    b"it",
    b"es",
    b"pl",
    b"ca",
    b"au",
    b"ch",
    b"se",
    b"cz",
    b"hk",
    b"sg",
    b"mx",
    b"ar",
    b"tr",
    b"ua",
    b"vn",
    b"th",
    b"za",
    b"gr",
    b"hu",
    b"ro",
    b"dk",
    b"fi",
    b"il",
    b"nz",
    b"pt",
    b"cl",
    b"co",
    b"xyz",
    b"tech",
    b"asia",
    b"mobi",
    b"tv",
    b"ie",
    b"lt",
    b"lv",
    b"bg",
    b"hr",
    b"lu",
    b"ro",
    b"kz",
    b"ir",
    b"ae",
    b"sa",
    b"eg",
    b"ng",
    b"ke",
    b"pk",
    b"bd",
    b"lk",
    b"ph",
    b"ec",
    b"ve",
    b"uy",
    b"svc",
    b"localhost",
];

/// A dotted name that ends in a well-known domain, with a port.
pub(crate) fn host(s: &[u8]) -> usize {
    let end = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let end = end - cut(s, 0, end).iter().rev().take_while(|&&b| matches!(b, b'.' | b'-' | b'_')).count();
    let name = cut(s, 0, end);
    let Some(dot) = name.iter().rposition(|&b| b == b'.') else { return 0 };
    let last = from(name, dot + 1);
    if dot == 0 || end < 5 || !DOMAINS.contains(&last) || find_double_dot(name) {
        return 0;
    }
    let n = digits(from(s, end + 1));
    if at(s, end) == b':' && n > 0 && n <= 5 { end + 1 + n } else { end }
}

fn find_double_dot(name: &[u8]) -> bool {
    name.windows(2).any(|w| w == b"..")
}

/// An address of any kind, from the first byte to the last.
pub(crate) fn is_address(s: &[u8]) -> bool {
    let s = if at(s, 0) == b'/' { from(s, 1) } else { s };
    !s.is_empty() && (ipv4(s) == s.len() || colon_hex(s) == s.len() || host(s) == s.len())
}

/// `somebody@example.com`.
pub(crate) fn email(s: &[u8]) -> usize {
    let local = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'+'));
    if local == 0 || at(s, local) != b'@' {
        return 0;
    }
    // Any domain: nothing else has this form.
    let rest = from(s, local + 1);
    let n = run(rest, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-'));
    let n = n - cut(rest, 0, n).iter().rev().take_while(|&&b| matches!(b, b'.' | b'-')).count();
    let name = cut(rest, 0, n);
    let top = name.iter().rposition(|&b| b == b'.').map_or(b"".as_slice(), |i| from(name, i + 1));
    if top.len() < 2 || !top.iter().all(u8::is_ascii_alphabetic) || name.contains(&b'@') {
        0
    } else {
        local + 1 + n
    }
}

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
    // `uploads/anna.png`: one slash and a file that holds data.
    let dot = inside.iter().rposition(|&b| b == b'.').map_or(inside.len(), |i| i + 1);
    let file = slashes == 1 && FILES.contains(&from(inside, dot));
    if slashes >= 2 || file { n } else { 0 }
}

/// `0x` and hexadecimal digits.
pub(crate) fn hex_literal(s: &[u8]) -> usize {
    if at(s, 0) != b'0' || !matches!(at(s, 1), b'x' | b'X') {
        return 0;
    }
    let n = run(from(s, 2), |b| b.is_ascii_hexdigit());
    if n == 0 { 0 } else { n + 2 }
}

/// Units that stand right behind a number, or after a space.
pub(crate) fn is_unit(s: &[u8]) -> bool {
    matches!(
        s,
        b"B" | b"kB"
            | b"KB"
            | b"MB"
            | b"GB"
            | b"TB"
            | b"PB"
            | b"KiB"
            | b"MiB"
            | b"GiB"
            | b"TiB"
            | b"Ki"
            | b"Mi"
            | b"Gi"
            | b"ns"
            | b"us"
            | b"ms"
            | b"s"
            | b"sec"
            | b"secs"
            | b"kb"
            | b"mb"
            | b"gb"
            | b"Kb"
            | b"Mb"
            | b"Gb"
            | b"Kbps"
            | b"Mbps"
            | b"Gbps"
            | b"Hz"
            | b"KHz"
            | b"MHz"
            | b"GHz"
    )
}

/// A suffix of a number that is part of it: `3rd`, `5m`, `41C`.
pub(crate) fn is_suffix(s: &[u8]) -> bool {
    s.len() == 1
        || is_unit(s)
        || matches!(s, b"st" | b"nd" | b"rd" | b"th" | b"px" | b"hr" | b"hrs" | b"min" | b"mins" | b"ish")
}

/// A word of hexadecimal letters only, as long as a hash or an address.
pub(crate) fn is_hex_word(s: &[u8]) -> bool {
    s.iter().all(u8::is_ascii_hexdigit) && is_id(s)
}

/// A word of letters and digits that no person would choose: hexadecimal, or letters and digits in turn.
pub(crate) fn is_id(s: &[u8]) -> bool {
    let (mut digits, mut hex, mut upper, mut lower, mut turns) = (0, true, 0, 0, 0);
    let mut last = None;
    for &b in s {
        let digit = b.is_ascii_digit();
        digits += usize::from(digit);
        upper += usize::from(b.is_ascii_uppercase());
        lower += usize::from(b.is_ascii_lowercase());
        hex &= b.is_ascii_hexdigit();
        turns += usize::from(last.is_some_and(|l| l != digit));
        last = Some(digit);
    }
    let one_case = upper == 0 || lower == 0;
    if hex && one_case {
        return match s.len() {
            0..=3 => false,
            4 | 5 => digits > 0 && (at(s, 0).is_ascii_digit() || turns >= 2),
            8 | 16 | 24 | 32 | 40 | 56 | 64 => true,
            _ => digits > 0,
        };
    }
    digits > 0 && (turns >= 4 || (turns >= 3 && s.len() >= 8) || (s.len() >= 16 && digits >= 3 && turns >= 2))
}

/// A word that could name a machine: letters, digits, dots and dashes, with at least one dot or digit.
pub(crate) fn is_name(s: &[u8]) -> bool {
    let chars = s.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let dots = s.iter().filter(|&&b| b == b'.').count();
    chars && dots >= 1 && at(s, 0).is_ascii_alphanumeric() || s == b"localhost" || s == b"unknown"
}

/// Endings of files that hold data. Sources and programs are left out: their names say what happened where.
const FILES: &[&[u8]] = &[
    b"txt", b"log", b"xml", b"json", b"jsonl", b"csv", b"tsv", b"gz", b"zip", b"tar", b"tgz", b"bz2", b"xz",
    b"zst", b"tmp", b"bak", b"pcap", b"pcapng", b"html", b"htm", b"pdf", b"png", b"jpg", b"jpeg", b"gif",
    b"svg", b"mp3", b"mp4", b"db", b"sqlite", b"lock", b"pid", b"sock", b"bin", b"dat", b"img", b"iso",
    b"jar", b"war", b"rpm", b"deb", b"whl", b"parquet", b"avro", b"orc", b"yml", b"yaml", b"conf", b"cfg",
    b"ini", b"toml", b"pem", b"crt", b"xlsx", b"docx", b"dump", b"sst", b"wal",
];

/// A file name with a digit in it and an ending that is known to hold data.
pub(crate) fn file(s: &[u8]) -> usize {
    let end = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_' | b'~' | b'+'));
    let end = end - cut(s, 0, end).iter().rev().take_while(|&&b| b == b'.').count();
    let name = cut(s, 0, end);
    let Some(dot) = name.iter().rposition(|&b| b == b'.') else { return 0 };
    if dot == 0 || !FILES.contains(&from(name, dot + 1)) { 0 } else { end }
}

/// One of the terms whose digits are part of the word, in any case.
pub(crate) fn is_term(s: &[u8]) -> bool {
    let mut low = [0; 7];
    let Some(low) = low.get_mut(..s.len()) else { return false };
    for (to, from) in low.iter_mut().zip(s) {
        *to = from.to_ascii_lowercase();
    }
    matches!(
        &*low,
        b"ipv4"
            | b"ipv6"
            | b"ip4"
            | b"ip6"
            | b"inet6"
            | b"icmp6"
            | b"icmpv6"
            | b"s3"
            | b"ec2"
            | b"k8s"
            | b"http2"
            | b"http3"
            | b"h2"
            | b"h2c"
            | b"md5"
            | b"sha1"
            | b"sha256"
            | b"sha384"
            | b"sha512"
            | b"base64"
            | b"utf8"
            | b"utf16"
            | b"oauth2"
            | b"x86"
            | b"amd64"
            | b"arm64"
            | b"i386"
            | b"i686"
            | b"x509"
            | b"log4j"
            | b"slf4j"
            | b"p50"
            | b"p90"
            | b"p95"
            | b"p99"
            | b"route53"
            | b"ext3"
            | b"ext4"
            | b"int8"
            | b"int16"
            | b"int32"
            | b"int64"
            | b"uint8"
            | b"uint16"
            | b"uint32"
            | b"uint64"
            | b"float32"
            | b"float64"
            | b"win32"
            | b"win64"
            | b"mp3"
            | b"mp4"
            | b"neo4j"
            | b"db2"
            | b"nat64"
            | b"nfs4"
            | b"nfsv3"
            | b"nfsv4"
            | b"smb2"
            | b"lz4"
            | b"bzip2"
            | b"utf32"
            | b"crc32"
            | b"murmur3"
            | b"python2"
            | b"python3"
            | b"l1"
            | b"l2"
            | b"l3"
            | b"l4"
            | b"l7"
            | b"i2c"
            | b"ssh2"
    )
}

/// `1h30m`, `2m3s`: numbers and short units in turn.
pub(crate) fn is_duration(s: &[u8]) -> bool {
    let mut i = 0;
    while i < s.len() {
        let n = digits(from(s, i));
        let unit = run(from(s, i + n), |b| b.is_ascii_lowercase());
        if n == 0
            || !matches!(
                cut(s, i + n, i + n + unit),
                b"d" | b"h" | b"m" | b"s" | b"w" | b"y" | b"ms" | b"us" | b"ns"
            )
        {
            return false;
        }
        i += n + unit;
    }
    i > 0
}

/// The last part of a pod's name: five characters without vowels and without digits that look like letters.
pub(crate) fn is_pod_suffix(s: &[u8]) -> bool {
    s.len() == 5 && s.iter().all(|b| b"bcdfghjklmnpqrstvwxz2456789".contains(b))
}

/// Units in whole words, plurals, halves of the day, zones and money: they belong to the number before them.
pub(crate) fn is_long_unit(s: &[u8]) -> bool {
    matches!(
        s,
        b"bytes"
            | b"byte"
            | b"Bytes"
            | b"seconds"
            | b"second"
            | b"minutes"
            | b"minute"
            | b"hours"
            | b"hour"
            | b"days"
            | b"day"
            | b"millis"
            | b"milliseconds"
            | b"millisecond"
            | b"microseconds"
            | b"min"
            | b"mins"
            | b"AM"
            | b"PM"
            | b"am"
            | b"pm"
            | b"CET"
            | b"CEST"
            | b"UTC"
            | b"GMT"
            | b"EUR"
            | b"USD"
            | b"GBP"
            | b"CHF"
            | b"JPY"
            | b"percent"
    )
}

/// `PT15M`, `P1DT2H`: ISO 8601's durations.
pub(crate) fn is_iso_duration(s: &[u8]) -> bool {
    at(s, 0) == b'P'
        && s.len() >= 3
        && s.last().is_some_and(u8::is_ascii_uppercase)
        && s.iter()
            .skip(1)
            .all(|b| b.is_ascii_digit() || matches!(b, b'T' | b'D' | b'H' | b'M' | b'S' | b'Y' | b'W'))
        && (at(s, 1) == b'T' && at(s, 2).is_ascii_digit() || at(s, 1).is_ascii_digit())
}

/// Names of sources: a number behind their colon is a line.
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

/// Letters in both cases in an order that no name has: `dQwXYcgQ`. Humps of one letter tell it from camel case.
pub(crate) fn is_random(s: &[u8]) -> bool {
    if s.len() < 9 {
        return false;
    }
    let (mut upper, mut lower, mut run, mut changes, mut last) = (0, 0, 0, 0, 0);
    for &b in s {
        let kind = match b {
            b'A'..=b'Z' => 1,
            b'a'..=b'z' => 2,
            b'0'..=b'9' | b'-' | b'_' => 3,
            _ => return false,
        };
        upper += usize::from(kind == 1);
        lower += usize::from(kind == 2);
        run = if kind == 2 { run + 1 } else { 0 };
        // Humps of camel case are words.
        if run > 4 {
            return false;
        }
        changes += usize::from(last != 0 && last != kind);
        last = kind;
    }
    upper >= 2 && lower >= 2 && changes * 5 >= s.len() * 2
}

/// A token that no person would choose, with the marks it may hold: Base64, a JWT, an id behind a short prefix.
pub(crate) fn token(s: &[u8], flags: u16) -> usize {
    let n = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'-' | b'_' | b'.' | b'='));
    if n < 11 {
        return 0;
    }
    let word = cut(s, 0, n);
    if word.starts_with(b"eyJ") && word.iter().filter(|&&b| b == b'.').count() == 2 {
        return n;
    }
    // `=` ends an atom, and Base64.
    let body = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/'));
    let padded = run(from(s, body), |b| b == b'=');
    if padded > 0
        && padded <= 2
        && body >= 14
        && (body + padded) % 4 == 0
        && !at(s, body + padded).is_ascii_alphanumeric()
    {
        return body + padded;
    }
    if flags & (crate::bytes::DOT | crate::bytes::SLASH) != 0 {
        return 0;
    }
    let plain = run(s, |b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    let whole = cut(s, 0, plain);
    // `ch_3MmlLrLkdIwHu7ix0snN0B15`
    let prefix = run(whole, |b| b.is_ascii_lowercase());
    if (2..=5).contains(&prefix) && at(whole, prefix) == b'_' && plain >= prefix + 11 {
        let rest = from(whole, prefix + 1);
        if rest.iter().all(u8::is_ascii_alphanumeric)
            && rest.iter().any(u8::is_ascii_alphabetic)
            && (is_id(rest) || is_random(rest))
        {
            return plain;
        }
    }
    if is_random(whole) { plain } else { 0 }
}

/// How long the noun is that stands behind a number when its plural ends with `s`: `2 rows` and `1 row` say the same.
pub(crate) fn singular(word: &[u8]) -> usize {
    let n = word.len();
    let verb = matches!(
        word,
        b"exists"
            | b"fails"
            | b"does"
            | b"needs"
            | b"wants"
            | b"takes"
            | b"starts"
            | b"stops"
            | b"runs"
            | b"uses"
            | b"returns"
            | b"expires"
            | b"this"
            | b"times"
            | b"means"
            | b"gets"
            | b"goes"
            | b"always"
            | b"less"
            | b"belongs"
            | b"refers"
            | b"points"
            | b"holds"
            | b"contains"
            | b"exceeds"
            | b"requires"
    );
    if n < 4 || verb || !word.iter().all(u8::is_ascii_lowercase) || !word.ends_with(b"s") {
        return n;
    }
    if word.ends_with(b"ss") || word.ends_with(b"us") || word.ends_with(b"is") {
        return n;
    }
    let stem = cut(word, 0, n - 2);
    let hissed = word.ends_with(b"es")
        && [b"ch".as_slice(), b"sh", b"x", b"ss", b"z"].iter().any(|e| stem.ends_with(e));
    if hissed { n - 2 } else { n - 1 }
}

/// Names that clouds give to machines: `gke-shop-pool-0f5b54d9-m44q`, `aks-pool-34917322-vmss00000c`.
pub(crate) fn node_name(s: &[u8]) -> usize {
    let n = run(s, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'-' | b'.'));
    let n = n - cut(s, 0, n).iter().rev().take_while(|&&b| matches!(b, b'.' | b'-')).count();
    let name = cut(s, 0, n);
    let parts = name.iter().filter(|&&b| b == b'-').count();
    let pool = (name.starts_with(b"gke-") || name.starts_with(b"aks-"))
        && parts >= 3
        && name.iter().any(u8::is_ascii_digit);
    if pool { n } else { 0 }
}
