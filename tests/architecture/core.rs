//! What the core may name: only those modules of the standard library that do nothing outside the process, only those
//! crates that are on a list, no vendor and no chat.

use super::{dependencies, sources};
use std::collections::BTreeSet;

/// A crate's own code: without comments, and without tests.
fn code(package: &str) -> Vec<(String, String)> {
    let files = sources(&format!("shared/{package}/src")).into_iter();
    let files = files.filter(|(file, _)| !file.ends_with("tests.rs"));
    files
        .map(|(file, text)| {
            let lines = text.lines().take_while(|l| !l.starts_with("#[cfg(test)]"));
            let code: Vec<&str> = lines.filter(|l| !l.trim_start().starts_with("//")).collect();
            (file, code.join("\n"))
        })
        .collect()
}

/// The word after each `std::` in a text; for `std::time::` also the word after that.
fn named(text: &str) -> BTreeSet<String> {
    let word = |rest: &str| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect::<String>();
    text.split("std::")
        .skip(1)
        .map(|rest| match rest.strip_prefix("time::") {
            Some(time) => format!("time::{}", word(time)),
            None => word(rest),
        })
        .filter(|name| !name.is_empty())
        .collect()
}

#[test]
fn pure_crates_reach_nothing_outside() {
    // This is a list of what is allowed, not of what is forbidden. So anybody who needs something new has to add it
    // here, and thinks about it.
    let modules = [
        "array",
        "borrow",
        "cell",
        "char",
        "cmp",
        "collections",
        "convert",
        "error",
        "fmt",
        "hash",
        "iter",
        "marker",
        "mem",
        "num",
        "ops",
        "slice",
        "str",
        "string",
        "sync",
        "vec",
    ];
    let crates: [(&str, &[&str]); 4] = [
        // `jiff` is here for its calendar only. A crate that reads a clock has no place in these lists.
        ("domain", &["hex", "jiff", "regex-lite", "semver", "serde", "serde_json", "sha2", "strsim"]),
        ("fingerprint", &["memchr", "wide"]),
        ("signing", &["hmac", "sha2", "thiserror"]),
        ("voice", &["signalbox-domain"]),
    ];
    for (package, may) in crates {
        for dependency in &dependencies()[&format!("signalbox-{package}")] {
            assert!(may.contains(&dependency.as_str()), "{package} depends on {dependency}");
        }
        for (file, text) in code(package) {
            for name in named(&text) {
                let is_length = name == "time::Duration";
                assert!(is_length || modules.contains(&name.as_str()), "{file} names std::{name}");
            }
            for foreign in ["::now(", "async fn", ".await", "include_str!(\"/", "extern \"", "env!(\"HOME"] {
                assert!(!text.contains(foreign), "{file} has {foreign}");
            }
        }
    }
    let text = "use std::fs::File; use std::time::Instant; std::process::exit(1)";
    assert_eq!(named(text), ["fs", "process", "time::Instant"].map(str::to_owned).into());
}

#[test]
fn the_core_names_no_runtime_and_no_vendor() {
    for package in ["signalbox-domain", "signalbox-engine"] {
        for foreign in ["tokio", "axum", "reqwest", "rusqlite", "chrono"] {
            assert!(!dependencies()[package].contains(foreign), "{package} depends on {foreign}");
        }
    }
    for package in ["domain", "engine"] {
        for (file, text) in code(package) {
            // These files name the shapes of many vendors' tokens, in order to hide them, and the targets that a
            // catalogue may name, and the systems that it may ask.
            let named = ["/domain/src/target/", "/domain/src/lookup/"].iter().any(|of| file.contains(of));
            if file.ends_with("redact/table.rs") || named {
                continue;
            }
            for vendor in ["github", "jenkins", "dynamodb", "sqlite", "sqs"] {
                assert!(!text.to_lowercase().contains(vendor), "{file} names {vendor}");
            }
        }
    }
}

#[test]
fn the_core_names_no_chat() {
    // Stored bytes that name no chat are from the time when Slack was the only one, so these files may name it.
    let exempt = [
        ("people.rs", "slack"),
        ("policy.rs", "slack"),
        ("digest.rs", "slack"),
        ("budget.rs", "slack"),
        // Addresses that are secrets themselves, whichever chat they belong to.
        ("redact/table.rs", "slack"),
        ("redact/table.rs", "discord"),
        // How people are named where somebody types a name. It stays until a door translates this into words of our
        // own.
        ("people.rs", "<@"),
        ("people.rs", "<#"),
    ];
    for package in ["domain", "engine", "voice"] {
        for (file, text) in code(package) {
            let text = text.to_lowercase();
            for word in [
                "slack",
                "discord",
                "matrix",
                "mrkdwn",
                "block kit",
                "<@",
                "<#",
                "<!date",
                "<!here",
                ":eyes:",
            ] {
                let may = exempt.iter().any(|(f, w)| file.ends_with(f) && *w == word);
                assert!(may || !text.contains(word), "{file} names {word}");
            }
        }
    }
}

/// Sentences for people in a text: literals of four words or more that end with a full stop, a question mark or an
/// exclamation mark.
fn sentences(text: &str) -> Vec<&str> {
    let literals = text.split('"').skip(1).step_by(2);
    literals.filter(|l| l.split_whitespace().count() > 3 && l.trim_end().ends_with(['.', '?', '!'])).collect()
}

/// A surface only draws pages. Everything that is said to people is written in the voice alone.
#[test]
fn surfaces_have_no_prose() {
    let drawn = ["answer.rs", "blocks.rs", "draw.rs", "form.rs", "markup.rs", "press.rs", "text.rs"];
    for (file, text) in code("slack") {
        if drawn.iter().any(|name| file.ends_with(&format!("slack/src/{name}"))) {
            assert_eq!(sentences(&text), Vec::<&str>::new(), "{file}");
        }
    }
    for name in ["card.rs", "alert/card.rs", "alert/phrase.rs", "policy.rs", "answer.rs"] {
        let (file, text) =
            code("domain").into_iter().find(|(f, _)| f.ends_with(&format!("src/{name}"))).unwrap();
        assert_eq!(sentences(&text), Vec::<&str>::new(), "{file}");
    }
    assert_eq!(sentences("say(\"You are not allowed to.\").code(\"a b\")"), ["You are not allowed to."]);
}

/// A use case holds the narrowest ports that it needs, so that a function cannot reach what it never needs.
#[test]
fn use_cases_hold_narrow_ports() {
    let of = |file: &str| std::fs::read_to_string(format!("{}/{file}", super::ROOT)).unwrap();
    for (file, never) in [
        // Doors read, but never write.
        ("shared/engine/src/intake.rs", "dyn Store"),
        ("shared/engine/src/intake_of_runs.rs", "dyn Store"),
        ("shared/engine/src/attend.rs", "dyn Store"),
        ("shared/doors/src/slack.rs", "dyn Store"),
        // The caretaker and the notifier call no backend.
        ("shared/engine/src/caretaker.rs", "Backend"),
        ("shared/engine/src/notifier.rs", "Backend"),
    ] {
        assert!(!of(file).contains(never), "{file} holds {never}");
    }
}
