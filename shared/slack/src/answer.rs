//! What a person is told at once, for their eyes alone: what was understood, or what is wrong, where, and what to
//! type instead.

use crate::blocks::{Block, Message, list};
use crate::card;
use crate::duration::spell;
use crate::explain::{explain, parameter, usage, who_may};
use crate::markup;
use crate::text::Text;
use serde_json::{Value, json};
use signalbox_domain::alert::AlertCard;
use signalbox_domain::card::Card;
use signalbox_domain::ids::ShortId;
use signalbox_domain::policy::{ReasonCode, Verdict};
use signalbox_domain::{Intent, Operation, RunId, Timestamp};
use signalbox_engine::ports::MessageRef;
use signalbox_engine::{Answer, OpenAlerts, RunLine};

/// The answer as Slack takes it from a slash command: `{"response_type": "ephemeral", "text": …, "blocks": […]}`.
/// `now` is what ages are counted from; with the workspace's domain lists link to its messages.
#[must_use]
pub fn answer(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Value {
    let message = message(answer, now, domain);
    json!({"response_type": "ephemeral", "text": message.text(), "blocks": message.blocks()})
}

pub(crate) fn message(answer: &Answer, now: Timestamp, domain: Option<&str>) -> Message {
    let blocks = match answer {
        Answer::Accepted { run, intent } => vec![
            // It stays where it is when the run has ended, and must be true then.
            say(Text::default().ours(":inbox_tray: Asked for: ").code(&intent.phrase())),
            small(format!(
                "run `{run}` · its card shows how it goes · `/signalbox cancel {run}` stops it while it runs"
            )),
        ],
        Answer::Refused { intent, reason, operation } => refused(intent, *reason, operation),
        Answer::Misunderstood(problem, operation) => explain(problem, operation.as_ref()),
        Answer::Help(operations, others) => help(operations, *others),
        Answer::HelpOn(operation, decision) => help_on(operation, decision),
        Answer::Status(card, at) => status(card, domain.zip(at.as_ref())),
        Answer::AlertStatus(card, at) => {
            vec![say(crate::alert::listed(card, named(card.alert, domain, at.as_ref())))]
        }
        Answer::History(lines, some) => history(lines, *some, now, domain),
        Answer::AssignedInVain(alert, to, watch) => vec![say(Text::default()
            .ours(format!(":warning: Alert `{alert}` is given to "))
            .person(to)
            .ours(", who may not act on it: they are not on the allow list of the watch ")
            .code(watch.as_str())
            .ours(" in the catalogue. Have them added, or give it to somebody else."))],
        Answer::Alerts(open) => {
            [alerts(open, domain), crate::silence::listed(&open.silences, now)].concat()
        }
        Answer::NoWatch { any: 0 } => {
            vec![say(Text::default().ours(":grey_question: No log is watched: the catalogue has no watch."))]
        }
        Answer::NoWatch { .. } => vec![say(Text::default().ours(
            ":grey_question: No watch belongs to this channel or to you, so nothing is known here of open alerts. Ask in a \
             watch's channel, or have yourself added to the watch's allow list in the catalogue.",
        ))],
        Answer::Cancelling(run) => vec![say(Text::default()
            .ours(format!(":no_entry_sign: Run `{run}` will be stopped. Its card shows when it has stopped.")))],
        Answer::CancelRefused(run, reason) => vec![
            say(Text::default().ours(format!(":no_entry: Run `{run}` goes on. {}", not_stopped(*reason)))),
            small(format!("reason `{}`", reason.as_str())),
        ],
        Answer::AlreadyOver(card) => {
            let over = say(Text::default().ours(":information_source: It is already over; there is nothing to stop."));
            [vec![over], card::card(card, None).blocks].concat()
        }
        Answer::Retrying(run) => vec![say(Text::default()
            .ours(format!(":hourglass_flowing_sand: Run `{run}` is being run again. Its card shows how it goes.")))],
        Answer::RetryRefused(run, reason) => vec![
            say(Text::default().ours(format!(":no_entry: Run `{run}` stays as it is. {}", not_retried(*reason)))),
            small(format!("reason `{}`", reason.as_str())),
        ],
        Answer::NothingToRetry(card) => {
            let why = if card.can_cancel {
                ":information_source: It is still running; there is nothing to run again."
            } else if card.can_retry {
                ":information_source: Somebody was quicker: it was run again, and this is how that went."
            } else {
                ":information_source: It succeeded. To run it once more, ask for it again."
            };
            [vec![say(Text::default().ours(why))], card::card(card, None).blocks].concat()
        }
        Answer::LookingAgain(run) => vec![say(Text::default().ours(format!(
            ":mag: Looking for run `{run}` once more. Its card and its thread say what came of it."
        )))],
        Answer::Settling(run, how) => vec![say(Text::default().ours(format!(
            ":writing_hand: On record for run `{run}`: {}. Its card says so.", how.says()
        )))],
        Answer::SettleRefused(run, reason) => vec![
            say(Text::default().ours(format!(":no_entry: Run `{run}` stays as it is. {}", reason.advice()))),
            small(format!("reason `{}`", reason.as_str())),
        ],
        Answer::NothingToSettle(card) => {
            let why = ":information_source: There is nothing to settle: this is what became of it.";
            [vec![say(Text::default().ours(why))], card::card(card, None).blocks].concat()
        }
        Answer::NoSuchRun(run) => vec![say(Text::default().ours(format!(
            ":grey_question: There is no run `{run}` that you can see. `/signalbox history` shows the latest."
        )))],
        Answer::Attending(alert) => {
            vec![say(Text::default().ours(format!(":ok_hand: Alert `{alert}`: its card will say so.")))]
        }
        Answer::AttendRefused(alert, watch, reason) => vec![
            say(Text::default()
                .ours(format!(":no_entry: Alert `{alert}` stays as it is. "))
                .ours(match reason {
                    ReasonCode::NotInThisChannel => "You are allowed to do this, but in another channel.",
                    ReasonCode::NotAllowed | ReasonCode::UnknownOperation | ReasonCode::BadParameters | ReasonCode::CatalogueChanged => "You are not allowed to do this. Ask to be added to the watch's allow list in the catalogue: ",
                })
                .code(watch.as_str())),
            small(format!("reason `{}`", reason.as_str())),
        ],
        Answer::NotFollowed(advice) => {
            vec![say(Text::default().ours(":grey_question: ").ours(*advice))]
        }
        Answer::NoForm => vec![say(Text::default().ours(
            ":hourglass: The form could not be shown, and nothing was changed. Choose it once more, or type it in the thread.",
        ))],
        Answer::WhichRun(runs) => which_run(runs),
        Answer::NothingStarted => vec![say(Text::default().ours(
            ":x: *Nothing was started:* the queue cannot be reached. Ask again in a minute; if it stays so, tell \
             whoever runs Signalbox.",
        ))],
        Answer::NotConfirmed { run, new } => vec![say(not_confirmed(*run, *new))],
        Answer::CannotLook => vec![say(Text::default().ours(
            ":x: *Cannot look just now:* the store cannot be read. Nothing was changed by this. Ask again in a minute.",
        ))],
    };
    // What the first block says is what a notification or a screen reader says.
    let fallback = blocks.iter().find_map(|b| match b {
        Block::Section(text) => Some(text.clone()),
        Block::Fields(_) | Block::Context(_) | Block::Image { .. } | Block::Actions(..) => None,
    });
    Message { fallback: fallback.unwrap_or_default(), blocks }
}

fn not_confirmed(run: Option<ShortId>, new: bool) -> Text {
    let text = Text::default().ours(":hourglass: *Not confirmed:* ");
    match run {
        Some(run) if new => text
            .ours("run ")
            .code(&run.to_string())
            .ours(" appears within a minute, or was not started. Ask again only if it does not."),
        Some(run) => text
            .ours("if the card of ")
            .code(&run.to_string())
            .ours(" does not show it within a minute, nothing was changed. Ask again then."),
        None => {
            text.ours("it took too long. If nothing shows within a minute, nothing was done. Ask again then.")
        }
    }
}

/// The id of a run or an alert, which leads to the message that shows it where that is known.
fn named(id: ShortId, domain: Option<&str>, at: Option<&MessageRef>) -> Text {
    Text::default().ours(match domain.zip(at) {
        Some((domain, at)) => {
            format!("<{}|{id}>", markup::message(domain, at.channel.as_str(), &at.ts))
        }
        None => format!("`{id}`"),
    })
}

fn say(text: Text) -> Block {
    Block::Section(text)
}

fn small(text: String) -> Block {
    Block::Context(vec![Text::default().ours(text)])
}

fn refused(intent: &Intent, reason: ReasonCode, operation: &Operation) -> Vec<Block> {
    let said = Text::default()
        .ours(":no_entry: *Not carried out:* ")
        .code(&intent.phrase())
        .ours("\n")
        .ours(reason.advice());
    let mut blocks = vec![say(said)];
    blocks.extend(list(who_may(operation, Some(&intent.place.workspace))));
    blocks.push(small(format!("reason `{}`", reason.as_str())));
    blocks
}

/// [`ReasonCode::advice`] speaks of asking; this of stopping.
fn not_stopped(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::NotAllowed => {
            "You are not allowed to stop it: only people who are allowed to run this operation can stop its runs."
        }
        ReasonCode::NotInThisChannel => "You can stop it, but from another channel.",
        ReasonCode::UnknownOperation => {
            "The catalogue has no such operation any more, so nobody can stop it here. Stop it where it runs."
        }
        ReasonCode::BadParameters | ReasonCode::CatalogueChanged => {
            "The catalogue changed in the meantime. Try again."
        }
    }
}

/// [`ReasonCode::advice`] speaks of asking; this of trying again.
fn not_retried(reason: ReasonCode) -> &'static str {
    match reason {
        ReasonCode::NotAllowed => {
            "You are not allowed to run it again: only people who are allowed to run this operation can run it again."
        }
        ReasonCode::NotInThisChannel => "You can run it again, but from another channel.",
        ReasonCode::UnknownOperation => "The catalogue has no such operation any more.",
        ReasonCode::BadParameters | ReasonCode::CatalogueChanged => {
            "The catalogue changed since it was asked for. Ask for it anew."
        }
    }
}

fn help(operations: &[Operation], others: usize) -> Vec<Block> {
    let title = if operations.is_empty() {
        "There is nothing that you are allowed to run here."
    } else {
        "*You can run*"
    };
    let mut lines = vec![Text::default().ours(title)];
    lines.extend(
        operations.iter().map(|o| Text::default().ours("• ").code(&usage(o)).ours(" ").prose(&o.description)),
    );
    let mut blocks = list(lines);
    let others = match others {
        0 => String::new(),
        1 => "One more is for other people or channels. ".to_owned(),
        n => format!("{n} more are for other people or channels. "),
    };
    blocks.push(small(format!("{others}`/signalbox help &lt;operation&gt;` says more about one.")));
    blocks.extend(list(vec![
        Text::default().ours("*What else you can type*"),
        Text::default().ours("• `/signalbox history` the latest runs, or some of them: `history 20 deploy failed 7d`; `/signalbox status &lt;run&gt;` one of them, and its card again if that is gone"),
        Text::default().ours("• `/signalbox cancel &lt;run&gt;` stops a run, `/signalbox retry &lt;run&gt;` runs it again"),
        Text::default().ours(
            "• `/signalbox settle &lt;run&gt; succeeded|failed|did-not-run &lt;note&gt;` says what became of a run when nobody knows",
        ),
        Text::default().ours(
            "• `/signalbox alerts` what is open, or some of it: `alerts shop acknowledged 7d`; in an alert's thread: `ack`, `snooze 2h`, `mute 7d &lt;why&gt;`, `assign @somebody`, \
             `resolve`, `reopen`",
        ),
    ]));
    blocks
}

fn help_on(operation: &Operation, decision: &Verdict) -> Vec<Block> {
    let head = Text::default()
        .bold(operation.name.as_str())
        .ours(" ")
        .prose(&operation.description)
        .ours("\n")
        .code(&usage(operation));
    let mut lines = vec![head];
    lines.extend(operation.parameters.iter().map(parameter));
    let mut blocks = list(lines);
    match decision {
        Verdict::Allow => {
            blocks.push(say(Text::default().ours(":white_check_mark: You are allowed to run this here.")));
        }
        Verdict::Refuse(reason) => {
            blocks.push(say(Text::default().ours(":no_entry: ").ours(reason.advice())));
            blocks.extend(list(who_may(operation, None)));
            blocks.push(small(format!("reason `{}`", reason.as_str())));
        }
    }
    blocks
}

/// The button needs the whole run id, which a card does not have; the command takes the short one.
fn status(card: &Card, at: Option<(&str, &MessageRef)>) -> Vec<Block> {
    let mut blocks = card::card(card, None).blocks;
    if let Some((domain, at)) = at {
        let named = named(card.run, Some(domain), Some(at));
        blocks.push(Block::Context(vec![Text::default().ours("its card: ").then(named)]));
    }
    if card.can_cancel {
        blocks.push(small(format!("`/signalbox cancel {}` stops it", card.run)));
    }
    if card.can_retry {
        blocks.push(small(format!("`/signalbox retry {}` runs it again", card.run)));
    }
    blocks
}

fn history(lines: &[RunLine], some: bool, now: Timestamp, domain: Option<&str>) -> Vec<Block> {
    if lines.is_empty() && some {
        return vec![say(Text::default().ours(
            ":grey_question: No such run was found among the latest that you may see; older ones were not looked at. \
             `/signalbox history` shows the latest of all.",
        ))];
    }
    if lines.is_empty() {
        return vec![say(Text::default().ours("There are no runs yet that you can see."))];
    }
    let line = |l: &RunLine| {
        Text::default()
            .ours(format!("{} ", card::emoji(l.card.mood)))
            .then(named(l.run, domain, l.message.as_ref()))
            .ours(" ")
            .code(&l.phrase)
            .ours(format!(" *{}* · ", l.card.state))
            .person(&l.requester)
            .ours(format!(" · {} ago", spell(now.since(l.requested_at))))
    };
    let title = Text::default().ours("*The latest runs that you may see*");
    list(std::iter::once(title).chain(lines.iter().map(line)).collect())
}

fn alerts(open: &OpenAlerts, domain: Option<&str>) -> Vec<Block> {
    let mut rest = vec![];
    if !open.here {
        rest.push("what is to be done about them is taken in the watch's channel, not here".to_owned());
    }
    if open.more > 0 {
        rest.push(format!("… and {} more", open.more));
    }
    if open.held > 0 {
        rest.push(format!("{} without a card of their own: the bulletins name them", open.held));
    }
    if !open.whole {
        rest.push("only the latest alerts were looked at; an older one may be open as well".to_owned());
    }
    let mut blocks = match (open.cards.as_slice(), open.whole && open.more + open.held == 0) {
        ([], true) if open.some => vec![say(Text::default()
            .ours(":grey_question: No such alert in the watches whose alerts you may attend to. `/signalbox alerts` shows all that are open."))],
        ([], true) => vec![say(Text::default()
            .ours(":white_check_mark: Nothing is open in the watches whose alerts you may attend to."))],
        ([], false) => vec![say(Text::default()
            .ours(":grey_question: No open alert with a card was found in the watches whose alerts you may attend to."))],
        (cards, _) => {
            let title = Text::default().ours(if open.some {
                "*Such alerts in the watches whose alerts you may attend to*"
            } else {
                "*What is open in the watches whose alerts you may attend to*"
            });
            let line = |(card, at): &(AlertCard, Option<MessageRef>)| {
                let named = named(card.alert, domain, at.as_ref());
                Text::default().ours("• ").then(crate::alert::listed(card, named))
            };
            let lines = cards.iter().map(line);
            list(std::iter::once(title).chain(lines).collect())
        }
    };
    if !rest.is_empty() {
        blocks.push(small(rest.join(" · ")));
    }
    blocks
}

fn which_run(runs: &[RunId]) -> Vec<Block> {
    let title = Text::default().ours(":grey_question: Several runs share this short id. Which one?");
    list(
        std::iter::once(title)
            .chain(runs.iter().map(|run| Text::default().ours(format!("• `{run}`"))))
            .collect(),
    )
}
