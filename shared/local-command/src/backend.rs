//! The server's side: writes orders, starts shims, and reads what they wrote.

use crate::files::{Claim, Folder, Order};
use async_trait::async_trait;
use signalbox_domain::catalogue::{CommandTarget, Target, TargetKind};
use signalbox_domain::ids::RunId;
use signalbox_domain::observation::{Observation, Progress};
use signalbox_domain::run::{Absence, CancelAnswer, DispatchAnswer, Found, SearchAnswer, Timing};
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Attempt, Backend, Clock, NotSeen};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, BufReader};
use tokio::process::Command;

/// How many bytes of a shim's answer are read at most.
const LONGEST_WORD: u64 = 200;

/// Carries out runs as programs on this machine.
#[derive(Clone)]
pub struct LocalCommand {
    /// The data folder; relative directories start here.
    pub data: PathBuf,
    /// The allowlist, resolved.
    pub programs: BTreeMap<String, PathBuf>,
    /// The command line that starts a shim. The attempt's folder is added as the last argument.
    pub shim: Vec<String>,
    /// The environment that every program gets: `PATH`, `HOME`, `LANG`.
    pub environment: BTreeMap<String, String>,
    /// Tells the time.
    pub clock: Arc<dyn Clock>,
    /// Attempts under way, and how far they were when last looked at.
    pub watched: Arc<Watched>,
}

/// Attempts under way, and how far they were when last looked at.
#[derive(Debug, Default)]
pub struct Watched(Mutex<HashMap<RunId, (Folder, String)>>);

impl Watched {
    fn add(&self, run: &RunId, folder: Folder) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.entry(run.clone()).or_insert((folder, String::new()));
    }

    fn remove(&self, run: &RunId) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(run);
    }

    /// The runs whose folders changed since the last look. Each comes with a word that names the change.
    pub fn changes(&self) -> Vec<(RunId, String)> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut changed = vec![];
        for (run, (folder, seen)) in all.iter_mut() {
            let steps = folder.path("steps").metadata().map_or(0, |m| m.len());
            let mark =
                if folder.path("exit.json").exists() { "exit".to_owned() } else { format!("steps{steps}") };
            if *seen != mark && mark != "steps0" {
                seen.clone_from(&mark);
                changed.push((run.clone(), format!("{mark}:{}", reference(folder))));
            }
        }
        changed
    }
}

impl LocalCommand {
    fn folder(&self, attempt: &Attempt) -> Folder {
        Folder::of(&self.data.join("commands"), &attempt.run, attempt.attempt)
    }

    fn order(&self, attempt: &Attempt, command: &CommandTarget, until: Timestamp) -> Result<Order, String> {
        let program = self
            .programs
            .get(&command.program)
            .ok_or_else(|| format!("the program `{}` is not on this server's allowlist", command.program))?;
        let directory = self.data.join(&command.directory);
        if !directory.is_dir() {
            return Err(format!("its folder `{}` does not exist", command.directory));
        }
        let mut environment = self.environment.clone();
        environment.extend(command.environment.clone());
        environment.insert("SIGNALBOX_RUN".into(), attempt.run.to_string());
        environment.insert("SIGNALBOX_ATTEMPT".into(), attempt.attempt.to_string());
        Ok(Order {
            run: attempt.run.clone(),
            attempt: attempt.attempt,
            program: program.clone(),
            arguments: command.arguments.clone(),
            directory,
            environment,
            timeout_seconds: command.timeout_seconds,
            until,
        })
    }

    /// Starts the shim and waits for its answer.
    async fn start(&self, folder: &Folder) -> DispatchAnswer {
        let not_sent =
            |what: &str, e: io::Error| DispatchAnswer::NotSent { why: format!("{what}: {e}"), rest: None };
        let Some((program, arguments)) = self.shim.split_first() else {
            return DispatchAnswer::Refused { why: "no shim is set up".into() };
        };
        let mut command = Command::new(program);
        command.args(arguments).arg(&folder.0).env_clear();
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = match command.spawn() {
            Ok(child) => child,
            Err(e) => return not_sent("the shim could not be started", e),
        };
        let Some(out) = child.stdout.take() else {
            return DispatchAnswer::MaybeSent { why: "the shim has no voice".into() };
        };
        // The child may be dropped here: the runtime reaps it when it ends, which is much later.
        let mut word = String::new();
        match BufReader::new(out.take(LONGEST_WORD)).read_line(&mut word).await {
            Ok(_) if word.trim() == "started" => {
                DispatchAnswer::Sent { reference: Some(reference(folder)), link: None }
            }
            Ok(0) => DispatchAnswer::MaybeSent { why: "the shim ended without a word".into() },
            Ok(_) => DispatchAnswer::MaybeSent { why: format!("the shim {}", word.trim()) },
            Err(e) => DispatchAnswer::MaybeSent { why: format!("the shim cannot be heard: {e}") },
        }
    }

    fn look(&self, attempt: &Attempt) -> io::Result<Observation> {
        let folder = self.folder(attempt);
        let claim = folder.claim()?;
        let mut progress = look_at(&folder, claim)?;
        if matches!(progress, Progress::Lost { .. }) && claim == Claim::Started {
            // Between the two checks in `look_at`, the shim may have written how it ended and then released the lock.
            progress = look_at(&folder, claim)?;
        }
        // The steps are read last, because they are complete once the end is written.
        let (steps, link) = folder.steps()?;
        Ok(Observation { steps, link, ..Observation::of(progress) })
    }
}

fn look_at(folder: &Folder, claim: Claim) -> io::Result<Progress> {
    if let Some(outcome) = folder.exit()? {
        return Ok(Progress::Ended(outcome));
    }
    let lost = |why: &str| Ok(Progress::Lost { why: why.to_owned() });
    match claim {
        Claim::Started if folder.is_alive()? => Ok(Progress::Running),
        Claim::Started => {
            lost("it was started, and the process that watched it is gone (was the machine restarted?)")
        }
        Claim::Abandoned => lost("this attempt was given up before it started"),
        Claim::Nobody => lost("nothing of it is left on this machine"),
    }
}

fn reference(folder: &Folder) -> String {
    folder.0.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

#[async_trait]
impl Backend for LocalCommand {
    fn kind(&self) -> TargetKind {
        TargetKind::Command
    }

    fn timing(&self) -> Timing {
        Timing {
            request: Duration::from_secs(4),
            lease: Duration::from_secs(5),
            // The claim decides at once, so there is nothing to wait for.
            search_lag: Duration::ZERO,
            search_for: Duration::from_secs(600),
            poll: Duration::from_secs(5),
            poll_most: Duration::from_secs(5),
            retry: Duration::from_secs(1),
            lost_after: Duration::ZERO,
        }
    }

    async fn dispatch(&self, attempt: &Attempt, until: Timestamp) -> DispatchAnswer {
        let Target::Command(command) = &attempt.work.0 else {
            return DispatchAnswer::Refused { why: "this is no work for a program".into() };
        };
        let order = match self.order(attempt, command, until) {
            Ok(order) => order,
            Err(why) => return DispatchAnswer::Refused { why },
        };
        let folder = self.folder(attempt);
        let written = std::fs::create_dir_all(&folder.0)
            .and_then(|()| std::fs::write(folder.path("order.json"), serde_json::to_vec(&order)?));
        if let Err(e) = written {
            return DispatchAnswer::NotSent { why: format!("its folder cannot be written: {e}"), rest: None };
        }
        let left = until.since(self.clock.now());
        let answer = match tokio::time::timeout(left, self.start(&folder)).await {
            Ok(answer) => answer,
            Err(_) => DispatchAnswer::MaybeSent { why: "the shim did not answer in time".into() },
        };
        if matches!(answer, DispatchAnswer::Sent { .. }) {
            self.watched.add(&attempt.run, folder);
        }
        answer
    }

    /// Declares the attempt abandoned unless it was started. After the answer "not found" it can never start.
    async fn search(&self, attempt: &Attempt) -> SearchAnswer {
        let folder = self.folder(attempt);
        let claimed = std::fs::create_dir_all(&folder.0)
            .and_then(|()| folder.try_claim("abandoned"))
            .and_then(|_| folder.claim());
        match claimed {
            Ok(Claim::Started) => SearchAnswer::Found(Found { reference: reference(&folder), link: None }),
            Ok(Claim::Abandoned) => SearchAnswer::NotFound(Absence::Proven),
            Ok(Claim::Nobody) => SearchAnswer::Failed { why: "the claim cannot be seen".into() },
            Err(e) => SearchAnswer::Failed { why: format!("its folder cannot be read: {e}") },
        }
    }

    async fn observe(&self, attempt: &Attempt) -> Result<Observation, NotSeen> {
        let seen = self.look(attempt).map_err(|e| NotSeen { why: format!("its folder: {e}"), rest: None })?;
        match &seen.progress {
            Progress::Running => self.watched.add(&attempt.run, self.folder(attempt)),
            Progress::Ended(_) | Progress::Lost { .. } => self.watched.remove(&attempt.run),
        }
        Ok(seen)
    }

    async fn cancel(&self, attempt: &Attempt) -> CancelAnswer {
        match std::fs::write(self.folder(attempt).path("cancel"), "") {
            Ok(()) => CancelAnswer::Taken,
            Err(e) => CancelAnswer::Failed { why: format!("its folder cannot be written: {e}") },
        }
    }
}
