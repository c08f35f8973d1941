//! Finds the few places of a text where something secret may begin, fast: three bytes at a time, in either case.

use super::table::{INNER, TOKENS};
use std::sync::LazyLock;

/// What may begin at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lead {
    /// A row of [`TOKENS`].
    Token(usize),
    /// A row of [`INNER`].
    Inner(usize),
    /// Part of a name.
    Key,
    /// `://`, plain, escaped or encoded: as many bytes.
    Address(usize),
    /// `@tcp(` and the like: a user and a password stand before it.
    Dsn,
    /// The dashes before `BEGIN` or `END`.
    Armour,
    /// PuTTY's private lines.
    Putty,
    /// `Bearer`, `Basic`.
    Scheme,
    /// An option that takes a user and a password, or a password.
    Switch,
    /// `IDENTIFIED BY`.
    Sql,
    /// A port or a star in a line of `.pgpass`.
    PgPass,
}

/// Beginnings and what they lead to; in lower case, at least three bytes.
const LEADS: &[(&str, Lead)] = &[
    ("pass", Lead::Key),
    ("pswd", Lead::Key),
    ("pwd", Lead::Key),
    ("_pw", Lead::Key),
    ("secret", Lead::Key),
    ("token", Lead::Key),
    ("cred", Lead::Key),
    ("key", Lead::Key),
    ("auth", Lead::Key),
    ("cookie", Lead::Key),
    ("jwt", Lead::Key),
    ("bearer", Lead::Key),
    ("session", Lead::Key),
    ("sessid", Lead::Key),
    ("sid", Lead::Key),
    ("sig", Lead::Key),
    ("hmac", Lead::Key),
    ("otp", Lead::Key),
    ("pin", Lead::Key),
    ("cvv", Lead::Key),
    ("cvc", Lead::Key),
    ("connection", Lead::Key),
    ("connstr", Lead::Key),
    ("conn_str", Lead::Key),
    ("mnemonic", Lead::Key),
    ("seed", Lead::Key),
    ("private-mac", Lead::Key),
    ("://", Lead::Address(3)),
    (":\\/\\/", Lead::Address(5)),
    ("%3a%2f%2f", Lead::Address(9)),
    ("@tcp(", Lead::Dsn),
    ("@unix(", Lead::Dsn),
    ("--begin ", Lead::Armour),
    ("--begin+", Lead::Armour),
    ("-- begin ", Lead::Armour),
    ("--end ", Lead::Armour),
    ("--end+", Lead::Armour),
    ("-- end ", Lead::Armour),
    ("private-lines:", Lead::Putty),
    ("bearer ", Lead::Scheme),
    ("bearer%20", Lead::Scheme),
    ("basic ", Lead::Scheme),
    ("basic%20", Lead::Scheme),
    (" -u", Lead::Switch),
    (" -p", Lead::Switch),
    (" -a ", Lead::Switch),
    (" --user", Lead::Switch),
    (" --proxy-user", Lead::Switch),
    ("identified by", Lead::Sql),
    (":54", Lead::PgPass),
    (":64", Lead::PgPass),
    (":*:", Lead::PgPass),
];

const BITS: u32 = 13;

/// This bit turns capital letters into small ones. It changes other bytes too, but in text and table alike.
const FOLD: u32 = 0x0020_2020;

struct Filter {
    /// For each hash of three folded bytes: the number of a list, from 1; 0 if there is none.
    heads: Box<[u16]>,
    lists: Vec<Vec<(Vec<u8>, Lead)>>,
}

static FILTER: LazyLock<Filter> = LazyLock::new(|| {
    let mut filter = Filter { heads: vec![0; 1 << BITS].into(), lists: vec![] };
    let tokens = TOKENS.iter().enumerate().map(|(i, t)| (t.prefix, Lead::Token(i)));
    let inner = INNER.iter().enumerate().map(|(i, t)| (t.mark, Lead::Inner(i)));
    for (text, lead) in LEADS.iter().copied().chain(tokens).chain(inner) {
        let folded: Vec<u8> = text.bytes().map(|b| b | 0x20).collect();
        // The filter needs three characters: a token of two is entered once for each digit that may follow.
        let thirds: Vec<u8> = if folded.len() == 2 {
            b"0123456789abcdef".iter().map(|b| b | 0x20).collect()
        } else {
            vec![folded[2]]
        };
        for third in thirds {
            let slot = &mut filter.heads[hash(u32::from_le_bytes([folded[0], folded[1], third, 0]))];
            if *slot == 0 {
                filter.lists.push(vec![]);
                *slot = u16::try_from(filter.lists.len()).unwrap_or(0);
            }
            filter.lists[usize::from(*slot) - 1].push((folded.clone(), lead));
        }
    }
    filter
});

fn hash(three: u32) -> usize {
    ((three | FOLD).wrapping_mul(0x9E37_79B1) >> (32 - BITS)) as usize
}

/// Calls `found` for each place where something may begin, in order.
pub(super) fn leads(b: &[u8], mut found: impl FnMut(usize, Lead)) {
    let filter = &*FILTER;
    for (at, three) in b.windows(3).enumerate() {
        let head = filter.heads[hash(u32::from_le_bytes([three[0], three[1], three[2], 0]))];
        if head != 0 {
            for (text, lead) in &filter.lists[usize::from(head) - 1] {
                let here = &b[at..];
                if here.len() >= text.len() && here.iter().zip(text).all(|(a, b)| a | 0x20 == *b) {
                    found(at, *lead);
                }
            }
        }
    }
}
