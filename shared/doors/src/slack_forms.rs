//! Forms that ask for an operation, at Slack's door. The door opens and changes them itself, and not through the queue,
//! because the permission to open one is good for three seconds only.

use crate::slack::{ASKING, SHOWING, SlackDoor, in_time};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use signalbox_domain::answer::Answer;
use signalbox_domain::asking::AskForm;
use signalbox_domain::ids::OperationName;
use signalbox_engine::{Asker, Submitted};
use signalbox_slack::{Did, FormEvent, Search, Suggested, Trigger, ViewRef, ask_answer, suggested};
use std::time::Duration;

/// How long the first look at a choice of operations may take to open: the store was asked before.
const OPENING: Duration = Duration::from_millis(800);

impl SlackDoor {
    /// Shows the form that an answer asks for. What cannot be shown as a form is given back, to be told.
    pub(crate) async fn shown(&self, asker: &Asker, trigger: &Trigger, answer: Answer) -> Option<Answer> {
        let place = &asker.place;
        let (within, opened) = if let Answer::Form(form) = &answer {
            (SHOWING, tokio::time::timeout(SHOWING, self.client.open_ask(trigger, form, place)).await)
        } else if let Answer::Pick(picker) = &answer {
            (OPENING, tokio::time::timeout(OPENING, self.client.open_picker(trigger, picker, place)).await)
        } else if let Answer::Place(placing) = &answer {
            (SHOWING, tokio::time::timeout(SHOWING, self.client.open_placing(trigger, placing, place)).await)
        } else {
            return Some(answer);
        };
        match opened {
            Ok(Ok(())) => None,
            Ok(Err(error)) => {
                tracing::warn!(%error, "could not show a form; a button opens it");
                Some(answer)
            }
            // It may be there all the same; a person who sees both chooses one.
            Err(_) => {
                tracing::warn!(?within, "could not show a form in time; a button opens it");
                Some(answer)
            }
        }
    }

    /// Somebody pressed a button, or used a shortcut, that opens a form.
    pub(crate) async fn opened(
        &self,
        asker: &Asker,
        trigger: &Trigger,
        form: Result<AskForm, Box<Answer>>,
    ) -> Response {
        let answer = form.map_or_else(|answer| *answer, |form| Answer::Form(Box::new(form)));
        in_time(async {
            if let Some(answer) = self.shown(asker, trigger, answer).await {
                self.tell(asker, None, &answer).await;
            }
        })
        .await
    }

    /// Somebody did something in a form.
    pub(crate) async fn in_form(&self, event: FormEvent) -> Response {
        let FormEvent { asker, view, did } = event;
        match did {
            Did::Nothing => StatusCode::OK.into_response(),
            Did::Picked(operation) => {
                let form = self.intake.form(&asker, &operation, &Default::default()).await;
                self.changed(&asker, &view, &operation, form).await
            }
            Did::Placed(operation) => {
                let form = self.intake.form_in(&asker, &operation).await;
                self.changed(&asker, &view, &operation, form).await
            }
            Did::Changed(operation, entered) => {
                let form = self.intake.changed(&asker, &operation, &entered).await;
                self.changed(&asker, &view, &operation, form).await
            }
            Did::Sent(operation, entered) => {
                let submitted = async { self.intake.submitted(&asker, &operation, &entered).await };
                let submitted = tokio::time::timeout(ASKING, submitted).await;
                match submitted {
                    Ok(Submitted::Stays(form, sent)) => match ask_answer(&form, &sent, &asker.place) {
                        Some(stays) => axum::Json(stays).into_response(),
                        None => StatusCode::OK.into_response(),
                    },
                    Ok(Submitted::Answer(answer)) => {
                        self.tell(&asker, None, &answer).await;
                        StatusCode::OK.into_response()
                    }
                    Err(_) => {
                        tracing::error!("a form could not be answered in time: the store or the queue hangs");
                        let late = Answer::NotConfirmed { run: None, new: true };
                        self.tell(&asker, None, &late).await;
                        StatusCode::OK.into_response()
                    }
                }
            }
        }
    }

    async fn changed(
        &self,
        asker: &Asker,
        view: &ViewRef,
        operation: &OperationName,
        form: Result<AskForm, Box<Answer>>,
    ) -> Response {
        in_time(async {
            match form {
                Ok(form) => {
                    if let Err(error) = self.client.change(view, &form, &asker.place).await {
                        // Somebody typed on meanwhile: the next change brings the form up to date.
                        tracing::warn!(%error, %operation, "could not change a form");
                    }
                }
                Err(answer) => self.tell(asker, None, &answer).await,
            }
        })
        .await
    }

    /// What fits what somebody types into a field.
    pub(crate) async fn found(&self, search: &Search) -> Response {
        let Search { asker, of, entered, typed } = search;
        let found = match of {
            Some((operation, parameter)) => {
                let offered = self.intake.choices(asker, (operation, parameter), &entered.given).await;
                Suggested::Values(offered.values, offered.list)
            }
            None => Suggested::Operations(self.intake.picker(asker).await),
        };
        axum::Json(suggested(&found, typed)).into_response()
    }
}
