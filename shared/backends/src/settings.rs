//! The systems' settings, by name: one machine and AWS read them in different ways, but they are the same settings.

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
    /// An address; the text is an example.
    Address(&'static str),
    /// A word that everybody may see.
    Word,
    /// A secret.
    Secret,
}

impl Setting {
    pub(crate) const fn new(name: &'static str, holds: Holds) -> Self {
        Self { name, holds }
    }
}

/// The values of settings, by name. They are never shown: there is no `Debug`.
#[derive(Clone, Default)]
pub struct Settings(BTreeMap<&'static str, String>);

impl Settings {
    /// These settings, each read by the given function.
    pub fn read<'s>(
        settings: impl IntoIterator<Item = &'s Setting>,
        read: impl Fn(&Setting) -> Option<String>,
    ) -> Self {
        Self(settings.into_iter().filter_map(|setting| Some((setting.name, read(setting)?))).collect())
    }

    /// One value, if it is set.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
