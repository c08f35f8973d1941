//! A server whose catalogue is edited while it runs.

use crate::binary::process::{PATIENCE, Server, signalbox, states, text};
use serde_json::json;
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

/// An edit that names a repository, a workflow, a job and lists that the practice systems never heard of.
const NEW: &str = r#"services: { web: , api: }
operations:
  ship:
    description: Ship a version
    parameters:
      - { name: service, type: service, required: true }
      - { name: version, type: version, from: { github: tags, repository: "acme/{service}" }, required: true }
    target: { github: acme/deploy, workflow: ship.yml, ref: main, inputs: { all: "{*}" } }
    requires:
      - { green: "{version}", repository: "acme/{service}" }
      - ready: true
    allow: [{ users: [TPRACTICE/UADA] }]
  pull:
    description: Pull an image
    parameters:
      - { name: tag, type: string, from: { oci: registry.example.com/acme/web, matching: "v[0-9.]+" }, required: true }
    target: { jenkins: acme/pull, parameters: { TAG: "{tag}" } }
    allow: [{ users: [TPRACTICE/UADA] }]
"#;

/// The values that the console offers for a field of the open form.
fn offered(server: &Server, name: &str, fields: &serde_json::Value) -> Vec<String> {
    let ask = json!({"user": "UADA", "surface": "modal", "fields": fields, "name": name, "typed": ""});
    let (_, found) = server.console("suggest", Some(&ask)).unwrap_or_default();
    let options = found["options"].as_array().cloned().unwrap_or_default();
    options.iter().filter_map(|option| option["value"].as_str().map(str::to_owned)).collect()
}

/// The block of the field in the form that is open, whatever it depends on.
fn field(server: &Server, name: &str) -> Option<String> {
    let (_, state) = server.console("state?user=UADA", None)?;
    let shown = state.to_string();
    let at = shown.find(&format!(r#""block_id":"{name}"#))?;
    shown[at..].split('"').nth(3).map(str::to_owned)
}

#[test]
fn practice_systems_learn_what_an_edit_names() {
    let folder = tempfile::tempdir().unwrap();
    let (sources, data) = (folder.path().join("catalogue"), folder.path().join("data"));
    std::fs::create_dir(&sources).unwrap();
    let file = sources.join("ops.yaml");
    // At first nothing is on GitHub or on Jenkins.
    std::fs::write(&file, catalogue("greet", "Say hello")).unwrap();
    let server = Server::start_with(&sources, &data, |_| ());
    let types = |line: &str| server.types(line).unwrap_or_default();
    assert!(types("/signalbox help").contains("greet"));
    std::fs::write(&file, NEW).unwrap();
    until("the new operations are there", || types("/signalbox help").contains("ship"));

    // The lists show something.
    types("/ship web");
    let version = field(&server, "version").unwrap();
    let given = json!({"service": "web"});
    until("versions are offered", || offered(&server, &version, &given).contains(&"1.4.2".to_owned()));
    server.console("close", Some(&json!({"user": "UADA"}))).unwrap();
    types("/pull");
    let tag = field(&server, "tag").unwrap();
    until("tags are offered", || offered(&server, &tag, &json!({})).contains(&"v1.4.2".to_owned()));
    assert!(!offered(&server, &tag, &json!({})).contains(&"latest".to_owned()));
    server.console("close", Some(&json!({"user": "UADA"}))).unwrap();

    // What was asked for before another edit goes on after it.
    assert!(types("/ship web 1.4.2").contains("Asked for: `ship"));
    std::fs::write(&file, NEW.replace("acme/pull", "acme/fetch").replace("Ship a", "Bring a")).unwrap();
    until("the second edit is there", || types("/signalbox help").contains("Bring a version"));
    assert!(types("/pull v1.4.2").contains("Asked for: `pull"));
    until("both succeeded", || {
        let states = states(&data);
        ["ship service=web version=1.4.2", "pull tag=v1.4.2"]
            .iter()
            .all(|what| states.get(*what).is_some_and(|all| *all == ["succeeded"]))
    });
}
