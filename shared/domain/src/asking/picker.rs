//! What somebody searches: operations, and the options of a field.

use crate::ids::OperationName;
use crate::sought::{Place, Sought};

/// The operations that somebody may choose from, to ask for one.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// What they asked for lately, the latest first.
    pub recent: Vec<OperationName>,
    /// All that they may ask for here: names and descriptions.
    pub all: Vec<(OperationName, String)>,
}

impl Picker {
    /// Those whose name or description has these words, the best first.
    #[must_use]
    pub fn search(&self, typed: &str) -> Vec<&(OperationName, String)> {
        let sought = Sought::new(typed);
        let rank = |(name, description): &(OperationName, String)| match sought.place(name.as_str()) {
            Some(Place::First) => Some(0),
            Some(Place::Within) => Some(1),
            None => sought.place(description).map(|_| 2),
        };
        let mut found: Vec<_> = self.all.iter().filter_map(|entry| Some((rank(entry)?, entry))).collect();
        found.sort_by_key(|(rank, _)| *rank);
        found.into_iter().map(|(_, entry)| entry).collect()
    }
}

/// Options that have these words in them, those that begin with them first, at most `most`.
#[must_use]
pub fn matching<'o, S: AsRef<str>>(options: &'o [(S, S)], typed: &str, most: usize) -> Vec<&'o (S, S)> {
    let sought = Sought::new(typed);
    let (mut first, mut then) = (vec![], vec![]);
    for option in options {
        if first.len() == most {
            break;
        }
        let (value, label) = (option.0.as_ref(), option.1.as_ref());
        match sought.place(value).into_iter().chain(sought.place(label)).min() {
            Some(Place::First) => first.push(option),
            Some(Place::Within) if then.len() < most => then.push(option),
            Some(Place::Within) | None => {}
        }
    }
    first.extend(then);
    first.truncate(most);
    first
}
