//! The real binary among clients that are slow or idle, or that read no answers. Slack and `/healthz` still get
//! answers, and the server stops when it is told to.

use crate::binary::process::{PATIENCE, signalbox};
use signalbox_domain::Timestamp;
use signalbox_slack::{sign, slash_body};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SECRET: &str = "a signing secret";
/// More connections than the server has places for.
const MANY: usize = 600;

/// A server that serves a real Slack app, but cannot reach Slack.
struct Server {
    child: Child,
    address: String,
    _data: tempfile::TempDir,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

#[expect(clippy::disallowed_methods, reason = "the server lives by the wall clock as well")]
fn now() -> Timestamp {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
    Timestamp(i64::try_from(since.as_millis()).unwrap())
}

impl Server {
    fn start() -> Self {
        let data = tempfile::tempdir().unwrap();
        let mut serve = signalbox(&["serve", "--listen", "127.0.0.1:0", "--catalogue", "examples/catalogue"]);
        serve.arg("--data").arg(data.path());
        serve.env("SLACK_BOT_TOKEN", "xoxb-test").env("SLACK_SIGNING_SECRET", SECRET);
        serve.env("SLACK_API_URL", "http://127.0.0.1:1/api");
        let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
        let said = lines.filter_map(|l| Some(l.strip_prefix("Listening on ")?.to_owned())).next().unwrap();
        let address = said.split(' ').next().unwrap().to_owned();
        Self { child, address, _data: data }
    }

    fn open(&self, begin: &str) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.write_all(begin.as_bytes()).unwrap();
        stream
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = self.open(request);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    fn is_well(&self) {
        let well = self.ask("GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        assert!(well.starts_with("HTTP/1.1 200"), "{well}");
        let body = slash_body("T1", "C1", "U1", "/signalbox", "help", "1.2.abc");
        let at = now();
        let signature = sign(SECRET, at, body.as_bytes()).unwrap();
        let answer = self.ask(&format!(
            "POST /slack/commands HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: {}\r\n\
             X-Slack-Request-Timestamp: {}\r\nX-Slack-Signature: {signature}\r\n\r\n{body}",
            body.len(),
            at.seconds()
        ));
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
    }

    fn slow_clients(&self) -> Vec<TcpStream> {
        let part = format!(
            "POST /slack/commands HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n{}",
            "x".repeat(9000)
        );
        let deaf = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(200);
        let kinds = ["", "GET /hea", "GET /healthz HTTP/1.1\r\nX-Slow: ", &part, &deaf];
        (0..MANY).map(|n| self.open(kinds[n % kinds.len()])).collect()
    }
}

#[test]
fn slow_clients_shut_nobody_out_and_hold_up_no_stop() {
    let mut server = Server::start();
    server.is_well();
    let clients = server.slow_clients();
    for _ in 0..5 {
        server.is_well();
    }
    let more = server.slow_clients();
    server.is_well();
    assert_eq!(clients.len() + more.len(), 2 * MANY);
    let asked = Instant::now();
    let pid = server.child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().unwrap().success());
    // Orchestrators wait at least ten seconds after they asked a process to stop.
    let ended = loop {
        match server.child.try_wait().unwrap() {
            Some(status) => break status,
            None => assert!(asked.elapsed() < Duration::from_secs(10), "it does not stop"),
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    assert!(ended.success(), "{ended}");
}
