//! A command about an alert that no door vouched for does nothing. A command that a door vouched for takes effect once.

use super::{Night, shard};
use signalbox_domain::alert::{Act, AlertCommand};
use signalbox_domain::ids::RecordKind;
use signalbox_engine::ports::{Letters, Message, Queue, Views};
use signalbox_engine::wire::command::Envelope;
use signalbox_testkit::samples;

#[tokio::test]
async fn an_alert_is_attended_to_by_people_alone() {
    let night = Night::new().await;
    night.writes(2, shard);
    night.windows(1).await;
    let world = &night.world;
    let (card, before) = night.finds("New in web");
    let alerts = world.database.latest(&samples::listing(RecordKind::Alert), night.now(), 9).await.unwrap();
    let alert = alerts[0].record.clone();
    let events = async || world.database.events(&alert).await.unwrap().len();
    let history = events().await;
    let (by, place) = (samples::person("UADA"), samples::channel("COPS"));
    let act = Act::Resolve { note: "mine now".into() };
    let attend = Envelope::new(alert.clone(), "k", AlertCommand::Attend { by, place, act });

    world.intents.send(attend.to_message().unwrap()).await.unwrap();
    world.passes(5).await;
    assert_eq!(events().await, history);
    assert_eq!(night.ops()[card], before);
    let letters = world.database.letters().await.unwrap();
    assert_eq!((letters.len(), letters[0].what.as_str()), (1, "unvouched attend"));

    let vouched = samples::vouching().message(&attend).unwrap();
    for n in 0..3 {
        world.intents.send(Message { id: format!("again {n}"), ..vouched.clone() }).await.unwrap();
        world.passes(5).await;
        assert_eq!(events().await, history + 1);
    }
    assert!(night.ops()[card].contains("mine now"), "{}", night.ops()[card]);
}
