//! The objects of GitHub's answers and webhooks, with every property that its description requires.

use serde_json::{Map, Value, json};
use sha2::{Digest, Sha256};

use super::run::{Place, Run};
use super::time::iso;
use super::timeline::{JobPlan, StepPlan};

/// Forty hexadecimal digits that are always the same for the same text. Commits, trees and blobs are not stored here.
pub(super) fn git_id(words: &str) -> String {
    hex::encode(&Sha256::digest(words.as_bytes())[..20])
}

pub(super) fn number_of(words: &str) -> i64 {
    let digest = Sha256::digest(words.as_bytes());
    digest.iter().take(4).fold(0, |number, byte| (number << 8) | i64::from(*byte))
}

/// An opaque id, like GitHub's node ids.
pub(super) fn node_id(kind: &str, id: i64) -> String {
    format!("{kind}_kwDO{id:x}")
}

/// A person, an organisation or a bot.
pub(super) fn user(login: &str, kind: &str, api: &str) -> Value {
    let id = number_of(login);
    // Encodes a login such as `signalbox[bot]` for use in an address.
    let name = login.replace('[', "%5B").replace(']', "%5D");
    let url = format!("{api}/users/{name}");
    json!({
        "login": login, "id": id, "node_id": node_id("U", id),
        "avatar_url": format!("https://avatars.githubusercontent.com/u/{id}?v=4"), "gravatar_id": "",
        "url": url, "html_url": format!("https://github.com/{name}"),
        "followers_url": format!("{url}/followers"),
        "following_url": format!("{url}/following{{/other_user}}"),
        "gists_url": format!("{url}/gists{{/gist_id}}"),
        "starred_url": format!("{url}/starred{{/owner}}{{/repo}}"),
        "subscriptions_url": format!("{url}/subscriptions"),
        "organizations_url": format!("{url}/orgs"), "repos_url": format!("{url}/repos"),
        "events_url": format!("{url}/events{{/privacy}}"),
        "received_events_url": format!("{url}/received_events"),
        "type": kind, "user_view_type": "public", "site_admin": false,
    })
}

pub(super) fn actor(login: &str, api: &str) -> Value {
    user(login, if login.ends_with("[bot]") { "Bot" } else { "User" }, api)
}

/// The `*_url` fields of a repository that consist of its own URL and something after it.
const REPOSITORY_URLS: [(&str, &str); 37] = [
    ("archive_url", "/{archive_format}{/ref}"),
    ("assignees_url", "/assignees{/user}"),
    ("blobs_url", "/git/blobs{/sha}"),
    ("branches_url", "/branches{/branch}"),
    ("collaborators_url", "/collaborators{/collaborator}"),
    ("comments_url", "/comments{/number}"),
    ("commits_url", "/commits{/sha}"),
    ("compare_url", "/compare/{base}...{head}"),
    ("contents_url", "/contents/{+path}"),
    ("contributors_url", "/contributors"),
    ("deployments_url", "/deployments"),
    ("downloads_url", "/downloads"),
    ("events_url", "/events"),
    ("forks_url", "/forks"),
    ("git_commits_url", "/git/commits{/sha}"),
    ("git_refs_url", "/git/refs{/sha}"),
    ("git_tags_url", "/git/tags{/sha}"),
    ("hooks_url", "/hooks"),
    ("issue_comment_url", "/issues/comments{/number}"),
    ("issue_events_url", "/issues/events{/number}"),
    ("issues_url", "/issues{/number}"),
    ("keys_url", "/keys{/key_id}"),
    ("labels_url", "/labels{/name}"),
    ("languages_url", "/languages"),
    ("merges_url", "/merges"),
    ("milestones_url", "/milestones{/number}"),
    ("notifications_url", "/notifications{?since,all,participating}"),
    ("pulls_url", "/pulls{/number}"),
    ("releases_url", "/releases{/id}"),
    ("stargazers_url", "/stargazers"),
    ("statuses_url", "/statuses/{sha}"),
    ("subscribers_url", "/subscribers"),
    ("subscription_url", "/subscription"),
    ("tags_url", "/tags"),
    ("teams_url", "/teams"),
    ("trees_url", "/git/trees{/sha}"),
    ("url", ""),
];

fn repository_url(place: &Place, api: &str) -> String {
    format!("{api}/repos/{}", place.repository.full_name())
}

fn page(place: &Place) -> String {
    format!("{}/{}", place.repository.web, place.repository.full_name())
}

/// A repository in the form that runs contain.
pub(super) fn minimal_repository(place: &Place, api: &str) -> Value {
    let url = repository_url(place, api);
    let urls = REPOSITORY_URLS.iter().map(|(name, tail)| ((*name).to_owned(), json!(format!("{url}{tail}"))));
    let mut repository: Map<String, Value> = urls.collect();
    let Value::Object(rest) = json!({
        "id": place.repository_id, "node_id": node_id("R", place.repository_id),
        "name": place.repository.name, "full_name": place.repository.full_name(),
        "owner": user(&place.repository.owner, "Organization", api),
        "private": true, "html_url": page(place), "description": null, "fork": false,
    }) else {
        return Value::Null;
    };
    repository.extend(rest);
    Value::Object(repository)
}

/// A repository in the form that webhooks contain.
pub(super) fn full_repository(place: &Place, api: &str) -> Value {
    let mut repository = minimal_repository(place, api);
    let made = "2024-01-01T00:00:00Z";
    let full_name = place.repository.full_name();
    let Value::Object(more) = json!({
        "git_url": format!("git://github.com/{full_name}.git"),
        "ssh_url": format!("git@github.com:{full_name}.git"),
        "clone_url": format!("https://github.com/{full_name}.git"),
        "svn_url": format!("https://github.com/{full_name}"),
        "homepage": null, "language": null, "mirror_url": null, "license": null,
        "created_at": made, "updated_at": made, "pushed_at": made,
        "size": 1, "stargazers_count": 0, "watchers_count": 0, "forks_count": 0, "open_issues_count": 0,
        "forks": 0, "open_issues": 0, "watchers": 0,
        "has_issues": true, "has_projects": true, "has_downloads": true, "has_wiki": true, "has_pages": false,
        "has_discussions": false, "archived": false, "disabled": false, "allow_forking": true,
        "is_template": false, "web_commit_signoff_required": false, "topics": [], "visibility": "private",
        "default_branch": place.repository.default_branch,
    }) else {
        return repository;
    };
    if let Value::Object(fields) = &mut repository {
        fields.extend(more);
    }
    repository
}

/// A workflow in the form that its own endpoint and webhooks show.
pub(super) fn workflow(place: &Place, api: &str) -> Value {
    let (id, path, page) = (place.workflow_id, place.workflow.path(), page(place));
    let made = "2024-01-01T00:00:00.000Z";
    json!({
        "id": id, "node_id": node_id("W", id), "name": place.workflow.name, "path": path, "state": place.workflow.state,
        "created_at": made, "updated_at": made,
        "url": format!("{}/actions/workflows/{id}", repository_url(place, api)),
        "html_url": format!("{page}/blob/{}/{path}", place.repository.default_branch),
        "badge_url": format!("{page}/actions/workflows/{}/badge.svg", place.workflow.file),
    })
}

/// The commit of a run.
fn head(run: &Run) -> String {
    git_id(&format!("{}@{}", run.place.repository.full_name(), run.branch))
}

pub(super) fn run_url(run: &Run, api: &str) -> String {
    format!("{}/actions/runs/{}", repository_url(&run.place, api), run.id)
}

pub(super) fn run_page(run: &Run) -> String {
    format!("{}/actions/runs/{}", page(&run.place), run.id)
}

/// An attempt at a run, as it was at a moment. `None` if there is no such attempt.
pub(super) fn workflow_run(run: &Run, attempt: u32, now: i64, api: &str) -> Option<Value> {
    let (this, plan) = run.attempt(attempt)?;
    let (status, conclusion) = plan.stretch.status(now);
    let (url, sha) = (run_url(run, api), head(run));
    let repository = minimal_repository(&run.place, api);
    let previous = (attempt > 1).then(|| format!("{url}/attempts/{}", attempt - 1));
    let suite = run.id + 20_000_000_000;
    let who = actor(&run.actor, api);
    let author = json!({"name": "Ada", "email": "ada@example.com"});
    Some(json!({
        "id": run.id, "node_id": node_id("WFR", run.id), "name": run.place.workflow.name,
        "path": run.place.workflow.path(), "display_title": run.title,
        "head_branch": run.branch, "head_sha": sha,
        "run_number": run.number, "run_attempt": attempt, "event": "workflow_dispatch",
        "status": status, "conclusion": conclusion.map(super::timeline::Conclusion::as_str),
        "workflow_id": run.place.workflow_id, "workflow_url":
            format!("{}/actions/workflows/{}", repository_url(&run.place, api), run.place.workflow_id),
        "check_suite_id": suite, "check_suite_node_id": node_id("CS", suite),
        "check_suite_url": format!("{}/check-suites/{suite}", repository_url(&run.place, api)),
        "url": url, "html_url": run_page(run), "jobs_url": format!("{url}/jobs"),
        "logs_url": format!("{url}/logs"), "artifacts_url": format!("{url}/artifacts"),
        "cancel_url": format!("{url}/cancel"), "rerun_url": format!("{url}/rerun"),
        "previous_attempt_url": previous,
        "pull_requests": [], "referenced_workflows": [],
        "created_at": iso(run.created_ms), "run_started_at": iso(this.began_ms),
        "updated_at": iso(plan.last_change(this.began_ms, now)),
        "actor": who, "triggering_actor": who,
        "head_commit": {
            "id": sha, "tree_id": git_id(&sha), "message": "Ready to go", "timestamp": "2024-01-01T00:00:00Z",
            "author": author, "committer": author,
        },
        "repository": repository, "head_repository": repository,
    }))
}

/// A job as it was at a moment.
pub(super) fn job(run: &Run, attempt: u32, plan: &JobPlan, now: i64, api: &str) -> Value {
    let id = run.job_id(attempt, plan.index);
    let (status, conclusion) = plan.stretch.status(now);
    let began = plan.stretch.from.filter(|from| *from <= now);
    let runner = began.map(|_| i64::try_from(plan.index).unwrap_or(0) + 1);
    let steps: Vec<Value> = match began {
        None => Vec::new(),
        Some(_) => (1..).zip(&plan.steps).map(|(number, plan)| step(number, plan, now)).collect(),
    };
    let repository = repository_url(&run.place, api);
    let name = run.place.workflow.jobs.get(plan.index).map(|job| job.name.as_str());
    json!({
        "id": id, "node_id": node_id("CR", id), "run_id": run.id, "run_url": run_url(run, api),
        "run_attempt": attempt, "workflow_name": run.place.workflow.name,
        "head_branch": run.branch, "head_sha": head(run),
        "url": format!("{repository}/actions/jobs/{id}"),
        "html_url": format!("{}/job/{id}", run_page(run)),
        "check_run_url": format!("{repository}/check-runs/{id}"),
        "name": name, "status": status, "conclusion": conclusion.map(super::timeline::Conclusion::as_str),
        // A job that waits shows the moment of its creation as its start.
        "created_at": iso(plan.queued), "started_at": iso(began.unwrap_or(plan.queued)),
        "completed_at": plan.stretch.to.filter(|to| *to <= now).map(iso),
        "labels": ["ubuntu-latest"],
        "runner_id": runner, "runner_name": runner.map(|id| format!("GitHub Actions {id}")),
        "runner_group_id": runner.map(|_| 0), "runner_group_name": runner.map(|_| "GitHub Actions"),
        "steps": steps,
    })
}

fn step(number: i64, plan: &StepPlan, now: i64) -> Value {
    let (status, conclusion) = plan.stretch.status(now);
    let moment = |at: Option<i64>| at.filter(|at| *at <= now).map(iso);
    json!({
        "name": plan.name, "number": number, "status": status,
        "conclusion": conclusion.map(super::timeline::Conclusion::as_str),
        "started_at": moment(plan.stretch.from), "completed_at": moment(plan.stretch.to),
    })
}
