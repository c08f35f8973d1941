//! Tables and colours: for terminals. Piped output is plain.

use comfy_table::{Attribute, Cell, Color, ContentArrangement, Table, presets};
use signalbox_domain::Timestamp;
use std::io::IsTerminal;

/// Whether standard output is looked at by a person.
pub fn is_terminal() -> bool {
    std::io::stdout().is_terminal()
}

/// Bold on a terminal's standard error.
pub fn strong(text: &str) -> String {
    if std::io::stderr().is_terminal() { format!("\u{1b}[1;31m{text}\u{1b}[0m") } else { text.to_owned() }
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

    /// Adds a row; the `painted` column is coloured by its word.
    pub fn row(&mut self, cells: &[String], painted: Option<usize>) {
        self.plain.push(cells.join("\t"));
        self.table.add_row(cells.iter().enumerate().map(|(i, text)| {
            let cell = Cell::new(text);
            if Some(i) == painted { cell.fg(color(text)) } else { cell }
        }));
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
