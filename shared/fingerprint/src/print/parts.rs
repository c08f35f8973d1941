//! The parts that a record has: text, JSON, logfmt, a trace.

use super::{Context, Fingerprinter};
use crate::builtin::BuiltIn;
use crate::bytes::{at, find, from, trim};
use crate::fields::{Found, Part};
use crate::level::{Level, LevelBy};
use crate::{json, logfmt, quoted, trace};

impl Fingerprinter {
    /// klog's quoted message with its fields.
    pub(super) fn quoted(&mut self, rest: &[u8], klog: bool) -> bool {
        let Some(line) = quoted::read(rest, klog) else { return false };
        self.masker.verbatim(b"\"");
        self.text(line.message);
        self.masker.verbatim(b"\"");
        for (key, value) in line.fields {
            self.masker.verbatim(b" ");
            self.masker.verbatim(key);
            if quoted::is_error(key) {
                self.masker.verbatim(b"=");
                self.text(value);
            } else {
                self.masker.verbatim(b"=<*>");
            }
        }
        true
    }

    /// An object at the end of a text: its values vary, and its error counts.
    pub(super) fn embedded(&mut self, rest: &[u8], depth: u8, context: &mut Context) -> bool {
        if rest.last() != Some(&b'}') {
            return false;
        }
        let Some(start) = find(rest, b"{\"").filter(|&i| i > 0) else { return false };
        let object = from(rest, start);
        let Some(found) = json::read(object) else { return false };
        self.text(rest.get(..start).unwrap_or_default());
        if found.says_something() {
            self.masker.verbatim(b" ");
            self.found(&found, depth, context);
        } else {
            self.masker.verbatim(b" {<*>}");
        }
        true
    }

    /// Exceptions with their texts, then the frames that count.
    pub(super) fn trace(&mut self, trace: &trace::Trace<'_>) {
        trace.write(&mut self.masker, &self.rules);
    }

    pub(super) fn text(&mut self, text: &[u8]) {
        self.rules.spans(text, &mut self.spans);
        self.masker.text(text, &self.spans, self.rules.switches);
    }

    /// JSON or logfmt; false if it is neither.
    pub(super) fn structured(&mut self, rest: &[u8], depth: u8, context: &mut Context) -> bool {
        // Docker's and others' prefixes before an object: `web-1 | {…}`.
        let bar = if at(rest, 0) == b'{' || rest.last() != Some(&b'}') {
            0
        } else {
            find(rest.get(..60.min(rest.len())).unwrap_or_default(), b" | {").map_or(0, |i| i + 3)
        };
        let object = from(rest, bar);
        if at(object, 0) == b'{' && matches!(at(trim(from(object, 1)), 0), b'"' | b'}') {
            let Some(found) = json::read(object) else { return false };
            if found.says_something() {
                self.found(&found, depth, context);
            } else {
                context.offer(found.level, found.by);
                let mut buffer = self.take(depth + 1);
                json::keys(object, &mut buffer);
                self.masker.verbatim(b"{");
                let keys = trim(&buffer);
                // The values that are kept tell kinds apart.
                self.masker.part_text(keys, self.rules.switches.without(BuiltIn::Places));
                self.masker.verbatim(b"}");
                self.give(depth + 1, buffer);
            }
            return true;
        }
        let Some(found) = logfmt::read(rest) else { return false };
        self.found(&found, depth, context);
        true
    }

    /// Writes message, error and stack of a structured line.
    fn found(&mut self, found: &Found<'_>, depth: u8, context: &mut Context) {
        if found.level.is_some() {
            (context.level, context.by) = (found.level, found.by);
        } else if found.clef {
            context.offer(Some(Level::Info), Some(LevelBy::Absent));
        }
        self.part(found.message, depth, context);
        let mut buffer = self.take(depth + 1);
        buffer.clear();
        // Class, text and frames in the order of a trace.
        found.error_type.write(&mut buffer);
        if !found.error.text.is_empty() {
            buffer.extend_from_slice(if buffer.is_empty() { b"" } else { b": " });
            found.error.write(&mut buffer);
        }
        let has_error = !buffer.is_empty();
        let stack_at = buffer.len() + 1;
        if !found.stack.text.is_empty() {
            buffer.push(b'\n');
            found.stack.write(&mut buffer);
        }
        let stack = from(&buffer, stack_at);
        // The trace already names its exceptions.
        if let Some(trace) = trace::read(stack).or_else(|| trace::read(&buffer)) {
            if self.masker.template().is_empty() {
                self.text(trace.message);
            }
            // Go's stacks have only frames; what failed is in another field.
            if has_error && !trace.has_exceptions() {
                let mark: &[u8] = if self.masker.template().is_empty() { b"" } else { b" | " };
                self.masker.verbatim(mark);
                self.text(buffer.get(..stack_at - 1).unwrap_or_default());
            }
            self.trace(&trace);
            context.offer(Some(Level::Error), Some(LevelBy::Failure));
        } else if has_error {
            let mark: &[u8] = if self.masker.template().is_empty() { b"" } else { b" | " };
            self.masker.verbatim(mark);
            self.text(buffer.get(..stack_at - 1).unwrap_or_default());
        } else if !found.code.text.is_empty() {
            self.masker.verbatim(b" | ");
            self.masker.verbatim(found.code.text);
        }
        self.give(depth + 1, buffer);
    }

    /// A message; it may itself be a line with a header, or JSON.
    fn part(&mut self, part: Part<'_>, depth: u8, context: &mut Context) {
        if part.text.is_empty() {
            return;
        }
        if !part.escaped {
            self.text(part.text);
            return;
        }
        let mut buffer = self.take(depth + 1);
        buffer.clear();
        part.write(&mut buffer);
        self.record(trim(&buffer), depth + 1, context);
        self.give(depth + 1, buffer);
    }
}
