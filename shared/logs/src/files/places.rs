//! Which files exist now, and how far each was read. Files are recognised by their inodes, even if they were renamed.

use super::FilesSettings;
use super::lines::first_read;
use super::place::Place;
use crate::time::Around;
use serde::{Deserialize, Serialize};
use signalbox_domain::ids::Digest;
use signalbox_engine::ports::Span;
use std::fs::{File, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

/// A file is recognised by this many bytes at its beginning, because its inode may belong to another file now.
const HEAD: u64 = 256;
/// At most this many files: the position names each.
const MOST_FILES: usize = 500;
/// Endings of files that cannot be read as lines.
const PACKED: [&str; 4] = [".gz", ".xz", ".zst", ".bz2"];

/// How far all files were read.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Position {
    /// The paths that were asked for then. A file that matches one of them but did not exist then is read from its
    /// beginning.
    #[serde(rename = "g")]
    pub(super) paths: Vec<String>,
    /// The files; those that are to be read first come first.
    #[serde(rename = "f")]
    pub(super) files: Vec<Place>,
}

fn head(file: &File, length: u64) -> io::Result<String> {
    use std::os::unix::fs::FileExt;
    let mut bytes = vec![0; usize::try_from(length).unwrap_or_default()];
    file.read_exact_at(&mut bytes, 0)?;
    let digest = Digest::of([bytes.as_slice()]);
    Ok(hex::encode(&digest.0[..8]))
}

/// Whether a name matches; `*` is any run of characters.
fn fits(pattern: &str, name: &str) -> bool {
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = name.strip_prefix(first) else { return false };
    let mut parts = parts.peekable();
    if parts.peek().is_none() {
        return rest.is_empty();
    }
    while let Some(part) = parts.next() {
        if parts.peek().is_none() {
            return rest.ends_with(part);
        }
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    true
}

/// The regular files of a folder in the order of their names.
fn listed(folder: &Path) -> io::Result<Vec<(PathBuf, Metadata)>> {
    let mut files = vec![];
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        // A file that was deleted meanwhile is left out.
        if let Ok(about) = std::fs::metadata(&path)
            && about.is_file()
        {
            files.push((path, about));
        }
    }
    files.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(files)
}

/// The files that match a path.
fn matched(settings: &FilesSettings, path: &str) -> Result<Vec<(PathBuf, Metadata)>, String> {
    let whole = settings.folder.join(path);
    let (Some(folder), Some(name)) = (whole.parent(), whole.file_name().and_then(|n| n.to_str())) else {
        return Err(format!("{path} is no file: a path ends with a file's name"));
    };
    if folder.to_string_lossy().contains('*') {
        return Err(format!("{path}: `*` may stand in the file's name only"));
    }
    let files = match listed(folder) {
        Ok(files) => files,
        Err(e) if e.kind() == io::ErrorKind::NotFound => vec![],
        Err(e) => return Err(format!("the folder of {path} cannot be read: {e}")),
    };
    let named = |file: &Path| file.file_name().and_then(|n| n.to_str()).map(str::to_owned);
    let good = |file: &Path| {
        named(file).is_some_and(|n| fits(name, &n) && !PACKED.iter().any(|end| n.ends_with(end)))
    };
    Ok(files.into_iter().filter(|(file, _)| good(file)).collect())
}

/// Finds the files that were read before, adds new ones, and says where to read on in each.
pub(super) fn resolve(
    settings: &FilesSettings,
    span: Span,
    around: Around<'_>,
    before: Option<Position>,
) -> Result<Position, String> {
    let known = before.as_ref().map(|p| p.paths.clone()).unwrap_or_default();
    let mut files = vec![];
    for place in before.map(|p| p.files).unwrap_or_default() {
        files.extend(again(place)?);
    }
    for path in &settings.paths {
        let found = matched(settings, path)?;
        let whole = settings.folder.join(path);
        // During its rotation a file has neither its old nor its new name for a moment.
        let under_way = files.iter().any(|f: &Place| Path::new(&f.path).parent() == whole.parent());
        if found.is_empty() && !(under_way && known.contains(path)) {
            return Err(format!(
                "no file is called {}: check the path in the catalogue, and that the log is written there",
                whole.display()
            ));
        }
        for (file, about) in found {
            if files.iter().any(|f| f.is(&about)) {
                continue;
            }
            let open = File::open(&file).map_err(|e| unreadable(&file, &e))?;
            let offset = match known.contains(path) {
                true => 0,
                false => first_read(&open, span, around).map_err(|e| unreadable(&file, &e))?,
            };
            files.push(Place {
                path: file.display().to_string(),
                dev: about.dev(),
                ino: about.ino(),
                offset,
                time: None,
                head: (0, String::new()),
                now: file,
                finished: false,
            });
        }
    }
    if files.len() > MOST_FILES {
        return Err(format!("{} files fit, more than {MOST_FILES}: narrow the paths", files.len()));
    }
    for place in &mut files {
        know(place).map_err(|e| unreadable(&place.now, &e))?;
    }
    Ok(Position { paths: settings.paths.clone(), files })
}

fn unreadable(file: &Path, error: &io::Error) -> String {
    format!("{} cannot be read: {error}: check that Signalbox may", file.display())
}

/// A file that was read before, under its present name in its folder. `None`: it is gone.
fn again(mut place: Place) -> Result<Option<Place>, String> {
    let named = PathBuf::from(&place.path);
    let there = std::fs::metadata(&named).ok();
    let now = match &there {
        Some(about) if place.is(about) => named.clone(),
        _ => {
            let folder = named.parent().unwrap_or(Path::new("/"));
            let files = listed(folder).unwrap_or_default();
            let Some((file, _)) = files.into_iter().find(|(_, about)| place.is(about)) else {
                return Ok(None);
            };
            file
        }
    };
    let file = File::open(&now).map_err(|e| unreadable(&now, &e))?;
    let size = file.metadata().map_err(|e| unreadable(&now, &e))?.len();
    let (length, digest) = &place.head;
    let same = size >= place.offset && size >= *length && head(&file, *length).is_ok_and(|d| d == *digest);
    if !same && now != named {
        // Another file has the inode now; if it matches a path, it is found as a new one.
        return Ok(None);
    }
    if !same {
        (place.offset, place.time) = (0, None);
        place.head = (0, String::new());
    }
    place.finished = now != named && there.is_some();
    place.now = now;
    Ok(Some(place))
}

/// Reads the file's beginning, as much as there is.
fn know(place: &mut Place) -> io::Result<()> {
    if place.head.0 < HEAD {
        let file = place.open()?;
        let length = file.metadata()?.len().min(HEAD);
        place.head = (length, head(&file, length)?);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn which_names_fit() {
        for (pattern, name, fit) in [
            ("app.log", "app.log", true),
            ("app.log", "app.log.1", false),
            ("*.log", "app.log", true),
            ("*.log", ".log", true),
            ("*.log", "app.log.1", false),
            ("app*", "app", true),
            ("a*b*c", "axxbyyc", true),
            ("a*b*c", "axxbyy", false),
            ("a*a", "a", false),
            ("*", "anything", true),
            ("a**b", "ab", true),
        ] {
            assert_eq!(fits(pattern, name), fit, "{pattern} {name}");
        }
    }
}
