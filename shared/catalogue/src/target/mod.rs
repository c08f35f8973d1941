//! `target`: where an operation is carried out. There is one file per kind; `docs/extend.md` says how to add one.
//!
//! The kind is found before anything else is read, so that a message about a key of another kind can say so.

mod command;
mod github;
mod jenkins;
pub(crate) mod steps;
mod value;

pub(crate) use command::command;
pub(crate) use value::{never_all, template};

use crate::program::Programs;
use crate::report::{Report, listed};
use crate::scope::Parameters;
use crate::walk::{Field, Keyed};
use signalbox_domain::catalogue::Target;
use signalbox_domain::nearest;

/// A kind of target. The first of its keys is the one that names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Command,
    GitHub,
    Jenkins,
    Steps,
}

impl Kind {
    pub(crate) const ALL: [Self; 4] = [Self::Command, Self::GitHub, Self::Jenkins, Self::Steps];

    /// The key that names it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Command => "command",
            Self::GitHub => "github",
            Self::Jenkins => "jenkins",
            Self::Steps => "steps",
        }
    }

    /// All of its keys.
    pub(crate) fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Command => command::KEYS,
            Self::GitHub => github::KEYS,
            Self::Jenkins => jenkins::KEYS,
            Self::Steps => steps::KEYS,
        }
    }

    /// What to do about a key that belongs to another kind or to another tool.
    fn instead(self, key: &str) -> Option<&'static str> {
        match self {
            Self::Command => command::instead(key),
            Self::GitHub => github::instead(key),
            Self::Jenkins => jenkins::instead(key),
            Self::Steps => steps::instead(key),
        }
    }
}

/// Reads the target of an operation with these parameters.
pub(crate) fn read(
    report: &mut Report,
    field: &Field<'_>,
    parameters: &Parameters<'_>,
    programs: &Programs,
) -> Option<Target> {
    let (kind, keyed) = kind(report, field)?;
    match kind {
        Kind::Command => command::read(report, &keyed, parameters, programs).map(Target::Command),
        Kind::GitHub => github::read(report, &keyed, parameters).map(Target::GitHub),
        Kind::Jenkins => jenkins::read(report, &keyed, parameters).map(Target::Jenkins),
        Kind::Steps => steps::read(report, &keyed, parameters).map(Target::Batch),
    }
}

/// Which kind it is, and its keys. `None` if the kind cannot be known, because then every further message would be a
/// guess.
fn kind<'t>(report: &mut Report, field: &Field<'t>) -> Option<(Kind, Keyed<'t>)> {
    let written = field.keys();
    let kinds =
        |fits: &dyn Fn(Kind) -> bool| -> Vec<Kind> { Kind::ALL.into_iter().filter(|k| fits(*k)).collect() };
    let named = kinds(&|kind| written.contains(&kind.name()));
    // If the key that names the kind is misspelt or missing, the other keys show which kind is meant. So the rest is
    // still checked.
    let misspelt = kinds(&|kind| written.iter().any(|key| nearest(key, [kind.name()]).is_some()));
    let implied = kinds(&|kind| kind.keys().iter().any(|key| written.contains(key)));
    let meant = [&named, &misspelt, &implied].into_iter().find(|kinds| !kinds.is_empty());
    if let Some([kind]) = meant.map(Vec::as_slice) {
        let keyed = field.keyed_or(report, kind.keys(), |stray| foreign(*kind, stray))?;
        return Some((*kind, keyed));
    }
    let all: Vec<&str> = Kind::ALL.iter().flat_map(|kind| kind.keys()).copied().collect();
    let keyed = field.keyed(report, &all)?;
    match named.get(1).and_then(|second| keyed.get(second.name())) {
        Some(second) => report.error(
            second.at,
            format!("`target` has {}, and is of one kind only", listed(named.iter().map(|kind| kind.name()))),
            "keep one of them with its keys; make one operation for each",
        ),
        None => report.error(
            keyed.at(),
            "`target` does not say what carries it out",
            "write one of `command: [git, fetch]`, `github: owner/name`, `jenkins: folder/job` and `steps: […]`",
        ),
    }
    None
}

/// The message and the hint for a key of another kind.
fn foreign(kind: Kind, field: &Field<'_>) -> Option<(String, String)> {
    let hint = kind.instead(field.key)?;
    Some((format!("{} is not a key here: this is a `{}` target", field.label, kind.name()), hint.to_owned()))
}
