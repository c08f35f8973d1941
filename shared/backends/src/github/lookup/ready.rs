//! Whether a workflow can be started: it is enabled, it is there on the branch or tag, and it takes what it is given.

use super::Session;
use http::StatusCode;
use serde::Deserialize;
use signalbox_domain::catalogue::GitHubTarget;
use signalbox_domain::lookup::Reply;
use signalbox_domain::redact::words;
use signalbox_engine::ports::NoReply;

/// Reads a workflow file: what in it keeps a dispatch of this target from being taken, as sentences without a full
/// stop. `Err` where the file cannot be judged, and why.
pub type ReadsWorkflow = fn(&str, &GitHubTarget) -> Result<Vec<String>, String>;

impl Session<'_> {
    pub(super) async fn ready(&self, target: &GitHubTarget) -> Result<Reply, NoReply> {
        #[derive(Deserialize)]
        struct Workflow {
            state: String,
        }
        let GitHubTarget { repository, workflow, git_ref, .. } = target;
        let file = crate::segment(workflow);
        let answer = self.get(&self.path(&format!("actions/workflows/{file}"))).await?;
        if answer.status == StatusCode::NOT_FOUND
            && self.is_certainly_missing(&answer, "actions/workflows").await
        {
            return Ok(Reply::DoesNotHold(format!(
                "{repository} has no workflow {workflow} on its default branch, without which GitHub starts none"
            )));
        }
        let shown: Workflow = self.shown(&answer, "Actions: read", &format!("the workflow {workflow}"))?;
        if shown.state != "active" {
            let state = super::name(&shown.state);
            return Ok(Reply::DoesNotHold(format!(
                "the workflow {workflow} is not enabled on GitHub: it is {state}"
            )));
        }
        let below = format!("contents/.github/workflows/{file}?ref={}", super::query(git_ref));
        let answer = self.get(&self.path(&below)).await?;
        let git_ref = words(git_ref, None);
        if answer.status == StatusCode::NOT_FOUND && self.is_certainly_missing(&answer, "branches").await {
            return Ok(Reply::DoesNotHold(format!("{repository} has no workflow {workflow} on {git_ref}")));
        }
        if !answer.status.is_success() || !answer.is_githubs() {
            return Err(self.refused(&answer, "Contents: read", &format!("{workflow} on {git_ref}")));
        }
        let text = super::super::text_of(&answer, target).map_err(NoReply::because)?;
        let Some(reads) = self.github.reads else {
            return Err(NoReply::because(
                "nothing here reads workflow files, so nobody can say what they take",
            ));
        };
        let refusals = reads(&text, target).map_err(NoReply::because)?;
        Ok(match refusals.into_iter().next() {
            Some(first) => Reply::DoesNotHold(first),
            None => Reply::Holds,
        })
    }
}
