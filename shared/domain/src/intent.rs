//! A request with everything frozen: what is approved and queued is what runs.

mod changed;
mod work;

pub use changed::{AsAsked, Changed, Difference};
use work::looked_up;
pub use work::{Work, work_before, work_of};

use crate::catalogue::Operation;
use crate::digest::Feed;
use crate::frozen::Frozen;
use crate::ids::{BadId, Digest, OperationName, ParameterName};
use crate::parameter::{Context, Filled, Parameter, ReadsSteps, Value};
use crate::people::{Actor, Place};
use crate::phrase::quoted;
use crate::policy::ReasonCode;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize, Serializer};
use std::collections::BTreeMap;
use std::fmt;

/// What a person asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    pub operation: OperationName,
    /// Its parameters, defaults filled in.
    pub parameters: BTreeMap<ParameterName, Value>,
    /// The parameters that differ from what is usual, in the catalogue's order: people look at these first. Only for
    /// show, and `None` in intents of earlier versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unusual: Option<Vec<ParameterName>>,
    /// Who asked.
    pub requester: Actor,
    pub place: Place,
    /// In intents without `hash`: the digest over the fields above and all that the catalogue says of the operation. It
    /// is compared as long as such intents lie in stores. Beside a hash it is zeros, for the field is read by all
    /// versions.
    pub digest: Digest,
    /// Names what was asked for. `None` in intents of versions without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hash: Option<IntentHash>,
    /// What the operation did when it was asked for, on the way to the dispatcher: it is in no event and in no head.
    /// `None` in requests of versions without it, and for operations that say very much.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub as_asked: Option<AsAsked>,
}

/// The name of a request: a hash over what decides its outcome, which is operation, parameters, who asked and where,
/// and what the operation's target resolves to. Descriptions and help are left out, and so is who may ask, because
/// that is asked again each time. Stored as `2:<64 hexadecimal digits>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct IntentHash {
    /// Which rules it was made by: 0 to 9. Version 1 was [`Intent::digest`].
    version: u8,
    digest: Digest,
}

/// The rules that a hash is made by now.
const HASHED: u8 = 2;

impl IntentHash {
    /// Hashes what was asked for, and what a run of it does under this catalogue.
    fn over(feed: &mut Feed, catalogue: &Frozen, intent: &Intent) -> Self {
        feed.begin(&catalogue.effect(&intent.operation).unwrap_or(&Digest::ZERO).0);
        // A request whose target asks the catalogue for nothing more has the hash that it always had.
        if let (names @ [_, ..], Some(operation)) =
            (catalogue.looked_up(&intent.operation), catalogue.operations.get(&intent.operation))
        {
            let landscape = &catalogue.landscape;
            for name in names {
                feed.text(name);
                feed.maybe(looked_up(name, landscape, operation, intent), |feed, text| feed.text(&text));
            }
        }
        Self { version: HASHED, digest: feed.digest_as(b"signalbox intent 2") }
    }
}

impl Serialize for IntentHash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut text = *b"0:0000000000000000000000000000000000000000000000000000000000000000";
        let [version, _, digits @ ..] = &mut text;
        *version = b'0' + self.version;
        self.digest.write(digits);
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Display for IntentHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.version, self.digest)
    }
}

impl TryFrom<String> for IntentHash {
    type Error = BadId;
    fn try_from(text: String) -> Result<Self, BadId> {
        let read = match text.as_bytes() {
            [version @ b'0'..=b'9', b':', digits @ ..] => {
                Digest::from_hex(digits).map(|digest| Self { version: version - b'0', digest })
            }
            _ => None,
        };
        read.ok_or(BadId {
            kind: "hash of an intent",
            expected: "one digit, a colon and 64 hexadecimal digits",
        })
    }
}

impl Intent {
    /// Freezes a request.
    #[must_use]
    pub fn new(
        catalogue: &Frozen,
        operation: &Operation,
        parameters: BTreeMap<ParameterName, Value>,
        requester: Actor,
        place: Place,
    ) -> Self {
        let is_unusual =
            |p: &&Parameter| parameters.get(&p.name).is_some_and(|value| p.default.as_ref() != Some(value));
        let unusual = operation.parameters.iter().filter(is_unusual).map(|p| p.name.clone()).collect();
        let mut intent = Self {
            operation: operation.name.clone(),
            parameters,
            unusual: Some(unusual),
            requester,
            place,
            digest: Digest::ZERO,
            hash: None,
            as_asked: None,
        };
        intent.hash = Some(intent.hash_under(catalogue));
        intent.as_asked = catalogue.as_sent(&operation.name).map(|does| {
            let settings = catalogue.looked_up(&operation.name).iter();
            let found = |name: &String| looked_up(name, &catalogue.landscape, operation, &intent);
            AsAsked::new(does, settings.map(|name| (name.clone(), found(name))).collect())
        });
        intent
    }

    /// A request for an operation that the catalogue does not have: it can only be refused.
    #[must_use]
    pub fn unknown(operation: OperationName, requester: Actor, place: Place) -> Self {
        let (parameters, digest) = (BTreeMap::new(), Digest::ZERO);
        Self { operation, parameters, unusual: None, requester, place, digest, hash: None, as_asked: None }
    }

    /// As it is kept: without what only the dispatcher needs.
    #[must_use]
    pub fn to_keep(&self) -> Self {
        Self { as_asked: None, ..self.clone() }
    }

    /// Feeds what was asked for, by whom and where. At the front it leaves room for what the catalogue says of the
    /// operation.
    fn fed(&self) -> Feed {
        let Self { operation, parameters, unusual: _, requester, place, digest: _, hash: _, as_asked: _ } =
            self;
        let mut feed = Feed::new();
        feed.bytes(&Digest::ZERO.0);
        feed.text(operation.as_str());
        feed.actor(requester);
        feed.place(place);
        feed.count(parameters.len());
        for (name, value) in parameters {
            feed.text(name.as_str());
            feed.value(value);
        }
        feed
    }

    /// This intent as the version that wrote `kept` would write it: a version without the hash drops it when it
    /// writes an intent again.
    #[must_use]
    pub fn as_old_as(&self, kept: &Self) -> Self {
        Self { hash: self.hash.filter(|_| kept.hash.is_some()), ..self.clone() }
    }

    /// What the hash would be under this catalogue.
    #[must_use]
    pub fn hash_under(&self, catalogue: &Frozen) -> IntentHash {
        IntentHash::over(&mut self.fed(), catalogue, self)
    }

    /// Whether everything that decides is as it was when it was asked for.
    fn holds_under(&self, catalogue: &Frozen) -> bool {
        match &self.hash {
            Some(hash) => self.hash_under(catalogue) == *hash,
            None => self.digest_under(catalogue) == self.digest,
        }
    }

    /// What the digest would be under this catalogue.
    #[must_use]
    pub fn digest_under(&self, catalogue: &Frozen) -> Digest {
        let mut feed = self.fed();
        // An unknown operation counts as zeros, which no operation's rules have.
        feed.begin(&catalogue.rules(&self.operation).unwrap_or(&Digest::ZERO).0);
        feed.digest()
    }

    /// Checks the request once more, at the dispatcher, where it counts: the operation exists, takes these
    /// parameters, and nothing that decides has changed since the door looked.
    ///
    /// # Errors
    /// The reason to refuse it.
    pub fn resolve<'c>(&self, catalogue: &'c Frozen) -> Result<&'c Operation, ReasonCode> {
        let operation = catalogue.operations.get(&self.operation).ok_or(ReasonCode::UnknownOperation)?;
        if !self.holds_under(catalogue) {
            return Err(ReasonCode::CatalogueChanged);
        }
        let parameters = &operation.parameters;
        let known = self.parameters.keys().all(|n| parameters.iter().any(|p| p.name == *n));
        // Values are in the form of their types, which needs no clock.
        let (landscape, place) = (&catalogue.landscape, Some(&self.place));
        let steps: Option<&dyn ReadsSteps> = Some(&**catalogue);
        let context = Context { landscape, place, now: Timestamp::default(), lists: None, steps };
        let given: Vec<Option<String>> =
            parameters.iter().map(|p| self.parameters.get(&p.name).map(ToString::to_string)).collect();
        let filled = Filled::of(parameters, given.iter().map(Option::as_deref), &context);
        let same = self.parameters.iter().all(|(name, value)| filled.values.get(name) == Some(value));
        if known && filled.mistakes.is_empty() && same {
            Ok(operation)
        } else {
            Err(ReasonCode::BadParameters)
        }
    }

    /// The line a person would type for it: `release web 1.4.2`.
    #[must_use]
    pub fn phrase(&self) -> String {
        let mut line = self.operation.to_string();
        for (name, value) in &self.parameters {
            let value = value.to_string();
            line.extend([" ", name.as_str(), "="]);
            line.push_str(&quoted(&value));
        }
        line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ids::{ChannelId, UserId, WorkspaceId};
    use crate::people::Chat;

    fn intent(parameters: &[(&str, Value)]) -> Intent {
        Intent {
            operation: "release".parse().unwrap(),
            parameters: parameters.iter().map(|(n, v)| (n.parse().unwrap(), v.clone())).collect(),
            unusual: None,
            requester: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA")),
            place: Place {
                chat: Chat::SLACK,
                workspace: WorkspaceId::new("T1"),
                channel: ChannelId::new("C1"),
            },
            digest: Digest::ZERO,
            hash: None,
            as_asked: None,
        }
    }

    /// A formatter serialises plain values, so it can show what is stored.
    struct Stored(IntentHash);

    impl fmt::Display for Stored {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            self.0.serialize(f)
        }
    }

    #[test]
    fn a_hash_is_written_as_it_was_read() {
        let digits = "0123456789abcdef".repeat(4);
        for version in ["0", "2", "9"] {
            let text = format!("{version}:{digits}");
            let hash = IntentHash::try_from(text.clone()).unwrap();
            assert_eq!(Stored(hash).to_string(), text);
            assert_eq!(hash.to_string(), text);
        }
        for version in ["", "10", "+2", "-1", "a", " 2"] {
            assert!(IntentHash::try_from(format!("{version}:{digits}")).is_err(), "{version}");
        }
        for text in ["", "2", "2:", "2:00"] {
            assert!(IntentHash::try_from(text.to_owned()).is_err(), "{text}");
        }
    }

    #[test]
    fn the_phrase_can_be_typed_again() {
        let intent =
            intent(&[("note", Value::Text("a \"b\" \\".into())), ("service", Value::Text("web".into()))]);
        assert_eq!(intent.phrase(), r#"release note="a \"b\" \\" service=web"#);
    }
}
