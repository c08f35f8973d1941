//! `programs`: the allowlist of the command target.
//!
//! This file knows the words and what they mean. `load` checks whether the programs exist.

use crate::report::{Report, did_you_mean, listed, quoted};
use crate::source::Span;
use crate::walk::{Field, Text};
use signalbox_domain::Name;
use std::collections::BTreeMap;

/// The allowlist, from all files.
#[derive(Debug, Default)]
pub(crate) struct Programs {
    known: BTreeMap<String, Program>,
    /// A file could not be read. A word that seems to be missing may be in that file.
    pub(crate) incomplete: bool,
}

#[derive(Debug)]
struct Program {
    /// `None` if what was written is wrong. The word is known nevertheless.
    path: Option<String>,
    word_at: Span,
    path_at: Span,
}

impl Programs {
    /// Adds the `programs` of one file.
    pub(crate) fn read(&mut self, report: &mut Report, field: &Field<'_>) {
        for entry in field.entries(report).unwrap_or_default() {
            if entry.key.parse::<Name>().is_err() {
                report.error(
                    entry.at,
                    format!("{} cannot be the word for a program", entry.label),
                    "write 1 to 32 of a-z, 0-9 and -, beginning with a letter; the program itself stands after the colon",
                );
                // The word by which operations mean this program is now unknown.
                self.incomplete = true;
                continue;
            }
            let path = entry.line(report).filter(|path| well_formed(report, *path));
            self.add(report, &entry, path);
        }
    }

    fn add(&mut self, report: &mut Report, entry: &Field<'_>, path: Option<Text<'_>>) {
        let path = path.map(|p| p.text.to_owned());
        match self.known.get(entry.key) {
            None => {
                let program = Program { path, word_at: entry.at, path_at: entry.value_at() };
                self.known.insert(entry.key.to_owned(), program);
            }
            // Each file may list the programs that its operations use, but a word must have one meaning.
            Some(first) if first.path != path && first.path.is_some() && path.is_some() => {
                let first = report.place(first.word_at);
                report.error(
                    entry.at,
                    format!("program {} means something else in another file", entry.label),
                    format!("the first is at {first}; give one of them another word"),
                );
            }
            Some(_) => {}
        }
    }

    /// What a word means. A word that is not on the list is reported.
    pub(crate) fn find(&self, report: &mut Report, word: Text<'_>) -> Option<&str> {
        if let Some(program) = self.known.get(word.text) {
            return program.path.as_deref();
        }
        if !self.incomplete {
            let words = || self.known.keys().map(String::as_str);
            let otherwise = || match self.known.is_empty() {
                true => "list it: `programs:` at the top of a file, and below it `word: program`".to_owned(),
                false => format!("list it under `programs`, which has {}", listed(words())),
            };
            let hint = did_you_mean(word.text, words(), otherwise);
            report.error(word.span, format!("program {} is not on the allowlist", quoted(word.text)), hint);
        }
        None
    }

    /// The programs that are paths, and where they are written.
    pub(crate) fn paths(&self) -> impl Iterator<Item = (&str, Span)> {
        self.known
            .values()
            .filter_map(|p| Some((p.path.as_deref()?, p.path_at)))
            .filter(|(path, _)| path.contains('/'))
    }

    /// The allowlist in the form that the catalogue has.
    pub(crate) fn into_catalogue(self) -> BTreeMap<String, String> {
        self.known.into_iter().filter_map(|(word, program)| Some((word, program.path?))).collect()
    }
}

fn well_formed(report: &mut Report, path: Text<'_>) -> bool {
    let hint = if path.text.starts_with("~/") || path.text.starts_with('$') {
        "write a name on the server's PATH, a path from this folder, or a path from `/`; no shell expands it"
    } else if !path.text.contains('/') && path.text.contains(char::is_whitespace) {
        "write the program alone here, and its arguments in each operation's `command`"
    } else if path.text.contains(['{', '}']) {
        "write the program itself; parameters are for the arguments of a `command`"
    } else {
        return true;
    };
    report.error(path.span, format!("{} is not a program", quoted(path.text)), hint);
    false
}
