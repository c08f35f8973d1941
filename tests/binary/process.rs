//! The real binary, as a person starts, kills and asks it.

use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

pub const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
/// A generous limit, because no test here depends on speed.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// The binary that `cargo build -p signalbox` put into the same folder as the binary of this test.
pub fn binary() -> PathBuf {
    let mut path = std::env::current_exe().unwrap();
    path.pop();
    path.pop();
    let path = path.join("signalbox");
    assert!(path.exists(), "build it first: cargo build -p signalbox");
    path
}

/// Signalbox with no variable of our own environment except PATH.
pub fn signalbox(arguments: &[&str]) -> Command {
    #[expect(clippy::disallowed_methods, reason = "PATH is handed on to a process of its own")]
    let path = std::env::var_os("PATH").unwrap();
    let mut command = Command::new(binary());
    command.args(arguments).current_dir(ROOT).env_clear().env("PATH", path);
    command
}

fn run(arguments: &[&str]) -> Output {
    signalbox(arguments).output().unwrap()
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A practice server; killed when the test ends.
pub struct Server {
    child: Child,
    pub url: String,
    pub token: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Server {
    /// Starts a server over the example catalogue.
    pub fn start(data: &Path) -> Self {
        Self::start_over(Path::new("examples/catalogue"), data)
    }

    /// Gives the folders by the environment. After a kill it may take a moment until the lock of the data folder is
    /// free.
    fn start_over(catalogue: &Path, data: &Path) -> Self {
        Self::start_with(catalogue, data, |_| ())
    }

    /// The same, with more variables in the server's environment.
    pub fn start_with(catalogue: &Path, data: &Path, more: impl Fn(&mut Command)) -> Self {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let mut serve = signalbox(&["serve", "--listen", "127.0.0.1:0"]);
            serve.env("SIGNALBOX_CATALOGUE", catalogue).env("SIGNALBOX_DATA", data);
            more(&mut serve);
            let mut child = serve.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
            let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
            let console = |l: String| {
                Some(l.split_once("http://").filter(|_| l.contains("/console?token="))?.1.to_owned())
            };
            let opened = lines.filter_map(console).next();
            if let Some((address, token)) = opened.as_deref().and_then(|o| o.split_once("/console?token=")) {
                return Self { child, url: address.to_owned(), token: token.to_owned() };
            }
            child.wait().unwrap();
            assert!(Instant::now() < deadline, "it does not start");
        }
    }

    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn kill_nine(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends one request over a plain socket. Returns the status and the body.
    pub fn call(
        &self,
        method: &str,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Option<(u16, String)> {
        let mut stream = TcpStream::connect(&self.url).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let mut request =
            format!("{method} {path} HTTP/1.1\r\nConnection: close\r\nContent-Length: {}\r\n", body.len());
        if !headers.iter().any(|(name, _)| *name == "Host") {
            request += &format!("Host: {}\r\n", self.url);
        }
        for (name, value) in headers {
            request += &format!("{name}: {value}\r\n");
        }
        write!(stream, "{request}\r\n{body}").ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        let (head, body) = answer.split_once("\r\n\r\n")?;
        Some((head.split(' ').nth(1)?.parse().ok()?, body.to_owned()))
    }

    /// Sends a request as the console's page does; with a body, the request sends something.
    pub fn console(&self, path: &str, body: Option<&Value>) -> Option<(u16, Value)> {
        let headers = [("Content-Type", "application/json"), ("x-console-token", self.token.as_str())];
        let method = if body.is_some() { "POST" } else { "GET" };
        let body = body.map(ToString::to_string).unwrap_or_default();
        let (status, body) = self.call(method, &format!("/console/api/{path}"), &headers, &body)?;
        Some((status, serde_json::from_str(body.trim()).ok()?))
    }

    /// Types a slash command in the practice Slack. `None` if the server was gone before it answered.
    pub fn types(&self, line: &str) -> Option<String> {
        let typed = json!({"user": "UADA", "channel": "CRELEASES", "line": line});
        let (status, answer) = self.console("slash", Some(&typed))?;
        (status == 200).then(|| answer["ephemeral"]["plain"].as_str().unwrap_or_default().to_owned())
    }
}

/// The latest states of all runs, by what was asked for.
pub fn states(data: &Path) -> BTreeMap<String, Vec<String>> {
    let listed = signalbox(&["audit", "list", "--data"]).arg(data).output().unwrap();
    let mut states: BTreeMap<String, Vec<String>> = BTreeMap::new();
    // The first line of the list has the headings.
    for line in text(&listed.stdout).lines().skip(1) {
        if let [_, _, state, what, ..] = line.split('\t').collect::<Vec<_>>()[..] {
            states.entry(what.to_owned()).or_default().push(state.to_owned());
        }
    }
    states
}

fn settled(state: &str) -> bool {
    !["checking", "dispatching", "running", "verifying"].contains(&state)
}

#[test]
fn kill_nine_at_any_moment_loses_nothing_and_doubles_nothing() {
    const KILLS: u32 = 200;
    let data = tempfile::tempdir().unwrap();
    let catalogue = data.path().join("catalogue");
    std::fs::create_dir_all(catalogue.join("scripts")).unwrap();
    std::fs::write(catalogue.join("storm.yaml"), STORM).unwrap();
    let script = catalogue.join("scripts/once");
    std::fs::write(&script, ONCE).unwrap();
    let mut executable = std::fs::metadata(&script).unwrap().permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut executable, 0o755);
    std::fs::set_permissions(&script, executable).unwrap();
    let folder = data.path().join("data");

    let mut state: u64 = 0x5eed;
    let mut random = move |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    let mut confirmed = vec![];
    let mut asked = 0;
    for _ in 0..KILLS {
        let server = Server::start_over(&catalogue, &folder);
        for _ in 0..random(4) {
            asked += 1;
            // Only a request that got an answer was promised.
            if server.types(&format!("/once n{asked}")).is_some_and(|a| a.contains("Asked for")) {
                confirmed.push(format!("once name=n{asked}"));
            }
        }
        std::thread::sleep(Duration::from_millis(random(120)));
        server.kill_nine();
    }
    assert!(confirmed.len() > 100, "only {} were accepted", confirmed.len());

    // Once the server is left alone, every run comes to its end.
    let server = Server::start_over(&catalogue, &folder);
    let deadline = Instant::now() + PATIENCE;
    let end = loop {
        let now = states(&folder);
        if confirmed.iter().all(|c| now.contains_key(c)) && now.values().flatten().all(|s| settled(s)) {
            break now;
        }
        assert!(Instant::now() < deadline, "unfinished: {now:?}");
        std::thread::sleep(Duration::from_millis(300));
    };
    drop(server);
    let wrong: Vec<_> = end.iter().filter(|(_, s)| *s != &["succeeded"]).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
    // What was really carried out: each name once, and no name without a run.
    let log = std::fs::read_to_string(folder.join("done")).unwrap();
    let mut done: Vec<_> = log.lines().map(|n| format!("once name={n}")).collect();
    done.sort();
    let mut runs: Vec<_> = end.into_keys().collect();
    runs.sort();
    assert_eq!(done, runs, "what was carried out is what is on record");
    let verified = signalbox(&["audit", "verify", "--data"]).arg(&folder).output().unwrap();
    assert!(verified.status.success(), "{}", text(&verified.stdout));
    println!("{KILLS} kills, {} asked, {} confirmed, {} carried out", asked, confirmed.len(), done.len());
}

const STORM: &str = r#"
programs:
  once: ./scripts/once
operations:
  once:
    description: Write a name down
    parameters:
      - name: name
        type: string
        pattern: 'n[0-9]+'
        required: true
    target:
      command: [once, "{name}"]
      timeout: 30s
    allow:
      - users: [TPRACTICE/UADA]
"#;
/// One short append is atomic, so a name that stands there twice was carried out twice.
const ONCE: &str = "#!/bin/sh\necho \"$1\" >> done\nsleep 0.05\n";

#[test]
fn say_shows_what_slack_would() {
    let data = tempfile::tempdir().unwrap();
    let _server = Server::start(data.path());
    let say = |line: &str, more: &[&str]| {
        let mut command = signalbox(&["say", line, "--data"]);
        command.arg(data.path()).args(more).output().unwrap()
    };
    let released = say("/release web 1.0.0", &[]);
    let shown = text(&released.stdout);
    assert!(released.status.success(), "{shown}{}", text(&released.stderr));
    assert!(shown.contains("Asked for") && shown.contains("release · Succeeded"), "{shown}");
    let git =
        Command::new("git").args(["tag", "-n1"]).current_dir(data.path().join("practice")).output().unwrap();
    assert!(text(&git.stdout).contains("web-1.0.0") && text(&git.stdout).contains("TPRACTICE/UADA"));
    // The same version fails the second time, and the exit status says so.
    let again = say("/release web 1.0.0", &[]);
    assert_eq!(again.status.code(), Some(1));
    assert!(text(&again.stdout).contains("already exists"), "{}", text(&again.stdout));
    let refused = say("/release web 1.0.1", &["--user", "UMALLORY"]);
    assert!(text(&refused.stdout).contains("not_allowed"));
    assert_eq!(refused.status.code(), Some(2));
    // What has to be looked at first opens a form, and nothing is started.
    let protected = say("/restart web prod", &["--channel", "COPS"]);
    assert!(text(&protected.stdout).contains("this opened a form"), "{}", text(&protected.stdout));
    assert_eq!(protected.status.code(), Some(2));
    let json = say("/signalbox help", &["--json"]);
    let line: Value = serde_json::from_slice(&json.stdout).unwrap();
    assert!(line["answer"].as_str().unwrap().contains("release"));
    let nowhere = run(&["say", "/release web 1.0.0", "--data", "/nowhere"]);
    assert!(!nowhere.status.success() && text(&nowhere.stderr).contains("help: start `signalbox serve`"));
}

#[test]
fn the_console_demands_host_origin_and_token() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path());
    let token = ("x-console-token", server.token.as_str());
    let status = |headers: &[(&str, &str)]| server.call("GET", "/console/api/about", headers, "").unwrap().0;
    assert_eq!(status(&[token]), 200);
    assert_eq!(status(&[]), 401, "no token");
    // The bare address leads to a page that says what to do.
    assert_eq!(server.call("GET", "/", &[], "").unwrap().0, 303);
    let (status_of_page, said) = server.call("GET", "/console", &[], "").unwrap();
    assert!(status_of_page == 401 && said.contains("Please use the address"), "{said}");
    assert_eq!(status(&[("x-console-token", "0123456789abcdef0123456789abcdef")]), 401, "a wrong token");
    assert_eq!(status(&[token, ("Host", "signalbox.example.com")]), 403, "a foreign Host");
    assert_eq!(status(&[token, ("Origin", "https://evil.example")]), 403, "a foreign Origin");
    let secrets = std::fs::metadata(data.path().join("console.json")).unwrap();
    assert_eq!(std::os::unix::fs::PermissionsExt::mode(&secrets.permissions()) & 0o777, 0o600);
}

#[test]
fn the_console_is_never_served_beyond_this_machine() {
    let data = tempfile::tempdir().unwrap();
    let mut open = signalbox(&["serve", "--listen", "0.0.0.0:0", "--data"]);
    let refused = open.arg(data.path()).output().unwrap();
    assert!(!refused.status.success());
    assert!(text(&refused.stderr).contains("loopback only"), "{}", text(&refused.stderr));
}

#[test]
fn with_a_slack_token_there_is_no_console() {
    let data = tempfile::tempdir().unwrap();
    let mut real = signalbox(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    real.arg(data.path()).env("SLACK_BOT_TOKEN", "xoxb-not-one");
    let missing = real.output().unwrap();
    assert!(!missing.status.success() && text(&missing.stderr).contains("SLACK_SIGNING_SECRET"));
    // Slack itself cannot be reached here. The server says so at its start and goes on.
    real.env("SLACK_API_URL", "http://127.0.0.1:9/api");
    real.env("SLACK_SIGNING_SECRET", "secret").stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = real.spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().map_while(Result::ok);
    let listening =
        lines.filter_map(|l| Some(l.strip_prefix("Listening on ")?.split(' ').next()?.to_owned())).next();
    let server = Server { child, url: listening.unwrap(), token: String::new() };
    assert_eq!(server.call("GET", "/healthz", &[], "").unwrap().0, 200);
    assert_eq!(server.call("GET", "/console", &[], "").unwrap().0, 404);
    assert_eq!(server.call("POST", "/slack/commands", &[], "team_id=T1").unwrap().0, 401);
    assert_eq!(server.call("POST", "/slack/commands", &[], "ssl_check=1&token=x").unwrap().0, 200);
    assert!(!data.path().join("console.json").exists() && !data.path().join("practice").exists());
}

#[test]
fn a_broken_catalogue_stops_the_start_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.yaml"), "operations:\n  Release:\n    descriptoin: x\n").unwrap();
    for command in ["serve", "check"] {
        let mut checked = signalbox(&[command]);
        let checked = checked.env("SIGNALBOX_CATALOGUE", folder.path()).output().unwrap();
        let shown = text(&checked.stderr);
        assert!(!checked.status.success());
        assert!(
            shown.contains("a.yaml:2:3") && shown.contains("a.yaml:3:5") && shown.contains("help"),
            "{shown}"
        );
    }
    let json = signalbox(&["check", "--json"]).env("SIGNALBOX_CATALOGUE", folder.path()).output().unwrap();
    let problems: Vec<Value> = serde_json::from_slice(&json.stdout).unwrap();
    assert!(problems.len() >= 2);
    let sound = run(&["check"]);
    assert!(sound.status.success() && text(&sound.stdout).contains("20 operations: backup, batch, deploy, "));
    let artefact = run(&["compile"]);
    assert!(signalbox_catalogue::from_artefact(&artefact.stdout).is_ok());
}

#[test]
fn help_has_examples_everywhere() {
    for command in [vec![], vec!["serve"], vec!["say"], vec!["check"], vec!["compile"], vec!["audit"]] {
        let help = run(&[command.as_slice(), &["--help"]].concat());
        assert!(text(&help.stdout).contains("Example"), "{command:?}: {}", text(&help.stdout));
    }
}

/// Reports that an optional part is missing. Where every part is required, this is a failure.
pub fn skipped(what: &str) {
    // The printing macros cannot be used: their output is hidden when the test passes.
    std::io::stderr().write_all(format!("SKIPPED: {what}\n").as_bytes()).unwrap();
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let required = std::env::var("SIGNALBOX_REQUIRE").is_ok_and(|v| v == "all");
    assert!(!required, "SIGNALBOX_REQUIRE=all, and this is missing: {what}");
}
