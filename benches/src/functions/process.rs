//! One process of a function: starting it, measuring it and ending it.

use super::runtime_api::RuntimeApi;
use crate::samples::Samples;
use anyhow::Context;
use bytes::Bytes;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How a function is started.
#[derive(Clone)]
pub struct Start {
    pub program: PathBuf,
    pub arguments: Vec<String>,
    /// Variables in addition to those that Lambda itself sets.
    pub variables: Vec<(&'static str, String)>,
    pub folder: PathBuf,
}

/// A function that has answered once and waits for the next event.
pub struct Running {
    child: Child,
    api: RuntimeApi,
    log: PathBuf,
}

/// What a process has used.
#[derive(Clone, Copy, Default)]
pub struct Used {
    /// The most memory that it ever had, in bytes.
    pub peak: u64,
    /// The memory that it has now, in bytes.
    pub memory: u64,
    /// How long its threads were on a processor, in nanoseconds. Other work of the machine is not in it.
    pub cpu: u64,
}

/// One file with the system's root certificates, as on Lambda. Elsewhere there may also be hundreds of single files.
const ROOTS: [&str; 3] =
    ["/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/certs/ca-certificates.crt", "/etc/ssl/cert.pem"];

/// The variables that Lambda sets, as far as a function reads them:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html>.
fn lambda(command: &mut Command, api: &RuntimeApi, folder: &Path) {
    // The process inherits only the PATH, so that programs are found.
    #[expect(clippy::disallowed_methods, reason = "for the child, which is found there")]
    let path = std::env::var_os("PATH").unwrap_or_default();
    command.env_clear().env("PATH", path).env("LAMBDA_TASK_ROOT", folder);
    command.env("AWS_LAMBDA_RUNTIME_API", api.address.to_string());
    if let Some(file) = ROOTS.iter().find(|file| Path::new(file).exists()) {
        command.env("SSL_CERT_FILE", file);
    }
    for (name, value) in [
        ("AWS_REGION", "us-east-1"),
        ("AWS_DEFAULT_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"),
        ("AWS_SESSION_TOKEN", "session"),
        ("AWS_LAMBDA_FUNCTION_NAME", "benchmark"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "/aws/lambda/benchmark"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "1"),
        ("_HANDLER", "bootstrap"),
        ("TZ", ":UTC"),
    ] {
        command.env(name, value);
    }
}

impl Start {
    /// Starts the function while an event is waiting. Returns how long it took until the answer had arrived.
    pub async fn cold(&self, event: Bytes) -> anyhow::Result<(Running, Duration, Bytes)> {
        let api = RuntimeApi::start().await?;
        api.send(event)?;
        let log = self.folder.join("log");
        let file = File::create(&log)?;
        let mut command = Command::new(&self.program);
        command.args(self.arguments.iter().map(|a| a.replace("{api}", &api.address.to_string())));
        lambda(&mut command, &api, &self.folder);
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.current_dir(&self.folder).stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let begun = Instant::now();
        let child = command.spawn().with_context(|| format!("cannot start {}", self.program.display()))?;
        let mut running = Running { child, api, log };
        let answer = running.api.answer().await;
        let (at, body) = answer.with_context(|| running.said())?;
        // Waits until the function asks for the next event.
        running.api.polled().await?;
        Ok((running, at - begun, body))
    }
}

impl Running {
    fn said(&self) -> String {
        let log = std::fs::read_to_string(&self.log).unwrap_or_default();
        format!("the function said:\n{log}")
    }

    /// Sends one more event. It is sent only when the function waits for one.
    pub async fn warm(&mut self, event: Bytes) -> anyhow::Result<Duration> {
        self.api.polled().await?;
        let begun = Instant::now();
        self.api.send(event)?;
        let answer = self.api.answer().await;
        Ok(answer.with_context(|| self.said())?.0 - begun)
    }

    /// Sends this many more events. The first tenth of them only warms up.
    pub async fn warm_many(&mut self, times: usize, event: impl Fn(u32) -> Bytes) -> anyhow::Result<Samples> {
        let mut samples = Samples::default();
        for number in 0..times + times / 10 {
            let took = self.warm(event(u32::try_from(number)? + 1)).await?;
            if number >= times / 10 {
                samples.push(took);
            }
        }
        Ok(samples)
    }

    /// What the function has used until it answered and asked for the next event. `VmHWM` and `VmRSS`:
    /// <https://man7.org/linux/man-pages/man5/proc_pid_status.5.html>; the first field in the `schedstat` of each
    /// thread: <https://docs.kernel.org/scheduler/sched-stats.html>.
    pub async fn used(&mut self) -> anyhow::Result<Used> {
        self.api.polled().await?;
        let process = Path::new("/proc").join(self.child.id().to_string());
        let status = std::fs::read_to_string(process.join("status")).unwrap_or_default();
        let of = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
            line.trim().trim_end_matches(" kB").parse::<u64>().unwrap_or_default() * 1024
        };
        let threads = std::fs::read_dir(process.join("task")).into_iter().flatten().flatten();
        let on_processor = |thread: &Path| {
            let text = std::fs::read_to_string(thread.join("schedstat")).unwrap_or_default();
            text.split(' ').next().and_then(|field| field.parse::<u64>().ok()).unwrap_or_default()
        };
        let cpu = threads.map(|thread| on_processor(&thread.path())).sum();
        Ok(Used { peak: of("VmHWM:"), memory: of("VmRSS:"), cpu })
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
