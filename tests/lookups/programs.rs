//! Programs of this machine that write lists.

use super::{LONG, denied, listed, unanswered};
use signalbox_domain::lookup::{Check, Question, Reply, Source};
use signalbox_engine::ports::{Clock, Lookup, NoReply};
use signalbox_local_command::LocalCommand;
use signalbox_testkit::VirtualClock;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

fn programs(data: &Path) -> LocalCommand {
    LocalCommand {
        data: data.to_owned(),
        programs: BTreeMap::from([("sh".to_owned(), "/bin/sh".into())]),
        shim: vec![],
        environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        clock: Arc::new(VirtualClock::default()),
        watched: Arc::default(),
    }
}

fn script(text: &str) -> Source {
    let arguments = ["-c", text, "sh", "an argument; echo injected"].map(str::to_owned).to_vec();
    Source::Command { program: "sh".to_owned(), arguments }
}

async fn ask(data: &Path, question: Question, within: Duration) -> Result<Reply, String> {
    let until = VirtualClock::default().now().plus(within);
    programs(data).ask(&question, until).await.map_err(|NoReply { why }| why)
}

#[tokio::test]
async fn each_line_is_a_value() {
    let folder = tempfile::tempdir().unwrap();
    let text = "printf '1.2.0\\n1.10.0\\r\\n\\n  main \\n'; echo \"$1\"; pwd; env | sort | grep -v '^_'; echo to the log >&2";
    let (all, more) = listed(ask(folder.path(), Question::Values(script(text)), LONG).await);
    let here = folder.path().canonicalize().unwrap().to_string_lossy().into_owned();
    let environment = [format!("PWD={here}"), "PATH=/usr/bin:/bin".to_owned()];
    assert_eq!(all[..4], ["1.10.0", "1.2.0", "main", "an argument; echo injected"]);
    assert!(!more && all[4] == here && environment.iter().all(|line| all.contains(line)), "{all:?}");
    // Nothing of this process's own environment.
    assert!(!all.iter().any(|line| line.starts_with("CARGO") || line.starts_with("HOME=")), "{all:?}");
    let check =
        |value: &str| Question::Check(Check::Listed { value: value.to_owned(), source: script(text) });
    assert_eq!(ask(folder.path(), check("main"), LONG).await, Ok(Reply::Holds));
    assert_eq!(denied(ask(folder.path(), check("mai"), LONG).await), "the program sh does not list mai");
}

#[tokio::test]
async fn what_goes_wrong_is_no_answer() {
    let folder = tempfile::tempdir().unwrap();
    for (text, says) in [
        ("echo a; echo no such thing >&2; exit 3", "failed (exit status: 3): no such thing"),
        ("echo a; kill -9 $$", "signal: 9"),
        ("yes", "writes more than 256 KiB"),
        ("printf '\\377\\n'", "no text"),
    ] {
        for question in [
            Question::Values(script(text)),
            Question::Check(Check::Listed { value: "b".to_owned(), source: script(text) }),
        ] {
            let why = unanswered(ask(folder.path(), question, LONG).await);
            assert!(why.contains(says), "{text}: {why}");
        }
    }
    let loud = "head -c 300000 /dev/zero >&2; echo a";
    assert_eq!(listed(ask(folder.path(), Question::Values(script(loud)), LONG).await).0, ["a"]);
    let other = Source::Command { program: "rm".to_owned(), arguments: vec![] };
    assert!(unanswered(ask(folder.path(), Question::Values(other), LONG).await).contains("allowlist"));
    assert!(
        unanswered(ask(folder.path(), Question::Values(script("echo a")), Duration::ZERO).await)
            .contains("no time")
    );
}

/// It is ended with everything that it started: what it left behind would have written a file.
#[tokio::test]
async fn a_program_that_takes_too_long_is_ended_with_its_children() {
    let folder = tempfile::tempdir().unwrap();
    let text = "(while [ ! -e go ]; do sleep 0.05; done; echo alive > alive) & echo $! > child; echo a; wait";
    let why =
        unanswered(ask(folder.path(), Question::Values(script(text)), Duration::from_millis(1_500)).await);
    assert!(why.contains("was ended"), "{why}");
    let child = std::fs::read_to_string(folder.path().join("child")).unwrap();
    let stat = format!("/proc/{}/stat", child.trim());
    // Whoever adopts it may leave it as a zombie; that one runs no more.
    let ended = || std::fs::read_to_string(&stat).map_or(true, |stat| stat.contains(") Z "));
    for _ in 0..200 {
        if ended() {
            break;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    std::fs::write(folder.path().join("go"), "").unwrap();
    assert!(ended() && !folder.path().join("alive").exists());
}
