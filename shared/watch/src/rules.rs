//! A watch's rules in the form that fingerprints take. Only this file matches the two.

use signalbox_domain::watch::Rule;
use signalbox_fingerprint::{RuleError, Rules};

/// The built-in rules and a team's own, in the order in which they are written.
///
/// # Errors
/// The first mistake in them. The catalogue's rules have none: they were checked.
pub fn rules(own: &[Rule]) -> Result<Rules, RuleError> {
    let add = |rules: signalbox_fingerprint::RulesBuilder, rule: &Rule| match rule {
        Rule::Mask(pattern) => rules.mask(pattern),
        Rule::Split(pattern) => rules.split(pattern),
        Rule::Merge(pattern) => rules.merge(pattern),
        Rule::Ignore(pattern) => rules.ignore(pattern),
    };
    own.iter().fold(Rules::builder(), add).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_fingerprint::Fingerprinter;

    fn template(own: &[Rule], line: &str) -> Option<String> {
        let mut prints = Fingerprinter::new(&rules(own).unwrap());
        prints.line(line.as_bytes()).map(|print| print.template.to_owned())
    }

    #[test]
    fn each_rule_does_what_it_is_called() {
        let one = |rule: fn(String) -> Rule, pattern: &str| vec![rule(pattern.to_owned())];
        let cases = [
            (vec![], "tenant blue is full", Some("tenant blue is full")),
            (one(Rule::Mask, "tenant <*>"), "tenant blue is full", Some("tenant <*> is full")),
            (one(Rule::Split, "status: <*>"), "status: 503 came", Some("status: 503 came")),
            (one(Rule::Merge, "tenant <*>"), "tenant blue is full", Some("tenant <*>")),
            (one(Rule::Ignore, "tenant <*>"), "tenant blue is full", None),
        ];
        for (own, line, expected) in cases {
            assert_eq!(template(&own, line).as_deref(), expected, "{own:?}");
        }
        assert_eq!(rules(&[Rule::Mask("x".to_owned())]).err(), Some(RuleError::OneVariable("x".to_owned())));
    }
}
