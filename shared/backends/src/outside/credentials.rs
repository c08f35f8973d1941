//! Credentials for hosts that the catalogue names: one secret setting with an entry for each host. Each is sent to its
//! own host alone, and never without encryption, unless the host is this machine.

use super::names::is_loopback;
use base64::Engine;
use http::{HeaderValue, Uri};
use std::collections::HashMap;

/// The setting's name.
pub(crate) const CREDENTIALS: &str = "SIGNALBOX_LOOKUP_CREDENTIALS";

/// The value of `Authorization` for each host.
#[derive(Default)]
pub(crate) struct Credentials(HashMap<String, HeaderValue>);

impl Credentials {
    /// Reads entries `HOST=USER:PASSWORD` and `HOST=TOKEN`, with spaces or line breaks between them. `HOST` may have a
    /// port; without one it is the usual one.
    ///
    /// # Errors
    /// Names the entry by its number, and never shows what is in it.
    pub(crate) fn read(setting: &str) -> Result<Self, String> {
        let mut all = HashMap::new();
        for (number, entry) in (1..).zip(setting.split_whitespace()) {
            let wrong = |what: &str| {
                format!(
                    "entry {number} of {CREDENTIALS} {what}\n  help: it looks like registry.example.com=USER:PASSWORD or git.example.com=TOKEN"
                )
            };
            let (host, secret) = entry.split_once('=').ok_or_else(|| wrong("has no `=`"))?;
            if host.is_empty() || host.contains(['/', '@', '*']) || secret.is_empty() {
                return Err(wrong("has no host, or nothing behind it"));
            }
            let text = if secret.contains(':') {
                format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(secret))
            } else {
                format!("Bearer {secret}")
            };
            let mut value =
                HeaderValue::try_from(text).map_err(|_| wrong("has characters that no header can carry"))?;
            value.set_sensitive(true);
            let host = host.to_ascii_lowercase();
            if all.insert(host.strip_suffix(":443").unwrap_or(&host).to_owned(), value).is_some() {
                return Err(wrong("is for the same host as one before"));
            }
        }
        Ok(Self(all))
    }

    /// What is sent to this address.
    pub(crate) fn of(&self, address: &Uri) -> Option<&HeaderValue> {
        let authority = address.authority()?.as_str().to_ascii_lowercase();
        let (host, secure) = match address.scheme_str() {
            Some("https") => (authority.strip_suffix(":443").unwrap_or(&authority), true),
            _ => (authority.as_str(), false),
        };
        self.0.get(host).filter(|_| secure || is_loopback(host))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_sent_to_its_own_host_and_never_in_the_clear() {
        let all =
            Credentials::read("git.example.com=tok=en\nReg.example.com:5000=ada:pass:word 127.0.0.1:9=t")
                .unwrap();
        for (address, sent) in [
            ("https://git.example.com/x", Some("Bearer tok=en")),
            ("https://GIT.example.com:443/x", Some("Bearer tok=en")),
            ("https://git.example.com:8443/x", None),
            ("http://git.example.com/x", None),
            ("https://x.git.example.com/x", None),
            ("https://reg.example.com:5000/v2/", Some("Basic YWRhOnBhc3M6d29yZA==")),
            ("http://reg.example.com:5000/v2/", None),
            ("https://reg.example.com/v2/", None),
            ("http://127.0.0.1:9/", Some("Bearer t")),
            ("http://127.0.0.1:8/", None),
        ] {
            let value = all.of(&address.parse().unwrap()).map(|v| v.to_str().unwrap());
            assert_eq!(value, sent, "{address}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_without_the_secret() {
        for wrong in [
            "hunter2",
            "=hunter2",
            "a.example=",
            "https://a.example=hunter2",
            "a.example=hunter2 A.example=x",
        ] {
            let why = Credentials::read(&format!("ok.example=x {wrong}")).err().unwrap();
            assert!(why.starts_with("entry ") && !why.contains("hunter2"), "{why}");
        }
    }
}
