//! Makes the tables and queues on an emulator, and prints the settings for the functions as shell lines:
//!
//! ```sh
//! cargo run -q -p signalbox-aws --example emulator -- http://127.0.0.1:4566 > local.env
//! ```
//!
//! An installation's are made by its template; this is for trying functions one by one.
#![expect(clippy::print_stdout, reason = "its output is what it is for")]

use signalbox_aws::{Clients, SqsQueue, tables};
use signalbox_engine::ports::PortError;
use signalbox_transport::Reqwest;
use std::sync::Arc;
use std::time::Duration;

/// As an installation has it: six times the time limit of the functions.
const VISIBILITY: Duration = Duration::from_secs(180);

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), PortError> {
    let address = std::env::args().nth(1).unwrap_or_else(|| "http://127.0.0.1:4566".to_owned());
    if !address.starts_with("http://127.0.0.1:") {
        return Err(PortError::Unavailable(format!("{address} is no emulator on this machine")));
    }
    let network = Reqwest::new().map_err(PortError::Unavailable)?;
    let clients = Clients::emulator(&address, Arc::new(network));
    tables::create(&clients.dynamodb(), "signalbox-events", &tables::EVENTS).await?;
    tables::create(&clients.dynamodb(), "signalbox-state", &tables::STATE).await?;
    println!(
        "export AWS_ENDPOINT_URL={address} AWS_REGION=us-east-1 AWS_ACCESS_KEY_ID=test AWS_SECRET_ACCESS_KEY=test"
    );
    println!("export SIGNALBOX_EVENTS_TABLE=signalbox-events SIGNALBOX_STATE_TABLE=signalbox-state");
    for (queue, variable) in [("intents", "INTENTS"), ("outbox", "OUTBOX")] {
        let live = SqsQueue::create(clients.sqs(), &format!("signalbox-{queue}.fifo"), VISIBILITY).await?;
        let dead =
            SqsQueue::create(clients.sqs(), &format!("signalbox-{queue}-dead.fifo"), VISIBILITY).await?;
        live.bury_in(&dead, signalbox_engine::MOST_RECEIVES).await?;
        println!(
            "export SIGNALBOX_{variable}_QUEUE_URL={} SIGNALBOX_{variable}_DEAD_QUEUE_URL={}",
            live.url(),
            dead.url()
        );
    }
    Ok(())
}
