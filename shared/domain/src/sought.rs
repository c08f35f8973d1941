//! What somebody types, looked for in many short texts, without regard to case.
//!
//! Most texts are ASCII: those are looked at eight bytes at a time, in both cases at once. All others are lower-cased
//! first, as whatever was typed is: the case of a letter depends on more than the letter.

/// What is looked for.
#[derive(Debug)]
pub(crate) struct Sought {
    /// As it was typed, in lower case and without spaces around it.
    typed: String,
    /// Its first byte and its second one, or the first one alone; `None` if it has to be looked for letter by letter.
    pair: Option<(Byte, Option<Byte>)>,
}

/// Where it was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    /// The text begins with it.
    First,
    /// It is somewhere else in the text.
    Within,
}

/// A byte in each place of a word.
#[derive(Debug, Clone, Copy)]
struct Byte {
    each: u64,
    /// What makes the byte's upper case the byte itself, in each place of a word; nothing where it is no letter.
    case: u64,
}

const ONES: u64 = 0x0101_0101_0101_0101;
const TOPS: u64 = ONES << 7;
/// The bytes that are looked at together.
const WORD: usize = 8;

impl Byte {
    fn new(byte: u8) -> Self {
        let case = if byte.is_ascii_lowercase() { 0x20 } else { 0 };
        Self { each: ONES * u64::from(byte), case: ONES * case }
    }

    /// The top bit of each byte that is this one.
    fn marked_in(self, word: u64) -> u64 {
        let differs = (word | self.case) ^ self.each;
        // A byte is nought exactly if neither its own top bit nor the carry out of its other bits is set.
        !(((differs & !TOPS) + !TOPS) | differs) & TOPS
    }
}

impl Sought {
    pub(crate) fn new(typed: &str) -> Self {
        let typed = typed.trim().to_lowercase();
        // Words are filled up with noughts, so a nought is looked for in the other way.
        let plain = typed.bytes().all(|byte| byte.is_ascii() && byte != 0);
        let mut bytes = typed.bytes().filter(|_| plain);
        let pair = bytes.next().map(|first| (Byte::new(first), bytes.next().map(Byte::new)));
        Self { typed, pair }
    }

    /// Where it is in a text; `None` if it is not in it.
    pub(crate) fn place(&self, text: &str) -> Option<Place> {
        let Some(pair) = self.pair else { return self.place_by_letters(text) };
        match words(text.as_bytes(), pair) {
            Seen { unusual, .. } if unusual != 0 => self.place_by_letters(text),
            Seen { anywhere: 0, .. } => None,
            Seen { first, .. } if self.typed.len() <= 2 => {
                Some(if first { Place::First } else { Place::Within })
            }
            Seen { .. } => {
                let mut windows = text.as_bytes().windows(self.typed.len());
                let at = windows.position(|window| window.eq_ignore_ascii_case(self.typed.as_bytes()))?;
                Some(if at == 0 { Place::First } else { Place::Within })
            }
        }
    }

    fn place_by_letters(&self, text: &str) -> Option<Place> {
        if text.is_ascii() && !self.typed.is_ascii() {
            return None;
        }
        match text.to_lowercase().find(&self.typed)? {
            0 => Some(Place::First),
            _ => Some(Place::Within),
        }
    }
}

/// What was seen in a text.
struct Seen {
    /// The top bits of bytes that are not ASCII.
    unusual: u64,
    /// Marks of where the pair is.
    anywhere: u64,
    /// Whether it is at the beginning.
    first: bool,
}

/// Looks at all words of a text. Neighbours share a byte, so that no pair is between them.
fn words(text: &[u8], (one, other): (Byte, Option<Byte>)) -> Seen {
    let marked = |word: u64| match other {
        Some(other) => one.marked_in(word) & (other.marked_in(word) >> 8),
        None => one.marked_in(word),
    };
    let Some(last) = text.last_chunk::<WORD>() else {
        let mut word = [0; WORD];
        for (slot, byte) in word.iter_mut().zip(text) {
            *slot = *byte;
        }
        let word = u64::from_le_bytes(word);
        let anywhere = marked(word);
        return Seen { unusual: word & TOPS, anywhere, first: anywhere & 0x80 != 0 };
    };
    // The last word may begin anywhere in the one before it; what is seen twice does no harm.
    let last = u64::from_le_bytes(*last);
    let (mut unusual, mut anywhere) = (last & TOPS, marked(last));
    let mut first = None;
    let mut rest = text;
    while let Some(word) = rest.first_chunk::<WORD>() {
        let word = u64::from_le_bytes(*word);
        let marks = marked(word);
        first.get_or_insert(marks & 0x80 != 0);
        unusual |= word;
        anywhere |= marks;
        rest = rest.get(WORD - 1..).unwrap_or_default();
    }
    Seen { unusual: unusual & TOPS, anywhere, first: first.unwrap_or(false) }
}
