//! What systems outside know: versions to choose from, what has to hold before a run and after it, what changes by it.

mod world;

use signalbox_domain::lookup::{Check, Question};
use signalbox_domain::observation::Conclusion;
use signalbox_engine::ports::NoReply;
use world::{Scripted, deploys};

fn offered(found: &signalbox_simulator::Suggested) -> Vec<&str> {
    assert_eq!(found.problem, None);
    found.options.iter().map(|option| option.value.as_str()).collect()
}

/// The name of the field in which the version is chosen: it says which list it is.
fn version(w: &super::world::World) -> String {
    let form = w.slack.modal("UADA").unwrap();
    form.fields().into_iter().find(|field| field.label == "version").unwrap().action
}

fn is_list(question: &Question) -> bool {
    matches!(question, Question::Values(_))
}

#[tokio::test]
async fn versions_to_choose_from_are_read_before_somebody_looks_for_them() {
    let (w, github, _) = deploys();
    w.types("UADA", "COPS", "/deploy").await;
    // Which list it is depends on the service.
    let form = w.slack.modal("UADA").unwrap();
    let hint = |form: &signalbox_simulator::View| {
        form.field("version").and_then(|f| f.hint.clone()).unwrap_or_default()
    };
    assert!(hint(&form).contains("Fill in service first"), "{}", hint(&form));
    w.settles().await;
    assert_eq!(github.asked(is_list), 0);

    w.slack.dispatch("UADA", "service", &["web"]).await;
    w.settles().await;
    assert_eq!(github.asked(is_list), 1, "the list is read while the person goes on");
    // The latest version comes first; what is no version is not offered, and neither is what the parameter refuses.
    let found = w.slack.suggest("UADA", &version(&w), "").await;
    assert_eq!(offered(&found), ["1.5.0-rc.1", "1.4.2", "1.4.1"]);
    assert_eq!(offered(&w.slack.suggest("UADA", &version(&w), "1.4").await), ["1.4.2", "1.4.1"]);
    assert_eq!(github.asked(is_list), 1, "a door asks no system itself");

    // Of another service, the list is another one, and what was chosen before is gone.
    w.slack.fill("UADA", &[(&version(&w), "1.4.2")]).unwrap();
    w.slack.dispatch("UADA", "service", &["api"]).await;
    w.settles().await;
    let form = w.slack.modal("UADA").unwrap();
    let version = form.fields().into_iter().find(|f| f.label == "version").unwrap();
    assert_eq!((version.value(), github.asked(is_list)), ("", 2));
    w.slack.submit("UADA", &[]).await;
    w.slack.close("UADA");
    w.over(0, 0).await;
}

#[tokio::test]
async fn what_people_need_is_kept_warm_and_what_nobody_needs_is_not() {
    let (w, github, _) = deploys();
    w.types("UADA", "COPS", "/deploy web").await;
    w.settles().await;
    assert_eq!(github.asked(is_list), 1);
    // Nothing is asked again while it is fresh.
    w.pass(30).await;
    assert_eq!((w.keeps_warm().await, github.asked(is_list)), (0, 1));
    // Before it is old it is asked for again, for half an hour.
    for minutes in 1..=30 {
        w.pass(60).await;
        w.keeps_warm().await;
        w.settles().await;
        assert!(github.asked(is_list) > minutes.min(29), "{minutes}");
    }
    let before = github.asked(is_list);
    w.pass(60).await;
    assert_eq!(w.keeps_warm().await, 0);
    w.settles().await;
    assert_eq!(github.asked(is_list), before);
    w.slack.close("UADA");
    w.over(0, 0).await;
}

#[tokio::test]
async fn a_list_that_cannot_be_read_says_so_and_shows_what_was_known() {
    let (w, github, _) = deploys();
    w.types("UADA", "COPS", "/deploy web").await;
    w.settles().await;
    github.fails("GitHub does not answer");
    w.pass(120).await;
    assert_eq!(w.keeps_warm().await, 1);
    w.settles().await;
    let found = w.slack.suggest("UADA", &version(&w), "").await;
    assert_eq!(offered(&found), ["1.5.0-rc.1", "1.4.2", "1.4.1"]);
    let group = found.options[0].group.clone().unwrap();
    assert_eq!(group, "From 2 min ago: GitHub does not answer");
    // A list that was never read leaves a field to type into.
    w.slack.dispatch("UADA", "service", &["api"]).await;
    w.settles().await;
    w.slack.close("UADA");
    w.types("UADA", "COPS", "/deploy api qa").await;
    let form = w.slack.modal("UADA").unwrap();
    let field = form.fields().into_iter().find(|f| f.label == "version").unwrap();
    let hint = field.hint.clone().unwrap_or_default();
    assert!(hint.contains("The list cannot be read now: GitHub does not answer."), "{hint}");
    w.slack.close("UADA");
    w.over(0, 0).await;
}

#[tokio::test]
async fn a_typed_version_that_is_not_there_is_refused_at_once_where_that_is_known() {
    let (w, github, _) = deploys();
    // Nothing is known yet: the dispatcher asks, and refuses.
    w.types("UADA", "COPS", "/deploy web qa 1.4.3").await;
    w.settles().await;
    w.card_in("COPS", &["deploy · Refused", "there is no tag 1.4.3", "Nothing was started"]);
    assert_eq!(w.dispatched(), 0);
    // Now that it is known, the person is told at once what is near.
    w.settles().await;
    let answer = w.types("UADA", "COPS", "/deploy web qa 1.4.3").await;
    assert!(answer.contains("`version` cannot be `1.4.3`. Did you mean `1.4."), "{answer}");
    assert_eq!(github.asked(is_list), 1);
    w.over(1, 0).await;
}

fn is_green(question: &Question) -> bool {
    matches!(question, Question::Check(Check::Green { .. }))
}

#[tokio::test]
async fn nothing_starts_before_all_that_it_requires_holds() {
    let (w, github, _) = deploys();
    github.answers(|question| match question {
        question if is_green(question) => {
            Ok(signalbox_domain::lookup::Reply::DoesNotHold("build <!here> failed".into()))
        }
        _ => Ok(signalbox_domain::lookup::Reply::Holds),
    });
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    w.card_in("COPS", &["deploy · Refused", "the checks of 1.4.2 in acme/web are green", "build"]);
    assert_eq!(w.dispatched(), 0);
    w.over(1, 0).await;
}

#[tokio::test]
async fn a_system_that_cannot_be_asked_is_asked_again_and_then_the_run_is_refused() {
    let (w, github, _) = deploys();
    github.fails("GitHub does not answer");
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    w.card_in("COPS", &["deploy · Checking", "Nothing was started", "GitHub does not answer"]);
    // It comes back in time.
    w.passes(30).await;
    github.has(&["1.4.2"]);
    w.passes(11).await;
    w.card_in("COPS", &["deploy · Running"]);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.card_in("COPS", &["deploy · Succeeded"]);
    // It does not come back.
    github.fails("GitHub does not answer");
    w.types("UADA", "COPS", "/deploy api qa 1.4.2").await;
    w.passes(130).await;
    let card = w.card("COPS", 1);
    assert!(card.contains("deploy · Refused") && card.contains("Could not be checked"), "{card}");
    assert_eq!(w.dispatched(), 1);
    w.over(2, 1).await;
}

#[tokio::test]
async fn what_is_checked_can_be_stopped() {
    let (w, github, _) = deploys();
    github.fails("GitHub does not answer");
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    w.presses("UADA", "COPS", 0, "cancel").await;
    w.settles().await;
    w.card_in("COPS", &["deploy · Cancelled", "stopped before it was sent"]);
    w.passes(200).await;
    assert_eq!(w.dispatched(), 0);
    w.over(1, 0).await;
}

#[tokio::test]
async fn what_ships_is_in_the_summary_and_on_the_card_and_an_older_version_is_refused() {
    let (w, github, web) = deploys();
    w.types("UADA", "COPS", "/deploy web qa 1.4.1").await;
    w.settles().await;
    w.card_in("COPS", &["web in qa", "the first that a run brings there"]);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.card_in("COPS", &["deploy · Succeeded", "verified"]);
    assert_eq!(web.asked(|_| true), 1);

    // What is between the two is asked once, before the run, and is on record with it.
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    let card = w.card("COPS", 1);
    for part in ["web in qa", "1.4.1", "1.4.2", "2 commits by ada, grace (#41)", "Compare"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    w.passes(6).await;
    assert!(w.card("COPS", 1).contains("deploy · Succeeded"));

    // What runs there is newer.
    w.types("UADA", "COPS", "/deploy web qa 1.4.1").await;
    w.settles().await;
    let card = w.card("COPS", 2);
    assert!(card.contains("deploy · Refused") && card.contains("1.4.2 runs there since the run"), "{card}");
    // Whoever means to go back says so.
    w.types("UADA", "COPS", "/rollback web qa 1.4.1").await;
    w.settles().await;
    w.passes(6).await;
    assert!(w.card("COPS", 3).contains("rollback · Succeeded"));

    // In production the summary says what changes, before it counts.
    w.types("UADA", "COPS", "/rollback web prod 1.4.1").await;
    let said = w.slack.plain(&w.slack.modal("UADA").unwrap());
    assert!(said.contains("web in prod gets 1.4.1") || said.contains("`web in prod` gets `1.4.1`"), "{said}");
    w.slack.submit("UADA", &[]).await;
    w.settles().await;
    w.passes(6).await;
    let opened = w.types("UADA", "COPS", "/deploy web prod 1.4.2");
    // The door waits a moment for what changes, and the dispatcher answers meanwhile.
    assert_eq!(opened.await, "");
    w.settles().await;
    w.slack.close("UADA");
    w.types("UADA", "COPS", "/deploy web prod 1.4.2").await;
    let said = w.slack.plain(&w.slack.modal("UADA").unwrap());
    for part in ["1.4.1", "1.4.2", "2 commits by ada, grace (#41)", "Cheaper", "Fix a typo"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    w.slack.close("UADA");
    let _: &Scripted = &github;
    w.over(5, 4).await;
}

#[tokio::test]
async fn a_run_counts_as_good_only_once_what_has_to_hold_holds() {
    let (w, _, web) = deploys();
    web.answers(|_| Ok(signalbox_domain::lookup::Reply::DoesNotHold("it answers with 503".into())));
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.card_in("COPS", &["deploy · Verifying", "it answers with 503"]);
    // It comes up in time.
    web.has(&[]);
    w.passes(11).await;
    w.card_in("COPS", &["deploy · Succeeded", "verified"]);
    // Another does not.
    web.answers(|_| Err(NoReply::because("it does not answer")));
    w.types("UADA", "COPS", "/deploy api qa 1.4.2").await;
    w.passes(80).await;
    let card = w.card("COPS", 1);
    assert!(
        card.contains("deploy · Failed") && card.contains("It ended well, but then it did not hold")
            || card.contains("it ended well, but then it did not hold"),
        "{card}"
    );
    w.over(2, 2).await;
}

#[tokio::test]
async fn another_attempt_is_checked_as_the_first_was() {
    let (w, github, _) = deploys();
    w.types("UADA", "COPS", "/deploy web qa 1.4.2").await;
    w.settles().await;
    w.ends(Conclusion::Failed, "exit status 3", "");
    w.passes(6).await;
    w.card_in("COPS", &["deploy · Failed"]);
    // Meanwhile its checks are red.
    github.answers(|_| Ok(signalbox_domain::lookup::Reply::DoesNotHold("the build failed".into())));
    w.presses("UADA", "COPS", 0, "retry").await;
    w.passes(6).await;
    w.card_in("COPS", &["deploy · Failed"]);
    let said = w.thread("COPS", 0);
    for part in
        ["asked for another attempt, and nothing was started", "the checks of 1.4.2", "the build failed"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert_eq!(w.dispatched(), 1);
    // They are green again.
    github.has(&["1.4.2"]);
    w.ends(Conclusion::Succeeded, "", "");
    w.presses("UADA", "COPS", 0, "retry").await;
    w.passes(20).await;
    w.card_in("COPS", &["deploy · Succeeded"]);
    w.over(1, 2).await;
}

#[tokio::test]
async fn the_summary_says_what_would_be_refused() {
    let (w, _, _) = deploys();
    w.ends(Conclusion::Succeeded, "", "");
    w.types("UADA", "COPS", "/rollback web prod 1.4.2").await;
    w.slack.submit("UADA", &[]).await;
    w.passes(20).await;
    w.card_in("COPS", &["rollback · Succeeded"]);
    w.types("UADA", "COPS", "/deploy web prod 1.4.1").await;
    w.settles().await;
    w.slack.close("UADA");
    w.types("UADA", "COPS", "/deploy web prod 1.4.1").await;
    let said = w.slack.plain(&w.slack.modal("UADA").unwrap());
    for part in ["1.4.1 is not older than what runs for web in prod", "1.4.2 runs there since the run"] {
        assert!(said.contains(part), "{part}: {said}");
    }
    w.slack.close("UADA");
    w.over(1, 1).await;
}

#[tokio::test]
async fn a_run_counts_as_good_only_if_few_lines_follow_it() {
    use signalbox_domain::Timestamp;
    use signalbox_engine::wire::counts::{Counted, note};
    let (w, _, _) = deploys();
    let counts = async |minutes: i64, lines: u64| {
        let from = Timestamp(super::world::START.0 + minutes * 60_000);
        let counted = Counted { lines, whole: true };
        note(
            &w.database,
            &"shop".parse().unwrap(),
            (from, from.plus(std::time::Duration::from_secs(86_400))),
            counted,
        )
        .await
        .unwrap();
    };
    w.types("UADA", "COPS", "/tidy qa").await;
    w.passes(60).await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(60).await;
    // Lines from before it ended say nothing of it.
    counts(0, 99).await;
    w.passes(120).await;
    w.card_in("COPS", &["tidy · Verifying", "not all of its lines are counted"]);
    counts(15, 10).await;
    w.passes(120).await;
    w.card_in("COPS", &["tidy · Succeeded", "verified"]);

    // Too much is too much at once.
    counts(15, 11).await;
    w.types("UADA", "COPS", "/tidy prod").await;
    w.slack.submit("UADA", &[]).await;
    w.passes(120).await;
    let card = w.card("COPS", 1);
    for part in ["tidy · Failed", "shop counts at most 10 lines after it", "it counted 11"] {
        assert!(card.contains(part), "{part}: {card}");
    }
    // What nobody counts is not taken for good.
    for _ in 0..15 {
        w.passes(60).await;
    }
    w.types("UADA", "COPS", "/tidy qa").await;
    for _ in 0..80 {
        w.passes(60).await;
    }
    let card = w.card("COPS", 2);
    assert!(card.contains("tidy · Failed") && card.contains("not all of its lines are counted"), "{card}");
    w.over(3, 3).await;
}
