//! What a run's card says, drawn afresh from where the run stands. How it looks is each chat adapter's business.

use crate::alert::{self, AlertCard, BulletinCard, Class, EscalationCard};
use crate::event::{Event, SetAside};
use crate::ids::{ChannelId, Name, ShortId};
use crate::intent::Work;
use crate::observation::{Conclusion, InJob, Outcome, Settlement};
use crate::people::Actor;
use crate::run::{Looked, RunEvent, RunHead, State};
use crate::time::Timestamp;
use std::time::Duration;

/// Whatever has one message of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Drawing {
    /// A run.
    Run(Box<Card>),
    /// An alert.
    Alert(Box<AlertCard>),
    /// A bulletin.
    Bulletin(Box<BulletinCard>),
    /// An alert, in another channel than its own.
    Escalation(Box<EscalationCard>),
    /// Any of them where one person alone sees it, for it could not be posted in this channel.
    Alone(Box<Drawing>, ChannelId),
    /// Any of them as text alone, where the chat did not take it as it is.
    Plain(Box<Drawing>),
}

impl Drawing {
    /// Whether it leads to other messages of the chat.
    #[must_use]
    pub fn leads_on(&self) -> bool {
        match self {
            Self::Run(_) | Self::Alert(_) => false,
            Self::Bulletin(bulletin) => bulletin.runs.iter().any(|ended| ended.card.is_some()),
            Self::Escalation(escalation) => escalation.at.is_some(),
            Self::Alone(of, _) | Self::Plain(of) => of.leads_on(),
        }
    }
}

/// The one message that shows a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Card {
    /// The run, as people see it.
    pub run: ShortId,
    /// The operation.
    pub title: String,
    /// One line per parameter that is not as usual, in the catalogue's order.
    pub parameters: Vec<(String, String)>,
    /// Those that are as usual.
    pub usual: Vec<(String, String)>,
    /// Who asked.
    pub requester: Actor,
    /// When.
    pub requested_at: Timestamp,
    /// Where it stands.
    pub mood: Mood,
    /// The state in a word or two: `Running`.
    pub state: &'static str,
    /// A sentence more, if there is one.
    pub detail: Option<String>,
    /// From the request to its end, if it has ended.
    pub took: Option<Duration>,
    /// Since when it runs, while it does.
    pub since: Option<Timestamp>,
    /// The latest step it began, and how many that makes; of one that did not succeed, how far it got.
    pub step: Option<(u32, String)>,
    /// Where that stands among those of its job, if the backend knows.
    pub in_job: Option<InJob>,
    /// A page about it.
    pub link: Option<String>,
    /// The redacted end of its output, where it did not go as asked.
    pub excerpt: Option<String>,
    /// What a person can do now.
    pub advice: Option<&'static str>,
    /// Which attempt it is; told from the second on.
    pub attempt: u32,
    /// Whether a person may authorise another attempt.
    pub can_retry: bool,
    /// Whether it may have been carried out although nobody knows: to be said before another attempt.
    pub unsure: bool,
    /// Where a person looks for what nobody knows of: the system, and what is started there.
    pub whereabouts: Option<String>,
    /// The last time a person had it looked for in vain.
    pub looked: Option<Looked>,
    /// Who settled what became of it, where nobody could know.
    pub settled_by: Option<Actor>,
    /// Whether there is something to cancel.
    pub can_cancel: bool,
    /// Who asked to stop it, while it has not stopped.
    pub cancelling: Option<Actor>,
    /// Who had asked to stop it, once it has ended, and whether it was stopped.
    pub stopped_by: Option<(Actor, bool)>,
    /// Who authorised the attempt, where it is not the first.
    pub retried_by: Option<Actor>,
    /// Said loudly: it may have run twice.
    pub warning: Option<String>,
}

/// How a state feels: its colour and sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Under way.
    Busy,
    /// As asked.
    Good,
    /// Not as asked.
    Bad,
    /// Stopped, refused.
    Stopped,
    /// Nobody knows.
    Unsure,
}

impl Card {
    /// Draws the card. `None` where there is nothing to show: the person was already told of the refusal.
    #[must_use]
    pub fn of(head: &RunHead) -> Option<Self> {
        let detail;
        let mut excerpt = None;
        let mut advice = None;
        let (mood, state) = match &head.state {
            State::Refused { told: true, .. } => return None,
            State::Refused { reason, .. } => {
                detail = Some(reason.advice().to_owned());
                (Mood::Stopped, "Refused")
            }
            State::Dispatching { lease_until, trouble } => {
                let system = head.work.as_ref().map_or("It", Work::system);
                let trouble = trouble.as_ref().map(|why| match lease_until {
                    Some(_) => format!("{system} may have received it; checking: {why}"),
                    None => why.clone(),
                });
                detail = [trouble, of_unseen(head, "It cannot be found yet")]
                    .into_iter()
                    .flatten()
                    .reduce(|all, more| format!("{all}\n{more}"));
                (Mood::Busy, if head.attempt > 1 { "Trying again" } else { "Starting" })
            }
            State::Running => {
                detail = of_running(head);
                advice = head.unseen.as_ref().filter(|u| u.is_told()).map(|_| BLIND);
                (Mood::Busy, "Running")
            }
            State::Finished(outcome) => {
                detail = Some(outcome.summary.clone()).filter(|s| !s.is_empty());
                let (mood, state, hint) = ended(head, outcome);
                advice = hint;
                // Output of a success goes to the thread, not on the card.
                excerpt = Some(outcome.excerpt.clone()).filter(|e| {
                    !e.is_empty() && matches!(outcome.conclusion, Conclusion::Failed | Conclusion::TimedOut)
                });
                (mood, state)
            }
            State::SetAside { letter } => {
                detail = Some(format!(
                    "It could not be handled, and nothing was started. The request is kept as dead letter {letter}."
                ));
                advice = Some("An operator can have it tried again with signalbox dlq redrive.");
                (Mood::Bad, "Set aside")
            }
            State::Unknown { why } => {
                detail = Some(why.clone());
                advice = Some(
                    "Look there before you run it again: it may have been carried out. Then say what became of it.",
                );
                (Mood::Unsure, "Unknown")
            }
        };
        let unsure = matches!(head.state, State::Unknown { .. });
        let (parameters, usual) = parameters(&head.intent);
        let succeeded = matches!(&head.state, State::Finished(o) if o.conclusion == Conclusion::Succeeded);
        let stopped = matches!(&head.state, State::Finished(o) if o.conclusion == Conclusion::Cancelled);
        Some(Self {
            run: head.run.short(),
            title: head.intent.operation.to_string(),
            parameters,
            usual,
            requester: head.intent.requester.clone(),
            requested_at: head.requested_at,
            mood,
            state,
            detail,
            took: head
                .is_settled()
                .then(|| head.changed_at.since(head.retried_at.unwrap_or(head.requested_at))),
            since: matches!(head.state, State::Running).then_some(head.attempt_at),
            step: head.steps.last().map(|s| (head.begun, s.clone())).filter(|_| !succeeded),
            in_job: head.in_job.filter(|_| !succeeded),
            link: head.link.clone(),
            excerpt,
            advice,
            attempt: head.attempt,
            can_retry: head.can_retry(),
            unsure,
            whereabouts: head.work.as_ref().filter(|_| unsure).map(Work::whereabouts),
            looked: head.looked.clone().filter(|_| unsure),
            settled_by: head.settled_by.clone(),
            can_cancel: !head.is_settled() && head.cancel.is_none(),
            cancelling: head.cancel.clone().filter(|_| !head.is_settled()),
            stopped_by: head.cancel.clone().filter(|_| head.is_settled()).map(|by| (by, stopped)),
            retried_by: head.retried_by.clone(),
            warning: head.contradicted.clone(),
        })
    }
}

/// Names and values.
type Pairs = Vec<(String, String)>;

/// What is shown of the parameters: those that are not as usual, in the catalogue's order, and the others. Of earlier
/// versions nobody knows which those are.
fn parameters(intent: &crate::intent::Intent) -> (Pairs, Pairs) {
    let pair =
        |(n, v): (&crate::ids::ParameterName, &crate::parameter::Value)| (n.to_string(), v.to_string());
    let Some(unusual) = &intent.unusual else {
        return (intent.parameters.iter().map(pair).collect(), vec![]);
    };
    let first = unusual.iter().filter_map(|name| intent.parameters.get_key_value(name));
    let rest = intent.parameters.iter().filter(|(name, _)| !unusual.contains(name));
    (first.map(pair).collect(), rest.map(pair).collect())
}

/// What people do about a run that cannot be seen.
const BLIND: &str = "Signalbox keeps looking, and the card says when it is seen again: you do not have to run it again for that. \
                     Whoever runs this Signalbox can fix the cause.";

/// What there is to say of a running run beside its steps: that it cannot be seen, what it waits for, why it could not
/// be stopped.
fn of_running(head: &RunHead) -> Option<String> {
    let unseen = of_unseen(head, "It may still be running");
    let waits = head.waits.as_ref().filter(|_| unseen.is_none()).map(|what| format!("Waiting {what}"));
    let refused = head.stop_refused.as_ref().filter(|_| head.cancel.is_some());
    let refused = refused.map(|why| format!("It could not be stopped yet: {why}"));
    let all: Vec<String> = [unseen, waits, refused].into_iter().flatten().collect();
    Some(all.join("\n")).filter(|text| !text.is_empty())
}

/// Since when it cannot be seen, and why, once people are to be told.
fn of_unseen(head: &RunHead, so: &str) -> Option<String> {
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

/// Nobody is sent to a thread that has nothing to read.
fn after_failure(head: &RunHead, outcome: &Outcome) -> &'static str {
    if !outcome.excerpt.is_empty() {
        "Read the output in the thread, fix the cause, and run it again."
    } else if head.settled_by.is_some() {
        "Fix the cause, and run it again."
    } else if head.reference.is_none() && head.attempt <= 1 {
        // Refused, or certainly never sent: whatever ran has a name before its end is seen.
        "Nothing was started. Fix the cause, and run it again."
    } else if head.reference.is_none() {
        // Of an attempt before, only a person's word or the catalogue's may have said so.
        "Nothing is known to have been started. Fix the cause, and run it again."
    } else if head.link.is_some() {
        "Open its page for its output, fix the cause, and run it again."
    } else {
        "Fix the cause, and run it again."
    }
}

/// What the thread is told of events since it was last told anything; `None` if they are not worth a message.
#[must_use]
pub fn note<'a>(events: impl IntoIterator<Item = &'a Event>) -> Option<Note> {
    let mut note = Note::default();
    for event in events {
        let event = match event {
            Event::Run(event) => event,
            Event::Alert(event) => {
                note.lines.extend(alert::note(event).map(Line::Alert));
                continue;
            }
            Event::SetAside(aside) => {
                // The card says so itself where it was the request.
                if aside.intent.is_none() {
                    note.lines.push(Line::SetAside(Box::new(aside.clone())));
                }
                continue;
            }
            Event::Bulletin(_) => continue,
        };
        match event {
            RunEvent::Progressed { steps, begun, .. } => {
                let first = begun.saturating_sub(u32::try_from(steps.len()).unwrap_or(0)) + 1;
                note.lines.extend((first..).zip(steps).map(|(n, title)| Line::Step(n, title.clone())));
            }
            RunEvent::RetryRequested { by, .. } => note.lines.push(Line::Retry(by.clone())),
            RunEvent::LookedAgain { by, what, .. } => {
                note.lines.push(Line::LookedAgain(by.clone(), what.clone()));
            }
            RunEvent::Settled { by, how, note: words, .. } => {
                note.lines.push(Line::Settled(by.clone(), *how, words.clone()));
            }
            RunEvent::CancelRequested { by } => note.lines.push(Line::Cancel(by.clone())),
            RunEvent::NotSent { attempt, why } => note.lines.push(Line::NotSent(*attempt, why.clone())),
            RunEvent::MaybeSent { why, .. } => note.lines.push(Line::Searching(why.clone())),
            RunEvent::Contradicted { what, .. } => note.lines.push(Line::Warning(what.clone())),
            RunEvent::Followed { alert, watch, class, after_seconds } => note.lines.push(Line::Followed {
                alert: alert.short(),
                watch: watch.clone(),
                class: *class,
                after: Duration::from_secs(*after_seconds),
            }),
            RunEvent::Finished { outcome, .. } => {
                note.output = Some(outcome.excerpt.clone()).filter(|e| !e.is_empty());
            }
            RunEvent::Requested { .. }
            | RunEvent::Refused { .. }
            | RunEvent::DispatchStarted { .. }
            | RunEvent::Dispatched { .. }
            | RunEvent::Located { .. }
            | RunEvent::NotSeen { .. }
            | RunEvent::SeenAgain { .. }
            | RunEvent::StopAnswered { .. }
            | RunEvent::RetryRefused { .. }
            | RunEvent::SettleRefused { .. }
            | RunEvent::CancelRefused { .. }
            | RunEvent::BecameUnknown { .. } => {}
        }
    }
    (!note.lines.is_empty() || note.output.is_some()).then_some(note)
}

/// One message to a card's thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Note {
    /// What happened, in order.
    pub lines: Vec<Line>,
    /// The end of the run's output, redacted.
    pub output: Option<String>,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A step began: its number and title.
    Step(u32, String),
    /// A person asked to stop it.
    Cancel(Actor),
    /// A person authorised another attempt.
    Retry(Actor),
    /// A person had it looked for once more, and what came of it.
    LookedAgain(Actor, String),
    /// A person settled what became of it, with a note.
    Settled(Actor, Settlement, String),
    /// An attempt certainly did not reach the backend, and why.
    NotSent(u32, String),
    /// It is being searched for, and why.
    Searching(String),
    /// A command for it could not be handled.
    SetAside(Box<SetAside>),
    /// It may have run twice.
    Warning(String),
    /// A watch told an alert whose first line came shortly after it.
    Followed {
        /// Which alert.
        alert: ShortId,
        /// Whose it is.
        watch: Name,
        /// As what it was found.
        class: Class,
        /// So long after the run's end.
        after: Duration,
    },
    /// Something about an alert.
    Alert(alert::Line),
}
