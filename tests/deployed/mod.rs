//! The system as it is deployed: the zips, the template, and the functions as separate processes on an emulator of AWS.
//! The simulators stand for Slack, GitHub and Jenkins.

mod allowed;
mod counter;
pub mod emulator;
mod home;
mod infra;
mod ingress;
mod logs;
mod samples;
mod stories;
