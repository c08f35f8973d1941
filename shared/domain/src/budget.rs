//! Spends a chat platform's allowance: one new message a second per channel, a number of edits a minute for the
//! workspace, and nothing at all while the platform has asked for quiet. Alerts leave every second slot to people.

use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Duration;

/// What a platform allows.
#[derive(Debug, Clone, Copy)]
pub struct Allowance {
    /// Least time between two new messages in one channel.
    pub post_every: Duration,
    /// Least time between two edits in the workspace once the burst is used up.
    pub edit_every: Duration,
    /// How many edits may come at once after a quiet time.
    pub edit_burst: u32,
}

impl Allowance {
    /// Slack: one message a second and channel; `chat.update` is tier 3, 50 or more a minute and workspace. A burst
    /// of ten and one each 1.5 s stay within 50 in every minute.
    /// <https://docs.slack.dev/apis/web-api/rate-limits>
    pub const SLACK: Self = Self {
        post_every: Duration::from_millis(1000),
        edit_every: Duration::from_millis(1500),
        edit_burst: 10,
    };
}

/// Who is waiting for a message. People asked for something; alerts come by themselves, and many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Served {
    /// Somebody asked for a run.
    People,
    /// A watch found something.
    Alerts,
}

/// What was spent in one workspace, and so when the next call may be made.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Budget {
    posts: BTreeMap<String, Posts>,
    /// When the edit allowance is full again: each edit moves it by `edit_every`.
    edits_full_at: Timestamp,
    /// The same for the alerts' half of the allowance: each edit for an alert moves it by twice as much.
    alert_edits_full_at: Timestamp,
    quiet_until: Timestamp,
}

/// The last messages in a channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
struct Posts {
    last: Timestamp,
    last_alert: Timestamp,
}

/// One kind of call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call<'a> {
    /// A new message in this channel.
    Post(&'a str),
    /// An edit.
    Edit,
}

impl Budget {
    /// Spends one call now, or says when it may be tried.
    ///
    /// # Errors
    /// The earliest moment at which the same call may be made.
    pub fn spend(
        &mut self,
        call: Call<'_>,
        served: Served,
        allowance: &Allowance,
        now: Timestamp,
    ) -> Result<(), Timestamp> {
        let ready = self.ready_at(call, served, allowance, now);
        if ready > now {
            return Err(ready);
        }
        match call {
            Call::Post(channel) => {
                let long = allowance.post_every * 2;
                // A channel that may post again need not be remembered.
                self.posts.retain(|_, posts| posts.last.plus(long) > now);
                let posts = self.posts.entry(channel.to_owned()).or_default();
                posts.last = now;
                if served == Served::Alerts {
                    posts.last_alert = now;
                }
            }
            Call::Edit => {
                self.edits_full_at = self.edits_full_at.max(now).plus(allowance.edit_every);
                if served == Served::Alerts {
                    self.alert_edits_full_at =
                        self.alert_edits_full_at.max(now).plus(allowance.edit_every * 2);
                }
            }
        }
        Ok(())
    }

    /// The platform asked for quiet (HTTP 429, `Retry-After`).
    pub fn quiet_for(&mut self, duration: Duration, now: Timestamp) {
        self.quiet_until = self.quiet_until.max(now.plus(duration));
    }

    fn ready_at(&self, call: Call<'_>, served: Served, allowance: &Allowance, now: Timestamp) -> Timestamp {
        let alerts = served == Served::Alerts;
        let own = match call {
            Call::Post(channel) => self.posts.get(channel).map_or(now, |posts| {
                let any = posts.last.plus(allowance.post_every);
                let theirs = posts.last_alert.plus(allowance.post_every * 2);
                if alerts { any.max(theirs) } else { any }
            }),
            Call::Edit => {
                let ready = |full_at: Timestamp, every: Duration, burst: u32| {
                    now.plus(full_at.since(now).saturating_sub(every * burst.saturating_sub(1)))
                };
                let any = ready(self.edits_full_at, allowance.edit_every, allowance.edit_burst);
                let theirs =
                    ready(self.alert_edits_full_at, allowance.edit_every * 2, allowance.edit_burst / 2);
                if alerts { any.max(theirs) } else { any }
            }
        };
        own.max(self.quiet_until)
    }
}

#[cfg(test)]
mod tests {
    use super::Served::{Alerts, People};
    use super::*;

    fn spend(budget: &mut Budget, call: Call<'_>, served: Served, at: i64) -> Result<(), Timestamp> {
        budget.spend(call, served, &Allowance::SLACK, Timestamp(at))
    }

    #[test]
    fn one_post_a_second_and_channel() {
        let mut budget = Budget::default();
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 0), Ok(()));
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 999), Err(Timestamp(1000)));
        assert_eq!(spend(&mut budget, Call::Post("C2"), People, 999), Ok(()));
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 1000), Ok(()));
    }

    #[test]
    fn alerts_leave_every_second_slot_to_people() {
        let mut budget = Budget::default();
        assert_eq!(spend(&mut budget, Call::Post("C1"), Alerts, 10_000), Ok(()));
        assert_eq!(spend(&mut budget, Call::Post("C1"), Alerts, 11_000), Err(Timestamp(12_000)));
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 11_000), Ok(()));
        assert_eq!(spend(&mut budget, Call::Post("C1"), Alerts, 12_000), Ok(()));
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 12_999), Err(Timestamp(13_000)));
        // Alerts edit as often as they may; people still get an edit every 3 s.
        let mut waited = 0;
        for ms in (0..600_000).step_by(10) {
            let _ = spend(&mut budget, Call::Edit, Alerts, ms);
            if ms % 3_000 == 0 {
                waited += i32::from(spend(&mut budget, Call::Edit, People, ms).is_err());
            }
        }
        assert_eq!(waited, 0);
    }

    #[test]
    fn at_most_fifty_edits_in_any_minute() {
        for served in [People, Alerts] {
            let mut budget = Budget::default();
            let mut spent = vec![];
            for ms in (0..300_000).step_by(10) {
                if spend(&mut budget, Call::Edit, served, ms).is_ok() {
                    spent.push(ms);
                }
            }
            let busiest =
                spent.iter().map(|s| spent.iter().filter(|t| (*s..*s + 60_000).contains(t)).count()).max();
            assert!(busiest <= Some(50), "{busiest:?}");
            let least = if served == People { 200 } else { 100 };
            assert!(spent.len() >= least, "{}", spent.len());
        }
    }

    #[test]
    fn quiet_holds_for_every_call() {
        let mut budget = Budget::default();
        budget.quiet_for(Duration::from_secs(30), Timestamp(0));
        assert_eq!(spend(&mut budget, Call::Edit, People, 1), Err(Timestamp(30_000)));
        assert_eq!(spend(&mut budget, Call::Post("C1"), Alerts, 1), Err(Timestamp(30_000)));
        assert_eq!(spend(&mut budget, Call::Post("C1"), People, 30_000), Ok(()));
    }
}
