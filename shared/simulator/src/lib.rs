//! A Slack in this process.
//!
//! It is for two users: the [console], the page on which anyone can try the product without a workspace of their
//! own, and the scenario tests, which talk to it as they would to Slack.
//!
//! It must never depend on another crate of ours. Its wire types are its own, written from Slack's documentation, so
//! that it is able to disagree with the client and the doors it is there to try. It must never reach the network
//! (it is routers and channels alone) and never read a clock but the one it is given.
//!
//! Where Slack and this crate differ, the difference is on the strict side: a request that Slack would take by
//! chance is refused here, with the error code Slack uses for the nearest documented mistake.
//!
//! ```
//! # use std::sync::Arc;
//! # use signalbox_simulator::{Channel, Person, Slack, SlackSettings, Workspace};
//! let slack = Slack::new(SlackSettings {
//!     signing_secret: "shh".into(),
//!     bot_token: "xoxb-practice".into(),
//!     workspace: Workspace { id: "T1".into(), domain: "practice".into() },
//!     people: vec![Person { id: "UADA".into(), name: "Ada".into() }],
//!     channels: vec![Channel { id: "CRELEASES".into(), name: "releases".into() }],
//!     now_ms: Arc::new(|| 1_531_420_618_000),
//! });
//! slack.attach(axum::Router::new()); // the app's own router goes here
//! assert!(slack.messages("CRELEASES").is_empty());
//! ```

pub mod console;
pub mod github;
pub mod jenkins;
pub mod limits;
pub mod loki;
mod mrkdwn;
mod sheet;
mod slack;

pub use github::{GitHub, GitHubApp, GitHubCall, GitHubFault, GitHubSettings};
pub use jenkins::{Jenkins, JenkinsSettings};
pub use loki::{Loki, LokiSettings};
pub use slack::{
    Answer, BOT_USER, Call, Channel, Fault, Message, Modal, Person, SLACKBOT, Slack, SlackSettings, Workspace,
};
