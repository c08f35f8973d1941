//! `signalbox manifest`: what Slack needs to know of an app:
//! <https://docs.slack.dev/reference/app-manifest>.

use crate::cli::Manifest;
use crate::paint;
use anyhow::bail;
use signalbox_domain::catalogue::Operation;
use std::process::ExitCode;

/// Slack's limits: slash commands of an app, and characters in what they say.
const MOST_COMMANDS: usize = 50;
const LONGEST_DESCRIPTION: usize = 2000;
const LONGEST_HINT: usize = 1000;
/// A command with its slash.
const LONGEST_COMMAND: usize = 32;

pub fn run(options: &Manifest) -> anyhow::Result<ExitCode> {
    let url = options.url.trim_end_matches('/');
    if !url.starts_with("https://") || url.len() > 2900 || url.contains(char::is_whitespace) {
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
    if operations.len() >= MOST_COMMANDS {
        bail!(
            "Slack takes {MOST_COMMANDS} slash commands, and the catalogue has {} operations\n  help: leave --catalogue out; /signalbox OPERATION asks for any of them",
            operations.len()
        );
    }
    outln!("{}", manifest(url, &operations));
    Ok(ExitCode::SUCCESS)
}

fn manifest(url: &str, operations: &[Operation]) -> String {
    let command = |name: &str, description: &str, hint: &str| {
        let (name, hint) = (quoted(name, LONGEST_COMMAND), quoted(hint, LONGEST_HINT));
        let description = quoted(description, LONGEST_DESCRIPTION);
        let address = quoted(&format!("{url}/slack/commands"), 3000);
        format!(
            "    - {{ command: {name}, url: {address}, description: {description}, usage_hint: {hint}, should_escape: false }}\n"
        )
    };
    let mut commands = command("/signalbox", "Ask for an operation", "help");
    for o in operations {
        let hint: Vec<String> = o.parameters.iter().map(|p| p.name.to_string()).collect();
        commands.push_str(&command(&format!("/{}", o.name), &o.description, &hint.join(" ")));
    }
    // What people type in the threads of alerts.
    let events = quoted(&format!("{url}/slack/events"), 3000);
    let interactivity = quoted(&format!("{url}/slack/interactivity"), 3000);
    format!(
        "_metadata: {{ major_version: 1, minor_version: 1 }}
display_information:
  name: Signalbox
  description: Ask for operations; see what happened
features:
  app_home: {{ home_tab_enabled: false, messages_tab_enabled: true, messages_tab_read_only_enabled: true }}
  bot_user: {{ display_name: signalbox, always_online: true }}
  slash_commands:
{commands}oauth_config:
  scopes:
    bot: [commands, \"chat:write\", \"metadata.message:read\", \"channels:history\", \"groups:history\", \"im:history\", \"im:write\"]
settings:
  event_subscriptions: {{ request_url: {events}, bot_events: [\"message.channels\", \"message.groups\"] }}
  interactivity: {{ is_enabled: true, request_url: {interactivity} }}
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false"
    )
}

/// A JSON string, which is valid YAML too; cut at Slack's limit.
fn quoted(text: &str, most: usize) -> String {
    let text: String = text.chars().take(most).collect();
    serde_json::Value::from(if text.is_empty() { " ".to_owned() } else { text }).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The page shows what the command writes.
    #[test]
    fn the_documentation_shows_it() {
        let page = include_str!("../../../docs/slack.md");
        let shown = page.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
        assert_eq!(format!("{}\n", manifest("https://signalbox.example.com", &[])), shown);
    }

    #[test]
    fn each_operation_has_its_command() {
        let catalogue = signalbox_testkit::samples::catalogue();
        let operations: Vec<Operation> = catalogue.operations.values().cloned().collect();
        let text = manifest("https://x.example", &operations);
        assert!(text.contains("command: \"/release\", url: \"https://x.example/slack/commands\""), "{text}");
        assert!(text.contains("usage_hint: \"service version"), "{text}");
    }
}
