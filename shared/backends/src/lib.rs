//! Systems that carry out runs, over HTTP: GitHub Actions and Jenkins.
//!
//! Each says for itself what its answers mean: what was certainly not started, what is a definite no, what may have
//! arrived, and what "not found" proves. Nothing here decides what follows from that; nothing waits or tries again by
//! itself, save where an answer is certain and the repetition belongs to the same call (an expired token, a version of
//! the API that an older server does not know).

mod excerpt;
pub mod github;
pub mod jenkins;
mod pace;

pub use github::{Credentials, GitHub, GitHubSettings};
pub use jenkins::{Jenkins, JenkinsSettings};
