//! Builds the functions as they are packaged, packages them, and installs the program that they are compared with.

use crate::ROOT;
use anyhow::{Context, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The functions by the names of their packages.
pub const FUNCTIONS: [&str; 6] =
    ["slack-ingress", "webhook-ingress", "dispatcher", "notifier", "caretaker", "log-watch"];

/// Where the binary of each function is, built with the profile `function`. In a debug build of this program the
/// figures mean nothing, so it takes the binaries beside it if they are there.
pub fn functions() -> anyhow::Result<BTreeMap<&'static str, PathBuf>> {
    if cfg!(debug_assertions)
        && let Some(folder) = std::env::current_exe()?.parent()
        && FUNCTIONS.iter().all(|name| folder.join(name).is_file())
    {
        return Ok(FUNCTIONS.iter().map(|name| (*name, folder.join(name))).collect());
    }
    eprintln!("functions: building them; the first time takes minutes");
    let mut command = Command::new("cargo");
    command.args(["build", "--profile", "function", "--message-format=json-render-diagnostics"]);
    command.args(FUNCTIONS.iter().flat_map(|name| ["-p", name]));
    let output = command.current_dir(ROOT).stdin(Stdio::null()).stderr(Stdio::inherit()).output();
    let output = output.context("cannot start cargo")?;
    if !output.status.success() {
        bail!("the functions could not be built");
    }
    // Cargo itself says where it put the binaries, because the target folder may be anywhere.
    let mut found = BTreeMap::new();
    for line in output.stdout.split(|byte| *byte == b'\n') {
        let message: serde_json::Value = serde_json::from_slice(line).unwrap_or_default();
        let name = message["target"]["name"].as_str().unwrap_or_default();
        let name = FUNCTIONS.iter().find(|function| **function == name);
        if let (Some(name), Some(file)) = (name, message["executable"].as_str()) {
            found.insert(*name, PathBuf::from(file));
        }
    }
    anyhow::ensure!(found.len() == FUNCTIONS.len(), "cargo built only {found:?}");
    Ok(found)
}

/// Packages the binaries as for a deployment. Returns the size of each zip. `None`, and SKIPPED, if that is not
/// possible.
pub fn packages(binaries: &Path, catalogue: &Path, out: &Path) -> Option<BTreeMap<&'static str, u64>> {
    let mut command = Command::new("bash");
    command.arg("infra/package").arg("--catalogue").arg(catalogue);
    command.arg("--binaries").arg(binaries).arg("--out").arg(out);
    let output = command.current_dir(ROOT).stdin(Stdio::null()).output().ok();
    match output {
        Some(output) if output.status.success() => {
            let size = |name: &&'static str| {
                Some((*name, std::fs::metadata(out.join(format!("{name}.zip"))).ok()?.len()))
            };
            Some(FUNCTIONS.iter().filter_map(size).collect())
        }
        Some(output) => {
            println!("SKIPPED: sizes of the packages: {}", String::from_utf8_lossy(&output.stderr).trim());
            None
        }
        None => {
            println!("SKIPPED: sizes of the packages: there is no bash");
            None
        }
    }
}

/// The program that the functions are compared with. It is installed from its lock file if it is not there yet. `None`,
/// and SKIPPED, if that is not possible.
pub fn bolt() -> Option<PathBuf> {
    let folder = Path::new(ROOT).join("benches/peers/bolt");
    let there = |program: &str| {
        let asked =
            Command::new(program).arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
        asked.is_ok_and(|status| status.success())
    };
    if !there("node") {
        println!("SKIPPED: Bolt for JavaScript: node is not installed");
        return None;
    }
    if !folder.join("node_modules").exists() {
        if !there("npm") {
            println!("SKIPPED: Bolt for JavaScript: npm is not installed");
            return None;
        }
        eprintln!("functions: installing Bolt for JavaScript");
        let mut command = Command::new("npm");
        command.args(["ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]);
        let done = command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null()).status();
        if !done.is_ok_and(|status| status.success()) {
            println!("SKIPPED: Bolt for JavaScript: npm could not install it");
            return None;
        }
    }
    Some(folder.join("index.js"))
}
