//! How many files one has to touch to add something, counted in the code itself. For each recipe in docs/extend.md this
//! looks at one example that exists. With `SIGNALBOX_WRITE_TABLES=1` the table is written again.

use super::{ROOT, sources};
use std::collections::BTreeSet;

const PAGE: &str = "docs/extend.md";
const BEGINS: &str = "<!-- made from the code by tests/architecture/recipes.rs -->\n";
const ENDS: &str = "\n<!-- end -->";

struct Recipe {
    /// What is added.
    adds: &'static str,
    /// The name of the example that exists.
    followed: &'static str,
    /// The names by which code mentions the example. A file that contains none of them did not have to be touched.
    named: &'static [&'static str],
    /// Where the example's own, new files are.
    home: &'static [&'static str],
    /// At most this many other files may have to be touched.
    most: usize,
}

const RECIPES: &[Recipe] = &[
    Recipe {
        adds: "a kind of record",
        followed: "the bulletin",
        named: &[
            "BulletinHead",
            "BulletinEvent",
            "BulletinCommand::",
            "Head::Bulletin",
            "Event::Bulletin",
            "Command::Bulletin",
            "RecordKind::Bulletin",
            "BulletinId",
            "Drawing::Bulletin",
            "Self::Bulletin",
        ],
        home: &[
            "domain/src/alert/",
            "records/bulletin.rs",
            "voice/src/bulletin.rs",
            "shared/watch/",
            "doors/src/webhooks/alerts",
        ],
        most: 10,
    },
    Recipe {
        adds: "a command for a record",
        followed: "`Settle`",
        named: &["RunCommand::Settle"],
        home: &[],
        most: 5,
    },
    Recipe {
        adds: "an event of a record",
        followed: "`SettleRefused`",
        named: &["RunEvent::SettleRefused"],
        home: &[],
        most: 6,
    },
    Recipe {
        adds: "a backend",
        followed: "Jenkins",
        named: &[
            "Target::Jenkins",
            "TargetKind::Jenkins",
            "Self::Jenkins",
            "JenkinsTarget",
            "JenkinsSettings",
            "JenkinsWebhook",
            "jenkins: Option",
            "mod jenkins",
            "\"JENKINS_",
        ],
        home: &[
            "backends/src/jenkins",
            "targets/practice",
            "catalogue/src/job.rs",
            "catalogue/src/target/jenkins",
            "domain/src/target/jenkins",
            // What systems outside are asked is a recipe of its own.
            "domain/src/lookup/",
        ],
        most: 5,
    },
    Recipe {
        adds: "a door",
        followed: "Slack's",
        named: &["SlackDoor", "slack_router"],
        home: &["doors/src/slack.rs"],
        most: 5,
    },
    Recipe {
        adds: "a surface without buttons",
        followed: "the terminal",
        named: &["plain_page", "signalbox_voice::plain", "plain::text", "mod plain"],
        home: &["voice/src/plain.rs"],
        most: 5,
    },
    Recipe {
        adds: "a chat that shows cards",
        followed: "Slack",
        named: &["SlackClient", "Allowance::SLACK", "Self::SLACK"],
        home: &["shared/slack/"],
        most: 8,
    },
];

/// The code that only draws pages for a surface; it keeps no limits and makes no calls. It may have a limited number of
/// lines.
const RENDERERS: [(&str, &[&str]); 2] = [
    ("the terminal's", &["shared/voice/src/plain.rs"]),
    ("Slack's", &["shared/slack/src/draw.rs", "shared/slack/src/press.rs"]),
];

#[test]
fn a_renderer_is_small() {
    for (whose, files) in RENDERERS {
        let texts = files.iter().map(|file| std::fs::read_to_string(format!("{ROOT}/{file}")).unwrap());
        let lines: usize = texts.map(|text| text.lines().count()).sum();
        assert!(lines <= 300, "{whose} renderer has {lines} lines");
    }
}

/// A file's code without the tests in it, and without comments.
fn code(text: &str) -> String {
    let lines = text.lines().take_while(|l| !l.starts_with("#[cfg(test)]"));
    lines.filter(|l| !l.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The existing files that had to be touched for the recipe.
fn touched(recipe: &Recipe) -> BTreeSet<String> {
    let files = ["shared", "functions"].into_iter().flat_map(sources);
    files
        .map(|(file, text)| (file.replace(&format!("{ROOT}/"), ""), text))
        .filter(|(file, _)| {
            let tests = file.ends_with("tests.rs")
                || ["/tests/", "/simulator/", "/testkit/"].iter().any(|t| file.contains(t));
            !tests && !recipe.home.iter().any(|home| file.contains(home))
        })
        .filter(|(_, text)| {
            let code = code(text);
            recipe.named.iter().any(|name| code.contains(name))
        })
        .map(|(file, _)| file)
        .collect()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a switch of this test, and nothing that it tests")]
fn an_addition_touches_few_files() {
    let mut table = String::from("| to add | as was done for | files beside its own |\n|---|---|---|\n");
    for recipe in RECIPES {
        let files = touched(recipe);
        let named: Vec<String> = files.iter().map(|file| format!("`{file}`")).collect();
        table +=
            &format!("| {} | {} | {}: {} |\n", recipe.adds, recipe.followed, files.len(), named.join(", "));
        assert!(
            files.len() <= recipe.most,
            "{}: {} files, and {} at most: {files:?}",
            recipe.adds,
            files.len(),
            recipe.most
        );
    }
    let path = format!("{ROOT}/{PAGE}");
    let page = std::fs::read_to_string(&path).unwrap();
    let (before, rest) = page.split_once(BEGINS).unwrap();
    let (written, after) = rest.split_once(ENDS).unwrap();
    if std::env::var_os("SIGNALBOX_WRITE_TABLES").is_some() {
        std::fs::write(&path, [before, BEGINS, table.trim_end(), ENDS, after].concat()).unwrap();
    } else {
        assert_eq!(written, table.trim_end(), "SIGNALBOX_WRITE_TABLES=1 writes {PAGE} anew");
    }
}

/// Every file that a recipe names exists.
#[test]
fn recipes_name_files_that_are_there() {
    let page = std::fs::read_to_string(format!("{ROOT}/{PAGE}")).unwrap();
    let paths = page.split('`').skip(1).step_by(2).filter(|word| {
        ["shared/", "functions/", "tests/", "docs/", "examples/"].iter().any(|root| word.starts_with(root))
            && !word.contains("NAME")
    });
    for path in paths {
        // One entry may name several files: `shared/x/{a,b}.rs`.
        let (head, rest) = path.split_once('{').unwrap_or((path, ""));
        let (each, tail) = rest.split_once('}').unwrap_or(("", rest));
        for one in each.split(',') {
            let path = format!("{ROOT}/{head}{one}{tail}");
            assert!(
                std::path::Path::new(&path).exists(),
                "{PAGE} names {head}{one}{tail}, which is not there"
            );
        }
    }
}
