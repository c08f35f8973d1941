//! Whether a text shows an input: `${{ inputs.NAME }}` and its other spellings.
//!
//! Names are read in the way GitHub reads them: in any case, and never within a text in quotes. The value of an
//! expression is not computed: an expression that reads the input but shows something else counts as showing it.
//! <https://docs.github.com/en/actions/reference/workflows-and-actions/expressions>

/// Whether an expression in this text reads the input.
pub(super) fn shows(text: &str, input: &str) -> bool {
    let mut rest = text;
    while let Some((_, after)) = rest.split_once("${{") {
        let (tokens, behind) = tokens(after);
        if reads(&tokens, input) {
            return true;
        }
        rest = behind;
    }
    false
}

#[derive(Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    /// The text between the quotes.
    Text(&'a str),
    Sign(char),
}

/// The tokens up to `}}`, and the text after it. Without `}}` it is no expression, and there are no tokens.
fn tokens(text: &str) -> (Vec<Token<'_>>, &str) {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if let Some(behind) = rest.strip_prefix("}}") {
            return (found, behind);
        }
        let length = match first {
            '\'' => {
                // A text with a doubled quote is read as two texts, which makes no difference here.
                let Some(end) = rest[1..].find('\'') else { return (Vec::new(), "") };
                found.push(Token::Text(&rest[1..=end]));
                end + 2
            }
            c if is_of_word(c) => {
                let end = rest.find(|c| !is_of_word(c)).unwrap_or(rest.len());
                found.push(Token::Word(&rest[..end]));
                end
            }
            c => {
                if !c.is_whitespace() {
                    found.push(Token::Sign(c));
                }
                c.len_utf8()
            }
        };
        rest = &rest[length..];
    }
    (Vec::new(), "")
}

fn is_of_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '_' | '-')
}

fn reads(tokens: &[Token<'_>], input: &str) -> bool {
    // `a.b` and `a['b']` are the same.
    let mut path: Vec<&str> = Vec::new();
    let mut rest = tokens;
    loop {
        let (part, behind) = match rest {
            [Token::Sign('.'), Token::Word(name), behind @ ..] if !path.is_empty() => (*name, behind),
            [Token::Sign('['), Token::Text(name), Token::Sign(']'), behind @ ..] if !path.is_empty() => {
                (*name, behind)
            }
            _ => {
                if is_input(&path, input) {
                    return true;
                }
                path.clear();
                match rest {
                    [Token::Word(name), behind @ ..] => (*name, behind),
                    [_, behind @ ..] => {
                        rest = behind;
                        continue;
                    }
                    [] => return false,
                }
            }
        };
        path.push(part);
        rest = behind;
    }
}

fn is_input(path: &[&str], input: &str) -> bool {
    let is = |names: &[&str]| {
        path.len() == names.len() && path.iter().zip(names).all(|(a, b)| a.eq_ignore_ascii_case(b))
    };
    is(&["inputs", input]) || is(&["github", "event", "inputs", input])
}

#[cfg(test)]
mod tests {
    use super::shows;

    #[test]
    fn every_spelling() {
        for text in [
            "${{ inputs.run-id }}",
            "[${{inputs.run-id}}]",
            "${{ inputs['run-id'] }}",
            "${{ inputs [ 'run-id' ] }}",
            "${{ github.event.inputs.run-id }}",
            "${{ github.event['inputs']['run-id'] }}",
            "${{ Inputs.RUN-ID }}",
            "${{ github.actor }}: ${{ inputs.run-id }}",
            "${{ format('{0} it''s }} {1}', github.actor, inputs.run-id) }}",
            "${{ inputs.run-id || 'by hand' }}",
            "${{ }} ${{ x.inputs }} ${{ inputs.run-id }}",
        ] {
            assert!(shows(text, "run-id"), "{text}");
        }
    }

    #[test]
    fn what_only_looks_like_it() {
        for text in [
            "",
            "inputs.run-id",
            "{{ inputs.run-id }}",
            "${ inputs.run-id }",
            "${{ inputs.run-id",
            "${{ inputs.run-id }",
            "${{ inputs.run }}",
            "${{ inputs.run-id-2 }}",
            "${{ inputs.run-id.x }}",
            "${{ my-inputs.run-id }}",
            "${{ vars.inputs.run-id }}",
            "${{ 'inputs.run-id' }}",
            "${{ format('inputs.run-id') }}",
            "${{ inputs[\"run-id\"] }}",
            "${{ inputs.x }} inputs.run-id }}",
            "${{ 'open inputs.run-id }}",
            "${{ é.inputs }}",
        ] {
            assert!(!shows(text, "run-id"), "{text}");
        }
    }
}
