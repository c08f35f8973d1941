//! Pages in Slack's form: texts become markup, parts become blocks.

use crate::blocks::{Block, Button, Confirm, Message, list};
use crate::means::Means;
use crate::text::Text;
use crate::{form, markup, picture, press};
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
                let menu = menu.as_ref().map(form::menu);
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
        text.pieces().iter().fold(Text::default(), |drawn, piece| self.piece(drawn, piece))
    }

    fn piece(&self, text: Text, piece: &Piece) -> Text {
        match piece {
            Piece::Said(words) => text.ours(markup::said(words)),
            Piece::Strong(words) => text.ours(format!("*{}*", markup::said(words))),
            Piece::Typed(words) => text.ours(markup::code(words)),
            Piece::Sign(sign) => text.ours(shortcode(*sign)),
            Piece::Person(person) => match known(person) {
                Some(mention) => text.ours(mention),
                None if person.chat == Chat::SLACK => text.code(person.user.as_str()),
                None => text.code(&person.to_string()),
            },
            Piece::Called(whom, otherwise) => {
                let mention = match whom {
                    Mention::Person(user) => markup::person(user.as_str()),
                    Mention::Group(group) => markup::group(group),
                };
                self.or(text, mention, otherwise)
            }
            Piece::Channel(channel, otherwise) => self.or(text, markup::channel(channel.as_str()), otherwise),
            Piece::Moment(at, precision) => text.ours(moment(*at, *precision)),
            Piece::Link(url, label) => text.ours(markup::link(url, label).unwrap_or_default()),
            Piece::Message(at, lead) => match self.means.domain {
                Some(domain) => {
                    let address = markup::message(domain, at.channel.as_str(), &at.ts);
                    text.ours(format!("{}<{address}|{}>", lead.before, lead.word))
                }
                None if lead.otherwise => text.ours(format!("{}`{}`", lead.before, lead.word)),
                None => text,
            },
            Piece::Prose(outside) => text.prose(outside),
            Piece::Bold(outside) => text.bold(outside),
            Piece::Code(outside) => text.code(outside),
            Piece::Fence(outside) => text.fence(outside),
        }
    }

    fn or(&self, text: Text, markup: Option<String>, otherwise: &Piece) -> Text {
        match markup {
            Some(markup) => text.ours(markup),
            None => self.piece(text, otherwise),
        }
    }
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
