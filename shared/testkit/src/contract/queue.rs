//! The contract of `Queue`. `queue` is empty. `pass` lets the given time go by on the queue's clock. That may be the
//! real clock, because only [`forgets`] takes minutes.

use signalbox_engine::ports::{Delivery, Message, Queue};
use std::time::Duration;

fn message(group: &str, id: &str) -> Message {
    Message { group: group.into(), id: id.into(), body: format!("body of {id}").into_bytes() }
}

fn ids(deliveries: &[Delivery]) -> Vec<&str> {
    deliveries.iter().map(|d| d.message.id.as_str()).collect()
}

async fn one(queue: &dyn Queue) -> Delivery {
    let mut got = queue.receive(1).await.unwrap();
    assert_eq!(got.len(), 1, "one message should be ready");
    got.remove(0)
}

/// Runs the suite. `visibility` is the one of the queue. It must be long enough that all steps between two calls of
/// `pass` are done well within it.
pub async fn run(queue: &dyn Queue, visibility: Duration, pass: &(dyn Fn(Duration) + Sync)) {
    // An empty queue delivers nothing.
    assert!(queue.receive(10).await.unwrap().is_empty());

    // The messages of a group are delivered one at a time and in order. Groups do not wait for each other.
    for (group, id) in [("a", "a1"), ("a", "a2"), ("b", "b1")] {
        queue.send(message(group, id)).await.unwrap();
    }
    let first = queue.receive(10).await.unwrap();
    assert_eq!(ids(&first), ["a1", "b1"]);
    assert_eq!(first[0].message, message("a", "a1"));
    assert_eq!(first[0].receives, 1);
    assert!(queue.receive(10).await.unwrap().is_empty(), "a group with one under way must wait");
    queue.ack(&first[0].receipt).await.unwrap();
    let second = one(queue).await;
    assert_eq!(second.message.id, "a2");

    // A message that was put back is not delivered before its time, and its group waits with it.
    let pause = Duration::from_secs((visibility.as_secs() / 6).max(1));
    queue.again(&second.receipt, pause).await.unwrap();
    queue.send(message("a", "a3")).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty());
    pass(pause);
    let second = one(queue).await;
    assert_eq!((second.message.id.as_str(), second.receives), ("a2", 2));
    queue.ack(&second.receipt).await.unwrap();

    // A message that was neither acknowledged nor put back is delivered again after the visibility. Its old receipt
    // no longer acknowledges anything.
    let lost = one(queue).await;
    assert_eq!(lost.message.id, "a3");
    queue.ack(&first[1].receipt).await.unwrap();
    pass(visibility);
    let again = one(queue).await;
    assert_eq!((again.message.id.as_str(), again.receives), ("a3", 2));
    assert!(lost.sent.is_some() && again.sent == lost.sent, "when it was put there stays as it is");
    queue.ack(&lost.receipt).await.unwrap();
    queue.again(&again.receipt, Duration::ZERO).await.unwrap();
    let third = one(queue).await;
    assert_eq!((third.message.id.as_str(), third.receives), ("a3", 3));
    queue.ack(&third.receipt).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty());

    // A message with the same id within five minutes is the same message, even if it was already handled.
    queue.send(message("a", "a3")).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty(), "a repetition must be dropped");

    // No more than the limit is delivered, and no message is skipped because of it.
    for n in 0..7 {
        queue.send(message(&format!("g{n}"), &format!("n{n}"))).await.unwrap();
    }
    let mut got = vec![];
    for _ in 0..4 {
        for d in queue.receive(2).await.unwrap() {
            queue.ack(&d.receipt).await.unwrap();
            got.push(d.message.id);
        }
    }
    got.sort();
    assert_eq!(got, ["n0", "n1", "n2", "n3", "n4", "n5", "n6"]);
    assert!(queue.receive(10).await.unwrap().is_empty());
}

/// After five minutes an id is forgotten, and a message with the same id is a new one. For queues whose clock can be
/// moved.
pub async fn forgets(queue: &dyn Queue, pass: &(dyn Fn(Duration) + Sync)) {
    queue.send(message("a", "f1")).await.unwrap();
    queue.ack(&one(queue).await.receipt).await.unwrap();
    queue.send(message("a", "f1")).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty(), "a repetition must be dropped");
    pass(Duration::from_secs(301));
    queue.send(message("a", "f1")).await.unwrap();
    queue.ack(&one(queue).await.receipt).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty());
}

/// A message that was received `most` times and put back goes to the queue `dead`, and the messages behind it are
/// delivered.
pub async fn buries(queue: &dyn Queue, dead: &dyn Queue, most: u32) {
    queue.send(message("a", "poison")).await.unwrap();
    queue.send(message("a", "after")).await.unwrap();
    for nth in 1..=most {
        let tried = one(queue).await;
        assert_eq!((tried.message.id.as_str(), tried.receives), ("poison", nth));
        queue.again(&tried.receipt, Duration::ZERO).await.unwrap();
    }
    let next = one(queue).await;
    assert_eq!((next.message.id.as_str(), next.receives), ("after", 1));
    let buried = one(dead).await;
    assert_eq!(buried.message, message("a", "poison"));
    queue.ack(&next.receipt).await.unwrap();
    dead.ack(&buried.receipt).await.unwrap();
    assert!(queue.receive(1).await.unwrap().is_empty() && dead.receive(1).await.unwrap().is_empty());
}
