//! Tests of a catalogue: who types what where, and what must become of it.
//!
//! They are in files of the catalogue's folder that are not part of the catalogue. What becomes of a request is asked
//! of the same code that doors and dispatcher ask. Nothing is carried out.

mod case;
mod compare;
mod fact;
mod write;

use crate::diagnostic::Diagnostics;
use crate::load;
use crate::report::Report;
use crate::tree::{self, Node};
use crate::walk::Field;
use case::Case;
use signalbox_domain::Catalogue;
use std::fs;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// A file with cases, as it was read.
struct Suite {
    path: PathBuf,
    /// Its number among the sources of the report.
    file: usize,
    /// `None` if nothing is written in it.
    root: Option<Rc<Node>>,
}

/// Runs all cases of a folder against its catalogue, and says how many there are.
///
/// # Errors
/// Every difference between what is expected and what is the case, at the place where it is expected; and what is
/// wrong with the files.
pub fn check(folder: &Path, catalogue: &Catalogue) -> Result<usize, Diagnostics> {
    let mut report = Report::default();
    let suites = read(&mut report, folder);
    let frozen = catalogue.clone().freeze();
    let mut count = 0;
    for suite in &suites {
        for case in cases(&mut report, suite) {
            count += 1;
            let fact = fact::of(&frozen, &case);
            compare::holds(&mut report, &case, &fact);
        }
    }
    if report.is_clean() { Ok(count) } else { Err(report.finish()) }
}

/// Writes into the files what is now the case, for each case that does not hold or does not say what is expected.
/// Gives the files that were changed.
///
/// # Errors
/// What is wrong with the files; among this is a comment in a file that would have to be changed, because it would be
/// lost. Files without such mistakes are written all the same.
pub fn accept(folder: &Path, catalogue: &Catalogue) -> Result<Vec<PathBuf>, Diagnostics> {
    let mut report = Report::default();
    let suites = read(&mut report, folder);
    let frozen = catalogue.clone().freeze();
    // What does not hold is no mistake here.
    let mut differences = Report::default();
    let _ = read(&mut differences, folder);
    let mut written = vec![];
    for suite in &suites {
        let before = report.count();
        let cases = cases(&mut report, suite);
        let known: Vec<_> = cases.iter().map(|case| (case, fact::of(&frozen, case))).collect();
        let differ = differences.count();
        known.iter().for_each(|(case, fact)| compare::holds(&mut differences, case, fact));
        if report.count() > before || differences.count() == differ {
            continue;
        }
        if let Some(at) = tree::beside(&report, suite.file) {
            report.error(
                at,
                "this would be lost, so the file is not written",
                "change the case by hand, or take the file's comments and aliases out",
            );
            continue;
        }
        match fs::write(&suite.path, write::suite(&known)) {
            Ok(()) => written.push(suite.path.clone()),
            Err(error) => report.file_error(
                suite.path.display().to_string(),
                format!("this file cannot be written: {error}"),
                "check what it is and who may write it",
            ),
        }
    }
    if report.is_clean() { Ok(written) } else { Err(report.finish()) }
}

fn read(report: &mut Report, folder: &Path) -> Vec<Suite> {
    // A folder that cannot be read was reported with its catalogue.
    let paths = load::paths(folder, true).unwrap_or_default();
    let mut suites = vec![];
    for path in paths {
        let Some(text) = load::text(report, &path) else { continue };
        let file = report.add(path.display().to_string(), text);
        if let Ok(root) = tree::read(report, file) {
            suites.push(Suite { path, file, root });
        }
    }
    suites
}

fn cases<'s>(report: &mut Report, suite: &'s Suite) -> Vec<Case<'s>> {
    let Some(root) = &suite.root else { return vec![] };
    let field = Field::root(root).called("a file of tests".to_owned());
    if field.is_nothing() {
        return vec![];
    }
    let items = field.list(report, "a case").unwrap_or_default();
    items.iter().filter_map(|item| case::read(report, item)).collect()
}
