//! What every adapter of a port must do. The suites assert only what DynamoDB and SQS guarantee too.

pub mod copies;
pub mod letters;
pub mod memos;
pub mod queue;
pub mod store;
