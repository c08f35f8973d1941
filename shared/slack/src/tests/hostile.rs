//! Whatever outside text holds, a message keeps every limit and does only what it should.

use super::limits::check;
use super::{NOON, ada, drawn, noted, releases, run, running};
use crate::answer::{answer, message};
use crate::blocks::Message;
use crate::markup::{clean, prose};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Json;
use signalbox_domain::Grant;
use signalbox_domain::answer::{Answer, RunLine};
use signalbox_domain::card::Drawing;
use signalbox_domain::catalogue::{CommandTarget, JenkinsTarget, Operation, Target};
use signalbox_domain::ids::{ChannelId, Digest, UserId, WorkspaceId};
use signalbox_domain::intent::Work;
use signalbox_domain::observation::{Conclusion, InJob, Outcome};
use signalbox_domain::parameter::{Kind, Parameter, Problem, Value};
use signalbox_domain::people::{Actor, Chat};
use signalbox_domain::phrase::Misunderstood;
use signalbox_domain::policy::{ReasonCode, Verdict};
use signalbox_domain::run::{Looked, State, Unseen};
use signalbox_domain::{Event, Intent, Name, RunEvent, RunHead, SetAside};

/// Text that is meant to do harm.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(vec![
            "<!channel>",
            "<!here|x>",
            "<@UEVE>",
            "<@",
            "<!",
            "<#CEVE>",
            "<https://evil.example|Open>",
            "```",
            "``",
            "`",
            "*",
            "_",
            "~",
            "&",
            "&lt;",
            "<",
            ">",
            "|",
            "\n",
            "\r\n",
            " ",
            ":tada:",
            ":",
            "\u{202e}",
            "\u{200b}",
            "\0",
            "\x1b[31m",
            "\u{1b}",
            "😀",
            "e\u{301}",
            "word",
            "@channel",
            "\u{e0041}",
        ])
        .prop_map(str::to_owned),
        "\\PC{0,12}",
        (1usize..900).prop_map(|n| "x".repeat(n)),
        (1usize..900).prop_map(|n| "<".repeat(n)),
        (1usize..900).prop_map(|n| "`".repeat(n)),
    ];
    vec(piece, 0..14).prop_map(|pieces| pieces.concat())
}

fn hostile_run() -> impl Strategy<Value = RunHead> {
    let values = vec(hostile(), 0..25);
    let more =
        [proptest::option::of(hostile()), proptest::option::of(hostile()), proptest::option::of(hostile())];
    (values, hostile(), hostile(), more, any::<(i64, u8)>()).prop_map(
        |(values, user, step, [detail, excerpt, warning], (at, state))| {
            let mut head = running();
            let named = |(n, value)| (format!("p{n}").parse().unwrap(), Value::Text(value));
            head.intent.parameters = values.into_iter().enumerate().map(named).collect();
            head.intent.unusual =
                (state % 2 == 0).then(|| head.intent.parameters.keys().take(9).cloned().collect());
            head.intent.requester = Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new(user));
            let text = detail.clone().unwrap_or_default();
            let outcome = Outcome {
                conclusion: Conclusion::Failed,
                summary: text.clone(),
                excerpt: excerpt.unwrap_or_default(),
            };
            let unseen = Unseen { since: NOON, at: NOON, looks: 3, why: text.clone(), gone: None };
            let job = JenkinsTarget {
                job: text.clone(),
                branch: None,
                parameters: Default::default(),
                run_parameter: None,
            };
            RunHead {
                state: match state % 5 {
                    0 => State::Running,
                    1 => State::Finished(outcome),
                    2 => State::Unknown { why: text.clone() },
                    3 => State::Dispatching { lease_until: None, trouble: Some(text.clone()) },
                    _ => State::SetAside { letter: text.clone() },
                },
                requested_at: signalbox_domain::Timestamp(at),
                link: detail.map(|d| format!("https://ci.example/{d}")),
                steps: vec![step],
                in_job: Some(InJob { step: 2, of: 5 }),
                contradicted: warning,
                cancel: (state % 3 == 0).then(ada),
                unseen: (state % 4 == 0).then_some(unseen),
                waits: Some(text.clone()),
                looked: Some(Looked { by: ada(), at: NOON, what: text }),
                work: Some(Work(Target::Jenkins(job))),
                ..head
            }
        },
    )
}

/// Every text of a message, and its fallback.
fn texts(message: &Message) -> Vec<String> {
    fn collect(json: &Json, out: &mut Vec<String>) {
        match json {
            Json::Object(fields) => {
                out.extend(fields.get("text").and_then(Json::as_str).map(str::to_owned));
                fields.values().for_each(|v| collect(v, out));
            }
            Json::Array(items) => items.iter().for_each(|v| collect(v, out)),
            _ => {}
        }
    }
    let mut out = vec![message.text()];
    collect(&message.blocks(), &mut out);
    out
}

fn is_harmless(message: &Message) {
    check(message);
    for text in texts(message) {
        assert!(
            !text
                .chars()
                .any(|c| (c.is_control() && !matches!(c, '\n' | '\t'))
                    || "\u{202e}\u{200b}\u{e0041}".contains(c)),
            "{text:?}"
        );
        assert_eq!(text.matches("```").count() % 2, 0, "an open block: {text}");
        // Within a code block only entities mean anything; outside it every code span is closed.
        for (i, part) in text.split("```").enumerate() {
            assert!(i % 2 == 1 || part.matches('`').count() % 2 == 0, "an open span: {text}");
        }
        for (at, _) in text.match_indices('&') {
            assert!(
                ["&amp;", "&lt;", "&gt;"].iter().any(|e| text[at..].starts_with(e)),
                "a broken escape: {text}"
            );
        }
        for (at, _) in text.match_indices('<') {
            let tag = text[at..].split_inclusive('>').next().unwrap_or_default();
            let ours = tag == "<@UADA>"
                || tag == "<#C1>"
                || tag.starts_with("<!date^")
                || tag.starts_with("<https://ci.example/");
            assert!(ours && tag.ends_with('>'), "a tag of theirs: {tag}");
        }
        assert_eq!(text.matches('<').count(), text.matches('>').count(), "{text}");
    }
}

fn operation(text: &str) -> Operation {
    let parameter = |name: &str, kind| Parameter {
        description: text.to_owned(),
        default: Some(Value::Text(text.to_owned())),
        ..Parameter::plain(name.parse().unwrap(), kind)
    };
    let user = |id: &str| (WorkspaceId::new("T1"), UserId::new(id));
    Operation {
        name: "release".parse().unwrap(),
        description: text.to_owned(),
        parameters: vec![
            parameter("service", Kind::Choice { options: vec![text.to_owned(); 30].into() }),
            parameter("note", Kind::String { pattern: None, shortest: None, longest: None }),
        ],
        target: Target::Command(CommandTarget {
            program: "git".into(),
            arguments: vec![],
            directory: String::new(),
            environment: Default::default(),
            timeout_seconds: 1,
        }),
        allow: vec![
            Grant { users: vec![user("UADA"), user(text)], channels: vec![] },
            Grant { users: vec![], channels: vec![(WorkspaceId::new("T1"), ChannelId::new("C1"))] },
        ],
        idempotent: false,
        aliases: vec![],
        confirm: false,
        shortcuts: Default::default(),
        requires: vec![],
        verify: vec![],
        ships: None,
    }
}

fn answers(text: &str, head: RunHead) -> Vec<Answer> {
    let name: Name = "release".parse().unwrap();
    let intent = Intent {
        operation: name.clone(),
        parameters: [("note".parse().unwrap(), Value::Text(text.to_owned()))].into(),
        unusual: None,
        requester: ada(),
        place: releases(),
        digest: Digest::ZERO,
        hash: None,
        as_asked: None,
    };
    let operation = operation(text);
    let line = RunLine { head: Box::new(head.clone()), message: None };
    let bad = |problem| Misunderstood::BadValue {
        operation: name.clone(),
        parameter: "note".parse().unwrap(),
        value: text.to_owned(),
        problem: Box::new(problem),
    };
    let word = || text.to_owned();
    let problems = vec![
        Misunderstood::UnknownOperation { word: word(), did_you_mean: Some(word()) },
        Misunderstood::UnknownParameter { operation: name.clone(), word: word(), did_you_mean: None },
        Misunderstood::TooManyWords { operation: name.clone(), word: word() },
        Misunderstood::BadRun { verb: "cancel", word: word() },
        bad(Problem::LooksLikeAnOption),
        bad(Problem::PatternMismatch { pattern: word() }),
        bad(Problem::NotAnOption { options: vec![word(); 30], did_you_mean: None }),
        bad(Problem::NotAnInteger),
    ];
    let misunderstood = problems.into_iter().map(|p| Answer::Misunderstood(p, Some(operation.clone())));
    let mut all = vec![
        Answer::Accepted { run: run().short(), intent: intent.clone() },
        Answer::Refused { intent, reason: ReasonCode::NotAllowed, operation: Box::new(operation.clone()) },
        Answer::Help(vec![operation.clone(); 20], 3),
        Answer::HelpOn(operation.clone(), Verdict::Refuse(ReasonCode::NotInThisChannel)),
        Answer::Status(Box::new(head.clone()), None),
        Answer::AlreadyOver(Box::new(head)),
        Answer::History(vec![line; 10], false),
    ];
    all.extend(misunderstood);
    all
}

/// Text that Slack would show in bold, italics or struck through: with a mark at a word's beginning and one at a
/// word's end.
fn is_formatted(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    let at = |i: usize| chars.get(i).copied();
    let opens = |i: usize| {
        let free = i == 0 || !chars[i - 1].is_ascii_alphanumeric();
        free && at(i + 1).is_some_and(|c| !c.is_whitespace())
    };
    let closes =
        |i: usize| !chars[i - 1].is_whitespace() && at(i + 1).is_none_or(|c| !c.is_ascii_alphanumeric());
    let marks: Vec<usize> = (0..chars.len()).filter(|i| "*_~".contains(chars[*i])).collect();
    marks.iter().any(|&open| {
        opens(open) && marks.iter().any(|&i| i > open + 1 && chars[i] == chars[open] && closes(i))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn cards(head in hostile_run()) {
        is_harmless(&drawn(&Drawing::Run(Box::new(head)), &run(), false));
    }

    #[test]
    fn notes(lines in vec(hostile(), 0..60), output in proptest::option::of(hostile())) {
        let kind = |(i, why): (usize, String)| match i % 6 {
            0 => Event::Run(RunEvent::Progressed {
                attempt: 1, begun: 7, steps: vec![why], in_job: None, link: None, waits: None,
            }),
            1 => Event::Run(RunEvent::NotSent { attempt: 1, why }),
            2 => Event::Run(RunEvent::MaybeSent { attempt: 1, why }),
            3 => Event::Run(RunEvent::Contradicted { attempt: 1, what: why }),
            4 => Event::SetAside(SetAside { what: why.clone(), by: None, letter: why, intent: None }),
            _ => Event::Run(RunEvent::CancelRequested {
                by: Actor::person(Chat::SLACK, WorkspaceId::new("T1"), UserId::new(why)),
            }),
        };
        is_harmless(&noted(lines.into_iter().enumerate().map(kind).collect(), output.as_deref()));
    }

    #[test]
    fn what_people_are_told(text in hostile(), head in hostile_run()) {
        for told in answers(&text, head) {
            is_harmless(&message(&told, NOON, None));
            let whole: Json = serde_json::from_str(&answer(&told, NOON, None)).unwrap();
            prop_assert_eq!(&whole["response_type"], "ephemeral");
        }
    }

    #[test]
    fn prose_is_never_formatted(text in hostile()) {
        let shown = prose(&clean(&text));
        prop_assert!(!is_formatted(&shown), "{}", shown);
        prop_assert!(!shown.contains(['`', '\n', '<', '>']) && !shown.contains(":tada:"), "{}", shown);
    }
}

#[test]
fn the_check_for_formatting_finds_some() {
    assert!(is_formatted("a *b* c") && is_formatted("_x y_") && is_formatted("(~no~)"));
    assert!(!is_formatted("2 * 3 * 4") && !is_formatted("snake_case_name"));
}
