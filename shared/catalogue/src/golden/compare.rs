//! Whether what is expected is the case. Each difference is reported where it is expected.

use super::case::{Case, EXPECT};
use super::fact::{Fact, Said};
use crate::report::{Report, quoted};
use crate::tree::Shape;
use crate::walk::Field;

/// What to do about a difference.
const HINT: &str =
    "correct the catalogue or this case; `signalbox check --accept` writes what is now the case";

/// Reports all differences between a case and what is the case.
pub(super) fn holds(report: &mut Report, case: &Case<'_>, fact: &Fact) {
    let Some(expect) = &case.expect else {
        report.error(
            case.item.value_at(),
            "this case does not say what is expected",
            "write `expect:` with `verdict`, `intent` or `request`; `signalbox check --accept` writes all of them",
        );
        return;
    };
    for key in EXPECT {
        let Some(field) = expect.get(key) else { continue };
        match fact.part(key) {
            Some(said) => same(report, field, &said),
            None => report.error(
                field.at,
                format!("there is no `{key}`, because the verdict is {}", quoted(fact.verdict)),
                HINT,
            ),
        }
    }
}

fn same(report: &mut Report, field: &Field<'_>, is: &Said) {
    match (&field.node().shape, is) {
        (Shape::Scalar(scalar), Said::Text(is)) if scalar.text == *is => {}
        (Shape::Scalar(_) | Shape::List(_) | Shape::Mapping(_), Said::Text(is)) => {
            differs(report, field, &quoted(is));
        }
        (Shape::List(items), Said::List(all)) => {
            let texts: Vec<Option<&str>> = items.iter().map(|item| text(&item.shape)).collect();
            let wanted: Vec<Option<&str>> = all.iter().map(|text| Some(text.as_str())).collect();
            if texts != wanted {
                differs(report, field, &listed(all));
            }
        }
        (Shape::Scalar(_) | Shape::Mapping(_), Said::List(all)) => differs(report, field, &listed(all)),
        (Shape::Mapping(_), Said::Map(all)) => {
            let entries = field.entries(report).unwrap_or_default();
            for entry in &entries {
                match all.iter().find(|(name, _)| name == entry.key) {
                    Some((_, said)) => same(report, entry, said),
                    None => report.error(entry.at, format!("there is no {}", entry.label), HINT),
                }
            }
            for (name, said) in all.iter().filter(|(name, _)| !entries.iter().any(|e| e.key == name)) {
                let message = format!("{} is {}, and this is not expected", quoted(name), told(said));
                report.error(field.at, message, HINT);
            }
        }
        (Shape::Scalar(_) | Shape::List(_), Said::Map(_)) => differs(report, field, &told(is)),
        // It was reported when the file was read.
        (Shape::Broken, _) => {}
    }
}

fn text(shape: &Shape) -> Option<&str> {
    match shape {
        Shape::Scalar(scalar) => Some(&scalar.text),
        Shape::List(_) | Shape::Mapping(_) | Shape::Broken => None,
    }
}

fn differs(report: &mut Report, field: &Field<'_>, is: &str) {
    let expected = match &field.node().shape {
        Shape::Scalar(scalar) => quoted(&scalar.text),
        Shape::List(items) => {
            let texts: Vec<String> =
                items.iter().filter_map(|item| text(&item.shape)).map(str::to_owned).collect();
            listed(&texts)
        }
        Shape::Mapping(_) | Shape::Broken => "a mapping".to_owned(),
    };
    report.error(field.value_at(), format!("{} is {is}, and {expected} is expected", field.label), HINT);
}

fn told(said: &Said) -> String {
    match said {
        Said::Text(text) => quoted(text),
        Said::List(all) => listed(all),
        Said::Map(all) => {
            let names: Vec<String> = all.iter().map(|(name, _)| quoted(name)).collect();
            format!(
                "a mapping with {}",
                if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
            )
        }
    }
}

fn listed(all: &[String]) -> String {
    format!("[{}]", all.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(", "))
}
