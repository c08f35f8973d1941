//! Rounds over ports in memory: each line once, however often and by whomever it is read.

use super::*;
use signalbox_domain::watch::Heartbeat;

/// A watch over one source, `app`.
pub(crate) fn watch() -> Watch {
    use signalbox_domain::ids::{ChannelId, WorkspaceId};
    use signalbox_domain::people::{Chat, Place};
    use signalbox_domain::watch::{Links, Severity, Source, Spike, Unlevelled};
    Watch {
        name: "web".parse().unwrap(),
        place: Place {
            chat: Chat::SLACK,
            workspace: WorkspaceId::new("T1"),
            channel: ChannelId::new("COPS"),
        },
        sources: BTreeMap::from([("app".parse().unwrap(), Source::Files { paths: vec!["app.log".into()] })]),
        receivers: vec![],
        every_seconds: 900,
        delay_seconds: 0,
        least: Severity::Error,
        without_level: Unlevelled::default(),
        most_lines: 100_000,
        spike: Spike { times: 3, at_least: 20 },
        quiet_days: 7,
        most_cards: 2,
        heartbeat: Heartbeat::Never,
        remind_hours: 24,
        escalate: None,
        silences: vec![],
        redact: vec![],
        rules: vec![],
        deploys: vec![],
        links: Links::default(),
        allow: vec![],
    }
}
