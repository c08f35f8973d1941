//! Silences of the catalogue at the alert manager: what is silenced here by labels is silenced there too, in advance
//! and no longer than here.

use crate::dispatcher::Dispatcher;
use crate::ports::{PortError, Silence, Silenced};
use signalbox_domain::ids::CommandId;
use signalbox_domain::silence::{Scope, SilenceRule, comment};

impl Dispatcher {
    /// Makes the alert manager know exactly the silences by labels that this catalogue has. Safe to repeat: a silence
    /// there is named by its rule, not by the command.
    pub(crate) async fn mirror(&self, gone: &[SilenceRule]) -> Result<(), PortError> {
        let Some(silencer) = &self.silencer else { return Ok(()) };
        let (here, now) = (self.catalogue.silences_by_labels(), self.clock.now());
        // New silences begin before old ones end, so that nobody is called in between.
        for silence in here.iter().filter(|rule| now < rule.until).filter_map(|rule| of(rule)) {
            if let Silenced::Refused(why) = silencer.silence(&silence).await? {
                let what = &silence.comment;
                tracing::error!(%what, %why, "the alert manager refuses a silence of the catalogue: it goes on notifying");
            }
        }
        // Silences that are in the catalogue again are kept: the command may be an old one.
        for silence in gone.iter().filter(|rule| !here.contains(rule)).filter_map(of) {
            if let Silenced::Refused(why) = silencer.end(&silence.alert, &silence.matchers).await? {
                let what = &silence.comment;
                tracing::error!(%what, %why, "the alert manager does not end a silence that the catalogue has no more");
            }
        }
        Ok(())
    }
}

fn of(rule: &SilenceRule) -> Option<Silence> {
    let Scope::Labels(labels) = &rule.scope else { return None };
    let id = rule.id()?;
    Some(Silence {
        command: CommandId::new(format!("silence:{id}")),
        alert: id,
        matchers: labels.clone().into_iter().collect(),
        from: rule.from,
        until: rule.until,
        by: rule.owner.to_string(),
        comment: comment("silenced by the catalogue", &rule.reason),
    })
}
