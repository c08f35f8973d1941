//! The contract of the `command` target, tested with the real shim and real programs.

use crate::binary::process::binary;
use signalbox_domain::Timestamp;
use signalbox_domain::catalogue::{CommandTarget, Target};
use signalbox_domain::ids::RunId;
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Conclusion, Outcome, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, SearchAnswer};
use signalbox_engine::ports::{Attempt, Backend, Clock};
use signalbox_local_command::LocalCommand;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The shim reads the wall clock, so these tests do too. None of them depends on speed.
struct WallClock;

impl Clock for WallClock {
    #[expect(clippy::disallowed_methods, reason = "shared with another process")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        Timestamp(i64::try_from(since.as_millis()).unwrap())
    }
}

fn backend(data: &Path) -> LocalCommand {
    LocalCommand {
        data: data.to_owned(),
        programs: BTreeMap::from([("sh".to_owned(), "/bin/sh".into())]),
        shim: vec![binary().to_string_lossy().into_owned(), "shim".to_owned()],
        environment: BTreeMap::from([("PATH".to_owned(), "/usr/bin:/bin".to_owned())]),
        clock: Arc::new(WallClock),
        watched: Arc::default(),
    }
}

fn attempt(script: &str, timeout_seconds: u64) -> Attempt {
    Attempt {
        run: RunId::derive("test", "T", script),
        attempt: 1,
        work: Work(Target::Command(CommandTarget {
            program: "sh".into(),
            arguments: vec!["-c".into(), script.into(), "sh".into(), "an argument; echo injected".into()],
            directory: String::new(),
            environment: BTreeMap::from([("GREETING".to_owned(), "hello".to_owned())]),
            timeout_seconds,
        })),
        began: WallClock.now(),
        reference: None,
        stop_asked: None,
    }
}

fn soon() -> Timestamp {
    WallClock.now().plus(Duration::from_secs(60))
}

async fn start(backend: &LocalCommand, attempt: &Attempt) {
    let answer = backend.dispatch(attempt, soon()).await;
    assert!(matches!(answer, DispatchAnswer::Sent { .. }), "{answer:?}");
}

async fn end(backend: &LocalCommand, attempt: &Attempt) -> Outcome {
    for _ in 0..3000 {
        if let Progress::Ended(outcome) = backend.observe(attempt).await.unwrap().progress {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("it does not end");
}

#[tokio::test]
async fn arguments_stay_arguments_and_the_environment_is_clean() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("echo \"$1\"; echo $GREETING $SIGNALBOX_RUN $SIGNALBOX_ATTEMPT; env | sort", 30);
    start(&backend, &attempt).await;
    let outcome = end(&backend, &attempt).await;
    assert_eq!(outcome.conclusion, Conclusion::Succeeded);
    let lines: Vec<&str> = outcome.excerpt.lines().collect();
    assert_eq!(lines[0], "an argument; echo injected");
    assert_eq!(lines[1], format!("hello {} 1", attempt.run));
    let names: Vec<&str> = lines[2..].iter().filter_map(|l| l.split('=').next()).collect();
    assert_eq!(names, ["GREETING", "PATH", "PWD", "SIGNALBOX_ATTEMPT", "SIGNALBOX_RUN"]);
}

#[tokio::test]
async fn steps_and_link_are_seen_while_it_runs_and_it_can_be_stopped() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    // A child of the program keeps the output open, so the whole process group has to be ended.
    let attempt =
        attempt("echo ::step::Wait; echo ::link::https://ci.example/1; sleep 600 & sleep 600", 3600);
    start(&backend, &attempt).await;
    let seen = loop {
        let seen = backend.observe(&attempt).await.unwrap();
        if seen.link.is_some() {
            break seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert_eq!((seen.progress, seen.steps), (Progress::Running, vec!["Wait".to_owned()]));
    assert_eq!(backend.watched.changes().len(), 1, "a change is a hint");
    assert_eq!(backend.watched.changes().len(), 0, "once");
    assert_eq!(backend.cancel(&attempt).await, CancelAnswer::Taken);
    assert_eq!(end(&backend, &attempt).await.conclusion, Conclusion::Cancelled);
}

#[tokio::test]
async fn its_time_is_limited_even_if_it_does_not_listen() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("trap '' TERM; while :; do sleep 1; done", 1);
    start(&backend, &attempt).await;
    let outcome = end(&backend, &attempt).await;
    assert_eq!(outcome.conclusion, Conclusion::TimedOut);
    assert!(outcome.summary.contains("1 s"), "{}", outcome.summary);
}

#[tokio::test]
async fn not_found_proves_absence_for_ever() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("echo ran >> ran", 30);
    assert_eq!(backend.search(&attempt).await, SearchAnswer::NotFound(Absence::Proven));
    // A request that was delayed and arrives after the search comes too late.
    let late = backend.dispatch(&attempt, soon()).await;
    assert!(matches!(late, DispatchAnswer::MaybeSent { .. }), "{late:?}");
    assert_eq!(backend.search(&attempt).await, SearchAnswer::NotFound(Absence::Proven));
    assert!(!data.path().join("ran").exists());
}

#[tokio::test]
async fn an_attempt_is_carried_out_once_however_often_it_is_sent() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("echo ran >> ran", 30);
    let until = soon();
    let many = (0..8).map(|_| backend.dispatch(&attempt, until));
    let mut sent = 0;
    for answer in many {
        sent += usize::from(matches!(answer.await, DispatchAnswer::Sent { .. }));
    }
    assert_eq!(sent, 1);
    assert!(matches!(backend.search(&attempt).await, SearchAnswer::Found { .. }));
    end(&backend, &attempt).await;
    assert_eq!(std::fs::read_to_string(data.path().join("ran")).unwrap(), "ran\n");
}

#[tokio::test]
async fn nothing_starts_after_its_time_limit_for_starting() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("echo ran >> ran", 30);
    let answer = backend.dispatch(&attempt, Timestamp(WallClock.now().0 - 1)).await;
    assert!(matches!(answer, DispatchAnswer::MaybeSent { .. }), "{answer:?}");
    assert_eq!(backend.search(&attempt).await, SearchAnswer::NotFound(Absence::Proven));
    assert!(!data.path().join("ran").exists());
}

#[tokio::test]
async fn a_shim_that_vanished_is_said_and_not_guessed() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let attempt = attempt("echo ::step::Here; ps -o ppid= -p $$ > shim; sleep 600", 3600);
    start(&backend, &attempt).await;
    let shim = loop {
        let text = std::fs::read_to_string(data.path().join("shim")).unwrap_or_default();
        match text.trim().parse::<i32>() {
            Ok(pid) if text.ends_with('\n') => break pid,
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    };
    // Ends the shim by its own id, and later the program that it left behind.
    let kill = |pid: i32| std::process::Command::new("kill").args(["-9", &pid.to_string()]).status().unwrap();
    kill(shim);
    let lost = loop {
        let seen = backend.observe(&attempt).await.unwrap();
        if seen.progress != Progress::Running {
            break seen;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    };
    assert!(matches!(lost.progress, Progress::Lost { .. }), "{lost:?}");
    assert_eq!(lost.steps, ["Here"]);
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let data = tempfile::tempdir().unwrap();
    let backend = backend(data.path());
    let mut unknown = attempt("unknown", 30);
    let Target::Command(command) = &mut unknown.work.0 else { unreachable!() };
    command.program = "rm".into();
    let answer = backend.dispatch(&unknown, soon()).await;
    assert!(matches!(&answer, DispatchAnswer::Refused { why } if why.contains("allowlist")), "{answer:?}");
    let mut nowhere = attempt("nowhere", 30);
    let Target::Command(command) = &mut nowhere.work.0 else { unreachable!() };
    command.directory = "nowhere".into();
    let answer = backend.dispatch(&nowhere, soon()).await;
    assert!(
        matches!(&answer, DispatchAnswer::Refused { why } if why.contains("does not exist")),
        "{answer:?}"
    );
}
