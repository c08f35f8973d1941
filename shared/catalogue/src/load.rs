//! A folder of YAML on disk.
//!
//! Reads the files that are directly in the folder, and checks whether the programs that are given as paths exist. It
//! never runs a program, and it reads nothing else that the catalogue refers to.

use crate::diagnostic::Diagnostics;
use crate::parse;
use crate::places::Places;
use crate::report::{Report, quoted};
use crate::source::{LARGEST_FILE, Span};
use signalbox_domain::Catalogue;
use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// Reads every `*.yaml` and `*.yml` of a folder, and checks them together. Files whose name begins with a dot are
/// left out, because editors and mounts use such names for files of their own; so are files with tests of the
/// catalogue.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn load(folder: &Path) -> Result<Catalogue, Diagnostics> {
    load_with_places(folder).map(|(catalogue, _)| catalogue)
}

/// Like [`load`], and says where each part is written.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn load_with_places(folder: &Path) -> Result<(Catalogue, Places), Diagnostics> {
    let mut report = Report::default();
    let mut files = Vec::new();
    let mut skipped = false;
    match paths(folder, false) {
        Err(error) => report.file_error(
            folder.display().to_string(),
            format!("the catalogue's folder cannot be read: {error}"),
            "name a folder that holds the catalogue's YAML files",
        ),
        Ok(paths) if paths.is_empty() => report.file_error(
            folder.display().to_string(),
            "the catalogue's folder has no YAML in it",
            "put a file there whose name ends in .yaml or .yml; folders in it are not looked into",
        ),
        Ok(paths) => {
            for path in paths {
                let file = text(&mut report, &path).map(|text| (path.display().to_string(), text));
                skipped |= file.is_none();
                files.extend(file);
            }
        }
    }
    let draft = parse::read(&mut report, &files, skipped);
    for (program, at) in draft.programs.paths() {
        executable(&mut report, folder, program, at);
    }
    let places = Places::read(&report, &draft.roots);
    parse::finish(report, draft.into_catalogue()).map(|catalogue| (catalogue, places))
}

/// Whether a file of a catalogue's folder has tests of the catalogue in it: `tests.yaml`, `deploys.tests.yaml`.
fn is_suite(path: &Path) -> bool {
    let name = path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
    name == "tests" || name.ends_with(".tests")
}

/// The files of a folder: those of the catalogue, or those with tests of it.
pub(crate) fn paths(folder: &Path, suites: bool) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_yaml = path.extension().is_some_and(|e| e == "yaml" || e == "yml");
        let is_hidden = path.file_name().is_some_and(|n| n.as_encoded_bytes().starts_with(b"."));
        if is_yaml && !is_hidden && is_suite(&path) == suites {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

pub(crate) fn text(report: &mut Report, path: &Path) -> Option<String> {
    let shown = path.display().to_string();
    let mut bytes = Vec::new();
    // Reading one byte more than allowed shows that a file is too large, even if its size was reported wrongly.
    let read = File::open(path).and_then(|file| file.take(LARGEST_FILE + 1).read_to_end(&mut bytes));
    if let Err(error) = read {
        report.file_error(
            shown,
            format!("this file cannot be read: {error}"),
            "check what it is and who may read it",
        );
        return None;
    }
    if bytes.len() as u64 > LARGEST_FILE {
        report.file_error(
            shown,
            "this file is larger than 1 MiB",
            "a catalogue is written by people; split it, or move what is none out of the folder",
        );
        return None;
    }
    match String::from_utf8(bytes) {
        Ok(text) => Some(text),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let file = report.add(shown, String::from_utf8_lossy(error.as_bytes()).into_owned());
            report.error(
                Span::new(file, at..at + char::REPLACEMENT_CHARACTER.len_utf8()),
                "this is not UTF-8",
                "save the file as UTF-8",
            );
            None
        }
    }
}

fn executable(report: &mut Report, folder: &Path, program: &str, at: Span) {
    // An absolute path is about the server, and the catalogue may be compiled on another machine.
    if program.starts_with('/') {
        return;
    }
    let path = folder.join(program);
    match fs::metadata(&path) {
        Err(error) => report.error(
            at,
            format!("program {} is not there: {error}", quoted(program)),
            format!(
                "put it at {}; a path begins in the catalogue's folder",
                quoted(&path.display().to_string())
            ),
        ),
        Ok(found) if !found.is_file() => report.error(
            at,
            format!("program {} is not a file", quoted(program)),
            "name the program itself, not its folder",
        ),
        Ok(found) if !may_run(&found) => report.error(
            at,
            format!("program {} may not be run", quoted(program)),
            format!("`chmod +x {}`, and let git keep it: `git update-index --chmod=+x`", path.display()),
        ),
        Ok(_) => {}
    }
}

#[cfg(unix)]
fn may_run(file: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.permissions().mode() & 0o111 != 0
}

#[cfg(not(unix))]
fn may_run(_: &fs::Metadata) -> bool {
    true
}
