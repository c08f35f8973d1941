//! What Alertmanager (version 4) and Grafana (version 1) post: the same shape, and Grafana's has a few more fields.
//!
//! Read by hand, field by field, so that a person who writes a template of their own learns which field is wrong.

use super::Sender;
use super::time;
use serde_json::{Map, Value};
use signalbox_domain::Timestamp;

/// The longest name that an alert manager may give an alert, in bytes; real names have 16 hexadecimal digits.
const LONGEST_FINGERPRINT: usize = 64;

/// A notification.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Payload {
    /// The receiver that the alert manager told; it chooses the watch.
    pub(super) receiver: String,
    /// How many alerts the sender left out.
    pub(super) truncated: u64,
    /// The alert manager's own address.
    pub(super) external_url: String,
    /// Its alerts.
    pub(super) alerts: Vec<Alert>,
    /// What is wrong with each alert that cannot be read.
    pub(super) malformed: Vec<String>,
}

/// One alert.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Alert {
    /// Whether it fires; otherwise it is over.
    pub(super) firing: bool,
    /// The alert manager's name for it: a digest of its labels.
    pub(super) fingerprint: String,
    /// Its labels, in the order of their names.
    pub(super) labels: Vec<(String, String)>,
    /// The texts that people are told.
    pub(super) annotations: Vec<(String, String)>,
    /// When it began to fire.
    pub(super) starts_at: Timestamp,
    /// When it was over; `None` while it fires.
    pub(super) ends_at: Option<Timestamp>,
    /// What was measured, by the name of the query; only Grafana gives these.
    pub(super) values: Vec<(String, String)>,
    /// Addresses where people look further, by the name of their field.
    pub(super) links: Vec<(&'static str, String)>,
}

impl Alert {
    /// A label.
    pub(super) fn label(&self, name: &str) -> Option<&str> {
        found(&self.labels, name)
    }

    /// An annotation.
    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        found(&self.annotations, name)
    }
}

fn found<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs.iter().find(|(n, value)| n == name && !value.trim().is_empty()).map(|(_, value)| value.as_str())
}

/// Fields of an alert that hold addresses. Only Grafana has the last three.
const LINKS: [&str; 4] = ["generatorURL", "dashboardURL", "panelURL", "silenceURL"];

/// Reads a body. If an alert cannot be read, only that one is lost: the others may be the ones that matter.
///
/// # Errors
/// Which field is wrong, and what it should be; for alerts, only if none of them can be read.
pub(super) fn read(sender: Sender, body: &[u8]) -> Result<Payload, String> {
    let value: Value = serde_json::from_slice(body).map_err(|e| format!("this is not JSON: {e}"))?;
    let payload = value.as_object().ok_or("the body must be an object")?;
    let version = text(payload, "", "version")?;
    let expected = match sender {
        Sender::Alertmanager => "4",
        Sender::Grafana => "1",
    };
    if version != expected {
        return Err(format!("`version` must be \"{expected}\": this is not what {} posts", sender.name()));
    }
    let receiver = text(payload, "", "receiver")?;
    let truncated = match payload.get("truncatedAlerts") {
        None | Some(Value::Null) => 0,
        Some(value) => value.as_u64().ok_or("`truncatedAlerts` must be a number")?,
    };
    let external_url = optional(payload, "", "externalURL")?.unwrap_or_default();
    let alerts = payload.get("alerts").and_then(Value::as_array).ok_or("`alerts` must be a list")?;
    let read = alerts.iter().enumerate().map(|(at, alert)| of_alert(&format!("alerts[{at}]."), alert));
    let (mut alerts, mut malformed) = (vec![], vec![]);
    for alert in read {
        match alert {
            Ok(alert) => alerts.push(alert),
            Err(problem) => malformed.push(problem),
        }
    }
    if alerts.is_empty() && !malformed.is_empty() {
        return Err(malformed.swap_remove(0));
    }
    Ok(Payload {
        receiver: receiver.to_owned(),
        truncated,
        external_url: external_url.to_owned(),
        alerts,
        malformed,
    })
}

fn of_alert(path: &str, value: &Value) -> Result<Alert, String> {
    let alert = value
        .as_object()
        .ok_or_else(|| format!("`{}` must be an object", path.strip_suffix('.').unwrap_or(path)))?;
    let firing = match text(alert, path, "status")? {
        "firing" => true,
        "resolved" => false,
        _ => return Err(format!("`{path}status` must be \"firing\" or \"resolved\"")),
    };
    let fingerprint = text(alert, path, "fingerprint")?;
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.' | b':');
    if fingerprint.is_empty() || fingerprint.len() > LONGEST_FINGERPRINT || !fingerprint.bytes().all(letter) {
        return Err(format!("`{path}fingerprint` must be 1 to {LONGEST_FINGERPRINT} letters and digits"));
    }
    let moment = |name: &str, text: &str| {
        time::parse(text).ok_or_else(|| format!("`{path}{name}` must be a time such as 2026-02-03T04:05:06Z"))
    };
    let starts_at = moment("startsAt", text(alert, path, "startsAt")?)?;
    let ends_at = match optional(alert, path, "endsAt")? {
        Some(text) if !text.is_empty() => Some(moment("endsAt", text)?),
        _ => None,
    };
    let mut links = vec![];
    for name in LINKS {
        if let Some(link) = optional(alert, path, name)? {
            links.push((name, link.to_owned()));
        }
    }
    Ok(Alert {
        firing,
        fingerprint: fingerprint.to_owned(),
        labels: pairs(alert, path, "labels")?,
        annotations: pairs(alert, path, "annotations")?,
        starts_at,
        // The year 1 means no end; and an alert that fires is not over, even if it has an expected end.
        ends_at: ends_at.filter(|at| at.0 > 0 && !firing),
        values: values(alert),
        links,
    })
}

/// Numbers by name. Grafana leaves them out if a rule gave none; a value that is not a number is ignored.
fn values(alert: &Map<String, Value>) -> Vec<(String, String)> {
    let found = alert.get("values").and_then(Value::as_object);
    let number = |(name, value): (&String, &Value)| Some((name.clone(), value.as_number()?.to_string()));
    found.into_iter().flatten().filter_map(number).collect()
}

fn text<'v>(object: &'v Map<String, Value>, path: &str, name: &str) -> Result<&'v str, String> {
    match object.get(name) {
        None => Err(format!("`{path}{name}` is missing")),
        Some(value) => value.as_str().ok_or_else(|| format!("`{path}{name}` must be a text")),
    }
}

fn optional<'v>(object: &'v Map<String, Value>, path: &str, name: &str) -> Result<Option<&'v str>, String> {
    match object.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(_) => text(object, path, name).map(Some),
    }
}

/// Texts by name; empty if the field is missing.
fn pairs(object: &Map<String, Value>, path: &str, name: &str) -> Result<Vec<(String, String)>, String> {
    let found = match object.get(name) {
        None | Some(Value::Null) => return Ok(vec![]),
        Some(value) => value.as_object().ok_or_else(|| format!("`{path}{name}` must be an object"))?,
    };
    let pair = |(key, value): (&String, &Value)| match value.as_str() {
        Some(value) => Ok((key.clone(), value.to_owned())),
        None => Err(format!("every value of `{path}{name}` must be a text")),
    };
    let mut pairs = found.iter().map(pair).collect::<Result<Vec<_>, _>>()?;
    pairs.sort();
    Ok(pairs)
}
