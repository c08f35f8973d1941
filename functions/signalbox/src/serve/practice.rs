//! What the example catalogue works on: a git repository in the data folder, and a practice Slack with people in it.

use super::engine::Parts;
use crate::clock;
use crate::environment::Environment;
use crate::targets::Played;
use anyhow::{Context, bail};
use signalbox_domain::{Frozen, Operation};
use signalbox_simulator::console::{Command as Typed, ConsoleOptions, Shortcut, ShortcutKind};
use signalbox_simulator::{Channel, Person, Slack, SlackSettings, Workspace};
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Makes `practice`, once: a repository with one commit to tag.
pub fn make_repository(data: &Path, environment: &Environment) -> anyhow::Result<()> {
    let folder = data.join("practice");
    if folder.join(".git").exists() {
        return Ok(());
    }
    // Made in another folder and moved into place, so that a start that is killed half-way leaves no unfinished
    // folder.
    let draft = data.join("practice.new");
    if draft.exists() {
        std::fs::remove_dir_all(&draft)?;
    }
    std::fs::create_dir_all(&draft)?;
    std::fs::write(
        draft.join("README.md"),
        "# Practice\n\nSignalbox's example catalogue cuts its tags here.\n",
    )?;
    let git = |arguments: &[&str]| -> anyhow::Result<()> {
        let mut command = Command::new("git");
        command
            .args(arguments)
            .current_dir(&draft)
            .env_clear()
            .env("PATH", &environment.path)
            .env("HOME", data);
        let output = command.output().context("cannot run git\n  help: the practice repository needs it")?;
        if !output.status.success() {
            bail!("git {}: {}", arguments.join(" "), String::from_utf8_lossy(&output.stderr).trim());
        }
        Ok(())
    };
    git(&["init", "--quiet", "--initial-branch=main"])?;
    git(&["config", "user.name", "Signalbox"])?;
    git(&["config", "user.email", "signalbox@localhost"])?;
    git(&["add", "README.md"])?;
    git(&["commit", "--quiet", "--message", "Something to release"])?;
    std::fs::rename(&draft, &folder)?;
    Ok(())
}

/// Makes the log that the example's watch reads, once. It says that there is nothing to report yet.
pub fn make_log(data: &Path) -> anyhow::Result<()> {
    let folder = data.join("logs");
    if folder.exists() {
        return Ok(());
    }
    std::fs::create_dir_all(&folder)?;
    let line = "INFO all is well; /smoke-test web writes into a file beside this one\n";
    Ok(std::fs::write(folder.join("practice.log"), line)?)
}

/// The practice Slack: a workspace with the people and channels that the example catalogue names.
pub fn slack(signing_secret: &str, bot_token: &str) -> Slack {
    let person = |id: &str, name: &str| Person { id: id.into(), name: name.into() };
    let channel = |id: &str, name: &str| Channel { id: id.into(), name: name.into() };
    Slack::new(SlackSettings {
        signing_secret: signing_secret.into(),
        bot_token: bot_token.into(),
        workspace: Workspace { id: super::tries::WORKSPACE.into(), domain: "practice".into() },
        people: vec![
            person("UADA", "Ada"),
            person("UGRACE", "Grace"),
            person("ULINUS", "Linus"),
            person("UMALLORY", "Mallory"),
        ],
        channels: vec![
            channel("CRELEASES", "releases"),
            channel("COPS", "ops"),
            channel("CGENERAL", "general"),
        ],
        now_ms: Arc::new(|| clock::now().0),
    })
}

/// The shortcuts that the catalogue's operations have, as an app's manifest lists them.
fn shortcuts(catalogue: &Frozen) -> Vec<Shortcut> {
    let one = |name: &String, kind, callback_id, o: &Operation| Shortcut {
        name: name.clone(),
        kind,
        callback_id,
        description: o.description.clone(),
    };
    let of = |o: &Operation| {
        let global = o.shortcuts.global.as_ref();
        let global = global.map(|name| one(name, ShortcutKind::Global, format!("ask:{}", o.name), o));
        let message = o.shortcuts.message.as_ref();
        let message =
            message.map(|name| one(name, ShortcutKind::Message, format!("ask-about:{}", o.name), o));
        [global, message].into_iter().flatten().collect::<Vec<_>>()
    };
    catalogue.operations.values().flat_map(of).collect()
}

/// What the console's page offers.
pub fn console(token: &str, parts: &Parts, data: &Path) -> ConsoleOptions {
    let mut options = ConsoleOptions::new(token);
    options.tries = super::tries::tries(&parts.catalogue, data);
    options.commands = parts
        .catalogue
        .operations
        .values()
        .map(|o| Typed { name: format!("/{}", o.name), hint: o.description.clone() })
        .chain([Typed {
            name: "/signalbox".into(),
            hint: "help, history, alerts, status RUN, cancel RUN".into(),
        }])
        .collect();
    options.home = true;
    options.shortcuts = shortcuts(&parts.catalogue);
    options.github = parts.targets.practice.github.as_ref().map(Played::now);
    options.jenkins = parts.targets.practice.jenkins.as_ref().map(Played::now);
    options
}
