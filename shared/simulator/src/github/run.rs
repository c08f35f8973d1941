//! Runs as they are stored: where they came from and what was done to them, but never how far they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::record::RunView;
use super::script::Workflow;
use super::settings::Repository;
use super::timeline::{Attempt, Plan, plan};
use super::{GitHub, State};

/// Ids are larger than 32 bits, like GitHub's.
pub(super) const FIRST_RUN: i64 = 19_800_000_000;
const FIRST_JOB: i64 = 55_000_000_000;
const FIRST_WORKFLOW: i64 = 161_000_001;
const FIRST_REPOSITORY: i64 = 700_000_001;
/// How many jobs of one attempt, and attempts of one run, the ids have room for.
const JOBS: i64 = 1_000;
const ATTEMPTS: i64 = 100;

/// A workflow in its repository.
#[derive(Debug)]
pub(super) struct Place {
    pub(super) repository: Repository,
    pub(super) repository_id: i64,
    pub(super) workflow: Workflow,
    pub(super) workflow_id: i64,
}

/// The places of all workflows. A workflow that was known before keeps its ids.
pub(super) fn places(repositories: &[Repository], before: &[Arc<Place>]) -> Vec<Arc<Place>> {
    let mut new = FIRST_WORKFLOW..;
    let mut next = || {
        let is_new = |id: &i64| before.iter().all(|place| place.workflow_id != *id);
        new.find(is_new).unwrap_or(FIRST_WORKFLOW)
    };
    let mut places = vec![];
    for (repository_id, repository) in (FIRST_REPOSITORY..).zip(repositories) {
        for workflow in &repository.workflows {
            let known = before.iter().find(|place| {
                place.repository.is(&repository.owner, &repository.name)
                    && place.workflow.file == workflow.file
            });
            let workflow_id = known.map_or_else(&mut next, |place| place.workflow_id);
            let (repository, workflow) = (repository.clone(), workflow.clone());
            places.push(Arc::new(Place { repository, repository_id, workflow, workflow_id }));
        }
    }
    places
}

#[derive(Clone, Debug)]
pub(super) struct Run {
    pub(super) id: i64,
    pub(super) place: Arc<Place>,
    /// The number of the run among the runs of its workflow.
    pub(super) number: i64,
    pub(super) branch: String,
    pub(super) inputs: BTreeMap<String, String>,
    pub(super) title: String,
    pub(super) actor: String,
    pub(super) created_ms: i64,
    /// There is always at least one.
    pub(super) attempts: Vec<Attempt>,
}

/// A dispatch that was accepted, but for which no run ever appeared.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lost {
    pub(super) workflow_id: i64,
    pub(super) at_ms: i64,
}

impl Run {
    pub(super) fn shows(&self, now: i64) -> bool {
        now >= self.shows_at()
    }

    pub(super) fn shows_at(&self) -> i64 {
        self.created_ms + self.place.workflow.appears_after_ms
    }

    /// The number of the latest attempt.
    pub(super) fn latest(&self) -> u32 {
        u32::try_from(self.attempts.len()).unwrap_or(u32::MAX)
    }

    /// An attempt by its number (counted from 1), and its plan.
    pub(super) fn attempt(&self, number: u32) -> Option<(&Attempt, Plan)> {
        let index = usize::try_from(number).ok()?.checked_sub(1)?;
        let attempt = self.attempts.get(index)?;
        Some((attempt, plan(&self.place.workflow, attempt)))
    }

    pub(super) fn job_id(&self, attempt: u32, index: usize) -> i64 {
        let index = i64::try_from(index).unwrap_or(JOBS - 1);
        FIRST_JOB + ((self.id - FIRST_RUN) * ATTEMPTS + i64::from(attempt)) * JOBS + index
    }

    pub(super) fn view(&self, now: i64) -> RunView {
        let latest = self.attempt(self.latest());
        let (status, conclusion) = latest.map_or(("queued", None), |(_, plan)| plan.stretch.status(now));
        RunView {
            id: self.id,
            repository: self.place.repository.full_name(),
            workflow: self.place.workflow.file.clone(),
            display_title: self.title.clone(),
            inputs: self.inputs.clone(),
            status: status.to_owned(),
            conclusion: conclusion.map(|conclusion| conclusion.as_str().to_owned()),
            attempt: self.latest(),
            actor: self.actor.clone(),
            branch: self.branch.clone(),
            created_ms: self.created_ms,
        }
    }
}

impl State {
    /// Makes a run and gives its id.
    pub(super) fn start(
        &mut self,
        place: &Arc<Place>,
        branch: &str,
        inputs: BTreeMap<String, String>,
        actor: &str,
        (now, first): (i64, i64),
    ) -> i64 {
        let of_workflow = self.runs.iter().filter(|run| run.place.workflow_id == place.workflow_id).count();
        let number = i64::try_from(of_workflow).unwrap_or(i64::MAX - 1) + 1;
        let id = self.runs.last().map_or(first, |run| run.id) + 1;
        let title = title(&place.workflow, &inputs, actor, branch, number);
        self.runs.push(Run {
            id,
            place: Arc::clone(place),
            number,
            branch: branch.to_owned(),
            inputs,
            title,
            actor: actor.to_owned(),
            created_ms: now,
            attempts: vec![Attempt::new(now)],
        });
        id
    }

    /// The run, the attempt and the index of the job with this id.
    pub(super) fn job(&self, id: i64) -> Option<(&Run, u32, usize)> {
        let n = id.checked_sub(FIRST_JOB)?;
        let run = self.runs.iter().find(|run| run.id - FIRST_RUN == n / (JOBS * ATTEMPTS))?;
        let attempt = u32::try_from(n / JOBS % ATTEMPTS).ok()?;
        Some((run, attempt, usize::try_from(n % JOBS).ok()?))
    }
}

/// What people do on GitHub's own pages.
impl GitHub {
    /// Acts as if somebody pressed "Run workflow" on the default branch. Gives the run's id, or `None` if there is no
    /// such workflow. Inputs that are left out take their defaults. [`GitHub::dispatches`] does not count it.
    pub fn run_by_hand(
        &self,
        repository: &str,
        file: &str,
        actor: &str,
        inputs: &[(&str, &str)],
    ) -> Option<i64> {
        let place = self.inner.places.iter().find(|place| {
            place.repository.full_name().eq_ignore_ascii_case(repository) && place.workflow.file == file
        })?;
        let given =
            |name: &str| inputs.iter().find(|(known, _)| *known == name).map(|(_, v)| (*v).to_owned());
        let declared = place.workflow.inputs.iter();
        let inputs = declared
            .map(|input| {
                (input.name.clone(), given(&input.name).or(input.default.clone()).unwrap_or_default())
            })
            .collect();
        let when = (self.now_ms(), self.settings().first_run);
        Some(self.state().start(place, &place.repository.default_branch, inputs, actor, when))
    }

    /// Acts as if somebody pressed "Re-run all jobs": the same run gets another attempt. Gives `false` if the run has
    /// not ended.
    pub fn rerun_by_hand(&self, run: i64) -> bool {
        let now = self.now_ms();
        self.change(run, |run| {
            let ended = run.view(now).status == "completed";
            if ended {
                run.attempts.push(Attempt::new(now));
            }
            ended
        })
    }

    /// Acts as if somebody pressed "Cancel workflow". Gives `false` if the run has ended.
    pub fn cancel_by_hand(&self, run: i64) -> bool {
        let now = self.now_ms();
        self.change(run, |run| {
            let runs = run.view(now).status != "completed";
            if let Some(attempt) = run.attempts.last_mut().filter(|_| runs) {
                attempt.cancel_ms.get_or_insert(now);
            }
            runs
        })
    }

    fn change(&self, id: i64, change: impl FnOnce(&mut Run) -> bool) -> bool {
        self.state().runs.iter_mut().find(|run| run.id == id).is_some_and(change)
    }
}

/// `run-name` with the values of its expressions. As on GitHub, an unknown expression gives an empty text.
fn title(
    workflow: &Workflow,
    inputs: &BTreeMap<String, String>,
    actor: &str,
    branch: &str,
    number: i64,
) -> String {
    let mut out = String::new();
    let mut rest = workflow.run_name.as_str();
    while let Some((before, after)) = rest.split_once("${{") {
        let Some((expression, after)) = after.split_once("}}") else { break };
        out.push_str(before);
        let expression = expression.trim();
        let input =
            expression.strip_prefix("inputs.").or_else(|| expression.strip_prefix("github.event.inputs."));
        match (expression, input.and_then(|name| inputs.get(name))) {
            (_, Some(value)) => out.push_str(value),
            ("github.actor", _) => out.push_str(actor),
            ("github.ref_name", _) => out.push_str(branch),
            ("github.run_number", _) => out.push_str(&number.to_string()),
            _ => {}
        }
        rest = after;
    }
    out.push_str(rest);
    if out.trim().is_empty() { workflow.name.clone() } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_is_called_what_run_name_comes_to() {
        let inputs = [("service", "shop"), ("id", "01J")].map(|(k, v)| (k.to_owned(), v.to_owned())).into();
        for (template, expected) in [
            ("deploy ${{ inputs.service }} [${{inputs.id}}]", "deploy shop [01J]"),
            (
                "${{ github.event.inputs.id }} by ${{ github.actor }} #${{ github.run_number }}",
                "01J by ada #3",
            ),
            ("${{ inputs.nothing }}", "w"),
            ("${{ inputs.service", "${{ inputs.service"),
            ("", "w"),
        ] {
            let workflow = Workflow::new("w.yml").run_name(template);
            assert_eq!(title(&workflow, &inputs, "ada", "main", 3), expected, "{template}");
        }
    }
}
