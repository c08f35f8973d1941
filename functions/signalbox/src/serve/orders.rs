//! Orders of the outbox, one by one: an order that cannot be carried out does not hold up the others.
//!
//! An order says only whose card it is, and the notifier draws the present state. So an order that fails too often is
//! kept as a dead letter, and nothing is lost: the caretaker orders overdue cards again. An order that had to wait
//! too often goes to the end of its group.

use super::settle::settle;
use futures::FutureExt;
use signalbox_engine::Shown;
use signalbox_engine::ports::{Delivery, Message, PortError, Queue};
use signalbox_engine::wire;
use signalbox_sqlite::SqliteQueue;
use std::panic::AssertUnwindSafe;

/// After this many tries an order no longer holds up others. With the pauses between tries that takes some seconds.
const MOST_TRIES: u32 = 5;
/// The end of an order's id after it went to the end of its group.
const ANEW: &str = ":anew:";

/// Carries out one order and settles it.
pub async fn carry_out(
    outbox: &SqliteQueue,
    dead: &SqliteQueue,
    delivery: &Delivery,
    shown: impl Future<Output = Result<Shown, PortError>>,
) {
    let defect = || PortError::Unavailable("a defect: the notifier panicked".into());
    let result = AssertUnwindSafe(shown).catch_unwind().await.unwrap_or_else(|_| Err(defect()));
    let patient = delivery.receives < MOST_TRIES;
    match &result {
        Err(error) if !patient || wire::order::decode(&delivery.message.body).is_err() => {
            let order = &delivery.message.id;
            tracing::error!(%order, %error, "a card could not be shown");
            match dead.send(anew(delivery)).await {
                Ok(()) => settle(outbox, delivery, Ok(Shown::Now)).await,
                Err(error) => settle(outbox, delivery, Err(error)).await,
            }
        }
        Ok(Shown::Later(_)) if !patient => match outbox.send(anew(delivery)).await {
            Ok(()) => settle(outbox, delivery, Ok(Shown::Now)).await,
            Err(error) => settle(outbox, delivery, Err(error)).await,
        },
        Ok(_) | Err(_) => settle(outbox, delivery, result).await,
    }
}

/// The same order under a new id, because the queue remembers the first id. Each delivery has a new id too.
fn anew(delivery: &Delivery) -> Message {
    let Message { group, id, body } = delivery.message.clone();
    let first = id.split(ANEW).next().unwrap_or_default();
    Message { group, id: format!("{first}{ANEW}{}", delivery.receipt), body }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::RunId;
    use signalbox_domain::budget::Served;
    use signalbox_engine::ports::Clock;
    use signalbox_sqlite::Database;
    use signalbox_testkit::{VirtualClock, samples};
    use std::sync::{Arc, Mutex};
    use std::time::Duration;

    const NOW: signalbox_domain::Timestamp = signalbox_domain::Timestamp(1_795_219_200_000);

    /// Sends orders of one workspace, and carries out what comes until the outbox is empty or the time is over. Gives
    /// the names of the orders that were shown, and how many are to be kept as dead letters.
    async fn shown(
        orders: Vec<Message>,
        answer: fn(&str) -> Result<Shown, PortError>,
        seconds: u64,
    ) -> (Vec<String>, usize) {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(VirtualClock::at(NOW));
        let database = Database::open(folder.path()).unwrap();
        let queue = |name| database.queue(name, clock.clone(), Duration::from_secs(60));
        let (outbox, dead) = (queue("outbox"), queue("outbox-dead"));
        for order in orders {
            outbox.send(order).await.unwrap();
        }
        let shown = Mutex::new(vec![]);
        while clock.now().since(NOW) < Duration::from_secs(seconds) {
            for delivery in outbox.receive(16).await.unwrap() {
                let drawn = async {
                    wire::order::decode(&delivery.message.body)?;
                    let name = delivery.message.id.clone();
                    let answer = answer(&name);
                    if answer == Ok(Shown::Now) {
                        shown.lock().unwrap().push(name);
                    }
                    answer
                };
                carry_out(&outbox, &dead, &delivery, drawn).await;
            }
            clock.advance_to(clock.now().plus(Duration::from_millis(100)));
        }
        let mut kept = 0;
        // Letters of one lane come one after the other.
        while let Some(delivery) = dead.receive(1).await.unwrap().pop() {
            dead.ack(&delivery.receipt).await.unwrap();
            kept += 1;
        }
        (shown.into_inner().unwrap(), kept)
    }

    fn order(name: &str) -> Message {
        let (run, place) = (RunId::derive("test", "T", name), samples::channel("C1"));
        let lane = wire::order::Lane { place: &place, served: Served::People };
        Message { id: name.to_owned(), ..wire::order::encode(&run, 1, lane).unwrap() }
    }

    #[tokio::test]
    async fn an_order_that_cannot_be_read_or_always_fails_is_set_aside() {
        let garbage = Message { body: b"\xff{".to_vec(), ..order("garbage") };
        let fails = |name: &str| match name {
            "fails" => Err(PortError::Unavailable("its head cannot be read".into())),
            "panics" => panic!("a defect"),
            _ => Ok(Shown::Now),
        };
        let orders = vec![garbage, order("fails"), order("panics"), order("good")];
        assert_eq!(shown(orders, fails, 60).await, (vec!["good".to_owned()], 3));
    }

    #[tokio::test]
    async fn an_order_that_waits_too_often_lets_the_others_go_first_and_is_not_lost() {
        let waits = |name: &str| match name {
            "waits" => Ok(Shown::Later(Duration::from_secs(2))),
            _ => Ok(Shown::Now),
        };
        let (all, kept) = shown(vec![order("waits"), order("good"), order("better")], waits, 60).await;
        assert_eq!((&all[..2], kept), (&["good".to_owned(), "better".to_owned()][..], 0));
        assert!(all[2].starts_with("waits:anew:") && all.len() == 3, "{all:?}");
    }
}
