//! The Web API methods of views: `views.open`, `views.push`, `views.update`, `views.publish`.
//! <https://docs.slack.dev/reference/methods?family=views>.

use serde_json::{Value, json};

use super::super::arguments::Arguments;
use super::super::methods::{Outcome, Refusal};
use super::super::{Slack, State};
use super::{STACK, View, trigger};
use crate::limits;

/// <https://docs.slack.dev/reference/methods/views.open>. An open modal gives way to the new one.
pub(in super::super) fn open(slack: &Slack, arguments: &Arguments) -> Outcome {
    let (view, given) = (modal(arguments)?, arguments.string("trigger_id").ok_or("invalid_arguments")?);
    let n = slack.next_delivery();
    let mut state = slack.state();
    let (user, _) = trigger::exchange(&mut state, given, slack.now_ms())?;
    free_external_id(&state, &view, None)?;
    let view = slack.made(n, view);
    let answer = view.wire(slack, std::slice::from_ref(&view));
    state.modals.insert(user, vec![view]);
    drop(state);
    slack.touch();
    Ok(json!({"view": answer}))
}

/// <https://docs.slack.dev/reference/methods/views.push>. The trigger must come from the modal that is open.
pub(in super::super) fn push(slack: &Slack, arguments: &Arguments) -> Outcome {
    let (view, given) = (modal(arguments)?, arguments.string("trigger_id").ok_or("invalid_arguments")?);
    let n = slack.next_delivery();
    let mut state = slack.state();
    let (user, from) = trigger::exchange(&mut state, given, slack.now_ms())?;
    free_external_id(&state, &view, None)?;
    let stack = state.modals.get_mut(&user).ok_or("not_found")?;
    if !from.is_some_and(|from| stack.iter().any(|view| view.id == from)) {
        return Err("not_found".into());
    }
    if stack.len() >= STACK {
        return Err("push_limit_reached".into());
    }
    stack.push(slack.made(n, view));
    let answer = stack.last().map(|view| view.wire(slack, stack));
    drop(state);
    slack.touch();
    Ok(json!({"view": answer}))
}

/// <https://docs.slack.dev/reference/methods/views.update>. A view that was closed is not found.
pub(in super::super) fn update(slack: &Slack, arguments: &Arguments) -> Outcome {
    let view = view(arguments)?;
    let (id, external) = (arguments.string("view_id"), arguments.string("external_id"));
    if id.is_none() && external.is_none() {
        return Err("invalid_arguments".into());
    }
    let n = slack.next_delivery();
    let hash = slack.hash(n);
    let mut state = slack.state();
    let wanted = |view: &View| id.map_or(external == view.external_id(), |id| view.id == id);
    let found = state.modals.values().flatten().chain(state.homes.values()).find(|view| wanted(view));
    let found = found.ok_or("not_found")?;
    let problems = if found.is_modal() { limits::check_modal(&view) } else { limits::check_home(&view) };
    refuse(problems)?;
    if arguments.string("hash").is_some_and(|hash| hash != found.hash) {
        return Err("hash_conflict".into());
    }
    let id = found.id.clone();
    free_external_id(&state, &view, Some(&id))?;
    let state = &mut *state;
    let stacks = state.modals.values_mut().map(Vec::as_mut_slice);
    let homes = state.homes.values_mut().map(std::slice::from_mut);
    for stack in stacks.chain(homes) {
        let Some(at) = stack.iter().position(|view| view.id == id) else { continue };
        stack[at].replace(hash, with_ids(view, n));
        let answer = stack[at].wire(slack, &stack[..=at]);
        slack.touch();
        return Ok(json!({"view": answer}));
    }
    Err("not_found".into())
}

/// <https://docs.slack.dev/reference/methods/views.publish>. A person's Home tab keeps its id.
pub(in super::super) fn publish(slack: &Slack, arguments: &Arguments) -> Outcome {
    let view = view(arguments)?;
    refuse(limits::check_home(&view))?;
    let user = arguments.string("user_id").ok_or("invalid_arguments")?;
    // The method's page names no code for a person who does not exist.
    slack.person(user).ok_or("invalid_arguments")?;
    let n = slack.next_delivery();
    let hash = slack.hash(n);
    let mut state = slack.state();
    let before = state.homes.get(user);
    if arguments.string("hash").is_some_and(|hash| before.is_none_or(|before| before.hash != hash)) {
        return Err("hash_conflict".into());
    }
    free_external_id(&state, &view, before.map(|before| before.id.as_str()))?;
    let view = match state.homes.remove(user) {
        None => slack.made(n, view),
        Some(mut before) => {
            before.replace(hash, with_ids(view, n));
            before
        }
    };
    let answer = view.wire(slack, std::slice::from_ref(&view));
    state.homes.insert(user.to_owned(), view);
    drop(state);
    slack.touch();
    Ok(json!({"view": answer}))
}

impl Slack {
    /// A new view with the content that the app gave.
    pub(super) fn made(&self, n: u64, view: Value) -> View {
        View::new(format!("V{n:010}"), self.hash(n), with_ids(view, n))
    }

    pub(super) fn hash(&self, n: u64) -> String {
        format!("{}.{n:08x}", self.now_ms() / 1000)
    }
}

/// The view that came with a call, if it is a modal.
fn modal(arguments: &Arguments) -> Result<Value, Refusal> {
    let view = view(arguments)?;
    refuse(limits::check_modal(&view))?;
    Ok(view)
}

/// The view that came with a call.
fn view(arguments: &Arguments) -> Result<Value, Refusal> {
    let view = arguments.json("view").map_err(|()| "invalid_arguments")?.ok_or("invalid_arguments")?;
    if limits::is_too_large(&view) {
        return Err("view_too_large".into());
    }
    Ok(view)
}

fn refuse(problems: Vec<String>) -> Result<(), Refusal> {
    if problems.is_empty() { Ok(()) } else { Err(Refusal::with("invalid_arguments", problems)) }
}

/// An external id names one view at a time.
fn free_external_id(state: &State, view: &Value, own: Option<&str>) -> Result<(), Refusal> {
    let Some(given) = view["external_id"].as_str().filter(|id| !id.is_empty()) else { return Ok(()) };
    let mut views = state.modals.values().flatten().chain(state.homes.values());
    let taken = views.any(|view| view.external_id() == Some(given) && own != Some(view.id.as_str()));
    if taken { Err("duplicate_external_id".into()) } else { Ok(()) }
}

/// Slack adds the ids that are missing. Each version of a view gets other ones, so nothing that was filled in under
/// such an id is kept.
pub(super) fn with_ids(mut view: Value, n: u64) -> Value {
    for (i, block) in view["blocks"].as_array_mut().into_iter().flatten().enumerate() {
        if block.get("block_id").is_none() {
            block["block_id"] = json!(format!("sim{n}.{i}"));
        }
        for place in ["element", "accessory"] {
            if block[place].is_object() && block[place].get("action_id").is_none() {
                block[place]["action_id"] = json!(format!("sim{n}.{i}.0"));
            }
        }
        if block["type"] != "actions" {
            continue;
        }
        for (j, element) in block["elements"].as_array_mut().into_iter().flatten().enumerate() {
            if element.get("action_id").is_none() {
                element["action_id"] = json!(format!("sim{n}.{i}.{j}"));
            }
        }
    }
    view
}
