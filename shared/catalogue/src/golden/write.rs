//! A file of tests as it is written anew.

use super::case::{Case, EXPECT};
use super::fact::{Fact, Said};
use std::fmt::Write as _;

/// All cases of a file, in their order. Of what is expected, the same keys are written as before; of a case that
/// expected nothing, all.
pub(super) fn suite(cases: &[(&Case<'_>, Fact)]) -> String {
    let mut out = String::new();
    for (case, fact) in cases {
        let written = &case.written;
        line(&mut out, "- as", written.who);
        line(&mut out, "  in", written.place);
        line(&mut out, "  say", written.say);
        if let Some(at) = written.at {
            line(&mut out, "  at", at);
        }
        out.push_str("  expect:\n");
        let expected = |key: &str| case.expect.as_ref().is_none_or(|expect| expect.get(key).is_some());
        // The verdict says why something that was expected is not there.
        let lost = EXPECT.iter().any(|key| expected(key) && fact.part(key).is_none());
        for key in EXPECT {
            let wanted = expected(key) || (lost && *key == "verdict");
            if let Some(said) = fact.part(key).filter(|_| wanted) {
                value(&mut out, 4, key, &said);
            }
        }
    }
    out
}

fn line(out: &mut String, key: &str, text: &str) {
    // Writing to a text cannot fail.
    let _ = writeln!(out, "{key}: {}", scalar(text));
}

fn value(out: &mut String, indent: usize, key: &str, said: &Said) {
    let key = format!("{}{}", " ".repeat(indent), scalar(key));
    match said {
        Said::Text(text) => line(out, &key, text),
        Said::List(all) => {
            let _ = writeln!(
                out,
                "{key}: [{}]",
                all.iter().map(|text| scalar(text)).collect::<Vec<_>>().join(", ")
            );
        }
        Said::Map(all) if all.is_empty() => {
            let _ = writeln!(out, "{key}: {{}}");
        }
        Said::Map(all) => {
            let _ = writeln!(out, "{key}:");
            all.iter().for_each(|(key, said)| value(out, indent + 2, key, said));
        }
    }
}

/// A text as YAML. It stands without quotes only where it can be nothing else; a JSON string is a YAML string too.
fn scalar(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '/')
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"._/ =+@-".contains(&b))
        && !text.ends_with(' ')
        && !matches!(text, "null" | "Null" | "NULL");
    if plain { text.to_owned() } else { serde_json::Value::from(text).to_string() }
}
