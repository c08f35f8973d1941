//! Who is connected, and which connection is closed when there is no more room.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::Notify;

/// A limited number of places for connections.
pub struct Connections {
    most: usize,
    places: Mutex<Places>,
}

#[derive(Default)]
struct Places {
    /// Rises with every event: a clock that says only what came first.
    now: u64,
    taken: BTreeMap<u64, Taken>,
}

struct Taken {
    /// Since when it has waited for its client; `None` while its request is being answered.
    waiting_since: Option<u64>,
    gone: Arc<Notify>,
}

/// A connection's place.
pub struct Place {
    id: u64,
    all: Arc<Connections>,
    gone: Arc<Notify>,
}

/// A place whose request is being answered, as long as this value lives.
pub struct Busy<'p>(&'p Place);

impl Connections {
    pub fn new(most: usize) -> Self {
        Self { most, places: Mutex::default() }
    }

    fn places(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A place for one more connection. The one that has waited longest for its client makes room. `None`: all are
    /// being answered.
    pub fn enter(self: &Arc<Self>) -> Option<Arc<Place>> {
        let mut places = self.places();
        while places.taken.len() >= self.most {
            places.evict()?;
        }
        let (id, gone) = (places.tick(), Arc::new(Notify::new()));
        places.taken.insert(id, Taken { waiting_since: Some(id), gone: gone.clone() });
        Some(Arc::new(Place { id, all: self.clone(), gone }))
    }

    /// Closes the connection that has waited longest for its client.
    pub fn make_room(&self) {
        self.places().evict();
    }
}

impl Places {
    fn tick(&mut self) -> u64 {
        self.now += 1;
        self.now
    }

    fn evict(&mut self) -> Option<()> {
        let waiting = self.taken.iter().filter_map(|(id, taken)| Some((taken.waiting_since?, *id)));
        let (_, id) = waiting.min()?;
        let taken = self.taken.remove(&id)?;
        taken.gone.notify_one();
        Some(())
    }
}

impl Place {
    /// Waits until this connection has to make room.
    pub async fn gone(&self) {
        self.gone.notified().await;
    }

    /// From here on the connection is not cut off.
    pub fn busy(&self) -> Busy<'_> {
        if let Some(taken) = self.all.places().taken.get_mut(&self.id) {
            taken.waiting_since = None;
        }
        Busy(self)
    }
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        let mut places = self.0.all.places();
        let now = places.tick();
        if let Some(taken) = places.taken.get_mut(&self.0.id) {
            taken.waiting_since = Some(now);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.places().taken.remove(&self.id);
    }
}
