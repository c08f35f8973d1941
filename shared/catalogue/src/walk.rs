//! How the checks read a tree: typed access to a key and its value, with the places of both.
//!
//! Each reader reports what is wrong and then returns `None`. Its caller goes on with the next thing.

use crate::report::{Report, listed, quoted};
use crate::source::Span;
use crate::tree::{Node, Scalar, Shape};
use signalbox_domain::nearest;
use std::collections::HashMap;
use std::ops::Range;

/// A value under its key, or an item of a list.
#[derive(Debug, Clone)]
pub(crate) struct Field<'t> {
    /// What messages call it.
    pub(crate) label: String,
    /// The key as it is written. It is empty for an item of a list.
    pub(crate) key: &'t str,
    /// The place of the key. For an item of a list, the place of the item.
    pub(crate) at: Span,
    node: &'t Node,
}

/// A text and its place.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text<'t> {
    /// The text.
    pub(crate) text: &'t str,
    /// The place of the whole value, with its quotes.
    pub(crate) span: Span,
    verbatim: Option<usize>,
}

impl Text<'_> {
    /// The place of a part of the text. If escapes or line folding changed the text, it is the place of the whole
    /// text.
    pub(crate) fn part(&self, range: Range<usize>) -> Span {
        match self.verbatim {
            Some(start) => Span::new(self.span.file, start + range.start..start + range.end),
            None => self.span,
        }
    }
}

/// A mapping whose keys are known.
#[derive(Debug)]
pub(crate) struct Keyed<'t> {
    label: String,
    at: Span,
    fields: Vec<Field<'t>>,
    /// One of the keys is unknown. It may be a misspelt form of a key that seems to be missing.
    pub(crate) has_strays: bool,
}

impl<'t> Keyed<'t> {
    /// What messages call it.
    pub(crate) fn label(&self) -> &str {
        &self.label
    }

    /// The same under another label.
    pub(crate) fn called(self, label: String) -> Self {
        Self { label, ..self }
    }

    /// Where it is: the place of its key, or its beginning if it has no key.
    pub(crate) fn at(&self) -> Span {
        self.at
    }

    /// The value under a key, if it is there.
    pub(crate) fn get(&self, key: &str) -> Option<&Field<'t>> {
        self.fields.iter().find(|f| f.key == key)
    }

    /// The value under a key that must be there.
    pub(crate) fn need(&self, report: &mut Report, key: &str, hint: &str) -> Option<&Field<'t>> {
        let found = self.get(key);
        if found.is_none() {
            report.error(self.at, format!("{} has no {}", self.label, quoted(key)), hint);
        }
        found
    }
}

impl<'t> Field<'t> {
    /// Wraps the top level of a file.
    pub(crate) fn root(node: &'t Node) -> Self {
        Self { label: "a catalogue file".to_owned(), key: "", at: node.span, node }
    }

    /// The value itself, for what may have any form.
    pub(crate) fn node(&self) -> &'t Node {
        self.node
    }

    /// The same under another label.
    pub(crate) fn called(&self, label: String) -> Self {
        Self { label, ..self.clone() }
    }

    /// The key as a text; empty for an item of a list.
    pub(crate) fn name(&self) -> Text<'t> {
        Text { text: self.key, span: self.at, verbatim: None }
    }

    /// The value under a key, if there is one. Reports nothing.
    pub(crate) fn value_of(&self, key: &str) -> Option<Field<'t>> {
        let Shape::Mapping(entries) = &self.node.shape else { return None };
        let is_it = |key_node: &Node| matches!(&key_node.shape, Shape::Scalar(scalar) if scalar.text == key);
        let node = entries.iter().find(|(node, _)| is_it(node)).map(|(_, node)| node)?;
        Some(Field { label: String::new(), key: "", at: node.span, node })
    }

    /// The items of a list under a key, if that is what is written there. Reports nothing.
    pub(crate) fn items_of(&self, key: &str) -> Vec<Field<'t>> {
        let found = self.value_of(key);
        let Some(Shape::List(items)) = found.map(|found| &found.node.shape) else { return Vec::new() };
        items.iter().map(|node| Field { label: String::new(), key: "", at: node.span, node }).collect()
    }

    /// The text, if it is one. Reports nothing.
    pub(crate) fn plain(&self) -> Option<Text<'t>> {
        match &self.node.shape {
            Shape::Scalar(scalar) if !scalar.is_nothing() => {
                Some(Text { text: &scalar.text, span: self.node.span, verbatim: scalar.verbatim })
            }
            Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_) | Shape::Broken => None,
        }
    }

    /// Whether nothing is written here.
    pub(crate) fn is_nothing(&self) -> bool {
        matches!(&self.node.shape, Shape::Scalar(scalar) if scalar.is_nothing())
    }

    /// The place of the value. If there is no value, the place of the key.
    pub(crate) fn value_at(&self) -> Span {
        if self.node.span.start < self.node.span.end { self.node.span } else { self.at }
    }

    /// Reads a text. A number or a truth value is taken as it is written: `1.10` stays `1.10`.
    pub(crate) fn text(&self, report: &mut Report) -> Option<Text<'t>> {
        match &self.node.shape {
            Shape::Scalar(scalar) if !scalar.is_nothing() => {
                Some(Text { text: &scalar.text, span: self.node.span, verbatim: scalar.verbatim })
            }
            Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_) | Shape::Broken => self.wrong(
                report,
                "a text",
                "write it on the same line; in quotes, if it has `: `, ` #` or braces in it",
            ),
        }
    }

    /// Reads a text of one line that is not empty.
    pub(crate) fn line(&self, report: &mut Report) -> Option<Text<'t>> {
        let mut text = self.text(report)?;
        // A folded text (`>`) ends with a line break that its author did not intend.
        text.text = text.text.trim_end();
        if text.text.is_empty() {
            report.error(text.span, format!("{} is empty", self.label), "write it, or leave it out");
            return None;
        }
        if text.text.chars().any(char::is_control) {
            report.error(
                text.span,
                format!("{} has a line break or another control character in it", self.label),
                "write one line of plain text; `>` folds several into one",
            );
            return None;
        }
        Some(text)
    }

    /// `true` or `false`.
    pub(crate) fn boolean(&self, report: &mut Report) -> Option<bool> {
        match &self.node.shape {
            Shape::Scalar(Scalar { text, plain: true, .. }) if text == "true" => Some(true),
            Shape::Scalar(Scalar { text, plain: true, .. }) if text == "false" => Some(false),
            Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_) | Shape::Broken => {
                self.wrong(report, "`true` or `false`", "write `true` or `false`, without quotes")
            }
        }
    }

    /// A whole number.
    pub(crate) fn integer(&self, report: &mut Report) -> Option<i64> {
        match &self.node.shape {
            Shape::Scalar(Scalar { text, plain: true, .. }) if text.parse::<i64>().is_ok() => {
                text.parse().ok()
            }
            Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_) | Shape::Broken => self.wrong(
                report,
                "a whole number",
                "write digits, without quotes; the least is -2^63 and the most 2^63 - 1",
            ),
        }
    }

    /// Whether the value is a list. Asked by callers that also take a single item.
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.node.shape, Shape::List(_))
    }

    /// The items of a list. `item` is what messages call each of them.
    pub(crate) fn list(&self, report: &mut Report, item: &str) -> Option<Vec<Field<'t>>> {
        match &self.node.shape {
            Shape::List(items) => Some(
                items
                    .iter()
                    .map(|node| {
                        let at = if node.span.start < node.span.end { node.span } else { self.value_at() };
                        Field { label: item.to_owned(), key: "", at, node }
                    })
                    .collect(),
            ),
            Shape::Scalar(_) | Shape::Mapping(_) | Shape::Broken => {
                self.wrong(report, "a list", "write `[one, another]`, or one `- item` per line")
            }
        }
    }

    /// The entries of a mapping, whatever their keys are. A key that is there twice is reported.
    pub(crate) fn entries(&self, report: &mut Report) -> Option<Vec<Field<'t>>> {
        let Shape::Mapping(entries) = &self.node.shape else {
            return self.wrong(report, "a mapping", "write `key: value` lines, indented below it");
        };
        let mut seen: HashMap<&str, Span> = HashMap::new();
        let mut fields = Vec::new();
        for (key, node) in entries {
            let Shape::Scalar(Scalar { text, .. }) = &key.shape else {
                report.error(
                    key.span,
                    "a key must be a word",
                    "write `key: value`; quote a text that has `{` or `[` in it",
                );
                continue;
            };
            if let Some(first) = seen.get(text.as_str()) {
                let first = report.place(*first);
                report.error(
                    key.span,
                    format!("the key {} is here twice", quoted(text)),
                    format!("the first is at {first}; keep one of them"),
                );
                continue;
            }
            seen.insert(text, key.span);
            fields.push(Field { label: quoted(text), key: text, at: key.span, node });
        }
        Some(fields)
    }

    /// The keys of a mapping as they are written. If the value is not a mapping, there are none. Nothing is reported.
    pub(crate) fn keys(&self) -> Vec<&'t str> {
        let Shape::Mapping(entries) = &self.node.shape else { return Vec::new() };
        let word = |key: &'t Node| match &key.shape {
            Shape::Scalar(scalar) => Some(scalar.text.as_str()),
            Shape::List(_) | Shape::Mapping(_) | Shape::Broken => None,
        };
        entries.iter().filter_map(|(key, _)| word(key)).collect()
    }

    /// The entries of a mapping that takes these keys and no others.
    pub(crate) fn keyed(&self, report: &mut Report, known: &[&'static str]) -> Option<Keyed<'t>> {
        self.keyed_or(report, known, |_| None)
    }

    /// Like `keyed`, but for an unknown key the caller may give the message and the hint.
    pub(crate) fn keyed_or(
        &self,
        report: &mut Report,
        known: &[&'static str],
        stray: impl Fn(&Field<'t>) -> Option<(String, String)>,
    ) -> Option<Keyed<'t>> {
        let mut fields = self.entries(report)?;
        let mut taken: Vec<&str> = fields.iter().map(|f| f.key).filter(|key| known.contains(key)).collect();
        let mut has_strays = false;
        fields.retain_mut(|field| {
            if known.contains(&field.key) {
                return true;
            }
            has_strays = true;
            if let Some((message, hint)) = stray(field) {
                report.error(field.at, message, hint);
                return false;
            }
            let near = nearest(field.key, known.iter().copied());
            let hint = match (field.key, &near) {
                ("<<", _) => {
                    "merge keys are not part of YAML 1.2: repeat a whole value with `*name`".to_owned()
                }
                (_, Some(near)) => format!("did you mean {}?", quoted(near)),
                (_, None) => format!("it takes {}", listed(known.iter().copied())),
            };
            report.error(field.at, format!("unknown key {} in {}", field.label, self.label), hint);
            // An unknown key that is only misspelt is read as the key that was meant, so that one error does not hide others below it.
            let meant =
                known.iter().copied().find(|key| near.as_deref() == Some(key) && !taken.contains(key));
            if let Some(key) = meant {
                taken.push(key);
                field.key = key;
            }
            meant.is_some()
        });
        let at = if self.key.is_empty() { self.value_at() } else { self.at };
        Some(Keyed { label: self.label.clone(), at, fields, has_strays })
    }

    fn wrong<T>(&self, report: &mut Report, wanted: &str, hint: &str) -> Option<T> {
        let found = match &self.node.shape {
            Shape::Broken => return None,
            Shape::Scalar(scalar) if scalar.is_nothing() => {
                report.error(
                    self.value_at(),
                    format!("{} has no value", self.label),
                    format!("it takes {wanted}; write one, or leave it out"),
                );
                return None;
            }
            Shape::Scalar(scalar) if scalar.plain => quoted(&scalar.text),
            Shape::Scalar(_) => "a text".to_owned(),
            Shape::List(_) => "a list".to_owned(),
            Shape::Mapping(_) => "a mapping".to_owned(),
        };
        report.error(self.value_at(), format!("{} takes {wanted}, not {found}", self.label), hint);
        None
    }
}
