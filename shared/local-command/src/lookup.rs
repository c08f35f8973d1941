//! Programs of the catalogue that write lists: each line is a value. They get the same environment as runs do, and no
//! shell. Nothing is written down of them, and nothing of them goes on when the answer is there.

use crate::backend::LocalCommand;
use async_trait::async_trait;
use rustix::process::{Pid, Signal, kill_process_group};
use signalbox_domain::lookup::{Check, MOST_LISTED, Question, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt};
use tokio::process::Command;

/// A program that takes longer is ended.
const PATIENCE: Duration = Duration::from_secs(10);
/// A program may write this much, in bytes.
const MOST_WRITTEN: usize = 256 * 1024;
/// How much of what it says of its failure is kept, in bytes.
const MOST_SAID: usize = 2_000;

#[async_trait]
impl Lookup for LocalCommand {
    fn system(&self) -> System {
        System::Program
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::Command { program, arguments }) => {
                let lines = self.lines(program, arguments, until).await?;
                let more = lines.len() > MOST_LISTED;
                Ok(Reply::Values(Values::tidy(lines, more)))
            }
            Question::Check(Check::Listed { value, source: Source::Command { program, arguments } }) => {
                let lines = self.lines(program, arguments, until).await?;
                Ok(if lines.iter().any(|line| line.trim() == value.as_str()) {
                    Reply::Holds
                } else {
                    let value = words(value, None);
                    Reply::DoesNotHold(format!("the program {program} does not list {value}"))
                })
            }
            Question::Values(_) | Question::Check(_) | Question::Changes(_) => {
                Err(NoReply::because("that is no question to a program"))
            }
        }
    }
}

/// Everything that a program has started. It is ended when this is dropped, unless it has ended by itself.
struct Group(Option<Pid>);

impl Drop for Group {
    fn drop(&mut self) {
        if let Some(group) = self.0 {
            // It may have ended by itself.
            kill_process_group(group, Signal::KILL).ok();
        }
    }
}

impl LocalCommand {
    async fn lines(
        &self,
        program: &str,
        arguments: &[String],
        until: Timestamp,
    ) -> Result<Vec<String>, NoReply> {
        let file = self.programs.get(program).ok_or_else(|| {
            NoReply::because(format!("the program `{program}` is not on this server's allowlist"))
        })?;
        let left = until.since(self.clock.now()).min(PATIENCE);
        if left.is_zero() {
            return Err(NoReply::because(format!("no time was left for the program {program}")));
        }
        let mut command = Command::new(file);
        command
            .args(arguments)
            .current_dir(&self.data)
            .env_clear()
            .envs(&self.environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .process_group(0)
            .kill_on_drop(true);
        let failed = |what: String| NoReply::because(format!("the program {program} {what}"));
        let mut child = command.spawn().map_err(|e| failed(format!("could not be started: {e}")))?;
        // Ended before the child is dropped, so that its number is still its own.
        let mut group = Group(child.id().and_then(|id| Pid::from_raw(i32::try_from(id).ok()?)));
        let (out, err) = (child.stdout.take(), child.stderr.take());
        let whole = async {
            let (written, said) =
                tokio::try_join!(up_to(out, MOST_WRITTEN, true), up_to(err, MOST_SAID, false))
                    .map_err(|e| failed(format!("cannot be heard: {e}")))?;
            if written.len() > MOST_WRITTEN {
                return Err(failed("writes more than 256 KiB".to_owned()));
            }
            let status = child.wait().await.map_err(|e| failed(format!("was lost: {e}")))?;
            Ok((written, said, status))
        };
        let seconds = left.as_secs().max(1);
        let late = |_| failed(format!("was ended, for it had not written its list after {seconds} s"));
        let (written, said, status) = tokio::time::timeout(left, whole).await.map_err(late)??;
        group.0 = None;
        if !status.success() {
            let said = words(&String::from_utf8_lossy(&said), None);
            let colon = if said.is_empty() { "" } else { ": " };
            return Err(failed(format!("failed ({status}){colon}{said}")));
        }
        let text = String::from_utf8(written).map_err(|_| failed("writes what is no text".to_owned()))?;
        Ok(text.lines().map(str::to_owned).collect())
    }
}

/// The beginning of what comes, and one byte more if there is more. `stops`: what is behind that is not waited for.
async fn up_to(from: Option<impl AsyncRead + Unpin>, most: usize, stops: bool) -> std::io::Result<Vec<u8>> {
    let Some(mut from) = from else { return Ok(vec![]) };
    let (mut kept, mut buffer) = (vec![], [0; 8 * 1024]);
    loop {
        let count = from.read(&mut buffer).await?;
        let room = (most + 1).saturating_sub(kept.len()).min(count);
        kept.extend_from_slice(&buffer[..room]);
        if count == 0 || (stops && kept.len() > most) {
            return Ok(kept);
        }
    }
}
