//! The log-watch: reads what sources bring, window by window, counts patterns, compares them with what was there
//! before, and passes on what matters as commands. It writes no event: counts are memos, replaced on every read.
//!
//! - [`LogWatch::round`] does what is due; it may be called at any time, and by several at once.
//! - [`LogWatch::mirror`] sends a command when silences changed that an alert manager is to know.
//! - `reading` reads one source's window into a `Window`, and goes on where it stopped.
//! - `history` keeps what is known of one pattern, and decides what the pattern is now.
//! - `outcome` passes on what a window leads to; `telling` makes the findings and the report.
//!
//! It reads through ports, and knows no service that keeps logs.

mod history;
mod kin;
mod links;
mod mark;
mod mirror;
mod names;
mod outcome;
mod reading;
mod redactor;
mod remembered;
mod round;
mod rules;
mod telling;
mod window;

pub use round::{LogWatch, Round, Sources};
pub use rules::rules;
