//! A request with everything frozen: what is approved and queued is what runs.

use crate::catalogue::{CommandTarget, GitHubTarget, JenkinsTarget, Operation, Target};
use crate::digest::Feed;
use crate::frozen::Frozen;
use crate::ids::{Digest, OperationName, ParameterName, RunId};
use crate::parameter::{Parameter, Value};
use crate::people::{Actor, Place};
use crate::phrase::needs_quotes;
use crate::policy::ReasonCode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// Which operation.
    pub operation: OperationName,
    /// Its parameters, defaults filled in.
    pub parameters: BTreeMap<ParameterName, Value>,
    /// Those that are not as they usually are, in the catalogue's order: what people look at first. Only for show, and
    /// `None` of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unusual: Option<Vec<ParameterName>>,
    /// Who asked.
    pub requester: Actor,
    /// Where.
    pub place: Place,
    /// Digest over the above, the resolved operation and the rules that decide it.
    pub digest: Digest,
}

impl Intent {
    /// Freezes a request.
    #[must_use]
    pub fn new(
        catalogue: &Frozen,
        operation: &Operation,
        parameters: BTreeMap<ParameterName, Value>,
        requester: Actor,
        place: Place,
    ) -> Self {
        let is_unusual =
            |p: &&Parameter| parameters.get(&p.name).is_some_and(|value| p.default.as_ref() != Some(value));
        let unusual = operation.parameters.iter().filter(is_unusual).map(|p| p.name.clone()).collect();
        let mut intent = Self {
            operation: operation.name.clone(),
            parameters,
            unusual: Some(unusual),
            requester,
            place,
            digest: Digest::ZERO,
        };
        intent.digest = intent.digest_under(catalogue);
        intent
    }

    /// What the digest would be under this catalogue.
    #[must_use]
    pub fn digest_under(&self, catalogue: &Frozen) -> Digest {
        let mut feed = Feed::new();
        // An operation that is not there has no rules; nothing that is there has none.
        feed.bytes(&catalogue.rules(&self.operation).unwrap_or(&Digest::ZERO).0);
        feed.text(self.operation.as_str());
        feed.actor(&self.requester);
        feed.place(&self.place);
        feed.count(self.parameters.len());
        for (name, value) in &self.parameters {
            feed.text(name.as_str());
            feed.value(value);
        }
        feed.digest()
    }

    /// Checks it once more, where it counts: the operation is there, it takes these parameters, and nothing that
    /// decides has changed since the door looked.
    ///
    /// # Errors
    /// The reason to refuse it.
    pub fn resolve<'c>(&self, catalogue: &'c Frozen) -> Result<&'c Operation, ReasonCode> {
        let operation = catalogue.operations.get(&self.operation).ok_or(ReasonCode::UnknownOperation)?;
        if self.digest_under(catalogue) != self.digest {
            return Err(ReasonCode::CatalogueChanged);
        }
        let takes = |p: &Parameter| match self.parameters.get(&p.name) {
            Some(value) => p.accept(&value.to_string()).as_ref() == Ok(value),
            None => !p.required,
        };
        let known = self.parameters.keys().all(|n| operation.parameters.iter().any(|p| p.name == *n));
        if known && operation.parameters.iter().all(takes) {
            Ok(operation)
        } else {
            Err(ReasonCode::BadParameters)
        }
    }

    /// The line a person would type for it: `release web 1.4.2`.
    #[must_use]
    pub fn phrase(&self) -> String {
        let mut line = self.operation.to_string();
        for (name, value) in &self.parameters {
            let value = value.to_string();
            line.extend([" ", name.as_str(), "="]);
            if needs_quotes(&value) {
                line.extend(["\"", &value.replace('\\', r"\\").replace('"', r#"\""#), "\""]);
            } else {
                line.push_str(&value);
            }
        }
        line
    }
}

/// The work of one run, every placeholder filled: what a backend gets, and what the audit keeps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Work {
    /// Run this argument vector on this machine.
    Command(CommandTarget),
    /// Dispatch this workflow.
    #[serde(rename = "github")]
    GitHub(GitHubTarget),
    /// Build this job.
    Jenkins(JenkinsTarget),
}

impl Work {
    /// Which backend carries it out.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Command(_) => "command",
            Self::GitHub(_) => "github",
            Self::Jenkins(_) => "jenkins",
        }
    }

    /// Where a person looks for it, in words: the system, and what is started there.
    #[must_use]
    pub fn whereabouts(&self) -> String {
        match self {
            Self::Command(c) => format!("the program {} on the server", c.program),
            Self::GitHub(g) => format!("GitHub, {}, workflow {} on {}", g.repository, g.workflow, g.git_ref),
            Self::Jenkins(j) => match &j.branch {
                Some(branch) => format!("Jenkins, job {}, branch {branch}", j.job),
                None => format!("Jenkins, job {}", j.job),
            },
        }
    }
}

/// Fills the placeholders of the operation's target.
#[must_use]
pub fn work_of(operation: &Operation, intent: &Intent, run: &RunId) -> Work {
    let fill = |text: &String| fill(text, intent, run);
    let fill_all = |texts: &BTreeMap<String, String>| {
        texts.iter().filter_map(|(k, v)| Some((k.clone(), fill(v)?))).collect()
    };
    match &operation.target {
        Target::Command(command) => Work::Command(CommandTarget {
            arguments: command.arguments.iter().filter_map(fill).collect(),
            environment: fill_all(&command.environment),
            ..command.clone()
        }),
        // The catalogue takes no parameter in `ref` and `branch` that may be left out.
        Target::GitHub(github) => Work::GitHub(GitHubTarget {
            git_ref: fill(&github.git_ref).unwrap_or_default(),
            inputs: fill_all(&github.inputs),
            ..github.clone()
        }),
        Target::Jenkins(jenkins) => Work::Jenkins(JenkinsTarget {
            branch: jenkins.branch.as_ref().map(|b| fill(b).unwrap_or_default()),
            parameters: fill_all(&jenkins.parameters),
            ..jenkins.clone()
        }),
    }
}

/// One text with its placeholders filled; `None` when it names a parameter that nobody gave.
fn fill(template: &str, intent: &Intent, run: &RunId) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            out.push_str(&tail[..1]);
            rest = &tail[2..];
        } else if let Some(end) = tail.find('}').filter(|_| tail.starts_with('{')) {
            match &tail[1..end] {
                "run" => out.push_str(run.as_str()),
                "requester" => out.push_str(&intent.requester.to_string()),
                name => out.push_str(&intent.parameters.get(name)?.to_string()),
            }
            rest = &tail[end + 1..];
        } else {
            // A lone brace: the catalogue refuses it, so it can only be meant as itself.
            out.push_str(&tail[..1]);
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, UserId, WorkspaceId};
    use crate::people::Chat;

    fn intent(parameters: &[(&str, Value)]) -> Intent {
        Intent {
            operation: "release".parse().unwrap(),
            parameters: parameters.iter().map(|(n, v)| (n.parse().unwrap(), v.clone())).collect(),
            unusual: None,
            requester: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA")),
            place: Place {
                chat: Chat::SLACK,
                workspace: WorkspaceId::new("T1"),
                channel: ChannelId::new("C1"),
            },
            digest: Digest::ZERO,
        }
    }

    #[test]
    fn placeholders() {
        let run = RunId::derive("slack", "T1", "key");
        let intent = intent(&[("service", Value::Text("{run} $(x)".into())), ("count", Value::Integer(3))]);
        for (template, expect) in [
            ("{service}-{count}", Some("{run} $(x)-3".to_owned())),
            ("{{service}} }} {", Some("{service} } {".to_owned())),
            ("by {requester} in {run}", Some(format!("by T1/UADA in {run}"))),
            ("--only={nothing}", None),
            ("", Some(String::new())),
        ] {
            assert_eq!(fill(template, &intent, &run), expect, "{template}");
        }
    }

    #[test]
    fn the_phrase_can_be_typed_again() {
        let intent =
            intent(&[("note", Value::Text("a \"b\" \\".into())), ("service", Value::Text("web".into()))]);
        assert_eq!(intent.phrase(), r#"release note="a \"b\" \\" service=web"#);
    }
}
