//! What a system that is played here shows of itself, as data: names, states, moments. The console makes pages of it.
//!
//! Every text may be from outside; nothing here is markup, and whoever shows it escapes it.

/// A page of a system.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// `practice GitHub`
    pub(crate) system: &'static str,
    /// From the whole to this page, which is not among them: names, and paths below the system.
    pub(crate) trail: Vec<(String, String)>,
    /// What it is about.
    pub(crate) title: String,
    /// Where it stands, if it is something that runs.
    pub(crate) sign: Option<Sign>,
    /// Sentences that have to be read.
    pub(crate) notes: Vec<String>,
    /// Names and values.
    pub(crate) facts: Vec<(String, String)>,
    /// Names and values of what it was given; none at all if it takes nothing.
    pub(crate) inputs: Vec<(String, String)>,
    /// What the list of lines is of: `Jobs`.
    pub(crate) heading: &'static str,
    /// Jobs, stages or runs.
    pub(crate) lines: Vec<Line>,
    /// The end of a log, and whose it is.
    pub(crate) log: Option<(String, String)>,
    /// It may look otherwise in a moment.
    pub(crate) moves: bool,
}

/// A job, a step, a stage or a run.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// None, if it is nothing that runs.
    pub(crate) sign: Option<Sign>,
    /// When it began and how many milliseconds it took or takes so far.
    pub(crate) began: Option<(i64, i64)>,
    /// Its own page, below the system.
    pub(crate) path: Option<String>,
    /// What it consists of.
    pub(crate) parts: Vec<Line>,
}

/// Where something stands: how it feels, and in the system's own word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sign {
    pub(crate) mood: Mood,
    pub(crate) word: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mood {
    Waiting,
    Moving,
    Good,
    Doubtful,
    Bad,
    Stopped,
}

impl Mood {
    /// A picture beside the word, and the page's name for its colour.
    pub(crate) fn shown(self) -> (&'static str, &'static str) {
        match self {
            Mood::Waiting => ("○", "waiting"),
            Mood::Moving => ("◐", "moving"),
            Mood::Good => ("✓", "good"),
            Mood::Doubtful => ("!", "doubtful"),
            Mood::Bad => ("✕", "bad"),
            Mood::Stopped => ("–", "stopped"),
        }
    }
}

/// `2026-11-21 07:45:54 UTC`
pub(crate) fn moment(ms: i64) -> String {
    at(ms).strftime("%Y-%m-%d %H:%M:%S UTC").to_string()
}

/// `07:45:54`
pub(crate) fn time_of_day(ms: i64) -> String {
    at(ms).strftime("%H:%M:%S").to_string()
}

/// The same for machines.
pub(crate) fn machine_time(ms: i64) -> String {
    at(ms).to_string()
}

fn at(ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default()
}

/// The end of a log that is worth showing.
pub(crate) fn end_of(log: &str) -> String {
    const LINES: usize = 40;
    let lines: Vec<&str> = log.lines().collect();
    let left_out = lines.len().saturating_sub(LINES);
    let mut end = if left_out > 0 { format!("({left_out} earlier lines)\n") } else { String::new() };
    end.push_str(&lines[left_out..].join("\n"));
    end
}

#[cfg(test)]
mod tests {
    use super::end_of;

    #[test]
    fn of_a_long_log_the_end_is_shown() {
        let long: String = (1..=50).map(|n| format!("line {n}\n")).collect();
        let end = end_of(&long);
        assert!(end.starts_with("(10 earlier lines)\nline 11\n") && end.ends_with("line 50"), "{end}");
        assert_eq!(end_of("a\nb\n"), "a\nb");
    }
}
