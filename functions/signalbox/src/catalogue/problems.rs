//! Mistakes of a catalogue in the formats of other tools.

use serde_json::{Value, json};
use signalbox_catalogue::Diagnostic;

/// A command of GitHub Actions that puts an annotation at the place:
/// <https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-error-message>.
pub fn annotation(problem: &Diagnostic) -> String {
    let mut at = format!("file={}", property(&problem.path));
    for (key, number) in [("line", problem.line), ("col", problem.column)] {
        at.extend(number.map(|number| format!(",{key}={number}")));
    }
    let command = if problem.note { "notice" } else { "error" };
    format!("::{command} {at}::{}", data(&text(problem)))
}

/// In a line: where, what is wrong, and what to do about it.
pub fn line(problem: &Diagnostic) -> String {
    let place = problem.line.map(|line| format!(":{line}")).unwrap_or_default();
    format!("{}{place}: {} ({})", problem.path, problem.message, problem.hint)
}

/// What is wrong, and what to do about it.
fn text(problem: &Diagnostic) -> String {
    format!("{}\nhelp: {}", problem.message, problem.hint)
}

/// A message of a command, escaped as the runner expects it:
/// <https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts>.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a command: a colon and a comma would end it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// All mistakes as SARIF 2.1.0: <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>.
pub fn sarif(problems: &[&Diagnostic]) -> Value {
    let mut rules: Vec<String> = problems.iter().map(|problem| problem.rule()).collect();
    rules.sort();
    rules.dedup();
    let results: Vec<Value> = problems.iter().map(|problem| result(problem, &rules)).collect();
    let rules: Vec<Value> = rules
        .iter()
        .map(|rule| json!({ "id": rule, "shortDescription": { "text": rule.replace('-', " ") } }))
        .collect();
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "signalbox",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn result(problem: &Diagnostic, rules: &[String]) -> Value {
    let rule = problem.rule();
    let mut place = json!({ "artifactLocation": { "uri": uri(&problem.path) } });
    if let (Some(line), Some(column)) = (problem.line, problem.column) {
        place["region"] = json!({ "startLine": line, "startColumn": column });
        if let (Some(line), Some(column)) = (problem.end_line, problem.end_column) {
            place["region"]["endLine"] = json!(line);
            place["region"]["endColumn"] = json!(column);
        }
    }
    json!({
        "ruleId": rule,
        "ruleIndex": rules.iter().position(|known| *known == rule),
        "level": if problem.note { "note" } else { "error" },
        "message": { "text": text(problem) },
        "locations": [{ "physicalLocation": place }],
    })
}

/// A path as a URI. One that does not begin at the root is relative to where the check was started.
fn uri(path: &str) -> String {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"-._~/".contains(&b);
    let encoded: String = path
        .bytes()
        .map(|b| if plain(b) { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    if path.starts_with('/') { format!("file://{encoded}") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Two mistakes of the same kind, and one of a whole file.
    fn problems() -> Vec<Diagnostic> {
        let text = "operations:\n  a: { nope: 1 }\n  b: { nope: 2 }\n";
        let wrong =
            signalbox_catalogue::parse(&[("a: 100%, of.yaml".to_owned(), text.to_owned())]).unwrap_err();
        let unknown = wrong.into_iter().filter(|one| one.message.starts_with("unknown key")).cloned();
        let nowhere = signalbox_catalogue::load(std::path::Path::new("/nowhere")).unwrap_err();
        unknown.chain(nowhere.into_iter().cloned()).collect()
    }

    #[test]
    fn an_annotation_stays_one_command() {
        let lines: Vec<String> = problems().iter().map(annotation).collect();
        assert_eq!(
            lines[0],
            "::error file=a%3A 100%25%2C of.yaml,line=2,col=8::unknown key `nope` in operation `a`%0Ahelp: it takes `description`, `aliases`, `parameters`, `target`, `requires`, `verify`, `ships`, `idempotent`, `confirm`, `shortcut`, `message-shortcut` and `allow`"
        );
        assert!(
            lines[2].starts_with("::error file=/nowhere::the catalogue's folder cannot be read: "),
            "{}",
            lines[2]
        );
        assert!(lines.iter().all(|line| line.lines().count() == 1));
    }

    #[test]
    fn mistakes_of_one_kind_have_one_rule() {
        let problems = problems();
        let all: Vec<&Diagnostic> = problems.iter().collect();
        let sarif = sarif(&all);
        let run = &sarif["runs"][0];
        assert_eq!(run["tool"]["driver"]["rules"].as_array().unwrap().len(), 2);
        let first = &run["results"][0];
        assert_eq!(first["ruleId"], "unknown-key-in-operation");
        assert_eq!(
            run["tool"]["driver"]["rules"][first["ruleIndex"].as_u64().unwrap() as usize]["id"],
            first["ruleId"]
        );
        let place = &first["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "a%3A%20100%25%2C%20of.yaml");
        assert_eq!(
            place["region"],
            json!({ "startLine": 2, "startColumn": 8, "endLine": 2, "endColumn": 12 })
        );
        let whole = &run["results"][2]["locations"][0]["physicalLocation"];
        assert_eq!(whole["artifactLocation"]["uri"], "file:///nowhere");
        assert!(whole.get("region").is_none());
    }
}
