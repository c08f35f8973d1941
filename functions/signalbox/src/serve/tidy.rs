//! Removes what programs left behind: the folders of attempts whose runs ended long ago.
//!
//! The folder of an attempt keeps the attempt from running twice. So no folder is removed before its run has ended,
//! nor if its run is unknown. By then anything that could still come late is long past its own time limit.

use signalbox_domain::RunId;
use signalbox_domain::run::State;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{PortError, Views};
use signalbox_engine::wire;
use std::path::Path;
use std::time::Duration;

/// Output is kept for a week; the audit keeps its part of the output for ever.
pub const KEPT: Duration = Duration::from_secs(7 * 86_400);

/// Removes the folders that are no longer needed, and says how many.
pub async fn tidy(commands: &Path, views: &dyn Views, now: Timestamp) -> Result<usize, PortError> {
    let broken = |e: std::io::Error| PortError::Unavailable(format!("{}: {e}", commands.display()));
    let entries = match std::fs::read_dir(commands) {
        Ok(entries) => entries,
        // No program was ever run.
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Ok(0),
        Err(e) => return Err(broken(e)),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry.map_err(broken)?;
        let name = entry.file_name();
        let run =
            name.to_str().and_then(|n| n.rsplit_once('-')).and_then(|(run, _)| run.parse::<RunId>().ok());
        // Not a folder of ours: whoever put it there knows why.
        let Some(run) = run else { continue };
        if ended_long_ago(&run, views, now).await? {
            std::fs::remove_dir_all(entry.path()).map_err(broken)?;
            removed += 1;
        }
    }
    Ok(removed)
}

async fn ended_long_ago(run: &RunId, views: &dyn Views, now: Timestamp) -> Result<bool, PortError> {
    let Some(row) = views.head(run).await? else { return Ok(false) };
    let head = wire::head::decode(&row.body)?;
    Ok(matches!(head.state, State::Finished(_)) && now.since(head.changed_at) > KEPT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::ids::RecordKind;
    use signalbox_domain::observation::{Conclusion, Outcome};
    use signalbox_domain::{CommandId, RunEvent, RunHead};
    use signalbox_engine::ports::{HeadRow, Journal, Listing};
    use signalbox_sqlite::Database;
    use signalbox_testkit::samples;

    const THEN: Timestamp = Timestamp(1_795_219_200_000);

    async fn run(database: &Database, name: &str, events: &[RunEvent]) -> RunId {
        let run = RunId::derive("test", "T", name);
        let catalogue = samples::catalogue();
        let intent = samples::intent(&catalogue);
        let work = signalbox_domain::intent::work_of(
            &catalogue.landscape,
            &catalogue.operations["release"],
            &intent,
            &run,
        );
        let mut head = None;
        for event in [RunEvent::Requested { intent, work, part_of: None }].iter().chain(events) {
            head = RunHead::after(head, &run, event, &CommandId::new("c"), THEN);
        }
        let head = head.unwrap();
        let row = HeadRow {
            record: run.clone().into(),
            version: 1,
            chain: signalbox_domain::Digest::ZERO,
            listed_under: Listing::of(&samples::channel("C").workspace, RecordKind::Run),
            requested_at: THEN,
            reference: None,
            due_at: None,
            card_due_at: None,
            body: wire::head::encode(&head.into()).unwrap(),
        };
        let event = signalbox_engine::ports::EventRow {
            record: run.clone().into(),
            seq: 1,
            bytes: vec![],
            hash: signalbox_domain::Digest::ZERO,
            day: None,
        };
        database.append(0, vec![event], row).await.unwrap();
        run
    }

    #[tokio::test]
    async fn only_what_ended_long_ago_goes() {
        let data = tempfile::tempdir().unwrap();
        let database = Database::open(data.path()).unwrap();
        let outcome =
            Outcome { conclusion: Conclusion::Failed, summary: String::new(), excerpt: String::new() };
        let over = run(&database, "over", &[RunEvent::Finished { attempt: 1, outcome }]).await;
        let unknown = run(
            &database,
            "unknown",
            &[RunEvent::BecameUnknown { attempt: 1, why: String::new(), page: None }],
        )
        .await;
        let running = run(&database, "running", &[]).await;
        let strange = RunId::derive("test", "T", "strange");
        let commands = data.path().join("commands");
        let folder = |run: &RunId| commands.join(format!("{run}-1"));
        for run in [&over, &unknown, &running, &strange] {
            std::fs::create_dir_all(folder(run)).unwrap();
        }
        std::fs::create_dir_all(commands.join("somebody-elses")).unwrap();
        assert_eq!(tidy(&commands, &database, THEN.plus(KEPT)).await, Ok(0));
        let later = THEN.plus(KEPT + Duration::from_secs(1));
        assert_eq!(tidy(&commands, &database, later).await, Ok(1));
        assert!(!folder(&over).exists());
        assert!([&unknown, &running, &strange].iter().all(|r| folder(r).exists()));
        assert_eq!(tidy(&data.path().join("nowhere"), &database, later).await, Ok(0));
    }
}
