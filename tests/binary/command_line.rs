//! The command line beside a running server: history, dead letters, the manifest.

mod rebuilt;

use crate::binary::process::{PATIENCE, Server, signalbox, states, text};
use signalbox_domain::{RecordId, RunCommand, Timestamp};
use signalbox_engine::ports::{Letter, Letters, Views};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{CommandKeys, Vouching};
use signalbox_sqlite::Database;
use std::path::Path;
use std::time::{Duration, Instant};

fn says(data: &Path, arguments: &[&str]) -> String {
    let output = signalbox(arguments).arg("--data").arg(data).output().unwrap();
    assert!(output.status.success(), "{arguments:?}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

fn waits_for(data: &Path, runs: usize) {
    let deadline = Instant::now() + PATIENCE;
    let ended =
        || states(data).values().flatten().filter(|s| ["succeeded", "failed"].contains(&s.as_str())).count();
    while ended() < runs {
        assert!(Instant::now() < deadline, "{:?}", states(data));
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// A request that nobody could handle, as the caretaker keeps it.
async fn park(data: &Path) -> RecordId {
    let database = Database::open_beside(data).unwrap();
    let mut intent = None;
    for known in database.head_records(None, 99).await.unwrap() {
        let head = database.head(&known).await.unwrap().unwrap();
        // Some of the records are alerts and bulletins, whose heads hold no intent.
        intent = intent.or(signalbox_engine::wire::head::decode(&head.body).ok().map(|head| head.intent));
    }
    let intent = intent.unwrap();
    let run = RecordId::derive("elsewhere", "TPRACTICE", "parked");
    let keys: CommandKeys = std::fs::read_to_string(data.join("command-key")).unwrap().parse().unwrap();
    let submit = Envelope::new(run.clone(), "1", RunCommand::Submit { intent, told: false });
    let message = Vouching::from(keys).message(&submit).unwrap();
    let (group, body) = (message.group, message.body);
    let id = "0123456789".to_owned();
    let letter = Letter {
        id,
        at: Timestamp(1_795_219_200_000),
        record: Some(run.clone()),
        what: "submit".into(),
        group,
        body,
    };
    database.park(letter).await.unwrap();
    run
}

#[tokio::test]
async fn a_dead_letter_is_listed_shown_tried_again_and_dropped_beside_the_server() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("data");
    let server = Server::start_with(Path::new("examples/catalogue"), &folder, |_| ());
    assert!(server.types("/release web 1.0.0").unwrap().contains("Asked for"));
    waits_for(&folder, 1);
    assert!(
        says(&folder, &["history"])
            .contains("\tsucceeded\trelease service=web version=1.0.0\tTPRACTICE/UADA")
    );
    let head = "asked\trun\tstate\twhat\twho\n";
    assert!(says(&folder, &["history"]).starts_with(head), "headings, piped too");
    let csv =
        says(&folder, &["history", "--csv", "--operation", "release", "--person", "UADA", "--since", "1d"]);
    assert!(csv.starts_with("asked,run,state,what,who\n") && csv.lines().count() == 2, "{csv}");
    for filter in [
        ["--state", "failed"],
        ["--operation", "deploy"],
        ["--person", "TOTHER/UADA"],
        ["--since", "2100-01-01"],
    ] {
        let none = says(&folder, &["history", filter[0], filter[1]]);
        assert!(none.contains("No such runs"), "{filter:?}: {none}");
    }
    let wrong = signalbox(&["history", "--since", "soon", "--data"]).arg(&folder).output().unwrap();
    assert!(!wrong.status.success() && text(&wrong.stderr).contains("help: 90m"), "{}", text(&wrong.stderr));
    // Slack would post this line as an ordinary message, because it is no slash command. So nothing is sent, and a
    // script can see that from the exit status.
    let said = signalbox(&["say", "release web 1.0.0", "--data"]).arg(&folder).output().unwrap();
    assert_eq!(said.status.code(), Some(2));
    assert!(text(&said.stderr).contains("is no slash command"), "{}", text(&said.stderr));
    assert!(says(&folder, &["alerts"]).starts_with("No open alerts in workspace TPRACTICE"));
    assert!(says(&folder, &["history", "--team", "TOTHER"]).contains("No runs yet in workspace TOTHER"));
    assert_eq!(says(&folder, &["dlq", "list"]), "No dead letters.\n");

    let run = park(&folder).await;
    let list = says(&folder, &["dlq", "list"]);
    assert!(
        list.contains(&format!("0123456789\tsubmit\t{}\tTPRACTICE/UADA: release", run.short())),
        "{list}"
    );
    assert!(says(&folder, &["dlq", "show", "01"]).contains("\"submit\""));
    assert!(says(&folder, &["dlq", "list", "--json"]).contains("\"letter\":\"0123456789\""));
    let nothing = signalbox(&["dlq", "show", "ff", "--data"]).arg(&folder).output().unwrap();
    assert!(
        !nothing.status.success() && text(&nothing.stderr).contains("help:"),
        "{}",
        text(&nothing.stderr)
    );

    // The server takes the request from the queue. It fails this time, because the tag exists already; the test only
    // needs to see that it ran.
    says(&folder, &["dlq", "redrive", "0123"]);
    waits_for(&folder, 2);
    park(&folder).await;
    says(&folder, &["dlq", "drop", "--all"]);
    assert_eq!(says(&folder, &["dlq", "list"]), "No dead letters.\n");
    assert!(says(&folder, &["audit", "verify"]).starts_with("ok: "));
}

#[test]
fn the_manifest_is_for_https_alone() {
    let written =
        signalbox(&["manifest", "--url", "https://x.example/", "--catalogue", "examples/catalogue"]).output();
    let manifest = text(&written.unwrap().stdout);
    assert!(manifest.contains("request_url: \"https://x.example/slack/interactivity\""), "{manifest}");
    assert!(manifest.contains("command: \"/release\""), "{manifest}");
    let refused = signalbox(&["manifest", "--url", "http://x.example"]).output().unwrap();
    assert!(!refused.status.success() && text(&refused.stderr).contains("help:"));
}

#[test]
fn one_table_alone_is_a_mistake() {
    let refused = signalbox(&["history"]).env("SIGNALBOX_EVENTS_TABLE", "events").output().unwrap();
    let said = text(&refused.stderr);
    assert!(!refused.status.success() && said.contains("SIGNALBOX_STATE_TABLE"), "{said}");
}

#[test]
fn logs_are_grouped_by_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("web.log");
    let lines = "2026-02-03 04:05:06 ERROR [main] shop.Cart: user 42 not found at 10.0.0.1:80
2026-02-03 04:05:07 ERROR [main] shop.Cart: user 43 not found at 10.0.0.2:80
2026-02-03 04:05:08 WARN shop.Cart: token=canary-in-log is stale
java.lang.IllegalStateException: closed
\tat shop.Cart.add(Cart.java:17)
";
    std::fs::write(&log, lines).unwrap();
    let print = |arguments: &[&str]| {
        let output = signalbox(&["fingerprint"]).args(arguments).arg(&log).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(!text(&output.stdout).contains("canary"), "{}", text(&output.stdout));
        text(&output.stdout)
    };
    let table = print(&[]);
    assert!(table.starts_with("2\t") && table.contains("user <*> not found at <*>"), "{table}");
    assert!(print(&["--format", "json"]).lines().all(|l| l.starts_with("{\"count\":")));
    assert!(print(&["--format", "csv"]).starts_with("fingerprint,count,share,level,template,sample\n"));
    assert!(print(&["--ignore", "user <*> not found <*>"]).contains("left out: 2 records"));
    let each = print(&["--each"]);
    assert_eq!(each.lines().count(), 6, "{each}");
    let ids: Vec<&str> = each.lines().skip(1).filter_map(|l| l.split(',').nth(1)).collect();
    assert!(ids[0] == ids[1] && ids[1] != ids[2] && ids[2] == ids[4], "{each}");
    let wrong = signalbox(&["fingerprint", "--mask", "<*>"]).arg(&log).output().unwrap();
    assert!(
        !wrong.status.success() && text(&wrong.stderr).contains("matches everything"),
        "{}",
        text(&wrong.stderr)
    );
}

#[test]
fn names_at_one_place_are_shown_as_one_and_a_rule_for_them_is_suggested() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("kernel.log");
    let modules = ["bonding", "nfs", "loop", "sunrpc", "fuse", "joydev", "overlay"];
    let mut lines: String =
        modules.iter().map(|m| format!("2026-02-03 04:05:06 INFO unloading {m}\n")).collect();
    lines.push_str("java.lang.IllegalStateException: closed\n");
    std::fs::write(&log, lines).unwrap();
    let print = |arguments: &[&str]| {
        let output = signalbox(&["fingerprint"]).args(arguments).arg(&log).output().unwrap();
        assert!(output.status.success(), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    assert!(print(&[]).contains("8 patterns in 8 records"));
    let families = print(&["--families", "--explain"]);
    assert!(
        families.contains("unloading <*>   (7 patterns)") && families.contains("2 families and patterns"),
        "{families}"
    );
    assert!(
        families.contains("the header names it") && families.contains("names an exception"),
        "{families}"
    );
    let each = print(&["--each", "--families"]);
    let ids: Vec<&str> = each.lines().skip(1).filter_map(|l| l.split(',').nth(1)).collect();
    assert!(each.starts_with("line_id,family\n") && ids.len() == 8, "{each}");
    assert!(ids[..7].iter().all(|id| *id == ids[0]) && ids[7] != ids[0], "{each}");
    let suggested = print(&["--suggest"]);
    assert!(suggested.contains("  - merge: 'unloading <*>'   # 7 patterns, 7 records"), "{suggested}");
    // The suggested rule merges the patterns as it said, and their new name is the name of the family.
    let merged = print(&["--merge", "unloading <*>", "--format", "csv"]);
    assert!(merged.contains(&format!("{},7,", ids[0])), "{merged}");
}

/// The rules of a catalogue's watch, and what they would change.
#[test]
fn rules_are_seen_before_they_are_saved() {
    let folder = tempfile::tempdir().unwrap();
    let (log, catalogue) = (folder.path().join("web.log"), folder.path().join("catalogue"));
    std::fs::create_dir(&catalogue).unwrap();
    let watch = |name: &str, rules: &str| {
        format!(
            "  {name}:\n    channel: TROOM/COPS\n    sources: {{ app: {{ files: [web.log] }} }}\n    rules: {rules}\n    allow: [{{ users: [TROOM/UADA] }}]\n"
        )
    };
    let rules = "[{merge: 'cache <*> evicted'}, {ignore: 'healthy as <*>'}, {split: 'shelf: <*>'}, {mask: 'tenant <*>'}]";
    let one = format!("watches:\n{}", watch("web", rules));
    std::fs::write(catalogue.join("watch.yaml"), &one).unwrap();
    let lines = [
        "cache users evicted",
        "cache carts evicted",
        "cache carts evicted",
        "healthy as ever",
        "shelf: 200 was sent",
        "shelf: 503 was sent",
        "tenant blue is full of token=canary-in-log",
        "nothing changes here",
    ];
    std::fs::write(&log, lines.join("\n")).unwrap();
    let print = |arguments: &[&str]| {
        let output = signalbox(&["fingerprint", "--rules"])
            .arg(&catalogue)
            .args(arguments)
            .arg(&log)
            .output()
            .unwrap();
        assert!(!text(&output.stdout).contains("canary"), "{}", text(&output.stdout));
        let said = if output.status.success() { output.stdout } else { output.stderr };
        (output.status.success(), text(&said))
    };
    let (fine, table) = print(&[]);
    assert!(fine && table.contains("cache <*> evicted") && !table.contains("healthy"), "{table}");
    let (fine, compared) = print(&["--compare"]);
    assert!(fine, "{compared}");
    let expected = "ignored\t1\thealthy as ever\t-
merged\t2\tcache carts evicted\tcache <*> evicted
merged\t1\tcache users evicted\tcache <*> evicted
split\t1\tshelf: <*> was sent\tshelf: 200 was sent
split\t1\tshelf: <*> was sent\tshelf: 503 was sent
";
    let mut sorted: Vec<&str> = compared.lines().filter(|l| l.starts_with("split")).collect();
    sorted.sort_unstable();
    let rest: Vec<&str> = compared.lines().filter(|l| !l.starts_with("split")).collect();
    let joined = [&rest[..3], &sorted].concat().join("\n") + "\n";
    assert_eq!(joined, expected, "{compared}");
    assert!(rest[3].starts_with("renamed\t1\t") && rest[3].contains("\ttenant <*> is full"), "{compared}");
    let told = "6 patterns become 5: ignored 1 records, merged 3 records, split 2 records, renamed 1 records";
    assert_eq!(rest[4..].join("\n"), told, "{compared}");
    let (fine, json) = print(&["--compare", "--format", "json", "--top", "1"]);
    assert!(fine && json.starts_with(r#"{"change":"ignored","count":1,"from":{"#), "{json}");
    assert!(json.trim_end().ends_with(r#""to":null}"#) && json.lines().count() == 1, "{json}");
    let (_, csv) = print(&["--compare", "--format", "csv"]);
    assert!(csv.starts_with("change,count,from,from_template,to,to_template\nignored,1,"), "{csv}");

    // The cases with several watches, a wrong name, no watch, a mistake in the catalogue, and nothing to compare.
    assert!(print(&["--watch", "web"]).0);
    let (fine, said) = print(&["--watch", "wbe"]);
    assert!(!fine && said.contains("has no watch wbe") && said.contains("there is web"), "{said}");
    std::fs::write(catalogue.join("watch.yaml"), format!("{one}{}", watch("api", "[]"))).unwrap();
    let (fine, said) = print(&[]);
    assert!(!fine && said.contains("--watch: api, web"), "{said}");
    let (fine, said) = print(&["--watch", "api", "--compare"]);
    assert!(!fine && said.contains("no rules to compare"), "{said}");
    let (fine, said) = print(&["--watch", "api", "--mask", "tenant <*>", "--compare"]);
    assert!(fine && said.starts_with("renamed"), "{said}");
    std::fs::write(catalogue.join("watch.yaml"), one.replace("merge:", "merg:")).unwrap();
    let (fine, said) = print(&[]);
    assert!(!fine && said.contains("did you mean `merge`?"), "{said}");
}
