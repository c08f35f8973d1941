//! The parts of Loki's answers that are read.

use serde::de::{IgnoredAny, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

/// One line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// Nanoseconds since 1970.
    pub(super) ns: i64,
    /// The stream's labels, as LogQL writes them.
    pub(super) stream: Arc<str>,
    /// The line itself.
    pub(super) line: String,
}

#[derive(Deserialize)]
struct Answer<'a> {
    #[serde(borrow)]
    data: Data<'a>,
}

#[derive(Deserialize)]
struct Data<'a> {
    #[serde(rename = "resultType")]
    kind: String,
    #[serde(borrow)]
    result: &'a RawValue,
}

#[derive(Deserialize)]
struct Stream {
    #[serde(default)]
    stream: BTreeMap<String, String>,
    values: Vec<Value>,
}

/// `["nanoseconds", "line"]`, and perhaps a third element, the structured metadata.
struct Value(i64, String);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Pair;
        impl<'de> Visitor<'de> for Pair {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a time and a line")
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let missing = || serde::de::Error::invalid_length(0, &self);
                let ns: String = seq.next_element()?.ok_or_else(missing)?;
                let ns = ns.parse().map_err(serde::de::Error::custom)?;
                let line = seq.next_element()?.ok_or_else(missing)?;
                while seq.next_element::<IgnoredAny>()?.is_some() {}
                Ok(Value(ns, line))
            }
        }
        deserializer.deserialize_seq(Pair)
    }
}

#[derive(Deserialize)]
struct Sample {
    value: (IgnoredAny, String),
}

/// `{app="web", level="error"}`, in the order of the labels' names.
fn labels(labels: &BTreeMap<String, String>) -> String {
    let parts = labels.iter().map(|(name, value)| {
        let value = value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
        format!("{name}=\"{value}\"")
    });
    format!("{{{}}}", parts.collect::<Vec<_>>().join(", "))
}

/// The lines of an answer, in its own order.
pub(super) fn entries(body: &[u8]) -> Result<Vec<Entry>, String> {
    let unreadable = |_| "Loki's answer cannot be read".to_owned();
    let answer: Answer<'_> = serde_json::from_slice(body).map_err(unreadable)?;
    if answer.data.kind != "streams" {
        return Err("the query counts, and gives Loki's lines no more: it has to be one of lines, such as \
                    {app=\"web\"} |= \"error\""
            .into());
    }
    let streams: Vec<Stream> = serde_json::from_str(answer.data.result.get()).map_err(unreadable)?;
    let mut entries = vec![];
    for Stream { stream, values } in streams {
        let stream: Arc<str> = labels(&stream).into();
        let all = values.into_iter().map(|Value(ns, line)| Entry { ns, stream: stream.clone(), line });
        entries.extend(all);
    }
    Ok(entries)
}

/// The one number of an answer to an instant query.
pub(super) fn number(body: &[u8]) -> Option<u64> {
    let answer: Answer<'_> = serde_json::from_slice(body).ok()?;
    let samples: Vec<Sample> = serde_json::from_str(answer.data.result.get()).ok()?;
    samples.first()?.value.1.parse().ok()
}

/// How many lines Loki gives, from `…, limit > max_entries_limit_per_query (10000 > 5000)`.
pub(super) fn takes(text: &str) -> Option<usize> {
    let (_, rest) = text.split_once("max entries limit")?;
    let (_, rest) = rest.rsplit_once("> ")?;
    rest.split(|c: char| !c.is_ascii_digit()).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_with_lines() {
        let body = br#"{"status":"success","data":{"resultType":"streams","result":[
          {"stream":{"job":"varlogs","filename":"/var/\"log\"","level":"info"},
           "values":[["1569266497240578000","foo"],["1569266492548155000","bar \u00fc",{"trace_id":"1"}]]},
          {"stream":{},"values":[["1","x",{"structuredMetadata":{},"parsed":{}}]]}],"stats":{}}}"#;
        let got = entries(body).unwrap();
        let stream = r#"{filename="/var/\"log\"", job="varlogs", level="info"}"#;
        let shown: Vec<_> = got.iter().map(|e| (e.ns, &*e.stream, e.line.as_str())).collect();
        assert_eq!(
            shown,
            [
                (1_569_266_497_240_578_000, stream, "foo"),
                (1_569_266_492_548_155_000, stream, "bar ü"),
                (1, "{}", "x")
            ]
        );
    }

    #[test]
    fn answers_that_are_none() {
        for (body, says) in [
            ("", "cannot be read"),
            ("<html>", "cannot be read"),
            (r#"{"status":"error"}"#, "cannot be read"),
            (r#"{"data":{"resultType":"streams","result":[{"values":[["x","y"]]}]}}"#, "cannot be read"),
            (r#"{"data":{"resultType":"streams","result":[{"values":[["1"]]}]}}"#, "cannot be read"),
            (r#"{"data":{"resultType":"matrix","result":[]}}"#, "the query counts"),
        ] {
            assert!(entries(body.as_bytes()).unwrap_err().contains(says), "{body}");
        }
    }

    #[test]
    fn a_count() {
        let body = r#"{"data":{"resultType":"vector","result":[{"metric":{},"value":[1588889221,"1267"]}]}}"#;
        assert_eq!(number(body.as_bytes()), Some(1267));
        assert_eq!(number(br#"{"data":{"resultType":"vector","result":[]}}"#), None);
    }

    #[test]
    fn how_many_lines_a_server_takes() {
        for (text, takes_) in [
            ("max entries limit per query exceeded, limit > max_entries_limit (10000 > 5000)", Some(5000)),
            (
                "max entries limit per query exceeded, limit > max_entries_limit_per_query (6000 > 100)\n",
                Some(100),
            ),
            ("parse error at line 1, col 1: limit > 5", None),
            ("max entries limit", None),
        ] {
            assert_eq!(takes(text), takes_, "{text}");
        }
    }
}
