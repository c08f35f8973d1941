//! Each port's contract over each adapter, and adapters by themselves.

pub mod before_aws;
pub mod cards_aws;
pub mod contracts;
pub mod contracts_aws;
pub mod local_command;
pub mod log_sources;
