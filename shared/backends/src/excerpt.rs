//! Picks the few lines of a log that say what went wrong. The log is redacted first, because a secret may begin above
//! these lines. Also cuts other texts to what is kept.

use signalbox_domain::observation::{LONGEST_EXCERPT, LONGEST_STEP, MOST_STEPS, cut_middle};

/// How many steps or stages are looked at; a script may make one for each turn of a loop.
pub(crate) const MOST_SEEN: usize = MOST_STEPS * 20;

/// A name that somebody gave a job, a stage, a step.
pub(crate) fn short(name: &str) -> String {
    cut_middle(name, LONGEST_STEP)
}

/// At most this many lines of a log are shown.
const MOST_LINES: usize = 12;

use signalbox_domain::redact::{redact, redact_tail};

/// How much of a log's end is looked at, in bytes.
const MOST: usize = 256 * 1024;

/// The end of a log, redacted. Lines after the last one that speaks of an error only clean up; if they are more than
/// a few, they are left out. Colours and the like are removed. `whole`: the log's beginning is there.
pub(crate) fn excerpt(log: &str, whole: bool, is_error: impl Fn(&str) -> bool) -> String {
    let from = (log.len().saturating_sub(MOST)..=log.len()).find(|i| log.is_char_boundary(*i)).unwrap_or(0);
    let text = log[from..].lines().map(plain).collect::<Vec<_>>().join("\n");
    let text = if whole && from == 0 { redact(&text) } else { redact_tail(&text) };
    let lines: Vec<&str> = text.lines().filter(|l| !l.trim().is_empty()).collect();
    let end = match lines.iter().rposition(|l| is_error(l)) {
        Some(at) => (at + 1).min(lines.len()),
        None => lines.len(),
    };
    let start = end.saturating_sub(MOST_LINES);
    cut_middle(&lines.get(start..end).unwrap_or_default().join("\n"), LONGEST_EXCERPT)
}

/// Without terminal control sequences.
pub(crate) fn plain(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut chars = line.trim_end().chars();
    while let Some(c) = chars.next() {
        if c != '\u{1b}' {
            out.extend(Some(c).filter(|c| !c.is_control() || *c == '\t'));
        } else if chars.next() == Some('[') {
            // CSI: up to its final byte.
            for c in chars.by_ref() {
                if ('@'..='~').contains(&c) {
                    break;
                }
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn up_to_the_last_error() {
        let log = (1..=30).map(|n| format!("line {n}")).collect::<Vec<_>>().join("\n");
        let cut = excerpt(&log, true, |l| l == "line 20");
        assert!(cut.starts_with("line 9\n") && cut.ends_with("line 20"), "{cut}");
        assert!(excerpt(&log, true, |_| false).ends_with("line 30"));
        assert_eq!(excerpt("", true, |_| true), "");
        let endless = excerpt(&"x ".repeat(1_500_000), true, |_| false);
        assert_eq!(endless.chars().count(), LONGEST_EXCERPT);
    }

    #[test]
    fn secrets_that_begin_above_the_lines_that_are_shown_go() {
        let body = "MIIE0123456789abcdef0123456789abcdef0123456789\n".repeat(20);
        let key = format!("-----BEGIN PRIVATE KEY-----\n{body}-----END PRIVATE KEY-----\nfailed");
        assert_eq!(excerpt(&key, true, |_| false), "[redacted]\nfailed");
        let cut = excerpt(&format!("ter2 x\n{}", &key[28..]), false, |_| false);
        assert!(!cut.contains("MIIE") && !cut.contains("ter2") && cut.ends_with("failed"), "{cut}");
        assert_eq!(excerpt("pass\u{1b}[1mword=hunter2", true, |_| false), "password=[redacted]");
    }

    #[test]
    fn colours_are_taken_out() {
        assert_eq!(plain("\u{1b}[31;1mred\u{1b}[0m\u{7} and \u{1b}[Kplain\t.  "), "red and plain\t.");
        assert_eq!(plain("cut \u{1b}["), "cut ");
    }
}
