//! Alerts: what the log-watch or an alert manager found, and what people did about it.

mod finding;

pub use finding::{Class, Deployed, Finding, LONGEST_TEXT, Tally};
