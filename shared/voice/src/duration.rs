//! Lengths of time, as people say them.

use std::time::Duration;

/// `12 s`, `3 min 5 s`, `2 h 3 min`, `4 d 1 h`: two units at most, whole seconds, rounded down.
pub(crate) fn spell(duration: Duration) -> String {
    let seconds = duration.as_secs();
    let (big, unit, small, rest) = match seconds {
        0 => return "under 1 s".to_owned(),
        1..60 => return format!("{seconds} s"),
        60..3600 => (seconds / 60, "min", "s", seconds % 60),
        3600..86_400 => (seconds / 3600, "h", "min", seconds % 3600 / 60),
        86_400.. => (seconds / 86_400, "d", "h", seconds % 86_400 / 3600),
    };
    if rest == 0 { format!("{big} {unit}") } else { format!("{big} {unit} {rest} {small}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_units_at_most() {
        for (ms, expect) in [
            (0, "under 1 s"),
            (999, "under 1 s"),
            (12_400, "12 s"),
            (60_000, "1 min"),
            (185_000, "3 min 5 s"),
            (7_380_000, "2 h 3 min"),
            (7_200_000, "2 h"),
            (349_200_000, "4 d 1 h"),
        ] {
            assert_eq!(spell(Duration::from_millis(ms)), expect, "{ms}");
        }
    }
}
