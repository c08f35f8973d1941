//! Makes outside text harmless: whatever it holds, Slack shows it and does nothing else.
//!
//! <https://docs.slack.dev/messaging/formatting-message-text>. `&`, `<` and `>` have entities. The marks of bold,
//! italic, struck, code and emoji cannot be escaped, so where one would take effect a character that looks like it is
//! written. Must never be called on text that already is markup: it would show the markup.

use signalbox_domain::visible::is_hidden;

/// Stands for a backtick wherever that could end a code span or block.
const QUOTE: char = '\'';

/// Outside text without characters that cannot be seen: control characters, terminal colours, marks that turn or hide
/// text. Line breaks and tabs stay.
pub(crate) fn clean(text: &str) -> String {
    if is_clean(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\r' if chars.peek() == Some(&'\n') => {}
            '\r' | '\u{2028}' | '\u{2029}' | '\u{85}' => out.push('\n'),
            // A terminal's escape sequence: `ESC [ … letter`.
            '\u{1b}' if chars.next_if_eq(&'[').is_some() => {
                while chars.next_if(|c| matches!(c, '0'..='9' | ';' | ':' | '?' | ' ')).is_some() {}
                chars.next_if(char::is_ascii_alphabetic);
            }
            '\n' | '\t' => out.push(c),
            c if c.is_control() || is_hidden(c) => {}
            c => out.push(c),
        }
    }
    out
}

/// Whether a text certainly has no such character, as nearly every text.
pub(crate) fn is_clean(text: &str) -> bool {
    text.bytes().all(|b| matches!(b, b' '..=b'~'))
}

/// Clean text within a sentence of ours: one line, in which no mark takes effect.
pub(crate) fn prose(text: &str) -> String {
    let line = one_line(text);
    let chars: Vec<char> = line.chars().collect();
    let mut out = String::with_capacity(line.len() + 16);
    for (i, &c) in chars.iter().enumerate() {
        let (before, after) = (i.checked_sub(1).map(|i| chars[i]), chars.get(i + 1).copied());
        match c {
            '*' if marks(before, after) => out.push('∗'),
            '_' if marks(before, after) => out.push('ˍ'),
            '~' if marks(before, after) => out.push('∼'),
            '`' => out.push(QUOTE),
            // At the start of a line it would make a quotation.
            '>' if before.is_none() => out.push('›'),
            ':' if opens_emoji(&chars[i + 1..]) => out.push('꞉'),
            c => entity(c, &mut out),
        }
    }
    out
}

/// A mark within a word or between spaces means only itself; Slack lets one at a word's edge take effect.
fn marks(before: Option<char>, after: Option<char>) -> bool {
    let (Some(before), Some(after)) = (before, after) else { return true };
    let within = before.is_ascii_alphanumeric() && after.is_ascii_alphanumeric();
    !(within || (before == ' ' && after == ' '))
}

/// Whether `:` followed by this is a shortcode. Times such as `12:30:00` are not.
fn opens_emoji(rest: &[char]) -> bool {
    let name = rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '+' | '\''));
    let (mut length, mut letters) = (0, false);
    for c in name {
        length += 1;
        letters |= !c.is_ascii_digit();
    }
    letters && rest.get(length) == Some(&':')
}

/// Adds clean text as a code span.
pub(crate) fn code(text: &str, out: &mut String) {
    out.push('`');
    let plain = |b: u8| b >= b' ' && !matches!(b, b'&' | b'<' | b'>' | b'`');
    if !text.is_empty() && text.bytes().all(plain) && text.trim().len() == text.len() {
        // In nearly every value nothing has to be replaced.
        out.push_str(text);
    } else {
        // For an empty span Slack would show the backticks; an empty value is written as in a phrase.
        let line = one_line(text);
        let line = if line.is_empty() { "\"\"" } else { &line };
        line.chars().for_each(|c| entity(if c == '`' { QUOTE } else { c }, out));
    }
    out.push('`');
}

/// Adds words of ours: nothing in them is a mark.
pub(crate) fn said(words: &str, out: &mut String) {
    if words.contains(['&', '<', '>']) {
        words.chars().for_each(|c| entity(c, out));
    } else {
        out.push_str(words);
    }
}

/// Clean text as a code block; single backticks stay as they are.
pub(crate) fn fence(text: &str) -> String {
    let mut out = String::from("```\n");
    let text = text.trim_matches('\n');
    let mut run = 0;
    for c in text.chars() {
        run = if c == '`' { run + 1 } else { 0 };
        // All but the first of a row are replaced, so that three can never stand together.
        entity(if run > 1 { QUOTE } else { c }, &mut out);
    }
    out.push_str("\n```");
    out
}

fn one_line(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text.split(['\n', '\t']).map(str::trim).filter(|w| !w.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

fn entity(c: char, out: &mut String) {
    match c {
        '&' => out.push_str("&amp;"),
        '<' => out.push_str("&lt;"),
        '>' => out.push_str("&gt;"),
        c => out.push(c),
    }
}

/// `<@U…>`, which Slack shows as the person's name; `None` if the id is not a Slack id.
pub(crate) fn person(id: &str) -> Option<String> {
    is_id(id, &['U', 'W']).then(|| format!("<@{id}>"))
}

/// `<!subteam^S…>`, which calls everybody in a user group; `None` if the id is not a Slack id.
pub(crate) fn group(id: &str) -> Option<String> {
    is_id(id, &['S']).then(|| format!("<!subteam^{id}>"))
}

/// `<#C…>`, which Slack shows as the channel's name; `None` if the id is not a Slack id.
pub(crate) fn channel(id: &str) -> Option<String> {
    is_id(id, &['C', 'G']).then(|| format!("<#{id}>"))
}

fn is_id(id: &str, kinds: &[char]) -> bool {
    let plain = id.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    plain && id.starts_with(kinds) && (2..=64).contains(&id.len())
}

/// The address of a message, as `chat.getPermalink` gives it:
/// <https://docs.slack.dev/reference/methods/chat.getPermalink>. The domain is one that [`slash`](crate::slash)
/// accepted.
pub(crate) fn message(domain: &str, channel: &str, ts: &str) -> String {
    format!("https://{domain}.slack.com/archives/{channel}/p{}", ts.replace('.', ""))
}

/// The longest address in a link, in characters.
const LONGEST_URL: usize = 1500;

/// A link with a label of ours; `None` if a browser should not open the address.
pub(crate) fn link(url: &str, label: &'static str) -> Option<String> {
    let web = url.starts_with("https://") || url.starts_with("http://");
    if !web
        || url.len() > LONGEST_URL
        || url.contains(|c: char| c.is_whitespace() || c.is_control() || is_hidden(c))
    {
        return None;
    }
    let mut address = String::with_capacity(url.len());
    for c in url.chars() {
        match c {
            // Written as they are, these would end the address.
            '<' => address.push_str("%3C"),
            '>' => address.push_str("%3E"),
            '|' => address.push_str("%7C"),
            '`' => address.push_str("%60"),
            '&' => address.push_str("&amp;"),
            c => address.push(c),
        }
    }
    Some(format!("<{address}|{label}>"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(render: fn(&str) -> String, text: &str, expect: &str) {
        assert_eq!(render(&clean(text)), expect, "{text:?}");
    }

    #[test]
    fn prose_is_what_it_was_but_does_nothing() {
        check(prose, "exit status 3", "exit status 3");
        check(
            prose,
            "<!channel> & <@U1|x> <https://a.example|b>",
            "&lt;!channel&gt; &amp; &lt;@U1|x&gt; &lt;https://a.example|b&gt;",
        );
        check(prose, "*bold* _it_ ~no~ `code`", "∗bold∗ ˍitˍ ∼no∼ 'code'");
        check(prose, "snake_case_name and 2 * 3", "snake_case_name and 2 * 3");
        check(prose, "> said he\nthen left", "› said he then left");
        check(prose, ":tada: at 12:30:00", "꞉tada: at 12:30:00");
        check(prose, "a\u{202e}b\u{200b}c\u{7}d\x1b[31;1mred\x1b[0m", "abcdred");
    }

    fn span(text: &str) -> String {
        let mut out = String::new();
        code(text, &mut out);
        out
    }

    #[test]
    fn code_cannot_be_left() {
        check(span, "web", "`web`");
        check(span, "", "`\"\"`");
        check(span, "a` *b* <x>\nc", "`a' *b* &lt;x&gt; c`");
        check(fence, "\na `b` ``` c\r\n\td ``\n", "```\na `b` `'' c\n\td `'\n```");
        check(fence, "`", "```\n`\n```");
    }

    #[test]
    fn mentions_and_links_are_made_of_what_they_claim_to_be() {
        assert_eq!(person("U012ABC").as_deref(), Some("<@U012ABC>"));
        for bad in ["", "U", "ada", "U1|x", "C1", "U1>", "Uada"] {
            assert_eq!(person(bad), None, "{bad}");
        }
        assert_eq!(channel("C1").as_deref(), Some("<#C1>"));
        assert_eq!(
            link("https://ci.example/a?b=1&c=<|>", "Open").as_deref(),
            Some("<https://ci.example/a?b=1&amp;c=%3C%7C%3E|Open>")
        );
        for bad in ["javascript:alert(1)", "https://a.example/ b", "", "https://a\n"] {
            assert_eq!(link(bad, "Open"), None, "{bad}");
        }
    }
}
