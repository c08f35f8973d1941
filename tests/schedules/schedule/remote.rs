//! The real backends for GitHub and Jenkins, connected by a wire that does what the schedule says to a simulated GitHub
//! or Jenkins. So the schedules check what each backend says that "not found" proves.

use super::backend::{Fate, Forgets};
use super::sabotage::Sabotage;
use async_trait::async_trait;
use axum::Router;
use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{Method, Request, Response};
use serde_json::json;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, Jenkins, JenkinsSettings, github, jenkins};
use signalbox_domain::Timestamp;
use signalbox_domain::catalogue::{GitHubTarget, JenkinsTarget, Target};
use signalbox_engine::ports::{Backend, Clock, Transport, TransportError};
use signalbox_simulator::github::{self as simulated_github, Repository, Workflow};
use signalbox_simulator::jenkins::{self as simulated_jenkins, Job, Notify, ParameterDefinition, Stage};
use signalbox_testkit::{Gate, VirtualClock};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tower::ServiceExt;

/// The longest answer of a simulator, in bytes.
const LONGEST: usize = 1 << 20;
const HOUR_MS: i64 = 3_600_000;
/// The time at which the schedules begin.
const START_MS: i64 = super::world::START.0;
const JOB: &str = "deploy";

/// The system at the other end of the wire.
#[derive(Clone)]
pub(super) enum System {
    GitHub(simulated_github::GitHub),
    Jenkins(simulated_jenkins::Jenkins),
}

/// The system, and the requests that are on their way to it.
#[derive(Clone)]
pub(super) struct Remote {
    system: System,
    router: Router,
    line: Arc<Mutex<Line>>,
    clock: Arc<VirtualClock>,
    forgets: Option<Forgets>,
}

#[derive(Default)]
struct Line {
    dispatches: u32,
    on_the_way: Vec<(Request<Bytes>, Timestamp)>,
    /// What other people did with a Jenkins: how many builds they started, and when they started the last one. `met`
    /// says whether Jenkins has had its accident.
    by_hand: (u32, i64),
    met: bool,
}

/// The target of a run at GitHub.
pub(super) fn github_target() -> Target {
    Target::GitHub(GitHubTarget {
        repository: "acme/shop".into(),
        workflow: "deploy.yml".into(),
        git_ref: "main".into(),
        inputs: BTreeMap::from([("version".to_owned(), "{version}".to_owned())]),
        run_input: Some("run".into()),
    })
}

/// The target of a run at Jenkins.
pub(super) fn jenkins_target() -> Target {
    Target::Jenkins(JenkinsTarget {
        job: "deploy".into(),
        branch: None,
        parameters: BTreeMap::from([("VERSION".to_owned(), "{version}".to_owned())]),
        run_parameter: Some("RUN".into()),
    })
}

impl Remote {
    pub(super) fn github(clock: &Arc<VirtualClock>) -> Self {
        let now = clock.clone();
        let workflow = Workflow::new("deploy.yml")
            .run_name("Deploy [${{ inputs.run }}]")
            .input("version")
            .input("run")
            .job("deploy", &[("Roll out", 15.0)])
            .appears_after_ms(3_000);
        let system = simulated_github::GitHub::new(simulated_github::GitHubSettings {
            repositories: vec![Repository::new("acme", "shop").workflow(workflow)],
            record: false,
            ..simulated_github::GitHubSettings::new(Arc::new(move || now.now().0))
        });
        Self {
            router: system.api(),
            system: System::GitHub(system),
            line: Arc::default(),
            clock: clock.clone(),
            forgets: None,
        }
    }

    /// A Jenkins whose job was built once, an hour ago.
    pub(super) fn jenkins(clock: &Arc<VirtualClock>, forgets: Option<Forgets>) -> Self {
        let (now, ago) = (clock.clone(), Arc::new(AtomicI64::new(HOUR_MS)));
        let back = ago.clone();
        let job = Job::pipeline(JOB)
            .parameter(ParameterDefinition::string("VERSION", ""))
            .parameter(ParameterDefinition::string("RUN", ""))
            .stage(Stage::new("Roll out", 15_000));
        let keeps = (forgets == Some(Forgets::Discards)).then_some(1);
        let system = simulated_jenkins::Jenkins::new(simulated_jenkins::JenkinsSettings {
            notify: Notify::Off,
            record: false,
            ..simulated_jenkins::JenkinsSettings::new(
                vec![Job { queued_ms: 2_000, keeps, ..job }],
                Arc::new(move || now.now().0 - back.load(Ordering::Relaxed)),
            )
        });
        system.starts_by_hand(JOB, &[]);
        ago.store(HOUR_MS - 10_000, Ordering::Relaxed);
        assert_eq!(system.started(), 1);
        ago.store(0, Ordering::Relaxed);
        Self {
            router: system.http(),
            system: System::Jenkins(system),
            line: Arc::default(),
            clock: clock.clone(),
            forgets,
        }
    }

    /// Does to a Jenkins what makes it forget.
    fn befall(&self) {
        let (System::Jenkins(jenkins), Some(forgets)) = (&self.system, self.forgets) else { return };
        let now = self.clock.now().0;
        let ours = |b: &&simulated_jenkins::BuildView| b.parameter("RUN").is_some_and(|run| !run.is_empty());
        let over = || jenkins.builds().iter().any(|b| ours(&b) && !b.building);
        let mut line = self.line.lock().unwrap();
        let builds_by_hand = |line: &mut Line| {
            // Only ten builds, because each build makes the simulator slower.
            if now - line.by_hand.1 >= 20_000 && line.by_hand.0 < 10 {
                line.by_hand = (line.by_hand.0 + 1, now);
                jenkins.starts_by_hand(JOB, &[("VERSION", &line.by_hand.0.to_string())]);
            }
        };
        match forgets {
            Forgets::Discards => builds_by_hand(&mut line),
            Forgets::Deletes => {
                for build in jenkins.builds().iter().filter(ours).filter(|b| !b.building) {
                    jenkins.deletes_build(JOB, build.number);
                }
            }
            Forgets::MadeAnew if !line.met && over() => {
                line.met = true;
                jenkins.makes_job_anew(JOB);
                builds_by_hand(&mut line);
            }
            Forgets::MadeAnew if line.met => builds_by_hand(&mut line),
            Forgets::Crashes if !line.met && now - START_MS >= 2_000 => {
                line.met = true;
                jenkins.crash();
            }
            Forgets::MadeAnew | Forgets::Crashes => {}
        }
    }

    /// How often the run was or will be carried out.
    pub(super) fn executions(&self) -> usize {
        match &self.system {
            System::GitHub(github) => github.dispatches(),
            System::Jenkins(jenkins) => {
                let ours = |run: Option<&str>| run.is_some_and(|run| !run.is_empty());
                jenkins.builds().iter().filter(|b| ours(b.parameter("RUN"))).count()
                    + jenkins.queue().iter().filter(|q| ours(q.parameter("RUN"))).count()
            }
        }
    }

    /// The times at which something happens without a worker: a request arrives, or people do something with a Jenkins.
    pub(super) fn arriving(&self) -> Vec<Timestamp> {
        let mut moments: Vec<_> = self.line.lock().unwrap().on_the_way.iter().map(|(_, at)| *at).collect();
        if self.forgets.is_some() {
            let ticks = std::iter::once(2_000).chain((1..=10).map(|n| n * 20_000));
            moments.extend(ticks.map(|ms| Timestamp(START_MS + ms)));
        }
        moments
    }

    /// The real backend of one worker, connected by the wire.
    pub(super) fn backend(&self, fate: Fate, gate: &Arc<Gate>, sabotage: Sabotage) -> Arc<dyn Backend> {
        let wire = Arc::new(Wire { remote: self.clone(), fate, gate: gate.clone(), sabotage });
        match &self.system {
            System::GitHub(_) => {
                let settings = GitHubSettings {
                    api_url: github::DEFAULT_API_URL.into(),
                    credentials: Credentials::Token("github_pat_practice".into()),
                    timing: github::TIMING,
                };
                Arc::new(GitHub::new(settings, wire, self.clock.clone()).unwrap())
            }
            System::Jenkins(_) => {
                let settings = JenkinsSettings {
                    url: "https://jenkins.example".into(),
                    user: "signalbox".into(),
                    token: "practice".into(),
                    timing: jenkins::TIMING,
                };
                Arc::new(Jenkins::new(&settings, wire, self.clock.clone()).unwrap())
            }
        }
    }

    /// Requests on their way arrive when their time has come.
    pub(super) async fn settle(&self) {
        let now = self.clock.now();
        let arrived: Vec<_> = {
            let mut line = self.line.lock().unwrap();
            let (arrived, rest) = line.on_the_way.drain(..).partition(|(_, at)| *at <= now);
            line.on_the_way = rest;
            arrived
        };
        for (request, _) in arrived {
            self.deliver(request).await;
        }
        self.befall();
    }

    async fn deliver(&self, request: Request<Bytes>) -> Response<Bytes> {
        let answer = self.router.clone().oneshot(request.map(Body::from)).await.unwrap();
        let (parts, body) = answer.into_parts();
        Response::from_parts(parts, to_bytes(body, LONGEST).await.unwrap())
    }

    /// A clear refusal in the form of the system.
    fn refusal(&self) -> Response<Bytes> {
        let (status, header) = match &self.system {
            System::GitHub(_) => (422, "x-github-request-id"),
            System::Jenkins(_) => (409, "x-jenkins"),
        };
        Response::builder().status(status).header(header, "1").body(Bytes::new()).unwrap()
    }
}

/// The wire of one worker.
struct Wire {
    remote: Remote,
    fate: Fate,
    gate: Arc<Gate>,
    sabotage: Sabotage,
}

#[async_trait]
impl Transport for Wire {
    async fn call(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let until = self.remote.clock.now().plus(timeout);
        self.gate.step().await;
        self.remote.settle().await;
        let now = self.remote.clock.now();
        // The call has a time limit of its own. After that, nothing is sent.
        if now >= until {
            return Err(TransportError::NoAnswer("timed out".into()));
        }
        let path = request.uri().path();
        let starts = path.ends_with("/dispatches") || path.ends_with("/buildWithParameters");
        let answer = if request.method() == Method::POST && starts {
            self.send(request, now).await
        } else {
            let lists = path == "/job/deploy/api/json";
            let answer = self.remote.deliver(request).await;
            Ok(if lists && self.sabotage == Sabotage::Numbers { without_gaps(answer) } else { answer })
        };
        self.gate.step().await;
        answer
    }
}

impl Wire {
    async fn send(&self, request: Request<Bytes>, now: Timestamp) -> Result<Response<Bytes>, TransportError> {
        let first = {
            let mut line = self.remote.line.lock().unwrap();
            line.dispatches += 1;
            line.dispatches == 1
        };
        let lost = || Err(TransportError::NoAnswer("no answer".into()));
        match self.fate {
            Fate::NotSent if first => Err(TransportError::NotSent("connection refused".into())),
            Fate::Refused if first => Ok(self.remote.refusal()),
            Fate::Dropped if first => lost(),
            Fate::AcceptedLate { after_ms } if first => {
                let at = now.plus(Duration::from_millis(after_ms));
                self.remote.line.lock().unwrap().on_the_way.push((request, at));
                lost()
            }
            Fate::AnswerLost if first => {
                self.remote.deliver(request).await;
                lost()
            }
            Fate::Answered
            | Fate::AnswerLost
            | Fate::Dropped
            | Fate::AcceptedLate { .. }
            | Fate::NotSent
            | Fate::Refused => Ok(self.remote.deliver(request).await),
        }
    }
}

/// Changes the page of a job so that its list seems to contain every build that there ever was, as if that proved
/// something.
fn without_gaps(answer: Response<Bytes>) -> Response<Bytes> {
    let (parts, body) = answer.into_parts();
    let mut job: serde_json::Value = serde_json::from_slice(&body).unwrap();
    let Some(builds) = job["allBuilds"].as_array().cloned() else { return Response::from_parts(parts, body) };
    let builds = builds.into_iter().chain([json!({"timestamp": 0})]).enumerate().map(|(n, mut build)| {
        build["number"] = json!(1000 - n);
        build
    });
    job["allBuilds"] = builds.collect();
    job["nextBuildNumber"] = json!(1001);
    Response::from_parts(parts, job.to_string().into())
}
