//! What of other systems a catalogue names: repositories and lists, with everything in their placeholders that people
//! can choose. The practice systems have just that.

use signalbox_domain::catalogue::{Operation, Target};
use signalbox_domain::lookup::{GitHubList, Requirement, Source};
use signalbox_domain::parameter::{Parameter, Pattern};
use signalbox_domain::{Catalogue, ParameterName, Value};
use std::collections::{BTreeMap, BTreeSet};

/// So many values of one list's placeholders are tried. A catalogue that allows more has more than anybody practises.
const MOST: usize = 500;

/// A list, and what its values have to look like.
pub struct Named<'c> {
    pub source: Source,
    pub matching: Option<&'c Pattern>,
}

/// All that the catalogue may ask of systems outside.
pub fn named(catalogue: &Catalogue) -> Vec<Named<'_>> {
    catalogue.operations.values().flat_map(|operation| of_operation(catalogue, operation)).collect()
}

fn of_operation<'c>(catalogue: &'c Catalogue, operation: &'c Operation) -> Vec<Named<'c>> {
    // What is compared, or has to be green, is in a repository like one that has a list.
    let tags_of =
        |repository: &String| Source::GitHub { repository: repository.clone(), list: GitHubList::Tags };
    let mut all: Vec<(Source, Option<&Pattern>)> = vec![];
    if let Target::GitHub(target) = &operation.target {
        all.push((tags_of(&target.repository), None));
    }
    let lists = operation.parameters.iter().filter_map(|parameter| parameter.from.as_ref());
    all.extend(lists.map(|from| (from.source.clone(), from.matching.as_ref())));
    all.extend(operation.requires.iter().filter_map(|requirement| match requirement {
        Requirement::Listed { source, .. } => Some((source.clone(), None)),
        Requirement::Green { repository, .. } => Some((tags_of(repository), None)),
        Requirement::Ready | Requirement::NotOlder | Requirement::Answers { .. } => None,
    }));
    let shipped = operation.ships.iter().filter_map(|ships| ships.repository.as_ref());
    all.extend(shipped.map(|repository| (tags_of(repository), None)));
    let filled = |(source, matching): (Source, Option<&'c Pattern>)| {
        let values = chosen(catalogue, &operation.parameters, &source);
        let filled = values.into_iter().filter_map(move |values| {
            let source = source.filled(&operation.placeholders(&catalogue.landscape, &values))?;
            Some(Named { source, matching })
        });
        filled.collect::<Vec<_>>()
    };
    all.into_iter().flat_map(filled).collect()
}

/// Every choice of the parameters that a list's placeholders name. None where a person types one of them: what they will
/// type is not known.
fn chosen(
    catalogue: &Catalogue,
    parameters: &[Parameter],
    source: &Source,
) -> Vec<BTreeMap<ParameterName, Value>> {
    let names = source.placeholders();
    let names: BTreeSet<&str> = names.iter().filter_map(|name| name.split('.').next()).collect();
    let mut all = vec![BTreeMap::new()];
    for parameter in parameters.iter().filter(|parameter| names.contains(parameter.name.as_str())) {
        let options = parameter.kind.options(&catalogue.landscape).unwrap_or_default();
        let with = |values: BTreeMap<ParameterName, Value>| {
            let one = |(option, _): &(&str, &str)| {
                let mut values = values.clone();
                values.insert(parameter.name.clone(), Value::Text((*option).to_owned()));
                values
            };
            options.iter().map(one).collect::<Vec<_>>()
        };
        all = all.into_iter().flat_map(with).take(MOST).collect();
    }
    all
}
