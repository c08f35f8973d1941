//! An alert that nobody acknowledges is told to other people, once each time that it is opened, and never too early.

use super::super::lists::address;
use super::{Night, shard, watch};
use signalbox_domain::ids::{ChannelId, UserId};
use signalbox_domain::watch::{Escalate, Mention, Watch};
use signalbox_engine::ports::{Agenda, DueKind, Queue};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_simulator::Message;

/// A watch that escalates after half an hour.
fn escalating(channel: Option<&str>, mention: Vec<Mention>) -> Watch {
    let escalate = Escalate { after_seconds: 1800, channel: channel.map(ChannelId::new), mention };
    Watch { escalate: Some(escalate), ..watch() }
}

impl Night {
    /// What was told in the second channel.
    fn told_others(&self) -> Vec<String> {
        let all = self.world.messages("CGENERAL");
        all.iter().map(Message::plain).filter(|message| message.contains("Nobody acknowledged")).collect()
    }

    /// This many minutes pass, in steps of 15 seconds.
    async fn minutes(&self, count: u64) {
        for _ in 0..count * 4 {
            self.world.pass(15).await;
        }
        self.world.passes(5).await;
    }
}

#[tokio::test]
async fn nobody_acts_and_others_are_told_once() {
    let mention = vec![Mention::Person(UserId::new("UGRACE")), Mention::Group("S0614TZR7".into())];
    let night = Night::over(escalating(Some("CGENERAL"), mention)).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.minutes(29).await;
    assert_eq!(night.told_others(), Vec::<String>::new(), "not a minute early");
    night.minutes(2).await;
    let told = night.told_others();
    assert_eq!(told.len(), 1, "{told:?}");
    assert!(
        told[0].contains("Nobody acknowledged this for 30 min") && told[0].contains("no route to shard"),
        "{told:?}"
    );
    assert!(told[0].contains("@Grace"), "{told:?}");
    let sent = night.world.everything_sent();
    assert!(sent.contains("<!subteam^S0614TZR7>"), "the group is called");
    let link = address("COPS", &night.world.messages("COPS")[card].ts);
    let second = serde_json::to_string(&night.world.messages("CGENERAL").last().unwrap().blocks).unwrap();
    assert!(second.contains(&link), "{link} is not in {second}");
    night.says(card, &["Escalated to", "[Acknowledge]"]);
    night.thread_says(card, &["Nobody acknowledged it for 30 min: escalated to"]);

    // Whatever happens after that, there is one message. It also says what people have done since.
    night.writes(5, shard);
    night.windows(8).await;
    assert_eq!(night.told_others().len(), 1);
    night.presses("UGRACE", card, "alert_acknowledge").await;
    let told = night.told_others();
    assert!(told.len() == 1 && told[0].contains("Acknowledged by @Grace"), "{told:?}");

    // The alert is resolved and comes back. That opens it again.
    night.types_in_thread("UGRACE", card, "resolve").await;
    night.windows(1).await;
    assert!(!night.world.card("COPS", card).contains("[Acknowledge]"));
    night.writes(2, shard);
    night.windows(1).await;
    night.says(card, &["Back in web", "[Acknowledge]"]);
    assert!(!night.world.card("COPS", card).contains("Escalated to"), "not this time, not yet");
    night.minutes(29).await;
    assert_eq!(night.told_others().len(), 1);
    night.minutes(2).await;
    assert_eq!(night.told_others().len(), 2);
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_somebody_acknowledged_in_time_is_told_nobody_else() {
    let night = Night::over(escalating(Some("CGENERAL"), vec![])).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.minutes(20).await;
    night.presses("UADA", card, "alert_acknowledge").await;
    night.minutes(35).await;
    assert_eq!(night.told_others(), Vec::<String>::new());
    assert!(!night.world.card("COPS", card).contains("Escalated"));
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

/// A queue may deliver the same wake again, even long after the first time. It is on record once, and there is one
/// message.
#[tokio::test]
async fn what_is_delivered_twice_is_told_once() {
    let night = Night::over(escalating(Some("CGENERAL"), vec![])).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    let far = night.now().plus(std::time::Duration::from_secs(86_400));
    let due = night.world.database.due(DueKind::Record, far, 9).await.unwrap();
    let [(alert, due_at)] = &due[..] else { panic!("{due:?}") };
    night.minutes(31).await;
    assert_eq!(night.told_others().len(), 1);
    for key in ["again", "and again"] {
        let wake = Envelope::new(alert.clone(), key, Command::Wake { due_at: *due_at });
        for _ in 0..2 {
            night.world.intents.send(wake.to_message().unwrap()).await.unwrap();
            night.world.settles().await;
            night.minutes(6).await;
        }
    }
    assert_eq!(night.told_others().len(), 1);
    assert_eq!(night.world.thread("COPS", card).matches("Nobody acknowledged").count(), 1);
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn without_a_second_channel_people_are_mentioned_in_the_thread() {
    let night = Night::over(escalating(None, vec![Mention::Person(UserId::new("UGRACE"))])).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.minutes(31).await;
    night.thread_says(card, &["Nobody acknowledged it for 30 min: escalated to @Grace"]);
    night.says(card, &["Escalated to @Grace at"]);
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn where_the_app_may_not_post_it_is_told_in_the_watch_s_own_channel() {
    let night = Night::over(escalating(Some("CNOWHERE"), vec![Mention::Person(UserId::new("UGRACE"))])).await;
    night.writes(5, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.minutes(31).await;
    let (_, told) = night.finds("Nobody acknowledged this");
    assert!(told.contains("could not be posted in") && told.contains("@Grace"), "{told}");
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}
