//! Whatever a file says, there is no panic, and the place of every error lies in its file.

#![expect(clippy::panic, reason = "the helpers of a test fail as the test does")]

use proptest::prelude::*;
use signalbox_catalogue::{from_artefact, parse, to_artefact};

const RIGHT: &str = include_str!("../../../examples/catalogue/catalogue.yaml");

/// An example with watches.
const WATCHED: &str = include_str!("../../../examples/catalogue/watch.yaml");

/// What the example does not contain: every key of the targets on other machines.
const ELSEWHERE: &str = r#"operations:
  deploy: &deploy
    description: Deploy
    parameters: [{ name: service, type: string, required: true }, { name: note, type: string }]
    target:
      github: acme/shop
      workflow: deploy.yml
      ref: "release/{service}"
      inputs:
        service: "{service}"
        note: "{note}"
        dry-run: true
      run-input: signalbox-run
    allow: [{ channels: [TROOM/COPS] }]
  build:
    description: Build
    parameters: [{ name: service, type: string, required: true }, { name: note, type: string }]
    target:
      jenkins: web/deploy
      branch: "release/{service}"
      parameters:
        SERVICE: "{service}"
        NOTE: "{note}, {requester} in {run}"
      run-parameter: none
    allow: [{ channels: [TROOM/COPS] }]
"#;

/// Reads a text, and checks that the result keeps what the crate promises.
fn check(text: &str) {
    match parse(&[("a.yaml".to_owned(), text.to_owned())]) {
        Ok(catalogue) => assert_eq!(from_artefact(&to_artefact(&catalogue)), Ok(catalogue)),
        Err(wrong) => {
            assert!(wrong.iter().count() > 0);
            // The place after the last line break is a line too.
            let lines: Vec<&str> = text.split('\n').collect();
            for diagnostic in &wrong {
                assert!(!diagnostic.message.is_empty() && !diagnostic.hint.is_empty());
                let (Some(line), Some(column)) = (diagnostic.line, diagnostic.column) else {
                    assert_eq!(diagnostic.message, "the catalogue has no operations");
                    continue;
                };
                let there = lines.get(line - 1).unwrap_or_else(|| panic!("line {line} of {}", lines.len()));
                assert!((1..=there.chars().count() + 1).contains(&column), "{line}:{column} of {there:?}");
            }
            assert!(wrong.render(true).len() >= wrong.to_string().len());
        }
    }
}

/// Pieces that have a meaning, so that texts made of them get past the first checks.
fn pieces() -> impl Strategy<Value = String> {
    let words: Vec<&str> = [RIGHT, ELSEWHERE, WATCHED]
        .into_iter()
        .flat_map(|t| t.split_inclusive([' ', '\n', ',', ':', '[']))
        .collect();
    let signs = [
        "\t",
        "\r",
        "\u{feff}",
        "é",
        "漢",
        "{",
        "}",
        "[",
        "]",
        "'",
        "\"",
        "&a ",
        "*a",
        "!!str ",
        "<<: ",
        "? ",
        "|\n",
        ">-\n",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "#",
        "\\",
        "\0",
        "\u{85}",
        "\u{2028}",
        "- ",
        "{x}",
        "null",
    ];
    let any: Vec<String> = words.into_iter().chain(signs).map(str::to_owned).collect();
    proptest::collection::vec(proptest::sample::select(any), 0..60).prop_map(|v| v.concat())
}

#[test]
fn the_targets_elsewhere_are_right() {
    let parsed = parse(&[("a.yaml".to_owned(), ELSEWHERE.to_owned())]);
    assert_eq!(parsed.unwrap_or_else(|wrong| panic!("{wrong}")).operations.len(), 2);
    check(ELSEWHERE);
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn any_text(text in any::<String>()) {
        check(&text);
    }

    #[test]
    fn pieces_of_a_catalogue(text in pieces()) {
        check(&text);
    }

    #[test]
    fn a_catalogue_with_a_part_replaced(at in 0..RIGHT.len(), len in 0..40usize, put in pieces()) {
        let start = RIGHT.floor_char_boundary(at);
        let end = RIGHT.ceil_char_boundary((start + len).min(RIGHT.len()));
        let put: String = put.chars().take(12).collect();
        check(&format!("{}{put}{}", &RIGHT[..start], &RIGHT[end..]));
    }

    #[test]
    fn targets_elsewhere_with_a_part_replaced(at in 0..ELSEWHERE.len(), len in 0..40usize, put in pieces()) {
        let start = ELSEWHERE.floor_char_boundary(at);
        let end = ELSEWHERE.ceil_char_boundary((start + len).min(ELSEWHERE.len()));
        let put: String = put.chars().take(12).collect();
        check(&format!("{}{put}{}", &ELSEWHERE[..start], &ELSEWHERE[end..]));
    }

    #[test]
    fn watches_with_a_part_replaced(at in 0..WATCHED.len(), len in 0..40usize, put in pieces()) {
        let start = WATCHED.floor_char_boundary(at);
        let end = WATCHED.ceil_char_boundary((start + len).min(WATCHED.len()));
        let put: String = put.chars().take(12).collect();
        check(&format!("{}{put}{}", &WATCHED[..start], &WATCHED[end..]));
    }

    #[test]
    fn a_catalogue_cut_off(at in 0..RIGHT.len()) {
        check(&RIGHT[..RIGHT.floor_char_boundary(at)]);
    }

    #[test]
    fn any_bytes_as_an_artefact(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(from_artefact(&bytes).is_err());
    }
}
