//! Options that the app gives while a person types:
//! <https://docs.slack.dev/reference/interaction-payloads/block_suggestion-payload>.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Choice, Surface, act, field, read};
use crate::limits;
use crate::slack::Slack;
use crate::slack::deliver::PATIENCE_MS;

/// How many characters a person types before Slack asks the app, if the element does not say.
const MIN_QUERY: u64 = 3;
/// Where Slack asks for options.
pub(in super::super) const OPTIONS_ADDRESS: &str = "/slack/options";

/// What a person sees after typing into a select with external options.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Suggested {
    /// The options, in order.
    pub options: Vec<Choice>,
    /// Why there are none, if the app was not asked, or did not answer as Slack demands.
    pub problem: Option<String>,
}

impl Suggested {
    fn none(problem: String) -> Suggested {
        Suggested { options: Vec::new(), problem: Some(problem) }
    }
}

impl Slack {
    /// Sets the path to which requests for options go, as the manifest's `message_menu_options_url` does. Before this
    /// is called, it is `/slack/options`.
    pub fn options_at(&self, path: &str) {
        self.state().options_address = Some(path.to_owned());
    }

    /// A person types into a select of the modal that they see, and the app gives the options.
    pub async fn suggest(&self, user: &str, field: &str, typed: &str) -> Suggested {
        self.suggest_at(user, Surface::Modal, field, typed).await
    }

    /// A person types into a select of a view, and the app gives the options. Slack shows no options if the app's
    /// answer is late or wrong; then this records a complaint.
    pub async fn suggest_at(&self, user: &str, surface: Surface, name: &str, typed: &str) -> Suggested {
        let (Some(person), Some(view)) = (self.person(user), self.view(user, surface)) else {
            return Suggested::none(format!("{user} does not see such a view"));
        };
        let Some((block, element)) = act::find(&view, name, field::is_external) else {
            return Suggested::none(format!("there is no select {name} with external options"));
        };
        let least = element["min_query_length"].as_u64().unwrap_or(MIN_QUERY);
        if u64::try_from(typed.chars().count()).unwrap_or(u64::MAX) < least {
            return Suggested::none(format!("the app is asked from {least} characters on"));
        }
        let stack = if surface == Surface::Modal { self.modals(user) } else { vec![view.clone()] };
        let mut payload = self.interaction("block_suggestion", user, &person);
        payload["container"] = json!({"type": "view", "view_id": view.id});
        payload["view"] = view.wire(self, &stack);
        payload["block_id"] = block["block_id"].clone();
        payload["action_id"] = element["action_id"].clone();
        payload["value"] = json!(typed);
        match self.asked_for_options(&payload).await {
            Ok(answer) => {
                let action = field::action(element);
                self.change_view(&view.id, |open| {
                    let before = open.offered.entry(action.to_owned()).or_default();
                    for option in limits::offered(&answer) {
                        before.retain(|one| one["value"] != option["value"]);
                        before.push(option.clone());
                    }
                });
                Suggested { options: read::choices(&answer), problem: None }
            }
            Err(why) => {
                self.complain("block_suggestion", why.clone());
                Suggested::none(why)
            }
        }
    }

    async fn asked_for_options(&self, payload: &Value) -> Result<Value, String> {
        let path = self.state().options_address.clone().unwrap_or_else(|| OPTIONS_ADDRESS.to_owned());
        let asked = self.now_ms();
        let patience = Duration::from_millis(PATIENCE_MS.unsigned_abs());
        let answer = tokio::time::timeout(patience, self.deliver_payload_to(&path, payload)).await;
        let late = answer.is_err() || self.now_ms() - asked > PATIENCE_MS;
        let (status, body) = answer.unwrap_or_default();
        if late {
            return Err("the options came after more than three seconds".to_owned());
        }
        if status != 200 {
            return Err(format!("the answer to the request for options has the status {status}"));
        }
        let answer: Value =
            serde_json::from_str(&body).map_err(|_| "the answer with options is no JSON".to_owned())?;
        match limits::check_suggested(&answer).first() {
            Some(problem) => Err(format!("the answer with options: {problem}")),
            None => Ok(answer),
        }
    }
}
