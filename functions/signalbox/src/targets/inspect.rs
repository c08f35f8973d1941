//! `signalbox check --targets`: reads the workflow files and jobs that a catalogue names, and says what they lack.

use super::{Driven, Targets, Wanted};
use crate::clock::SystemClock;
use crate::environment::Environment;
use signalbox_backends::{GitHub, Jenkins};
use signalbox_catalogue::workflow;
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Target};
use signalbox_engine::ports::Clock;
use std::sync::Arc;

/// A problem and what to do about it.
type Finding = (String, String);

/// Prints what each target lacks, and says how many findings there are.
pub async fn inspect(catalogue: &Catalogue, environment: &Environment) -> anyhow::Result<usize> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    // Nothing is started here, so nobody ever opens one of these pages.
    let driven = Driven { wanted: Wanted::RealOrPractice, pages: "http://127.0.0.1/console".to_owned() };
    let targets = Targets::new(environment, catalogue, &clock, &driven)?;
    let mut count = 0;
    for operation in catalogue.operations.values() {
        if depends_on_a_parameter(&operation.target) {
            outln!("  {}: not read: a parameter decides which branch or tag is run", operation.name);
            continue;
        }
        let (place, findings) = match (&operation.target, &targets.systems.github, &targets.systems.jenkins) {
            (Target::GitHub(target), Some(github), _) => {
                let practice = targets.practice.github.is_some();
                let place = format!("{} {}", target.repository, target.workflow);
                (named(&place, "GitHub", practice), of_workflow(github, target).await)
            }
            (Target::Jenkins(target), _, Some(jenkins)) => {
                let practice = targets.practice.jenkins.is_some();
                (named(&target.job, "Jenkins", practice), of_job(jenkins, target).await)
            }
            (Target::Command(_) | Target::GitHub(_) | Target::Jenkins(_) | Target::Batch(_), _, _) => {
                continue;
            }
        };
        let verdict = if findings.is_empty() { "fine" } else { "see below" };
        outln!("  {}: {place}: {verdict}", operation.name);
        for (problem, help) in &findings {
            errln!("    error: {problem}\n      help: {help}");
        }
        count += findings.len();
    }
    Ok(count)
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

async fn of_workflow(github: &GitHub, target: &GitHubTarget) -> Vec<Finding> {
    match github.workflow_file(target).await {
        Ok(text) => workflow::inspect(&text, target).into_iter().map(|f| (f.problem, f.hint)).collect(),
        Err(why) => vec![(why, "check the repository, the file and the token".to_owned())],
    }
}

async fn of_job(jenkins: &Jenkins, target: &JenkinsTarget) -> Vec<Finding> {
    let Some(parameter) = &target.run_parameter else { return vec![] };
    match jenkins.declares_run_parameter(target).await {
        Ok(true) => vec![],
        Ok(false) => vec![(
            format!(
                "{} does not declare the text parameter {parameter}, so Jenkins drops the run's id",
                target.job
            ),
            format!("add it to the job: `string(name: '{parameter}')` under `parameters`"),
        )],
        Err(why) => vec![(why, "check the job's name, JENKINS_URL, and what the user may see".to_owned())],
    }
}
