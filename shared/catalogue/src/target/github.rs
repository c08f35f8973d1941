//! `github`: a GitHub Actions workflow, started by `workflow_dispatch`.
//!
//! Makes sure that a parameter can only fill an input or a branch and can never choose the repository or the
//! workflow. [`crate::workflow`] checks what the workflow file itself says.

use super::value::{Names, fixed, git_ref};
use crate::report::{Report, quoted};
use crate::scope::Parameters;
use crate::walk::{Field, Keyed};
use crate::workflow::MOST_INPUTS;
use signalbox_domain::catalogue::GitHubTarget;

/// The keys of this kind of target.
pub(super) const KEYS: &[&str] = &["github", "workflow", "ref", "inputs", "run-input"];

const NO_SECRETS: &str = "a catalogue is read by many; let the workflow take it from GitHub's own secrets, and replace it if it was real";

const INPUTS: Names = Names {
    key: "inputs",
    one: "an input",
    run_key: "run-input",
    run_default: "signalbox-run",
    allows: |name| {
        (1..=100).contains(&name.len())
            && name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
            && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
    },
    rule: "write 1 to 100 letters, digits, `_` and `-`, beginning with a letter or `_`",
    no_secrets: NO_SECRETS,
};

/// What to do about a key that another kind of target has.
pub(super) fn instead(key: &str) -> Option<&'static str> {
    Some(match key {
        "timeout" | "timeout-minutes" => "GitHub's own `timeout-minutes` belongs into the workflow",
        "directory" => "GitHub's own `working-directory` belongs into the workflow",
        "environment" => {
            "what the workflow should know is one of its `inputs`; its `env` belongs into the workflow"
        }
        "branch" => "write `ref`, which is a branch or a tag",
        "parameters" => {
            "what is handed to a workflow are its `inputs`; the operation's `parameters` stand beside `target`"
        }
        "run-parameter" => "write `run-input`",
        _ => return None,
    })
}

/// Reads the target of an operation with these parameters.
pub(super) fn read(
    report: &mut Report,
    keyed: &Keyed<'_>,
    parameters: &Parameters<'_>,
) -> Option<GitHubTarget> {
    let repository = keyed
        .need(report, "github", "write the repository: `github: owner/name`")
        .and_then(|field| repository(report, field));
    let workflow = keyed
        .need(report, "workflow", "write its file in .github/workflows, such as `workflow: deploy.yml`")
        .and_then(|field| workflow(report, field));
    let git_ref = keyed
        .need(report, "ref", "write the branch or tag whose workflow file is run, such as `ref: main`")
        .and_then(|field| git_ref(report, field, parameters, NO_SECRETS));
    let run_input = INPUTS.run(report, keyed);
    let run = run_input.as_ref().and_then(|run| run.as_deref());
    let inputs = INPUTS.values(report, keyed, parameters, run);
    // Counts the inputs as they are written, also those that are wrong.
    if let Some(field) = keyed.get("inputs") {
        let count = field.keys().len() + usize::from(run.is_some());
        if count > MOST_INPUTS {
            let with = run.map(|run| format!(" with {}", quoted(run))).unwrap_or_default();
            report.error(
                field.at,
                format!("these are {count} inputs{with}, and GitHub takes {MOST_INPUTS}"),
                "let one input carry all parameters as JSON, such as `request: \"{*}\"`",
            );
            return None;
        }
    }
    Some(GitHubTarget {
        repository: repository?,
        workflow: workflow?,
        git_ref: git_ref?,
        inputs: inputs?,
        run_input: run_input?,
    })
}

fn repository(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = field.line(report)?;
    if is_repository(text.text) {
        return Some(text.text.to_owned());
    }
    // People paste an address that they copied from a browser or use to clone.
    let hint = match pasted(text.text) {
        Some(repository) => format!("write {}", quoted(&repository)),
        None if !fixed(report, text, "repository") => return None,
        None => "write its owner and its name, such as `acme/shop`, without the address of GitHub".to_owned(),
    };
    report.error(text.span, format!("{} is not a repository", quoted(text.text)), hint);
    None
}

fn is_repository(text: &str) -> bool {
    let plain = |part: &str| {
        !matches!(part, "" | "." | "..")
            && part.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-'))
    };
    // GitHub does not allow a repository name with this ending, but the address to clone has it.
    let clones = text.to_ascii_lowercase().ends_with(".git");
    !clones && text.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

/// Finds the repository in a pasted address.
fn pasted(text: &str) -> Option<String> {
    let path = match text.split_once("://") {
        Some((_, rest)) => rest.split_once('/')?.1,
        None => match text.split_once(':') {
            Some((host, path)) if host.contains('@') => path,
            Some(_) => return None,
            None => text.strip_prefix("github.com/").unwrap_or(text),
        },
    };
    let mut parts = path.split(['/', '?', '#']).filter(|part| !part.is_empty());
    let (owner, name) = (parts.next()?, parts.next()?);
    let repository = format!("{owner}/{}", name.strip_suffix(".git").unwrap_or(name));
    is_repository(&repository).then_some(repository)
}

fn workflow(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = field.line(report)?;
    if !fixed(report, text, "workflow") {
        return None;
    }
    let (folder, file) = text.text.rsplit_once('/').map_or((None, text.text), |(f, n)| (Some(f), n));
    let ends =
        [".yml", ".yaml"].iter().any(|end| file.strip_suffix(end).is_some_and(|stem| !stem.is_empty()));
    let (wrong, hint) = match folder {
        None if ends => return Some(file.to_owned()),
        Some(_) if ends => ("is a path", format!("write only the file name: {}", quoted(file))),
        _ if file.contains(".yml@") || file.contains(".yaml@") => {
            ("is not the name of a file", "the branch or tag after the `@` is the `ref`".to_owned())
        }
        _ => (
            "is not the name of a workflow file",
            "write its file in .github/workflows, which ends in .yml or .yaml; not the name that GitHub shows".to_owned(),
        ),
    };
    report.error(text.span, format!("{} {wrong}", quoted(text.text)), hint);
    None
}
