//! What people do about alerts, by button and by typing in the thread: understand, preview, enqueue.

use crate::intake::{Asker, Intake, listed};
use crate::ports::{HeadRow, MessageRef, PortError};
use crate::wire::command::Envelope;
use crate::wire::head::{Head, decode_any};
use signalbox_domain::alert::{Act, AlertCommand, AlertHead, heard};
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Actor;
use signalbox_domain::policy::Verdict;
use signalbox_domain::pressed::{AlertButton, Filled};

impl Intake {
    pub(crate) async fn attend_by_button(&self, asker: &Asker, row: &HeadRow, button: AlertButton) -> Answer {
        self.attend_row(asker, row, button.act(&asker.actor, self.clock.now())).await
    }

    /// Answers a form.
    pub async fn filled(&self, asker: &Asker, filled: &Filled) -> Answer {
        let act = filled.form.fill(&filled.until, &filled.said, &asker.actor, self.clock.now());
        match (act, self.views.head(&filled.alert).await) {
            (Err(why), _) => Answer::NotFollowed(why),
            (Ok(act), Ok(Some(row))) => self.attend_row(asker, &row, act).await,
            (Ok(_), Ok(None)) => Answer::NoSuchRun(filled.alert.short()),
            (Ok(_), Err(error)) => {
                tracing::error!(%error, "cannot look what a form is about");
                Answer::CannotLook
            }
        }
    }

    /// Whether a form about an alert is worth filling in; where it is not, gives what the person is told instead. The
    /// refusal is not put on record, because nobody has tried to do anything yet.
    pub async fn may_fill_in(&self, asker: &Asker, alert: &AlertId) -> Result<(), Answer> {
        // If the alert cannot be looked up, show the form: it is judged again when it is sent.
        let Ok(row) = self.views.head(alert).await else { return Ok(()) };
        let Some(Head::Alert(head)) = row.as_ref().and_then(listed) else {
            return Err(Answer::NoSuchRun(alert.short()));
        };
        match self.rules().may_attend(&head.finding.watch, &asker.actor, &asker.place) {
            Verdict::Allow => Ok(()),
            Verdict::Refuse(reason) => {
                Err(Answer::AttendRefused(alert.short(), head.finding.watch.clone(), reason))
            }
        }
    }

    async fn attend_row(&self, asker: &Asker, row: &HeadRow, act: Act) -> Answer {
        match decode_any(&row.body) {
            Ok(head) => match head.into_alert() {
                Some(head) => self.attend(asker, &head, act).await,
                None => Answer::NoSuchRun(row.record.short()),
            },
            Err(_) => Answer::CannotLook,
        }
    }

    /// A person said something in the thread of this message; `None` where that is conversation, or no alert's thread.
    pub async fn heard(&self, asker: &Asker, thread: &MessageRef, text: &str) -> Option<Answer> {
        // Most messages in a thread are not for us. They must cost nothing, so the text is checked before the store
        // is asked.
        let act = heard(text, &asker.actor, self.clock.now())?;
        let head = match self.alert_of(thread).await {
            Ok(Some(head)) => head,
            Ok(None) => return None,
            Err(error) => {
                tracing::error!(%error, "cannot look whose thread this is");
                return Some(Answer::CannotLook);
            }
        };
        Some(match act {
            Ok(act) => self.attend(asker, &head, act).await,
            Err(why) => Answer::NotFollowed(why),
        })
    }

    /// A person mentioned the app. In the thread of a run, `status`, `cancel`, `retry` and `settle` are about it; in the
    /// thread of an alert it is what can be said there anyway; anything else is as if it was typed after `/signalbox`.
    pub async fn mentioned(&self, asker: &Asker, thread: Option<&MessageRef>, text: &str) -> Answer {
        if let Some(thread) = thread {
            if let Some(answer) = self.heard(asker, thread, text).await {
                return answer;
            }
            let verb = text.split_whitespace().next().unwrap_or_default();
            if ["status", "cancel", "retry", "settle"].contains(&verb) {
                match self.views.by_reference(&thread.reference()).await {
                    Ok(records) => {
                        if let Some(record) = records.first() {
                            let line = text.replacen(verb, &format!("{verb} {record}"), 1);
                            return self.ask(asker, "/signalbox", &line).await;
                        }
                    }
                    Err(error) => {
                        tracing::error!(%error, "cannot look whose thread this is");
                        return Answer::CannotLook;
                    }
                }
            }
        }
        self.ask(asker, "/signalbox", if text.is_empty() { "help" } else { text }).await
    }

    async fn alert_of(&self, thread: &MessageRef) -> Result<Option<AlertHead>, PortError> {
        for id in self.views.by_reference(&thread.reference()).await? {
            if let Some(row) = self.views.head(&id).await?
                && let Some(Head::Alert(head)) = listed(&row)
            {
                return Ok(Some(*head));
            }
        }
        Ok(None)
    }

    /// Queued even where the rules say no: the audit has to show who wanted to do it.
    async fn attend(&self, asker: &Asker, head: &AlertHead, act: Act) -> Answer {
        let (short, watch) = (head.id.short(), &head.finding.watch);
        // A refused form stays open and may be sent again with the same key. The refusal gets a key of its own, so
        // that the queue does not drop the second try as a repetition.
        let command = AlertCommand::Attend { by: asker.actor.clone(), place: asker.place.clone(), act };
        let verdict = self.rules().on_alert(&command, watch);
        let key = match verdict {
            Verdict::Allow => asker.key.clone(),
            Verdict::Refuse(_) => format!("{}:refused", asker.key),
        };
        let in_vain = self.assigned_in_vain(&command, head);
        let sent = self.send(&Envelope::new(head.id.clone(), &key, command)).await;
        match verdict {
            Verdict::Allow => sent.or(
                short,
                match in_vain {
                    Some(to) => Answer::AssignedInVain(short, to, watch.clone()),
                    None => Answer::Attending(short),
                },
            ),
            Verdict::Refuse(reason) => Answer::AttendRefused(short, watch.clone(), reason),
        }
    }

    /// The person whom the command assigns the alert to, if they may not act on it in the channel where they are told
    /// of it.
    fn assigned_in_vain(&self, command: &AlertCommand, head: &AlertHead) -> Option<Actor> {
        let AlertCommand::Attend { act: Act::Assign { to }, .. } = command else { return None };
        let watch = self.rules().watch(&head.finding.watch)?;
        let verdict = self.rules().may_attend(&watch.name, to, &watch.place);
        (verdict != Verdict::Allow).then(|| to.clone())
    }
}
