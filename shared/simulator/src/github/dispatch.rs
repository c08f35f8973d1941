//! `POST /repos/{owner}/{repo}/actions/workflows/{workflow_id}/dispatches`: it starts a run.
//!
//! <https://docs.github.com/en/rest/actions/workflows#create-a-workflow-dispatch-event>. As on GitHub, it is not
//! idempotent: two calls start two runs.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::GitHub;
use super::reply::{Answer, Reply, not_permitted};
use super::route::Ask;
use super::run::Lost;
use super::script::{InputKind, Workflow, WorkflowInput};
use super::settings::{DispatchAnswers, Repository};
use super::wire;

const PAGE: &str = "https://docs.github.com/rest/actions/workflows#create-a-workflow-dispatch-event";
/// The most characters of all inputs together.
const LONGEST_INPUTS: usize = 65_535;
/// The first API version that has no `return_run_details` and always gives the details.
const ALWAYS_DETAILS: &str = "2026-03-10";

impl GitHub {
    pub(super) fn dispatch(&self, ask: &Ask, repository: &Repository, workflow: &str) -> Answer {
        ask.caller.may("actions", "write")?;
        let place = self.place(repository, workflow)?;
        let asked = Asked::read(ask, self.settings().answers)?;
        let Some(branch) = repository.resolve(asked.git_ref) else {
            return Err(unprocessable(format!("No ref found for: {}", asked.git_ref)));
        };
        if place.workflow.state != "active" {
            return Err(unprocessable("Cannot trigger a 'workflow_dispatch' on a disabled workflow"));
        }
        if !place.workflow.dispatchable {
            return Err(unprocessable("Workflow does not have 'workflow_dispatch' trigger"));
        }
        let inputs = inputs(&place.workflow, asked.inputs.unwrap_or(&Map::new()))?;
        if place.workflow.lost {
            self.state().lost.push(Lost { workflow_id: place.workflow_id, at_ms: ask.now });
            return Ok(Reply::empty(502));
        }
        let actor = self.login(&ask.caller);
        let mut state = self.state();
        let id = state.start(&place, branch, inputs, &actor, (ask.now, self.settings().first_run));
        state.dispatches += 1;
        if !asked.details {
            return Ok(Reply::empty(204));
        }
        let run = state.runs.last().ok_or_else(Reply::not_found)?;
        Ok(Reply::json(
            200,
            json!({
                "workflow_run_id": id,
                "run_url": wire::run_url(run, &self.settings().api_url),
                "html_url": wire::run_page(run),
            }),
        ))
    }
}

struct Asked<'a> {
    git_ref: &'a str,
    inputs: Option<&'a Map<String, Value>>,
    details: bool,
}

impl Asked<'_> {
    /// Checks the body against the schema of this API version and edition.
    fn read(ask: &Ask, answers: DispatchAnswers) -> Result<Asked<'_>, Reply> {
        let body = ask.body.as_object().ok_or_else(|| invalid("\"ref\" wasn't supplied."))?;
        let flag = answers == DispatchAnswers::RunDetails && ask.version != ALWAYS_DETAILS;
        let known = |key: &str| matches!(key, "ref" | "inputs") || (flag && key == "return_run_details");
        if let Some(key) = body.keys().find(|key| !known(key)) {
            return Err(not_permitted(PAGE, key));
        }
        let git_ref = match body.get("ref") {
            None => return Err(invalid("\"ref\" wasn't supplied.")),
            Some(value) => value
                .as_str()
                .ok_or_else(|| invalid(format!("For 'properties/ref', {value} is not a string.")))?,
        };
        let inputs = match body.get("inputs") {
            None => None,
            Some(value) => Some(
                value
                    .as_object()
                    .ok_or_else(|| invalid(format!("For 'properties/inputs', {value} is not an object.")))?,
            ),
        };
        let most = if answers == DispatchAnswers::RunDetails { 25 } else { 10 };
        let given = inputs.map_or(0, Map::len);
        if given > most {
            let words = format!("No more than {most} properties are allowed; {given} were supplied.");
            return Err(invalid(words));
        }
        let details = match body.get("return_run_details") {
            None => answers == DispatchAnswers::RunDetails && ask.version == ALWAYS_DETAILS,
            Some(value) => value.as_bool().ok_or_else(|| {
                invalid(format!("For 'properties/return_run_details', {value} is not a boolean."))
            })?,
        };
        Ok(Asked { git_ref, inputs, details })
    }
}

/// Every input that the workflow declares, with the value that was given or its default.
fn inputs(workflow: &Workflow, given: &Map<String, Value>) -> Result<BTreeMap<String, String>, Reply> {
    let mut taken = BTreeMap::new();
    for (name, value) in given {
        // GitHub's description does not say what type the values have. In its examples, and for the workflow itself,
        // they are strings.
        let Some(text) = value.as_str() else {
            return Err(invalid(format!("For 'properties/{name}', {value} is not a string.")));
        };
        taken.insert(name.clone(), text.to_owned());
    }
    if taken.iter().map(|(name, text)| name.len() + text.chars().count()).sum::<usize>() > LONGEST_INPUTS {
        return Err(unprocessable("inputs are too large."));
    }
    let declared = |name: &String| workflow.inputs.iter().any(|input| input.name == *name);
    let unexpected: Vec<&String> = taken.keys().filter(|name| !declared(name)).collect();
    if !unexpected.is_empty() {
        return Err(unprocessable(format!("Unexpected inputs provided: {}", json!(unexpected))));
    }
    for input in &workflow.inputs {
        match taken.get(&input.name) {
            Some(text) => fits(input, text)?,
            None if input.required && input.default.is_none() => {
                return Err(unprocessable(format!("Required input '{}' not provided", input.name)));
            }
            None => {
                let otherwise = if input.kind == InputKind::Boolean { "false" } else { "" };
                let default = input.default.clone().unwrap_or_else(|| otherwise.to_owned());
                taken.insert(input.name.clone(), default);
            }
        }
    }
    Ok(taken)
}

fn fits(input: &WorkflowInput, text: &str) -> Result<(), Reply> {
    let fits = match &input.kind {
        InputKind::String | InputKind::Environment => !(input.required && text.is_empty()),
        InputKind::Choice(options) => options.iter().any(|option| option == text),
        InputKind::Boolean => matches!(text, "true" | "false"),
        InputKind::Number => text.parse::<f64>().is_ok_and(f64::is_finite),
    };
    if fits {
        return Ok(());
    }
    if text.is_empty() && matches!(input.kind, InputKind::String | InputKind::Environment) {
        return Err(unprocessable(format!("Required input '{}' not provided", input.name)));
    }
    let name = &input.name;
    Err(unprocessable(format!(
        "Provided value '{text}' for input '{name}' not in the list of allowed values"
    )))
}

fn unprocessable(message: impl Into<String>) -> Reply {
    Reply::refusal_of(PAGE, 422, message)
}

fn invalid(message: impl AsRef<str>) -> Reply {
    unprocessable(format!("Invalid request.\n\n{}", message.as_ref()))
}
