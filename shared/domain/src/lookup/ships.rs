//! Which version an operation brings where: what is compared with what runs there.

use super::check::names_in;
use super::{Changes, Placeholders};
use serde::{Deserialize, Serialize};

/// What an operation ships, as the catalogue has it. Its texts may have placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ships {
    /// The version that runs afterwards.
    pub version: String,
    /// Where: two operations that ship to the same place say the same words here.
    pub place: String,
    /// The repository on GitHub in which versions can be compared, `owner/name`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// What one run ships.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipping {
    pub version: String,
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repository: Option<String>,
}

/// What a run ships, compared with what ran there when it was allowed to start.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    pub shipping: Shipping,
    /// The version that ran there; `None` where no run had brought anything there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What is between the two, as far as it could be asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub changes: Option<Changes>,
}

impl Ships {
    /// With every placeholder filled; `None` where the version or the place stands for nothing.
    #[must_use]
    pub fn filled(&self, given: &Placeholders<'_>) -> Option<Shipping> {
        Some(Shipping {
            version: given.text(&self.version)?,
            place: given.text(&self.place)?,
            repository: self.repository.as_ref().and_then(|repository| given.text(repository)),
        })
    }

    /// The names in its placeholders.
    #[must_use]
    pub fn placeholders(&self) -> Vec<String> {
        let mut texts = vec![&self.version, &self.place];
        texts.extend(&self.repository);
        names_in(&texts)
    }
}
