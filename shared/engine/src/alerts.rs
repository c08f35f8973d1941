//! What the dispatcher does with commands about alerts and bulletins: decide, append, order the card. Nothing outside
//! is called for them but the alert manager that an alert came from, see `silences.rs`.

use crate::append::{Kept, append, load};
use crate::dispatcher::{Dispatcher, MOST_CONFLICTS};
use crate::head::{Headed, Writing};
use crate::ports::PortError;
use crate::wire;
use crate::wire::command::{Command, Envelope};
use crate::wire::head::Head;
use signalbox_domain::alert::{AlertHead, AlertInput, AlertSituation, BulletinHead, Finding, Report, decide};
use signalbox_domain::ids::{AlertId, Name};
use signalbox_domain::people::{Actor, Place};
use signalbox_domain::policy::{Decision, ReasonCode, may};
use signalbox_domain::run::Due;
use signalbox_domain::watch::Watch;
use signalbox_domain::{Event, RecordId, Timestamp};
use std::time::Duration;

/// Where the watch is gone from the catalogue, what is acknowledged is said again after a day.
const REMIND: Duration = Duration::from_secs(86_400);

impl Dispatcher {
    /// A command for an alert, however often it comes.
    pub(crate) async fn attend(
        &self,
        envelope: &Envelope,
        mut kept: Option<Kept<AlertHead>>,
    ) -> Result<(), PortError> {
        let alert = &envelope.record;
        for _ in 0..MOST_CONFLICTS {
            let head = kept.as_ref().map(|k| &k.head);
            let version = head.map_or(0, |h| h.version);
            let now = self.clock.now();
            let (events, due) = self.alert_events(envelope, head, now).await?;
            let writing = Writing { record: alert, cause: &envelope.id, now };
            match append(&*self.store, &writing, kept, &events, due).await {
                Ok(after) => {
                    // Appended before and crashed before the card was ordered: the same once more.
                    let again = after.as_ref().is_some_and(|k| k.head.has_folded(&envelope.id));
                    if after.as_ref().is_some_and(|k| k.head.version != version) || again {
                        self.order(after.as_ref().map(|k| &k.head), alert).await?;
                    }
                    let Some(after) = after else { return Ok(()) };
                    self.follow_notification(envelope, &after.head).await?;
                    // After the card: it shows what was decided, however long the alert manager takes.
                    return self.carry_silence(envelope, &after.head).await;
                }
                Err(PortError::Conflict) => kept = load(&*self.store, alert).await?,
                Err(error) => return Err(error),
            }
        }
        Err(PortError::Conflict)
    }

    async fn alert_events(
        &self,
        envelope: &Envelope,
        head: Option<&AlertHead>,
        now: Timestamp,
    ) -> Result<(Vec<Event>, Due), PortError> {
        let input = match &envelope.command {
            Command::Found(finding) => match self.place_of(finding) {
                Some(place) => AlertInput::Found(finding.clone(), place),
                None => {
                    tracing::error!(watch = %finding.watch, "something was found by a watch that the catalogue does not have; it is told nowhere");
                    return Ok((vec![], Due::Unchanged));
                }
            },
            Command::Attend { by, place, act } => AlertInput::Attend {
                by: by.clone(),
                act: act.clone(),
                verdict: head.map_or(Ok(()), |h| self.may_attend(&h.finding.watch, by, place)),
            },
            Command::Wake { .. } => AlertInput::Wake,
            Command::SetAside { letter, what, by, .. }
                if head.is_some_and(|h| !h.has_folded(&envelope.id)) =>
            {
                let (letter, what, by) = (letter.clone(), what.clone(), by.clone());
                return Ok((vec![Event::SetAside { letter, what, by, intent: None }], Due::Unchanged));
            }
            // Nothing of a run means anything to an alert.
            _ => return Ok((vec![], Due::Unchanged)),
        };
        let watch = match (head, &input) {
            (Some(head), _) => Some(&head.finding.watch),
            (None, AlertInput::Found(finding, _)) => Some(&finding.watch),
            (None, AlertInput::Attend { .. } | AlertInput::Wake) => None,
        };
        let watch = watch.and_then(|name| self.watch(name));
        let escalate = watch.and_then(|watch| watch.escalate.as_ref());
        let remind = watch.map_or(REMIND, |w| Duration::from_secs(u64::from(w.remind_hours) * 3600));
        let alert = AlertId::of(&envelope.record);
        let figures = match input {
            AlertInput::Wake | AlertInput::Attend { .. } => wire::figures::of(&*self.store, &alert).await?,
            AlertInput::Found(..) => None,
        };
        let situation = AlertSituation {
            alert: &alert,
            now,
            cause: &envelope.id,
            remind,
            silence: head.zip(watch).and_then(|(h, w)| w.silence(&h.finding.title, &h.finding.matchers, now)),
            escalate,
            figures: figures.as_ref(),
        };
        let plan = decide(head, &input, &situation);
        Ok((plan.events.into_iter().map(Event::Alert).collect(), plan.due))
    }

    /// A window of a watch, to be told in its channel.
    pub(crate) async fn report(
        &self,
        envelope: &Envelope,
        report: &Report,
        mut kept: Option<Kept<BulletinHead>>,
    ) -> Result<(), PortError> {
        let Some(place) = self.watch(&report.watch).map(|w| w.place.clone()) else {
            tracing::error!(watch = %report.watch, "a report of a watch that the catalogue does not have; it is told nowhere");
            return Ok(());
        };
        for _ in 0..MOST_CONFLICTS {
            let told = kept
                .as_ref()
                .is_some_and(|k| k.head.causes.contains(&envelope.id) || k.head.report == *report);
            let news = Event::Reported { report: Box::new(report.clone()), place: place.clone() };
            let events = if told { vec![] } else { vec![news] };
            let writing = Writing { record: &envelope.record, cause: &envelope.id, now: self.clock.now() };
            match append(&*self.store, &writing, kept, &events, Due::Never).await {
                Ok(after) => return self.order(after.as_ref().map(|k| &k.head), &envelope.record).await,
                Err(PortError::Conflict) => kept = load(&*self.store, &envelope.record).await?,
                Err(error) => return Err(error),
            }
        }
        Err(PortError::Conflict)
    }

    /// Orders the card of whatever this is. The outbox drops repetitions.
    pub(crate) async fn order<H: Headed>(&self, head: Option<&H>, id: &RecordId) -> Result<(), PortError> {
        match head.filter(|h| h.has_card()) {
            Some(head) => {
                let keys = head.keys();
                self.outbox.send(wire::order::encode(id, keys.version, keys.lane())?).await?;
                match head.told_elsewhere() {
                    Some(place) => {
                        let lane = wire::order::Lane { place: &place, ..keys.lane() };
                        let order = wire::order::encode_elsewhere(id, keys.version, lane)?;
                        self.outbox.send(order).await
                    }
                    None => Ok(()),
                }
            }
            None => Ok(()),
        }
    }

    /// Orders the card once more, for somebody who asked where it is.
    pub(crate) async fn order_asked(&self, envelope: &Envelope, head: &Head) -> Result<(), PortError> {
        if !head.has_card() {
            return Ok(());
        }
        let keys = head.keys();
        self.outbox.send(wire::order::encode_asked(&envelope.record, keys.lane(), &envelope.id)?).await
    }

    fn watch(&self, name: &Name) -> Option<&Watch> {
        self.catalogue.watches.get(name)
    }

    fn place_of(&self, finding: &Finding) -> Option<Place> {
        self.watch(&finding.watch).map(|w| w.place.clone())
    }

    pub(crate) fn may_attend(&self, watch: &Name, by: &Actor, place: &Place) -> Result<(), ReasonCode> {
        let watch = self.watch(watch).ok_or(ReasonCode::NotAllowed)?;
        match may(&watch.allow, by, place) {
            Decision::Allow => Ok(()),
            Decision::Refuse(reason) => Err(reason),
        }
    }
}
