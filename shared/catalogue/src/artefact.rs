//! The artefact: a checked catalogue as canonical JSON, in an envelope with a version and a digest.
//!
//! The same catalogue always gives the same bytes, so that artefacts can be compared, cached and reviewed by digest.
//! The digest finds damage, not malice: who may write the artefact is for the store it lies in to say.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use signalbox_domain::{Catalogue, Digest};

/// The version of the envelope that this build writes, and the only one that it reads.
pub const VERSION: u32 = 1;

/// Why bytes are not an artefact that may be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArtefactError {
    /// Not the JSON of an artefact: cut off, another file, or edited.
    #[error("this is not a catalogue artefact, or it is damaged ({why}); compile the catalogue again")]
    Damaged {
        /// What the reader stumbled over.
        why: String,
    },
    /// Another version of the envelope.
    #[error(
        "this catalogue artefact has version {found}, and this build reads version {VERSION}; \
         compile the catalogue with the release that reads it"
    )]
    UnknownVersion {
        /// The version it says it has.
        found: u64,
    },
    /// The content is not what was digested.
    #[error(
        "this catalogue artefact was changed after it was compiled: it promises {promised} and holds {found}; \
         compile the catalogue again"
    )]
    DigestMismatch {
        /// What the envelope says.
        promised: Digest,
        /// What the content gives.
        found: Digest,
    },
    /// Whole, but with parts this build does not know or without parts it needs.
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

/// Read first and alone, so that a later envelope is called later and not damaged.
#[derive(Deserialize)]
struct Label {
    signalbox_catalogue: u64,
}

/// The digest of the whole catalogue; the one its artefact carries.
#[must_use]
pub fn digest(catalogue: &Catalogue) -> Digest {
    digest_of(&canonical(catalogue))
}

/// The canonical artefact: JSON on one line, keys in a fixed order, a line break at its end.
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
/// [`ArtefactError`] says what is wrong with it. Nothing is guessed: an artefact that says more than this build
/// understands is refused, for what it does not understand might be a restriction.
pub fn from_artefact(bytes: &[u8]) -> Result<Catalogue, ArtefactError> {
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
    // Whole from here on: what does not fit now was written by other code.
    let catalogue: Catalogue =
        serde_json::from_str(opened.catalogue.get()).map_err(|_| ArtefactError::OtherRelease)?;
    if canonical(&catalogue).get() != opened.catalogue.get() {
        return Err(ArtefactError::OtherRelease);
    }
    Ok(catalogue)
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
