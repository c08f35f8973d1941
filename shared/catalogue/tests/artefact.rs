//! The artefact is canonical, and it is accepted whole or refused. These tests need no YAML, because Lambdas link the
//! crate without it.

#![expect(clippy::unwrap_used, reason = "the helpers of a test fail as the test does")]

use signalbox_catalogue::{ArtefactError, Catalogue, VERSION, digest, from_artefact, to_artefact};
use signalbox_domain::Grant;
use signalbox_domain::catalogue::{CommandTarget, GitHubTarget, JenkinsTarget, Operation, Target};
use signalbox_domain::parameter::{Kind, Parameter, Pattern, Value};
use signalbox_domain::watch::{Heartbeat, Links, Rule, Severity, Source, Spike, Unlevelled, Watch};
use signalbox_domain::{ChannelId, Chat, Place, UserId, WorkspaceId};
use std::collections::BTreeMap;

/// A catalogue that uses every feature.
fn catalogue() -> Catalogue {
    let parameter = |name: &str, kind, default: Option<Value>| Parameter {
        description: "“What” <it> is & more".to_owned(),
        default,
        ..Parameter::plain(name.parse().unwrap(), kind)
    };
    let operation = Operation {
        name: "release".parse().unwrap(),
        description: "Tag a version".to_owned(),
        parameters: vec![
            parameter(
                "text",
                Kind::String {
                    pattern: Some(Pattern::try_from(r"\d+".to_owned()).unwrap()),
                    shortest: None,
                    longest: None,
                },
                Some(Value::Text("5".to_owned())),
            ),
            parameter("any", Kind::String { pattern: None, shortest: None, longest: None }, None),
            parameter(
                "choice",
                Kind::Choice { options: ["true".to_owned(), "no".to_owned()].into() },
                Some(Value::Text("true".to_owned())),
            ),
            parameter(
                "number",
                Kind::Integer { min: Some(i64::MIN), max: None, step: None, unit: None },
                Some(Value::Integer(-5)),
            ),
            parameter("switch", Kind::Boolean, Some(Value::Boolean(true))),
        ],
        target: Target::Command(CommandTarget {
            program: "git".to_owned(),
            arguments: vec!["tag".to_owned(), "{text}".to_owned()],
            directory: "practice".to_owned(),
            environment: BTreeMap::from([("LEVEL".to_owned(), "info".to_owned())]),
            timeout_seconds: 30,
        }),
        allow: vec![Grant {
            users: vec![(WorkspaceId::new("TROOM"), UserId::new("UADA"))],
            channels: vec![(WorkspaceId::new("TROOM"), ChannelId::new("COPS"))],
        }],
        idempotent: true,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    };
    Catalogue {
        operations: BTreeMap::from([(operation.name.clone(), operation)]),
        programs: BTreeMap::from([("git".to_owned(), "git".to_owned())]),
        ..Catalogue::default()
    }
}

/// The same operation, carried out by another target.
fn over(target: &Target) -> Catalogue {
    let mut catalogue = catalogue();
    catalogue.operations.values_mut().for_each(|operation| operation.target = target.clone());
    catalogue
}

fn named(name: &str, value: &str) -> BTreeMap<String, String> {
    BTreeMap::from([(name.to_owned(), value.to_owned())])
}

fn github(run_input: Option<&str>) -> Catalogue {
    over(&Target::GitHub(GitHubTarget {
        repository: "acme/shop".to_owned(),
        workflow: "deploy.yml".to_owned(),
        git_ref: "release/{text}".to_owned(),
        inputs: named("service", "{choice}"),
        run_input: run_input.map(str::to_owned),
    }))
}

fn jenkins(branch: Option<&str>, run_parameter: Option<&str>) -> Catalogue {
    over(&Target::Jenkins(JenkinsTarget {
        job: "web/deploy".to_owned(),
        branch: branch.map(str::to_owned),
        parameters: named("SERVICE", "{choice}"),
        run_parameter: run_parameter.map(str::to_owned),
    }))
}

fn text() -> String {
    String::from_utf8(to_artefact(&catalogue())).unwrap()
}

/// Changes the content and computes the digest again, as another release would.
fn resealed(change: impl FnOnce(String) -> String) -> Vec<u8> {
    let text = text();
    let start = text.find(r#""catalogue":"#).unwrap() + r#""catalogue":"#.len();
    let content = change(text[start..text.len() - 2].to_owned());
    let digest = signalbox_domain::Digest::of([content.as_bytes()]);
    format!(r#"{{"signalbox_catalogue":1,"digest":"{digest}","catalogue":{content}}}"#).into_bytes()
}

#[test]
fn what_was_written_is_read() {
    assert_eq!(from_artefact(&to_artefact(&catalogue())), Ok(catalogue()));
    assert_eq!(from_artefact(&to_artefact(&Catalogue::default())), Ok(Catalogue::default()));
    assert_eq!(from_artefact(&resealed(|content| content)), Ok(catalogue()));
}

/// A change of these bytes is a change of the format, and makes every stored artefact unreadable. Raise [`VERSION`]
/// with it.
#[test]
fn the_bytes_are_pinned() {
    insta::assert_snapshot!(text(), @r#"{"signalbox_catalogue":1,"digest":"467fc09d25e8413551e0ee599b4f6a5aa5a0c74ac24bc1ca0a8428dbdfbb884b","catalogue":{"operations":{"release":{"name":"release","description":"Tag a version","parameters":[{"name":"text","description":"“What” <it> is & more","kind":{"string":{"pattern":"\\d+"}},"default":"5","required":false},{"name":"any","description":"“What” <it> is & more","kind":{"string":{"pattern":null}},"default":null,"required":false},{"name":"choice","description":"“What” <it> is & more","kind":{"choice":{"options":["true","no"]}},"default":"true","required":false},{"name":"number","description":"“What” <it> is & more","kind":{"integer":{"min":-9223372036854775808,"max":null}},"default":-5,"required":false},{"name":"switch","description":"“What” <it> is & more","kind":"boolean","default":true,"required":false}],"target":{"command":{"program":"git","arguments":["tag","{text}"],"directory":"practice","environment":{"LEVEL":"info"},"timeout_seconds":30}},"allow":[{"users":[["TROOM","UADA"]],"channels":[["TROOM","COPS"]]}],"idempotent":true}},"programs":{"git":"git"}}}"#);
    insta::assert_snapshot!(digest(&catalogue()), @"467fc09d25e8413551e0ee599b4f6a5aa5a0c74ac24bc1ca0a8428dbdfbb884b");
    insta::assert_snapshot!(VERSION, @"1");
}

#[test]
fn every_kind_of_target_comes_back() {
    let all = [
        github(Some("signalbox-run")),
        github(None),
        jenkins(Some("main"), Some("SIGNALBOX_RUN")),
        jenkins(None, None),
    ];
    for catalogue in &all {
        assert_eq!(from_artefact(&to_artefact(catalogue)).as_ref(), Ok(catalogue));
    }
    for (at, one) in all.iter().enumerate() {
        assert!(all[..at].iter().all(|other| digest(other) != digest(one)), "{one:?}");
    }
}

/// Like [`the_bytes_are_pinned`], for the other kinds of target.
#[test]
fn the_bytes_of_every_kind_of_target_are_pinned() {
    let target = |catalogue: &Catalogue| {
        let text = String::from_utf8(to_artefact(catalogue)).unwrap();
        let (start, end) = (text.find(r#""target":"#).unwrap(), text.find(r#","allow":"#).unwrap());
        text[start..end].to_owned()
    };
    insta::assert_snapshot!(target(&github(Some("signalbox-run"))), @r#""target":{"github":{"repository":"acme/shop","workflow":"deploy.yml","git_ref":"release/{text}","inputs":{"service":"{choice}"},"run_input":"signalbox-run"}}"#);
    insta::assert_snapshot!(target(&jenkins(None, None)), @r#""target":{"jenkins":{"job":"web/deploy","branch":null,"parameters":{"SERVICE":"{choice}"},"run_parameter":null}}"#);
}

#[test]
fn the_digest_is_in_the_envelope_and_follows_the_content() {
    assert!(text().contains(&format!(r#""digest":"{}""#, digest(&catalogue()))));
    let mut other = catalogue();
    other.programs.insert("gh".to_owned(), "gh".to_owned());
    assert_ne!(digest(&other), digest(&catalogue()));
}

#[test]
fn a_later_version_is_called_later_whatever_its_form() {
    for text in [r#"{"signalbox_catalogue":2}"#, r#"{"new":[],"signalbox_catalogue":2,"digest":5}"#] {
        let error = from_artefact(text.as_bytes()).unwrap_err();
        assert_eq!(error, ArtefactError::UnknownVersion { found: 2 });
    }
    insta::assert_snapshot!(ArtefactError::UnknownVersion { found: 2 }, @"this catalogue artefact has version 2, and this build reads version 1; compile the catalogue with the release that reads it");
}

#[test]
fn what_was_changed_is_refused() {
    let changed = text().replace("UADA", "UEVE");
    let error = from_artefact(changed.as_bytes()).unwrap_err();
    assert!(matches!(error, ArtefactError::DigestMismatch { .. }), "{error}");
    insta::assert_snapshot!(error, @"this catalogue artefact was changed after it was compiled: it promises 467fc09d25e8413551e0ee599b4f6a5aa5a0c74ac24bc1ca0a8428dbdfbb884b and holds 2092aca816c34ed18e7a2aa77694c2b346eac23fcb45b06ee6ef228dce2069c4; compile the catalogue again");
}

#[test]
fn every_cut_and_every_flipped_byte_is_found() {
    let bytes = to_artefact(&catalogue());
    // The artefact can be read without the line break at its end, which is there for people.
    for len in 0..bytes.len() - 1 {
        assert!(from_artefact(&bytes[..len]).is_err(), "cut at {len}");
    }
    for at in 0..bytes.len() - 1 {
        let mut flipped = bytes.clone();
        flipped[at] ^= 1;
        assert_ne!(from_artefact(&flipped), Ok(Catalogue::default()), "flipped {at}");
        assert!(from_artefact(&flipped).is_err(), "flipped {at}");
    }
}

#[test]
fn what_is_no_artefact_is_named() {
    for bytes in ["", "null", "[]", "{}", "programs: {}", r#"{"signalbox_catalogue":"1"}"#] {
        let error = from_artefact(bytes.as_bytes()).unwrap_err();
        assert!(matches!(error, ArtefactError::Damaged { .. }), "{bytes}: {error}");
    }
    let error = from_artefact(b"\xff").unwrap_err();
    insta::assert_snapshot!(error, @"this is not a catalogue artefact, or it is damaged (expected value at line 1 column 1); compile the catalogue again");
}

/// The part that this build does not understand might be a restriction.
#[test]
fn what_another_release_says_is_not_guessed() {
    let cases = [
        resealed(|c| c.replace(r#""idempotent":true"#, r#""idempotent":true,"approvals":2"#)),
        resealed(|c| c.replace(r#""command":{"#, r#""lambda":{"#)),
        resealed(|c| c.replace(r#""default":null,"#, "")),
        resealed(|c| c.replace(r#""programs":"#, r#" "programs":"#)),
        resealed(|c| c.replace(r"\\d+", "(")),
    ];
    for bytes in cases {
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(from_artefact(&bytes), Err(ArtefactError::OtherRelease), "{shown}");
    }
    insta::assert_snapshot!(ArtefactError::OtherRelease, @"this catalogue artefact was compiled by another release: it says something that this build would not say; compile the catalogue with the release that reads it");
}

/// A catalogue with a watch that uses every key.
fn watching() -> Catalogue {
    let name = |name: &str| name.parse().unwrap();
    let texts = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
    let watch = Watch {
        name: name("web"),
        place: Place {
            chat: Chat::SLACK,
            workspace: WorkspaceId::new("TROOM"),
            channel: ChannelId::new("COPS"),
        },
        sources: BTreeMap::from([
            (name("app"), Source::Files { paths: texts(&["logs/*.log"]) }),
            (name("edge"), Source::Loki { query: "{app=\"edge\"}".to_owned() }),
            (name("fn"), Source::CloudWatch { groups: texts(&["/aws/fn"]), filter: None, insights: true }),
        ]),
        receivers: texts(&["signalbox"]),
        every_seconds: 900,
        delay_seconds: 120,
        least: Severity::Error,
        without_level: Unlevelled::default(),
        most_lines: 1_000_000,
        spike: Spike { times: 3, at_least: 20 },
        quiet_days: 7,
        most_cards: 5,
        heartbeat: Heartbeat::Daily,
        remind_hours: 24,
        escalate: None,
        silences: vec![],
        redact: texts(&["email"]),
        rules: vec![
            Rule::Mask("a <*>".to_owned()),
            Rule::Split("b <*>".to_owned()),
            Rule::Merge("c".to_owned()),
            Rule::Ignore("d".to_owned()),
        ],
        deploys: vec![name("release")],
        links: Links { grafana: Some("https://grafana.example.com".to_owned()), datasource: None },
        allow: vec![Grant {
            users: vec![],
            channels: vec![(WorkspaceId::new("TROOM"), ChannelId::new("COPS"))],
        }],
    };
    Catalogue { watches: BTreeMap::from([(watch.name.clone(), watch)]), ..catalogue() }
}

/// The bytes of a watch are pinned too. A catalogue without a watch has the same bytes as before watches were added.
#[test]
fn a_watch_comes_back() {
    let bytes = to_artefact(&watching());
    assert_eq!(from_artefact(&bytes), Ok(watching()));
    let text = String::from_utf8(bytes).unwrap();
    insta::assert_snapshot!(text.split_once(r#","watches":"#).unwrap().1, @r#"{"web":{"name":"web","place":{"workspace":"TROOM","channel":"COPS"},"sources":{"app":{"files":{"paths":["logs/*.log"]}},"edge":{"loki":{"query":"{app=\"edge\"}"}},"fn":{"cloudwatch":{"groups":["/aws/fn"],"filter":null,"insights":true}}},"receivers":["signalbox"],"every_seconds":900,"delay_seconds":120,"least":"error","most_lines":1000000,"spike":{"times":3,"at_least":20},"quiet_days":7,"most_cards":5,"heartbeat":"daily","remind_hours":24,"redact":["email"],"rules":[{"mask":"a <*>"},{"split":"b <*>"},{"merge":"c"},{"ignore":"d"}],"deploys":["release"],"links":{"grafana":"https://grafana.example.com","datasource":null},"allow":[{"users":[],"channels":[["TROOM","COPS"]]}]}}}}"#);
}
