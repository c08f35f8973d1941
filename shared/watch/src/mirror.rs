//! Sends a command when silences by labels came into the catalogue or went out of it, because an alert manager is to
//! know them.

use crate::remembered::{Remembered, load, save};
use crate::round::LogWatch;
use serde::{Deserialize, Serialize};
use signalbox_domain::silence::SilenceRule;
use signalbox_domain::{RecordId, Timestamp};
use signalbox_engine::ports::PortError;
use signalbox_engine::wire::command::{Command, Envelope};
use std::time::Duration;

const SHELF: &str = "silences";
/// The command is sent once more after this: the dispatcher may still have had the old catalogue the first time.
const ONCE_MORE: Duration = Duration::from_secs(15 * 60);

/// The silences that were passed on last.
#[derive(Debug, Default, Serialize, Deserialize)]
struct Told {
    rules: Vec<SilenceRule>,
    /// Silences that went out of the catalogue with the last change, kept until the command was sent once more.
    gone: Vec<SilenceRule>,
    once_more: Option<Timestamp>,
}

impl LogWatch {
    /// Passes on that silences by labels changed in the catalogue, if they did. Calling this too often, or twice at
    /// once, changes nothing.
    ///
    /// # Errors
    /// When a port fails; the next round does it again.
    pub async fn mirror(&self) -> Result<(), PortError> {
        let mut kept: Remembered<Told> = load(&*self.memos, SHELF, "told").await?;
        let (now, told) = (self.clock.now(), &mut kept.value);
        let rules: Vec<SilenceRule> = self.catalogue.silences_by_labels().into_iter().cloned().collect();
        if rules != told.rules {
            let before = std::mem::take(&mut told.rules);
            told.gone.extend(before);
            told.gone.retain(|one| !rules.contains(one) && now < one.until);
            told.once_more = Some(now.plus(ONCE_MORE));
            told.rules = rules;
        } else if told.once_more.is_some_and(|at| at <= now) {
            told.once_more = None;
        } else {
            return Ok(());
        }
        let gone = told.gone.clone();
        if told.once_more.is_none() {
            told.gone.clear();
        }
        let nobody = RecordId::derive("silences", "", "catalogue");
        let key = (kept.revision() + 1).to_string();
        self.intents.send(Envelope::new(nobody, &key, Command::Silences { gone }).to_message()?).await?;
        match save(&*self.memos, SHELF, "told", &mut kept, None).await {
            Err(PortError::Conflict) => Ok(()),
            saved => saved,
        }
    }
}
