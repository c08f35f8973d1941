//! `GET /repos/{owner}/{repo}/contents/{path}`. The only files that exist here are those of workflows.
//!
//! <https://docs.github.com/en/rest/repos/contents#get-repository-content>

use std::fmt::Write as _;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use http::header::ACCEPT;
use serde_json::{Value, json};

use super::GitHub;
use super::reply::{Answer, Content, Reply};
use super::route::Ask;
use super::script::{Ends, InputKind, Workflow};
use super::settings::Repository;
use super::wire::git_id;

const PAGE: &str = "https://docs.github.com/rest/repos/contents#get-repository-content";
/// GitHub breaks the lines of base64 after this many characters.
const WIDTH: usize = 60;

impl GitHub {
    pub(super) fn contents(&self, ask: &Ask, repository: &Repository, path: &str) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(PAGE, &["ref"])?;
        let git_ref = ask.query("ref").unwrap_or(&repository.default_branch);
        let Some(branch) = repository.resolve(git_ref) else {
            let words = format!("No commit found for the ref {git_ref}");
            return Err(Reply::refusal_of(PAGE, 404, words));
        };
        let workflow = repository.workflows.iter().find(|workflow| workflow.path() == path);
        let Some(workflow) = workflow else { return Err(Reply::refusal_of(PAGE, 404, "Not Found")) };
        let yaml = yaml(workflow);
        let accept = ask.headers.get(ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if accept.contains("application/vnd.github.raw") || accept.contains("application/vnd.github.v3.raw") {
            let media = "application/vnd.github.raw+json; charset=utf-8";
            return Ok(Reply::new(200, Content::Text(media, yaml)));
        }
        Ok(Reply::json(200, self.file(repository, workflow, branch, &yaml)))
    }

    fn file(&self, repository: &Repository, workflow: &Workflow, branch: &str, yaml: &str) -> Value {
        let (name, path, sha) = (repository.full_name(), workflow.path(), git_id(yaml));
        let api = &self.settings().api_url;
        let url = format!("{api}/repos/{name}/contents/{path}?ref={branch}");
        let git = format!("{api}/repos/{name}/git/blobs/{sha}");
        let html = format!("https://github.com/{name}/blob/{branch}/{path}");
        let encoded = BASE64_STANDARD.encode(yaml);
        let mut content = String::new();
        for (at, letter) in encoded.chars().enumerate() {
            if at > 0 && at % WIDTH == 0 {
                content.push('\n');
            }
            content.push(letter);
        }
        content.push('\n');
        json!({
            "type": "file", "encoding": "base64", "size": yaml.len(), "name": workflow.file, "path": path,
            "content": content, "sha": sha, "url": url, "git_url": git, "html_url": html,
            "download_url": format!("https://raw.githubusercontent.com/{name}/{branch}/{path}"),
            "_links": {"self": url, "git": git, "html": html},
        })
    }
}

/// The file of such a workflow. Every text is quoted as a JSON string, which is valid YAML too.
fn yaml(workflow: &Workflow) -> String {
    let mut out = format!("name: {}\n", quoted(&workflow.name));
    if !workflow.run_name.is_empty() {
        let _ = writeln!(out, "run-name: {}", quoted(&workflow.run_name));
    }
    // Some readers of YAML take a bare `on` for a boolean, but GitHub's own examples write it in this way.
    out.push_str("on:\n");
    out.push_str(if workflow.dispatchable { "  workflow_dispatch:\n" } else { "  push:\n" });
    if workflow.dispatchable && !workflow.inputs.is_empty() {
        out.push_str("    inputs:\n");
        for input in &workflow.inputs {
            let _ = writeln!(out, "      {}:\n        required: {}", quoted(&input.name), input.required);
            if let Some(default) = &input.default {
                let _ = writeln!(out, "        default: {}", quoted(default));
            }
            let kind = match &input.kind {
                InputKind::String => "string",
                InputKind::Choice(_) => "choice",
                InputKind::Boolean => "boolean",
                InputKind::Number => "number",
                InputKind::Environment => "environment",
            };
            let _ = writeln!(out, "        type: {kind}");
            if let InputKind::Choice(options) = &input.kind {
                out.push_str("        options:\n");
                for option in options {
                    let _ = writeln!(out, "          - {}", quoted(option));
                }
            }
        }
    }
    out.push_str("jobs:\n");
    for (index, job) in workflow.jobs.iter().enumerate() {
        let _ = writeln!(out, "  job{index}:\n    name: {}\n    runs-on: ubuntu-latest", quoted(&job.name));
        if index > 0 && !workflow.parallel {
            let _ = writeln!(out, "    needs: job{}", index - 1);
        }
        out.push_str("    steps:\n");
        for step in &job.steps {
            let command = match step.ends {
                Ends::Success => format!("sleep {}", step.seconds),
                Ends::Failure => format!("sleep {}; exit 1", step.seconds),
                Ends::Hang => "sleep infinity".to_owned(),
            };
            let _ = writeln!(out, "      - name: {}\n        run: {}", quoted(&step.name), quoted(&command));
        }
    }
    out
}

fn quoted(text: &str) -> String {
    Value::from(text).to_string()
}
