//! Versions as <https://semver.org> has them, with or without the `v` that tags often begin with.

use semver::{Version, VersionReq};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Which versions are taken, such as `>=1.2, <3`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Range {
    text: String,
    wanted: VersionReq,
}

impl Range {
    /// As the team wrote it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl TryFrom<String> for Range {
    type Error = String;
    /// # Errors
    /// Says what is wrong with the range.
    fn try_from(text: String) -> Result<Self, String> {
        let wanted = VersionReq::parse(&text).map_err(|e| e.to_string())?;
        Ok(Self { text, wanted })
    }
}

impl From<Range> for String {
    fn from(range: Range) -> Self {
        range.text
    }
}

impl fmt::Debug for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// The channel of versions that are no pre-releases.
pub const STABLE: &str = "stable";

/// A version, read from a text that may begin with `v`.
#[must_use]
pub fn read(text: &str) -> Option<Version> {
    Version::parse(text.strip_prefix('v').unwrap_or(text)).ok()
}

/// What a version is released as: `stable`, or the letters that its pre-release begins with (`rc` of `2.0.0-rc.1`).
#[must_use]
pub fn channel(version: &Version) -> &str {
    let first = version.pre.as_str().split('.').next().unwrap_or_default();
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    match (first, letters) {
        ("", _) => STABLE,
        (whole, "") => whole,
        (_, letters) => letters,
    }
}

/// Whether the range has this version. A pre-release counts by the version it leads to, so that `>=2.0` has
/// `2.1.0-rc.1`; whether pre-releases are taken at all is for their channels to say.
pub(super) fn is_in(range: &Range, version: &Version) -> bool {
    let plain =
        Version { pre: semver::Prerelease::EMPTY, build: semver::BuildMetadata::EMPTY, ..version.clone() };
    range.wanted.matches(version) || range.wanted.matches(&plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_and_channels() {
        for (text, is) in [
            ("1.4.2", Some("stable")),
            ("v1.4.2", Some("stable")),
            ("2.0.0-rc.1", Some("rc")),
            ("2.0.0-rc1", Some("rc")),
            ("2.0.0-20261130", Some("20261130")),
            ("2.0.0+build.7", Some("stable")),
            ("1.4", None),
            ("vv1.4.2", None),
            ("01.4.2", None),
            ("", None),
        ] {
            assert_eq!(read(text).as_ref().map(channel), is, "{text}");
        }
    }

    #[test]
    fn a_pre_release_counts_by_the_version_it_leads_to() {
        let range = Range::try_from(">=2.0.0, <3".to_owned()).unwrap();
        for (text, is) in [
            ("2.0.0", true),
            ("2.1.0-rc.1", true),
            ("2.0.0-rc.1", true),
            ("3.0.0-rc.1", false),
            ("1.9.9", false),
        ] {
            assert_eq!(is_in(&range, &read(text).unwrap()), is, "{text}");
        }
        assert!(Range::try_from("the newest".to_owned()).is_err());
    }
}
