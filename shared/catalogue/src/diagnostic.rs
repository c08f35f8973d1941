//! What is wrong with a catalogue, as data and as the text that a person reads.
//!
//! A diagnostic keeps its own copy of the one line that it shows, without secrets. So it can be kept longer than the
//! files, and it can be logged.

use crate::source::Excerpt;
use annotate_snippets::{AnnotationKind, Level, Origin, Renderer, Snippet};
use serde::Serialize;
use std::collections::BTreeSet;
use std::fmt;

/// One thing that is wrong, where it is, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Diagnostic {
    /// The path of the file as the reader was given it, or the folder.
    pub path: String,
    /// The line, counted from 1. `None` if the diagnostic is about the file as a whole.
    pub line: Option<usize>,
    /// The column, counted from 1 in characters. `None` if the diagnostic is about the file as a whole.
    pub column: Option<usize>,
    /// The line in which the place ends.
    pub end_line: Option<usize>,
    /// The column after the last character of the place, counted from 1 in characters.
    pub end_column: Option<usize>,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do about it.
    #[serde(rename = "help")]
    pub hint: String,
    /// Whether it may be meant, and nothing fails by it.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub note: bool,
    #[serde(skip)]
    excerpt: Option<Excerpt>,
}

impl Diagnostic {
    pub(crate) fn at(path: String, excerpt: Excerpt, message: String, hint: String) -> Self {
        let (line, column) = (Some(excerpt.line), Some(excerpt.column));
        let (end_line, end_column) = (Some(excerpt.end.0), Some(excerpt.end.1));
        Self { path, line, column, end_line, end_column, message, hint, note: false, excerpt: Some(excerpt) }
    }

    pub(crate) fn whole_file(path: String, message: String, hint: String) -> Self {
        let (line, column, end_line, end_column) = (None, None, None, None);
        Self { path, line, column, end_line, end_column, message, hint, note: false, excerpt: None }
    }

    /// What something outside says of a place in a catalogue, or of a file as a whole. `note`: it may be meant.
    #[must_use]
    pub fn from_outside(
        path: String,
        place: Option<(usize, usize)>,
        (message, hint): (String, String),
        note: bool,
    ) -> Self {
        let (line, column) = place.unzip();
        Self { line, column, note, ..Self::whole_file(path, message, hint) }
    }

    /// Names the kind of mistake, for tools that group mistakes: the message without what is quoted in it, such as
    /// `there-is-no-environment`. It changes only when the sentence is written anew.
    #[must_use]
    pub fn rule(&self) -> String {
        // What stands after a colon is said by somebody else, such as the operating system.
        let said = self.message.split(": ").next().unwrap_or_default();
        let own = said.split('`').step_by(2);
        let words = own.flat_map(|part| part.split(|c: char| !c.is_ascii_alphabetic() && c != '\''));
        let words: Vec<String> =
            words.filter(|word| !word.is_empty()).map(|word| word.replace('\'', "").to_lowercase()).collect();
        if words.is_empty() { "mistake".to_owned() } else { words.join("-") }
    }

    fn render(&self, renderer: &Renderer) -> String {
        let level = if self.note { Level::NOTE } else { Level::ERROR };
        let title = level.primary_title(self.message.as_str());
        let path = self.path.as_str();
        let group = match &self.excerpt {
            None => match (self.line, self.column) {
                (Some(line), Some(column)) => {
                    title.element(Origin::path(path).line(line).char_column(column))
                }
                (Some(_) | None, _) => title.element(Origin::path(path)),
            },
            Some(excerpt) => {
                let snippet = Snippet::source(excerpt.text.as_str())
                    .line_start(excerpt.line)
                    .annotation(AnnotationKind::Primary.span(excerpt.marked.clone()));
                if excerpt.is_as_written() {
                    title.element(snippet.path(path))
                } else {
                    // The shown text was masked or cut, so the line and column cannot be counted from it.
                    title
                        .element(Origin::path(path).line(excerpt.line).char_column(excerpt.column))
                        .element(snippet)
                }
            }
        };
        renderer.render(&[group.element(Level::HELP.message(self.hint.as_str()))])
    }
}

/// Everything that is wrong with a catalogue, in the order of the files. It is never empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Diagnostics(pub(crate) Vec<Diagnostic>);

impl Diagnostics {
    /// These, in the order of the files; `None` if there are none.
    #[must_use]
    pub fn of(mut all: Vec<Diagnostic>) -> Option<Self> {
        all.sort_by(|a, b| (&a.path, a.line, a.column).cmp(&(&b.path, b.line, b.column)));
        (!all.is_empty()).then_some(Self(all))
    }

    /// All diagnostics, one after the other.
    pub fn iter(&self) -> std::slice::Iter<'_, Diagnostic> {
        self.0.iter()
    }

    /// The text that a person reads, in the style of a compiler: each diagnostic with its line, and at the end how
    /// many there are.
    #[must_use]
    pub fn render(&self, color: bool) -> String {
        let renderer = if color { Renderer::styled() } else { Renderer::plain() };
        let mut text = String::new();
        for diagnostic in &self.0 {
            text.push_str(&diagnostic.render(&renderer));
            text.push_str("\n\n");
        }
        text.push_str(&self.summary());
        text
    }

    fn summary(&self) -> String {
        let counted = |n: usize, word: &str| format!("{n} {word}{}", if n == 1 { "" } else { "s" });
        let notes = self.0.iter().filter(|d| d.note).count();
        let mut errors = counted(self.0.len() - notes, "error");
        if notes > 0 {
            errors = format!("{errors} and {}", counted(notes, "note"));
        }
        // If the folder could not be read, there are no files to count.
        if self.0.iter().all(|d| d.line.is_none()) {
            return errors;
        }
        let files: BTreeSet<&str> = self.0.iter().map(|d| d.path.as_str()).collect();
        format!("{errors} in {}", counted(files.len(), "file"))
    }
}

impl<'a> IntoIterator for &'a Diagnostics {
    type Item = &'a Diagnostic;
    type IntoIter = std::slice::Iter<'a, Diagnostic>;
    fn into_iter(self) -> Self::IntoIter {
        self.iter()
    }
}

impl fmt::Display for Diagnostics {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.render(false))
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rule_names_the_kind_of_a_mistake_and_not_the_mistake() {
        for (message, rule) in [
            ("there is no environment `qq`", "there-is-no-environment"),
            ("unknown key `a b` in operation `deploy`", "unknown-key-in-operation"),
            ("`max-length` is 20000", "is"),
            ("the catalogue's folder cannot be read: No such file", "the-catalogues-folder-cannot-be-read"),
            ("`it`", "mistake"),
        ] {
            let found = Diagnostic::whole_file("a".into(), message.into(), String::new()).rule();
            assert_eq!(found, rule, "{message}");
        }
    }
}
