//! Taking secrets out of text: megabytes in a second on one core, with text that has no secrets. A floor counts only
//! the ends of lines.

use crate::{Effort, table};
use signalbox_domain::redact::redact;
use std::hint::black_box;
use std::time::Instant;

/// The best turn counts, because other work of the machine can only add time.
const TURNS: usize = 5;

/// Lines in the form in which services write them. None has a secret, but some look so similar to one that they need a
/// second check.
const LINES: &[&str] = &[
    "2026-11-21T14:03:09.123Z INFO  http request method=GET path=/api/v1/runs/8f3k2qx status=200 took_ms=12",
    r#"{"level":"error","ts":1795219200,"msg":"connection refused","host":"db-1.example.com","attempt":3}"#,
    "Nov 21 14:03:09 web-1 systemd[1]: Started Session 42 of user deploy.",
    "    at com.example.shop.OrderService.place(OrderService.java:118) ~[shop.jar:1.4.2]",
    "Step 7/12 : RUN cargo build --release --locked && strip target/release/web",
    " ---> 0a1b2c3d4e5f image sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f901234567890a1b2c3d4e5f6071829300",
    "I1121 14:03:09.123456       1 controller.go:114] syncing deployment shop/web (generation 17)",
    "user session opened, token refreshed, key rotated: see https://docs.example.com/keys?page=2#rotation",
    "GET /static/app.3f2a1b.js 304 0.412 ms - - \"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36\"",
];

/// Measures with this many megabytes.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let bytes = effort.pick(64, 2) * 1024 * 1024;
    let mut text = String::with_capacity(bytes + 256);
    for line in LINES.iter().cycle() {
        text.push_str(line);
        text.push('\n');
        if text.len() >= bytes {
            break;
        }
    }
    anyhow::ensure!(redact(&text) == text, "the text has no secret");
    eprintln!("redact: {} MB, {TURNS} times", bytes >> 20);
    let ours = best(&text, |t| redact(t).len());
    let floor = best(&text, |t| t.bytes().filter(|b| *b == b'\n').count());
    let row =
        |name: &str, speed: f64| [name.to_owned(), format!("{speed:.0}"), format!("{:.2} ×", ours / speed)];
    table::print(
        "redact: text without secrets, one core",
        ["", "MB/s", "signalbox is"],
        &[row("signalbox", ours), row("floor: line ends counted, byte by byte", floor)],
    );
    Ok(())
}

fn best(text: &str, work: impl Fn(&str) -> usize) -> f64 {
    let mut best = 0.0_f64;
    for _ in 0..TURNS {
        let begun = Instant::now();
        black_box(work(black_box(text)));
        best = best.max(text.len() as f64 / 1e6 / begun.elapsed().as_secs_f64());
    }
    best
}
