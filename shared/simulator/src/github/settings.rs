//! What a GitHub is made of: repositories, tokens, the app, and how its answers differ by edition.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::script::Workflow;

/// The clock, in milliseconds since 1970.
pub type Clock = Arc<dyn Fn() -> i64 + Send + Sync>;

/// How this GitHub answers a dispatch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DispatchAnswers {
    /// github.com: 200 with the run's id for API version 2026-03-10, and for 2022-11-28 when
    /// `return_run_details` asks for it; otherwise 204.
    RunDetails,
    /// GitHub Enterprise Server up to 3.19: always 204, at most ten inputs, and no `return_run_details`.
    NoContent,
}

/// A GitHub App that is installed here.
#[derive(Clone)]
pub struct GitHubApp {
    /// `iss` of its JWT may be this …
    pub app_id: i64,
    /// … or this.
    pub client_id: String,
    /// Its runs are started by `<slug>[bot]`.
    pub slug: String,
    pub installation_id: i64,
    /// SPKI (`BEGIN PUBLIC KEY`) or PKCS#1 (`BEGIN RSA PUBLIC KEY`); what the JWT's signature is held against.
    pub public_key_pem: String,
    /// What the installation's first token is; later ones get `.2`, `.3` … after it, so that a stale one shows.
    /// GitHub's own are no longer of one length, so neither need this be.
    pub token: String,
    /// For so long after it was made a token is not known everywhere, and a call with it is answered …
    pub unknown_ms: i64,
    /// … with this status: 401, 403 or 404.
    pub unknown: u16,
    /// What the app was granted when it was installed: `actions` → `write`.
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
    /// Without the token.
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
    /// Without the owner.
    pub name: String,
    /// One of the branches.
    pub default_branch: String,
    /// Without `refs/heads/`.
    pub branches: Vec<String>,
    /// Without `refs/tags/`.
    pub tags: Vec<String>,
    /// Every ref exists, whatever it is called.
    pub any_ref: bool,
    /// What stands before its pages: `https://github.com`.
    pub web: String,
    /// The same on every branch and tag.
    pub workflows: Vec<Workflow>,
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

    /// GitHub does not mind the case of either.
    pub(super) fn is(&self, owner: &str, name: &str) -> bool {
        self.owner.eq_ignore_ascii_case(owner) && self.name.eq_ignore_ascii_case(name)
    }

    /// What a ref names: a branch or a tag, short or in full.
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

/// Everything a GitHub is made of. `GitHubSettings { repositories, ..GitHubSettings::new(clock) }` is the short way.
#[derive(Clone)]
pub struct GitHubSettings {
    /// Every other repository is a 404.
    pub repositories: Vec<Repository>,
    /// A personal access token, accepted as `Bearer` and as `token`.
    pub token: String,
    /// Whose token that is.
    pub actor: String,
    /// The app, if one is installed.
    pub app: Option<GitHubApp>,
    /// The app is there, and installed on no repository.
    pub not_installed: bool,
    /// What webhooks are signed with.
    pub webhook_secret: String,
    /// Answers have no `ETag`, as behind some proxies.
    pub no_etags: bool,
    /// How a dispatch is answered.
    pub answers: DispatchAnswers,
    /// The values `X-GitHub-Api-Version` may have; GitHub Enterprise Server up to 3.19 knows `2022-11-28` alone.
    pub api_versions: Vec<String>,
    /// Calls an hour; 5,000 on github.com.
    pub primary_limit: u32,
    /// Points a minute: a read costs one, a write five; 900 on github.com.
    pub secondary_limit: u32,
    /// What stands before the paths of `url` fields.
    pub api_url: String,
    /// What stands before `/_logs/…` in the answer to a request for a log. GitHub keeps its logs with another
    /// host, and a test that listens on `127.0.0.1` can do the same by calling itself `localhost` here.
    pub logs_url: String,
    /// What the first run's id comes after; not below the usual. A practice GitHub forgets everything at a restart; with another start, no
    /// new run is taken for an old one.
    pub first_run: i64,
    /// Whether calls and exchanges are kept, for tests to look at.
    pub record: bool,
    /// Asked for every time; nothing here reads another.
    pub now_ms: Clock,
}

impl GitHubSettings {
    /// An empty github.com with practice secrets.
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
    /// Without the secrets, and without the clock, which has nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GitHubSettings")
            .field("repositories", &self.repositories)
            .field("actor", &self.actor)
            .field("app", &self.app)
            .field("answers", &self.answers)
            .finish_non_exhaustive()
    }
}
