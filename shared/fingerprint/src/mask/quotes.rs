//! Values in quotes, and what stands before `=`.

use super::places;
use crate::builtin::{BuiltIn, Switches};
use crate::bytes::{SPACE, at, class, cut};

/// Whether the word before `=` is a key, even if the walk did not see it as one word.
pub(super) fn is_key(s: &[u8], i: usize) -> bool {
    let start =
        cut(s, 0, i).iter().rposition(|&b| !(b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.')));
    let key = cut(s, start.map_or(0, |n| n + 1), i);
    at(key, 0).is_ascii_alphabetic() && !places::is_said(key)
}

/// How long the quoted value at the quote at `i` is; 0 if the quotes hold a key or a message.
pub(super) fn quoted_value(s: &[u8], i: usize, word: &[u8], on: Switches) -> usize {
    let quote = at(s, i);
    let before = at(s, i.wrapping_sub(1));
    let inside = cut(s, i + 1, s.len().min(i + 1 + places::LONGEST_QUOTED));
    let mut spaced = false;
    let Some(n) = inside.iter().position(|&c| {
        spaced |= class(c) == SPACE;
        c == quote
    }) else {
        return 0;
    };
    let after = at(inside, n + 1);
    if n == 0 || after.is_ascii_alphanumeric() || (quote == b'\'' && spaced && before == b'\'') {
        return 0;
    }
    let assigned = before == b'=' || before == b':' && at(s, i.wrapping_sub(2)) == b'"';
    if matches!(after, b':' | b'=') {
        // A key, if an object may stand here; `open "x": failed` has no key.
        let opened = cut(s, 0, i).iter().rposition(|&b| class(b) != SPACE).map_or(0, |p| at(s, p));
        if after == b'=' || matches!(opened, 0 | b'{' | b',' | b'(' | b'[') {
            return 0;
        }
    }
    // `state = 'not yet paid'`: an SQL literal.
    let literal = quote == b'\'' && before == b' ' && at(s, i.wrapping_sub(2)) == b'=';
    if !literal && !word.is_empty() && places::is_said(word) && (assigned || !spaced) {
        return if spaced || !on.has(BuiltIn::Places) || is_state(word) { 0 } else { n };
    }
    if spaced && !assigned {
        let place = cut(s, 0, i).iter().rposition(|&b| class(b) != SPACE).map_or(0, |p| at(s, p));
        if !on.has(BuiltIn::Places)
            || !(word == b"request:" || places::is_phrase(cut(inside, 0, n), place, word))
        {
            return 0;
        }
    }
    n
}

/// Words whose quoted value says what happened: one of a few states, not one of many names.
fn is_state(word: &[u8]) -> bool {
    matches!(
        word,
        b"state"
            | b"status"
            | b"mode"
            | b"phase"
            | b"level"
            | b"action"
            | b"stage"
            | b"result"
            | b"reason"
            | b"signal"
    )
}
