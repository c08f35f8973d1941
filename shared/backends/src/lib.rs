//! Systems that carry out runs, over HTTP: GitHub Actions and Jenkins. And Alertmanager, which is told to be silent.
//!
//! Each says for itself what its answers mean: what was certainly not started, what is a definite no, what may have
//! arrived, and what "not found" proves. Nothing here decides what follows from that; nothing waits or tries again by
//! itself, save where an answer is certain and the repetition belongs to the same call (an expired token, a version of
//! the API that an older server does not know).

pub mod alertmanager;
mod excerpt;
pub mod github;
pub mod jenkins;
mod pace;
mod systems;

pub use alertmanager::Alertmanager;
pub use github::{Credentials, GitHub, GitHubSettings};
pub use jenkins::{Jenkins, JenkinsSettings};
pub use systems::{Settings, Systems};

/// What we call ourselves; GitHub refuses whoever does not say.
const USER_AGENT: &str = concat!("signalbox/", env!("CARGO_PKG_VERSION"));

/// A part of a path, every character that may mean something encoded: RFC 3986's unreserved ones stay.
fn segment(text: &str) -> String {
    const KEEP: percent_encoding::AsciiSet =
        percent_encoding::NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');
    percent_encoding::utf8_percent_encode(text, &KEEP).to_string()
}
