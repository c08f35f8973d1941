//! Bounds a report of a watch.

use super::*;

pub(super) fn report(report: &mut Report) {
    report.sources.truncate(MOST_SOURCES);
    for SourceReport { state, .. } in &mut report.sources {
        match state {
            SourceState::Failed { why } => cut(why, LONGEST_WHY),
            SourceState::Whole | SourceState::Partly { .. } => {}
        }
    }
    report.patterns.truncate(MOST_PATTERNS);
    report.patterns.iter_mut().for_each(|pattern| cut(&mut pattern.title, LONGEST_TEXT));
    report.families.truncate(MOST_PATTERNS);
    for FamilyLine { family, .. } in &mut report.families {
        cut(&mut family.form, LONGEST_TEXT);
        family.words.truncate(MOST_WORDS);
        family.words.iter_mut().for_each(|words| cut(words, LONGEST_WORDS));
    }
    let old = report.recent.len().saturating_sub(MOST_RECENT);
    report.recent.drain(..old);
    cut_links(&mut report.links);
    report.runs.truncate(MOST_RUNS);
    report.runs.iter_mut().for_each(|run| cut(&mut run.what, LONGEST_WHY));
    report.silenced.truncate(MOST_BESIDE);
    report.silenced.iter_mut().for_each(|silenced| rule(&mut silenced.rule));
    if let Some(without) = &mut report.without_level {
        cut(&mut without.example, LONGEST_TEXT);
    }
}
