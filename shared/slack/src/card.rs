//! How a run's card and the notes in its thread look in Slack.
//!
//! A card is read at a glance, so the state comes first, then what was asked, then what to do; small print last. It
//! must be understood without colour and without pictures: the state is always also a word.

use crate::blocks::{Block, Button, Confirm, Message, list};
use crate::duration::spell;
use crate::markup;
use crate::text::Text;
use signalbox_domain::SetAside;
use signalbox_domain::alert::Class;
use signalbox_domain::card::{Card, Line, Mood, Note};
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::{InJob, Settlement};

/// The `action_id` of the button that stops a run; its value is the whole run id.
pub const CANCEL: &str = "cancel";
/// The `action_id` of the button that authorises another attempt; its value is the run id, a space, and the attempt
/// that the card shows.
pub const RETRY: &str = "retry";
/// The `action_id` of the button that has an unknown run looked for once more; its value is the whole run id.
pub const LOOK_AGAIN: &str = "look_again";
/// The `action_id`s of the buttons that settle what became of an unknown run, by what they say; their value is as
/// [`RETRY`]'s.
pub const SETTLE: [(&str, Settlement); 3] = [
    ("settle_succeeded", Settlement::Succeeded),
    ("settle_failed", Settlement::Failed),
    ("settle_did_not_run", Settlement::DidNotRun),
];

/// Draws a run's card. The whole run id makes its buttons; without one there are none.
pub(crate) fn card(card: &Card, run: Option<&RunId>) -> Message {
    let mut blocks = vec![Block::Section(headline(card)), Block::Fields(fields(card))];
    if let Some(what) = &card.warning {
        blocks.push(Block::Section(warning(what)));
    }
    if let Some(excerpt) = &card.excerpt {
        blocks.push(Block::Section(Text::default().fence(excerpt)));
    }
    if let Some(advice) = card.advice {
        blocks.push(Block::Section(Text::default().ours(":point_right: ").ours(advice)));
    }
    blocks.push(Block::Context(vec![small_print(card)]));
    let buttons = run.map(|run| buttons(card, run)).unwrap_or_default();
    if !buttons.is_empty() {
        blocks.push(Block::Actions(buttons, None));
    }
    Message { fallback: fallback(card), blocks }
}

/// The picture of a mood; never the only carrier of what it says.
pub(crate) fn emoji(mood: Mood) -> &'static str {
    match mood {
        Mood::Busy => ":hourglass_flowing_sand:",
        Mood::Good => ":white_check_mark:",
        Mood::Bad => ":x:",
        Mood::Stopped => ":no_entry_sign:",
        Mood::Unsure => ":question:",
    }
}

fn headline(card: &Card) -> Text {
    let mut text =
        Text::default().ours(format!("{} ", emoji(card.mood))).bold(&card.title).ours(" · ").bold(card.state);
    // Where nobody knows, the page stands beside what to look for there.
    let page = card.link.as_deref().filter(|_| card.whereabouts.is_none());
    if let Some(link) = page.and_then(|url| markup::link(url, "View run")) {
        text = text.ours(" · ").ours(link);
    }
    if let Some(detail) = &card.detail {
        text = text.ours("\n").prose(detail);
    }
    if let Some(place) = &card.whereabouts {
        text = text.ours("\nWhere to look: ").prose(place);
        if let Some(link) = card.link.as_deref().and_then(|url| markup::link(url, "view it")) {
            text = text.ours(" · ").ours(link);
        }
    }
    if let Some(looked) = &card.looked {
        text = text.ours("\nChecked again ").moment(looked.at).ours(" for ").person(&looked.by);
        text = text.ours(": ").prose(&looked.what);
    }
    if let Some(by) = &card.settled_by {
        text = text.ours("\nNobody knew what became of it; ").person(by).ours(" checked and settled it.");
    }
    if let Some((by, stopped)) = &card.stopped_by {
        let what = if *stopped { " stopped it." } else { " asked to stop it; it had already ended." };
        text = text.ours("\n").person(by).ours(what);
    }
    if let Some(by) = &card.cancelling {
        text = text.ours("\n").person(by).ours(" asked to stop it; it has not stopped yet.");
    }
    text
}

fn fields(card: &Card) -> Vec<Text> {
    let named = |name: &str| Text::default().bold(name).ours("\n");
    let mut fields: Vec<Text> = card.parameters.iter().map(|(name, value)| named(name).code(value)).collect();
    fields.push(named("Requested by").person(&card.requester));
    if let Some(since) = card.since.filter(|_| card.took.is_none()) {
        fields.push(named("Running since").moment_and_age(since));
    }
    if let Some((number, title)) = &card.step {
        let ended = card.took.is_some();
        let name = if ended { format!("Got as far as step {number}") } else { format!("Step {number}") };
        let text = named(&name).prose(title);
        fields.push(match card.in_job {
            Some(InJob { step, of }) => text.ours(format!(" · step {step} of {of} in this job")),
            None => text,
        });
    }
    if let Some(took) = card.took {
        fields.push(named("Took").ours(spell(took)));
    }
    fields
}

fn warning(what: &str) -> Text {
    Text::default().ours(":rotating_light: *It may have run twice.* ").prose(what)
}

fn small_print(card: &Card) -> Text {
    let nth = if card.attempt > 1 { format!(" · attempt {}", card.attempt) } else { String::new() };
    let mut text = Text::default().ours(format!("run `{}`{nth}", card.run));
    if let Some(by) = &card.retried_by {
        text = text.ours(", by ").person(by);
    }
    text = text.ours(" · asked ").moment(card.requested_at);
    if !card.usual.is_empty() {
        let all: Vec<String> = card.usual.iter().map(|(name, value)| format!("{name}={value}")).collect();
        text = text.ours(" · as usual: ").code(&all.join(" "));
    }
    text
}

fn buttons(card: &Card, run: &RunId) -> Vec<Button> {
    let mut buttons = vec![];
    if card.can_cancel {
        buttons.push(cancel_button(card, run));
    }
    if card.unsure {
        buttons.push(Button {
            label: "Look again",
            action_id: LOOK_AGAIN,
            value: run.to_string(),
            confirm: None,
            danger: false,
        });
    }
    if card.can_retry {
        buttons.push(retry_button(card, run));
    }
    if card.unsure {
        buttons.extend(SETTLE.map(|(action_id, how)| settle_button(card, run, action_id, how)));
    }
    buttons
}

/// Where nobody knows what became of the last attempt, another one may be the second time: that has to be confirmed
/// in full knowledge.
fn retry_button(card: &Card, run: &RunId) -> Button {
    let text = Text::default().code(&phrase(card));
    let text = if card.unsure {
        text.ours(
            " may have been carried out already, and nobody can say. Look where it runs first. If it was, it will \
             have been carried out twice. That you decided this goes on record.",
        )
    } else {
        text.ours(" will be carried out once more, exactly as it was asked for. That you decided this goes on record.")
    };
    Button {
        label: if card.unsure { "Run it again anyway" } else { "Run again" },
        action_id: RETRY,
        value: format!("{run} {}", card.attempt),
        confirm: Some(Confirm { title: "Run it again?", text, yes: "Run it again", no: "Leave it" }),
        danger: card.unsure,
    }
}

fn settle_button(card: &Card, run: &RunId, action_id: &'static str, how: Settlement) -> Button {
    let (label, yes) = match how {
        Settlement::Succeeded => ("It succeeded", "It succeeded"),
        Settlement::Failed => ("It failed", "It failed"),
        Settlement::DidNotRun => ("It did not run", "It did not run"),
    };
    let text =
        Text::default().ours("You looked where it runs, and say of ").code(&phrase(card)).ours(format!(
            ": {}. That you say so goes on record. With a note: `/signalbox settle {} {} why you know`.",
            how.says(),
            card.run,
            how.word()
        ));
    Button {
        label,
        action_id,
        value: format!("{run} {}", card.attempt),
        confirm: Some(Confirm { title: "Settle this run?", text, yes, no: "Leave it" }),
        danger: false,
    }
}

fn cancel_button(card: &Card, run: &RunId) -> Button {
    Button {
        label: "Cancel",
        action_id: CANCEL,
        value: run.to_string(),
        confirm: Some(Confirm {
            title: "Stop this run?",
            text: Text::default()
                .code(&phrase(card))
                .ours(" will be stopped. What it has done so far stays done."),
            yes: "Stop it",
            no: "Let it run",
        }),
        danger: true,
    }
}

/// As a notification shows it: one line, and one more for the details.
fn fallback(card: &Card) -> Text {
    let mut text = Text::default().prose(&phrase(card)).ours(": ").prose(card.state);
    if let Some(took) = card.took {
        text = text.ours(format!(" after {}", spell(took)));
    }
    text = text.ours(format!(" (run {})", card.run));
    if let Some(what) = &card.warning {
        text = text.ours("\n").then(warning(what));
    }
    for more in [&card.detail, &card.link].into_iter().flatten() {
        text = text.ours("\n").prose(more);
    }
    text
}

fn phrase(card: &Card) -> String {
    card.parameters.iter().fold(card.title.clone(), |line, (name, value)| format!("{line} {name}={value}"))
}

/// Draws a note: what happened, in order, then the output.
pub(crate) fn note(note: &Note) -> Message {
    let lines: Vec<Text> = note.lines.iter().map(line).collect();
    let output = note.output.as_ref().map(|output| Text::default().fence(output));
    let fallback = Text::join(lines.iter().cloned().chain(output.clone()), "\n");
    let mut blocks = list(lines);
    blocks.extend(output.map(Block::Section));
    Message { fallback, blocks }
}

fn line(line: &Line) -> Text {
    let text = Text::default();
    match line {
        Line::Step(number, title) => text.ours(format!("• *Step {number}* ")).prose(title),
        Line::Cancel(by) => text.ours("• ").person(by).ours(" asked to stop it."),
        Line::Retry(by) => text.ours("• ").person(by).ours(" had it run again."),
        Line::LookedAgain(by, what) => text.ours("• ").person(by).ours(" had it checked again: ").prose(what),
        Line::Settled(by, how, note) => {
            let text = text.ours("• ").person(by).ours(format!(" settled it: {}.", how.says()));
            if note.is_empty() { text } else { text.ours(" ").prose(note) }
        }
        Line::NotSent(attempt, why) => {
            text.ours(format!("• Attempt {attempt} was not received: ")).prose(why)
        }
        Line::Searching(why) => text.ours("• It may have been received; checking: ").prose(why),
        Line::SetAside(aside) => {
            let SetAside { what, by, letter, intent: _ } = &**aside;
            let text = text.ours("• ");
            let text = match by {
                Some(by) => text.person(by).ours(": "),
                None => text,
            };
            let text = text
                .ours("a command (")
                .prose(what)
                .ours(") could not be handled. It is kept as dead letter ");
            text.prose(letter).ours(", for an operator to try again.")
        }
        Line::Warning(what) => warning(what),
        Line::Followed { alert, watch, class, after } => {
            let what = match class {
                Class::New => "an error that is new",
                Class::Regressed => "an error that is back",
                Class::Spiking => "an error that spikes",
                Class::Known | Class::Quiet => "an error",
            };
            let age = spell(*after);
            text.ours(format!(
                "• :rotating_light: {age} after this, {what} in *{watch}* was told: alert `{alert}`."
            ))
        }
        Line::Alert(line) => crate::alert::line(line),
    }
}
