//! One case: who types what where, and what is expected.

use crate::grant;
use crate::report::{Report, quoted};
use crate::walk::{Field, Keyed};
use signalbox_domain::{Actor, Chat, Place, Timestamp, UserId};

/// The keys of a case, and those of what is expected.
pub(crate) const KEYS: &[&str] = &["as", "in", "say", "at", "expect"];
pub(crate) const EXPECT: &[&str] = &["verdict", "intent", "request"];

/// When something is typed, if the case does not say: 2026-01-01T00:00:00Z.
const USUALLY: Timestamp = Timestamp(1_767_225_600_000);

/// A case.
pub(super) struct Case<'s> {
    /// The texts as they are written, for a file that is written anew.
    pub(super) written: Written<'s>,
    pub(super) actor: Actor,
    pub(super) place: Place,
    pub(super) now: Timestamp,
    /// What is expected. `None` if it is not said.
    pub(super) expect: Option<Keyed<'s>>,
    /// The whole case.
    pub(super) item: Field<'s>,
}

/// What stands under the keys of a case.
pub(super) struct Written<'s> {
    pub(super) who: &'s str,
    pub(super) place: &'s str,
    pub(super) say: &'s str,
    pub(super) at: Option<&'s str>,
}

impl Case<'_> {
    /// The slash command that is typed, and its text.
    pub(super) fn typed(&self) -> (&str, &str) {
        let say = self.written.say.trim();
        say.split_once(char::is_whitespace).map_or((say, ""), |(slash, text)| (slash, text.trim_start()))
    }
}

/// Reads a case.
pub(super) fn read<'s>(report: &mut Report, item: &Field<'s>) -> Option<Case<'s>> {
    let keyed = item.keyed(report, KEYS)?;
    let who = keyed.need(report, "as", "write who types it: `as: T024BE7LD/U0G9QF9C6`").cloned();
    let place = keyed.need(report, "in", "write where it is typed: `in: T024BE7LD/C061EG9SL`").cloned();
    let say = keyed.need(report, "say", "write what is typed: `say: /deploy web`").cloned();
    let actor = who.as_ref().and_then(|field| grant::person(report, field));
    let channel = place.as_ref().and_then(|field| grant::channel(report, field));
    let text = say.as_ref().and_then(|field| field.line(report)).filter(|text| {
        let slash = text.text.starts_with('/');
        if !slash {
            report.error(
                text.span,
                format!("{} is no slash command", quoted(text.text)),
                "begin it with a slash, as in Slack: `say: /deploy web`",
            );
        }
        slash
    });
    let now = match keyed.get("at") {
        Some(field) => crate::watch::silence::moment(report, field),
        None => Some(USUALLY),
    };
    let expect = match keyed.get("expect") {
        Some(field) if !field.is_nothing() => field.keyed(report, EXPECT).map(Some),
        Some(_) | None => Some(None),
    };
    let (workspace, user) = actor?;
    let as_written = |field: Option<&Field<'s>>| field.and_then(Field::plain).map(|text| text.text);
    Some(Case {
        written: Written {
            who: as_written(who.as_ref())?,
            place: as_written(place.as_ref())?,
            say: text?.text,
            at: as_written(keyed.get("at")),
        },
        actor: Actor::person(Chat::SLACK, workspace, UserId::new(user)),
        place: channel?,
        now: now?,
        expect: expect?,
        item: item.clone(),
    })
}
