//! `rules`: what a team adds to the built-in rules of fingerprints.
//!
//! The builder of the fingerprints decides whether a pattern is valid, so that it and the catalogue never disagree.

use crate::report::{Report, quoted};
use crate::scope::NO_SECRETS;
use crate::walk::{Field, Text};
use signalbox_domain::redact::looks_secret;
use signalbox_domain::watch::Rule;
use signalbox_fingerprint::{RuleError, Rules, RulesBuilder};

pub(crate) const KINDS: [&str; 4] = ["mask", "split", "merge", "ignore"];

/// Reads the rules of a watch.
pub(super) fn read_all(report: &mut Report, field: &Field<'_>) -> Option<Vec<Rule>> {
    let items = field.list(report, "a rule")?;
    let rules: Vec<Option<Rule>> = items.iter().map(|item| read(report, item)).collect();
    let rules: Vec<Rule> = rules.into_iter().collect::<Option<_>>()?;
    if let Err(problem) = rules.iter().fold(Rules::builder(), add).build() {
        let (message, hint) = told(&problem);
        report.error(field.value_at(), message, hint);
        return None;
    }
    Some(rules)
}

fn read(report: &mut Report, item: &Field<'_>) -> Option<Rule> {
    let keyed = item.keyed(report, &KINDS)?;
    let written: Vec<&Field<'_>> = KINDS.iter().filter_map(|kind| keyed.get(kind)).collect();
    let &[field] = written.as_slice() else {
        if !written.is_empty() {
            let message = "this rule does two things";
            report.error(keyed.at(), message, "write one `- item` for each");
        } else if !keyed.has_strays {
            let hint = "write one of `mask`, `split`, `merge` and `ignore`, such as `- mask: 'order-<*>'`";
            report.error(keyed.at(), "this rule does nothing", hint);
        }
        return None;
    };
    let text = field.text(report)?;
    if looks_secret(text.text) {
        report.secret(text.span, "this pattern looks like a secret", NO_SECRETS);
        return None;
    }
    let pattern = text.text.to_owned();
    let rule = match field.key {
        "mask" => Rule::Mask(pattern),
        "split" => Rule::Split(pattern),
        "merge" => Rule::Merge(pattern),
        _ => Rule::Ignore(pattern),
    };
    if let Err(problem) = add(Rules::builder(), &rule).build() {
        let (message, hint) = told(&problem);
        report.error(text.span, message, hint);
        return None;
    }
    Some(rule)
}

/// Whether a text is a valid pattern, in which `<*>` stands for any text. If it is not, this reports what is wrong.
pub(super) fn is_pattern(report: &mut Report, text: Text<'_>) -> bool {
    match Rules::builder().ignore(text.text).build() {
        Ok(_) => true,
        Err(problem) => {
            let (message, hint) = told(&problem);
            report.error(text.span, message, hint);
            false
        }
    }
}

fn add(rules: RulesBuilder, rule: &Rule) -> RulesBuilder {
    match rule {
        Rule::Mask(pattern) => rules.mask(pattern),
        Rule::Split(pattern) => rules.split(pattern),
        Rule::Merge(pattern) => rules.merge(pattern),
        Rule::Ignore(pattern) => rules.ignore(pattern),
    }
}

fn told(problem: &RuleError) -> (String, String) {
    let (message, hint) = match problem {
        RuleError::Empty(pattern) => (
            format!("{} matches everything", quoted(pattern)),
            "write some of the text before `<*>`, such as `order-<*>`",
        ),
        RuleError::TooLong(pattern) => {
            (format!("the pattern {} is too long", quoted(pattern)), "write only the part that matters")
        }
        RuleError::OneVariable(pattern) => (
            format!("{} needs one `<*>`", quoted(pattern)),
            "it marks the value to mask or to keep: `order-<*>`; a pattern is plain text, not a regular expression",
        ),
        RuleError::TooMany => ("there are too many rules".to_owned(), "merge patterns with `<*>`"),
        // An error that a later version of the rules may add.
        _ => ("this is not a rule".to_owned(), "docs/fingerprint.md says what rules there are"),
    };
    (message, hint.to_owned())
}
