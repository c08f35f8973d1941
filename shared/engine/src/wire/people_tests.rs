//! How people and places are stored: those of Slack as they were stored when there was no other chat.

use signalbox_domain::ids::{ChannelId, UserId, WorkspaceId};
use signalbox_domain::people::{Actor, Chat, Place};

fn matrix() -> Chat {
    Chat::try_from("matrix".to_owned()).unwrap()
}

#[test]
fn who_is_stored_how() {
    let (workspace, user) = (WorkspaceId::new("T1"), UserId::new("UADA"));
    for (actor, stored, shown) in [
        (
            Actor::person(Chat::SLACK, workspace.clone(), user.clone()),
            r#"{"workspace":"T1","user":"UADA"}"#,
            "T1/UADA",
        ),
        (
            Actor::person(matrix(), workspace, user),
            r#"{"chat":"matrix","workspace":"T1","user":"UADA"}"#,
            "matrix:T1/UADA",
        ),
        (Actor::Key("ci".parse().unwrap()), r#"{"key":"ci"}"#, "key/ci"),
        (Actor::System, r#"{"system":true}"#, "signalbox"),
    ] {
        assert_eq!(serde_json::to_string(&actor).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Actor>(stored).unwrap(), actor);
        assert_eq!(actor.to_string(), shown);
    }
    for neither in [
        "{}",
        r#"{"workspace":"T1"}"#,
        r#"{"user":"UADA"}"#,
        r#"{"workspace":"T1","user":"UADA","key":"ci"}"#,
        r#"{"key":"ci","system":true}"#,
        r#"{"system":false}"#,
        r#"{"key":"Not a name"}"#,
        r#"{"chat":"<!here>","workspace":"T1","user":"UADA"}"#,
    ] {
        assert!(serde_json::from_str::<Actor>(neither).is_err(), "{neither}");
    }
}

#[test]
fn where_is_stored_how() {
    let place = |chat| Place { chat, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
    for (place, stored) in [
        (place(Chat::SLACK), r#"{"workspace":"T1","channel":"C1"}"#),
        (place(matrix()), r#"{"chat":"matrix","workspace":"T1","channel":"C1"}"#),
    ] {
        assert_eq!(serde_json::to_string(&place).unwrap(), stored);
        assert_eq!(serde_json::from_str::<Place>(stored).unwrap(), place);
    }
    let said = r#"{"chat":"slack","workspace":"T1","channel":"C1"}"#;
    assert_eq!(serde_json::from_str::<Place>(said).unwrap(), place(Chat::SLACK));
}
