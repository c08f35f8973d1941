//! `links`: where people can look further. They are only addresses; no request is sent to them.

use super::plain;
use crate::report::{Report, quoted};
use crate::walk::Field;
use signalbox_domain::watch::Links;

/// The keys of `links`.
pub(crate) const KEYS: &[&str] = &["grafana", "datasource"];

/// Reads the links of a watch.
pub(super) fn read(report: &mut Report, field: &Field<'_>) -> Option<Links> {
    let keyed = field.keyed(report, KEYS)?;
    let grafana = keyed.get("grafana").map(|field| address(report, field));
    let datasource = keyed.get("datasource").map(|field| uid(report, field));
    if let (None, Some(datasource)) = (&grafana, keyed.get("datasource"))
        && !keyed.has_strays
    {
        report.error(
            datasource.at,
            "`datasource` belongs to a Grafana, and `links` has no `grafana`",
            "write its address too: `grafana: https://grafana.example.com`",
        );
        return None;
    }
    let both = |found: Option<Option<String>>| match found {
        Some(None) => Err(()),
        Some(found) => Ok(found),
        None => Ok(None),
    };
    Some(Links { grafana: both(grafana).ok()?, datasource: both(datasource).ok()? })
}

fn address(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = plain(report, field)?;
    let host = text.text.strip_prefix("https://").or_else(|| text.text.strip_prefix("http://"));
    let fits = host.is_some_and(|host| {
        !host.is_empty()
            && host.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '[')
            && host.bytes().all(|b| b.is_ascii_graphic() && !b"<>|\"'`{}\\@?#".contains(&b))
    });
    if !fits {
        report.error(
            text.span,
            format!("{} is not the address of a Grafana", quoted(text.text)),
            "write it from `https://` to its path, without a person's name, `?` or `#`: https://grafana.example.com",
        );
        return None;
    }
    Some(text.text.trim_end_matches('/').to_owned())
}

fn uid(report: &mut Report, field: &Field<'_>) -> Option<String> {
    let text = plain(report, field)?;
    // Grafana's own rule for a uid.
    let letter = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_');
    if text.text.len() > 40 || !text.text.bytes().all(letter) {
        report.error(
            text.span,
            format!("{} is not the uid of a data source", quoted(text.text)),
            "in Grafana: the data source's settings; it is the last part of their address",
        );
        return None;
    }
    Some(text.text.to_owned())
}
