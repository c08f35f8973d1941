//! Who may send webhooks: a sender who signs with one of our secrets or, if it cannot sign, who knows one.

use sha2::{Digest, Sha256};
use signalbox_domain::Digest as Signed;
use signalbox_signing::{NoSecret, Secrets};
use std::fmt;
use std::str::FromStr;
use subtle::{Choice, ConstantTimeEq};

/// Secrets that are valid at once, separated by commas: a new one is added before the old one goes.
#[derive(Clone)]
pub struct WebhookSecrets {
    keys: Secrets,
    digests: Vec<[u8; 32]>,
}

impl fmt::Debug for WebhookSecrets {
    /// Shows how many secrets there are, and none of them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "WebhookSecrets({})", self.digests.len())
    }
}

impl FromStr for WebhookSecrets {
    type Err = String;
    /// # Errors
    /// When there is none.
    fn from_str(text: &str) -> Result<Self, String> {
        let all = text.split(',').map(str::trim).filter(|s| !s.is_empty());
        let digests = all.map(|secret| Sha256::digest(secret.as_bytes()).into()).collect();
        Ok(Self { keys: text.parse().map_err(|e: NoSecret| e.to_string())?, digests })
    }
}

impl WebhookSecrets {
    /// Whether one of them signed these very bytes: `sha256=` and the HMAC-SHA256 in hexadecimal, as GitHub has it:
    /// <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>. In constant time.
    #[must_use]
    pub fn signed(&self, header: &[u8], body: &[u8]) -> bool {
        header.strip_prefix(b"sha256=").is_some_and(|signature| self.signed_parts(signature, &[body]))
    }

    /// Whether one of them signed these bytes, one part after the other: the HMAC-SHA256 in hexadecimal and nothing
    /// before it, as Grafana has it. In constant time.
    #[must_use]
    pub fn signed_parts(&self, signature: &[u8], parts: &[&[u8]]) -> bool {
        Signed::from_hex(signature).is_some_and(|signature| self.keys.verify(parts, &signature.0))
    }

    /// Whether this is one of them. Whole digests are compared, so that the time it takes does not show how much was
    /// right.
    #[must_use]
    pub fn knows(&self, secret: &[u8]) -> bool {
        let given: [u8; 32] = Sha256::digest(secret).into();
        self.digests.iter().fold(Choice::from(0), |found, digest| found | digest.ct_eq(&given)).into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// GitHub's own example: <https://docs.github.com/en/webhooks/using-webhooks/validating-webhook-deliveries>.
    #[test]
    fn githubs_own_example() {
        let secrets: WebhookSecrets = "an older one, It's a Secret to Everybody".parse().unwrap();
        let signature = b"sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17";
        assert!(secrets.signed(signature, b"Hello, World!"));
        assert!(!secrets.signed(signature, b"Hello, World?"));
        assert!(!secrets.signed(&signature[7..], b"Hello, World!"));
        assert!(!secrets.signed(b"sha256=", b"Hello, World!"));
        assert!(!secrets.signed(b"", b""));
    }

    #[test]
    fn a_secret_that_is_known() {
        let secrets: WebhookSecrets = " a , b,".parse().unwrap();
        assert!(secrets.knows(b"a") && secrets.knows(b"b"));
        assert!(!secrets.knows(b"") && !secrets.knows(b"a,b") && !secrets.knows(b"ab"));
        assert!(" , ".parse::<WebhookSecrets>().is_err());
        assert_eq!(format!("{secrets:?}"), "WebhookSecrets(2)");
    }
}
