//! Rounds over ports in memory: each line once, however often and by whomever it is read.

use super::*;

/// A watch over one source, `app`.
pub(crate) fn watch() -> Watch {
    use signalbox_domain::watch::Source;
    Watch {
        sources: BTreeMap::from([("app".parse().unwrap(), Source::Files { paths: vec!["app.log".into()] })]),
        every_seconds: 900,
        most_lines: 100_000,
        quiet_days: 7,
        remind_hours: 24,
        ..signalbox_testkit::samples::watch()
    }
}
