//! A small catalogue and the people in it.

use signalbox_domain::Grant;
use signalbox_domain::catalogue::{CommandTarget, Target};
use signalbox_domain::ids::{ChannelId, RecordKind, UserId, WorkspaceId};
use signalbox_domain::parameter::{Kind, Parameter, Pattern, Value};
use signalbox_domain::people::{Actor, Chat, Place};
use signalbox_domain::watch::{Heartbeat, Links, Severity, Spike, Unlevelled, Watch};
use signalbox_domain::{Catalogue, Frozen, Intent, Operation};
use signalbox_engine::ports::{Listing, Queue};
use signalbox_engine::{Admitting, CommandKeys, Vouching};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// The workspace to which everyone belongs.
pub const WORKSPACE: &str = "TPRACTICE";

/// The key with which doors vouch in tests.
pub const COMMAND_KEY: &str = "a key of thirty-two characters or more";

/// Vouches for people as a door does.
#[must_use]
pub fn vouching() -> Vouching {
    command_keys().into()
}

/// Makes a dispatcher accept only commands that are signed with [`COMMAND_KEY`]. What it refuses goes to `dead`.
#[must_use]
pub fn admitting(dead: Arc<dyn Queue>) -> Admitting {
    Admitting { keys: command_keys(), unsigned_until: None, senders: BTreeSet::new(), dead }
}

fn command_keys() -> CommandKeys {
    COMMAND_KEY.parse().unwrap()
}

/// The person with this id. `UADA` is Ada, who may ask for everything in #releases.
#[must_use]
pub fn person(user: &str) -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new(WORKSPACE), UserId::new(user))
}

/// A person's ids in the form that grants use.
#[must_use]
pub fn ids(actor: &Actor) -> (WorkspaceId, UserId) {
    let person = actor.as_person().unwrap();
    (person.workspace.clone(), person.user.clone())
}

/// The workspace's records of this kind.
#[must_use]
pub fn listing(kind: RecordKind) -> Listing {
    Listing::of(&WorkspaceId::new(WORKSPACE), kind)
}

/// A channel of the workspace.
#[must_use]
pub fn channel(channel: &str) -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new(WORKSPACE), channel: ChannelId::new(channel) }
}

/// A catalogue with `release service version [count=1] [dry-run=false]`, for UADA in CRELEASES and for anyone in
/// COPS; and with `touch`, which is idempotent, for UADA.
#[must_use]
pub fn catalogue() -> Frozen {
    draft().freeze()
}

/// The same catalogue, before it is frozen, so that a test can change it.
#[must_use]
pub fn draft() -> Catalogue {
    let users = |ids: &[&str]| ids.iter().map(|u| (WorkspaceId::new(WORKSPACE), UserId::new(*u))).collect();
    let channels =
        |ids: &[&str]| ids.iter().map(|c| (WorkspaceId::new(WORKSPACE), ChannelId::new(*c))).collect();
    let release = Operation {
        name: "release".parse().unwrap(),
        description: "Cut a tag".into(),
        parameters: vec![
            parameter("service", Kind::Choice { options: ["web".into(), "api".into()].into() }, None),
            parameter(
                "version",
                Kind::String {
                    pattern: Some(Pattern::try_from(r"[0-9]+(\.[0-9]+){2}".to_owned()).unwrap()),
                    shortest: None,
                    longest: None,
                },
                None,
            ),
            parameter(
                "count",
                Kind::Integer { min: Some(1), max: Some(9), step: None, unit: None },
                Some(Value::Integer(1)),
            ),
            parameter("dry-run", Kind::Boolean, Some(Value::Boolean(false))),
        ],
        target: Target::Command(command(&["tag", "{service}-{version}", "--run={run}"])),
        allow: vec![
            Grant { users: users(&["UADA"]), channels: channels(&["CRELEASES"]) },
            Grant { users: vec![], channels: channels(&["COPS"]) },
        ],
        idempotent: false,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    };
    let touch = Operation {
        name: "touch".parse().unwrap(),
        description: "Touch something".into(),
        parameters: vec![],
        target: Target::Command(command(&["touch"])),
        allow: vec![Grant { users: users(&["UADA"]), channels: vec![] }],
        idempotent: true,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    };
    Catalogue {
        operations: [release, touch].into_iter().map(|o| (o.name.clone(), o)).collect(),
        programs: BTreeMap::from([("git".to_owned(), "git".to_owned())]),
        ..Catalogue::default()
    }
}

/// `release service version …` as in [`catalogue`], with another target.
#[must_use]
pub fn catalogue_for(target: Target) -> Frozen {
    let mut catalogue = draft();
    if let Some(release) = catalogue.operations.get_mut("release") {
        release.target = target;
    }
    catalogue.freeze()
}

fn parameter(name: &str, kind: Kind, default: Option<Value>) -> Parameter {
    let required = default.is_none();
    let description = format!("The {name}");
    Parameter { description, default, required, ..Parameter::plain(name.parse().unwrap(), kind) }
}

fn command(arguments: &[&str]) -> CommandTarget {
    CommandTarget {
        program: "git".into(),
        arguments: arguments.iter().map(|&a| a.to_owned()).collect(),
        directory: String::new(),
        environment: BTreeMap::new(),
        timeout_seconds: 60,
    }
}

/// A watch, `web`, told in #ops: windows of five minutes, two cards at most for each, and no sources yet.
#[must_use]
pub fn watch() -> Watch {
    Watch {
        name: "web".parse().unwrap(),
        place: channel("COPS"),
        sources: BTreeMap::new(),
        receivers: vec![],
        every_seconds: 300,
        delay_seconds: 0,
        least: Severity::Error,
        without_level: Unlevelled::default(),
        most_lines: 1000,
        spike: Spike { times: 3, at_least: 20 },
        quiet_days: 1,
        most_cards: 2,
        heartbeat: Heartbeat::Never,
        remind_hours: 1,
        escalate: None,
        silences: vec![],
        redact: vec![],
        rules: vec![],
        deploys: vec![],
        links: Links::default(),
        allow: vec![],
    }
}

/// Ada's request `release web 1.4.2` in #releases.
#[must_use]
pub fn intent(catalogue: &Frozen) -> Intent {
    let operation = &catalogue.operations["release"];
    let value = |n: &str, v: Value| (n.parse().unwrap(), v);
    let parameters = BTreeMap::from([
        value("service", Value::Text("web".into())),
        value("version", Value::Text("1.4.2".into())),
        value("count", Value::Integer(1)),
        value("dry-run", Value::Boolean(false)),
    ]);
    Intent::new(catalogue, operation, parameters, person("UADA"), channel("CRELEASES"))
}
