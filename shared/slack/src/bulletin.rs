//! How a bulletin looks in Slack.

use crate::alert::links;
use crate::blocks::{Block, Message, list};
use crate::chart::{change, number, spark};
use crate::duration::spell;
use crate::markup;
use crate::means::Means;
use crate::picture;
use crate::silence;
use crate::text::Text;
use signalbox_domain::alert::{
    BulletinCard, Class, Ended, EndedRun, FamilyLine, Kin, News, PatternLine, Report, SourceReport,
    SourceState, Told, WithoutLevel,
};
use signalbox_domain::watch::Severity;

pub(crate) fn card(card: &BulletinCard, means: &Means<'_>) -> Message {
    let report = &card.report;
    let mut blocks = vec![Block::Section(headline(card))];
    blocks.extend(list(report.sources.iter().map(|it| source(it, report.least)).collect()));
    if !report.patterns.is_empty() {
        blocks.extend(list(report.patterns.iter().map(pattern).collect()));
    }
    if !report.families.is_empty() {
        blocks.extend(list(report.families.iter().map(family).collect()));
    }
    blocks.extend(list(report.silenced.iter().map(silence::kept_back).collect()));
    if let Some(rest) = others(report) {
        blocks.push(Block::Section(Text::default().ours(rest)));
    }
    if let Some(without) = &report.without_level {
        blocks.push(Block::Section(unlevelled(without)));
    }
    blocks.extend(told_before(card));
    blocks.extend(runs(card, means.domain));
    blocks.extend(means.public.and_then(|public| chart(report, public)));
    blocks.push(Block::Context(vec![small_print(card)]));
    Message { fallback: fallback(card), blocks }
}

fn headline(card: &BulletinCard) -> Text {
    let report = &card.report;
    let text = Text::default().ours(":bar_chart: ").bold(report.watch.as_str()).ours(" · ");
    let text = if card.windows > 1 {
        text.ours(format!("{} windows since ", card.windows))
            .moment(card.from)
            .ours(", the latest until ")
            .moment(report.to)
    } else {
        text.moment(report.from).ours("–").time_of_day(report.to)
    };
    let text = text.ours("\n");
    let text = match card.over_since {
        Some(since) => text.bold("Over").ours(" since ").time_of_day(since).ours(": ").bold(&verdict(card)),
        None => text.bold(&verdict(card)),
    };
    if report.first {
        return text.ours("\nThe first look: there was nothing to compare with, so whatever was seen counts as known from now on.");
    }
    text
}

/// The latest window in one sentence; of what is over, what was told.
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

/// What the message told before, and the latest window does not: whoever reads it later reads that, too.
fn told_before(card: &BulletinCard) -> Vec<Block> {
    let title = match card.over_since {
        Some(_) => "*What was told*",
        None => "*Told before, and not again in the latest window*",
    };
    let mut lines: Vec<Text> = card.told.iter().map(|it| told(it, card.report.least)).collect();
    if card.told_more > 0 {
        lines.push(Text::default().ours(format!("… and {} more", number(card.told_more))));
    }
    if lines.is_empty() {
        return vec![];
    }
    list(std::iter::once(Text::default().ours(title)).chain(lines).collect())
}

/// What ended while this was seen: whoever looks for a cause begins there.
fn runs(card: &BulletinCard, domain: Option<&str>) -> Vec<Block> {
    if card.runs.is_empty() {
        return vec![];
    }
    let title = if card.windows > 1 {
        "*Runs that ended in these windows*"
    } else {
        "*Runs that ended in this window*"
    };
    let mut lines: Vec<Text> = card.runs.iter().map(|ended| ended_run(ended, domain)).collect();
    if card.more_runs > 0 {
        lines.push(
            Text::default().ours(format!("… and {} more: `/signalbox history`", number(card.more_runs))),
        );
    }
    list(std::iter::once(Text::default().ours(title)).chain(lines).collect())
}

fn ended_run(ended: &EndedRun, domain: Option<&str>) -> Text {
    let run = &ended.run;
    let how = run.ended.map_or("succeeded", Ended::words);
    let text =
        Text::default().ours("• :package: ").code(&run.what).ours(format!(" {how} at ")).time_of_day(run.at);
    let text = text.ours(format!(" · run `{}`", run.run.short()));
    let address = domain.zip(ended.card.as_ref());
    let address = address.map(|(domain, (channel, ts))| markup::message(domain, channel.as_str(), ts));
    match address.and_then(|address| markup::link(&address, "card")) {
        Some(link) => text.ours(" · ").ours(link),
        None => text,
    }
}

/// What was told, and of which window.
fn told(told: &Told, least: Option<Severity>) -> Text {
    let line = match &told.news {
        News::Pattern(line) => pattern(line),
        News::Source(line) => source(line, least),
        News::Silenced(line) => silence::kept_back(line),
        News::Family(line) => family(line),
    };
    line.ours(" · window to ").time_of_day(told.to)
}

fn source(source: &SourceReport, least: Option<Severity>) -> Text {
    let text = Text::default();
    let name = |text: Text| text.code(source.name.as_str());
    let (found, read) = (of_note(source.counted, least), lines(source.read));
    let counted = || {
        let change = source.before.map(|before| change(source.counted, before)).unwrap_or_default();
        format!(" {found} in {read}{change}")
    };
    match &source.state {
        SourceState::Whole => name(text.ours("• ")).ours(counted()),
        SourceState::Partly { about } => {
            let about = about.map(|n| format!(" of about {}", number(n))).unwrap_or_default();
            name(text.ours("• :warning: "))
                .ours(format!(" {found} in the first {read}{about}; the rest was not read"))
        }
        SourceState::Failed { why } => {
            let text = name(text.ours("• :x: ")).ours(" source failed: ").prose(why);
            text.ours(format!(" ({read} read before)"))
        }
    }
}

/// `1 line`, `812,000 lines`.
fn lines(count: u64) -> String {
    format!("{} line{}", number(count), if count == 1 { "" } else { "s" })
}

/// What counted, by what counts here: `1 error`, `0 errors`.
fn of_note(count: u64, least: Option<Severity>) -> String {
    let (one, many) = match least {
        None | Some(Severity::Error) => ("error", "errors"),
        Some(Severity::Fatal) => ("fatal error", "fatal errors"),
        Some(Severity::Warning) => ("warning or error", "warnings and errors"),
        Some(Severity::Any) => ("that counts", "that count"),
    };
    format!("{} {}", number(count), if count == 1 { one } else { many })
}

fn pattern(pattern: &PatternLine) -> Text {
    let word = pattern.class.word();
    let usual =
        if pattern.usual > 0 { format!(", usually {}", number(pattern.usual)) } else { String::new() };
    let held = if pattern.held { " · no card of its own" } else { "" };
    Text::default()
        .ours(format!(
            "• *{word}* {}×{usual} · alert `{}`{held} · ",
            number(pattern.count),
            pattern.alert.short()
        ))
        .prose(&pattern.title)
}

/// Patterns that differ in words alone: one line, with the words of those that are new.
fn family(line: &FamilyLine) -> Text {
    let family = &line.family;
    Text::default()
        .ours("• family ")
        .prose(&form(family))
        .ours(format!(": {}; new in it: ", counted(family)))
        .prose(&words(family, line.new))
        .ours(format!(" · alert `{}`", line.alert.short()))
}

/// What the members have in common, with one mark for whatever differs.
pub(crate) fn form(family: &Kin) -> String {
    family.form.replace("<*>", "∗")
}

pub(crate) fn counted(family: &Kin) -> String {
    let s = |n: u64| if n == 1 { "" } else { "s" };
    let (patterns, lines) = (family.patterns, family.lines);
    format!("{} pattern{}, {} line{}", number(patterns), s(patterns), number(lines), s(lines))
}

/// The words, and how many are not named.
pub(crate) fn words(family: &Kin, all: u64) -> String {
    let more = all.saturating_sub(family.words.len() as u64);
    let more = if more > 0 { format!(" and {} more", number(more)) } else { String::new() };
    family.words.join(", ") + &more
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
        lines(others.lines)
    ))
}

/// Lines whose level could not be told: whoever reads "nothing new" has to know of them.
fn unlevelled(without: &WithoutLevel) -> Text {
    let (s, name) = if without.lines == 1 { ("", "names") } else { ("s", "name") };
    let counted = match without.counted {
        0 => "none of them counted".to_owned(),
        counted if counted == without.lines => "all of them counted".to_owned(),
        counted => format!("{} of them counted", number(counted)),
    };
    Text::default()
        .ours(format!(
            ":grey_question: {} line{s} {name} no level, {counted}. One of them: ",
            number(without.lines)
        ))
        .prose(&without.example)
}

/// The line of bars in the small print as a picture.
fn chart(report: &Report, public: &str) -> Option<Block> {
    let url = picture::address(public, report)?;
    let windows = report.recent.len();
    let most = report.recent.iter().copied().max().unwrap_or_default();
    let window = spell(report.to.since(report.from));
    let title = format!("Lines in each window of {window}, {windows} windows; the most is {}", number(most));
    let all: Vec<String> = report.recent.iter().map(|lines| number(*lines)).collect();
    let words = format!("Lines in each window of {window}, the oldest first: {}", all.join("; "));
    Some(Block::Image { url, title, words })
}

fn small_print(card: &BulletinCard) -> Text {
    let report = &card.report;
    let mut text = Text::default().ours(format!("bulletin `{}`", card.bulletin));
    if report.recent.len() > 1 {
        text = text.ours(format!(" · {} lines per window", spark(&report.recent)));
    }
    for link in links(&report.links) {
        text = text.ours(" · ").ours(link);
    }
    text
}

fn fallback(card: &BulletinCard) -> Text {
    let over = if card.over_since.is_some() { "over: " } else { "" };
    Text::default().prose(card.report.watch.as_str()).ours(format!(": {over}")).prose(&verdict(card))
}
