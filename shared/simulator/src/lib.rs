//! A Slack in this process.
//!
//! It has two users: the [console], which is the page on which anyone can try the product without having a workspace,
//! and the scenario tests, which talk to it as they would talk to Slack.
//!
//! It must never depend on another crate of this repository. It has its own wire types, written from Slack's
//! documentation, so that it can find mistakes in the client and the doors that it tests. It must never use the
//! network (it consists only of routers and channels), and must never read another clock than the one it is given.
//!
//! Where this crate differs from Slack, it is stricter: a request that Slack would accept by chance is refused here,
//! with the error code that Slack uses for the most similar documented mistake.
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
    Answer, BOT_USER, Call, Channel, Choice, Complaint, Fault, Field, Message, Modal, Person, SLACKBOT,
    Slack, SlackSettings, Suggested, Surface, View, Workspace,
};
