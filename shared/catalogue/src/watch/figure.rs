//! Settings of a watch: numbers, times and words, each with its default.

use crate::duration::{DAY, seconds};
use crate::report::{Report, did_you_mean, listed, quoted};
use crate::walk::{Field, Keyed};
use std::ops::RangeInclusive;

/// Reads a whole number within a range.
pub(super) fn number(
    report: &mut Report,
    keyed: &Keyed<'_>,
    key: &str,
    default: u64,
    range: RangeInclusive<u64>,
) -> Option<u64> {
    let Some(field) = keyed.get(key) else { return Some(default) };
    let written = field.integer(report)?;
    let number = u64::try_from(written).ok().filter(|n| range.contains(n));
    if number.is_none() {
        report.error(
            field.value_at(),
            format!("{} is {written}, and may be {} to {}", field.label, range.start(), range.end()),
            format!("choose a number in between, or leave it out for {default}"),
        );
    }
    number
}

/// Reads a time within a range, in seconds. The bounds and the default are written in the form that people use.
pub(super) fn time(
    report: &mut Report,
    keyed: &Keyed<'_>,
    key: &str,
    default: &str,
    least: &str,
    most: &str,
) -> Option<u64> {
    let Some(field) = keyed.get(key) else { return seconds(default) };
    let text = field.text(report)?;
    let Some(found) = seconds(text.text) else {
        report.error(
            text.span,
            format!("{} is not a time", quoted(text.text)),
            "write digits and one of `s`, `m`, `h` and `d`: `30s`, `15m`, `2h`, `7d`",
        );
        return None;
    };
    if seconds(least).is_some_and(|least| found < least) || seconds(most).is_some_and(|most| found > most) {
        report.error(
            text.span,
            format!("{} is not between {least} and {most}", quoted(text.text)),
            format!("choose a time in between, or leave it out for {default}"),
        );
        return None;
    }
    Some(found)
}

/// Converts a time to whole days or hours. A time that is not a whole number of them is reported.
pub(super) fn whole(report: &mut Report, keyed: &Keyed<'_>, key: &str, time: u64, unit: char) -> Option<u32> {
    let (length, units) = if unit == 'd' { (DAY, "days") } else { (60 * 60, "hours") };
    if time.is_multiple_of(length) {
        return u32::try_from(time / length).ok();
    }
    let at = keyed.get(key).map_or(keyed.at(), Field::value_at);
    report.error(
        at,
        format!("{} is counted in whole {units}", quoted(key)),
        format!("write digits and `{unit}`, such as `{}{unit}`", time.div_ceil(length)),
    );
    None
}

/// Reads one of several words.
pub(super) fn word<T: Copy>(
    report: &mut Report,
    keyed: &Keyed<'_>,
    key: &str,
    default: T,
    words: &[(&str, T)],
) -> Option<T> {
    let Some(field) = keyed.get(key) else { return Some(default) };
    let text = field.text(report)?;
    let found = words.iter().find(|(word, _)| *word == text.text).map(|(_, meaning)| *meaning);
    if found.is_none() {
        let all = || words.iter().map(|(word, _)| *word);
        let hint = did_you_mean(text.text, all(), || format!("it is one of {}", listed(all())));
        report.error(text.span, format!("{} cannot be {}", field.label, quoted(text.text)), hint);
    }
    found
}
