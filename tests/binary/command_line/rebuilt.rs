//! `audit rebuild` beside a running server: it names a damaged head, leaves it alone, and makes it again only when that
//! is asked for.

use super::{says, waits_for};
use crate::binary::process::{Server, signalbox, text};
use signalbox_engine::ports::{HeadRow, Journal, Views};
use signalbox_engine::wire::head::{decode_any, encode};
use signalbox_sqlite::Database;
use std::path::Path;

#[tokio::test]
async fn a_damaged_head_is_made_anew_beside_the_server() {
    let data = tempfile::tempdir().unwrap();
    let folder = data.path().join("data");
    let server = Server::start_with(Path::new("examples/catalogue"), &folder, |_| ());
    assert!(server.types("/release web 1.0.0").unwrap().contains("Asked for"));
    waits_for(&folder, 1);
    let database = Database::open_beside(&folder).unwrap();
    let mut run = None;
    for record in database.head_records(None, 99).await.unwrap() {
        let row = database.head(&record).await.unwrap().unwrap();
        if let Ok(signalbox_engine::wire::head::Head::Run(head)) = decode_any(&row.body) {
            run = Some((row, *head));
        }
    }
    let (row, mut head) = run.unwrap();
    let short = row.record.short().to_string();
    head.retried_by = Some(signalbox_testkit::samples::person("UMALLORY"));
    let forged = HeadRow { body: encode(&head.into()).unwrap(), ..row.clone() };
    database.replace_head(Some(row.chain), forged).await.unwrap();

    let rebuild = |arguments: &[&str]| {
        let all = [&["audit", "rebuild"], arguments].concat();
        let output = signalbox(&all).arg("--data").arg(&folder).output().unwrap();
        (output.status.code(), text(&output.stdout))
    };
    let (code, said) = rebuild(&[&short]);
    let line = format!("{}\tsaid something else than its events\twould be made anew\n", row.record);
    assert!(code == Some(1) && said.starts_with(&line), "{code:?} {said}");
    assert!(said.contains("0 heads are what their events fold to; 1 would be made anew; 0 left as they are"));
    let verified = signalbox(&["audit", "verify", "--data"]).arg(&folder).output().unwrap();
    assert!(text(&verified.stdout).contains("says something else than its events"), "nothing was changed");

    let (code, said) = rebuild(&["--write"]);
    assert!(code == Some(0) && said.contains("1 made anew; 0 left as they are"), "{code:?} {said}");
    let (code, said) = rebuild(&["--json", &short]);
    assert_eq!(code, Some(0), "{said}");
    assert_eq!(said.trim_end(), r#"{"anew":[],"left_as_they_are":[],"sound":1,"written":false}"#);
    assert!(says(&folder, &["audit", "verify"]).starts_with("ok:"));
    assert_eq!(database.head(&row.record).await.unwrap().unwrap().body, row.body);
}
