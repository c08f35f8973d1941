//! The settings of a GitHub: repositories, tokens, the app, and how its answers differ by edition.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::script::Workflow;

/// The clock, in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How this GitHub answers a dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchAnswers {
    /// github.com: 200 with the run's id for API version 2026-03-10, and also for 2022-11-28 if `return_run_details`
    /// asks for it. Otherwise 204.
    RunDetails,
    /// GitHub Enterprise Server up to 3.19: always 204, at most ten inputs, and no `return_run_details`.
    NoContent,
}

/// A GitHub App that is installed here.
#[derive(Clone)]
pub struct GitHubApp {
    /// The app's id. `iss` of its JWT may be this number.
    pub app_id: i64,
    /// The client id. `iss` of the JWT may be this text instead.
    pub client_id: String,
    /// The app's name in addresses. Its runs are started by `<slug>[bot]`.
    pub slug: String,
    pub installation_id: i64,
    /// The key that verifies the JWT's signature, as SPKI (`BEGIN PUBLIC KEY`) or PKCS#1 (`BEGIN RSA PUBLIC KEY`).
    pub public_key_pem: String,
    /// The first token of the installation. Later tokens have `.2`, `.3` … at the end, so that the use of an old one
    /// can be seen. GitHub's own tokens no longer have one fixed length, so these need none either.
    pub token: String,
    /// For this long after it was made, a token is not known everywhere. A call with it is answered with the status
    /// `unknown`.
    pub unknown_ms: i64,
    /// The status of the answer to a call whose token is not known yet: 401, 403 or 404.
    pub unknown: u16,
    /// The permissions that the app got when it was installed: `actions` → `write`.
    pub permissions: BTreeMap<String, String>,
}

impl GitHubApp {
    /// An app with the permissions that dispatching, reading and cancelling need.
    pub fn new(app_id: i64, installation_id: i64, public_key_pem: impl Into<String>) -> GitHubApp {
        let permissions = [("actions", "write"), ("contents", "read"), ("metadata", "read")];
        GitHubApp {
            app_id,
            client_id: format!("Iv23li{app_id:014}"),
            slug: "signalbox".to_owned(),
            installation_id,
            public_key_pem: public_key_pem.into(),
            token: format!("ghs_{app_id}_practice.token"),
            unknown_ms: 0,
            unknown: 401,
            permissions: permissions.map(|(name, level)| (name.to_owned(), level.to_owned())).into(),
        }
    }
}

impl fmt::Debug for GitHubApp {
    /// Leaves out the token.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubApp")
            .field("app_id", &self.app_id)
            .field("installation_id", &self.installation_id)
            .field("permissions", &self.permissions)
            .finish_non_exhaustive()
    }
}

/// A repository and the workflows on its branches.
#[derive(Clone, Debug)]
pub struct Repository {
    /// The user or organisation.
    pub owner: String,
    /// The name without the owner.
    pub name: String,
    /// The default branch. It has to be one of `branches`.
    pub default_branch: String,
    /// The branches, without `refs/heads/`.
    pub branches: Vec<String>,
    /// The tags, without `refs/tags/`.
    pub tags: Vec<String>,
    /// Every ref without `refs/heads/` or `refs/tags/` exists, whatever its name is.
    pub any_ref: bool,
    /// The beginning of the addresses of its pages: `https://github.com`.
    pub web: String,
    /// The workflows. They are the same on every branch and tag.
    pub workflows: Vec<Workflow>,
    /// The releases, the latest first.
    pub releases: Vec<Release>,
    /// The environments.
    pub environments: Vec<String>,
    /// What was written, the oldest first: one line of commits.
    pub commits: Vec<Commit>,
    /// How many of the commits a branch or tag has. One that is not here has a commit of its own.
    pub has: BTreeMap<String, usize>,
    /// The checks of a branch's or tag's commit.
    pub checks: BTreeMap<String, Vec<Check>>,
}

/// A release.
#[derive(Clone, Debug)]
pub struct Release {
    pub tag: String,
    /// Nobody but those who may write sees it, and not by its tag.
    pub draft: bool,
    pub prerelease: bool,
}

/// A commit. Its hash is computed.
#[derive(Clone, Debug)]
pub struct Commit {
    pub message: String,
    /// The login of who wrote it, or only a name where GitHub knows no login.
    pub author: Result<String, String>,
}

/// A check run or a commit status.
#[derive(Clone, Debug)]
pub enum Check {
    /// Its name, `status`, and `conclusion`.
    Run(String, &'static str, Option<&'static str>),
    /// Its context and state.
    Status(String, &'static str),
}

impl Repository {
    /// A repository with the one branch `main`.
    pub fn new(owner: impl Into<String>, name: impl Into<String>) -> Repository {
        Repository {
            owner: owner.into(),
            name: name.into(),
            default_branch: "main".to_owned(),
            branches: vec!["main".to_owned()],
            tags: Vec::new(),
            any_ref: false,
            web: "https://github.com".to_owned(),
            workflows: Vec::new(),
            releases: Vec::new(),
            environments: Vec::new(),
            commits: Vec::new(),
            has: BTreeMap::new(),
            checks: BTreeMap::new(),
        }
    }

    /// With one more branch.
    #[must_use]
    pub fn branch(mut self, name: impl Into<String>) -> Repository {
        self.branches.push(name.into());
        self
    }

    /// With one more tag.
    #[must_use]
    pub fn tag(mut self, name: impl Into<String>) -> Repository {
        self.tags.push(name.into());
        self
    }

    /// With one more workflow.
    #[must_use]
    pub fn workflow(mut self, workflow: Workflow) -> Repository {
        self.workflows.push(workflow);
        self
    }

    /// `owner/name`.
    pub fn full_name(&self) -> String {
        format!("{}/{}", self.owner, self.name)
    }

    /// GitHub ignores the case of owner and name.
    pub(super) fn is(&self, owner: &str, name: &str) -> bool {
        self.owner.eq_ignore_ascii_case(owner) && self.name.eq_ignore_ascii_case(name)
    }

    /// The branch or tag that a ref names. The ref may be short or full.
    pub(super) fn resolve<'a>(&self, git_ref: &'a str) -> Option<&'a str> {
        let has = |names: &[String], name: &str| names.iter().any(|known| known == name);
        if let Some(branch) = git_ref.strip_prefix("refs/heads/") {
            return has(&self.branches, branch).then_some(branch);
        }
        if let Some(tag) = git_ref.strip_prefix("refs/tags/") {
            return has(&self.tags, tag).then_some(tag);
        }
        (self.any_ref || has(&self.branches, git_ref) || has(&self.tags, git_ref)).then_some(git_ref)
    }
}

/// The settings of a GitHub. `GitHubSettings { repositories, ..GitHubSettings::new(clock) }` is the short way to make
/// them.
#[derive(Clone)]
pub struct GitHubSettings {
    /// The repositories. Every other repository is a 404.
    pub repositories: Vec<Repository>,
    /// A personal access token, accepted as `Bearer` and as `token`.
    pub token: String,
    /// The login of the person whom the token belongs to.
    pub actor: String,
    /// The app, if one is installed.
    pub app: Option<GitHubApp>,
    /// The app exists, but it is not installed on any repository.
    pub not_installed: bool,
    /// The secret with which webhooks are signed.
    pub webhook_secret: String,
    /// Answers have no `ETag`, as is the case behind some proxies.
    pub no_etags: bool,
    /// How a dispatch is answered.
    pub answers: DispatchAnswers,
    /// The values that `X-GitHub-Api-Version` may have. GitHub Enterprise Server up to 3.19 knows only `2022-11-28`.
    pub api_versions: Vec<String>,
    /// How many calls an hour are allowed; 5,000 on github.com.
    pub primary_limit: u32,
    /// How many points a minute are allowed: a GET costs one point, any other method five. It is 900 on github.com.
    pub secondary_limit: u32,
    /// The beginning of the addresses in `url` fields.
    pub api_url: String,
    /// The beginning of the address of a log, before `/_logs/…`. GitHub keeps its logs on another host. A test that
    /// listens on `127.0.0.1` can imitate that with the name `localhost` here.
    pub logs_url: String,
    /// The id of the first run is the number after this one. It must not be lower than the default. A practice GitHub
    /// forgets everything at a restart; with a different start, a new run is never taken for an old one.
    pub first_run: i64,
    /// Whether calls and exchanges are kept so that tests can look at them.
    pub record: bool,
    /// The clock. It is asked every time, and no other clock is used here.
    pub now_ms: Clock,
}

impl GitHubSettings {
    /// A github.com without repositories, with secrets for practice.
    pub fn new(now_ms: Clock) -> GitHubSettings {
        GitHubSettings {
            repositories: Vec::new(),
            token: "github_pat_practice".to_owned(),
            actor: "signalbox-bot".to_owned(),
            app: None,
            not_installed: false,
            webhook_secret: "hush".to_owned(),
            no_etags: false,
            answers: DispatchAnswers::RunDetails,
            api_versions: vec!["2022-11-28".to_owned(), "2026-03-10".to_owned()],
            primary_limit: 5_000,
            secondary_limit: 900,
            api_url: "https://api.github.com".to_owned(),
            logs_url: "https://logs.invalid".to_owned(),
            first_run: super::run::FIRST_RUN,
            record: true,
            now_ms,
        }
    }
}

impl fmt::Debug for GitHubSettings {
    /// Leaves out the secrets, and the clock because it cannot be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubSettings")
            .field("repositories", &self.repositories)
            .field("actor", &self.actor)
            .field("app", &self.app)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}
