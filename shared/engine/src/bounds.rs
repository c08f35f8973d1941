//! Bounds everything that is kept for ever, whatever comes in from outside.
//!
//! Each door cuts what it takes. This is the place after all of them: what a command carries and what a backend says
//! is cut here before anything is decided, and each event once more before it is appended. If an event were too large
//! for the store, nobody could ever end its run.
//!
//! Texts lose their middle. Some values would mean something else if they were cut (a name, an address, what silences
//! an alert): these are dropped instead, or the look that brought them counts as failed.

mod report;

use crate::ports::PortError;
use crate::wire::command::Command;
use signalbox_domain::alert::{
    Act, AlertCommand, AlertEvent, BulletinCommand, BulletinEvent, FamilyLine, Finding, LONGEST_NOTE,
    LONGEST_TEXT, MOST_PATTERNS, MOST_RUNS, MOST_WORDS, Report, SourceReport, SourceState,
};
use signalbox_domain::intent::{Changed, Difference, Work};
use signalbox_domain::lookup::{Changes, Failed, Reply};
use signalbox_domain::observation::{
    LONGEST_EXCERPT, LONGEST_STEP, MOST_STEPS, Observation, Outcome, Progress, cut_middle,
};
use signalbox_domain::redact::{looks_secret, redact};
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, SearchAnswer};
use signalbox_domain::silence::{Scope, SilenceRule};
use signalbox_domain::{Event, RunCommand, RunEvent, SetAside};

/// The largest event and the largest head, as stored bytes. DynamoDB takes items of 400 KB, keys included:
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>.
pub(crate) const LARGEST: usize = 350 * 1024;
/// The largest work, as stored bytes: what an operation's templates make of its parameters.
pub(crate) const LARGEST_WORK: usize = 96 * 1024;
/// The reason for something, in characters.
pub(crate) const LONGEST_WHY: usize = 500;
/// What a backend calls a run, in bytes.
pub(crate) const LONGEST_REFERENCE: usize = 200;
/// An address, in bytes.
pub(crate) const LONGEST_LINK: usize = 2000;
/// Differences of a catalogue that are named.
const MOST_DIFFERENCES: usize = 10;
/// Steps that are looked at; a run with more seems to stand still from there on.
const MOST_SEEN: usize = MOST_STEPS * 20;
/// The words of a pattern that its family has at other places, in characters.
const LONGEST_WORDS: usize = 60;
/// The pattern of an alert, in characters.
const LONGEST_PATTERN: usize = 200;
/// How many places an alert was seen in, runs before it and addresses beside it are kept, and how long each word of
/// them is.
const MOST_BESIDE: usize = 20;
const LONGEST_BESIDE: usize = 120;
/// What silences an alert: how many, and how many bytes in all.
const MOST_MATCHERS: usize = 64;
const LARGEST_MATCHERS: usize = 8 * 1024;
/// Sources in a report, and windows before it.
const MOST_SOURCES: usize = 100;
const MOST_RECENT: usize = 100;
/// How many steps of a batch are kept, and how long the line of each is, in characters.
const MOST_PARTS: usize = signalbox_domain::catalogue::MOST_STEPS;
const LONGEST_PART: usize = 300;
/// How many requirements that were not met are kept.
const MOST_FAILED: usize = 20;
/// Of what changed between two versions: how many first lines, authors and pull requests are kept.
const MOST_CHANGES: usize = 30;
/// What a dead letter is called, and what it was.
const LONGEST_NAME: usize = 64;

/// The bytes, if they may be stored; else the reason why not.
pub(crate) fn fitting(what: &str, bytes: Vec<u8>) -> Result<Vec<u8>, PortError> {
    if bytes.len() <= LARGEST {
        return Ok(bytes);
    }
    Err(PortError::Unavailable(format!("{what} of {} bytes is more than any store takes", bytes.len())))
}

/// Whether this work is small enough to be kept.
pub(crate) fn is_kept(work: &Work) -> bool {
    serde_json::to_vec(work).is_ok_and(|bytes| bytes.len() <= LARGEST_WORK)
}

/// A command with its texts cut, before anything is decided over it.
pub(crate) fn command(mut command: Command) -> Command {
    match &mut command {
        Command::Run(it) => run_command(it),
        Command::Alert(AlertCommand::Found(it)) => finding(it),
        Command::Alert(AlertCommand::Attend { act: it, .. }) => act(it),
        Command::Bulletin(BulletinCommand::Report(it)) => report::report(it),
        Command::SetAside { aside: it, .. } => aside(it),
        Command::Silences { .. } | Command::Show { .. } | Command::Wake { .. } | Command::Refresh(_) => {}
    }
    command
}

fn run_command(command: &mut RunCommand) {
    match command {
        RunCommand::Settle { note, .. } => cut(note, LONGEST_NOTE),
        RunCommand::Dropped { letter } => cut(letter, LONGEST_NAME),
        // The backend is asked whether it knows this name. A backend knows no name that long, so a cut one is not
        // found either.
        RunCommand::Sighted(it) => cut(&mut it.reference, LONGEST_REFERENCE / 4),
        RunCommand::Submit { .. }
        | RunCommand::Cancel { .. }
        | RunCommand::Retry { .. }
        | RunCommand::LookAgain { .. }
        | RunCommand::Followed { .. }
        | RunCommand::Step(_)
        | RunCommand::Observe => {}
    }
}

/// An event with its texts cut, before it is appended.
pub(crate) fn event(mut event: Event) -> Event {
    match &mut event {
        Event::Run(it) => run_event(it),
        Event::SetAside(it) => aside(it),
        Event::Alert(AlertEvent::Found { finding: it, .. }) => finding(it),
        Event::Alert(AlertEvent::Attended { act: it, .. } | AlertEvent::Declined { act: it, .. }) => act(it),
        Event::Alert(AlertEvent::Escalated { to }) => to.mention.truncate(MOST_BESIDE),
        Event::Alert(
            AlertEvent::Reopened { .. }
            | AlertEvent::Unsilenced { .. }
            | AlertEvent::Reminded
            | AlertEvent::Sent { .. },
        ) => {}
        Event::Bulletin(BulletinEvent::Reported { report: it, .. }) => report::report(it),
    }
    event
}

fn run_event(event: &mut RunEvent) {
    match event {
        RunEvent::MaybeSent { why: text, .. }
        | RunEvent::NotSent { why: text, .. }
        | RunEvent::NotSeen { why: text, .. }
        | RunEvent::LookedAgain { what: text, .. }
        | RunEvent::Contradicted { what: text, .. } => cut(text, LONGEST_WHY),
        RunEvent::BecameUnknown { why, page, .. } => {
            cut(why, LONGEST_WHY);
            *page = page.take().filter(|p| is_short(p));
        }
        RunEvent::Settled { note, .. } => cut(note, LONGEST_NOTE),
        RunEvent::Dispatched { reference, link, .. } => {
            *reference = reference.take().filter(|r| is_reference(r));
            *link = link.take().filter(|l| is_short(l));
        }
        RunEvent::Located { reference, link, .. } => {
            // No name that long gets here. Were one cut, the run would not be found by it, and would become unknown.
            cut(reference, LONGEST_REFERENCE / 4);
            *link = link.take().filter(|l| is_short(l));
        }
        RunEvent::StopAnswered { refused, .. } => refused.iter_mut().for_each(|why| cut(why, LONGEST_WHY)),
        RunEvent::Progressed { steps, link, waits, .. } => {
            cut_steps(steps);
            waits.iter_mut().for_each(|what| cut(what, LONGEST_STEP));
            *link = link.take().filter(|l| is_short(l));
        }
        RunEvent::Finished { outcome, .. } => cut_outcome(outcome),
        RunEvent::Refused { changed, .. } => changed.iter_mut().for_each(cut_changed),
        RunEvent::RetryRefused { changed, failed, .. } => {
            changed.iter_mut().for_each(cut_changed);
            failed.truncate(MOST_FAILED);
            failed.iter_mut().for_each(cut_failed);
        }
        // What people ask for is bounded where it is understood: if it were cut here, something else would be carried
        // out.
        RunEvent::Requested { .. }
        | RunEvent::DispatchStarted { .. }
        | RunEvent::SeenAgain { .. }
        | RunEvent::CancelRequested { .. }
        | RunEvent::CancelRefused { .. }
        | RunEvent::RetryRequested { .. }
        | RunEvent::SettleRefused { .. }
        | RunEvent::Followed { .. } => {}
        RunEvent::PartsMoved { parts, .. } => {
            parts.truncate(MOST_PARTS);
            parts.iter_mut().for_each(|part| cut(&mut part.line, LONGEST_PART));
        }
        RunEvent::Checking { trouble } => trouble.iter_mut().for_each(|why| cut(why, LONGEST_WHY)),
        // What a shipment holds was cut when it came in.
        RunEvent::Checked { failed, .. } => {
            failed.truncate(MOST_FAILED);
            failed.iter_mut().for_each(cut_failed);
        }
        RunEvent::Verifying { outcome, trouble, .. } => {
            cut_outcome(outcome);
            trouble.iter_mut().for_each(|why| cut(why, LONGEST_WHY));
        }
    }
}

fn cut_failed(failed: &mut Failed) {
    cut(&mut failed.what, LONGEST_WHY);
    cut(&mut failed.why, LONGEST_WHY);
}

fn cut_changed(changed: &mut Changed) {
    changed.differences.truncate(MOST_DIFFERENCES);
    for Difference { what, was, is } in &mut changed.differences {
        [Some(what), was.as_mut(), is.as_mut()].into_iter().flatten().for_each(|text| cut(text, LONGEST_WHY));
    }
}

fn aside(aside: &mut SetAside) {
    cut(&mut aside.letter, LONGEST_NAME);
    cut(&mut aside.what, LONGEST_NAME);
}

// What a backend says comes from outside: an event must not hold secrets of it, nor more text than is kept.

pub(crate) fn clean_dispatch(answer: DispatchAnswer) -> DispatchAnswer {
    match answer {
        DispatchAnswer::Sent { reference, link } => DispatchAnswer::Sent {
            // The run is there, but its name is too long to keep: it counts as a run without a name, and is searched
            // for.
            reference: reference.map(|r| redact(&r)).filter(|r| is_reference(r)),
            link: clean_link(link),
        },
        DispatchAnswer::NotSent { why, rest } => DispatchAnswer::NotSent { why: clean_why(&why), rest },
        DispatchAnswer::Refused { why } => DispatchAnswer::Refused { why: clean_why(&why) },
        DispatchAnswer::MaybeSent { why } => DispatchAnswer::MaybeSent { why: clean_why(&why) },
        DispatchAnswer::Fenced => DispatchAnswer::Fenced,
    }
}

/// `None`: its name is too long to keep.
pub(crate) fn clean_found(found: Found) -> Option<Found> {
    let reference = redact(&found.reference);
    is_reference(&reference).then(|| Found { reference, link: clean_link(found.link) })
}

pub(crate) fn clean_search(answer: SearchAnswer) -> SearchAnswer {
    match answer {
        SearchAnswer::Found(found) => match clean_found(found) {
            Some(found) => SearchAnswer::Found(found),
            None => SearchAnswer::Failed { why: "it was found under a name that is too long".into() },
        },
        SearchAnswer::Failed { why } => SearchAnswer::Failed { why: clean_why(&why) },
        SearchAnswer::NotFound(absence) => SearchAnswer::NotFound(absence),
    }
}

pub(crate) fn clean_observation(mut seen: Observation) -> Observation {
    // Of steps beyond those that are kept, only the number counts.
    seen.steps.truncate(MOST_SEEN);
    for step in &mut seen.steps {
        *step = cut_middle(&redact(step), LONGEST_STEP);
    }
    seen.waits = seen.waits.map(|what| cut_middle(&redact(&what), LONGEST_STEP));
    seen.link = clean_link(seen.link);
    seen.reference = seen.reference.map(|r| redact(&r)).filter(|r| is_reference(r));
    match &mut seen.progress {
        Progress::Running => {}
        Progress::Ended(outcome) => {
            outcome.summary = redact(&outcome.summary);
            outcome.excerpt = redact(&outcome.excerpt);
            cut_outcome(outcome);
        }
        Progress::Lost { why } => *why = clean_why(why),
    }
    seen
}

pub(crate) fn clean_cancel(answer: CancelAnswer) -> CancelAnswer {
    match answer {
        CancelAnswer::Taken => CancelAnswer::Taken,
        CancelAnswer::Failed { why } => CancelAnswer::Failed { why: clean_why(&why) },
    }
}

/// Why a look brought nothing.
pub(crate) fn clean_not_seen(why: &str) -> String {
    clean_why(why)
}

/// What a system outside answered, before it is kept or decided over.
pub(crate) fn clean_reply(reply: Reply) -> Reply {
    match reply {
        Reply::Values(mut values) => {
            values.all.retain(|value| !looks_secret(value));
            Reply::Values(values)
        }
        Reply::Holds => Reply::Holds,
        Reply::DoesNotHold(why) => Reply::DoesNotHold(clean_why(&why)),
        Reply::Changes(changes) => {
            let short = |all: Vec<String>| -> Vec<String> {
                all.iter().take(MOST_CHANGES).map(|text| cut_middle(&redact(text), LONGEST_BESIDE)).collect()
            };
            Reply::Changes(Changes {
                subjects: short(changes.subjects),
                authors: short(changes.authors),
                pulls: changes.pulls.into_iter().take(MOST_CHANGES).collect(),
                link: clean_link(changes.link),
                ..changes
            })
        }
    }
}

fn clean_link(link: Option<String>) -> Option<String> {
    link.filter(|l| l.starts_with("https://") || l.starts_with("http://"))
        .filter(|l| is_short(l))
        .map(|l| redact(&l))
}

fn clean_why(why: &str) -> String {
    cut_middle(&redact(why), LONGEST_WHY)
}

fn is_reference(text: &str) -> bool {
    text.len() <= LONGEST_REFERENCE
}

fn is_short(link: &str) -> bool {
    link.len() <= LONGEST_LINK
}

fn cut(text: &mut String, most: usize) {
    if text.len() > most {
        *text = cut_middle(text, most);
    }
}

fn cut_steps(steps: &mut Vec<String>) {
    steps.truncate(MOST_STEPS);
    steps.iter_mut().for_each(|step| cut(step, LONGEST_STEP));
}

fn cut_outcome(outcome: &mut Outcome) {
    cut(&mut outcome.summary, LONGEST_WHY);
    cut(&mut outcome.excerpt, LONGEST_EXCERPT);
}

fn cut_links(links: &mut Vec<(String, String)>) {
    links.retain(|(_, link)| is_short(link));
    links.truncate(MOST_BESIDE);
    links.iter_mut().for_each(|(word, _)| cut(word, LONGEST_BESIDE));
}

fn finding(finding: &mut Finding) {
    cut(&mut finding.pattern, LONGEST_PATTERN);
    cut(&mut finding.title, LONGEST_TEXT);
    cut(&mut finding.sample, LONGEST_TEXT);
    finding.seen_in.truncate(MOST_BESIDE);
    finding.seen_in.iter_mut().for_each(|place| cut(place, LONGEST_BESIDE));
    finding.after.truncate(MOST_BESIDE);
    finding.after.iter_mut().for_each(|deployed| cut(&mut deployed.what, LONGEST_WHY));
    cut_links(&mut finding.links);
    finding.silenced.iter_mut().for_each(|it| rule(it));
    let bytes: usize = finding.matchers.iter().map(|(name, value)| name.len() + value.len()).sum();
    if finding.matchers.len() > MOST_MATCHERS || bytes > LARGEST_MATCHERS {
        // Silencing by only some of the labels would silence other alerts too.
        finding.matchers.clear();
    }
}

/// The catalogue bounds its rules; this rule came back from a queue.
fn rule(rule: &mut SilenceRule) {
    cut(&mut rule.reason, LONGEST_NOTE);
    match &mut rule.scope {
        Scope::All => {}
        Scope::Words(words) => cut(words, LONGEST_PATTERN),
        Scope::Labels(labels) => {
            let bytes: usize = labels.iter().map(|(name, value)| name.len() + value.len()).sum();
            if labels.len() > MOST_BESIDE || bytes > LARGEST_MATCHERS {
                // With only some of the labels the rule would match other alerts too; without labels it matches
                // nothing.
                labels.clear();
            }
        }
    }
}

fn act(act: &mut Act) {
    match act {
        Act::Acknowledge { note: text, .. }
        | Act::Resolve { note: text }
        | Act::Mute { reason: text, .. } => {
            cut(text, LONGEST_NOTE);
        }
        Act::Snooze(_) | Act::Assign { .. } | Act::Reopen => {}
    }
}

#[cfg(test)]
#[path = "bounds_tests.rs"]
mod tests;
