//! Names log lines by what they say: line in, fingerprint and template out.
//!
//! A fingerprint is a pure function of the line, of the built-in rules ([`VERSION`]) and of a team's own [`Rules`]:
//! nothing is learnt from other lines, so it is the same in every window, process and order. This crate never reads
//! files, never waits, never looks at the clock, and does not know where a line comes from.
//!
//! ```
//! use signalbox_fingerprint::{Fingerprinter, Level, Rules};
//!
//! let mut prints = Fingerprinter::new(&Rules::default());
//! let line = b"2026-02-03 04:05:06 ERROR [main] shop.Cart: user 42 not found at 10.0.0.1:80";
//! let print = prints.line(line).unwrap();
//! assert_eq!(print.template, "user <*> not found at <*>");
//! assert_eq!(print.level, Some(Level::Error));
//! ```

mod access;
mod builtin;
mod bytes;
mod canonical;
mod clean;
mod failure;
mod families;
mod fields;
mod frame;
mod hash;
mod header;
mod join;
mod json;
mod known;
mod level;
mod logfmt;
mod marks;
mod mask;
mod print;
mod quoted;
mod rules;
mod shapes;
mod time;
mod trace;

pub use builtin::BuiltIn;
pub use families::{Family, PLACE, families};
pub use hash::{Fingerprint, NotAFingerprint};
pub use join::{Joiner, Record};
pub use level::{Level, LevelBy};
pub use print::{Fingerprinter, Print};
pub use rules::{RuleError, Rules, RulesBuilder};

/// Version of the built-in rules; part of every fingerprint. A change of any built-in rule raises it.
pub const VERSION: u32 = 2;
