//! How many calls to other systems runs cost. The calls are counted and compared with the limits that these systems
//! document, and with the tables in `docs/calls.md`.
//!
//! With `SIGNALBOX_WRITE_TABLES=1` the tables are written again.

mod hour;

use super::{github, jenkins};
use signalbox_simulator::Slack;
use signalbox_simulator::github::{self as simulated_github, GitHubCall, GitHubFault, Job, Step, Webhooks};
use signalbox_simulator::jenkins::{self as simulated_jenkins, JenkinsFault, Notifications, Stage, StageEnd};
use std::sync::{Mutex, PoisonError};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/calls.md");

/// The number of messages and the number of edits in Slack.
fn of_slack(slack: &Slack) -> (usize, usize) {
    let calls = slack.calls();
    let of = |method: &str| calls.iter().filter(|c| c.method == method).count();
    (of("chat.postMessage"), of("chat.update"))
}

/// A row of a table: what happened, the calls, the calls that count against a limit, and the messages and edits in
/// Slack.
fn row(name: &str, calls: usize, counted: Option<usize>, slack: Option<(usize, usize)>) -> String {
    let number = |n: Option<usize>| n.map_or("–".to_owned(), |n| n.to_string());
    let (posts, edits) = (number(slack.map(|s| s.0)), number(slack.map(|s| s.1)));
    format!("| {name} | {calls} | {} | {posts} | {edits} |", number(counted))
}

const CALLS: &str = "| | calls | of these counted | Slack: messages | Slack: edits |\n|---|---|---|---|---|";

fn of_github(name: &str, s: &github::Story, before: usize) -> String {
    let calls = s.system.calls();
    let counted = calls.iter().skip(before).filter(|c| c.counted).count();
    let slack = (before == 0).then(|| of_slack(&s.slack));
    row(&format!("GitHub: {name}"), calls.len() - before, Some(counted), slack)
}

fn of_jenkins(name: &str, s: &jenkins::Story, before: usize) -> String {
    let slack = (before == 0).then(|| of_slack(&s.slack));
    row(&format!("Jenkins: {name}"), s.system.calls().len() - before, None, slack)
}

/// Jobs that run one after another. Each has three steps and takes a minute.
fn jobs(n: usize) -> simulated_github::Workflow {
    (0..n).fold(github::workflow(), |w, n| {
        w.job(format!("job {n}"), &[("Compile", 20.0), ("Test", 20.0), ("Roll out", 19.0)])
    })
}

fn hanging() -> simulated_github::Workflow {
    github::workflow().with_job(Job::new("soak", vec![Step::hanging("Wait")]))
}

/// Three stages that take a minute together.
fn stages() -> simulated_jenkins::Job {
    ["Build", "Test", "Roll out"].iter().fold(jenkins::job(), |j, name| j.stage(Stage::new(name, 20_000)))
}

#[tokio::test]
async fn what_is_called_when() {
    let mut rows = vec![];
    for (name, n) in [("one job of 3 steps, a minute", 1), ("five jobs of 3 steps, five minutes", 5)] {
        for (how, hooks) in [("webhooks", Webhooks::Deliver), ("no webhooks", Webhooks::Lose)] {
            let s = github::story(jobs(n));
            s.system.hold_webhooks(hooks);
            s.asks().await;
            s.passes(60 * n as u64 + 90).await;
            s.card_says(&["release · Succeeded"]);
            rows.push(of_github(&format!("{name}, {how}"), &s, 0));
        }
    }
    rows.push(quiet_minutes_of_github().await);
    let s = github::story(github::failing());
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Failed", "denied"]);
    rows.push(of_github("a step fails; its log is read", &s, 0));
    let s = github::story(hanging());
    s.asks().await;
    s.passes(5).await;
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(30).await;
    s.card_says(&["release · Cancelled"]);
    rows.push(of_github("cancelled after 5 s", &s, 0));
    let s = github::story(jobs(1));
    s.system.hold_webhooks(Webhooks::Lose);
    s.system.fault("/dispatches", "POST", GitHubFault::LostAnswer);
    s.asks().await;
    s.passes(150).await;
    s.card_says(&["release · Succeeded"]);
    assert_eq!(s.system.dispatches(), 1);
    rows.push(of_github("the answer is lost, a search finds the run (a minute, no webhooks)", &s, 0));
    rows.extend(all_of_jenkins().await);
    held("calls", CALLS, &rows);
}

/// Ten minutes of a run in which nothing happens. Each look costs two calls, and neither of them counts.
async fn quiet_minutes_of_github() -> String {
    let s = github::story(hanging());
    s.asks().await;
    s.passes(20 * 60).await;
    let (before, calls) = (s.system.calls().len(), s.system.calls());
    s.passes(10 * 60).await;
    let looks = s.system.calls().len() - before;
    assert_eq!(looks, 20, "once a minute, in two calls");
    assert!(s.system.calls().iter().skip(before).all(|c| c.conditional && c.status == 304));
    assert!(calls.iter().any(|c| c.status == 200));
    let (last, name) = (s.system.calls().len() - 2, "one look that sees nothing new, once a minute at last");
    of_github(name, &s, last)
}

async fn all_of_jenkins() -> Vec<String> {
    let mut rows = vec![];
    for (how, hooks) in [("notifications", Notifications::Deliver), ("no notifications", Notifications::Lose)]
    {
        let s = jenkins::story(stages());
        s.system.hold_notifications(hooks);
        s.asks().await;
        s.passes(90).await;
        s.card_says(&["release · Succeeded"]);
        rows.push(of_jenkins(&format!("three stages, a minute, {how}"), &s, 0));
    }
    let s = jenkins::story(jenkins::job().stage(Stage::new("Soak", 0).ends(StageEnd::Hang)));
    s.asks().await;
    s.passes(20 * 60).await;
    let before = s.system.calls().len();
    s.passes(10 * 60).await;
    assert_eq!(s.system.calls().len() - before, 20, "once a minute, in two calls");
    let before = s.system.calls().len() - 2;
    rows.push(of_jenkins("one look that sees nothing new, once a minute at last", &s, before));
    let s = jenkins::story(jenkins::job().stage(Stage::new("Push", 4_000).ends(StageEnd::Failure)));
    s.asks().await;
    s.passes(30).await;
    s.card_says(&["release · Failed"]);
    rows.push(of_jenkins("a stage fails; its log is read", &s, 0));
    let s = jenkins::story(jenkins::job().stage(Stage::new("Soak", 0).ends(StageEnd::Hang)));
    s.asks().await;
    s.passes(5).await;
    s.presses("UADA", "CRELEASES", 0, "cancel").await;
    s.passes(30).await;
    s.card_says(&["release · Cancelled"]);
    rows.push(of_jenkins("cancelled after 5 s", &s, 0));
    let s = jenkins::story(stages());
    s.system.hold_notifications(Notifications::Lose);
    s.system.fault("buildWithParameters", "POST", JenkinsFault::LostAnswer);
    s.asks().await;
    s.passes(150).await;
    s.card_says(&["release · Succeeded"]);
    assert_eq!(s.system.started(), 1);
    rows.push(of_jenkins("the answer is lost, a search finds the build (a minute, no notifications)", &s, 0));
    rows
}

/// Other users of the token have used up its calls, or the limit is low. The calls that are left are kept for
/// dispatches.
#[tokio::test]
async fn where_the_hour_runs_short_looks_stop_and_dispatches_get_through() {
    const LIMIT: u32 = 100;
    let s = github::story_with(jobs(5), |settings| settings.primary_limit = LIMIT);
    for n in 0..20 {
        s.types("UADA", "COPS", &format!("/release web 1.4.{n}")).await;
        s.passes(1).await;
    }
    s.passes(20 * 60).await;
    let counted = |calls: &[GitHubCall]| calls.iter().filter(|c| c.counted).count();
    let before = s.system.calls();
    assert!(
        (90..=95).contains(&counted(&before)),
        "{} of {LIMIT}: the reserve is a twentieth",
        counted(&before)
    );
    s.types("UADA", "COPS", "/release web 1.4.20").await;
    s.settles().await;
    assert_eq!(s.system.dispatches(), 21);
    s.passes(60).await;
    assert_eq!(s.system.calls().len(), before.len() + 1, "nothing but the dispatch");
    s.passes(60 * 60).await;
    assert!(s.messages("COPS").iter().all(|m| m.plain().contains("release · Succeeded")));
    assert!(s.system.calls().iter().all(|c| c.status < 400), "no limit was met");
    s.ends_with(21).await;
}

/// Checks the rows of a table in `docs/calls.md`. Each row must be the same as the row there with the same name. If
/// tables are being written, the row is written instead.
fn held(table: &str, head: &str, rows: &[String]) {
    static WRITING: Mutex<()> = Mutex::new(());
    let _one_at_a_time = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
    let (from, to) = (format!("<!-- {table} -->\n"), format!("<!-- /{table} -->"));
    let page = std::fs::read_to_string(PAGE).unwrap();
    let (before, rest) = page.split_once(&from).unwrap();
    let (old, after) = rest.split_once(&to).unwrap();
    let name = |row: &str| row.split('|').nth(1).unwrap_or_default().trim().to_owned();
    let mut lines: Vec<String> = head.lines().map(str::to_owned).collect();
    lines.extend(old.lines().skip(2).map(str::to_owned));
    for row in rows {
        match lines.iter_mut().skip(2).find(|line| name(line) == name(row)) {
            Some(line) => line.clone_from(row),
            None => lines.push(row.clone()),
        }
    }
    let new = lines.join("\n") + "\n";
    if old == new {
        return;
    }
    #[expect(clippy::disallowed_methods, reason = "the tests' own switch")]
    let write = std::env::var_os("SIGNALBOX_WRITE_TABLES").is_some();
    assert!(write, "docs/calls.md says otherwise (SIGNALBOX_WRITE_TABLES=1 writes it); now it is\n{new}");
    std::fs::write(PAGE, format!("{before}{from}{new}{to}{after}")).unwrap();
}
