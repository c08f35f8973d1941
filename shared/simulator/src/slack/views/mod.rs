//! Views: the modals that the app opens for one person, and the Home tab that each person has:
//! <https://docs.slack.dev/surfaces/modals>, <https://docs.slack.dev/surfaces/app-home>.
//!
//! A view remembers what a person filled in, as Slack's client does, so that the app gets the same state with every
//! interaction.

mod act;
mod field;
pub(super) mod methods;
mod read;
mod submit;
mod suggest;
mod trigger;

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

pub use act::Surface;
pub use read::{Choice, Field};
pub use suggest::Suggested;
pub(super) use trigger::Trigger;

use super::Slack;

/// The most views that a modal has on top of each other.
pub(super) const STACK: usize = 3;

/// A modal that one person has open, or the Home tab of one person.
#[derive(Clone, Debug)]
pub struct View {
    /// `V…`
    pub id: String,
    /// Changes with every change of the view by the app.
    pub hash: String,
    /// The view as the app sent it, with the ids that Slack adds.
    pub view: Value,
    /// What is wrong with the values, by the ids of the blocks. The empty id stands for the whole modal.
    pub errors: BTreeMap<String, String>,
    /// What is filled in now, as `state.values` has it in payloads: by block and action.
    pub values: Map<String, Value>,
    /// The options that the app offered for selects with external options, by action.
    offered: BTreeMap<String, Vec<Value>>,
}

/// A modal that one person has open.
pub type Modal = View;

impl View {
    /// A new view, in which everything has its initial value.
    fn new(id: String, hash: String, view: Value) -> View {
        let mut new =
            View { id, hash, view, errors: BTreeMap::new(), values: Map::new(), offered: BTreeMap::new() };
        new.values = field::initial(&new.view);
        new
    }

    /// The same view with other content. The value of an element stays if its block and action keep their ids, even
    /// if the app gives it another initial value: <https://docs.slack.dev/reference/methods/views.update>.
    fn replace(&mut self, hash: String, view: Value) {
        let before = std::mem::replace(self, View::new(self.id.clone(), hash, view));
        self.values = field::kept(&self.view, &before.values);
        self.offered = before.offered;
    }

    /// Blocks and elements of everything that can be filled in or pressed.
    fn elements(&self) -> impl Iterator<Item = (&Value, &Value)> {
        field::elements(&self.view)
    }

    /// The view as payloads and answers have it. `stack` has the modal's views, from the first to this one.
    fn wire(&self, slack: &Slack, stack: &[View]) -> Value {
        let team = &slack.settings().workspace.id;
        let mut wire = json!({
            "private_metadata": "", "callback_id": "", "external_id": "", "title": null, "close": null, "submit": null,
            "clear_on_close": false, "notify_on_close": false, "id": self.id, "hash": self.hash, "team_id": team,
            "app_id": "A0SIGNALBOX", "bot_id": "B0SIGNALBOX", "app_installed_team_id": team,
            "root_view_id": stack.first().map_or(&self.id, |root| &root.id),
            "previous_view_id": stack.iter().rev().nth(1).map(|previous| &previous.id),
            "state": {"values": self.values},
        });
        for (name, value) in self.view.as_object().into_iter().flatten() {
            wire[name] = value.clone();
        }
        wire
    }

    /// The view as payloads have it, if it does not lie on another one.
    pub(super) fn wire_alone(&self, slack: &Slack) -> Value {
        self.wire(slack, std::slice::from_ref(self))
    }

    fn is_modal(&self) -> bool {
        self.view["type"] == "modal"
    }

    fn external_id(&self) -> Option<&str> {
        self.view["external_id"].as_str().filter(|id| !id.is_empty())
    }
}

impl Slack {
    /// The modal that this person sees. If modals lie on top of each other, it is the topmost.
    pub fn modal(&self, user: &str) -> Option<Modal> {
        self.modals(user).pop()
    }

    /// The modals that this person has open, from the first to the topmost.
    pub fn modals(&self, user: &str) -> Vec<Modal> {
        self.state().modals.get(user).cloned().unwrap_or_default()
    }

    /// The Home tab that the app published for this person.
    pub fn home(&self, user: &str) -> Option<View> {
        self.state().homes.get(user).cloned()
    }

    /// A person closes the modal that they see and sends nothing. They then see the modal under it, if there is one.
    /// The app does not hear of it; for that there is [`Slack::leave`].
    pub fn close(&self, user: &str) {
        self.taken_away(user);
    }

    /// A person closes the modal that they see, as with [`Slack::close`], and the app hears of it if the modal has
    /// `notify_on_close`:
    /// <https://docs.slack.dev/reference/interaction-payloads/view-interactions-payload#view_closed>.
    pub async fn leave(&self, user: &str) {
        let Some(name) = self.person(user) else { return };
        let stack = self.modals(user);
        let gone = self.taken_away(user);
        for (at, view) in stack.iter().enumerate() {
            if view.view["notify_on_close"] != true || !gone.iter().any(|one| one.id == view.id) {
                continue;
            }
            let mut payload = self.interaction("view_closed", user, &name);
            payload["view"] = view.wire(self, &stack[..=at]);
            payload["is_cleared"] = json!(gone.len() > 1);
            let (status, _) = self.deliver_payload(&payload).await;
            if status != 200 {
                self.complain("view_closed", format!("the answer has the status {status}"));
            }
        }
    }

    /// Takes the topmost modal away, or all of them if it says so.
    fn taken_away(&self, user: &str) -> Vec<View> {
        let mut gone = Vec::new();
        if let Some(stack) = self.state().modals.get_mut(user) {
            gone.extend(stack.pop());
            if gone.iter().any(|top| top.view["clear_on_close"] == true) {
                gone.append(stack);
            }
        }
        self.touch();
        gone
    }

    /// Changes a view that is there, by its id.
    fn change_view(&self, id: &str, change: impl FnOnce(&mut View)) {
        let mut state = self.state();
        let state = &mut *state;
        let found = state.modals.values_mut().flatten().chain(state.homes.values_mut()).find(|v| v.id == id);
        if let Some(view) = found {
            change(view);
        }
        self.touch();
    }
}
