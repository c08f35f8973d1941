//! What every door does with a verified request: understand, preview, enqueue, answer. It never writes.

use crate::ports::{Clock, HeadRow, PortError, Queue, Views};
use crate::vouch::Vouching;
use crate::wire::command::{Command, Envelope};
use crate::wire::head::{Head, decode_any};
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::{RunId, ShortId};
use signalbox_domain::people::{Actor, Place};
use signalbox_domain::phrase::{Misunderstood, Phrase, understand};
use signalbox_domain::policy::Verdict;
use signalbox_domain::pressed::Pressed;
use signalbox_domain::{Frozen, Intent, Operation, Rules, RunCommand, RunHead};
use std::sync::Arc;

/// A person at a door.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asker {
    pub actor: Actor,
    pub place: Place,
    /// The door's name; part of the run's id.
    pub door: &'static str,
    /// What makes a repetition recognisable: the same key is the same request.
    pub key: String,
}

/// What a door needs.
#[derive(Clone)]
pub struct Intake {
    /// What may be asked for.
    pub catalogue: Arc<Frozen>,
    /// Where commands go.
    pub intents: Arc<dyn Queue>,
    /// Signs commands, so that the dispatcher knows that a person was verified here.
    pub vouching: Vouching,
    /// Where records are looked up; read only.
    pub views: Arc<dyn Views>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
}

/// Whether a command is on the queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    Yes,
    /// Certainly not.
    No,
    /// No answer came, so nobody knows.
    Perhaps,
}

impl Sent {
    /// What to say about a command for something that exists already.
    pub(crate) fn or(self, about: ShortId, done: Answer) -> Answer {
        match self {
            Self::Yes => done,
            Self::No => Answer::NothingStarted,
            Self::Perhaps => Answer::NotConfirmed { run: Some(about), new: false },
        }
    }
}

impl Intake {
    /// What a person is told before the dispatcher decides: a preview, by the same rules.
    pub(crate) fn rules(&self) -> Rules<'_> {
        Rules::of(&self.catalogue)
    }

    /// Answers a slash command: `/release` with `web 1.4.2`.
    pub async fn ask(&self, asker: &Asker, slash: &str, text: &str) -> Answer {
        let phrase = match understand(&self.catalogue, slash, text, (Some(&asker.place), self.clock.now())) {
            Ok(phrase) => phrase,
            Err(problem) => return self.misunderstood(asker, problem, slash, text).await,
        };
        match phrase {
            Phrase::Ask(name, parameters) => match self.catalogue.operations.get(&name) {
                Some(operation) => {
                    let (actor, place) = (asker.actor.clone(), asker.place.clone());
                    let intent = Intent::new(&self.catalogue, operation, parameters, actor, place);
                    match self.reviewed(asker, operation, intent).await {
                        Ok(intent) => self.submit(asker, operation, intent).await,
                        Err(answer) => *answer,
                    }
                }
                None => Answer::Misunderstood(
                    Misunderstood::UnknownOperation { word: name.to_string(), did_you_mean: None },
                    None,
                ),
            },
            Phrase::Pick => Answer::Pick(self.picker(asker).await),
            Phrase::Help(Some(name)) => self.help_on(asker, &name),
            Phrase::Help(None) => self.help(asker),
            Phrase::History(wanted) => self.history(asker, &wanted).await.unwrap_or(Answer::CannotLook),
            Phrase::Alerts(wanted) => self.alerts(asker, &wanted).await.unwrap_or(Answer::CannotLook),
            Phrase::Status(name) => self.status(asker, &name).await.unwrap_or(Answer::CannotLook),
            Phrase::Cancel(name) => match self.visible(asker, &name).await {
                Ok(Ok(head)) => self.cancel(asker, &head).await,
                Ok(Err(answer)) => answer,
                Err(_) => Answer::CannotLook,
            },
            Phrase::Settle(name, how, note) => match self.visible(asker, &name).await {
                Ok(Ok(head)) => self.settle(asker, &head, head.attempt, (how, &note)).await,
                Ok(Err(answer)) => answer,
                Err(_) => Answer::CannotLook,
            },
            Phrase::Retry(name) => match self.visible(asker, &name).await {
                Ok(Ok(head)) => self.retry(asker, &head, head.attempt).await,
                Ok(Err(answer)) => answer,
                Err(_) => Answer::CannotLook,
            },
        }
    }

    /// Answers a button.
    pub async fn press(&self, asker: &Asker, pressed: &Pressed) -> Answer {
        if let Pressed::Copy(line) = pressed {
            return Answer::Line(format!("/signalbox {line}"));
        }
        let Some(record) = pressed.record() else { return Answer::NoForm };
        match self.views.head(record).await {
            Ok(Some(row)) => match (head_of(&row), pressed) {
                (Ok(Some(head)), Pressed::Cancel(_)) => self.cancel(asker, &head).await,
                (Ok(Some(head)), Pressed::Retry(_, attempt)) => self.retry(asker, &head, *attempt).await,
                (Ok(Some(head)), Pressed::Settle(_, attempt, how)) => {
                    self.settle(asker, &head, *attempt, (*how, "")).await
                }
                (Ok(Some(head)), Pressed::LookAgain(_)) => self.look_again(asker, &head).await,
                (_, Pressed::Ask(_) | Pressed::Copy(_)) => Answer::NoForm,
                (_, Pressed::Attend(_, button)) => self.attend_by_button(asker, &row, *button).await,
                (Ok(None), _) => Answer::NoSuchRun(record.short()),
                (Err(_), _) => Answer::CannotLook,
            },
            Ok(None) => Answer::NoSuchRun(record.short()),
            Err(_) => Answer::CannotLook,
        }
    }

    /// What is missing can be filled in, in a form; what is wrong is told.
    async fn misunderstood(&self, asker: &Asker, problem: Misunderstood, slash: &str, text: &str) -> Answer {
        if let Misunderstood::Missing { .. } = &problem {
            let line = match slash.trim_start_matches('/') {
                "signalbox" => text.to_owned(),
                name => format!("{name} {text}"),
            };
            return match self.form_of_line(asker, &line).await {
                Ok(form) => Answer::Form(Box::new(form)),
                Err(answer) => *answer,
            };
        }
        let operation = problem.operation().and_then(|n| self.catalogue.operations.get(n)).cloned();
        Answer::Misunderstood(problem, operation)
    }

    pub(crate) async fn submit(&self, asker: &Asker, operation: &Operation, intent: Intent) -> Answer {
        let run = RunId::derive(asker.door, asker.place.workspace.as_str(), &asker.key);
        // The intent was frozen under these rules a moment ago, so nothing has to be resolved again.
        let verdict = self.rules().may_ask(&operation.name, &asker.actor, &asker.place);
        let told = verdict != Verdict::Allow;
        let envelope = Envelope::new(run.clone(), &asker.key, RunCommand::Submit { intent, told });
        let sent = self.send(&envelope).await;
        // Taken back out of the envelope, because a copy would cost time here.
        let Command::Run(RunCommand::Submit { intent, .. }) = envelope.command else {
            return Answer::NothingStarted;
        };
        match verdict {
            Verdict::Allow => match sent {
                Sent::Yes => Answer::Accepted { run: run.short(), intent },
                Sent::No => Answer::NothingStarted,
                Sent::Perhaps => Answer::NotConfirmed { run: Some(run.short()), new: true },
            },
            // The request is refused either way; the queue only carries it to the audit.
            Verdict::Refuse(reason) => {
                Answer::Refused { intent, reason, operation: Box::new(operation.clone()) }
            }
        }
    }

    pub(crate) async fn send(&self, envelope: &Envelope) -> Sent {
        let message = match self.vouching.message(envelope) {
            Ok(message) => message,
            Err(error) => {
                tracing::error!(%error, "cannot write a command");
                return Sent::No;
            }
        };
        match self.intents.send(message).await {
            Ok(()) => Sent::Yes,
            Err(error) => {
                tracing::error!(command = %envelope.id, %error, "cannot reach the intents queue");
                match error {
                    PortError::Unavailable(_) | PortError::Conflict | PortError::Newer => Sent::No,
                    PortError::NoAnswer(_) => Sent::Perhaps,
                }
            }
        }
    }
}

/// A run's head; `None` where the row belongs to another kind of record.
pub(crate) fn head_of(row: &HeadRow) -> Result<Option<RunHead>, PortError> {
    Ok(decode_any(&row.body)?.into_run())
}

/// The head in a row of a list. If it cannot be read (a newer version wrote it, or it is damaged), the log says so,
/// and the rest of the list is shown.
pub(crate) fn listed(row: &HeadRow) -> Option<Head> {
    decode_any(&row.body)
        .inspect_err(
            |error| tracing::error!(record = %row.record, %error, "a record cannot be read; left out of a list"),
        )
        .ok()
}
