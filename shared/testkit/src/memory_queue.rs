//! A FIFO queue with groups, in memory. It passes the contract suite, so tests can rely on it.

use crate::gate::Gate;
use async_trait::async_trait;
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{Clock, Delivery, Message, PortError, Queue};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const DEDUPLICATION: Duration = Duration::from_secs(300);

/// One worker's handle on a queue.
#[derive(Clone)]
pub struct MemoryQueue {
    /// The queue itself.
    pub waiting: Arc<Mutex<Waiting>>,
    /// Where this worker can be stopped.
    pub gate: Arc<Gate>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// A delivery that is not acknowledged is delivered again after this time.
    pub visibility: Duration,
}

/// A queue's messages.
#[derive(Debug, Default)]
pub struct Waiting {
    messages: Vec<Entry>,
    sent: HashMap<String, Timestamp>,
    next: u64,
}

#[derive(Debug)]
struct Entry {
    id: u64,
    receives: u32,
    ready_at: Timestamp,
    sent: Timestamp,
    message: Message,
}

impl Waiting {
    /// Whether a message with this id was sent and the id is still remembered.
    pub fn was_sent(&self, id: &str) -> bool {
        self.sent.contains_key(id)
    }
    /// How many messages there are, delivered ones included.
    pub fn len(&self) -> usize {
        self.messages.len()
    }
    /// Whether there are no messages.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }
    /// When the next message becomes ready. Only the first of each group counts, because the others wait for it.
    pub fn next_ready(&self) -> Option<Timestamp> {
        let mut groups = std::collections::HashSet::new();
        self.messages.iter().filter(|e| groups.insert(&e.message.group)).map(|e| e.ready_at).min()
    }
}

impl MemoryQueue {
    /// A separate queue whose gate never closes.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>, visibility: Duration) -> Self {
        Self { waiting: Arc::default(), gate: Arc::default(), clock, visibility }
    }
}

#[async_trait]
impl Queue for MemoryQueue {
    async fn send(&self, message: Message) -> Result<(), PortError> {
        self.gate.step().await;
        {
            let now = self.clock.now();
            let mut w = self.waiting.lock().unwrap();
            let fresh = w.sent.get(&message.id).is_none_or(|at| at.plus(DEDUPLICATION) < now);
            if fresh {
                w.sent.insert(message.id.clone(), now);
                w.next += 1;
                let id = w.next;
                w.messages.push(Entry { id, receives: 0, ready_at: Timestamp(0), sent: now, message });
            }
        }
        self.gate.step().await;
        Ok(())
    }

    async fn receive(&self, limit: usize) -> Result<Vec<Delivery>, PortError> {
        let now = self.clock.now();
        let mut w = self.waiting.lock().unwrap();
        let mut groups = std::collections::HashSet::new();
        let mut deliveries = vec![];
        for entry in &mut w.messages {
            // Only the first message of a group may be delivered.
            if groups.insert(entry.message.group.clone()) && entry.ready_at <= now && deliveries.len() < limit
            {
                entry.receives += 1;
                entry.ready_at = now.plus(self.visibility);
                deliveries.push(Delivery {
                    receipt: format!("{}:{}", entry.id, entry.receives),
                    receives: entry.receives,
                    sent: Some(entry.sent),
                    sender: None,
                    message: entry.message.clone(),
                });
            }
        }
        Ok(deliveries)
    }

    async fn ack(&self, receipt: &str) -> Result<(), PortError> {
        self.waiting.lock().unwrap().messages.retain(|e| format!("{}:{}", e.id, e.receives) != receipt);
        Ok(())
    }

    async fn again(&self, receipt: &str, after: Duration) -> Result<(), PortError> {
        let ready_at = self.clock.now().plus(after);
        let mut w = self.waiting.lock().unwrap();
        for entry in w.messages.iter_mut().filter(|e| format!("{}:{}", e.id, e.receives) == receipt) {
            entry.ready_at = ready_at;
        }
        Ok(())
    }
}
