//! What a person does in a view besides sending it: filling in, choosing, pressing:
//! <https://docs.slack.dev/reference/interaction-payloads/block_actions-payload>.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{View, field};
use crate::slack::deliver::{PATIENCE_MS, pressed};
use crate::slack::{Answer, Slack};

/// Where a person acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Surface {
    /// The modal that the person sees.
    Modal,
    /// The person's Home tab.
    Home,
}

impl Surface {
    fn name(self) -> &'static str {
        match self {
            Surface::Modal => "the modal",
            Surface::Home => "the Home tab",
        }
    }
}

impl Slack {
    /// What this person sees there now.
    pub fn view(&self, user: &str, surface: Surface) -> Option<View> {
        match surface {
            Surface::Modal => self.modal(user),
            Surface::Home => self.home(user),
        }
    }

    /// A person fills in fields of the modal that they see, and does not send it yet. The app hears of nothing, even
    /// if a field would tell it. `fields` is as for [`Slack::submit`].
    ///
    /// # Errors
    ///
    /// Says why Slack's client would not let the person do this. Then nothing is filled in.
    pub fn fill(&self, user: &str, fields: &[(&str, &str)]) -> Result<(), String> {
        self.fill_at(user, Surface::Modal, fields)
    }

    /// A person fills in fields of a view, as with [`Slack::fill`].
    ///
    /// # Errors
    ///
    /// Says why Slack's client would not let the person do this. Then nothing is filled in.
    pub fn fill_at(&self, user: &str, surface: Surface, fields: &[(&str, &str)]) -> Result<(), String> {
        let mut view =
            self.view(user, surface).ok_or_else(|| format!("{user} does not see {}", surface.name()))?;
        self.fill_in(&mut view, fields)?;
        self.change_view(&view.id, |open| open.values = view.values);
        Ok(())
    }

    /// A person gives a field of the modal these values, and the app hears of it: a choice is made at once, and text is
    /// finished with Enter. `values` is empty, or has one value, or several where several can be chosen.
    pub async fn dispatch(&self, user: &str, field: &str, values: &[&str]) -> Answer {
        self.act_at(user, Surface::Modal, field, values).await
    }

    /// A person presses a button of the modal that they see.
    pub async fn press_in_modal(&self, user: &str, action_id: &str) -> Answer {
        self.act_at(user, Surface::Modal, action_id, &[]).await
    }

    /// A person presses a button of their Home tab.
    pub async fn press_at_home(&self, user: &str, action_id: &str) -> Answer {
        self.act_at(user, Surface::Home, action_id, &[]).await
    }

    /// A person acts on an element of a view, and the app hears of it. `name` is the element's action, or its block if
    /// that has only one element. A button takes no values, a menu takes the value of an option, and a field takes
    /// values as in [`Slack::dispatch`].
    pub async fn act_at(&self, user: &str, surface: Surface, name: &str, values: &[&str]) -> Answer {
        let (Some(person), Some(mut view)) = (self.person(user), self.view(user, surface)) else {
            return Answer::undelivered(format!("{user} does not see {}", surface.name()));
        };
        let Some((block, element)) = find(&view, name, |_| true).map(|(b, e)| (b.clone(), e.clone())) else {
            return Answer::undelivered(format!("{} has no element {name}", surface.name()));
        };
        let action = match self.acted(&mut view, &block, &element, values) {
            Ok(action) => action,
            Err(problem) => return Answer::undelivered(problem),
        };
        self.change_view(&view.id, |open| open.values.clone_from(&view.values));
        let n = self.next_delivery();
        let inside = (surface == Surface::Modal).then(|| view.id.clone());
        let stack = if surface == Surface::Modal { self.modals(user) } else { vec![view.clone()] };
        let mut payload = self.interaction("block_actions", user, &person);
        payload["trigger_id"] = json!(self.trigger_in(n, user, inside));
        payload["container"] = json!({"type": "view", "view_id": view.id});
        payload["view"] = view.wire(self, &stack);
        payload["actions"] = json!([self.stamped(n, &block, &element, action)]);
        let asked = self.now_ms();
        let (status, body) = self.deliver_payload(&payload).await;
        if status != 200 {
            self.complain("block_actions", format!("the answer has the status {status}"));
        } else if self.now_ms() - asked > PATIENCE_MS {
            self.complain("block_actions", "the answer came after more than three seconds".to_owned());
        }
        Answer { status, ephemeral: None, body, problem: None }
    }

    /// What the payload says of the element, once the person has acted on it.
    fn acted(
        &self,
        view: &mut View,
        block: &Value,
        element: &Value,
        values: &[&str],
    ) -> Result<Value, String> {
        let action = field::action(element);
        let Some(slot) = field::slot(element) else {
            return match (element["type"].as_str(), values) {
                (Some("button"), []) => Ok(pressed(element)),
                (Some("overflow"), [value]) => {
                    let mut options = element["options"].as_array().into_iter().flatten();
                    let option = options.find(|option| option["value"] == *value);
                    let option =
                        option.ok_or_else(|| format!("the menu {action} has no option {value} now"))?;
                    Ok(json!({"type": "overflow", "selected_option": option}))
                }
                _ => Err(format!("{action} cannot be used like this")),
            };
        };
        if !tells(block, element) {
            return Err(format!("{action} does not tell the app of itself"));
        }
        // No value at all empties the field, as an empty one does.
        let values = if values.is_empty() { &[""] } else { values };
        let fields: Vec<_> = values.iter().map(|value| (action, *value)).collect();
        self.fill_in(view, &fields)?;
        let value = view.values.get(field::name(block)).map(|block| block[action][slot].clone());
        let mut acted = json!({"type": element["type"], slot: value});
        if let Some(placeholder) = element.get("placeholder") {
            acted["placeholder"] = placeholder.clone();
        }
        Ok(acted)
    }

    fn stamped(&self, n: u64, block: &Value, element: &Value, mut action: Value) -> Value {
        action["block_id"] = block["block_id"].clone();
        action["action_id"] = element["action_id"].clone();
        action["action_ts"] = json!(self.moment(n));
        action
    }

    /// Puts values into fields. A block that is named more than once gets all of the values. If one value is not
    /// possible, nothing is filled in.
    pub(super) fn fill_in(&self, view: &mut View, fields: &[(&str, &str)]) -> Result<(), String> {
        let mut named: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (name, value) in fields {
            named.entry(name).or_default().push(value);
        }
        let mut values = view.values.clone();
        for (name, words) in named {
            let holds = |element: &Value| field::slot(element).is_some();
            let found = find(view, name, holds);
            let (block, element) = found.ok_or_else(|| format!("the modal has no field {name}"))?;
            let Some(slot) = field::slot(element) else { continue };
            let knows = |slot: &str, id: &str| match slot {
                "selected_user" => self.person(id).is_some(),
                _ => self.state().rooms.at(id).is_some(),
            };
            let value = field::given(name, element, &words, &view.offered, knows)?;
            field::put(&mut values, block, element, slot, &value);
        }
        view.values = values;
        Ok(())
    }
}

/// Whether Slack tells the app at once what happens to this element.
fn tells(block: &Value, element: &Value) -> bool {
    if block["type"] != "input" {
        return true;
    }
    let typed = matches!(element["type"].as_str(), Some("plain_text_input" | "number_input"));
    let on = element["dispatch_action_config"]["trigger_actions_on"].as_array();
    let enter = on.is_none_or(|on| on.iter().any(|on| on == "on_enter_pressed"));
    block["dispatch_action"] == true && (!typed || enter)
}

/// An element by its action, or by its block if no other element is in that.
pub(super) fn find<'a>(
    view: &'a View,
    name: &str,
    wanted: impl Fn(&Value) -> bool,
) -> Option<(&'a Value, &'a Value)> {
    let all: Vec<_> = view.elements().filter(|(_, element)| wanted(element)).collect();
    let of_block: Vec<_> = all.iter().filter(|(block, _)| field::name(block) == name).collect();
    match of_block.as_slice() {
        [one] => Some(**one),
        _ => all.iter().find(|(_, element)| field::action(element) == name).copied(),
    }
}
