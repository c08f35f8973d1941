//! Collects what the checks find.
//!
//! Every error needs a hint, because its reader wants to know what to write. Texts from the files are quoted only
//! through [`quoted`], which shortens them, makes control characters visible and hides secrets.

use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::source::{Source, Span};
use signalbox_domain::redact;

/// The files, and what is wrong with them so far.
#[derive(Debug, Default)]
pub(crate) struct Report {
    sources: Vec<Source>,
    found: Vec<(Span, String, String)>,
    about_files: Vec<Diagnostic>,
}

/// Quoted texts are cut after this many characters.
const LONGEST_QUOTE: usize = 60;

impl Report {
    /// Adds a file, and gives its number among the sources.
    pub(crate) fn add(&mut self, path: String, text: String) -> usize {
        self.sources.push(Source::new(path, text));
        self.sources.len() - 1
    }

    /// The file with this number.
    pub(crate) fn source(&self, file: usize) -> &Source {
        &self.sources[file]
    }

    /// The path of the first file.
    pub(crate) fn first_path(&self) -> Option<&str> {
        self.sources.first().map(|s| s.path.as_str())
    }

    /// Reports that something is wrong at a place.
    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push((span, message.into(), hint.into()));
    }

    /// Reports that there is a secret at a place. The message says where it is, and the secret is never shown.
    pub(crate) fn secret(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        if let Some(source) = self.sources.get_mut(span.file) {
            source.hide(span);
        }
        self.error(span, message, hint);
    }

    /// Reports that something is wrong with a whole file or folder.
    pub(crate) fn file_error(&mut self, path: String, message: impl Into<String>, hint: impl Into<String>) {
        self.about_files.push(Diagnostic::whole_file(path, message.into(), hint.into()));
    }

    /// Says where a place is, for hints that point to a second place.
    pub(crate) fn place(&self, span: Span) -> String {
        let excerpt = self.source(span.file).excerpt(span);
        format!("{}:{}:{}", self.source(span.file).path, excerpt.line, excerpt.column)
    }

    /// How many things are wrong so far.
    pub(crate) fn count(&self) -> usize {
        self.found.len() + self.about_files.len()
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.count() == 0
    }

    /// The first thing that is wrong, and where it is. Use this if no more is needed: the cost does not grow with the
    /// number of errors.
    pub(crate) fn first(&self) -> Option<(usize, usize, &str, &str)> {
        let (span, message, hint) = self.found.iter().min()?;
        let excerpt = self.source(span.file).excerpt(*span);
        Some((excerpt.line, excerpt.column, message, hint))
    }

    /// Everything that was found, in the order of the files.
    pub(crate) fn finish(mut self) -> Diagnostics {
        // A value that is reached through two aliases is reported once.
        self.found.sort();
        self.found.dedup();
        let mut all = self.about_files;
        for (span, message, hint) in self.found {
            let source = &self.sources[span.file];
            all.push(Diagnostic::at(source.path.clone(), source.excerpt(span), message, hint));
        }
        all.sort_by(|a, b| a.path.cmp(&b.path));
        Diagnostics(all)
    }
}

/// Makes a text from a file safe to be part of a message.
pub(crate) fn quoted(text: &str) -> String {
    let shown = redact::redact(text);
    let mut quote: String = shown.chars().take(LONGEST_QUOTE).flat_map(visible).collect();
    if shown.chars().count() > LONGEST_QUOTE {
        quote.push('…');
    }
    format!("`{quote}`")
}

/// Quotes several texts and lists them: `a`, `b` and `c`.
pub(crate) fn listed<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = texts.into_iter().map(quoted).collect();
    match all.pop() {
        None => String::new(),
        Some(only) if all.is_empty() => only,
        Some(last) => format!("{} and {last}", all.join(", ")),
    }
}

/// `did you mean …?` if one of the candidates is similar, and otherwise the given text.
pub(crate) fn did_you_mean<'a>(
    text: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    otherwise: impl FnOnce() -> String,
) -> String {
    signalbox_domain::nearest(text, candidates)
        .map_or_else(otherwise, |near| format!("did you mean {}?", quoted(&near)))
}

fn visible(c: char) -> impl Iterator<Item = char> {
    // `escape_debug` would also escape quotes, which need none here.
    let plain = matches!(c, '\'' | '"' | '\\');
    plain.then_some(c).into_iter().chain((!plain).then(|| c.escape_debug()).into_iter().flatten())
}
