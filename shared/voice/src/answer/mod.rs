//! What a person is told at once, for them alone: what was understood, or what is wrong, where, and what to type
//! instead.

mod explain;
mod help;
mod lists;

use crate::advice::{ALERT_ELSEWHERE, ALERT_NOT_ALLOWED, advice, not_retried, not_stopped};
use crate::alert;
use crate::page::{Button, Page, Part};
use crate::run::card;
use crate::text::{Sign, Text, say, sign};
pub use explain::{example, usage};
use explain::{explain, who_may};
pub(crate) use lists::{alerts as open_alerts, runs};
use signalbox_domain::alert::NotUnderstood;
use signalbox_domain::answer::Answer;
use signalbox_domain::asking::AskForm;
use signalbox_domain::ids::ShortId;
use signalbox_domain::people::MessageRef;
use signalbox_domain::phrase::{Misunderstood, quoted};
use signalbox_domain::policy::ReasonCode;
use signalbox_domain::pressed::Pressed;
use signalbox_domain::run::RunHead;
use signalbox_domain::{Intent, Operation, Timestamp};

/// The answer. Ages are counted until `now`.
#[must_use]
pub fn answer(answer: &Answer, now: Timestamp) -> Page {
    Page::of(match answer {
        Answer::Accepted { run, intent } => vec![
            // This text stays after the run has ended, and must still be true then.
            Part::Paragraph(sign(Sign::Asked).say("Asked for: ").code(&intent.phrase())),
            Part::Small(
                say("run ")
                    .typed(run)
                    .say(" · its card shows how it goes · ")
                    .typed(format!("/signalbox cancel {run}"))
                    .say(" stops it while it runs"),
            ),
        ],
        Answer::Refused { intent, reason, operation } => refused(intent, *reason, operation),
        Answer::Misunderstood(problem, operation) => explain(problem, operation.as_ref()),
        Answer::Help(operations, others) => help::all(operations, *others),
        Answer::HelpOn(operation, verdict) => help::on(operation, verdict),
        Answer::Status(head, at) => status(head, at.as_ref()),
        Answer::AlertStatus(card, at) => {
            let named = Text::default().named(card.alert, at.as_ref());
            vec![Part::Paragraph(alert::listed(card, named))]
        }
        Answer::History(lines, some) => lists::history(lines, *some, now),
        Answer::AssignedInVain(alert, to, watch) => vec![Part::Paragraph(
            sign(Sign::Warning)
                .say("Alert ")
                .typed(alert)
                .say(" is given to ")
                .person(to)
                .say(", who may not act on it: they are not on the allow list of the watch ")
                .code(watch.as_str())
                .say(" in the catalogue. Have them added, or give it to somebody else."),
        )],
        Answer::Alerts(open) => {
            [lists::alerts(open), crate::silence::listed(&open.silences, now)].concat()
        }
        Answer::NoWatch { any: 0 } => {
            one(sign(Sign::NotFound).say("No log is watched: the catalogue has no watch."))
        }
        Answer::NoWatch { .. } => one(sign(Sign::NotFound).say(
            "No watch belongs to this channel or to you, so nothing is known here of open alerts. Ask in a \
             watch's channel, or have yourself added to the watch's allow list in the catalogue.",
        )),
        Answer::Cancelling(run) => {
            one(of_run(Sign::Stopped, run).say(" will be stopped. Its card shows when it has stopped."))
        }
        Answer::CancelRefused(run, reason) => {
            let text = of_run(Sign::Refused, run).say(" goes on. ").say(not_stopped(*reason));
            vec![Part::Paragraph(text), because(*reason)]
        }
        Answer::AlreadyOver(head) => beside("It is already over; there is nothing to stop.", head),
        Answer::Retrying(run) => {
            one(of_run(Sign::Busy, run).say(" is being run again. Its card shows how it goes."))
        }
        Answer::RetryRefused(run, reason, changed) => {
            let changes = changed.as_ref().map(crate::run::event::changes).unwrap_or_default();
            vec![stays(run, not_retried(*reason)), Part::Lines(changes), because(*reason)]
        }
        Answer::NothingToRetry(head) if head.can_cancel() => {
            beside("It is still running; there is nothing to run again.", head)
        }
        Answer::NothingToRetry(head) if head.can_retry() => {
            beside("Somebody was quicker: it was run again, and this is how that went.", head)
        }
        Answer::NothingToRetry(head) => beside("It succeeded. To run it once more, ask for it again.", head),
        Answer::LookingAgain(run) => one(sign(Sign::Looking)
            .say("Looking for run ")
            .typed(run)
            .say(" once more. Its card and its thread say what came of it.")),
        Answer::Settling(run, how) => one(sign(Sign::Recorded)
            .say("On record for run ")
            .typed(run)
            .plain(format!(": {}. Its card says so.", how.says()))),
        Answer::SettleRefused(run, reason) => vec![stays(run, advice(*reason)), because(*reason)],
        Answer::NothingToSettle(head) => {
            beside("There is nothing to settle: this is what became of it.", head)
        }
        Answer::NoSuchRun(run) => one(sign(Sign::NotFound)
            .say("There is no run ")
            .typed(run)
            .say(" that you can see. `/signalbox history` shows the latest.")),
        Answer::Attending(alert) => {
            one(sign(Sign::Understood).say("Alert ").typed(alert).say(": its card will say so."))
        }
        Answer::AttendRefused(alert, watch, reason) => {
            let why = match reason {
                ReasonCode::NotInThisChannel => ALERT_ELSEWHERE,
                ReasonCode::NotAllowed
                | ReasonCode::UnknownOperation
                | ReasonCode::BadParameters
                | ReasonCode::CatalogueChanged
                | ReasonCode::ChecksFailed => ALERT_NOT_ALLOWED,
            };
            let text = sign(Sign::Refused).say("Alert ").typed(alert).say(" stays as it is. ").say(why);
            vec![Part::Paragraph(text.code(watch.as_str())), because(*reason)]
        }
        Answer::NotFollowed(why) => one(sign(Sign::NotFound).then(not_followed(*why))),
        Answer::NoForm => one(sign(Sign::Waiting).say(
            "The form could not be shown, and nothing was changed. Choose it once more, or type it in the thread.",
        )),
        Answer::Form(form) => form_needed(form),
        Answer::Pick(_) => one(say("Say what you want to run: `/signalbox help` shows what you can.")),
        Answer::Place(placing) => vec![Part::Paragraph(
            say("You may ask for ")
                .code(placing.operation.as_str())
                .say(" in several channels. Type it in one of them: ")
                .then(crate::form::channels(placing)),
        )],
        Answer::Line(line) => vec![Part::Paragraph(say("To ask for it once more, type: ").code(line))],
        Answer::WhichRun(runs) => {
            let title = sign(Sign::NotFound).say("Several runs share this short id. Which one?");
            let runs = runs.iter().map(|run| say("• ").typed(run));
            vec![Part::Lines(std::iter::once(title).chain(runs).collect())]
        }
        Answer::NothingStarted => one(sign(Sign::Bad).say(
            "*Nothing was started:* the queue cannot be reached. Ask again in a minute; if it stays so, tell \
             whoever runs Signalbox.",
        )),
        Answer::NotConfirmed { run, new } => one(not_confirmed(*run, *new)),
        Answer::CannotLook => one(sign(Sign::Bad).say(
            "*Cannot look just now:* the store cannot be read. Nothing was changed by this. Ask again in a minute.",
        )),
    })
}

/// What is said where the form itself cannot be shown; a press of the button may show it.
fn form_needed(form: &AskForm) -> Vec<Part> {
    let line = given_line(form);
    let missing = form.fields.iter().find(|f| f.parameter.required && f.value.is_none());
    let mut parts = match (&form.review, missing) {
        (None, Some(field)) => {
            let operation = form.operation.name.clone();
            let missing = Misunderstood::Missing { operation, parameter: field.parameter.name.clone() };
            explain(&missing, Some(&form.operation))
        }
        (Some(_), _) | (None, None) => {
            let text = sign(Sign::Waiting)
                .say("*Nothing has been started.* This has to be looked at in its form first: ")
                .code(&line)
                .say(".");
            vec![Part::Paragraph(text)]
        }
    };
    parts.push(Part::Actions(vec![open(line)], None));
    parts
}

/// The line that gives what is in the form already.
fn given_line(form: &AskForm) -> String {
    if let Some(review) = &form.review {
        return review.intent.phrase();
    }
    let given = form
        .fields
        .iter()
        .filter(|f| f.value.is_some() && f.value != f.parameter.default.as_ref().map(ToString::to_string));
    given.fold(form.operation.name.to_string(), |line, f| {
        let value = f.value.as_deref().unwrap_or_default();
        format!("{line} {}={}", f.parameter.name, quoted(value))
    })
}

fn open(line: String) -> Button {
    Button { label: "Open the form", does: Pressed::Ask(line), confirm: None, danger: false }
}

fn one(text: Text) -> Vec<Part> {
    vec![Part::Paragraph(text)]
}

/// The reason's stable word, as docs and metrics have it.
fn because(reason: ReasonCode) -> Part {
    Part::Small(say("reason ").typed(reason.as_str()))
}

fn of_run(shown: Sign, run: &ShortId) -> Text {
    sign(shown).say("Run ").typed(run)
}

fn stays(run: &ShortId, why: &'static str) -> Part {
    Part::Paragraph(of_run(Sign::Refused, run).say(" stays as it is. ").say(why))
}

/// A sentence, and the card of the run that it is about.
fn beside(words: &'static str, head: &RunHead) -> Vec<Part> {
    [one(sign(Sign::Info).say(words)), card(head, false).parts].concat()
}

/// What to type instead of words that could not be understood.
pub(crate) fn not_followed(why: NotUnderstood) -> Text {
    say(match why {
        NotUnderstood::Acknowledge => {
            "Until when? `2h`, as in `ack rolling back until 2h` (m, h, d, w; at most 90d), or no end at all. Nothing was done."
        }
        NotUnderstood::Snooze => {
            "How long? `snooze 2h` (m, h, d, w; at most 90d), `snooze 500 lines`, or `snooze next` until the next deploy. Nothing was done."
        }
        NotUnderstood::Mute => {
            "Until when, and why? `mute 7d known bug, see the tracker` (m, h, d, w; at most 90d). Nothing was done."
        }
        NotUnderstood::Assign => "To whom? `assign me`, or `assign @somebody` as a mention.",
    })
}

fn not_confirmed(run: Option<ShortId>, new: bool) -> Text {
    let text = sign(Sign::Waiting).say("*Not confirmed:* ");
    match run {
        Some(run) if new => text
            .say("run ")
            .typed(run)
            .say(" appears within a minute, or was not started. Ask again only if it does not."),
        Some(run) => text
            .say("if the card of ")
            .typed(run)
            .say(" does not show it within a minute, nothing was changed. Ask again then."),
        None => {
            text.say("it took too long. If nothing shows within a minute, nothing was done. Ask again then.")
        }
    }
}

fn refused(intent: &Intent, reason: ReasonCode, operation: &Operation) -> Vec<Part> {
    let text = sign(Sign::Refused).say("*Not carried out:* ").code(&intent.phrase());
    vec![
        Part::Paragraph(text.say("\n").say(advice(reason))),
        Part::Lines(who_may(operation, Some(&intent.place.workspace))),
        because(reason),
    ]
}

/// Without buttons, which are on the card that stays; a command takes the short id.
fn status(head: &RunHead, at: Option<&MessageRef>) -> Vec<Part> {
    let run = head.run.short();
    let mut parts = card(head, false).parts;
    if let Some(at) = at {
        parts.push(Part::Small(Text::default().leads("its card: ", at, run)));
    }
    let command = |word: &str| Text::default().typed(format!("/signalbox {word} {run}"));
    if head.can_cancel() {
        parts.push(Part::Small(command("cancel").say(" stops it")));
    }
    if head.can_retry() {
        parts.push(Part::Small(command("retry").say(" runs it again")));
    }
    parts
}
