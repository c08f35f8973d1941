//! The artefact: a checked catalogue as canonical JSON, in an envelope with a version and a digest.
//!
//! The same catalogue always gives the same bytes, so that artefacts can be compared, cached and reviewed by digest.
//! The digest detects damage. It does not protect against somebody who changes the artefact on purpose: the place
//! where the artefact is stored has to decide who may write it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use signalbox_domain::{Catalogue, Digest};
use std::io;

/// The version of the envelope that this build writes, and the only one that it reads.
pub const VERSION: u32 = 1;

/// Why some bytes cannot be used as an artefact.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtefactError {
    /// The bytes are not the JSON of an artefact: they were cut off or edited, or they are another file.
    #[error("this is not a catalogue artefact, or it is damaged ({why}); compile the catalogue again")]
    Damaged {
        /// What the JSON reader complained about.
        why: String,
    },
    /// The envelope has another version.
    #[error(
        "this catalogue artefact has version {found}, and this build reads version {VERSION}; \
         compile the catalogue with the release that reads it"
    )]
    UnknownVersion {
        /// The version that the envelope states.
        found: u64,
    },
    /// The content does not have the digest that the envelope states.
    #[error(
        "this catalogue artefact was changed after it was compiled: it promises {promised} and holds {found}; \
         compile the catalogue again"
    )]
    DigestMismatch {
        /// The digest that the envelope states.
        promised: Digest,
        /// The digest of the content as it was read.
        found: Digest,
    },
    /// The artefact is undamaged, but it has parts that this build does not know, or lacks parts that this build
    /// needs.
    #[error(
        "this catalogue artefact was compiled by another release: it says something that this build would not say; \
         compile the catalogue with the release that reads it"
    )]
    OtherRelease,
}

#[derive(Serialize)]
struct Sealed<'a> {
    signalbox_catalogue: u32,
    digest: Digest,
    catalogue: &'a RawValue,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Opened<'a> {
    #[serde(rename = "signalbox_catalogue")]
    _version: u32,
    digest: Digest,
    #[serde(borrow)]
    catalogue: &'a RawValue,
}

/// The version is read first and by itself, so that a newer envelope is reported as newer and not as damaged.
#[derive(Deserialize)]
struct Label {
    signalbox_catalogue: u64,
}

/// The digest of the whole catalogue. Its artefact carries the same digest.
#[must_use]
pub fn digest(catalogue: &Catalogue) -> Digest {
    digest_of(&canonical(catalogue))
}

/// The canonical artefact: JSON on one line, keys in a fixed order, and a line break at the end.
#[must_use]
pub fn to_artefact(catalogue: &Catalogue) -> Vec<u8> {
    let content = canonical(catalogue);
    let sealed = Sealed { signalbox_catalogue: VERSION, digest: digest_of(&content), catalogue: &content };
    let mut bytes = json(&sealed).into_bytes();
    bytes.push(b'\n');
    bytes
}

/// Reads an artefact.
///
/// # Errors
/// [`ArtefactError`] says what is wrong with it. An artefact that says more than this build understands is refused,
/// because the part that is not understood might be a restriction.
pub fn from_artefact(bytes: &[u8]) -> Result<Catalogue, ArtefactError> {
    let content = match as_written(bytes) {
        Some(content) => content,
        None => opened(bytes)?,
    };
    // The digest was right, so the artefact is undamaged. If its content does not fit, other code has written it.
    let catalogue: Catalogue = serde_json::from_str(content).map_err(|_| ArtefactError::OtherRelease)?;
    let mut rest = Rest(content.as_bytes());
    match serde_json::to_writer(&mut rest, &catalogue) {
        Ok(()) if rest.0.is_empty() => Ok(catalogue),
        Ok(()) | Err(_) => Err(ArtefactError::OtherRelease),
    }
}

/// The content of an artefact as this build writes it, if it has the digest that the envelope states. Read by its
/// form: a reader of JSON would go over the whole content twice only to find its end.
fn as_written(bytes: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(bytes).ok()?;
    let rest = text.strip_prefix(r#"{"signalbox_catalogue":"#)?.strip_prefix(&VERSION.to_string())?;
    let (promised, rest) = rest.strip_prefix(r#","digest":""#)?.split_once('"')?;
    let content = rest.strip_prefix(r#","catalogue":"#)?.trim_end().strip_suffix('}')?;
    let promised: Digest = promised.parse().ok()?;
    (Digest::of([content.as_bytes()]) == promised).then_some(content)
}

/// The content of any artefact; or what is wrong with it.
fn opened(bytes: &[u8]) -> Result<&str, ArtefactError> {
    let damaged = |why: serde_json::Error| ArtefactError::Damaged { why: why.to_string() };
    let label: Label = serde_json::from_slice(bytes).map_err(damaged)?;
    if label.signalbox_catalogue != u64::from(VERSION) {
        return Err(ArtefactError::UnknownVersion { found: label.signalbox_catalogue });
    }
    let opened: Opened<'_> = serde_json::from_slice(bytes).map_err(damaged)?;
    let found = digest_of(opened.catalogue);
    if found != opened.digest {
        return Err(ArtefactError::DigestMismatch { promised: opened.digest, found });
    }
    Ok(opened.catalogue.get())
}

/// What is still expected. Whatever is written has to be the same.
struct Rest<'a>(&'a [u8]);

impl io::Write for Rest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

fn digest_of(content: &RawValue) -> Digest {
    Digest::of([content.get().as_bytes()])
}

#[expect(
    clippy::expect_used,
    reason = "plain data with text keys always has a JSON form; the tests hold it to that"
)]
fn canonical(catalogue: &Catalogue) -> Box<RawValue> {
    serde_json::value::to_raw_value(catalogue).expect("a catalogue has a JSON form")
}

#[expect(
    clippy::expect_used,
    reason = "plain data with text keys always has a JSON form; the tests hold it to that"
)]
fn json(sealed: &Sealed<'_>) -> String {
    serde_json::to_string(sealed).expect("an envelope has a JSON form")
}
