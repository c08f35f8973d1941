//! One pass over a text: each form of a secret is looked for where the filter found a place for it.

use super::filter::{Lead, leads};
use super::scan::Scan;
use super::{address, bare, headers, pair, pem, switches, token};

/// Looks through a whole text.
pub(super) fn sweep(text: &str) -> Scan<'_> {
    let mut scan = Scan::new(text);
    leads(text.as_bytes(), |at, lead| look(&mut scan, at, lead));
    scan
}

fn look(scan: &mut Scan<'_>, at: usize, lead: Lead) {
    // A hidden place needs no second look, except for marks that end a key.
    if scan.hides(at) {
        return;
    }
    match lead {
        Lead::Token(row) => token::prefixed(scan, at, row),
        Lead::Inner(row) => token::inner(scan, at, row),
        Lead::Key => pair::at(scan, at),
        Lead::Address(width) => address::userinfo(scan, at, width),
        Lead::Dsn => address::dsn(scan, at),
        Lead::PgPass => address::pgpass(scan, at),
        Lead::Armour => pem::armour(scan, at),
        Lead::Putty => pem::putty(scan, at),
        Lead::Scheme => headers::scheme(scan, at),
        Lead::Switch => switches::at(scan, at),
        Lead::Sql => bare::identified_by(scan, at),
    }
}
