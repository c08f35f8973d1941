//! The type `steps`: operations that whoever asks puts together.

use crate::report::Report;
use crate::walk::Keyed;
use signalbox_domain::parameter::Kind;

/// Steps are read with the operations that they name, and those are read last: no value of them can stand here.
pub(super) fn steps(report: &mut Report, keyed: &Keyed<'_>) -> Option<Kind> {
    let mut fine = true;
    for key in ["default", "fixed", "for"] {
        if let Some(field) = keyed.get(key) {
            report.error(
                field.at,
                format!("{}: people say which steps they want", field.label),
                "leave it out; a batch whose steps are always the same has them under `target`, as a list",
            );
            fine = false;
        }
    }
    fine.then_some(Kind::Steps)
}
