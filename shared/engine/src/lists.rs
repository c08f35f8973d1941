//! Lists that people look at: the latest runs, the alerts that are open. Each person sees their own, and those they
//! might have asked for; each line says where its card is.

use crate::intake::{Asker, Intake, listed};
use crate::ports::{HeadRow, Listing, MessageRef, PortError};
use crate::wire::figures;
use crate::wire::head::Head;
use futures::future::{join, join_all};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{AlertCard, AlertHead, Attention, Figures};
use signalbox_domain::answer::{Answer, OpenAlerts, RunLine};
use signalbox_domain::ids::{AlertId, Name, RecordId, RecordKind};
use signalbox_domain::phrase::Wanted;
use signalbox_domain::policy::{ReasonCode, Verdict};
use signalbox_domain::silence::SilenceRule;
use std::cmp::Reverse;
use std::ops::ControlFlow;

/// How many rows are read at a time, and at most how many pages, to find enough rows that the person may see.
const RUNS_PAGE: usize = 20;
const ALERTS_PAGE: usize = 50;
const PAGES: usize = 10;

impl Intake {
    /// The latest runs, or some of them.
    pub(crate) async fn history(&self, asker: &Asker, wanted: &Wanted) -> Result<Answer, PortError> {
        let now = self.clock.now();
        let mut found = vec![];
        let take = |row: &HeadRow| {
            if let Some(Head::Run(head)) = listed(row)
                && wanted.has(&head, now)
                && (head.has_card() || head.part_of.is_some())
                && (head.intent.requester == asker.actor || self.may_see(asker, &head.intent.operation))
            {
                found.push(head);
            }
            let past = wanted.within.is_some_and(|within| now.since(row.requested_at) > within);
            if past || found.len() == wanted.count {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        self.latest(&Listing::of(&asker.place.workspace, RecordKind::Run), RUNS_PAGE, take).await?;
        let lines = join_all(found.into_iter().map(async |head| {
            let message = self.message_of(&head.run).await;
            RunLine { head, message }
        }));
        Ok(Answer::History(lines.await, wanted.filters()))
    }

    /// The open alerts of the watches that the person may attend to, here or in another channel. First those that
    /// nobody looks after, and of these the latest news first. Each line says what the alert's card says.
    pub(crate) async fn alerts(&self, asker: &Asker, wanted: &Wanted) -> Result<Answer, PortError> {
        let watches = &self.catalogue.watches;
        if !watches.keys().any(|watch| self.sees_alerts(asker, watch)) {
            return Ok(Answer::NoWatch { any: watches.len() });
        }
        let verdict = |watch| self.rules().may_attend(watch, &asker.actor, &asker.place);
        let here = watches.keys().any(|watch| verdict(watch) == Verdict::Allow);
        let now = self.clock.now();
        let (mut open, mut held) = (vec![], 0);
        let take = |row: &HeadRow| {
            if let Some(Head::Alert(head)) = listed(row)
                && wanted.has_alert(&head, now)
                && self.sees_alerts(asker, &head.finding.watch)
            {
                if head.has_card() {
                    open.push(*head);
                } else {
                    held += 1;
                }
            }
            ControlFlow::Continue(())
        };
        let whole =
            self.latest(&Listing::of(&asker.place.workspace, RecordKind::Alert), ALERTS_PAGE, take).await?;
        let urgency = |head: &AlertHead| match head.attention {
            Attention::Open => 0,
            Attention::Acknowledged { .. } => 1,
            Attention::Snoozed { .. } => 2,
            Attention::Muted { .. } | Attention::Resolved { .. } => 3,
        };
        open.sort_by_key(|head| (urgency(head), Reverse(head.finding.tally.to)));
        let more = open.len().saturating_sub(wanted.count);
        open.truncate(wanted.count);
        let cards = join_all(open.into_iter().map(async |head| {
            let (figures, message) = join(self.figures_of(&head.id), self.message_of(&head.id)).await;
            AlertCard::of(&head, figures.as_ref()).map(|card| (card, message))
        }));
        let (cards, some) = (cards.await.into_iter().flatten().collect(), wanted.filters());
        let silences = self.silences(asker, wanted, now);
        Ok(Answer::Alerts(OpenAlerts { cards, more, held, whole, here, some, silences }))
    }

    /// The silences that hold now or will hold: a list of open alerts has to say what people are not told.
    fn silences(&self, asker: &Asker, wanted: &Wanted, now: Timestamp) -> Vec<(Name, SilenceRule)> {
        let watches = self.catalogue.watches.values();
        let meant = watches.filter(|watch| {
            wanted.of.as_ref().is_none_or(|of| *of == watch.name) && self.sees_alerts(asker, &watch.name)
        });
        let rules =
            meant.flat_map(|watch| watch.silences.iter().map(|rule| (watch.name.clone(), rule.clone())));
        let mut rules: Vec<_> = rules.filter(|(_, rule)| rule.until > now).collect();
        rules.sort_by_key(|(_, rule)| (rule.from, rule.until));
        rules
    }

    /// Whether they may attend to the watch's alerts, here or in another channel. Nobody else reads the answer, and
    /// in that other channel they could ask the same.
    pub(crate) fn sees_alerts(&self, asker: &Asker, watch: &Name) -> bool {
        let verdict = self.rules().may_attend(watch, &asker.actor, &asker.place);
        verdict != Verdict::Refuse(ReasonCode::NotAllowed)
    }

    /// What was counted of an alert last, as its card shows it. If it cannot be read, the list is shown with older
    /// figures.
    pub(crate) async fn figures_of(&self, id: &AlertId) -> Option<Figures> {
        let read = self.views.figures(id).await;
        let read = read.and_then(|found| Ok(found.map(|bytes| figures::decode(&bytes)).transpose()?));
        read.inspect_err(|error| tracing::warn!(%id, %error, "no figures of an alert")).ok().flatten()
    }

    /// Where a record's card is. If that cannot be read, the list is shown without a link.
    pub(crate) async fn message_of(&self, id: &RecordId) -> Option<MessageRef> {
        let row =
            self.views.card(id).await.inspect_err(|error| tracing::warn!(%id, %error, "no link to a card"));
        // A card that was posted to one person alone cannot be opened by others.
        row.ok().flatten().filter(|row| !row.direct)?.message
    }

    /// Hands on the rows of a list, latest first, a page at a time, until enough were taken. Gives whether the list
    /// ended.
    async fn latest(
        &self,
        list: &Listing,
        page: usize,
        mut take: impl FnMut(&HeadRow) -> ControlFlow<()>,
    ) -> Result<bool, PortError> {
        let mut before = self.clock.now();
        let mut seen: Vec<RecordId> = vec![];
        for _ in 0..PAGES {
            // The next page begins one millisecond later: rows of the same millisecond may lie on both sides of a
            // page's end.
            before = Timestamp(before.0.saturating_add(1));
            let rows = self.views.latest(list, before, page).await?;
            let read = seen.len();
            for row in &rows {
                before = row.requested_at;
                if seen.contains(&row.record) {
                    continue;
                }
                seen.push(row.record.clone());
                if take(row).is_break() {
                    return Ok(false);
                }
            }
            if seen.len() == read {
                return Ok(true);
            }
        }
        Ok(false)
    }
}
