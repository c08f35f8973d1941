//! Silences at the alert manager that an alert came from: what a person puts off here is put off there as well.

use crate::dispatcher::Dispatcher;
use crate::ports::{PortError, Silence, Silenced};
use crate::wire::command::{Command, Envelope};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{Act, AlertHead, Attention, Until};
use signalbox_domain::people::Actor;
use signalbox_domain::redact::redact;

/// What follows for the alert manager from what a person did.
#[derive(Debug, PartialEq, Eq)]
enum Follows {
    Nothing,
    Silence { until: Timestamp, comment: String },
    End,
}

impl Dispatcher {
    /// What is on record of an alert is carried to the alert manager that it came from. An error has the command
    /// delivered again, and at last makes it a dead letter: nobody believes in a silence that is not there.
    pub(crate) async fn carry_silence(&self, envelope: &Envelope, head: &AlertHead) -> Result<(), PortError> {
        let Some(silencer) = &self.silencer else { return Ok(()) };
        let Command::Attend { by, place, act } = &envelope.command else { return Ok(()) };
        let finding = &head.finding;
        let counts = head.has_folded(&envelope.id) && self.may_attend(&finding.watch, by, place).is_ok();
        if finding.matchers.is_empty() || !counts {
            return Ok(());
        }
        let answer = match follows(head, by, act, self.clock.now()) {
            Follows::Nothing => return Ok(()),
            Follows::End => silencer.end(&head.id, &finding.matchers).await?,
            Follows::Silence { until, comment } => {
                let silence = Silence {
                    alert: head.id.clone().into(),
                    command: envelope.id.clone(),
                    matchers: finding.matchers.clone(),
                    from: head.attended_at,
                    until,
                    by: by.to_string(),
                    comment,
                };
                silencer.silence(&silence).await?
            }
        };
        match answer {
            Silenced::Done => {}
            Silenced::Refused(why) => {
                tracing::error!(alert = %head.id, %why, "the alert manager refuses the silence: it goes on notifying");
            }
        }
        Ok(())
    }
}

/// Only what still holds counts: a command may be delivered again after somebody else decided otherwise.
fn follows(head: &AlertHead, by: &Actor, act: &Act, now: Timestamp) -> Follows {
    let (until, comment) = match (&head.attention, act) {
        (
            Attention::Acknowledged { by: who, note, until: Some(until) },
            Act::Acknowledge { until: asked, .. },
        ) if who == by && *asked == Some(*until) => (*until, said("acknowledged", note)),
        (Attention::Snoozed { by: who, until: Until::Time(until) }, Act::Snooze(Until::Time(asked)))
            if who == by && asked == until =>
        {
            (*until, said("snoozed", ""))
        }
        (Attention::Muted { by: who, until, reason }, Act::Mute { until: asked, .. })
            if who == by && asked == until =>
        {
            (*until, said("muted", reason))
        }
        (Attention::Resolved { .. }, Act::Resolve { .. }) | (Attention::Open, Act::Reopen) => {
            return Follows::End;
        }
        // No end that a silence could have, nothing to be silent about, or no longer what holds.
        (
            Attention::Open
            | Attention::Acknowledged { .. }
            | Attention::Snoozed { .. }
            | Attention::Muted { .. }
            | Attention::Resolved { .. },
            _,
        ) => return Follows::Nothing,
    };
    if until > now { Follows::Silence { until, comment } } else { Follows::Nothing }
}

pub(crate) fn said(word: &str, note: &str) -> String {
    let note = redact(note).split_whitespace().collect::<Vec<_>>().join(" ");
    if note.is_empty() { word.to_owned() } else { format!("{word}: {note}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::alert::{AlertEvent, Class, Finding, Tally};
    use signalbox_domain::ids::{ChannelId, CommandId, UserId, WorkspaceId};
    use signalbox_domain::people::{Chat, Place};

    const NOW: Timestamp = Timestamp(1_795_219_200_000);
    const LATER: Timestamp = Timestamp(NOW.0 + 1);

    fn person(user: &str) -> Actor {
        Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new(user))
    }

    fn head(acts: &[(&str, Act)]) -> AlertHead {
        let tally = Tally { from: NOW, to: NOW, count: 1, usual: 0, first_seen: NOW, last_seen: NOW };
        let finding = Finding {
            watch: "web".parse().unwrap(),
            pattern: "alert/1".into(),
            class: Class::New,
            title: "t".into(),
            sample: "s".into(),
            seen_in: vec![],
            tally,
            lines: 0,
            after: vec![],
            links: vec![],
            held: false,
            matchers: vec![("alertname".into(), "Slow".into())],
            silenced: None,
        };
        let place =
            Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("COPS") };
        let (id, cause) = (finding.alert(&place), CommandId::new("c"));
        let mut head = AlertHead::after(
            None,
            &id,
            &AlertEvent::Found { finding: Box::new(finding), place },
            &cause,
            NOW,
        );
        for (user, act) in acts {
            let event = AlertEvent::Attended { by: person(user), act: act.clone() };
            head = AlertHead::after(head, &id, &event, &cause, NOW);
        }
        head.unwrap()
    }

    #[test]
    fn what_follows_from_what() {
        let silence = |comment: &str| Follows::Silence { until: LATER, comment: comment.into() };
        let ack = |note: &str, until| Act::Acknowledge { note: note.into(), until };
        let mute = |until| Act::Mute { until, reason: "known\nbug token=xoxb-123456789012-abcdefgh".into() };
        let snooze = |until| Act::Snooze(Until::Time(until));
        let resolve = || Act::Resolve { note: String::new() };
        for (act, expect) in [
            (ack("", Some(LATER)), silence("acknowledged")),
            (ack("on it", Some(LATER)), silence("acknowledged: on it")),
            (ack("on it", None), Follows::Nothing),
            (snooze(LATER), silence("snoozed")),
            (Act::Snooze(Until::Lines(5)), Follows::Nothing),
            (Act::Snooze(Until::Deploy), Follows::Nothing),
            (mute(LATER), silence("muted: known bug token=[redacted]")),
            (resolve(), Follows::End),
            (Act::Reopen, Follows::End),
            (Act::Assign { to: person("UADA") }, Follows::Nothing),
            // Delivered again when it is over.
            (ack("", Some(NOW)), Follows::Nothing),
            (snooze(NOW), Follows::Nothing),
            (mute(NOW), Follows::Nothing),
        ] {
            assert_eq!(
                follows(&head(&[("UADA", act.clone())]), &person("UADA"), &act, NOW),
                expect,
                "{act:?}"
            );
        }
        // Somebody decided otherwise since.
        let act = ack("", Some(LATER));
        for (user, since) in [
            ("UGRACE", ack("", None)),
            ("UGRACE", ack("", Some(LATER))),
            ("UADA", Act::Reopen),
            ("UADA", resolve()),
            ("UADA", mute(LATER)),
        ] {
            let head = head(&[("UADA", act.clone()), (user, since)]);
            assert_eq!(follows(&head, &person("UADA"), &act, NOW), Follows::Nothing, "{head:?}");
        }
    }
}
