//! One value: what a person typed, in the form of its type.

use super::version::{self, STABLE};
use super::{Context, Decimal, Kind, LONGEST_TEXT, LONGEST_VALUE, Parameter, Problem, Value, moment, steps};
use crate::nearest::nearest;
use crate::people::{mentioned, mentioned_channel};
use crate::visible::{is_hidden, name_of};

impl Parameter {
    /// Takes the text a person typed, or chose.
    ///
    /// # Errors
    /// [`Problem`] says why not.
    pub fn accept(&self, text: &str, context: &Context<'_>) -> Result<Value, Problem> {
        let value = self.typed(text, context)?;
        self.is_listed(&value, context).map(|()| value)
    }

    /// Takes what its type takes, whatever its list has.
    pub(crate) fn typed(&self, text: &str, context: &Context<'_>) -> Result<Value, Problem> {
        let lines = matches!(self.kind, Kind::Text { .. } | Kind::Json | Kind::Steps);
        let most = if lines { LONGEST_TEXT } else { LONGEST_VALUE };
        // A text is never longer in characters than in bytes.
        if text.len() > most && text.chars().count() > most {
            return Err(Problem::TooLong { most });
        }
        if text.chars().any(|c| c.is_control() && !(lines && matches!(c, '\n' | '\r' | '\t'))) {
            return Err(Problem::ControlCharacter);
        }
        if !text.is_ascii()
            && let Some(hidden) = text.chars().find(|c| is_hidden(*c))
        {
            return Err(Problem::HiddenCharacter { name: name_of(hidden) });
        }
        let taken = |text: String| Ok(Value::Text(text));
        match &self.kind {
            Kind::String { pattern, shortest, longest } => {
                self.is_no_secret(text)?;
                is_long_enough(text, *shortest, *longest)?;
                match pattern {
                    Some(p) if !p.matches(text) => {
                        Err(Problem::PatternMismatch { pattern: p.as_str().to_owned() })
                    }
                    None if text.starts_with('-') => Err(Problem::LooksLikeAnOption),
                    Some(_) | None => taken(text.to_owned()),
                }
            }
            Kind::Text { longest } => {
                self.is_no_secret(text)?;
                let text = text.replace("\r\n", "\n").replace('\r', "\n");
                is_long_enough(&text, None, Some(*longest))?;
                if text.starts_with('-') { Err(Problem::LooksLikeAnOption) } else { taken(text) }
            }
            Kind::Choice { options } => {
                chosen(text, options.iter().map(String::as_str)).map(|o| Value::Text(o.to_owned()))
            }
            Kind::Choices { options, fewest, most } => {
                let options = self.from.is_none().then_some(&**options);
                several(text, options, *fewest, *most)
            }
            Kind::Integer { min, max, step, unit } => {
                let number: i64 = text.parse().map_err(|_| Problem::NotAnInteger)?;
                let bounds = (min.map(Decimal::from), max.map(Decimal::from), step.map(Decimal::from));
                fits(Decimal::from(number), bounds, unit.as_deref()).map(|()| Value::Integer(number))
            }
            Kind::Number { min, max, step, unit } => {
                let number: Decimal = text.parse().map_err(|_| Problem::NotANumber)?;
                fits(number, (*min, *max, *step), unit.as_deref())?;
                taken(number.to_string())
            }
            Kind::Boolean => match text.to_ascii_lowercase().as_str() {
                "true" | "yes" | "on" => Ok(Value::Boolean(true)),
                "false" | "no" | "off" => Ok(Value::Boolean(false)),
                _ => Err(Problem::NotABoolean),
            },
            Kind::Thing { .. } => {
                let options = self.kind.options(context.landscape).unwrap_or_default();
                // People may type what they read as well.
                let titled = options.iter().find(|(_, title)| *title == text).map(|(name, _)| *name);
                chosen(titled.unwrap_or(text), options.iter().map(|(name, _)| *name))
                    .map(|name| Value::Text(name.to_owned()))
            }
            Kind::Secret { names } => {
                chosen(text, names.iter().map(|(n, _)| n.as_str())).map(|n| Value::Text(n.to_owned()))
            }
            Kind::Version { range, channels } => {
                is_version(text, range.as_ref(), channels).and_then(|()| taken(text.to_owned()))
            }
            Kind::Duration { min, max } => {
                let length = moment::length(text).ok_or(Problem::NotALength)?;
                let seconds = length.as_secs();
                if min.is_some_and(|min| seconds < min) || max.is_some_and(|max| seconds > max) {
                    let spelt =
                        |s: &Option<u64>| s.map(|s| moment::spelt(std::time::Duration::from_secs(s)).into());
                    return Err(Problem::OutOfBounds { min: spelt(min), max: spelt(max) });
                }
                taken(moment::spelt(length))
            }
            Kind::Date { zone } => moment::date(text, zone, context.now).map(Value::Text),
            Kind::Time { .. } => moment::time(text).map(Value::Text),
            Kind::DateTime { zone } => moment::moment(text, zone, context.now).map(Value::Text),
            Kind::User => {
                let id = mentioned(text).map(|user| user.as_str().to_owned());
                within(text, id, context).map(Value::Text).ok_or(Problem::NotAPerson)
            }
            Kind::Channel => {
                let id = mentioned_channel(text).map(|channel| channel.as_str().to_owned());
                within(text, id, context).map(Value::Text).ok_or(Problem::NotAChannel)
            }
            Kind::Json => {
                self.is_no_secret(text)?;
                let value: serde_json::Value =
                    serde_json::from_str(text).map_err(|e| Problem::NotJson { why: e.to_string() })?;
                taken(value.to_string())
            }
            Kind::Steps => {
                self.is_no_secret(text)?;
                steps::in_full(text, context).and_then(taken)
            }
        }
    }

    /// Checked as it will be shown: the name may say that the value is a secret.
    fn is_no_secret(&self, text: &str) -> Result<(), Problem> {
        let shown = format!("{}={text}", self.name);
        if crate::redact::looks_secret(text) || crate::redact::looks_secret(&shown) {
            return Err(Problem::LooksLikeASecret);
        }
        Ok(())
    }

    /// What is handed to the target for this value.
    #[must_use]
    pub fn handed<'v>(&'v self, value: &'v str) -> &'v str {
        // A secret alone may be known to the target by another name than to people.
        let Kind::Secret { names } = &self.kind else { return value };
        names.iter().find(|(name, _)| name == value).map_or(value, |(_, to)| to)
    }
}

fn is_long_enough(text: &str, shortest: Option<usize>, longest: Option<usize>) -> Result<(), Problem> {
    if shortest.is_none() && longest.is_none() {
        return Ok(());
    }
    let length = text.chars().count();
    match (shortest, longest) {
        (Some(least), _) if length < least => Err(Problem::TooShort { least }),
        (_, Some(most)) if length > most => Err(Problem::TooLong { most }),
        (_, _) => Ok(()),
    }
}

fn chosen<'o>(text: &str, options: impl Iterator<Item = &'o str> + Clone) -> Result<&'o str, Problem> {
    options.clone().find(|o| *o == text).ok_or_else(|| Problem::NotAnOption {
        options: options.clone().map(str::to_owned).collect(),
        did_you_mean: nearest(text, options),
    })
}

/// Some of the options, in the catalogue's order, each once. Without options any words, in the order in which they are
/// given.
fn several(
    text: &str,
    options: Option<&[String]>,
    fewest: Option<usize>,
    most: Option<usize>,
) -> Result<Value, Problem> {
    let words = text.split(',').map(str::trim).filter(|word| !word.is_empty());
    let mut picked: Vec<&str> = vec![];
    for word in words {
        let word = match options {
            Some(options) => chosen(word, options.iter().map(String::as_str))?,
            None if word.starts_with('-') => return Err(Problem::LooksLikeAnOption),
            None => word,
        };
        if !picked.contains(&word) {
            picked.push(word);
        }
    }
    let kept: Vec<&str> = match options {
        Some(options) => options.iter().map(String::as_str).filter(|o| picked.contains(o)).collect(),
        None => picked,
    };
    if kept.len() < fewest.unwrap_or(0) || kept.len() > most.unwrap_or(usize::MAX) {
        return Err(Problem::NotSoMany { fewest, most });
    }
    Ok(Value::Text(kept.join(",")))
}

type Bounds = (Option<Decimal>, Option<Decimal>, Option<Decimal>);

fn fits(number: Decimal, (min, max, step): Bounds, unit: Option<&str>) -> Result<(), Problem> {
    let said = |number: Decimal| match unit {
        Some(unit) => format!("{number} {unit}"),
        None => number.to_string(),
    };
    if min.is_some_and(|min| number < min) || max.is_some_and(|max| number > max) {
        return Err(Problem::OutOfBounds {
            min: min.map(|n| said(n).into()),
            max: max.map(|n| said(n).into()),
        });
    }
    let from = min.unwrap_or(Decimal::ZERO);
    match step {
        Some(step) if !number.is_stepped(from, step) => {
            Err(Problem::NotAStep { from: said(from), step: said(step) })
        }
        Some(_) | None => Ok(()),
    }
}

fn is_version(text: &str, range: Option<&super::Range>, channels: &[String]) -> Result<(), Problem> {
    let version = version::read(text).ok_or(Problem::NotAVersion)?;
    let channel = version::channel(&version);
    let takes = if channels.is_empty() { channel == STABLE } else { channels.iter().any(|c| c == channel) };
    if !takes {
        let channels = if channels.is_empty() { vec![STABLE.to_owned()] } else { channels.to_vec() };
        return Err(Problem::NotInChannel { channel: channel.to_owned(), channels });
    }
    match range {
        Some(range) if !version::is_in(range, &version) => {
            Err(Problem::NotInRange { range: range.as_str().to_owned() })
        }
        Some(_) | None => Ok(()),
    }
}

/// An id with its workspace: `T1/U1`. A mention is of the place's own workspace.
fn within(text: &str, mentioned: Option<String>, context: &Context<'_>) -> Option<String> {
    if let Some(id) = mentioned {
        return Some(format!("{}/{id}", context.place?.workspace));
    }
    let is_id = |id: &str| {
        (2..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    match text.split_once('/') {
        Some((workspace, id)) => (is_id(workspace) && is_id(id)).then(|| text.to_owned()),
        None => is_id(text).then(|| Some(format!("{}/{text}", context.place?.workspace)))?,
    }
}
