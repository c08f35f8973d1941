//! The pages of this Jenkins: folders, jobs with their builds, and builds with their stages and logs.
//!
//! They are at the addresses that its own `url` fields give, below [`super::JenkinsSettings::root_url`].

use super::actions;
use super::address::{self, Found};
use super::documents::World;
use super::settings::Job;
use super::state::{Build, Item, timeline};
use super::timeline::Outcome;
use super::{Jenkins, builds};
use crate::sheet::{Line, Mood, Sheet, Sign, end_of, moment};

const SYSTEM: &str = "practice Jenkins";

impl Jenkins {
    /// The page at a path below the root, whose parts were decoded once. `None` if there is no such page.
    pub(crate) fn sheet(&self, path: &[String]) -> Option<Sheet> {
        let (found, rest) = address::find(self.jobs(), path)?;
        let (now, state) = (self.now_ms(), self.state());
        let world = World { settings: self.settings(), state: &state, now };
        match (found, rest) {
            (Found::Folder(folder), []) => Some(world.folder_sheet(&folder)),
            (Found::Job(job), []) => Some(world.job_sheet(job)),
            (Found::Job(job), [number]) => world.build_sheet(state.build(job, number.parse().ok()?)?.1),
            (Found::Job(_) | Found::Folder(_), _) => None,
        }
    }
}

impl World<'_> {
    fn folder_sheet(&self, folder: &str) -> Sheet {
        let line = |child: Found| match child {
            Found::Folder(path) => Line {
                name: format!("{}/", address::display_name(&path)),
                sign: None,
                began: None,
                path: Some(address::relative(&path)),
                parts: vec![],
            },
            Found::Job(job) => {
                let path = &self.settings.jobs[job].path;
                let last = self.state.builds_of(job).next();
                Line {
                    name: address::display_name(path),
                    sign: Some(last.map_or(NEVER, |build| self.sign(build))),
                    began: last.map(|build| self.span(build)),
                    path: Some(address::relative(path)),
                    parts: vec![],
                }
            }
        };
        let lines: Vec<_> = address::children(&self.settings.jobs, folder).into_iter().map(line).collect();
        let title = if folder.is_empty() { "Jobs".to_owned() } else { address::full_display_name(folder) };
        Sheet {
            system: SYSTEM,
            trail: above(folder),
            title,
            heading: "Jobs, with their latest builds",
            moves: moves(&lines),
            lines,
            ..Sheet::default()
        }
    }

    fn job_sheet(&self, index: usize) -> Sheet {
        let job = &self.settings.jobs[index];
        let queued = self.state.queued().filter(|item| item.job == index);
        let waiting = |item: &Item| Line {
            name: format!("in the queue: {}", actions::shown(job, &item.values).join(" ")),
            sign: Some(QUEUED),
            began: Some((item.since, self.now - item.since)),
            path: None,
            parts: vec![],
        };
        let built = |build: &Build| Line {
            name: format!("#{} {}", build.number, actions::shown(job, &build.values).join(" ")),
            sign: Some(self.sign(build)),
            began: Some(self.span(build)),
            path: Some(format!("{}{}/", address::relative(&job.path), build.number)),
            parts: vec![],
        };
        let lines: Vec<_> = queued.map(waiting).chain(self.state.builds_of(index).map(built)).collect();
        Sheet {
            system: SYSTEM,
            trail: above(&job.path),
            title: address::full_display_name(&job.path),
            notes: if lines.is_empty() { vec!["No build of this job is here.".to_owned()] } else { vec![] },
            heading: "Builds, the latest first",
            moves: moves(&lines),
            lines,
            ..Sheet::default()
        }
    }

    fn build_sheet(&self, build: &Build) -> Option<Sheet> {
        let job: &Job = self.settings.jobs.get(build.job)?;
        let line = timeline(&self.settings.jobs, build);
        let mut notes = vec![];
        if let Some((_, at)) = build.stops.last().filter(|_| line.building(self.now)) {
            notes.push(format!("It was asked to stop at {}, and has not stopped yet.", moment(*at)));
        }
        let stages = if job.pipeline { self.stages(build) } else { vec![] };
        let stage = |stage: &super::pipeline::Shown<'_>| Line {
            name: stage.name.to_owned(),
            sign: Some(sign_of_stage(stage.status)),
            began: stage.reached.then_some((stage.begins, stage.took)),
            path: None,
            parts: vec![],
        };
        let mut trail = above(&job.path);
        trail.push((address::display_name(&job.path), address::relative(&job.path)));
        let texts = super::views::texts(&build.values).into_iter();
        let hidden = actions::shown(job, &build.values);
        let inputs = texts.zip(hidden).map(|((name, _), shown)| {
            let value = shown.split_once('=').map_or("", |(_, value)| value).to_owned();
            (name, value)
        });
        Some(Sheet {
            system: SYSTEM,
            trail,
            title: format!("{} #{}", address::full_display_name(&job.path), build.number),
            sign: Some(self.sign(build)),
            notes,
            facts: vec![
                ("Started by".to_owned(), self.settings.user.clone()),
                ("Asked for at".to_owned(), moment(build.queued)),
                ("Began at".to_owned(), moment(build.begun)),
            ],
            inputs: inputs.collect(),
            heading: if job.pipeline { "Stages" } else { "" },
            lines: stages.iter().map(stage).collect(),
            log: Some((String::new(), end_of(&builds::log(self, build)))),
            moves: line.building(self.now),
        })
    }

    fn sign(&self, build: &Build) -> Sign {
        match timeline(&self.settings.jobs, build).outcome(self.now) {
            None => Sign { mood: Mood::Moving, word: "Building" },
            Some(Outcome::Success) => Sign { mood: Mood::Good, word: "Success" },
            Some(Outcome::Unstable) => Sign { mood: Mood::Doubtful, word: "Unstable" },
            Some(Outcome::Failure) => Sign { mood: Mood::Bad, word: "Failure" },
            Some(Outcome::Aborted) => Sign { mood: Mood::Stopped, word: "Aborted" },
        }
    }

    /// When a build began, and how long it took or has taken so far.
    fn span(&self, build: &Build) -> (i64, i64) {
        let line = timeline(&self.settings.jobs, build);
        (build.begun, line.end_ms().unwrap_or(self.now).min(self.now) - build.begun)
    }
}

const NEVER: Sign = Sign { mood: Mood::Waiting, word: "Never built" };
const QUEUED: Sign = Sign { mood: Mood::Waiting, word: "Queued" };

fn moves(lines: &[Line]) -> bool {
    let moves = |sign: Sign| matches!(sign.mood, Mood::Moving | Mood::Waiting) && sign != NEVER;
    lines.iter().any(|line| line.sign.is_some_and(moves))
}

fn sign_of_stage(status: &'static str) -> Sign {
    let (mood, word) = match status {
        "SUCCESS" => (Mood::Good, "Success"),
        "IN_PROGRESS" => (Mood::Moving, "In progress"),
        "FAILED" => (Mood::Bad, "Failed"),
        "UNSTABLE" => (Mood::Doubtful, "Unstable"),
        "ABORTED" => (Mood::Stopped, "Aborted"),
        _ => (Mood::Stopped, "Not executed"),
    };
    Sign { mood, word }
}

/// The names and paths of the folders that contain this path.
fn above(path: &str) -> Vec<(String, String)> {
    let slashes = path.match_indices('/').map(|(at, _)| &path[..at]);
    slashes.map(|folder| (address::display_name(folder), address::relative(folder))).collect()
}
