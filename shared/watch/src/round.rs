//! What is due: windows to be read, windows to be read once more, and what follows from them.

use crate::history::{History, RECENT};
use crate::kept::{self, Kept, load, save};
use crate::reading::Reader;
use crate::telling::{self, Judged};
use crate::window::{Window, together};
use serde::{Deserialize, Serialize};
use signalbox_domain::alert::{Class, Figures, Finding, Report, SourceState};
use signalbox_domain::ids::Name;
use signalbox_domain::watch::{Heartbeat, Watch};
use signalbox_domain::{Frozen, Timestamp};
use signalbox_engine::logs::{LogSource, Memos, Span};
use signalbox_engine::ports::{Clock, PortError, Queue, Store};
use signalbox_engine::wire;
use signalbox_engine::wire::command::{Command, Envelope};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// Windows are kept so long after their end: as long as they may be compared or read again.
const WINDOWS_KEPT: Duration = Duration::from_secs(3 * 86_400);
/// What was not seen for so long is forgotten: longer than the longest time to quiet.
const PATTERNS_KEPT: Duration = Duration::from_secs(120 * 86_400);
/// After so long a message about an outage is followed by another.
const LONGEST_EPISODE: Duration = DAY;
/// Further back nothing is caught up with: what was missed is said.
const MOST_BEHIND: i64 = 96;
/// Patterns with alerts that are kept in mind.
const MOST_ALERTED: usize = 500;

/// Where lines come from, by watch and source.
pub type Sources = HashMap<(Name, Name), Arc<dyn LogSource>>;

/// The log-watch.
pub struct LogWatch {
    /// The watches.
    pub catalogue: Arc<Frozen>,
    /// Their sources; one that is not there is reported as failed.
    pub sources: Sources,
    /// What was counted, and which runs there were.
    pub store: Arc<dyn Store>,
    /// Where what it finds goes.
    pub intents: Arc<dyn Queue>,
    /// Where cards are ordered again when their numbers changed.
    pub outbox: Arc<dyn Queue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// AWS's region, for links to CloudWatch.
    pub region: Option<String>,
}

/// What came of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Nothing more is due; so many windows were read.
    Done(usize),
    /// The time was over; the next round goes on.
    Unfinished,
    /// Another round is at it.
    Elsewhere,
}

/// How far a watch is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Mark {
    /// The first window; the default: none yet.
    began: Timestamp,
    /// The next window.
    next: Timestamp,
    /// Where each source's next window begins, for those that say so.
    positions: BTreeMap<Name, String>,
    /// Lines that counted, by window.
    totals: BTreeMap<i64, u64>,
    /// Patterns with alerts, by fingerprint.
    alerted: BTreeMap<String, Alerted>,
    /// Since which window the present digest goes on.
    episode: Option<Timestamp>,
    /// Windows to be read once more, and the digest that they were told in.
    again: BTreeMap<i64, Option<Timestamp>>,
}

/// A pattern with an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Alerted {
    title: String,
    sample: String,
    sources: Vec<String>,
    last_seen: Timestamp,
    /// Lines in the latest window that its card shows.
    count: u64,
}

impl LogWatch {
    /// Does what is due for a watch until a moment. Calling it too often, or twice at once, changes nothing.
    ///
    /// # Errors
    /// When a port fails; the next round does it again.
    pub async fn round(&self, name: &Name, until: Timestamp) -> Result<Round, PortError> {
        let Some(watch) = self.catalogue.watches.get(name).filter(|w| !w.sources.is_empty()) else {
            return Ok(Round::Done(0));
        };
        match self.watch(watch, until).await {
            Err(PortError::Conflict) => Ok(Round::Elsewhere),
            round => round,
        }
    }

    async fn watch(&self, watch: &Watch, until: Timestamp) -> Result<Round, PortError> {
        let shelf = shelf(watch);
        let mut mark: Kept<Mark> = load(&*self.store, &shelf, "mark").await?;
        let every = i64::try_from(watch.every().as_millis()).unwrap_or(i64::MAX);
        let now = self.clock.now();
        let over = now.0 - i64::try_from(watch.delay().as_millis()).unwrap_or(0);
        let latest = over.div_euclid(every) * every - every;
        if mark.value.began == Timestamp::default() {
            (mark.value.began, mark.value.next) = (Timestamp(latest), Timestamp(latest));
        }
        let behind = (latest - mark.value.next.0) / every;
        if behind > MOST_BEHIND {
            tracing::error!(watch = %watch.name, windows = behind - MOST_BEHIND, "the log-watch was away for too long; these windows are not read");
            mark.value.next = Timestamp(latest - MOST_BEHIND * every);
        }
        let mut windows = 0;
        loop {
            let due = self.due_again(watch, &mark.value, now);
            let (from, pass) = match due {
                Some(from) => (from, 2),
                None if mark.value.next.0 <= latest => (mark.value.next.0, 1),
                None => return Ok(Round::Done(windows)),
            };
            let span = Span { from: Timestamp(from), to: Timestamp(from + every) };
            if !self.window(watch, span, pass, &mut mark, until).await? {
                return Ok(Round::Unfinished);
            }
            windows += 1;
        }
    }

    /// A window whose late lines have come by now.
    fn due_again(&self, watch: &Watch, mark: &Mark, now: Timestamp) -> Option<i64> {
        let settled = self.settles(watch);
        let due = |from: i64| Timestamp(from).plus(watch.every() + watch.delay() + settled) <= now;
        mark.again.keys().copied().find(|from| due(*from))
    }

    fn settles(&self, watch: &Watch) -> Duration {
        let of = |name: &Name| self.source(watch, name).map_or(Duration::ZERO, |s| s.settles());
        watch.sources.keys().map(of).max().unwrap_or_default()
    }

    fn source(&self, watch: &Watch, name: &Name) -> Option<&Arc<dyn LogSource>> {
        self.sources.get(&(watch.name.clone(), name.clone()))
    }

    /// Reads a window and tells what it brought; whether it came to its end.
    async fn window(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        mark: &mut Kept<Mark>,
        until: Timestamp,
    ) -> Result<bool, PortError> {
        let mut windows = BTreeMap::new();
        for name in watch.sources.keys() {
            let read = self.read(watch, name, span, pass, &mark.value, until).await?;
            if read.end.is_none() {
                return Ok(false);
            }
            windows.insert(name.clone(), read);
        }
        self.tell(watch, span, pass, &windows, &mut mark.value).await?;
        move_on(watch, span, pass, &windows, &mut mark.value, !self.settles(watch).is_zero());
        save(&*self.store, &shelf(watch), "mark", mark, None).await?;
        Ok(true)
    }

    /// A source's window, read as far as time allows.
    async fn read(
        &self,
        watch: &Watch,
        name: &Name,
        span: Span,
        pass: u32,
        mark: &Mark,
        until: Timestamp,
    ) -> Result<Window, PortError> {
        let (shelf, key) = (shelf(watch), window_key(span, name, pass));
        let mut kept: Kept<Window> = load(&*self.store, &shelf, &key).await?;
        if kept.value.end.is_some() {
            return Ok(kept.value);
        }
        let Some(source) = self.source(watch, name) else {
            let why = "nothing here reads this kind of source".to_owned();
            return Ok(Window { end: Some(SourceState::Failed { why }), ..Window::default() });
        };
        if pass > 1 && source.settles().is_zero() {
            // Late lines come with its next window; what failed is read on from where it stood.
            let first: Kept<Window> = load(&*self.store, &shelf, &window_key(span, name, 1)).await?;
            return Ok(first.value);
        }
        if kept.value == Window::default() {
            kept.value.position = mark.positions.get(name).cloned();
        }
        let enough = || self.clock.now() >= until;
        Reader::new(watch).read(&**source, span, &mut kept.value, watch.most_lines, enough).await;
        shrink(&mut kept.value);
        save(&*self.store, &shelf, &key, &mut kept, Some(span.to.plus(WINDOWS_KEPT))).await?;
        Ok(kept.value)
    }

    /// Compares, and passes on what matters. Whatever is sent has a name made of the window, so that sending it again
    /// changes nothing.
    async fn tell(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        windows: &BTreeMap<Name, Window>,
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let first = mark.began == span.from;
        mark.totals.insert(span.from.0, windows.values().map(|w| w.counted).sum());
        while mark.totals.len() > RECENT {
            mark.totals.pop_first();
        }
        let mut judged = self.judge(watch, span, windows, mark.began, first).await?;
        telling::order(&mut judged);
        // The second look at a window has what the first left of its budget.
        let has_card = |j: &&Judged| pass > 1 && j.is_urgent() && mark.alerted.contains_key(&j.pattern);
        let spent = u32::try_from(judged.iter().filter(has_card).count()).unwrap_or(u32::MAX);
        let mut left = watch.most_cards.saturating_sub(spent);
        for one in judged.iter_mut().filter(|j| j.is_urgent()) {
            if mark.alerted.contains_key(&one.pattern) {
                continue;
            }
            one.held = left == 0;
            left = left.saturating_sub(1);
        }
        let links = telling::pages(watch, self.region.as_deref(), span);
        let key = format!("{}/{pass}", span.from.0);
        let wanted = |j: &&Judged| j.is_urgent() || mark.alerted.contains_key(&j.pattern);
        let told: Vec<&Judged> = judged.iter().filter(wanted).collect();
        let runs =
            if told.is_empty() { vec![] } else { telling::deployed(&*self.store, watch, span.to).await? };
        for one in &told {
            let finding = one.finding(watch, span, &runs, &links);
            self.show(watch, &finding, &one.history, span, &key).await?;
            let alerted = Alerted {
                title: finding.title,
                sample: finding.sample,
                sources: finding.seen_in,
                last_seen: one.history.last_seen,
                count: finding.tally.count,
            };
            mark.alerted.insert(one.pattern.clone(), alerted);
        }
        self.look_after_silent(watch, span, &key, &judged, mark).await?;
        let before = self.before(watch, span).await?;
        let report = telling::report(watch, span, windows, &before, &judged, &mark.totals, links);
        self.report(watch, span, pass, Report { first, ..report }, mark).await
    }

    /// What each pattern is, with the window put into its history.
    async fn judge(
        &self,
        watch: &Watch,
        span: Span,
        windows: &BTreeMap<Name, Window>,
        since: Timestamp,
        first: bool,
    ) -> Result<Vec<Judged>, PortError> {
        let shelf = shelf(watch);
        let mut judged = vec![];
        for (pattern, together) in together(windows.iter().map(|(name, w)| (name.as_str(), w))) {
            let key = format!("pattern/{pattern}");
            let mut history: Kept<History> = load(&*self.store, &shelf, &key).await?;
            let (class, usual) = history.value.class(watch, span, together.seen.count, since);
            let was = history.value.clone();
            history.value.put(span, together.seen.count, together.seen.first, together.seen.last);
            if history.value != was {
                let until = Some(span.to.plus(PATTERNS_KEPT));
                save(&*self.store, &shelf, &key, &mut history, until).await?;
            }
            // Nothing is new where there is nothing to compare with.
            let class = if first { Class::Known } else { class };
            judged.push(Judged { pattern, together, class, usual, history: history.value, held: false });
        }
        Ok(judged)
    }

    /// An alert's finding, its figures, and the order to draw them.
    async fn show(
        &self,
        watch: &Watch,
        finding: &Finding,
        history: &History,
        span: Span,
        key: &str,
    ) -> Result<(), PortError> {
        let alert = finding.alert(&watch.place);
        let figures = Figures { tally: finding.tally, lines: finding.lines, recent: history.recent(span) };
        self.put_figures(&alert, &figures, span).await?;
        let found = Envelope::new(alert.clone(), key, Command::Found(Box::new(finding.clone())));
        self.intents.send(found.to_message()?).await?;
        self.outbox.send(wire::order::encode_counted(&alert, &watch.place.workspace, key)?).await
    }

    async fn put_figures(
        &self,
        alert: &signalbox_domain::RunId,
        figures: &Figures,
        span: Span,
    ) -> Result<(), PortError> {
        let memos: &dyn Memos = &*self.store;
        let before = memos.memo(wire::figures::SHELF, alert.as_str()).await?;
        memos
            .put_memo(signalbox_engine::logs::Memo {
                shelf: wire::figures::SHELF.to_owned(),
                key: alert.to_string(),
                revision: before.map_or(0, |memo| memo.revision) + 1,
                body: wire::figures::encode(figures)?,
                until: Some(span.to.plus(PATTERNS_KEPT)),
            })
            .await
    }

    /// Alerts whose patterns were not seen: their cards say so, and after long enough they are quiet.
    async fn look_after_silent(
        &self,
        watch: &Watch,
        span: Span,
        key: &str,
        judged: &[Judged],
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let quiet = DAY * watch.quiet_days;
        let seen: std::collections::BTreeSet<&str> = judged.iter().map(|j| j.pattern.as_str()).collect();
        let silent: Vec<String> =
            mark.alerted.keys().filter(|pattern| !seen.contains(pattern.as_str())).cloned().collect();
        for pattern in silent {
            let Some(known) = mark.alerted.get_mut(&pattern) else { continue };
            let over = span.to.since(known.last_seen) >= quiet;
            if known.count == 0 && !over {
                continue;
            }
            let history: Kept<History> =
                load(&*self.store, &shelf(watch), &format!("pattern/{pattern}")).await?;
            let finding = Finding {
                watch: watch.name.clone(),
                pattern: pattern.clone(),
                class: if over { Class::Quiet } else { Class::Known },
                title: known.title.clone(),
                sample: known.sample.clone(),
                seen_in: known.sources.clone(),
                tally: telling::tally(&history.value, span, 0, 0),
                lines: history.value.lines(),
                after: vec![],
                links: vec![],
                held: false,
                matchers: vec![],
            };
            known.count = 0;
            self.show(watch, &finding, &history.value, span, key).await?;
            if over {
                mark.alerted.remove(&pattern);
            }
        }
        // Those that were silent longest are no longer looked after; when they are seen, they are again.
        while mark.alerted.len() > MOST_ALERTED {
            let oldest = mark.alerted.iter().min_by_key(|(_, a)| a.last_seen).map(|(p, _)| p.clone());
            oldest.and_then(|pattern| mark.alerted.remove(&pattern));
        }
        Ok(())
    }

    /// How many lines counted in the window before, by source.
    async fn before(&self, watch: &Watch, span: Span) -> Result<BTreeMap<Name, u64>, PortError> {
        let every = span.to.0 - span.from.0;
        let earlier = Span { from: Timestamp(span.from.0 - every), to: span.from };
        let mut before = BTreeMap::new();
        for name in watch.sources.keys() {
            let mut window: Kept<Window> =
                load(&*self.store, &shelf(watch), &window_key(earlier, name, 2)).await?;
            if window.value.end.is_none() {
                window = load(&*self.store, &shelf(watch), &window_key(earlier, name, 1)).await?;
            }
            if window.value.end == Some(SourceState::Whole) {
                before.insert(name.clone(), window.value.counted);
            }
        }
        Ok(before)
    }

    /// Tells the channel, if there is something to tell. What goes on is one message that grows.
    async fn report(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        report: Report,
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let loud = !report.patterns.is_empty()
            || report.sources.iter().any(|source| source.state != SourceState::Whole);
        let told_before = mark.again.get(&span.from.0).copied().flatten();
        let going_on = mark.episode.filter(|began| span.from.since(*began) < LONGEST_EPISODE);
        let daily = span.from.0.rem_euclid(i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX)) == 0;
        let beats = match watch.heartbeat {
            Heartbeat::Never => false,
            Heartbeat::Daily => daily,
            Heartbeat::Always => true,
        };
        let began = match pass {
            // A second look changes the message there is; it makes one only for what is news.
            2 => told_before.or(loud.then(|| going_on.unwrap_or(span.from))),
            _ if loud || going_on.is_some() => Some(going_on.unwrap_or(span.from)),
            _ if report.first || beats => Some(span.from),
            _ => None,
        };
        if pass == 1 || loud {
            mark.episode = began.filter(|_| loud);
        }
        if pass == 1 {
            mark.again.insert(span.from.0, began);
        }
        let Some(began) = began else { return Ok(()) };
        let digest = report.digest(&watch.place, began);
        let key = format!("{}/{pass}", span.from.0);
        let told = Envelope::new(digest, &key, Command::Report(Box::new(report)));
        self.intents.send(told.to_message()?).await
    }
}

/// What the mark says once a window is told.
fn move_on(
    watch: &Watch,
    span: Span,
    pass: u32,
    windows: &BTreeMap<Name, Window>,
    mark: &mut Mark,
    settles: bool,
) {
    if pass > 1 || !settles {
        mark.again.remove(&span.from.0);
    }
    if pass > 1 {
        return;
    }
    for name in watch.sources.keys() {
        // What failed is read on from where it stood.
        if let Some(next) = windows.get(name).and_then(|w| w.next.clone()) {
            mark.positions.insert(name.clone(), next);
        }
    }
    mark.next = span.to;
}

fn shelf(watch: &Watch) -> String {
    format!("watch/{}", watch.name)
}

/// Keys of windows lie in the order of time.
fn window_key(span: Span, source: &Name, pass: u32) -> String {
    format!("window/{:015}/{source}/{pass}", span.from.0)
}

/// Makes a window fit into a memo, however its texts are written: samples go first.
fn shrink(window: &mut Window) {
    let size = |window: &Window| serde_json::to_vec(window).map_or(0, |body| body.len());
    for keep in [120, 40, 0] {
        if size(window) <= kept::LARGEST {
            return;
        }
        for seen in window.patterns.values_mut() {
            seen.sample = signalbox_domain::observation::cut_middle(&seen.sample, keep);
            seen.title = signalbox_domain::observation::cut_middle(&seen.title, keep.max(60));
        }
    }
}

#[cfg(test)]
#[path = "round_tests.rs"]
pub(crate) mod tests;
