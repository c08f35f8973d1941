//! Texts with placeholders: `{name}`. `{{` and `}}` are braces; `{*}` is all parameters at once.

use crate::target::Target;
use std::cell::RefCell;

/// The name in the placeholder `{*}`, which stands for all parameters that have a value, as one JSON object. No
/// parameter can have this name.
pub const ALL_PARAMETERS: &str = "*";

/// The names in all of a target's placeholders.
pub(crate) fn placeholders(target: &Target) -> Vec<String> {
    let names = RefCell::new(vec![]);
    target.clone().fill(&|text| {
        filled(text, |name| {
            names.borrow_mut().push(name.to_owned());
            Some(String::new())
        })
    });
    names.into_inner()
}

/// One text with its placeholders filled; `None` when one of them stands for nothing.
pub(crate) fn filled(template: &str, value: impl Fn(&str) -> Option<String>) -> Option<String> {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find(['{', '}']) {
        out.push_str(&rest[..at]);
        let tail = &rest[at..];
        if tail.starts_with("{{") || tail.starts_with("}}") {
            out.push_str(&tail[..1]);
            rest = &tail[2..];
        } else if let Some(end) = tail.find('}').filter(|_| tail.starts_with('{')) {
            out.push_str(&value(&tail[1..end])?);
            rest = &tail[end + 1..];
        } else {
            // The catalogue refuses a lone brace as a placeholder, so it stands for itself.
            out.push_str(&tail[..1]);
            rest = &tail[1..];
        }
    }
    out.push_str(rest);
    Some(out)
}
