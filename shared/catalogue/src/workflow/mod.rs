//! Checks whether a GitHub Actions workflow file fits the target that dispatches it.
//!
//! GitHub reports most of these mistakes only as a refusal when somebody starts the workflow. The worst one it never reports: a workflow that does
//! not show the run's id works well until the answer to a dispatch is lost. So the file is checked before that. This is a pure function; its callers
//! decide when the file is fetched, and how.

mod expression;
mod file;
pub(crate) mod parameters;

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::source::LARGEST_FILE;
use crate::template::{braces, has_all};
use crate::tree::{self, Node, Shape};
use file::{File, Input, Start, Takes};
use serde::Serialize;
use signalbox_domain::catalogue::{GitHubTarget, Operation};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::nearest;
use std::collections::HashSet;

/// How many inputs a workflow declares at most, and a dispatch takes:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/events-that-trigger-workflows#workflow_dispatch>
pub(crate) const MOST_INPUTS: usize = 25;

/// One thing in a workflow file that does not fit, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What is wrong, as a sentence without the full stop at its end.
    pub problem: String,
    /// What to write instead.
    pub hint: String,
    /// The keys below the operation under which the catalogue says it: `["target", "inputs", "version"]`.
    pub at: Vec<String>,
    /// Whether it may be meant: nothing fails by it.
    pub may_be_meant: bool,
}

/// What in the text of a workflow file does not fit the target. Empty if everything fits.
///
/// Only the file is checked. It cannot be seen here whether the file is on the default branch too, without which GitHub dispatches nothing. Nor can
/// it be seen what value a placeholder of the target will have, or whether it will be left out.
#[must_use]
pub fn inspect(text: &str, target: &GitHubTarget) -> Vec<Finding> {
    let mut findings = Findings::of(target, false);
    findings.all(text, target);
    findings.found
}

/// What in the text of a workflow file does not fit the operation that dispatches it: its target, as [`inspect`] has it,
/// and the types, options and defaults of the parameters that are handed over as they are.
#[must_use]
pub fn compare(
    text: &str,
    target: &GitHubTarget,
    operation: &Operation,
    landscape: &Landscape,
) -> Vec<Finding> {
    let mut findings = Findings { of: Some((operation, landscape)), ..Findings::of(target, false) };
    findings.all(text, target);
    findings.found
}

/// Why GitHub would refuse a dispatch of this target, whose placeholders are all filled: sentences without the full
/// stop at their ends. Empty if it takes the dispatch.
///
/// # Errors
/// When the file cannot be read here, so that nobody can say: says why.
pub fn refusals(text: &str, target: &GitHubTarget) -> Result<Vec<String>, String> {
    let mut findings = Findings::of(target, true);
    findings.all(text, target);
    let unread = findings.unread;
    let mut problems = findings.found.into_iter().map(|finding| finding.problem);
    if unread { Err(problems.next().unwrap_or_default()) } else { Ok(problems.collect()) }
}

struct Findings<'o> {
    /// What sentences call the file.
    file: String,
    found: Vec<Finding>,
    /// Whether the target is what one run does: its values are what GitHub gets.
    filled: bool,
    /// Whether the file could not be read.
    unread: bool,
    /// Where in the operation the next finding is.
    at: Vec<String>,
    /// The operation, if its parameters are compared too.
    of: Option<(&'o Operation, &'o Landscape)>,
}

impl Findings<'_> {
    fn of(target: &GitHubTarget, filled: bool) -> Self {
        let (file, at) = (bare(&target.workflow), keys(&["target", "workflow"]));
        Self { file, found: Vec::new(), filled, unread: false, at, of: None }
    }

    /// Adds a finding. `does` is the rest of a sentence that begins with the file's name.
    fn add(&mut self, does: impl AsRef<str>, hint: impl Into<String>) {
        let problem = format!("{} {}", self.file, does.as_ref());
        let at = self.at.clone();
        self.found.push(Finding { problem, hint: hint.into(), at, may_be_meant: false });
    }

    fn all(&mut self, text: &str, target: &GitHubTarget) {
        if text.len() as u64 > LARGEST_FILE {
            let hint = "move long scripts out of it, into files of their own";
            self.unread = true;
            return self.add("is larger than 1 MiB, and was not read", hint);
        }
        let mut report = Report::default();
        let source = report.add(target.workflow.clone(), text.to_owned());
        let root = tree::read_tagged(&mut report, source);
        if let Some((line, column, message, hint)) = report.first() {
            self.unread = true;
            return self.add(format!("cannot be read, in line {line}, column {column}: {message}"), hint);
        }
        let Some(root) = root.ok().flatten() else {
            return self.add("is empty", "write the workflow into it: `on:`, `run-name:` and `jobs:`");
        };
        if let Some((key, name)) = repeated(&root) {
            let line = report.source(source).excerpt(key.span).line;
            let does = format!(
                "has the key {} twice, the second time in line {line}, so GitHub refuses it",
                quoted(name)
            );
            return self.add(does, "keep one of them");
        }
        let Some(file) = File::read(&root) else {
            let hint = "write `on:`, `run-name:` and `jobs:` at the beginning of lines";
            return self.add("is not a workflow: its top level is no mapping", hint);
        };
        match &file.start {
            Start::Dispatch(inputs) => self.inputs(inputs, target),
            Start::Unclear => self.unclear(),
            Start::Nothing | Start::Others | Start::Rewritten => self.start(&file.start, target),
        }
        if !self.filled {
            self.at = keys(&["target", "workflow"]);
            self.run_name(file.run_name, target);
        }
    }

    fn unclear(&mut self) {
        self.unread = true;
        self.add(
            "declares inputs of `workflow_dispatch` in a form that cannot be read",
            "write each below `inputs:` as a mapping, such as `signalbox-run: { type: string }`",
        );
    }

    fn start(&mut self, start: &Start<'_>, target: &GitHubTarget) {
        if matches!(start, Start::Rewritten) {
            return self.add(
                "has `true:` where GitHub looks for `on:`, so nothing starts it",
                "write `on:`; a tool that reads YAML 1.1 took the word for a truth value",
            );
        }
        let inputs: Vec<&str> =
            target.run_input.iter().chain(target.inputs.keys()).map(String::as_str).collect();
        let declares = match inputs.is_empty() {
            true => String::new(),
            false => format!(", with `inputs:` below it that declares {}", listed(inputs)),
        };
        self.add(
            "has no `workflow_dispatch` under `on`, so GitHub refuses to start it for anybody",
            format!("write `workflow_dispatch:` below `on:`{declares}"),
        );
    }

    fn inputs(&mut self, declared: &[Input<'_>], target: &GitHubTarget) {
        if declared.len() > MOST_INPUTS {
            self.add(
                format!("declares {} inputs, and GitHub takes at most {MOST_INPUTS}", declared.len()),
                "let one input carry all parameters as JSON: `request: \"{*}\"` in the catalogue, and `fromJSON(inputs.request)` in the workflow",
            );
        }
        let find = |name: &str| declared.iter().find(|input| input.name == name);
        if let Some(run) = &target.run_input {
            self.at = keys(&["target", "run-input"]);
            match find(run) {
                Some(input) => self.takes_an_id(input),
                None => self.undeclared_run(run, declared),
            }
        }
        for (name, value) in &target.inputs {
            self.at = keys(&["target", "inputs", name]);
            match find(name) {
                Some(input) => {
                    self.takes(input, value);
                    self.takes_parameter(input, value);
                }
                None => {
                    let hint = match nearest(name, names(declared)) {
                        Some(near) => format!(
                            "write {} in the catalogue if that is meant, or declare {} in the workflow",
                            quoted(&near),
                            quoted(name)
                        ),
                        None => format!(
                            "declare {} below `inputs:` of `workflow_dispatch`, or leave it out in the catalogue",
                            quoted(name)
                        ),
                    };
                    self.add(
                        format!(
                            "does not declare the input {}, so GitHub refuses a dispatch with it",
                            quoted(name)
                        ),
                        hint,
                    );
                }
            }
        }
        self.at = keys(&["target", "inputs"]);
        let sent = |name: &str| target.inputs.contains_key(name) || target.run_input.as_deref() == Some(name);
        for input in declared.iter().filter(|input| input.required && !input.has_default && !sent(input.name))
        {
            let name = quoted(input.name);
            self.add(
                format!("requires the input {name}, which the catalogue does not send, so GitHub refuses every dispatch"),
                format!("write {name} below `inputs` in the catalogue, or give it a `default` in the workflow"),
            );
        }
    }

    fn undeclared_run(&mut self, run: &str, declared: &[Input<'_>]) {
        let name = quoted(run);
        let hint = match nearest(run, names(declared)) {
            Some(near) => format!(
                "write `run-input: {}` in the catalogue if that is meant, or declare {name} in the workflow",
                bare(&near)
            ),
            None => format!(
                "write `{}: {{ type: string }}` below `inputs:` of `workflow_dispatch`; or `run-input: none` in the \
                 catalogue, and a run whose start was lost is not found again",
                bare(run)
            ),
        };
        self.add(
            format!("does not declare the input {name} for the run's id, so GitHub refuses every dispatch"),
            hint,
        );
    }

    fn takes_an_id(&mut self, input: &Input<'_>) {
        let (name, what) = (
            quoted(input.name),
            match input.takes {
                Takes::Text => return,
                Takes::Choice(_) => "choice",
                Takes::Boolean => "boolean",
                Takes::Number => "number",
            },
        );
        self.add(
            format!("declares the input {name} as a {what}, and the run's id is none, so GitHub refuses every dispatch"),
            format!("write `type: string` below {name}"),
        );
    }

    /// Checks a value that is the same in every run against its input. Of values with placeholders one thing can be
    /// said here: all parameters at once are a text.
    fn takes(&mut self, input: &Input<'_>, value: &str) {
        if !self.filled && !braces(value).is_empty() {
            if has_all(value) && !matches!(input.takes, Takes::Text) {
                self.add(
                    format!(
                        "takes no JSON for the input {}, and the catalogue sends all parameters as that, so GitHub \
                         refuses every dispatch",
                        quoted(input.name)
                    ),
                    "write `type: string` in the workflow",
                );
            }
            return;
        }
        let value = if self.filled { value.to_owned() } else { value.replace("{{", "{").replace("}}", "}") };
        let (name, shown) = (quoted(input.name), quoted(&value));
        let is_missing = value.is_empty() && input.required;
        if input.takes.accepts(&value) && !is_missing {
            return;
        }
        let (does, hint) = match &input.takes {
            Takes::Text => (
                format!("requires the input {name}, and the catalogue sends an empty text"),
                format!("write a value for {name} in the catalogue, or leave `required` out in the workflow"),
            ),
            Takes::Choice(options) if options.is_empty() => (
                format!("lets nobody choose anything for the input {name}, for it has no `options`"),
                format!("write `options:` below {name}, with {shown} among them"),
            ),
            Takes::Choice(options) => (
                format!(
                    "does not have {shown}, which the catalogue sends, among the options of the input {name}"
                ),
                did_you_mean(&value, near_sized(options), || format!("it is one of {}", some(options))),
            ),
            Takes::Boolean => (
                format!("takes `true` or `false` for the input {name}, and the catalogue sends {shown}"),
                "write `true` or `false` in the catalogue, or `type: string` in the workflow".to_owned(),
            ),
            Takes::Number => (
                format!("takes a number for the input {name}, and the catalogue sends {shown}"),
                "write a number in the catalogue, or `type: string` in the workflow".to_owned(),
            ),
        };
        self.add(format!("{does}, so GitHub refuses the dispatch"), hint);
    }

    fn run_name(&mut self, run_name: Option<&str>, target: &GitHubTarget) {
        let Some(run) = &target.run_input else { return };
        if run_name.is_some_and(|text| expression::shows(text, run)) {
            return;
        }
        self.add(
            format!(
                "does not show the input {} in its run-name, so a dispatch whose answer was lost could not be found again",
                quoted(run)
            ),
            format!("write `run-name: \"… [${{{{ inputs.{} }}}}]\"`", bare(run)),
        );
    }
}

fn keys(keys: &[&str]) -> Vec<String> {
    keys.iter().map(|key| (*key).to_owned()).collect()
}

/// Longer texts are not compared with names: it would take long, and none of them would be similar.
const LONGEST_NAME: usize = 200;

fn names<'t>(declared: &[Input<'t>]) -> impl Iterator<Item = &'t str> {
    declared.iter().map(|input| input.name).filter(|name| name.len() <= LONGEST_NAME)
}

fn near_sized<'t>(options: &[&'t str]) -> impl Iterator<Item = &'t str> {
    options.iter().copied().filter(|option| option.len() <= LONGEST_NAME)
}

/// Lists the first of the options, and says how many more there are.
fn some(options: &[&str]) -> String {
    const MOST: usize = 10;
    match options.len() {
        ..=MOST => listed(options.iter().copied()),
        more => format!(
            "{} and {} more",
            options[..MOST].iter().map(|o| quoted(o)).collect::<Vec<_>>().join(", "),
            more - MOST
        ),
    }
}

/// Makes a text safe to be part of a message, without quotes around it.
fn bare(text: &str) -> String {
    quoted(text).trim_matches('`').to_owned()
}

/// A key that is in one mapping twice, at its second place. Every mapping is checked, because GitHub checks all of
/// them.
fn repeated(node: &Node) -> Option<(&Node, &str)> {
    match &node.shape {
        Shape::List(items) => items.iter().find_map(|item| repeated(item)),
        Shape::Mapping(entries) => {
            let mut seen = HashSet::new();
            let twice = entries.iter().find_map(|(key, _)| match &key.shape {
                Shape::Scalar(scalar) if !seen.insert(&scalar.text) => Some((&**key, scalar.text.as_str())),
                Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_) | Shape::Broken => None,
            });
            twice.or_else(|| entries.iter().find_map(|(_, value)| repeated(value)))
        }
        Shape::Scalar(_) | Shape::Broken => None,
    }
}
