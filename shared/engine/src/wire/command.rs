//! Commands on the intents queue: one closed, versioned enum.
//!
//! There are two forms of a message's body, and both are read for ever:
//!
//! - version 1, the envelope: `{"v":1,"id":…,"run":…,"command":…}`. It says nothing of who wrote it.
//! - version 2, an envelope of version 1 that a door vouched for, for what people ask:
//!   `{"v":2,"mac":"<64 hexadecimal digits>","signed":{"v":1,…}}`. The MAC is HMAC-SHA256 over `signalbox command 2`,
//!   a line feed, and the very bytes of `signed`; they are never written a second time ([`crate::Vouching`],
//!   [`crate::Admitting`]).
//!
//! A command that an earlier release does not know (`Followed` in version 3, `Refresh` and `Step` in version 4) is written with a higher version, so
//! that the earlier release knows that it must not read it and gives it back ([`is_newer`]).

use super::{MOSTLY, Unreadable, is_newer_than, read, write, write_after};
use crate::keys::CommandKeys;
use crate::ports::Message;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use signalbox_domain::alert::{AlertCommand, BulletinCommand};
use signalbox_domain::ids::{CommandId, OperationName, ParameterName, RecordId};
use signalbox_domain::people::Actor;
use signalbox_domain::silence::SilenceRule;
use signalbox_domain::{Digest, Intent, RunCommand, SetAside, Timestamp, Value};
use std::collections::BTreeMap;

/// The latest version that this binary reads, of either form.
pub const LATEST: u8 = 4;

/// Whether a newer version queued it: then this version must neither read it nor give it up.
#[must_use]
pub fn is_newer(body: &[u8]) -> bool {
    is_newer_than(LATEST, Queued::from_bytes(body).envelope())
}

/// The first version of the envelope that knows this command.
fn version(command: &Command) -> u8 {
    match command {
        Command::Run(
            RunCommand::Submit { .. }
            | RunCommand::Cancel { .. }
            | RunCommand::Retry { .. }
            | RunCommand::LookAgain { .. }
            | RunCommand::Settle { .. }
            | RunCommand::Sighted(_)
            | RunCommand::Observe
            | RunCommand::Dropped { .. },
        )
        | Command::Alert(AlertCommand::Found(_) | AlertCommand::Attend { .. })
        | Command::Bulletin(BulletinCommand::Report(_))
        | Command::Show { .. }
        | Command::Wake { .. }
        | Command::SetAside { .. }
        | Command::Silences { .. } => 1,
        Command::Run(RunCommand::Followed { .. }) => 3,
        Command::Refresh(_) | Command::Run(RunCommand::Step(_)) => 4,
    }
}

/// The largest command, as queued bytes. Events repeat what their command says, and heads what their events say.
pub(crate) const LARGEST_COMMAND: usize = 96 * 1024;
/// The longest id of a command, in bytes. A head remembers 32 of them.
pub(crate) const LONGEST_ID: usize = 512;

/// Everything that can be asked: one enum for each kind of record, and what may be asked of all of them. All are stored
/// by the names of their variants alone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Command {
    /// Show the card once more, because it may be gone. This is not put on record.
    Show {
        /// Who asks.
        by: Actor,
    },
    /// A due time has come.
    Wake { due_at: Timestamp },
    /// Another command for this record could not be handled, and is kept as a dead letter.
    SetAside {
        /// Which one. The person and their request are on the queue in `asked`; only earlier versions wrote them
        /// here.
        #[serde(flatten)]
        aside: SetAside,
        /// What a person asked, as it was queued. The person's name counts only if a door vouched for it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        asked: Option<String>,
    },
    /// Silences by labels changed in the catalogue, and an alert manager is to know of them. It is for no record.
    Silences {
        /// Those that are no longer in the catalogue.
        gone: Vec<SilenceRule>,
    },
    /// Somebody needs to know what a system outside says, and what is known of it is old. It is for no record.
    Refresh(Refresh),
    /// Of an alert.
    #[serde(untagged)]
    Alert(AlertCommand),
    /// Of a bulletin.
    #[serde(untagged)]
    Bulletin(BulletinCommand),
    /// Of a run.
    #[serde(untagged)]
    Run(RunCommand),
}

/// What is to be asked of systems outside. It names an operation and not an address: which questions are asked is for the
/// dispatcher's own catalogue to say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refresh {
    pub operation: OperationName,
    /// The list of this parameter; `None`: all that is asked for the request that these values make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parameter: Option<ParameterName>,
    /// What is filled in so far.
    pub values: BTreeMap<ParameterName, Value>,
    /// Nobody needs it this moment: it is kept warm.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub warm: bool,
}

impl Refresh {
    /// The command. Everything that is asked for the same is asked one after another; the same key again is the same
    /// command again.
    ///
    /// # Errors
    /// None in practice.
    pub fn envelope(self, key: &str) -> Result<Envelope, Unreadable> {
        let for_all = Self { warm: false, ..self.clone() };
        let about = super::hash(&write("question", &for_all)?).to_string();
        Ok(Envelope::new(RecordId::derive("lookup", "", &about), key, Command::Refresh(self)))
    }
}

impl From<RunCommand> for Command {
    fn from(command: RunCommand) -> Self {
        Self::Run(command)
    }
}

impl From<AlertCommand> for Command {
    fn from(command: AlertCommand) -> Self {
        Self::Alert(command)
    }
}

impl From<BulletinCommand> for Command {
    fn from(command: BulletinCommand) -> Self {
        Self::Bulletin(command)
    }
}

impl Command {
    /// The person whose wish it is. Such a command counts only if a door vouched for it. Every new command has to say
    /// here whose wish it is.
    #[must_use]
    pub fn person(&self) -> Option<&Actor> {
        match self {
            // It only shows again what is shown anyway, so an operator may send it without a person.
            Self::Show { by } => Some(by).filter(|by| !matches!(by, Actor::System)),
            Self::Run(command) => command.person(),
            Self::Alert(command) => command.person(),
            Self::Bulletin(BulletinCommand::Report(_))
            | Self::Wake { .. }
            | Self::SetAside { .. }
            | Self::Refresh(_)
            | Self::Silences { .. } => None,
        }
    }
}

/// A message's body, taken apart; nothing in it is believed yet.
pub(crate) enum Queued<'b> {
    /// Bytes that nobody vouched for.
    Plain(&'b [u8]),
    /// Bytes that claim that a door vouched for them.
    Vouched {
        /// The MAC that came with them.
        mac: &'b str,
        /// The bytes under it.
        signed: &'b [u8],
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vouched<'b> {
    v: u8,
    mac: &'b str,
    #[serde(borrow)]
    signed: &'b RawValue,
}

impl<'b> Queued<'b> {
    pub(crate) fn from_bytes(body: &'b [u8]) -> Self {
        match serde_json::from_slice(body) {
            Ok(Vouched { v: 2, mac, signed }) => Self::Vouched { mac, signed: signed.get().as_bytes() },
            Ok(_) | Err(_) => Self::Plain(body),
        }
    }

    /// The envelope's bytes.
    pub(crate) fn envelope(self) -> &'b [u8] {
        match self {
            Self::Plain(bytes) | Self::Vouched { signed: bytes, .. } => bytes,
        }
    }
}

/// A command with its address.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Envelope {
    /// Version of this envelope: the first that knows the command.
    pub v: u8,
    /// Deduplication id, and the `cause` of the events it leads to.
    pub id: CommandId,
    /// The record it is for. Runs came first, so the field is stored as `run`.
    #[serde(rename = "run")]
    pub record: RecordId,
    /// What to do.
    pub command: Command,
}

impl Envelope {
    /// A command for a record. `key` makes the id unique among the commands of its kind for that record: the same key
    /// again means the same command again.
    #[must_use]
    pub fn new(record: impl Into<RecordId>, key: &str, command: impl Into<Command>) -> Self {
        let (record, command) = (record.into(), command.into());
        let id = match &command {
            Command::Run(RunCommand::Submit { .. }) => ["submit:", record.as_str()].concat(),
            Command::Run(RunCommand::Cancel { .. }) => format!("cancel:{record}:{key}"),
            Command::Run(RunCommand::Retry { attempt, .. }) => format!("retry:{record}:{attempt}:{key}"),
            Command::Run(RunCommand::LookAgain { .. }) => format!("look_again:{record}:{key}"),
            Command::Run(RunCommand::Settle { attempt, .. }) => format!("settle:{record}:{attempt}:{key}"),
            Command::Run(RunCommand::Sighted(_)) => format!("sighted:{record}:{key}"),
            Command::Run(RunCommand::Observe) => format!("observe:{record}:{key}"),
            // A run hears of each alert only once, whatever led to the command.
            Command::Run(RunCommand::Followed { alert, .. }) => format!("followed:{record}:{alert}"),
            // A step begins once, however often it is asked for. A forged command for another step is not taken for it.
            Command::Run(RunCommand::Step(of)) => format!("step:{record}:{}.{}", of.attempt, of.step),
            Command::Run(RunCommand::Dropped { letter }) => format!("dropped:{record}:{letter}:{key}"),
            Command::Alert(AlertCommand::Found(_)) => format!("found:{record}:{key}"),
            Command::Alert(AlertCommand::Attend { .. }) => format!("attend:{record}:{key}"),
            Command::Bulletin(BulletinCommand::Report(_)) => format!("report:{record}:{key}"),
            Command::Show { .. } => format!("show:{record}:{key}"),
            Command::Wake { due_at } if key.is_empty() => format!("wake:{record}:{}", due_at.0),
            Command::Wake { due_at } => format!("wake:{record}:{}:{key}", due_at.0),
            Command::SetAside { aside, .. } => format!("set_aside:{record}:{}:{key}", aside.letter),
            Command::Silences { .. } => format!("silences:{record}:{key}"),
            Command::Refresh(_) => format!("refresh:{record}:{key}"),
        };
        Self { v: version(&command), id: CommandId::new(id), record, command }
    }

    /// As a message, by a sender who cannot vouch: what a person asks is not carried out without
    /// [`crate::Vouching::message`].
    ///
    /// # Errors
    /// When it is longer than a command may be. Doors take no input that leads to such a command.
    pub fn to_message(&self) -> Result<Message, Unreadable> {
        let body = write("command", self)?;
        self.check(body.len())?;
        Ok(self.message(body))
    }

    fn message(&self, body: Vec<u8>) -> Message {
        Message { group: ["run:", self.record.as_str()].concat(), id: self.id.as_str().to_owned(), body }
    }

    /// As a door queues it: with a MAC, if it is in a person's name.
    pub(crate) fn to_vouched_message(&self, keys: &CommandKeys) -> Result<Message, Unreadable> {
        if self.command.person().is_none() {
            return self.to_message();
        }
        // The envelope is written into its place, and its MAC before it afterwards: a copy would cost time at a door.
        let mut body = Vec::with_capacity(MOSTLY);
        body.extend_from_slice(br#"{"v":2,"mac":""#);
        let mac_at = body.len();
        body.extend_from_slice(&Digest::ZERO.digits());
        body.extend_from_slice(br#"","signed":"#);
        let signed_at = body.len();
        let mut body = write_after(body, "command", self)?;
        let signed = &body[signed_at..];
        self.check(signed.len())?;
        let mac = keys.mac(signed).digits();
        body[mac_at..mac_at + mac.len()].copy_from_slice(&mac);
        body.push(b'}');
        Ok(self.message(body))
    }

    /// As it came, in either form. The sender is not checked here: nobody named in it need have asked for anything.
    ///
    /// # Errors
    /// When a newer version wrote it, it is damaged, or longer than a command may be.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, Unreadable> {
        Self::from_plain(Queued::from_bytes(bytes).envelope())
    }

    /// From an envelope's own bytes.
    pub(crate) fn from_plain(bytes: &[u8]) -> Result<Self, Unreadable> {
        let envelope: Self = read("command", bytes)?;
        envelope.check(bytes.len())?;
        if envelope.v == version(&envelope.command) {
            Ok(envelope)
        } else {
            Err(Unreadable { what: "command", why: format!("version {}", envelope.v) })
        }
    }

    /// A longer command could not be put on record.
    fn check(&self, bytes: usize) -> Result<(), Unreadable> {
        let id = self.id.as_str().len();
        if bytes <= LARGEST_COMMAND && id <= LONGEST_ID {
            return Ok(());
        }
        Err(Unreadable { what: "command", why: format!("it is too long: {bytes} bytes, its id {id}") })
    }
}

/// What can be read from a command that cannot be handled, perhaps because a newer version wrote it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// The record it was for.
    pub record: Option<RecordId>,
    /// What kind of command it was, such as `submit`; empty if nobody can say.
    pub what: String,
    /// Who had asked, if it was a person.
    pub by: Option<Actor>,
    /// What was asked for, if it was the request itself.
    pub intent: Option<Intent>,
}

impl Salvaged {
    /// Reads what can be read, and never fails: what cannot be read is left out.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Self {
        let bytes = Queued::from_bytes(bytes).envelope();
        let Ok(body) = serde_json::from_slice::<serde_json::Value>(bytes) else { return Self::default() };
        let command = &body["command"];
        // The command is `{"submit": {…}}`, or a bare word if it has no fields.
        let named = command.as_object().and_then(|c| c.iter().next());
        let what = named.map(|(name, _)| name.as_str()).or(command.as_str()).unwrap_or_default();
        let of = |name: &str| named.map(|(_, fields)| &fields[name]);
        let intent: Option<Intent> =
            of("intent").and_then(|i| Intent::deserialize(i).ok()).map(|i| i.to_keep());
        let by = of("by").and_then(|b| Actor::deserialize(b).ok());
        Self {
            record: RecordId::deserialize(&body["run"]).ok(),
            what: what.chars().filter(|c| c.is_ascii_lowercase() || *c == '_').take(40).collect(),
            by: by.or_else(|| intent.as_ref().map(|i| i.requester.clone())),
            intent,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use signalbox_domain::people::{Chat, Place};

    #[test]
    fn what_can_be_made_out_of_a_command() {
        let run = RecordId::derive("test", "T", "1");
        let by = Actor::person(
            Chat::SLACK,
            signalbox_domain::ids::WorkspaceId::new("T1"),
            signalbox_domain::ids::UserId::new("UADA"),
        );
        let place = Place {
            chat: Chat::SLACK,
            workspace: signalbox_domain::ids::WorkspaceId::new("T1"),
            channel: signalbox_domain::ids::ChannelId::new("C1"),
        };
        let cancel = Envelope::new(run.clone(), "k", RunCommand::Cancel { by: by.clone(), place });
        let newer =
            String::from_utf8(cancel.to_message().unwrap().body).unwrap().replace("\"v\":1", "\"v\":9");
        assert!(Envelope::from_bytes(newer.as_bytes()).is_err());
        let salvaged = Salvaged::from_bytes(newer.as_bytes());
        assert_eq!(
            (salvaged.record.as_ref(), salvaged.what.as_str(), salvaged.by),
            (Some(&run), "cancel", Some(by))
        );
        let hint = Envelope::new(run.clone(), "k", RunCommand::Observe).to_message().unwrap();
        let salvaged = Salvaged::from_bytes(&hint.body);
        assert_eq!((salvaged.record, salvaged.what.as_str(), salvaged.by), (Some(run), "observe", None));
        for nothing in [&b"\xff"[..], b"", b"[]", b"{}", b"{\"run\":7,\"command\":{\"<!here>\":{}}}"] {
            let salvaged = Salvaged::from_bytes(nothing);
            assert_eq!((salvaged.record, salvaged.by, salvaged.intent), (None, None, None));
            assert!(!salvaged.what.contains(['<', '!']));
        }
    }
}
