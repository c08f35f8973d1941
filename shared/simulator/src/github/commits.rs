//! Commits: their checks and statuses, and what lies between two of them.
//!
//! <https://docs.github.com/en/rest/commits/statuses>, <https://docs.github.com/en/rest/checks/runs>,
//! <https://docs.github.com/en/rest/commits/commits#compare-two-commits>

use std::sync::Arc;

use serde_json::{Value, json};

use super::GitHub;
use super::reply::{Answer, Reply};
use super::route::Ask;
use super::run::Place;
use super::runs::{paged, window};
use super::script::Workflow;
use super::settings::{Check, Commit, Repository};
use super::wire::{git_id, minimal_repository, node_id, number_of, user};

const STATUSES: &str = "https://docs.github.com/rest/commits/statuses";
const CHECKS: &str = "https://docs.github.com/rest/checks/runs";
const COMPARE: &str = "https://docs.github.com/rest/commits/commits#compare-two-commits";
/// When everything here was made. Nothing depends on it.
const MADE: &str = "2024-01-01T00:00:00Z";

impl Repository {
    /// The commit of a branch or tag.
    pub(super) fn sha_of(&self, name: &str) -> String {
        match self.has.get(name) {
            Some(count) => self.sha_at(*count),
            None => git_id(&format!("{}@{name}", self.full_name())),
        }
    }

    /// The commit with so many commits up to it.
    fn sha_at(&self, count: usize) -> String {
        git_id(&format!("{}#{count}", self.full_name()))
    }

    /// The commit that a branch, a tag or a hash names.
    fn commit(&self, name: &str) -> Option<String> {
        let known = self.branches.iter().chain(&self.tags).map(|name| self.sha_of(name));
        let mut known = known.chain((1..=self.commits.len()).map(|count| self.sha_at(count)));
        // A hash comes first: where every ref exists, it would be taken for the name of one.
        known.find(|sha| sha == name).or_else(|| self.resolve(name).map(|name| self.sha_of(name)))
    }

    fn checks_of(&self, sha: &str) -> impl Iterator<Item = &Check> {
        self.checks.iter().filter(move |(name, _)| self.sha_of(name) == sha).flat_map(|(_, checks)| checks)
    }
}

/// GitHub says something else of a hash that it does not know than of another name.
fn unknown(page: &str, name: &str) -> Reply {
    if name.len() == 40 && name.bytes().all(|b| b.is_ascii_hexdigit()) {
        return Reply::refusal_of(page, 422, format!("No commit found for SHA: {name}"));
    }
    Reply::refusal_of(page, 404, "Not Found")
}

impl GitHub {
    pub(super) fn show_status(&self, ask: &Ask, repository: &Repository, name: &str) -> Answer {
        ask.caller.may("statuses", "read")?;
        ask.only(STATUSES, &["per_page", "page"])?;
        let sha = repository.commit(name).ok_or_else(|| unknown(STATUSES, name))?;
        let api = &self.settings().api_url;
        let url = format!("{api}/repos/{}", repository.full_name());
        let all: Vec<(&String, &str)> = repository
            .checks_of(&sha)
            .filter_map(|check| match check {
                Check::Status(context, state) => Some((context, *state)),
                Check::Run(..) => None,
            })
            .collect();
        let (page, links) = window(ask, STATUSES, all.len(), api)?;
        let shown = all[page].iter().map(|(context, state)| {
            let id = number_of(context);
            json!({
                "url": format!("{url}/statuses/{sha}"), "avatar_url": null, "id": id, "node_id": node_id("SC", id),
                "state": state, "description": null, "target_url": null, "context": context, "created_at": MADE,
                "updated_at": MADE,
            })
        });
        let state = match &all {
            all if all.iter().any(|(_, state)| matches!(*state, "failure" | "error")) => "failure",
            all if all.is_empty() || all.iter().any(|(_, state)| *state == "pending") => "pending",
            _ => "success",
        };
        let reply = Reply::json(
            200,
            json!({
                "state": state, "statuses": shown.collect::<Vec<_>>(), "sha": sha, "total_count": all.len(),
                "repository": minimal_repository(&self.somewhere(repository), api),
                "commit_url": format!("{url}/commits/{sha}"), "url": format!("{url}/commits/{sha}/status"),
            }),
        );
        Ok(match links {
            Some(links) => reply.header("link", links),
            None => reply,
        })
    }

    /// A place in this repository, for what is the same of all of them.
    fn somewhere(&self, repository: &Repository) -> Arc<Place> {
        let here = |place: &&Arc<Place>| place.repository.is(&repository.owner, &repository.name);
        self.inner.places.iter().find(here).cloned().unwrap_or_else(|| {
            let repository = repository.clone();
            Arc::new(Place { repository, repository_id: 1, workflow: Workflow::new(""), workflow_id: 1 })
        })
    }

    pub(super) fn list_checks(&self, ask: &Ask, repository: &Repository, name: &str) -> Answer {
        ask.caller.may("checks", "read")?;
        ask.only(CHECKS, &["check_name", "status", "filter", "per_page", "page", "app_id"])?;
        let sha = repository.commit(name).ok_or_else(|| unknown(CHECKS, name))?;
        let api = &self.settings().api_url;
        let url = format!("{api}/repos/{}", repository.full_name());
        let one = |check: &Check| {
            let Check::Run(name, status, conclusion) = check else { return None };
            let id = number_of(name);
            let page = format!("{}/{}/runs/{id}", repository.web, repository.full_name());
            Some(json!({
                "id": id, "head_sha": sha, "node_id": node_id("CR", id), "external_id": "",
                "url": format!("{url}/check-runs/{id}"), "html_url": page, "details_url": page, "status": status,
                "conclusion": conclusion, "started_at": MADE, "completed_at": conclusion.map(|_| MADE), "name": name,
                "output": {
                    "title": null, "summary": null, "text": null, "annotations_count": 0,
                    "annotations_url": format!("{url}/check-runs/{id}/annotations"),
                },
                "check_suite": null, "app": null, "pull_requests": [],
            }))
        };
        let all = repository.checks_of(&sha).filter_map(one).collect();
        paged(ask, CHECKS, Some("check_runs"), all, api)
    }

    pub(super) fn compare(&self, ask: &Ask, repository: &Repository, both: &str) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(COMPARE, &["per_page", "page"])?;
        let missing = || Reply::refusal_of(COMPARE, 404, "Not Found");
        let (from, to) = both.split_once("...").ok_or_else(missing)?;
        let count = |name: &str| {
            let sha = repository.commit(name).ok_or_else(missing)?;
            (0..=repository.commits.len()).find(|count| repository.sha_at(*count) == sha).ok_or_else(missing)
        };
        let (base, head) = (count(from)?, count(to)?);
        let api = &self.settings().api_url;
        let between = repository.commits.get(base..head).unwrap_or_default();
        let (shown, links) = window(ask, COMPARE, between.len(), api)?;
        let commits: Vec<Value> =
            shown.map(|at| commit(repository, base + at + 1, &between[at], api)).collect();
        let none = Commit { message: "Begin".to_owned(), author: Ok("ada".to_owned()) };
        let at = |count: usize| {
            let written = count.checked_sub(1).and_then(|at| repository.commits.get(at)).unwrap_or(&none);
            commit(repository, count, written, api)
        };
        let page = format!("{}/{}/compare/{from}...{to}", repository.web, repository.full_name());
        let status = match base.cmp(&head) {
            std::cmp::Ordering::Less => "ahead",
            std::cmp::Ordering::Equal => "identical",
            std::cmp::Ordering::Greater => "behind",
        };
        let reply = Reply::json(
            200,
            json!({
                "url": format!("{api}/repos/{}/compare/{from}...{to}", repository.full_name()), "html_url": page,
                "permalink_url": page, "diff_url": format!("{page}.diff"), "patch_url": format!("{page}.patch"),
                "base_commit": at(base), "merge_base_commit": at(base.min(head)), "status": status,
                "ahead_by": head.saturating_sub(base), "behind_by": base.saturating_sub(head),
                "total_commits": between.len(), "commits": commits, "files": [],
            }),
        );
        Ok(match links {
            Some(links) => reply.header("link", links),
            None => reply,
        })
    }
}

fn commit(repository: &Repository, count: usize, written: &Commit, api: &str) -> Value {
    let (sha, url) = (repository.sha_at(count), format!("{api}/repos/{}", repository.full_name()));
    let (name, login) = match &written.author {
        Ok(login) => (login, Some(login)),
        Err(name) => (name, None),
    };
    let person = json!({"name": name, "email": "somebody@example.com", "date": MADE});
    let account = login.map_or(json!(null), |login| user(login, "User", api));
    json!({
        "url": format!("{url}/commits/{sha}"), "sha": sha, "node_id": node_id("C", number_of(&sha)),
        "html_url": format!("{}/{}/commit/{sha}", repository.web, repository.full_name()),
        "comments_url": format!("{url}/commits/{sha}/comments"),
        "commit": {
            "url": format!("{url}/git/commits/{sha}"), "author": person, "committer": person,
            "message": written.message, "comment_count": 0, "tree": {"sha": sha, "url": format!("{url}/git/trees/{sha}")},
        },
        "author": account, "committer": account, "parents": [],
    })
}
