//! Everything that is printed goes through here: tables, lines, errors, the log. Colours are only for terminals;
//! piped output is plain. Text from outside cannot move the cursor or forge a row, wherever it is printed.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Row, Table, presets};
use signalbox_domain::Timestamp;
use signalbox_domain::alert::Standing;
use signalbox_domain::visible;
use std::io::{IsTerminal, Write};

/// Whether standard output goes to a person at a terminal.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Lines to standard output. A reader that went away (`… | head`) is no reason to stop, and a server must not stop
/// for it.
pub fn out(text: &str) {
    writeln!(std::io::stdout(), "{}", visible::lines(text)).ok();
}

/// A line for programs: unchanged, except on a terminal.
pub fn machine(text: &str) {
    if is_terminal() {
        out(text);
    } else {
        writeln!(std::io::stdout(), "{text}").ok();
    }
}

/// Lines to standard error.
pub fn err(text: &str) {
    writeln!(std::io::stderr(), "{}", visible::lines(text)).ok();
}

/// Replaces the last line of standard error; the text stays there.
pub fn progress(text: &str) {
    write!(std::io::stderr(), "\r\u{1b}[K{}", visible::line(text)).ok();
}

/// What went wrong, behind the word `error`, which is bold on a terminal.
pub fn error(text: &str) {
    let terminal = std::io::stderr().is_terminal();
    let word = if terminal { "\u{1b}[1;31merror\u{1b}[0m" } else { "error" };
    writeln!(std::io::stderr(), "{word}: {}", visible::lines(text)).ok();
}

/// The catalogue's problems, with the lines they are in. The renderer shows control characters as signs.
pub fn problems(problems: &signalbox_catalogue::Diagnostics) {
    let terminal = std::io::stderr().is_terminal();
    let text = problems.render(terminal);
    let parts = text.split('\u{1b}').enumerate().map(|(i, part)| {
        // Of the renderer's own escapes only colours are kept: `[…m`.
        let colour = part.strip_prefix('[').and_then(|p| p.split_once('m'));
        match colour.filter(|(codes, _)| i > 0 && codes.bytes().all(|b| b.is_ascii_digit() || b == b';')) {
            Some((codes, rest)) if terminal => format!("\u{1b}[{codes}m{}", visible::lines(rest)),
            Some(_) | None if i == 0 => visible::lines(part),
            Some(_) | None => format!("\\u001b{}", visible::lines(part)),
        }
    });
    writeln!(std::io::stderr(), "{}", parts.collect::<String>()).ok();
}

/// Where the log goes: standard error. Each write is one entry, and becomes one line without active control
/// characters.
pub struct Log;

impl Write for Log {
    fn write(&mut self, entry: &[u8]) -> std::io::Result<usize> {
        let text = String::from_utf8_lossy(entry);
        let mut line = visible::line(text.trim_end_matches('\n'));
        line.push('\n');
        std::io::stderr().write_all(line.as_bytes())?;
        Ok(entry.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        std::io::stderr().flush()
    }
}

/// A table with these headings. Tab-separated lines when piped.
pub struct Lines {
    table: Table,
    plain: Vec<String>,
}

impl Lines {
    /// An empty one.
    pub fn new(headings: &[&str]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_header(headings.iter().map(|h| Cell::new(h).add_attribute(Attribute::Bold)));
        Self { table, plain: vec![] }
    }

    /// Prints the headings in piped output too.
    pub fn with_headings(mut self) -> Self {
        let headings = self.table.header().map(|row| row.cell_iter().map(Cell::content).collect::<Vec<_>>());
        self.plain.extend(headings.map(|cells| cells.join("\t")));
        self
    }

    /// Adds a row; the `painted` column is coloured by its word.
    pub fn row(&mut self, cells: &[String], painted: Option<usize>) {
        let cells: Vec<String> = cells.iter().map(|text| visible::line(text)).collect();
        self.plain.push(cells.join("\t"));
        self.table.add_row(cells.iter().enumerate().map(|(i, text)| {
            let cell = Cell::new(text);
            if Some(i) == painted { cell.fg(color(text)) } else { cell }
        }));
    }

    /// Adds a row of a list for people, as one line on any usual terminal. On a terminal `shown` is printed instead
    /// of `cells`, and long text is cut; piped output is whole.
    pub fn short_row(&mut self, cells: &[String], shown: &[String], painted: usize) {
        self.row(cells, None);
        let widest: Vec<String> = shown.iter().map(|text| visible::line(text)).collect();
        let row = widest.iter().enumerate().map(|(i, text)| {
            let cell = Cell::new(text);
            if i == painted { cell.fg(color(text)) } else { cell }
        });
        if let Some(last) = self.table.row_count().checked_sub(1)
            && let Some(added) = self.table.row_mut(last)
        {
            *added = Row::from(row.collect::<Vec<_>>());
            added.max_height(1);
        }
    }

    /// Writes it to standard output.
    pub fn print(&self) {
        writeln!(std::io::stdout(), "{self}").ok();
    }
}

impl std::fmt::Display for Lines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if is_terminal() { write!(f, "{}", self.table) } else { f.write_str(&self.plain.join("\n")) }
    }
}

fn color(word: &str) -> Color {
    match word {
        "succeeded" => Color::Green,
        "failed" | "timed out" | "unknown" => Color::Red,
        "refused" | "cancelled" => Color::DarkGrey,
        _ => Color::Yellow,
    }
}

/// `2026-11-21 14:03:09Z`.
pub fn moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| format!("{} ms", at.0), |t| t.strftime("%Y-%m-%d %H:%M:%SZ").to_string())
}

/// `11-21 14:03`, as lists for people show it: in UTC, like everything that is printed.
pub fn short_moment(at: Timestamp) -> String {
    jiff::Timestamp::from_millisecond(at.0)
        .map_or_else(|_| moment(at), |t| t.strftime("%m-%d %H:%M").to_string())
}

/// Where a pattern stands: the words of its card.
pub fn standing(standing: Standing) -> String {
    let words = signalbox_voice::standing(standing).to_lowercase();
    match standing.since() {
        Some(at) => format!("{words} {}", moment(at)),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_of_a_list_is_one_line_at_eighty_columns() {
        let mut lines = Lines::new(&["asked", "run", "state", "what", "who"]);
        lines.table.set_width(80);
        let what = "rollout fast=false service=payments steps=3 note=\"as agreed with everybody\"";
        let cells =
            ["2026-11-21 14:03:09Z", "gbvmbqj", "succeeded", what, "T012ABCDE/U012ABCDE"].map(str::to_owned);
        let shown = ["11-21 14:03", "gbvmbqj", "succeeded", what, "U012ABCDE"].map(str::to_owned);
        lines.short_row(&cells, &shown, 2);
        let table = lines.table.to_string();
        assert_eq!(table.lines().count(), 2, "{table}");
        assert!(table.contains("U012ABCDE") && table.contains("rollout fast=false"), "{table}");
        assert_eq!(lines.plain, [cells.join("\t")]);
    }

    #[test]
    fn a_cell_forges_no_row_and_moves_no_cursor() {
        let mut lines = Lines::new(&["what", "who"]);
        lines.row(&["a\u{1b}[2K\rb\nforged\trow".into(), "\u{202e}bob\u{9b}1m".into()], Some(0));
        lines.row(&["漢字".into(), "x".into()], None);
        let plain = lines.plain.join("\n");
        assert_eq!(plain, "a\\u001b[2K\\u000db\\u000aforged\\u0009row\t\\u202ebob\\u009b1m\n漢字\tx");
        let table = lines.table.to_string();
        assert_eq!(table.lines().count(), 3, "{table}");
        assert!(!table.contains(['\u{202e}', '\r', '\u{9b}']) && !table.contains("\u{1b}[2K"), "{table}");
    }
}
