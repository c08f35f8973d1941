//! Runs millions of crash schedules: `cargo run --release -p signalbox-tests --bin schedules -- 1000000 [first seed]`.
//! The word `real` before the number runs them over the backends for GitHub and Jenkins, and the word `sends` runs
//! those about what one record owes to another.
#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command line")]

use signalbox_tests::schedule::{Sabotage, Verdict, random, random_real, random_sends, run, run_sends};
use std::process::ExitCode;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1).peekable();
    let real = words.next_if(|w| w == "real").is_some();
    let sends = !real && words.next_if(|w| w == "sends").is_some();
    let lived = move |seed: u64| -> (String, Verdict) {
        if sends {
            let schedule = random_sends(seed);
            return (format!("{schedule:?}"), run_sends(&schedule, Sabotage::None));
        }
        let schedule = if real { random_real(seed) } else { random(seed) };
        (schedule.to_string(), run(&schedule, Sabotage::None))
    };
    let mut arguments = words.map(|a| a.replace('_', "").parse::<u64>());
    let (Some(Ok(count)), first) = (arguments.next(), arguments.next().unwrap_or(Ok(0))) else {
        eprintln!(
            "usage: schedules [real|sends] COUNT [FIRST_SEED]\n\nRuns COUNT random crash schedules; `real` means over the backends for GitHub and Jenkins, `sends` of what one record owes to another. A seed names a schedule for ever."
        );
        return ExitCode::from(2);
    };
    let first = first.unwrap_or(0);
    let next = AtomicU64::new(0);
    let bad = AtomicU64::new(0);
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= count {
                        return;
                    }
                    let (schedule, verdict) = lived(first + n);
                    if verdict != Verdict::Good {
                        bad.fetch_add(1, Ordering::Relaxed);
                        println!("seed {}: {verdict:?}\n  {schedule}", first + n);
                    }
                    if n.is_multiple_of(100_000) && n > 0 {
                        eprintln!("{n} of {count} …");
                    }
                }
            });
        }
    });
    let bad = bad.into_inner();
    println!("{count} random schedules, {bad} lost, doubled or silent");
    if bad == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
