//! Tables of what is hidden and what stays; and rules that must hold of any text.

use proptest::prelude::*;
use signalbox_domain::redact::{MASK, Redactor, looks_secret, redact, redact_tail};

const HIDDEN: &str = include_str!("redact/hidden.txt");
const SHOWN: &str = include_str!("redact/shown.txt");

fn lines(table: &'static str) -> impl Iterator<Item = String> {
    let lines = table.lines().filter(|l| !l.starts_with("# ") && !l.is_empty());
    lines.map(|l| l.replace('⏎', "\n").replace('¦', ""))
}

/// A row of the table: the text, what is expected of it, and its secrets.
fn row(line: &str) -> (String, String, Vec<String>) {
    let (mut text, mut expect, mut secrets) = (String::new(), String::new(), vec![]);
    for (i, part) in line.split(['«', '»']).enumerate() {
        text += part;
        expect += if i % 2 == 1 { MASK } else { part };
        if i % 2 == 1 {
            secrets.push(part.to_owned());
        }
    }
    (text, expect, secrets)
}

fn through(pieces: impl IntoIterator<Item = (String, bool)>) -> String {
    let mut redactor = Redactor::new();
    let mut out = String::new();
    for (piece, whole) in pieces {
        let given = if whole { redactor.line(&piece) } else { redactor.piece(&piece) };
        if let Some(given) = given {
            out += &given;
        }
        if whole {
            out.push('\n');
        }
    }
    out
}

#[test]
fn secrets_go() {
    let mut wrong = vec![];
    for line in lines(HIDDEN) {
        let (text, expect, _) = row(&line);
        let is = redact(&text);
        if is != expect {
            wrong.push(format!("text   {text:?}\nis     {is:?}\nexpect {expect:?}"));
        }
    }
    assert!(lines(HIDDEN).count() >= 200);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn ordinary_text_stays() {
    let mut wrong = vec![];
    for text in lines(SHOWN) {
        let is = redact(&text);
        if is != text || looks_secret(&text) {
            wrong.push(format!("text   {text:?}\nis     {is:?}"));
        }
    }
    assert!(lines(SHOWN).count() >= 100);
    assert!(wrong.is_empty(), "{} wrong:\n{}", wrong.len(), wrong.join("\n\n"));
}

#[test]
fn again_changes_nothing() {
    for line in lines(HIDDEN) {
        let once = redact(&row(&line).0);
        assert_eq!(redact(&once), once, "{line}");
    }
}

#[test]
fn line_by_line_hides_as_much() {
    for line in lines(HIDDEN) {
        let (text, _, secrets) = row(&line);
        let shown = through(text.split('\n').map(|l| (l.to_owned(), true)));
        for secret in secrets.iter().flat_map(|s| s.split('\n')).filter(|s| s.len() >= 10) {
            // That lines belong to a key whose beginning was cut off is known only at its end.
            assert!(!shown.contains(secret) || text.starts_with("MIIE"), "{text}\n{shown}");
        }
    }
}

#[test]
fn a_secret_cut_anywhere_does_not_come_through() {
    let filler = "some words that fill a line ".repeat(80);
    for line in lines(HIDDEN).filter(|l| !l.contains('\n')) {
        let (text, _, secrets) = row(&line);
        if secrets.iter().any(|s| s.len() < 6) || text.contains("-----") {
            continue;
        }
        let long = format!("{filler}\"; {text}\n");
        // The whole text is redacted for comparison: some names count only at a line's beginning.
        let whole = redact(&long);
        let from = filler.len();
        for cut in (from..long.len() - 1).filter(|i| long.is_char_boundary(*i)) {
            let (a, b) = long.split_at(cut);
            let shown = through([(a.to_owned(), false), (b.trim_end().to_owned(), true)]);
            for secret in secrets.iter().filter(|s| !whole.contains(s.as_str())) {
                assert!(!shown.contains(secret.as_str()), "cut at {cut}: {text}\n{shown}");
            }
            assert_eq!(shown, whole, "cut at {cut}");
        }
    }
}

#[test]
fn a_word_without_an_end_leaves_no_tail() {
    let secret = "x9".repeat(30_000);
    let text = format!("password={secret} end");
    for size in [1, 700, 8192, 60_000] {
        let bytes: Vec<(String, bool)> = text
            .as_bytes()
            .chunks(size.max(400))
            .map(|c| (String::from_utf8_lossy(c).into_owned(), false))
            .collect();
        let shown = through(bytes.into_iter().chain([(String::new(), true)]));
        assert!(!shown.contains("x9x9") && shown.contains(" end"), "{size}: {} characters", shown.len());
    }
}

#[test]
fn the_end_of_a_log_may_begin_within_a_secret() {
    assert_eq!(redact_tail("nter2\nnext line"), "[redacted]\nnext line");
    assert_eq!(redact_tail("nter2 and more\nb"), "[redacted] and more\nb");
    let key = "MIIE0123456789abcdefMIIE0123456789abcdef0123456789";
    assert_eq!(redact_tail(&format!("{key}\n{key}\nplain")), "[redacted]\nplain");
    let cut = redact_tail(&format!("89\n{key}\nxx==\n-----END PRIVATE KEY-----\nok"));
    assert!(cut.ends_with("\nok") && !cut.contains("xx==") && !cut.contains(key), "{cut}");
}

#[test]
fn a_key_is_bounded() {
    let text =
        format!("-----BEGIN PRIVATE KEY-----\n{}the end", "0123456789abcdef0123456789abcdef\n".repeat(5000));
    assert!(redact(&text).ends_with("the end"));
    assert!(redact("-----BEGIN PRIVATE KEY-----\nno key at all\nb").ends_with("\nno key at all\nb"));
}

/// Texts made of pieces that secrets are made of.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "password",
        "token",
        "Authorization",
        "Cookie",
        "--",
        "=",
        ":",
        ": ",
        " ",
        "\n",
        "\"",
        "'",
        "\\",
        "\\\"",
        "{",
        "}",
        "[",
        "]",
        "(",
        ")",
        "<",
        ">",
        "</",
        "@",
        "://",
        "%3D",
        "%22",
        "&",
        ";",
        ",",
        "|",
        "Bearer ",
        "Basic ",
        "[redacted]",
        "-----BEGIN PRIVATE KEY-----",
        "-----END PRIVATE KEY-----",
        "0123456789abcdef",
        "hunter2",
        "é",
        "\u{1f512}",
        "ghp_",
        "eyJ",
        "value",
        "name",
        " -u ",
        "curl",
        ".atlasv1.",
        "machine",
        "login",
        "a",
        "9",
        "\u{202e}",
        "\r\n",
        "\t",
        "Some(",
        "->",
        "  ",
        "xoxb-123456789012",
        "$",
        "${",
        "*",
    ]);
    prop::collection::vec(piece, 0..24).prop_map(|p| p.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20_000))]

    #[test]
    fn to_redact_again_changes_nothing(text in hostile()) {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), once);
    }

    #[test]
    fn no_text_is_too_odd(text in any::<String>(), cut in 0usize..200) {
        let once = redact(&text);
        prop_assert_eq!(redact(&once), once.clone());
        prop_assert!(redact_tail(&text).starts_with(MASK));
        let cut = (0..=cut.min(text.len())).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        through([(text[..cut].to_owned(), false), (text[cut..].to_owned(), true)]);
    }

    #[test]
    fn what_is_cut_after_redaction_needs_no_more(text in hostile(), cut in 0usize..80) {
        let once = redact(&text);
        let cut: String = once.chars().take(cut).collect();
        // It may hide more, but never show what was hidden.
        prop_assert_eq!(redact(&redact(&cut)), redact(&cut));
    }
}

/// Rows of the tables, cut and joined and mixed with signs that mean something to the scanner; the same in every test
/// run.
#[test]
fn nothing_that_is_made_of_what_matters_breaks_it() {
    const PEPPER: &[&str] = &[
        "\"",
        "\\",
        "\\\"",
        "\\\\\"",
        "'",
        "`",
        "=",
        ": ",
        ":",
        " ",
        "\n",
        "\r\n",
        "{",
        "}",
        "[",
        "]",
        "{{",
        "}}",
        "${",
        "<",
        "</",
        ">",
        "&",
        ";",
        ",",
        "%3D",
        "%20",
        "%22",
        "\\u0022",
        "&quot;",
        "@",
        "://",
        "é",
        "𝕏",
        "\u{2028}",
        "password",
        "Authorization",
        "token",
        "Cookie: ",
        "Bearer ",
        "Basic ",
        "-----BEGIN PRIVATE KEY-----",
        "-----END",
        "--password",
        " -u ",
        "|",
        "|-\n  ",
        "[redacted]",
        "identified by ",
        "value",
    ];
    let rows: Vec<String> = lines(HIDDEN).map(|l| row(&l).0).chain(lines(SHOWN)).collect();
    let mut state = 0x9E37_79B9_7F4A_7C15_u64;
    let mut pick = |most: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % most.max(1) as u64).unwrap()
    };
    let turns = option_env!("REDACT_TURNS").and_then(|t| t.parse().ok()).unwrap_or(30_000);
    for _ in 0..turns {
        let mut text: Vec<char> = rows[pick(rows.len())].chars().collect();
        for _ in 0..=pick(4) {
            let at = pick(text.len() + 1);
            match pick(4) {
                0 => drop(text.drain(at..(at + pick(6)).min(text.len()))),
                1 => text.truncate(at),
                2 => text.splice(at..at, rows[pick(rows.len())].chars()).for_each(drop),
                _ => text.splice(at..at, PEPPER[pick(PEPPER.len())].chars()).for_each(drop),
            }
        }
        let text: String = text.into_iter().collect();
        let once =
            std::panic::catch_unwind(|| redact(&text)).unwrap_or_else(|_| panic!("broken by {text:?}"));
        assert_eq!(redact(&once), once, "{text:?}");
        let _ = redact_tail(&text);
    }
}
