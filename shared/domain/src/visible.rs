//! Makes text from outside safe for a terminal: characters that move the cursor, change the order of letters or
//! cannot be seen are written out, as JSON does it (`\u001b`), so that JSON stays the same JSON.

use std::fmt::Write;

/// Whether a character cannot be seen, or changes how others are read: bidirectional controls, zero-width marks,
/// fillers, tags. The two joiners do not count: several scripts need them, and a chat shows them.
#[must_use]
pub fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// What a hidden character is called: `U+202E, right-to-left override`.
#[must_use]
pub fn name_of(c: char) -> String {
    let number = format!("U+{:04X}", u32::from(c));
    let name = match c {
        '\u{ad}' => "soft hyphen",
        '\u{200b}' => "zero width space",
        '\u{200e}' => "left-to-right mark",
        '\u{200f}' | '\u{61c}' => "right-to-left mark",
        '\u{202a}' | '\u{2066}' => "left-to-right text begins",
        '\u{202b}' | '\u{2067}' => "right-to-left text begins",
        '\u{202c}' | '\u{2069}' => "end of turned text",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2060}' => "word joiner",
        '\u{feff}' => "byte order mark",
        '\u{e0000}'..='\u{e0fff}' => "tag",
        _ => return number,
    };
    format!("{number}, {name}")
}

/// Whether a terminal may do something other than show it.
fn acts(c: char) -> bool {
    c.is_control() || is_hidden(c) || matches!(c, '\u{200c}' | '\u{200d}' | '\u{2028}' | '\u{2029}')
}

/// The text as one line, or one cell of a table: line breaks and tabs are written out too.
#[must_use]
pub fn line(text: &str) -> String {
    written_out(text, |_| false)
}

/// The text as several lines: line breaks and tabs stay.
#[must_use]
pub fn lines(text: &str) -> String {
    written_out(text, |c| matches!(c, '\n' | '\t'))
}

fn written_out(text: &str, stays: impl Fn(char) -> bool) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if acts(c) && !stays(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                // Writing to a `String` cannot fail.
                write!(out, "\\u{unit:04x}").ok();
            }
        } else {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_acts_and_nothing_is_lost() {
        let check = |text: &str, expect: &str| assert_eq!(line(text), expect, "{text:?}");
        check("plain – ünïcode 漢字", "plain – ünïcode 漢字");
        check("\u{1b}[2J\u{7}\r\n\ta", "\\u001b[2J\\u0007\\u000d\\u000a\\u0009a");
        check("\u{9b}31m\u{85}\u{7f}", "\\u009b31m\\u0085\\u007f");
        check("a\u{202e}b\u{2066}c\u{200f}\u{61c}", "a\\u202eb\\u2066c\\u200f\\u061c");
        check("\u{200b}\u{200d}\u{feff}\u{2028}\u{2029}", "\\u200b\\u200d\\ufeff\\u2028\\u2029");
        check("\u{e0041}", "\\udb40\\udc41");
        assert_eq!(lines("a\n\tb\u{1b}"), "a\n\tb\\u001b");
        let all: String = ('\0'..=char::MAX).filter(|c| c.is_control() || is_hidden(*c)).collect();
        assert!(!line(&all).chars().any(acts));
    }
}
