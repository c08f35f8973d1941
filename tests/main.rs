//! Everything that is tested from outside a crate, in one binary.
#![expect(clippy::unwrap_used, clippy::panic, reason = "a failed assumption of a test shall stop it")]

mod alertmanager;
mod alerts;
mod architecture;
mod audit;
mod command_line;
mod console;
mod contracts;
mod contracts_aws;
mod deployed;
mod emulator;
mod fixtures;
mod forged;
mod handover;
mod infra;
mod ingress;
mod intake;
mod local_command;
mod log_sources;
mod one_broken;
mod phrases;
mod process;
mod renamed;
mod scenarios;
mod schedules;
mod slow_clients;
mod targets;
mod vouched;
mod watched;
mod webhooks;
