//! Prints how many lines per second are fingerprinted and counted on one core, and the ratio to a floor that only
//! finds line ends, masks digits and counts.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use signalbox_fingerprint::{Fingerprinter, Rules};
use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};
use std::time::Instant;

/// Fingerprints are hashes already.
#[derive(Default)]
struct AsIs(u64);

impl Hasher for AsIs {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |h, &b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3));
    }
    fn write_u64(&mut self, n: u64) {
        self.0 = n;
    }
}

fn main() -> std::io::Result<()> {
    let Some(path) = std::env::args().nth(1) else {
        println!("speed FILE    (for example from `loghub.py scale 1000000 FILE`)");
        return Ok(());
    };
    let text = std::fs::read(path)?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let (mut ours, mut floor) = (f64::MAX, f64::MAX);
    let (mut lines, mut patterns, mut masked) = (0_u64, 0, 0);
    for _ in 0..3 {
        let start = Instant::now();
        let mut prints = Fingerprinter::new(&Rules::default());
        let mut counts: HashMap<u64, u64, BuildHasherDefault<AsIs>> = HashMap::default();
        for line in text.split(|&b| b == b'\n') {
            if let Some(print) = prints.line(line) {
                *counts.entry(print.fingerprint.to_u64()).or_default() += 1;
            }
        }
        ours = ours.min(start.elapsed().as_secs_f64());
        (lines, patterns) = (counts.values().sum(), counts.len());

        let start = Instant::now();
        let mut counts: HashMap<u64, u64, BuildHasherDefault<AsIs>> = HashMap::default();
        for line in text.split(|&b| b == b'\n') {
            let mut hash = 0xcbf2_9ce4_8422_2325_u64;
            for &b in line {
                let b = if b.is_ascii_digit() { b'0' } else { b };
                hash = (hash ^ u64::from(b)).wrapping_mul(0x0100_0000_01b3);
            }
            *counts.entry(hash).or_default() += 1;
        }
        floor = floor.min(start.elapsed().as_secs_f64());
        masked = counts.len();
    }
    let total = lines as f64;
    println!("fingerprints {:>9.0} lines/s   {patterns} patterns of {lines} lines", total / ours);
    println!("floor        {:>9.0} lines/s   {masked} patterns", total / floor);
    println!("ratio        {:>9.2}", floor / ours);
    Ok(())
}
