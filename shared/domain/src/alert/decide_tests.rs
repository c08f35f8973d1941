//! What leads to what: one line for each rule.

use super::*;
use crate::catalogue::Catalogue;
use crate::frozen::Frozen;
use crate::grant::Grant;
use crate::ids::{AlertId, ChannelId, UserId, WorkspaceId};
use crate::people::Chat;
use crate::plan::Sending;
use crate::silence::{Scope, SilenceRule};
use crate::watch::{Escalate, Heartbeat, Links, Severity, Spike, Unlevelled};

const START: Timestamp = Timestamp(1_795_219_200_000);
const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(3600);

fn id() -> AlertId {
    AlertId::derive("watch", "T1", "p")
}

fn ada() -> Actor {
    Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new("UADA"))
}

fn place() -> Place {
    Place { chat: Chat::SLACK, workspace: WorkspaceId::new("T1"), channel: ChannelId::new("COPS") }
}

/// A catalogue with the watch that finds all of this. Ada may attend.
fn catalogue(escalate: Option<Escalate>, silence: Option<SilenceRule>) -> Frozen {
    let name: crate::ids::Name = "web".parse().unwrap();
    let watch = Watch {
        name: name.clone(),
        place: place(),
        sources: Default::default(),
        receivers: vec![],
        every_seconds: 900,
        delay_seconds: 60,
        least: Severity::Error,
        without_level: Unlevelled::default(),
        most_lines: 1000,
        spike: Spike { times: 5, at_least: 20 },
        quiet_days: 7,
        most_cards: 5,
        heartbeat: Heartbeat::Never,
        remind_hours: 1,
        escalate,
        redact: vec![],
        rules: vec![],
        deploys: vec![],
        links: Links::default(),
        silences: silence.into_iter().collect(),
        allow: vec![Grant { users: vec![(WorkspaceId::new("T1"), UserId::new("UADA"))], channels: vec![] }],
    };
    Catalogue { watches: [(name, watch)].into(), ..Catalogue::default() }.freeze()
}

fn attend(by: &str, act: Act) -> AlertInput {
    let by = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new(by));
    AlertInput::Command(AlertCommand::Attend { by, place: place(), act })
}

/// An alert and a clock.
struct Life {
    head: Option<AlertHead>,
    now: Timestamp,
    commands: u32,
    due: Due,
    escalate: Option<Escalate>,
    /// A silence that holds, for whatever is found.
    silence: Option<SilenceRule>,
    elsewhere: bool,
    /// The runs before it.
    after: Vec<Deployed>,
    /// What the last command leaves owed to others.
    sends: Vec<Sending>,
}

impl Life {
    fn new() -> Self {
        Self {
            head: None,
            now: START,
            commands: 0,
            due: Due::Never,
            escalate: None,
            silence: None,
            elsewhere: false,
            after: vec![],
            sends: vec![],
        }
    }

    /// A window found it with so many lines, as this class.
    fn found(&mut self, class: Class, count: u64) -> String {
        let tally = Tally {
            from: self.now,
            to: self.now.plus(15 * MINUTE),
            count,
            usual: 1,
            first_seen: START,
            last_seen: self.now,
        };
        let finding = Finding {
            watch: "web".parse().unwrap(),
            pattern: if self.elsewhere { "alert/p".into() } else { "p".into() },
            class,
            title: "t".into(),
            sample: "s".into(),
            seen_in: vec![],
            tally,
            lines: count,
            after: self.after.clone(),
            links: vec![],
            held: false,
            matchers: vec![],
            silenced: self.silence.clone().map(Box::new),
        };
        self.now = self.now.plus(16 * MINUTE);
        self.take(&AlertInput::Command(AlertCommand::Found(Box::new(finding))))
    }

    fn act(&mut self, act: Act) -> String {
        self.now = self.now.plus(MINUTE);
        self.take(&attend("UADA", act))
    }

    fn acknowledge(&mut self) -> String {
        self.act(Act::Acknowledge { note: String::new(), until: None })
    }

    fn wake_after(&mut self, pause: Duration) -> String {
        self.now = self.now.plus(pause);
        self.take(&AlertInput::Wake)
    }

    fn take(&mut self, input: &AlertInput) -> String {
        self.commands += 1;
        let cause = CommandId::new(format!("c{}", self.commands));
        let catalogue = catalogue(self.escalate.clone(), self.silence.clone());
        let rules = Rules::of(&catalogue);
        let situation = AlertSituation { alert: &id(), now: self.now, cause: &cause, rules, figures: None };
        let plan = decide(self.head.as_ref(), input, &situation);
        for event in &plan.events {
            self.head = AlertHead::after(self.head.take(), &id(), event, &cause, self.now);
        }
        if plan.due != Due::Unchanged {
            self.due = plan.due;
        }
        if !plan.events.is_empty() && !matches!(input, AlertInput::Sent { .. }) {
            let again = AlertSituation { figures: None, ..situation };
            assert_eq!(decide(self.head.as_ref(), input, &again).events, [], "the same command again");
        }
        self.sends.clone_from(&plan.sends);
        let names = plan.events.iter().map(|event| match event {
            AlertEvent::Found { finding, .. } => format!("{:?}", finding.class).to_lowercase(),
            AlertEvent::Attended { act, .. } => act.word().to_owned(),
            AlertEvent::Declined { .. } => "declined".to_owned(),
            AlertEvent::Reopened { why } => format!("open: {why:?}"),
            AlertEvent::Reminded => "reminded".to_owned(),
            AlertEvent::Escalated { .. } => "escalated".to_owned(),
            AlertEvent::Unsilenced { .. } => "unsilenced".to_owned(),
            AlertEvent::Sent { .. } => "sent".to_owned(),
        });
        names.collect::<Vec<_>>().join(", ")
    }
}

#[test]
fn only_news_begins_an_alert() {
    for (class, expect) in [
        (Class::New, "new"),
        (Class::Spiking, "spiking"),
        (Class::Regressed, "regressed"),
        (Class::Known, ""),
        (Class::Quiet, ""),
    ] {
        assert_eq!(Life::new().found(class, 3), expect);
    }
    assert_eq!(Life::new().acknowledge(), "", "nothing was ever found under this name");
    assert_eq!(Life::new().wake_after(HOUR), "");
}

#[test]
fn only_changes_are_told() {
    let mut life = Life::new();
    assert_eq!(life.found(Class::New, 3), "new");
    assert_eq!(life.found(Class::New, 3), "", "it fires on");
    assert_eq!(life.found(Class::Known, 0), "", "it rests");
    assert_eq!(life.found(Class::Known, 3), "known");
    assert_eq!(life.found(Class::Known, 9), "");
    assert_eq!(life.found(Class::Spiking, 90), "spiking");
    assert_eq!(life.found(Class::Known, 0), "known", "the next spike is news");
    assert_eq!(life.found(Class::Quiet, 0), "quiet");
    assert_eq!(
        life.found(Class::New, 1),
        "regressed, open: Regressed",
        "whoever found it does not know that it was over"
    );
}

#[test]
fn a_spike_undoes_an_acknowledgement_and_nothing_else() {
    let mut life = Life::new();
    life.found(Class::New, 3);
    assert_eq!(life.acknowledge(), "acknowledge");
    assert_eq!(life.found(Class::Known, 3), "known");
    assert_eq!(life.found(Class::Spiking, 90), "spiking, open: Spiking");
    assert_eq!(life.acknowledge(), "acknowledge");
    assert_eq!(life.found(Class::Spiking, 90), "", "the spike that was acknowledged goes on");
    life.act(Act::Mute { until: life.now.plus(24 * HOUR), reason: String::new() });
    assert_eq!(life.found(Class::Known, 0), "known");
    assert_eq!(life.found(Class::Spiking, 90), "spiking", "muted is muted");
}

#[test]
fn what_was_resolved_comes_back_by_lines_written_after() {
    let mut life = Life::new();
    life.found(Class::New, 3);
    let before = life.now;
    assert_eq!(life.act(Act::Resolve { note: String::new() }), "resolve");
    let after = std::mem::replace(&mut life.now, before);
    assert_eq!(life.found(Class::Known, 5), "", "a window that began before it was resolved");
    life.now = after.max(life.now);
    assert_eq!(life.found(Class::Known, 0), "");
    assert_eq!(life.found(Class::Known, 1), "regressed, open: Regressed");
    assert_eq!(life.act(Act::Resolve { note: String::new() }), "resolve");
    assert_eq!(life.found(Class::Spiking, 90), "open: Regressed", "back already, and open again");
}

#[test]
fn what_has_an_end_ends() {
    let mut life = Life::new();
    life.found(Class::New, 3);
    life.act(Act::Snooze(Until::Time(life.now.plus(HOUR))));
    assert_eq!(life.wake_after(30 * MINUTE), "", "early");
    assert_eq!(life.wake_after(31 * MINUTE), "open: Over");
    assert_eq!(life.due, Due::Never);
    life.act(Act::Acknowledge { note: String::new(), until: Some(life.now.plus(2 * HOUR)) });
    assert_eq!(life.wake_after(2 * HOUR), "open: Over");
    life.act(Act::Snooze(Until::Lines(10)));
    assert_eq!(life.found(Class::Known, 12), "known");
    assert_eq!(life.found(Class::Known, 13), "open: Counted");
}

#[test]
fn what_is_acknowledged_and_loud_is_said_again() {
    let mut life = Life::new();
    life.found(Class::New, 3);
    life.acknowledge();
    assert_eq!(life.due, Due::At(life.now.plus(HOUR)));
    let mut figures = None;
    let loud = |life: &Life| Figures {
        family: None,
        tally: Tally { last_seen: life.now, ..life.head.as_ref().unwrap().finding.tally },
        lines: 1,
        recent: vec![],
        notified: None,
    };
    for (pause, seen, expect) in
        [(HOUR, true, 1), (30 * MINUTE, true, 0), (30 * MINUTE, true, 1), (3 * HOUR, false, 0)]
    {
        life.now = life.now.plus(pause);
        if seen {
            figures = Some(loud(&life));
        }
        let cause = CommandId::new(format!("wake{}", life.now.0));
        let catalogue = catalogue(None, None);
        let (rules, figures) = (Rules::of(&catalogue), figures.as_ref());
        let situation = AlertSituation { alert: &id(), now: life.now, cause: &cause, rules, figures };
        let plan = decide(life.head.as_ref(), &AlertInput::Wake, &situation);
        assert_eq!(plan.events.len(), expect, "after {pause:?}");
        assert!(matches!(plan.due, Due::At(at) if at > life.now), "it is looked at again");
        for event in &plan.events {
            life.head = AlertHead::after(life.head.take(), &id(), event, &cause, life.now);
        }
    }
}

#[test]
fn who_may_not_is_on_record_and_changes_nothing() {
    let mut life = Life::new();
    life.found(Class::New, 3);
    assert_eq!(life.take(&attend("UEVE", Act::Reopen)), "declined");
    assert_eq!(life.head.unwrap().attention, Attention::Open);
}

#[test]
fn what_has_no_card_gets_one_by_news_or_by_a_person() {
    let held = |life: &Life| life.head.as_ref().unwrap().finding.held;
    let mut life = Life::new();
    life.found(Class::New, 3);
    assert!(!held(&life));
    life.head.as_mut().unwrap().finding.held = true;
    life.found(Class::Known, 3);
    assert!(held(&life), "that it goes on is no news");
    life.found(Class::Spiking, 90);
    assert!(!held(&life));
    life.head.as_mut().unwrap().finding.held = true;
    life.acknowledge();
    assert!(!held(&life));
}

#[test]
fn what_nobody_acknowledges_is_escalated_once_for_each_time_it_is_opened() {
    let escalate = Escalate { after_seconds: 1800, channel: None, mention: vec![] };
    let mut life = Life { escalate: Some(escalate), ..Life::new() };
    life.found(Class::New, 3);
    let half = 30 * MINUTE;
    assert_eq!(life.due, Due::At(life.now.plus(half)));
    assert_eq!(life.found(Class::Known, 3), "known");
    assert_eq!(life.wake_after(13 * MINUTE), "", "early: 29 minutes");
    assert_eq!(life.wake_after(MINUTE), "escalated");
    assert_eq!(life.due, Due::Never);
    assert_eq!(life.wake_after(half), "", "once");
    assert_eq!(life.found(Class::Spiking, 90), "spiking");
    assert_eq!(life.due, Due::Never, "a spike of what is open is no opening");
    // It is acknowledged until a time; after that it is open again.
    life.act(Act::Acknowledge { note: String::new(), until: Some(life.now.plus(HOUR / 2)) });
    assert_eq!(life.wake_after(half), "open: Over");
    assert_eq!(life.due, Due::At(life.now.plus(half)));
    assert_eq!(life.wake_after(half), "escalated");
    // It is over by itself, and comes back: it counts as open from the time at which it came back.
    assert_eq!(life.found(Class::Quiet, 0), "quiet");
    assert_eq!(life.due, Due::Never);
    life.now = life.now.plus(24 * HOUR);
    assert_eq!(life.found(Class::New, 1), "regressed, open: Regressed");
    assert_eq!(life.due, Due::At(life.now.plus(half)));
    assert_eq!(life.found(Class::Known, 1), "known");
    assert_eq!(life.wake_after(13 * MINUTE), "", "early");
    // Somebody acknowledges it: nobody else is told.
    life.acknowledge();
    assert_eq!(life.wake_after(half), "");
    // An alert without a card is named with others, and nobody is called for it alone.
    life.act(Act::Reopen);
    life.head.as_mut().unwrap().finding.held = true;
    assert_eq!(life.wake_after(HOUR), "");
}

fn silence(until: Timestamp) -> SilenceRule {
    SilenceRule { scope: Scope::All, owner: ada(), reason: "maintenance".into(), from: START, until }
}

#[test]
fn what_is_silenced_is_on_record_without_a_card_and_told_when_it_is_seen_after() {
    let mut life = Life { silence: Some(silence(START.plus(HOUR))), ..Life::new() };
    let has_card = |life: &Life| life.head.as_ref().unwrap().has_card();
    assert_eq!(life.found(Class::New, 3), "new");
    assert!(!has_card(&life) && life.due == Due::Never);
    assert_eq!(life.found(Class::Spiking, 90), "spiking", "on record, and nobody is called");
    assert!(!has_card(&life));
    life.silence = None;
    assert_eq!(life.found(Class::Known, 0), "known", "it rests: nothing to tell");
    assert!(!has_card(&life));
    assert_eq!(life.found(Class::New, 2), "unsilenced");
    assert!(has_card(&life));
    assert_eq!(life.found(Class::Known, 2), "", "told once");
    // An alert with a card keeps it: what happens under the silence is on record, and undoes nothing that people did.
    life.acknowledge();
    life.silence = Some(silence(life.now.plus(HOUR)));
    assert_eq!(life.found(Class::Spiking, 90), "spiking");
    assert!(has_card(&life));
    life.silence = None;
    assert_eq!(life.found(Class::Spiking, 90), "unsilenced");
    assert!(matches!(life.head.as_ref().unwrap().attention, Attention::Acknowledged { .. }));
}

#[test]
fn an_alert_that_fires_on_is_told_at_the_end_of_its_silence() {
    let end = START.plus(HOUR);
    let mut life = Life { silence: Some(silence(end)), elsewhere: true, ..Life::new() };
    life.found(Class::New, 1);
    assert_eq!(life.due, Due::At(end));
    // The silence was made longer since.
    life.silence = Some(silence(end.plus(HOUR)));
    life.now = end;
    assert_eq!(life.wake_after(MINUTE), "");
    assert_eq!(life.due, Due::At(end.plus(HOUR)));
    life.silence = None;
    assert_eq!(life.wake_after(HOUR), "unsilenced");
    assert!(life.head.as_ref().unwrap().has_card());
    // Nobody is told of an alert that is over by then.
    let mut life = Life { silence: Some(silence(end)), elsewhere: true, ..Life::new() };
    life.found(Class::New, 1);
    life.found(Class::Quiet, 0);
    assert_eq!(life.due, Due::Never);
    life.silence = None;
    assert_eq!(life.wake_after(2 * HOUR), "");
    assert!(!life.head.as_ref().unwrap().has_card());
}

#[path = "followed_tests.rs"]
mod followed;
#[path = "silenced_tests.rs"]
mod silenced;
