//! The catalogue once it can no longer change.

use crate::catalogue::{Catalogue, Operation};
use crate::content::canonical_or_shown;
use crate::digest::Feed;
use crate::does::as_sent;
use crate::ids::{Digest, OperationName};
use crate::parameter::{Kind, Parameter};
use crate::template::{ALL_PARAMETERS, placeholders};
use serde_json::value::RawValue;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

/// What is made of an operation when it is first asked for: a catalogue has hundreds of them, and a function that
/// starts answers for one.
#[derive(Debug, Clone, Default)]
struct Decides {
    /// Over all that the catalogue says of it: what [`Frozen::rules`] gives.
    rules: OnceLock<Digest>,
    /// Over what its runs do.
    effect: OnceLock<Digest>,
    /// Placeholders of its target that stand for what the catalogue says of a value, and not for the value itself.
    looked_up: OnceLock<Vec<String>>,
    /// What goes with its requests.
    as_sent: OnceLock<Option<Arc<RawValue>>>,
}

impl Catalogue {
    /// The catalogue as doors and dispatcher use it.
    #[must_use]
    pub fn freeze(self) -> Frozen {
        let decides = self.operations.keys().map(|name| (name.clone(), Decides::default())).collect();
        Frozen { catalogue: self, decides }
    }

    /// What is carried out, where, and how often. Left out is who may ask and which values a parameter takes, because
    /// both are checked again each time, and what only explains.
    fn effect(&self, operation: &Operation) -> Digest {
        let program = operation.target.program().and_then(|program| self.programs.get(program));
        let effect = canonical_or_shown(&(&operation.target, program, operation.idempotent));
        Digest::of([effect.as_slice()])
    }
}

/// A catalogue that can no longer change, with the digests over what decides each operation, each made once.
#[derive(Debug, Clone, Default)]
pub struct Frozen {
    catalogue: Catalogue,
    decides: BTreeMap<OperationName, Decides>,
}

/// What was made of it already makes no difference.
impl PartialEq for Frozen {
    fn eq(&self, other: &Self) -> bool {
        self.catalogue == other.catalogue
    }
}

impl Frozen {
    fn of(&self, operation: &OperationName) -> Option<(&Operation, &Decides)> {
        self.operations.get(operation).zip(self.decides.get(operation))
    }

    /// The digest over what decides this operation: the operation as the catalogue resolves it, and the rules. A
    /// change elsewhere in the catalogue does not change it. Only for a comparison between a door and a dispatcher of
    /// the same version; never stored, because other versions may make it differently.
    #[must_use]
    pub fn rules(&self, operation: &OperationName) -> Option<&Digest> {
        let (operation, decides) = self.of(operation)?;
        Some(decides.rules.get_or_init(|| {
            let mut feed = Feed::new();
            operation.feed(&mut feed, &self.programs);
            feed.digest()
        }))
    }

    /// The digest over what the operation's runs do; `None` if there is no such operation.
    pub(crate) fn effect(&self, operation: &OperationName) -> Option<&Digest> {
        let (operation, decides) = self.of(operation)?;
        Some(decides.effect.get_or_init(|| self.catalogue.effect(operation)))
    }

    /// What the operation does, as it goes with its requests; `None` if it says too much for that.
    pub(crate) fn as_sent(&self, operation: &OperationName) -> Option<Arc<RawValue>> {
        let (operation, decides) = self.of(operation)?;
        decides.as_sent.get_or_init(|| as_sent(&self.catalogue, operation)).clone()
    }

    /// Placeholders of the operation's target for which the catalogue is asked: settings, and what a secret's name
    /// stands for. What they give decides what runs.
    pub(crate) fn looked_up(&self, operation: &OperationName) -> &[String] {
        let of = self.of(operation);
        of.map_or(&[], |(operation, decides)| decides.looked_up.get_or_init(|| looked_up(operation)))
    }
}

fn looked_up(operation: &Operation) -> Vec<String> {
    let is_looked_up = |name: &str| {
        let named = |p: &Parameter| name == ALL_PARAMETERS || p.name.as_str() == name;
        let secret = |p: &Parameter| named(p) && matches!(p.kind, Kind::Secret { .. });
        name.contains('.') || operation.parameters.iter().any(secret)
    };
    let mut names: Vec<String> =
        placeholders(&operation.target).into_iter().filter(|n| is_looked_up(n)).collect();
    names.sort();
    names.dedup();
    names
}

/// Read only: there is no way to change what was digested.
impl std::ops::Deref for Frozen {
    type Target = Catalogue;
    fn deref(&self) -> &Catalogue {
        &self.catalogue
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::{CommandTarget, Target};
    use crate::grant::Grant;
    use crate::ids::{ChannelId, UserId, WorkspaceId};
    use crate::intent::Intent;
    use crate::parameter::Value;
    use crate::people::{Actor, Chat, Place};
    use crate::policy::ReasonCode;
    use crate::sample;

    fn catalogue() -> Catalogue {
        let parameter = Parameter {
            description: "Where".into(),
            required: true,
            ..Parameter::plain(
                "env".parse().unwrap(),
                Kind::Choice { options: ["qa".into(), "prod".into()].into() },
            )
        };
        let operation = Operation {
            allow: vec![Grant {
                users: vec![(WorkspaceId::new("T1"), UserId::new("UADA"))],
                channels: vec![],
            }],
            ..sample::deploy(vec![parameter], &["{env}"])
        };
        Catalogue {
            operations: [(operation.name.clone(), operation)].into(),
            programs: [("deploy".to_owned(), "/usr/bin/deploy".to_owned())].into(),
            ..Catalogue::default()
        }
    }

    fn command(o: &mut Operation) -> &mut CommandTarget {
        let Target::Command(command) = &mut o.target else { unreachable!("it is one") };
        command
    }

    fn options(o: &mut Operation, all: &[&str]) {
        o.parameters[0].kind = Kind::Choice { options: all.iter().map(|&o| o.to_owned()).collect() };
    }

    type Change = (&'static str, &'static str, fn(&mut Operation));

    const GOES_ON: &str = "goes on";
    const VOID: &str = "`catalogue_changed`";

    /// What a change of the catalogue does to a request that waits, or is tried again.
    const CHANGES: &[Change] = &[
        ("descriptions, of the operation and its parameters", GOES_ON, |o| {
            o.description = "Brings it there".into();
            o.parameters[0].description = "Where to".into();
        }),
        ("one more choice, a wider range, a pattern that still fits", GOES_ON, |o| {
            options(o, &["qa", "stag", "prod"]);
        }),
        ("a default: what was asked for has its values already", GOES_ON, |o| {
            o.parameters[0].default = Some(Value::Text("qa".into()));
        }),
        ("one more parameter that nobody has to give", GOES_ON, |o| {
            let name = "note".parse().unwrap();
            o.parameters.push(Parameter { name, required: false, ..o.parameters[0].clone() });
        }),
        ("who may ask: that is asked again each time", GOES_ON, |o| {
            o.allow[0].channels.push((WorkspaceId::new("T1"), ChannelId::new("C1")));
        }),
        ("a choice, a range or a pattern that no longer takes its value", "`bad_parameters`", |o| {
            options(o, &["qa", "stag"]);
        }),
        ("one more parameter that is required", "`bad_parameters`", |o| {
            let name = "note".parse().unwrap();
            o.parameters.push(Parameter { name, ..o.parameters[0].clone() });
        }),
        ("anything of the target: arguments, repository, job, inputs, branch, time", VOID, |o| {
            command(o).arguments.push("--now".into());
        }),
        ("what a program's name means, in `programs`", VOID, |o| command(o).program = "elsewhere".into()),
        ("`idempotent`", VOID, |o| o.idempotent = true),
    ];

    #[test]
    fn what_a_change_does_to_a_request_is_as_documented() {
        let before = catalogue().freeze();
        let place =
            Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
        let ada = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"));
        let operation = before.operations.values().next().unwrap();
        let parameters = [("env".parse().unwrap(), Value::Text("prod".into()))].into();
        let intent = Intent::new(&before, operation, parameters, ada, place);
        let documented = include_str!("../../../docs/catalogue.md");
        for (what, expect, change) in CHANGES {
            let mut changed = catalogue();
            changed.programs.insert("elsewhere".into(), "/usr/bin/deploy".into());
            change(changed.operations.values_mut().next().unwrap());
            let after = changed.freeze();
            let became = match intent.resolve(&after) {
                Ok(_) => GOES_ON.to_owned(),
                Err(reason) => format!("`{}`", reason.as_str()),
            };
            assert_eq!(became, *expect, "{what}");
            assert!(
                documented.contains(&format!("| {what} | {expect} |")),
                "docs/catalogue.md lacks: {what}"
            );
        }
        let mut moved = catalogue();
        moved.programs.insert("deploy".into(), "/opt/deploy".into());
        assert_eq!(intent.resolve(&moved.freeze()).unwrap_err(), ReasonCode::CatalogueChanged);
        // An intent of a version without the hash is compared by its digest, which covers everything.
        let old = Intent { hash: None, digest: intent.digest_under(&before), ..intent };
        assert!(old.resolve(&before).is_ok());
        let mut described = catalogue();
        described.operations.values_mut().next().unwrap().description.clear();
        assert_eq!(old.resolve(&described.freeze()).unwrap_err(), ReasonCode::CatalogueChanged);
    }

    #[test]
    fn what_is_asked_for_and_by_whom_is_in_the_hash() {
        let catalogue = catalogue().freeze();
        let place = |c: &str| Place {
            chat: Chat::SLACK,
            workspace: WorkspaceId::new("T1"),
            channel: ChannelId::new(c),
        };
        let person = |user: &str| Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new(user));
        let operation = catalogue.operations.values().next().unwrap();
        let hash = |env: &str, user: &str, at: &str| {
            let parameters = [("env".parse().unwrap(), Value::Text(env.into()))].into();
            Intent::new(&catalogue, operation, parameters, person(user), place(at))
                .hash
                .map(|hash| hash.to_string())
        };
        let one = hash("prod", "UADA", "C1");
        assert!(one.as_ref().is_some_and(|hash| hash.starts_with("2:")));
        assert_eq!(one, hash("prod", "UADA", "C1"));
        for other in [hash("qa", "UADA", "C1"), hash("prod", "UEVE", "C1"), hash("prod", "UADA", "C2")] {
            assert_ne!(one, other);
        }
    }
}
