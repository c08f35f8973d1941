//! A file as a tree in which every key and value knows its place.
//!
//! It is made from the parser's events and not through serde, because serde stops at the first thing that it did not
//! expect. The checks walk the whole tree and find everything. An alias shares the node that it stands for, so a tree
//! is never larger than its file.

use crate::report::{Report, quoted};
use crate::source::Span;
use granit_parser::{ErrorKind, Event, Marker, Parser, ScalarStyle, ScanError, StructureStyle};
use std::collections::HashMap;
use std::rc::Rc;

/// A value and its place.
#[derive(Debug)]
pub(crate) struct Node {
    /// Where it is: all of a scalar, or of a list or mapping in brackets. Otherwise a mapping's first key, or a list's
    /// first dash.
    pub(crate) span: Span,
    /// What it is.
    pub(crate) shape: Shape,
    /// How many nodes a walk over it meets if it follows aliases.
    weight: usize,
    depth: usize,
}

/// What a value is.
#[derive(Debug)]
pub(crate) enum Shape {
    /// One text. Its reader decides what it means.
    Scalar(Scalar),
    /// The items in the order of the file.
    List(Vec<Rc<Node>>),
    /// The entries in the order of the file. Keys may repeat, and a key may be any value.
    Mapping(Vec<(Rc<Node>, Rc<Node>)>),
    /// A value with a mistake that was already reported.
    Broken,
}

/// A text as it is written.
#[derive(Debug)]
pub(crate) struct Scalar {
    /// The text after quotes and escapes were resolved.
    pub(crate) text: String,
    /// Whether it is written without quotes. Only then may it be a number, a truth value or null.
    pub(crate) plain: bool,
    /// Where the text begins in the file, if it is written there without any change.
    pub(crate) verbatim: Option<usize>,
}

impl Scalar {
    /// Whether YAML 1.2 reads it as null.
    pub(crate) fn is_nothing(&self) -> bool {
        self.plain && matches!(self.text.as_str(), "" | "~" | "null" | "Null" | "NULL")
    }
}

/// How many nodes all aliases of a file together may stand for.
const MOST_ALIASED: usize = 100_000;
/// How deeply the value of an alias may be nested.
const DEEPEST_ALIASED: usize = 32;
/// How deeply a file may be nested. A catalogue needs nine levels.
const DEEPEST: usize = 64;

/// Reads a file. Gives `None` if the file says nothing, and an error if it is not YAML; that was reported then.
pub(crate) fn read(report: &mut Report, file: usize) -> Result<Option<Rc<Node>>, Unreadable> {
    build(report, file, false)
}

/// Reads a file that is not a catalogue, such as a workflow file: tags are no error, and are ignored.
pub(crate) fn read_tagged(report: &mut Report, file: usize) -> Result<Option<Rc<Node>>, Unreadable> {
    build(report, file, true)
}

/// The first place with something that a tree does not keep: a comment or an alias. Only for a file that can be read.
#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
pub(crate) fn beside(report: &Report, file: usize) -> Option<Span> {
    let text = &report.source(file).text;
    let mut scalars: Vec<std::ops::Range<usize>> = vec![];
    for (event, span) in Parser::new_from_str(text).flatten() {
        match event {
            Event::Scalar(..) => scalars.push(offset(&span.start)..offset(&span.end)),
            Event::Alias(_) => return Some(Span::new(file, offset(&span.start)..offset(&span.end))),
            _ => {}
        }
    }
    // Outside a value, a `#` can only begin a comment.
    let mut signs = text.match_indices('#').map(|(at, _)| at);
    let comment = signs.find(|at| !scalars.iter().any(|scalar| scalar.contains(at)))?;
    Some(Span::new(file, comment..comment + 1))
}

fn build(report: &mut Report, file: usize, tags: bool) -> Result<Option<Rc<Node>>, Unreadable> {
    let text = report.source(file).text.clone();
    let options = granit_parser::options! {
        emit_comments: false,
        emit_unresolved_aliases: true,
        flow_nesting_limit: DEEPEST,
        block_nesting_limit: DEEPEST,
    };
    let mut builder =
        Builder { report, file, open: Vec::new(), anchors: HashMap::new(), aliased: 0, root: None };
    for event in Parser::new_from_str_with_options(&text, options) {
        match event {
            Ok((event, span)) => {
                if let Some(tag) = span.tag_span().filter(|_| !tags) {
                    builder.tag(offset(&tag.start), offset(&tag.end));
                }
                builder.take(event, offset(&span.start), offset(&span.end))?;
            }
            Err(error) => return Err(builder.syntax(&error)),
        }
    }
    Ok(builder.root)
}

/// The file could not be read to its end, and the report says why.
#[derive(Debug)]
pub(crate) struct Unreadable;

struct Builder<'r> {
    report: &'r mut Report,
    file: usize,
    open: Vec<Open>,
    anchors: HashMap<usize, Rc<Node>>,
    aliased: usize,
    root: Option<Rc<Node>>,
}

/// A list or mapping whose end was not reached yet.
struct Open {
    start: usize,
    flow: bool,
    anchor: usize,
    /// In a mapping, keys and values alternate.
    items: Vec<Rc<Node>>,
}

impl Builder<'_> {
    #[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
    fn take(&mut self, event: Event<'_>, start: usize, end: usize) -> Result<(), Unreadable> {
        match event {
            Event::Scalar(text, style, anchor, _) => {
                let scalar = self.scalar(&text, style, start, end);
                let node = self.node(start, end, Shape::Scalar(scalar), 1, 0);
                self.place(node, anchor);
            }
            Event::Alias(anchor) => {
                let node = self.alias(anchor, start, end)?;
                self.place(node, 0);
            }
            Event::UnresolvedAlias(name) => {
                self.report.error(
                    self.span(start, end),
                    format!("nothing above is called {}", quoted(&format!("&{name}"))),
                    format!("write {} before the value that is meant", quoted(&format!("&{name}"))),
                );
                let node = self.node(start, end, Shape::Broken, 1, 0);
                self.place(node, 0);
            }
            Event::SequenceStart(style, anchor, _) | Event::MappingStart(style, anchor, _) => {
                self.open.push(Open {
                    start,
                    flow: style == StructureStyle::Flow,
                    anchor,
                    items: Vec::new(),
                });
            }
            Event::SequenceEnd => self.close(end, Shape::List),
            Event::MappingEnd => self.close(end, |items| {
                let mut entries = Vec::with_capacity(items.len() / 2);
                let mut items = items.into_iter();
                while let (Some(key), Some(value)) = (items.next(), items.next()) {
                    entries.push((key, value));
                }
                Shape::Mapping(entries)
            }),
            Event::DocumentStart(..) if self.root.is_some() => {
                self.report.error(
                    self.span(start, end),
                    "a second document begins here",
                    "write one document per file: take this `---` out, or move what follows to another file",
                );
                return Err(Unreadable);
            }
            // The beginnings and ends of streams and documents, and other events that are not values.
            _ => {}
        }
        Ok(())
    }

    fn tag(&mut self, start: usize, end: usize) {
        self.report.error(
            self.span(start, end),
            "tags (`!…`) mean nothing in a catalogue",
            "leave the tag out; put a text in quotes if it looks like something else",
        );
    }

    fn close(&mut self, end: usize, shape: impl FnOnce(Vec<Rc<Node>>) -> Shape) {
        let Some(Open { start, flow, anchor, items }) = self.open.pop() else { return };
        let weight = items.iter().fold(1, |sum: usize, n| sum.saturating_add(n.weight));
        let depth = items.iter().map(|n| n.depth + 1).max().unwrap_or(0);
        let first = items.first().map(|n| n.span);
        let shape = shape(items);
        let node = match (flow, &shape, first) {
            (true, ..) => self.node(start, end, shape, weight, depth),
            (false, Shape::Mapping(_), Some(key)) if key.file == self.file && key.start >= start => {
                self.node(key.start, key.end, shape, weight, depth)
            }
            // The span is the dash of the first item.
            (false, ..) => self.node(start, start + 1, shape, weight, depth),
        };
        self.place(node, anchor);
    }

    fn place(&mut self, node: Rc<Node>, anchor: usize) {
        if anchor != 0 {
            self.anchors.insert(anchor, Rc::clone(&node));
        }
        match self.open.last_mut() {
            Some(open) => open.items.push(node),
            None => self.root = Some(node),
        }
    }

    fn alias(&mut self, anchor: usize, start: usize, end: usize) -> Result<Rc<Node>, Unreadable> {
        let span = self.span(start, end);
        let Some(node) = self.anchors.get(&anchor) else {
            self.report.error(
                span,
                "this alias stands within the value that it repeats",
                "write out what is meant: a value cannot contain itself",
            );
            return Ok(self.node(start, end, Shape::Broken, 1, 0));
        };
        self.aliased = self.aliased.saturating_add(node.weight);
        if self.aliased > MOST_ALIASED || node.depth > DEEPEST_ALIASED {
            self.report.error(
                span,
                "the aliases of this file stand for too much",
                format!("aliases may repeat {MOST_ALIASED} values in all, and {DEEPEST_ALIASED} levels each"),
            );
            return Err(Unreadable);
        }
        Ok(Rc::clone(node))
    }

    fn scalar(&self, text: &str, style: ScalarStyle, start: usize, end: usize) -> Scalar {
        let written = self.report.source(self.file).slice(self.span(start, end));
        let unquoted = written.get(1..written.len().saturating_sub(1));
        let verbatim = match style {
            ScalarStyle::Plain => (written == text).then_some(start),
            ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => {
                (unquoted == Some(text)).then_some(start + 1)
            }
            ScalarStyle::Literal | ScalarStyle::Folded => None,
        };
        Scalar { text: text.to_owned(), plain: style == ScalarStyle::Plain, verbatim }
    }

    fn node(&self, start: usize, end: usize, shape: Shape, weight: usize, depth: usize) -> Rc<Node> {
        Rc::new(Node { span: self.span(start, end), shape, weight, depth })
    }

    fn span(&self, start: usize, end: usize) -> Span {
        Span::new(self.file, self.report.source(self.file).clamp(start..end))
    }

    fn syntax(&mut self, error: &ScanError) -> Unreadable {
        let at = offset(error.marker());
        self.report.error(
            self.span(at, at + 1),
            format!("this is not YAML: {}", error.kind()),
            syntax_hint(error.kind()),
        );
        Unreadable
    }
}

fn offset(marker: &Marker) -> usize {
    marker.byte_offset().unwrap_or_else(|| marker.index())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "an enum that others may add to")]
fn syntax_hint(kind: &ErrorKind) -> &'static str {
    match kind {
        ErrorKind::TabNotAllowed
        | ErrorKind::TabInBlockIndentation
        | ErrorKind::TabInIndentation
        | ErrorKind::TabAtBlockScalarStart
        | ErrorKind::TabInPlainScalar => "indent with spaces; YAML takes no tabs",
        ErrorKind::InvalidColonPlacement => {
            "close the lists and braces above it, and quote a text that has `: ` in it"
        }
        ErrorKind::MappingValueNotAllowed => {
            "put a text that has `: ` in it in quotes, or check the indentation"
        }
        ErrorKind::UnclosedQuotedScalar => "close the quote that was opened before this place",
        ErrorKind::UnexpectedEofFlowSequence | ErrorKind::ExpectedFlowSequenceSeparator => {
            "close the list with `]`, and put `,` between its items"
        }
        ErrorKind::UnexpectedEofFlowMapping | ErrorKind::ExpectedFlowMappingSeparator => {
            "close the mapping with `}`, and put `,` between its entries; a text with braces needs quotes"
        }
        ErrorKind::UnknownQuotedScalarEscape => {
            "in double quotes a backslash is `\\\\`; in single quotes it is itself"
        }
        ErrorKind::RecursionLimitExceeded => "write it flatter: more than 64 levels are not read",
        // All other errors of the parser are about rarely used parts of YAML, where the place helps more than an
        // explanation.
        _ => "check quotes, colons and indentation here and on the line before",
    }
}
