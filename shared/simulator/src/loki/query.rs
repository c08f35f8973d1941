//! The part of LogQL that is simulated: `{app="web", level=~"err.*"} |= "error" !~ "health"`.

use super::{Entry, Labels, Refused};
use regex_lite::Regex;

/// A condition on a text.
enum Test {
    Is(String),
    Has(String),
    Fits(Regex),
}

impl Test {
    fn holds(&self, text: &str) -> bool {
        match self {
            Self::Is(value) => text == value,
            Self::Has(part) => text.contains(part.as_str()),
            Self::Fits(regex) => regex.is_match(text),
        }
    }
}

/// A query for lines.
pub(super) struct Query {
    /// For each label: its name, whether the test has to hold or to fail, and the test.
    labels: Vec<(String, bool, Test)>,
    lines: Vec<(bool, Test)>,
}

struct Reader<'a> {
    whole: &'a str,
    rest: &'a str,
}

impl Reader<'_> {
    fn wrong(&self, what: &str) -> Refused {
        let column = self.whole.len() - self.rest.len() + 1;
        Refused::query(format!("parse error at line 1, col {column}: syntax error: {what}"))
    }

    fn take(&mut self, text: &str) -> bool {
        let trimmed = self.rest.trim_start();
        match trimmed.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn name(&mut self) -> Result<String, Refused> {
        self.rest = self.rest.trim_start();
        let end = self.rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(self.rest.len());
        let (name, rest) = self.rest.split_at(end);
        if name.is_empty() {
            return Err(self.wrong("expecting a label"));
        }
        self.rest = rest;
        Ok(name.to_owned())
    }

    fn string(&mut self) -> Result<String, Refused> {
        if self.take("`") {
            let (text, rest) = self.rest.split_once('`').ok_or_else(|| self.wrong("raw string not ended"))?;
            self.rest = rest;
            return Ok(text.to_owned());
        }
        if !self.take("\"") {
            return Err(self.wrong("expecting STRING"));
        }
        let (mut text, mut chars) = (String::new(), self.rest.char_indices());
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.rest = self.rest.get(at + 1..).unwrap_or_default();
                    return Ok(text);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 't')) => text.push('\t'),
                    Some((_, c @ ('"' | '\\'))) => text.push(c),
                    _ => return Err(self.wrong("invalid char escape")),
                },
                c => text.push(c),
            }
        }
        Err(self.wrong("literal not terminated"))
    }

    fn regex(&mut self, anchored: bool) -> Result<Test, Refused> {
        let text = self.string()?;
        let text = if anchored { format!("^(?:{text})$") } else { text };
        Regex::new(&text).map(Test::Fits).map_err(|_| self.wrong("error parsing regexp"))
    }
}

impl Query {
    pub(super) fn parse(text: &str) -> Result<Self, Refused> {
        let mut r = Reader { whole: text, rest: text };
        if !r.take("{") {
            return Err(r.wrong("unexpected IDENTIFIER, expecting {"));
        }
        let mut query = Self { labels: vec![], lines: vec![] };
        while !r.take("}") {
            if !query.labels.is_empty() && !r.take(",") {
                return Err(r.wrong("expecting , or }"));
            }
            let name = r.name()?;
            let (holds, test) = if r.take("=~") {
                (true, r.regex(true)?)
            } else if r.take("!~") {
                (false, r.regex(true)?)
            } else if r.take("!=") {
                (false, Test::Is(r.string()?))
            } else if r.take("=") {
                (true, Test::Is(r.string()?))
            } else {
                return Err(r.wrong("expecting = or != or =~ or !~"));
            };
            query.labels.push((name, holds, test));
        }
        if !query.labels.iter().any(|(_, holds, test)| *holds && !test.holds("")) {
            return Err(Refused::query(
                "queries require at least one regexp or equality matcher that does not have an empty-compatible value",
            ));
        }
        while !r.rest.trim().is_empty() {
            let line = if r.take("|=") {
                (true, Test::Has(r.string()?))
            } else if r.take("!=") {
                (false, Test::Has(r.string()?))
            } else if r.take("|~") {
                (true, r.regex(false)?)
            } else if r.take("!~") {
                (false, r.regex(false)?)
            } else {
                return Err(r.wrong("a stage that is not played here"));
            };
            query.lines.push(line);
        }
        Ok(query)
    }

    pub(super) fn fits(&self, entry: &Entry) -> bool {
        let value = |labels: &Labels, name: &str| labels.get(name).cloned().unwrap_or_default();
        self.labels.iter().all(|(name, holds, test)| test.holds(&value(&entry.stream, name)) == *holds)
            && self.lines.iter().all(|(holds, test)| test.holds(&entry.line) == *holds)
    }
}
