//! All files together: what each says, what is said twice, and the catalogue that they make.
//!
//! A pure function: it takes texts and gives a catalogue or everything that is wrong.

use crate::diagnostic::Diagnostics;
use crate::landscape;
use crate::lookup::requires;
use crate::operation;
use crate::program::Programs;
use crate::report::Report;
use crate::target::steps;
use crate::tree::{self, Node, Unreadable};
use crate::walk::{Field, Keyed};
use crate::watch::{self, Around};
use signalbox_domain::landscape::Landscape;
use signalbox_domain::watch::Watch;
use signalbox_domain::{Catalogue, Operation};
use std::collections::BTreeMap;
use std::rc::Rc;

/// Checks the files of a catalogue. Each is given as the path to show and the text; their order does not matter.
///
/// # Errors
/// Everything that is wrong, each with its place.
pub fn parse(files: &[(String, String)]) -> Result<Catalogue, Diagnostics> {
    let mut report = Report::default();
    let catalogue = read(&mut report, files, false).into_catalogue();
    finish(report, catalogue)
}

/// What was read, whether it is right or wrong.
#[derive(Debug, Default)]
pub(crate) struct Draft {
    /// The allowlist. A caller that can see the disk checks whether its programs exist.
    pub(crate) programs: Programs,
    operations: Vec<Operation>,
    watches: Vec<Watch>,
    landscape: Landscape,
    /// The files as trees, for what asks where something is written.
    pub(crate) roots: Vec<Rc<Node>>,
}

/// What a file may have at its top.
pub(crate) const KEYS: &[&str] = &[
    "programs",
    "operations",
    "watches",
    "silences",
    landscape::KEYS[0],
    landscape::KEYS[1],
    landscape::KEYS[2],
    landscape::KEYS[3],
];

impl Draft {
    /// The catalogue. It is complete only if nothing was reported.
    pub(crate) fn into_catalogue(self) -> Catalogue {
        Catalogue {
            operations: self.operations.into_iter().map(|o| (o.name.clone(), o)).collect(),
            programs: self.programs.into_catalogue(),
            watches: self.watches.into_iter().map(|w| (w.name.clone(), w)).collect(),
            landscape: self.landscape,
        }
    }
}

/// The catalogue, or everything that was reported.
pub(crate) fn finish(report: Report, catalogue: Catalogue) -> Result<Catalogue, Diagnostics> {
    if report.is_clean() { Ok(catalogue) } else { Err(report.finish()) }
}

/// Reads the files and reports what is wrong. `incomplete` says that there are more files that could not be read.
pub(crate) fn read(report: &mut Report, files: &[(String, String)], incomplete: bool) -> Draft {
    let mut files: Vec<&(String, String)> = files.iter().collect();
    // If something is there twice, the order in which a folder is listed must not decide which is the first.
    files.sort();
    let mut draft = Draft::default();
    draft.programs.incomplete = incomplete;
    let mut roots: Vec<Rc<Node>> = Vec::new();
    for (path, text) in files {
        let file = report.add(path.clone(), text.clone());
        match tree::read(report, file) {
            Ok(root) => roots.extend(root),
            Err(Unreadable) => draft.programs.incomplete = true,
        }
    }
    // The tree of an empty file is null.
    let top: Vec<Keyed<'_>> = roots
        .iter()
        .map(|root| Field::root(root))
        .filter(|field| !field.is_nothing())
        .filter_map(|field| {
            let keyed = field.keyed(report, KEYS);
            draft.programs.incomplete |= keyed.as_ref().is_none_or(|k| k.has_strays);
            keyed
        })
        .collect();
    // The programs of all files are read before the operations of any file, because an operation may use a program
    // that another file lists.
    for programs in top.iter().filter_map(|keyed| keyed.get("programs")) {
        draft.programs.read(report, programs);
    }
    // So are the things that parameters refer to.
    draft.landscape = landscape::read(report, &top);
    let operations = named(report, &top, "operations", "operation");
    for entry in operations.values().flatten() {
        draft.operations.extend(operation::read(report, entry, &draft.programs, &draft.landscape));
    }
    operation::words(report, &operations);
    steps::check(report, &operations, &mut draft.operations, &draft.landscape);
    let watches = named(report, &top, "watches", "watch");
    let mut around = Around::new(operations.keys().copied().collect(), draft.programs.incomplete);
    for entry in watches.values().flatten() {
        draft.watches.extend(watch::read(report, entry, &mut around));
    }
    let names: Vec<&str> = watches.keys().copied().collect();
    requires::check_watches(report, &operations, &draft.operations, &draft.watches, &names);
    // These silences hold for all watches, whichever file they are in.
    for silences in top.iter().filter_map(|keyed| keyed.get("silences")) {
        let rules = watch::silence::read_all(report, silences, true).unwrap_or_default();
        draft.watches.iter_mut().for_each(|watch| watch.silences.extend(rules.iter().cloned()));
    }
    if operations.is_empty() && watches.is_empty() && report.is_clean() {
        nothing_to_ask_for(report);
    }
    draft.roots = roots;
    draft
}

/// The entries under one key of all files, by name. A name may be in one file only.
fn named<'t>(
    report: &mut Report,
    top: &[Keyed<'t>],
    key: &str,
    noun: &str,
) -> BTreeMap<&'t str, Vec<Field<'t>>> {
    let mut named: BTreeMap<&str, Vec<Field<'_>>> = BTreeMap::new();
    for field in top.iter().filter_map(|keyed| keyed.get(key)) {
        for entry in field.entries(report).unwrap_or_default() {
            let all = named.entry(entry.key).or_default();
            if let Some(first) = all.first() {
                let first = report.place(first.at);
                report.error(
                    entry.at,
                    format!("{noun} {} is in two files", entry.label),
                    format!("the first is at {first}; keep one of them, or give one another name"),
                );
            }
            all.push(entry);
        }
    }
    named
}

fn nothing_to_ask_for(report: &mut Report) {
    let path = report.first_path().unwrap_or(".").to_owned();
    report.file_error(
        path,
        "the catalogue has no operations",
        "write `operations:`, and below it the name of what people may ask for; examples/catalogue shows one",
    );
}
