//! What people look at: help, a run, the latest runs. Each sees what they might have asked for, and their own.

use crate::intake::{Answer, Asker, Intake, RunLine, listed};
use crate::ports::{HeadRow, PortError};
use crate::wire::head::Head;
use signalbox_domain::card::Card;
use signalbox_domain::ids::{Name, RunId, RunName, WorkspaceId};
use signalbox_domain::phrase::Wanted;
use signalbox_domain::policy::{Decision, may_ask};
use signalbox_domain::{RunHead, Timestamp};
use std::ops::ControlFlow;

/// How many rows are read at a time for it, and how many pages at most, to find as many that the person may see.
const HISTORY_PAGE: usize = 20;
const PAGES: usize = 10;

impl Intake {
    fn may_see(&self, asker: &Asker, operation: &Name) -> bool {
        let operation = self.catalogue.operations.get(operation);
        operation.is_some_and(|o| may_ask(o, &asker.actor, &asker.place) == Decision::Allow)
    }

    pub(crate) fn help(&self, asker: &Asker) -> Answer {
        let all = self.catalogue.operations.values();
        let (may, others): (Vec<_>, Vec<_>) = all.cloned().partition(|o| self.may_see(asker, &o.name));
        Answer::Help(may, others.len())
    }

    pub(crate) fn help_on(&self, asker: &Asker, name: &Name) -> Answer {
        match self.catalogue.operations.get(name) {
            Some(operation) => {
                Answer::HelpOn(operation.clone(), may_ask(operation, &asker.actor, &asker.place))
            }
            None => self.help(asker),
        }
    }

    /// The run of this name that the person may see: their own, or one they might have asked for here.
    pub(crate) async fn visible(
        &self,
        asker: &Asker,
        name: &RunName,
    ) -> Result<Result<RunHead, Answer>, PortError> {
        let mut heads = vec![];
        for row in self.views.find(name.short).await? {
            let Some(Head::Run(head)) = listed(&row) else { continue };
            let head = *head;
            let own = head.intent.requester == asker.actor;
            let here = head.intent.place.workspace == asker.place.workspace;
            let meant = name.whole.as_ref().is_none_or(|whole| *whole == head.run);
            if meant && here && (own || self.may_see(asker, &head.intent.operation)) {
                heads.push(head);
            }
        }
        Ok(match (heads.pop(), heads.is_empty()) {
            (Some(head), true) => Ok(head),
            (Some(head), false) => {
                Err(Answer::WhichRun(heads.into_iter().map(|h| h.run).chain([head.run]).collect()))
            }
            (None, _) => Err(Answer::NoSuchRun(name.short)),
        })
    }

    pub(crate) async fn status(&self, asker: &Asker, name: &RunName) -> Result<Answer, PortError> {
        Ok(match self.visible(asker, name).await? {
            Ok(head) => {
                Card::of(&head).map_or(Answer::NoSuchRun(name.short), |card| Answer::Status(Box::new(card)))
            }
            Err(answer) => answer,
        })
    }

    pub(crate) async fn history(&self, asker: &Asker, wanted: &Wanted) -> Result<Answer, PortError> {
        let now = self.clock.now();
        let mut lines = vec![];
        let take = |row: &HeadRow| {
            if let Some(Head::Run(head)) = listed(row)
                && wanted.has(&head, now)
            {
                lines.extend(self.line(asker, &head));
            }
            let past = wanted.within.is_some_and(|within| now.since(row.requested_at) > within);
            if past || lines.len() == wanted.count {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            }
        };
        self.latest(&asker.place.workspace, HISTORY_PAGE, take).await?;
        Ok(Answer::History(lines, wanted.filters()))
    }

    /// Hands on the rows of a list, latest first, a page at a time, until enough were taken. Says whether those were all.
    pub(crate) async fn latest(
        &self,
        list: &WorkspaceId,
        page: usize,
        mut take: impl FnMut(&HeadRow) -> ControlFlow<()>,
    ) -> Result<bool, PortError> {
        let mut before = self.clock.now();
        let mut seen: Vec<RunId> = vec![];
        for _ in 0..PAGES {
            // One moment more: rows of the same millisecond may lie on both sides of a page's end.
            before = Timestamp(before.0.saturating_add(1));
            let rows = self.views.latest(list, before, page).await?;
            let read = seen.len();
            for row in &rows {
                before = row.requested_at;
                if seen.contains(&row.run) {
                    continue;
                }
                seen.push(row.run.clone());
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

    /// The run in a list, if the person may see it.
    fn line(&self, asker: &Asker, head: &RunHead) -> Option<RunLine> {
        let own = head.intent.requester == asker.actor;
        let card = Card::of(head).filter(|_| own || self.may_see(asker, &head.intent.operation))?;
        Some(RunLine {
            run: head.run.short(),
            phrase: head.intent.phrase(),
            requester: head.intent.requester.clone(),
            requested_at: head.requested_at,
            card,
        })
    }
}
