//! Which addresses an installation lets the catalogue name: the setting `SIGNALBOX_EGRESS`. What is not listed is not
//! called. The rules alone are here; nothing is resolved and nothing is called.

use crate::ip::{Network, is_never, is_public, reached};
use reqwest::Url;
use std::net::IpAddr;

/// The setting's name.
pub const EGRESS: &str = "SIGNALBOX_EGRESS";

/// The hosts and networks that may be called: the entries of the setting, with commas, spaces or line breaks between
/// them.
///
/// An entry is a host (`status.example.com`, or `*.example.com` for every host below it), each with `:PORT` if only
/// that port is meant, or a network (`10.20.0.0/16`, `fd12::/16`, one address).
#[derive(Debug, Clone, Default)]
pub struct Egress {
    hosts: Vec<Host>,
    networks: Vec<(Network, Option<u16>)>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Host {
    /// In the form in which an address has it: small letters, without the dot at the end.
    name: String,
    /// All hosts below the name, and not the name itself.
    below: bool,
    port: Option<u16>,
}

impl Egress {
    /// Reads the setting; without one, nothing may be called.
    ///
    /// # Errors
    /// Names the entry that is none, and what an entry looks like.
    pub fn read(setting: Option<&str>) -> Result<Self, String> {
        let mut egress = Self::default();
        let entries = setting.unwrap_or_default().split(|c: char| c == ',' || c.is_whitespace());
        for entry in entries.filter(|entry| !entry.is_empty()) {
            if let Some(listed) = network(entry) {
                egress.networks.push(listed);
            } else if let Some(host) = host(entry) {
                egress.hosts.push(host);
            } else {
                return Err(format!(
                    "{EGRESS} has the entry {entry}, which is no host and no network\n  help: an entry looks like status.example.com, *.example.com, git.example.com:8443 or 10.20.0.0/16; it has no https:// and no path"
                ));
            }
        }
        Ok(egress)
    }

    fn lists(&self, address: IpAddr, port: Option<u16>) -> bool {
        self.networks.iter().any(|(network, only)| {
            let there = [address, reached(address)].iter().any(|ip| network.contains(*ip));
            there && only.is_none_or(|only| Some(only) == port)
        })
    }

    /// Whether the address may be called, as far as can be said before its host is resolved. Gives the scheme, which
    /// decides what [`Egress::allows`] asks of the resolved ones.
    ///
    /// # Errors
    /// Says which rule forbids it; never shows its path, its query or its user.
    pub(crate) fn admits(&self, url: &Url) -> Result<Scheme, String> {
        let scheme = match url.scheme() {
            "https" => Scheme::Https,
            "http" => Scheme::Http,
            _ => return Err("only https may be called, and http in a network that is listed".to_owned()),
        };
        let (Some(host), Some(port)) = (url.host_str(), url.port_or_known_default()) else {
            return Err("the address has no host".to_owned());
        };
        if !url.username().is_empty() || url.password().is_some() {
            return Err(format!(
                "the address of {host} has a user or a password in it: write it without, and put them into SIGNALBOX_LOOKUP_CREDENTIALS"
            ));
        }
        if let Ok(address) = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>() {
            self.allows(host, address, scheme, Some(port))?;
            return Ok(scheme);
        }
        let name = host.trim_end_matches('.');
        let listed = self.hosts.iter().any(|listed| listed.is(name, port));
        if listed { Ok(scheme) } else { Err(self.not_listed(host, port)) }
    }

    /// Whether a host may be called at the address that it has been resolved to. `port`: the address itself stands in
    /// place of a host, with this port, so it has to be listed although it is public. A host's port counted before.
    ///
    /// # Errors
    /// Says which rule forbids it.
    pub(crate) fn allows(
        &self,
        host: &str,
        address: IpAddr,
        scheme: Scheme,
        port: Option<u16>,
    ) -> Result<(), String> {
        let is = if port.is_some() { host.to_owned() } else { format!("{host} is {address}, which") };
        if is_never(address) {
            return Err(format!(
                "{is} is an address of the link or of a cloud's own services: it is never called, whatever is listed"
            ));
        }
        if self.lists(address, port) {
            return Ok(());
        }
        if let Some(port) = port {
            return Err(self.not_listed(host, port));
        }
        match scheme {
            Scheme::Http => Err(format!(
                "{host} is called without encryption: use https, or list the network of {address} in {EGRESS}"
            )),
            Scheme::Https if is_public(address) => Ok(()),
            Scheme::Https => {
                Err(format!("{is} is not public: if it shall be called, list its network in {EGRESS}"))
            }
        }
    }

    fn not_listed(&self, host: &str, port: u16) -> String {
        if self.hosts.is_empty() && self.networks.is_empty() {
            return format!(
                "{EGRESS} is not set, so no address that the catalogue names may be called: write {host} into it"
            );
        }
        let port = if matches!(port, 443 | 80) { String::new() } else { format!(":{port}") };
        format!("{host}{port} is not listed in {EGRESS}: if it shall be called, write it there")
    }
}

/// How an address is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    Https,
    /// Without encryption, so only within a network that is listed.
    Http,
}

impl Host {
    fn is(&self, name: &str, port: u16) -> bool {
        let named = if self.below {
            name.strip_suffix(&self.name).is_some_and(|rest| rest.len() > 1 && rest.ends_with('.'))
        } else {
            name == self.name
        };
        named && self.port.is_none_or(|only| only == port)
    }
}

/// A network, or an address with or without a port.
fn network(entry: &str) -> Option<(Network, Option<u16>)> {
    if let Ok(network) = entry.parse() {
        return Some((network, None));
    }
    let (address, port) = match entry.strip_prefix('[') {
        Some(rest) => {
            let (address, behind) = rest.split_once(']')?;
            let port = if behind.is_empty() { None } else { Some(port(behind.strip_prefix(':')?)?) };
            (IpAddr::V6(address.parse().ok()?), port)
        }
        None => {
            let (address, number) = entry.split_once(':')?;
            (IpAddr::V4(address.parse().ok()?), Some(port(number)?))
        }
    };
    Some((Network::from(address), port))
}

fn host(entry: &str) -> Option<Host> {
    let (name, port) = match entry.split_once(':') {
        Some((name, number)) => (name, Some(port(number)?)),
        None => (entry, None),
    };
    let (name, below) = match name.strip_prefix("*.") {
        Some(name) => (name, true),
        None => (name, false),
    };
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(plain) {
        return None;
    }
    // In the form that addresses are brought into; what is read as a number there is no name.
    let url = Url::parse(&format!("https://{name}/")).ok()?;
    let name = url.domain()?.trim_end_matches('.').to_owned();
    Some(Host { name, below, port })
}

fn port(digits: &str) -> Option<u16> {
    let plain = digits.bytes().all(|b| b.is_ascii_digit());
    digits.parse().ok().filter(|port| plain && *port > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admits(listed: &str, url: &str) -> bool {
        Egress::read(Some(listed)).unwrap().admits(&Url::parse(url).unwrap()).is_ok()
    }

    #[test]
    fn what_is_listed_is_admitted_and_nothing_else() {
        for (listed, yes, no) in [
            ("", "", "https://a.example/ https://1.1.1.1/ http://127.0.0.1/"),
            (
                "status.example.com",
                "https://status.example.com/x?y https://STATUS.example.com:8443/ https://status.example.com./",
                "https://example.com/ https://x.status.example.com/ https://status.example.com.evil.example/ \
                 https://xstatus.example.com/ ftp://status.example.com/ https://a:b@status.example.com/ \
                 https://a@status.example.com/ https://status.example.com@evil.example/",
            ),
            (
                "*.example.com, other.example:8443",
                "https://a.example.com/ https://a.b.example.com/ https://other.example:8443/",
                "https://example.com/ https://aexample.com/ https://other.example/ https://other.example:443/ \
                 https://.example.com/ https://other.example:8444/",
            ),
            ("EXAMPLE.com.", "https://example.com/", "https://example.org/"),
            (
                "bücher.example",
                "https://xn--bcher-kva.example/ https://bücher.example/",
                "https://bucher.example/",
            ),
            (
                "127.0.0.0/8 10.1.2.3:8080 [fd12::1]:5000 ::1",
                "http://127.0.0.1:9/ https://127.0.0.1/ http://2130706433/ http://0x7f.1/ http://0177.0.0.1/ \
                 http://127.1/ http://10.1.2.3:8080/ http://[fd12::1]:5000/ http://[::1]/ http://[::ffff:127.0.0.1]/",
                "http://10.1.2.3/ http://10.1.2.4:8080/ http://[fd12::1]/ http://localhost/ https://localhost/ \
                 https://8.8.8.8/ http://[::2]/",
            ),
            (
                "0.0.0.0/0 ::/0 *.internal metadata.google.internal",
                "http://10.0.0.1/ https://8.8.8.8/ https://metadata.google.internal/",
                "http://169.254.169.254/latest/ http://2852039166/ http://0xa9fea9fe/ http://0251.0376.0251.0376/ \
                 http://0xA9.254.0251.254/ http://169.254.43518/ http://[::ffff:169.254.169.254]/ \
                 http://[::ffff:a9fe:a9fe]/ http://[64:ff9b::a9fe:a9fe]/ http://[2002:a9fe:a9fe::]/ \
                 http://[fd00:ec2::254]/ http://[fe80::1]/ http://100.100.100.200/ http://0.0.0.0/ http://[::]/ \
                 https://168.63.129.16/ https://169.254.169.254./",
            ),
        ] {
            for url in yes.split_whitespace() {
                assert!(admits(listed, url), "{listed} has {url}");
            }
            for url in no.split_whitespace() {
                assert!(Url::parse(url).is_err() || !admits(listed, url), "{listed} has no {url}");
            }
        }
    }

    #[test]
    fn an_entry_that_is_none_is_named() {
        for no in [
            "https://a.example",
            "a.example/x",
            "a.example:",
            "a.example:0",
            "a.example:99999",
            "a.example:+1",
            "*",
            "*.",
            "a.*.example",
            ".example",
            "10.0.0.1/8",
            "10.0.0.0/40",
            "[::1",
            "[::1]5",
            "[::1]:x",
            "user@a.example",
            "1.2.3",
            "*.1.2.3.4",
            "0x7f000001",
        ] {
            let why = Egress::read(Some(&format!("a.example {no}"))).unwrap_err();
            assert!(why.contains(&format!("the entry {no},")), "{why}");
        }
    }

    #[test]
    fn the_rule_is_said_and_no_more() {
        let why = |listed: &str, url: &str| {
            Egress::read(Some(listed)).unwrap().admits(&Url::parse(url).unwrap()).unwrap_err()
        };
        assert_eq!(
            why("", "https://a.example/secret?token=x"),
            "SIGNALBOX_EGRESS is not set, so no address that the catalogue names may be called: write a.example into it"
        );
        assert_eq!(
            why("b.example", "https://a.example:8443/secret?token=x"),
            "a.example:8443 is not listed in SIGNALBOX_EGRESS: if it shall be called, write it there"
        );
        let said = why("b.example", "https://ada:hunter2@b.example/");
        assert!(!said.contains("hunter2") && !said.contains("ada"), "{said}");
    }

    #[test]
    fn what_a_host_is_resolved_to_counts() {
        let egress = Egress::read(Some("a.example 10.20.0.0/16")).unwrap();
        let allows = |address: &str, scheme| {
            egress.allows("a.example", address.parse().unwrap(), scheme, None).is_ok()
        };
        for (address, https, http) in [
            ("8.8.8.8", true, false),
            ("10.20.1.1", true, true),
            ("::ffff:10.20.1.1", true, true),
            ("10.21.1.1", false, false),
            ("127.0.0.1", false, false),
            ("169.254.169.254", false, false),
            ("2606:4700::1", true, false),
            ("fd12::1", false, false),
        ] {
            assert_eq!(
                (allows(address, Scheme::Https), allows(address, Scheme::Http)),
                (https, http),
                "{address}"
            );
        }
    }
}
