//! Fills a store through its own port, with heads and events as the dispatcher writes them.

use crate::clock;
use signalbox_domain::intent::work_of;
use signalbox_domain::observation::{Conclusion, Outcome};
use signalbox_domain::run::State;
use signalbox_domain::{CommandId, Digest, Intent, RecordKind, RunEvent, RunHead, RunId, Timestamp};
use signalbox_engine::ports::{EventRow, HeadRow, Journal, Listing, PortError};
use signalbox_engine::wire;
use signalbox_sqlite::Database;
use signalbox_testkit::samples;
use std::time::Duration;
use tokio::task::JoinSet;

/// The number of runs that are still going on, whatever the size of the store. They are due now, and so are their
/// cards.
const UNDER_WAY: usize = 50;
/// The number of appends that wait for the writer at the same time. The writer commits them together.
const AT_ONCE: usize = 2048;

/// What a store was filled with.
pub struct Filled {
    /// The number of runs.
    pub runs: usize,
}

impl Filled {
    /// The id of the run with this number.
    pub fn run(&self, number: usize) -> RunId {
        RunId::derive("slack", samples::WORKSPACE, &format!("run {number}"))
    }
}

/// Puts this many runs into an empty store. Each has four events and a head.
pub async fn fill(database: &Database, runs: usize) -> anyhow::Result<Filled> {
    let filled = Filled { runs };
    let catalogue = samples::catalogue();
    let operation = &catalogue.operations["release"];
    let intent = samples::intent(&catalogue);
    let now = clock::now();
    let mut under_way = JoinSet::new();
    for number in 0..runs {
        let run = filled.run(number);
        let work = work_of(&catalogue.landscape, operation, &intent, &run);
        let back = Duration::from_secs(60 * (runs - number) as u64);
        let at = Timestamp(now.0 - i64::try_from(back.as_millis())?);
        let ended = number % (runs / UNDER_WAY) != 0;
        let (events, head) = history(&run, &intent, work, at, ended)?;
        let store = database.clone();
        under_way.spawn(async move { store.append(0, events, head).await });
        if under_way.len() == AT_ONCE {
            under_way.join_next().await.transpose()?.transpose()?;
        }
        if (number + 1) % 100_000 == 0 {
            eprintln!("queries: {} of {runs} runs written", number + 1);
        }
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    Ok(filled)
}

/// The events of one run, from its request to its end, or only until it runs.
fn history(
    run: &RunId,
    intent: &Intent,
    work: signalbox_domain::intent::Work,
    at: Timestamp,
    ended: bool,
) -> Result<(Vec<EventRow>, HeadRow), PortError> {
    let cause = CommandId::new(format!("submit:{run}"));
    let outcome = Outcome {
        conclusion: Conclusion::Succeeded,
        summary: "exit status 0".into(),
        excerpt: "To https://git.example/web.git\n * [new tag] web-1.4.2 -> web-1.4.2".into(),
    };
    let mut steps = vec![
        RunEvent::Requested { intent: intent.clone(), work, part_of: None },
        RunEvent::DispatchStarted { attempt: 1, lease_until: at.plus(Duration::from_secs(5)) },
        RunEvent::Dispatched { attempt: 1, reference: Some(format!("{run}-1")), link: None, found: false },
    ];
    if ended {
        steps.push(RunEvent::Finished { attempt: 1, outcome });
    }
    let (mut head, mut chain, mut rows) = (None, Digest::ZERO, vec![]);
    for (seq, event) in (1..).zip(steps) {
        let record = wire::event::Record {
            record: run.clone().into(),
            seq,
            at,
            cause: cause.clone(),
            previous: chain,
            event: event.clone().into(),
        };
        let bytes = wire::event::encode(&record)?;
        chain = wire::hash(&bytes);
        rows.push(EventRow {
            record: run.clone().into(),
            seq,
            bytes,
            hash: chain,
            day: (seq == 1).then(|| at.day()),
        });
        head = RunHead::after(head, run, &event, &cause, at);
    }
    let head = head.ok_or_else(|| PortError::Unavailable("a run begins with a request".into()))?;
    debug_assert_eq!(ended, matches!(head.state, State::Finished(_)));
    let due_at = (!ended).then_some(at);
    let row = HeadRow {
        record: run.clone().into(),
        version: head.version,
        chain,
        listed_under: Listing::of(&intent.place.workspace, RecordKind::Run),
        requested_at: at,
        reference: None,
        due_at,
        card_due_at: due_at,
        body: wire::head::encode(&head.into())?,
    };
    Ok((rows, row))
}
