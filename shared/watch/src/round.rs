//! Does what is due: reads windows, reads windows once more, and passes on what follows from them.

use crate::mark::Mark;
use crate::names::Names;
use crate::reading::Reader;
use crate::remembered::{Remembered, load, save, shelf};
use crate::window::{Window, shrink};
use signalbox_domain::alert::SourceState;
use signalbox_domain::ids::Name;
use signalbox_domain::watch::Watch;
use signalbox_domain::{Frozen, Timestamp};
use signalbox_engine::ports::{Clock, LogSource, Memos, PortError, Queue, Span, Views};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

/// Windows are kept so long after their end, because they may still be compared or read again.
const WINDOWS_KEPT: Duration = Duration::from_secs(3 * 86_400);
/// At most this many windows are caught up with; the bulletin says what was missed.
const MOST_BEHIND: i64 = 96;

/// Where lines come from, by watch and source.
pub type Sources = HashMap<(Name, Name), Arc<dyn LogSource>>;

/// The log-watch.
pub struct LogWatch {
    /// The watches.
    pub catalogue: Arc<Frozen>,
    /// Their sources; one that is missing is reported as failed.
    pub sources: Sources,
    /// What was counted, and which runs there were.
    pub memos: Arc<dyn Memos>,
    /// Runs that ended, and alerts that exist; read only.
    pub views: Arc<dyn Views>,
    /// Where what it finds goes.
    pub intents: Arc<dyn Queue>,
    /// Where cards are ordered again when their figures changed.
    pub outbox: Arc<dyn Queue>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// AWS's region, for links to CloudWatch.
    pub region: Option<String>,
}

/// What came of a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Nothing more is due; this many windows were read.
    Done(usize),
    /// The time was over; the next round goes on.
    Unfinished,
    /// Another round is working on this watch.
    Elsewhere,
}

impl LogWatch {
    /// Does what is due for a watch, until a moment. Calling this too often, or twice at once, changes nothing.
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
        let mut mark: Remembered<Mark> = load(&*self.memos, &shelf, "mark").await?;
        let names = Names::kept(&*self.memos, watch, &mut mark.value).await?;
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
            if !self.window(watch, span, pass, (&names, &mut mark), until).await? {
                return Ok(Round::Unfinished);
            }
            windows += 1;
        }
    }

    /// A window whose late lines should have come by now.
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

    /// Reads a window and tells what it brought. Gives whether the window was finished.
    async fn window(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        (names, mark): (&Names, &mut Remembered<Mark>),
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
        self.tell(watch, span, pass, (&windows, names), &mut mark.value).await?;
        mark.value.move_on(watch, span, pass, &windows, !self.settles(watch).is_zero());
        save(&*self.memos, &shelf(watch), "mark", mark, None).await?;
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
        let mut kept: Remembered<Window> = load(&*self.memos, &shelf, &key).await?;
        if kept.value.end.is_some() {
            return Ok(kept.value);
        }
        let Some(source) = self.source(watch, name) else {
            let why = "nothing here reads this kind of source".to_owned();
            return Ok(Window { end: Some(SourceState::Failed { why }), ..Window::default() });
        };
        if pass > 1 && source.settles().is_zero() {
            // Late lines come with the next window; a source that failed is read on from where it stopped.
            let first: Remembered<Window> = load(&*self.memos, &shelf, &window_key(span, name, 1)).await?;
            return Ok(first.value);
        }
        if kept.value == Window::default() {
            kept.value.position = mark.positions.get(name).cloned();
        }
        let enough = || self.clock.now() >= until;
        Reader::new(watch).read(&**source, span, &mut kept.value, watch.most_lines, enough).await;
        shrink(&mut kept.value);
        save(&*self.memos, &shelf, &key, &mut kept, Some(span.to.plus(WINDOWS_KEPT))).await?;
        Ok(kept.value)
    }
}

/// The key of a window. Keys sort by time.
pub(crate) fn window_key(span: Span, source: &Name, pass: u32) -> String {
    format!("window/{:015}/{source}/{pass}", span.from.0)
}

#[cfg(test)]
#[path = "round_tests.rs"]
pub(crate) mod tests;
