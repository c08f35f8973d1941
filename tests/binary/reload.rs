//! A server whose catalogue is edited while it runs.

use crate::binary::process::{PATIENCE, Server, signalbox, text};
use std::path::Path;
use std::time::Instant;

fn catalogue(operation: &str, words: &str) -> String {
    format!(
        "programs: {{ say: /bin/echo }}\noperations:\n  {operation}:\n    description: {words}\n    \
         target: {{ command: [say, hello], timeout: 1m }}\n    \
         allow: [{{ users: [TPRACTICE/UADA] }}]\n"
    )
}

/// Waits until this is so; there is no limit that a slow machine could miss.
#[track_caller]
fn until(what: &str, so: impl Fn() -> bool) {
    let began = Instant::now();
    while !so() {
        assert!(began.elapsed() < PATIENCE, "not within {PATIENCE:?}: {what}");
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
}

fn doctor(data: &Path) -> (bool, String, String) {
    let output = signalbox(&["doctor", "--data", data.to_str().unwrap()]).output().unwrap();
    (output.status.success(), text(&output.stdout), text(&output.stderr))
}

#[test]
fn an_edited_catalogue_is_taken_up_and_a_broken_one_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, data) = (folder.path().join("catalogue"), folder.path().join("data"));
    std::fs::create_dir(&sources).unwrap();
    let file = sources.join("ops.yaml");
    std::fs::write(&file, catalogue("greet", "Say hello")).unwrap();
    let server = Server::start_with(&sources, &data, |serve| {
        serve.env("SIGNALBOX_OPERATORS_CHANNEL", "COPS");
    });
    let types = |line: &str| server.types(line).unwrap_or_default();
    assert!(types("/signalbox help").contains("greet"));

    // An operation is added, without a restart.
    std::fs::write(&file, catalogue("welcome", "Say it twice")).unwrap();
    until("the new operation is there", || types("/signalbox help").contains("welcome"));
    assert!(!types("/signalbox help").contains("greet"));
    let (fine, said, _) = doctor(&data);
    assert!(fine && said.contains("1 operations from"), "{said}");
    assert!(types("/welcome").contains("Asked for: `welcome`"));

    // A broken edit changes nothing, and says so.
    std::fs::write(&file, "operations: { welcome: { targt: 1 } }\n").unwrap();
    until("the doctor says so", || !doctor(&data).0);
    let (_, said, wrong) = doctor(&data);
    assert!(said.contains("in force since"), "{said}");
    assert!(wrong.contains("ops.yaml:1: unknown key `targt`"), "{wrong}");
    assert!(types("/signalbox help").contains("welcome"));
    until("the channel is told", || told(&server).contains("is not in force: the one before it is"));

    // Mended, it is in force again.
    std::fs::write(&file, catalogue("greet", "Say hello")).unwrap();
    until("the old operation is back", || types("/signalbox help").contains("greet"));
    until("the doctor is content", || doctor(&data).0);
    until("the channel is told so, too", || told(&server).contains("is right again"));
}

/// Everything that #ops shows.
fn told(server: &Server) -> String {
    let (_, shown) = server.console("state?user=UADA&channel=COPS", None).unwrap_or_default();
    shown.to_string()
}
