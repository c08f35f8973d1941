//! What is wrong with a line or a value, in words.
//!
//! What a person typed is shown back to them, so it is redacted first, because people sometimes paste passwords.

use crate::parameter::{how_many, listed, values};
use crate::text::Text;
use signalbox_domain::parameter::{Mistake, Problem};
use signalbox_domain::phrase::{LONGEST_PHRASE, List, Misunderstood};
use signalbox_domain::redact::redact;

/// What was wrong, in a sentence or two.
pub(crate) fn wrong(problem: &Misunderstood) -> Text {
    let text = Text::default();
    match problem {
        Misunderstood::OpenQuote => text
            .say("A quote was opened and not closed. A value with spaces goes between two: ")
            .code("note=\"two words\"")
            .say("."),
        Misunderstood::TooLong => {
            text.plain(format!("That is too long: at most {LONGEST_PHRASE} bytes are read."))
        }
        Misunderstood::UnknownOperation { word, did_you_mean } => {
            suggest(text.say("There is no operation ").code(&redact(word)).say("."), did_you_mean.as_deref())
                .say(" `/signalbox help` shows what you can run.")
        }
        Misunderstood::UnknownParameter { operation, word, did_you_mean } => suggest(
            text.code(operation.as_str()).say(" has no parameter ").code(&redact(word)).say("."),
            did_you_mean.as_deref(),
        ),
        Misunderstood::GivenTwice { parameter, .. } => text.code(parameter.as_str()).say(" was given twice."),
        Misunderstood::TooManyWords { operation, word } => text
            .code(&redact(word))
            .say(" is one word more than ")
            .code(operation.as_str())
            .say(" has parameters. A value with spaces goes between quotes: ")
            .code("note=\"two words\"")
            .say("."),
        Misunderstood::Missing { parameter, .. } => text.code(parameter.as_str()).say(" is missing."),
        Misunderstood::BadValue { parameter, value, problem, .. } => {
            bad_value(text.code(parameter.as_str()), value, problem)
        }
        Misunderstood::NotAsked { parameter, because, is_none_of, .. } => mistake(
            text.code(parameter.as_str()),
            &Mistake::NotAsked { because: because.clone(), is_none_of: is_none_of.clone() },
        ),
        Misunderstood::Fixed { parameter, value, .. } => {
            mistake(text.code(parameter.as_str()), &Mistake::Fixed { value: value.clone() })
        }
        Misunderstood::MissingRun { verb } => which_run(text.say("Which run? "), verb),
        Misunderstood::BadSettlement { word } => {
            let text = match word.as_str() {
                "" => text.say("What became of it? "),
                word => text.code(&redact(word)).say(" is not what may have become of a run. "),
            };
            text.say("Say `/signalbox settle RUN succeeded`, `failed` or `did-not-run`, and why you know.")
        }
        Misunderstood::BadFilter { list, word } => {
            let (what, of, example) = match list {
                List::Runs => ("runs", "an operation", "/signalbox history 20 release failed 7d by=U012ABC"),
                List::Alerts => ("alerts", "a watch", "/signalbox alerts 5 acknowledged 7d by=U012ABC"),
            };
            text.code(&redact(word))
                .plain(format!(
                    " is nothing that {what} can be narrowed by. Say how many, {of}, a state, how far back, and whose by \
                     their id, in any order: "
                ))
                .code(example)
                .say(". States: ")
                .plain(list.states().join(", "))
                .say(".")
        }
        Misunderstood::BadRun { verb, word } => {
            which_run(text.code(&redact(word)).say(" is not a run. "), verb)
        }
    }
}

fn suggest(text: Text, near: Option<&str>) -> Text {
    match near {
        Some(near) => text.say(" Did you mean ").code(near).say("?"),
        None => text,
    }
}

fn which_run(text: Text, verb: &str) -> Text {
    text.say("Type the seven letters and digits that its card shows: ")
        .code(&format!("/signalbox {verb} 8f3k2qx"))
        .say(".")
}

/// What is wrong with a parameter, after its name.
pub(crate) fn mistake(name: Text, mistake: &Mistake) -> Text {
    match mistake {
        Mistake::Missing => name.say(" is missing."),
        Mistake::Bad { value, problem } => bad_value(name, value, problem),
        Mistake::NotAsked { because, is_none_of } => name
            .say(" belongs to a request where ")
            .code(because.as_str())
            .say(" is ")
            .then(values(is_none_of))
            .say(". Leave it out."),
        Mistake::Fixed { value } => {
            name.say(" can only be ").code(&value.to_string()).say(" here. Leave it out.")
        }
    }
}

/// What is wrong with a value, after the parameter's name.
pub(crate) fn bad_value(name: Text, value: &str, problem: &Problem) -> Text {
    let shown = |text: Text| text.code(&redact(value));
    let cannot = |name: Text| shown(name.say(" cannot be "));
    match problem {
        Problem::TooLong { most } => name.plain(format!(" is too long: at most {most} characters.")),
        Problem::TooShort { least } => name.plain(format!(" is too short: at least {least} characters.")),
        Problem::HiddenCharacter { name: hidden } => name
            .say(" has a character that nobody can see (")
            .plain(hidden.clone())
            .say("), so what is shown would not be what runs; type it again by hand."),
        Problem::ControlCharacter => name.say(" has a line break or another control character; leave it out."),
        Problem::LooksLikeAnOption => {
            cannot(name).say(": a value that begins with `-` could be taken for an option.")
        }
        Problem::LooksLikeASecret => name.say(
            " looks like a password, token or key. Those never belong in a chat, and this one has now been in one: \
             if it is real, replace it.",
        ),
        Problem::PatternMismatch { pattern } => {
            cannot(name).say(": it must match ").code(pattern).say(" as a whole.")
        }
        Problem::NotAnOption { options, did_you_mean } => {
            let said = cannot(name).say(".");
            match did_you_mean {
                Some(near) => said.say(" Did you mean ").code(near).say("?"),
                None => said.say(" It is one of ").then(listed(options)).say("."),
            }
        }
        Problem::NotSoMany { fewest, most } => {
            name.say(" takes ").then(how_many(*fewest, *most)).say(" of its options.")
        }
        Problem::NotAnInteger => shown(name.say(" is a whole number such as `3`, which ")).say(" is not."),
        Problem::NotANumber => shown(name.say(" is a number such as `0.25`, which ")).say(" is not."),
        Problem::OutOfBounds { min, max } => cannot(name).plain(match (min, max) {
            (Some(min), Some(max)) => format!(": it is from {min} to {max}."),
            (Some(min), None) => format!(": it is at least {min}."),
            (None, Some(max)) => format!(": it is at most {max}."),
            (None, None) => ".".to_owned(),
        }),
        Problem::NotAStep { from, step } => {
            cannot(name).plain(format!(": it goes from {from} in steps of {step}."))
        }
        Problem::NotABoolean => shown(name.say(" is `true` or `false`, which ")).say(" is not."),
        Problem::NotAVersion => shown(name.say(" is a version such as `1.4.2`, which ")).say(" is not."),
        Problem::NotInRange { range } => {
            cannot(name).say(": it must be in the range ").code(range).say(".")
        }
        Problem::NotInChannel { channel, channels } => cannot(name)
            .say(": it is ")
            .code(channel)
            .say(", and only these are taken here: ")
            .then(listed(channels))
            .say("."),
        Problem::NotALength => {
            shown(name.say(" is a length of time such as `90m` or `1h30m`, which ")).say(" is not.")
        }
        Problem::NotADate => {
            shown(name.say(" is a day such as `2026-12-01`, `today` or `tomorrow`, which ")).say(" is not.")
        }
        Problem::NotATime => shown(name.say(" is a time such as `18:30`, which ")).say(" is not."),
        Problem::NotAMoment { zone } => {
            shown(name.say(" is a day and a time such as `2026-12-01 18:30`, `tomorrow 8:00` or `in 2h`, which "))
                .say(" is not. The time zone is ")
                .code(zone)
                .say(".")
        }
        Problem::NoSuchMoment { zone } => cannot(name)
            .say(": clocks are set forward then in ")
            .code(zone)
            .say(", and that time of the day does not exist. Choose another."),
        Problem::TwoMoments { zone } => cannot(name)
            .say(": clocks are set back then in ")
            .code(zone)
            .say(", and that time of the day comes twice. Write it with its offset: `2026-10-25T02:30:00+01:00`."),
        Problem::NotAPerson => {
            shown(name.say(" is a person, which ")).say(" is not. Mention them, as in `@ada`.")
        }
        Problem::NotAChannel => {
            shown(name.say(" is a channel, which ")).say(" is not. Name it, as in `#ops`.")
        }
        Problem::NotJson { why } => name.say(" is not JSON: ").prose(why).say("."),
        Problem::BadStep { line, why } => {
            name.plain(format!(", line {line}: ")).then(wrong(why))
        }
        Problem::StepsOfSteps { line, operation } => name
            .plain(format!(", line {line}: "))
            .code(operation.as_str())
            .say(" has steps itself. Write its steps here instead."),
        Problem::NotSoManySteps { steps: 0, .. } => {
            name.say(" asks for nothing. Write a line for each operation, as it is typed after `/signalbox`.")
        }
        Problem::NotSoManySteps { steps, most } => {
            name.plain(format!(" has {steps} steps, and may have {most}. Ask for several batches."))
        }
        Problem::NotThere { service, environments } => cannot(name)
            .say(": ")
            .code(service)
            .say(" runs only in ")
            .then(listed(environments))
            .say("."),
    }
}
