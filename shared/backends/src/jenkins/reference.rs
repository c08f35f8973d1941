//! Our name for a build: first a place in the queue, then a number.

use std::fmt;
use std::str::FromStr;

/// `queue/55`, `queue/55/merged` or `build/12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reference {
    /// An item of the queue.
    Queued {
        /// Its id; a build keeps it as its `queueId`.
        item: u64,
        /// Whether our request was merged into an item that was there already: that item does not have our id.
        merged: bool,
    },
    /// A build of the job.
    Build { number: u64 },
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Queued { item, merged: false } => write!(f, "queue/{item}"),
            Self::Queued { item, merged: true } => write!(f, "queue/{item}/merged"),
            Self::Build { number } => write!(f, "build/{number}"),
        }
    }
}

impl FromStr for Reference {
    type Err = ();
    fn from_str(text: &str) -> Result<Self, ()> {
        let number = |text: &str| text.parse().map_err(|_| ());
        let mut parts = text.split('/');
        let read = match (parts.next(), parts.next(), parts.next()) {
            (Some("queue"), Some(item), None) => Self::Queued { item: number(item)?, merged: false },
            (Some("queue"), Some(item), Some("merged")) => Self::Queued { item: number(item)?, merged: true },
            (Some("build"), Some(n), None) => Self::Build { number: number(n)? },
            _ => return Err(()),
        };
        if parts.next().is_none() { Ok(read) } else { Err(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_and_back() {
        for text in ["queue/55", "queue/55/merged", "build/12"] {
            assert_eq!(text.parse::<Reference>().unwrap().to_string(), text);
        }
        for text in ["", "queue", "queue/", "queue/x", "build/1/2", "queue/1/merged/2", "build/-1"] {
            assert!(text.parse::<Reference>().is_err(), "{text}");
        }
    }
}
