//! What the catalogue decides: one value, asked by doors for their preview and by `decide` for good.

use crate::alert::AlertCommand;
use crate::catalogue::Operation;
use crate::frozen::Frozen;
use crate::ids::{Name, OperationName, RunId};
use crate::intent::{Changed, Intent, Work, work_of};
use crate::lookup::{Checking, Shipping, Verify, Verifying};
use crate::people::{Actor, Place};
use crate::policy::{ReasonCode, Verdict, channels_of, may};
use crate::run::RunCommand;
use crate::watch::Watch;

/// The answers of a catalogue to the questions below.
#[derive(Debug, Clone, Copy)]
pub struct Rules<'c>(&'c Frozen);

impl<'c> Rules<'c> {
    /// Of this catalogue.
    #[must_use]
    pub fn of(catalogue: &'c Frozen) -> Self {
        Self(catalogue)
    }

    fn operation(self, name: &OperationName) -> Result<&'c Operation, ReasonCode> {
        self.0.operations.get(name).ok_or(ReasonCode::UnknownOperation)
    }

    /// The watch of this name, if there is one.
    #[must_use]
    pub fn watch(self, name: &Name) -> Option<&'c Watch> {
        self.0.watches.get(name)
    }

    /// May they ask for this operation, or have one of its runs stopped, here?
    #[must_use]
    pub fn may_ask(self, operation: &OperationName, by: &Actor, place: &Place) -> Verdict {
        match self.operation(operation) {
            Ok(operation) => may(&operation.allow, by, place),
            Err(reason) => Verdict::Refuse(reason),
        }
    }

    /// Where they may ask for it: here, or else in the channels in which a grant names them.
    #[must_use]
    pub fn where_may_ask(self, operation: &OperationName, by: &Actor, here: &Place) -> Vec<Place> {
        match (self.may_ask(operation, by, here), self.operation(operation)) {
            (Verdict::Allow, _) => vec![here.clone()],
            (Verdict::Refuse(_), Ok(operation)) => channels_of(&operation.allow, by, &here.workspace),
            (Verdict::Refuse(_), Err(_)) => vec![],
        }
    }

    /// May they ask for it in a channel that they chose from elsewhere? Only where a grant names them there: nobody here
    /// knows whether they are in the channel.
    #[must_use]
    pub fn may_choose(self, operation: &OperationName, by: &Actor, place: &Place) -> Verdict {
        match (self.may_ask(operation, by, place), self.operation(operation)) {
            (Verdict::Allow, Ok(known))
                if !channels_of(&known.allow, by, &place.workspace).contains(place) =>
            {
                Verdict::Refuse(ReasonCode::NotInThisChannel)
            }
            (verdict, _) => verdict,
        }
    }

    /// May they attend to this watch's alerts, here?
    #[must_use]
    pub fn may_attend(self, watch: &Name, by: &Actor, place: &Place) -> Verdict {
        self.watch(watch)
            .map_or(Verdict::Refuse(ReasonCode::NotAllowed), |watch| may(&watch.allow, by, place))
    }

    /// What is asked of a run for this intent.
    #[must_use]
    pub fn on_run(self, command: &RunCommand, intent: &Intent) -> Verdict {
        match command {
            RunCommand::Submit { .. } => self.resolved(intent, &intent.requester, &intent.place),
            // A retry starts what was asked for back then. If the rules have changed since, it has to be asked for
            // anew.
            RunCommand::Retry { by, place, .. } => self.resolved(intent, by, place),
            RunCommand::Cancel { by, place } | RunCommand::Settle { by, place, .. } => {
                self.may_ask(&intent.operation, by, place)
            }
            // These change nothing, so nobody is refused.
            RunCommand::LookAgain { .. }
            | RunCommand::Sighted(_)
            | RunCommand::Observe
            | RunCommand::Followed { .. }
            | RunCommand::Step(_)
            | RunCommand::Dropped { .. } => Verdict::Allow,
        }
    }

    /// What is asked of an alert of this watch.
    #[must_use]
    pub fn on_alert(self, command: &AlertCommand, watch: &Name) -> Verdict {
        match command {
            AlertCommand::Attend { by, place, .. } => self.may_attend(watch, by, place),
            AlertCommand::Found(_) => Verdict::Allow,
        }
    }

    fn resolved(self, intent: &Intent, by: &Actor, place: &Place) -> Verdict {
        match intent.resolve(self.0) {
            Ok(operation) => may(&operation.allow, by, place),
            Err(reason) => Verdict::Refuse(reason),
        }
    }

    /// What a run that was asked for is to do.
    ///
    /// # Errors
    /// The reason to refuse it.
    pub fn work(self, command: &RunCommand, intent: &Intent, run: &RunId) -> Result<Work, ReasonCode> {
        match self.on_run(command, intent) {
            Verdict::Allow => Ok(work_of(&self.0.landscape, self.operation(&intent.operation)?, intent, run)),
            Verdict::Refuse(reason) => Err(reason),
        }
    }

    /// What has to hold before this is carried out.
    #[must_use]
    pub fn checks(self, intent: &Intent, work: &Work) -> Vec<Checking> {
        let landscape = &self.0.landscape;
        self.operation(&intent.operation)
            .map_or_else(|_| vec![], |operation| operation.checks(landscape, intent, work))
    }

    /// Whether systems outside are asked something before this is carried out.
    #[must_use]
    pub fn asks_first(self, intent: &Intent, work: &Work) -> bool {
        !self.checks(intent, work).is_empty() || self.shipping(intent).is_some()
    }

    /// What has to hold after it succeeded.
    #[must_use]
    pub fn verify(self, intent: &Intent) -> &'c [Verify] {
        self.operation(&intent.operation).map_or(&[], |operation| &operation.verify)
    }

    /// What is to be asked for that, and for how many seconds each.
    #[must_use]
    pub fn verified_by(self, intent: &Intent) -> Vec<(Verifying, u64)> {
        let (landscape, watches) = (&self.0.landscape, &self.0.watches);
        self.operation(&intent.operation)
            .map_or_else(|_| vec![], |operation| operation.verified_by(landscape, watches, intent))
    }

    /// What a request ships.
    #[must_use]
    pub fn shipping(self, intent: &Intent) -> Option<Shipping> {
        self.operation(&intent.operation).ok()?.shipping(&self.0.landscape, &intent.parameters)
    }

    /// What changed of the operation since this was asked for, as far as the request says what it did.
    #[must_use]
    pub fn changed(self, intent: &Intent, run: &RunId) -> Option<Changed> {
        Changed::of(self.0, self.operation(&intent.operation).ok()?, intent, run)
    }

    /// What another attempt would do now that this work did not.
    #[must_use]
    pub fn changed_since(self, work: &Work, intent: &Intent, run: &RunId) -> Option<Changed> {
        let operation = self.operation(&intent.operation).ok()?;
        Changed::of_work(work, &work_of(&self.0.landscape, operation, intent, run))
    }

    /// Whether carrying it out twice is the same as once.
    #[must_use]
    pub fn is_idempotent(self, operation: &OperationName) -> bool {
        self.operation(operation).is_ok_and(|operation| operation.idempotent)
    }
}
