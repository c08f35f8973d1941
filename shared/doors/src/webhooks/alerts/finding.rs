//! Turns an alert into a finding of a watch, a pattern like others. Every text is redacted and cut here, before it
//! goes anywhere.

use super::Sender;
use super::payload::{Alert, Payload};
use sha2::{Digest, Sha256};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::{Class, Finding, LONGEST_TEXT, Tally};
use signalbox_domain::redact::{looks_secret, redact};
use signalbox_domain::watch::Watch;

/// How many labels are shown, and how long each may be, in characters.
const MOST_SHOWN: usize = 20;
const LONGEST_SHOWN: usize = 120;
/// How many values are shown.
const MOST_VALUES: usize = 10;
/// How many labels a silence may name, and how long they may be in all, in bytes.
const MOST_MATCHERS: usize = 64;
const LONGEST_MATCHERS: usize = 8 * 1024;
/// Alerts that Grafana makes itself when a rule gives no result, see
/// <https://grafana.com/docs/grafana/latest/alerting/fundamentals/alert-rule-evaluation/nodata-and-error-states/>.
const GRAFANAS_OWN: [&str; 2] = ["DatasourceNoData", "DatasourceError"];
/// Longest address that is kept, in bytes: Slack takes 3000.
const LONGEST_LINK: usize = 2_000;

/// The finding for an alert, as it was told at a moment.
pub(super) fn of(sender: Sender, watch: &Watch, payload: &Payload, alert: &Alert, now: Timestamp) -> Finding {
    let name = name(alert);
    let summary = alert.annotation("summary");
    let title = match summary {
        Some(summary) => format!("{name}: {summary}"),
        None => name,
    };
    let sample = alert.annotation("description").or_else(|| alert.annotation("message")).unwrap_or_default();
    let values = values(alert);
    let sample = [sample, &values].map(str::trim).into_iter().filter(|text| !text.is_empty());
    let sample = sample.collect::<Vec<_>>().join("\n");
    // An alert manager's clock may be ahead of ours.
    let from = alert.starts_at.min(now);
    let latest = if alert.firing { now } else { alert.ends_at.unwrap_or(now).clamp(from, now) };
    Finding {
        watch: watch.name.clone(),
        pattern: format!("alert/{}", alert.fingerprint),
        class: if alert.firing { Class::New } else { Class::Quiet },
        title: short(&title, LONGEST_TEXT),
        sample: short(&sample, LONGEST_TEXT),
        seen_in: seen_in(alert),
        tally: Tally {
            from,
            to: now,
            count: u64::from(alert.firing),
            usual: 0,
            first_seen: from,
            last_seen: latest,
        },
        lines: 0,
        after: vec![],
        links: links(sender, payload, alert),
        held: false,
        matchers: matchers(alert),
        silenced: None,
    }
}

/// What was measured: `A = 1.5, B = 7`.
fn values(alert: &Alert) -> String {
    let all = alert.values.iter().take(MOST_VALUES);
    all.map(|(name, value)| format!("{name} = {value}")).collect::<Vec<_>>().join(", ")
}

/// The alert's name. If Grafana speaks about a rule (`DatasourceNoData`), the rule is named first.
fn name(alert: &Alert) -> String {
    let name = alert.label("alertname").unwrap_or("an alert without a name");
    match rule(alert) {
        Some(rule) => format!("{rule} ({name})"),
        None => name.to_owned(),
    }
}

/// The rule that an alert of Grafana's own is about: the rule has no data, or its query failed.
fn rule(alert: &Alert) -> Option<&str> {
    let about = alert.label("alertname").is_some_and(|name| GRAFANAS_OWN.contains(&name));
    alert.label("rulename").filter(|_| about)
}

/// The key by which two notifications of an alert are the same one. It is made of all that the alert's card shows,
/// but not of the time of telling. Newer values make another notification of the same alert.
pub(super) fn key(alert: &Alert, finding: &Finding) -> String {
    let status = if alert.firing { "firing" } else { "resolved" };
    let end = alert.ends_at.map_or(0, |at| at.0);
    let mut text = format!("{}\n{status}\n{}\n{end}", alert.fingerprint, alert.starts_at.0);
    let links = finding.links.iter().map(|(_, link)| link);
    for part in [&finding.title, &finding.sample].into_iter().chain(&finding.seen_in).chain(links) {
        // Each part begins with its length, so that one part never looks like two.
        text.push_str(&format!("\n{} {part}", part.len()));
    }
    // After the silence the notification has another key, so that people are told then.
    if let Some(rule) = &finding.silenced {
        text.push_str(&format!("\nsilenced until {}", rule.until.0));
    }
    hex::encode(&Sha256::digest(text)[..16])
}

/// The text without secrets and control characters, cut in the middle because the end of a message often says why.
fn short(text: &str, longest: usize) -> String {
    let text = redact(text);
    let clean = |c: char| if c.is_control() && c != '\n' { ' ' } else { c };
    let all: Vec<char> = text.trim().chars().map(clean).collect();
    if all.len() <= longest {
        return all.into_iter().collect();
    }
    let tail = longest / 3;
    let head = longest - tail - 1;
    all[..head].iter().chain(&['…']).chain(&all[all.len() - tail..]).collect()
}

fn seen_in(alert: &Alert) -> Vec<String> {
    // Labels that the title shows are not repeated.
    let said = |name: &str| name == "alertname" || name == "rulename" && rule(alert).is_some();
    let labels = alert.labels.iter().filter(|(name, _)| !said(name));
    labels.take(MOST_SHOWN).map(|(name, value)| short(&format!("{name}={value}"), LONGEST_SHOWN)).collect()
}

/// All labels, or none: a silence by only some of them would silence more.
fn matchers(alert: &Alert) -> Vec<(String, String)> {
    let bytes: usize = alert.labels.iter().map(|(name, value)| name.len() + value.len()).sum();
    let secret =
        |(name, value): &(String, String)| looks_secret(value) || looks_secret(&format!("{name}={value}"));
    if alert.labels.len() > MOST_MATCHERS || bytes > LONGEST_MATCHERS || alert.labels.iter().any(secret) {
        return vec![];
    }
    alert.labels.clone()
}

fn links(sender: Sender, payload: &Payload, alert: &Alert) -> Vec<(String, String)> {
    let word = |field: &str| match field {
        "generatorURL" => "Source",
        "dashboardURL" => "Dashboard",
        "panelURL" => "Panel",
        _ => "Silence",
    };
    let own = alert.links.iter().map(|(field, link)| (word(field), link));
    let all = own.chain([(sender.name(), &payload.external_url)]);
    all.filter(|(_, link)| is_link(link)).map(|(word, link)| (word.to_owned(), link.clone())).collect()
}

/// Whether this is a web address that cannot end the markup around it, and that holds no secret.
fn is_link(text: &str) -> bool {
    let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    host.is_some_and(|host| host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '['))
        && text.len() <= LONGEST_LINK
        && text.bytes().all(|b| b.is_ascii_graphic() && !b"<>|\"`\\".contains(&b))
        && !looks_secret(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_cut_in_the_middle() {
        assert_eq!(short(" a\tb\u{7}c\nd ", 10), "a b c\nd");
        assert_eq!(short("0123456789abcdef", 10), "012345…def");
        assert_eq!(short("é".repeat(5).as_str(), 5), "ééééé");
    }

    #[test]
    fn only_addresses_are_links() {
        for (text, expected) in [
            ("https://grafana.example.com/d/1?orgId=1&var=a", true),
            ("http://prometheus:9090/graph?g0.expr=up%3D%3D0&g0.tab=1", true),
            ("http://[::1]:9090/", true),
            ("", false),
            ("javascript:alert(1)", false),
            ("https://", false),
            ("https://x|<!channel>", false),
            ("https://x/a b", false),
            ("https://x/?token=ghp_0123456789abcdefghij0123456789abcdef", false),
        ] {
            assert_eq!(is_link(text), expected, "{text}");
        }
        assert!(!is_link(&format!("https://x/{}", "a".repeat(LONGEST_LINK))));
    }
}
