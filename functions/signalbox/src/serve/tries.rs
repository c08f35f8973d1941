//! What the console offers to try: lines that the person who looks may send from where they look, and that do what
//! the text beside them says.
//!
//! The example's operations have lines of their own, in an order that tells a story. For any other operation the
//! shortest line that it accepts is made. The catalogue decides each time whether a line is offered.

use crate::targets::surprise;
use signalbox_domain::catalogue::{Operation, Target};
use signalbox_domain::parameter::Parameter;
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::phrase::{Phrase, understand};
use signalbox_domain::policy::{Verdict, may};
use signalbox_domain::{Catalogue, ChannelId, Frozen, UserId, WorkspaceId};
use signalbox_simulator::console::{Looking, Tries, Try};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The workspace that is simulated.
pub const WORKSPACE: &str = "TPRACTICE";
/// At most this many lines ask for an operation.
const MOST: usize = 7;
/// The example's operations, in the order of the story, and what is typed after each.
const STORY: [(&str, &str); 10] = [
    ("release", "web"),
    ("deploy", "web 2.0.0"),
    ("promote", "web prod"),
    ("nightly", ""),
    ("smoke-test", "web"),
    ("migrate", ""),
    ("rollout", "api steps=4"),
    ("integration", "web"),
    ("soak", ""),
    ("load-test", ""),
];

/// What there is to try, for the console.
pub fn tries(catalogue: &Arc<Frozen>, data: &Path) -> Tries {
    let (catalogue, repository) = (catalogue.clone(), data.join("practice"));
    Arc::new(move |looking| offered(&catalogue, looking, &repository))
}

/// What there is to try for somebody in a place.
pub fn offered(catalogue: &Catalogue, looking: &Looking<'_>, repository: &Path) -> Vec<Try> {
    let actor = Actor::person(Chat::SLACK, WorkspaceId::new(WORKSPACE), UserId::new(looking.user));
    let place = Place {
        chat: Chat::SLACK,
        workspace: WorkspaceId::new(WORKSPACE),
        channel: ChannelId::new(looking.channel),
    };
    let told = STORY.iter().filter_map(|(name, words)| {
        let operation = catalogue.operations.values().find(|o| o.name.as_str() == *name)?;
        Some((operation, (*words).to_owned()))
    });
    let is_told = |operation: &Operation| STORY.iter().any(|(name, _)| *name == operation.name.as_str());
    let others = catalogue.operations.values().filter(|o| !is_told(o));
    let others = others.filter_map(|operation| Some((operation, shortest(operation)?)));
    let may_be_sent = |(operation, words): (&Operation, String)| {
        if may(&operation.allow, &actor, &place) != Verdict::Allow {
            return None;
        }
        let words = match cuts_tags(operation) {
            true => format!("{words} {}", next_version(&words, looking.typed, repository)),
            false => words,
        };
        let slash = format!("/{}", operation.name);
        // The catalogue may be another than the example, even if its operations have the same names.
        let words = match understand(catalogue, &slash, &words, (Some(&place), crate::clock::now())) {
            Ok(Phrase::Ask(..)) => words,
            _ => shortest(operation)?,
        };
        let note = surprise(operation).map(str::to_owned);
        Some(Try { line: format!("{slash} {words}").trim_end().to_owned(), note })
    };
    let mut tries: Vec<Try> = told.chain(others).filter_map(may_be_sent).take(MOST).collect();
    tries.push(Try::new("/signalbox help"));
    tries.push(Try::new("/signalbox history"));
    let watched = |w: &signalbox_domain::watch::Watch| {
        w.place == place || may(&w.allow, &actor, &place) == Verdict::Allow
    };
    if catalogue.watches.values().any(watched) {
        tries.push(Try::new("/signalbox alerts"));
    }
    tries
}

/// The least that has to be typed after an operation; `None` if only a person can know a value.
fn shortest(operation: &Operation) -> Option<String> {
    let needed = operation.parameters.iter().filter(|p| p.required && p.when.is_empty());
    let value = |p: &Parameter| Some(format!("{}={}", p.name, signalbox_voice::sample(p)?));
    Some(needed.map(value).collect::<Option<Vec<_>>>()?.join(" "))
}

/// Whether this is the release of the example, which fails if the tag exists already.
fn cuts_tags(operation: &Operation) -> bool {
    let Target::Command(command) = &operation.target else { return false };
    command.program == "git" && command.directory == "practice" && operation.name.as_str() == "release"
}

/// The first version that was neither released nor asked for: the latest of 1.0.x plus one.
fn next_version(service: &str, typed: &[String], repository: &Path) -> String {
    let tag = format!("{service}-");
    let tags = tags(repository);
    let released = tags.iter().filter_map(|name| name.strip_prefix(&tag));
    // A release that was asked for may not have made its tag yet.
    let line = format!("/release {service} ");
    let asked = typed.iter().filter_map(|typed| typed.strip_prefix(&line).map(str::trim));
    let latest = released.chain(asked).filter_map(version).max();
    latest.map_or("1.0.0".to_owned(), |(major, minor, patch)| {
        format!("{major}.{minor}.{}", patch.saturating_add(1))
    })
}

/// A version with something after it counts too: `1.0.0-rc.1` makes 1.0.0 count as released, which does no harm.
fn version(text: &str) -> Option<(u32, u32, u32)> {
    let numbers = text.split('-').next().unwrap_or_default();
    let mut parts = numbers.split('.').map(str::parse::<u32>);
    let version = (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
    parts.next().is_none().then_some(version)
}

/// The tags of a repository, read from git's own files: one file for each tag, or many tags in one file. Starting git
/// for every look would cost too much.
fn tags(repository: &Path) -> Vec<String> {
    let git: PathBuf = repository.join(".git");
    let files = std::fs::read_dir(git.join("refs/tags")).into_iter().flatten().flatten();
    let loose = files.filter_map(|file| file.file_name().into_string().ok());
    let packed = std::fs::read_to_string(git.join("packed-refs")).unwrap_or_default();
    let packed =
        packed.lines().filter_map(|line| line.split_once(" refs/tags/").map(|(_, name)| name.to_owned()));
    loose.chain(packed).collect()
}
