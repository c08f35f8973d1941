//! Answers kept for conditional requests: limited in number and in bytes; the oldest goes first.

use bytes::Bytes;
use http::HeaderValue;
use std::collections::{HashMap, VecDeque};

/// At most this many answers.
const MOST: usize = 2000;
/// The longest answer that is kept, in bytes.
const LARGEST: usize = 256 * 1024;
/// All of them together, in bytes, with their addresses and names: a function has 256 MB for everything.
const LARGEST_OF_ALL: usize = 32 * 1024 * 1024;

/// For each path the name that GitHub gave the answer, and the answer.
#[derive(Default)]
pub(super) struct Cache {
    answers: HashMap<String, (HeaderValue, Bytes)>,
    /// Oldest first; each path once.
    order: VecDeque<String>,
    bytes: usize,
}

fn size(path: &str, (etag, body): &(HeaderValue, Bytes)) -> usize {
    2 * path.len() + etag.len() + body.len()
}

impl Cache {
    pub(super) fn get(&self, path: &str) -> Option<(HeaderValue, Bytes)> {
        self.answers.get(path).cloned()
    }

    /// Keeps an answer and gives whether it is kept. `None`: the latest answer cannot be kept, and the one that was
    /// kept before is out of date.
    pub(super) fn put(&mut self, path: &str, answer: Option<(HeaderValue, Bytes)>) -> bool {
        self.remove(path);
        let Some(answer) = answer.filter(|a| size(path, a) <= LARGEST) else { return false };
        self.bytes += size(path, &answer);
        // Copied, because a slice would keep all the bytes that were read.
        let answer = (answer.0, Bytes::copy_from_slice(&answer.1));
        self.answers.insert(path.to_owned(), answer);
        self.order.push_back(path.to_owned());
        while self.order.len() > MOST || self.bytes > LARGEST_OF_ALL {
            let Some(oldest) = self.order.pop_front() else { break };
            self.forget(&oldest);
        }
        true
    }

    fn remove(&mut self, path: &str) {
        if self.answers.contains_key(path) {
            self.order.retain(|p| p != path);
            self.forget(path);
        }
    }

    fn forget(&mut self, path: &str) {
        if let Some(answer) = self.answers.remove(path) {
            self.bytes -= size(path, &answer);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put(kept: &mut Cache, path: &str, bytes: usize) -> bool {
        kept.put(path, Some((HeaderValue::from_static("tag"), Bytes::from(vec![b'x'; bytes]))))
    }

    #[test]
    fn count_and_bytes_are_bounded_and_the_oldest_goes() {
        let mut kept = Cache::default();
        for n in 0..1000 {
            put(&mut kept, &format!("/{n}"), LARGEST - 100);
        }
        let really: usize = kept.answers.iter().map(|(path, a)| size(path, a)).sum();
        assert!(really <= LARGEST_OF_ALL && really == kept.bytes, "{really}");
        assert!(kept.get("/999").is_some() && kept.get("/0").is_none());
        let mut kept = Cache::default();
        for n in 0..3 * MOST {
            put(&mut kept, &format!("/{n}"), 1);
        }
        assert_eq!((kept.answers.len(), kept.order.len()), (MOST, MOST));
        put(&mut kept, "/x", LARGEST);
        assert!(kept.get("/x").is_none(), "too long to be kept");
    }

    #[test]
    fn one_that_comes_again_and_again_is_one() {
        let mut kept = Cache::default();
        for bytes in 0..10_000 {
            put(&mut kept, "/x", bytes % 100);
            assert!(!kept.put("/y", None));
        }
        assert_eq!((kept.answers.len(), kept.order.len()), (1, 1));
        assert!(!kept.put("/x", None));
        assert_eq!((kept.answers.len(), kept.order.len(), kept.bytes), (0, 0, 0));
    }
}
