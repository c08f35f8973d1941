//! What a repository has: branches, tags, releases, environments.
//!
//! <https://docs.github.com/en/rest/branches/branches>, <https://docs.github.com/en/rest/git/refs>,
//! <https://docs.github.com/en/rest/releases/releases>, <https://docs.github.com/en/rest/deployments/environments>

use serde_json::{Value, json};

use super::GitHub;
use super::reply::{Answer, Reply};
use super::route::Ask;
use super::runs::paged;
use super::settings::{Release, Repository};
use super::wire::{node_id, number_of, user};

const BRANCHES: &str = "https://docs.github.com/rest/branches/branches#list-branches";
const TAGS: &str = "https://docs.github.com/rest/repos/repos#list-repository-tags";
const RELEASES: &str = "https://docs.github.com/rest/releases/releases";
const ENVIRONMENTS: &str = "https://docs.github.com/rest/deployments/environments";
const REFS: &str = "https://docs.github.com/rest/git/refs#get-a-reference";
/// When everything here was made. Nothing depends on it.
const MADE: &str = "2024-01-01T00:00:00Z";

impl GitHub {
    fn below(&self, repository: &Repository) -> String {
        format!("{}/repos/{}", self.settings().api_url, repository.full_name())
    }

    pub(super) fn list_branches(&self, ask: &Ask, repository: &Repository) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(BRANCHES, &["protected", "per_page", "page"])?;
        let url = self.below(repository);
        // GitHub lists them by name.
        let mut names = repository.branches.clone();
        names.sort();
        let one = |name: &String| {
            let sha = repository.sha_of(name);
            json!({"name": name, "commit": {"sha": sha, "url": format!("{url}/commits/{sha}")}, "protected": false})
        };
        paged(ask, BRANCHES, None, names.iter().map(one).collect(), &self.settings().api_url)
    }

    pub(super) fn list_tags(&self, ask: &Ask, repository: &Repository) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(TAGS, &["per_page", "page"])?;
        let url = self.below(repository);
        let one = |name: &String| {
            let sha = repository.sha_of(name);
            json!({
                "name": name, "commit": {"sha": sha, "url": format!("{url}/commits/{sha}")},
                "zipball_url": format!("{url}/zipball/refs/tags/{name}"),
                "tarball_url": format!("{url}/tarball/refs/tags/{name}"), "node_id": node_id("REF", number_of(name)),
            })
        };
        paged(ask, TAGS, None, repository.tags.iter().map(one).collect(), &self.settings().api_url)
    }

    pub(super) fn list_releases(&self, ask: &Ask, repository: &Repository) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(RELEASES, &["per_page", "page"])?;
        let all = repository.releases.iter().map(|release| self.release(repository, release)).collect();
        paged(ask, RELEASES, None, all, &self.settings().api_url)
    }

    /// A draft is not found by its tag.
    pub(super) fn show_release(&self, ask: &Ask, repository: &Repository, tag: &str) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(RELEASES, &[])?;
        let found = repository.releases.iter().find(|release| release.tag == tag && !release.draft);
        let found = found.ok_or_else(|| Reply::refusal_of(RELEASES, 404, "Not Found"))?;
        Ok(Reply::json(200, self.release(repository, found)))
    }

    fn release(&self, repository: &Repository, release: &Release) -> Value {
        let (url, tag, id) = (self.below(repository), &release.tag, number_of(&release.tag));
        let page = format!("{}/{}/releases/tag/{tag}", repository.web, repository.full_name());
        json!({
            "url": format!("{url}/releases/{id}"), "html_url": page, "assets_url": format!("{url}/releases/{id}/assets"),
            "upload_url": format!("{url}/releases/{id}/assets{{?name,label}}"),
            "tarball_url": format!("{url}/tarball/{tag}"), "zipball_url": format!("{url}/zipball/{tag}"),
            "id": id, "node_id": node_id("RE", id), "tag_name": tag, "target_commitish": repository.default_branch,
            "name": tag, "body": null, "draft": release.draft, "prerelease": release.prerelease, "created_at": MADE,
            "published_at": if release.draft { Value::Null } else { json!(MADE) },
            "author": user("ada", "User", &self.settings().api_url), "assets": [],
        })
    }

    pub(super) fn list_environments(&self, ask: &Ask, repository: &Repository) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(ENVIRONMENTS, &["per_page", "page"])?;
        let all = repository.environments.iter().map(|name| self.environment(repository, name)).collect();
        paged(ask, ENVIRONMENTS, Some("environments"), all, &self.settings().api_url)
    }

    pub(super) fn show_environment(&self, ask: &Ask, repository: &Repository, name: &str) -> Answer {
        ask.caller.may("actions", "read")?;
        ask.only(ENVIRONMENTS, &[])?;
        let known = repository.environments.iter().find(|known| *known == name);
        let known = known.ok_or_else(|| Reply::refusal_of(ENVIRONMENTS, 404, "Not Found"))?;
        Ok(Reply::json(200, self.environment(repository, known)))
    }

    fn environment(&self, repository: &Repository, name: &str) -> Value {
        let (id, shown) = (number_of(name), name.replace(' ', "%20").replace('/', "%2F"));
        json!({
            "id": id, "node_id": node_id("EN", id), "name": name,
            "url": format!("{}/environments/{shown}", self.below(repository)),
            "html_url": format!("{}/{}/deployments/activity_log?environments_filter={shown}", repository.web, repository.full_name()),
            "created_at": MADE, "updated_at": MADE,
        })
    }

    /// Only the whole name of a ref is found.
    pub(super) fn show_ref(&self, ask: &Ask, repository: &Repository, git_ref: &str) -> Answer {
        ask.caller.may("contents", "read")?;
        ask.only(REFS, &[])?;
        let found = match git_ref.split_once('/') {
            Some(("heads", name)) => repository.branches.iter().find(|known| *known == name),
            Some(("tags", name)) => repository.tags.iter().find(|known| *known == name),
            _ => None,
        };
        let name = found.ok_or_else(|| Reply::refusal_of(REFS, 404, "Not Found"))?;
        let (url, sha) = (self.below(repository), repository.sha_of(name));
        Ok(Reply::json(
            200,
            json!({
                "ref": format!("refs/{git_ref}"), "node_id": node_id("REF", number_of(git_ref)),
                "url": format!("{url}/git/refs/{git_ref}"),
                "object": {"type": "commit", "sha": sha, "url": format!("{url}/git/commits/{sha}")},
            }),
        ))
    }
}
