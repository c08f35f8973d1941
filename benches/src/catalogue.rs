//! A catalogue of five hundred operations: read and checked, loaded from its artefact; its largest form drawn, and what
//! fits what somebody types. The floor of each does the least that could be done over the same bytes.

use crate::samples::Samples;
use crate::{Effort, clock, table};
use signalbox_domain::asking::{Asking, matching};
use signalbox_domain::parameter::{Context, Given, Kind, Parameter};
use signalbox_domain::{Catalogue, Operation};
use signalbox_slack::{Suggested, ask_view, suggested};
use signalbox_testkit::samples;
use std::fmt::Write as _;
use std::hint::black_box;
use std::sync::Arc;

/// Operations in the catalogue.
const OPERATIONS: usize = 500;
/// Values of the field that is searched.
const VALUES: usize = 5_000;

/// Measures all of it.
pub fn run(effort: Effort) -> anyhow::Result<()> {
    let turns = effort.pick(200, 2);
    let text = yaml();
    eprintln!("catalogue: {OPERATIONS} operations, {} KB of YAML, {turns} turns", text.len() / 1024);
    let files = [("catalogue.yaml".to_owned(), text.clone())];
    let catalogue = signalbox_catalogue::parse(&files).map_err(|wrong| anyhow::anyhow!("{wrong}"))?;
    let artefact = signalbox_catalogue::to_artefact(&catalogue);

    let (mut check, mut split) = (Samples::default(), Samples::default());
    let (mut load, mut json) = (Samples::default(), Samples::default());
    for _ in 0..turns {
        check.time(|| black_box(signalbox_catalogue::parse(&files)).is_ok());
        split.time(|| black_box(text.lines().filter(|line| line.contains(':')).count()));
        load.time(|| black_box(signalbox_catalogue::from_artefact(&artefact)).is_ok());
        json.time(|| black_box(serde_json::from_slice::<serde_json::Value>(&artefact)).is_ok());
    }
    let (mut make, mut read) = (Samples::default(), Samples::default());
    let (mut modal, mut write) = (Samples::default(), Samples::default());
    let (mut suggest, mut scan) = (Samples::default(), Samples::default());
    let (operation, place) = (largest(&catalogue), samples::channel("COPS"));
    let context = Context {
        landscape: &catalogue.landscape,
        place: Some(&place),
        now: clock::now(),
        lists: None,
        steps: None,
    };
    let asking = Asking { operation: &operation, context };
    let form = asking.form(&Given::new());
    let view = ask_view(&form, &place);
    eprintln!("catalogue: the largest modal has {} KB", view.get().len() / 1024);
    let view: serde_json::Value = serde_json::from_str(view.get())?;
    let values: Vec<(String, String)> =
        (0..VALUES).map(|n| (format!("release-{n}"), format!("Release {n}"))).collect();
    let found = Suggested::Values(values.clone(), None);
    for _ in 0..turns {
        make.time(|| black_box(asking.form(black_box(&Given::new()))));
        read.time(|| black_box(letters(black_box(&operation))));
        modal.time(|| black_box(ask_view(black_box(&form), &place)));
        write.time(|| black_box(view.to_string()));
        suggest.time(|| black_box(suggested(black_box(&found), "99")));
        scan.time(|| black_box(matching(black_box(&values), "99", 100)).len());
    }
    let row = |what: &str, ours: &Samples, than: &str, floor: &Samples| {
        let (p50, p99) = (ours.p50(), ours.p99());
        [
            what.to_owned(),
            p50.to_string(),
            p99.to_string(),
            format!("{than}: {}", floor.p50()),
            p50.ratio(floor.p50()),
        ]
    };
    table::print(
        "catalogue: 500 operations",
        ["", "p50", "p99", "floor", "p50 ratio"],
        &[
            row("read and check the YAML", &check, "find the keys", &split),
            row("load the artefact", &load, "read it as any JSON", &json),
            row("make the largest form", &make, "count its letters", &read),
            row("draw the largest modal", &modal, "write it as text", &write),
            row("answer a search of 5,000", &suggest, "find them", &scan),
        ],
    );
    Ok(())
}

/// Operations as teams write them: environments, services, a version, a number, a choice.
fn yaml() -> String {
    let mut text = String::from(
        "programs: { deploy: ./deploy }\nenvironments:\n  qa: { settings: { region: eu } }\n  prod: { protected: true, settings: { region: us } }\n\
         services: { web: , api: , worker: }\noperations:\n",
    );
    for n in 0..OPERATIONS {
        // Writing to a `String` cannot fail.
        let _ = write!(
            text,
            "  deploy-{n}:
    description: Deploy the service {n}
    parameters:
      - {{ name: service, type: service, required: true }}
      - {{ name: env, type: environment, required: true }}
      - {{ name: version, type: version, range: '>=1', required: true }}
      - {{ name: copies, type: integer, min: 1, max: 9, default: 2, for: [{{ environment: prod, default: 4 }}] }}
      - {{ name: mode, type: choice, options: [rolling, blue-green, canary], default: rolling }}
    target:
      command: [deploy, '{{service}}', '--env={{env}}', '--region={{env.region}}', '--version={{version}}', '--copies={{copies}}', '--mode={{mode}}']
      timeout: 10m
    allow: [{{ users: [TPRACTICE/UADA], channels: [TPRACTICE/COPS] }}]
"
        );
    }
    text
}

/// A form with as many fields as there is room for, half of them choices of a hundred.
fn largest(catalogue: &Catalogue) -> Operation {
    let first = catalogue.operations.values().next().cloned();
    let mut operation: Operation = first.unwrap_or_else(|| samples::draft().operations["touch"].clone());
    let options: Arc<[String]> = (0..100).map(|n| format!("option-{n}")).collect();
    operation.parameters = (0..100)
        .map(|n| {
            let kind = match n % 2 {
                0 => Kind::Choice { options: options.clone() },
                _ => Kind::String { pattern: None, shortest: None, longest: None },
            };
            Parameter {
                description: "What it is for".into(),
                ..Parameter::plain(format!("p{n}").parse().unwrap(), kind)
            }
        })
        .collect();
    operation
}

fn letters(operation: &Operation) -> usize {
    let options = |parameter: &Parameter| {
        let Kind::Choice { options } = &parameter.kind else { return 0 };
        options.iter().map(String::len).sum()
    };
    operation.parameters.iter().map(options).sum()
}
