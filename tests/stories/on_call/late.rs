//! What a person does while the queue is down, hangs or loses its answers. Slack gets its answer in time, the person is
//! told what is known, and nothing is carried out.

use super::super::world::{SECRET, World};
use super::{Night, shard};
use crate::doors::intake::ill::{ILLS, Ill};
use futures::future::join_all;
use signalbox_doors::{SlackDoor, TurnedAway, slack_router};
use signalbox_engine::Intake;
use signalbox_engine::ports::Views;
use signalbox_simulator::Answer;
use signalbox_slack::SlackClient;
use signalbox_testkit::samples;
use signalbox_transport::InMemory;
use std::pin::Pin;
use std::sync::Arc;

impl Night {
    /// From now on, people come in through a door that has this queue behind it.
    fn queue_is(&self, ill: Ill) {
        let world = &self.world;
        let transport = Arc::new(InMemory(world.slack.web_api()));
        world.slack.attach(slack_router(SlackDoor {
            secrets: SECRET.parse::<signalbox_slack::Secrets>().unwrap().into(),
            intake: Intake {
                catalogue: world.catalogue.clone(),
                intents: Arc::new(ill),
                vouching: samples::vouching(),
                views: Arc::new(world.database.clone()),
                clock: world.clock.clone(),
            },
            client: Arc::new(SlackClient::new(transport, "http://127.0.0.1/api", "xoxb-test").unwrap()),
            turned_away: TurnedAway::default(),
        }));
    }
}

#[tokio::test]
async fn whatever_people_do_over_a_queue_that_is_ill() {
    let night = Night::new().await;
    let world = &night.world;
    night.writes(2, shard);
    night.windows(1).await;
    let (nth, _) = night.finds("New in web");
    let alert = world.messages("COPS")[nth].ts.clone();
    let run = World::run_in(&world.types("UADA", "CRELEASES", "/release web 1.4.2").await);
    world.settles().await;
    let card = world.messages("CRELEASES")[0].ts.clone();
    let before = world.database.event_records(None, 99).await.unwrap();

    type Does<'a> = Pin<Box<dyn Future<Output = Answer> + Send + 'a>>;
    for (ill, expect) in ILLS {
        night.queue_is(ill);
        night.chooses("UADA", nth, "acknowledge").await;
        let typed = [
            "/release web 1.4.3".to_owned(),
            format!("/signalbox cancel {run}"),
            format!("/signalbox retry {run}"),
        ];
        let slack = &world.slack;
        let [release, cancel, retry] = &typed;
        // Typed words are answered directly. Buttons and words in threads are answered by a message to that person
        // alone.
        let told = async |user, channel| slack.ephemerals(user, channel).len();
        let (in_releases, in_ops) = (told("UADA", "CRELEASES").await, told("UADA", "COPS").await);
        let all: Vec<(&str, Does<'_>)> = vec![
            ("a request", Box::pin(slack.slash("UADA", "CRELEASES", release))),
            ("a cancel", Box::pin(slack.slash("UADA", "CRELEASES", cancel))),
            ("a retry", Box::pin(slack.slash("UADA", "CRELEASES", retry))),
            ("the button Cancel", Box::pin(slack.press("UADA", "CRELEASES", &card, "cancel"))),
            ("the button Acknowledge", Box::pin(slack.press("UADA", "COPS", &alert, "alert_acknowledge"))),
            ("words in the thread", Box::pin(slack.reply("UADA", "COPS", &alert, "ack looking"))),
            ("a form", Box::pin(slack.submit("UADA", &[("until", "4h")]))),
        ];
        let (names, work): (Vec<&str>, Vec<Does<'_>>) = all.into_iter().unzip();
        // All run at once, because a queue that hangs takes two seconds of each.
        let answers = join_all(work).await;
        for (name, answer) in names.iter().zip(&answers) {
            assert_eq!(answer.status, 200, "{name}: {:?} {}", answer.problem, answer.body);
            if let Some(said) = &answer.ephemeral {
                let said = said.plain().to_lowercase();
                // A retry is refused without the queue, because the run still goes on.
                assert!(said.contains(expect) || *name == "a retry", "{name}: {said}");
            }
        }
        let form = world.slack.modal("UADA").expect("a form that was not taken stays open");
        let errors = form.errors.values().cloned().collect::<String>().to_lowercase();
        // The answer about an alert never says that something was "started".
        let expect_here = if matches!(ill, Ill::Down) { "nothing was changed" } else { expect };
        assert!(errors.contains(expect_here), "{errors}");
        for (channel, before, many) in [("CRELEASES", in_releases, 4), ("COPS", in_ops, 2)] {
            let told = world.slack.ephemerals("UADA", channel).split_off(before);
            assert_eq!(told.len(), many, "{channel}");
            let said: String = told.iter().map(signalbox_simulator::Message::plain).collect();
            assert!(said.to_lowercase().contains(expect) && !said.contains("canary"), "{said}");
        }
    }
    // None of these actions had an effect.
    assert_eq!(world.database.event_records(None, 99).await.unwrap(), before);
    assert!(!world.asked_to_stop());
}
