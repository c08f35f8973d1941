//! Sending a modal, and what becomes of it after the app's answer:
//! <https://docs.slack.dev/surfaces/modals#handling_submissions>.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{STACK, View, field, methods};
use crate::limits;
use crate::slack::deliver::PATIENCE_MS;
use crate::slack::{Answer, Slack};

/// What Slack shows on a modal if it does not take the app's answer.
const TROUBLE: &str = "We had some trouble connecting. Try again?";

/// What the app's answer does to a modal.
enum Then {
    Closes,
    ClosesAll,
    Becomes(Value),
    Puts(Value),
    Shows(BTreeMap<String, String>),
}

impl Slack {
    /// A person fills in the modal that they see and sends it. `fields` has the id of a block and the text, option,
    /// person, date or other value for it. A block of which several options are chosen is in it once for each. A field
    /// that is not in it keeps its value, and an empty text empties it. As in Slack's own client, nothing is sent if
    /// a required field is empty or a value is out of its limits.
    pub async fn submit(&self, user: &str, fields: &[(&str, &str)]) -> Answer {
        let (Some(name), Some(mut modal)) = (self.person(user), self.modal(user)) else {
            return Answer::undelivered(format!("{user} has no modal open"));
        };
        if modal.view.get("submit").is_none() {
            return Answer::undelivered("the modal has no button to send it");
        }
        if let Err(problem) = self.fill_in(&mut modal, fields) {
            return Answer::undelivered(problem);
        }
        let unsendable = |(block, element)| field::unsendable(block, element, &modal.values);
        if let Some(problem) = modal.elements().find_map(unsendable) {
            return Answer::undelivered(problem);
        }
        let id = modal.id.clone();
        self.change_view(&id, |view| {
            view.values.clone_from(&modal.values);
            view.errors.clear();
        });
        let n = self.next_delivery();
        let mut payload = self.interaction("view_submission", user, &name);
        payload["trigger_id"] = json!(self.trigger_in(n, user, Some(id.clone())));
        payload["view"] = modal.wire(self, &self.modals(user));
        payload["response_urls"] = self.response_urls(&modal, n);
        let asked = self.now_ms();
        let (status, body) = self.deliver_payload(&payload).await;
        let late = self.now_ms() - asked > PATIENCE_MS;
        self.answered_modal(user, &id, status, late, &body);
        Answer { status, ephemeral: None, body, problem: None }
    }

    /// Carries out what the app answered. An answer that Slack would not take is recorded as a complaint.
    fn answered_modal(&self, user: &str, id: &str, status: u16, late: bool, body: &str) {
        let n = self.next_delivery();
        let stack = self.modals(user);
        let Some(at) = stack.iter().position(|view| view.id == id) else {
            // Before it answered, the app opened another modal in the place of this one.
            return;
        };
        let then = match (status, late) {
            (_, true) => Err("the answer came after more than three seconds".to_owned()),
            (200, false) => understood(&stack[at], stack.len(), body),
            (status, false) => Err(format!("the answer has the status {status}")),
        };
        let then = then.unwrap_or_else(|why| {
            self.complain("view_submission", why);
            Then::Shows(BTreeMap::from([(String::new(), TROUBLE.to_owned())]))
        });
        let hash = self.hash(n);
        let mut state = self.state();
        let stack = state.modals.entry(user.to_owned()).or_default();
        match then {
            Then::Closes => stack.retain(|view| view.id != id),
            Then::ClosesAll => stack.clear(),
            Then::Puts(view) => stack.push(self.made(n, view)),
            Then::Becomes(_) | Then::Shows(_) => {
                if let Some(open) = stack.iter_mut().find(|view| view.id == id) {
                    match then {
                        Then::Becomes(view) => open.replace(hash, methods::with_ids(view, n)),
                        Then::Shows(errors) => open.errors = errors,
                        Then::Closes | Then::ClosesAll | Then::Puts(_) => {}
                    }
                }
            }
        }
        drop(state);
        self.touch();
    }

    /// The addresses under which the app may write to the channels that were chosen for an answer.
    fn response_urls(&self, modal: &View, n: u64) -> Value {
        let team = &self.settings().workspace.id;
        let asked = modal.elements().filter(|(_, element)| element["response_url_enabled"] == true);
        let urls = asked.filter_map(|(block, element)| {
            let (block, action) = (field::name(block), field::action(element));
            let value = &modal.values.get(block)?[action];
            let channel = value[field::slot(element)?].as_str()?;
            Some(json!({
                "block_id": block, "action_id": action, "channel_id": channel,
                "response_url": format!("https://hooks.slack.com/app/{team}/{n:012}/practice{n:016x}"),
            }))
        });
        urls.collect()
    }
}

/// What an answer with the status 200 does, or why Slack does not take it.
fn understood(modal: &View, stacked: usize, body: &str) -> Result<Then, String> {
    if body.trim().is_empty() {
        return Ok(Then::Closes);
    }
    let answer: Map<String, Value> =
        serde_json::from_str(body).map_err(|_| "the answer is no JSON object".to_owned())?;
    let view = || {
        let view = answer.get("view").cloned().ok_or("the answer has no view")?;
        match limits::check_modal(&view).first() {
            Some(problem) => Err(format!("the answer's view: {problem}")),
            None => Ok(view),
        }
    };
    match answer.get("response_action").map(|action| action.as_str().unwrap_or_default()) {
        None if answer.is_empty() => Ok(Then::Closes),
        None => Err("the answer has no response_action".to_owned()),
        Some("clear") => Ok(Then::ClosesAll),
        Some("update") => view().map(Then::Becomes),
        Some("push") if stacked >= STACK => Err(format!("there are {STACK} views already")),
        Some("push") => view().map(Then::Puts),
        Some("errors") => errors(modal, answer.get("errors")).map(Then::Shows),
        Some(other) => Err(format!("there is no response_action {other}")),
    }
}

fn errors(modal: &View, errors: Option<&Value>) -> Result<BTreeMap<String, String>, String> {
    let errors = errors.and_then(Value::as_object).filter(|errors| !errors.is_empty());
    let mut shown = BTreeMap::new();
    for (block, why) in errors.ok_or("the answer has no errors")? {
        let mut inputs = modal.elements().filter(|(block, _)| block["type"] == "input");
        if !inputs.any(|(input, _)| field::name(input) == block) {
            return Err(format!("errors: the modal has no input block {block}"));
        }
        let why = why.as_str().filter(|why| !why.is_empty());
        shown.insert(block.clone(), why.ok_or_else(|| format!("errors: {block} has no text"))?.to_owned());
    }
    Ok(shown)
}
