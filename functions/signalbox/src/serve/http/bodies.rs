//! Reads the bodies of requests whole within a time limit. Each door holds a limited number of bytes, because nobody
//! knows yet who sends them.

use super::Limits;
use axum::body::{Body, Bytes};
use futures::StreamExt;
use http::StatusCode;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// Each door counts by itself: a flood at one door leaves the others alone.
pub struct Doors {
    slack: Arc<Door>,
    webhooks: Arc<Door>,
    others: Arc<Door>,
    limits: Limits,
}

/// What one door holds.
struct Door {
    most: usize,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    next: u64,
    bytes: usize,
    /// Oldest first.
    parts: BTreeMap<u64, Part>,
}

struct Part {
    bytes: usize,
    /// Whether all of it has arrived; until then it may have to make room.
    whole: bool,
    gone: Arc<Notify>,
}

/// A body. It is counted as long as this value lives.
pub struct Read {
    pub bytes: Bytes,
    _counted: Counted,
}

struct Counted {
    id: u64,
    door: Arc<Door>,
    gone: Arc<Notify>,
}

impl Doors {
    pub fn new(limits: Limits) -> Self {
        let door = || Arc::new(Door { most: limits.in_flight, held: Mutex::default() });
        Self { slack: door(), webhooks: door(), others: door(), limits }
    }

    /// Reads all of a body.
    ///
    /// # Errors
    /// 408 if it did not come in time, or had to make room; 413 if it is too long; 503 if the door holds no body that
    /// could make room.
    pub async fn read(&self, path: &str, body: Body) -> Result<Read, StatusCode> {
        let door = match path.split('/').nth(1) {
            Some("slack") => &self.slack,
            Some("webhooks") => &self.webhooks,
            _ => &self.others,
        };
        let counted = door.clone().enter();
        let gone = counted.gone.clone();
        tokio::select! {
            read = tokio::time::timeout(self.limits.body, collect(counted, body, self.limits.body_bytes)) => {
                read.unwrap_or(Err(StatusCode::REQUEST_TIMEOUT))
            }
            () = gone.notified() => Err(StatusCode::REQUEST_TIMEOUT),
        }
    }
}

async fn collect(counted: Counted, body: Body, most: usize) -> Result<Read, StatusCode> {
    let mut bytes = vec![];
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| StatusCode::BAD_REQUEST)?;
        if bytes.len() + chunk.len() > most {
            return Err(StatusCode::PAYLOAD_TOO_LARGE);
        }
        counted.add(chunk.len())?;
        bytes.extend_from_slice(&chunk);
    }
    counted.is_whole();
    Ok(Read { bytes: bytes.into(), _counted: counted })
}

impl Door {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn enter(self: Arc<Self>) -> Counted {
        let gone = Arc::new(Notify::new());
        let mut held = self.held();
        let id = held.next;
        held.next += 1;
        held.parts.insert(id, Part { bytes: 0, whole: false, gone: gone.clone() });
        drop(held);
        Counted { id, door: self, gone }
    }
}

impl Held {
    fn remove(&mut self, id: u64) {
        if let Some(part) = self.parts.remove(&id) {
            self.bytes -= part.bytes;
            part.gone.notify_one();
        }
    }
}

impl Counted {
    /// Counts some more bytes. The oldest bodies that have not arrived whole make room for them.
    fn add(&self, bytes: usize) -> Result<(), StatusCode> {
        let mut held = self.door.held();
        let Some(part) = held.parts.get_mut(&self.id) else { return Err(StatusCode::REQUEST_TIMEOUT) };
        part.bytes += bytes;
        held.bytes += bytes;
        while held.bytes > self.door.most {
            let older = held.parts.iter().find(|(id, part)| **id != self.id && !part.whole && part.bytes > 0);
            match older.map(|(id, _)| *id) {
                Some(id) => held.remove(id),
                None => return Err(StatusCode::SERVICE_UNAVAILABLE),
            }
        }
        Ok(())
    }

    fn is_whole(&self) {
        if let Some(part) = self.door.held().parts.get_mut(&self.id) {
            part.whole = true;
        }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.door.held().remove(self.id);
    }
}
