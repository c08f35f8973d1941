//! What a program prints: it is redacted line by line, bounded, and searched for step and link marks.

use signalbox_domain::observation::{LONGEST_EXCERPT, LONGEST_STEP, MOST_STEPS, cut_middle};
use signalbox_domain::redact::{Redactor, redact};
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read, Write};

/// How many bytes from the beginning of the output are kept.
const KEPT: usize = 256 * 1024;
/// How many bytes from the end are kept in addition.
const TAIL: usize = 32 * 1024;
/// How many steps are written down. A program with more steps seems to make no progress after that.
pub(crate) const MOST_BEGUN: usize = MOST_STEPS * 20;
/// How many links are written down. A link that only repeats the one before is not counted. The latest link is the
/// one that is shown.
pub(crate) const MOST_LINKS: usize = 100;
/// The longest link, in bytes. A longer one is ignored.
pub(crate) const LONGEST_LINK: usize = 2000;
/// The longest line, in bytes. Longer lines are broken.
const LONGEST_LINE: u64 = 8 * 1024;

/// Reads a program's output to its end, and gives the excerpt for the run's card.
pub(crate) fn copy(from: impl Read, mut output: File, mut steps: File) -> io::Result<String> {
    let mut reader = BufReader::new(from);
    let mut begun = 0;
    let (mut links, mut latest) = (0, String::new());
    let mut keep = Keep::default();
    // A secret that begins in one piece of the output may end in another piece.
    let mut redactor = Redactor::new();
    let mut begins = true;
    loop {
        let mut bytes = vec![];
        if reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut bytes)? == 0 {
            break;
        }
        // If a piece fills its room, the line goes on in the next piece.
        let ended = bytes.last() == Some(&b'\n') || (bytes.len() as u64) < LONGEST_LINE;
        let first = std::mem::replace(&mut begins, ended);
        let text = String::from_utf8_lossy(&bytes);
        let text = text.trim_end_matches(['\n', '\r']);
        if let Some(title) = text.strip_prefix("::step::").filter(|_| first && ended) {
            // The count goes one further than the titles that are kept, because a card says how many steps there
            // were.
            begun = (begun + 1).min(MOST_BEGUN + 1);
            if begun <= MOST_BEGUN {
                writeln!(steps, "step {}", cut_middle(&redact(&printable(title)), LONGEST_STEP))?;
            }
            continue;
        }
        if let Some(link) = text.strip_prefix("::link::").filter(|_| first && ended) {
            let link = redact(&printable(link));
            if link.len() <= LONGEST_LINK && links < MOST_LINKS && link != latest {
                links += 1;
                writeln!(steps, "link {link}")?;
                latest = link;
            }
            continue;
        }
        let text = printable(text);
        let clean = if ended { redactor.line(&text) } else { redactor.piece(&text) };
        let Some(clean) = clean else { continue };
        keep.take(&clean, &mut output)?;
    }
    if let Some(rest) = redactor.line("").filter(|_| !begins) {
        keep.take(&rest, &mut output)?;
    }
    let Keep { left_out, tail, .. } = keep;
    if left_out > 0 {
        let end: String = tail.chars().skip(tail.chars().count().saturating_sub(TAIL / 4)).collect();
        writeln!(output, "[{left_out} bytes left out]\n{end}")?;
    }
    output.sync_all()?;
    let tail = tail.trim_end();
    let skip = tail.chars().count().saturating_sub(LONGEST_EXCERPT);
    let excerpt: String = tail.chars().skip(skip).collect();
    // Begins with a whole line, unless the excerpt has only one line.
    let first_break = if skip == 0 { None } else { excerpt.find('\n') };
    Ok(first_break.map_or(excerpt.clone(), |at| excerpt[at + 1..].to_owned()))
}

/// What was kept of the output.
#[derive(Default)]
struct Keep {
    kept: usize,
    left_out: usize,
    /// The end of the output, redacted.
    tail: String,
}

impl Keep {
    fn take(&mut self, clean: &str, output: &mut File) -> io::Result<()> {
        if self.kept + clean.len() < KEPT {
            self.kept += clean.len() + 1;
            writeln!(output, "{clean}")?;
        } else {
            self.left_out += clean.len() + 1;
        }
        let tail = &mut self.tail;
        tail.push_str(clean);
        tail.push('\n');
        if tail.len() > 2 * TAIL {
            let cut = (tail.len() - TAIL..tail.len()).find(|i| tail.is_char_boundary(*i)).unwrap_or(0);
            tail.drain(..cut);
        }
        Ok(())
    }
}

/// The text without ANSI sequences and control characters.
fn printable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c == '\u{1b}' {
            if chars.next_if_eq(&'[').is_some() {
                while chars.next_if(|c| !('@'..='~').contains(c)).is_some() {}
                chars.next();
            }
        } else if c == '\t' {
            out.push_str("    ");
        } else if !c.is_control() {
            out.push(c);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str) -> (String, String, String) {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(folder.path().join(name)).unwrap();
        let excerpt = copy(input.as_bytes(), file("output"), file("steps")).unwrap();
        let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
        (read("output"), read("steps"), excerpt)
    }

    #[test]
    fn steps_links_and_output_are_told_apart() {
        let (output, steps, excerpt) =
            check("hello\n::step::Build\n::link::https://ci/1\n\u{1b}[31mred\u{1b}[0m\tend");
        assert_eq!(output, "hello\nred    end\n");
        assert_eq!(steps, "step Build\nlink https://ci/1\n");
        assert_eq!(excerpt, "hello\nred    end");
    }

    #[test]
    fn secrets_go_before_anything_is_written() {
        let key = "a\n-----BEGIN PRIVATE KEY-----\nMIIEcanary\n-----END PRIVATE KEY-----\nb\n";
        let (output, steps, excerpt) =
            check(&format!("{key}password=canary\n::step::token=canary1234\n::link::https://u:canary@h/\n"));
        for text in [&output, &steps, &excerpt] {
            assert!(!text.contains("canary"), "{text}");
        }
        assert!(output.starts_with("a\n[redacted]\nb\n"), "{output}");
    }

    #[test]
    fn a_secret_that_a_broken_line_cuts_in_two_goes_too() {
        let before = LONGEST_LINE as usize;
        for (name, secret) in [
            ("password=", "canary1canary2canary3"),
            ("{\"token\": \"", "canary1 canary2 canary3"),
            ("", "ghp_canary1canary2canary3x"),
        ] {
            for shift in 0..(name.len() + secret.len()) {
                let filler = "word ".repeat(before / 5 + 1);
                let filler = &filler[..before - shift];
                let (output, _, excerpt) = check(&format!("{filler} {name}{secret}\" ok\nend\n"));
                for text in [&output, &excerpt] {
                    assert!(!text.contains("canary1") && !text.contains("canary3"), "{shift}: {text}");
                }
            }
        }
        let long = format!("token={} end\nnext", "canary12".repeat(20_000));
        let (output, _, _) = check(&long);
        assert!(!output.contains("canary12") && output.ends_with("next\n"), "{output}");
    }

    #[test]
    fn endless_output_is_bounded_and_its_end_kept() {
        let long = "x".repeat(100_000) + "\n" + &"line of output\n".repeat(40_000) + "the end\n";
        let (output, _, excerpt) = check(&long);
        assert!(output.len() < KEPT + 2 * TAIL, "{}", output.len());
        assert!(output.contains("bytes left out]") && output.trim_end().ends_with("the end"));
        assert!(excerpt.ends_with("the end") && excerpt.chars().count() <= LONGEST_EXCERPT);
        assert!(excerpt.starts_with("line of output\n"));
    }

    #[test]
    fn marks_without_end_are_bounded() {
        let marks: String = (0..300_000).map(|n| format!("::link::https://ci/{n}\n::step::{n}\n")).collect();
        let (output, steps, _) = check(&marks);
        assert_eq!(output, "");
        assert_eq!(steps.lines().filter(|l| l.starts_with("link ")).count(), MOST_LINKS);
        assert_eq!(steps.lines().filter(|l| l.starts_with("step ")).count(), MOST_BEGUN);
        let same = "::link::https://ci/1\n".repeat(1000) + "::link::https://ci/2\n";
        assert_eq!(check(&same).1, "link https://ci/1\nlink https://ci/2\n");
        assert_eq!(check(&format!("::link::https://ci/{}\n", "x".repeat(5000))).1, "");
        let unended = format!("::step::{}", "x".repeat(1_000_000));
        assert!(check(&unended).1.len() < 1000);
    }

    #[test]
    fn bytes_that_are_no_text_do_no_harm() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| File::create(folder.path().join(name)).unwrap();
        assert_eq!(copy(&[0xff, 0x00, b'a', b'\n'][..], file("o"), file("s")).unwrap(), "\u{fffd}a");
    }
}
