//! `jenkins`: a parameterised Jenkins job.
//!
//! Makes sure that a parameter can only fill a parameter of the job or a branch and can never choose the job.

use super::value::{Names, fixed, git_ref};
use crate::report::{Report, quoted};
use crate::scope::Parameters;
use crate::walk::{Field, Keyed};
use signalbox_domain::catalogue::JenkinsTarget;

/// The keys of this kind of target.
pub(super) const KEYS: &[&str] = &["jenkins", "branch", "parameters", "run-parameter"];

const NO_SECRETS: &str = "a catalogue is read by many; let the job take it from Jenkins's own credentials, and replace it if it was real";

const PARAMETERS: Names = Names {
    key: "parameters",
    one: "a parameter of a job",
    run_key: "run-parameter",
    run_default: "SIGNALBOX_RUN",
    allows: |name| {
        name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-'))
    },
    rule: "write letters, digits, `_`, `.` and `-`, beginning with a letter or `_`",
    no_secrets: NO_SECRETS,
};

/// What to do about a key that another kind of target has.
pub(super) fn instead(key: &str) -> Option<&'static str> {
    Some(match key {
        "timeout" | "timeout-minutes" => "Jenkins's own `timeout` step belongs into the Jenkinsfile",
        "directory" => "leave it out: a job has its own workspace",
        "environment" => {
            "what the job should know is one of its `parameters`; its `environment` belongs into the Jenkinsfile"
        }
        "workflow" => "leave it out: `jenkins` names the job with its folders",
        "ref" => "write `branch`, if this is a multibranch job; another job knows its own branch",
        "inputs" => "write `parameters`",
        "run-input" => "write `run-parameter`",
        _ => return None,
    })
}

/// Reads the target of an operation with these parameters.
pub(super) fn read(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameters: &Parameters<'_>,
) -> Option<JenkinsTarget> {
    let job = keyed
        .need(report, "jenkins", "write the job with its folders: `jenkins: web/deploy`")
        .and_then(|field| job(report, field));
    let branch = match keyed.get("branch") {
        Some(field) => git_ref(report, field, parameters, NO_SECRETS).map(Some),
        None => Some(None),
    };
    let run_parameter = PARAMETERS.run(report, keyed);
    let run = run_parameter.as_ref().and_then(|run| run.as_deref());
    let parameters = PARAMETERS.values(report, keyed, parameters, run);
    Some(JenkinsTarget { job: job?, branch: branch?, parameters: parameters?, run_parameter: run_parameter? })
}

fn job(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = field.line(report)?;
    let is_address =
        text.text.contains("://") || text.text.starts_with(['/']) || text.text.starts_with("job/");
    if !is_address && !fixed(report, text, "job") {
        return None;
    }
    let (wrong, hint) = if let Some(job) = pasted(text.text).filter(|_| is_address) {
        ("is where a job is, and not what it is called", format!("write {}", quoted(&job)))
    } else if text.text.contains('%') {
        (
            "has a `%` in it, which no job has",
            "write the letters themselves; the branch of a multibranch job is the `branch`".to_owned(),
        )
    } else if is_address || !is_job(text.text) {
        (
            "is not a job",
            "write its name after those of its folders, such as `web/deploy`, without the address of Jenkins"
                .to_owned(),
        )
    } else {
        return Some(text.text.to_owned());
    };
    report.error(text.span, format!("{} {wrong}", quoted(text.text)), hint);
    None
}

/// Characters that Jenkins itself does not allow in the name of a job.
const NEVER: &[char] =
    &['?', '*', '\\', '%', '!', '@', '#', '$', '^', '&', '|', '<', '>', '[', ']', ':', ';'];

fn is_job(text: &str) -> bool {
    text.split('/').all(|part| !matches!(part.trim(), "" | "." | "..") && !part.contains(NEVER))
}

/// Finds the job in a pasted address: in `https://ci.example.com/view/all/job/web/job/deploy/12/` it is `web/deploy`.
fn pasted(text: &str) -> Option<String> {
    let path = text.split_once("://").map_or(text, |(_, rest)| rest);
    let mut parts = path.split(['/', '?', '#']);
    let mut job: Vec<&str> = Vec::new();
    while let Some(part) = parts.next() {
        if part == "job" {
            job.extend(parts.next());
        }
    }
    let job = job.join("/");
    is_job(&job).then_some(job)
}
