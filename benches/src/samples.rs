//! Durations that were measured one by one, and figures about them.

use std::fmt;
use std::time::{Duration, Instant};

/// The measured durations.
#[derive(Default)]
pub struct Samples(Vec<Duration>);

impl Samples {
    /// Measures one piece of work and returns its result.
    pub fn time<T>(&mut self, work: impl FnOnce() -> T) -> T {
        let begun = Instant::now();
        let done = work();
        self.0.push(begun.elapsed());
        done
    }

    /// Adds a duration that was measured elsewhere.
    pub fn push(&mut self, took: Duration) {
        self.0.push(took);
    }

    /// Adds all durations of another one.
    pub fn extend(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// The number of durations.
    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The duration that this many of a thousand did not exceed.
    pub fn at(&self, per_mille: usize) -> Took {
        let last = self.0.len().saturating_sub(1);
        let mut all = self.0.clone();
        let found = all.get(last * per_mille / 1000).is_some();
        Took(if found { *all.select_nth_unstable(last * per_mille / 1000).1 } else { Duration::ZERO })
    }

    /// The median.
    pub fn p50(&self) -> Took {
        self.at(500)
    }

    /// The duration that only one of a hundred exceeded.
    pub fn p99(&self) -> Took {
        self.at(990)
    }
}

/// A duration, shown with three figures.
#[derive(Clone, Copy)]
pub struct Took(pub Duration);

impl Took {
    /// How many times as long this duration is as the other one.
    pub fn ratio(self, to: Self) -> String {
        format!("{:.2} ×", self.0.as_secs_f64() / to.0.as_secs_f64().max(1e-9))
    }
}

impl fmt::Display for Took {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (value, unit) = match self.0.as_secs_f64() {
            s if s < 1e-3 => (s * 1e6, "µs"),
            s if s < 1.0 => (s * 1e3, "ms"),
            s => (s, "s"),
        };
        let places = if value < 10.0 { 2 } else { usize::from(value < 100.0) };
        write!(f, "{value:.places$} {unit}")
    }
}
