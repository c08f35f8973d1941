//! Pages in Slack's form: texts become markup, parts become blocks.

use crate::blocks::{Block, Button, Confirm, Message, list};
use crate::means::Means;
use crate::text::Text;
use crate::{markup, picture, press};
use signalbox_domain::people::{Chat, Person};
use signalbox_domain::time::Timestamp;
use signalbox_domain::watch::Mention;
use signalbox_voice::{Chart, Page, Part, Piece, Precision, Sign};

/// A page as a message.
pub(crate) fn message(page: &Page, means: &Means<'_>) -> Message {
    let draw = Draw { means };
    Message {
        fallback: draw.text(&page.summary),
        blocks: page.parts.iter().flat_map(|part| draw.part(part)).collect(),
    }
}

/// A part of a form that is only read.
pub(crate) fn in_form(part: &Part) -> Message {
    Message { fallback: Text::default(), blocks: Draw { means: &Means::NONE }.part(part) }
}

struct Draw<'m> {
    means: &'m Means<'m>,
}

impl Draw<'_> {
    fn part(&self, part: &Part) -> Vec<Block> {
        match part {
            Part::Paragraph(text) => vec![Block::Section(self.text(text))],
            Part::Lines(lines) => list(lines.iter().map(|line| self.text(line)).collect()),
            Part::Facts(facts) => {
                let fact = |fact: &signalbox_voice::Fact| {
                    Text::default().bold(&fact.name).ours("\n").then(self.text(&fact.value))
                };
                vec![Block::Fields(facts.iter().map(fact).collect())]
            }
            Part::Small(text) => vec![Block::Context(vec![self.text(text)])],
            Part::Chart(chart) => self.chart(chart).into_iter().collect(),
            Part::Actions(buttons, menu) => {
                let menu = menu.as_ref().map(press::menu);
                vec![Block::Actions(buttons.iter().map(|button| self.button(button)).collect(), menu)]
            }
        }
    }

    /// The chart as a picture, if Slack can fetch one.
    fn chart(&self, chart: &Chart) -> Option<Block> {
        let url = picture::address(self.means.public?, chart)?;
        Some(Block::Image { url, title: chart.title.clone(), words: chart.words.clone() })
    }

    fn button(&self, button: &signalbox_voice::Button) -> Button {
        let (action_id, value) = press::write(&button.does);
        let confirm = button.confirm.as_ref().map(|confirm| Confirm {
            title: confirm.title,
            text: self.text(&confirm.text),
            yes: confirm.yes,
            no: confirm.no,
        });
        Button { label: button.label, action_id, value, confirm, danger: button.danger }
    }

    fn text(&self, text: &signalbox_voice::Text) -> Text {
        // What is of ours and stands together becomes one piece: most of a text is, and each piece costs an allocation.
        let (mut drawn, mut ours) = (Text::default(), String::new());
        for piece in text.pieces() {
            if let Some(outside) = self.piece(piece, &mut ours) {
                if !ours.is_empty() {
                    drawn = drawn.ours(std::mem::take(&mut ours));
                }
                drawn = match outside {
                    Outside::Prose(text) => drawn.prose(text),
                    Outside::Bold(text) => drawn.bold(text),
                    Outside::Code(text) => drawn.code(text),
                    Outside::Id(text) => drawn.code(&text),
                    Outside::Fence(text) => drawn.fence(text),
                };
            }
        }
        if ours.is_empty() { drawn } else { drawn.ours(ours) }
    }

    /// Adds what is of ours, as markup; gives what came from outside.
    fn piece<'p>(&self, piece: &'p Piece, ours: &mut String) -> Option<Outside<'p>> {
        match piece {
            Piece::Said(words) => markup::said(words, ours),
            Piece::Strong(words) => {
                ours.push('*');
                markup::said(words, ours);
                ours.push('*');
            }
            Piece::Typed(words) => markup::code(words, ours),
            Piece::Sign(sign) => ours.push_str(shortcode(*sign)),
            Piece::Person(person) => match known(person) {
                Some(mention) => ours.push_str(&mention),
                None if person.chat == Chat::SLACK => return Some(Outside::Code(person.user.as_str())),
                None => return Some(Outside::Id(person.to_string())),
            },
            Piece::Called(whom, otherwise) => {
                let mention = match whom {
                    Mention::Person(user) => markup::person(user.as_str()),
                    Mention::Group(group) => markup::group(group),
                };
                match mention {
                    Some(mention) => ours.push_str(&mention),
                    None => return self.piece(otherwise, ours),
                }
            }
            Piece::Channel(channel, otherwise) => match markup::channel(channel.as_str()) {
                Some(mention) => ours.push_str(&mention),
                None => return self.piece(otherwise, ours),
            },
            Piece::Moment(at, precision) => ours.push_str(&moment(*at, *precision)),
            Piece::Link(url, label) => ours.push_str(&markup::link(url, label).unwrap_or_default()),
            Piece::Message(at, lead) => match self.means.domain {
                Some(domain) => {
                    let address = markup::message(domain, at.channel.as_str(), &at.ts);
                    ours.push_str(&format!("{}<{address}|{}>", lead.before, lead.word));
                }
                None if lead.otherwise => ours.push_str(&format!("{}`{}`", lead.before, lead.word)),
                None => {}
            },
            Piece::Prose(text) => return Some(Outside::Prose(text)),
            Piece::Bold(text) => return Some(Outside::Bold(text)),
            Piece::Code(text) => return Some(Outside::Code(text)),
            Piece::Fence(text) => return Some(Outside::Fence(text)),
        }
        None
    }
}

/// What came from outside, and may be cut.
enum Outside<'p> {
    Prose(&'p str),
    Bold(&'p str),
    Code(&'p str),
    /// A code span as well, made here.
    Id(String),
    Fence(&'p str),
}

/// A mention, if the id is one of Slack's.
fn known(person: &Person) -> Option<String> {
    Some(person).filter(|person| person.chat == Chat::SLACK).and_then(|p| markup::person(p.user.as_str()))
}

/// A moment in Slack's own markup, shown in the reader's time zone. Slack counts ages itself, so they are never out
/// of date: <https://docs.slack.dev/messaging/formatting-message-text#date-formatting>.
fn moment(at: Timestamp, precision: Precision) -> String {
    let form = match precision {
        Precision::Whole => "{date_short_pretty} at {time}",
        Precision::WithAge => "{time} ({ago})",
        Precision::TimeOfDay => "{time}",
    };
    let plain = format!("{} {} UTC", at.day(), at.minute());
    if at.seconds() > 0 { format!("<!date^{}^{form}|{plain}>", at.seconds()) } else { plain }
}

fn shortcode(sign: Sign) -> &'static str {
    match sign {
        Sign::Busy => ":hourglass_flowing_sand:",
        Sign::Good => ":white_check_mark:",
        Sign::Bad => ":x:",
        Sign::Stopped => ":no_entry_sign:",
        Sign::Unsure => ":question:",
        Sign::NotFound => ":grey_question:",
        Sign::Warning => ":warning:",
        Sign::Info => ":information_source:",
        Sign::Refused => ":no_entry:",
        Sign::Alarm => ":rotating_light:",
        Sign::Spike => ":chart_with_upwards_trend:",
        Sign::Seen => ":eyes:",
        Sign::Muted => ":mute:",
        Sign::Snoozed => ":zzz:",
        Sign::Bell => ":bell:",
        Sign::NoBell => ":no_bell:",
        Sign::Escalated => ":mega:",
        Sign::Planned => ":calendar:",
        Sign::Figures => ":bar_chart:",
        Sign::Deployed => ":package:",
        Sign::Advice => ":point_right:",
        Sign::Asked => ":inbox_tray:",
        Sign::Looking => ":mag:",
        Sign::Recorded => ":writing_hand:",
        Sign::Understood => ":ok_hand:",
        Sign::Waiting => ":hourglass:",
    }
}
