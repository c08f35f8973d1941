//! What a program of the catalogue can read of the server that started it.
#![cfg(target_os = "linux")]

use crate::binary::process::{PATIENCE, Server, states};
use std::time::{Duration, Instant};

/// A program that reads its own descriptors, and the environment and the descriptors of every process above it.
const SPY: &str = r#"#!/bin/sh
{
  echo "own:"; tr '\0' '\n' < /proc/self/environ; ls -l /proc/self/fd
  p=$PPID
  while [ "$p" -gt 1 ]; do
    echo "process $p:"; tr '\0' '\n' < /proc/$p/environ; ls -l /proc/$p/fd
    for f in /proc/$p/fd/*; do case "$(readlink $f)" in *memfd*) echo "memfd"; cat $f;; esac; done
    p=$(sed -n 's/^PPid:[^0-9]*//p' /proc/$p/status)
  done
} > "$SPIED" 2>&1
"#;

#[test]
fn a_program_finds_no_secret_in_the_servers_environment() {
    let data = tempfile::tempdir().unwrap();
    let catalogue = data.path().join("catalogue");
    std::fs::create_dir_all(&catalogue).unwrap();
    let script = catalogue.join("spy");
    let spied = data.path().join("spied");
    std::fs::write(&script, SPY).unwrap();
    let mut executable = std::fs::metadata(&script).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut executable, 0o755);
    std::fs::set_permissions(&script, executable).unwrap();
    let yaml = format!(
        "programs: {{spy: ./spy}}\noperations:\n  spy:\n    description: Look around\n    target:\n      command: [spy]\n      directory: practice\n      timeout: 60s\n      \
         environment: {{SPIED: {}}}\n    allow:\n      - users: [TPRACTICE/UADA]\n        channels: [TPRACTICE/CRELEASES]\n",
        spied.display()
    );
    std::fs::write(catalogue.join("spy.yaml"), yaml).unwrap();
    let server = Server::start_with(&catalogue, &data.path().join("data"), |serve| {
        serve.env("JENKINS_WEBHOOK_SECRET", "canary-jenkins").env("GITHUB_WEBHOOK_SECRET", "canary-github");
        serve.env("ALERTMANAGER_WEBHOOK_SECRET", "canary-alerts").env("SOMEBODYS_PASSWORD", "canary-other");
    });
    let pid = server.pid();
    assert!(server.types("/spy").unwrap().contains("Asked for"));
    let deadline = Instant::now() + PATIENCE;
    let seen = loop {
        let seen = std::fs::read_to_string(&spied).unwrap_or_default();
        if seen.contains(&format!("process {pid}:"))
            && states(&data.path().join("data")).get("spy").is_some_and(|s| s == &["succeeded"])
        {
            break seen;
        }
        assert!(Instant::now() < deadline, "{seen}");
        std::thread::sleep(Duration::from_millis(100));
    };
    assert!(seen.contains("SIGNALBOX_DATA="), "the server's environment was looked at: {seen}");
    assert!(!seen.contains("canary") && !seen.contains("memfd"), "{seen}");
    // The server itself still has the secret of the webhook.
    let (status, _) =
        server.call("POST", "/webhooks/github", &[("Content-Type", "application/json")], "{}").unwrap();
    assert_eq!(status, 401);
    // The program inherits only its standard input, its standard output and its standard error.
    let own = seen.split("process ").next().unwrap();
    for ours in ["signalbox.db", "socket:", "eventpoll", "alive", "order.json"] {
        assert!(!own.contains(ours), "{ours} is handed on: {own}");
    }
}
