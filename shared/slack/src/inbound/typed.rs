//! Restores what a person typed from Slack's version of it. Slack writes `&`, `<` and `>` as entities everywhere,
//! makes links by itself, and makes mentions if the command has `should_escape` on:
//! <https://docs.slack.dev/messaging/formatting-message-text#escaping>. Decoded once, at this door, and never again.

/// The text as it was typed. A mention stays `<@U012ABC>` and a channel `<#C012ABC>`: ids, because names are not
/// unique.
pub(super) fn typed(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['<', '&']) {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        rest = if rest.starts_with('<') { marked(rest, &mut out) } else { entity(rest, &mut out) };
    }
    out + rest
}

/// Decodes an entity, and gives the rest of the text. Anything else is an ampersand.
fn entity<'t>(text: &'t str, out: &mut String) -> &'t str {
    for (entity, means) in [("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>')] {
        if let Some(rest) = text.strip_prefix(entity) {
            out.push(means);
            return rest;
        }
    }
    out.push('&');
    &text[1..]
}

/// Decodes text in angle brackets, and gives the rest of the text. A `<` that is typed comes as an entity, so these
/// brackets are Slack's.
fn marked<'t>(text: &'t str, out: &mut String) -> &'t str {
    let Some((inner, rest)) = text[1..].split_once('>').filter(|(inner, _)| !inner.is_empty()) else {
        out.push('<');
        return &text[1..];
    };
    let (target, label) = inner.split_once('|').unwrap_or((inner, ""));
    if target.starts_with(['@', '#']) {
        // The name that may stand beside the id is dropped.
        out.extend(["<", target, ">"]);
        return rest;
    }
    let plain = target.strip_prefix("mailto:").or_else(|| target.strip_prefix("tel:")).unwrap_or(target);
    let typed = if label.is_empty() { plain.trim_start_matches('!') } else { label };
    // In such a text entities are decoded as everywhere else.
    let mut typed = typed;
    while let Some(at) = typed.find('&') {
        out.push_str(&typed[..at]);
        typed = entity(&typed[at..], out);
    }
    out.push_str(typed);
    rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_slack_writes_is_what_was_typed() {
        for (text, expect) in [
            ("web 1.4.2", "web 1.4.2"),
            ("a &amp; b &lt;c&gt; &quot;", "a & b <c> &quot;"),
            ("&amp;amp;", "&amp;"),
            ("<https://example.com/a?b=1&amp;c=2>", "https://example.com/a?b=1&c=2"),
            ("see <http://example.com|example.com>.", "see example.com."),
            ("<mailto:ada@example.com|ada@example.com>", "ada@example.com"),
            ("<mailto:ada@example.com>", "ada@example.com"),
            ("<@U012ABC|ada> <@W1> <#C012ABC|releases>", "<@U012ABC> <@W1> <#C012ABC>"),
            ("<!subteam^S1|@sre> <!here>", "@sre here"),
            ("5 < 6 & 7", "5 < 6 & 7"),
            ("<>", "<>"),
            ("<", "<"),
        ] {
            assert_eq!(typed(text), expect, "{text}");
        }
    }
}
