//! What a watch does not do: flood a channel, take a silent log for a healthy one, count twice, or show what it must
//! not.

use super::{Night, shard, watch};
use signalbox_domain::alert::{Act, AlertCommand};
use signalbox_domain::ids::RecordKind;
use signalbox_domain::watch::Watch;
use signalbox_domain::{SetAside, Timestamp};
use signalbox_engine::ports::{LogLine, Queue, Views};
use signalbox_engine::wire::command::{Command, Envelope};
use signalbox_testkit::samples;

#[tokio::test]
async fn an_outage_is_one_message_that_grows() {
    let night = Night::new().await;
    let before = night.ops().len();
    for window in 0..3 {
        for n in 0..30 {
            let word = |n: usize| ["alpha", "beta", "gamma", "delta", "omega", "sigma"][n % 6];
            night.writes(3, |_| {
                format!(
                    "ERROR module {}: cannot {} the {} after {}",
                    word(n + window),
                    word(n / 6),
                    word(n / 5 + window),
                    word(n / 2)
                )
            });
        }
        night.windows(1).await;
    }
    let new: Vec<String> = night.ops().split_off(before);
    let cards = new.iter().filter(|m| m.contains("New in web")).count();
    let bulletins: Vec<&String> = new.iter().filter(|m| m.contains("error")).collect();
    assert!(cards <= 6, "two cards a window at most, not {cards}");
    assert_eq!(bulletins.len(), 1, "one bulletin that grows");
    assert!(bulletins[0].contains("windows since"), "{}", bulletins[0]);
    assert!(bulletins[0].contains("no card of its own"), "{}", bulletins[0]);
    let listed =
        night.world.slack.slash("UADA", "COPS", "/signalbox alerts").await.ephemeral.unwrap().plain();
    assert_eq!(listed.matches(" in web · ").count(), 6, "two cards of each window: {listed}");
    assert!(listed.contains("without a card of their own"), "{listed}");

    // The outage is over, and the same message says so.
    night.windows(1).await;
    let (_, bulletin) = night.finds("error");
    assert!(bulletin.contains("Over since") && !bulletin.contains("Nothing new"), "{bulletin}");
    assert!(bulletin.contains("What was told") && bulletin.contains("cannot alpha the"), "{bulletin}");
    night.world.ends_clean().await;
}

#[tokio::test]
async fn silence_never_looks_like_health() {
    let night = Night::new().await;
    *night.log.broken.lock().unwrap() = Some("503 from the log service: token=canary-in-error".into());
    night.windows(1).await;
    let (nth, bulletin) = night.finds("source failed");
    assert!(bulletin.contains("503 from the log service"), "{bulletin}");
    assert!(bulletin.contains("1 of 1 sources not read whole"), "{bulletin}");
    // The source works again before the second look at this window. So the missed lines are counted after all.
    night.writes(3, shard);
    *night.log.broken.lock().unwrap() = None;
    night.windows(1).await;
    night.says(nth, &["error"]);

    // The log has more lines than may be read.
    let late = Night::over(Watch { most_lines: 10, ..watch() }).await;
    late.writes(100, shard);
    late.windows(1).await;
    let (_, bulletin) = late.finds("the rest was not read");
    assert!(bulletin.contains("14 errors in the first 14 lines of about 100"), "{bulletin}");
    night.world.never_stored_or_said("canary");
    night.world.ends_clean().await;
    late.world.ends_clean().await;
}

#[tokio::test]
async fn late_lines_are_counted_once() {
    let night = Night::new().await;
    night.writes(1, |_| "ERROR hello".into());
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.says(card, &["1 in 5 min"]);
    // The line belongs to the window before and is seen only now. The second look at that window finds it.
    let at = Timestamp(night.now().0 - 30_000);
    let late = LogLine { at, stream: "web-2".into(), text: "ERROR hello".into() };
    night.log.lines.lock().unwrap().push(late);
    for _ in 0..6 {
        night.world.pass(15).await;
        night.look().await;
    }
    night.world.passes(5).await;
    night.says(card, &["2 in 5 min"]);
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_a_line_says_is_data() {
    let night = Night::new().await;
    let line = "ERROR <!channel> *bold* <https://evil.example|click> login of email=canary@example.com failed with \
                password=canary-in-line and ghp_canary0123456789abcdefghijklmnopqrst";
    night.writes(2, |_| line.to_owned());
    night.windows(1).await;
    let sent = night.world.everything_sent();
    assert!(!sent.contains("<!channel>") && !sent.contains("<https://evil.example"), "{sent}");
    let (card, text) = night.finds("New in web");
    assert!(text.contains("email=[hidden]"), "{text}");
    night.world.never_stored_or_said("canary");

    // What people type into a note is treated as plain text too.
    night.types_in_thread("UADA", card, "ack <!here> see &lt;script&gt; token=canary-in-note").await;
    assert!(!night.world.everything_sent().contains("<!here>"));
    night.world.never_stored_or_said("canary");
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn what_is_acknowledged_and_loud_is_said_again_and_snoozes_end() {
    let night = Night::new().await;
    night.writes(3, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    night.presses("UADA", card, "alert_acknowledge").await;
    for _ in 0..13 {
        night.writes(3, shard);
        night.windows(1).await;
    }
    night.thread_says(card, &["Still there, and still acknowledged"]);

    night.types_in_thread("UADA", card, "snooze 10m").await;
    night.says(card, &["Snoozed by @Ada"]);
    night.windows(3).await;
    night.says(card, &["[Acknowledge]"]);
    night.thread_says(card, &["Open again: the time is up"]);

    // Snoozes the alert until this many more lines have come.
    night.types_in_thread("UADA", card, "snooze 5 lines").await;
    night.writes(4, shard);
    night.windows(1).await;
    night.says(card, &["Snoozed by @Ada"]);
    night.writes(4, shard);
    night.windows(1).await;
    night.thread_says(card, &["the number of lines was reached"]);

    // Snoozes the alert until the next deploy.
    night.types_in_thread("UADA", card, "snooze next").await;
    night.deploys("1.4.3").await;
    night.writes(1, shard);
    night.windows(1).await;
    night.thread_says(card, &["something was deployed"]);
    night.types_in_thread("UADA", card, "assign <@UGRACE>").await;
    night.says(card, &["Assignee", "@Grace"]);
    night.presses("UADA", card, "alert_resolve").await;
    night.world.ends_clean().await;
}

#[tokio::test]
async fn a_wish_that_becomes_a_dead_letter_is_told_once_in_the_thread() {
    let night = Night::new().await;
    night.writes(2, shard);
    night.windows(1).await;
    let (card, _) = night.finds("New in web");
    let alerts =
        night.world.database.latest(&samples::listing(RecordKind::Alert), night.now(), 9).await.unwrap();
    let (by, place) = (samples::person("UADA"), samples::channel("COPS"));
    let wish = AlertCommand::Attend { by, place, act: Act::Reopen };
    let wish = samples::vouching().message(&Envelope::new(alerts[0].record.clone(), "1", wish)).unwrap();
    let told = Command::SetAside {
        aside: SetAside { letter: "0123456789".into(), what: "attend".into(), by: None, intent: None },
        asked: String::from_utf8(wish.body).ok(),
    };
    let told = Envelope::new(alerts[0].record.clone(), "1", told);
    // The second message comes long after the queue forgot the first one, as if a worker had died before it
    // acknowledged the message.
    for _ in 0..2 {
        night.world.intents.send(told.to_message().unwrap()).await.unwrap();
        night.world.settles().await;
        night.windows(2).await;
    }
    let thread = night.world.thread("COPS", card);
    assert_eq!(thread.matches("dead letter 0123456789").count(), 1, "{thread}");
    assert!(thread.contains("@Ada: a command (attend)"), "{thread}");
    night.world.ends_clean().await;
}
