//! Sixty alerts at once must not become sixty cards: as many as the watch allows for a window get one, the rest are
//! in one message.

use super::AT_ONCE;
use crate::webhooks::WebhookDoor;
use sha2::{Digest, Sha256};
use signalbox_domain::alert::{BulletinCommand, Finding, MOST_PATTERNS, Others, PatternLine, Report};
use signalbox_domain::ids::BulletinId;
use signalbox_domain::watch::Watch;
use signalbox_domain::{AlertId, Timestamp};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::wire::head::{Head, decode_any};

/// What a firing alert needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// A card: the alert is new, or it was over and never had one.
    Card,
    /// Nothing: it has its own card.
    Nothing,
    /// Nothing: it still fires, and was told in a message with others.
    Told,
}

impl WebhookDoor {
    /// Marks the alerts that get no card of their own, and gives the message that names them, if there are any.
    pub(super) async fn keep_within_cards(
        &self,
        watch: &Watch,
        findings: &mut [(String, Finding)],
        now: Timestamp,
    ) -> Option<Envelope> {
        let cards = usize::try_from(watch.most_cards).unwrap_or(usize::MAX);
        let firing: Vec<usize> =
            findings.iter().enumerate().filter(|(_, (_, f))| f.class.is_urgent()).map(|(at, _)| at).collect();
        if firing.len() <= cards {
            return None;
        }
        let runs: Vec<AlertId> = firing.iter().map(|at| findings[*at].1.alert(&watch.place)).collect();
        let mut needs = vec![];
        for some in runs.chunks(AT_ONCE) {
            let asked: Vec<_> = some.iter().map(|run| self.needs(run)).collect();
            needs.extend(futures::future::join_all(asked).await);
        }
        // Silenced alerts do not use up the cards of those that are told now. When their silence ends they get at
        // most as many.
        let (mut left, mut later) = (cards, cards);
        let mut held = vec![];
        for ((at, run), needs) in firing.into_iter().zip(runs).zip(needs) {
            let (key, finding) = &mut findings[at];
            match needs {
                Needs::Nothing => {}
                Needs::Told => finding.held = true,
                Needs::Card if finding.silenced.is_some() => {
                    finding.held = later == 0;
                    later = later.saturating_sub(1);
                }
                Needs::Card if left > 0 => left -= 1,
                Needs::Card => {
                    finding.held = true;
                    held.push((run, key.clone(), finding.clone()));
                }
            }
        }
        (!held.is_empty()).then(|| message(watch, &held, now))
    }

    /// An alert that cannot be looked up counts as new; if it has a card, the card stays.
    async fn needs(&self, run: &AlertId) -> Needs {
        let row = self.views.head(run).await;
        let row =
            row.inspect_err(|error| tracing::warn!(%run, %error, "cannot look whether an alert has a card"));
        match row.ok().flatten().map(|row| decode_any(&row.body)) {
            Some(Ok(Head::Alert(head))) if head.has_card() => Needs::Nothing,
            // It waits for its silence to end.
            Some(Ok(Head::Alert(head))) if head.is_open() && !head.finding.held => Needs::Nothing,
            Some(Ok(Head::Alert(head))) if head.is_open() => Needs::Told,
            _ => Needs::Card,
        }
    }
}

/// The one message. Its id is made from the alerts in it, so that a repeated notification gives the same message.
fn message(watch: &Watch, held: &[(AlertId, String, Finding)], now: Timestamp) -> Envelope {
    let place = &watch.place;
    let line = |(alert, _, finding): &(AlertId, String, Finding)| PatternLine {
        alert: alert.clone(),
        class: finding.class,
        title: finding.title.clone(),
        count: finding.tally.count,
        usual: 0,
        held: true,
    };
    let rest = held.get(MOST_PATTERNS..).unwrap_or_default().len() as u64;
    let mut all = Sha256::new();
    held.iter().for_each(|(_, key, _)| all.update(key));
    let all = hex::encode(&all.finalize()[..16]);
    let report = Report {
        watch: watch.name.clone(),
        from: held.iter().map(|(.., finding)| finding.tally.from).min().unwrap_or(now),
        to: now,
        sources: vec![],
        patterns: held.iter().take(MOST_PATTERNS).map(line).collect(),
        others: Others { urgent: rest, known: 0, lines: rest },
        families: vec![],
        recent: vec![],
        first: false,
        links: vec![],
        without_level: None,
        keeps_told: false,
        silenced: vec![],
        runs: vec![],
        more_runs: 0,
        least: None,
    };
    let key = format!("{}/{}/alerts/{all}", place.channel, watch.name);
    let bulletin = BulletinId::derive("digest", place.workspace.as_str(), &key);
    Envelope::new(bulletin, &all, BulletinCommand::Report(Box::new(report)))
}
