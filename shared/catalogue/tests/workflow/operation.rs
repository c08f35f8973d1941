//! What an operation's parameters can be, against what the workflow or job takes.

use signalbox_catalogue::job::{self, Declared};
use signalbox_catalogue::workflow::{self, Finding};
use signalbox_domain::Catalogue;
use signalbox_domain::catalogue::{Operation, Target};

/// The workflow's inputs below `inputs:`, each on a line.
fn file(inputs: &[&str]) -> String {
    let inputs: String = inputs.iter().map(|line| format!("      {line}\n")).collect();
    format!(
        "run-name: '${{{{ inputs.run }}}}'\non:\n  workflow_dispatch:\n    inputs:\n      run: {{}}\n{inputs}jobs: {{}}\n"
    )
}

fn catalogue(parameter: &str, target: &str) -> Catalogue {
    let yaml = format!(
        "environments: {{staging: {{}}, production: {{}}}}
operations:
  ship:
    description: Ship it
    parameters: [{parameter}]
    target: {target}
    allow: [{{users: [TPRACTICE/UADA]}}]
"
    );
    signalbox_catalogue::parse(&[("a.yaml".to_owned(), yaml)]).unwrap_or_else(|problems| panic!("{problems}"))
}

fn operation(catalogue: &Catalogue) -> &Operation {
    catalogue.operations.values().next().unwrap()
}

/// The findings: where each is, `?` if it may be meant, and the problem.
fn shown(found: Vec<Finding>) -> Vec<String> {
    let one = |finding: Finding| {
        let Finding { problem, hint, at, may_be_meant } = finding;
        assert!(!hint.is_empty() && !problem.ends_with('.'), "{problem}");
        format!("{}{} {problem}", at.join("/"), if may_be_meant { "?" } else { "" })
    };
    found.into_iter().map(one).collect()
}

fn of_workflow(parameter: &str, input: &str) -> Vec<String> {
    let target = "{github: a/b, workflow: x.yml, ref: main, inputs: {it: '{it}'}, run-input: run}";
    let catalogue = catalogue(parameter, target);
    let operation = operation(&catalogue);
    let Target::GitHub(target) = &operation.target else { panic!() };
    shown(workflow::compare(&file(&[input]), target, operation, &catalogue.landscape))
}

fn of_job(parameter: &str, declared: &[(&str, Option<&[&str]>, bool)]) -> Vec<String> {
    let target = "{jenkins: web, parameters: {IT: '{it}'}, run-parameter: RUN}";
    let catalogue = catalogue(parameter, target);
    let operation = operation(&catalogue);
    let Target::Jenkins(target) = &operation.target else { panic!() };
    let all = declared.iter().map(|(name, choices, boolean)| Declared {
        name: (*name).to_owned(),
        choices: choices.map(|all| all.iter().map(|c| (*c).to_owned()).collect()),
        boolean: *boolean,
    });
    shown(job::compare(&all.collect::<Vec<_>>(), target, operation, &catalogue.landscape))
}

const CHOICE: &str = "{name: it, type: choice, options: [a, b], required: true}";

#[test]
fn what_a_parameter_can_be_is_what_the_workflow_takes() {
    for (parameter, input) in [
        (CHOICE, "it: {type: choice, options: [b, a], required: true}"),
        (CHOICE, "it: {type: string, required: true}"),
        (CHOICE, "it: {type: environment, required: true}"),
        ("{name: it, type: boolean, default: true}", "it: {type: boolean, required: true}"),
        ("{name: it, type: boolean, required: true}", "it: {type: choice, options: ['true', 'false']}"),
        ("{name: it, type: integer, required: true}", "it: {type: number}"),
        (
            "{name: it, type: environment, required: true}",
            "it: {type: choice, options: [staging, production]}",
        ),
        ("{name: it, type: string, pattern: '[a-z]+'}", "it: {type: string, required: true, default: x}"),
    ] {
        let found = of_workflow(parameter, input);
        // A boolean has no list in the catalogue, so a choice of both words is said to be another type.
        let both = parameter.contains("boolean") && input.contains("choice");
        assert_eq!(found.is_empty(), !both, "{parameter} {input}: {found:?}");
    }
}

#[test]
fn what_does_not_fit_is_found_where_it_is_written() {
    let all = [
        of_workflow(CHOICE, "it: {type: choice, options: [a, c]}"),
        of_workflow(
            "{name: it, type: environment, required: true}",
            "it: {type: choice, options: [staging]}",
        ),
        of_workflow(
            "{name: it, type: string, pattern: '[a-z]+', required: true}",
            "it: {type: choice, options: [a]}",
        ),
        of_workflow(CHOICE, "it: {type: boolean}"),
        of_workflow("{name: it, type: string, pattern: '[a-z]+', required: true}", "it: {type: number}"),
        of_workflow("{name: it, type: choice, options: [a, '2'], required: true}", "it: {type: number}"),
        of_workflow(
            "{name: it, type: choice, options: [a, b], default: b}",
            "it: {type: choice, options: [a]}",
        ),
        of_workflow("{name: it, type: string, pattern: '[a-z]+'}", "it: {required: true}"),
        of_workflow(CHOICE, "other: {required: true}"),
    ];
    insta::assert_snapshot!(all.concat().join("\n"), @r"
    parameters/0 x.yml does not have `b` among the options of the input `it`, and `it` offers that, so GitHub refuses it
    parameters/0? x.yml has `c` among the options of the input `it`, and `it` does not offer that
    parameters/0 x.yml does not have `production` among the options of the input `it`, and `it` offers that, so GitHub refuses it
    parameters/0 x.yml takes only its options for the input `it`, and `it` is of type string
    parameters/0 x.yml takes `true` or `false` for the input `it`, and `it` is of type choice
    parameters/0 x.yml takes a number for the input `it`, and `it` is of type string
    parameters/0 x.yml takes a number for the input `it`, and `it` offers `a`
    parameters/0/default x.yml does not take `b` for the input `it`, the default of `it`
    parameters/0 x.yml does not have `b` among the options of the input `it`, and `it` offers that, so GitHub refuses it
    target/inputs/it x.yml requires the input `it`, which is left out when nobody gives `it`, so GitHub refuses that
    target/inputs/it x.yml does not declare the input `it`, so GitHub refuses a dispatch with it
    target/inputs x.yml requires the input `other`, which the catalogue does not send, so GitHub refuses every dispatch
    ");
}

/// All parameters at once are a text of JSON, which only a text takes.
#[test]
fn all_parameters_at_once_fit_a_text() {
    let parameter = "{name: it, type: string, pattern: '[a-z]+'}";
    let workflow = |input: &str| {
        let target = "{github: a/b, workflow: x.yml, ref: main, inputs: {all: '{*}'}, run-input: run}";
        let catalogue = catalogue(parameter, target);
        let operation = operation(&catalogue);
        let Target::GitHub(target) = &operation.target else { panic!() };
        shown(workflow::compare(&file(&[input]), target, operation, &catalogue.landscape))
    };
    let job = |choices: Option<Vec<String>>, boolean: bool| {
        let catalogue = catalogue(parameter, "{jenkins: web, parameters: {ALL: '{*}'}, run-parameter: none}");
        let operation = operation(&catalogue);
        let Target::Jenkins(target) = &operation.target else { panic!() };
        let declared = [Declared { name: "ALL".to_owned(), choices, boolean }];
        shown(job::compare(&declared, target, operation, &catalogue.landscape))
    };
    assert!(workflow("all: {required: true}").is_empty());
    assert!(job(None, false).is_empty());
    let all = [
        workflow("all: {type: choice, options: [a]}"),
        workflow("all: {type: boolean}"),
        job(Some(vec!["a".to_owned()]), false),
        job(None, true),
    ];
    insta::assert_snapshot!(all.concat().join("\n"), @r"
    target/inputs/all x.yml takes no JSON for the input `all`, and the catalogue sends all parameters as that, so GitHub refuses every dispatch
    target/inputs/all x.yml takes no JSON for the input `all`, and the catalogue sends all parameters as that, so GitHub refuses every dispatch
    target/parameters/ALL web takes no JSON for `ALL`, and the catalogue sends all parameters as that
    target/parameters/ALL web takes no JSON for `ALL`, and the catalogue sends all parameters as that
    ");
}

#[test]
fn what_a_job_declares_is_compared_in_the_same_way() {
    let run = ("RUN", None, false);
    assert!(of_job(CHOICE, &[("IT", Some(&["b", "a"]), false), run]).is_empty());
    assert!(of_job(CHOICE, &[("IT", None, false), run]).is_empty());
    let all = [
        of_job(CHOICE, &[("IT", Some(&["a", "c"]), false)]),
        of_job(CHOICE, &[("ITS", None, false), run]),
        of_job(CHOICE, &[("IT", None, true), run]),
        of_job("{name: it, type: choice, options: [a, b], default: b}", &[("IT", Some(&["a"]), false), run]),
        of_job(
            "{name: it, type: string, pattern: '[a-z]+', required: true}",
            &[("IT", Some(&["a"]), false), run],
        ),
    ];
    insta::assert_snapshot!(all.concat().join("\n"), @r"
    target/run-parameter web does not declare the text parameter RUN, so Jenkins drops the run's id
    parameters/0 web does not have `b` among the choices of `IT`, and `it` offers that
    parameters/0? web has `c` among the choices of `IT`, and `it` does not offer that
    target/parameters/IT web does not declare the parameter `IT`, so Jenkins drops it
    parameters/0 web declares `IT` as a boolean, and `it` is of type choice
    parameters/0/default web does not have `b` among the choices of `IT`, the default of `it`
    parameters/0 web does not have `b` among the choices of `IT`, and `it` offers that
    parameters/0 web takes only its choices for `IT`, and `it` is of type string
    ");
}
