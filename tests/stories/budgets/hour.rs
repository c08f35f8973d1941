//! 200 runs go on for an hour. No limit of GitHub or Slack is reached, and every card shows the end of its run soon.

use super::super::system::world_with;
use super::super::world::{START, World};
use super::super::{github, jenkins};
use super::held;
use async_trait::async_trait;
use bytes::Bytes;
use signalbox_backends::{Credentials, GitHub, GitHubSettings, Jenkins, JenkinsSettings};
use signalbox_domain::Grant;
use signalbox_domain::catalogue::Target;
use signalbox_domain::ids::{ChannelId, WorkspaceId};
use signalbox_engine::ports::{Backend, Clock, Transport, TransportError};
use signalbox_simulator::Call;
use signalbox_simulator::github::{self as simulated_github, Repository, Webhooks};
use signalbox_simulator::jenkins::{self as simulated_jenkins, Notify, Stage};
use signalbox_testkit::{VirtualClock, samples};
use signalbox_transport::InMemory;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

/// The points that GitHub allows in a minute, and the calls that it allows in an hour:
/// <https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api>.
const GITHUB_POINTS: usize = 900;
const GITHUB_CALLS: usize = 5_000;
/// Jenkins documents no limit, so this one is ours: 200 builds, each looked at once a minute with two calls, and the
/// same number again for starting builds and for builds that began a few minutes ago.
const JENKINS_CALLS: usize = 800;
/// The limit of Slack's tier 3: <https://docs.slack.dev/apis/web-api/rate-limits>.
const SLACK_EDITS: usize = 50;
/// The number of runs at the same time.
const RUNS: usize = 200;
/// The latest time after the end of a run at which its card shows the end. A look comes after at most a minute. Then
/// 200 cards are edited at 40 edits a minute, after the edits that were waiting already.
const LATEST_CARD_MS: i64 = 10 * MINUTE;

/// A wire that notes for each call the time, whether it wrote something, and the status of the answer.
struct Counted {
    inner: InMemory,
    clock: Arc<VirtualClock>,
    made: Mutex<Vec<(i64, bool, u16)>>,
}

impl Counted {
    fn new(router: axum::Router, clock: &Arc<VirtualClock>) -> Arc<Self> {
        Arc::new(Self { inner: InMemory(router), clock: clock.clone(), made: Mutex::default() })
    }

    fn times(&self, which: impl Fn(bool, u16) -> usize) -> Vec<i64> {
        let made = self.made.lock().unwrap();
        let times = made.iter().map(|(at, wrote, status)| std::iter::repeat_n(*at, which(*wrote, *status)));
        times.flatten().collect()
    }
}

#[async_trait]
impl Transport for Counted {
    async fn call(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let wrote = request.method() != http::Method::GET;
        let answer = self.inner.call(request, timeout).await?;
        self.made.lock().unwrap().push((self.clock.now().0, wrote, answer.status().as_u16()));
        Ok(answer)
    }
}

/// The highest number of these times in any window of this length.
fn most(times: &[i64], window: i64) -> usize {
    let within = |from: usize| times[from..].iter().take_while(|at| **at < times[from] + window).count();
    (0..times.len()).map(within).max().unwrap_or(0)
}

/// A catalogue with `release` in all three channels.
fn catalogue(target: Target) -> signalbox_domain::Frozen {
    let mut draft = samples::draft();
    let release = draft.operations.get_mut("release").unwrap();
    release.target = target;
    let place = (WorkspaceId::new(samples::WORKSPACE), ChannelId::new("CGENERAL"));
    release.allow.push(Grant { users: vec![], channels: vec![place] });
    draft.freeze()
}

/// A world for this hour, with the wire to its backend.
struct Hour {
    world: World,
    wire: Arc<Counted>,
}

impl Hour {
    /// Starts one run each second until all of them are started. Then lets the time pass in which the last card must
    /// show its end. Returns the ids of the runs that Slack was told of, each with the time at which its card showed
    /// the end.
    async fn goes_by(&self, seconds: u64) -> BTreeMap<String, i64> {
        for n in 0..RUNS {
            let channel = ["CRELEASES", "COPS", "CGENERAL"][n % 3];
            self.world.types("UADA", channel, &format!("/release web 1.4.{n}")).await;
            self.world.settles().await;
            self.world.passes(1).await;
        }
        self.world.passes(seconds).await;
        let mut shown = BTreeMap::new();
        for call in self.world.slack.calls().iter().filter(|c| c.body.to_string().contains("Succeeded")) {
            let run = call.body["metadata"]["event_payload"]["run"].as_str().map(str::to_owned);
            shown.entry(run.unwrap_or_default()).or_insert(call.at_ms);
        }
        self.world.ends_with(RUNS as u64).await;
        shown
    }

    /// Checks Slack's limits. Returns the cells of the table that say how close the calls came to them.
    fn slack(&self) -> String {
        let calls = self.world.slack.calls();
        assert!(calls.iter().all(|c| c.status == 200 && c.error.is_none()));
        let of = |method: &str| calls.iter().filter(|c| c.method == method).cloned().collect::<Vec<Call>>();
        let (posts, edits) = (of("chat.postMessage"), of("chat.update"));
        let mut by_channel: BTreeMap<String, Vec<i64>> = BTreeMap::new();
        for post in &posts {
            by_channel.entry(post.body["channel"].to_string()).or_default().push(post.at_ms);
        }
        assert_eq!(by_channel.len(), 3);
        let most_posts = by_channel.values().map(|times| most(times, 1000)).max().unwrap_or(0);
        assert_eq!(most_posts, 1, "messages a second and channel");
        let most_edits = most(&edits.iter().map(|c| c.at_ms).collect::<Vec<_>>(), MINUTE);
        assert!(most_edits <= SLACK_EDITS, "{most_edits} edits in a minute");
        format!("{} | {} | {most_edits}", posts.len(), edits.len())
    }
}

const HOUR_HEAD: &str = "| | calls | most in a minute | GitHub's points in a minute | counted in an hour | \
    Slack: messages | Slack: edits | most edits in a minute | card shows the end after: half of them | the last |\n\
    |---|---|---|---|---|---|---|---|---|---|";

/// How long after their ends the cards showed the ends: the median and the longest time, in seconds.
fn delays(ends: &BTreeMap<String, i64>, shown: &BTreeMap<String, i64>) -> String {
    assert_eq!((ends.len(), shown.len()), (RUNS, RUNS), "every run ends, and its card says so");
    let mut delays: Vec<i64> = ends.iter().map(|(run, end)| shown[run] - end).collect();
    delays.sort_unstable();
    assert!(delays[0] >= 0 && delays[RUNS - 1] <= LATEST_CARD_MS, "{delays:?}");
    format!("{} s | {} s", delays[RUNS / 2] / 1000, delays[RUNS - 1] / 1000)
}

/// The runs have three jobs of three steps and take an hour. 200 of them are started within 200 seconds.
async fn hour_of_github(name: &str, webhooks: Webhooks) {
    let steps: [(&str, f64); 3] = [("Compile", 400.0), ("Test", 400.0), ("Roll out", 399.0)];
    let workflow = ["build", "stage", "deploy"].iter().fold(github::workflow(), |w, job| w.job(*job, &steps));
    let clock = Arc::new(VirtualClock::at(START));
    let now = clock.clone();
    let mut settings = simulated_github::GitHubSettings::new(Arc::new(move || now.now().0));
    settings.webhook_secret = "a webhook secret".into();
    settings.record = false;
    settings.repositories = vec![Repository::new("acme", "shop").workflow(workflow)];
    let credentials = Credentials::Token(settings.token.clone());
    let github = simulated_github::GitHub::new(settings);
    let wire = Counted::new(github.api(), &clock);
    let api_url = "https://api.github.com".into();
    let settings = GitHubSettings { api_url, credentials, timing: signalbox_backends::github::TIMING };
    let backend: Arc<dyn Backend> = Arc::new(GitHub::new(settings, wire.clone(), clock.clone()).unwrap());
    github.hold_webhooks(webhooks);
    let world = world_with(&github, catalogue(Target::GitHub(github::target())), backend, clock);
    let hour = Hour { world, wire };
    let shown = hour.goes_by(3_601 + 660).await;
    assert_eq!(github.dispatches(), RUNS);
    let mut ends = BTreeMap::new();
    for run in github.runs() {
        assert_eq!(run.status, "completed");
        ends.insert(run.inputs["signalbox-run"].clone(), run.created_ms + HOUR + 1_000);
    }
    let points = most(&hour.wire.times(|wrote, _| if wrote { 5 } else { 1 }), MINUTE);
    let counted = most(&hour.wire.times(|_, status| usize::from(status != 304)), HOUR);
    assert!(
        hour.wire.times(|_, status| usize::from(matches!(status, 403 | 429))).is_empty(),
        "a limit was met"
    );
    assert!(points <= GITHUB_POINTS && counted <= GITHUB_CALLS, "{points} points, {counted} calls");
    let all = hour.wire.times(|_, _| 1);
    let (calls, minute, slack) = (all.len(), most(&all, MINUTE), hour.slack());
    let delays = delays(&ends, &shown);
    let row = format!("| {name} | {calls} | {minute} | {points} | {counted} | {slack} | {delays} |");
    held("hour", HOUR_HEAD, &[row]);
}

#[tokio::test]
async fn two_hundred_runs_for_an_hour_on_github() {
    hour_of_github("GitHub, webhooks", Webhooks::Deliver).await;
}

#[tokio::test]
async fn two_hundred_runs_for_an_hour_on_github_without_webhooks() {
    hour_of_github("GitHub, no webhooks", Webhooks::Lose).await;
}

/// Nine stages that take an hour together.
async fn hour_of_jenkins(name: &str, notify: Notify) {
    let job = (1..=9).fold(jenkins::job(), |j, n| j.stage(Stage::new(&format!("Stage {n}"), HOUR / 9)));
    let clock = Arc::new(VirtualClock::at(START));
    let now = clock.clone();
    let mut settings = simulated_jenkins::JenkinsSettings::new(vec![job], Arc::new(move || now.now().0));
    settings.notify = notify;
    settings.record = false;
    let (user, token) = (settings.user.clone(), settings.token.clone());
    let jenkins = simulated_jenkins::Jenkins::new(settings);
    let wire = Counted::new(jenkins.http(), &clock);
    let timing = signalbox_backends::jenkins::TIMING;
    let settings = JenkinsSettings { url: "https://ci.example/".into(), user, token, timing };
    let backend: Arc<dyn Backend> = Arc::new(Jenkins::new(&settings, wire.clone(), clock.clone()).unwrap());
    let world = world_with(&jenkins, catalogue(Target::Jenkins(jenkins::target())), backend, clock);
    let hour = Hour { world, wire };
    let shown = hour.goes_by(3_601 + 660).await;
    assert_eq!(jenkins.started(), RUNS);
    let mut ends = BTreeMap::new();
    for build in jenkins.builds() {
        assert_eq!(build.result, Some("SUCCESS"));
        ends.insert(build.parameter("SIGNALBOX_RUN").unwrap().to_owned(), build.begun_ms + HOUR);
    }
    let all = hour.wire.times(|_, _| 1);
    let (calls, minute, slack) = (all.len(), most(&all, MINUTE), hour.slack());
    assert!(minute <= JENKINS_CALLS, "{minute} calls in a minute");
    let delays = delays(&ends, &shown);
    held("hour", HOUR_HEAD, &[format!("| {name} | {calls} | {minute} | – | – | {slack} | {delays} |")]);
}

#[tokio::test]
async fn two_hundred_runs_for_an_hour_on_jenkins() {
    hour_of_jenkins("Jenkins, notifications", Notify::secret("a webhook secret")).await;
}

#[tokio::test]
async fn two_hundred_runs_for_an_hour_on_jenkins_without_notifications() {
    hour_of_jenkins("Jenkins, no notifications", Notify::Off).await;
}
