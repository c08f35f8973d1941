//! Operations that answers speak of.

use signalbox_domain::catalogue::{CommandTarget, Target};
use signalbox_domain::ids::{ChannelId, UserId, WorkspaceId};
use signalbox_domain::parameter::{Kind, Pattern};
use signalbox_domain::{Grant, Operation, Parameter, Value};

fn parameter(name: &str, kind: Kind, required: bool, default: Option<Value>) -> Parameter {
    Parameter { default, required, ..Parameter::plain(name.parse().unwrap(), kind) }
}

fn text(pattern: Option<Pattern>) -> Kind {
    Kind::String { pattern, shortest: None, longest: None }
}

fn number(max: i64) -> Kind {
    Kind::Integer { min: Some(1), max: Some(max), step: None, unit: None }
}

pub(super) fn release() -> Operation {
    let team = || WorkspaceId::new("T1");
    let version = Pattern::try_from("[0-9]+(\\.[0-9]+){2}".to_owned()).unwrap();
    Operation {
        name: "release".parse().unwrap(),
        description: "Ships a service".into(),
        parameters: vec![
            Parameter {
                description: "What to ship".into(),
                ..parameter(
                    "service",
                    Kind::Choice { options: ["web".into(), "api".into()].into() },
                    true,
                    None,
                )
            },
            parameter("version", text(Some(version)), true, None),
            parameter("percent", number(100), false, Some(Value::Integer(100))),
            parameter("note", text(None), false, None),
        ],
        target: Target::Command(CommandTarget {
            program: "git".into(),
            arguments: vec![],
            directory: String::new(),
            environment: Default::default(),
            timeout_seconds: 1,
        }),
        allow: vec![
            Grant {
                users: vec![(team(), UserId::new("UADA")), (WorkspaceId::new("T2"), UserId::new("UGUEST"))],
                channels: vec![(team(), ChannelId::new("C1"))],
            },
            Grant { users: vec![], channels: vec![(team(), ChannelId::new("C2"))] },
        ],
        idempotent: false,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    }
}

pub(super) fn scale() -> Operation {
    Operation {
        name: "scale".parse().unwrap(),
        description: String::new(),
        parameters: vec![
            parameter("service", Kind::Choice { options: ["web".into(), "api".into()].into() }, true, None),
            parameter("count", number(9), true, None),
            parameter("wait", Kind::Boolean, true, None),
        ],
        allow: vec![],
        ..release()
    }
}
