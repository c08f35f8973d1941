//! Decides which names, in any case, say that their value is a secret. Must never be slow: every name that may speak
//! of a secret is checked here.

use std::collections::HashMap;
use std::sync::LazyLock;

use super::dictionary::Words;

/// What kind of secret a name speaks of: this decides which values are believed to be one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    /// Passwords: any value.
    Password,
    /// Tokens, keys, credentials: any value but small numbers.
    Secret,
    /// A short name that also means other things (`pass`, `auth`, `sig`): only what looks made by a machine.
    Unsure,
    /// One-time codes and PINs: digits.
    Digits,
    /// The header: a scheme and what follows.
    Authorization,
    /// The header: every pair.
    Cookie,
    /// The header: the first pair.
    SetCookie,
}

/// What a name says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) family: Family,
    /// Whether the name surely means a secret; else the value must look made by a machine.
    pub(super) sure: bool,
    /// Whether the name is one bare word, as prose has it too.
    pub(super) bare: bool,
}

/// Ends of names, without separators and in lower case.
const ENDS: &[(Family, &str)] = &[
    (
        Family::Password,
        "password passwd passphrase passcode passwort passwrd pswd pwd userpass storepass keypass \
        requirepass connectionstring connstring connstr mnemonic seedphrase",
    ),
    (
        Family::Secret,
        "secret token credential credentials apikey accesskey secretkey privatekey accountkey \
        sharedkey signingkey encryptionkey masterkey authkey servicekey sessionkey subscriptionkey \
        functionskey storagekey clientkey adminkey writekey licensekey sshkey hmackey webhookkey \
        deploykey appkey applicationkey rolekey serverkey integrationkey cipherkey aeskey jwtkey",
    ),
    (Family::Unsure, "privatemac sessionid sessid"),
    (Family::Authorization, "authorization"),
    (Family::SetCookie, "setcookie"),
    (Family::Cookie, "cookie"),
];

/// Names, or last parts of names, that are too short to be looked for inside a word.
const PARTS: &[(Family, &str)] = &[
    (Family::Unsure, "pass pw auth sid session sig signature hmac"),
    (Family::Secret, "creds jwt bearer"),
    (Family::Digits, "otp totp pin cvv cvc"),
];

/// Words that may follow in a name without changing its meaning.
static ALSO: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        "value val new old current confirm confirmation repeat again plain plaintext text raw clear b64 \
    base64 encoded hash hashed prod production dev development staging stage test live qa default admin \
    root db key string str data base primary secondary previous next access user main a b authenticator \
    env var param wo",
    )
});

/// Words that may follow in a name which then speaks about the secret and does not hold it.
static ABOUT: LazyLock<Words> = LazyLock::new(|| {
    Words::of(
        "age alg algorithm arn at attempt attempts audience authentication bad bucket budget buffer c cache \
    cfg change changed char chars check class code com conf config controller count counter counts cpp \
    created css dir disabled domain enabled endpoint endpoints error errors exp expiration expire \
    expired expires expiry exception field file filename files folder format generator go group grant h \
    handler header hint host html id ids in index info ini invalid io issued issuer java js json kind \
    label lambda left len length lifetime limit limits line list location lock log manager max md \
    message method min missing mode mount name names net number offset ok org owner param params parser \
    path paths php pinned policy pos position prefix prompt properties provider py quota rate rb ref \
    refs refresh region request required reset resource ring role rotated rotation rs rule rules scope scopes \
    server service sh size source space sql state stats status stdin store stream strength svc tf time \
    timeout toml total ts ttl txt type types unset updated uri url usage used util utils valid \
    validation validator version versions with xml yaml yml",
    )
});

/// Words that may stand before in a name which then counts something.
static COUNTS: LazyLock<Words> =
    LazyLock::new(|| Words::of("max min num n total count avg no used has is page"));

/// [`PARTS`] by the word.
static BY_PART: LazyLock<HashMap<&str, Family>> =
    LazyLock::new(|| PARTS.iter().flat_map(|(f, words)| words.split(' ').map(|w| (w, *f))).collect());

/// Ends of names, and what they say.
type Ends = Vec<(&'static str, Family)>;

/// [`ENDS`] by the last two letters, in their order.
static BY_END: LazyLock<HashMap<&[u8], Ends>> = LazyLock::new(|| {
    let mut all: HashMap<&[u8], Ends> = HashMap::new();
    for (family, words) in ENDS {
        for word in words.split(' ') {
            all.entry(&word.as_bytes()[word.len() - 2..]).or_default().push((word, *family));
        }
    }
    all
});

/// What a name says of its value; `None` where it says nothing of a secret.
pub(super) fn classify(name: &str) -> Option<Key> {
    let mut parts = Parts::of(name);
    while parts.last().is_some_and(|p| p.bytes().all(|b| b.is_ascii_digit())) {
        parts.pop();
    }
    // The last part that names a secret decides; the parts after it say what about the secret is meant.
    for last in (0..parts.count()).rev() {
        let Some((family, plural)) = named(&parts, last) else { continue };
        let rest = last + 1..parts.count();
        if rest.clone().any(|p| ABOUT.has(parts.get(p))) {
            // Vault's `secret_id` is a secret although `id` follows.
            let vault = rest.len() == 1 && parts.get(last + 1) == "id" && parts.get(last) == "secret";
            return vault.then_some(Key { family, sure: false, bare: false });
        }
        let also = rest.clone().all(|p| ALSO.has(parts.get(p)));
        let counted = COUNTS.has(parts.get(0));
        let bare = parts.count() == 1 && name.bytes().all(|b| b.is_ascii_alphanumeric());
        return Some(Key { family, sure: also && !plural && !counted, bare });
    }
    None
}

/// The family that the parts up to this one end with, and whether the name is a plural.
fn named(parts: &Parts, last: usize) -> Option<(Family, bool)> {
    let part = parts.get(last);
    for (word, plural) in [(part, false), (part.strip_suffix('s').unwrap_or(""), true)] {
        if let Some(family) = BY_PART.get(word) {
            // `db_pass` surely means a password; `pass` alone does not.
            let sure = last > 0 && matches!(word, "pass" | "pw") && !plural;
            return Some((if sure { Family::Password } else { *family }, plural));
        }
    }
    let joined = parts.joined(last);
    for (word, plural) in [(joined, false), (joined.strip_suffix('s').unwrap_or(""), true)] {
        let Some((_, two)) = word.as_bytes().split_last_chunk::<2>() else { continue };
        let found =
            BY_END.get(two.as_slice()).and_then(|all| all.iter().find(|(end, _)| word.ends_with(end)));
        if let Some((_, family)) = found {
            return Some((*family, plural && !joined.ends_with("credentials")));
        }
    }
    None
}

/// A name in small letters and in parts: `dbPassword2` is `db`, `password`, `2`; `X-API-Key` is `x`, `api`, `key`.
struct Parts {
    /// All parts together, without the separators.
    text: String,
    ends: Vec<usize>,
}

impl Parts {
    fn of(name: &str) -> Self {
        let bytes = name.as_bytes();
        let mut parts = Self { text: String::with_capacity(bytes.len()), ends: Vec::with_capacity(8) };
        let mut start = true;
        for (i, &b) in bytes.iter().enumerate() {
            if !b.is_ascii_alphanumeric() {
                start = true;
                continue;
            }
            let before = i.checked_sub(1).map_or(b' ', |p| bytes[p]);
            let after = bytes.get(i + 1).copied().unwrap_or(b' ');
            let camel = b.is_ascii_uppercase()
                && (before.is_ascii_lowercase() || before.is_ascii_uppercase() && after.is_ascii_lowercase());
            let digits = b.is_ascii_digit() != before.is_ascii_digit() && before.is_ascii_alphanumeric();
            if (start || camel || digits) && !parts.text.is_empty() {
                parts.ends.push(parts.text.len());
            }
            start = false;
            parts.text.push(char::from(b.to_ascii_lowercase()));
        }
        if !parts.text.is_empty() {
            parts.ends.push(parts.text.len());
        }
        parts
    }

    fn count(&self) -> usize {
        self.ends.len()
    }

    /// A part by its place; it must exist.
    fn get(&self, n: usize) -> &str {
        let from = n.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.text[from..self.ends[n]]
    }

    fn last(&self) -> Option<&str> {
        self.count().checked_sub(1).map(|n| self.get(n))
    }

    fn pop(&mut self) {
        self.ends.pop();
    }

    /// All parts up to this one, joined.
    fn joined(&self, last: usize) -> &str {
        &self.text[..self.ends[last]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_any_case() {
        for name in [
            "password",
            "PGPASSWORD",
            "MYSQL_PWD",
            "accessToken",
            "SecretAccessKey",
            "X-Amz-Security-Token",
            "_authToken",
            "client_secret",
            "PRIVATE-TOKEN",
            "x-api-key",
            "APIKey",
            "AccountKey",
            "db_pass",
            "password2",
            "spring.datasource.password",
            "connectionString",
            "--db-password",
            "AWS_SECRET_ACCESS_KEY",
            "tokenValue",
            "password_hash",
            "credentials",
            "JWT",
            "client-key-data",
            "SECRET_KEY_BASE",
        ] {
            assert!(classify(name).is_some_and(|k| k.sure), "{name}: {:?}", classify(name));
        }
    }

    #[test]
    fn names_that_only_speak_of_one() {
        for name in [
            "max_tokens",
            "token_count",
            "password_policy",
            "secret_name",
            "author",
            "authority",
            "signal",
            "design",
            "bypass",
            "tokenizer",
            "secretary",
            "secretKeyRef",
            "token.rs",
            "key",
            "public_key",
            "primary_key",
            "monkey",
            "compass",
            "passenger",
            "token_type",
            "passed",
            "cookies_enabled",
            "authorization_request",
        ] {
            assert!(classify(name).is_none_or(|k| !k.sure), "{name}: {:?}", classify(name));
        }
    }
}
