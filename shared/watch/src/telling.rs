//! Makes findings and a report of a window.

use crate::history::History;
use crate::links;
use crate::window::{Together, Window};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{
    Class, Deployed, Ended, FamilyLine, Finding, MOST_PATTERNS, MOST_RUNS, Others, PatternLine, Report,
    Silenced, SourceReport, SourceState, Tally, WithoutLevel,
};
use signalbox_domain::ids::{Name, OperationName, RecordKind};
use signalbox_domain::observation::Conclusion;
use signalbox_domain::run::State;
use signalbox_domain::silence::SilenceRule;
use signalbox_domain::watch::{Severity, Watch};
use signalbox_engine::ports::{Listing, PortError, Span, Views};
use signalbox_engine::wire::head::{Head, decode_any};
use std::collections::BTreeMap;
use std::time::Duration;

/// A run that ended at most so long before a pattern came is named on the pattern's card.
const SHORTLY: Duration = Duration::from_secs(3600);
/// How many runs are looked through, and how many are named.
const LOOKED_THROUGH: usize = 50;
const NAMED: usize = 3;

/// A pattern of a window with what is known of it.
pub(crate) struct Judged {
    pub(crate) pattern: String,
    pub(crate) together: Together,
    pub(crate) class: Class,
    pub(crate) usual: u64,
    pub(crate) history: History,
    pub(crate) held: bool,
    /// The pattern of its family whose card stands for it.
    pub(crate) joined: Option<String>,
    /// The silence of the catalogue that holds for its first line in the window.
    pub(crate) silenced: Option<SilenceRule>,
}

impl Judged {
    /// Whether people are told of it.
    pub(crate) fn is_urgent(&self) -> bool {
        self.class.is_urgent() && self.silenced.is_none()
    }

    /// Whether people would be told, if it were not silenced.
    pub(crate) fn is_hushed(&self) -> bool {
        self.class.is_urgent() && self.silenced.is_some()
    }

    pub(crate) fn tally(&self, span: Span) -> Tally {
        tally(&self.history, span, self.together.seen.count, self.usual)
    }

    /// The finding that the alert is told.
    pub(crate) fn finding(
        &self,
        watch: &Watch,
        span: Span,
        runs: &[Deployed],
        links: &[(String, String)],
    ) -> Finding {
        let seen = &self.together.seen;
        Finding {
            watch: watch.name.clone(),
            pattern: self.pattern.clone(),
            class: self.class,
            title: seen.title.clone(),
            sample: seen.sample.clone(),
            seen_in: self.together.sources.clone(),
            tally: self.tally(span),
            lines: self.history.lines(),
            after: before(runs, seen.first),
            links: links.to_vec(),
            held: self.held,
            matchers: vec![],
            silenced: self.silenced.clone().map(Box::new),
        }
    }
}

pub(crate) fn tally(history: &History, span: Span, count: u64, usual: u64) -> Tally {
    let first_seen = history.first_seen.unwrap_or(span.from);
    Tally { from: span.from, to: span.to, count, usual, first_seen, last_seen: history.last_seen }
}

/// Most urgent first: what came back, then what is new, then what spikes; within each, the most frequent first.
pub(crate) fn order(judged: &mut [Judged]) {
    let rank = |class| match class {
        Class::Regressed => 0,
        Class::New => 1,
        Class::Spiking => 2,
        Class::Known | Class::Quiet => 3,
    };
    judged.sort_by(|a, b| {
        let key = |j: &Judged| (rank(j.class), std::cmp::Reverse(j.together.seen.count));
        key(a).cmp(&key(b)).then_with(|| a.pattern.cmp(&b.pattern))
    });
}

/// The runs that ended shortly before the first line, latest first.
fn before(runs: &[Deployed], first_line: Timestamp) -> Vec<Deployed> {
    let shortly = |run: &&Deployed| run.at <= first_line && first_line.since(run.at) <= SHORTLY;
    let mut named: Vec<&Deployed> = runs.iter().filter(shortly).collect();
    // A refused run changed nothing, so it must not take the place of a run that may have.
    named.sort_by_key(|run| (run.ended == Some(Ended::Refused), std::cmp::Reverse(run.at)));
    named.truncate(NAMED);
    named.sort_by_key(|run| std::cmp::Reverse(run.at));
    named.into_iter().map(|run| Deployed { first_line: Some(first_line), ..run.clone() }).collect()
}

/// The latest runs of these operations that ended, latest first.
pub(crate) async fn deployed(
    views: &(impl Views + ?Sized),
    watch: &Watch,
    to: Timestamp,
) -> Result<Vec<Deployed>, PortError> {
    let counts = |operation: &OperationName| watch.deploys.is_empty() || watch.deploys.contains(operation);
    let mut runs = vec![];
    for row in views.latest(&Listing::of(&watch.place.workspace, RecordKind::Run), to, LOOKED_THROUGH).await?
    {
        // A newer version wrote the head: its run is not named, and nothing else is lost.
        let Ok(Head::Run(head)) = decode_any(&row.body) else { continue };
        let Some(ended) = ended(&head.state).filter(|_| counts(&head.intent.operation)) else { continue };
        let what = head.intent.phrase();
        runs.push(Deployed { run: head.run.clone(), what, at: head.changed_at, first_line: None, ended });
    }
    runs.sort_by_key(|r| std::cmp::Reverse(r.at));
    Ok(runs)
}

/// The runs that ended in the window, named in its message, and how many more.
pub(crate) fn ended_in(runs: &[Deployed], span: Span) -> (Vec<Deployed>, u64) {
    let mut within: Vec<Deployed> =
        runs.iter().filter(|run| run.at >= span.from && run.at < span.to).cloned().collect();
    let more = within.len().saturating_sub(MOST_RUNS) as u64;
    within.truncate(MOST_RUNS);
    (within, more)
}

/// How a run ended, unless it ended as asked. The outer `None` means that it has not ended.
fn ended(state: &State) -> Option<Option<Ended>> {
    match state {
        State::Finished(outcome) => Some(match outcome.conclusion {
            Conclusion::Succeeded => None,
            Conclusion::Failed => Some(Ended::Failed),
            Conclusion::Cancelled => Some(Ended::Cancelled),
            Conclusion::TimedOut => Some(Ended::TimedOut),
        }),
        State::Refused { .. } => Some(Some(Ended::Refused)),
        // Its work is done, and alerts decide whether it counts as good.
        State::Verifying { .. } => Some(None),
        State::Checking { .. }
        | State::Dispatching { .. }
        | State::Running
        | State::SetAside { .. }
        | State::Unknown { .. } => None,
    }
}

/// Names and addresses of the sources' pages.
pub(crate) fn pages(watch: &Watch, region: Option<&str>, span: Span) -> Vec<(String, String)> {
    watch.sources.values().filter_map(|source| links::of(source, &watch.links, region, span)).collect()
}

/// The report of a window.
pub(crate) fn report(
    watch: &Watch,
    span: Span,
    windows: &BTreeMap<Name, Window>,
    before: &BTreeMap<Name, u64>,
    judged: &[Judged],
    (totals, families): (&BTreeMap<i64, u64>, Vec<FamilyLine>),
    links: Vec<(String, String)>,
) -> Report {
    let place = &watch.place;
    // Patterns that joined a family are named with the family.
    let alone = || judged.iter().filter(|j| j.joined.is_none());
    let urgent = || alone().filter(|j| j.is_urgent());
    let named: Vec<&Judged> = urgent().take(MOST_PATTERNS).collect();
    let rest: Vec<&Judged> =
        urgent().skip(MOST_PATTERNS).chain(alone().filter(|j| !j.class.is_urgent())).collect();
    let line = |j: &&Judged| PatternLine {
        alert: j.finding(watch, span, &[], &[]).alert(place),
        class: j.class,
        title: j.together.seen.title.clone(),
        count: j.together.seen.count,
        usual: j.usual,
        held: j.held,
    };
    let beyond: u64 = windows.values().map(|w| w.beyond).sum();
    Report {
        watch: watch.name.clone(),
        from: span.from,
        to: span.to,
        sources: windows
            .iter()
            .map(|(name, window)| source(name, window, before.get(name).copied()))
            .collect(),
        patterns: named.iter().map(line).collect(),
        families,
        others: Others {
            urgent: rest.iter().filter(|j| j.is_urgent()).count() as u64,
            known: rest.iter().filter(|j| !j.is_urgent()).count() as u64,
            lines: rest.iter().map(|j| j.together.seen.count).sum::<u64>() + beyond,
        },
        recent: totals.values().copied().collect(),
        first: false,
        links,
        without_level: without_level(windows),
        keeps_told: true,
        silenced: silenced(judged),
        runs: vec![],
        more_runs: 0,
        least: (watch.least != Severity::Error).then_some(watch.least),
    }
}

/// What would have been told, grouped by the silence that kept it from being told.
fn silenced(judged: &[Judged]) -> Vec<Silenced> {
    let mut all: Vec<Silenced> = vec![];
    for one in judged.iter().filter(|j| j.is_hushed()) {
        let (lines, Some(rule)) = (one.together.seen.count, &one.silenced) else { continue };
        match all.iter_mut().find(|known| known.rule == *rule) {
            Some(known) => (known.patterns, known.lines) = (known.patterns + 1, known.lines + lines),
            None => all.push(Silenced { rule: rule.clone(), patterns: 1, lines }),
        }
    }
    all
}

/// Lines without a level, of all sources together. The example is from the first source that has lines which did not
/// count.
fn without_level(windows: &BTreeMap<Name, Window>) -> Option<WithoutLevel> {
    windows.values().filter_map(|w| w.without_level.clone()).reduce(|all, more| WithoutLevel {
        lines: all.lines + more.lines,
        counted: all.counted + more.counted,
        example: if all.counted < all.lines { all.example } else { more.example },
    })
}

fn source(name: &Name, window: &Window, before: Option<u64>) -> SourceReport {
    let unread = || SourceState::Failed { why: "it was not read".to_owned() };
    SourceReport {
        name: name.clone(),
        state: window.end.clone().unwrap_or_else(unread),
        read: window.read,
        counted: window.counted,
        before,
    }
}
