//! Where each part of a catalogue is written: a table beside it, so that the domain's types need no places.

use crate::report::Report;
use crate::tree::{Node, Shape};
use serde::Serialize;
use std::collections::BTreeMap;
use std::rc::Rc;

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Place {
    /// The path of the file as the reader was given it.
    pub path: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1 in characters.
    pub column: usize,
}

/// The places of all keys and items of a catalogue.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places(BTreeMap<Vec<String>, Place>);

impl Places {
    /// Where the part under these keys begins, such as `["operations", "deploy", "parameters", "0"]`: the place of
    /// the last key, or of the item of a list. `None` if nothing is written there. What an alias (`*name`) repeats is
    /// where it is written out.
    #[must_use]
    pub fn of(&self, keys: &[&str]) -> Option<&Place> {
        let keys: Vec<String> = keys.iter().map(|key| (*key).to_owned()).collect();
        self.0.get(&keys)
    }

    /// The places of some files. If a key is in several of them, the first counts.
    pub(crate) fn read(report: &Report, roots: &[Rc<Node>]) -> Self {
        let mut places = Self::default();
        roots.iter().for_each(|root| places.walk(report, root, &mut vec![]));
        places
    }

    fn walk(&mut self, report: &Report, node: &Node, at: &mut Vec<String>) {
        match &node.shape {
            Shape::Scalar(_) | Shape::Broken => {}
            Shape::List(items) => {
                for (i, item) in items.iter().enumerate() {
                    self.visit(report, (i.to_string(), item), item, at);
                }
            }
            Shape::Mapping(entries) => {
                for (key, value) in entries {
                    if let Shape::Scalar(name) = &key.shape {
                        self.visit(report, (name.text.clone(), key), value, at);
                    }
                }
            }
        }
    }

    fn visit(&mut self, report: &Report, (key, here): (String, &Node), value: &Node, at: &mut Vec<String>) {
        at.push(key);
        let source = report.source(here.span.file);
        let (line, column) = source.position(here.span.start);
        let place = Place { path: source.path.clone(), line, column };
        self.0.entry(at.clone()).or_insert(place);
        self.walk(report, value, at);
        at.pop();
    }
}
