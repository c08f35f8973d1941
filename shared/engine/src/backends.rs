//! Where runs are carried out: a backend for each kind of target.

use crate::ports::Backend;
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::intent::Work;
use signalbox_domain::run::Timings;
use std::collections::HashMap;
use std::sync::Arc;

/// Where each kind of work is carried out.
#[derive(Clone, Default)]
pub struct Backends {
    all: HashMap<TargetKind, Arc<dyn Backend>>,
    timings: Timings,
}

impl Backends {
    /// What carries this out.
    #[must_use]
    pub fn of(&self, work: &Work) -> Option<&Arc<dyn Backend>> {
        self.all.get(&work.kind())
    }

    /// With one more; of its kind the only one.
    #[must_use]
    pub fn with(mut self, backend: Arc<dyn Backend>) -> Self {
        self.timings.insert(backend.kind(), backend.timing());
        self.all.insert(backend.kind(), backend);
        self
    }

    /// How each of them wants to be treated.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        &self.timings
    }
}

/// One for each kind; of several the last.
impl FromIterator<Arc<dyn Backend>> for Backends {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Backend>>>(all: I) -> Self {
        all.into_iter().fold(Self::default(), Self::with)
    }
}
