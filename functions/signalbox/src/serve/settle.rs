//! What becomes of a message after it was handled.

use signalbox_engine::ports::{Delivery, PortError, Queue as _};
use signalbox_engine::{GivenBack, Shown, give_back, pause};
use signalbox_sqlite::SqliteQueue;

/// Acknowledges messages that are done, and puts the others back.
pub async fn settle(queue: &SqliteQueue, delivery: &Delivery, result: Result<Shown, PortError>) {
    let settled = match result {
        Ok(Shown::Now) => queue.ack(&delivery.receipt).await,
        Ok(Shown::Later(after)) => queue.again(&delivery.receipt, after).await,
        Ok(Shown::Newer) => match give_back(queue, delivery).await {
            Ok(GivenBack::After(pause)) => queue.again(&delivery.receipt, pause).await,
            Ok(GivenBack::Elsewhere) => queue.ack(&delivery.receipt).await,
            Err(error) => Err(error),
        },
        Err(error) => {
            let pause = pause(delivery.receives);
            tracing::error!(id = %delivery.message.id, %error, again_in_ms = pause.as_millis(), "could not handle a message");
            queue.again(&delivery.receipt, pause).await
        }
    };
    if let Err(error) = settled {
        tracing::error!(id = %delivery.message.id, %error, "could not settle a message; it will come again");
    }
}
