//! Alerts: what the log-watch or an alert manager found, and what people did about it.

mod bulletin;
mod card;
mod command;
mod decide;
mod event;
mod finding;
mod follows;
mod form;
mod head;
mod notified;
mod phrase;
mod report;

pub use bulletin::{BulletinCard, BulletinEvent, BulletinHead, EndedRun, MOST_TOLD, News, Told};
pub use card::{AlertCard, EscalationCard};
pub use command::{AlertCommand, BulletinCommand};
pub use decide::{AlertInput, AlertOwed, AlertPlan, AlertSituation, decide};
pub use event::{Act, AlertEvent, Until, Why};
pub use finding::{Class, Deployed, Ended, Finding, LONGEST_TEXT, Standing, Tally, alert_of};
pub use form::Form;
pub use head::{AlertHead, Attention, Escalated};
pub use notified::{Figures, Follows, Notified};
pub use phrase::{LONGEST_NOTE, NotUnderstood, heard};
pub use report::{
    FamilyLine, Kin, MOST_PATTERNS, MOST_RUNS, MOST_WORDS, Others, PatternLine, Report, Silenced,
    SourceReport, SourceState, WithoutLevel,
};
