//! A form that was opened in no channel, for a channel that was chosen: only one in which a grant names the person counts,
//! when the form opens, when it changes and when it is sent.

use signalbox_domain::answer::Answer;
use signalbox_domain::asking::{Entered, Placing};
use signalbox_domain::catalogue::Operation;
use signalbox_domain::people::Place;
use signalbox_domain::policy::Verdict;
use signalbox_domain::{Catalogue, ChannelId, Grant, Timestamp};
use signalbox_engine::{Asker, Intake, Submitted};
use signalbox_simulator::limits;
use signalbox_testkit::{MemoryQueue, MemoryStore, VirtualClock, samples};
use std::sync::Arc;
use std::time::Duration;

/// A grant for these people in these channels.
fn grant(users: &[&str], channels: &[&str]) -> Grant {
    let of = |channel: &&str| {
        let place = samples::channel(channel);
        (place.workspace, place.channel)
    };
    Grant {
        users: users.iter().map(|user| samples::ids(&samples::person(user))).collect(),
        channels: channels.iter().map(of).collect(),
    }
}

/// What people are told of `touch` with these grants, and the queue of what they asked for.
fn intake(allow: Vec<Grant>) -> (Intake, MemoryQueue) {
    let clock = Arc::new(VirtualClock::at(Timestamp(1_795_219_200_000)));
    let queue = MemoryQueue::new(clock.clone(), Duration::from_secs(30));
    let touch = Operation { parameters: vec![], allow, ..samples::draft().operations["touch"].clone() };
    let catalogue =
        Catalogue { operations: [(touch.name.clone(), touch)].into(), ..samples::draft() }.freeze();
    let intake = Intake {
        catalogue: Arc::new(catalogue),
        intents: Arc::new(queue.clone()),
        vouching: samples::vouching(),
        views: Arc::new(MemoryStore::default()),
        clock,
    };
    (intake, queue)
}

/// Ada, in this channel; with the app alone, it is her own id.
fn ada(channel: &str) -> Asker {
    Asker {
        actor: samples::person("UADA"),
        place: samples::channel(channel),
        door: "slack",
        key: "1".to_owned(),
    }
}

fn is_refused(answer: &Answer) -> bool {
    matches!(answer, Answer::HelpOn(_, Verdict::Refuse(_)))
}

#[tokio::test]
async fn the_only_channel_is_taken_and_of_several_one_is_chosen() {
    let touch = "touch".parse().unwrap();
    // (grants, where the form is for, whether it was chosen)
    for (allow, expect) in [
        (vec![grant(&["UADA"], &[])], Some(("UADA", false))),
        (vec![grant(&["UADA"], &["COPS"])], Some(("COPS", true))),
        (vec![grant(&["UADA"], &["COPS"]), grant(&[], &["CRELEASES"])], Some(("COPS", true))),
        (vec![grant(&[], &["CRELEASES"])], None),
        (vec![grant(&["UGRACE"], &["CRELEASES"])], None),
        (vec![], None),
    ] {
        let (intake, _) = intake(allow.clone());
        let (asker, form) = intake.form_anywhere(&ada("UADA"), &touch).await;
        match (form, expect) {
            (Ok(form), Some(expect)) => {
                assert_eq!((asker.place.channel.as_str(), form.placed), expect, "{allow:?}");
            }
            (Err(answer), None) => assert!(is_refused(&answer), "{allow:?}: {answer:?}"),
            (other, _) => panic!("{allow:?}: {other:?}"),
        }
    }
    let (intake, _) = intake(vec![grant(&["UADA"], &["CRELEASES", "COPS"]), grant(&[], &["CGENERAL"])]);
    let (asker, form) = intake.form_anywhere(&ada("UADA"), &touch).await;
    assert_eq!(asker.place.channel.as_str(), "UADA");
    let places = vec![samples::channel("CRELEASES"), samples::channel("COPS")];
    assert_eq!(*form.unwrap_err(), Answer::Place(Placing { operation: touch, places }));
}

#[tokio::test]
async fn a_chosen_channel_counts_only_where_a_grant_names_the_person() {
    let touch = "touch".parse().unwrap();
    let placed = Entered { placed: true, ..Entered::default() };
    let (named, queue) = intake(vec![grant(&["UADA"], &["CRELEASES", "COPS"]), grant(&[], &["CGENERAL"])]);
    for (channel, fine) in [("COPS", true), ("CRELEASES", true), ("CGENERAL", false), ("CSECRET", false)] {
        let form = named.form_in(&ada(channel), &touch).await;
        assert_eq!(form.as_ref().is_ok_and(|form| form.placed), fine, "{channel}");
        let changed = named.changed(&ada(channel), &touch, &placed).await;
        assert_eq!(changed.as_ref().is_ok_and(|form| form.placed), fine, "{channel}");
        if !fine {
            assert!(is_refused(&form.unwrap_err()), "{channel}");
            let Submitted::Answer(answer) = named.submitted(&ada(channel), &touch, &placed).await else {
                panic!("{channel}: it stays open");
            };
            assert!(is_refused(&answer), "{channel}: {answer:?}");
        }
    }
    assert_eq!(queue.waiting.lock().unwrap().len(), 0, "nothing was asked for");
    // The grant went while the form was open: that everybody in the channel may ask does not help.
    let (open, queue) = intake(vec![grant(&["UADA"], &["CRELEASES"]), grant(&[], &["COPS"])]);
    let Submitted::Answer(answer) = open.submitted(&ada("COPS"), &touch, &placed).await else {
        panic!("it stays open");
    };
    assert!(is_refused(&answer), "{answer:?}");
    assert_eq!(queue.waiting.lock().unwrap().len(), 0, "nothing was asked for");
    // Who is in the channel may ask there.
    let Submitted::Answer(answer) = open.submitted(&ada("COPS"), &touch, &Entered::default()).await else {
        panic!("it stays open");
    };
    assert!(matches!(*answer, Answer::Accepted { .. }), "{answer:?}");
    assert_eq!(queue.waiting.lock().unwrap().len(), 1);
}

/// However many channels there are, Slack takes the form.
#[test]
fn any_number_of_channels_fits_into_a_form() {
    for count in [2usize, 10, 100, 101, 1000] {
        let place =
            |n: usize| Place { channel: ChannelId::new(format!("C{n:030}")), ..samples::channel("COPS") };
        let placing =
            Placing { operation: "touch".parse().unwrap(), places: (0..count).map(place).collect() };
        let view = signalbox_slack::place_view(&placing, &samples::channel("UADA"));
        let wrong = limits::check_modal(&serde_json::from_str(view.get()).unwrap());
        assert!(wrong.is_empty(), "{count}: {wrong:?}");
    }
}
