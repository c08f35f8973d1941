//! What a person is told at once: what was understood and what follows, or why nothing follows. The crate `voice`
//! makes the words.

use crate::alert::{AlertCard, NotUnderstood};
use crate::asking::{AskForm, Picker, Placing};
use crate::catalogue::Operation;
use crate::ids::{Name, RunId, ShortId};
use crate::intent::{Changed, Intent};
use crate::observation::Settlement;
use crate::people::{Actor, MessageRef};
use crate::phrase::Misunderstood;
use crate::policy::{ReasonCode, Verdict};
use crate::run::RunHead;
use crate::silence::SilenceRule;

/// What the person is told at once.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It is queued; the card follows.
    Accepted {
        run: ShortId,
        /// What was understood.
        intent: Intent,
    },
    /// The rules do not allow it.
    Refused {
        /// What was understood.
        intent: Intent,
        /// Why it is refused.
        reason: ReasonCode,
        /// The operation, to say who could.
        operation: Box<Operation>,
    },
    /// It was not understood.
    Misunderstood(Misunderstood, Option<Operation>),
    /// The operations the person may ask for here, and how many others there are.
    Help(Vec<Operation>, usize),
    /// One operation, explained; whether the person may ask for it here.
    HelpOn(Operation, Verdict),
    /// How a run stands, and where its card is.
    Status(Box<RunHead>, Option<MessageRef>),
    /// How an alert stands, and where its card is.
    AlertStatus(Box<AlertCard>, Option<MessageRef>),
    /// The latest runs the person may see; whether only some of all were asked for.
    History(Vec<RunLine>, bool),
    /// What is open of the alerts that the person may attend to.
    Alerts(OpenAlerts),
    /// The person may attend to no watch's alerts, here or elsewhere; how many watches there are.
    NoWatch {
        /// Of the whole catalogue.
        any: usize,
    },
    /// The run will be stopped.
    Cancelling(ShortId),
    /// The person may not stop it.
    CancelRefused(ShortId, ReasonCode),
    /// The run is over already.
    AlreadyOver(Box<RunHead>),
    /// The run will be tried once more.
    Retrying(ShortId),
    /// The person may not have it tried once more.
    RetryRefused(ShortId, ReasonCode, Option<Changed>),
    /// The run goes on, or went as asked: there is nothing to try again.
    NothingToRetry(Box<RunHead>),
    /// What became of the run will go on record as the person says.
    Settling(ShortId, Settlement),
    /// The person may not say what became of the run.
    SettleRefused(ShortId, ReasonCode),
    /// It is known what became of the run: there is nothing to settle.
    NothingToSettle(Box<RunHead>),
    /// The backend is asked once more what became of the run.
    LookingAgain(ShortId),
    /// No run has this id (or none the person may see).
    NoSuchRun(ShortId),
    /// Several runs share the short id: the whole ids.
    WhichRun(Vec<RunId>),
    /// The queue could not be reached: nothing was started.
    NothingStarted,
    /// Nobody knows whether it was queued. If it was a request and was queued, its card appears within a minute.
    NotConfirmed {
        /// Which run, if that is known.
        run: Option<ShortId>,
        /// Whether the command would have begun the run.
        new: bool,
    },
    /// The store could not be read.
    CannotLook,
    /// Something will be done about an alert; its card will say so.
    Attending(ShortId),
    /// An alert is given to somebody who may not act on it: which alert, who, of which watch.
    AssignedInVain(ShortId, Actor, Name),
    /// The rules say no: which alert, of which watch, why.
    AttendRefused(ShortId, Name, ReasonCode),
    /// What was typed in an alert's thread cannot be understood; the value says in which part.
    NotFollowed(NotUnderstood),
    /// The form that was asked for could not be shown.
    NoForm,
    /// More has to be said, or looked at, before the operation is asked for: in this form.
    Form(Box<AskForm>),
    /// An operation has to be chosen.
    Pick(Picker),
    /// A channel has to be chosen, for what is asked for in none.
    Place(Placing),
    /// The line that asks for it, to be copied.
    Line(String),
}

/// What somebody sees when they open the app itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Home {
    /// What they may ask for.
    pub picker: Picker,
    /// Their latest runs; `None` if they cannot be read.
    pub runs: Option<Vec<RunLine>>,
    /// What is open of the alerts that they may attend to; `None` if there are no such watches, or it cannot be read.
    pub alerts: Option<OpenAlerts>,
}

/// Alerts that somebody should look after.
#[derive(Debug, Clone, PartialEq)]
pub struct OpenAlerts {
    /// The most urgent ones, and where their cards are.
    pub cards: Vec<(AlertCard, Option<MessageRef>)>,
    /// How many more have a card.
    pub more: usize,
    /// How many have no card of their own: bulletins name them.
    pub held: usize,
    /// Whether all alerts were looked at, or only the latest.
    pub whole: bool,
    /// Whether the person may attend to any watch's alerts in the channel where they asked.
    pub here: bool,
    /// Whether only some of them were asked for.
    pub some: bool,
    /// Silences of these watches that hold now or are to come, the first to begin first.
    pub silences: Vec<(Name, SilenceRule)>,
}

/// One run in a list.
#[derive(Debug, Clone, PartialEq)]
pub struct RunLine {
    /// The run.
    pub head: Box<RunHead>,
    /// Where its card is.
    pub message: Option<MessageRef>,
}
