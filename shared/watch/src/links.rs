//! Addresses of pages where people look further, with the exact query and time.

use signalbox_domain::watch::{Links, Source};
use signalbox_engine::ports::Span;
use std::fmt::Write;

/// A source's window in Grafana or CloudWatch; `None` where there is no such page. `region` is AWS's.
pub(crate) fn of(
    source: &Source,
    links: &Links,
    region: Option<&str>,
    span: Span,
) -> Option<(String, String)> {
    match source {
        Source::Files { .. } => None,
        Source::Loki { query } => {
            let base = links.grafana.as_deref()?.trim_end_matches('/');
            let uid = links.datasource.as_deref()?;
            Some(("Grafana".to_owned(), explore(base, uid, query, span)))
        }
        Source::CloudWatch { groups, .. } => Some(("CloudWatch".to_owned(), insights(region?, groups, span))),
    }
}

/// Grafana Explore, version 10 and later: <https://grafana.com/docs/grafana/latest/explore/>.
fn explore(base: &str, uid: &str, query: &str, span: Span) -> String {
    let loki = serde_json::json!({"type": "loki", "uid": uid});
    let panes = serde_json::json!({"a": {
        "datasource": uid,
        "queries": [{"refId": "A", "datasource": loki, "expr": query, "queryType": "range", "editorMode": "code"}],
        "range": {"from": span.from.0.to_string(), "to": span.to.0.to_string()},
    }});
    format!("{base}/explore?schemaVersion=1&panes={}&orgId=1", percent(&panes.to_string()))
}

/// CloudWatch Logs Insights. The form of its address is not documented; it was read off the console.
fn insights(region: &str, groups: &[String], span: Span) -> String {
    let query = "fields @timestamp, @logStream, @message\n| filter @message like /(?i)(error|exception|panic|fatal)/\n| sort @timestamp desc";
    let groups: String = groups.iter().fold(String::new(), |all, group| format!("{all}~'{}", starred(group)));
    // In the fragment `$` stands for `%`. Brackets and apostrophes are escaped: they would end a link in a chat.
    let detail = format!(
        "~(end~'{}~start~'{}~timeType~'ABSOLUTE~tz~'UTC~editorString~'{}~source~({groups}))",
        starred(&moment(span.to.0)),
        starred(&moment(span.from.0)),
        starred(query)
    );
    let detail = detail.replace('\'', "%27").replace('(', "%28").replace(')', "%29");
    format!(
        "https://{region}.console.aws.amazon.com/cloudwatch/home?region={region}#logsV2:logs-insights$3FqueryDetail$3D{detail}"
    )
}

/// `2026-11-21T10:00:00.000Z`.
fn moment(ms: i64) -> String {
    let at = signalbox_domain::Timestamp(ms);
    let of_day = at.0.rem_euclid(86_400_000);
    let (h, m, s) = (of_day / 3_600_000, of_day / 60_000 % 60, of_day / 1000 % 60);
    format!("{}T{h:02}:{m:02}:{s:02}.{:03}Z", at.day(), of_day % 1000)
}

/// Escapes as the console does: everything but letters, digits, `_`, `.`, `-` becomes `*` and two digits.
fn starred(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut out, c| {
        match c {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '_' | '.' | '-' => out.push(c),
            c if c.is_ascii() => drop(write!(out, "*{:02x}", u32::from(c))),
            c => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    write!(out, "**{unit:04x}").ok();
                }
            }
        }
        out
    })
}

fn percent(text: &str) -> String {
    text.bytes().fold(String::with_capacity(text.len() * 2), |mut out, b| {
        if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
            out.push(char::from(b));
        } else {
            write!(out, "%{b:02X}").ok();
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::Timestamp;

    const SPAN: Span = Span { from: Timestamp(1_795_255_200_000), to: Timestamp(1_795_256_100_000) };

    #[test]
    fn grafana() {
        let links = Links { grafana: Some("https://g.example/".into()), datasource: Some("uid1".into()) };
        let source = Source::Loki { query: r#"{app="web"} |~ "(?i)error""#.into() };
        let (name, url) = of(&source, &links, None, SPAN).unwrap();
        assert_eq!(name, "Grafana");
        assert!(url.starts_with("https://g.example/explore?schemaVersion=1&panes=%7B%22a%22%3A"), "{url}");
        assert!(url.contains("%22from%22%3A%221795255200000%22"), "{url}");
        assert!(!url.contains(['"', '|', ' ', '<', '>', '{']), "{url}");
        assert_eq!(of(&source, &Links::default(), None, SPAN), None);
    }

    #[test]
    fn cloudwatch() {
        let source =
            Source::CloudWatch { groups: vec!["/aws/lambda/web".into()], filter: None, insights: false };
        let (name, url) = of(&source, &Links::default(), Some("eu-west-1"), SPAN).unwrap();
        assert_eq!(name, "CloudWatch");
        assert!(url.starts_with("https://eu-west-1.console.aws.amazon.com/cloudwatch/home?region=eu-west-1#logsV2:logs-insights$3FqueryDetail$3D~%28end~%272026-11-21T10*3a15*3a00.000Z~start~%272026-11-21T10*3a00*3a00.000Z~timeType~%27ABSOLUTE"), "{url}");
        assert!(url.ends_with("~source~%28~%27*2faws*2flambda*2fweb%29%29"), "{url}");
        assert!(!url.contains(['\'', '(', ')', ' ', '|']), "{url}");
        assert_eq!(of(&source, &Links::default(), None, SPAN), None, "nobody knows the region");
    }
}
