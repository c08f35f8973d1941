//! Steps of a batch, as a person asks for them: a line for each, as it is typed after `/signalbox`, or a YAML list of such
//! lines.

use super::{Context, LONGEST_TEXT, Problem};
use crate::target::MOST_STEPS;
use std::fmt;

/// Who knows what a line of a batch asks for: the catalogue does.
pub trait ReadsSteps: fmt::Debug + Sync {
    /// The line in full, with all values that its operation takes; read again it is the same line.
    ///
    /// # Errors
    /// Why nobody may ask for it in a batch; `line` is the number to name.
    fn in_full(&self, text: &str, line: usize, context: &Context<'_>) -> Result<String, Problem>;
}

/// All lines in full. What is empty, a comment, or the beginning of a YAML document asks for nothing.
pub(super) fn in_full(text: &str, context: &Context<'_>) -> Result<String, Problem> {
    let mut steps = vec![];
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        let line = if line == "-" { "" } else { line.strip_prefix("- ").unwrap_or(line).trim_start() };
        if line.is_empty() || line.starts_with('#') || line == "---" {
            continue;
        }
        // People type an operation as they type it in the chat, too.
        let line = line.strip_prefix("/signalbox ").unwrap_or(line).trim_start();
        let line = line.strip_prefix('/').unwrap_or(line);
        steps.push(match context.steps {
            Some(reads) => reads.in_full(line, number, &Context { lists: None, ..*context })?,
            None => line.to_owned(),
        });
    }
    if steps.is_empty() || steps.len() > MOST_STEPS {
        return Err(Problem::NotSoManySteps { steps: steps.len(), most: MOST_STEPS });
    }
    let text = steps.join("\n");
    // With all values it is longer than what was typed.
    if text.chars().count() > LONGEST_TEXT { Err(Problem::TooLong { most: LONGEST_TEXT }) } else { Ok(text) }
}
