//! What the place of a value says about it: a code is kept, and a name after its key is not, whatever either looks
//! like.

use crate::bytes::{at, cut, digits, find, from, run};

/// Longest number that is taken for a code.
const LONGEST_CODE: usize = 5;
/// Longest value of a key, and longest quoted value of several words.
const LONGEST_VALUE: usize = 2048;
pub(super) const LONGEST_QUOTED: usize = 256;
const LONGEST_PHRASE: usize = 80;

/// A word in lower case without the colon after it, in a buffer.
fn low<'b>(word: &[u8], buffer: &'b mut [u8; 16]) -> &'b [u8] {
    let word = word.strip_suffix(b":").unwrap_or(word);
    let Some(place) = buffer.get_mut(..word.len()) else { return b"" };
    for (to, from) in place.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    place
}

/// Words that a code or a level can follow.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Names {
    Code,
    /// Only together with the word before.
    Perhaps,
    /// A level's number, in structured lines.
    Level,
    Nothing,
}

/// Longest of the words in the lists below.
pub(crate) const LONGEST_NAME: usize = 16;

const CODES: &[&[u8]] = &[
    b"status",
    b"statuscode",
    b"status_code",
    b"code",
    b"errorcode",
    b"error_code",
    b"err_code",
    b"exitcode",
    b"exit_code",
    b"exit-code",
    b"exitstatus",
    b"exit_status",
    b"signal",
    b"errno",
    b"sqlstate",
    b"sqlcode",
    b"hresult",
    b"rc",
    b"retcode",
    b"returncode",
    b"return_code",
    b"ntstatus",
    b"http_status",
    b"httpstatus",
    b"grpc_code",
    b"response_code",
    b"responsecode",
    b"exit",
    b"http",
    b"returned",
    b"completed",
];
const PERHAPS: &[&[u8]] = &[b"error", b"err", b"with", b"by"];
const LEVELS: &[&[u8]] = &[
    b"level",
    b"lvl",
    b"l",
    b"severity",
    b"severitynumber",
    b"severity_number",
    b"syslog_severity",
    b"syslogseverity",
    b"priority",
    b"levelno",
    b"log_level",
    b"loglevel",
    b"s",
];

/// By the last letter of a word: which letters such words begin with, and which letters stand before the last one,
/// one bit each.
static BEGIN: [u32; 32] = letters(false);
static BEFORE: [u32; 32] = letters(true);

const fn letters(before_last: bool) -> [u32; 32] {
    let lists = [CODES, PERHAPS, LEVELS];
    let mut table = [0; 32];
    let mut n = 0;
    while n < lists.len() {
        let mut i = 0;
        while i < lists[n].len() {
            let word = lists[n][i];
            let letter = if before_last && word.len() > 1 { word[word.len() - 2] } else { word[0] };
            table[(word[word.len() - 1] & 31) as usize] |= 1 << (letter & 31);
            i += 1;
        }
        n += 1;
    }
    table
}

/// Whether a word of two letters or more with this end may be one that a code or a level follows.
#[inline(always)]
pub(crate) fn may_end(before: u8, last: u8) -> bool {
    BEFORE[usize::from(last & 31)] & 1 << (before & 31) != 0
}

fn names(word: &[u8]) -> Names {
    // `status::`
    let word = word.strip_suffix(b":").unwrap_or(word);
    let word = word.strip_suffix(b":").unwrap_or(word);
    let (Some(&first), Some(&last)) = (word.first(), word.last()) else { return Names::Nothing };
    // Most words are ruled out by their first and last letters.
    if word.len() > LONGEST_NAME || BEGIN[usize::from(last & 31)] & 1 << (first & 31) == 0 {
        return Names::Nothing;
    }
    let mut a = [0; LONGEST_NAME];
    let word = low(word, &mut a);
    if CODES.contains(&word) {
        Names::Code
    } else if PERHAPS.contains(&word) {
        Names::Perhaps
    } else if LEVELS.contains(&word) {
        Names::Level
    } else {
        Names::Nothing
    }
}

/// A number after this word may be shown, or may decide how bad the line is.
pub(crate) fn may_be_code(word: &[u8]) -> bool {
    names(word) != Names::Nothing
}

/// The value after these two words, or after this key, is a code: `status code 404`, `exit status 1`, `errno=111`.
pub(super) fn is_code(before: &[u8], word: &[u8]) -> bool {
    match names(word) {
        Names::Code => true,
        Names::Perhaps => {
            let (mut a, mut b) = ([0; 16], [0; 16]);
            let before = low(before, &mut b);
            match low(word, &mut a) {
                b"with" => matches!(before, b"exited" | b"responded" | b"failed" | b"answered" | b"exits"),
                b"by" => matches!(before, b"killed"),
                _ => !matches!(before, b"an" | b"the" | b"of"),
            }
        }
        Names::Level | Names::Nothing => false,
    }
}

/// How long the code at the start is; 0 if there is none.
pub(super) fn code(s: &[u8]) -> usize {
    let sign = usize::from(at(s, 0) == b'-');
    let n = run(from(s, sign), |b| b.is_ascii_alphanumeric()) + sign;
    let body = cut(s, sign, n);
    let hex = body.starts_with(b"0x") && body.len() <= 18;
    let number = digits(body) == body.len() && (1..=LONGEST_CODE).contains(&body.len());
    // `42S02`, `H12`, `P2002`: capital letters and digits, short enough to be spoken.
    let mixed =
        (2..=6).contains(&body.len()) && body.iter().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    let ends =
        !matches!(at(s, n), b'.' | b':' | b'-' | b'_' | b'@' | b'%') || !at(s, n + 1).is_ascii_alphanumeric();
    if (hex || number || mixed) && ends { n } else { 0 }
}

/// `ORA-00942`, `HHH000408`: codes of products, recognised by their prefix.
pub(super) fn product_code(s: &[u8]) -> usize {
    let letters = run(s, |b| b.is_ascii_uppercase());
    let dash = usize::from(at(s, letters) == b'-');
    let n = digits(from(s, letters + dash));
    if !(2..=6).contains(&n) || at(s, letters + dash + n).is_ascii_alphanumeric() {
        return 0;
    }
    let known = match cut(s, 0, letters) {
        b"ORA" | b"PLS" | b"TNS" | b"RMAN" | b"MY" | b"DPY" | b"SQL" => dash == 1,
        b"HHH" | b"HV" | b"WFLYCTL" | b"WFLYSRV" | b"AMQ" | b"IJ" | b"TS" | b"CS" | b"MSB" | b"NU"
        | b"NETSDK" | b"SRVE" | b"CWWKE" | b"CWWKZ" | b"BC" | b"CA" => dash == 0 && n >= 3,
        // MongoDB's code.
        b"E" => dash == 0 && n == 5,
        _ => false,
    };
    if known { letters + dash + n } else { 0 }
}

/// Whether the value of this key says what happened, so that it stays.
pub(super) fn is_said(key: &[u8]) -> bool {
    let mut a = [0; 16];
    let key = low(from(key, key.iter().rposition(|&b| b == b'.').map_or(0, |i| i + 1)), &mut a);
    matches!(
        key,
        b"state"
            | b"status"
            | b"mode"
            | b"phase"
            | b"level"
            | b"action"
            | b"stage"
            | b"type"
            | b"kind"
            | b"class"
            | b"event"
            | b"op"
            | b"operation"
            | b"reason"
            | b"error"
            | b"err"
            | b"cause"
            | b"exception"
            | b"msg"
            | b"message"
            | b"code"
            | b"result"
            | b"outcome"
            | b"desc"
            | b"description"
            | b"detail"
            | b"severity"
            | b"errno"
            | b"exit_code"
            | b"exitcode"
            | b"errortype"
            | b"error_type"
            | b"signal"
            | b""
    )
}

/// How long the value after `=` is: up to the next space or mark, with the brackets that it opens.
pub(super) fn value(s: &[u8]) -> usize {
    let mut depth = 0_i32;
    for (i, &b) in s.iter().enumerate().take(LONGEST_VALUE) {
        match b {
            b'(' | b'[' | b'{' | b'<' => depth += 1,
            b')' | b']' | b'}' | b'>' => {
                if depth == 0 {
                    return i;
                }
                depth -= 1;
                if depth == 0 {
                    return i + 1;
                }
            }
            0..=b' ' | b',' | b';' | b'|' | b'"' | b'\'' | b'&' | b'`' if depth == 0 => return i,
            _ => {}
        }
    }
    if depth > 0 { run(s, |b| b > b' ' && !matches!(b, b',' | b';')) } else { s.len() }
}

/// Whether a phrase has words that say what went wrong, so that it is a message and not a name.
fn tells(phrase: &[u8]) -> bool {
    let words: [&[u8]; 16] = [
        b"not ",
        b"rror",
        b"ail",
        b"efused",
        b"enied",
        b"imed out",
        b"imeout",
        b"annot",
        b"nvalid",
        b"nable",
        b" is ",
        b" was ",
        b" to ",
        b"issing",
        b"losed",
        b"nknown",
    ];
    words.iter().any(|w| find(phrase, w).is_some())
}

/// A quoted phrase of several words is a value: a name, a title, a path, a literal; not a message.
pub(super) fn is_phrase(phrase: &[u8], before: u8, word: &[u8]) -> bool {
    if matches!(before, b'=' | b'(' | b',' | b'<' | b'>') {
        return true;
    }
    let path = at(phrase, 0) == b'/' && phrase.len() > 1 || at(phrase, 1) == b':' && at(phrase, 2) == b'\\';
    if path {
        return true;
    }
    let marks = phrase.iter().any(|b| matches!(b, b'=' | b'{' | b'%' | b':' | b'(' | b'*' | b'<'));
    let words = phrase.iter().filter(|&&b| b == b' ').count() + 1;
    before.is_ascii_alphanumeric()
        && !word.is_empty()
        && phrase.len() <= LONGEST_PHRASE
        && words <= 6
        && !marks
        && !matches!(phrase.last(), Some(b'.' | b'!' | b'?'))
        && !tells(phrase)
}

/// One of HTTP's methods: a path follows.
pub(super) fn is_method(word: &[u8]) -> bool {
    matches!(word, b"GET" | b"POST" | b"PUT" | b"DELETE" | b"PATCH" | b"HEAD" | b"OPTIONS" | b"CONNECT")
}

/// Whether the next word is the name of a machine.
pub(super) fn names_host(word: &[u8]) -> bool {
    matches!(
        word,
        b"ENOTFOUND"
            | b"EAI_AGAIN"
            | b"lookup"
            | b"hostname"
            | b"server:"
            | b"client:"
            | b"host:"
            | b"upstream:"
    )
}

/// Ports that show that the word before them is a host.
pub(super) fn is_port(digits: &[u8]) -> bool {
    matches!(
        digits,
        b"80"
            | b"443"
            | b"22"
            | b"21"
            | b"25"
            | b"53"
            | b"110"
            | b"143"
            | b"389"
            | b"465"
            | b"587"
            | b"636"
            | b"993"
            | b"995"
            | b"1433"
            | b"1521"
            | b"2181"
            | b"2379"
            | b"3000"
            | b"3128"
            | b"3306"
            | b"4222"
            | b"5000"
            | b"5432"
            | b"5601"
            | b"5671"
            | b"5672"
            | b"5044"
            | b"5070"
            | b"6379"
            | b"6443"
            | b"7000"
            | b"8000"
            | b"8080"
            | b"8081"
            | b"8443"
            | b"8500"
            | b"9000"
            | b"9042"
            | b"9090"
            | b"9092"
            | b"9093"
            | b"9200"
            | b"9300"
            | b"9418"
            | b"10250"
            | b"11211"
            | b"15672"
            | b"26379"
            | b"27017"
    )
}

/// `startingDisplayed = false`: what a key's value may be beside a number.
pub(super) fn is_truth(word: &[u8]) -> bool {
    matches!(word, b"true" | b"false" | b"True" | b"False" | b"null" | b"None" | b"nil")
}
