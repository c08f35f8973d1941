//! A step of a batch: what it is asked for is taken from the batch's own record, chain and all.

use super::asked::on_record;
use super::{Desk, load};
use crate::batch::step_run;
use crate::ports::PortError;
use crate::wire::head::Head;
use signalbox_domain::catalogue::{BatchStep, Target};
use signalbox_domain::parameter::{Context, Filled};
use signalbox_domain::run::{PartOf, State};
use signalbox_domain::{Intent, Operation, ParameterName, RunId, Value};
use std::collections::BTreeMap;

/// The request that this step is; `None` where the batch's record does not say so.
pub(super) async fn asked_for(part_of: &PartOf, at: &Desk<'_>) -> Result<Option<Intent>, PortError> {
    let refused = |why: &str| {
        tracing::error!(record = %at.envelope.record, batch = %part_of.run, why, "a step that no batch asks for");
        Ok(None)
    };
    if RunId::of(&at.envelope.record) != step_run(&part_of.run, part_of.attempt, part_of.step) {
        return refused("its id is not that of the step");
    }
    let Some(kept) = load(at.store, &part_of.run).await? else { return refused("there is no such batch") };
    let Head::Run(head) = &kept.head else { return refused("it is no batch") };
    // A command that comes late begins nothing.
    let goes_on = matches!(head.state, State::Dispatching { lease_until: Some(_), .. } | State::Running);
    if head.attempt != part_of.attempt || !goes_on || head.cancel.is_some() {
        return Ok(None);
    }
    let Some(work) = on_record(at.store, head, &[]).await? else {
        return refused("it was changed by itself");
    };
    let Target::Batch(target) = &work.0 else { return refused("it is no batch") };
    let step = usize::try_from(part_of.step).ok().and_then(|step| target.steps.get(step.checked_sub(1)?));
    let Some(step) = step else { return refused("it has no such step") };
    let (requester, place) = (head.intent.requester.clone(), head.intent.place.clone());
    let Some(operation) = at.catalogue.operations.get(&step.operation) else {
        return Ok(Some(Intent::unknown(step.operation.clone(), requester, place)));
    };
    let context = Context {
        landscape: &at.catalogue.landscape,
        place: Some(&place),
        now: at.now,
        lists: None,
        // No step is a batch.
        steps: None,
    };
    let values = values(operation, step, &context);
    Ok(Some(Intent::new(at.catalogue, operation, values, requester, place)))
}

/// The values that the operation takes; with what it does not take, the request is refused when it is decided.
fn values(operation: &Operation, step: &BatchStep, context: &Context<'_>) -> BTreeMap<ParameterName, Value> {
    let given = operation.parameters.iter().map(|p| step.given.get(&p.name).map(String::as_str));
    let filled = Filled::of(&operation.parameters, given, context);
    if filled.mistakes.is_empty() {
        return filled.values;
    }
    let text = |value: &String| Value::Text(value.clone());
    step.given.iter().map(|(name, value)| (name.clone(), text(value))).collect()
}
