//! The Slack door without a network: a signed `/release web 1.4.2`, from the bytes of the request to the bytes of the
//! answer.
//!
//! The queue accepts at once, so that only the door's own work is measured: verify, parse, preview, write the command,
//! draw the answer. The door is compared with the least that any door must do: verify the request and read the form.

mod ports;
mod reference;
mod router;

use crate::samples::Samples;
use crate::{Effort, clock, table};
use ports::{Dropping, Nowhere};
use reference::Reference;
use signalbox_doors::{SlackDoor, TurnedAway};
use signalbox_engine::Intake;
use signalbox_slack::{Secrets, SlackClient};
use signalbox_testkit::{MemoryStore, samples};
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

/// Slack's signing secret.
pub const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";

/// A request in the form in which Slack sends it.
pub struct Request {
    pub body: Vec<u8>,
    pub timestamp: String,
    pub signature: String,
}

/// The time of each step of the door.
#[derive(Default)]
pub struct Steps {
    read: Samples,
    ask: Samples,
    draw: Samples,
    queued: Samples,
    whole: Samples,
}

/// Measures both ways to call the door.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let requests = requests();
    let (rounds, calls) = effort.pick((60, 2_000), (2, 200));

    eprintln!("door: {rounds} rounds of {calls} calls, each way");
    let (mut least, mut door) = runtime.block_on(functions(&requests, rounds, calls));
    let (mut least_router, mut door_router) = runtime.block_on(router::measure(&requests, rounds, calls));
    let (base, base_router) = ((least.p50(), least.p99()), (least_router.p50(), least_router.p99()));
    let rows = [
        ("reference: verify, read the form", &mut least, base),
        ("door, until the command is queued", &mut door.queued, base),
        ("door, until the answer is drawn", &mut door.whole, base),
        ("  of it: verify, read the form strictly", &mut door.read, base),
        ("  of it: understand, preview, queue", &mut door.ask, base),
        ("  of it: draw the answer", &mut door.draw, base),
        ("reference behind axum", &mut least_router, base_router),
        ("door behind axum", &mut door_router, base_router),
    ];
    let rows = rows.map(|(what, samples, base)| {
        let (p50, p99) = (samples.p50(), samples.p99());
        [what.to_owned(), p50.to_string(), p99.to_string(), p50.ratio(base.0), p99.ratio(base.1)]
    });
    table::print(
        "door: one signed `/release web 1.4.2`",
        ["", "p50", "p99", "p50 ratio", "p99 ratio"],
        &rows,
    );
    Ok(())
}

/// Measures the reference and the door in turns, so that other work of the machine affects both.
async fn functions(requests: &[Request], rounds: usize, calls: usize) -> (Samples, Steps) {
    let (reference, door) = (Reference::new(SECRET), door());
    let (mut least, mut steps) = (Samples::default(), Steps::default());
    for round in 0..=rounds {
        if round == 1 {
            // The first round only warms up.
            (least, steps) = (Samples::default(), Steps::default());
        }
        for request in requests.iter().cycle().take(calls) {
            least.time(|| black_box(reference.read(request, clock::now().seconds())).is_some());
        }
        for request in requests.iter().cycle().take(calls) {
            black_box(handle(&door, request, &mut steps).await);
        }
    }
    (least, steps)
}

/// Calls the same functions as the route's handler, in the same order.
async fn handle(door: &SlackDoor, request: &Request, steps: &mut Steps) -> String {
    let begun = Instant::now();
    assert!(!signalbox_slack::is_ssl_check(&request.body));
    let (timestamp, signature) = (request.timestamp.as_bytes(), request.signature.as_bytes());
    let now = door.intake.clock.now();
    let secrets = door.secrets.current(now).await;
    secrets.verify(Some(timestamp), Some(signature), &request.body, now).unwrap();
    let slash = signalbox_slack::slash(&request.body).unwrap();
    let read = Instant::now();
    let answer = door.intake.ask(&slash.asker, &slash.command, &slash.text).await;
    let asked = Instant::now();
    let drawn = signalbox_slack::answer(&answer, door.intake.clock.now(), Some("acme"));
    drop((slash, answer));
    let ended = Instant::now();
    steps.read.push(read - begun);
    steps.ask.push(asked - read);
    steps.draw.push(ended - asked);
    steps.queued.push(asked - begun);
    steps.whole.push(ended - begun);
    drawn
}

/// A door with a queue that accepts at once.
fn door() -> SlackDoor {
    let intake = Intake {
        catalogue: Arc::new(samples::catalogue()),
        intents: Arc::new(Dropping),
        vouching: samples::vouching(),
        views: Arc::new(MemoryStore::default()),
        clock: Arc::new(clock::SystemClock),
    };
    let client = SlackClient::new(Arc::new(Nowhere), signalbox_slack::DEFAULT_API_URL, "xoxb-none").unwrap();
    let secrets: Secrets = SECRET.parse().unwrap();
    SlackDoor {
        secrets: secrets.into(),
        intake,
        client: Arc::new(client),
        turned_away: TurnedAway::default(),
    }
}

/// Several requests, so that no two in a row are the same.
fn requests() -> Vec<Request> {
    (0..64).map(request).collect()
}

/// One request, signed now.
pub fn request(number: u32) -> Request {
    let now = clock::now();
    // The fields, with the lengths that Slack's documentation shows.
    let body = form_urlencoded::Serializer::new(String::new())
        .append_pair("token", "gIkuvaNzQIHg97ATvDxqgjtO")
        .append_pair("team_id", samples::WORKSPACE)
        .append_pair("team_domain", "example")
        .append_pair("channel_id", "CRELEASES")
        .append_pair("channel_name", "releases")
        .append_pair("user_id", "UADA")
        .append_pair("user_name", "ada")
        .append_pair("command", "/release")
        .append_pair("text", "web 1.4.2")
        .append_pair("api_app_id", "A123456")
        .append_pair("is_enterprise_install", "false")
        .append_pair(
            "response_url",
            "https://hooks.slack.com/commands/TPRACTICE/397700885554/96rGlfmibIGlgcZRskXaIFfN",
        )
        .append_pair("trigger_id", &format!("{number:012}.47445629121.803a0bc887a14d10d2c447fce8b6703c"))
        .finish()
        .into_bytes();
    let signature = signalbox_slack::sign(SECRET, now, &body).unwrap();
    Request { body, timestamp: now.seconds().to_string(), signature }
}
