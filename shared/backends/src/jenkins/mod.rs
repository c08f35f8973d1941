//! Jenkins: parameterised jobs, in folders and multibranch too.
//!
//! What "not found" proves here, and when, is in `absence.rs`.

mod absence;
mod answered;
mod api;
mod dispatch;
mod follow;
mod lookup;
mod reason;
mod reference;
mod settings;
mod webhook;
mod wire;

pub use settings::JenkinsSettings;
pub(crate) use settings::SETTINGS;
pub(crate) use webhook::JenkinsWebhook;

use crate::pace::Pace;
use answered::Answered;
use api::{Api, job_path};
use async_trait::async_trait;
use http::{Method, StatusCode};
use reference::Reference;
use signalbox_domain::catalogue::{JenkinsTarget, Target, TargetKind};
use signalbox_domain::intent::Work;
use signalbox_domain::observation::Observation;
use signalbox_domain::run::{CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen, Transport};
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;
pub use wire::Declared;
use wire::{BUILD, Build, ITEM, Item, Job, Queue};

/// Every call except a dispatch ends within this time.
const PATIENCE: Duration = Duration::from_secs(6);
/// A call for something that may be left out (stages, the log, a job's choices) ends within this time.
const ASIDE: Duration = Duration::from_secs(3);
/// A build that does not stop is told again more firmly after this, and killed after twice this.
const IMPATIENT_AFTER: Duration = Duration::from_secs(30);
/// How many builds a search reads.
const BUILDS: usize = 200;
/// If more is remembered, it is all forgotten: telling it again does no harm.
const MOST_TOLD: usize = 10_000;

/// At this many calls a minute the pauses between looks are [`Timing::poll_most`]: 200 builds, each looked at once a
/// minute in two calls. Jenkins has no limits, but it is a single process, and young builds are looked at often.
const EASY_CALLS: u32 = 400;
/// No pause between looks grows beyond this: Jenkins forgets a queue item after five minutes.
const LONGEST_REST: Duration = Duration::from_secs(120);

/// How Jenkins wants to be treated, unless one's own server is known to behave differently.
pub const TIMING: Timing = Timing {
    request: Duration::from_secs(10),
    lease: Duration::from_secs(30),
    // A request that was on its way through a proxy when the lease ended has arrived by then.
    search_lag: Duration::from_secs(30),
    search_for: Duration::from_secs(30 * 60),
    poll: Duration::from_secs(5),
    // Much less than the five minutes after which Jenkins forgets a queue item.
    poll_most: Duration::from_secs(60),
    retry: Duration::from_secs(30),
    // A Jenkins that starts shows jobs and builds only as it reads them.
    lost_after: Duration::from_secs(5 * 60),
};

/// Jenkins as a backend.
pub struct Jenkins {
    api: Api,
    timing: Timing,
    pace: Pace,
    /// What was last told of each attempt, so that it is not told again.
    told: Mutex<HashMap<String, &'static str>>,
    /// Jobs without a pipeline, or all jobs if the plugin is missing: their builds are not asked for stages again.
    stageless: Mutex<HashSet<String>>,
}

impl fmt::Debug for Jenkins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Jenkins").field("url", &self.api.base).finish_non_exhaustive()
    }
}

type Seen<T> = Result<T, String>;

impl Jenkins {
    /// A Jenkins, reached over `transport`.
    ///
    /// # Errors
    /// When no header can carry user and token.
    pub fn new(
        settings: &JenkinsSettings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, String> {
        let authorization = Api::authorization(&settings.user, &settings.token)?;
        let base = settings.url.trim_end_matches('/').to_owned();
        Ok(Self {
            api: Api { base, transport, clock, authorization },
            told: Mutex::default(),
            pace: Pace::new(EASY_CALLS, usize::MAX),
            stageless: Mutex::default(),
            timing: settings.timing,
        })
    }

    /// The parameters that the target's job declares.
    ///
    /// # Errors
    /// Says why the job cannot be read.
    pub async fn declared_parameters(&self, target: &JenkinsTarget) -> Result<Vec<Declared>, String> {
        let path =
            format!("{}/api/json?tree=property[parameterDefinitions[name,type,choices]]", job_path(target));
        let answer = self.get(&path).await?;
        if answer.status == StatusCode::NOT_FOUND && answer.is_jenkinss() {
            return Err(format!("Jenkins has no job {}, or {} may not see it", target.job, "this user"));
        }
        let job: Job = answer.read()?;
        Ok(job.parameters())
    }

    fn told(&self) -> MutexGuard<'_, HashMap<String, &'static str>> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn remember(&self, token: String, how: &'static str) {
        let mut told = self.told();
        if told.len() >= MOST_TOLD {
            told.clear();
        }
        told.insert(token, how);
    }

    fn until(&self) -> Timestamp {
        self.api.clock.now().plus(PATIENCE)
    }

    fn until_aside(&self) -> Timestamp {
        self.api.clock.now().plus(ASIDE)
    }

    async fn get(&self, path: &str) -> Seen<Answered> {
        self.ask(Method::GET, path, self.until()).await
    }

    /// A call for something that may be left out: it gets less time, and its failure hides nothing.
    async fn aside(&self, method: Method, path: &str) -> Option<Answered> {
        self.ask(method, path, self.until_aside()).await.ok()
    }

    async fn ask(&self, method: Method, path: &str, until: Timestamp) -> Seen<Answered> {
        // Brackets are not allowed in a query; Jenkins reads them encoded.
        let path = path.replace('[', "%5B").replace(']', "%5D").replace('{', "%7B").replace('}', "%7D");
        // This pace has no maximum, so nothing is refused.
        self.pace.look(self.api.clock.now()).ok();
        self.api.call(method, &path, None, until).await.map_err(api::Trouble::why)
    }

    /// `None` if Jenkins says that there is no such thing.
    async fn maybe<T: serde::de::DeserializeOwned>(&self, path: &str) -> Seen<Option<T>> {
        let answer = self.get(path).await?;
        if answer.status == StatusCode::NOT_FOUND && answer.is_jenkinss() {
            return Ok(None);
        }
        answer.read().map(Some)
    }

    async fn item(&self, id: u64) -> Seen<Option<Item>> {
        self.maybe(&format!("/queue/item/{id}/api/json?tree={ITEM}")).await
    }

    async fn build(&self, target: &JenkinsTarget, number: u64) -> Seen<Option<Build>> {
        self.maybe(&format!("{}/{number}/api/json?tree={BUILD}", job_path(target))).await
    }

    /// The job, read when a build is missing: the job has to be there, with the same rights, for that to mean
    /// anything.
    async fn job(&self, target: &JenkinsTarget) -> Seen<Job> {
        let page = self.job_page(target).await?;
        if page.status == StatusCode::NOT_FOUND && page.is_jenkinss() {
            return Err(
                "Jenkins does not show the job: is it gone, or may its user no longer see it (Job/Read)?"
                    .into(),
            );
        }
        page.read()
    }

    /// Which of the values the job would refuse, if it says so.
    async fn not_taken(&self, target: &JenkinsTarget, until: Timestamp) -> Option<String> {
        let path = format!("{}/api/json?tree=property[parameterDefinitions[name,choices]]", job_path(target));
        let until = until.min(self.until_aside());
        let job: Job = self.ask(Method::GET, &path, until).await.ok()?.read().ok()?;
        reason::not_among_choices(&job, target)
    }

    fn link(&self, target: &JenkinsTarget, number: u64) -> String {
        format!("{}{}/{number}/", self.api.base, job_path(target))
    }

    fn found(&self, target: &JenkinsTarget, build: &Build) -> Found {
        let reference = Reference::Build { number: build.number }.to_string();
        Found { reference, link: Some(self.link(target, build.number)) }
    }

    async fn job_page(&self, target: &JenkinsTarget) -> Seen<Answered> {
        // `builds` would give only the latest hundred, however many are asked for.
        let tree =
            format!("nextBuildNumber,property[parameterDefinitions[name]],allBuilds[{BUILD}]{{0,{BUILDS}}}");
        self.get(&format!("{}/api/json?tree={tree}", job_path(target))).await
    }

    /// Looks for the attempt's id: in the queue first, then among the builds. An item that leaves the queue in
    /// between is then seen among the builds; in the other order it could be missed.
    async fn look_for(&self, target: &JenkinsTarget, attempt: &Attempt) -> Seen<SearchAnswer> {
        let Some(parameter) = &target.run_parameter else {
            return Err("the job takes no run id, so it cannot be found by it".to_owned());
        };
        let token = attempt.token();
        let queue: Queue = self.get(&format!("/queue/api/json?tree=items[{ITEM}]")).await?.read()?;
        if let Some(item) = queue.items.iter().find(|i| i.carries(parameter, &token)) {
            let reference = Reference::Queued { item: item.id, merged: false }.to_string();
            return Ok(SearchAnswer::Found(Found { reference, link: None }));
        }
        let page = self.job_page(target).await?;
        let job: Job = page.read()?;
        if let Some(build) = job.builds.iter().find(|b| b.carries(parameter, &token)) {
            return Ok(SearchAnswer::Found(self.found(target, build)));
        }
        let began = absence::on_its_clock(attempt.began, &page.headers, self.api.clock.now());
        Ok(SearchAnswer::NotFound(absence::of(&job, parameter, began)))
    }
}

fn form(target: &JenkinsTarget, attempt: &Attempt) -> String {
    let mut form = form_urlencoded::Serializer::new(String::new());
    for (name, value) in &target.parameters {
        form.append_pair(name, value);
    }
    if let Some(name) = &target.run_parameter {
        form.append_pair(name, &attempt.token());
    }
    form.finish()
}

fn target(attempt: &Attempt) -> Result<&JenkinsTarget, String> {
    let Target::Jenkins(target) = &attempt.work.0 else {
        return Err("this is no work for Jenkins".to_owned());
    };
    Ok(target)
}

#[async_trait]
impl Backend for Jenkins {
    fn kind(&self) -> TargetKind {
        TargetKind::Jenkins
    }

    fn timing(&self) -> Timing {
        self.timing
    }

    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer {
        let target = match target(attempt) {
            Ok(target) => target,
            Err(why) => return DispatchAnswer::Refused { why },
        };
        // If a value is not one of a parameter's choices, Jenkins only says 500, which may mean anything. So the job
        // is asked first.
        if let Some(why) = self.not_taken(target, until).await {
            let why = format!("nothing was sent, for the job would refuse it: {why}");
            return DispatchAnswer::Refused { why };
        }
        // Without the quiet period, because a person waits.
        let path = format!("{}/buildWithParameters?delay=0sec", job_path(target));
        dispatch::meaning(self.api.call(Method::POST, &path, Some(form(target, attempt)), until).await)
    }

    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        let answer = match target(attempt) {
            Ok(target) => self.look_for(target, attempt).await,
            Err(why) => Err(why),
        };
        answer.unwrap_or_else(|why| SearchAnswer::Failed { why })
    }

    async fn recognise(&self, attempt: &Attempt, reference: &str) -> Option<Found> {
        let target = target(attempt).ok()?;
        let parameter = target.run_parameter.as_ref()?;
        let token = attempt.token();
        match reference.parse().ok()? {
            Reference::Queued { item: id, .. } => {
                let item = self.item(id).await.ok()??;
                let ours = item.carries(parameter, &token);
                ours.then(|| Found {
                    reference: Reference::Queued { item: id, merged: false }.to_string(),
                    link: None,
                })
            }
            Reference::Build { number } => {
                let build = self.build(target, number).await.ok()??;
                build.carries(parameter, &token).then(|| self.found(target, &build))
            }
        }
    }

    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        let not_seen = |why: String| NotSeen { why, rest: None };
        let target = target(attempt).map_err(not_seen)?;
        let reference = attempt.reference.as_deref().unwrap_or_default();
        let seen = match reference.parse() {
            Ok(Reference::Queued { item, merged }) => self.observe_item(target, attempt, item, merged).await,
            Ok(Reference::Build { number }) => self.observe_build(target, attempt, number, false).await,
            Err(()) => Err(format!("{reference} is not what a build is called")),
        };
        let rest = self.pace.rest(self.timing.poll_most, self.api.clock.now());
        let rest = rest.map(|rest| rest.min(LONGEST_REST));
        seen.map(|seen| Observation { rest, ..seen }).map_err(|why| NotSeen { why, rest })
    }

    fn page(&self, work: &Work) -> Option<String> {
        let Target::Jenkins(target) = &work.0 else { return None };
        Some(format!("{}{}/", self.api.base, job_path(target)))
    }

    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer {
        let failed = |why: String| CancelAnswer::Failed { why };
        let (target, reference) =
            match (target(attempt), attempt.reference.as_deref().unwrap_or_default().parse()) {
                (Ok(target), Ok(reference)) => (target, reference),
                (Err(why), _) => return failed(why),
                (Ok(_), Err(())) => return failed("Jenkins's name for it is not known yet".to_owned()),
            };
        let (path, how) = match reference {
            Reference::Queued { item, .. } => (format!("/queue/cancelItem?id={item}"), "cancelItem"),
            Reference::Build { number } => {
                let since = attempt.stop_asked.map(|at| self.api.clock.now().since(at)).unwrap_or_default();
                let how = match since {
                    s if s < IMPATIENT_AFTER => "stop",
                    s if s < IMPATIENT_AFTER * 2 => "term",
                    _ => "kill",
                };
                (format!("{}/{number}/{how}", job_path(target)), how)
            }
        };
        if self.told().get(&attempt.token()) == Some(&how) {
            return CancelAnswer::Taken;
        }
        match self.api.call(Method::POST, &path, Some(String::new()), self.until()).await {
            // `stop` redirects to the build; an item that is gone became a build, or was cancelled before.
            Ok(a) if a.is_jenkinss() && !a.status.is_server_error() => match a.status {
                _ if a.leads_to_login() => failed(reason::of(&a)),
                StatusCode::UNAUTHORIZED => failed(reason::of(&a)),
                StatusCode::FORBIDDEN | StatusCode::UNPROCESSABLE_ENTITY => {
                    failed("Jenkins's user may not stop builds of this job: they need Job/Cancel".to_owned())
                }
                _ => {
                    self.remember(attempt.token(), how);
                    CancelAnswer::Taken
                }
            },
            Ok(a) => failed(reason::of(&a)),
            Err(trouble) => failed(trouble.why()),
        }
    }
}
