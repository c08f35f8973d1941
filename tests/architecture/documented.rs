//! Every public item has a comment that says what it is for. Fields and variants need one only if their names do not
//! say it.

use super::sources;

/// The public items of a text that no comment documents; each is given by its first line.
fn undocumented(text: &str) -> Vec<&str> {
    let kinds = ["fn ", "async fn ", "const fn ", "struct ", "enum ", "trait ", "const ", "static ", "type "];
    let code = text.split("#[cfg(test)]").next().unwrap_or_default();
    let mut found = vec![];
    // Above an item stands the comment that documents it, and then attributes of one line or several.
    let (mut documented, mut in_attribute) = (false, false);
    for line in code.lines() {
        let trimmed = line.trim();
        if in_attribute || trimmed.starts_with("#[") {
            in_attribute = !trimmed.ends_with(']');
            continue;
        }
        let public =
            trimmed.strip_prefix("pub ").is_some_and(|item| kinds.iter().any(|kind| item.starts_with(kind)));
        if public && !documented {
            found.push(trimmed);
        }
        documented = trimmed.starts_with("///");
    }
    found
}

#[test]
fn what_is_public_says_what_it_is_for() {
    let mut missing = vec![];
    for (file, text) in sources("shared") {
        let tests = file.ends_with("tests.rs") || ["/tests/", "/examples/"].iter().any(|t| file.contains(t));
        if !tests {
            missing.extend(undocumented(&text).into_iter().map(|item| format!("{file}: {item}")));
        }
    }
    assert!(missing.is_empty(), "{}", missing.join("\n"));
    let text = "/// Yes.\n#[must_use]\npub fn a() {}\n#[derive(\n    Debug,\n)]\npub struct B;\npub(crate) fn c() {}";
    assert_eq!(undocumented(text), ["pub struct B;"]);
}
