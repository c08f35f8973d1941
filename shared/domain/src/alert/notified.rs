//! What an alert manager says of an alert that still fires: newer values, texts and times. They replace each other
//! and are no record; only a change of the alert is.

use super::finding::{Finding, Tally};
use super::head::AlertHead;
use super::report::Kin;
use serde::{Deserialize, Serialize};

/// What was counted of a pattern, replaced with every window.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Figures {
    /// The latest window.
    pub tally: Tally,
    /// How many lines there were in all time.
    pub lines: u64,
    /// Lines of the latest windows, oldest first, the latest included.
    pub recent: Vec<u64>,
    /// The other patterns that the card stands for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<Kin>,
    /// What an alert manager's latest notification says; `None` for a pattern from logs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub notified: Option<Notified>,
}

/// What a notification says of an alert, except for figures.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notified {
    /// Its name and summary.
    pub title: String,
    /// Its description.
    pub sample: String,
    /// `name=value` of labels.
    pub seen_in: Vec<String>,
    /// Where people look further.
    pub links: Vec<(String, String)>,
}

/// What follows from a notification for the alert's figures.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Follows {
    /// The card already says this, or something newer.
    Nothing,
    /// The figures are these already, from the first time that this notification came.
    Drawn,
    /// The figures are these from now on.
    Figures(Box<Figures>),
}

impl Notified {
    /// What a finding says.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            title: finding.title.clone(),
            sample: finding.sample.clone(),
            seen_in: finding.seen_in.clone(),
            links: finding.links.clone(),
        }
    }
}

impl Figures {
    /// What a notification leads to, given the alert's head after it and its figures before.
    #[must_use]
    pub fn notified(head: &AlertHead, before: Option<&Self>, finding: &Finding) -> Follows {
        if !finding.is_from_elsewhere() {
            return Follows::Nothing;
        }
        let now = Self {
            tally: finding.tally,
            lines: finding.lines,
            recent: vec![],
            family: None,
            notified: Some(Notified::of(finding)),
        };
        let shown = head.latest(before);
        if shown == Some(&now) {
            return Follows::Drawn;
        }
        let (tally, says) = match shown {
            Some(figures) => (figures.tally, figures.notified.clone()),
            None => (head.finding.tally, Some(Notified::of(&head.finding))),
        };
        // A new time alone is no news; and an older notification must not undo a newer one.
        let same = (tally.from, tally.count, tally.first_seen)
            == (now.tally.from, now.tally.count, now.tally.first_seen)
            && says == now.notified;
        if same || finding.tally.to < tally.to { Follows::Nothing } else { Follows::Figures(Box::new(now)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::{AlertCard, AlertEvent, Class};
    use crate::ids::{AlertId, ChannelId, CommandId, WorkspaceId};
    use crate::people::{Chat, Place};
    use crate::time::Timestamp;

    fn finding(title: &str, told: i64) -> Finding {
        let at = Timestamp(1);
        Finding {
            watch: "web".parse().unwrap(),
            pattern: "alert/c0ffee".into(),
            class: Class::New,
            title: title.into(),
            sample: String::new(),
            seen_in: vec![],
            tally: Tally {
                from: at,
                to: Timestamp(told),
                count: 1,
                usual: 0,
                first_seen: at,
                last_seen: Timestamp(told),
            },
            lines: 0,
            after: vec![],
            links: vec![],
            held: false,
            matchers: vec![],
            silenced: None,
        }
    }

    fn head() -> AlertHead {
        let place =
            Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("C1") };
        let event = AlertEvent::Found { finding: Box::new(finding("above 5 %", 10)), place };
        let id = AlertId::derive("watch", "T1", "1");
        AlertHead::after(None, &id, &event, &CommandId::new("c"), Timestamp(10)).unwrap()
    }

    #[test]
    fn the_latest_notification_counts() {
        let head = head();
        let mut figures: Option<Figures> = None;
        let mut told = |title: &str, at: i64| {
            let follows = Figures::notified(&head, figures.as_ref(), &finding(title, at));
            if let Follows::Figures(now) = &follows {
                figures = Some((**now).clone());
            }
            let word = match follows {
                Follows::Nothing => "nothing",
                Follows::Drawn => "drawn",
                Follows::Figures(_) => "figures",
            };
            (word, AlertCard::of(&head, figures.as_ref()).unwrap().title)
        };
        let is = |word, title: &str| (word, title.to_owned());
        assert_eq!(told("above 5 %", 10), is("nothing", "above 5 %"), "what is on record");
        assert_eq!(told("above 5 %", 20), is("nothing", "above 5 %"), "the same once more");
        assert_eq!(told("above 9 %", 30), is("figures", "above 9 %"));
        assert_eq!(told("above 9 %", 30), is("drawn", "above 9 %"), "the same command again");
        assert_eq!(told("above 9 %", 40), is("nothing", "above 9 %"), "the same once more");
        assert_eq!(told("above 7 %", 25), is("nothing", "above 9 %"), "an older one, late");
        assert_eq!(told("above 5 %", 50), is("figures", "above 5 %"), "as at first");
        assert_eq!(told("above 9 %", 60), is("figures", "above 9 %"));
    }

    #[test]
    fn what_is_found_in_logs_has_figures_of_its_own() {
        let found = Finding { pattern: "no route".into(), ..finding("x", 30) };
        assert_eq!(Figures::notified(&head(), None, &found), Follows::Nothing);
    }
}
