//! `--families` and `--suggest`: patterns that say the same about many things, shown as one, and the rules that would
//! merge them. The fingerprints of the patterns do not change.

use super::part::{Pattern, Wanted, worst};
use super::{MOST_PATTERNS, cores, find, sort};
use crate::cli::Fingerprint as Options;
use signalbox_domain::redact::redact;
use signalbox_domain::visible;
use signalbox_fingerprint::{Fingerprint, Rules, VERSION, families};
use std::collections::HashMap;
use std::io::Write;

/// Patterns of a family that a suggestion names.
const NAMED: usize = 8;

/// Families instead of their patterns; the most frequent come first.
pub(super) fn together(mut patterns: Vec<Pattern>) -> Vec<Pattern> {
    let templates: Vec<&str> = patterns.iter().map(|p| p.template.as_str()).collect();
    let found = families(&templates);
    let mut whole: Vec<Pattern> = vec![];
    let mut inside = vec![false; patterns.len()];
    for family in found {
        let mut one: Option<Pattern> = None;
        for &n in &family.members {
            let Some(member) = patterns.get(n) else { continue };
            inside[n] = true;
            match &mut one {
                Some(one) => {
                    one.count += member.count;
                    one.level = worst(one.level, member.level);
                    one.patterns += 1;
                }
                None => {
                    one = Some(Pattern {
                        fingerprint: Fingerprint::of(family.form.as_bytes(), VERSION),
                        count: member.count,
                        level: member.level,
                        template: family.form.clone(),
                        sample: member.sample.clone(),
                        patterns: 1,
                    });
                }
            }
        }
        whole.extend(one);
    }
    let mut alone = inside.iter().map(|inside| !inside);
    patterns.retain(|_| alone.next().unwrap_or_default());
    patterns.extend(whole);
    sort(&mut patterns);
    patterns
}

/// `line_id,family` for each line: the family's name, or the pattern's own. Which patterns are a family is known only
/// at the end, so sixteen bytes for each record are kept until then.
pub(super) fn each(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let mut lines: Vec<(Option<Fingerprint>, u32)> = vec![];
    let mut seen: HashMap<u64, (u64, String)> = HashMap::new();
    cores::parts(options, Wanted::Both, |part| {
        lines.extend(part.lines);
        for pattern in part.patterns {
            let key = pattern.fingerprint.to_u64();
            if let Some(known) = seen.get_mut(&key) {
                known.0 += pattern.count;
            } else if seen.len() < MOST_PATTERNS {
                seen.insert(key, (pattern.count, pattern.template));
            }
        }
        Ok(())
    })?;
    let mut seen: Vec<(u64, u64, String)> =
        seen.into_iter().map(|(key, (count, text))| (key, count, text)).collect();
    seen.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.2.cmp(&b.2)));
    let templates: Vec<&str> = seen.iter().map(|s| s.2.as_str()).collect();
    let mut family_of: HashMap<u64, Fingerprint> = HashMap::new();
    for family in families(&templates) {
        let name = Fingerprint::of(family.form.as_bytes(), VERSION);
        family_of.extend(family.members.iter().filter_map(|&n| Some((seen.get(n)?.0, name))));
    }
    writeln!(out, "line_id,family")?;
    let mut line = 0u64;
    for (print, count) in lines {
        for _ in 0..count {
            line += 1;
            if let Some(print) = print {
                writeln!(out, "{line},{}", family_of.get(&print.to_u64()).unwrap_or(&print))?;
            }
        }
    }
    Ok(())
}

/// For each family the catalogue's rule, and every pattern that the rule would merge, also patterns outside the
/// family.
pub(super) fn suggest(options: &Options, out: &mut impl Write) -> anyhow::Result<()> {
    let found = find(options)?;
    let templates: Vec<&str> = found.patterns.iter().map(|p| p.template.as_str()).collect();
    let families = families(&templates);
    if families.is_empty() {
        writeln!(out, "no families in {} patterns", found.patterns.len())?;
        return Ok(());
    }
    writeln!(out, "rules:")?;
    for family in families {
        // A form that makes no valid rule consists only of places.
        let Ok(rule) = Rules::builder().merge(&family.form).build() else { continue };
        let shown = visible::line(&redact(&family.form)).replace('\'', "''");
        let merged: Vec<&Pattern> = found.patterns.iter().filter(|p| rule.merges(&p.template)).collect();
        let count: u64 = merged.iter().map(|p| p.count).sum();
        writeln!(out, "  - merge: '{shown}'   # {} patterns, {count} records", merged.len())?;
        for pattern in merged.iter().take(NAMED) {
            writeln!(out, "    #   {}", visible::line(&redact(&pattern.template)))?;
        }
        if merged.len() > NAMED {
            writeln!(out, "    #   and {} more", merged.len() - NAMED)?;
        }
        let others = merged.len().saturating_sub(family.members.len());
        if others > 0 {
            writeln!(
                out,
                "    #   {others} of them are no part of the family: look before you save the rule"
            )?;
        }
    }
    Ok(())
}
