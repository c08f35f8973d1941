//! Slack's own markup, read as plain text: <https://docs.slack.dev/messaging/formatting-message-text>.
//!
//! The page has the same rules in `mrkdwn.js`. Text is only split into parts here and has no effect: an address is
//! not opened, and a mention notifies nobody.

use crate::slack::Names;

/// The text as a person reads it: without marks, with names in place of mentions, and with pictures for the common
/// emoji.
pub(crate) fn plain(text: &str, names: &Names) -> String {
    // The parts within backticks stay as they are, except for entities.
    let mut out = String::new();
    for (i, part) in text.split("```").enumerate() {
        if i % 2 == 1 {
            out.push_str(&entities(part.trim_matches('\n')));
            continue;
        }
        for (j, piece) in part.split('`').enumerate() {
            if j % 2 == 1 {
                out.push_str(&format!("`{}`", entities(piece)));
            } else {
                out.push_str(&emoji(&entities(&unmark(&angles(piece, names)))));
            }
        }
    }
    out
}

/// `<…>`: mentions, links and dates.
fn angles(text: &str, names: &Names) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('<') {
        out.push_str(before);
        let Some((inside, after)) = after.split_once('>') else {
            out.push('<');
            rest = after;
            continue;
        };
        let (what, label) =
            inside.split_once('|').map_or((inside, None), |(what, label)| (what, Some(label)));
        match what.as_bytes() {
            [b'@', ..] => out.push_str(&format!("@{}", names.person(&what[1..]))),
            [b'#', ..] => out.push_str(&format!("#{}", label.unwrap_or_else(|| names.channel(&what[1..])))),
            [b'!', ..] if what.starts_with("!date^") => out.push_str(label.unwrap_or(what)),
            [b'!', ..] => out.push_str(label.unwrap_or(&what.replacen('!', "@", 1))),
            _ => out.push_str(label.unwrap_or(what)),
        }
        rest = after;
    }
    out + rest
}

/// Removes the marks of bold, italic and struck text in the places where Slack would recognise them: around words,
/// within a line.
fn unmark(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let mut drop = vec![false; chars.len()];
    for (open, mark) in chars.iter().enumerate().filter(|(_, c)| matches!(c, '*' | '_' | '~')) {
        let free = open == 0 || !chars[open - 1].is_alphanumeric();
        if drop[open] || !free || chars.get(open + 1).is_none_or(|c| c.is_whitespace() || c == mark) {
            continue;
        }
        let line = chars[open + 1..].iter().take_while(|c| **c != '\n').count();
        let close = (open + 2..=open + line).find(|&i| {
            let after = chars.get(i + 1).is_none_or(|c| !c.is_alphanumeric());
            chars[i] == *mark && !chars[i - 1].is_whitespace() && after
        });
        if let Some(close) = close {
            (drop[open], drop[close]) = (true, true);
        }
    }
    chars.iter().zip(drop).filter(|(_, drop)| !drop).map(|(c, _)| c).collect()
}

fn entities(text: &str) -> String {
    text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// Puts pictures in place of emoji shortcodes. An unknown shortcode stays as it is.
pub(crate) fn emoji(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(':') {
        out.push_str(before);
        match after.split_once(':').and_then(|(name, tail)| Some((picture(name)?, tail))) {
            Some((picture, tail)) => {
                out.push_str(picture);
                rest = tail;
            }
            None => {
                out.push(':');
                rest = after;
            }
        }
    }
    out + rest
}

fn picture(name: &str) -> Option<&'static str> {
    // The page and terminals use the same table.
    include_str!("console/page/emoji.txt")
        .lines()
        .find_map(|line| line.split_once(' ').filter(|(n, _)| *n == name))
        .map(|(_, p)| p)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expect: &str) {
        assert_eq!(plain(text, &Names::default()), expect, "{text}");
    }

    #[test]
    fn reads_what_slack_shows() {
        check("*Succeeded* in _4 s_ ~not~ 3", "Succeeded in 4 s not 3");
        check("2 * 3 * 4 and snake_case_name", "2 * 3 * 4 and snake_case_name");
        check("`a*b*c` ```\n*x* &lt;y&gt;\n```", "`a*b*c` *x* <y>");
        check("<@U1> in <#C1|releases>, <https://a.example/x|the log>", "@U1 in #releases, the log");
        check("<!here> <!date^1531420618^{time}|at 18:36>", "@here at 18:36");
        check(":white_check_mark: at 12:30:00 :no_such:", "✅ at 12:30:00 :no_such:");
        check("a &amp; b &lt;c&gt; <unclosed", "a & b <c> <unclosed");
        check("*_both_* (*paren*)", "both (paren)");
    }
}
