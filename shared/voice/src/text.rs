//! Text without markup: our own words and text from outside are kept apart until a surface draws them.

use signalbox_domain::ids::ChannelId;
use signalbox_domain::people::{Actor, MessageRef, Person};
use signalbox_domain::time::Timestamp;
use signalbox_domain::watch::Mention;
use std::borrow::Cow;

/// A text, piece by piece.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Text(Vec<Piece>);

/// A part of a text. Our own words are never cut; text from outside may be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Piece {
    /// Our own words.
    Said(Cow<'static, str>),
    /// Our own words, stressed.
    Strong(Cow<'static, str>),
    /// Text for people to type or copy: a command, an id.
    Typed(Cow<'static, str>),
    /// A sign that stands beside a word, never in place of it.
    Sign(Sign),
    /// A person of a chat.
    Person(Person),
    /// A person or group who is called, and what is shown where the surface cannot call them.
    Called(Mention, Box<Piece>),
    /// A channel, and what is shown where the surface does not know it.
    Channel(ChannelId, Box<Piece>),
    /// A moment, in the reader's own time zone where the surface knows it.
    Moment(Timestamp, Precision),
    /// An address that a browser should open, under a word of ours.
    Link(String, &'static str),
    /// A message of the chat: a link to it where the surface can make one, and what is shown where it cannot.
    Message(MessageRef, Box<Lead>),
    /// Outside text within a sentence.
    Prose(String),
    /// Outside text, stressed.
    Bold(String),
    /// Outside text, as it was typed.
    Code(String),
    /// Outside text on lines of its own.
    Fence(String),
}

/// A link to a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lead {
    /// Our words before it.
    pub before: &'static str,
    /// The linked word.
    pub word: String,
    /// What is shown where no link can be made: the word alone, as people type it, or nothing.
    pub otherwise: bool,
}

/// How exactly a moment is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// The day and the time.
    Whole,
    /// The time, and how long ago that is.
    WithAge,
    /// The time of day alone, beside a moment that names the day.
    TimeOfDay,
}

/// What a sign beside a word means. Each surface draws signs in its own way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sign {
    /// Under way.
    Busy,
    /// As asked; over.
    Good,
    /// Not as asked.
    Bad,
    /// Stopped, or to be stopped.
    Stopped,
    /// Nobody knows.
    Unsure,
    /// Not found, or not understood.
    NotFound,
    /// Something to be careful about.
    Warning,
    /// Something to know.
    Info,
    /// Not allowed.
    Refused,
    /// Something is wrong now.
    Alarm,
    /// More than usual.
    Spike,
    /// Somebody looks after it.
    Seen,
    /// Nobody is told of it.
    Muted,
    /// Not told for some time.
    Snoozed,
    /// Somebody is called.
    Bell,
    /// Nobody is called.
    NoBell,
    /// Others are told.
    Escalated,
    /// Something planned.
    Planned,
    /// Figures.
    Figures,
    /// Something was deployed.
    Deployed,
    /// What to do now.
    Advice,
    /// Taken, and on its way.
    Asked,
    /// Being looked for.
    Looking,
    /// Put on record.
    Recorded,
    /// Understood.
    Understood,
    /// Not certain yet.
    Waiting,
}

/// The longest address that is made a link, in bytes.
const LONGEST_URL: usize = 1500;

/// Whether a browser should open this address.
#[must_use]
pub fn is_web(url: &str) -> bool {
    let web = url.starts_with("https://") || url.starts_with("http://");
    let odd = |c: char| c.is_whitespace() || c.is_control() || signalbox_domain::visible::is_hidden(c);
    web && url.len() <= LONGEST_URL && !url.contains(odd)
}

impl Text {
    /// The pieces, in order.
    #[must_use]
    pub fn pieces(&self) -> &[Piece] {
        &self.0
    }

    /// Our own words. Text between backticks is to be typed, text between asterisks is stressed. Only words that are
    /// written in this crate may be given: text from outside is never searched for such marks.
    #[must_use]
    pub fn say(mut self, words: &'static str) -> Self {
        let mut rest = words;
        while let Some(at) = rest.find(['`', '*']) {
            let (before, marked) = rest.split_at(at);
            let (mark, inner) = marked.split_at(1);
            let Some((inner, after)) = inner.split_once(mark) else { break };
            if !before.is_empty() {
                self.0.push(Piece::Said(before.into()));
            }
            self.0.push(if mark == "`" { Piece::Typed(inner.into()) } else { Piece::Strong(inner.into()) });
            rest = after;
        }
        self.plain(rest)
    }

    /// Our own words that were put together: numbers, lengths of time.
    #[must_use]
    pub fn plain(mut self, words: impl Into<Cow<'static, str>>) -> Self {
        let words = words.into();
        if !words.is_empty() {
            self.0.push(Piece::Said(words));
        }
        self
    }

    /// Our own words, stressed.
    #[must_use]
    pub fn strong(self, words: impl Into<Cow<'static, str>>) -> Self {
        self.with(Piece::Strong(words.into()))
    }

    /// An id or a command of ours, as people type it.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ids are copied, and commands are made for this")]
    pub fn typed(self, words: impl ToString) -> Self {
        self.with(Piece::Typed(words.to_string().into()))
    }

    /// A sign, before its word.
    #[must_use]
    pub fn sign(self, sign: Sign) -> Self {
        self.with(Piece::Sign(sign)).plain(" ")
    }

    /// Outside text within a sentence.
    #[must_use]
    pub fn prose(self, text: &str) -> Self {
        self.with(Piece::Prose(text.to_owned()))
    }

    /// Outside text, stressed.
    #[must_use]
    pub fn bold(self, text: &str) -> Self {
        self.with(Piece::Bold(text.to_owned()))
    }

    /// Outside text, as it was typed.
    #[must_use]
    pub fn code(self, text: &str) -> Self {
        self.with(Piece::Code(text.to_owned()))
    }

    /// Outside text on lines of its own.
    #[must_use]
    pub fn fence(self, text: &str) -> Self {
        self.with(Piece::Fence(text.to_owned()))
    }

    /// The name of a person or key.
    #[must_use]
    pub fn person(self, who: &Actor) -> Self {
        match who {
            Actor::Person(person) => self.with(Piece::Person(person.clone())),
            Actor::Key(name) => self.say("the key ").code(name.as_str()),
            Actor::System => self.say("Signalbox"),
        }
    }

    /// A moment.
    #[must_use]
    pub fn moment(self, at: Timestamp) -> Self {
        self.with(Piece::Moment(at, Precision::Whole))
    }

    /// A moment, and how long ago it is.
    #[must_use]
    pub fn moment_and_age(self, at: Timestamp) -> Self {
        self.with(Piece::Moment(at, Precision::WithAge))
    }

    /// The time of day alone, beside a moment that names the day.
    #[must_use]
    pub fn time_of_day(self, at: Timestamp) -> Self {
        self.with(Piece::Moment(at, Precision::TimeOfDay))
    }

    /// A message of the chat: `before`, and a word that links to the message where the surface can do so.
    #[must_use]
    #[expect(clippy::needless_pass_by_value, reason = "ids are copied, and commands are made for this")]
    pub fn leads(self, before: &'static str, at: &MessageRef, word: impl ToString) -> Self {
        let lead = Lead { before, word: word.to_string(), otherwise: false };
        self.with(Piece::Message(at.clone(), Box::new(lead)))
    }

    /// An id that links to the message which shows it, if that is known and the surface can do so.
    #[must_use]
    pub fn named(self, id: impl ToString, at: Option<&MessageRef>) -> Self {
        match at {
            None => self.typed(id),
            Some(at) => {
                let lead = Lead { before: "", word: id.to_string(), otherwise: true };
                self.with(Piece::Message(at.clone(), Box::new(lead)))
            }
        }
    }

    /// One more piece.
    #[must_use]
    pub fn with(mut self, piece: Piece) -> Self {
        self.0.push(piece);
        self
    }

    /// All of another text after this one.
    #[must_use]
    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// Texts with a separator of ours between them.
    #[must_use]
    pub fn join(texts: impl IntoIterator<Item = Self>, separator: &'static str) -> Self {
        let mut all = Self::default();
        for text in texts {
            all = if all.0.is_empty() { text } else { all.plain(separator).then(text) };
        }
        all
    }
}

/// A text that begins with our own words; see [`Text::say`].
pub(crate) fn say(words: &'static str) -> Text {
    Text::default().say(words)
}

/// A text that begins with a sign.
pub(crate) fn sign(sign: Sign) -> Text {
    Text::default().sign(sign)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_read_in_words_of_ours_alone() {
        let text = say("*Who can run it*: `/signalbox help`, 2 * 3").plain("`no` *marks*").prose("`x`");
        assert_eq!(
            text.pieces(),
            [
                Piece::Strong("Who can run it".into()),
                Piece::Said(": ".into()),
                Piece::Typed("/signalbox help".into()),
                Piece::Said(", 2 * 3".into()),
                Piece::Said("`no` *marks*".into()),
                Piece::Prose("`x`".into()),
            ]
        );
    }

    #[test]
    fn only_what_a_browser_should_open_is_a_link() {
        assert!(is_web("https://ci.example/a?b=1&c=<|>"));
        for bad in ["javascript:alert(1)", "https://a.example/ b", "", "https://a\n", "https://a\u{202e}b"] {
            assert!(!is_web(bad), "{bad}");
        }
    }
}
