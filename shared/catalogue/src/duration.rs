//! Times as people write them: `30s`, `5m`, `2h`, `7d`.

/// A day, in seconds.
pub(crate) const DAY: u64 = 24 * 60 * 60;

/// Reads digits and one of `s`, `m`, `h` and `d`, and gives the time in seconds. A time that is too large for the
/// type becomes the largest number of the type.
pub(crate) fn seconds(text: &str) -> Option<u64> {
    let (last, suffix) = text.char_indices().next_back()?;
    let unit = match suffix {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => DAY,
        _ => return None,
    };
    let number = text.get(..last).filter(|n| !n.is_empty() && n.bytes().all(|b| b.is_ascii_digit()))?;
    Some(number.parse::<u64>().unwrap_or(u64::MAX).saturating_mul(unit))
}

#[cfg(test)]
mod tests {
    use super::seconds;

    #[test]
    fn times() {
        let cases = [
            ("0s", Some(0)),
            ("30s", Some(30)),
            ("5m", Some(300)),
            ("2h", Some(7200)),
            ("7d", Some(604_800)),
            ("99999999999999999999d", Some(u64::MAX)),
            ("", None),
            ("s", None),
            ("5", None),
            ("-5s", None),
            ("1.5h", None),
            ("5 m", None),
            ("5w", None),
            ("５m", None),
        ];
        for (text, expected) in cases {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }
}
