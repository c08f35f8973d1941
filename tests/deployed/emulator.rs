//! An emulator of AWS. Each test that needs one gets its own (`tests/aws`).

use crate::binary::process::{PATIENCE, skipped};
use bytes::Bytes;
use serde_json::Value;
use signalbox_aws::Clients;
use signalbox_engine::ports::Transport;
use signalbox_transport::Reqwest;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

const MINISTACK: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/aws/.venv/bin/ministack");

/// An emulator for one test. It is stopped when the test ends, even if the test fails.
pub struct Emulator {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

impl Drop for Emulator {
    fn drop(&mut self) {
        // When it is asked to stop, and not killed, it also ends the functions that it runs.
        Command::new("kill").arg(self.child.id().to_string()).status().ok();
        let deadline = Instant::now() + Duration::from_secs(10);
        while Instant::now() < deadline && self.child.try_wait().is_ok_and(|ended| ended.is_none()) {
            std::thread::sleep(Duration::from_millis(50));
        }
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Emulator {
    /// `None`, and SKIPPED, if the emulator is not installed.
    pub fn start() -> Option<Self> {
        Self::start_behind(None)
    }

    /// The same, but the functions in it find AWS at another address.
    pub fn start_behind(endpoint: Option<&str>) -> Option<Self> {
        if !Path::new(MINISTACK).exists() {
            skipped("AWS: needs ministack in tests/aws/.venv; `bash tests/run` installs it");
            return None;
        }
        let deadline = Instant::now() + PATIENCE;
        // Another process may take the port before the emulator does. Then the emulator ends, and another port is
        // tried.
        while Instant::now() < deadline {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
            let mut emulator = Self::spawn(port, endpoint);
            while emulator.child.try_wait().unwrap().is_none() && Instant::now() < deadline {
                if emulator.is_up() && emulator.child.try_wait().unwrap().is_none() {
                    return Some(emulator);
                }
                std::thread::sleep(Duration::from_millis(50));
            }
        }
        panic!("the emulator does not start");
    }

    fn spawn(port: u16, endpoint: Option<&str>) -> Self {
        let endpoint = endpoint.map_or(format!("http://127.0.0.1:{port}"), str::to_owned);
        let folder = tempfile::tempdir().unwrap();
        let mut command = Command::new(MINISTACK);
        #[expect(clippy::disallowed_methods, reason = "PATH is handed on to a process of its own")]
        let path = std::env::var_os("PATH").unwrap();
        // The functions inherit the emulator's environment, and find AWS by this variable.
        command.env_clear().env("PATH", path).env("AWS_ENDPOINT_URL", endpoint);
        command.env("BIND_HOST", "127.0.0.1").env("MINISTACK_HOST", "127.0.0.1");
        command.env("GATEWAY_PORT", port.to_string());
        command.env("TMPDIR", folder.path()).env("HOME", folder.path()).env("LOG_LEVEL", "ERROR");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder.path());
        Self { child: command.spawn().unwrap(), address: format!("127.0.0.1:{port}"), folder }
    }

    fn is_up(&self) -> bool {
        let ask = || -> std::io::Result<String> {
            let mut stream = TcpStream::connect(&self.address)?;
            stream.set_read_timeout(Some(PATIENCE))?;
            let host = &self.address;
            write!(stream, "GET /_ministack/health HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
            let mut answer = String::new();
            stream.read_to_string(&mut answer)?;
            Ok(answer)
        };
        ask().is_ok_and(|answer| answer.starts_with("HTTP/1.1 200"))
    }

    /// The emulator's address.
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// A folder that is removed together with the emulator.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub fn clients(&self) -> Clients {
        Clients::emulator(&self.url(), Arc::new(Reqwest::new().unwrap()))
    }

    /// Sends a request to one of the emulator's services, for things that no adapter of ours does.
    pub async fn call(&self, service: &str, path: &str, target: Option<&str>, body: &Value) -> Value {
        let scope = format!(
            "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request = http::Request::post(format!("{}{path}", self.url()))
            .header("authorization", scope)
            .header("content-type", "application/x-amz-json-1.1");
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let request = request.body(Bytes::from(body.to_string())).unwrap();
        let answer = Reqwest::new().unwrap().call(request, PATIENCE).await.unwrap();
        assert!(answer.status().is_success(), "{service}{path}: {:?}", answer.body());
        serde_json::from_slice(answer.body()).unwrap_or_default()
    }

    /// Invokes a function's alias and waits for its answer.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        self.call("lambda", &format!("/2015-03-31/functions/{function}:live/invocations"), None, event).await
    }
}
