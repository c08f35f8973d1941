//! The practice console of the real binary: which lines it offers to whom, where its cards lead, and its page in a
//! browser.

use crate::binary::process::{PATIENCE, ROOT, Server, skipped, text};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// What the console offers to a person in a channel: the lines, and the texts beside them.
fn offered(server: &Server, user: &str, channel: &str) -> Vec<String> {
    let (_, state) = server.console(&format!("state?user={user}"), None).unwrap();
    let here = state["channels"].as_array().unwrap().iter().find(|c| c["id"] == channel).unwrap();
    let tries = here["tries"].as_array().unwrap().iter();
    tries
        .map(|t| match t["note"].as_str() {
            Some(note) => format!("{} ({note})", t["line"].as_str().unwrap()),
            None => t["line"].as_str().unwrap().to_owned(),
        })
        .collect()
}

/// The newest card in #releases that contains `of`. Waits until that card also contains `with`.
fn card(server: &Server, of: &str, with: &str) -> String {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let (_, state) = server.console("state?user=UADA", None).unwrap();
        let messages = state["channels"][0]["messages"].as_array().unwrap().clone();
        let card = messages.iter().rev().map(|m| m["blocks"].to_string()).find(|card| card.contains(of));
        if let Some(card) = card.filter(|card| card.contains(with)) {
            return card;
        }
        assert!(Instant::now() < deadline, "no card of {of} with {with}: {messages:?}");
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// Follows the first link of a card, as a person does who has the console open. Returns the page.
fn follow(server: &Server, card: &str) -> String {
    let link = card.split("<http://").nth(1).unwrap_or_else(|| panic!("no link: {card}"));
    let (host, path) = link.split('|').next().unwrap().split_once('/').unwrap();
    assert_eq!(host, server.url);
    let (status, page) =
        server.call("GET", &format!("/{path}"), &[("x-console-token", &server.token)], "").unwrap();
    assert_eq!(status, 200, "{path}: {page}");
    // The page is not shown without the console's token.
    assert_eq!(server.call("GET", &format!("/{path}"), &[], "").unwrap().0, 401);
    page
}

#[test]
fn cards_of_practice_targets_lead_to_pages() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    for line in ["/deploy web 2.0.0", "/promote web prod", "/migrate"] {
        server.types(line).unwrap();
    }
    let page = follow(&server, &card(&server, "*deploy*", "Succeeded"));
    for part in ["practice GitHub", "Success", "Roll out", "2.0.0", "The end of the log", "/console"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    let page = follow(&server, &card(&server, "*promote*", "Succeeded"));
    for part in ["practice Jenkins", "Success", "Canary", "prod", "Finished: SUCCESS"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
    // The card of a run that nobody saw links to the place where the run would be. The page there says that there is
    // none.
    let page = follow(&server, &card(&server, "*migrate*", "Where to look"));
    for part in ["migrate", "no run appeared", "No run of this workflow is here"] {
        assert!(page.contains(part), "{part} is missing: {page}");
    }
}

#[test]
fn what_is_offered_fits_person_and_place_and_says_what_fails() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let ada = offered(&server, "UADA", "CRELEASES");
    assert_eq!(
        ada,
        [
            "/release web 1.0.0",
            "/deploy web 2.0.0",
            "/promote web prod",
            "/nightly (fails on purpose)",
            "/smoke-test web (fails on purpose)",
            "/migrate (gets lost on purpose)",
            "/rollout api steps=4",
            "/signalbox help",
            "/signalbox history",
        ]
    );
    assert_eq!(
        offered(&server, "ULINUS", "COPS"),
        [
            "/promote web prod",
            "/smoke-test web (fails on purpose)",
            "/rollout api steps=4",
            "/integration web (fails on purpose)",
            "/load-test (goes on until you cancel it)",
            "/backup env=staging",
            "/batch steps=\"rollout-stack media\"",
            "/signalbox help",
            "/signalbox history",
            "/signalbox alerts",
        ]
    );
    for (user, channel) in [("UADA", "CGENERAL"), ("UADA", "UADA"), ("UMALLORY", "CRELEASES")] {
        assert_eq!(
            offered(&server, user, channel),
            ["/signalbox help", "/signalbox history"],
            "{user} {channel}"
        );
    }
}

#[test]
fn a_version_that_was_released_is_not_offered_again() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let release = |server: &Server| offered(server, "UGRACE", "CRELEASES")[0].clone();
    assert_eq!(release(&server), "/release web 1.0.0");
    server.types("/release web 1.0.0").unwrap();
    // The next version is offered at once, even if the tag does not exist yet.
    assert_eq!(release(&server), "/release web 1.0.1");
    card(&server, "*release*", "Succeeded");
    server.types("/release web 2.4.9").unwrap();
    server.types("/release api 9.0.0").unwrap();
    assert_eq!(release(&server), "/release web 2.4.10");
    card(&server, "2.4.9", "Succeeded");
    drop(server);
    // The new server has forgotten what was typed, but it sees the tags.
    let server = Server::start(data.path());
    assert_eq!(release(&server), "/release web 2.4.10");
}

#[test]
fn another_catalogue_has_lines_of_its_own() {
    let (folder, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let yaml = "operations:
  nightly:
    description: Not the example's
    parameters:
      - {name: size, type: choice, options: [small one, large], required: true}
      - {name: times, type: integer, min: 2, required: true}
      - {name: loud, type: boolean, default: false}
    target: {github: acme/shop, workflow: nightly.yml, ref: main, inputs: {size: '{size}', times: '{times}'}}
    allow: [{users: [TPRACTICE/UADA]}]
  ship:
    description: Only a person can know the version
    parameters: [{name: version, type: string, required: true}]
    target: {jenkins: shop/ship, parameters: {VERSION: '{version}'}}
    allow: [{users: [TPRACTICE/UADA]}]
";
    std::fs::write(folder.path().join("catalogue.yaml"), yaml).unwrap();
    let server = Server::start_with(folder.path(), data.path(), |_| ());
    let tries = offered(&server, "UADA", "CGENERAL");
    assert_eq!(tries, ["/nightly size=\"small one\" times=2", "/signalbox help", "/signalbox history"]);
    server.types(&tries[0]).unwrap();
    card(&server, "*nightly*", "small one");
}

/// Every shortcode has a picture. Without one, the page would show the shortcode itself, as a word between colons.
#[test]
fn every_picture_that_is_said_is_shown() {
    let root = Path::new(ROOT);
    let known = std::fs::read_to_string(root.join("shared/simulator/src/console/page/emoji.txt")).unwrap();
    let known: Vec<&str> = known.lines().filter_map(|line| line.split(' ').next()).collect();
    let is_name = |part: &&str| {
        part.starts_with(|c: char| c.is_ascii_lowercase())
            && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
    };
    let mut said = 0;
    for file in std::fs::read_dir(root.join("shared/slack/src")).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            continue;
        }
        // In a string literal, a shortcode stands between two single colons.
        let source = std::fs::read_to_string(&path).unwrap().replace("::", " ");
        for line in source.lines() {
            let parts: Vec<&str> = line.split(':').collect();
            let between = parts.get(1..parts.len().saturating_sub(1)).unwrap_or_default();
            for name in between.iter().copied().filter(is_name) {
                assert!(known.contains(&name), "{}: no picture for :{name}:", path.display());
                said += 1;
            }
        }
    }
    assert!(said > 20, "{said}");
}

#[test]
fn the_console_in_a_browser() {
    in_a_browser("console.mjs");
}

#[test]
fn forms_in_a_browser() {
    in_a_browser("forms.mjs");
}

#[test]
fn the_tour_of_the_readme_in_a_browser() {
    in_a_browser("tour.mjs");
}

/// Drives the page with a script, against a server that was just started with an empty folder.
fn in_a_browser(script: &str) {
    let folder = Path::new(ROOT).join("tests/browser");
    let ready =
        folder.join("node_modules/playwright-core").exists() && Path::new("/usr/bin/chromium").exists();
    if !ready {
        return skipped(
            "the console in a browser: needs node, /usr/bin/chromium and `npm ci` in tests/browser",
        );
    }
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let address = format!("http://{}/console?token={}", server.url, server.token);
    let shots = tempfile::tempdir().unwrap();
    let mut node = Command::new("node");
    let drove = node.arg(script).arg(address).arg(shots.path()).current_dir(folder).output().unwrap();
    assert!(drove.status.success(), "{}\n{}", text(&drove.stdout), text(&drove.stderr));
}
