//! Splits typed text into words, with quotes, dashes and invisible characters as phones and desktops put them in. A
//! change that a person can see must always be shown back to them.

use super::Misunderstood;
use std::borrow::Cow;

/// One word as typed. Remembers where quotes were, so that `"a=b"` is a value and `a="b"` is a name with a value.
pub(super) struct Word {
    /// What stood before the first unquoted `=`, if that is shaped like a name; without the dashes of `--name`.
    pub(super) name: Option<String>,
    pub(super) value: String,
}

impl Word {
    /// The whole word, as if `=` meant nothing.
    pub(super) fn text(&self) -> Cow<'_, str> {
        match &self.name {
            None => Cow::Borrowed(&self.value),
            Some(name) => Cow::Owned(format!("{name}={}", self.value)),
        }
    }
}

/// Splits a text into words.
pub(super) fn split(text: &str) -> Result<Vec<Word>, Misunderstood> {
    let text = visible(text);
    let mut words = Vec::with_capacity(4);
    let mut chars = text.chars().peekable();
    loop {
        while chars.next_if(|c| c.is_whitespace()).is_some() {}
        if chars.peek().is_none() {
            return Ok(words);
        }
        let mut word = Word { name: None, value: String::with_capacity(16) };
        let mut quoted_already = false;
        while let Some(c) = chars.next_if(|c| !c.is_whitespace()) {
            let begins = word.value.is_empty() && !quoted_already;
            match closing_quote(c, begins) {
                Some(close) => {
                    quoted_already = true;
                    loop {
                        match chars.next().ok_or(Misunderstood::OpenQuote)? {
                            '\\' if is_double(c) && matches!(chars.peek(), Some('"' | '\\')) => {
                                word.value.extend(chars.next());
                            }
                            inner if close.contains(&inner) => {
                                // In `'it's here'` an apostrophe stands between letters; a closing quote does not.
                                let goes_on = chars.peek().is_some_and(|next| next.is_alphanumeric());
                                if is_double(c) || !goes_on {
                                    break;
                                }
                                word.value.push(inner);
                            }
                            inner => word.value.push(inner),
                        }
                    }
                }
                None if c == '=' && word.name.is_none() && !quoted_already => match name(&word.value) {
                    Some(name) => {
                        word.name = Some(name.to_owned());
                        word.value.clear();
                    }
                    None => word.value.push(c),
                },
                None => match dash(c) {
                    Some(dashes) => word.value.push_str(dashes),
                    None => word.value.push(c),
                },
            }
        }
        words.push(word);
    }
}

/// Drops characters that nobody sees and nobody typed on purpose: byte order marks, zero-width spaces, soft hyphens,
/// marks of direction that keyboards and copied text bring along. A character that changes how text reads is left in,
/// so that it can be refused by name. The joiners stay between letters that are not ASCII, because some scripts and
/// emoji need them.
fn visible(text: &str) -> Cow<'_, str> {
    let dropped = |c: char| matches!(c, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{61c}' | '\u{feff}');
    if !text.contains(dropped) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    let mut before = None;
    while let Some(c) = chars.next() {
        let foreign = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && !c.is_whitespace());
        let joins = matches!(c, '\u{200c}' | '\u{200d}') && foreign(before) && foreign(chars.peek().copied());
        if !dropped(c) || joins {
            out.push(c);
            before = Some(c);
        }
    }
    Cow::Owned(out)
}

/// Chat apps turn straight quotes into curly ones; people mean the same by both. A single quote within a word is an
/// apostrophe.
fn closing_quote(open: char, begins: bool) -> Option<&'static [char]> {
    match open {
        '"' => Some(&['"']),
        '“' | '„' | '”' => Some(&['"', '”', '“']),
        '\'' | '‘' | '’' | '‚' if begins => Some(&['\'', '’', '‘']),
        _ => None,
    }
}

fn is_double(quote: char) -> bool {
    !matches!(quote, '\'' | '‘' | '’' | '‚')
}

/// The characters that were typed for this dash: phones make one long dash of two short ones.
fn dash(c: char) -> Option<&'static str> {
    match c {
        '—' | '―' => Some("--"),
        '‐' | '‑' | '‒' | '–' | '−' | '﹣' | '－' => Some("-"),
        _ => None,
    }
}

/// A value as it has to be typed to mean the same again, in quotes where it needs them.
#[must_use]
pub fn quoted(text: &str) -> Cow<'_, str> {
    if needs_quotes(text) {
        Cow::Owned(format!("\"{}\"", text.replace('\\', r"\\").replace('"', r#"\""#)))
    } else {
        Cow::Borrowed(text)
    }
}

/// Whether a text needs quotes to mean the same when it is typed again.
fn needs_quotes(text: &str) -> bool {
    text.is_empty()
        || text.contains(|c: char| {
            c.is_whitespace()
                || c == '\\'
                || dash(c).is_some()
                || closing_quote(c, true).is_some()
                || closing_quote(c, false).is_some()
        })
}

/// The name before a `=`, without the dashes of an option.
fn name(text: &str) -> Option<&str> {
    let name = text.trim_start_matches('-');
    let shaped = name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_');
    (!name.is_empty() && shaped).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let shown = |w: Word| match w.name {
            Some(name) => format!("{name}={}", w.value),
            None => w.value,
        };
        split(text).unwrap().into_iter().map(shown).collect()
    }

    #[test]
    fn as_phones_and_desktops_type() {
        for (typed, expect) in [
            ("it's 5 o’clock", &["it's", "5", "o’clock"][..]),
            ("note=‘two words’", &["note=two words"]),
            ("note='it's done' next", &["note=it's done", "next"]),
            ("note=’two words’ ‚low quotes‘", &["note=two words", "low quotes"]),
            ("—steps=4", &["steps=4"]),
            ("--steps=4 –steps=4 -steps=4", &["steps=4", "steps=4", "steps=4"]),
            ("pre‑prod eu–west", &["pre-prod", "eu-west"]),
            ("note=\"a — b\"", &["note=a — b"]),
            ("\u{feff}web\u{200b} \u{200e}1.4\u{2060}.2\u{ad}", &["web", "1.4.2"]),
            ("we\u{200d}b 👩\u{200d}🚒", &["web", "👩\u{200d}🚒"]),
            ("web\u{a0}1.4.2\u{3000}x", &["web", "1.4.2", "x"]),
            // A character that changes the order of letters must not be dropped silently.
            ("a\u{202e}b", &["a\u{202e}b"]),
        ] {
            assert_eq!(words(typed), expect, "{typed:?}");
        }
    }

    #[test]
    fn a_quote_that_stays_open_is_told() {
        for typed in ["'two words", "note=‘two words", "note=\"two"] {
            assert!(matches!(split(typed), Err(Misunderstood::OpenQuote)), "{typed}");
        }
    }
}
