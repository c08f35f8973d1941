//! A bulletin: the message of a window, or of the windows of an outage. It grows, and what it told once stays
//! readable in it: a message that named an error must never change into one that says that nothing happened.

use super::finding::Deployed;
use super::report::{
    FamilyLine, MOST_RUNS, PatternLine, Report, Silenced, SourceReport, SourceState, is_zero,
};
use crate::ids::{BulletinId, CommandId, ShortId};
use crate::observation::cut_middle;
use crate::people::{MessageRef, Place};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::mem::{discriminant, replace};

/// Words of a family that are remembered with what was told before.
const WORDS_TOLD: usize = 3;

/// The longest text of what was told before, in characters.
const LONGEST_TOLD: usize = 200;

/// At most this much of what a bulletin told before is remembered; the rest is only counted.
pub const MOST_TOLD: usize = 24;

/// One audit record of a bulletin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BulletinEvent {
    /// A window of a watch brought this, and the channel is told.
    Reported { report: Box<Report>, place: Place },
}

/// Where a bulletin stands: the latest report of its message, and what the earlier ones told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BulletinHead {
    pub id: BulletinId,
    /// How many events it is the fold of.
    pub version: u64,
    /// Where its message is.
    pub place: Place,
    /// When the first report came.
    pub began_at: Timestamp,
    /// The first window's beginning.
    pub from: Timestamp,
    /// How many windows it is about.
    pub windows: u64,
    /// The report of the latest window.
    pub report: Report,
    /// What was told before that report, in the order in which it was told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub told: Vec<Told>,
    /// How much more was told before that report: what has no name, and what is beyond [`MOST_TOLD`].
    #[serde(default, skip_serializing_if = "is_zero")]
    pub told_more: u64,
    /// The end of the latest window that had something to tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub news_to: Option<Timestamp>,
    /// Runs that ended in its windows, latest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub runs: Vec<Deployed>,
    /// How many more runs ended in its windows.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub more_runs: u64,
    /// The commands that led to its latest events.
    pub causes: VecDeque<CommandId>,
}

/// Something that a bulletin told, and when.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Told {
    /// The end of the window that told it first.
    pub to: Timestamp,
    pub news: News,
}

impl Told {
    /// Told news is kept with shorter texts, because a head must fit into one item of a table.
    fn shortened(mut self) -> Self {
        let short = |text: &mut String| *text = cut_middle(text, LONGEST_TOLD);
        match &mut self.news {
            News::Pattern(line) => short(&mut line.title),
            News::Source(SourceReport { state: SourceState::Failed { why }, .. }) => short(why),
            News::Source(_) | News::Silenced(_) => {}
            News::Family(line) => {
                line.family.words.truncate(WORDS_TOLD);
                short(&mut line.family.form);
            }
        }
        self
    }
}

/// What is worth telling of a window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum News {
    /// A pattern that is new, back or spiking.
    Pattern(PatternLine),
    /// A source that was not read to its end.
    Source(SourceReport),
    /// What a silence kept from being told.
    Silenced(Silenced),
    /// What is new in a family that has a card.
    Family(FamilyLine),
}

impl News {
    /// Whether it is the same piece of news; the counts may differ.
    fn is_same(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Pattern(one), Self::Pattern(other)) => {
                one.alert == other.alert && one.class == other.class
            }
            (Self::Source(one), Self::Source(other)) => {
                one.name == other.name && discriminant(&one.state) == discriminant(&other.state)
            }
            (Self::Silenced(one), Self::Silenced(other)) => one.rule == other.rule,
            (Self::Family(one), Self::Family(other)) => {
                let words = |line: &FamilyLine| {
                    line.family.words.iter().take(WORDS_TOLD).cloned().collect::<Vec<_>>()
                };
                one.alert == other.alert && words(one) == words(other)
            }
            (Self::Pattern(_) | Self::Source(_) | Self::Silenced(_) | Self::Family(_), _) => false,
        }
    }

    /// All that a report tells by name.
    fn of(report: &Report) -> impl Iterator<Item = Self> {
        let unread = report.sources.iter().filter(|source| source.state != SourceState::Whole);
        let sources: Vec<Self> = unread.cloned().map(Self::Source).collect();
        let silenced = report.silenced.iter().cloned().map(Self::Silenced);
        let patterns = report.patterns.iter().cloned().map(Self::Pattern);
        let families = report.families.iter().cloned().map(Self::Family);
        patterns.chain(families).chain(sources).chain(silenced).collect::<Vec<_>>().into_iter()
    }

    fn is_in(&self, report: &Report) -> bool {
        Self::of(report).any(|news| news.is_same(self))
    }
}

impl BulletinHead {
    /// What a report of a window leads to; nothing if it was told already.
    #[must_use]
    pub fn decide(
        head: Option<&Self>,
        report: &Report,
        place: &Place,
        cause: &CommandId,
    ) -> Option<BulletinEvent> {
        let told = head.is_some_and(|head| head.has_folded(cause) || head.report == *report);
        let report = Box::new(report.clone());
        (!told).then(|| BulletinEvent::Reported { report, place: place.clone() })
    }

    /// Whether this command already led to events.
    #[must_use]
    pub fn has_folded(&self, cause: &CommandId) -> bool {
        self.causes.contains(cause)
    }

    /// The head after one more report.
    #[must_use]
    pub fn after(
        head: Option<Self>,
        id: &BulletinId,
        event: &BulletinEvent,
        cause: &CommandId,
        now: Timestamp,
    ) -> Self {
        let BulletinEvent::Reported { report, place } = event;
        let mut head = head.unwrap_or_else(|| Self {
            id: id.clone(),
            version: 0,
            place: place.clone(),
            began_at: now,
            from: report.from,
            windows: 0,
            report: (**report).clone(),
            told: vec![],
            told_more: 0,
            news_to: None,
            runs: vec![],
            more_runs: 0,
            causes: VecDeque::new(),
        });
        head.version += 1;
        if report.keeps_told {
            head.add(report);
        } else {
            // A window that was read again replaces its own earlier report.
            if head.windows == 0 || head.report.to < report.to {
                head.windows += 1;
            }
            head.report = (**report).clone();
        }
        head.causes.truncate(31);
        head.causes.push_front(cause.clone());
        head
    }

    /// Each run is named once, even if a window is read again.
    fn add_runs(&mut self, report: &Report) {
        for run in &report.runs {
            if !self.runs.iter().any(|known| known.run == run.run) {
                self.runs.push(run.clone());
            }
        }
        self.runs.sort_by_key(|run| std::cmp::Reverse(run.at));
        // If a window is read again, its further runs were counted with its first report.
        if self.windows == 0 || report.to > self.report.to {
            self.more_runs += report.more_runs + self.runs.len().saturating_sub(MOST_RUNS) as u64;
        }
        self.runs.truncate(MOST_RUNS);
    }

    /// Adds what a report brings to what was told.
    fn add(&mut self, report: &Report) {
        for seen in [&self.report, report].into_iter().filter(|seen| seen.has_news()) {
            self.news_to = self.news_to.max(Some(seen.to));
        }
        self.add_runs(report);
        let latest = self.report.to;
        let news = if self.windows > 0 && report.to < latest {
            // An earlier window was read again, after late lines came.
            News::of(report).map(|news| Told { to: report.to, news }).collect::<Vec<_>>()
        } else {
            let before = replace(&mut self.report, report.clone());
            if self.windows == 0 || report.to > latest {
                self.told_more += if self.windows == 0 { 0 } else { before.others.urgent };
                self.windows += 1;
            } else {
                // The same window was read again: patterns that it no longer counts were told all the same.
                self.told_more += before.others.urgent.saturating_sub(report.others.urgent);
            }
            News::of(&before).map(|news| Told { to: latest, news }).collect()
        };
        for told in news {
            let known = self.told.iter().any(|t| t.news.is_same(&told.news)) || told.news.is_in(&self.report);
            if known {
                continue;
            }
            if self.told.len() < MOST_TOLD {
                self.told.push(told.shortened());
            } else {
                self.told_more += 1;
            }
        }
    }
}

/// A run that ended in a bulletin's windows, and the message that is its card, where that is known.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndedRun {
    /// What ended, when and how.
    pub run: Deployed,
    /// Where its card is.
    pub card: Option<MessageRef>,
}

/// The one message that shows a bulletin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BulletinCard {
    /// Its name.
    pub bulletin: ShortId,
    /// The first window's beginning.
    pub from: Timestamp,
    /// How many windows it is about; more than one while an outage goes on.
    pub windows: u64,
    /// What to say of the latest window.
    pub report: Report,
    /// What it told before and does not tell again in the latest report.
    pub told: Vec<Told>,
    /// How much more it told before, without a name.
    pub told_more: u64,
    /// Since when it is over: it told something, and the latest window has nothing to tell.
    pub over_since: Option<Timestamp>,
    /// Runs that ended in its windows, latest first.
    pub runs: Vec<EndedRun>,
    /// How many more runs ended in its windows.
    pub more_runs: u64,
}

impl BulletinCard {
    /// Draws it.
    #[must_use]
    pub fn of(head: &BulletinHead) -> Self {
        let told = head.told.iter().filter(|told| !told.news.is_in(&head.report));
        Self {
            bulletin: head.id.short(),
            from: head.from,
            windows: head.windows,
            report: head.report.clone(),
            told: told.cloned().collect(),
            told_more: head.told_more,
            over_since: head.news_to.filter(|_| !head.report.has_news()),
            runs: head.runs.iter().map(|run| EndedRun { run: run.clone(), card: None }).collect(),
            more_runs: head.more_runs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{Class, Kin, Others};
    use crate::ids::{ChannelId, WorkspaceId};
    use crate::people::Chat;

    const WINDOW: i64 = 300_000;

    fn report(nth: i64, patterns: &[(&str, Class)], failed: bool) -> Report {
        let line = |(key, class): &(&str, Class)| PatternLine {
            alert: crate::ids::AlertId::derive("watch", "T1", key),
            class: *class,
            title: (*key).to_owned(),
            count: 1,
            usual: 0,
            held: false,
        };
        let state = if failed { SourceState::Failed { why: "503".into() } } else { SourceState::Whole };
        Report {
            watch: "web".parse().unwrap(),
            from: Timestamp(nth * WINDOW),
            to: Timestamp((nth + 1) * WINDOW),
            sources: vec![SourceReport {
                name: "app".parse().unwrap(),
                state,
                read: 1,
                counted: 1,
                before: None,
            }],
            patterns: patterns.iter().map(line).collect(),
            others: Others::default(),
            recent: vec![],
            first: false,
            links: vec![],
            without_level: None,
            families: vec![],
            keeps_told: true,
            silenced: vec![],
            runs: vec![],
            more_runs: 0,
            least: None,
        }
    }

    /// The message after these reports.
    fn after(reports: &[Report]) -> BulletinCard {
        let id = BulletinId::derive("digest", "T1", "1");
        let place =
            Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
        let mut head = None;
        for (n, report) in reports.iter().enumerate() {
            let cause = CommandId::new(format!("c{n}"));
            let event = BulletinEvent::Reported { report: Box::new(report.clone()), place: place.clone() };
            head = Some(BulletinHead::after(head, &id, &event, &cause, Timestamp(0)));
        }
        BulletinCard::of(&head.unwrap())
    }

    /// What the card says that it told before.
    fn told(card: &BulletinCard) -> String {
        let word = |told: &Told| match &told.news {
            News::Pattern(line) => format!("{:?} {}", line.class, line.title).to_lowercase(),
            News::Source(source) => source.name.to_string(),
            News::Silenced(silenced) => silenced.rule.reason.clone(),
            News::Family(line) => line.family.form.clone(),
        };
        card.told.iter().map(word).collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn what_was_told_stays() {
        let loud = report(0, &[("a", Class::New), ("b", Class::New)], false);
        let more = report(1, &[("a", Class::Spiking), ("c", Class::New)], false);
        let card = after(&[loud.clone(), more.clone()]);
        assert_eq!((told(&card).as_str(), card.windows, card.over_since), ("new a, new b", 2, None));
        let calm = report(2, &[], false);
        let card = after(&[loud.clone(), more.clone(), calm.clone()]);
        assert_eq!(told(&card), "new a, new b, spiking a, new c");
        assert_eq!((card.windows, card.over_since), (3, Some(calm.from)));
        // Late lines of an earlier window are told too, and the latest window stays the latest.
        let late = report(1, &[("c", Class::New), ("d", Class::New)], false);
        let card = after(&[loud.clone(), more, calm.clone(), late]);
        assert_eq!(told(&card), "new a, new b, spiking a, new c, new d");
        assert_eq!((card.windows, card.report.to, card.over_since), (3, calm.to, Some(calm.from)));
        // The window that was calm at first has news when it is read again.
        let again = report(2, &[("a", Class::Regressed)], false);
        let card = after(&[loud.clone(), calm, again]);
        assert_eq!((told(&card).as_str(), card.windows, card.over_since), ("new a, new b", 2, None));
        // The same window with the same news once more: nothing was told before.
        assert_eq!(told(&after(&[loud.clone(), loud])), "");
    }

    #[test]
    fn a_source_that_failed_is_told_even_if_it_was_read_later() {
        let (failed, read) = (report(0, &[], true), report(0, &[], false));
        assert_eq!(after(std::slice::from_ref(&failed)).over_since, None);
        let card = after(&[failed.clone(), read]);
        assert_eq!((told(&card).as_str(), card.windows, card.over_since), ("app", 1, Some(failed.to)));
        assert_eq!(after(&[report(0, &[], false), report(1, &[], false)]).over_since, None, "never loud");
    }

    #[test]
    fn what_is_beyond_is_counted() {
        let names: Vec<String> = (0..60).map(|n| format!("p{n}")).collect();
        let mut reports = vec![];
        for (nth, some) in names.chunks(12).enumerate() {
            let patterns: Vec<(&str, Class)> = some.iter().map(|name| (name.as_str(), Class::New)).collect();
            let mut report = report(i64::try_from(nth).unwrap(), &patterns, false);
            report.others.urgent = 2;
            reports.push(report);
        }
        let card = after(&reports);
        assert_eq!((card.told.len(), card.report.patterns.len()), (MOST_TOLD, 12));
        assert_eq!(card.told_more, 60 - 12 - MOST_TOLD as u64 + 4 * 2);
    }

    #[test]
    fn what_was_new_in_a_family_stays_told() {
        let kin = Kin { form: "unloading <*>".into(), patterns: 3, lines: 9, words: vec!["nfs".into()] };
        let line = FamilyLine { alert: crate::ids::AlertId::derive("watch", "T1", "f"), family: kin, new: 1 };
        let news = Report { families: vec![line.clone()], ..report(0, &[], false) };
        assert!(news.has_news());
        let card = after(&[news, report(1, &[], false)]);
        assert_eq!(card.told.iter().map(|t| t.news.clone()).collect::<Vec<_>>(), [News::Family(line)]);
        assert_eq!(card.over_since, Some(Timestamp(WINDOW)));
    }

    #[test]
    fn a_run_is_named_once_and_the_latest_are_named() {
        let ran = |n: i64| Deployed {
            run: crate::ids::RunId::derive("run", "T1", &n.to_string()),
            what: format!("release {n}"),
            at: Timestamp(n),
            first_line: None,
            ended: None,
        };
        let with = |nth: i64, runs: std::ops::Range<i64>| {
            let runs = runs.rev().map(ran).collect();
            Report { runs, ..report(nth, &[("a", Class::New)], false) }
        };
        let card = after(&[with(0, 1..4), with(0, 1..4), with(1, 4..12)]);
        let named: Vec<i64> = card.runs.iter().map(|ended| ended.run.at.0).collect();
        assert_eq!((named, card.more_runs), ((4..12).rev().collect(), 3));
    }

    /// Reports of versions that did not keep what was told are folded as they were then.
    #[test]
    fn a_report_that_does_not_keep_replaces() {
        let old = |nth, patterns| Report { keeps_told: false, ..report(nth, patterns, false) };
        let card = after(&[old(0, &[("a", Class::New)]), old(1, &[])]);
        assert_eq!((told(&card).as_str(), card.windows, card.over_since), ("", 2, None));
        // A later report that does keep it keeps what an old one found.
        let card = after(&[old(0, &[("a", Class::New)]), report(1, &[], false)]);
        assert_eq!((told(&card).as_str(), card.over_since), ("new a", Some(Timestamp(WINDOW))));
    }
}
