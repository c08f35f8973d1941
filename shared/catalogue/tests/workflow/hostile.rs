//! Whatever a file says, there is an answer soon, and the answer is safe to show.

use crate::{RIGHT, target};
use proptest::prelude::*;
use signalbox_catalogue::LARGEST_FILE;
use signalbox_catalogue::workflow::{Finding, inspect};
use signalbox_domain::catalogue::GitHubTarget;
use std::time::{Duration, Instant};

/// Inspects a text, and checks that the answer keeps what the crate promises.
fn check(text: &str, target: &GitHubTarget) -> Vec<Finding> {
    let found = inspect(text, target);
    for Finding { problem, hint, .. } in &found {
        assert!(!problem.is_empty() && !hint.is_empty());
        assert!(!problem.chars().chain(hint.chars()).any(char::is_control), "{problem:?} {hint:?}");
        assert!(!problem.ends_with('.'), "{problem:?}");
    }
    found
}

/// Files of the largest allowed size, made so that reading them would be slow.
#[test]
fn large_files_are_read_soon() {
    let largest = usize::try_from(LARGEST_FILE).unwrap_or(usize::MAX);
    let fill = |head: &str, piece: &str| {
        let mut text = head.to_owned();
        text.push_str(&piece.repeat((largest - head.len()) / piece.len()));
        text
    };
    let inputs = "on:\n  workflow_dispatch:\n    inputs:\n";
    let many: String = (0..).map(|n| format!("      a{n}: {{required: true}}\n")).take(30_000).collect();
    let names = target()
        .inputs
        .keys()
        .map(|n| format!("      {n}: {{ type: choice, options: *o }}\n"))
        .collect::<String>();
    let options: String = (0..10_000).map(|n| format!("servic{n}, ")).collect();
    let shared = format!("x: &o [{options}]\n{inputs}{names}");
    for text in [
        fill("", "[*a, "),
        fill("[", "*a, "),
        fill("[", "!a b, "),
        fill("a: [", "{a: 1, a: 2}, "),
        fill("", "{"),
        fill("", "- "),
        fill("", "? "),
        fill("", "a:\n"),
        fill("a: \"", "\\"),
        fill("a: |\n", " \n"),
        fill("run-name: ", "${{ '"),
        fill("run-name: ", "${{"),
        fill("run-name: ", "inputs."),
        fill(&format!("{inputs}      "), "é"),
        fill(&format!("{inputs}      ? "), "é"),
        fill("on: [", "workflow_dispatch, "),
        format!("{inputs}{many}"),
        shared,
    ] {
        let began = Instant::now();
        check(&text, &target());
        assert!(began.elapsed() < Duration::from_secs(10), "{:?}: {:.40}", began.elapsed(), text);
    }
}

#[test]
fn a_file_that_is_too_large_is_not_read() {
    let found = check(&format!("{RIGHT}#{}", " ".repeat(1024 * 1024)), &target());
    assert_eq!(found.len(), 1);
    insta::assert_snapshot!(found[0].problem, @r#"deploy.yml is larger than 1 MiB, and was not read"#);
    insta::assert_snapshot!(found[0].hint, @r#"move long scripts out of it, into files of their own"#);
}

/// Pieces that have a meaning, so that texts made of them get past the first checks.
fn pieces() -> impl Strategy<Value = String> {
    let words = RIGHT.split_inclusive([' ', '\n', ':', '[', '.']);
    let signs = [
        "${{", "}}", "'", "\"", "&a ", "*a", "!!str ", "<<: ", "? ", "|\n", "---\n", "\t", "é", "\0", "[",
        "{", "null", "- ",
    ];
    let any: Vec<String> = words.chain(signs).map(str::to_owned).collect();
    proptest::collection::vec(proptest::sample::select(any), 0..60).prop_map(|v| v.concat())
}

fn targets() -> impl Strategy<Value = GitHubTarget> {
    let word = || prop_oneof![Just("signalbox-run".to_owned()), Just("service".to_owned()), any::<String>()];
    let inputs = proptest::collection::btree_map(word(), word(), 0..4);
    (word(), inputs, proptest::option::of(word())).prop_map(|(workflow, inputs, run_input)| GitHubTarget {
        workflow,
        inputs,
        run_input,
        ..target()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_text(text in any::<String>(), target in targets()) {
        check(&text, &target);
    }

    #[test]
    fn pieces_of_a_workflow(text in pieces()) {
        check(&text, &target());
    }

    #[test]
    fn any_run_name(name in "[${}'. \\[\\]a-c-]{0,40}", target in targets()) {
        check(&format!("run-name: |\n  {name}\n"), &target);
    }

    #[test]
    fn a_workflow_with_a_part_replaced(at in 0..RIGHT.len(), len in 0..40usize, put in pieces()) {
        let end = RIGHT.ceil_char_boundary((at + len).min(RIGHT.len()));
        let start = RIGHT.floor_char_boundary(at);
        let put: String = put.chars().take(12).collect();
        check(&format!("{}{put}{}", &RIGHT[..start], &RIGHT[end..]), &target());
    }

    #[test]
    fn a_right_workflow_and_any_target(target in targets()) {
        check(RIGHT, &target);
    }
}
