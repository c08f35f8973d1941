//! Times as RFC 3339 writes them: <https://www.rfc-editor.org/rfc/rfc3339>, the form of Go's JSON.

use signalbox_domain::Timestamp;

/// Reads `2026-02-03T04:05:06.789Z` or `…+01:00`; parts of a millisecond are cut off. `None` if it is not such a
/// time.
pub(super) fn parse(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(at.as_millisecond()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times() {
        for (text, expected) in [
            ("1970-01-01T00:00:00Z", Some(0)),
            ("2026-11-21T00:00:00Z", Some(1_795_219_200_000)),
            ("2026-11-21T00:00:00.123456789Z", Some(1_795_219_200_123)),
            ("2026-11-21T00:00:00.5Z", Some(1_795_219_200_500)),
            ("2026-11-21T01:30:00+01:30", Some(1_795_219_200_000)),
            ("2026-11-20T19:00:00-05:00", Some(1_795_219_200_000)),
            ("2000-02-29T12:00:00Z", Some(951_825_600_000)),
            ("0001-01-01T00:00:00Z", Some(-62_135_596_800_000)),
            ("2026-11-21", None),
            ("2026-11-21T00:00:00", None),
            ("2026-11-21T00:00:00.Z", None),
            ("2026-13-21T00:00:00Z", None),
            ("2026-11-21T24:00:00Z", None),
            ("2026-11-21T01:00:00+0100", Some(1_795_219_200_000)),
            ("2026-11-21T00:00:00Zx", None),
            ("٢٠٢٦-11-21T00:00:00Z", None),
            ("", None),
        ] {
            assert_eq!(parse(text), expected.map(Timestamp), "{text}");
        }
    }
}
