//! Spends a chat platform's allowance: one new message a second per channel, a number of edits a minute for the
//! workspace, and nothing at all while the platform has asked for quiet.

use crate::time::Timestamp;
use std::collections::HashMap;
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

/// What was spent in one workspace, and so when the next call may be made.
#[derive(Debug)]
pub struct Budget {
    allowance: Allowance,
    posts: HashMap<String, Timestamp>,
    /// When the edit allowance is full again: each edit moves it by `edit_every`.
    edits_full_at: Timestamp,
    quiet_until: Timestamp,
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
    /// With nothing spent.
    #[must_use]
    pub fn new(allowance: Allowance) -> Self {
        Self {
            allowance,
            posts: HashMap::new(),
            edits_full_at: Timestamp(i64::MIN),
            quiet_until: Timestamp(i64::MIN),
        }
    }

    /// Spends one call now, or says when it may be tried.
    ///
    /// # Errors
    /// The earliest moment at which the same call may be made.
    pub fn spend(&mut self, call: Call<'_>, now: Timestamp) -> Result<(), Timestamp> {
        let ready = self.ready_at(call, now);
        if ready > now {
            return Err(ready);
        }
        match call {
            Call::Post(channel) => {
                let every = self.allowance.post_every;
                // Channels that may post again need not be remembered.
                self.posts.retain(|_, last| last.plus(every) > now);
                self.posts.insert(channel.to_owned(), now);
            }
            Call::Edit => self.edits_full_at = self.edits_full_at.max(now).plus(self.allowance.edit_every),
        }
        Ok(())
    }

    /// The platform asked for quiet (HTTP 429, `Retry-After`).
    pub fn quiet_for(&mut self, duration: Duration, now: Timestamp) {
        self.quiet_until = self.quiet_until.max(now.plus(duration));
    }

    fn ready_at(&self, call: Call<'_>, now: Timestamp) -> Timestamp {
        let own = match call {
            Call::Post(channel) => {
                self.posts.get(channel).map_or(now, |last| last.plus(self.allowance.post_every))
            }
            Call::Edit => {
                let burst = self.allowance.edit_every * self.allowance.edit_burst.saturating_sub(1);
                let ahead = self.edits_full_at.since(now);
                now.plus(ahead.saturating_sub(burst))
            }
        };
        own.max(self.quiet_until)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_post_a_second_and_channel() {
        let mut budget = Budget::new(Allowance::SLACK);
        assert_eq!(budget.spend(Call::Post("C1"), Timestamp(0)), Ok(()));
        assert_eq!(budget.spend(Call::Post("C1"), Timestamp(999)), Err(Timestamp(1000)));
        assert_eq!(budget.spend(Call::Post("C2"), Timestamp(999)), Ok(()));
        assert_eq!(budget.spend(Call::Post("C1"), Timestamp(1000)), Ok(()));
    }

    #[test]
    fn at_most_fifty_edits_in_any_minute() {
        let mut budget = Budget::new(Allowance::SLACK);
        let mut spent = vec![];
        for ms in (0..300_000).step_by(10) {
            if budget.spend(Call::Edit, Timestamp(ms)).is_ok() {
                spent.push(ms);
            }
        }
        let busiest =
            spent.iter().map(|s| spent.iter().filter(|t| (*s..*s + 60_000).contains(t)).count()).max();
        assert!(busiest <= Some(50), "{busiest:?}");
        assert!(spent.len() >= 200, "{}", spent.len());
    }

    #[test]
    fn quiet_holds_for_every_call() {
        let mut budget = Budget::new(Allowance::SLACK);
        budget.quiet_for(Duration::from_secs(30), Timestamp(0));
        assert_eq!(budget.spend(Call::Edit, Timestamp(1)), Err(Timestamp(30_000)));
        assert_eq!(budget.spend(Call::Post("C1"), Timestamp(1)), Err(Timestamp(30_000)));
        assert_eq!(budget.spend(Call::Post("C1"), Timestamp(30_000)), Ok(()));
    }
}
