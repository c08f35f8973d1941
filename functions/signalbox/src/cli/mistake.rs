//! Mistakes in what was typed: what was wrong, at which flag, and an example that works.

use super::Cli;
use crate::paint;
use clap::{Command, CommandFactory, Parser};

/// Parses the command line. If it is wrong, this says so and ends the process, as clap does.
pub fn parse() -> Cli {
    let error = match Cli::try_parse() {
        Ok(cli) => return cli,
        Err(error) => error,
    };
    if !error.use_stderr() {
        error.exit();
    }
    let said = plain(&error.render().to_string());
    let typed = std::env::args_os().skip(1).map(|word| word.to_string_lossy().into_owned());
    let example =
        example(&Cli::command(), typed).map(|line| format!("\n\nexample: {line}")).unwrap_or_default();
    let said = said.trim_end();
    paint::error(&format!("{}{example}", said.strip_prefix("error: ").unwrap_or(said)));
    std::process::exit(error.exit_code());
}

/// Replaces what the standard library says about numbers by plain words.
fn plain(said: &str) -> String {
    said.replace("invalid digit found in string", "it is not a whole number")
        .replace("cannot parse integer from empty string", "it is empty, and not a whole number")
        .replace("number too large to fit in target type", "it is too large")
}

/// An example for the command that was meant: from its own help, or from that of the command above it.
fn example(whole: &Command, typed: impl Iterator<Item = String>) -> Option<String> {
    let (mut command, mut path) = (whole, whole.get_name().to_owned());
    let typed: Vec<String> = typed.collect();
    let flags: Vec<&str> = typed.iter().map(|word| word.split('=').next().unwrap_or(word)).collect();
    let flags: Vec<&str> = flags.into_iter().filter(|word| word.starts_with("--")).collect();
    let mut found = shown(command, &path, &flags);
    for word in &typed {
        if let Some(meant) = command.find_subcommand(word) {
            path = format!("{path} {}", meant.get_name());
            // The help of a command above may show this command. An example of another command would help nobody.
            found = shown(meant, &path, &flags).or_else(|| shown(command, &path, &flags));
            command = meant;
        }
    }
    found
}

/// Looks at the examples of a command that begin with `path`. Takes the first one that has one of the flags, or else
/// the first one, without the text that explains it.
fn shown(command: &Command, path: &str, flags: &[&str]) -> Option<String> {
    let help = command.get_after_help()?.to_string();
    let lines = help.lines().map(str::trim).filter(|line| line.starts_with(path));
    // A line with only the command itself is left out, because nobody can make a mistake in it.
    let lines = lines.map(|line| line.split("  ").next().unwrap_or(line)).filter(|line| *line != path);
    let lines: Vec<&str> = lines.collect();
    let has = |line: &&&str| line.split([' ', '=']).any(|word| flags.contains(&word));
    lines.iter().find(has).or(lines.first()).map(|line| (*line).to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_an_example_that_is_right() {
        fn walk(command: &Command, path: &[String]) {
            for sub in command.get_subcommands().filter(|sub| !sub.is_hide_set() && sub.get_name() != "help")
            {
                let path = [path, &[sub.get_name().to_owned()]].concat();
                if sub.has_subcommands() {
                    walk(sub, &path);
                    continue;
                }
                // A command without arguments has no example.
                let line = example(&Cli::command(), path.iter().cloned());
                if let Some(line) = line {
                    assert!(line.starts_with(&format!("signalbox {}", path.join(" "))), "{path:?}: {line}");
                }
            }
        }
        walk(&Cli::command(), &[]);
    }

    #[test]
    fn what_is_meant_is_shown() {
        let of = |typed: &[&str]| example(&Cli::command(), typed.iter().map(|&t| t.to_owned()));
        assert!(of(&["say"]).unwrap().starts_with("signalbox say '/release"));
        assert!(of(&["fingerprint", "--top", "abc"]).unwrap().starts_with("signalbox fingerprint"));
        assert!(of(&["audit", "show"]).unwrap().starts_with("signalbox audit show "));
        assert!(of(&["dlq", "redrive"]).unwrap().starts_with("signalbox dlq redrive "));
        assert!(of(&["say", "--user"]).unwrap().contains("--user"), "one with the flag that was typed");
        assert!(of(&["serve", "--nope"]).unwrap().starts_with("signalbox serve"));
        assert_eq!(plain("'x': invalid digit found in string"), "'x': it is not a whole number");
    }
}
