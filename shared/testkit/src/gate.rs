//! Places at which a test schedule can stop a worker: before and after every effect of every port.

use signalbox_domain::Timestamp;
use signalbox_engine::ports::Clock;
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

/// A clock that stands still until it is moved.
#[derive(Debug, Default)]
pub struct VirtualClock(AtomicI64);

impl VirtualClock {
    /// A clock that shows this moment.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.0))
    }
    /// Moves the clock forward to a moment. It never moves back.
    pub fn advance_to(&self, to: Timestamp) {
        self.0.fetch_max(to.0, Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
    /// Moves the clock forward by the pause, and returns at once.
    fn sleep(&self, pause: std::time::Duration) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        self.advance_to(self.now().plus(pause));
        Box::pin(std::future::ready(()))
    }
}

/// Counts one worker's steps and holds it at one of them.
#[derive(Debug, Default)]
pub struct Gate {
    steps: AtomicUsize,
    /// The step at which the gate closes, counted from 1. With 0 it never closes.
    close_at: AtomicUsize,
    closed: AtomicBool,
}

impl Gate {
    /// A gate that closes at this step, counted from 1.
    #[must_use]
    pub fn closing_at(step: usize) -> Self {
        Self { close_at: AtomicUsize::new(step), ..Self::default() }
    }
    /// How many steps were made or begun.
    pub fn steps(&self) -> usize {
        self.steps.load(Ordering::SeqCst)
    }
    /// Whether the gate is closed, so that a worker waits at it.
    pub fn is_closed(&self) -> bool {
        self.closed.load(Ordering::SeqCst)
    }
    /// Lets the worker go on.
    pub fn open(&self) {
        self.closed.store(false, Ordering::SeqCst);
    }
    /// Makes one step. Waits as long as the gate is closed.
    pub async fn step(&self) {
        let step = self.steps.fetch_add(1, Ordering::SeqCst) + 1;
        if step == self.close_at.load(Ordering::SeqCst) {
            self.closed.store(true, Ordering::SeqCst);
        }
        std::future::poll_fn(|_| if self.is_closed() { Poll::Pending } else { Poll::Ready(()) }).await;
    }
}

/// Polls a future once. With ports in memory the future is then ready, unless a gate holds it.
pub fn poll_once<T>(future: &mut Pin<Box<dyn Future<Output = T> + Send + '_>>) -> Option<T> {
    match future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => Some(value),
        Poll::Pending => None,
    }
}
