//! `signalbox say`: a slash command from a terminal.
//!
//! The practice server's Slack signs the command, as it does for the console's page, and the card is followed to its
//! end. For the server of a real app this program signs the command itself; its card is in Slack.

use crate::cli::Say;
use crate::environment::Environment;
use crate::paint;
use crate::serve::Address;
use anyhow::{Context, bail};
use bytes::Bytes;
use serde_json::{Value, json};
use signalbox_domain::RecordName;
use signalbox_engine::ports::Transport;
use signalbox_transport::Reqwest;
use std::process::ExitCode;
use std::time::Duration;

const TIMEOUT: Duration = Duration::from_secs(10);
const LOOK: Duration = Duration::from_millis(250);
/// The exit status if no run was started.
const NOTHING_STARTED: u8 = 2;
/// What a card says at its end, and the exit status that means.
const ENDS: [(&str, u8); 6] =
    [("Succeeded", 0), ("Failed", 1), ("Cancelled", 1), ("Timed out", 1), ("Refused", 1), ("Unknown", 1)];

pub async fn run(options: &Say, environment: &Environment) -> anyhow::Result<ExitCode> {
    if !options.line.trim_start().starts_with('/') {
        // In Slack the line would be an ordinary message, and would start nothing.
        paint::error(&format!(
            "{:?} is no slash command, so nothing was sent\n  help: begin it with a slash, as in Slack: signalbox say '/{}'",
            options.line,
            options.line.trim()
        ));
        return Ok(ExitCode::from(NOTHING_STARTED));
    }
    let transport = Reqwest::new().map_err(anyhow::Error::msg)?;
    match &options.url {
        Some(url) => elsewhere(&transport, options, environment, url).await,
        None => practice(&transport, options).await,
    }
}

async fn practice(transport: &Reqwest, options: &Say) -> anyhow::Result<ExitCode> {
    let file = options.data.join("console.json");
    let hint =
        "start `signalbox serve` without SLACK_BOT_TOKEN first, or give --url and SLACK_SIGNING_SECRET";
    let address = std::fs::read(&file)
        .with_context(|| format!("no practice server in {}\n  help: {hint}", options.data.display()))?;
    let console = Console { transport, address: serde_json::from_slice(&address)? };
    let body = json!({"user": options.user, "channel": options.channel, "line": options.line});
    let answer = console.call("POST", "/console/api/slash", body.to_string()).await?;
    if let Some(error) = answer["error"].as_str() {
        bail!("{error}");
    }
    let plain = with_links(&answer["ephemeral"]);
    if options.json {
        outln!("{}", json!({"status": answer["status"], "answer": plain}));
    } else if plain.is_empty() {
        outln!(
            "Nothing has been started: this opened a form. Fill it in in the console, {}/console",
            console.address.url
        );
    } else {
        outln!("{plain}");
    }
    let words: Vec<&str> = options.line.split_whitespace().collect();
    let asks = words.first() != Some(&"/signalbox") && words.get(1) != Some(&"help");
    match named_run(&plain) {
        Some(_) if options.no_follow => Ok(ExitCode::SUCCESS),
        Some(run) if asks => console.follow(options, &run).await,
        // The command was refused or not understood: a script must be able to see that.
        None if asks => Ok(ExitCode::from(NOTHING_STARTED)),
        Some(_) | None => Ok(ExitCode::SUCCESS),
    }
}

/// What a message says, and where its links lead.
fn with_links(message: &Value) -> String {
    let mut text = message["plain"].as_str().unwrap_or_default().to_owned();
    for (label, url) in links(&message["blocks"]) {
        text.push_str(&format!("\n{label}: {url}"));
    }
    text
}

/// The links in a message's blocks, `<https://…|label>`, each once.
fn links(blocks: &Value) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = vec![];
    match blocks {
        Value::String(text) => {
            for part in
                text.split('<').skip(1).filter(|p| p.starts_with("http://") || p.starts_with("https://"))
            {
                let Some((inner, _)) = part.split_once('>') else { continue };
                let (url, label) = inner.split_once('|').unwrap_or((inner, "Link"));
                let plain = |text: &str| text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
                found.push((plain(label), plain(url)));
            }
        }
        Value::Array(all) => found.extend(all.iter().flat_map(links)),
        Value::Object(fields) => found.extend(fields.values().flat_map(links)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
    let mut seen: Vec<String> = vec![];
    found.retain(|(_, url)| {
        !seen.contains(url) && {
            seen.push(url.clone());
            true
        }
    });
    found
}

/// The short id in "run `8f3k2qx`", if the answer names one.
fn named_run(plain: &str) -> Option<String> {
    let quoted = plain.split("run `").skip(1).filter_map(|rest| rest.split('`').next());
    quoted.filter(|w| w.parse::<RecordName>().is_ok()).map(str::to_owned).next()
}

struct Console<'a> {
    transport: &'a Reqwest,
    address: Address,
}

impl Console<'_> {
    async fn call(&self, method: &str, path: &str, body: String) -> anyhow::Result<Value> {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.address.url))
            .header("content-type", "application/json")
            .header("x-console-token", &self.address.token)
            .body(Bytes::from(body))?;
        let response = self.transport.call(request, TIMEOUT).await.with_context(|| {
            format!("cannot reach {}\n  help: is `signalbox serve` still running?", self.address.url)
        })?;
        serde_json::from_slice(response.body())
            .with_context(|| format!("{} answered {}", self.address.url, response.status()))
    }

    /// Prints the card of a run each time it changes, until its end.
    async fn follow(&self, options: &Say, run: &str) -> anyhow::Result<ExitCode> {
        let mut shown: Vec<String> = vec![];
        loop {
            let path = format!("/console/api/state?user={}", options.user);
            let state = self.call("GET", &path, String::new()).await?;
            let channels = state["channels"].as_array().into_iter().flatten();
            let messages = channels.flat_map(|c| c["messages"].as_array().into_iter().flatten());
            let of_run = |m: &&Value| m["plain"].as_str().is_some_and(|p| p.contains(run));
            if let Some(card) = messages.into_iter().find(of_run) {
                let plain = with_links(card);
                let replies = card["replies"].as_array().into_iter().flatten();
                let replies: Vec<String> =
                    replies.map(|r| format!("  ↳ {}", with_links(r).replace('\n', "\n    "))).collect();
                for text in std::iter::once(plain.clone()).chain(replies) {
                    if !shown.contains(&text) {
                        if options.json {
                            outln!("{}", json!({"run": run, "shows": text}));
                        } else {
                            outln!("\n{text}");
                        }
                        shown.push(text);
                    }
                }
                if let Some((word, status)) = ENDS.iter().find(|(word, _)| plain.contains(word)) {
                    // The thread's last message comes a moment after the card's last change.
                    if shown.iter().any(|s| s.starts_with("  ↳"))
                        || *word != "Succeeded"
                        || self.quiet(&mut shown)
                    {
                        return Ok(ExitCode::from(*status));
                    }
                }
            }
            tokio::time::sleep(LOOK).await;
        }
    }

    /// Whether we have looked eight times at a thread that may stay empty: that is long enough.
    fn quiet(&self, shown: &mut Vec<String>) -> bool {
        shown.push(String::new());
        shown.iter().filter(|s| s.is_empty()).count() > 8
    }
}

async fn elsewhere(
    transport: &Reqwest,
    options: &Say,
    environment: &Environment,
    url: &str,
) -> anyhow::Result<ExitCode> {
    let Some(secret) = environment.slack_signing_secret.as_deref().and_then(|s| s.split(',').next()) else {
        bail!(
            "SLACK_SIGNING_SECRET is not set\n  help: commands are taken only if they are signed with the app's secret"
        );
    };
    let (command, text) = options.line.split_once(' ').unwrap_or((&options.line, ""));
    let now = crate::clock::now();
    let trigger = format!("say.{}.{}", now.0, crate::serve::secret()?);
    let body =
        signalbox_slack::slash_body(&options.team, &options.channel, &options.user, command, text, &trigger);
    let signature = signalbox_slack::sign(secret, now, body.as_bytes())?;
    let request = http::Request::builder()
        .method("POST")
        .uri(format!("{}/slack/commands", url.trim_end_matches('/')))
        .header("content-type", "application/x-www-form-urlencoded")
        .header("x-slack-request-timestamp", now.seconds())
        .header("x-slack-signature", signature)
        .header("accept", if options.json { "application/json" } else { "text/plain" })
        .body(Bytes::from(body))?;
    let response = transport.call(request, TIMEOUT).await.with_context(|| format!("cannot reach {url}"))?;
    if response.status() != 200 {
        bail!("{url} answered {}: {}", response.status(), String::from_utf8_lossy(response.body()).trim());
    }
    let answer = String::from_utf8_lossy(response.body());
    if options.json {
        outln!("{}", serde_json::from_str::<Value>(&answer).unwrap_or_default());
    } else {
        outln!("{}", if answer.is_empty() { "(no answer)" } else { answer.trim_end() });
        if paint::is_terminal() {
            outln!("\nThe card is in Slack.");
        }
    }
    Ok(ExitCode::SUCCESS)
}
