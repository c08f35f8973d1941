//! Redacts text that comes in pieces: a secret that begins in one piece and ends in another is hidden too.

use super::MASK;
use super::armour::Line;
use super::pair::block_line;
use super::redact_from;
use super::scan::Open;
use super::sweep::sweep;

/// How much of the text before is looked at again: a name may stand on the line above its value.
const BEFORE: usize = 512;
/// How much of an unfinished line is kept back at least, so that nothing is cut in two.
const BACK: usize = 512;
/// How much is kept back at most, where a word does not end.
const MOST_BACK: usize = 16 * 1024;

/// Takes secrets out of text that comes line by line, or in pieces of lines.
///
/// All that it gives back, put together, holds no part of a secret that [`redact`](super::redact) would have found in
/// the whole text, wherever it was cut. It keeps at most some kilobytes.
#[derive(Debug, Clone, Default)]
pub struct Redactor {
    /// The end of what was given back, as it was.
    before: String,
    /// What was not given back yet.
    held: String,
    open: Open,
    /// A value has begun that has not ended: all text up to the next blank belongs to it.
    within: bool,
}

impl Redactor {
    /// Ready for the beginning of a text.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes a whole line, or the rest of one, without its line break. `None` if nothing of it may be shown, as
    /// within a private key.
    pub fn line(&mut self, text: &str) -> Option<String> {
        self.held.push_str(text);
        let line = std::mem::take(&mut self.held);
        let line = self.rest_of_word(&line)?;
        match self.open {
            Open::Armour(mut body) => match body.take(&line) {
                Line::Within => {
                    self.open = Open::Armour(body);
                    return None;
                }
                Line::Last => {
                    self.open = Open::Nothing;
                    self.before.clear();
                    return None;
                }
                Line::Other => self.open = Open::Nothing,
            },
            Open::Block(indent) => {
                if let Some((from, to)) = block_line(&line, indent) {
                    return Some(if from < to { format!("{}{MASK}", &line[..from]) } else { line });
                }
                self.open = Open::Nothing;
            }
            Open::Nothing => {}
        }
        let (shown, open) = self.shown(&line);
        self.open = open;
        self.remember(&line);
        self.before.push('\n');
        Some(shown)
    }

    /// Takes a piece of a line that goes on. What is given back may be shorter; the rest comes with the next piece.
    pub fn piece(&mut self, text: &str) -> Option<String> {
        self.held.push_str(text);
        if self.open != Open::Nothing {
            // Lines of keys and blocks are short, so a line this long is decided by its first kilobytes.
            return if self.held.len() > MOST_BACK { self.line("") } else { None };
        }
        let held = std::mem::take(&mut self.held);
        let held = self.rest_of_word(&held)?;
        // Cut at a blank, some way before the end.
        let most = held.len().saturating_sub(BACK);
        let blank = held.as_bytes()[..most].iter().rposition(u8::is_ascii_whitespace);
        let Some(cut) = blank.map(|at| at + 1) else {
            if held.len() < MOST_BACK {
                self.held = held;
                return None;
            }
            // A word without an end: the part that is there decides whether it is a secret.
            let (shown, _) = self.shown(&held);
            self.within = shown.ends_with(MASK);
            self.remember(&held);
            return Some(shown);
        };
        let joined = format!("{}{held}", self.before);
        let cut = self.before.len() + cut;
        let spans = sweep(&joined).spans();
        // Do not cut a hidden part: the piece ends before it.
        let cut = spans.iter().find(|(from, to)| *from < cut && cut < *to).map_or(cut, |(from, _)| *from);
        let cut = cut.max(self.before.len());
        if cut == self.before.len() && held.len() >= MOST_BACK {
            // A value that long is masked now; the rest of it is dropped with the next pieces.
            self.remember(&held);
            self.within = true;
            return Some(MASK.to_owned());
        }
        let shown = masked(&joined, &spans, self.before.len(), cut);
        self.held = joined[cut..].to_owned();
        let given = joined[self.before.len()..cut].to_owned();
        self.remember(&given);
        (!shown.is_empty()).then_some(shown)
    }

    /// The text without the rest of a value that had not ended; `None` if nothing is left.
    fn rest_of_word(&mut self, text: &str) -> Option<String> {
        if !self.within {
            return Some(text.to_owned());
        }
        let at = text.find(char::is_whitespace)?;
        self.within = false;
        Some(text[at..].to_owned())
    }

    /// The line as it may be shown, looked at together with what went before.
    fn shown(&self, line: &str) -> (String, Open) {
        let joined = format!("{}{line}", self.before);
        let scan = sweep(&joined);
        let open = scan.open;
        let shown = masked(&joined, &scan.spans(), self.before.len(), joined.len());
        // A second pass finds what shows only once the first parts are hidden.
        (redact_from(shown), open)
    }

    fn remember(&mut self, text: &str) {
        self.before.push_str(text);
        let from = self.before.len().saturating_sub(BEFORE);
        let from = (from..=self.before.len()).find(|i| self.before.is_char_boundary(*i)).unwrap_or(0);
        self.before.drain(..from);
    }
}

/// A part of a text, with all hidden parts masked that reach into it.
fn masked(text: &str, spans: &[(usize, usize)], from: usize, to: usize) -> String {
    let mut out = String::with_capacity(to - from);
    let mut at = from;
    for (begin, end) in spans.iter().copied().filter(|(begin, end)| *end > from && *begin < to) {
        out.push_str(&text[at..begin.max(at)]);
        out.push_str(MASK);
        at = end.min(to).max(at);
    }
    out.push_str(&text[at..to]);
    out
}
