//! The real binary watches a log file that grows, over the example catalogue: what a newcomer sees, minute by minute.

use crate::process::{PATIENCE, Server};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

/// A window is a minute of the real clock, and a line may be written as one begins.
const LONG: Duration = Duration::from_secs(120 + PATIENCE.as_secs());

impl Server {
    /// Every message of #ops, with what is in its thread, as the console shows them.
    fn ops(&self) -> Vec<String> {
        let token = [("x-console-token", self.token.as_str())];
        let Some((200, body)) = self.call("GET", "/console/api/state?user=UADA", &token, "") else {
            return vec![];
        };
        let state: Value = serde_json::from_str(body.trim()).unwrap();
        let channels = state["channels"].as_array().unwrap();
        let ops = channels.iter().find(|c| c["id"] == "COPS").unwrap();
        let plain = |m: &Value| m["plain"].as_str().unwrap().to_owned();
        let whole = |m: &Value| {
            let replies = m["replies"].as_array().into_iter().flatten().map(plain);
            std::iter::once(plain(m)).chain(replies).collect::<Vec<_>>().join("\n")
        };
        ops["messages"].as_array().unwrap().iter().map(whole).collect()
    }

    /// Waits until a message of #ops has all of this.
    fn shows(&self, parts: &[&str]) -> String {
        let deadline = Instant::now() + LONG;
        loop {
            let all = self.ops();
            if let Some(found) = all.iter().find(|m| parts.iter().all(|part| m.contains(part))) {
                return found.clone();
            }
            assert!(Instant::now() < deadline, "{parts:?} is nowhere: {}", all.join("\n---\n"));
            std::thread::sleep(Duration::from_millis(500));
        }
    }
}

fn writes(log: &Path, line: &str) {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    writeln!(file, "{line}").unwrap();
}

#[test]
fn a_log_file_that_grows_is_told_once_though_the_server_is_killed() {
    let data = tempfile::tempdir().unwrap();
    let log = data.path().join("logs/shop.log");
    let server = Server::start_with(Path::new("examples/catalogue"), data.path(), |_| ());
    server.shows(&["The first look", "lines counted"]);
    // Without a time of its own a line belongs to the window in which it is first read.
    for n in 0..3 {
        writes(&log, &format!("ERROR shop.Cart order-{n} cannot be paid: password=canary-in-log"));
    }
    let card = server.shows(&["New in practice", "order-<∗> cannot be paid"]);
    assert!(
        card.contains("3 in 1 min") && card.contains("[Acknowledge]") && !card.contains("canary"),
        "{card}"
    );
    server.shows(&["1 new", "3 of 3 lines counted"]);
    server.kill_nine();

    // The practice Slack forgets; the store does not: what was counted is not counted again.
    let server = Server::start_with(Path::new("examples/catalogue"), data.path(), |_| ());
    writes(&log, "ERROR shop.Stock shelf 7 is empty");
    let digest = server.shows(&["1 new", "lines counted", "shop.Stock"]);
    assert!(digest.contains("1 of 1 lines counted") && !digest.contains("The first look"), "{digest}");
}
