//! The contract of each port over each adapter, and tests of single adapters.

pub mod before_aws;
pub mod cards_aws;
pub mod contracts;
pub mod contracts_aws;
pub mod local_command;
pub mod log_sources;
