//! The simulated Slack in which the stories are told, with its people and channels.

use super::world::SECRET;
use signalbox_engine::ports::Clock;
use signalbox_simulator::{Channel, Person, Slack, SlackSettings, Workspace};
use signalbox_testkit::{VirtualClock, samples};
use std::sync::Arc;

/// Ada, Grace and Mallory, in #releases, #ops and #general.
pub fn slack(clock: &Arc<VirtualClock>) -> Slack {
    let clock = clock.clone();
    let person = |id: &str, name: &str| Person { id: id.into(), name: name.into() };
    let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.into() };
    Slack::new(SlackSettings {
        signing_secret: SECRET.into(),
        bot_token: "xoxb-test".into(),
        workspace: Workspace { id: samples::WORKSPACE.into(), domain: "practice".into() },
        people: vec![person("UADA", "Ada"), person("UGRACE", "Grace"), person("UMALLORY", "Mallory")],
        channels: vec![
            channel("CRELEASES", "releases"),
            channel("COPS", "ops"),
            channel("CGENERAL", "general"),
        ],
        now_ms: Arc::new(move || clock.now().0),
    })
}
