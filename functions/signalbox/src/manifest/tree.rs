//! A document that is written as JSON or as YAML, with its keys in the order in which they were added.

use serde_json::Value;

/// A part of a document.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Text(String),
    Truth(bool),
    Number(u32),
    List(Vec<Part>),
    Map(Vec<(&'static str, Part)>),
}

impl From<&str> for Part {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Part {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<bool> for Part {
    fn from(truth: bool) -> Self {
        Self::Truth(truth)
    }
}

impl Part {
    /// A list of texts.
    pub fn texts(all: &[&str]) -> Self {
        Self::List(all.iter().map(|text| Self::from(*text)).collect())
    }

    /// As JSON, in which keys have no order.
    pub fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::from(text.as_str()),
            Self::Truth(truth) => Value::from(*truth),
            Self::Number(number) => Value::from(*number),
            Self::List(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(fields) => {
                fields.iter().map(|(key, value)| ((*key).to_owned(), value.to_json())).collect()
            }
        }
    }

    /// As YAML in block style, without a line break at the end.
    pub fn to_yaml(&self) -> String {
        let mut out = String::new();
        self.block(0, &mut out);
        out.trim_start_matches('\n').to_owned()
    }

    fn block(&self, indent: usize, out: &mut String) {
        let margin = " ".repeat(indent);
        match self {
            Self::Map(fields) => {
                for (key, value) in fields {
                    out.push_str(&format!("\n{margin}{key}:"));
                    value.under(indent + 2, out);
                }
            }
            Self::List(items) => {
                for item in items {
                    let mut inner = String::new();
                    item.under(indent + 2, &mut inner);
                    // The first line of the item stands beside its dash.
                    out.push_str(&format!("\n{margin}- {}", inner.trim_start()));
                }
            }
            Self::Text(_) | Self::Truth(_) | Self::Number(_) => out.push_str(&self.scalar()),
        }
    }

    fn under(&self, indent: usize, out: &mut String) {
        match self {
            Self::Map(_) | Self::List(_) => self.block(indent, out),
            Self::Text(_) | Self::Truth(_) | Self::Number(_) => {
                out.push(' ');
                out.push_str(&self.scalar());
            }
        }
    }

    /// A text stands without quotes only where it can be nothing else. A JSON string is a YAML string too.
    fn scalar(&self) -> String {
        let Self::Text(text) = self else { return self.to_json().to_string() };
        let word = text.starts_with(|c: char| c.is_ascii_alphabetic())
            && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"_.".contains(&b));
        let taken = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
        match word && !taken.contains(&text.to_ascii_lowercase().as_str()) {
            true => text.clone(),
            false => Value::from(text.as_str()).to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_as_the_same() {
        let map = Part::Map(vec![
            ("a", Part::texts(&["x", "no", "1", "a: b", "/slash", "line\nbreak"])),
            ("b", Part::List(vec![Part::Map(vec![("c", true.into()), ("d", Part::Number(3))]), "e".into()])),
        ]);
        let yaml = "a:\n  - x\n  - \"no\"\n  - \"1\"\n  - \"a: b\"\n  - \"/slash\"\n  - \"line\\nbreak\"\nb:\n  - c: true\n    d: 3\n  - e";
        assert_eq!(map.to_yaml(), yaml);
        assert_eq!(
            map.to_json().to_string(),
            r#"{"a":["x","no","1","a: b","/slash","line\nbreak"],"b":[{"c":true,"d":3},"e"]}"#
        );
    }
}
