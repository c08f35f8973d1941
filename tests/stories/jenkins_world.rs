//! A world with a simulated Jenkins at the other end of the wire, and the job that most of the stories use.

use super::system::world_with;
use super::wire::Wire;
use super::world::START;
use signalbox_backends::jenkins::TIMING;
use signalbox_backends::{Jenkins, JenkinsSettings};
use signalbox_domain::catalogue::{JenkinsTarget, Target};
use signalbox_engine::ports::{Backend, Clock};
use signalbox_simulator::jenkins::{self as simulated, Job, Notify, ParameterDefinition};
use signalbox_testkit::{VirtualClock, samples};
use std::collections::BTreeMap;
use std::sync::Arc;

pub(super) type Story = super::system::Story<simulated::Jenkins>;

pub(super) fn job() -> Job {
    Job::pipeline("web/deploy")
        .parameter(ParameterDefinition::string("SERVICE", ""))
        .parameter(ParameterDefinition::string("VERSION", "latest"))
        .parameter(ParameterDefinition::string("SIGNALBOX_RUN", ""))
}

pub(super) fn story(job: Job) -> Story {
    story_with(job, |_| ())
}

pub(super) fn story_with(job: Job, change: impl FnOnce(&mut simulated::JenkinsSettings)) -> Story {
    story_over(job, target(), change)
}

/// A story about a branch of a multibranch job.
pub(super) fn story_of(job: Job, name: &str, branch: Option<&str>) -> Story {
    let target = JenkinsTarget { job: name.into(), branch: branch.map(str::to_owned), ..target() };
    story_over(job, target, |_| ())
}

fn story_over(
    job: Job,
    target: JenkinsTarget,
    change: impl FnOnce(&mut simulated::JenkinsSettings),
) -> Story {
    let clock = Arc::new(VirtualClock::at(START));
    let now = clock.clone();
    let mut settings = simulated::JenkinsSettings::new(vec![job], Arc::new(move || now.now().0));
    settings.notify = Notify::secret("an older webhook secret");
    change(&mut settings);
    let (user, token) = (settings.user.clone(), settings.token.clone());
    let jenkins = simulated::Jenkins::new(settings);
    let wire = Arc::new(Wire::to(jenkins.http()));
    let settings = JenkinsSettings { url: "https://ci.example/".into(), user, token, timing: TIMING };
    let backend: Arc<dyn Backend> = Arc::new(Jenkins::new(&settings, wire.clone(), clock.clone()).unwrap());
    let catalogue = samples::catalogue_for(Target::Jenkins(target));
    let world = world_with(&jenkins, catalogue, backend, clock);
    Story { world, system: jenkins, wire }
}

/// The target that is built. Its parameters have places that are filled in later.
pub(super) fn target() -> JenkinsTarget {
    let parameters = [("SERVICE", "{service}"), ("VERSION", "{version}")];
    JenkinsTarget {
        job: "web/deploy".into(),
        branch: None,
        parameters: parameters
            .iter()
            .map(|(k, v)| ((*k).to_owned(), (*v).to_owned()))
            .collect::<BTreeMap<_, _>>(),
        run_parameter: Some("SIGNALBOX_RUN".into()),
    }
}

/// Somebody started a build by hand some time ago.
pub(super) async fn built_before(s: &Story) {
    s.system.starts_by_hand("web/deploy", &[]);
    s.passes(600).await;
}
