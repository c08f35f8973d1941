//! Plain tables whose columns are aligned by characters.

/// Prints a title and rows under a header. The first column is aligned to the left, and the figures to the right.
pub fn print<const N: usize>(title: &str, header: [&str; N], rows: &[[String; N]]) {
    let wide = |text: &str| text.chars().count();
    let widths: [usize; N] = std::array::from_fn(|i| {
        rows.iter().map(|r| wide(&r[i])).chain([wide(header[i])]).max().unwrap_or_default()
    });
    let line = |cells: [&str; N]| {
        let padded = cells.iter().zip(widths).enumerate().map(|(i, (cell, width))| {
            let gap = " ".repeat(width - wide(cell));
            if i == 0 { format!("{cell}{gap}") } else { format!("{gap}{cell}") }
        });
        padded.collect::<Vec<_>>().join("  ")
    };
    println!("\n{title}\n");
    println!("{}", line(header).trim_end());
    for row in rows {
        println!("{}", line(std::array::from_fn(|i| row[i].as_str())).trim_end());
    }
}
