//! The steps of a batch: a line for each, with its state as a word.

use crate::text::{Sign, Text, sign};
use signalbox_domain::observation::{Part, Stands};

/// How a step stands, in a word or two.
pub(super) fn stands(stands: Stands) -> &'static str {
    match stands {
        Stands::Waits => "waits",
        Stands::Busy => "running",
        Stands::Good => "succeeded",
        Stands::Bad => "did not succeed",
        Stands::Unknown => "unknown",
        Stands::LeftOut => "left out",
    }
}

/// A step's line, with its number.
pub(super) fn step_line((part, number): (&Part, u32)) -> Text {
    let picture = match part.stands {
        Stands::Waits => Sign::Waiting,
        Stands::Busy => Sign::Busy,
        Stands::Good => Sign::Good,
        Stands::Bad => Sign::Bad,
        Stands::Unknown => Sign::Unsure,
        Stands::LeftOut => Sign::Stopped,
    };
    let line = sign(picture)
        .plain(format!("{number}. "))
        .code(&part.line)
        .plain(format!(" · {}", stands(part.stands)));
    match &part.run {
        Some(run) => line.say(" · run ").typed(run.short()),
        None => line,
    }
}
