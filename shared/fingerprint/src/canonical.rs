//! Replaces numbers and ids of a line by one form each, where they would be masked anyway. So the lines of one
//! pattern are mostly the same bytes and need not be read again.
//!
//! Digits that could be shown, or that decide something (a status, a level, a term such as `sha256`), are never
//! replaced. The only exception is a code that no rule tells apart from others with the same first digit ([`Code`]).
//! This is the first step of naming a line, not a guess beside it: what is named is always the form that is written
//! here. Every line takes this step, so it goes from digit to digit.

mod code;
mod form;

use crate::bytes::{DIGIT, LETTER, at, class, cut, digits, from, run};
use crate::marks::Marks;
use crate::mask::places;
use crate::shapes;
use code::Code;
pub(crate) use form::Form;
use form::{FIVES, FORM, STEP, Written};

/// Hexadecimal words of this length or more are ids, whatever they hold.
const SHORTEST_ID: usize = 6;
/// How many bytes back the word before a number is looked for.
const FAR: usize = 64;

/// Writes the canonical form of the line that `look` saw last; with a stand-in for its code if that is wanted.
pub(crate) fn write(line: &[u8], stand_in: bool, into: &mut Form) {
    into.begin(line.len());
    let (mut codes, mut code) = (0, None);
    // The form is written up to here.
    let mut written = 0;
    let mut i = 0;
    let marks = std::mem::take(&mut into.marks);
    while let Some(first) = marks.next_digit(i) {
        // The word around the digit.
        let start = marks.start_of_run(first).max(i);
        let mut end = marks.digits_end(first);
        let letters = is_letter(at(line, end));
        if letters {
            end = marks.end_of_run(end);
        }
        let word = cut(line, start, end);
        let before = at(line, start.wrapping_sub(1));
        i = end;
        // An escape of JSON: `\\u001b`.
        if before == b'\\' {
            continue;
        }
        if word.len() == 8 && at(line, end) == b'-' && shapes::uuid(from(line, start)) > 0 {
            into.copy(line, written, start);
            into.put(b"a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0");
            written = start + 36;
            i = written;
        } else if start == first && !letters {
            if decides(line, &marks, start, word.len()) {
                codes += 1;
                code = Code::read(line, start, word, into.len + start - written);
                continue;
            }
            let (len, form) = number(line, start, word);
            into.copy(line, written, start);
            into.form(form);
            written = start + len;
            i = written;
            if len == word.len() {
                i = parts(line, i, into);
                written = i;
            }
        } else if is_id(word) {
            if behind(line, &marks, start) {
                continue;
            }
            into.copy(line, written, start);
            into.put(if at(word, 1) == b'x' { b"0xa0a0" } else { hex(word.len()) });
            written = end;
        } else if is_named(word) && !decides(line, &marks, start, 0) {
            // `web17`, `U41`, `12ms`: a name with numbers, or a number with its unit.
            into.copy(line, written, start);
            into.name(word);
            written = end;
        }
    }
    into.put(from(line, written));
    into.marks = marks;
    if stand_in && codes == 1 {
        into.stand_in(code);
    }
}

#[inline(always)]
fn is_letter(b: u8) -> bool {
    class(b) & LETTER != 0
}

/// The further numbers of a date, a time or a fraction, of two or three digits each: `-02-03 04:05:06.123`. What
/// stands before them is known to be a number. Answers where they end.
#[inline(always)]
fn parts(line: &[u8], mut i: usize, into: &mut Form) -> usize {
    while let Some(&[mark, a, b, c]) = from(line, i).first_chunk::<4>() {
        let (n, after) = if c.is_ascii_digit() { (3, at(line, i + 4)) } else { (2, c) };
        let fits = match mark {
            b'-' | b'.' => true,
            // Four numbers with dots may be an address.
            b':' | b',' => after != b'.',
            // A number between spaces has another form.
            b' ' => n == 2 && matches!(after, b':' | b'-'),
            _ => false,
        };
        if !fits || !a.is_ascii_digit() || !b.is_ascii_digit() || class(after) & (DIGIT | LETTER) != 0 {
            break;
        }
        let mut form = *FIVES;
        form[0] = mark;
        into.form((&form, n + 1));
        i += n + 1;
    }
    i
}

/// A form of one whole step.
const fn step<const N: usize>(form: &[u8; N]) -> [u8; STEP] {
    let mut step = [0; STEP];
    let mut i = 0;
    while i < N {
        step[i] = form[i];
        i += 1;
    }
    step
}

const YEAR: &[u8; STEP] = &step(b"2000");
const DATE: &[u8; STEP] = &step(b"20000000");
const TIME: &[u8; STEP] = &[b'0'; STEP];
const SECONDS: &[u8; STEP] = &step(b"1500000000000");
const ADDRESS: &[u8; STEP] = &step(b"10.0.0.1:55");

/// What is written for a number, and how many bytes it replaces.
#[inline(always)]
fn number<'a>(line: &[u8], start: usize, word: &[u8]) -> (usize, Written<'a>) {
    let (n, before, after) = (word.len(), at(line, start.wrapping_sub(1)), at(line, start + word.len()));
    // A number with dots may be an IP address, which needs a form of its own.
    let end = start + n;
    if n <= 3
        && after == b'.'
        && !matches!(before, b'.' | b'-' | b'_')
        && [end + 2, end + 3, end + 4].iter().any(|&i| at(line, i) == b'.')
    {
        let ip = shapes::ipv4(from(line, start));
        if ip > 0 {
            let port = cut(line, start, start + ip).iter().any(|&b| b == b':' || b == b'/');
            return (ip, (ADDRESS, if port { 11 } else { 8 }));
        }
    }
    let first = at(word, 0);
    let early = matches!(first, b'1' | b'2');
    let form = match n {
        // Years, dates, seconds and milliseconds since 1970 are recognised by their length and their first digits.
        4 if early => (YEAR, 4),
        6 => (TIME, 6),
        8 if early && (word.starts_with(b"19") || word.starts_with(b"20")) => (DATE, 8),
        10 | 13 if early => (SECONDS, n),
        _ if kind(before) & ALONE != 0 && kind(after) & BOUND == 0 => (FIVES, 1),
        // All numbers that are longer than any other kind have the same form.
        _ => (FIVES, if n > 13 { STEP } else { n }),
    };
    (n, form)
}

/// This many hexadecimal characters: a short word may be a group of an id, while long words are ids of any length.
fn hex<'a>(n: usize) -> &'a [u8] {
    const HEX: &[u8] = b"a0a0a0a0a0a0a0a0";
    cut(HEX, 0, n.min(HEX.len()))
}

/// A word whose digits only count things: no term, no code of a product, no level letter of klog.
fn is_named(word: &[u8]) -> bool {
    let letters = run(word, |b| b.is_ascii_uppercase());
    let code =
        letters > 0 && digits(from(word, letters)) + letters == word.len() && word.len() - letters >= 3;
    !code && !word.starts_with(b"0x") && word.len() <= 40 && !shapes::is_term(word) && !becomes_term(word)
}

/// `md0` with its digit replaced by five would be `md5`, which is a term and has another name.
fn becomes_term(word: &[u8]) -> bool {
    word.len() <= shapes::LONGEST_TERM
        && shapes::is_packed_term(shapes::packed(word, |b| if b.is_ascii_digit() { FORM } else { b }))
}

/// A hexadecimal word that is an id, whatever it holds.
fn is_id(word: &[u8]) -> bool {
    if at(word, 0) == b'0' && at(word, 1) == b'x' {
        return word.len() > 2 && word.iter().skip(2).all(u8::is_ascii_hexdigit);
    }
    word.len() >= SHORTEST_ID && word.iter().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
}

/// Whether the number at `i` may be shown, or may decide something, because of what stands before it. `digits` is its
/// length if the word is a number alone, and 0 for other words.
#[inline(always)]
fn decides(line: &[u8], marks: &Marks, i: usize, digits: usize) -> bool {
    match at(line, i.wrapping_sub(1)) {
        b' ' => {}
        // `HTTP/1.1`, `HTTP/2`: after another word this number would be a status.
        b'/' if digits == 1 && cut(line, 0, i).ends_with(b"HTTP/") && is_version(from(line, i)) => {
            return false;
        }
        // A syslog priority.
        b'<' | b'>' => return true,
        // The number of a stack frame.
        b'#' if digits < 4 => return true,
        // A port after a name, or a line number of a source file: neither has one digit or more than five.
        b':' => {
            let before = at(line, i.wrapping_sub(2));
            let neither = digits >= 6 || digits == 1 && at(line, i + 1) != b'.';
            if !neither && (before.is_ascii_alphabetic() || matches!(before, b'_' | b'-' | b'.')) {
                return true;
            }
        }
        // `ORA-00942`
        b'-' if at(line, i.wrapping_sub(2)).is_ascii_uppercase() => return true,
        _ => {}
    }
    behind(line, marks, i)
}

/// One digit, or two digits with a dot between them, and not the start of an IP address.
fn is_version(s: &[u8]) -> bool {
    at(s, 1) != b'.' || at(s, 2).is_ascii_digit() && !at(s, 3).is_ascii_alphanumeric() && at(s, 3) != b'.'
}

/// Part of a word that a code may follow.
const WORD: u8 = 1;
/// The same, but not a dash.
const END: u8 = 2;
/// A number after it stands alone, unless a [`BOUND`] follows.
const ALONE: u8 = 4;
const BOUND: u8 = 8;

static KIND: [u8; 256] = kinds();

const fn kinds() -> [u8; 256] {
    let mut table = [0; 256];
    let mut i = 0;
    while i < 256 {
        table[i] = match i as u8 {
            b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => WORD | END,
            b'_' => WORD | END | BOUND,
            b'-' => WORD | BOUND,
            b' ' | b'=' | b'(' | b'[' | b'"' | b'\'' => ALONE,
            b'/' => ALONE | BOUND,
            b'.' | b':' | b'@' => BOUND,
            _ => 0,
        };
        i += 1;
    }
    table
}

#[inline(always)]
fn kind(b: u8) -> u8 {
    KIND[b as usize]
}

/// Whether the word before says that a code or a level stands here.
#[inline(always)]
fn behind(line: &[u8], marks: &Marks, i: usize) -> bool {
    // Most numbers stand right after another number, with one mark between them.
    if at(line, i.wrapping_sub(2)).is_ascii_digit() && i >= 2 && kind(at(line, i - 1)) & END == 0 {
        return false;
    }
    let far = i.saturating_sub(FAR);
    let end = marks.word_before(i, far);
    if end == far {
        return i - far == FAR;
    }
    // `HTTP/1.1" 500`
    if at(line, end) == b'"' && at(line, end + 1) == b' ' {
        return true;
    }
    // Most words are ruled out by their last two letters; none of the wanted words ends with a digit.
    let (before, last) = (at(line, end.wrapping_sub(2)), at(line, end - 1));
    let short = end - 1 == far || kind(before) & WORD == 0;
    !last.is_ascii_digit() && (short || places::may_end(before, last)) && is_code_word(line, far, end)
}

fn is_code_word(line: &[u8], far: usize, end: usize) -> bool {
    let mut start = end;
    while start > far && end - start <= places::LONGEST_NAME && kind(at(line, start - 1)) & WORD != 0 {
        start -= 1;
    }
    places::may_be_code(cut(line, start, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_masked_is_written_alike_and_the_rest_is_not_touched() {
        let check = |line: &str, expected: &str| {
            let mut into = Form::default();
            into.look(line.as_bytes());
            write(line.as_bytes(), false, &mut into);
            assert_eq!(String::from_utf8_lossy(into.bytes()), expected);
        };
        check("order 4711 took 17.25 ms, not 12ms", "order 5 took 55.55 ms, not 55ms");
        check("raid md0 is well, md1 is not, web-1 is", "raid md0 is well, md1 is not, web-5 is");
        check("status 503, exit code 137", "status 503, exit code 137");
        check("\"GET / HTTP/2\" 500 917", "\"GET / HTTP/5\" 500 5");
        check("sha256 of web-1 at wpad:80", "sha256 of web-5 at wpad:80");
        check("from 10.17.3.4:8080 and 10.17.3.4", "from 10.0.0.1:55 and 10.0.0.1");
        check("<27>Feb 13 04:05:06", "<27>Feb 5 55:55:55");
        check("{\"level\":30,\"pid\":99}", "{\"level\":30,\"pid\":55}");
        check("id 38101a0b-2096-447d-96ea-a692162415ae", "id a0a0a0a0-a0a0-a0a0-a0a0-a0a0a0a0a0a0");
        check("trace 4bf92f3577b34da6a3ce929d0e0e4736", "trace a0a0a0a0a0a0a0a0");
        check("at 0x7ffd404d7480, HRESULT 0x80070005", "at 0xa0a0, HRESULT 0x80070005");
        check("2026-11-13 at 1795262401", "2000-55-55 at 1500000000");
        check("steps:4, rows:123456, port:4711", "steps:5, rows:000000, port:4711");
        check("at 2026-02-03 04:05:06,123 1.2.3 and 04:05 6", "at 2000-55-55 55:55:55,555 5.5.5 and 55:55 5");
        check("04:05:10.0.0.7 1-22:10.17.3.4", "55:55:10.0.0.1 5-55:10.0.0.1");
        check("a##7189##54##b", "a##5555##54##b");
    }
}
