//! Batches: several operations that are asked for together, in order or side by side. Each step is a run of its own, and one
//! card has a line for each.

use super::world::World;
use signalbox_domain::observation::Conclusion;
use signalbox_domain::run::PartOf;
use signalbox_domain::{RunCommand, RunId};
use signalbox_engine::wire::command::Envelope;
use signalbox_testkit::samples;

const CATALOGUE: &str = r#"
programs: { stack: /bin/true }
environments:
  qa: {}
  prod: { protected: true }
  bank: { protected: true, type-name: true }
operations:
  rollout:
    description: Roll a stack out
    parameters:
      - { name: stack, type: choice, options: [media, ai, content], required: true }
      - { name: env, type: environment, default: qa }
      - { name: note, type: string }
    target: { command: [stack, up, "{stack}", "{env}", "--note={note}"], timeout: 1m }
    allow: [{ users: [TPRACTICE/UADA, TPRACTICE/UGRACE] }]
  scale:
    description: Run a stack in another size
    parameters:
      - { name: stack, type: choice, options: [media, ai, content], required: true }
      - { name: copies, type: integer, min: 1, max: 9, required: true }
    target: { command: [stack, scale, "{stack}", "{copies}"], timeout: 1m }
    allow: [{ users: [TPRACTICE/UADA] }]
  rollout-all:
    description: Roll out all stacks in order
    parameters:
      - { name: note, type: string }
    target:
      steps:
        - { run: rollout, with: { stack: media, note: "{note}" } }
        - { run: scale, with: { stack: ai, copies: "3" } }
        - { run: rollout, with: { stack: content } }
    allow: [{ users: [TPRACTICE/UADA, TPRACTICE/UGRACE] }]
  several:
    description: Several operations at once
    parameters:
      - { name: steps, type: steps, required: true }
      - { name: parallel, type: boolean, default: false }
      - { name: on-failure, type: choice, options: [stop, go-on], default: stop }
    target: { steps: "{steps}", parallel: "{parallel}", on-failure: "{on-failure}" }
    allow: [{ users: [TPRACTICE/UADA] }]
  rollout-at-once:
    description: Roll out all stacks at once
    target:
      steps:
        - { run: rollout, with: { stack: media } }
        - { run: scale, with: { stack: ai, copies: "3" } }
        - { run: rollout, with: { stack: content } }
      parallel: true
      on-failure: go-on
    allow: [{ users: [TPRACTICE/UADA, TPRACTICE/UGRACE] }]
  audit:
    description: Look through a place
    parameters: [{ name: env, type: environment, default: prod }]
    target: { command: [stack, audit, "{env}"], timeout: 1m }
    allow: [{ users: [TPRACTICE/UADA] }]
  audit-all:
    description: Look through where it is looked by default
    target: { steps: [{ run: audit }] }
    allow: [{ users: [TPRACTICE/UADA] }]
  rollout-bank:
    description: Roll out to the bank
    target: { steps: [{ run: rollout, with: { stack: media, env: bank } }] }
    allow: [{ users: [TPRACTICE/UADA] }]
  rollout-prod:
    description: Roll out to production
    target: { steps: [{ run: rollout, with: { stack: media, env: prod } }] }
    allow: [{ users: [TPRACTICE/UADA] }]
"#;

fn stacks() -> World {
    let files = [("catalogue.yaml".to_owned(), CATALOGUE.to_owned())];
    let catalogue = signalbox_catalogue::parse(&files).unwrap_or_else(|wrong| panic!("{wrong}"));
    World::scripted(catalogue.freeze())
}

#[tokio::test]
async fn steps_in_order_are_runs_of_their_own_on_one_card() {
    let w = stacks();
    // A value cannot become another parameter of a step.
    w.types("UADA", "COPS", "/rollout-all note=\"new look stack=ai\"").await;
    w.passes(2).await;
    w.card_in(
        "COPS",
        &[
            "rollout-all · Running",
            "1. `rollout note=\"new look stack=ai\" stack=media`",
            "running",
            "2. `scale",
            "waits",
        ],
    );
    assert_eq!((w.dispatched(), w.messages("COPS").len()), (1, 1), "the second waits for the first");
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(120).await;
    w.card_in("COPS", &["rollout-all · Succeeded", "3 of 3 steps ended well"]);
    assert_eq!((w.dispatched(), w.messages("COPS").len()), (3, 1), "one card for all of them");
    // Each is a run, with its own history.
    let history = w.types("UADA", "COPS", "/signalbox history").await;
    for line in ["rollout-all", "scale", "rollout"] {
        assert!(history.contains(line), "{line}: {history}");
    }
    w.over(4, 3).await;
}

#[tokio::test]
async fn after_a_step_that_failed_the_others_do_not_begin_and_a_retry_goes_on_from_there() {
    let w = stacks();
    w.types("UADA", "COPS", "/rollout-all").await;
    w.passes(2).await;
    w.ends(Conclusion::Failed, "exit status 3", "no space left");
    w.passes(20).await;
    w.card_in(
        "COPS",
        &["rollout-all · Failed", "0 of 3 steps ended well; 1 did not, and 2 did not begin", "left out"],
    );
    // What failed has a card of its own, for there is something to read and to do.
    assert_eq!(w.messages("COPS").len(), 2);
    assert!(w.card("COPS", 1).contains("rollout · Failed"), "{}", w.card("COPS", 1));
    assert_eq!(w.dispatched(), 1);
    // It works now. What ended well before would not be done again.
    w.ends(Conclusion::Succeeded, "", "");
    w.presses("UADA", "COPS", 0, "retry").await;
    w.passes(120).await;
    w.card_in("COPS", &["rollout-all · Succeeded", "3 of 3 steps ended well"]);
    assert_eq!(w.dispatched(), 4);
    w.over(5, 4).await;
}

#[tokio::test]
async fn side_by_side_each_is_decided_as_if_asked_alone() {
    let w = stacks();
    // Grace may not scale.
    w.types("UGRACE", "COPS", "/rollout-at-once").await;
    w.passes(2).await;
    assert_eq!(w.dispatched(), 2, "the two that she may run began at once");
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    w.card_in("COPS", &["rollout-at-once · Failed", "2 of 3 steps ended well; 1 did not", "did not succeed"]);
    let refused = w.card("COPS", 1);
    assert!(refused.contains("scale · Refused") && refused.contains("not allowed"), "{refused}");
    w.over(4, 2).await;
}

#[tokio::test]
async fn stopping_a_batch_leaves_out_what_has_not_begun() {
    let w = stacks();
    w.types("UADA", "COPS", "/rollout-all").await;
    w.passes(2).await;
    w.presses("UADA", "COPS", 0, "cancel").await;
    w.passes(2).await;
    assert!(!w.asked_to_stop(), "what is under way goes on");
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    w.card_in("COPS", &["rollout-all · Cancelled", "1 of 3 steps ended well; 2 did not begin"]);
    assert_eq!(w.dispatched(), 1);
    w.over(2, 1).await;
}

#[tokio::test]
async fn a_step_in_a_protected_environment_has_the_batch_looked_at_first() {
    let w = stacks();
    // One that a step is given, and one that it has by default.
    for line in ["/rollout-prod", "/audit-all"] {
        w.types("UADA", "COPS", line).await;
        w.settles().await;
        assert!(w.messages("COPS").is_empty(), "nothing has been started");
        assert_eq!(w.slack.modal("UADA").unwrap().submit_label(), Some("Run it"), "{line}");
        w.slack.close("UADA");
    }
    // The name of an environment is typed as it would be for the step alone.
    w.types("UADA", "COPS", "/rollout-bank").await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.field("typed:name").unwrap().label, "Type bank to go on");
    w.slack.submit("UADA", &[("typed:name", "the bank")]).await;
    w.settles().await;
    assert!(w.messages("COPS").is_empty(), "nothing has been started");
    w.slack.close("UADA");
    w.over(0, 0).await;
}

#[tokio::test]
async fn a_step_that_no_batch_asks_for_begins_nothing() {
    let w = stacks();
    w.types("UADA", "COPS", "/rollout-all").await;
    w.passes(2).await;
    let batch = {
        let all = w.runs().await;
        all.into_iter().find(|head| head.intent.operation.as_str() == "rollout-all").unwrap().run
    };
    let forged = [
        // A step that the batch does not have, and one under another id.
        (RunId::derive("batch", batch.as_str(), "1.9"), PartOf { run: batch.clone(), attempt: 1, step: 9 }),
        (RunId::derive("batch", batch.as_str(), "1.3"), PartOf { run: batch.clone(), attempt: 1, step: 2 }),
        // Of an attempt that there is not, and of a batch that there is not.
        (RunId::derive("batch", batch.as_str(), "2.1"), PartOf { run: batch, attempt: 2, step: 1 }),
        (
            RunId::derive("batch", "nothing", "1.1"),
            PartOf { run: RunId::derive("test", samples::WORKSPACE, "nothing"), attempt: 1, step: 1 },
        ),
    ];
    for (run, part_of) in forged {
        let step = Envelope::new(run, "", RunCommand::Step(part_of));
        w.puts(&step).await;
    }
    w.settles().await;
    assert_eq!(w.dispatched(), 1);
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(120).await;
    assert_eq!(w.dispatched(), 3);
    w.over(4, 3).await;
}

#[tokio::test]
async fn people_put_a_batch_together_in_a_form() {
    let w = stacks();
    w.types("UADA", "COPS", "/several").await;
    assert!(w.slack.modal("UADA").unwrap().field("steps").is_some());
    // What a line gets wrong is told at the field, with its number.
    for (steps, expect) in [
        ("rollout media\nrolout ai", "steps, line 2: There is no operation rolout. Did you mean rollout?"),
        ("# first\n\n- scale ai", "steps, line 3: copies is missing."),
        ("scale ai 12", "steps, line 1: copies cannot be 12: it is from 1 to 9."),
        ("rollout-all", "steps, line 1: rollout-all has steps itself."),
        ("rollout \"media", "steps, line 1: A quote was opened and not closed."),
        ("---\n# nothing", "steps asks for nothing."),
        (&"rollout ai\n".repeat(51), "steps has 51 steps, and may have 50."),
    ] {
        let sent = w.slack.submit("UADA", &[("steps", steps)]).await;
        assert_eq!(sent.problem, None, "{}", sent.body);
        let said = w.slack.modal("UADA").unwrap().field("steps").unwrap().error.unwrap_or_default();
        assert!(said.contains(expect), "{steps}: {said}");
    }
    // A YAML list of lines is one of lines, with or without the slash of the chat.
    let steps =
        "---\n- rollout media note=\"two words\"\n- /scale ai 3   \n- /signalbox rollout stack=content\n";
    w.slack.submit("UADA", &[("steps", steps), ("on-failure", "go-on")]).await;
    w.settles().await;
    assert!(w.messages("COPS").is_empty(), "it is looked at first");
    let summary = w.slack.modal("UADA").unwrap().view["blocks"].to_string().replace(r#"\""#, "\"");
    for line in [
        "rollout env=qa note=\"two words\" stack=media",
        "scale copies=3 stack=ai",
        "rollout env=qa stack=content",
    ] {
        assert!(summary.contains(line), "{line}: {summary}");
    }
    w.slack.submit("UADA", &[]).await;
    w.passes(2).await;
    w.card_in(
        "COPS",
        &["several · Running", "1. `rollout env=qa note=\"two words\" stack=media`", "running", "waits"],
    );
    assert_eq!(w.dispatched(), 1);
    w.ends(Conclusion::Failed, "exit status 3", "no space left");
    w.passes(120).await;
    w.card_in("COPS", &["several · Failed", "0 of 3 steps ended well; 3 did not"]);
    assert_eq!(w.dispatched(), 3, "the others went on");
    w.over(4, 3).await;
}

#[tokio::test]
async fn a_batch_of_ones_own_is_governed_as_each_step_alone() {
    let w = stacks();
    // Nothing protected from a bare line, and the name is typed where a step would have it typed.
    w.types("UADA", "COPS", "/several steps=\"rollout media\nrollout ai bank\" parallel=yes").await;
    let form = w.slack.modal("UADA").unwrap();
    assert_eq!(form.field("typed:name").unwrap().label, "Type bank to go on");
    w.slack.submit("UADA", &[]).await;
    w.settles().await;
    assert!(w.messages("COPS").is_empty(), "nothing has been started");
    w.slack.submit("UADA", &[("typed:name", "bank")]).await;
    w.passes(2).await;
    assert_eq!(w.dispatched(), 2, "both began");
    w.ends(Conclusion::Succeeded, "", "");
    w.passes(20).await;
    w.card_in("COPS", &["several · Succeeded", "2 of 2 steps ended well"]);
    w.over(3, 2).await;
}
