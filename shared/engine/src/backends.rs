//! Where runs are carried out: a backend for each kind of work.

use crate::ports::Backend;
use signalbox_domain::intent::Work;
use signalbox_domain::run::Timings;
use std::collections::HashMap;
use std::sync::Arc;

/// Where each kind of work is carried out.
#[derive(Clone, Default)]
pub struct Backends {
    all: HashMap<&'static str, Arc<dyn Backend>>,
    timings: Timings,
}

impl Backends {
    /// None: nothing can be carried out.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This kind of work is carried out there, see [`Work::kind`].
    pub fn insert(&mut self, kind: &'static str, backend: Arc<dyn Backend>) {
        self.timings.insert(kind, backend.timing());
        self.all.insert(kind, backend);
    }

    /// What carries this out.
    #[must_use]
    pub fn of(&self, work: &Work) -> Option<&Arc<dyn Backend>> {
        self.all.get(work.kind())
    }

    /// How each of them wants to be treated.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        &self.timings
    }
}

impl<const N: usize> From<[(&'static str, Arc<dyn Backend>); N]> for Backends {
    fn from(all: [(&'static str, Arc<dyn Backend>); N]) -> Self {
        let mut backends = Self::new();
        all.into_iter().for_each(|(kind, backend)| backends.insert(kind, backend));
        backends
    }
}
