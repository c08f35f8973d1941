//! `signalbox manifest`: what Slack needs to know of an app:
//! <https://docs.slack.dev/reference/app-manifest>.

mod tree;

use crate::cli::Manifest;
use crate::paint;
use anyhow::bail;
use signalbox_domain::catalogue::Operation;
use std::process::ExitCode;
use tree::Part;

/// Slack's limits, in characters and in numbers: <https://github.com/slackapi/manifest-schema>.
mod limits {
    pub const COMMANDS: usize = 50;
    /// With the slash.
    pub const COMMAND: usize = 32;
    pub const COMMAND_DESCRIPTION: usize = 2000;
    pub const HINT: usize = 1000;
    pub const SHORTCUTS: usize = 10;
    pub const SHORTCUT: usize = 24;
    pub const SHORTCUT_DESCRIPTION: usize = 150;
    pub const ADDRESS: usize = 3000;
}

/// What the app may do. docs/slack.md says what each is for.
const SCOPES: &[&str] = &[
    "commands",
    "chat:write",
    "app_mentions:read",
    "metadata.message:read",
    "channels:history",
    "groups:history",
    "im:history",
    "im:write",
];

/// What the app is told of: what people type in the threads of alerts, who mentions it, who opens its home tab.
const EVENTS: &[&str] = &["app_home_opened", "app_mention", "message.channels", "message.groups"];

/// Writes the manifest for a server at an address.
pub fn run(options: &Manifest) -> anyhow::Result<ExitCode> {
    let url = options.url.trim_end_matches('/');
    let longest = limits::ADDRESS - "/slack/interactivity".len();
    if !url.starts_with("https://") || url.len() > longest || url.contains(char::is_whitespace) {
        bail!(
            "Slack calls HTTPS alone, and {url} is no such address\n  help: --url https://signalbox.example.com"
        );
    }
    let operations: Vec<Operation> = match &options.catalogue {
        None => vec![],
        Some(folder) => match signalbox_catalogue::load(folder) {
            Ok(catalogue) => catalogue.operations.into_values().collect(),
            Err(problems) => {
                paint::problems(&problems);
                return Ok(ExitCode::FAILURE);
            }
        },
    };
    let (manifest, left_out) = manifest(url, &operations);
    match options.json {
        true => outln!("{}", serde_json::to_string_pretty(&manifest.to_json())?),
        false => outln!("{}", manifest.to_yaml()),
    }
    left_out.iter().for_each(|what| errln!("warning: {what}"));
    Ok(ExitCode::SUCCESS)
}

/// The manifest, and what Slack's limits left no room for.
fn manifest(url: &str, operations: &[Operation]) -> (Part, Vec<String>) {
    let mut left_out = vec![];
    let address = |path: &str| Part::from(format!("{url}{path}"));
    let home = Part::Map(vec![
        ("home_tab_enabled", true.into()),
        ("messages_tab_enabled", true.into()),
        ("messages_tab_read_only_enabled", true.into()),
    ]);
    let bot = Part::Map(vec![("display_name", "signalbox".into()), ("always_online", true.into())]);
    let mut features = vec![("app_home", home), ("bot_user", bot)];
    let shortcuts = shortcuts(operations, &mut left_out);
    // Slack takes no empty list.
    if !shortcuts.is_empty() {
        features.push(("shortcuts", Part::List(shortcuts)));
    }
    features.push(("slash_commands", Part::List(commands(url, operations, &mut left_out))));
    let events =
        Part::Map(vec![("request_url", address("/slack/events")), ("bot_events", Part::texts(EVENTS))]);
    let interactivity = Part::Map(vec![
        ("is_enabled", true.into()),
        ("request_url", address("/slack/interactivity")),
        ("message_menu_options_url", address("/slack/options")),
    ]);
    let manifest = Part::Map(vec![
        (
            "_metadata",
            Part::Map(vec![("major_version", Part::Number(1)), ("minor_version", Part::Number(1))]),
        ),
        (
            "display_information",
            Part::Map(vec![
                ("name", "Signalbox".into()),
                ("description", "Ask for operations; see what happened".into()),
            ]),
        ),
        ("features", Part::Map(features)),
        ("oauth_config", Part::Map(vec![("scopes", Part::Map(vec![("bot", Part::texts(SCOPES))]))])),
        (
            "settings",
            Part::Map(vec![
                ("event_subscriptions", events),
                ("interactivity", interactivity),
                ("org_deploy_enabled", false.into()),
                ("socket_mode_enabled", false.into()),
                ("token_rotation_enabled", false.into()),
            ]),
        ),
    ]);
    (manifest, left_out)
}

/// A slash command for each operation, after the one that asks for any of them.
fn commands(url: &str, operations: &[Operation], left_out: &mut Vec<String>) -> Vec<Part> {
    // With `should_escape` mentions of people and channels come as ids.
    let command = |name: &str, description: &str, hint: &str| {
        let mut fields = vec![
            ("command", format!("/{name}").into()),
            ("url", format!("{url}/slack/commands").into()),
            ("description", cut(description, limits::COMMAND_DESCRIPTION).into()),
        ];
        if !hint.is_empty() {
            fields.push(("usage_hint", cut(hint, limits::HINT).into()));
        }
        fields.push(("should_escape", true.into()));
        Part::Map(fields)
    };
    let mut all = vec![command("signalbox", "Ask for an operation", "help")];
    let (fit, long): (Vec<&Operation>, Vec<&Operation>) =
        operations.iter().partition(|o| o.name.as_str().len() < limits::COMMAND);
    for operation in long {
        left_out.push(format!(
            "/{} is longer than Slack's {} characters: /signalbox {} asks for it",
            operation.name,
            limits::COMMAND,
            operation.name
        ));
    }
    let room = limits::COMMANDS - all.len();
    all.extend(fit.iter().take(room).map(|operation| {
        let typed = operation.parameters.iter().filter(|p| p.fixed.is_none());
        let hint: Vec<String> = typed.map(|p| p.name.to_string()).collect();
        command(operation.name.as_str(), &operation.description, &hint.join(" "))
    }));
    let more: Vec<&str> = fit.iter().skip(room).map(|operation| operation.name.as_str()).collect();
    if !more.is_empty() {
        left_out.push(format!(
            "Slack takes {} slash commands, so these have none of their own: {}; /signalbox OPERATION asks for any of them",
            limits::COMMANDS,
            more.join(", ")
        ));
    }
    all
}

/// The shortcuts of operations, the global ones first.
fn shortcuts(operations: &[Operation], left_out: &mut Vec<String>) -> Vec<Part> {
    let of = |kind: &'static str, prefix: &'static str, word: fn(&Operation) -> Option<&String>| {
        operations.iter().filter_map(move |operation| {
            let name = word(operation)?;
            let fields = vec![
                ("name", cut(name, limits::SHORTCUT).into()),
                ("type", kind.into()),
                ("callback_id", format!("{prefix}:{}", operation.name).into()),
                ("description", cut(&operation.description, limits::SHORTCUT_DESCRIPTION).into()),
            ];
            Some((name, Part::Map(fields)))
        })
    };
    let global = of("global", "ask", |operation| operation.shortcuts.global.as_ref());
    let message = of("message", "ask-about", |operation| operation.shortcuts.message.as_ref());
    let all: Vec<(&String, Part)> = global.chain(message).collect();
    let more: Vec<&str> = all.iter().skip(limits::SHORTCUTS).map(|(name, _)| name.as_str()).collect();
    if !more.is_empty() {
        left_out.push(format!(
            "Slack takes {} shortcuts, so these are left out: {}",
            limits::SHORTCUTS,
            more.join(", ")
        ));
    }
    all.into_iter().take(limits::SHORTCUTS).map(|(_, part)| part).collect()
}

/// The beginning of a text, if it is too long for Slack.
fn cut(text: &str, most: usize) -> String {
    match text.chars().count() <= most {
        true => text.to_owned(),
        false => text.chars().take(most - 1).chain(['…']).collect(),
    }
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
