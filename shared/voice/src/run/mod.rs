//! A run's card, drawn from where the run stands now.
//!
//! A card is read at a glance, so the state comes first, then what was asked, then what to do; small print comes
//! last. It must be understood without colour and without signs: the state is always also a word.

mod buttons;
pub(crate) mod event;
mod ships;
mod steps;

use buttons::buttons;
pub(crate) use ships::{changes, shipped};
use steps::{stands, step_line};

use crate::advice::advice;
use crate::duration::spell;
use crate::page::{Fact, Page, Part, fact};
use crate::text::{Piece, Sign, Text, is_web, say, sign};
use signalbox_domain::card::Mood;
use signalbox_domain::ids::ParameterName;
use signalbox_domain::intent::{Intent, Work};
use signalbox_domain::lookup::Failed;
use signalbox_domain::observation::{Conclusion, InJob, Outcome};
use signalbox_domain::parameter::Value;
use signalbox_domain::run::{RunHead, State};

/// The sign of a mood.
pub(crate) fn picture(mood: Mood) -> Sign {
    match mood {
        Mood::Busy => Sign::Busy,
        Mood::Good => Sign::Good,
        Mood::Bad => Sign::Bad,
        Mood::Stopped => Sign::Stopped,
        Mood::Unsure => Sign::Unsure,
    }
}

/// The card; it has buttons only on the message that stays.
pub(crate) fn card(head: &RunHead, buttons: bool) -> Page {
    let says = Says::of(head);
    let mut parts = vec![Part::Paragraph(headline(head, &says)), Part::Facts(facts(head))];
    if let State::Refused { changed: Some(changed), .. } = &head.state {
        parts.push(Part::Lines(event::changes(changed)));
    }
    if let Some(what) = &head.contradicted {
        parts.push(Part::Paragraph(warning(what)));
    }
    if !head.failed_checks.is_empty() {
        parts.push(Part::Lines(head.failed_checks.iter().map(failed_check).collect()));
    }
    parts.extend(head.shipment.iter().flat_map(shipped));
    if !head.parts.is_empty() {
        parts.push(Part::Lines(head.parts.iter().zip(1u32..).map(step_line).collect()));
    }
    if let Some(excerpt) = &says.excerpt {
        parts.push(Part::Paragraph(Text::default().fence(excerpt)));
    }
    if let Some(advice) = says.advice {
        parts.push(Part::Paragraph(sign(Sign::Advice).say(advice)));
    }
    parts.push(Part::Small(small_print(head)));
    let buttons = if buttons { self::buttons(head) } else { vec![] };
    if !buttons.is_empty() {
        parts.push(Part::Actions(buttons, None));
    }
    Page { summary: summary(head, &says), parts }
}

/// The mood and the word of a run's state.
pub(crate) fn state(head: &RunHead) -> (Mood, &'static str) {
    let says = Says::of(head);
    (says.mood, says.state)
}

/// What a card says of a state.
struct Says {
    mood: Mood,
    /// The state in a word or two.
    state: &'static str,
    /// A sentence more, if there is one.
    detail: Option<String>,
    /// The end of the run's output, if the run did not go as asked.
    excerpt: Option<String>,
    /// What a person can do now.
    advice: Option<&'static str>,
}

impl Says {
    fn of(head: &RunHead) -> Self {
        let (mut excerpt, mut hint) = (None, None);
        let detail;
        let (mood, state) = match &head.state {
            State::Refused { reason, .. } => {
                detail = Some(advice(*reason).to_owned());
                (Mood::Stopped, "Refused")
            }
            State::Checking { trouble, .. } => {
                detail = Some(match trouble {
                    Some(why) => {
                        format!("Nothing was started: what it requires cannot be checked yet: {why}")
                    }
                    None => "What it requires is being checked; nothing was started.".to_owned(),
                });
                (Mood::Busy, "Checking")
            }
            State::Verifying { trouble, .. } => {
                detail = Some(match trouble {
                    Some(why) => format!("It ended well; what has to hold after it does not hold yet: {why}"),
                    None => "It ended well; what has to hold after it is being checked.".to_owned(),
                });
                (Mood::Busy, "Verifying")
            }
            State::Dispatching { lease_until, trouble } => {
                let system = head.work.as_ref().map_or("It", Work::system);
                let trouble = trouble.as_ref().map(|why| match lease_until {
                    Some(_) => format!("{system} may have received it; checking: {why}"),
                    None => why.clone(),
                });
                detail = [trouble, unseen(head, "It cannot be found yet")]
                    .into_iter()
                    .flatten()
                    .reduce(|all, more| format!("{all}\n{more}"));
                (Mood::Busy, if head.attempt > 1 { "Trying again" } else { "Starting" })
            }
            State::Running => {
                detail = of_running(head);
                hint = head.unseen.as_ref().filter(|u| u.is_told()).map(|_| {
                    "Signalbox keeps looking, and the card says when it is seen again: you do not have to run it again for that. \
                     Whoever runs this Signalbox can fix the cause."
                });
                (Mood::Busy, "Running")
            }
            State::Finished(outcome) => {
                detail = Some(outcome.summary.clone()).filter(|s| !s.is_empty());
                let (mood, state, after) = ended(head, outcome);
                hint = after;
                // The output of a run that succeeded goes to the thread, not on the card.
                excerpt = Some(outcome.excerpt.clone()).filter(|e| {
                    !e.is_empty() && matches!(outcome.conclusion, Conclusion::Failed | Conclusion::TimedOut)
                });
                (mood, state)
            }
            State::SetAside { letter } => {
                detail = Some(format!(
                    "It could not be handled, and nothing was started. The request is kept as dead letter {letter}."
                ));
                hint = Some("An operator can have it tried again with signalbox dlq redrive.");
                (Mood::Bad, "Set aside")
            }
            State::Unknown { why } => {
                detail = Some(why.clone());
                hint = Some(
                    "Look there before you run it again: it may have been carried out. Then say what became of it.",
                );
                (Mood::Unsure, "Unknown")
            }
        };
        Self { mood, state, detail, excerpt, advice: hint }
    }
}

/// What else there is to say of a running run: that it cannot be seen, what it waits for, why it could not be
/// stopped.
fn of_running(head: &RunHead) -> Option<String> {
    let unseen = unseen(head, "It may still be running");
    let waits = head.waits.as_ref().filter(|_| unseen.is_none()).map(|what| format!("Waiting {what}"));
    let refused = head.stop_refused.as_ref().filter(|_| head.cancel.is_some());
    let refused = refused.map(|why| format!("It could not be stopped yet: {why}"));
    let all: Vec<String> = [unseen, waits, refused].into_iter().flatten().collect();
    Some(all.join("\n")).filter(|text| !text.is_empty())
}

/// Since when the run cannot be seen, and why; `None` until people are to be told.
fn unseen(head: &RunHead, so: &str) -> Option<String> {
    let unseen = head.unseen.as_ref().filter(|u| u.is_told())?;
    let day = unseen.since.day();
    let day = if day == head.attempt_at.day() { String::new() } else { format!("{day} ") };
    Some(format!("{so}; not seen since {day}{} UTC: {}", unseen.since.minute(), unseen.why))
}

fn ended(head: &RunHead, outcome: &Outcome) -> (Mood, &'static str, Option<&'static str>) {
    match outcome.conclusion {
        Conclusion::Succeeded => (Mood::Good, "Succeeded", None),
        Conclusion::Failed => (Mood::Bad, "Failed", Some(after_failure(head, outcome))),
        Conclusion::Cancelled => (Mood::Stopped, "Cancelled", None),
        Conclusion::TimedOut => (
            Mood::Bad,
            "Timed out",
            Some("It was stopped at its time limit. Check what it left behind before you ask again."),
        ),
    }
}

/// What to do after a failure. Points to the thread only if there is output to read.
fn after_failure(head: &RunHead, outcome: &Outcome) -> &'static str {
    if !outcome.excerpt.is_empty() {
        "Read the output in the thread, fix the cause, and run it again."
    } else if head.settled_by.is_some() {
        "Fix the cause, and run it again."
    } else if head.reference.is_none() && head.attempt <= 1 {
        // Refused, or certainly never sent: every run that started has a name before its end is seen.
        "Nothing was started. Fix the cause, and run it again."
    } else if head.reference.is_none() {
        // If only an earlier attempt may have started something, this is known only from a person, or from the
        // catalogue.
        "Nothing is known to have been started. Fix the cause, and run it again."
    } else if head.link.is_some() {
        "Open its page for its output, fix the cause, and run it again."
    } else {
        "Fix the cause, and run it again."
    }
}

fn is_unknown(head: &RunHead) -> bool {
    matches!(head.state, State::Unknown { .. })
}

fn has(head: &RunHead, conclusion: Conclusion) -> bool {
    matches!(&head.state, State::Finished(outcome) if outcome.conclusion == conclusion)
}

fn headline(head: &RunHead, says: &Says) -> Text {
    let operation = head.intent.operation.as_str();
    let mut text = sign(picture(says.mood)).bold(operation).say(" · ").strong(says.state);
    // If nobody knows the end, the link stands in the text that says what to look for.
    let whereabouts = head.work.as_ref().filter(|_| is_unknown(head)).map(Work::whereabouts);
    let link = |label| {
        let url = head.link.as_ref().filter(|url| is_web(url))?;
        Some(say(" · ").with(Piece::Link(url.clone(), label)))
    };
    if whereabouts.is_none() {
        text = text.then(link("View run").unwrap_or_default());
    }
    if let Some(detail) = &says.detail {
        text = text.say("\n").prose(detail);
    }
    if let Some(place) = &whereabouts {
        text = text.say("\nWhere to look: ").prose(place).then(link("view it").unwrap_or_default());
    }
    if let Some(looked) = head.looked.as_ref().filter(|_| is_unknown(head)) {
        text = text.say("\nChecked again ").moment(looked.at).say(" for ").person(&looked.by);
        text = text.say(": ").prose(&looked.what);
    }
    if let Some(by) = &head.settled_by {
        text = text.say("\nNobody knew what became of it; ").person(by).say(" checked and settled it.");
    }
    match &head.cancel {
        Some(by) if head.is_settled() => {
            let stopped = has(head, Conclusion::Cancelled);
            let what = if stopped { " stopped it." } else { " asked to stop it; it had already ended." };
            text.say("\n").person(by).say(what)
        }
        Some(by) => text.say("\n").person(by).say(" asked to stop it; it has not stopped yet."),
        None => text,
    }
}

/// Names and values.
type Pairs = Vec<(String, String)>;

/// The parameters that are shown: those that differ from what is usual, in the catalogue's order, and the others. For
/// runs of earlier versions it is not known which these are.
fn parameters(intent: &Intent) -> (Pairs, Pairs) {
    let pair = |(name, value): (&ParameterName, &Value)| (name.to_string(), value.to_string());
    let Some(unusual) = &intent.unusual else {
        return (intent.parameters.iter().map(pair).collect(), vec![]);
    };
    let first = unusual.iter().filter_map(|name| intent.parameters.get_key_value(name));
    let rest = intent.parameters.iter().filter(|(name, _)| !unusual.contains(name));
    (first.map(pair).collect(), rest.map(pair).collect())
}

/// The time from the request, or from the last retry, to the end.
fn took(head: &RunHead) -> Option<String> {
    let since = head.retried_at.unwrap_or(head.requested_at);
    head.is_settled().then(|| spell(head.changed_at.since(since)))
}

fn facts(head: &RunHead) -> Vec<Fact> {
    let (parameters, _) = parameters(&head.intent);
    let mut facts: Vec<Fact> =
        parameters.into_iter().map(|(name, value)| fact(name, Text::default().code(&value))).collect();
    facts.push(fact("Requested by", Text::default().person(&head.intent.requester)));
    if matches!(head.state, State::Running) {
        facts.push(fact("Running since", Text::default().moment_and_age(head.attempt_at)));
    }
    let took = took(head);
    // How far the run got is of no interest if it went as asked.
    if let Some(title) = head.steps.last().filter(|_| !has(head, Conclusion::Succeeded)) {
        let number = head.begun;
        let name = match took {
            Some(_) => format!("Got as far as step {number}"),
            None => format!("Step {number}"),
        };
        let text = Text::default().prose(title);
        let text = match head.in_job {
            Some(InJob { step, of }) => text.plain(format!(" · step {step} of {of} in this job")),
            None => text,
        };
        facts.push(fact(name, text));
    }
    if let Some(took) = took {
        facts.push(fact("Took", Text::default().plain(took)));
    }
    facts
}

/// A requirement that was not met.
fn failed_check(failed: &Failed) -> Text {
    let text = say("• ");
    let text = if failed.unasked { text.say("Could not be checked: ") } else { text.say("Does not hold: ") };
    text.prose(&failed.what).say(" (").prose(&failed.why).say(")")
}

/// A warning that stands out.
pub(crate) fn warning(what: &str) -> Text {
    sign(Sign::Alarm).say("*It may have run twice.* ").prose(what)
}

fn small_print(head: &RunHead) -> Text {
    let mut text = say("run ").typed(head.run.short());
    if head.attempt > 1 {
        text = text.plain(format!(" · attempt {}", head.attempt));
    }
    if let Some(by) = &head.retried_by {
        text = text.say(", by ").person(by);
    }
    text = text.say(" · asked ").moment(head.requested_at);
    let (_, usual) = parameters(&head.intent);
    if !usual.is_empty() {
        let all: Vec<String> = usual.iter().map(|(name, value)| format!("{name}={value}")).collect();
        text = text.say(" · as usual: ").code(&all.join(" "));
    }
    text
}

/// One line, and one more for details.
fn summary(head: &RunHead, says: &Says) -> Text {
    let mut text = Text::default().prose(&phrase(head)).say(": ").plain(says.state);
    if let Some(took) = took(head) {
        text = text.plain(format!(" after {took}"));
    }
    text = text.plain(format!(" (run {})", head.run.short()));
    if let Some(what) = &head.contradicted {
        text = text.say("\n").then(warning(what));
    }
    for more in [&says.detail, &head.link].into_iter().flatten() {
        text = text.say("\n").prose(more);
    }
    text
}

/// What was asked for, without the parameters that are as usual.
fn phrase(head: &RunHead) -> String {
    let operation = head.intent.operation.to_string();
    let (parameters, _) = parameters(&head.intent);
    parameters.iter().fold(operation, |line, (name, value)| format!("{line} {name}={value}"))
}
