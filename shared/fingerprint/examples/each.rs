//! Prints `line_id,fingerprint` for each line of a file, the format that `loghub.py` scores.
#![expect(clippy::print_stdout, reason = "printing is what it is for")]

use signalbox_fingerprint::{BuiltIn, Fingerprinter, Rules};
use std::io::{BufWriter, Write};

fn main() -> std::io::Result<()> {
    let mut args = std::env::args().skip(1);
    let Some(path) = args.next() else {
        println!("each FILE [--template] [--without RULE]…");
        return Ok(());
    };
    let mut rules = Rules::builder();
    let mut template = false;
    while let Some(arg) = args.next() {
        if arg == "--template" {
            template = true;
        } else if let Some(name) = args.next() {
            for rule in BuiltIn::ALL.iter().filter(|r| r.name() == name) {
                rules = rules.without(*rule);
            }
        }
    }
    let text = std::fs::read(path)?;
    let mut prints = Fingerprinter::new(&rules.build().unwrap_or_default());
    let mut out = BufWriter::new(std::io::stdout().lock());
    writeln!(out, "line_id,fingerprint{}", if template { ",template" } else { "" })?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    for (n, line) in text.split(|&b| b == b'\n').enumerate() {
        if let Some(print) = prints.line(line) {
            write!(out, "{},{}", n + 1, print.fingerprint)?;
            if template {
                write!(out, ",{}", print.template)?;
            }
            writeln!(out)?;
        }
    }
    out.flush()
}
