//! Simulated systems that get repositories and jobs while runs are under way.

use serde_json::json;
use signalbox_simulator::github::{Repository, Workflow};
use signalbox_simulator::jenkins::{Job, Stage};

use crate::github::{Hub, hub_of, release};
use crate::jenkins::ci;

const SHOP: &str = "/repos/acme/shop/actions/workflows";

#[tokio::test]
async fn a_github_gets_repositories_and_workflows_and_keeps_its_runs() {
    let hub = hub_of(release());
    let run = hub.dispatched().await;
    let id = hub.get(&format!("{SHOP}/release.yml")).await.json["id"].clone();
    let soon = Workflow::new("soon.yml").input("service").job("soon", &[("Wait", 1.0)]);
    let more = vec![
        Repository::new("acme", "shop").tag("1.0.0").workflow(soon.clone()),
        Repository::new("acme", "web").workflow(soon),
    ];
    let learned = Hub { github: hub.github.with_repositories(more), ..hub };
    // What was there is there, under the same ids.
    assert_eq!(learned.get(&run).await.status, 200);
    assert_eq!(learned.get(&format!("{SHOP}/release.yml")).await.json["id"], id);
    assert_eq!(learned.get("/repos/acme/shop/tags").await.json[0]["name"], "1.0.0");
    let mut ids = vec![id];
    for repository in ["shop", "web"] {
        let workflow = format!("/repos/acme/{repository}/actions/workflows/soon.yml");
        ids.push(learned.get(&workflow).await.json["id"].clone());
        let body = json!({"ref": "main", "inputs": {"service": "shop"}});
        assert_eq!(learned.post(&format!("{workflow}/dispatches"), body).await.status, 200, "{repository}");
    }
    ids.dedup();
    assert_eq!(ids.len(), 3);
    learned.pass_ms(60_000);
    assert_eq!(learned.get(&run).await.json["conclusion"], "success");
    assert_eq!(learned.github.dispatches(), 3);
}

#[tokio::test]
async fn a_jenkins_gets_jobs_and_keeps_its_builds() {
    let ci = ci(vec![Job::pipeline("web/deploy").stage(Stage::new("Build", 10_000))]);
    ci.jenkins.starts_by_hand("web/deploy", &[]);
    ci.pass_ms(6_000);
    assert_eq!(ci.jenkins.started(), 1);
    // A new job does not come before a known one.
    let learned = ci.jenkins.with_jobs(vec![
        Job::pipeline("api/deploy").stage(Stage::new("Build", 1_000)),
        Job::pipeline("web/deploy").stage(Stage::new("Build", 20_000)),
    ]);
    assert!(learned.has_job("api/deploy") && !ci.jenkins.has_job("api/deploy"));
    ci.pass_ms(5_000);
    assert!(learned.builds()[0].building, "it takes longer now");
    learned.starts_by_hand("api/deploy", &[]);
    ci.pass_ms(60_000);
    let told: Vec<_> = learned.builds().into_iter().map(|b| (b.job, b.building)).collect();
    assert_eq!(told, [("web/deploy".to_owned(), false), ("api/deploy".to_owned(), false)]);
}
