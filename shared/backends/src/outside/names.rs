//! The forms of what a question may name: people may have given it, so it is checked before it is put into an address.

/// Whether it is `owner/name` as GitHub has it. Neither part can lead out of its place.
pub(crate) fn is_repository(text: &str) -> bool {
    let plain = |part: &str| {
        !part.is_empty()
            && part.len() <= 100
            && !matches!(part, "." | "..")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
    };
    text.split_once('/').is_some_and(|(owner, name)| plain(owner) && plain(name))
}

/// Whether a branch or tag can be called this: <https://git-scm.com/docs/git-check-ref-format>.
pub(crate) fn is_ref(name: &str) -> bool {
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    name != "@"
        && name.len() <= 250
        && name.split('/').all(part)
        && !name.ends_with('.')
        && !name.contains("..")
        && !name.contains("@{")
        && !name.chars().any(|c| c.is_control() || " ~^:?*[\\".contains(c))
}

/// Whether a tag in a registry can be called this:
/// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>.
pub(crate) fn is_tag(tag: &str) -> bool {
    let word = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=128).contains(&tag.len())
        && tag.bytes().next().is_some_and(word)
        && tag.bytes().all(|b| word(b) || matches!(b, b'.' | b'-'))
}

/// A repository in a registry: the host, and the name that the registry knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Image<'q> {
    /// With a port if it has one.
    pub(crate) host: &'q str,
    pub(crate) name: &'q str,
}

/// Reads `HOST/NAME`, by the rule of
/// <https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests>; `None` if it has another
/// form.
pub(crate) fn image(repository: &str) -> Option<Image<'_>> {
    let (host, name) = repository.split_once('/')?;
    let parts = name.split('/').all(is_component);
    (is_host(host) && name.len() <= 255 && parts).then_some(Image { host, name })
}

/// Small letters and digits; between them `.`, `_`, `__` or any number of `-`.
fn is_component(part: &str) -> bool {
    let mut separator = String::new();
    let mut before = false;
    for c in part.chars() {
        if c.is_ascii_lowercase() || c.is_ascii_digit() {
            let sound = separator.is_empty()
                || matches!(separator.as_str(), "." | "_" | "__")
                || separator.chars().all(|c| c == '-');
            if !sound || (!before && !separator.is_empty()) {
                return false;
            }
            separator.clear();
            before = true;
        } else if matches!(c, '.' | '_' | '-') {
            separator.push(c);
        } else {
            return false;
        }
    }
    before && separator.is_empty()
}

/// A host with or without a port: a name, or an address of the internet protocol.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => match rest.split_once(']') {
            Some((address, "")) => return address.parse::<std::net::Ipv6Addr>().is_ok(),
            Some((address, behind)) if address.parse::<std::net::Ipv6Addr>().is_ok() => {
                ("ok", behind.strip_prefix(':'))
            }
            Some(_) | None => return false,
        },
        None => match text.split_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (text, Some("443")),
        },
    };
    let digits =
        |port: &str| port.bytes().all(|b| b.is_ascii_digit()) && port.parse::<u16>().is_ok_and(|p| p > 0);
    let label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    port.is_some_and(digits) && host.len() <= 253 && host.split('.').all(label)
}

/// Whether this host is this machine itself, where nothing leaves it without encryption. With or without a port.
pub(crate) fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name == "localhost" || name.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_stays_in_its_place() {
        for yes in ["acme/web", "a/b", "acme-co/web.js", "Acme/.github", "a_b/c_d"] {
            assert!(is_repository(yes), "{yes}");
        }
        for no in [
            "",
            "acme",
            "acme/",
            "/web",
            "acme/web/x",
            "acme/..",
            "../web",
            "acme/.",
            "a b/c",
            "acme/web?x",
            "acme/w#x",
            "acme/w%2e",
            "é/x",
            "acme//web",
            "acme/web\n",
        ] {
            assert!(!is_repository(no), "{no}");
        }
    }

    #[test]
    fn a_ref_is_what_git_takes() {
        for yes in
            ["main", "feature/x", "v1.2.3", "größe", "a@b", "1-2_3+4", "x%2F..y".trim_end_matches("..y")]
        {
            assert!(is_ref(yes), "{yes}");
        }
        for no in [
            "", "@", "/a", "a/", "a//b", ".a", "a/.b", "a..b", "..", "a.lock", "a.lock/b", "a.", "a b",
            "a~1", "a^", "a:b", "a?", "a*", "a[", "a\\b", "a@{1}", "a\u{7}",
        ] {
            assert!(!is_ref(no), "{no}");
        }
    }

    #[test]
    fn an_image_is_what_registries_take() {
        for (yes, host, name) in [
            ("ghcr.io/acme/web", "ghcr.io", "acme/web"),
            ("127.0.0.1:5000/charts/a__b", "127.0.0.1:5000", "charts/a__b"),
            ("[::1]:5000/a", "[::1]:5000", "a"),
            ("localhost/a---b.c_d", "localhost", "a---b.c_d"),
        ] {
            assert_eq!(image(yes), Some(Image { host, name }), "{yes}");
        }
        for no in [
            "web",
            "ghcr.io",
            "ghcr.io/",
            "ghcr.io/Acme",
            "ghcr.io/a//b",
            "ghcr.io/../v2",
            "ghcr.io/a/..",
            "ghcr.io/.a",
            "ghcr.io/a-",
            "ghcr.io/a..b",
            "ghcr.io/a___b",
            "ghcr.io/a._b",
            "ghcr.io/a:tag",
            "ghcr.io/a?n=1",
            "a b/c",
            "user@ghcr.io/a",
            "ghcr.io:/a",
            "ghcr.io:99999/a",
            "-x.io/a",
            "https://ghcr.io/a",
            "[::1]x/a",
            "[x]/a",
        ] {
            assert_eq!(image(no), None, "{no}");
        }
    }

    #[test]
    fn a_tag_is_what_registries_take() {
        assert!(["v1.2.3", "latest", "_x", "A-b_c.d", &"x".repeat(128)].iter().all(|tag| is_tag(tag)));
        assert!(["", ".x", "-x", "a/b", "a b", "..", "ä", &"x".repeat(129)].iter().all(|tag| !is_tag(tag)));
    }

    #[test]
    fn this_machine_is_known() {
        assert!(
            ["127.0.0.1", "127.9.9.9:80", "localhost:5000", "[::1]:1", "[::1]"]
                .iter()
                .all(|h| is_loopback(h))
        );
        let others =
            ["10.0.0.1", "127.0.0.1.example.com", "example.com:80", "localhost.example.com", "[::2]"];
        assert!(others.iter().all(|h| !is_loopback(h)));
    }
}
