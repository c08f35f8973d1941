//! Files stay small, and their first lines say what they are for.

use super::sources;

/// The number of lines of a file without its test modules. Code that stands behind a test module is counted.
fn own(text: &str) -> usize {
    let (mut count, mut lines) = (0, text.lines().peekable());
    while let Some(line) = lines.next() {
        let tests = line == "#[cfg(test)]" && lines.peek().is_some_and(|next| next.starts_with("mod "));
        if tests {
            // Skips to the brace that closes the module. Only that brace stands at the margin.
            let _ = lines.by_ref().take_while(|line| *line != "}").count();
        } else {
            count += 1;
        }
    }
    count
}

#[test]
fn files_stay_small_and_say_what_they_are_for() {
    for folder in ["shared", "functions", "tests", "benches"] {
        for (file, text) in sources(folder) {
            assert!(text.starts_with("//!") || text.starts_with("#!"), "{file} does not open with `//!`");
            // Tests may be in a file of their own, which a `path` attribute names.
            let text = text.replace("#[path = ", "// ");
            let own = own(&text);
            assert!(own <= 400, "{file} has {own} lines beside its tests: it probably holds two ideas");
        }
    }
}

#[test]
fn what_stands_behind_tests_counts() {
    let tests = "#[cfg(test)]\nmod tests {\n    fn a() {\n    }\n}\n";
    assert_eq!(own(&format!("//! x\n{tests}")), 1);
    assert_eq!(own(&format!("//! x\n{tests}fn behind() {{}}\n")), 2);
    assert_eq!(own("//! x\n#[cfg(test)]\nconst ONE: u8 = 1;\nfn a() {}\n"), 4);
}
