//! What answers questions, against what would answer them: git itself behind a web server, a registry, the simulated
//! GitHub and Jenkins, programs of this machine. All calls go over the transport that calls only what is listed.

mod git;
mod github;
mod jenkins;
mod programs;
mod registry;
mod web;

use axum::Router;
use signalbox_backends::Outside;
use signalbox_domain::lookup::{Question, Reply};
use signalbox_engine::ports::{Clock, Lookup, NoReply};
use signalbox_testkit::VirtualClock;
use signalbox_transport::{Egress, Guarded};
use std::sync::Arc;
use std::time::Duration;

/// Enough for any of the servers here.
const LONG: Duration = Duration::from_secs(30);

/// Serves a router on this machine, and gives its address without the scheme.
async fn serve(router: Router) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

/// A way out to this machine alone, with these credentials.
fn outside(credentials: Option<&str>) -> Outside {
    let guarded = Guarded::new(Egress::read(Some("127.0.0.0/8")).unwrap());
    Outside::new(Arc::new(guarded), clock(), credentials).unwrap()
}

fn clock() -> Arc<VirtualClock> {
    Arc::new(VirtualClock::default())
}

async fn ask(lookup: &dyn Lookup, question: Question) -> Result<Reply, String> {
    let until = VirtualClock::default().now().plus(LONG);
    lookup.ask(&question, until).await.map_err(|NoReply { why }| why)
}

/// The values of a list, and whether there are more.
#[track_caller]
fn listed(reply: Result<Reply, String>) -> (Vec<String>, bool) {
    match reply {
        Ok(Reply::Values(values)) => (values.all, values.more),
        other => panic!("{other:?}"),
    }
}

/// Why there is no answer.
#[track_caller]
fn unanswered(reply: Result<Reply, String>) -> String {
    match reply {
        Err(why) => why,
        Ok(reply) => panic!("{reply:?}"),
    }
}

/// Why it does not hold.
#[track_caller]
fn denied(reply: Result<Reply, String>) -> String {
    match reply {
        Ok(Reply::DoesNotHold(why)) => why,
        other => panic!("{other:?}"),
    }
}
