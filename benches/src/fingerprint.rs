//! Groups log lines. Measures the lines in a second on one core, and compares them with drain3 over the same file and
//! with a floor.
//!
//! The time includes stripping headers and counting, but not reading the file. The floor finds the ends of lines, masks
//! digits, hashes and counts, and knows nothing about logs.

use crate::{Effort, ROOT, table};
use anyhow::{Context, ensure};
use signalbox_fingerprint::{Fingerprinter, Joiner, Record, Rules};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// How often our code and the floor are timed. The best time counts, because other work of the machine can only add
/// time.
const TURNS: usize = 3;

/// Measures with the caller's log, or with a log that is made from Loghub's sets if they are available.
pub fn run(effort: Effort, log: Option<&Path>) -> anyhow::Result<()> {
    let folder = tempfile::tempdir()?;
    let Some(log) = log.map(Path::to_owned).or_else(|| made(effort, folder.path())) else { return Ok(()) };
    let text = std::fs::read(&log).with_context(|| format!("{} cannot be read", log.display()))?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let lines = text.split(|&b| b == b'\n').count();
    ensure!(lines > 1, "{} has no lines", log.display());

    eprintln!("fingerprint: {lines} lines, {TURNS} times");
    // Both run in turns, so that other work of the machine affects both.
    let (mut ours, mut floor) = (Speed::default(), Speed::default());
    for _ in 0..TURNS {
        ours.turn(lines, || fingerprints(text));
        floor.turn(lines, || masks(text));
    }
    let joined = best(lines, || records(text));
    let json = json(lines);
    let json = json.strip_suffix(b"\n").unwrap_or(&json);
    let structured = best(lines, || fingerprints(json));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let all = best(lines, || on_all(text, cores));
    let peer = peer(&log);
    let row = |name: &str, speed: &Speed| {
        [
            name.to_owned(),
            grouped(speed.lines_a_second),
            speed.patterns.to_string(),
            format!("{:.2} ×", ours.lines_a_second / speed.lines_a_second),
        ]
    };
    let mut rows = vec![row("signalbox", &ours), row("floor: line ends, digits, a hash map", &floor)];
    rows.push(row("signalbox, records joined too", &joined));
    rows.push(row("signalbox, as many lines of JSON", &structured));
    rows.push(row(&format!("signalbox, {cores} cores"), &all));
    rows.extend(peer.map(|speed| row("drain3, default settings", &speed)));
    table::print(
        &format!("fingerprint: {lines} lines of {}, one core", log.display()),
        ["", "lines/s", "patterns", "signalbox is"],
        &rows,
    );
    Ok(())
}

#[derive(Default)]
struct Speed {
    lines_a_second: f64,
    patterns: usize,
}

impl Speed {
    /// Runs work once that returns the number of patterns. The best turn counts.
    fn turn(&mut self, lines: usize, work: impl FnOnce() -> usize) {
        let begun = Instant::now();
        self.patterns = work();
        self.lines_a_second = self.lines_a_second.max(lines as f64 / begun.elapsed().as_secs_f64());
    }
}

/// Runs work several times that returns the number of patterns, and keeps the best turn.
fn best(lines: usize, work: impl Fn() -> usize) -> Speed {
    let mut best = Speed::default();
    (0..TURNS).for_each(|_| best.turn(lines, &work));
    best
}

/// A hasher that uses a number as it is, because fingerprints are hashes already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes.iter().copied());
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

type Counts = HashMap<u64, u64, BuildHasherDefault<AsIs>>;

/// FNV-1a: <http://www.isthe.com/chongo/tech/comp/fnv/>.
fn hash(bytes: impl Iterator<Item = u8>) -> u64 {
    bytes.fold(0xcbf2_9ce4_8422_2325, |hash, b| (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3))
}

/// The lines of a text. The end of each line is searched for in many bytes at once.
fn lines(text: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = Some(text);
    std::iter::from_fn(move || {
        let text = rest?;
        let (line, after) = match memchr::memchr(b'\n', text) {
            Some(end) => (text.get(..end)?, text.get(end + 1..)),
            None => (text, None),
        };
        rest = after;
        Some(line)
    })
}

fn fingerprints(text: &[u8]) -> usize {
    let mut prints = Fingerprinter::new(&Rules::default());
    let mut counts = Counts::default();
    for line in lines(text) {
        if let Some(print) = prints.line(line) {
            *counts.entry(print.fingerprint.to_u64()).or_default() += 1;
        }
    }
    counts.len()
}

/// The same with the joiner first, as the watch and the command read logs.
fn records(text: &[u8]) -> usize {
    let (mut prints, mut joiner) = (Fingerprinter::new(&Rules::default()), Joiner::new());
    let mut counts = Counts::default();
    let mut give = |record: Record<'_>| {
        if let Some(print) = prints.line(record.text) {
            *counts.entry(print.fingerprint.to_u64()).or_default() += 1;
        }
    };
    for line in lines(text) {
        joiner.push(line, 0, &mut give);
    }
    joiner.finish(&mut give);
    counts.len()
}

/// Each core works on a part of the lines, and nothing is shared between them.
fn on_all(text: &[u8], cores: usize) -> usize {
    let mut parts = vec![];
    let mut rest = text;
    for left in (1..=cores).rev() {
        let middle = rest.len() / left;
        let end = rest.iter().skip(middle).position(|&b| b == b'\n').map_or(rest.len(), |n| middle + n);
        let (part, after) = rest.split_at(end);
        parts.push(part);
        rest = after.strip_prefix(b"\n").unwrap_or(after);
    }
    std::thread::scope(|scope| {
        let threads: Vec<_> = parts.into_iter().map(|part| scope.spawn(move || fingerprints(part))).collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).max().unwrap_or_default()
    })
}

/// Lines in the form of a service's logger: a time, a level, one of a few messages, and ids that are new in each line.
fn json(lines: usize) -> Vec<u8> {
    let messages = [
        "order 17 failed",
        "user 42 is ready",
        "cache miss",
        "payment declined after 30 s",
        "connected to 10.0.0.7",
    ];
    let mut text = vec![];
    for n in 0..lines {
        let (id, message) = (
            hash(n.to_le_bytes().into_iter()),
            messages.get(n % messages.len()).copied().unwrap_or_default(),
        );
        let level = if n % 7 == 0 { "error" } else { "info" };
        let line = format!(
            r#"{{"time":"2026-02-03T04:05:{:02}.{:03}Z","level":"{level}","msg":"{message}","pid":{},"reqId":"{id:016x}"}}"#,
            n % 60,
            n % 1000,
            n % 10_000
        );
        text.extend_from_slice(line.as_bytes());
        text.push(b'\n');
    }
    text
}

fn masks(text: &[u8]) -> usize {
    let mut counts = Counts::default();
    for line in text.split(|&b| b == b'\n') {
        let masked = line.iter().map(|b| if b.is_ascii_digit() { b'0' } else { *b });
        *counts.entry(hash(masked)).or_default() += 1;
    }
    counts.len()
}

/// Writes a number like `1,234,567`.
fn grouped(number: f64) -> String {
    let digits = format!("{number:.0}");
    let first = digits.len() % 3;
    let groups = digits.as_bytes().split_at(first);
    let groups = std::iter::once(groups.0).chain(groups.1.chunks(3)).filter(|group| !group.is_empty());
    groups.map(|group| String::from_utf8_lossy(group)).collect::<Vec<_>>().join(",")
}

/// A log that is made from Loghub's labelled sets; their messages are repeated with other numbers. `None`, and SKIPPED,
/// if the sets and the program that makes the log are not beside the checkout.
fn made(effort: Effort, folder: &Path) -> Option<PathBuf> {
    let tool = Path::new(ROOT).join("../shared/tools/loghub.py");
    if !tool.exists() {
        println!("\nSKIPPED: fingerprint: there is no log; name one: `-- fingerprint --log FILE`");
        return None;
    }
    let (lines, log) = (effort.pick("1000000", "20000"), folder.join("loghub.log"));
    eprintln!("fingerprint: making a log of {lines} lines");
    let mut command = Command::new("python3");
    command.arg(tool).args(["scale", lines]).arg(&log).stdin(Stdio::null());
    if command.status().is_ok_and(|status| status.success()) {
        Some(log)
    } else {
        println!("\nSKIPPED: fingerprint: the log could not be made");
        None
    }
}

/// Runs drain3 over the same file in a process of its own. `None`, and SKIPPED, if it cannot be installed.
fn peer(log: &Path) -> Option<Speed> {
    let folder = Path::new(ROOT).join("benches/peers/drain3");
    let python = folder.join(".venv/bin/python");
    let succeeds = |command: &mut Command| {
        let done = command.current_dir(&folder).stdin(Stdio::null()).stdout(Stdio::null()).status();
        done.is_ok_and(|status| status.success())
    };
    eprintln!("fingerprint: drain3; that takes minutes");
    let there = python.exists()
        || succeeds(Command::new("python3").args(["-m", "venv", ".venv"]).stderr(Stdio::null()));
    let pip =
        ["-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps", "-r", "requirements.txt"];
    if !there || !succeeds(Command::new(&python).args(pip)) {
        println!("\nSKIPPED: drain3: python3 with its venv module could not install it");
        return None;
    }
    let output =
        Command::new(&python).arg(folder.join("run.py")).arg(log).stdin(Stdio::null()).output().ok()?;
    let said: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
    let speed = said["lines_a_second"].as_f64().zip(said["clusters"].as_u64());
    if speed.is_none() {
        println!("\nSKIPPED: drain3: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let (lines_a_second, clusters) = speed?;
    Some(Speed { lines_a_second, patterns: usize::try_from(clusters).ok()? })
}
