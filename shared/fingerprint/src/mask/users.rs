//! Names of users, found by the words around them.

use crate::bytes::{at, cut, from};

/// Where a user's name that begins here ends, or 0 if the words before do not announce one. A name before ` from ` may
/// have up to three words.
#[inline(always)]
pub(super) fn user(s: &[u8], start: usize, end: usize, one: &[u8], two: &[u8]) -> usize {
    if cut(s, start, end) == b"from" {
        return 0;
    }
    match one {
        b"user" => {
            let named = matches!(two, b"for" | b"by" | b"invalid" | b"Invalid" | b"of");
            let before_from = words_before_from(s, end);
            if before_from > 0 {
                before_from
            } else if named {
                end
            } else {
                0
            }
        }
        b"for" if from(s, end).starts_with(b" from ") => end,
        _ => 0,
    }
}

/// Where the words before ` from ` end, at most three words; 0 if there are more.
fn words_before_from(s: &[u8], end: usize) -> usize {
    let mut i = end;
    for _ in 0..3 {
        if from(s, i).starts_with(b" from ") {
            return i;
        }
        if at(s, i) != b' ' {
            return 0;
        }
        i += 1 + crate::bytes::run(from(s, i + 1), |b| b > b' ' && b != b',' && b != b'(');
    }
    0
}
