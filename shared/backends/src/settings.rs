//! What is set of the systems, by the names of the settings: on one machine and on AWS they are read in different ways, and
//! are the same.

use std::collections::BTreeMap;

/// A setting, by the name of its environment variable.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    pub name: &'static str,
    pub holds: Holds,
}

/// What a setting holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holds {
    /// An address; it looks like this one.
    Address(&'static str),
    /// A word that anybody may see.
    Word,
    /// What nobody may see.
    Secret,
}

impl Setting {
    pub(crate) const fn new(name: &'static str, holds: Holds) -> Self {
        Self { name, holds }
    }
}

/// What is set, by name. It shows itself to nobody: no `Debug`.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// These settings, as somebody reads each of them.
    pub fn read<'s>(
        settings: impl IntoIterator<Item = &'s Setting>,
        read: impl Fn(&Setting) -> Option<String>,
    ) -> Self {
        Self(settings.into_iter().filter_map(|setting| Some((setting.name, read(setting)?))).collect())
    }

    /// One, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
