//! The form in which a channel is chosen, for an operation that is asked for in none.

use super::{Choice, Field, FieldKind, FormPage, FormPart};
use crate::page::Part;
use crate::text::{Piece, Text, say};
use signalbox_domain::asking::Placing;
use signalbox_domain::people::Place;

/// The field in which the channel is chosen.
const CHANNEL: &str = "channel";
/// A menu of Slack's has at most a hundred options.
const MOST_OFFERED: usize = 100;
/// More channels than that are only in the menu.
const MOST_NAMED: usize = 10;

/// The form in which a channel is chosen. A menu can show no channel by its name, so the names stand above it, each with
/// the id that the menu has.
#[must_use]
pub fn placing(placing: &Placing) -> FormPage<'_> {
    let choice =
        |place: &Place| Choice::new(place.channel.as_str().to_owned(), place.channel.as_str().to_owned());
    let choices = placing.places.iter().take(MOST_OFFERED).map(choice).collect();
    let parts = vec![
        FormPart::Say(Part::Paragraph(
            say("You may ask for ")
                .code(placing.operation.as_str())
                .say(" in ")
                .then(channels(placing))
                .say(". Its card appears in the channel that you choose."),
        )),
        FormPart::Field(Field {
            name: CHANNEL.into(),
            label: "In which channel?".into(),
            hint: "".into(),
            optional: true,
            live: true,
            kind: FieldKind::Choice(choices, None),
        }),
    ];
    FormPage { title: placing.operation.to_string(), submit: None, leave: "Cancel", parts }
}

/// The channels by their names, each with its id.
pub(crate) fn channels(placing: &Placing) -> Text {
    let named = |place: &Place| {
        let id = place.channel.as_str();
        let name = Piece::Channel(place.channel.clone(), Box::new(Piece::Prose("the channel".to_owned())));
        Text::default().with(name).say(" (").code(id).say(")")
    };
    let more = placing.places.len().saturating_sub(MOST_NAMED);
    let text = Text::join(placing.places.iter().take(MOST_NAMED).map(named), ", ");
    if more == 0 { text } else { text.plain(format!(" and {more} more")) }
}
