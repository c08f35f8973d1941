//! What an alert manager says about an alert again and again. The card follows the latest message, and nobody is told
//! twice.

use super::super::world::WEBHOOK_SECRETS;
use super::{Night, watch};
use axum::body::Body;
use http::Request;
use serde_json::{Value, json};
use signalbox_domain::watch::Watch;
use tower::ServiceExt;

impl Night {
    /// A world with a watch for the alerts of this receiver.
    pub(super) async fn with_receiver() -> Self {
        Self::over(Watch { receivers: vec!["signalbox-web".into()], ..watch() }).await
    }

    /// An alert manager posts a notification, and everything that follows from it happens.
    pub(super) async fn told_by(&self, system: &str, body: &Value) {
        let secret = WEBHOOK_SECRETS.split(',').next().unwrap();
        let request = Request::post(format!("/webhooks/{system}"))
            .header("authorization", format!("Bearer {secret}"))
            .body(Body::from(body.to_string()))
            .unwrap();
        let answer = self.world.webhooks.clone().oneshot(request).await.unwrap();
        assert_eq!(answer.status(), 202);
        self.world.settles().await;
        self.world.passes(5).await;
    }

    fn edits(&self) -> usize {
        self.world.slack.calls().iter().filter(|call| call.method == "chat.update").count()
    }
}

/// A notification with one alert, in Alertmanager's form.
pub(super) fn notification(status: &str, summary: &str) -> Value {
    json!({
        "version": "4", "receiver": "signalbox-web", "status": status, "truncatedAlerts": 0,
        "externalURL": "http://alertmanager:9093",
        "alerts": [{
            "status": status,
            "labels": {"alertname": "HighErrorRate", "instance": "web-1"},
            "annotations": {"summary": summary, "description": format!("web-1: {summary}")},
            "startsAt": "2026-11-20T23:50:00Z",
            "endsAt": if status == "firing" { "0001-01-01T00:00:00Z" } else { "2026-11-21T00:30:00Z" },
            "generatorURL": "http://prometheus:9090/graph", "fingerprint": "c0ffee0123456789"
        }]
    })
}

#[tokio::test]
async fn a_card_follows_the_latest_notification() {
    let night = Night::with_receiver().await;
    night.told_by("alertmanager", &notification("firing", "5xx at 6 %")).await;
    let (card, _) = night.finds("HighErrorRate");
    night.says(card, &["Firing in web", "HighErrorRate: 5xx at 6 %", "web-1: 5xx at 6 %"]);
    let list = async || night.world.types("UADA", "COPS", "/signalbox alerts").await;
    night.presses("UADA", card, "alert_acknowledge").await;

    // The same notification comes again, soon and also after the queue has forgotten it. The card is not even edited.
    let edits = night.edits();
    for minutes in [1, 20] {
        night.told_by("alertmanager", &notification("firing", "5xx at 6 %")).await;
        night.world.passes(minutes * 60).await;
    }
    assert_eq!(night.edits(), edits, "nothing changed");

    // With newer values, the same card shows them. The thread gets no message, and what people did about the alert
    // stays.
    let thread = night.world.thread("COPS", card);
    for summary in ["5xx at 9 %", "5xx at 7 %", "5xx at 9 %"] {
        night.told_by("alertmanager", &notification("firing", summary)).await;
        night.says(card, &["Firing in web", summary, &format!("web-1: {summary}"), "Acknowledged by @Ada"]);
        assert!(!night.world.card("COPS", card).contains("6 %"));
        assert!(list().await.contains(summary), "{}", list().await);
        night.world.passes(360).await;
    }
    assert_eq!(night.world.thread("COPS", card), thread);
    // The alert manager says that the alert began again meanwhile.
    let mut anew = notification("firing", "5xx at 9 %");
    anew["alerts"][0]["startsAt"] = json!("2026-11-21T00:10:00Z");
    night.told_by("alertmanager", &anew).await;
    night.says(card, &["Since: 2026-11-21 00:10"]);

    // When the alert is over, the card has the last message about it. When it comes back, the card has the new message.
    night.told_by("alertmanager", &notification("resolved", "5xx at 1 %")).await;
    night.says(card, &["No longer firing in web", "5xx at 1 %"]);
    night.thread_says(card, &["No longer firing"]);
    night.told_by("alertmanager", &notification("firing", "5xx at 8 %")).await;
    night.says(card, &["Firing again in web", "5xx at 8 %"]);
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_grafana_measured_is_on_the_card_and_followed() {
    let night = Night::with_receiver().await;
    let body = |value: f64| {
        let mut body = notification("firing", "disk is filling up");
        body["version"] = json!("1");
        body["alerts"][0]["values"] = json!({"A": value, "B": null, "C": 1});
        body
    };
    night.told_by("grafana", &body(81.5)).await;
    let (card, _) = night.finds("disk is filling up");
    night.says(card, &["A = 81.5, C = 1"]);
    night.told_by("grafana", &body(93.25)).await;
    night.says(card, &["A = 93.25, C = 1"]);
    assert!(!night.world.card("COPS", card).contains("81.5"));
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}
