//! Which fields an answer has: Jenkins' `tree=` and `depth=`, read as its library Stapler reads them.
//!
//! A document is made lazily, field by field, so that `jobs[lastBuild[number]]` works at any depth and no field is
//! made without need. This file must not know any field by its name.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// The largest depth. Builds contain links to their neighbours, so with a much larger depth a document would be
/// extremely long.
const DEEPEST: i64 = 3;

/// Which fields of an object the request wants.
#[derive(Clone, Debug)]
pub(super) enum Pick {
    /// Without `tree=`: the fields whose visibility is at least this number. The number rises by one with every
    /// level.
    Visible(i64),
    /// Only the fields that are named.
    Named(Tree),
}

impl Pick {
    /// Reads the query. The error says what Stapler's exception would be about.
    pub(super) fn read(tree: Option<&str>, depth: Option<&str>) -> Result<Pick, String> {
        match tree {
            Some(tree) => Tree::parse(tree).map(Pick::Named),
            None => depth
                .map_or(Ok(0), str::parse)
                .map(|depth: i64| Pick::Visible(1 - depth.clamp(0, DEEPEST)))
                .map_err(|_| "depth is no number".to_owned()),
        }
    }

    fn field(&self, name: &str, visibility: i64) -> Option<Pick> {
        match self {
            Pick::Visible(least) => (visibility >= *least).then(|| Pick::Visible(least + 1)),
            Pick::Named(tree) => {
                tree.children.get(name).or_else(|| tree.children.get("*")).cloned().map(Pick::Named)
            }
        }
    }

    fn range(&self) -> (usize, usize) {
        match self {
            Pick::Visible(_) => (0, usize::MAX),
            Pick::Named(tree) => tree.range,
        }
    }
}

/// A parsed `tree=`: names, which fields are wanted below them, and which part of a list.
#[derive(Clone, Debug)]
pub(super) struct Tree {
    children: BTreeMap<String, Tree>,
    /// The index of the first element that is wanted, and the index after the last one.
    range: (usize, usize),
}

impl Tree {
    fn parse(text: &str) -> Result<Tree, String> {
        let mut reader = Reader { text, at: 0 };
        let tree = reader.list()?;
        if reader.at == text.len() { Ok(tree) } else { Err(reader.expected("the end")) }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn list(&mut self) -> Result<Tree, String> {
        let mut children = BTreeMap::new();
        loop {
            let name = self.word();
            if name.is_empty() {
                return Err(self.expected("name"));
            }
            let mut child = if self.accept('[') {
                let below = self.list()?;
                self.expect(']')?;
                below
            } else {
                Tree { children: BTreeMap::new(), range: (0, usize::MAX) }
            };
            if self.accept('{') {
                child.range = self.range()?;
                self.expect('}')?;
            }
            children.insert(name, child);
            if !self.accept(',') {
                return Ok(Tree { children, range: (0, usize::MAX) });
            }
        }
    }

    /// `{M,N}`, `{M,}`, `{,N}` or `{M}`.
    fn range(&mut self) -> Result<(usize, usize), String> {
        if self.accept(',') {
            return Ok((0, self.number()?));
        }
        let from = self.number()?;
        if !self.accept(',') {
            return Ok((from, from.saturating_add(1)));
        }
        if self.text[self.at..].starts_with('}') {
            Ok((from, usize::MAX))
        } else {
            Ok((from, self.number()?))
        }
    }

    fn number(&mut self) -> Result<usize, String> {
        let at = self.at;
        self.word().parse().map_err(|_| format!("expected number at {at}"))
    }

    fn word(&mut self) -> String {
        let rest = &self.text[self.at..];
        let end = rest.find([',', '[', ']', '{', '}']).unwrap_or(rest.len());
        self.at += end;
        rest[..end].to_owned()
    }

    fn accept(&mut self, sign: char) -> bool {
        let there = self.text[self.at..].starts_with(sign);
        self.at += usize::from(there);
        there
    }

    fn expect(&mut self, sign: char) -> Result<(), String> {
        if self.accept(sign) { Ok(()) } else { Err(self.expected(&sign.to_string())) }
    }

    fn expected(&self, what: &str) -> String {
        format!("expected {what} at {}", self.at)
    }
}

/// An object that is being made. It keeps the fields that are wanted and drops the others.
pub(super) struct Bean<'p> {
    pick: &'p Pick,
    fields: Map<String, Value>,
}

impl<'p> Bean<'p> {
    /// Begins an object. `_class` is always there, whatever the request wants.
    pub(super) fn of(class: &str, pick: &'p Pick) -> Bean<'p> {
        Bean { pick, fields: Map::from_iter([("_class".to_owned(), Value::from(class))]) }
    }

    /// A field that holds no objects.
    pub(super) fn value(mut self, name: &str, visibility: i64, value: impl Into<Value>) -> Self {
        if self.pick.field(name, visibility).is_some() {
            self.fields.insert(name.to_owned(), value.into());
        }
        self
    }

    /// A field that holds an object, or null.
    pub(super) fn object(self, name: &str, visibility: i64, make: impl FnOnce(&Pick) -> Value) -> Self {
        let Some(pick) = self.pick.field(name, visibility) else { return self };
        self.put(name, make(&pick))
    }

    /// A field that holds a list of objects.
    pub(super) fn list<T>(
        self,
        name: &str,
        visibility: i64,
        items: impl IntoIterator<Item = T>,
        make: impl Fn(T, &Pick) -> Value,
    ) -> Self {
        let Some(pick) = self.pick.field(name, visibility) else { return self };
        let (from, to) = pick.range();
        let items = items.into_iter().skip(from).take(to.saturating_sub(from));
        let list = items.map(|item| make(item, &pick)).collect();
        self.put(name, Value::Array(list))
    }

    /// A list whose objects count as fields of this level and not of the next.
    pub(super) fn inline<T>(
        self,
        name: &str,
        items: impl IntoIterator<Item = T>,
        make: impl Fn(T, &Pick) -> Value,
    ) -> Self {
        match self.pick {
            Pick::Visible(least) if *least <= 1 => {
                let list = items.into_iter().map(|item| make(item, self.pick)).collect();
                self.put(name, Value::Array(list))
            }
            Pick::Visible(_) => self,
            Pick::Named(_) => self.list(name, 1, items, make),
        }
    }

    pub(super) fn made(self) -> Value {
        Value::Object(self.fields)
    }

    fn put(mut self, name: &str, value: Value) -> Self {
        self.fields.insert(name.to_owned(), value);
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn number(n: i64, pick: &Pick) -> Value {
        Bean::of("Run", pick).value("number", 2, n).value("result", 1, "SUCCESS").made()
    }

    fn picked(tree: Option<&str>, depth: Option<&str>) -> Result<Value, String> {
        let pick = Pick::read(tree, depth)?;
        let bean = Bean::of("Job", &pick).value("name", 999, "deploy").value("hidden", -2, "h");
        let bean = bean.object("last", 1, |pick| number(4, pick));
        Ok(bean.list("builds", 1, [4, 3, 2, 1], number).made())
    }

    #[test]
    fn exactly_what_is_named_is_there() {
        for (tree, expected) in [
            ("name", json!({"_class": "Job", "name": "deploy"})),
            ("hidden,none", json!({"_class": "Job", "hidden": "h"})),
            ("last", json!({"_class": "Job", "last": {"_class": "Run"}})),
            ("last[result]", json!({"_class": "Job", "last": {"_class": "Run", "result": "SUCCESS"}})),
            (
                "builds[number]{1,3}",
                json!({"_class": "Job", "builds": [{"_class": "Run", "number": 3}, {"_class": "Run", "number": 2}]}),
            ),
            ("builds[number]{3}", json!({"_class": "Job", "builds": [{"_class": "Run", "number": 1}]})),
            ("builds[number]{,1}", json!({"_class": "Job", "builds": [{"_class": "Run", "number": 4}]})),
            ("builds{3,}[number]", Value::Null),
            ("builds[number]{9,20},name", json!({"_class": "Job", "name": "deploy", "builds": []})),
        ] {
            assert_eq!(picked(Some(tree), None).unwrap_or_default(), expected, "{tree}");
        }
        let every = picked(Some("*[*]"), None).unwrap();
        assert_eq!(every["last"], json!({"_class": "Run", "number": 4, "result": "SUCCESS"}));
    }

    #[test]
    fn without_a_tree_depth_decides() {
        let flat = picked(None, None).unwrap();
        assert_eq!(flat["last"], json!({"_class": "Run", "number": 4}));
        assert!(flat.get("hidden").is_none());
        assert_eq!(picked(None, Some("1")).unwrap()["builds"][0]["result"], "SUCCESS");
        assert!(picked(None, Some("x")).is_err());
    }

    #[test]
    fn what_cannot_be_read_is_an_error() {
        for tree in ["", "a[", "a[]", "a]", "a,,b", "a{", "a{x}", "a{1,2", "a}", "[a]", "a[b]]"] {
            assert!(picked(Some(tree), None).is_err(), "{tree}");
        }
    }
}
