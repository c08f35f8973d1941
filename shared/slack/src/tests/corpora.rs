//! Inputs that were not written for this project, from a folder beside the checkout. If it is absent, a test says so.

use std::path::PathBuf;

/// One file of the corpora.
pub(crate) fn read(path: &str) -> Option<Vec<u8>> {
    Some(std::fs::read(folder()?.join(path)).unwrap())
}

/// All JSON files of a folder of the corpora, by name.
pub(crate) fn read_all(path: &str) -> Vec<(String, Vec<u8>)> {
    let Some(folder) = folder() else { return vec![] };
    let files = std::fs::read_dir(folder.join(path)).unwrap().map(|f| f.unwrap().path());
    let files = files.filter(|f| f.extension().is_some_and(|e| e == "json"));
    files.map(|f| (f.display().to_string(), std::fs::read(&f).unwrap())).collect()
}

pub(crate) fn hex(digits: &str) -> Vec<u8> {
    let pairs = (0..digits.len()).step_by(2).map(|i| &digits[i..i + 2]);
    pairs.map(|pair| u8::from_str_radix(pair, 16).unwrap()).collect()
}

#[expect(clippy::disallowed_methods, reason = "tests find their inputs by the environment")]
fn folder() -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/corpora"));
    let folder = std::env::var_os("SIGNALBOX_CORPORA").map_or_else(beside, PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    // Not by a macro, because output of a macro is hidden in a test that passes.
    let said = format!("SKIPPED: there are no corpora in {}\n", folder.display());
    std::io::Write::write_all(&mut std::io::stderr(), said.as_bytes()).unwrap();
    assert_ne!(std::env::var("SIGNALBOX_REQUIRE").as_deref(), Ok("all"), "the corpora are required");
    None
}
