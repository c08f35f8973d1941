//! The settings of a Jenkins: who may call it, its jobs, and how their builds go.
//!
//! This is plain data. `state.rs` and `timeline.rs` compute what happens because of it, and when.

use std::fmt;
use std::sync::Arc;

/// The settings of a Jenkins. [`JenkinsSettings::new`] fills in what tests rarely need to choose.
#[derive(Clone)]
pub struct JenkinsSettings {
    /// The one user who may call.
    pub user: String,
    /// The user's API token, sent as the password of HTTP Basic.
    pub token: String,
    /// The *Jenkins root URL* of its configuration, with which `Location` headers and `url` fields begin. It may name
    /// another host than the one that was called.
    pub root_url: String,
    /// Its jobs. The folders follow from their paths.
    pub jobs: Vec<Job>,
    /// How notifications are sent to the app.
    pub notify: Notify,
    /// Whether the plugin *pipeline-rest-api* is installed. Without it, there is nothing at `wfapi`.
    pub pipeline_rest: bool,
    /// Whether calls are kept so that tests can look at them.
    pub record: bool,
    /// The clock, in milliseconds since 1970.
    pub now_ms: Arc<dyn Fn() -> i64 + Send + Sync>,
}

impl JenkinsSettings {
    /// A Jenkins at `https://jenkins.example/` for the user `signalbox` with the token `practice`. It has
    /// *pipeline-rest-api*, and its notifications carry the secret `practice`.
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
    /// Leaves out the secrets, and the clock because it cannot be shown.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("JenkinsSettings")
            .field("user", &self.user)
            .field("root_url", &self.root_url)
            .field("jobs", &self.jobs)
            .field("pipeline_rest", &self.pipeline_rest)
            .finish_non_exhaustive()
    }
}

/// How Jenkins notifies the app about builds.
#[derive(Clone)]
pub enum Notify {
    /// It sends no notifications.
    Off,
    /// As with the *Notification* plugin, which cannot sign: the address contains `?secret=…`.
    Secret {
        /// The path of the app's webhook.
        path: String,
        /// The value of `secret`.
        secret: String,
    },
    /// As with a shared library that uses `httpRequest`: `X-Signature-256` has `sha256=` and the HMAC-SHA256 of the
    /// body.
    Signed {
        /// The path of the app's webhook.
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
    /// Leaves out the secrets.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Notify::Off => f.write_str("Off"),
            Notify::Secret { path, .. } => write!(f, "Secret({path})"),
            Notify::Signed { path, .. } => write!(f, "Signed({path})"),
        }
    }
}

/// A job, and what happens in each of its builds.
#[derive(Clone, Debug)]
pub struct Job {
    /// The folders and the name: `web/deploy`. The name of a branch of a multibranch job is encoded once, as Jenkins
    /// stores it: `shop/release/feature%2Fx`.
    pub path: String,
    /// The parameters of its builds. A job without parameters can be started only by `/build`.
    pub parameters: Vec<ParameterDefinition>,
    /// No build can be started.
    pub disabled: bool,
    /// Something in Jenkins (a `QueueDecisionHandler`) refuses every request to build.
    pub vetoed: bool,
    /// The user may see the job, but may neither build nor cancel it.
    pub forbidden: bool,
    /// What happens in a build, in order.
    pub stages: Vec<Stage>,
    /// The quiet period: how long an item waits for equal requests.
    pub quiet_ms: i64,
    /// How long an item waits for an executor when nothing else keeps it from beginning.
    pub queued_ms: i64,
    /// How long a build stays `inProgress` after it is no longer `building`.
    pub finishing_ms: i64,
    /// Which request is needed to end a running build before its time.
    pub takes_stop: StopNeeded,
    /// Items are accepted and leave the queue, but no build ever begins.
    pub lost_in_queue: bool,
    /// Whether it is a Pipeline. A Pipeline shows stages, and has `/term` and `/kill`.
    pub pipeline: bool,
    /// Whether its builds may run at the same time. Otherwise an item is blocked while a build runs.
    pub concurrent: bool,
    /// Its builds stop without ever saying how they ended. This happens when Jenkins was ended in the meantime.
    pub no_result: bool,
    /// How many builds are kept. Older ones are discarded as soon as they are over. `None` keeps all.
    pub keeps: Option<usize>,
}

impl Job {
    /// A Pipeline without parameters and stages. Its builds end as soon as they begin.
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

    /// A freestyle job: it shows no stages, and runs one build at a time.
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

/// The weakest request that ends a running build. Weaker ones are accepted and change nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum StopNeeded {
    /// `/stop` is enough; the other two work as well.
    Stop,
    /// `/term` or `/kill` is needed.
    Term,
    /// Only `/kill` works.
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
    /// What it writes to the log when it begins: lines, each with its line break.
    pub log: String,
}

impl Stage {
    /// A stage that succeeds.
    pub fn new(name: &str, ms: i64) -> Stage {
        Stage { name: name.to_owned(), ms, ends: StageEnd::Success, log: format!("+ {name}\n") }
    }

    /// The same stage with another end.
    #[must_use]
    pub fn ends(mut self, ends: StageEnd) -> Stage {
        self.ends = ends;
        self
    }

    /// The same stage with this log.
    #[must_use]
    pub fn log(mut self, log: &str) -> Stage {
        log.clone_into(&mut self.log);
        self
    }
}

/// How a stage ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageEnd {
    /// It succeeds, and the next stage follows.
    Success,
    /// It fails, and the build ends here as `FAILURE`.
    Failure,
    /// It is unstable. The next stage follows, but the build cannot be better than `UNSTABLE`.
    Unstable,
    /// It does not end unless the build is stopped.
    Hang,
}

/// A parameter that a job asks for.
#[derive(Clone, Debug)]
pub struct ParameterDefinition {
    pub name: String,
    /// Which values it takes.
    pub kind: ParameterKind,
    /// The value if none is given. If this is not one of a choice's options, the first option is used.
    pub default: String,
}

/// Which values a parameter takes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// A text of one line.
    String,
    /// A text of several lines.
    Text,
    /// `true` in any case of letters. Everything else is false.
    Boolean,
    /// One of these options.
    Choice(Vec<String>),
    /// A secret: it is accepted and compared, but never shown.
    Password,
}

impl ParameterDefinition {
    /// A text of one line with a default.
    pub fn string(name: &str, default: &str) -> ParameterDefinition {
        ParameterDefinition {
            name: name.to_owned(),
            kind: ParameterKind::String,
            default: default.to_owned(),
        }
    }

    /// A text of several lines. It is empty if none is given.
    pub fn text(name: &str) -> ParameterDefinition {
        ParameterDefinition { kind: ParameterKind::Text, ..ParameterDefinition::string(name, "") }
    }

    /// True or false.
    pub fn boolean(name: &str, default: bool) -> ParameterDefinition {
        let default = if default { "true" } else { "false" };
        ParameterDefinition { kind: ParameterKind::Boolean, ..ParameterDefinition::string(name, default) }
    }

    /// One of these options. It is the first one if none is given.
    pub fn choice(name: &str, options: &[&str]) -> ParameterDefinition {
        let options: Vec<String> = options.iter().map(|&option| option.to_owned()).collect();
        ParameterDefinition { kind: ParameterKind::Choice(options), ..ParameterDefinition::string(name, "") }
    }

    /// A secret. It is empty if none is given.
    pub fn password(name: &str) -> ParameterDefinition {
        ParameterDefinition { kind: ParameterKind::Password, ..ParameterDefinition::string(name, "") }
    }
}
