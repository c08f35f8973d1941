//! Several alerts in one notification: what a wrong one means for the others, what they are called, and how many cards
//! they get.

use super::{NOW, alertmanager, door, grafana, told};
use serde_json::json;
use signalbox_domain::alert::Class;
use std::time::Duration;

/// One alert of several cannot be read. The others are taken, and the answer names the field that is wrong.
#[tokio::test]
async fn a_malformed_alert_costs_only_itself() {
    let door = door();
    let good = |n: usize| {
        let mut alert = alertmanager()["alerts"][0].clone();
        alert["fingerprint"] = json!(format!("{n:016x}"));
        alert
    };
    let mut bad = good(9);
    bad["startsAt"] = json!("yesterday");
    let mut body = alertmanager();
    body["alerts"] = json!([good(1), bad, good(2), 7]);
    let (status, said) = door.tell("alertmanager", &body).await;
    assert_eq!(status, 202, "{said}");
    assert!(said.contains("`alerts[1].startsAt` must be a time") && said.contains("2 of 4"), "{said}");
    let patterns: Vec<String> = door.findings().await.into_iter().map(|(_, f)| f.pattern).collect();
    assert_eq!(patterns, ["alert/0000000000000001", "alert/0000000000000002"]);
    // The same with Grafana. If no alert can be read at all, the answer is an error.
    let mut body = grafana();
    let alert = body["alerts"][0].clone();
    body["alerts"] = json!([{}, alert]);
    assert_eq!(door.tell("grafana", &body).await.0, 202);
    assert_eq!(door.findings().await.len(), 1);
    body["alerts"] = json!([{}]);
    assert_eq!(door.tell("grafana", &body).await.0, 400);
}

/// Grafana's own alerts about a rule have the rule's name in a label. Without that name, the alerts of all rules that
/// have no data would look the same.
#[tokio::test]
async fn a_rule_without_data_is_named() {
    let door = door();
    let mut body = grafana();
    body["alerts"][0]["status"] = json!("firing");
    for (name, expect) in [
        ("DatasourceNoData", "Checkout p99 (DatasourceNoData)"),
        ("DatasourceError", "Checkout p99 (DatasourceError)"),
    ] {
        body["alerts"][0]["fingerprint"] = json!(name);
        body["alerts"][0]["labels"] =
            json!({"alertname": name, "rulename": "Checkout p99", "datasource_uid": "abc", "ref_id": "A"});
        body["alerts"][0]["annotations"] = json!({});
        assert_eq!(door.tell("grafana", &body).await.0, 202);
        let found = door.findings().await;
        assert_eq!(found[0].1.title, expect);
        assert_eq!(found[0].1.seen_in, ["datasource_uid=abc", "ref_id=A"]);
        // A silence still uses all labels.
        assert_eq!(found[0].1.matchers.len(), 4);
    }
}

/// Sixty alerts at once. The watch's limit of cards for one window holds; the other alerts are on record, and one
/// message tells of them.
#[tokio::test]
async fn many_alerts_at_once_keep_within_the_cards() {
    let door = door();
    let mut body = alertmanager();
    let one = body["alerts"][0].clone();
    let alert = |n: usize| {
        let mut alert = one.clone();
        alert["fingerprint"] = json!(format!("{n:016x}"));
        alert["annotations"]["summary"] = json!(format!("disk {n} is full"));
        alert
    };
    body["alerts"] = (0..60).map(alert).collect();
    assert_eq!(door.tell("alertmanager", &body).await.0, 202);
    let (found, reports) = told(&door.queue).await;
    assert_eq!(found.len(), 60, "each is on record");
    assert_eq!(found.iter().filter(|(_, f)| !f.held).count(), 5, "`cards` of the watch");
    let [(envelope, report)] = &reports[..] else { panic!("{reports:?}") };
    assert_eq!((report.patterns.len() as u64) + report.others.urgent, 55);
    assert!(report.patterns.iter().all(|p| p.held && p.class == Class::New));
    assert!(report.patterns[0].title.contains("disk 5 is full"), "{report:?}");
    let (first, held) = (&report.patterns[0].alert, &found.iter().find(|(_, f)| f.held).unwrap().0.record);
    assert_eq!(&**first, held);

    // The same notification some time later makes the same message again.
    door.clock.advance_to(NOW.plus(Duration::from_secs(60)));
    assert_eq!(door.tell("alertmanager", &body).await.0, 202);
    let (found, again) = told(&door.queue).await;
    assert!(
        found.is_empty() && again.iter().all(|(e, _)| e.id == envelope.id && e.record == envelope.record),
        "{again:?}"
    );

    // There are only as many alerts as cards, so none is held back, and there is no message about them.
    body["alerts"] = (100..105).map(alert).collect();
    assert_eq!(door.tell("alertmanager", &body).await.0, 202);
    let (found, reports) = told(&door.queue).await;
    assert!(found.len() == 5 && found.iter().all(|(_, f)| !f.held) && reports.is_empty());
}
