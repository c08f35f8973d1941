//! The functions as Lambda runs them: the time from the start of the process to the first answer, the memory, and the
//! time for each later answer. They are compared with Bolt for JavaScript, which does the same job, and with the least
//! that a function could do.
//!
//! Lambda's Runtime API, SQS, DynamoDB, SSM and Slack are small servers on loopback in this process. So the time of a
//! start is only that of the process: what Lambda does before, and the network to AWS, are not in it.

mod aws;
mod build;
mod events;
pub mod floor;
mod process;
mod runtime_api;

use crate::samples::{Samples, Took};
use crate::{Effort, door, table};
use anyhow::{Context, ensure};
use aws::Aws;
use build::FUNCTIONS;
use bytes::Bytes;
use process::{Start, Used};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The measurements of one way to do the job.
struct Subject {
    name: &'static str,
    start: Start,
    event: fn(u32) -> Bytes,
    /// Whether it puts a message on the queue for each event.
    sends: bool,
    cold: Samples,
    warm: Samples,
    used: Vec<Used>,
}

/// Measures all of them in turns.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let binaries = build::functions()?;
    let bolt = build::bolt();
    let folder = tempfile::tempdir()?;
    let catalogue = folder.path().join("catalogue.json");
    std::fs::write(&catalogue, events::catalogue())?;
    let built = binaries[FUNCTIONS[0]].parent().context("a binary lies in a folder")?;
    let zips = build::packages(built, &catalogue, &folder.path().join("packages")).unwrap_or_default();

    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    let aws = runtime.block_on(Aws::start())?;
    let mut subjects = subjects(&binaries, bolt, folder.path(), &aws);
    runtime.block_on(measure(&mut subjects, &aws, effort))?;

    doors(&subjects);
    warm(&subjects);
    each(&subjects, &binaries, &zips)
}

fn subjects(
    binaries: &BTreeMap<&'static str, PathBuf>,
    bolt: Option<PathBuf>,
    folder: &Path,
    aws: &Aws,
) -> Vec<Subject> {
    let start = |program: PathBuf, more: &[(&'static str, &str)]| Start {
        program,
        arguments: vec![],
        variables: [
            ("AWS_ENDPOINT_URL", format!("http://{}", aws.address)),
            ("SLACK_API_URL", format!("http://{}/api", aws.slack)),
            ("SIGNALBOX_INTENTS_QUEUE_URL", aws.queue("intents")),
            ("SIGNALBOX_OUTBOX_QUEUE_URL", aws.queue("outbox")),
            ("SIGNALBOX_INTENTS_DEAD_QUEUE_URL", aws.queue("intents-dead")),
            ("SIGNALBOX_OUTBOX_DEAD_QUEUE_URL", aws.queue("outbox-dead")),
            ("SIGNALBOX_STATE_TABLE", "state".to_owned()),
            ("SIGNALBOX_EVENTS_TABLE", "events".to_owned()),
            ("SIGNALBOX_CATALOGUE", "catalogue.json".to_owned()),
        ]
        .into_iter()
        .chain(more.iter().map(|(name, value)| (*name, (*value).to_owned())))
        .collect(),
        folder: folder.to_owned(),
    };
    let subject = |name, start, event, sends| Subject {
        name,
        start,
        event,
        sends,
        cold: Samples::default(),
        warm: Samples::default(),
        used: vec![],
    };
    let ours = |name: &'static str, more: &[_], event, sends| {
        subject(name, start(binaries[name].clone(), more), event, sends)
    };
    let key = ("SIGNALBOX_COMMAND_KEY", signalbox_testkit::samples::COMMAND_KEY);
    let given = [("SLACK_SIGNING_SECRET", door::SECRET), ("SLACK_BOT_TOKEN", "xoxb-none"), key];
    let mut all = vec![
        ours("slack-ingress", &given, events::slash, true),
        ours("webhook-ingress", &[("GITHUB_WEBHOOK_SECRET", events::WEBHOOKS)], |_| events::webhook(), false),
        ours("dispatcher", &[("GITHUB_TOKEN", "ghp-none"), key], |_| events::wake(), false),
        ours("notifier", &[("SLACK_BOT_TOKEN", "xoxb-none")], |_| events::order(), false),
        ours("caretaker", &[], |_| events::round(), false),
        ours("log-watch", &[], |_| events::round(), false),
    ];
    let from_ssm = [
        ("SLACK_SIGNING_SECRET_PARAMETER", "/signalbox/slack-signing-secret"),
        ("SLACK_BOT_TOKEN_PARAMETER", "/signalbox/slack-bot-token"),
        ("SIGNALBOX_COMMAND_KEY_PARAMETER", "/signalbox/command-key"),
    ];
    let mut deployed = ours("slack-ingress", &from_ssm, events::slash, true);
    deployed.name = SECRET_FROM_SSM;
    all.push(deployed);
    if let Some(program) = bolt {
        let mut start = start("node".into(), &given);
        start.arguments = vec![program.display().to_string()];
        all.push(subject(BOLT, start, events::slash, true));
    }
    if let Ok(program) = std::env::current_exe() {
        let mut start = start(program, &[]);
        start.arguments = vec!["floor".to_owned(), "{api}".to_owned(), aws.address.to_string()];
        all.push(subject(FLOOR, start, events::slash, true));
    }
    all
}

const BOLT: &str = "Bolt for JavaScript";
const FLOOR: &str = "floor: one request to SQS, nothing else";
const SECRET_FROM_SSM: &str = "slack-ingress, its secrets from SSM";

/// First starts all of them in turns, so that other work of the machine affects all. Then takes a few answers of each
/// in turns.
async fn measure(subjects: &mut [Subject], aws: &Aws, effort: Effort) -> anyhow::Result<()> {
    let (starts, turns, answers) = effort.pick((30, 10, 200), (2, 1, 20));
    eprintln!("functions: {starts} starts of each");
    // There is one more start than counts, because the first one reads the program from the disk.
    for turn in 0..=starts {
        for subject in subjects.iter_mut() {
            let before = aws.sent();
            let (mut running, took, answer) = subject.start.cold((subject.event)(turn)).await?;
            let answer = String::from_utf8_lossy(&answer);
            ensure!(!subject.sends || aws.sent() == before + 1, "{} sent nothing: {answer}", subject.name);
            let refused = answer.contains(r#""statusCode":4"#) || answer.contains(r#""statusCode":5"#);
            ensure!(!refused, "{} answered {answer}", subject.name);
            if turn > 0 {
                subject.cold.push(took);
                subject.used.push(running.used().await?);
            }
        }
    }
    for turn in 0..turns {
        eprintln!("functions: {answers} answers of each door, turn {}", turn + 1);
        for subject in subjects.iter_mut().filter(|s| s.sends && s.name != SECRET_FROM_SSM) {
            let (mut running, ..) = subject.start.cold((subject.event)(0)).await?;
            subject.warm.extend(running.warm_many(answers, subject.event).await?);
        }
    }
    Ok(())
}

fn named<'a>(subjects: &'a [Subject], name: &str) -> Option<&'a Subject> {
    subjects.iter().find(|subject| subject.name == name)
}

fn megabytes(bytes: u64) -> String {
    format!("{:.1} MB", bytes as f64 / 1e6)
}

/// The median of each figure.
fn used(subject: &Subject) -> Used {
    let middle = |of: fn(&Used) -> u64| {
        let mut all: Vec<u64> = subject.used.iter().map(of).collect();
        all.sort_unstable();
        all.get(all.len() / 2).copied().unwrap_or_default()
    };
    Used { peak: middle(|u| u.peak), memory: middle(|u| u.memory), cpu: middle(|u| u.cpu) }
}

fn doors(subjects: &[Subject]) {
    let Some(ours) = named(subjects, FUNCTIONS[0]) else { return };
    let base = (ours.cold.p50(), used(ours));
    let shown = [FUNCTIONS[0], SECRET_FROM_SSM, BOLT];
    let rows = shown.iter().filter_map(|name| named(subjects, name)).map(|subject| {
        let (p50, p99, used) = (subject.cold.p50(), subject.cold.p99(), used(subject));
        [
            subject.name.to_owned(),
            subject.cold.count().to_string(),
            p50.to_string(),
            p99.to_string(),
            p50.ratio(base.0),
            Took(Duration::from_nanos(used.cpu)).to_string(),
            megabytes(used.memory),
            megabytes(used.peak),
            format!("{:.2} ×", used.memory as f64 / base.1.memory.max(1) as f64),
        ]
    });
    let rows: Vec<_> = rows.collect();
    table::print(
        &format!(
            "functions: from the start to the first answer, a signed `/release web 1.4.2`, {} operations",
            events::OPERATIONS
        ),
        ["", "starts", "p50", "p99", "p50 ratio", "processor", "resident", "peak", "resident ratio"],
        &rows,
    );
}

fn warm(subjects: &[Subject]) {
    let Some(floor) = named(subjects, FLOOR) else { return };
    let (base50, base99) = (floor.warm.p50(), floor.warm.p99());
    let shown = [FLOOR, FUNCTIONS[0], BOLT];
    let rows = shown.iter().filter_map(|name| named(subjects, name)).map(|subject| {
        let (p50, p99) = (subject.warm.p50(), subject.warm.p99());
        let count = subject.warm.count().to_string();
        [
            subject.name.to_owned(),
            count,
            p50.to_string(),
            p99.to_string(),
            p50.ratio(base50),
            p99.ratio(base99),
        ]
    });
    let rows: Vec<_> = rows.collect();
    table::print(
        "functions: the same once it runs, from the event to the answer",
        ["", "answers", "p50", "p99", "p50 ratio", "p99 ratio"],
        &rows,
    );
}

fn each(
    subjects: &[Subject],
    binaries: &BTreeMap<&'static str, PathBuf>,
    zips: &BTreeMap<&'static str, u64>,
) -> anyhow::Result<()> {
    let mut rows = vec![];
    for name in FUNCTIONS {
        let Some(subject) = named(subjects, name) else { continue };
        let used = used(subject);
        rows.push([
            name.to_owned(),
            megabytes(std::fs::metadata(&binaries[name])?.len()),
            zips.get(name).map_or_else(|| "-".to_owned(), |size| megabytes(*size)),
            subject.cold.p50().to_string(),
            Took(Duration::from_nanos(used.cpu)).to_string(),
            megabytes(used.memory),
        ]);
    }
    table::print(
        "functions: each, from the start to the first answer",
        ["", "binary", "zip", "p50", "processor", "resident"],
        &rows,
    );
    Ok(())
}
