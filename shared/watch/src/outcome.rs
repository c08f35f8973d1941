//! What a window leads to: commands, figures, a bulletin. Everything that is sent has an id made from the window.

use crate::history::{History, RECENT};
use crate::kin::Family;
use crate::mark::{Alerted, Mark};
use crate::names::Names;
use crate::remembered::{Remembered, load, save, shelf};
use crate::round::{LogWatch, window_key};
use crate::telling::{self, Judged};
use crate::window::{Window, together};
use signalbox_domain::alert::{
    AlertCommand, BulletinCommand, Class, Deployed, Figures, Finding, Kin, Report, SourceState,
};
use signalbox_domain::budget::Served;
use signalbox_domain::ids::Name;
use signalbox_domain::watch::{Heartbeat, Watch};
use signalbox_domain::{AlertId, Timestamp};
use signalbox_engine::ports::{Memo, Memos, PortError, Span};
use signalbox_engine::wire;
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::wire::counts::Counted;
use signalbox_engine::wire::order::Lane;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const DAY: Duration = Duration::from_secs(86_400);
/// A pattern that was not seen for so long is forgotten: longer than the longest `quiet` of a watch.
const PATTERNS_KEPT: Duration = Duration::from_secs(120 * 86_400);
/// After so long an outage gets a new message.
const LONGEST_EPISODE: Duration = DAY;
/// How many patterns with alerts are kept in mind.
const MOST_ALERTED: usize = 500;

impl LogWatch {
    /// Compares, and passes on what matters. Everything that is sent has an id made from the window, so sending it
    /// again changes nothing.
    pub(crate) async fn tell(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        (windows, names): (&BTreeMap<Name, Window>, &Names),
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let first = mark.began == span.from;
        let lines = windows.values().map(|w| w.counted).sum();
        mark.totals.insert(span.from.0, lines);
        self.note_counts(watch, span, windows, lines).await?;
        while mark.totals.len() > RECENT {
            mark.totals.pop_first();
        }
        let mut judged = self.judge(watch, span, (windows, names), mark.began, first).await?;
        for one in &mut judged {
            let seen = &one.together.seen;
            one.silenced = watch.silence(&seen.title, &[], seen.first).cloned();
            // A pattern that was silenced, and is still there when the silence ends, is news.
            let untold = mark.alerted.get(&one.pattern).is_some_and(|alerted| alerted.silenced);
            if untold && one.silenced.is_none() && !one.class.is_urgent() {
                one.class = Class::New;
            }
        }
        telling::order(&mut judged);
        // The second reading of a window has only those cards left that the first did not use.
        let has_card = |j: &&Judged| pass > 1 && j.is_urgent() && mark.alerted.contains_key(&j.pattern);
        let spent = u32::try_from(judged.iter().filter(has_card).count()).unwrap_or(u32::MAX);
        let left = watch.most_cards.saturating_sub(spent);
        let families = self.give_cards(watch, &mut judged, &mark.alerted, left).await?;
        let links = telling::pages(watch, self.region.as_deref(), span);
        let key = format!("{}/{pass}", span.from.0);
        let wanted = |j: &&Judged| j.class.is_urgent() || mark.alerted.contains_key(&j.pattern);
        let told: Vec<&Judged> = judged.iter().filter(wanted).collect();
        let mut runs = None;
        if !told.is_empty() {
            runs = Some(telling::deployed(&*self.views, watch, span.to).await?);
        }
        for one in &told {
            let finding = one.finding(watch, span, runs.as_deref().unwrap_or_default(), &links);
            let kin = kin_of(&families, &one.pattern, &judged, &mark.alerted);
            self.show(watch, &finding, (&one.history, kin), span, &key).await?;
            let alerted = Alerted {
                joined: one.joined.clone().or_else(|| {
                    // A pattern that is news by itself has its own card.
                    mark.alerted.get(&one.pattern)?.joined.clone().filter(|_| !one.is_urgent())
                }),
                title: finding.title,
                sample: finding.sample,
                sources: finding.seen_in,
                last_seen: one.history.last_seen,
                count: finding.tally.count,
                silenced: one.silenced.is_some()
                    && (one.is_hushed() || mark.alerted.get(&one.pattern).is_some_and(|a| a.silenced)),
            };
            mark.alerted.insert(one.pattern.clone(), alerted);
        }
        self.look_after_unseen(watch, span, &key, (&judged, &families), mark).await?;
        let before = self.before(watch, span).await?;
        let families = families.iter().filter_map(|f| f.line(watch, &judged)).collect();
        let report = telling::report(watch, span, windows, &before, &judged, (&mark.totals, families), links);
        self.report(watch, span, pass, (Report { first, ..report }, runs), mark).await
    }

    /// Notes what was counted, where a run is verified by it.
    async fn note_counts(
        &self,
        watch: &Watch,
        span: Span,
        windows: &BTreeMap<Name, Window>,
        lines: u64,
    ) -> Result<(), PortError> {
        if !self.catalogue.verifies_by(&watch.name) {
            return Ok(());
        }
        let counted = Counted { lines, whole: windows.values().all(|w| w.end == Some(SourceState::Whole)) };
        let until = span.to.plus(PATTERNS_KEPT);
        wire::counts::note(&*self.memos, &watch.name, (span.from, until), counted).await
    }

    /// Puts the window into each pattern's history, and decides what each pattern is.
    async fn judge(
        &self,
        watch: &Watch,
        span: Span,
        (windows, names): (&BTreeMap<Name, Window>, &Names),
        since: Timestamp,
        first: bool,
    ) -> Result<Vec<Judged>, PortError> {
        let shelf = shelf(watch);
        let mut judged = vec![];
        for (fingerprint, together) in together(windows.iter().map(|(name, w)| (name.as_str(), w))) {
            let pattern = names.of(&fingerprint).to_owned();
            let key = format!("pattern/{pattern}");
            let mut history: Remembered<History> = load(&*self.memos, &shelf, &key).await?;
            let (class, usual) = history.value.class(watch, span, together.seen.count, since);
            let was = history.value.clone();
            history.value.put(span, together.seen.count, together.seen.first, together.seen.last);
            if history.value != was {
                let until = Some(span.to.plus(PATTERNS_KEPT));
                save(&*self.memos, &shelf, &key, &mut history, until).await?;
            }
            // In the first window there is nothing to compare with, so no pattern is new.
            let class = if first { Class::Known } else { class };
            judged.push(Judged {
                pattern,
                together,
                class,
                usual,
                history: history.value,
                held: false,
                joined: None,
                silenced: None,
            });
        }
        Ok(judged)
    }

    /// Sends an alert's finding, keeps its figures, and orders its card again.
    async fn show(
        &self,
        watch: &Watch,
        finding: &Finding,
        (history, family): (&History, Option<Kin>),
        span: Span,
        key: &str,
    ) -> Result<(), PortError> {
        let alert = finding.alert(&watch.place);
        let figures = Figures {
            tally: finding.tally,
            lines: finding.lines,
            recent: history.recent(span),
            family,
            notified: None,
        };
        self.put_figures(&alert, &figures, span).await?;
        let found = Envelope::new(alert.clone(), key, AlertCommand::Found(Box::new(finding.clone())));
        self.intents.send(found.to_message()?).await?;
        let lane = Lane { place: &watch.place, served: Served::Alerts };
        self.outbox.send(wire::order::encode_counted(&alert, lane, key)?).await
    }

    async fn put_figures(&self, alert: &AlertId, figures: &Figures, span: Span) -> Result<(), PortError> {
        let memos: &dyn Memos = &*self.memos;
        let before = memos.memo(wire::figures::SHELF, alert.as_str()).await?;
        memos
            .put_memo(Memo {
                shelf: wire::figures::SHELF.to_owned(),
                key: alert.to_string(),
                revision: before.map_or(0, |memo| memo.revision) + 1,
                body: wire::figures::encode(figures)?,
                until: Some(span.to.plus(PATTERNS_KEPT)),
            })
            .await
    }

    /// Alerts whose patterns were not seen: their cards say so, and after long enough the alerts are over.
    async fn look_after_unseen(
        &self,
        watch: &Watch,
        span: Span,
        key: &str,
        (judged, families): (&[Judged], &[Family]),
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let long = DAY * watch.quiet_days;
        let seen: BTreeSet<&str> = judged.iter().map(|j| j.pattern.as_str()).collect();
        let unseen: Vec<String> =
            mark.alerted.keys().filter(|pattern| !seen.contains(pattern.as_str())).cloned().collect();
        for pattern in unseen {
            let kin = kin_of(families, &pattern, judged, &mark.alerted);
            let Some(known) = mark.alerted.get_mut(&pattern) else { continue };
            let over = span.to.since(known.last_seen) >= long;
            // The card changes if its family goes on without it.
            let joined = judged.iter().any(|j| j.joined.as_ref() == Some(&pattern));
            if known.count == 0 && !over && !joined {
                continue;
            }
            let history: Remembered<History> =
                load(&*self.memos, &shelf(watch), &format!("pattern/{pattern}")).await?;
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
                silenced: None,
            };
            known.count = 0;
            self.show(watch, &finding, (&history.value, kin), span, key).await?;
            if over {
                mark.alerted.remove(&pattern);
            }
        }
        // The patterns that were not seen for longest are dropped; if they are seen again, they are taken up again.
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
            let mut window: Remembered<Window> =
                load(&*self.memos, &shelf(watch), &window_key(earlier, name, 2)).await?;
            if window.value.end.is_none() {
                window = load(&*self.memos, &shelf(watch), &window_key(earlier, name, 1)).await?;
            }
            if window.value.end == Some(SourceState::Whole) {
                before.insert(name.clone(), window.value.counted);
            }
        }
        Ok(before)
    }

    /// Tells the channel, if there is something to tell. An outage that goes on is one message that grows.
    async fn report(
        &self,
        watch: &Watch,
        span: Span,
        pass: u32,
        (mut report, runs): (Report, Option<Vec<Deployed>>),
        mark: &mut Mark,
    ) -> Result<(), PortError> {
        let loud = report.has_news();
        let told_before = mark.again.get(&span.from.0).copied().flatten();
        let going_on = mark.episode.filter(|began| span.from.since(*began) < LONGEST_EPISODE);
        let daily = span.from.0.rem_euclid(i64::try_from(DAY.as_millis()).unwrap_or(i64::MAX)) == 0;
        let beats = match watch.heartbeat {
            Heartbeat::Never => false,
            Heartbeat::Daily => daily,
            Heartbeat::Always => true,
        };
        let began = match pass {
            // A second reading changes the message that exists; it makes a new one only for news.
            2 => told_before.or(loud.then(|| going_on.unwrap_or(span.from))),
            _ if loud => Some(going_on.unwrap_or(span.from)),
            // The first calm window after an outage is told in the outage's message, however long that was. The
            // message keeps what it told.
            _ if mark.episode.is_some() => mark.episode,
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
        let runs = match runs {
            Some(runs) => runs,
            None => telling::deployed(&*self.views, watch, span.to).await?,
        };
        (report.runs, report.more_runs) = telling::ended_in(&runs, span);
        let bulletin = report.bulletin(&watch.place, began);
        let key = format!("{}/{pass}", span.from.0);
        let told = Envelope::new(bulletin, &key, BulletinCommand::Report(Box::new(report)));
        self.intents.send(told.to_message()?).await
    }
}

/// The family that a pattern's card stands for.
fn kin_of(
    families: &[Family],
    pattern: &str,
    judged: &[Judged],
    alerted: &BTreeMap<String, Alerted>,
) -> Option<Kin> {
    let family = families.iter().find(|f| f.root.as_deref() == Some(pattern))?;
    let kin = family.kin(judged, alerted);
    (!kin.words.is_empty()).then_some(kin)
}
