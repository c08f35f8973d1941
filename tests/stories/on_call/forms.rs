//! Actions that take more than a button: a menu on the card, a form, and the messages if the form is refused.

use super::{Night, shard, watch};
use signalbox_domain::Grant;
use signalbox_domain::alert::Form;
use signalbox_domain::answer::Answer;
use signalbox_domain::ids::{AlertId, RecordKind};
use signalbox_domain::pressed::Filled;
use signalbox_domain::watch::Watch;
use signalbox_engine::ports::{Queue, Views};
use signalbox_engine::{Asker, Intake};
use signalbox_simulator::{Fault, Modal};
use signalbox_testkit::samples;
use std::sync::Arc;

impl Night {
    /// Chooses the entry of a card's menu that begins with this word.
    pub(super) async fn chooses(&self, user: &str, nth: usize, word: &str) {
        let card = self.world.messages("COPS")[nth].clone();
        let mut elements = card.blocks.iter().flat_map(|b| b["elements"].as_array().into_iter().flatten());
        let menu = elements.rfind(|e| e["type"] == "overflow").unwrap_or_else(|| panic!("{card:?}"));
        let mut values = menu["options"].as_array().unwrap().iter().map(|o| o["value"].as_str().unwrap());
        let value = values.find(|value| value.starts_with(word)).unwrap();
        let action = menu["action_id"].as_str().unwrap();
        let answer = self.world.slack.choose(user, "COPS", &card.ts, action, value).await;
        assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
    }

    /// Fills in the open form and sends it. Returns the form if it stays open.
    async fn fills_in(&self, user: &str, fields: &[(&str, &str)]) -> Option<Modal> {
        let answer = self.world.slack.submit(user, fields).await;
        assert_eq!(answer.status, 200, "{:?} {}", answer.problem, answer.body);
        self.world.settles().await;
        self.world.passes(5).await;
        self.world.slack.modal(user)
    }
}

#[tokio::test]
async fn a_form_says_more_than_a_button() {
    let night = Night::new().await;
    night.writes(2, shard);
    night.windows(1).await;
    let (alert, text) = night.finds("New in web");
    assert!(text.ends_with("[⋯]"), "{text}");

    night.chooses("UADA", alert, "acknowledge").await;
    let form = night.world.slack.modal("UADA").unwrap();
    assert_eq!(form.view["title"]["text"], "Acknowledge");
    let open = night
        .fills_in("UADA", &[("until", "4h"), ("said", "rolling <!channel> back, token=canary-abc")])
        .await;
    assert!(open.is_none(), "{open:?}");
    night.says(alert, &["Acknowledged by @Ada: rolling", "until"]);
    let card = night.world.card("COPS", alert);
    assert!(!card.contains("canary") && !card.contains("@channel"), "{card}");

    // A person who may not do this is told so before there is a form to fill in. Nothing was tried, so nothing is on
    // record.
    night.chooses("UMALLORY", alert, "mute").await;
    assert!(night.world.slack.modal("UMALLORY").is_none());
    assert!(night.world.private("UMALLORY", "COPS").contains("watch's allow list"));
    assert!(!night.world.thread("COPS", alert).contains("Mallory"));
    night.says(alert, &["Acknowledged by @Ada"]);

    night.chooses("UGRACE", alert, "mute").await;
    night.fills_in("UGRACE", &[("until", "7d"), ("said", "known, fixed on Monday")]).await;
    night.says(alert, &["Muted by @Grace until", "known, fixed on Monday"]);
    // The alert can be assigned to a person who may not act on it. The person who assigned it is told so.
    night.types_in_thread("UGRACE", alert, "assign <@UMALLORY>").await;
    let warned = night.world.private("UGRACE", "COPS");
    assert!(warned.contains("may not act on it"), "{warned}");
    night.chooses("UGRACE", alert, "assign").await;
    night.fills_in("UGRACE", &[("person", "UADA")]).await;
    night.says(alert, &["Assignee: @Ada"]);
    night.chooses("UADA", alert, "snooze").await;
    night.fills_in("UADA", &[("until", "100 lines")]).await;
    night.says(alert, &["Snoozed by @Ada for 100 more lines"]);
    night.chooses("UADA", alert, "resolve").await;
    night.fills_in("UADA", &[("said", "rolled back")]).await;
    night.says(alert, &["Resolved by @Ada: rolled back"]);
    let text = night.world.card("COPS", alert);
    assert!(!text.contains("[⋯]"), "what is resolved can be opened again, and nothing else: {text}");
    night.world.ends_clean().await;
}

/// A form that was refused stays open. If the rules allow the action by then and the same form is sent again, this is a
/// new request.
#[tokio::test]
async fn a_form_that_was_refused_may_be_sent_again() {
    let night = Night::new().await;
    night.writes(2, shard);
    night.windows(1).await;
    let world = &night.world;
    let alerts = world.database.latest(&samples::listing(RecordKind::Alert), night.now(), 9).await.unwrap();
    let mallory = samples::person("UMALLORY");
    let asker = Asker {
        actor: mallory.clone(),
        place: samples::channel("COPS"),
        door: "slack",
        key: "V1:1:x".into(),
    };
    let alert = alerts[0].record.clone();
    let filled =
        Filled { alert: AlertId::of(&alert), form: Form::Mute, until: "7d".into(), said: "known".into() };
    let mut allowing = samples::draft();
    let grant = Grant { users: vec![samples::ids(&mallory)], channels: vec![] };
    allowing.watches.insert(watch().name, Watch { allow: vec![grant], ..watch() });
    let intake = |catalogue| Intake {
        catalogue,
        intents: Arc::new(world.intents.clone()),
        vouching: samples::vouching(),
        views: Arc::new(world.database.clone()),
        clock: world.clock.clone(),
    };
    let refused = intake(world.catalogue.clone()).filled(&asker, &filled).await;
    assert!(matches!(refused, Answer::AttendRefused(..)), "{refused:?}");
    let allowed = intake(Arc::new(allowing.freeze()));
    for _ in 0..2 {
        let answer = allowed.filled(&asker, &filled).await;
        assert!(matches!(answer, Answer::Attending(_)), "{answer:?}");
    }
    // The queue gives out one message at a time, because all of them are about the same alert.
    let mut queued = vec![];
    while let Some(delivery) = world.intents.receive(10).await.unwrap().pop() {
        queued.push(delivery.message.id.clone());
        world.intents.ack(&delivery.receipt).await.unwrap();
    }
    assert_eq!(queued.len(), 2, "the refusal, and the wish once: {queued:?}");
}

#[tokio::test]
async fn what_is_open_is_listed_for_those_who_may_attend_to_it() {
    let night = Night::new().await;
    let list = async |user: &str| {
        let answer = night.world.slack.slash(user, "COPS", "/signalbox alerts").await;
        answer.ephemeral.unwrap().plain()
    };
    assert!(list("UADA").await.contains("Nothing is open"));
    night.writes(2, shard);
    night.writes(2, |n| format!("ERROR cache: cannot reach node 10.0.0.{n}"));
    night.windows(1).await;
    let ops = night.ops();
    let card = |what: &str| ops.iter().position(|m| m.contains("New in web") && m.contains(what)).unwrap();
    let (shard, cache) = (card("no route to shard"), card("cannot reach node"));
    night.presses("UADA", shard, "alert_acknowledge").await;
    let open = list("UGRACE").await;
    let (first, second) =
        (open.find("cannot reach node").unwrap(), open.find("Acknowledged by @Ada").unwrap());
    assert!(first < second, "what nobody looks after comes first: {open}");
    let stranger = list("UMALLORY").await;
    assert!(
        stranger.contains("No watch belongs to this channel or to you"),
        "no false all-clear: {stranger}"
    );
    // In another channel the list is the same, and it says where people can act on the alerts.
    let elsewhere = night.world.types("UADA", "CRELEASES", "/signalbox alerts").await;
    assert!(elsewhere.contains("cannot reach node"), "{elsewhere}");
    night.presses("UGRACE", cache, "alert_resolve").await;
    let open = list("UADA").await;
    assert!(open.contains("no route to shard") && !open.contains("cannot reach node"), "{open}");
    night.presses("UADA", shard, "alert_resolve").await;
    assert!(list("UADA").await.contains("Nothing is open"));
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_form_that_comes_too_late_is_said() {
    let night = Night::new().await;
    night.writes(2, shard);
    night.windows(1).await;
    let (alert, _) = night.finds("New in web");
    night.world.slack.fault("views.open", Fault::Error("expired_trigger_id"));
    night.chooses("UADA", alert, "snooze").await;
    assert!(night.world.slack.modal("UADA").is_none());
    let told = night.world.private("UADA", "COPS");
    assert!(told.contains("nothing was changed") && told.contains("Choose it once more"), "{told}");
    night.chooses("UADA", alert, "snooze").await;
    night.fills_in("UADA", &[("until", "next")]).await;
    night.says(alert, &["Snoozed by @Ada until the next deploy"]);
    night.chooses("UADA", alert, "snooze").await;
    night.fills_in("UADA", &[("until", "1h")]).await;
    night.deploys("1.4.3").await;
    night.windows(1).await;
    night.says(alert, &["Snoozed by @Ada until"]);
    assert!(
        !night.world.thread("COPS", alert).contains("something was deployed"),
        "the later form is what counts"
    );
    night.presses("UADA", alert, "alert_resolve").await;
    night.world.ends_clean().await;
}
