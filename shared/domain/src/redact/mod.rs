//! Finds what is shaped like a secret in text from outside, before it is stored or shown.
//!
//! If in doubt it hides: a hidden commit id costs a look at the log, a shown token costs a rotation. One pass finds
//! the few places where something secret may begin (`filter`); at each place the fitting check looks closer: names
//! and their values (`pair`, `bare`, `headers`), tokens that are known by their form (`token`, `table`), addresses,
//! armoured keys, options of programs. What is found and what is not: docs/secrets.md.

mod address;
mod armour;
mod bare;
mod dictionary;
mod extent;
mod filter;
mod form;
mod headers;
mod keys;
mod name;
mod pair;
mod pem;
mod plausible;
mod scan;
mod stream;
mod sweep;
mod switches;
mod table;
mod token;

pub use stream::Redactor;

use sweep::sweep;

/// What stands where a secret stood.
pub const MASK: &str = "[redacted]";

/// A second look finds secrets that show only after the first one's masks; real texts never need more than this.
const MOST_LOOKS: usize = 8;

/// Whether any part of the text is shaped like a secret.
#[must_use]
pub fn looks_secret(text: &str) -> bool {
    redact(text) != text
}

/// The text with every part that is shaped like a secret replaced by [`MASK`]. Line breaks stay where they are,
/// except that a private key's lines become one. Redacting again changes nothing.
#[must_use]
pub fn redact(text: &str) -> String {
    redact_from(text.to_owned())
}

/// Like [`redact`], for the end of a text whose beginning was cut off: the first line may begin within a secret, and
/// lines may belong to a private key although no mark says so. Both are hidden.
#[must_use]
pub fn redact_tail(text: &str) -> String {
    let key_line = |line: &str| {
        let line = line.trim();
        line.len() >= 40 && line.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'/' | b'='))
    };
    let (first, mut rest) = text.split_once('\n').unwrap_or((text, ""));
    // The text before the first blank may be the end of anything, so it is hidden.
    let kept = first.find(char::is_whitespace).map_or("", |at| &first[at..]);
    while let Some((line, more)) = rest.split_once('\n')
        && key_line(line)
    {
        rest = more;
    }
    if key_line(rest) {
        rest = "";
    }
    redact_from(format!("{MASK}{kept}\n{rest}").trim_end_matches('\n').to_owned())
}

fn redact_from(mut text: String) -> String {
    for _ in 0..MOST_LOOKS {
        let spans = sweep(&text).spans();
        if spans.iter().all(|(from, to)| &text[*from..*to] == MASK) {
            return text;
        }
        let mut out = String::with_capacity(text.len());
        let mut at = 0;
        for (from, to) in spans {
            out.push_str(&text[at..from]);
            out.push_str(MASK);
            at = to;
        }
        out.push_str(&text[at..]);
        text = out;
    }
    text
}

/// How many characters of a server's own words are kept.
const WORDS: usize = 300;

/// A server's own words about what went wrong: one short line, without anything shaped like a secret, and without the
/// secret that was sent to it, in case the server repeats it.
#[must_use]
pub fn words(text: &str, sent: Option<&str>) -> String {
    // Redacted before it is cut, because half a secret cannot be recognised.
    let mut text = redact(text);
    if let Some(sent) = sent.filter(|sent| !sent.is_empty()) {
        text = text.replace(sent, MASK);
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    text.chars().filter(|c| !c.is_control()).take(WORDS).collect()
}
