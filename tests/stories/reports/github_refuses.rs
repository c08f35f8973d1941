//! What GitHub refuses, how the card says why, and tokens that are so young that not every server of GitHub knows them.

use crate::stories::conformance::{keys, settings};
use crate::stories::github::{Story, over, story, workflow};
use crate::stories::world::START;
use signalbox_backends::Credentials;
use signalbox_simulator::github::{self as simulated, GitHubApp, GitHubFault, Webhooks, Workflow};
use signalbox_testkit::VirtualClock;
use std::sync::Arc;

fn quick() -> Workflow {
    workflow().job("build", &[("Compile", 4.0)]).job("deploy", &[("Roll out", 6.0)])
}

fn as_app(workflow: Workflow, change: impl FnOnce(&mut simulated::GitHubSettings)) -> Story {
    let clock = Arc::new(VirtualClock::at(START));
    let (private_key, public) = keys();
    let mut settings = settings(&clock, workflow);
    settings.app = Some(GitHubApp::new(4711, 7, public));
    change(&mut settings);
    let credentials = Credentials::App { id: "4711".into(), private_key };
    over(clock, simulated::GitHub::new(settings), credentials)
}

async fn refused(fault: GitHubFault) -> Story {
    let s = story(quick());
    s.system.fault("/dispatches", "POST", fault);
    s.asks().await;
    s
}

fn says(message: &str) -> GitHubFault {
    GitHubFault::Says(403, message.into(), None)
}

#[tokio::test]
async fn each_403_has_its_own_reason() {
    let sso = "https://github.com/orgs/acme/sso?authorization_request=AZSCKtL4U8yX1H3sCQIVnVgmjmon5fWxks5YrqhJgah0b2tlbl9pZM4EuMz4";
    let saml = "Resource protected by organization SAML enforcement. You must grant your Personal Access token access to this organization.";
    let list = "Although you appear to have the correct authorization credentials, the `acme` organization has an IP allow list enabled, and your IP address is not permitted to access this resource.";
    for (fault, expect, not) in [
        (
            GitHubFault::Says(403, saml.into(), Some(("x-github-sso", format!("required; url={sso}")))),
            vec!["single sign-on", sso],
            "Actions: write",
        ),
        (says(list), vec!["IP allow list", "address"], "Actions: write"),
        (says("Repository was archived so is read-only."), vec!["archived"], "Actions: write"),
        (says("Resource not accessible by personal access token"), vec!["Actions: write"], "allow list"),
        (says("Sorry. Your account was suspended"), vec!["suspended"], "Actions: write"),
    ] {
        let s = refused(fault).await;
        s.card_says(&["release · Failed", "Nothing was started"]);
        s.card_says(&expect);
        s.card_lacks(&[not, "Read the output in the thread"]);
        s.ends_with(1).await;
        assert_eq!(s.system.dispatches(), 0);
    }
}

#[tokio::test]
async fn an_app_that_is_not_installed() {
    let s = as_app(quick(), |settings| settings.not_installed = true);
    s.asks().await;
    s.card_says(&["release · Failed", "not installed on acme/shop", "Nothing was started"]);
    s.ends_with(1).await;
}

#[tokio::test]
async fn clocks_that_differ_are_called_by_their_name() {
    for (minutes, word) in [(-7i64, "ahead of"), (15, "behind")] {
        let s = as_app(quick(), |settings| {
            let ours = settings.now_ms.clone();
            settings.now_ms = Arc::new(move || ours() + minutes * 60_000);
        });
        s.asks().await;
        s.card_says(&["clock", word, "minutes"]);
        s.card_lacks(&["release · Running"]);
        assert_eq!(s.system.dispatches(), 0);
    }
}

/// GitHub may refuse a token for some seconds after it was made. Nothing was sent, so the same attempt asks again.
#[tokio::test]
async fn a_fresh_token_is_waited_for() {
    for status in [401, 403, 404] {
        let s = as_app(quick(), |settings| {
            if let Some(app) = &mut settings.app {
                (app.unknown_ms, app.unknown) = (2_500, status);
            }
        });
        s.system.hold_webhooks(Webhooks::Lose);
        s.asks().await;
        s.card_says(&["release · Running"]);
        s.card_lacks(&["attempt 2"]);
        s.passes(60).await;
        s.card_says(&["release · Succeeded"]);
        let minted = s.system.calls().iter().filter(|c| c.path.ends_with("/access_tokens")).count();
        assert_eq!(minted, 1, "{status}: another would be as young");
        s.ends_with(1).await;
        assert_eq!(s.system.dispatches(), 1);
    }
}

/// The token stays unknown for longer than one attempt can wait. Nothing was sent, and the next attempt comes by
/// itself.
#[tokio::test]
async fn a_token_that_stays_unknown_for_longer_is_tried_again_later() {
    let s = as_app(quick(), |settings| {
        if let Some(app) = &mut settings.app {
            (app.unknown_ms, app.unknown) = (25_000, 404);
        }
    });
    s.asks().await;
    s.card_says(&["release · Starting", "does not know the App's new token yet"]);
    s.passes(80).await;
    s.card_says(&["release · Succeeded", "attempt 2"]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 1);
}

#[tokio::test]
async fn after_six_attempts_the_card_names_the_last_reason() {
    let s = story(quick());
    s.wire.cut(true);
    s.asks().await;
    s.passes(3_600).await;
    s.card_says(&[
        "release · Failed",
        "could not be sent in 6 attempts",
        "connection refused",
        "Nothing is known to have been started",
    ]);
    s.ends_with(1).await;
    assert_eq!(s.system.dispatches(), 0);
}
