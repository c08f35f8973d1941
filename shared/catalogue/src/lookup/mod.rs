//! What is asked of systems outside: `from` of a parameter, and `requires`, `verify` and `ships` of an operation.

pub(crate) mod requires;
pub(crate) mod ships;
pub(crate) mod source;

use crate::report::{Report, quoted};
use crate::scope::{NO_SECRETS, Parameters, RESERVED};
use crate::target::{never_all, template};
use crate::template::{Brace, braces};
use crate::walk::{Field, Text};
use signalbox_domain::parameter::length;
use signalbox_domain::redact::looks_secret;

/// Reads a text with placeholders for parameters and their settings. Who asks, and the run, are not among them: an answer
/// is kept and shown to everybody.
fn text(report: &mut Report, field: &Field<'_>, parameters: &Parameters<'_>) -> Option<String> {
    let text = field.line(report)?;
    is_fine(report, field, text, parameters).then(|| text.text.to_owned())
}

fn is_fine(report: &mut Report, field: &Field<'_>, text: Text<'_>, parameters: &Parameters<'_>) -> bool {
    if looks_secret(text.text) {
        report.secret(text.span, format!("the value of {} looks like a secret", field.label), NO_SECRETS);
        return false;
    }
    let mut fine = template(report, text, parameters);
    fine &= never_all(report, text, "write each parameter that decides what is asked");
    for brace in braces(text.text) {
        let Brace::Placeholder(name, range) = brace else { continue };
        let first = name.split('.').next().unwrap_or(name);
        if RESERVED.contains(&first) {
            report.error(
                text.part(range),
                format!("{} cannot stand here", quoted(name)),
                "what is asked is the same for everybody: write a parameter or one of its settings",
            );
            fine = false;
        }
    }
    fine
}

/// Reads an address with placeholders.
fn address(report: &mut Report, field: &Field<'_>, parameters: &Parameters<'_>) -> Option<String> {
    let text = field.line(report)?;
    let begins = text.text.starts_with("https://") || text.text.starts_with("http://");
    // A setting may be a whole address.
    let by_setting =
        text.text.starts_with('{') && text.text.split('}').next().is_some_and(|name| name.contains('.'));
    if !begins && !by_setting {
        report.error(
            text.span,
            format!("{} is not an address", quoted(text.text)),
            "write one that begins with https://, or with a setting that does, such as `{env.url}/health`",
        );
        return None;
    }
    is_fine(report, field, text, parameters).then(|| text.text.to_owned())
}

/// Reads a length of time, in seconds.
fn seconds(report: &mut Report, field: &Field<'_>, (least, most): (u64, u64)) -> Option<u64> {
    let text = field.line(report)?;
    match length(text.text).map(|length| length.as_secs()) {
        Some(seconds) if (least..=most).contains(&seconds) => Some(seconds),
        Some(_) | None => {
            let spelt = |seconds| signalbox_domain::parameter::spelt(std::time::Duration::from_secs(seconds));
            report.error(
                text.span,
                format!(
                    "{} is not a length of time from {} to {}",
                    quoted(text.text),
                    spelt(least),
                    spelt(most)
                ),
                "write one such as 30s, 5m or 1h30m",
            );
            None
        }
    }
}

/// Reads the name of a repository on GitHub, with placeholders.
fn repository(report: &mut Report, field: &Field<'_>, parameters: &Parameters<'_>) -> Option<String> {
    let text = text(report, field, parameters)?;
    let plain = |part: &str| !part.is_empty() && !part.contains(char::is_whitespace);
    // A setting may be both, owner and name.
    let by_setting = text.starts_with('{') && text.ends_with('}') && text.contains('.');
    let fine =
        by_setting || text.split_once('/').is_some_and(|(o, n)| plain(o) && plain(n) && !n.contains('/'));
    if !fine {
        report.error(
            field.value_at(),
            format!("{} is not a repository", quoted(&text)),
            "write its owner and its name, such as `acme/{service}`, or a setting that has both, such as `{service.repository}`",
        );
        return None;
    }
    Some(text)
}
