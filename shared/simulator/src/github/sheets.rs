//! The pages of this GitHub: its repositories, their workflows, and runs with their jobs, steps and logs.
//!
//! They are at the addresses that `html_url` and `/actions/workflows/{file}` give, below [`super::Repository::web`].

use std::sync::Arc;

use super::logs;
use super::run::{Place, Run};
use super::settings::Repository;
use super::timeline::{Conclusion, JobPlan, Stretch};
use super::{GitHub, State};
use crate::sheet::{Line, Mood, Sheet, Sign, end_of, moment};

const SYSTEM: &str = "practice GitHub";

impl GitHub {
    /// The page at a path below the root, which is split at its slashes. `None` if there is no such page.
    pub(crate) fn sheet(&self, path: &[String]) -> Option<Sheet> {
        let path: Vec<&str> = path.iter().map(String::as_str).collect();
        match path.as_slice() {
            [] => Some(self.sheet_of_all()),
            [owner, name] | [owner, name, "actions"] => self.sheet_of_repository(owner, name),
            [owner, name, "actions", "workflows", file] => self.sheet_of_workflow(owner, name, file),
            [owner, name, "actions", "runs", run] | [owner, name, "actions", "runs", run, "job", _] => {
                self.sheet_of_run(owner, name, run)
            }
            _ => None,
        }
    }

    fn sheet_of_all(&self) -> Sheet {
        let line = |repository: &Repository| Line {
            name: repository.full_name(),
            sign: None,
            began: None,
            path: Some(repository.full_name()),
            parts: vec![],
        };
        Sheet {
            system: SYSTEM,
            title: "Repositories".to_owned(),
            heading: "Repositories",
            lines: self.settings().repositories.iter().map(line).collect(),
            ..Sheet::default()
        }
    }

    fn sheet_of_repository(&self, owner: &str, name: &str) -> Option<Sheet> {
        let places: Vec<_> = self.inner.places.iter().filter(|p| p.repository.is(owner, name)).collect();
        let repository = &places.first()?.repository;
        let (state, now) = (self.state(), self.now_ms());
        let line = |place: &&Arc<Place>| {
            let last = runs_of(&state, place, now).next();
            Line {
                name: place.workflow.name.clone(),
                sign: Some(last.map_or(NEVER, |run| sign(run, now))),
                began: last.map(|run| span(run, now)),
                path: Some(workflow_path(place)),
                parts: vec![],
            }
        };
        let lines: Vec<_> = places.iter().map(line).collect();
        Some(Sheet {
            system: SYSTEM,
            trail: vec![],
            title: repository.full_name(),
            heading: "Workflows, with their latest runs",
            moves: moves(&lines),
            lines,
            ..Sheet::default()
        })
    }

    fn sheet_of_workflow(&self, owner: &str, name: &str, file: &str) -> Option<Sheet> {
        let here = |place: &&Arc<Place>| place.repository.is(owner, name) && place.workflow.file == file;
        let place = self.inner.places.iter().find(here)?;
        let (state, now) = (self.state(), self.now_ms());
        let line = |run: &Run| Line {
            name: format!("#{} {}", run.number, run.title),
            sign: Some(sign(run, now)),
            began: Some(span(run, now)),
            path: Some(run_path(run)),
            parts: vec![],
        };
        let lines: Vec<_> = runs_of(&state, place, now).map(line).collect();
        let lost = state.lost.iter().filter(|lost| lost.workflow_id == place.workflow_id);
        let mut notes: Vec<_> = lost
            .map(|lost| {
                format!(
                    "At {} a run was asked for. The answer got lost on its way, and no run appeared: this workflow is \
                     made so, to show what that looks like.",
                    moment(lost.at_ms)
                )
            })
            .collect();
        if lines.is_empty() {
            notes.push("No run of this workflow is here.".to_owned());
        }
        Some(Sheet {
            system: SYSTEM,
            trail: trail(place, false),
            title: place.workflow.name.clone(),
            notes,
            facts: vec![("File".to_owned(), place.workflow.path())],
            heading: "Runs, the latest first",
            moves: moves(&lines),
            lines,
            ..Sheet::default()
        })
    }

    fn sheet_of_run(&self, owner: &str, name: &str, id: &str) -> Option<Sheet> {
        let id: i64 = id.parse().ok()?;
        let (state, now) = (self.state(), self.now_ms());
        let deleted = state.deleted.contains(&id);
        let run = state.runs.iter().find(|run| run.id == id && run.shows(now) && !deleted)?;
        let place = &run.place;
        if !place.repository.is(owner, name) {
            return None;
        }
        let (attempt, plan) = run.attempt(run.latest())?;
        let mut begun = plan.jobs.iter().filter(|job| job.stretch.from.is_some_and(|from| from <= now));
        let failed = begun.clone().find(|job| job.stretch.status(now).1 == Some(Conclusion::Failure));
        let log = failed
            .or(begun.next_back())
            .map(|job| (job_name(run, job).to_owned(), end_of(&as_shown(&logs::so_far(run, job, now)))));
        let mut facts = vec![
            ("Started by".to_owned(), run.actor.clone()),
            ("Branch".to_owned(), run.branch.clone()),
            ("Asked for at".to_owned(), moment(run.created_ms)),
        ];
        if run.latest() > 1 {
            facts.push(("Attempt".to_owned(), run.latest().to_string()));
        }
        let mut notes = vec![];
        if let Some(at) = attempt.cancel_ms.filter(|_| plan.stretch.status(now).0 != "completed") {
            notes.push(format!("It was asked to stop at {}, and has not stopped yet.", moment(at)));
        }
        let sign = sign(run, now);
        let shown = plan.jobs.iter().filter(|job| job.queued <= now);
        Some(Sheet {
            system: SYSTEM,
            trail: trail(place, true),
            title: format!("#{} {}", run.number, run.title),
            sign: Some(sign),
            notes,
            facts,
            inputs: run.inputs.iter().map(|(name, value)| (name.clone(), value.clone())).collect(),
            heading: "Jobs and their steps",
            lines: shown.map(|job| job_line(run, job, now)).collect(),
            log,
            moves: matches!(sign.mood, Mood::Moving | Mood::Waiting),
        })
    }
}

/// A log as a page shows it: without the marks with which a runner groups its lines.
fn as_shown(log: &str) -> String {
    let lines = log.lines().filter(|line| *line != "##[endgroup]");
    let bare = |line: &str| match line.strip_prefix("##[group]") {
        Some(group) => format!("{group}\n"),
        None => format!("{}\n", line.replace("##[error]", "Error: ")),
    };
    lines.map(bare).collect()
}

fn runs_of<'a>(state: &'a State, place: &'a Place, now: i64) -> impl Iterator<Item = &'a Run> {
    let here = move |run: &&Run| {
        run.place.workflow_id == place.workflow_id && run.shows(now) && !state.deleted.contains(&run.id)
    };
    state.runs.iter().rev().filter(here)
}

fn moves(lines: &[Line]) -> bool {
    let moves = |sign: Sign| matches!(sign.mood, Mood::Moving | Mood::Waiting) && sign != NEVER;
    lines.iter().any(|line| line.sign.is_some_and(moves))
}

fn trail(place: &Place, of_run: bool) -> Vec<(String, String)> {
    let repository = place.repository.full_name();
    let workflow = of_run.then(|| (place.workflow.name.clone(), workflow_path(place)));
    [(repository.clone(), repository)].into_iter().chain(workflow).collect()
}

fn workflow_path(place: &Place) -> String {
    format!("{}/actions/workflows/{}", place.repository.full_name(), place.workflow.file)
}

fn run_path(run: &Run) -> String {
    format!("{}/actions/runs/{}", run.place.repository.full_name(), run.id)
}

fn sign(run: &Run, now: i64) -> Sign {
    run.attempt(run.latest()).map_or(QUEUED, |(_, plan)| sign_of(&plan.stretch, now))
}

const NEVER: Sign = Sign { mood: Mood::Waiting, word: "Never run" };
const QUEUED: Sign = Sign { mood: Mood::Waiting, word: "Queued" };

fn sign_of(stretch: &Stretch, now: i64) -> Sign {
    let (mood, word) = match stretch.status(now) {
        (_, Some(Conclusion::Success)) => (Mood::Good, "Success"),
        (_, Some(Conclusion::Failure)) => (Mood::Bad, "Failure"),
        (_, Some(Conclusion::Cancelled)) => (Mood::Stopped, "Cancelled"),
        (_, Some(Conclusion::Skipped)) => (Mood::Stopped, "Skipped"),
        ("in_progress", None) => (Mood::Moving, "In progress"),
        (_, None) => return QUEUED,
    };
    Sign { mood, word }
}

/// When the latest attempt began, and how long it took or has taken so far.
fn span(run: &Run, now: i64) -> (i64, i64) {
    let latest = run.attempt(run.latest());
    let (began, to) = latest.map_or((run.created_ms, None), |(this, plan)| (this.began_ms, plan.stretch.to));
    (began, to.unwrap_or(now).min(now) - began)
}

fn job_name<'a>(run: &'a Run, job: &JobPlan) -> &'a str {
    run.place.workflow.jobs.get(job.index).map_or("", |job| job.name.as_str())
}

fn job_line(run: &Run, job: &JobPlan, now: i64) -> Line {
    let began = |stretch: &Stretch| {
        let from = stretch.from.filter(|from| *from <= now && stretch.conclusion != Conclusion::Skipped)?;
        Some((from, stretch.to.unwrap_or(now).min(now) - from))
    };
    let steps = job.steps.iter().filter(|_| job.stretch.from.is_some_and(|from| from <= now));
    let step = |name: &str, stretch: &Stretch, parts| Line {
        name: name.to_owned(),
        sign: Some(sign_of(stretch, now)),
        began: began(stretch),
        path: None,
        parts,
    };
    let steps = steps.map(|plan| step(&plan.name, &plan.stretch, vec![])).collect();
    step(job_name(run, job), &job.stretch, steps)
}
