//! Any address that answers by HTTP: values in its JSON, and whether it answers as it should.

use super::{Answer, Outside, address};
use async_trait::async_trait;
use http::StatusCode;
use http::header::ACCEPT;
use serde_json::Value;
use signalbox_domain::lookup::{Check, MOST_LISTED, Question, Reply, Source, System, Values};
use signalbox_domain::redact::words;
use signalbox_domain::time::Timestamp;
use signalbox_engine::ports::{Lookup, NoReply};

/// The longest answer that is looked at, in bytes.
const LONGEST: usize = 1 << 20;

/// Any address.
pub struct Web(pub Outside);

#[async_trait]
impl Lookup for Web {
    fn system(&self) -> System {
        System::Web
    }

    async fn ask(&self, question: &Question, until: Timestamp) -> Result<Reply, NoReply> {
        match question {
            Question::Values(Source::Json { url, path }) => {
                let values = self.values(url, path, until).await?;
                let more = values.len() > MOST_LISTED;
                Ok(Reply::Values(Values::tidy(values, more)))
            }
            Question::Check(Check::Listed { value, source: Source::Json { url, path } }) => {
                let values = self.values(url, path, until).await?;
                Ok(if values.contains(value) {
                    Reply::Holds
                } else {
                    let host = address(url)?;
                    let shown = words(value, None);
                    Reply::DoesNotHold(format!("{} does not list {shown}", super::host(&host)))
                })
            }
            Question::Check(Check::Answers { url, status, contains }) => {
                let at = address(url)?;
                let answer = self.0.get(&at, &[(ACCEPT, "*/*")], until).await?;
                answers(&answer, *status, contains.as_deref())
            }
            Question::Values(_) | Question::Check(_) | Question::Changes(_) => {
                Err(NoReply::because("that is no question to an address"))
            }
        }
    }
}

impl Web {
    async fn values(&self, url: &str, path: &str, until: Timestamp) -> Result<Vec<String>, NoReply> {
        let at = address(url)?;
        let answer = self.0.get(&at, &[(ACCEPT, "application/json")], until).await?;
        if !answer.status.is_success() {
            return Err(answer.refusal("list of values"));
        }
        if answer.body.len() > LONGEST {
            return Err(answer.unreadable("longer than 1 MiB"));
        }
        let json: Value = serde_json::from_slice(&answer.body).map_err(|_| answer.unreadable("no JSON"))?;
        found(&json, path).map_err(|why| answer.unreadable(&why))
    }
}

/// Whether it is the status that is wanted, and the words are there.
fn answers(answer: &Answer, status: u16, contains: Option<&str>) -> Result<Reply, NoReply> {
    let (host, code) = (answer.host(), answer.status.as_u16());
    if code != status {
        if answer.status == StatusCode::TOO_MANY_REQUESTS {
            return Err(answer.refusal("state"));
        }
        return Ok(Reply::DoesNotHold(format!("{host} answers with {code} and not with {status}")));
    }
    let Some(wanted) = contains else { return Ok(Reply::Holds) };
    let looked_at = answer.body.get(..LONGEST).unwrap_or(&answer.body);
    if String::from_utf8_lossy(looked_at).contains(wanted) {
        return Ok(Reply::Holds);
    }
    if answer.body.len() > LONGEST {
        return Err(answer.unreadable("longer than 1 MiB, and the words are not in the first part of it"));
    }
    Ok(Reply::DoesNotHold(format!("{host} answers with {code}, and without \"{}\"", words(wanted, None))))
}

/// One step into JSON.
enum Step<'p> {
    Name(&'p str),
    Each,
}

/// Names with dots between them, and `[]` for each item of a list: `versions[].name`, `[].tag`, `[]`.
fn steps(path: &str) -> Option<Vec<Step<'_>>> {
    let mut steps = vec![];
    for (at, part) in path.split('.').enumerate() {
        let name = part.trim_end_matches("[]");
        if name.contains(['[', ']']) || (name.is_empty() && (at > 0 || part.is_empty())) {
            return None;
        }
        if !name.is_empty() {
            steps.push(Step::Name(name));
        }
        steps.extend((0..(part.len() - name.len()) / 2).map(|_| Step::Each));
    }
    Some(steps)
}

/// The values that a path leads to. Items of a list that lack the rest of the path are left out, as long as one has it.
fn found(json: &Value, path: &str) -> Result<Vec<String>, String> {
    let Some(steps) = steps(path) else {
        return Err(format!(
            "not looked at, for `{}` is no path such as `versions[].name`",
            words(path, None)
        ));
    };
    let (mut at, mut items) = (vec![json], None);
    for step in steps {
        at = match step {
            Step::Name(name) => at.into_iter().filter_map(|value| value.get(name)).collect(),
            Step::Each => {
                if at.iter().any(|value| !value.is_array() && !value.is_null()) {
                    return Err(format!("no list where `{path}` says `[]`"));
                }
                let all: Vec<&Value> = at.into_iter().filter_map(Value::as_array).flatten().collect();
                items = Some(all.len());
                all
            }
        };
        if at.is_empty() && items != Some(0) {
            return Err(format!("JSON without `{path}`"));
        }
    }
    let text = |value: &&Value| match value {
        Value::String(text) => Some(Some(text.clone())),
        Value::Number(number) => Some(Some(number.to_string())),
        Value::Null => Some(None),
        Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    };
    let all: Option<Vec<Option<String>>> = at.iter().map(text).collect();
    let all = all.ok_or_else(|| format!("JSON in which `{path}` leads to what is no text and no number"))?;
    Ok(all.into_iter().flatten().collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_path_leads_to_its_values() {
        let json = json!({
            "versions": [{"name": "1.2", "of": {"n": 1}}, {"name": "1.3"}, {"other": true}, {"name": null}],
            "latest": "1.3", "none": [], "deep": [[1, 2], [3.5]], "odd": [{"a": ["x"]}, {"a": []}, {}], "null": null,
        });
        let of = |path: &str| found(&json, path).unwrap();
        assert_eq!(of("versions[].name"), ["1.2", "1.3"]);
        assert_eq!(of("versions[].of.n"), ["1"]);
        assert_eq!(of("latest"), ["1.3"]);
        assert_eq!(of("deep[][]"), ["1", "2", "3.5"]);
        assert_eq!(of("odd[].a[]"), ["x"]);
        assert!(of("none[]").is_empty() && of("none[].name").is_empty() && of("null").is_empty());
        assert_eq!(found(&json!(["a", "b"]), "[]").unwrap(), ["a", "b"]);
        assert_eq!(found(&json!([{"t": "a"}]), "[].t").unwrap(), ["a"]);
        for (path, why) in [
            ("versions", "no text"),
            ("versions[].other", "no text"),
            ("versions[].nope", "without"),
            ("nope[].name", "without"),
            ("latest[]", "no list"),
            ("latest.x", "without"),
            ("", "no path"),
            ("a..b", "no path"),
            ("a[0]", "no path"),
            ("a.[]", "no path"),
            ("a[]b", "no path"),
        ] {
            let said = found(&json, path).unwrap_err();
            assert!(said.contains(why), "{path}: {said}");
        }
    }
}
