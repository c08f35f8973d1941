//! What a Jenkins is made of: who may call it, its jobs, and how their builds go.
//!
//! Plain data. What follows from it, and when, is `state.rs` and `timeline.rs`.

use std::fmt;
use std::sync::Arc;

/// Everything a Jenkins is made of. [`JenkinsSettings::new`] fills in what a test seldom cares about.
#[derive(Clone)]
pub struct JenkinsSettings {
    /// The one user who may call.
    pub user: String,
    /// Their API token, sent as the password of HTTP Basic.
    pub token: String,
    /// The *Jenkins root URL* of its configuration: what `Location` headers and `url` fields begin with. It may name
    /// another host than the one that was called.
    pub root_url: String,
    /// Its jobs. Folders are made from their paths.
    pub jobs: Vec<Job>,
    /// How notifications reach the door.
    pub notify: Notify,
    /// Whether the plugin *pipeline-rest-api* is installed: without it, nothing is at `wfapi`.
    pub pipeline_rest: bool,
    /// Whether calls are kept, for tests to look at.
    pub record: bool,
    /// The clock, in milliseconds since 1970.
    pub now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl JenkinsSettings {
    /// User `signalbox` with the token `practice`, at `https://jenkins.example/`, with *pipeline-rest-api* and with
    /// notifications that carry the secret `practice`.
    pub fn new(jobs: Vec<Job>, now_ms: Arc<dyn Fn() -> i64 + Send + Sync>) -> JenkinsSettings {
        JenkinsSettings {
            user: "signalbox".to_owned(),
            token: "practice".to_owned(),
            root_url: "https://jenkins.example/".to_owned(),
            jobs,
            notify: Notify::secret("practice"),
            pipeline_rest: true,
            record: true,
            now_ms,
        }
    }
}

impl fmt::Debug for JenkinsSettings {
    /// Without the secrets, and without the clock, which has nothing to show.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JenkinsSettings")
            .field("user", &self.user)
            .field("root_url", &self.root_url)
            .field("jobs", &self.jobs)
            .field("pipeline_rest", &self.pipeline_rest)
            .finish_non_exhaustive()
    }
}

/// How Jenkins tells the app about builds.
#[derive(Clone)]
pub enum Notify {
    /// It does not.
    Off,
    /// As the *Notification* plugin does, which cannot sign: `?secret=…` in the address.
    Secret {
        /// The path at the door.
        path: String,
        /// The value of `secret`.
        secret: String,
    },
    /// As a shared library does with `httpRequest`: `X-Signature-256: sha256=` and the HMAC-SHA256 of the body.
    Signed {
        /// The path at the door.
        path: String,
        key: String,
    },
}

impl Notify {
    /// To `/webhooks/jenkins`, with this secret in the address.
    pub fn secret(secret: &str) -> Notify {
        Notify::Secret { path: "/webhooks/jenkins".to_owned(), secret: secret.to_owned() }
    }

    /// To `/webhooks/jenkins`, signed with this key.
    pub fn signed(key: &str) -> Notify {
        Notify::Signed { path: "/webhooks/jenkins".to_owned(), key: key.to_owned() }
    }
}

impl fmt::Debug for Notify {
    /// Without the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notify::Off => f.write_str("Off"),
            Notify::Secret { path, .. } => write!(f, "Secret({path})"),
            Notify::Signed { path, .. } => write!(f, "Signed({path})"),
        }
    }
}

/// A job, and how each of its builds goes.
#[derive(Clone, Debug)]
pub struct Job {
    /// Folders and name: `web/deploy`. A branch of a multibranch job has its name encoded once, as Jenkins stores it:
    /// `shop/release/feature%2Fx`.
    pub path: String,
    /// What its builds take. None makes it a job that only `/build` starts.
    pub parameters: Vec<ParameterDefinition>,
    /// Nothing can be started.
    pub disabled: bool,
    /// Something in Jenkins (a `QueueDecisionHandler`) refuses whatever is asked.
    pub vetoed: bool,
    /// The user may see the job, but neither build nor cancel it.
    pub forbidden: bool,
    /// What happens in a build, in order.
    pub stages: Vec<Stage>,
    /// The quiet period: how long an item waits for more of its kind.
    pub quiet_ms: i64,
    /// How long an item that may build waits for an executor.
    pub queued_ms: i64,
    /// How long a build that is no longer `building` is still `inProgress`.
    pub finishing_ms: i64,
    /// What it takes to end a running build before its time.
    pub takes_stop: StopNeeded,
    /// Items are accepted and leave the queue, and no build ever begins.
    pub lost_in_queue: bool,
    /// A Pipeline: it has stages to show, and `/term` and `/kill`.
    pub pipeline: bool,
    /// Builds may run side by side; otherwise an item is blocked while one runs.
    pub concurrent: bool,
    /// Its builds stop without ever saying how they ended, as they do where Jenkins was ended in between.
    pub no_result: bool,
    /// Only so many builds are kept; older ones are discarded as soon as they are over. `None`: all.
    pub keeps: Option<usize>,
}

impl Job {
    /// A Pipeline without parameters and stages: its builds end as soon as they begin.
    pub fn pipeline(path: &str) -> Job {
        Job {
            path: path.to_owned(),
            parameters: Vec::new(),
            disabled: false,
            vetoed: false,
            forbidden: false,
            stages: Vec::new(),
            quiet_ms: 5_000,
            queued_ms: 0,
            finishing_ms: 0,
            takes_stop: StopNeeded::Stop,
            lost_in_queue: false,
            pipeline: true,
            concurrent: true,
            no_result: false,
            keeps: None,
        }
    }

    /// A freestyle job: no stages to be seen, and one build at a time.
    pub fn freestyle(path: &str) -> Job {
        Job { pipeline: false, concurrent: false, ..Job::pipeline(path) }
    }

    /// With one more parameter.
    #[must_use]
    pub fn parameter(mut self, parameter: ParameterDefinition) -> Job {
        self.parameters.push(parameter);
        self
    }

    /// With one more stage.
    #[must_use]
    pub fn stage(mut self, stage: Stage) -> Job {
        self.stages.push(stage);
        self
    }
}

/// The strongest request that is needed to end a running build; weaker ones are accepted and change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopNeeded {
    /// `/stop` does it, and the other two.
    Stop,
    /// `/term` or `/kill`.
    Term,
    /// Only `/kill`.
    Kill,
}

/// One stage of a build.
#[derive(Clone, Debug)]
pub struct Stage {
    pub name: String,
    /// How long it takes, unless it hangs.
    pub ms: i64,
    /// How it ends.
    pub ends: StageEnd,
    /// What it writes to the log when it begins; lines, each with its line break.
    pub log: String,
}

impl Stage {
    /// A stage that succeeds.
    pub fn new(name: &str, ms: i64) -> Stage {
        Stage { name: name.to_owned(), ms, ends: StageEnd::Success, log: format!("+ {name}\n") }
    }

    /// The same, ending otherwise.
    #[must_use]
    pub fn ends(mut self, ends: StageEnd) -> Stage {
        self.ends = ends;
        self
    }

    /// The same, with this log.
    #[must_use]
    pub fn log(mut self, log: &str) -> Stage {
        log.clone_into(&mut self.log);
        self
    }
}

/// How a stage ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageEnd {
    /// The next one follows.
    Success,
    /// The build ends here, as `FAILURE`.
    Failure,
    /// The next one follows, and the build is `UNSTABLE` at best.
    Unstable,
    /// Never, unless the build is stopped.
    Hang,
}

/// What a job asks for.
#[derive(Clone, Debug)]
pub struct ParameterDefinition {
    pub name: String,
    /// What values it takes.
    pub kind: ParameterKind,
    /// What it is when nobody says. For a choice that is no option, the first option.
    pub default: String,
}

/// What values a parameter takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// One line.
    String,
    /// Several lines.
    Text,
    /// `true`, in any case, and anything else is false.
    Boolean,
    /// One of these.
    Choice(Vec<String>),
    /// A secret: taken, compared, never shown.
    Password,
}

impl ParameterDefinition {
    /// One line, with a default.
    pub fn string(name: &str, default: &str) -> ParameterDefinition {
        ParameterDefinition {
            name: name.to_owned(),
            kind: ParameterKind::String,
            default: default.to_owned(),
        }
    }

    /// Several lines, empty unless given.
    pub fn text(name: &str) -> ParameterDefinition {
        ParameterDefinition { kind: ParameterKind::Text, ..ParameterDefinition::string(name, "") }
    }

    /// Yes or no.
    pub fn boolean(name: &str, default: bool) -> ParameterDefinition {
        let default = if default { "true" } else { "false" };
        ParameterDefinition { kind: ParameterKind::Boolean, ..ParameterDefinition::string(name, default) }
    }

    /// One of these; the first unless given.
    pub fn choice(name: &str, options: &[&str]) -> ParameterDefinition {
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        ParameterDefinition { kind: ParameterKind::Choice(options), ..ParameterDefinition::string(name, "") }
    }

    /// A secret, empty unless given.
    pub fn password(name: &str) -> ParameterDefinition {
        ParameterDefinition { kind: ParameterKind::Password, ..ParameterDefinition::string(name, "") }
    }
}
