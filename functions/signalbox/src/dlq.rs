//! `signalbox dlq`: dead letters, on one machine and on AWS alike.

use crate::cli::{Dlq, DlqAction, Which};
use crate::clock;
use crate::paint::{self, Lines};
use crate::records::{Access, Records, open};
use anyhow::{Context, bail};
use serde_json::json;
use signalbox_engine::ports::Letter;
use signalbox_engine::wire::command::Salvaged;
use signalbox_engine::{UNVOUCHED, drop_letter, readable, redrive};
use std::process::ExitCode;

pub async fn run(options: &Dlq) -> anyhow::Result<ExitCode> {
    let access = match options.action {
        DlqAction::List | DlqAction::Show { .. } => Access::Read,
        DlqAction::Redrive(_) | DlqAction::Drop(_) => Access::Write,
    };
    let records = open(&options.records, access).await?;
    let letters = records.letters.letters().await?;
    match &options.action {
        DlqAction::List => list(&letters, options.json),
        DlqAction::Show { letter } => show(find(&letters, letter)?, options.json),
        DlqAction::Redrive(which) => settle(&records, &letters, which, true).await?,
        DlqAction::Drop(which) => settle(&records, &letters, which, false).await?,
    }
    Ok(ExitCode::SUCCESS)
}

fn list(letters: &[Letter], json: bool) {
    if json {
        letters.iter().for_each(|letter| outln!("{}", machine(letter)));
        return;
    }
    if letters.is_empty() {
        outln!("No dead letters.");
        return;
    }
    let mut lines = Lines::new(&["kept", "letter", "what", "run", "for"]);
    for letter in letters {
        let Salvaged { by, intent, .. } = Salvaged::from_bytes(&letter.body);
        let who = by.map(|by| by.to_string()).unwrap_or_default();
        let what = intent.map(|i| i.phrase()).unwrap_or_default();
        // No door vouched for the command, so it may not have been that person who asked.
        let who = if letter.what.starts_with(UNVOUCHED) { format!("in the name of {who}") } else { who };
        let cells = [
            paint::moment(letter.at),
            letter.id.clone(),
            if letter.what.is_empty() { "unreadable".to_owned() } else { letter.what.clone() },
            letter.record.as_ref().map(|r| r.short().to_string()).unwrap_or_default(),
            [who, what].into_iter().filter(|s| !s.is_empty()).collect::<Vec<_>>().join(": "),
        ];
        lines.row(&cells, None);
    }
    lines.print();
}

fn show(letter: &Letter, json: bool) {
    if json {
        outln!("{}", machine(letter));
        return;
    }
    outln!("letter {}, kept {}", letter.id, paint::moment(letter.at));
    outln!("group  {}", letter.group);
    outln!("{}", readable(letter));
}

fn machine(letter: &Letter) -> serde_json::Value {
    let run = letter.record.as_ref().map(ToString::to_string);
    json!({"letter": letter.id, "at": letter.at.0, "what": letter.what, "run": run, "group": letter.group, "body": readable(letter)})
}

fn find<'l>(letters: &'l [Letter], id: &str) -> anyhow::Result<&'l Letter> {
    let found: Vec<&Letter> = letters.iter().filter(|l| l.id.starts_with(id)).collect();
    match found.as_slice() {
        [one] => Ok(one),
        [] => bail!("no dead letter {id}\n  help: `signalbox dlq list` shows all"),
        several => bail!("{} letters begin with {id}: give more of it", several.len()),
    }
}

async fn settle(records: &Records, letters: &[Letter], which: &Which, again: bool) -> anyhow::Result<()> {
    let chosen: Vec<&Letter> = match &which.letter {
        Some(id) => vec![find(letters, id)?],
        None => letters.iter().collect(),
    };
    let intents = records.intents.as_ref().context("no intents queue")?;
    for letter in &chosen {
        let now = clock::now();
        if again {
            redrive(letter, &**intents, &*records.letters, now).await?;
            outln!("{} is on the queue again", letter.id);
        } else {
            drop_letter(letter, &**intents, &*records.letters, now).await?;
            outln!("{} is gone", letter.id);
        }
    }
    if chosen.is_empty() {
        outln!("No dead letters.");
    }
    Ok(())
}
