//! The store and the queues on AWS: two DynamoDB tables, SQS FIFO queues; lines of CloudWatch Logs. The only crate
//! that names an `aws_sdk` crate.
//!
//! [`DynamoStore`] keeps `events`, to which only conditional puts are made, and `state`, where heads, cards
//! and memos are.
//! [`SqsQueue`] sends and receives one message at a time. [`tables`] has the tables as data. Nothing here knows what
//! the bodies say, and nothing here reads the clock. No error text carries more of AWS's answer than its code and the
//! request's id.

mod body;
mod cards;
mod clients;
mod dynamo;
mod failure;
mod http;
mod item;
mod letters;
mod logs;
mod memos;
mod parameters;
mod queue;
mod read;
mod seals;
mod store;
pub mod tables;
mod views;
mod write;

pub use clients::Clients;
pub use dynamo::DynamoStore;
pub use logs::{CloudWatch, CloudWatchSettings};
pub use parameters::Parameters;
pub use queue::{Record, SqsQueue};
pub use seals::SealBucket;
