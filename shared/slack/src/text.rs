//! The content of one text object in Slack's form: our own markup, and outside text, which never becomes markup.
//!
//! The two are kept apart until the last moment. So a text that is too long loses outside text first, from the
//! middle, and never half an entity, half a mention or one end of a code block.

use crate::markup;
use signalbox_domain::observation::cut_middle;

/// Outside text is not cut below this many characters while there is other outside text left to cut.
const SHORTEST: usize = 24;

/// Text under construction.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Text(Vec<Piece>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Piece {
    /// Our own markup, kept or dropped as a whole.
    Ours(String),
    Prose(String),
    Bold(String),
    Code(String),
    Fence(String),
}

impl Text {
    /// Our own markup only: a mark opened in it is closed in it.
    pub(crate) fn ours(mut self, markup: impl Into<String>) -> Self {
        self.0.push(Piece::Ours(markup.into()));
        self
    }

    /// Outside text within a sentence.
    pub(crate) fn prose(mut self, text: &str) -> Self {
        self.0.push(Piece::Prose(markup::clean(text)));
        self
    }

    /// Outside text in bold.
    pub(crate) fn bold(mut self, text: &str) -> Self {
        self.0.push(Piece::Bold(markup::clean(text)));
        self
    }

    /// Outside text as a code span.
    pub(crate) fn code(mut self, text: &str) -> Self {
        self.0.push(Piece::Code(markup::clean(text)));
        self
    }

    /// Outside text as a code block on lines of its own.
    pub(crate) fn fence(mut self, text: &str) -> Self {
        self.0.push(Piece::Fence(markup::clean(text)));
        self
    }

    /// All of another text after this one.
    pub(crate) fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Texts with a separator of ours between them.
    pub(crate) fn join(texts: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let mut all = Self::default();
        for text in texts {
            all = if all.0.is_empty() { text } else { all.ours(separator).then(text) };
        }
        all
    }

    /// In Slack's form, at most `limit` characters; `None` if there is nothing to show.
    pub(crate) fn render(&self, limit: usize) -> Option<String> {
        let mut text = String::with_capacity(256);
        self.0.iter().for_each(|piece| piece.write(&mut text));
        // Nearly every text fits; only one that does not fit is measured piece by piece.
        if width(&text) > limit {
            text = self.shortened(limit);
        }
        text.truncate(text.trim_end().len());
        let begins = text.len() - text.trim_start().len();
        text.drain(..begins);
        (!text.is_empty() && limit > 0).then_some(text)
    }

    /// The same, with outside text cut until it fits.
    fn shortened(&self, limit: usize) -> String {
        let mut parts: Vec<String> = self.0.iter().map(Piece::whole).collect();
        let excess = |parts: &[String]| parts.iter().map(|p| width(p)).sum::<usize>().saturating_sub(limit);
        while excess(&parts) > 0 {
            let over = excess(&parts);
            let longest = (0..parts.len())
                .filter(|i| !matches!(self.0[*i], Piece::Ours(_)) && width(&parts[*i]) > SHORTEST)
                .max_by_key(|i| width(&parts[*i]));
            match longest {
                Some(i) if over > 0 => {
                    let room = width(&parts[i]).saturating_sub(over).max(SHORTEST);
                    parts[i] = self.0[i].within(room);
                }
                Some(_) | None => break,
            }
        }
        if excess(&parts) > 0 {
            // Our own markup is too long: whole pieces are dropped, from the end.
            parts.push("…".to_owned());
            while excess(&parts) > 0 && parts.len() > 1 {
                parts.remove(parts.len() - 2);
            }
        }
        parts.concat()
    }
}

impl Piece {
    /// Adds all of it.
    fn write(&self, out: &mut String) {
        match self {
            Self::Ours(markup) => out.push_str(markup),
            Self::Prose(text) => out.push_str(&markup::prose(text)),
            Self::Bold(text) if text.trim().is_empty() => {}
            Self::Bold(text) => out.extend(["*", &markup::prose(text), "*"]),
            Self::Code(text) => markup::code(text, out),
            // An empty block would be shown as three backticks.
            Self::Fence(text) if text.trim().is_empty() => {}
            Self::Fence(text) => out.push_str(&markup::fence(text)),
        }
    }

    fn whole(&self) -> String {
        let mut out = String::new();
        self.write(&mut out);
        out
    }

    /// At most `room` characters of it.
    fn within(&self, room: usize) -> String {
        let cut = |keep| match self {
            Self::Ours(markup) => Self::Ours(markup.clone()),
            Self::Prose(text) => Self::Prose(cut_middle(text, keep)),
            Self::Bold(text) => Self::Bold(cut_middle(text, keep)),
            Self::Code(text) => Self::Code(cut_middle(text, keep)),
            Self::Fence(text) => Self::Fence(cut_middle(text, keep)),
        };
        let mut keep = room;
        loop {
            let part = cut(keep).whole();
            let over = width(&part).saturating_sub(room);
            if over == 0 || keep == 0 {
                return part;
            }
            // One character becomes at most five (`&amp;`), so this never cuts much more than it must.
            keep = keep.saturating_sub(over.div_ceil(5));
        }
    }
}

/// The number of characters as Slack may count them: in UTF-16, which is never fewer than code points.
pub(crate) fn width(text: &str) -> usize {
    // Counted over bytes for speed, because every text is measured several times: one for each character's first
    // byte, and one more if four bytes begin there, which UTF-16 writes as two units.
    text.bytes().map(|b| usize::from(b & 0xc0 != 0x80) + usize::from(b >= 0xf0)).sum()
}

#[cfg(test)]
mod tests {
    #[test]
    fn width_is_what_utf_16_takes() {
        for text in ["", "web 1.4.2", "a · ü €", "🚀x👩‍🚀", "\u{10ffff}\u{ffff}"] {
            assert_eq!(super::width(text), text.encode_utf16().count(), "{text:?}");
        }
    }
}
