//! A bulletin: the message of a watch's window, or of an outage's windows.

use crate::alert::{links, words as alert_words};
use crate::duration::spell;
use crate::family;
use crate::number::{change, number, plural, spark};
use crate::page::{Chart, Page, Part};
use crate::silence;
use crate::text::{Sign, Text, say, sign};
use signalbox_domain::alert::{
    BulletinCard, BulletinEvent, Class, EndedRun, FamilyLine, News, PatternLine, Report, SourceReport,
    SourceState, Told, WithoutLevel,
};
use signalbox_domain::watch::Severity;

pub(crate) fn card(card: &BulletinCard) -> Page {
    let report = &card.report;
    let mut parts = vec![Part::Paragraph(headline(card))];
    let lines = [
        report.sources.iter().map(|it| source(it, report.least)).collect::<Vec<_>>(),
        report.patterns.iter().map(pattern).collect(),
        report.families.iter().map(of_family).collect(),
        report.silenced.iter().map(silence::kept_back).collect(),
    ];
    parts.extend(lines.map(Part::Lines));
    parts.extend(others(report).map(|rest| Part::Paragraph(Text::default().plain(rest))));
    parts.extend(report.without_level.as_ref().map(|without| Part::Paragraph(unlevelled(without))));
    parts.extend(told_before(card));
    parts.extend(runs(card));
    parts.extend(chart(report));
    parts.push(Part::Small(small_print(card)));
    Page { summary: summary(card), parts }
}

/// What the audit says of a bulletin.
pub(crate) fn recorded(event: &BulletinEvent) -> Text {
    let BulletinEvent::Reported { report, .. } = event;
    let patterns = report.patterns.len() as u64 + report.others.urgent;
    say("told of ")
        .moment(report.from)
        .say(" to ")
        .moment(report.to)
        .plain(format!(": {patterns} patterns that matter"))
}

fn headline(card: &BulletinCard) -> Text {
    let report = &card.report;
    let text = sign(Sign::Figures).say("").bold(report.watch.as_str()).say(" · ");
    let text = if card.windows > 1 {
        text.plain(format!("{} windows since ", card.windows))
            .moment(card.from)
            .say(", the latest until ")
            .moment(report.to)
    } else {
        text.moment(report.from).say("–").time_of_day(report.to)
    };
    let text = text.say("\n");
    let text = match card.over_since {
        Some(since) => text.strong("Over").say(" since ").time_of_day(since).say(": ").strong(verdict(card)),
        None => text.strong(verdict(card)),
    };
    if report.first {
        return text.say("\nThe first look: there was nothing to compare with, so whatever was seen counts as known from now on.");
    }
    text
}

/// The latest window in one sentence; if the outage is over, what was told.
fn verdict(card: &BulletinCard) -> String {
    let report = &card.report;
    let before = card.told.iter().filter(|_| card.over_since.is_some()).map(|told| &told.news);
    let (mut classes, mut unread) = (vec![], vec![]);
    let mut joined: u64 = report.families.iter().map(|f| f.new).sum();
    for news in before {
        match news {
            News::Pattern(pattern) => classes.push(pattern.class),
            News::Source(source) => unread.push(&source.name),
            News::Silenced(_) => {}
            News::Family(line) => joined += line.new,
        }
    }
    classes.extend(report.patterns.iter().map(|pattern| pattern.class));
    unread.extend(report.sources.iter().filter(|s| s.state != SourceState::Whole).map(|s| &s.name));
    unread.sort();
    unread.dedup();
    let mut parts = vec![];
    for (class, word) in [(Class::New, "new"), (Class::Regressed, "back"), (Class::Spiking, "spiking")] {
        match classes.iter().filter(|c| **c == class).count() as u64
            + if class == Class::New { joined } else { 0 }
        {
            0 => {}
            n => parts.push(format!("{n} {word}")),
        }
    }
    let more = report.others.urgent + card.over_since.map_or(0, |_| card.told_more);
    if more > 0 {
        parts.push(format!("{} more new, back or spiking", number(more)));
    }
    if !unread.is_empty() {
        parts.push(format!("{} of {} sources not read whole", unread.len(), report.sources.len()));
    }
    let hushed = report.silenced.iter().map(|silenced| silenced.patterns).sum::<u64>();
    if hushed > 0 {
        parts.push(format!("{} silenced", number(hushed)));
    }
    if parts.is_empty() { "Nothing new, nothing spiking".to_owned() } else { parts.join(" · ") }
}

/// What the message told before and the latest window does not repeat, so that somebody who reads the message later
/// still learns it.
fn told_before(card: &BulletinCard) -> Option<Part> {
    let title = match card.over_since {
        Some(_) => "*What was told*",
        None => "*Told before, and not again in the latest window*",
    };
    let mut lines: Vec<Text> = card.told.iter().map(|it| told(it, card.report.least)).collect();
    if card.told_more > 0 {
        lines.push(Text::default().plain(format!("… and {} more", number(card.told_more))));
    }
    (!lines.is_empty()).then(|| Part::Lines([vec![say(title)], lines].concat()))
}

/// Runs that ended in these windows: people who look for a cause begin with them.
fn runs(card: &BulletinCard) -> Option<Part> {
    if card.runs.is_empty() {
        return None;
    }
    let title = if card.windows > 1 {
        "*Runs that ended in these windows*"
    } else {
        "*Runs that ended in this window*"
    };
    let mut lines = vec![say(title)];
    lines.extend(card.runs.iter().map(ended_run));
    if card.more_runs > 0 {
        let more = format!("… and {} more: ", number(card.more_runs));
        lines.push(Text::default().plain(more).typed("/signalbox history"));
    }
    Some(Part::Lines(lines))
}

fn ended_run(ended: &EndedRun) -> Text {
    let run = &ended.run;
    let how = alert_words::ended(run.ended);
    let text = say("• ").sign(Sign::Deployed).code(&run.what);
    let text = text.plain(format!(" {how} at ")).time_of_day(run.at);
    let text = text.say(" · run ").typed(run.run.short());
    match &ended.card {
        Some(at) => text.leads(" · ", at, "card"),
        None => text,
    }
}

/// What was told, and in which window.
fn told(told: &Told, least: Option<Severity>) -> Text {
    let line = match &told.news {
        News::Pattern(line) => pattern(line),
        News::Source(line) => source(line, least),
        News::Silenced(line) => silence::kept_back(line),
        News::Family(line) => of_family(line),
    };
    line.say(" · window to ").time_of_day(told.to)
}

fn source(source: &SourceReport, least: Option<Severity>) -> Text {
    let text = Text::default();
    let name = |text: Text| text.code(source.name.as_str());
    let (found, read) = (of_note(source.counted, least), plural(source.read, "line", "lines"));
    let counted = || {
        let change = source.before.map(|before| change(source.counted, before)).unwrap_or_default();
        format!(" {found} in {read}{change}")
    };
    match &source.state {
        SourceState::Whole => name(text.say("• ")).plain(counted()),
        SourceState::Partly { about } => {
            let about = about.map(|n| format!(" of about {}", number(n))).unwrap_or_default();
            name(text.say("• ").sign(Sign::Warning))
                .plain(format!(" {found} in the first {read}{about}; the rest was not read"))
        }
        SourceState::Failed { why } => {
            let text = name(text.say("• ").sign(Sign::Bad)).say(" source failed: ").prose(why);
            text.plain(format!(" ({read} read before)"))
        }
    }
}

/// The number of lines that counted, named by what counts here: `1 error`, `0 errors`.
fn of_note(count: u64, least: Option<Severity>) -> String {
    let (one, many) = match least {
        None | Some(Severity::Error) => ("error", "errors"),
        Some(Severity::Fatal) => ("fatal error", "fatal errors"),
        Some(Severity::Warning) => ("warning or error", "warnings and errors"),
        Some(Severity::Any) => ("that counts", "that count"),
    };
    plural(count, one, many)
}

fn pattern(pattern: &PatternLine) -> Text {
    let usual =
        if pattern.usual > 0 { format!(", usually {}", number(pattern.usual)) } else { String::new() };
    let held = if pattern.held { " · no card of its own" } else { "" };
    say("• ")
        .strong(alert_words::class(pattern.class))
        .plain(format!(" {}×{usual} · alert ", number(pattern.count)))
        .typed(pattern.alert.short())
        .say(held)
        .say(" · ")
        .prose(&pattern.title)
}

/// Patterns that differ only in words: one line, with the words of the new ones.
fn of_family(line: &FamilyLine) -> Text {
    let kin = &line.family;
    say("• family ")
        .prose(&family::form(kin))
        .plain(format!(": {}; new in it: ", family::counted(kin)))
        .prose(&family::words(kin, line.new))
        .say(" · alert ")
        .typed(line.alert.short())
}

fn others(report: &Report) -> Option<String> {
    let others = report.others;
    if others.urgent == 0 && others.known == 0 {
        return None;
    }
    let patterns = others.urgent + others.known;
    let s = if patterns == 1 { "" } else { "s" };
    let are = if others.known == 1 { "is" } else { "are" };
    Some(format!(
        "… and {} more pattern{s}, of which {} {are} as usual: {}",
        number(patterns),
        number(others.known),
        plural(others.lines, "line", "lines")
    ))
}

/// Lines whose level could not be told: people who read "nothing new" must know of them.
fn unlevelled(without: &WithoutLevel) -> Text {
    let (s, name) = if without.lines == 1 { ("", "names") } else { ("s", "name") };
    let counted = match without.counted {
        0 => "none of them counted".to_owned(),
        counted if counted == without.lines => "all of them counted".to_owned(),
        counted => format!("{} of them counted", number(counted)),
    };
    sign(Sign::NotFound)
        .plain(format!("{} line{s} {name} no level, {counted}. One of them: ", number(without.lines)))
        .prose(&without.example)
}

/// The small print's line of bars as a picture; `None` if there is nothing to compare.
fn chart(report: &Report) -> Option<Part> {
    let windows = report.recent.len();
    let most = report.recent.iter().copied().max().unwrap_or_default();
    let window = spell(report.to.since(report.from));
    let title = format!("Lines in each window of {window}, {windows} windows; the most is {}", number(most));
    let all: Vec<String> = report.recent.iter().map(|lines| number(*lines)).collect();
    let words = format!("Lines in each window of {window}, the oldest first: {}", all.join("; "));
    let news = report.others.urgent > 0 || report.patterns.iter().any(|p| p.class.is_urgent());
    (windows > 1).then(|| Part::Chart(Chart { news, bars: report.recent.clone(), title, words }))
}

fn small_print(card: &BulletinCard) -> Text {
    let report = &card.report;
    let mut text = say("bulletin ").typed(card.bulletin);
    if report.recent.len() > 1 {
        text = text.plain(format!(" · {} lines per window", spark(&report.recent)));
    }
    links(text, &report.links)
}

fn summary(card: &BulletinCard) -> Text {
    let over = if card.over_since.is_some() { "over: " } else { "" };
    Text::default().prose(card.report.watch.as_str()).plain(format!(": {over}")).plain(verdict(card))
}
