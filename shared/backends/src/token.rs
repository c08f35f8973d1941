//! Finds our runs in texts of other systems.

use signalbox_domain::RunId;

/// The attempt that a word names: a run's id, and from the second attempt on `-` and its number.
pub(crate) fn attempt(word: &str) -> Option<(RunId, u32)> {
    match word.split_once('-') {
        None => Some((word.parse().ok()?, 1)),
        Some((run, nth)) => {
            let nth: u32 = nth.parse().ok().filter(|n| *n > 1)?;
            Some((run.parse().ok()?, nth))
        }
    }
}

/// The first attempt that is named anywhere in a text.
pub(crate) fn attempt_in(text: &str) -> Option<(RunId, u32)> {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '-').find_map(attempt)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn in_a_title() {
        let id = "12fzaxkgttqdy93s4nvcj65zf9";
        let found = |text: &str| attempt_in(text).map(|(run, nth)| format!("{run} {nth}"));
        assert_eq!(found(&format!("Deploy web [{id}]")), Some(format!("{id} 1")));
        assert_eq!(found(&format!("Deploy web ({id}-3)")), Some(format!("{id} 3")));
        assert_eq!(found(&format!("{id}-1")), None);
        assert_eq!(found(&format!("{id}-x")), None);
        assert_eq!(found(&format!("x{id}")), None);
        assert_eq!(found("ci(action): update actions/setup-node digest to 8c91899"), None);
    }
}
