//! Stories, told with the real engine, door, Slack client and SQLite. Slack is simulated, and the backend does what the
//! story tells it to. At the end of each story all queues are empty and every message has been handled.

mod all_parameters;
mod batches;
mod budgets;
mod conformance;
mod dead_letters;
mod forged;
mod forms;
mod github;
mod jenkins;
mod jenkins_world;
mod lists;
mod lookups;
mod on_call;
mod people;
mod refused_cards;
mod reports;
mod scripted;
mod side_by_side;
mod system;
mod wire;
mod world;

use signalbox_domain::catalogue::Target;
use signalbox_domain::observation::Conclusion;
use signalbox_simulator::Fault;
use signalbox_testkit::samples;
use world::World;

#[tokio::test]
async fn a_release_from_the_first_word_to_the_last() {
    let w = World::new().await;
    let answer = w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    assert!(
        answer.contains("Asked for: `release count=1 dry-run=false service=web version=1.4.2`"),
        "{answer}"
    );
    w.settles().await;
    assert!(w.card("CRELEASES", 0).contains("release · Running"), "{}", w.card("CRELEASES", 0));
    w.begins_step("Build");
    w.passes(6).await;
    assert!(w.card("CRELEASES", 0).contains("Step 1: Build"));
    w.ends(Conclusion::Succeeded, "", "all well");
    w.passes(6).await;
    let card = w.card("CRELEASES", 0);
    assert!(card.contains("release · Succeeded") && !card.contains("[Cancel]"), "{card}");
    let thread = w.thread("CRELEASES", 0);
    assert!(thread.contains("Build") && thread.contains("all well"), "{thread}");
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_failure_says_what_to_do_and_hides_secrets() {
    let w = World::new().await;
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.begins_step("Log in with token=canary-in-step");
    w.ends(
        Conclusion::Failed,
        "exit status 3: password=canary-in-summary",
        "boom\nAuthorization: Bearer canary-in-output",
    );
    w.passes(6).await;
    let card = w.card("CRELEASES", 0);
    for part in ["release · Failed", "exit status 3", "boom", "[redacted]", "Read the output in the thread"]
    {
        assert!(card.contains(part), "{part} is missing: {card}");
    }
    w.never_stored_or_said("canary");
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_secret_among_the_parameters_goes_nowhere() {
    let w = World::new().await;
    let canary = concat!("ghp", "_canarycanarycanarycanarycanarycanary");
    let answer = w.types("UADA", "CRELEASES", &format!("/release web {canary}")).await;
    assert!(!answer.contains(canary), "{answer}");
    w.settles().await;
    w.never_stored_or_said("canarycanary");
    w.over(0, 0).await;
}

#[tokio::test]
async fn who_may_not_is_told_why_and_it_is_on_record() {
    let w = World::new().await;
    let answer = w.types("UMALLORY", "CRELEASES", "/release web 1.4.2").await;
    assert!(answer.contains("not_allowed") && answer.contains("Who can run it"), "{answer}");
    let elsewhere = w.types("UADA", "CGENERAL", "/release web 1.4.2").await;
    assert!(elsewhere.contains("not_in_this_channel"), "{elsewhere}");
    w.settles().await;
    assert!(w.messages("CRELEASES").is_empty(), "a refusal is nobody else's business");
    // Each refusal is a run with one event, and nothing was sent to the backend.
    w.over(2, 0).await;
}

#[tokio::test]
async fn what_cannot_be_understood_is_explained_and_starts_nothing() {
    let w = World::new().await;
    for (line, expect) in [
        ("/release wbe 1.4.2", "Did you mean `web`?"),
        ("/release web verison=1.4.2", "Did you mean `version`?"),
        ("/signalbox relaese web 1.4.2", "Did you mean `release`?"),
        ("/release web 1.4", "version"),
        ("/release web 1.4.2 count=10", "count"),
        ("/release \"web 1.4.2", "quote"),
        ("/signalbox status", "run"),
        ("/signalbox status zzzzzzz", "zzzzzzz"),
    ] {
        let answer = w.types("UADA", "CRELEASES", line).await;
        assert!(answer.contains(expect), "{line}: {answer}");
    }
    w.over(0, 0).await;
}

#[tokio::test]
async fn the_button_stops_a_run() {
    let w = World::new().await;
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    // A person who may not do this presses first. Only this person is told, and the press is on record.
    w.presses("UMALLORY", "CRELEASES", 0, "cancel").await;
    w.settles().await;
    assert!(w.card("CRELEASES", 0).contains("Running"));
    assert!(
        w.private("UMALLORY", "CRELEASES").contains("not_allowed"),
        "{}",
        w.private("UMALLORY", "CRELEASES")
    );
    w.begins_step("Build");
    w.passes(6).await;
    w.card_says(&["Running since", "Step 1"]);
    w.presses("UADA", "CRELEASES", 0, "cancel").await;
    w.settles().await;
    assert!(w.asked_to_stop());
    w.ends(Conclusion::Cancelled, "", "");
    w.passes(6).await;
    let card = w.card("CRELEASES", 0);
    assert!(card.contains("release · Cancelled") && !card.contains("[Cancel]"), "{card}");
    // The card still shows who stopped the run and how far the run got. Parameters with their usual values are in the
    // small print.
    w.card_says(&["@Ada stopped it", "Got as far as step 1", "Build", "as usual: `count=1 dry-run=false`"]);
    assert!(card.find("service").unwrap() < card.find("version").unwrap(), "{card}");
    w.over(1, 1).await;
}

#[tokio::test]
async fn status_history_and_cancel_by_name() {
    let w = World::new().await;
    let answer = w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    let run = World::run_in(&answer);
    w.settles().await;
    let status = w.types("UADA", "CRELEASES", &format!("/signalbox status {run}")).await;
    assert!(status.contains("Running"), "{run}: {status}");
    let history = w.types("UADA", "CRELEASES", "/signalbox history").await;
    assert!(history.contains(&run), "{run}: {history}");
    for (filter, there) in
        [("release running 1h 5", true), ("person=UADA", true), ("failed", false), ("<@UGRACE>", false)]
    {
        let some = w.types("UADA", "CRELEASES", &format!("/signalbox history {filter}")).await;
        assert_eq!(some.contains(&run), there, "{filter}: {some}");
    }
    let stranger = w.types("UMALLORY", "CRELEASES", &format!("/signalbox status {run}")).await;
    assert!(!stranger.contains("Running"), "{stranger}");
    assert!(!w.types("UMALLORY", "CRELEASES", "/signalbox history").await.contains(&run));
    let cancelling = w.types("UADA", "CRELEASES", &format!("/signalbox cancel {run}")).await;
    assert!(cancelling.contains("will be stopped"), "{cancelling}");
    w.settles().await;
    w.ends(Conclusion::Cancelled, "", "");
    w.passes(6).await;
    let over = w.types("UADA", "CRELEASES", &format!("/signalbox cancel {run}")).await;
    assert!(over.contains("Cancelled"), "{over}");
    w.over(1, 1).await;
}

#[tokio::test]
async fn the_same_trigger_twice_is_one_run() {
    let w = World::new().await;
    let first = w
        .slash_with_trigger("UADA", "CRELEASES", "/release", "web 1.4.2", "13345224609.738474920.8088930838")
        .await;
    let second = w
        .slash_with_trigger("UADA", "CRELEASES", "/release", "web 1.4.2", "13345224609.738474920.8088930838")
        .await;
    assert_eq!(first, second, "the same answer");
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    assert_eq!(w.messages("CRELEASES").len(), 1);
    w.over(1, 1).await;
}

#[tokio::test]
async fn slack_says_slow_down_and_no_card_is_lost_or_doubled() {
    let w = World::new().await;
    w.slack.fault("chat.postMessage", Fault::RateLimited { retry_after_s: 30 });
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    assert!(w.messages("CRELEASES").is_empty());
    let calls = w.slack.calls().len();
    w.passes(20).await;
    assert_eq!(w.slack.calls().len(), calls, "quiet means quiet");
    w.passes(20).await;
    assert_eq!(w.messages("CRELEASES").len(), 1);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    assert!(w.card("CRELEASES", 0).contains("Succeeded"));
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_post_whose_answer_was_lost_is_found_again() {
    let w = World::new().await;
    w.slack.fault("chat.postMessage", Fault::LostAnswer);
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(60).await;
    assert_eq!(w.messages("CRELEASES").len(), 1, "one card, not two");
    assert!(w.card("CRELEASES", 0).contains("Succeeded"));
    w.over(1, 1).await;
}

#[tokio::test]
async fn where_the_bot_is_no_member_the_requester_is_told_alone() {
    let w = World::new().await;
    w.slack.remove_from_channel("CRELEASES");
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    assert!(w.messages("CRELEASES").is_empty());
    let card = w.card("UADA", 0);
    assert!(card.contains("Succeeded") && card.contains("this could not be posted in #releases"), "{card}");
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_lost_post_to_the_requester_alone_is_found_too() {
    let w = World::new().await;
    w.slack.remove_from_channel("CRELEASES");
    // Slack refuses the post in the channel, and the answer to the next post is lost.
    w.slack.fault("chat.postMessage", Fault::Error("not_in_channel"));
    w.slack.fault("chat.postMessage", Fault::LostAnswer);
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(60).await;
    assert_eq!(w.messages("UADA").len(), 1, "one card, not two");
    assert!(w.card("UADA", 0).contains("Succeeded"));
    w.over(1, 1).await;
}

#[tokio::test]
async fn what_is_given_cannot_mention_or_mark_up() {
    let w = World::new().await;
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.begins_step("<!channel> *bold* <@UGRACE> ```");
    w.ends(Conclusion::Failed, "<!here>", "``` <!everyone> &amp; <https://evil|click>");
    w.passes(6).await;
    let sent = w.everything_sent();
    for markup in ["<!channel>", "<!here>", "<!everyone>", "<@UGRACE>", "<https://evil"] {
        assert!(!sent.contains(markup), "{markup} reached Slack as markup");
    }
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_card_that_nobody_takes_does_not_hold_up_the_others() {
    let w = World::new().await;
    // Slack takes the card neither with its layout nor as plain text.
    w.slack.fault("chat.postMessage", Fault::Error("invalid_blocks"));
    w.slack.fault("chat.postMessage", Fault::Error("invalid_blocks"));
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.types("UADA", "CRELEASES", "/release api 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    let cards = w.messages("CRELEASES");
    // The next change of the card is shown again.
    assert_eq!(cards.len(), 2);
    assert!(cards.iter().all(|c| c.plain().contains("Succeeded")));
    w.over(2, 2).await;
}

#[tokio::test]
async fn a_card_that_was_removed_is_posted_again_and_its_thread_told() {
    let w = World::new().await;
    w.types("UADA", "CRELEASES", "/release web 1.4.2").await;
    w.settles().await;
    w.slack.fault("chat.update", Fault::Error("message_not_found"));
    w.ends(Conclusion::Succeeded, "", "all well");
    w.passes(20).await;
    assert_eq!(w.messages("CRELEASES").len(), 2);
    assert!(w.card("CRELEASES", 1).contains("Succeeded"));
    assert!(w.thread("CRELEASES", 1).contains("all well"));
    w.over(1, 1).await;
}

#[tokio::test]
async fn what_changed_while_it_waited_is_not_carried_out() {
    let w = World::new().await;
    // The request was queued with another catalogue than the dispatcher's. The operation is the same, but says the
    // opposite about whether it does harm when it runs twice.
    let mut other = samples::draft();
    let release = other.operations.get_mut("release").unwrap();
    release.idempotent = !release.idempotent;
    w.submits(samples::intent(&other.freeze())).await;
    w.settles().await;
    let card = w.card("CRELEASES", 0);
    assert!(card.contains("release · Refused") && card.contains("catalogue changed"), "{card}");
    // What it was is what it is not now.
    let now = samples::draft().operations["release"].idempotent;
    assert!(card.contains(&format!("idempotent: `{}` → `{now}`", !now)), "{card}");
    w.over(1, 0).await;
}

#[tokio::test]
async fn what_a_request_was_made_for_is_told_where_it_is_something_else_now() {
    let w = World::new().await;
    let mut other = samples::draft();
    let Target::Command(target) = &mut other.operations.get_mut("release").unwrap().target else { panic!() };
    target.arguments.push("--old".to_owned());
    target.environment.insert("API_TOKEN".to_owned(), "Tr0ub4dor&3xkcdQ9".to_owned());
    w.submits(samples::intent(&other.freeze())).await;
    w.settles().await;
    let card = w.card("CRELEASES", 0);
    for line in
        [": `--old` → nothing", "target environment.API_TOKEN: `[redacted]` → nothing", "catalogue changed"]
    {
        assert!(card.contains(line), "{line}\n{card}");
    }
    w.over(1, 0).await;
}

#[tokio::test]
async fn a_request_of_a_version_that_did_not_say_what_it_was_made_for_is_told_that_the_catalogue_changed() {
    let w = World::new().await;
    let mut other = samples::draft();
    let Target::Command(target) = &mut other.operations.get_mut("release").unwrap().target else { panic!() };
    target.arguments.push("--old".to_owned());
    w.submits(samples::intent(&other.freeze()).to_keep()).await;
    w.settles().await;
    let card = w.card("CRELEASES", 0);
    assert!(card.contains("catalogue changed") && !card.contains("→"), "{card}");
    w.over(1, 0).await;
}

#[tokio::test]
async fn what_is_only_described_otherwise_while_it_waited_is_carried_out() {
    let w = World::new().await;
    // In the other catalogue the descriptions are different, and one more person may ask.
    let mut other = samples::draft();
    let release = other.operations.get_mut("release").unwrap();
    release.description += ", for good";
    release.parameters.iter_mut().for_each(|parameter| parameter.description += ", mostly");
    release.allow[0].users.push(samples::ids(&samples::person("UGRACE")));
    w.submits(samples::intent(&other.freeze())).await;
    w.settles().await;
    w.card_says(&["release · Running"]);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.over(1, 1).await;
}

#[tokio::test]
async fn what_was_changed_on_the_queue_is_not_carried_out() {
    let w = World::new().await;
    let mut forged = samples::intent(&samples::catalogue());
    forged.requester = samples::person("UGRACE");
    w.submits(forged).await;
    w.settles().await;
    assert!(w.card("CRELEASES", 0).contains("Refused"));
    w.over(1, 0).await;
}
