//! Markdown: <https://github.github.com/gfm/>. Text of the catalogue is text there, whatever signs it has.

use signalbox_voice::{Piece, Text};

/// Text that makes no markup.
pub fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            // A line break would end a cell or a heading.
            '\n' | '\r' | '\t' => out.push(' '),
            c if c.is_ascii_punctuation() && !matches!(c, ',' | ';' | '?' | '\'' | '"' | '/' | '%') => {
                // A full stop or a hyphen within a text is no markup, and reads better without a backslash.
                let plain = matches!(c, '.' | ':' | '-' | ')' | '(' | '=' | '@') && !out.is_empty();
                if !plain || out.chars().all(|c| c.is_ascii_digit()) {
                    out.push('\\');
                }
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// Text as it is typed.
pub fn code(text: &str) -> String {
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if text.trim().is_empty() {
        return self::text(&format!("\"{text}\""));
    }
    // The fence has more backticks than the text.
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with(['`', ' ']) || text.ends_with(['`', ' ']) { " " } else { "" };
    format!("{fence}{space}{text}{space}{fence}")
}

/// A row of a table. A bar would begin the next cell, in code too.
pub fn row(cells: &[String]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| bars(cell)).collect();
    format!("| {} |", cells.join(" | "))
}

fn bars(cell: &str) -> String {
    let mut out = String::with_capacity(cell.len());
    for (i, part) in cell.split('|').enumerate() {
        if i > 0 {
            out.push_str(if out.ends_with('\\') { "|" } else { "\\|" });
        }
        out.push_str(part);
    }
    out
}

/// Lines on their own, in which nothing is markup.
pub fn fenced(lines: &[String]) -> String {
    let longest = lines.iter().flat_map(|line| line.split(|c| c != '`').map(str::len)).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{fence}text\n{}\n{fence}", lines.join("\n"))
}

/// A text of the voice.
pub fn said(text: &Text) -> String {
    text.pieces().iter().map(piece).collect()
}

fn piece(of: &Piece) -> String {
    match of {
        Piece::Said(words) => text(words),
        Piece::Strong(words) => format!("**{}**", text(words)),
        Piece::Typed(words) => code(words),
        Piece::Prose(words) | Piece::Fence(words) => text(words),
        Piece::Bold(words) => format!("**{}**", text(words)),
        Piece::Code(words) => code(words),
        Piece::Person(person) => code(&person.to_string()),
        Piece::Called(_, otherwise) => piece(otherwise),
        Piece::Channel(channel, _) => code(channel.as_str()),
        // These stand on cards alone.
        Piece::Sign(_) | Piece::Moment(..) | Piece::Link(..) | Piece::Message(..) => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_markup() {
        for (given, is) in [
            ("Deploy a service (slowly), please.", "Deploy a service (slowly), please."),
            ("*bold* _it_ [a](b) <b> `c` # d", "\\*bold\\* \\_it\\_ \\[a\\](b) \\<b\\> \\`c\\` \\# d"),
            ("# no heading", "\\# no heading"),
            ("- no item", "\\- no item"),
            ("1. no list", "1\\. no list"),
            ("a\nb", "a b"),
            ("a | b", "a \\| b"),
            ("![x](y)", "\\!\\[x\\](y)"),
        ] {
            assert_eq!(text(given), is, "{given}");
        }
        for (given, is) in [
            ("a b", "`a b`"),
            ("a`b", "``a`b``"),
            ("`", "`` ` ``"),
            (" a", "`  a `"),
            ("", "\"\""),
            ("a\nb", "`a b`"),
        ] {
            assert_eq!(code(given), is, "{given}");
        }
        assert_eq!(row(&["a|b".into(), text("c|d"), code("e|f")]), "| a\\|b | c\\|d | `e\\|f` |");
        assert_eq!(fenced(&["```".into()]), "````text\n```\n````");
    }
}
