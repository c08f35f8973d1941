//! Forms and the app's own page, shown and changed: <https://docs.slack.dev/surfaces/modals>.

use crate::client::SlackClient;
use crate::form;
use crate::inbound::{Trigger, ViewRef};
use crate::web_api::{Arguments, Trouble};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use signalbox_domain::alert::Form;
use signalbox_domain::answer::Home;
use signalbox_domain::asking::{AskForm, Picker};
use signalbox_domain::ids::AlertId;
use signalbox_domain::people::Place;
use signalbox_domain::time::Timestamp;
use signalbox_engine::Asker;
use signalbox_engine::ports::ChatError;

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

    async fn open(&self, trigger: &Trigger, view: Value) -> Result<(), ChatError> {
        let arguments = json!({"trigger_id": trigger.0.expose_secret(), "view": view});
        let opened = self.api.call::<Value>("views.open", &Arguments::Json(arguments)).await;
        opened.map(|_| ()).map_err(Trouble::meaning)
    }

    /// Shows the app's own page to somebody.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`].
    pub async fn show_home(&self, asker: &Asker, home: &Home, now: Timestamp) -> Result<(), ChatError> {
        let Some(person) = asker.actor.as_person() else { return Ok(()) };
        let view = form::home_view(home, now, &asker.place);
        let arguments = json!({"user_id": person.user.as_str(), "view": view});
        let shown = self.api.call::<Value>("views.publish", &Arguments::Json(arguments)).await;
        shown.map(|_| ()).map_err(Trouble::meaning)
    }

    /// Shows another form in the place of one that is open. Another change that came first is not undone: then Slack
    /// refuses this one.
    ///
    /// # Errors
    /// As [`signalbox_engine::ports::Chat::post`].
    pub async fn change(&self, view: &ViewRef, form: &AskForm, place: &Place) -> Result<(), ChatError> {
        let arguments = json!({"view_id": view.id, "hash": view.hash, "view": form::ask_view(form, place)});
        let changed = self.api.call::<Value>("views.update", &Arguments::Json(arguments)).await;
        changed.map(|_| ()).map_err(Trouble::meaning)
    }
}
