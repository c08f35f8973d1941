//! The system as it is deployed: the zips, the template, the functions as processes of their own, on an emulator of AWS,
//! with the simulators for Slack, GitHub and Jenkins at the other ends.

mod allowed;
mod counter;
pub mod emulator;
mod home;
mod infra;
mod ingress;
mod logs;
mod samples;
mod stories;
