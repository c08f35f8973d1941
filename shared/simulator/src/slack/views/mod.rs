//! Modals, which the app opens for one person and which that person fills in and sends back:
//! <https://docs.slack.dev/surfaces/modals>.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::arguments::Arguments;
use super::methods::{Outcome, Refusal};
use super::{Answer, Slack};
use crate::limits;

/// For how long a trigger lets the app open a modal.
const TRIGGER_MS: i64 = 3_000;
/// For how long triggers are remembered, so that a late one can be told from an unknown one.
const REMEMBERED_MS: i64 = 60_000;

/// Something that a person did. The app may open one modal in answer to it.
#[derive(Debug)]
pub(super) struct Trigger {
    user: String,
    at_ms: i64,
    used: bool,
}

/// A modal that one person has open.
#[derive(Clone, Debug)]
pub struct Modal {
    /// `V…`
    pub id: String,
    /// Changes with every change of the modal.
    pub hash: String,
    /// The modal as the app sent it, with the ids that Slack adds.
    pub view: Value,
    /// What is wrong with the values, by the ids of the blocks. The empty id stands for the whole modal.
    pub errors: BTreeMap<String, String>,
}

impl Modal {
    fn inputs(&self) -> impl Iterator<Item = &Value> {
        self.view["blocks"].as_array().into_iter().flatten().filter(|block| block["type"] == "input")
    }
}

impl Slack {
    /// The modal that this person has open.
    pub fn modal(&self, user: &str) -> Option<Modal> {
        self.state().modals.get(user).cloned()
    }

    /// A person closes their modal and sends nothing.
    pub fn close(&self, user: &str) {
        self.state().modals.remove(user);
        self.touch();
    }

    /// A person fills in the modal that they have open and sends it. `fields` has the id of a block and the text,
    /// option or person for it. A select that is not in it keeps its initial option, and every other field that is not
    /// in it is empty. As in Slack's own client, nothing is sent if a required field is empty.
    pub async fn submit(&self, user: &str, fields: &[(&str, &str)]) -> Answer {
        let (Some(name), Some(modal)) = (self.person(user), self.modal(user)) else {
            return Answer::undelivered(format!("{user} has no modal open"));
        };
        let values = match self.filled(&modal, fields) {
            Ok(values) => values,
            Err(problem) => return Answer::undelivered(problem),
        };
        let team = &self.settings().workspace;
        let n = self.next_delivery();
        let mut view = modal.view.clone();
        view["id"] = json!(modal.id);
        view["hash"] = json!(modal.hash);
        view["team_id"] = json!(team.id);
        view["app_id"] = json!("A0SIGNALBOX");
        view["root_view_id"] = json!(modal.id);
        view["previous_view_id"] = Value::Null;
        view["state"] = json!({"values": values});
        let payload = json!({
            "type": "view_submission",
            "team": {"id": team.id, "domain": team.domain},
            "user": {"id": user, "username": name, "name": name, "team_id": team.id},
            "api_app_id": "A0SIGNALBOX", "token": "deprecated", "trigger_id": self.trigger(n, user),
            "view": view, "response_urls": [], "is_enterprise_install": false, "enterprise": null,
        });
        let (status, body) = self.deliver_payload(&payload).await;
        self.answered_modal(user, status, &body);
        Answer { status, ephemeral: None, body, problem: None }
    }

    /// An empty answer, or `clear`, closes the modal. `errors` are shown on it. Any other answer is shown as a
    /// problem with the connection.
    fn answered_modal(&self, user: &str, status: u16, body: &str) {
        let answer: Value = serde_json::from_str(body).unwrap_or_default();
        let errors = match (status, answer["response_action"].as_str()) {
            (200, Some("clear")) => None,
            (200, None) if body.trim().is_empty() || answer.is_object() => None,
            (200, Some("errors")) => {
                let errors = answer["errors"].as_object().into_iter().flatten();
                Some(
                    errors
                        .map(|(block, why)| (block.clone(), why.as_str().unwrap_or_default().to_owned()))
                        .collect(),
                )
            }
            _ => Some(BTreeMap::from([(
                String::new(),
                "We had some trouble connecting. Try again?".to_owned(),
            )])),
        };
        let mut state = self.state();
        match errors {
            None => {
                state.modals.remove(user);
            }
            Some(errors) => {
                if let Some(modal) = state.modals.get_mut(user) {
                    modal.errors = errors;
                }
            }
        }
        drop(state);
        self.touch();
    }

    /// The values in the form in which Slack sends them: by block and action.
    fn filled(&self, modal: &Modal, fields: &[(&str, &str)]) -> Result<Map<String, Value>, String> {
        let mut values = Map::new();
        let named = |name: &str| fields.iter().find(|(block, _)| *block == name).map(|(_, value)| *value);
        if let Some((unknown, _)) =
            fields.iter().find(|(name, _)| !modal.inputs().any(|i| i["block_id"] == *name))
        {
            return Err(format!("the modal has no field {unknown}"));
        }
        for input in modal.inputs() {
            let block = input["block_id"].as_str().unwrap_or_default();
            let (element, given) = (&input["element"], named(block).filter(|value| !value.is_empty()));
            let kind = element["type"].as_str().unwrap_or_default();
            let mut value = json!({"type": kind});
            let holds = match kind {
                "static_select" => {
                    let options = element["options"].as_array().into_iter().flatten();
                    let chosen = match given {
                        Some(given) => {
                            let mut options = options;
                            let found = options.find(|option| option["value"] == given);
                            Some(found.ok_or_else(|| format!("{block} has no option {given}"))?)
                        }
                        None => element.get("initial_option"),
                    };
                    value["selected_option"] = chosen.cloned().unwrap_or_default();
                    chosen.is_some()
                }
                "users_select" => {
                    if let Some(nobody) = given.filter(|id| self.person(id).is_none()) {
                        return Err(format!("nobody here is {nobody}"));
                    }
                    value["selected_user"] = json!(given);
                    given.is_some()
                }
                _ => {
                    let most = element["max_length"].as_u64().unwrap_or(limits::TYPED);
                    let long = given.map_or(0, |text| text.chars().count());
                    if u64::try_from(long).unwrap_or(u64::MAX) > most {
                        return Err(format!("{block} takes at most {most} characters"));
                    }
                    value["value"] = json!(given);
                    given.is_some()
                }
            };
            if !holds && input["optional"] != true {
                return Err(format!("{} is required", input["label"]["text"].as_str().unwrap_or(block)));
            }
            let action = element["action_id"].as_str().unwrap_or_default();
            values.insert(block.to_owned(), json!({action: value}));
        }
        Ok(values)
    }

    /// Makes a trigger for what this person has just done.
    pub(super) fn trigger(&self, n: u64, user: &str) -> String {
        let now = self.now_ms();
        let id = format!("{now}.{n}.{:032x}", u128::from(n) * 0x9e37_79b9_7f4a_7c15);
        let mut state = self.state();
        state.triggers.retain(|_, trigger| now - trigger.at_ms < REMEMBERED_MS);
        state.triggers.insert(id.clone(), Trigger { user: user.to_owned(), at_ms: now, used: false });
        id
    }
}

/// `views.open`: <https://docs.slack.dev/reference/methods/views.open>.
pub(super) fn open(slack: &Slack, arguments: &Arguments) -> Outcome {
    let view = arguments.json("view").map_err(|()| "invalid_arguments")?.ok_or("invalid_arguments")?;
    let problems = limits::check_modal(&view);
    if !problems.is_empty() {
        return Err(Refusal::with("invalid_arguments", problems));
    }
    let given = arguments.string("trigger_id").ok_or("invalid_arguments")?;
    let n = slack.next_delivery();
    let now = slack.now_ms();
    let mut state = slack.state();
    let trigger = state.triggers.get_mut(given).ok_or("invalid_trigger_id")?;
    if now - trigger.at_ms > TRIGGER_MS {
        return Err("expired_trigger_id".into());
    }
    if std::mem::replace(&mut trigger.used, true) {
        return Err("exchanged_trigger_id".into());
    }
    let user = trigger.user.clone();
    let mut view = view;
    let blocks = view["blocks"].as_array_mut().into_iter().flatten();
    for (i, block) in blocks.enumerate() {
        if block.get("block_id").is_none() {
            block["block_id"] = json!(format!("sim{i}"));
        }
        if block["type"] == "input" && block["element"].get("action_id").is_none() {
            block["element"]["action_id"] = json!(format!("sim{i}.0"));
        }
    }
    let modal = Modal { id: format!("V{n:010}"), hash: format!("{now}.{n}"), view, errors: BTreeMap::new() };
    let answer = json!({"view": {"id": modal.id, "hash": modal.hash, "type": "modal"}});
    state.modals.insert(user, modal);
    drop(state);
    slack.touch();
    Ok(answer)
}
