//! What a chat allows, counted where every notifier sees it: a memo for each workspace, replaced under a condition.

use crate::ports::{Cards, Memo, Memos, PortError};
use crate::wire;
use signalbox_domain::Timestamp;
use signalbox_domain::budget::{Allowance, Budget, Call, Served};
use signalbox_domain::ids::WorkspaceId;
use std::sync::Arc;
use std::time::Duration;

/// After another notifier was quicker so many times, this call waits.
const MOST_CONFLICTS: u32 = 10;
/// Then it waits this long.
const CROWDED: Duration = Duration::from_millis(300);
/// A budget that nobody used for this long is full again, and need not be kept.
const KEPT: Duration = Duration::from_secs(86_400);

/// The budgets of all workspaces.
pub(super) struct Budgets {
    pub(super) store: Arc<dyn Cards>,
    pub(super) allowance: Allowance,
}

impl Budgets {
    /// Spends one call, or says how long it has to wait.
    pub(super) async fn spend(
        &self,
        workspace: &WorkspaceId,
        (served, call): (Served, Call<'_>),
        now: Timestamp,
    ) -> Result<Result<(), Duration>, PortError> {
        let spend = |budget: &mut Budget| budget.spend(call, served, &self.allowance, now);
        let spent = self.change(workspace, now, spend).await?;
        Ok(spent.unwrap_or(Err(now.plus(CROWDED))).map_err(|at| at.since(now)))
    }

    /// The chat asked for quiet. If that cannot be noted, the chat will say it again at the next call.
    pub(super) async fn quiet_for(&self, workspace: &WorkspaceId, after: Duration, now: Timestamp) {
        let quiet = |budget: &mut Budget| {
            budget.quiet_for(after, now);
            Ok(())
        };
        if let Err(error) = self.change(workspace, now, quiet).await {
            tracing::warn!(%workspace, %error, "cannot note that the chat asked for quiet");
        }
    }

    /// Changes a budget and keeps it, unless the change says that there is nothing to keep. `None`: other notifiers
    /// were quicker each time.
    async fn change(
        &self,
        workspace: &WorkspaceId,
        now: Timestamp,
        change: impl Fn(&mut Budget) -> Result<(), Timestamp>,
    ) -> Result<Option<Result<(), Timestamp>>, PortError> {
        let memos: &dyn Memos = &*self.store;
        for _ in 0..MOST_CONFLICTS {
            let kept = memos.memo(wire::budget::SHELF, workspace.as_str()).await?;
            let revision = kept.as_ref().map_or(0, |memo| memo.revision);
            // A budget that cannot be read (a newer version wrote it, say) begins anew: at worst the chat asks for
            // quiet.
            let mut budget = kept.and_then(|memo| wire::budget::decode(&memo.body).ok()).unwrap_or_default();
            if let Err(at) = change(&mut budget) {
                return Ok(Some(Err(at)));
            }
            let memo = Memo {
                shelf: wire::budget::SHELF.to_owned(),
                key: workspace.as_str().to_owned(),
                revision: revision + 1,
                body: wire::budget::encode(&budget)?,
                until: Some(now.plus(KEPT)),
            };
            match memos.put_memo(memo).await {
                Ok(()) => return Ok(Some(Ok(()))),
                Err(PortError::Conflict) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }
}
