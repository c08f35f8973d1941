//! Reads the header `Link` of lists that come in parts: <https://www.rfc-editor.org/rfc/rfc8288>.

/// The address in one link, `<ADDRESS>; rel="next"`, if it is the next part.
pub(crate) fn next(link: &str) -> Option<&str> {
    let (address, parameters) = link.trim().strip_prefix('<')?.split_once('>')?;
    let is_next = |parameter: &str| {
        let (name, value) = parameter.split_once('=').unwrap_or_default();
        name.trim().eq_ignore_ascii_case("rel") && value.trim().trim_matches('"').eq_ignore_ascii_case("next")
    };
    parameters.split(';').any(is_next).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_next_part_counts() {
        assert_eq!(next("</v2/a/tags/list?n=1&last=x>; rel=\"next\""), Some("/v2/a/tags/list?n=1&last=x"));
        assert_eq!(next(" <https://a/?page=2>; title=x; rel=next"), Some("https://a/?page=2"));
        for other in [
            "<https://a/?page=2>; rel=\"prev\"",
            "<https://a/>",
            "https://a/; rel=\"next\"",
            "",
            "<; rel=next",
        ] {
            assert_eq!(next(other), None, "{other}");
        }
    }
}
