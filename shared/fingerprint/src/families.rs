//! Patterns that say the same about many things: they differ in a word at one or two places, and have many different
//! words there.
//!
//! One line cannot show that `unloading bonding` and `unloading nfs` are alike; other lines can. A family is only for
//! showing: the fingerprints do not change, so that a new pattern of a family is still new. Opposites and codes never
//! form a family.

use std::collections::{BTreeSet, HashMap, HashSet};

/// Marks in a family's form the places where its patterns differ.
pub const PLACE: &str = "<*>";
/// Patterns that are looked at, the most frequent first.
const MOST: usize = 20_000;
/// Patterns for which two places are tried.
const MOST_FOR_TWO: usize = 4_000;
/// Pieces of a pattern that are tried as places.
const PIECES: usize = 40;
const PIECES_FOR_TWO: usize = 24;

/// Patterns that are of one kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Family {
    /// What the patterns have in common, with [`PLACE`] where they differ: a `merge` rule with this form would make
    /// them one.
    pub form: String,
    /// The indices of its patterns in the given list, in order.
    pub members: Vec<usize>,
    /// What each pattern has at the places.
    pub words: Vec<String>,
}

/// Finds the families among patterns, given by their templates. A pattern is in one family at most.
pub fn families(templates: &[&str]) -> Vec<Family> {
    let cut: Vec<Vec<&str>> = templates.iter().take(MOST).map(|t| pieces(t)).collect();
    let mut free: Vec<bool> = vec![true; cut.len()];
    let mut found = vec![];
    for places in [1, 2] {
        let most = if places == 1 { MOST } else { MOST_FOR_TWO };
        let mut groups: HashMap<Vec<&str>, (Vec<usize>, Vec<usize>)> = HashMap::new();
        for (n, pieces) in cut.iter().enumerate().take(most) {
            if free.get(n).copied().unwrap_or_default() {
                for at in choices(pieces, places) {
                    let mut key = pieces.clone();
                    for &place in &at {
                        if let Some(piece) = key.get_mut(place) {
                            *piece = "\0";
                        }
                    }
                    groups.entry(key).or_insert_with(|| (at, vec![])).1.push(n);
                }
            }
        }
        let mut groups: Vec<(Vec<&str>, Vec<usize>, Vec<usize>)> =
            groups.into_iter().map(|(key, (at, members))| (key, at, members)).collect();
        groups.retain(|(_, _, members)| members.len() >= 3);
        // The largest first; the same order every time.
        groups.sort_by(|a, b| b.2.len().cmp(&a.2.len()).then_with(|| a.0.cmp(&b.0)));
        for (key, at, members) in groups {
            let members: Vec<usize> =
                members.into_iter().filter(|&n| free.get(n).copied().unwrap_or_default()).collect();
            if !is_family(&cut, &key, &at, &members) {
                continue;
            }
            for &n in &members {
                if let Some(free) = free.get_mut(n) {
                    *free = false;
                }
            }
            let words = members.iter().map(|&n| words(cut.get(n).map_or(&[], Vec::as_slice), &at)).collect();
            found.push(Family { form: key.concat().replace('\0', PLACE), members, words });
        }
    }
    found.sort_by(|a, b| a.members.cmp(&b.members));
    found
}

/// What a pattern has at these places.
fn words(pieces: &[&str], at: &[usize]) -> String {
    at.iter().filter_map(|&place| pieces.get(place).copied()).collect::<Vec<_>>().join(" … ")
}

/// Words, spaces and marks. A variable is a piece of its own.
fn pieces(template: &str) -> Vec<&str> {
    let mut pieces = vec![];
    let mut rest = template;
    while let Some(first) = rest.chars().next() {
        let n = if rest.starts_with(PLACE) {
            PLACE.len()
        } else if is_word(first) {
            rest.find(|c| !is_word(c)).unwrap_or(rest.len())
        } else {
            first.len_utf8()
        };
        // A dot ends a sentence, and is not part of the last word.
        let (piece, after) = rest.split_at(n);
        let word = piece.trim_end_matches('.');
        if word.is_empty() {
            pieces.push(piece);
        } else {
            pieces.push(word);
            if word.len() < piece.len() {
                pieces.push(piece.get(word.len()..).unwrap_or_default());
            }
        }
        rest = after;
    }
    pieces
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '$')
}

/// The places to try: every word, or every two.
fn choices(pieces: &[&str], places: usize) -> Vec<Vec<usize>> {
    let limit = if places == 1 { PIECES } else { PIECES_FOR_TWO };
    let words: Vec<usize> = pieces
        .iter()
        .enumerate()
        .take(limit)
        .filter(|(n, piece)| {
            piece.chars().any(char::is_alphabetic) && can_vary(piece) && !is_told(pieces, *n)
        })
        .map(|(n, _)| n)
        .collect();
    if places == 1 {
        return words.into_iter().map(|n| vec![n]).collect();
    }
    let mut pairs = vec![];
    for (k, &a) in words.iter().enumerate() {
        pairs.extend(words.iter().skip(k + 1).map(|&b| vec![a, b]));
    }
    pairs
}

/// Whether the word follows a word that says that this is what happened: `reason = …`.
fn is_told(pieces: &[&str], n: usize) -> bool {
    let before =
        pieces.iter().take(n).rev().find(|p| p.chars().any(char::is_alphabetic)).copied().unwrap_or_default();
    let attached = pieces.iter().take(n).next_back().is_some_and(|p| matches!(*p, "=" | ":" | " "));
    attached
        && matches!(
            before.to_lowercase().as_str(),
            "reason"
                | "error"
                | "err"
                | "state"
                | "status"
                | "result"
                | "code"
                | "cause"
                | "exception"
                | "level"
        )
}

/// Whether the word can be the name of something. Codes, exceptions and levels say what happened instead.
fn can_vary(word: &str) -> bool {
    let code =
        word.len() >= 3 && word.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    let exception = ["Exception", "Error", "Failure", "Timeout"].iter().any(|e| word.ends_with(e));
    let digits = word.chars().next().is_some_and(|c| c.is_ascii_digit());
    !(code || exception || digits)
}

/// Whether the members have many different words at the places, and the words are names and not what happened.
fn is_family(cut: &[Vec<&str>], key: &[&str], at: &[usize], members: &[usize]) -> bool {
    // The less the patterns have in common, the more of them are needed.
    let fixed = key.iter().filter(|piece| piece.chars().filter(|c| c.is_alphabetic()).count() >= 2).count();
    let need = match (at.len(), fixed) {
        (_, 0) => return false,
        (1, 1) => 6,
        (1, 2) => 5,
        (1, _) => 4,
        (_, 1) => 12,
        (_, 2) => 8,
        _ => 6,
    };
    at.iter().enumerate().all(|(k, &place)| {
        let words: BTreeSet<&str> = members.iter().filter_map(|&n| cut.get(n)?.get(place).copied()).collect();
        // If there are two places, the second may have few words.
        let need = if k > 0 { need / 2 } else { need };
        words.len() >= need.max(2) && are_names(&words)
    }) && members.len() >= need
}

/// Words for what happens to things, with their opposites: a family must not hold both.
const OPPOSITES: &[(&str, &str)] = &[
    ("opened", "closed"),
    ("open", "close"),
    ("opening", "closing"),
    ("started", "failed"),
    ("started", "stopped"),
    ("start", "stop"),
    ("starting", "stopping"),
    ("succeeded", "failed"),
    ("success", "failure"),
    ("connected", "disconnected"),
    ("connect", "disconnect"),
    ("up", "down"),
    ("on", "off"),
    ("enabled", "disabled"),
    ("enable", "disable"),
    ("added", "removed"),
    ("add", "remove"),
    ("created", "deleted"),
    ("create", "delete"),
    ("accepted", "rejected"),
    ("accepted", "refused"),
    ("allowed", "denied"),
    ("granted", "denied"),
    ("true", "false"),
    ("yes", "no"),
    ("active", "inactive"),
    ("online", "offline"),
    ("healthy", "unhealthy"),
    ("ready", "unready"),
    ("available", "unavailable"),
    ("loaded", "unloaded"),
    ("loading", "unloading"),
    ("locked", "unlocked"),
    ("mounted", "unmounted"),
    ("begin", "end"),
    ("read", "write"),
    ("sent", "received"),
    ("in", "out"),
    ("enter", "exit"),
    ("passed", "failed"),
    ("warning", "error"),
];

/// Whether the words are names and not actions: no opposites, and few words that look like actions.
fn are_names(words: &BTreeSet<&str>) -> bool {
    let low: HashSet<String> = words.iter().map(|w| w.to_lowercase()).collect();
    if OPPOSITES.iter().any(|(a, b)| low.contains(*a) && low.contains(*b)) {
        return false;
    }
    let doings = low.iter().filter(|w| (w.ends_with("ed") || w.ends_with("ing")) && w.len() > 4).count();
    let small = low
        .iter()
        .filter(|w| {
            matches!(
                w.as_str(),
                "not"
                    | "no"
                    | "is"
                    | "was"
                    | "has"
                    | "cannot"
                    | "failed"
                    | "error"
                    | "to"
                    | "from"
                    | "for"
                    | "of"
                    | "at"
                    | "by"
                    | "with"
                    | "and"
                    | "or"
                    | "the"
                    | "a"
                    | "an"
                    | "as"
                    | "be"
                    | "done"
                    | "ok"
            )
        })
        .count();
    doings * 4 <= low.len() && small * 8 <= low.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forms(templates: &[&str]) -> Vec<String> {
        families(templates).into_iter().map(|f| format!("{} ×{}", f.form, f.members.len())).collect()
    }

    #[test]
    fn names_at_one_place_are_a_family() {
        let modules = ["bonding", "nfs", "ipv6", "loop", "dm_mod", "sunrpc", "ext4"];
        let lines: Vec<String> = modules.iter().map(|m| format!("unloading {m}")).collect();
        let mut all: Vec<&str> = lines.iter().map(String::as_str).collect();
        all.push("unloading is not allowed here");
        assert_eq!(forms(&all), ["unloading <*> ×7"]);
        assert_eq!(families(&all)[0].words, modules);
        let few: Vec<&str> = all.iter().take(3).copied().collect();
        assert!(forms(&few).is_empty(), "three are too few for so little in common");
    }

    #[test]
    fn names_at_two_places_are_a_family() {
        let lines: Vec<String> = ["a", "b", "c", "d", "e", "f", "g", "h"]
            .iter()
            .map(|x| format!("host {x}{x}a told the tea cook about kettle {x}ettle"))
            .collect();
        let all: Vec<&str> = lines.iter().map(String::as_str).collect();
        assert_eq!(forms(&all), ["host <*> told the tea cook about kettle <*> ×8"]);
        assert_eq!(families(&all)[0].words[1], "bba … bettle");
    }

    #[test]
    fn opposites_and_codes_are_no_family() {
        for words in [
            ["opened", "closed", "shown", "kept", "lost", "found", "hidden"],
            ["ECONNREFUSED", "ETIMEDOUT", "ENOTFOUND", "EPIPE", "ECONNRESET", "EAGAIN", "EPERM"],
            ["200", "404", "500", "502", "503", "504", "429"],
            ["started", "brewed", "poured", "stirred", "drunk", "washed", "dried"],
            ["KeyError", "ValueError", "TypeError", "OSError", "IndexError", "NameError", "IOError"],
        ] {
            let lines: Vec<String> =
                words.iter().map(|w| format!("tea for the shop was {w} again")).collect();
            let all: Vec<&str> = lines.iter().map(String::as_str).collect();
            assert!(forms(&all).is_empty(), "{words:?}");
        }
    }
}
