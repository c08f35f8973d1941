//! Where runs are carried out: a backend for each kind of target.

use crate::ports::{Backend, Lookup};
use signalbox_domain::catalogue::TargetKind;
use signalbox_domain::intent::Work;
use signalbox_domain::lookup::System;
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

    /// How each of them wants to be treated.
    #[must_use]
    pub fn timings(&self) -> &Timings {
        &self.timings
    }
}

/// Who is asked, for each kind of question.
#[derive(Clone, Default)]
pub struct Lookups(HashMap<System, Arc<dyn Lookup>>);

impl Lookups {
    /// The system that answers these questions, if there is one here.
    #[must_use]
    pub fn of(&self, system: System) -> Option<&Arc<dyn Lookup>> {
        self.0.get(&system)
    }
}

/// One for each system; of several the last.
impl FromIterator<Arc<dyn Lookup>> for Lookups {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Lookup>>>(all: I) -> Self {
        Self(all.into_iter().map(|lookup| (lookup.system(), lookup)).collect())
    }
}

/// One for each kind; of several the last.
impl FromIterator<Arc<dyn Backend>> for Backends {
    fn from_iter<I: IntoIterator<Item = Arc<dyn Backend>>>(all: I) -> Self {
        let mut backends = Self::default();
        for backend in all {
            backends.timings.insert(backend.kind(), backend.timing());
            backends.all.insert(backend.kind(), backend);
        }
        backends
    }
}
