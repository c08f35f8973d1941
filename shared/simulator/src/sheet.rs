//! What a simulated system shows on one page, as data: names, states, moments. The console makes the page from it.
//!
//! Every text may come from outside. Nothing here is markup, and the code that shows a text has to escape it.

/// A page of a system.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// The name of the system: `practice GitHub`.
    pub(crate) system: &'static str,
    /// The way from the first page to this one, which is not included. Each entry is a name and a path below the
    /// system.
    pub(crate) trail: Vec<(String, String)>,
    /// The title of the page.
    pub(crate) title: String,
    /// The state of what the page is about, if it is something that runs.
    pub(crate) sign: Option<Sign>,
    /// Sentences that a person should read.
    pub(crate) notes: Vec<String>,
    /// Names and values.
    pub(crate) facts: Vec<(String, String)>,
    /// Names and values of the inputs. It is empty if there are none.
    pub(crate) inputs: Vec<(String, String)>,
    /// The heading of the list of lines: `Jobs`.
    pub(crate) heading: &'static str,
    /// Jobs, stages or runs.
    pub(crate) lines: Vec<Line>,
    /// The name of a job or stage, and the end of its log.
    pub(crate) log: Option<(String, String)>,
    /// The page may change soon.
    pub(crate) moves: bool,
}

/// A job, a step, a stage or a run.
#[derive(Clone, Debug)]
pub(crate) struct Line {
    pub(crate) name: String,
    /// Its state. `None` if it is not something that runs.
    pub(crate) sign: Option<Sign>,
    /// When it began, and how many milliseconds it took or has taken so far.
    pub(crate) began: Option<(i64, i64)>,
    /// The path of its own page below the system.
    pub(crate) path: Option<String>,
    /// The parts that it consists of.
    pub(crate) parts: Vec<Line>,
}

/// A state: its kind, and the word that the system itself uses for it.
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
    /// A symbol beside the word, and the name that the page has for its colour.
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

/// The same moment in a form for machines.
pub(crate) fn machine_time(ms: i64) -> String {
    at(ms).to_string()
}

fn at(ms: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_second(ms.div_euclid(1000)).unwrap_or_default()
}

/// The last lines of a log, as many as a page shows.
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
