//! Numbers for people: grouped, with their words, and as a line of small bars.

/// `812,000`.
pub(crate) fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 line`, `812,000 lines`.
pub(crate) fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", number(n), if n == 1 { one } else { many })
}

/// One bar for each value, the highest for the largest; zero is a dot, so that it differs from a small value.
pub(crate) fn spark(values: &[u64]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.iter().copied().max().unwrap_or_default();
    let bar = |value: u64| match value {
        0 => '·',
        value => {
            let step = u128::from(value) * 7 / u128::from(most.max(1));
            usize::try_from(step).ok().and_then(|step| BARS.get(step)).copied().unwrap_or('█')
        }
    };
    values.iter().copied().map(bar).collect()
}

/// How much more or less than before: `▲ 20 %`, `▼ 50 %`; empty if it is about the same.
pub(crate) fn change(now: u64, before: u64) -> String {
    if before == 0 {
        return String::new();
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before);
    match percent {
        1.. => format!(" ▲ {percent} %"),
        ..=-1 => format!(" ▼ {} %", -percent),
        0 => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers() {
        let cases = [
            (0, "0"),
            (999, "999"),
            (1000, "1,000"),
            (812_000, "812,000"),
            (u64::MAX, "18,446,744,073,709,551,615"),
        ];
        for (n, expect) in cases {
            assert_eq!(number(n), expect);
        }
    }

    #[test]
    fn bars() {
        assert_eq!(spark(&[]), "");
        assert_eq!(spark(&[0, 1, 4, 8]), "·▁▄█");
        assert_eq!(spark(&[u64::MAX, 1]), "█▁");
        assert_eq!(spark(&[0, 0]), "··");
    }

    #[test]
    fn changes() {
        let cases = [
            (12, 10, " ▲ 20 %"),
            (5, 10, " ▼ 50 %"),
            (10, 10, ""),
            (5, 0, ""),
            (u64::MAX, 1, " ▲ 1844674407370955161400 %"),
        ];
        for (now, before, expect) in cases {
            assert_eq!(change(now, before), expect);
        }
    }
}
