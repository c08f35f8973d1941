//! Takes up an edited catalogue without a restart. A broken edit changes nothing: the catalogue before it stays in force,
//! and that is said in the log, in a channel, and by `signalbox doctor`.

use super::engine::Parts;
use super::home::SlackHome;
use super::live::Live;
use crate::catalogue::{self, Loaded};
use crate::environment::Environment;
use serde::{Deserialize, Serialize};
use signalbox_domain::Frozen;
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};
use tokio::sync::watch;

/// How often the folder is looked at. An edit is taken up once two looks saw the same.
const EVERY: Duration = Duration::from_secs(1);
/// So many problems are named in a channel.
const MOST_NAMED: usize = 5;
/// What is known of the catalogue, in the data folder.
const FILE: &str = "catalogue.json";

/// What is known of the catalogue, for `signalbox doctor`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// The folder.
    pub folder: PathBuf,
    /// How many operations are in force.
    pub operations: usize,
    /// Since when, in milliseconds since 1970.
    pub since_ms: i64,
    /// The mistakes of an edit that is not in force, and since when it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub broken: Option<(i64, Vec<String>)>,
}

impl Standing {
    /// As the server that has this data folder left it; `None` if none did.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn read(data: &Path) -> anyhow::Result<Option<Self>> {
        match std::fs::read(data.join(FILE)) {
            Ok(bytes) => Ok(Some(serde_json::from_slice(&bytes)?)),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    fn write(&self, data: &Path) {
        let written = serde_json::to_vec_pretty(self)
            .map_err(std::io::Error::other)
            .and_then(|bytes| std::fs::write(data.join(FILE), bytes));
        if let Err(error) = written {
            tracing::warn!(%error, "cannot note how the catalogue stands");
        }
    }
}

/// What an edit of the catalogue needs to be taken up.
pub struct Reloading {
    pub folder: PathBuf,
    /// What was in the folder before the catalogue was read that is in force.
    pub in_force: Seen,
    pub data: PathBuf,
    pub environment: Arc<Environment>,
    pub parts: Parts,
    pub home: Arc<SlackHome>,
    pub live: watch::Sender<Arc<Live>>,
}

impl Reloading {
    /// Looks at the folder until the server stops.
    pub async fn follow(mut self, mut stopped: watch::Receiver<bool>) {
        let mut standing = Standing {
            folder: std::path::absolute(&self.folder).unwrap_or_else(|_| self.folder.clone()),
            operations: self.parts.catalogue.operations.len(),
            since_ms: crate::clock::now().0,
            broken: None,
        };
        standing.write(&self.data);
        // An edit between then and now is one, too.
        let mut last = self.in_force.clone();
        loop {
            tokio::select! {
                () = tokio::time::sleep(EVERY) => {}
                _ = stopped.changed() => return,
            }
            let now = seen(&self.folder);
            let still = now == last;
            last = now.clone();
            if !still || now == self.in_force {
                continue;
            }
            self.in_force = now;
            self.take_up(&mut standing).await;
            standing.write(&self.data);
        }
    }

    /// Reads what is in the folder now, and goes on with it if nothing is wrong with it.
    async fn take_up(&mut self, standing: &mut Standing) {
        let (folder, environment) = (self.folder.clone(), self.environment.clone());
        let read = tokio::task::spawn_blocking(move || catalogue::read(&folder, &environment)).await;
        let made = match read {
            Ok(Ok(loaded)) => self.made(loaded),
            Ok(Err(problems)) => Err(problems),
            Err(error) => Err(vec![error.to_string()]),
        };
        match made {
            Ok((parts, live)) => {
                let what = changed(&self.parts.catalogue, &parts.catalogue);
                self.parts = parts;
                self.live.send_replace(Arc::new(live));
                standing.operations = self.parts.catalogue.operations.len();
                standing.since_ms = crate::clock::now().0;
                tracing::info!(%what, "the catalogue was edited and is in force");
                if standing.broken.take().is_some() {
                    self.tell(&format!("The catalogue is right again and in force: {what}.")).await;
                }
            }
            Err(problems) => {
                for problem in &problems {
                    tracing::error!(%problem, "the edited catalogue is not in force: the one before it is");
                }
                let words = told(&problems);
                if standing.broken.as_ref().is_none_or(|(_, before)| *before != problems) {
                    self.tell(&words).await;
                }
                let since =
                    standing.broken.as_ref().map_or_else(|| crate::clock::now().0, |(since, _)| *since);
                standing.broken = Some((since, problems));
            }
        }
    }

    fn made(&self, loaded: Loaded) -> Result<(Parts, Live), Vec<String>> {
        let parts = self.parts.with(loaded);
        let live = Live::new(&parts, &self.home, &self.data, &self.environment);
        live.map(|live| (parts, live)).map_err(|error| vec![format!("{error:#}")])
    }

    /// Tells the channel of those who run this server, if one is set.
    async fn tell(&self, words: &str) {
        let Some(channel) = &self.environment.operators_channel else { return };
        if let Err(error) = self.home.client.say(channel, words).await {
            tracing::warn!(%error, "could not tell the operators' channel about the catalogue");
        }
    }
}

/// What a channel is told of a broken edit.
fn told(problems: &[String]) -> String {
    let mut words =
        String::from("The catalogue was edited and has mistakes. It is not in force: the one before it is.");
    for problem in problems.iter().take(MOST_NAMED) {
        words.push_str("\n• ");
        words.push_str(problem);
    }
    if let Some(more) = problems.len().checked_sub(MOST_NAMED).filter(|more| *more > 0) {
        words.push_str(&format!("\nand {more} more; `signalbox check` shows all of them"));
    }
    words
}

/// What an edit changed, in words.
fn changed(before: &Frozen, after: &Frozen) -> String {
    let names: BTreeSet<_> = before.operations.keys().chain(after.operations.keys()).collect();
    let differs = names.iter().filter(|name| before.operations.get(**name) != after.operations.get(**name));
    let differs: Vec<&str> = differs.map(|name| name.as_str()).collect();
    match differs.as_slice() {
        [] => "no operation changed".to_owned(),
        [one] => format!("{one} changed"),
        some => format!("{} operations changed: {}", some.len(), some.join(", ")),
    }
}

/// What can be seen of a folder without reading it: files, their sizes, and when they changed.
pub type Seen = BTreeSet<(PathBuf, u64, Option<SystemTime>)>;

/// What can be seen of this folder now.
pub fn seen(folder: &Path) -> Seen {
    let mut all = Seen::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = std::fs::read_dir(&folder) else { continue };
        for entry in entries.flatten() {
            // Links are followed: configuration is often mounted by them.
            let Ok(about) = std::fs::metadata(entry.path()) else { continue };
            if about.is_dir() {
                // A folder that links to one above it would never end.
                if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                    folders.push(entry.path());
                }
            } else {
                all.insert((entry.path(), about.len(), about.modified().ok()));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_broken_edit_is_told_in_a_few_lines() {
        let problems: Vec<String> = (0..7).map(|n| format!("mistake {n}")).collect();
        let words = told(&problems);
        assert!(words.contains("mistake 4") && !words.contains("mistake 5"), "{words}");
        assert!(words.ends_with("and 2 more; `signalbox check` shows all of them"), "{words}");
        assert!(!told(&problems[..5]).contains("more;"));
    }

    #[test]
    fn an_edit_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.yaml");
        std::fs::write(&file, "a").unwrap();
        let before = seen(folder.path());
        assert_eq!(before, seen(folder.path()));
        std::fs::write(&file, "ab").unwrap();
        assert_ne!(before, seen(folder.path()));
        std::fs::create_dir(folder.path().join("more")).unwrap();
        let before = seen(folder.path());
        std::fs::write(folder.path().join("more/b.yaml"), "").unwrap();
        assert_ne!(before, seen(folder.path()));
    }
}
