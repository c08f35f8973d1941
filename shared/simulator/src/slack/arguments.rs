//! The arguments of a Web API call, in the same form for JSON and form bodies.
//!
//! The two kinds of bodies differ as they do for Slack: a form may contain the token, and contains JSON values as
//! strings. See <https://docs.slack.dev/apis/web-api#basics>.

use http::HeaderMap;
use http::header::{AUTHORIZATION, CONTENT_TYPE};
use serde_json::{Map, Value};

/// The arguments of one call, without its token.
pub(crate) struct Arguments {
    pub(crate) token: Option<String>,
    values: Map<String, Value>,
}

impl Arguments {
    /// Reads headers and body. The error is the error code that Slack would give.
    pub(crate) fn read(headers: &HeaderMap, body: &[u8]) -> Result<Arguments, &'static str> {
        let header = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let bearer = header(AUTHORIZATION).strip_prefix("Bearer ").map(|token| token.trim().to_owned());
        if header(CONTENT_TYPE).starts_with("application/json") {
            return match serde_json::from_slice(body) {
                Ok(Value::Object(values)) => Ok(Arguments { token: bearer, values }),
                Ok(_) => Err("json_not_object"),
                Err(_) => Err("invalid_json"),
            };
        }
        let form = form_urlencoded::parse(body);
        let mut values: Map<_, _> =
            form.map(|(k, v)| (k.into_owned(), Value::String(v.into_owned()))).collect();
        let inside = values.remove("token").and_then(|token| token.as_str().map(str::to_owned));
        Ok(Arguments { token: bearer.or(inside), values })
    }

    /// The arguments in the form in which calls are recorded.
    pub(crate) fn recorded(&self) -> Value {
        Value::Object(self.values.clone())
    }

    pub(crate) fn string(&self, name: &str) -> Option<&str> {
        self.values.get(name).and_then(Value::as_str).filter(|value| !value.is_empty())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        match self.values.get(name) {
            Some(Value::Bool(flag)) => *flag,
            Some(Value::String(text)) => text == "true" || text == "1",
            _ => false,
        }
    }

    pub(crate) fn number(&self, name: &str) -> Option<usize> {
        let value = self.values.get(name)?;
        let number = value.as_u64().or_else(|| value.as_str()?.parse().ok())?;
        usize::try_from(number).ok()
    }

    /// A JSON value. It may be given as such or as a string of JSON.
    pub(crate) fn json(&self, name: &str) -> Result<Option<Value>, ()> {
        match self.values.get(name) {
            None | Some(Value::Null) => Ok(None),
            Some(Value::String(text)) => serde_json::from_str(text).map(Some).map_err(|_| ()),
            Some(value) => Ok(Some(value.clone())),
        }
    }
}
