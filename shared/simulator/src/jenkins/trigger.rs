//! Asking for a build, and cancelling that request: `ParameterizedJobMixIn`, `ParametersDefinitionProperty` and
//! `Queue` of Jenkins' core.

use axum::response::Response;
use serde_json::Value;

use super::http::Ask;
use super::settings::{Job, ParameterDefinition, ParameterKind};
use super::state::{Scheduled, Values};
use super::{Jenkins, pages};

/// `POST …/buildWithParameters`
pub(super) fn build_with_parameters(jenkins: &Jenkins, ask: &Ask<'_>, index: usize) -> Response {
    let job = &jenkins.jobs()[index];
    if let Some(refusal) = refusal(jenkins, job, ask) {
        return refusal;
    }
    if job.parameters.is_empty() {
        return pages::error(400, &format!("{} is not parameterized", job.path));
    }
    match values(&job.parameters, ask) {
        Ok(values) => schedule(jenkins, ask, index, values),
        // In Jenkins the definition throws an IllegalArgumentException that nothing catches, so the caller only gets
        // a 500.
        Err(_) => pages::oops(),
    }
}

/// `POST …/build`. A job with parameters needs them in the form in which its page sends them: a field `json`.
pub(super) fn build(jenkins: &Jenkins, ask: &Ask<'_>, index: usize) -> Response {
    let job = &jenkins.jobs()[index];
    if let Some(refusal) = refusal(jenkins, job, ask) {
        return refusal;
    }
    if job.parameters.is_empty() {
        return schedule(jenkins, ask, index, Values::new());
    }
    let Some(form) = ask.field("json") else { return pages::error(400, "Nothing is submitted") };
    match submitted(&job.parameters, form) {
        Ok(values) => schedule(jenkins, ask, index, values),
        Err(_) => pages::oops(),
    }
}

/// `POST /queue/cancelItem?id=`
pub(super) fn cancel(jenkins: &Jenkins, ask: &Ask<'_>) -> Response {
    if !ask.post {
        return pages::post_only();
    }
    let now = jenkins.now_ms();
    let mut state = jenkins.state();
    let id = ask.field("id").and_then(|id| id.parse().ok());
    let Some((id, job)) = id.and_then(|id| state.item(id, now)).map(|item| (item.id, item.job)) else {
        return pages::error(404, "Provided id not found");
    };
    if jenkins.jobs()[job].forbidden {
        return pages::error(422, &format!("Item for id ({id}) is not cancellable"));
    }
    if state.cancel(id, now) {
        pages::no_content()
    } else {
        // Jenkins still knows the item, but an item that has left the queue cannot be cancelled.
        pages::error(500, &format!("Could not cancel run for id {id}"))
    }
}

fn refusal(jenkins: &Jenkins, job: &Job, ask: &Ask<'_>) -> Option<Response> {
    if job.forbidden {
        return Some(denied(jenkins, "Build"));
    }
    if !ask.post {
        return Some(pages::post_only());
    }
    job.disabled.then(|| pages::error(409, &format!("{} is not buildable", job.path)))
}

pub(super) fn denied(jenkins: &Jenkins, permission: &str) -> Response {
    let user = &jenkins.settings().user;
    pages::html(403, "Access Denied", &format!("{user} is missing the Job/{permission} permission"))
}

fn schedule(jenkins: &Jenkins, ask: &Ask<'_>, index: usize, values: Values) -> Response {
    let job = &jenkins.jobs()[index];
    let Ok(delay_ms) = ask.field("delay").map_or(Ok(job.quiet_ms), delay) else { return pages::oops() };
    if job.vetoed {
        return pages::redirect(302, ".");
    }
    let now = jenkins.now_ms();
    let scheduled = jenkins.state().schedule(index, values, now, delay_ms);
    let (status, id) = match scheduled {
        Scheduled::Created(id) => (201, id),
        // For a job without parameters, the status does not show the merge (JENKINS-66105).
        Scheduled::Merged(id) => (if job.parameters.is_empty() { 201 } else { 303 }, id),
    };
    pages::redirect(status, &format!("{}queue/item/{id}/", jenkins.settings().root()))
}

/// `jenkins.util.TimeDuration`: a number of milliseconds, unless it ends in `sec` or `secs`. The queue counts in whole
/// seconds.
fn delay(text: &str) -> Result<i64, String> {
    let text = text.trim();
    let seconds = text.strip_suffix("secs").or_else(|| text.strip_suffix("sec"));
    let number: Result<i64, _> = seconds.unwrap_or(text).trim().parse();
    match (number, seconds) {
        (Ok(seconds), Some(_)) => Ok(seconds.saturating_mul(1000)),
        (Ok(ms), None) => Ok(ms / 1000 * 1000),
        (Err(_), _) => Err(format!("Invalid time duration value: {text}")),
    }
}

/// The values of the parameters that the job asks for, in the job's order, and no others. A missing value becomes its
/// default.
fn values(definitions: &[ParameterDefinition], ask: &Ask<'_>) -> Result<Values, String> {
    let one = |definition: &ParameterDefinition| {
        let given: Vec<_> = ask.all(&definition.name).collect();
        match given[..] {
            [] => Ok((definition.name.clone(), definition.default_value())),
            [value] => definition.value(value).map(|value| (definition.name.clone(), value)),
            _ => Err(format!("Illegal number of parameter values for {}: {}", definition.name, given.len())),
        }
    };
    definitions.iter().map(one).collect()
}

/// `{"parameter": {"name": …, "value": …}}`, or a list of such objects. Missing parameters are not added.
#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn submitted(definitions: &[ParameterDefinition], form: &str) -> Result<Values, String> {
    let form: Value = serde_json::from_str(form).map_err(|error| error.to_string())?;
    let parameters = match &form["parameter"] {
        Value::Null => Vec::new(),
        Value::Array(parameters) => parameters.clone(),
        one => vec![one.clone()],
    };
    let one = |parameter: Value| {
        let name = parameter["name"].as_str().unwrap_or_default();
        let definition = definitions.iter().find(|definition| definition.name == name);
        let definition = definition.ok_or_else(|| format!("No such parameter definition: {name}"))?;
        let value = match &parameter["value"] {
            Value::String(value) => definition.value(value)?,
            value @ Value::Bool(_) if definition.kind == ParameterKind::Boolean => value.clone(),
            _ => return Err(format!("Cannot retrieve the parameter value: {name}")),
        };
        Ok((definition.name.clone(), value))
    };
    parameters.into_iter().map(one).collect()
}

impl ParameterDefinition {
    pub(super) fn default_value(&self) -> Value {
        match &self.kind {
            ParameterKind::Choice(options) if !options.contains(&self.default) => {
                Value::from(options.first().cloned().unwrap_or_default())
            }
            ParameterKind::String
            | ParameterKind::Text
            | ParameterKind::Boolean
            | ParameterKind::Choice(_)
            | ParameterKind::Password => self.value(&self.default).unwrap_or_default(),
        }
    }

    fn value(&self, text: &str) -> Result<Value, String> {
        match &self.kind {
            ParameterKind::Boolean => Ok(Value::from(text.eq_ignore_ascii_case("true"))),
            ParameterKind::Choice(options) if !options.iter().any(|option| option == text) => {
                Err(format!("Illegal choice for parameter {}: {text}", self.name))
            }
            ParameterKind::Choice(_)
            | ParameterKind::String
            | ParameterKind::Text
            | ParameterKind::Password => Ok(Value::from(text)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bare_number_is_milliseconds_and_the_queue_counts_seconds() {
        for (text, ms) in
            [("0sec", 0), ("3sec", 3_000), (" 4 secs ", 4_000), ("0", 0), ("5", 0), ("2500", 2_000)]
        {
            assert_eq!(delay(text), Ok(ms), "{text}");
        }
        for text in ["", "soon", "1.5sec", "5s"] {
            assert!(delay(text).is_err(), "{text}");
        }
    }
}
