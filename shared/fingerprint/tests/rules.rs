//! What a team's own rules do.

use signalbox_fingerprint::{BuiltIn, Fingerprinter, RuleError, Rules, RulesBuilder};

#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn templates(rules: RulesBuilder, lines: &[&str]) -> Vec<Option<String>> {
    let mut prints = Fingerprinter::new(&rules.build().unwrap());
    lines.iter().map(|l| prints.line(l.as_bytes()).map(|p| p.template.to_owned())).collect()
}

#[expect(clippy::unwrap_used, reason = "a helper of tests")]
fn template(rules: RulesBuilder, line: &str) -> String {
    templates(rules, &[line]).remove(0).unwrap()
}

#[test]
fn mask() {
    let rules = || Rules::builder().mask("tenant <*>").mask("[shard <*>]").mask("acme-<*>");
    assert_eq!(template(rules(), "tenant blue is late"), "tenant <*> is late");
    assert_eq!(template(rules(), "2026-02-03 04:05:06 WARN tenant blue is late"), "tenant <*> is late");
    assert_eq!(
        template(rules(), "moved [shard north west] of acme-green, done"),
        "moved [shard <*>] of acme-<*>, done"
    );
    assert_eq!(template(rules(), r#"{"msg":"tenant blue is late"}"#), "tenant <*> is late");
}

#[test]
fn split() {
    let rules = || Rules::builder().split("status <*>");
    assert_eq!(template(rules(), "answered with status 503 in 12 ms"), "answered with status 503 in <*>");
    assert_ne!(template(rules(), "answered with status 503"), template(rules(), "answered with status 404"));
}

#[test]
fn merge() {
    let rules = || Rules::builder().merge("cache <*> evicted<*>");
    let all = templates(rules(), &["cache blue evicted", "cache green evicted again", "cache blue full"]);
    assert_eq!(all[0], all[1]);
    assert_eq!(all[2].as_deref(), Some("cache blue full"));
}

#[test]
fn ignore() {
    let rules =
        || Rules::builder().ignore("GET /health<*>").ignore("heartbeat <*> of <*>").ignore("<*>noise");
    let all = templates(
        rules(),
        &["heartbeat 17 of web", "INFO: heartbeat 17 of web", "much noise", "noise much", "  "],
    );
    assert_eq!(all, [None, None, None, Some("noise much".into()), None]);
}

#[test]
fn other_lines_keep_their_fingerprints() {
    let line = b"disk 7 is full";
    let mut plain = Fingerprinter::new(&Rules::default());
    let mut ruled = Fingerprinter::new(
        &Rules::builder().version("7").mask("tenant <*>").ignore("x <*>").build().unwrap(),
    );
    assert_eq!(plain.line(line).unwrap().fingerprint, ruled.line(line).unwrap().fingerprint);
}

#[test]
fn built_in_rules_can_be_left_out() {
    assert_eq!(template(Rules::builder(), "open /etc/hosts"), "open <*>");
    assert_eq!(template(Rules::builder().without(BuiltIn::Paths), "open /etc/hosts"), "open /etc/hosts");
    let mut names: Vec<&str> = BuiltIn::ALL.iter().map(|r| r.name()).collect();
    names.dedup();
    assert_eq!(names.len(), BuiltIn::ALL.len());
}

#[test]
fn mistakes_are_told() {
    let wrong = |rules: RulesBuilder| rules.build().unwrap_err();
    assert_eq!(wrong(Rules::builder().mask("tenant")), RuleError::OneVariable("tenant".into()));
    assert_eq!(wrong(Rules::builder().split("<*> x <*>")), RuleError::OneVariable("<*> x <*>".into()));
    assert_eq!(wrong(Rules::builder().mask("<*> x")), RuleError::Empty("<*> x".into()));
    assert_eq!(wrong(Rules::builder().merge("<*> <*>")), RuleError::Empty("<*> <*>".into()));
    assert_eq!(wrong(Rules::builder().ignore("")), RuleError::Empty(String::new()));
    assert!(matches!(wrong(Rules::builder().ignore(&"x".repeat(600))), RuleError::TooLong(_)));
    let many = (0..600).fold(Rules::builder(), |r, n| r.ignore(&format!("x{n}")));
    assert_eq!(wrong(many), RuleError::TooMany);
    assert_eq!(Rules::builder().version("7").build().unwrap().version(), "7");
    assert!(wrong(Rules::builder().mask("tenant")).to_string().contains("needs one `<*>`"));
}
