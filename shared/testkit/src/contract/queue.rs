//! The contract of `Queue`. `queue` is empty; `pass` lets that much time go by on the queue's clock, which may be the
//! real one: only [`forgets`] takes minutes.

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

/// Runs the suite. `visibility` is the queue's; whatever happens between two calls is over well within it.
pub async fn run(queue: &dyn Queue, visibility: Duration, pass: &(dyn Fn(Duration) + Sync)) {
    // Nothing in it, nothing out.
    assert!(queue.receive(10).await.unwrap().is_empty());

    // Within a group one at a time and in order; groups do not wait for each other.
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

    // Put back: not before its time, and the group waits with it.
    let pause = Duration::from_secs((visibility.as_secs() / 6).max(1));
    queue.again(&second.receipt, pause).await.unwrap();
    queue.send(message("a", "a3")).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty());
    pass(pause);
    let second = one(queue).await;
    assert_eq!((second.message.id.as_str(), second.receives), ("a2", 2));
    queue.ack(&second.receipt).await.unwrap();

    // Neither acknowledged nor put back: again after the visibility, and the old receipt takes nothing away.
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

    // The same id within five minutes is the same message, even after it was handled.
    queue.send(message("a", "a3")).await.unwrap();
    assert!(queue.receive(10).await.unwrap().is_empty(), "a repetition must be dropped");

    // A limit is a limit, and nothing is skipped by it.
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

/// After five minutes an id is forgotten: the same again is a new message. For queues whose clock can be moved.
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

/// What was received `most` times and comes back goes to the queue `dead`, and those behind it go on.
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
