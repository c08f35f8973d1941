//! Digests over structured data, field by field.
//!
//! Much faster than digesting the `Debug` output, and as sound: every text begins with its length, every list with
//! its count, every alternative with a number, so no two different values give the same bytes. A struct is taken
//! apart by name when it is fed, so that code with a new field does not compile until the field is fed as well.

use crate::content::canonical_or_shown;
use crate::grant::Grant;
use crate::ids::Digest;
use crate::parameter::{Kind, Parameter, Value};
use crate::people::{Actor, Chat, Person, Place};
use serde::Serialize;
use std::collections::BTreeMap;
use std::fmt;

/// Bytes to be digested.
pub(crate) struct Feed(Vec<u8>);

impl Feed {
    /// Nothing yet.
    pub(crate) fn new() -> Self {
        Self(Vec::with_capacity(256))
    }

    pub(crate) fn bytes(&mut self, bytes: &[u8; 32]) {
        self.0.extend_from_slice(bytes);
    }

    pub(crate) fn text(&mut self, text: &str) {
        self.count(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    pub(crate) fn count(&mut self, count: usize) {
        self.0.extend_from_slice(&u32::try_from(count).unwrap_or(u32::MAX).to_be_bytes());
    }

    fn number(&mut self, number: i64) {
        self.0.extend_from_slice(&number.to_be_bytes());
    }

    /// Says which alternative follows.
    pub(crate) fn tag(&mut self, tag: u8) {
        self.0.push(tag);
    }

    pub(crate) fn maybe<T>(&mut self, value: Option<T>, feed: impl FnOnce(&mut Self, T)) {
        self.tag(u8::from(value.is_some()));
        if let Some(value) = value {
            feed(self, value);
        }
    }

    pub(crate) fn value(&mut self, value: &Value) {
        match value {
            Value::Boolean(b) => self.0.extend_from_slice(&[0, u8::from(*b)]),
            Value::Integer(i) => {
                self.tag(1);
                self.number(*i);
            }
            Value::Text(text) => {
                self.tag(2);
                self.text(text);
            }
        }
    }

    pub(crate) fn parameter(&mut self, parameter: &Parameter) {
        let Parameter {
            name,
            description,
            kind,
            from: _,
            default,
            required,
            title: _,
            placeholder: _,
            examples: _,
            when,
            fixed,
            special,
        } = parameter;
        self.text(name.as_str());
        self.text(description);
        match kind {
            Kind::String { pattern, shortest: None, longest: None } => {
                self.tag(0);
                self.maybe(pattern.as_ref(), |feed, p| feed.text(p.as_str()));
            }
            Kind::Choice { options } => {
                self.tag(1);
                self.count(options.len());
                options.iter().for_each(|o| self.text(o));
            }
            Kind::Integer { min, max, step: None, unit: None } => {
                self.tag(2);
                self.maybe(*min, Self::number);
                self.maybe(*max, Self::number);
            }
            Kind::Boolean => self.tag(3),
            Kind::String { .. }
            | Kind::Integer { .. }
            | Kind::Text { .. }
            | Kind::Choices { .. }
            | Kind::Number { .. }
            | Kind::Thing { .. }
            | Kind::Version { .. }
            | Kind::Duration { .. }
            | Kind::Date { .. }
            | Kind::Time { .. }
            | Kind::DateTime { .. }
            | Kind::User
            | Kind::Channel
            | Kind::Json
            | Kind::Steps
            | Kind::Secret { .. } => {
                self.tag(4);
                self.canonical(kind);
            }
        }
        self.maybe(default.as_ref(), Self::value);
        self.tag(u8::from(*required));
        // What versions before do not know adds nothing where it is not used.
        if !(when.is_empty() && fixed.is_none() && special.is_empty()) {
            self.canonical(&(when, fixed, special));
        }
    }

    fn canonical<T: Serialize + fmt::Debug>(&mut self, value: &T) {
        let bytes = canonical_or_shown(value);
        self.count(bytes.len());
        self.0.extend_from_slice(&bytes);
    }

    /// A number of zero or more.
    pub(crate) fn size(&mut self, size: u64) {
        self.0.extend_from_slice(&size.to_be_bytes());
    }

    /// Names and texts.
    pub(crate) fn texts(&mut self, texts: &BTreeMap<String, String>) {
        self.count(texts.len());
        for (name, value) in texts {
            self.text(name);
            self.text(value);
        }
    }

    pub(crate) fn grant(&mut self, grant: &Grant) {
        let Grant { users, channels } = grant;
        self.count(users.len());
        for (workspace, user) in users {
            self.text(workspace.as_str());
            self.text(user.as_str());
        }
        self.count(channels.len());
        for (workspace, channel) in channels {
            self.text(workspace.as_str());
            self.text(channel.as_str());
        }
    }

    /// Who asked. A person of the first chat is fed as two ids, as before there were other chats; everybody else
    /// begins with a colon, which no such id has.
    pub(crate) fn actor(&mut self, actor: &Actor) {
        match actor {
            Actor::Person(Person { chat, workspace, user }) => {
                self.chat(chat);
                self.text(workspace.as_str());
                self.text(user.as_str());
            }
            Actor::Key(name) => {
                self.text(":key");
                self.text(name.as_str());
            }
            Actor::System => self.text(":system"),
        }
    }

    /// Where it was asked, in the same way as [`Feed::actor`].
    pub(crate) fn place(&mut self, place: &Place) {
        let Place { chat, workspace, channel } = place;
        self.chat(chat);
        self.text(workspace.as_str());
        self.text(channel.as_str());
    }

    fn chat(&mut self, chat: &Chat) {
        if *chat != Chat::SLACK {
            self.text(":chat");
            self.text(chat.as_str());
        }
    }

    /// Puts these bytes in place of the first 32 that were fed.
    pub(crate) fn begin(&mut self, bytes: &[u8; 32]) {
        if let Some(first) = self.0.first_chunk_mut() {
            *first = *bytes;
        }
    }

    /// The digest of everything fed.
    pub(crate) fn digest(&self) -> Digest {
        Digest::of([self.0.as_slice()])
    }

    /// The digest of everything fed, for one purpose: the same bytes fed for another purpose give another digest.
    pub(crate) fn digest_as(&self, what: &[u8]) -> Digest {
        Digest::of([what, self.0.as_slice()])
    }
}

#[cfg(test)]
mod tests {
    use crate::catalogue::{Catalogue, CommandTarget, GitHubTarget, JenkinsTarget, Operation, Target};
    use crate::grant::Grant;
    use crate::ids::{ChannelId, Digest, UserId, WorkspaceId};
    use crate::parameter::{Kind, Parameter, Pattern, Value};
    use std::collections::{BTreeMap, HashSet};

    type Change = Box<dyn Fn(&mut Operation)>;

    fn rules(operation: Operation, programs: &BTreeMap<String, String>) -> Digest {
        let name = operation.name.clone();
        let operations = BTreeMap::from([(name.clone(), operation)]);
        *Catalogue { operations, programs: programs.clone(), ..Catalogue::default() }
            .freeze()
            .rules(&name)
            .unwrap()
    }

    fn operation() -> Operation {
        let parameter = |name: &str, kind, default| Parameter {
            default,
            ..Parameter::plain(name.parse().unwrap(), kind)
        };
        Operation {
            name: "release".parse().unwrap(),
            description: "Cut a tag".into(),
            parameters: vec![
                parameter("s", Kind::String { pattern: None, shortest: None, longest: None }, None),
                parameter("c", Kind::Choice { options: ["a".into(), "b".into()].into() }, None),
                parameter(
                    "i",
                    Kind::Integer { min: Some(1), max: None, step: None, unit: None },
                    Some(Value::Integer(1)),
                ),
                parameter("b", Kind::Boolean, None),
            ],
            target: Target::Command(CommandTarget {
                program: "git".into(),
                arguments: vec!["tag".into(), "x".into()],
                directory: "d".into(),
                environment: BTreeMap::from([("A".to_owned(), "B".to_owned())]),
                timeout_seconds: 60,
            }),
            allow: vec![Grant {
                users: vec![(WorkspaceId::new("T1"), UserId::new("U1"))],
                channels: vec![(WorkspaceId::new("T1"), ChannelId::new("C1"))],
            }],
            idempotent: false,
            aliases: vec![],
            confirm: false,
            shortcuts: Default::default(),
            requires: vec![],
            verify: vec![],
            ships: None,
        }
    }

    /// The targets of other systems, and one change for each of their fields.
    fn elsewhere() -> Vec<Change> {
        fn github(change: fn(&mut GitHubTarget)) -> Change {
            let mut target = GitHubTarget {
                repository: "acme/shop".into(),
                workflow: "deploy.yml".into(),
                git_ref: "main".into(),
                inputs: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
                run_input: Some("run".into()),
            };
            change(&mut target);
            Box::new(move |o| o.target = Target::GitHub(target.clone()))
        }
        fn jenkins(change: fn(&mut JenkinsTarget)) -> Change {
            let mut target = JenkinsTarget {
                job: "web/deploy".into(),
                branch: Some("main".into()),
                parameters: BTreeMap::from([("a".to_owned(), "b".to_owned())]),
                run_parameter: Some("RUN".into()),
            };
            change(&mut target);
            Box::new(move |o| o.target = Target::Jenkins(target.clone()))
        }
        vec![
            github(|_| {}),
            github(|t| t.repository = "acme/shops".into()),
            github(|t| t.workflow = "deploy.yaml".into()),
            github(|t| t.git_ref = "next".into()),
            github(|t| t.inputs.clear()),
            github(|t| t.run_input = None),
            github(|t| t.run_input = Some(String::new())),
            jenkins(|_| {}),
            jenkins(|t| t.job = "web".into()),
            jenkins(|t| t.branch = None),
            jenkins(|t| t.parameters.clear()),
            jenkins(|t| t.run_parameter = None),
        ]
    }

    /// One change for every field there is.
    #[test]
    fn every_field_moves_the_digest() {
        fn command(o: &mut Operation) -> &mut CommandTarget {
            match &mut o.target {
                Target::Command(command) => command,
                Target::GitHub(_) | Target::Jenkins(_) | Target::Batch(_) => unreachable!("it is one"),
            }
        }
        let pattern = |p: &str| Kind::String {
            pattern: Some(Pattern::try_from(p.to_owned()).unwrap()),
            shortest: None,
            longest: None,
        };
        let bounds = |min, max| Kind::Integer { min, max, step: None, unit: None };
        let options = |all: &[&str]| Kind::Choice { options: all.iter().map(|&o| o.to_owned()).collect() };
        let changes: Vec<Change> = vec![
            Box::new(|_| {}),
            Box::new(|o| o.name = "releas".parse().unwrap()),
            Box::new(|o| o.description.clear()),
            Box::new(|o| drop(o.parameters.pop())),
            Box::new(|o| o.parameters.swap(0, 1)),
            Box::new(|o| o.parameters[0].name = "t".parse().unwrap()),
            Box::new(|o| o.parameters[0].description = "x".into()),
            Box::new(|o| o.parameters[0].required = true),
            Box::new(|o| o.parameters[0].default = Some(Value::Text(String::new()))),
            Box::new(|o| o.parameters[0].default = Some(Value::Text("true".into()))),
            Box::new(|o| o.parameters[0].default = Some(Value::Boolean(true))),
            Box::new(|o| o.parameters[0].default = Some(Value::Boolean(false))),
            Box::new(|o| o.parameters[0].kind = Kind::Boolean),
            Box::new(move |o| o.parameters[0].kind = pattern("")),
            Box::new(move |o| o.parameters[0].kind = pattern("a")),
            Box::new(move |o| o.parameters[1].kind = options(&["ab"])),
            Box::new(move |o| o.parameters[1].kind = options(&["b", "a"])),
            Box::new(move |o| o.parameters[2].kind = bounds(None, Some(1))),
            Box::new(move |o| o.parameters[2].kind = bounds(Some(1), Some(1))),
            Box::new(|o| o.parameters[2].default = Some(Value::Integer(2))),
            Box::new(|o| o.parameters[2].default = None),
            Box::new(|o| command(o).program = "gi".into()),
            Box::new(|o| command(o).arguments = vec!["tagx".into()]),
            Box::new(|o| command(o).arguments = vec!["ta".into(), "gx".into()]),
            Box::new(|o| command(o).directory.clear()),
            Box::new(|o| command(o).environment.clear()),
            Box::new(|o| command(o).environment = BTreeMap::from([("AB".to_owned(), String::new())])),
            Box::new(|o| command(o).timeout_seconds = 61),
            Box::new(|o| o.allow.clear()),
            Box::new(|o| o.allow.extend(o.allow.clone())),
            Box::new(|o| o.allow[0].users.clear()),
            Box::new(|o| o.allow[0].channels.clear()),
            Box::new(|o| o.allow[0].users[0].0 = WorkspaceId::new("T2")),
            Box::new(|o| o.allow[0].users[0].1 = UserId::new("U2")),
            Box::new(|o| o.allow[0].channels[0].0 = WorkspaceId::new("T2")),
            Box::new(|o| o.allow[0].channels[0].1 = ChannelId::new("C2")),
            Box::new(|o| o.idempotent = true),
        ];
        let mut changes = changes;
        changes.extend(elsewhere());
        let programs = BTreeMap::from([("git".to_owned(), "git".to_owned())]);
        let mut seen = HashSet::new();
        for (i, change) in changes.iter().enumerate() {
            let mut changed = operation();
            change(&mut changed);
            assert!(seen.insert(rules(changed, &programs)), "change {i} is not seen");
        }
        let elsewhere = BTreeMap::from([("git".to_owned(), "/usr/bin/git".to_owned())]);
        assert!(seen.insert(rules(operation(), &elsewhere)), "what the program means is not seen");
        assert!(seen.insert(rules(operation(), &BTreeMap::new())), "a missing program is not seen");
        // A change elsewhere in the rules does not change the digest.
        let more = BTreeMap::from([("git".to_owned(), "git".to_owned()), ("sh".to_owned(), "sh".to_owned())]);
        assert_eq!(rules(operation(), &more), rules(operation(), &programs));
    }
}
