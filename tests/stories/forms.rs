//! Forms that ask for an operation: opened by a line, a button, a shortcut, or from the choice of operations; filled in,
//! looked at, sent. At the end Slack has taken every answer as it was.

mod judged;
mod placed;
mod world;

use signalbox_domain::observation::Conclusion;
use signalbox_simulator::{Fault, Surface};
use world::{choices, deploys, ended, many};

#[tokio::test]
async fn a_line_that_says_not_enough_opens_the_form_with_what_it_says() {
    let w = deploys().await;
    assert_eq!(w.types("UADA", "COPS", "/deploy web").await, "");
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!((form.title(), form.submit_label()), ("deploy", Some("Continue")));
    let fields = form.fields();
    let shown: Vec<(&str, &str)> = fields.iter().map(|f| (f.label.as_str(), f.value())).collect();
    assert_eq!(shown, [("service", "web"), ("Where", ""), ("copies", "2")]);
    assert_eq!(choices(&form, "env"), ["qa", "prod"]);

    // In qa a number of copies is fixed; the form does not ask for it, and nothing has to be looked at.
    w.slack.dispatch("UADA", "env", &["qa"]).await;
    let form = w.slack.modal("UADA").unwrap();
    let labels: Vec<String> = form.fields().into_iter().map(|f| f.label).collect();
    assert_eq!(labels, ["service", "Where"]);
    let sent = w.slack.submit("UADA", &[]).await;
    assert_eq!((sent.problem, w.slack.modal("UADA").is_none()), (None, true));
    w.settles().await;
    let told = w.slack.ephemerals("UADA", "COPS").pop().unwrap().plain();
    assert!(told.contains("Asked for: `deploy copies=1 env=qa service=web`"), "{told}");
    assert!(w.card("COPS", 0).contains("deploy · Running"), "{}", w.card("COPS", 0));
    ended(w, 1).await;
}

#[tokio::test]
async fn nothing_protected_runs_without_its_summary_and_the_name_of_its_environment() {
    let w = deploys().await;
    // Everything is said; all the same it is looked at first.
    assert_eq!(w.types("UADA", "COPS", "/deploy web prod reason=\"new prices\"").await, "");
    w.settles().await;
    assert!(w.messages("COPS").is_empty(), "nothing has been started");
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.submit_label(), Some("Run it"));
    let said = w.slack.plain(&form);
    for part in [
        "Check this before it runs",
        "`prod` is protected",
        "deploy copies=4 env=prod reason=\"new prices\" service=web",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(form.field("typed:name").unwrap().label, "Type prod to go on");
    // Another name than its own.
    w.slack.submit("UADA", &[("typed:name", "production")]).await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(
        form.field("typed:name").unwrap().error.as_deref(),
        Some("Type prod exactly as it is written, or cancel.")
    );
    // What was looked at is what runs: after a change it is looked at again.
    w.slack.submit("UADA", &[("typed:name", "prod"), ("copies@prod", "9")]).await;
    let said = w.slack.plain(&w.slack.modal("UADA").unwrap());
    assert!(said.contains("deploy copies=9 env=prod"), "{said}");
    w.settles().await;
    assert!(w.messages("COPS").is_empty(), "nothing has been started");
    w.slack.submit("UADA", &[("typed:name", "prod")]).await;
    assert!(w.slack.modal("UADA").is_none());
    w.settles().await;
    w.card_in("COPS", &["deploy · Running", "prod", "9"]);
    ended(w, 1).await;
}

#[tokio::test]
async fn every_field_that_is_wrong_says_so_beside_it() {
    let w = deploys().await;
    w.types("UADA", "COPS", "/signalbox deploy").await;
    w.slack.fill("UADA", &[("service", "web")]).unwrap();
    w.slack.dispatch("UADA", "env", &["prod"]).await;
    let sent = w.slack.submit("UADA", &[("copies@prod", "6"), ("reason", "release day")]).await;
    assert_eq!(sent.problem, None, "{}", sent.body);
    let form = w.slack.modal("UADA").unwrap();
    let errors: Vec<_> = form.fields().into_iter().filter_map(|f| Some((f.block, f.error?))).collect();
    assert_eq!(errors, []);
    let sent = w.slack.submit("UADA", &[("typed:name", "prod"), ("reason", "password=hunter2hunter2")]).await;
    assert_eq!(sent.problem, None, "{}", sent.body);
    let form = w.slack.modal("UADA").unwrap();
    let said = form.field("reason").unwrap().error.unwrap();
    assert!(said.starts_with("reason looks like a password"), "{said}");
    w.slack.close("UADA");
    w.settles().await;
    w.never_stored_or_said("hunter2");
    ended(w, 0).await;
}

#[tokio::test]
async fn signalbox_alone_offers_what_may_be_asked_for_here() {
    let w = deploys().await;
    assert_eq!(w.types("UADA", "COPS", "/signalbox").await, "");
    let picker = w.slack.modal("UADA").unwrap();
    // `secret-plan` is for others: it is not even named.
    assert_eq!(choices(&picker, "operation"), ["deploy", "restart"]);
    assert!(picker.field("recent").is_none());
    w.slack.dispatch("UADA", "operation", &["restart"]).await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.title(), "restart");
    w.slack.submit("UADA", &[("service", "api")]).await;
    w.settles().await;
    w.card_in("COPS", &["restart · Running"]);
    // What was asked for lately is offered first.
    w.types("UADA", "COPS", "/signalbox").await;
    assert_eq!(choices(&w.slack.modal("UADA").unwrap(), "recent"), ["restart"]);
    w.slack.close("UADA");
    // A stranger is offered nothing.
    w.types("UMALLORY", "COPS", "/signalbox").await;
    let nothing = w.slack.plain(&w.slack.modal("UMALLORY").unwrap());
    assert!(nothing.contains("nothing that you are allowed to run here"), "{nothing}");
    w.slack.close("UMALLORY");
    ended(w, 1).await;
}

#[tokio::test]
async fn a_dead_trigger_gets_a_button_for_a_fresh_one() {
    let w = deploys().await;
    w.slack.fault("views.open", Fault::Error("expired_trigger_id"));
    let told = w.types("UADA", "COPS", "/deploy web").await;
    assert!(told.contains("`env` is missing"), "{told}");
    assert!(w.slack.modal("UADA").is_none());
    let message = w.slack.ephemerals("UADA", "COPS").pop().unwrap();
    assert_eq!(message.buttons(), ["Open the form"]);
    w.slack.press("UADA", "COPS", &message.ts, "ask").await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.field("service").unwrap().value(), "web");
    w.slack.close("UADA");
    ended(w, 0).await;
}

#[tokio::test]
async fn a_hundred_and_more_options_are_searched() {
    let w = many().await;
    w.types("UADA", "COPS", "/roll").await;
    let found = w.slack.suggest("UADA", "service", "17").await;
    assert_eq!(found.problem, None);
    let values: Vec<&str> = found.options.iter().map(|o| o.value.as_str()).collect();
    assert_eq!(
        values,
        ["s17", "s117", "s170", "s171", "s172", "s173", "s174", "s175", "s176", "s177", "s178", "s179"]
    );
    assert_eq!(w.slack.suggest("UADA", "service", "").await.options.len(), 100);
    assert_eq!(w.slack.suggest("UADA", "service", "nothing").await.options.len(), 0);
    w.slack.submit("UADA", &[("service", "s117")]).await;
    w.settles().await;
    w.card_in("COPS", &["roll · Running", "s117"]);
    ended(w, 1).await;
}

#[tokio::test]
async fn a_shortcut_at_a_message_offers_its_words() {
    let w = deploys().await;
    let message = w.slack.say("UADA", "COPS", "Please deploy web to prod, the prices are wrong").unwrap();
    w.slack.message_shortcut("UADA", "COPS", &message.ts, "ask-about:deploy").await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.field("service").unwrap().value(), "web");
    assert_eq!(form.field("env").unwrap().value(), "prod");
    w.slack.close("UADA");
    // Somebody who may not ask for it is told so, and fills in nothing.
    w.slack.message_shortcut("UMALLORY", "COPS", &message.ts, "ask-about:deploy").await;
    assert!(w.slack.modal("UMALLORY").is_none());
    let told = w.slack.ephemerals("UMALLORY", "COPS").pop().unwrap().plain();
    assert!(told.contains("not allowed"), "{told}");
    ended(w, 0).await;
}

#[tokio::test]
async fn the_app_has_a_page_of_its_own() {
    let w = deploys().await;
    w.types("UADA", "COPS", "/restart api").await;
    w.settles().await;
    w.slack.open_home("UADA").await;
    let home = w.slack.home("UADA").unwrap();
    let said = w.slack.plain(&home);
    for part in ["Run something", "Your latest runs", "restart service=api"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    // What they may ask for in a channel alone is asked for there.
    w.slack.act_at("UADA", Surface::Home, "operation", &["announce"]).await;
    assert_eq!(w.slack.modal("UADA").unwrap().title(), "announce");
    let sent = w.slack.submit("UADA", &[("service", "web")]).await;
    assert_eq!(sent.problem, None);
    w.settles().await;
    assert!(w.card("CRELEASES", 0).contains("announce · Running"), "{}", w.card("CRELEASES", 0));
    // Somebody else's runs are not theirs.
    w.slack.open_home("UGRACE").await;
    let said = w.slack.plain(&w.slack.home("UGRACE").unwrap());
    assert!(said.contains("You have not run anything yet"), "{said}");
    ended(w, 2).await;
}

#[tokio::test]
async fn the_app_can_be_spoken_to() {
    let w = deploys().await;
    w.types("UADA", "COPS", "/restart api").await;
    w.settles().await;
    w.ends(Conclusion::Failed, "exit status 3", "");
    w.passes(6).await;
    let card = w.messages("COPS")[0].ts.clone();
    // In the thread of a run its id need not be said.
    w.slack.reply("UADA", "COPS", &card, "<@U0SIGNALBOX> status").await;
    let told = w.slack.ephemerals("UADA", "COPS").pop().unwrap().plain();
    assert!(told.contains("restart") && told.contains("Failed"), "{told}");
    w.slack.reply("UADA", "COPS", &card, "<@U0SIGNALBOX> retry").await;
    w.settles().await;
    w.card_in("COPS", &["restart · Running"]);
    // Elsewhere it is as if it was typed after the command.
    w.slack.speak("UADA", "COPS", "<@U0SIGNALBOX> help restart").await;
    let told = w.slack.ephemerals("UADA", "COPS").pop().unwrap().plain();
    assert!(told.contains("/signalbox restart <service>"), "{told}");
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    // One run, and two attempts.
    w.over(1, 2).await;
}
