//! Writes a line with numbers and ids of one form in place of all that would be masked anyway, so that lines of one
//! pattern are mostly the same bytes and need not be read again.
//!
//! Digits that could be shown or that decide (a status, a level, a term such as
//! `sha256`) are never touched. This is the first step of naming a line, not a guess beside it: what is named is always
//! what stands here.

use crate::bytes::{DIGIT, LETTER, at, class, cut, digits, from, run};
use crate::mask::places;
use crate::shapes;

/// Hexadecimal words from here on are ids whatever they hold.
const SHORTEST_ID: usize = 6;
/// What is written for a digit of a name.
const FORM: u8 = b'5';
/// How far back the word is looked for that a number stands behind.
const FAR: usize = 64;

/// Writes the canonical form of a line.
pub(crate) fn write(line: &[u8], into: &mut Vec<u8>) {
    into.clear();
    // Up to here the form is written.
    let mut written = 0;
    let mut i = 0;
    while let Some(n) = from(line, i).iter().position(u8::is_ascii_digit) {
        // The word around the digit.
        let start = i + n - back(cut(line, written, i + n));
        i += n + run(from(line, i + n), |b| class(b) & (DIGIT | LETTER) != 0);
        let word = cut(line, start, i);
        // An escape of JSON: `\\u001b`.
        if at(line, start.wrapping_sub(1)) == b'\\' {
            continue;
        }
        let (len, form): (usize, &[u8]) =
            if word.len() == 8 && at(line, i) == b'-' && shapes::uuid(from(line, start)) > 0 {
                (36, b"a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0")
            } else if at(word, 0).is_ascii_digit() && digits(word) == word.len() {
                if decides(line, start) {
                    continue;
                }
                number(line, start, word)
            } else if is_id(word) {
                if behind(line, start) {
                    continue;
                }
                (word.len(), if at(word, 1) == b'x' { b"0xa0a0" } else { hex(word.len()) })
            } else if is_named(word) && !decides(line, start) {
                // `web17`, `U41`, `12ms`: a name with numbers, or a number with its unit.
                into.extend_from_slice(cut(line, written, start));
                into.extend(word.iter().map(|b| if b.is_ascii_digit() { FORM } else { *b }));
                written = i;
                continue;
            } else {
                continue;
            };
        into.extend_from_slice(cut(line, written, start));
        into.extend_from_slice(form);
        written = start + len;
        i = written;
    }
    into.extend_from_slice(from(line, written));
}

/// How many letters and digits stand at the end.
fn back(s: &[u8]) -> usize {
    s.iter().rev().take_while(|&&b| class(b) & (DIGIT | LETTER) != 0).count()
}

/// What is written for a number, and how many bytes it takes the place of.
fn number<'a>(line: &[u8], start: usize, word: &[u8]) -> (usize, &'a [u8]) {
    let (n, before, after) = (word.len(), at(line, start.wrapping_sub(1)), at(line, start + word.len()));
    let alone = matches!(before, b' ' | b'=' | b'(' | b'[' | b'"' | b'\'' | b'/')
        && !matches!(after, b'.' | b':' | b'-' | b'/' | b'_' | b'@');
    // An address of four numbers is an address.
    if n <= 3 && after == b'.' && !matches!(before, b'.' | b'-' | b'_') {
        let ip = shapes::ipv4(from(line, start));
        if ip > 0 {
            return (
                ip,
                if cut(line, start, start + ip).iter().any(|&b| b == b':' || b == b'/') {
                    b"10.0.0.1:55"
                } else {
                    b"10.0.0.1"
                },
            );
        }
    }
    let first = at(word, 0);
    let form: &[u8] = match n {
        // Years, dates, seconds and milliseconds since 1970 are told by their length and how they begin.
        4 if matches!(first, b'1' | b'2') => b"2000",
        6 => b"000000",
        8 if word.starts_with(b"19") || word.starts_with(b"20") => b"20000000",
        10 if matches!(first, b'1' | b'2') => b"1500000000",
        13 if matches!(first, b'1' | b'2') => b"1500000000000",
        _ if alone => b"5",
        _ if n > 13 => b"5555555555555555",
        _ => fixed(n),
    };
    (n, form)
}

/// So many hexadecimal characters, for a short word may be a group of an id; long ones are ids of any length.
fn hex<'a>(n: usize) -> &'a [u8] {
    const HEX: &[u8] = b"a0a0a0a0a0a0a0a0";
    cut(HEX, 0, n.min(HEX.len()))
}

/// So many digits.
fn fixed<'a>(n: usize) -> &'a [u8] {
    const FIVES: &[u8] = &[b'5'; 64];
    cut(FIVES, 0, n.min(FIVES.len()))
}

/// A word whose digits only count it: no term, no code of a product, no letter of klog's.
fn is_named(word: &[u8]) -> bool {
    let letters = run(word, |b| b.is_ascii_uppercase());
    let code =
        letters > 0 && digits(from(word, letters)) + letters == word.len() && word.len() - letters >= 3;
    !code && !word.starts_with(b"0x") && word.len() <= 40 && !shapes::is_term(word) && !becomes_term(word)
}

/// `md0` written with fives would be `md5`, which is a term and has another name.
fn becomes_term(word: &[u8]) -> bool {
    let mut form = [0; 8];
    let Some(form) = form.get_mut(..word.len()) else { return false };
    for (to, byte) in form.iter_mut().zip(word) {
        *to = if byte.is_ascii_digit() { FORM } else { *byte };
    }
    shapes::is_term(form)
}

/// A hexadecimal word that is an id whatever it holds.
fn is_id(word: &[u8]) -> bool {
    if at(word, 0) == b'0' && at(word, 1) == b'x' {
        return word.len() > 2 && word.iter().skip(2).all(u8::is_ascii_hexdigit);
    }
    word.len() >= SHORTEST_ID && word.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// The number at `i` may be shown, or decide: by what stands before it.
fn decides(line: &[u8], i: usize) -> bool {
    match at(line, i.wrapping_sub(1)) {
        // A priority, a frame's number.
        b'<' | b'>' | b'#' => return true,
        // A port behind a name, a line of a source.
        b':' => {
            let before = at(line, i.wrapping_sub(2));
            if before.is_ascii_alphabetic() || before == b'_' || before == b'-' || before == b'.' {
                return true;
            }
        }
        // `ORA-00942`
        b'-' if at(line, i.wrapping_sub(2)).is_ascii_uppercase() => return true,
        _ => {}
    }
    behind(line, i)
}

/// The word before says that a code or a level stands here.
fn behind(line: &[u8], i: usize) -> bool {
    let marks = cut(line, i.saturating_sub(FAR), i);
    let Some(end) = marks.iter().rposition(|&b| class(b) & (DIGIT | LETTER) != 0 || b == b'_') else {
        return marks.len() == FAR;
    };
    // `HTTP/1.1" 500`
    if at(marks, end + 1) == b'"' && at(marks, end + 2) == b' ' {
        return true;
    }
    let head = cut(marks, 0, end + 1);
    let start = head
        .iter()
        .rposition(|&b| !(class(b) & (DIGIT | LETTER) != 0 || matches!(b, b'_' | b'-')))
        .map_or(0, |n| n + 1);
    let word = from(head, start);
    places::may_be_code(word)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_written_alike_and_the_rest_is_not_touched() {
        let check = |line: &str, expected: &str| {
            let mut into = vec![];
            write(line.as_bytes(), &mut into);
            assert_eq!(String::from_utf8_lossy(&into), expected);
        };
        check("order 4711 took 17.25 ms, not 12ms", "order 5 took 55.55 ms, not 55ms");
        check("raid md0 is well, md1 is not, web-1 is", "raid md0 is well, md1 is not, web-5 is");
        check("status 503, exit code 137", "status 503, exit code 137");
        check("\"GET / HTTP/2\" 500 917", "\"GET / HTTP/2\" 500 5");
        check("sha256 of web-1 at wpad:80", "sha256 of web-5 at wpad:80");
        check("from 10.17.3.4:8080 and 10.17.3.4", "from 10.0.0.1:55 and 10.0.0.1");
        check("<27>Feb 13 04:05:06", "<27>Feb 5 55:55:55");
        check("{\"level\":30,\"pid\":99}", "{\"level\":30,\"pid\":55}");
        check("id 38101a0b-2096-447d-96ea-a692162415ae", "id a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0");
        check("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace a0a0a0a0a0a0a0a0");
        check("at 0x7ffd404d7480, HRESULT 0x80070005", "at 0xa0a0, HRESULT 0x80070005");
        check("2026-11-13 at 1795262401", "2000-55-55 at 1500000000");
    }
}
