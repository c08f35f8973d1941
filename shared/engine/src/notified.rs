//! An alert manager tells an alert again, with newer values: its card follows. That is no event, for nothing happened to
//! the alert; it replaces a memo, as what is counted in logs does.

use crate::dispatcher::Dispatcher;
use crate::head::Headed;
use crate::ports::{Memo, PortError};
use crate::wire::command::{Command, Envelope};
use crate::wire::{self, figures};
use signalbox_domain::alert::{AlertHead, Figures, Follows};
use std::time::Duration;

/// What is no longer told is forgotten: longer than anything is put off.
const KEPT: Duration = Duration::from_secs(120 * 86_400);

impl Dispatcher {
    /// Has the card say what the notification says, whatever it led to on record.
    pub(crate) async fn follow_notification(
        &self,
        envelope: &Envelope,
        head: &AlertHead,
    ) -> Result<(), PortError> {
        let Command::Found(finding) = &envelope.command else { return Ok(()) };
        if !finding.is_from_elsewhere() {
            return Ok(());
        }
        let memo = self.store.memo(figures::SHELF, head.id.as_str()).await?;
        let before = memo.as_ref().map(|memo| figures::decode(&memo.body)).transpose()?;
        let revision = memo.map_or(0, |memo| memo.revision);
        let drawn = match Figures::notified(head, before.as_ref(), finding) {
            Follows::Nothing => return Ok(()),
            // Perhaps it was put, and the card was not ordered: the outbox drops the order if it was.
            Follows::Drawn => revision,
            Follows::Figures(now) => {
                let memo = Memo {
                    shelf: figures::SHELF.to_owned(),
                    key: head.id.to_string(),
                    revision: revision + 1,
                    body: figures::encode(&now)?,
                    until: Some(self.clock.now().plus(KEPT)),
                };
                self.store.put_memo(memo).await?;
                revision + 1
            }
        };
        if !head.has_card() {
            return Ok(());
        }
        let drawn = format!("notified/{drawn}");
        let order = wire::order::encode_counted(&head.id, head.keys().lane(), &drawn)?;
        self.outbox.send(order).await
    }
}
