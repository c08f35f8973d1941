//! The real binary watches a growing log file, over the example catalogue. This is what a newcomer sees, minute by
//! minute.

use crate::binary::process::{PATIENCE, Server, signalbox, text};
use serde_json::Value;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

/// A window is one minute of the real clock, and a line may be written just when a window begins.
const LONG: Duration = Duration::from_secs(120 + PATIENCE.as_secs());

impl Server {
    /// All messages in #ops, each with its thread, as the console shows them.
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

/// Writes all lines at once, so that the watch never sees only some of them.
fn writes(log: &Path, lines: &[&str]) {
    let mut file = std::fs::OpenOptions::new().create(true).append(true).open(log).unwrap();
    file.write_all(format!("{}\n", lines.join("\n")).as_bytes()).unwrap();
}

/// The present time, as a clock in Kolkata shows it.
#[expect(clippy::disallowed_methods, reason = "the binary under test has the real clock")]
fn in_kolkata() -> String {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let now = jiff::Timestamp::from_second(since.as_secs().try_into().unwrap()).unwrap();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::Offset::from_seconds(19_800).unwrap());
    now.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// What the audit says about the alert whose title contains this text.
fn recorded(data: &Path, title: &str) -> String {
    let says =
        |arguments: &[&str]| text(&signalbox(arguments).arg("--data").arg(data).output().unwrap().stdout);
    let list = says(&["audit", "list"]);
    let alert = list.lines().find(|line| line.contains(title)).unwrap_or_else(|| panic!("{title}: {list}"));
    says(&["audit", "show", alert.split('\t').nth(1).unwrap()])
}

#[test]
fn a_log_file_that_grows_is_told_once_though_the_server_is_killed() {
    let data = tempfile::tempdir().unwrap();
    let log = data.path().join("logs/shop.log");
    let start = || Server::start_with(Path::new("examples/catalogue"), data.path(), |_| ());
    let server = start();
    server.shows(&["The first look", "error"]);
    // A line without a time of its own belongs to the window in which it is first read.
    let line = "ERROR shop.Cart order-17 cannot be paid: password=canary-in-log";
    writes(&log, &[line, line, line]);
    let card = server.shows(&[" in practice", "order-<∗> cannot be paid", "[Acknowledge]"]);
    assert!(!card.contains("canary"), "{card}");
    server.shows(&["practice", "error", "per window"]);
    server.kill_nine();
    let once = |record: &str| record.matches("new in practice, 3 times").count();
    let record = recorded(data.path(), "cannot be paid");
    assert_eq!(once(&record), 1, "{record}");
    let alerts = |filter: &[&str]| {
        let output = signalbox(&["alerts"]).args(filter).arg("--data").arg(data.path()).output().unwrap();
        format!("{}{}", text(&output.stdout), text(&output.stderr))
    };
    assert!(
        alerts(&[]).starts_with("found\talert\tstate\tnow\twhat\twatch\n")
            && alerts(&[]).contains("cannot be paid")
    );
    let csv = alerts(&["--csv", "--watch", "practice", "--state", "open", "--since", "1d"]);
    assert!(csv.starts_with("found,alert,state,now,what,watch\n"), "{csv}");
    // The list says what the card says. By then another window may be over that has no line of the pattern.
    assert!(csv.contains(",open,new,") || csv.contains(",open,not seen since 20"), "{csv}");
    assert!(alerts(&["--state", "muted"]).contains("No such alerts"));
    assert!(alerts(&["--state", "loud"]).contains("help: one of open, acknowledged"));

    // The practice Slack forgets at a restart, but the store does not: what was counted is not counted again. This time
    // the log has the local time of Kolkata, without saying so. If its lines were read as UTC, their times would be in
    // the future.
    let server = Server::start_with(Path::new("examples/catalogue"), data.path(), |serve| {
        serve.env("TZ", "IST-5:30");
    });
    writes(&log, &[&format!("{} ERROR shop.Stock shelf 7 is empty", in_kolkata())]);
    server.shows(&[" in practice", "shop.Stock shelf", "[Acknowledge]"]);
    let record = recorded(data.path(), "cannot be paid");
    assert!(once(&record) == 1 && record.matches("new in practice").count() == 1, "{record}");
    assert!(!server.ops().iter().any(|m| m.contains("The first look")), "{:?}", server.ops());
}
