//! Where the checks put what they find.
//!
//! Every error needs a hint: who reads it wants to know what to write. Texts from the files are quoted through
//! [`quoted`] alone, which shortens them, shows control characters and hides secrets.

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
    /// Takes a file, and says which of the sources it is.
    pub(crate) fn add(&mut self, path: String, text: String) -> usize {
        self.sources.push(Source::new(path, text));
        self.sources.len() - 1
    }

    /// A file.
    pub(crate) fn source(&self, file: usize) -> &Source {
        &self.sources[file]
    }

    /// The file that comes first.
    pub(crate) fn first_path(&self) -> Option<&str> {
        self.sources.first().map(|s| s.path.as_str())
    }

    /// Something is wrong at a place.
    pub(crate) fn error(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        self.found.push((span, message.into(), hint.into()));
    }

    /// A secret stands at a place: the place is named and never shown.
    pub(crate) fn secret(&mut self, span: Span, message: impl Into<String>, hint: impl Into<String>) {
        if let Some(source) = self.sources.get_mut(span.file) {
            source.hide(span);
        }
        self.error(span, message, hint);
    }

    /// Something is wrong with a whole file or folder.
    pub(crate) fn file_error(&mut self, path: String, message: impl Into<String>, hint: impl Into<String>) {
        self.about_files.push(Diagnostic::whole_file(path, message.into(), hint.into()));
    }

    /// Where a place is, for hints that point to a second one.
    pub(crate) fn place(&self, span: Span) -> String {
        let excerpt = self.source(span.file).excerpt(span);
        format!("{}:{}:{}", self.source(span.file).path, excerpt.line, excerpt.column)
    }

    /// Whether nothing is wrong so far.
    pub(crate) fn is_clean(&self) -> bool {
        self.found.is_empty() && self.about_files.is_empty()
    }

    /// What is wrong first, and where. For whoever wants no more than that: it costs the same however much is wrong.
    pub(crate) fn first(&self) -> Option<(usize, usize, &str, &str)> {
        let (span, message, hint) = self.found.iter().min()?;
        let excerpt = self.source(span.file).excerpt(*span);
        Some((excerpt.line, excerpt.column, message, hint))
    }

    /// Everything found, in the order of the files.
    pub(crate) fn finish(mut self) -> Diagnostics {
        // A value reached through two aliases is wrong once.
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

/// A text from a file, fit to stand in a message.
pub(crate) fn quoted(text: &str) -> String {
    let shown = redact::redact(text);
    let mut quote: String = shown.chars().take(LONGEST_QUOTE).flat_map(visible).collect();
    if shown.chars().count() > LONGEST_QUOTE {
        quote.push('…');
    }
    format!("`{quote}`")
}

/// Several of them: `a`, `b` and `c`.
pub(crate) fn listed<'a>(texts: impl IntoIterator<Item = &'a str>) -> String {
    let mut all: Vec<String> = texts.into_iter().map(quoted).collect();
    match all.pop() {
        None => String::new(),
        Some(only) if all.is_empty() => only,
        Some(last) => format!("{} and {last}", all.join(", ")),
    }
}

/// `did you mean …?` if one of the candidates is near, and otherwise the given text.
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
