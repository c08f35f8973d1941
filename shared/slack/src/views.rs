//! Forms and the app's own page, shown and changed: <https://docs.slack.dev/surfaces/modals>.

use crate::client::SlackClient;
use crate::form;
use crate::inbound::{Trigger, ViewRef};
use crate::web_api::{Arguments, Trouble};
use secrecy::ExposeSecret as _;
use serde::Serialize;
use serde::de::IgnoredAny;
use serde_json::value::RawValue;
use signalbox_domain::alert::Form;
use signalbox_domain::answer::Home;
use signalbox_domain::asking::{AskForm, Picker, Placing};
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Place;
use signalbox_domain::time::Timestamp;
use signalbox_engine::Asker;
use signalbox_engine::ports::ChatError;

/// The arguments of <https://docs.slack.dev/reference/methods/views.open>.
#[derive(Serialize)]
struct Open<'a> {
    trigger_id: &'a str,
    view: &'a RawValue,
}

/// The arguments of <https://docs.slack.dev/reference/methods/views.publish>.
#[derive(Serialize)]
struct Publish<'a> {
    user_id: &'a str,
    view: &'a RawValue,
}

/// The arguments of <https://docs.slack.dev/reference/methods/views.update>.
#[derive(Serialize)]
struct Update<'a> {
    view_id: &'a str,
    hash: &'a str,
    view: &'a RawValue,
}

impl SlackClient {
    /// Shows one of the forms about an alert to the person who asked for it, within three seconds.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`]; a trigger that is too old or used is [`ChatError::Rejected`].
    pub async fn show_form(
        &self,
        trigger: &Trigger,
        form: Form,
        alert: &AlertId,
        place: &Place,
    ) -> Result<(), ChatError> {
        self.open(trigger, form::alert_view(form, alert, place)).await
    }

    /// Opens the form that asks for an operation, within three seconds.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`]; a trigger that is too old or used is [`ChatError::Rejected`].
    pub async fn open_ask(&self, trigger: &Trigger, form: &AskForm, place: &Place) -> Result<(), ChatError> {
        self.open(trigger, form::ask_view(form, place)).await
    }

    /// Opens the form in which an operation is chosen, within three seconds.
    ///
    /// # Errors
    /// As [`SlackClient::open_ask`].
    pub async fn open_picker(
        &self,
        trigger: &Trigger,
        picker: &Picker,
        place: &Place,
    ) -> Result<(), ChatError> {
        self.open(trigger, form::pick_view(picker, place)).await
    }

    /// Opens the form in which a channel is chosen, within three seconds.
    ///
    /// # Errors
    /// As [`SlackClient::open_ask`].
    pub async fn open_placing(
        &self,
        trigger: &Trigger,
        placing: &Placing,
        place: &Place,
    ) -> Result<(), ChatError> {
        self.open(trigger, form::place_view(placing, place)).await
    }

    async fn open(&self, trigger: &Trigger, view: Box<RawValue>) -> Result<(), ChatError> {
        let arguments = Arguments::json(&Open { trigger_id: trigger.0.expose_secret(), view: &view });
        let opened = self.api.call::<IgnoredAny>("views.open", &arguments).await;
        opened.map(|_| ()).map_err(Trouble::meaning)
    }

    /// Shows the app's own page to somebody.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`].
    pub async fn show_home(&self, asker: &Asker, home: &Home, now: Timestamp) -> Result<(), ChatError> {
        let Some(person) = asker.actor.as_person() else { return Ok(()) };
        let view = form::home_view(home, now, &asker.place);
        let arguments = Arguments::json(&Publish { user_id: person.user.as_str(), view: &view });
        let shown = self.api.call::<IgnoredAny>("views.publish", &arguments).await;
        shown.map(|_| ()).map_err(Trouble::meaning)
    }

    /// Shows another form in the place of one that is open. Another change that came first is not undone: then Slack
    /// refuses this one.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`].
    pub async fn change(&self, view: &ViewRef, form: &AskForm, place: &Place) -> Result<(), ChatError> {
        let shown = form::ask_view(form, place);
        let arguments = Arguments::json(&Update { view_id: &view.id, hash: &view.hash, view: &shown });
        let changed = self.api.call::<IgnoredAny>("views.update", &arguments).await;
        changed.map(|_| ()).map_err(Trouble::meaning)
    }
}
