//! Silences of the catalogue at the alert manager: what is silenced here by labels is silenced there as well, from the
//! first alert on that it silences.

use crate::dispatcher::Dispatcher;
use crate::ports::{PortError, Silence, Silenced};
use crate::silences::said;
use crate::wire;
use crate::wire::command::{Command, Envelope};
use signalbox_domain::alert::AlertHead;
use signalbox_domain::ids::{CommandId, RecordId};
use signalbox_domain::silence::{Scope, SilenceRule};

impl Dispatcher {
    /// A command that comes again makes no second silence: what names it there is the rule, and not the command. A rule
    /// that was changed replaces what it was.
    pub(crate) async fn carry_rule(&self, envelope: &Envelope, head: &AlertHead) -> Result<(), PortError> {
        let (Some(silencer), Command::Found(finding)) = (&self.silencer, &envelope.command) else {
            return Ok(());
        };
        let (watch, now) = (&head.finding.watch, self.clock.now());
        // Only what the catalogue still says: the command may be an old one.
        let known = self.catalogue.watches.get(watch);
        let silence = finding
            .silenced
            .as_deref()
            .filter(|rule| rule.holds(now) && known.is_some_and(|watch| watch.silences.contains(rule)));
        let Some(silence) = silence.and_then(|rule| of(rule, rule.id(watch)?)) else { return Ok(()) };
        match silencer.silence(&silence).await? {
            Silenced::Done => {}
            Silenced::Refused(why) => {
                tracing::error!(%watch, %why, "the alert manager refuses a silence of the catalogue: it goes on notifying");
            }
        }
        Ok(())
    }
}

fn of(rule: &SilenceRule, id: RecordId) -> Option<Silence> {
    let Scope::Labels(labels) = &rule.scope else { return None };
    let what = format!("{}/{}/{}/{}", rule.from.0, rule.until.0, rule.owner, rule.reason);
    let what = wire::hash(what.as_bytes()).to_string();
    Some(Silence {
        command: CommandId::new(format!("silence:{id}:{}", what.get(..16).unwrap_or_default())),
        alert: id,
        matchers: labels.clone().into_iter().collect(),
        from: rule.from,
        until: rule.until,
        by: rule.owner.to_string(),
        comment: said("silenced by the catalogue", &rule.reason),
    })
}
