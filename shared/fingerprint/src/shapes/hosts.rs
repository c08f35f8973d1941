//! Addresses, hosts and mail addresses.

use crate::bytes::{at, cut, digits, from, run};

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
    // Most dots stand between digits, and are ruled out here.
    if dot == 0
        || end < 5
        || !at(last, 0).is_ascii_lowercase()
        || !DOMAINS.contains(&last)
        || find_double_dot(name)
    {
        return 0;
    }
    let n = digits(from(s, end + 1));
    if at(s, end) == b':' && n > 0 && n <= 5 { end + 1 + n } else { end }
}

fn find_double_dot(name: &[u8]) -> bool {
    name.windows(2).any(|w| w == b"..")
}

/// Whether the whole text is an address of any kind.
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

/// A word that could name a machine: letters, digits, dots and dashes, with at least one dot or digit.
pub(crate) fn is_name(s: &[u8]) -> bool {
    let chars = s.iter().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'));
    let dots = s.iter().filter(|&&b| b == b'.').count();
    chars && dots >= 1 && at(s, 0).is_ascii_alphanumeric() || s == b"localhost" || s == b"unknown"
}
