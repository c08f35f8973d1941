//! The detached process beside each program: it claims the attempt, runs and stops the program, and writes down how
//! it went. It goes on when the server ends.

use crate::files::{Folder, Order};
use crate::output;
use rustix::process::{Pid, Signal, kill_process_group, setsid};
use signalbox_domain::observation::{Conclusion, Outcome};
use signalbox_domain::time::Timestamp;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

/// How often the shim checks whether somebody asked to stop the program.
const LOOK: Duration = Duration::from_millis(150);
/// How long a program may take to end after SIGTERM. After that it gets SIGKILL.
const GRACE: Duration = Duration::from_secs(5);
/// How long output may still come after the program itself has ended (from children that it left behind).
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Runs the attempt of a folder. Writes `started` or `refused: why` to standard output, once, and nothing else. `now`
/// is the wall clock.
///
/// # Errors
/// When the folder cannot be read or written.
pub fn run_shim(folder: &Path, now: impl Fn() -> Timestamp) -> io::Result<()> {
    // In a session of its own, the program is not affected by Ctrl-C in the server's terminal or by closing that
    // terminal. The call fails if this process leads a session already, which is just as good.
    setsid().ok();
    let folder = Folder(folder.to_owned());
    let order: Order = serde_json::from_slice(&std::fs::read(folder.path("order.json"))?)?;
    // The lock is taken before the claim, so that everybody who sees the claim also sees that the shim is alive.
    let alive = OpenOptions::new().create(true).append(true).open(folder.path("alive"))?;
    if alive.try_lock().is_err() {
        return say("refused: another shim has this attempt");
    }
    if now() >= order.until {
        return say("refused: too late");
    }
    if !folder.try_claim("started")? {
        return say("refused: the attempt was claimed before");
    }
    let outcome = match start(&folder, &order) {
        Ok((child, words)) => {
            say("started")?;
            watch(&folder, &order, child, &words)
        }
        Err(error) => {
            say("started")?;
            Outcome {
                conclusion: Conclusion::Failed,
                summary: format!("the program could not be started: {error}"),
                excerpt: String::new(),
            }
        }
    };
    folder.write_exit(&outcome)
}

/// The server may be gone by now. Then nobody reads this, which is no error.
fn say(word: &str) -> io::Result<()> {
    let mut out = io::stdout();
    match writeln!(out, "{word}").and_then(|()| out.flush()) {
        Err(e) if e.kind() != io::ErrorKind::BrokenPipe => Err(e),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn start(folder: &Folder, order: &Order) -> io::Result<(Child, Receiver<String>)> {
    let (output, steps) = (File::create(folder.path("output"))?, File::create(folder.path("steps"))?);
    let (reader, writer) = io::pipe()?;
    let mut command = Command::new(&order.program);
    command
        .args(&order.arguments)
        .current_dir(&order.directory)
        .env_clear()
        .envs(&order.environment)
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0);
    let child = command.spawn()?;
    // `command` holds copies of the pipe's writing end. They are dropped here, so that the reader gets to the end.
    drop(command);
    let (tell, words) = channel();
    std::thread::spawn(move || {
        let excerpt = output::copy(reader, output, steps).unwrap_or_else(|e| format!("[output lost: {e}]"));
        // If the output ended too late, nobody waits for the excerpt any more.
        drop(tell.send(excerpt));
    });
    Ok((child, words))
}

fn watch(folder: &Folder, order: &Order, mut child: Child, words: &Receiver<String>) -> Outcome {
    let group = Pid::from_child(&child);
    let (tell, ended) = channel();
    std::thread::spawn(move || tell.send(child.wait()));
    let deadline = Instant::now() + Duration::from_secs(order.timeout_seconds);
    let mut stopping: Option<(Conclusion, Instant)> = None;
    let status = loop {
        match ended.recv_timeout(LOOK) {
            Ok(status) => break status,
            Err(RecvTimeoutError::Disconnected) => break Err(io::Error::other("the watcher ended")),
            Err(RecvTimeoutError::Timeout) => {}
        }
        let now = Instant::now();
        match stopping {
            None => {
                let why = if folder.path("cancel").exists() {
                    Some(Conclusion::Cancelled)
                } else {
                    (now >= deadline).then_some(Conclusion::TimedOut)
                };
                if let Some(why) = why {
                    signal(group, Signal::TERM);
                    stopping = Some((why, now));
                }
            }
            Some((_, since)) if now >= since + GRACE => signal(group, Signal::KILL),
            Some(_) => {}
        }
    };
    if stopping.is_some() {
        // Ends every process of the group that is still there.
        signal(group, Signal::KILL);
    }
    let excerpt = words.recv_timeout(LAST_WORDS).unwrap_or_default();
    conclude(order, status, stopping.map(|(why, _)| why), excerpt)
}

fn signal(group: Pid, signal: Signal) {
    // The group may have ended by itself.
    kill_process_group(group, signal).ok();
}

fn conclude(
    order: &Order,
    status: io::Result<ExitStatus>,
    stopped: Option<Conclusion>,
    excerpt: String,
) -> Outcome {
    let (conclusion, summary) = match (stopped, status) {
        // A program that ended with success has succeeded, even if it was asked to stop.
        (_, Ok(status)) if status.success() => (Conclusion::Succeeded, String::new()),
        (Some(Conclusion::TimedOut), _) => {
            (Conclusion::TimedOut, format!("stopped after its time limit of {} s", order.timeout_seconds))
        }
        (Some(why), _) => (why, String::new()),
        (None, Ok(status)) => {
            let how = match (status.code(), status.signal()) {
                (Some(code), _) => format!("exit status {code}"),
                (None, Some(signal)) => format!("ended by signal {signal}"),
                (None, None) => "ended without a status".to_owned(),
            };
            (Conclusion::Failed, how)
        }
        (None, Err(error)) => (Conclusion::Failed, format!("its end could not be seen: {error}")),
    };
    Outcome { conclusion, summary, excerpt }
}
