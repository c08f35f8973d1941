//! `signalbox check --targets`: reads the workflow files and jobs that a catalogue names, and says what of them does not
//! fit.

use super::{Driven, Targets, Wanted};
use crate::clock::SystemClock;
use crate::environment::Environment;
use signalbox_backends::{GitHub, Jenkins};
use signalbox_catalogue::job::{self, Declared};
use signalbox_catalogue::workflow::{self, Finding};
use signalbox_catalogue::{Diagnostic, Places};
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Operation, Target};
use signalbox_engine::ports::Clock;
use std::path::Path;
use std::sync::Arc;

/// What does not fit, at its places in the catalogue. `tell` gets a line for each operation.
pub async fn inspect(
    catalogue: &Catalogue,
    (folder, places): (&Path, &Places),
    environment: &Environment,
    tell: impl Fn(String),
) -> anyhow::Result<Vec<Diagnostic>> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Nothing is started here, so nobody ever opens one of these pages.
    let driven = Driven { wanted: Wanted::RealOrPractice, pages: "http://127.0.0.1/console".to_owned() };
    let targets = Targets::new(environment, catalogue, &clock, &driven)?;
    let mut all = vec![];
    for operation in catalogue.operations.values() {
        if depends_on_a_parameter(&operation.target) {
            tell(format!("  {}: not read: a parameter decides which branch or tag is run", operation.name));
            continue;
        }
        let (place, findings) = match (&operation.target, &targets.systems.github, &targets.systems.jenkins) {
            (Target::GitHub(target), Some(github), _) => {
                let practice = targets.practice.github.is_some();
                let place = format!("{} {}", target.repository, target.workflow);
                (named(&place, "GitHub", practice), of_workflow(github, target, operation, catalogue).await)
            }
            (Target::Jenkins(target), _, Some(jenkins)) => {
                let practice = targets.practice.jenkins.is_some();
                (named(&target.job, "Jenkins", practice), of_job(jenkins, target, operation, catalogue).await)
            }
            (Target::Command(_) | Target::GitHub(_) | Target::Jenkins(_) | Target::Batch(_), _, _) => {
                continue;
            }
        };
        let verdict = if findings.is_empty() { "fine" } else { "see below" };
        tell(format!("  {}: {place}: {verdict}", operation.name));
        all.extend(findings.into_iter().map(|finding| at_its_place(finding, operation, folder, places)));
    }
    Ok(all)
}

/// At the nearest part of the operation that is written down: an input that is missing is written nowhere.
fn at_its_place(finding: Finding, operation: &Operation, folder: &Path, places: &Places) -> Diagnostic {
    let Finding { problem, hint, at, may_be_meant } = finding;
    let keys: Vec<&str> =
        ["operations", operation.name.as_str()].into_iter().chain(at.iter().map(String::as_str)).collect();
    let place = (1..=keys.len()).rev().find_map(|length| places.of(&keys[..length]));
    let (path, at) = match place {
        Some(place) => (place.path.clone(), Some((place.line, place.column))),
        None => (folder.display().to_string(), None),
    };
    Diagnostic::from_outside(path, at, (problem, hint), may_be_meant)
}

fn depends_on_a_parameter(target: &Target) -> bool {
    match target {
        Target::Command(_) | Target::Batch(_) => false,
        Target::GitHub(github) => github.git_ref.contains('{'),
        Target::Jenkins(jenkins) => jenkins.branch.as_ref().is_some_and(|b| b.contains('{')),
    }
}

fn named(place: &str, system: &str, practice: bool) -> String {
    if practice { format!("{place} on the practice {system}") } else { format!("{place} on {system}") }
}

/// The system did not show it.
fn not_read(problem: String, hint: &str) -> Vec<Finding> {
    vec![Finding { problem, hint: hint.to_owned(), at: vec!["target".to_owned()], may_be_meant: false }]
}

async fn of_workflow(
    github: &GitHub,
    target: &GitHubTarget,
    operation: &Operation,
    catalogue: &Catalogue,
) -> Vec<Finding> {
    match github.workflow_file(target).await {
        Ok(text) => workflow::compare(&text, target, operation, &catalogue.landscape),
        Err(why) => not_read(why, "check the repository, the file and the token"),
    }
}

async fn of_job(
    jenkins: &Jenkins,
    target: &JenkinsTarget,
    operation: &Operation,
    catalogue: &Catalogue,
) -> Vec<Finding> {
    match jenkins.declared_parameters(target).await {
        Ok(all) => {
            let declared = all.into_iter().map(|one| {
                let signalbox_backends::jenkins::Declared { name, choices, boolean } = one;
                Declared { name, choices, boolean }
            });
            job::compare(&declared.collect::<Vec<_>>(), target, operation, &catalogue.landscape)
        }
        Err(why) => not_read(why, "check the job's name, JENKINS_URL, and what the user may see"),
    }
}
