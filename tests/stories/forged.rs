//! Anyone who can put a message on the intents queue could have written it. So a message that no door vouched for does
//! not count as a person's request.

use super::world::World;
use crate::doors::vouched;
use serde_json::{Value, json};
use signalbox_domain::observation::Conclusion;
use signalbox_domain::{RecordId, RunCommand};
use signalbox_engine::ports::{Letter, Letters, Message, Queue};
use signalbox_engine::wire::command::Envelope;
use signalbox_engine::{drop_letter, redrive};
use signalbox_testkit::samples;

/// Some time after the last try to handle a message.
const TRIED_OUT: u64 = 500;

/// A command for a run, as a reader of this code could write it.
fn written(run: &RecordId, id: &str, command: &Value) -> Message {
    let body = json!({"v": 1, "id": id, "run": run, "command": command});
    Message { group: format!("run:{run}"), id: id.to_owned(), body: body.to_string().into_bytes() }
}

fn forged_run() -> RecordId {
    RecordId::derive("slack", samples::WORKSPACE, "forged")
}

fn ada() -> Value {
    json!({"workspace": samples::WORKSPACE, "user": "UADA"})
}

fn releases() -> Value {
    json!({"workspace": samples::WORKSPACE, "channel": "CRELEASES"})
}

fn submit() -> Value {
    json!({"submit": {"intent": samples::intent(&samples::catalogue()), "told": false}})
}

fn envelope(run: &RecordId, command: RunCommand) -> Envelope {
    Envelope::new(run.clone(), "k", command)
}

impl World {
    async fn kept(&self) -> Vec<Letter> {
        self.database.letters().await.unwrap()
    }

    /// Checks that the message is set aside at once, and that nothing else happens.
    async fn refuses(&self, message: Message) {
        let (before, history) = (self.kept().await.len(), self.events().await);
        let body = message.body.clone();
        // The queue must not know the id yet, or it would drop the message.
        let id = format!("{} {before}", message.id);
        self.intents.send(Message { id, ..message }).await.unwrap();
        self.settles().await;
        self.dead.drain().await.unwrap();
        self.settles().await;
        let kept = self.kept().await;
        let shown = String::from_utf8_lossy(&body);
        let letter = kept.iter().find(|letter| letter.body == body).unwrap_or_else(|| panic!("{shown}"));
        assert!(letter.what.starts_with("unvouched"), "{}", letter.what);
        assert_eq!(kept.len(), before + 1, "{shown}");
        assert_eq!(self.events().await, history, "{shown}");
    }

    /// How many events there are on all records.
    async fn events(&self) -> usize {
        use signalbox_engine::ports::Views;
        let mut events = 0;
        for run in self.database.event_records(None, 999).await.unwrap() {
            events += self.database.events(&run).await.unwrap().len();
        }
        events
    }
}

#[tokio::test]
async fn a_request_that_no_door_vouched_for_starts_nothing() {
    let w = World::new().await;
    let run = forged_run();
    w.refuses(written(&run, &format!("submit:{run}"), &submit())).await;
    w.passes(5).await;
    assert!(w.messages("CRELEASES").is_empty(), "nobody is told that Ada asked");
    w.over(0, 0).await;
}

#[tokio::test]
async fn what_no_door_vouched_for_changes_no_run() {
    let w = World::new().await;
    w.asks().await;
    let run = w.only_run().await;
    let (by, place) = (ada(), releases());
    w.refuses(written(&run, "cancel:1", &json!({"cancel": {"by": by, "place": place}}))).await;
    w.ends(Conclusion::Failed, "no", "");
    w.passes(6).await;
    let retry = json!({"retry": {"by": by, "place": place, "attempt": 1}});
    w.refuses(written(&run, "retry:1", &retry)).await;
    // In the name of another person, and for a run that does not exist.
    let grace = json!({"workspace": samples::WORKSPACE, "user": "UGRACE"});
    w.refuses(written(&run, "retry:2", &json!({"retry": {"by": grace, "place": place, "attempt": 1}}))).await;
    w.refuses(written(&forged_run(), "cancel:2", &json!({"cancel": {"by": by, "place": place}}))).await;
    assert!(!w.asked_to_stop());
    let thread = w.thread("CRELEASES", 0);
    assert!(!thread.contains("could not be handled"), "{thread}");
    w.over(1, 1).await;
}

#[tokio::test]
async fn what_a_door_vouched_for_counts_only_as_it_was() {
    let w = World::new().await;
    let intent = samples::intent(&samples::catalogue());
    let run = RecordId::derive("elsewhere", samples::WORKSPACE, "1");
    let genuine =
        samples::vouching().message(&envelope(&run, RunCommand::Submit { intent, told: false })).unwrap();
    let text = String::from_utf8(genuine.body.clone()).unwrap();
    let other = forged_run().to_string();
    for (what, by) in [
        ("UADA", "UEVE"),
        ("CRELEASES", "COPS"),
        ("1.4.2", "1.4.3"),
        (run.as_str(), other.as_str()),
        ("\"id\":\"submit:", "\"id\":\"again:"),
        ("\"told\":false", "\"told\":true"),
        // The same content, written in another way.
        ("\"told\":false", "\"told\": false"),
        ("\"mac\":\"", "\"mac\":\"0"),
    ] {
        assert!(text.contains(what), "{what}");
        w.refuses(Message { body: text.replacen(what, by, 1).into_bytes(), ..genuine.clone() }).await;
    }
    // A message that two readers could understand in two ways is not read at all.
    for (what, by) in [
        ("\"v\":2", "\"v\":1"),
        ("\"signed\"", "\"signed\":{},\"signed\""),
        ("\"v\":2", "\"v\":2,\"command\":\"observe\""),
    ] {
        let body = text.replacen(what, by, 1).into_bytes();
        w.intents.send(Message { id: by.to_owned(), group: by.to_owned(), body }).await.unwrap();
        w.passes(TRIED_OUT).await;
        assert_eq!(w.events().await, 0, "{by}");
    }
    // The message without the MAC is refused, and so is another command with this MAC.
    let (head, signed) = text.split_once("\"signed\":").unwrap();
    w.refuses(Message { body: signed.strip_suffix('}').unwrap().into(), ..genuine.clone() }).await;
    let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
    let cancel = envelope(&run, RunCommand::Cancel { by, place }).to_message().unwrap();
    let cancel = String::from_utf8(cancel.body).unwrap();
    let body = format!("{head}\"signed\":{cancel}}}").into_bytes();
    w.refuses(Message { body, ..genuine.clone() }).await;
    assert!(w.messages("CRELEASES").is_empty());
    // After all that, the unchanged message still counts.
    w.intents.send(Message { id: "genuine".into(), ..genuine }).await.unwrap();
    w.settles().await;
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.over(1, 1).await;
}

#[tokio::test]
async fn what_a_door_vouched_for_counts_once_however_often_it_is_sent() {
    let w = World::new().await;
    let run = RecordId::derive("elsewhere", samples::WORKSPACE, "1");
    let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
    let intent = samples::intent(&samples::catalogue());
    let all = [
        RunCommand::Submit { intent, told: false },
        RunCommand::Cancel { by: by.clone(), place: place.clone() },
        RunCommand::Retry { by, place, attempt: 1 },
    ];
    let all = all.map(|command| samples::vouching().message(&envelope(&run, command)).unwrap());
    for (n, message) in all.iter().enumerate() {
        w.intents.send(message.clone()).await.unwrap();
        w.settles().await;
        w.ends(Conclusion::Cancelled, "", "");
        w.passes(6).await;
        let events = w.events().await;
        for (m, earlier) in all.iter().take(n + 1).enumerate() {
            w.intents.send(Message { id: format!("replay:{n}:{m}"), ..earlier.clone() }).await.unwrap();
            w.settles().await;
        }
        assert_eq!(w.events().await, events, "{n}");
    }
    w.over(1, 2).await;
}

#[tokio::test]
async fn an_old_key_counts_until_it_is_gone() {
    let mut w = World::new().await;
    let old = "an older key of thirty-two characters";
    let cancel = |key: &str| {
        let (by, place) = (samples::person("UADA"), samples::channel("CRELEASES"));
        let cancel = Envelope::new(forged_run(), key, RunCommand::Cancel { by, place });
        vouched::replaced(old, &cancel, "", "")
    };
    w.dispatcher.admitting.keys = format!("{}, {old}", samples::COMMAND_KEY).parse().unwrap();
    w.intents.send(cancel("1")).await.unwrap();
    w.settles().await;
    w.dead.drain().await.unwrap();
    assert!(w.kept().await.is_empty());
    w.dispatcher.admitting.keys = samples::COMMAND_KEY.parse().unwrap();
    w.refuses(cancel("2")).await;
}

#[tokio::test]
async fn a_letter_is_redriven_for_what_it_was() {
    let w = World::new().await;
    let run = forged_run();
    w.refuses(written(&run, &format!("submit:{run}"), &submit())).await;
    // It stays a forgery, however often an operator tries it.
    for _ in 0..3 {
        let letter = w.kept().await.remove(0);
        w.pass(1).await;
        redrive(&letter, &w.intents, &w.database, signalbox_engine::ports::Clock::now(&*w.clock))
            .await
            .unwrap();
        w.passes(2).await;
        assert_eq!(w.kept().await.len(), 1);
        assert_eq!(w.events().await, 0);
    }
    let letter = w.kept().await.remove(0);
    drop_letter(&letter, &w.intents, &w.database, signalbox_engine::ports::Clock::now(&*w.clock))
        .await
        .unwrap();
    w.settles().await;
    assert!(w.kept().await.is_empty());
    w.over(0, 0).await;
}

#[tokio::test]
async fn what_cannot_be_read_is_in_nobodys_name_either() {
    let w = World::new().await;
    let run = forged_run();
    let mut newer = written(&run, "submit:newer", &submit());
    newer.body = String::from_utf8(newer.body).unwrap().replacen("\"v\":1", "\"v\":9", 1).into_bytes();
    w.refuses(newer).await;
    // A message that reached the dead letters without the dispatcher.
    let lost = written(&run, "submit:lost", &submit());
    w.database
        .queue("intents-dead", w.clock.clone(), std::time::Duration::from_secs(60))
        .send(lost)
        .await
        .unwrap();
    w.passes(3).await;
    assert_eq!(w.kept().await.len(), 2);
    assert!(w.messages("CRELEASES").is_empty(), "nobody is told that Ada asked");
    w.over(0, 0).await;
}

#[tokio::test]
async fn word_of_a_letter_is_not_the_word_of_a_person() {
    let w = World::new().await;
    let run = forged_run();
    let intent = samples::intent(&samples::catalogue());
    let genuine = envelope(
        &RecordId::derive("elsewhere", samples::WORKSPACE, "1"),
        RunCommand::Submit { intent, told: false },
    );
    let genuine = String::from_utf8(samples::vouching().message(&genuine).unwrap().body).unwrap();
    let asked = String::from_utf8(written(&run, "1", &submit()).body).unwrap();
    let fields = |by: Value, intent: Value, asked: Value| json!({"set_aside": {"letter": "0123456789", "what": "submit", "by": by, "intent": intent, "asked": asked}});
    let intent = json!(samples::intent(&samples::catalogue()));
    for (n, fields) in [
        fields(ada(), intent.clone(), Value::Null),
        fields(ada(), intent.clone(), json!(asked)),
        // Ada asked for something, but not for this.
        fields(ada(), intent, json!(genuine)),
    ]
    .iter()
    .enumerate()
    {
        w.intents.send(written(&run, &format!("set_aside:{n}"), fields)).await.unwrap();
        w.passes(2).await;
        assert_eq!(w.events().await, 0, "{fields}");
    }
    // In the thread of a run that exists, the message says that something was set aside, but it names nobody.
    w.asks().await;
    let run = w.only_run().await;
    let named = json!({"set_aside": {"letter": "0123456789", "what": "cancel", "by": ada(), "intent": null}});
    w.intents.send(written(&run, "set_aside:named", &named)).await.unwrap();
    w.passes(3).await;
    let thread = w.thread("CRELEASES", 0);
    assert!(
        thread.contains("(cancel) could not be handled") && !thread.contains("@Ada: a command"),
        "{thread}"
    );
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(6).await;
    w.over(1, 1).await;
}
