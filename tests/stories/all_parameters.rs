//! An operation with more parameters than GitHub takes inputs: they travel in one input.

use super::github::{Story, with_catalogue};
use super::world::START;
use signalbox_backends::Credentials;
use signalbox_engine::ports::Clock;
use signalbox_simulator::github::{self as simulated, Repository, Workflow};
use signalbox_testkit::VirtualClock;
use std::sync::Arc;

/// `provision`, with the parameters `p01` to `p40`; the first of them is required.
fn story() -> Story {
    let parameters: String = (1..=40)
        .map(|n| format!("      - {{ name: p{n:02}, type: string, required: {} }}\n", n == 1))
        .collect();
    let yaml = format!(
        "operations:
  provision:
    description: Set up a customer
    parameters:
{parameters}    target: {{ github: acme/shop, workflow: provision.yml, ref: main, inputs: {{ request: '{{*}}' }} }}
    allow: [{{ users: [TPRACTICE/UADA] }}]
"
    );
    let files = [("catalogue.yaml".to_owned(), yaml)];
    let catalogue = signalbox_catalogue::parse(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    let clock = Arc::new(VirtualClock::at(START));
    let now = clock.clone();
    let mut settings = simulated::GitHubSettings::new(Arc::new(move || now.now().0));
    settings.webhook_secret = "a webhook secret".into();
    let workflow = Workflow::new("provision.yml")
        .run_name("Provision [${{ inputs.signalbox-run }}]")
        .required_input("request")
        .input("signalbox-run")
        .job("provision", &[("Provision", 4.0)]);
    settings.repositories = vec![Repository::new("acme", "shop").workflow(workflow)];
    let token = Credentials::Token(settings.token.clone());
    with_catalogue(clock, simulated::GitHub::new(settings), token, catalogue.freeze())
}

#[tokio::test]
async fn forty_parameters_reach_a_workflow_in_one_input() {
    let s = story();
    let given: Vec<String> = (2..=40).filter(|n| *n != 7).map(|n| format!("p{n:02}=value-{n}")).collect();
    let line =
        format!(r#"/signalbox provision p01="say \"hi\" to {{p02}} ${{{{ x }}}}" {}"#, given.join(" "));
    s.types("UADA", "CRELEASES", &line).await;
    s.settles().await;
    s.card_says(&["provision · Running"]);
    s.passes(20).await;
    s.card_says(&["provision · Succeeded"]);
    let runs = s.system.runs();
    assert_eq!(runs.len(), 1);
    assert_eq!(runs[0].inputs.keys().collect::<Vec<_>>(), ["request", "signalbox-run"]);
    let request = &runs[0].inputs["request"];
    assert!(
        request.starts_with(r#"{"p01":"say \"hi\" to {p02} ${{ x }}","p02":"value-2","p03":"value-3","#),
        "{request}"
    );
    // What nobody gave is not in it.
    let read: serde_json::Map<String, serde_json::Value> = serde_json::from_str(request).unwrap();
    assert_eq!(read.len(), 39);
    assert!(!read.contains_key("p07") && read["p40"] == "value-40", "{request}");
    s.ends_with(1).await;
}
