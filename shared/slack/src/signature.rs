//! Is this request from Slack? HMAC-SHA256 over `v0:{timestamp}:{raw body}`:
//! <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
//!
//! Works on the exact bytes that came, before anything reads them. It must never compare in variable time, and never
//! show a secret or say in which way a signature was wrong.

use signalbox_domain::{Digest, Timestamp};
use std::fmt;
use std::str::FromStr;

/// A request's time may differ this much, in seconds, in either direction; this is Slack's own number.
pub const TOLERANCE_SECONDS: u64 = 300;

/// The signing secrets that are valid now: several during a rotation.
///
/// Read from a comma-separated list; empty entries and spaces around entries are ignored.
#[derive(Clone)]
pub struct Secrets(signalbox_signing::Secrets);

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The list has no secret, so nothing could ever be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "no signing secret given\n  help: it is on the app's page at api.slack.com/apps, under Basic Information"
)]
pub struct NoSecret;

impl FromStr for Secrets {
    type Err = NoSecret;
    fn from_str(list: &str) -> Result<Self, NoSecret> {
        list.parse().map(Self).map_err(|_| NoSecret)
    }
}

/// Why a request does not count as Slack's. The sender is told nothing of this.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unverified {
    /// `X-Slack-Request-Timestamp` or `X-Slack-Signature` is missing.
    #[error("a signature header is missing")]
    MissingHeader,
    /// The timestamp is not a whole number of seconds.
    #[error("the timestamp header is not a number of seconds")]
    BadTimestamp,
    /// More than [`TOLERANCE_SECONDS`] off: a replay, or a wrong clock.
    #[error("the timestamp is more than five minutes off: a replay, or this clock is wrong")]
    Stale,
    /// Not signed with any of the secrets.
    #[error("the signature does not match: forged, or the signing secret is wrong")]
    BadSignature,
}

impl Secrets {
    /// Whether Slack sent this body, by the two headers that came with it.
    ///
    /// # Errors
    /// [`Unverified`]; the request must then be dropped unread.
    pub fn verify(
        &self,
        timestamp_header: Option<&[u8]>,
        signature_header: Option<&[u8]>,
        body: &[u8],
        now: Timestamp,
    ) -> Result<(), Unverified> {
        let (Some(timestamp), Some(signature)) = (timestamp_header, signature_header) else {
            return Err(Unverified::MissingHeader);
        };
        let sent = seconds(timestamp).ok_or(Unverified::BadTimestamp)?;
        if now.seconds().abs_diff(sent) > TOLERANCE_SECONDS {
            return Err(Unverified::Stale);
        }
        let signature = digest(signature).ok_or(Unverified::BadSignature)?;
        let signed = [b"v0:", timestamp, b":", body];
        if self.0.verify(&signed, &signature) { Ok(()) } else { Err(Unverified::BadSignature) }
    }
}

/// Digits alone: the header's own bytes are signed, so there must be only one way to read them.
fn seconds(header: &[u8]) -> Option<i64> {
    if header.is_empty() || header.len() > 15 {
        return None;
    }
    header.iter().try_fold(0i64, |sum, b| b.is_ascii_digit().then(|| sum * 10 + i64::from(b - b'0')))
}

/// The 32 bytes of `v0=<64 hexadecimal digits>`.
fn digest(header: &[u8]) -> Option<[u8; 32]> {
    header.strip_prefix(b"v0=").and_then(Digest::from_hex).map(|d| d.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::corpora;

    /// From Slack's documentation.
    const SECRET: &str = "8f742231b10e8888abcd99yyyzzz85a5";
    const SENT: i64 = 1_531_420_618;
    const BODY: &[u8] = b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
    const SIGNATURE: &[u8] = b"v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503";

    #[track_caller]
    fn check(
        secrets: &str,
        timestamp: &[u8],
        signature: &[u8],
        body: &[u8],
        now: i64,
        expect: Result<(), Unverified>,
    ) {
        let secrets: Secrets = secrets.parse().unwrap();
        assert_eq!(secrets.verify(Some(timestamp), Some(signature), body, Timestamp(now * 1000)), expect);
    }

    #[test]
    fn the_documented_request() {
        check(SECRET, b"1531420618", SIGNATURE, BODY, SENT, Ok(()));
        let upper = SIGNATURE.to_ascii_uppercase();
        check(SECRET, b"1531420618", &[b"v0", &upper[2..]].concat(), BODY, SENT, Ok(()));
    }

    #[test]
    fn several_secrets_are_valid_during_a_rotation() {
        check(&format!(" old , {SECRET},, "), b"1531420618", SIGNATURE, BODY, SENT, Ok(()));
        check("old,older", b"1531420618", SIGNATURE, BODY, SENT, Err(Unverified::BadSignature));
        for none in ["", ",", " , "] {
            assert_eq!(none.parse::<Secrets>().unwrap_err(), NoSecret, "{none:?}");
        }
    }

    #[test]
    fn five_minutes_either_way() {
        for (off, expect) in
            [(300, Ok(())), (-300, Ok(())), (301, Err(Unverified::Stale)), (-301, Err(Unverified::Stale))]
        {
            check(SECRET, b"1531420618", SIGNATURE, BODY, SENT + off, expect);
        }
    }

    #[test]
    fn every_byte_counts() {
        use Unverified::{BadSignature, BadTimestamp, Stale};
        for timestamp in
            [b"".as_slice(), b"+1531420618", b"1531420618 ", b"-1", b"1e9", b"99999999999999999999"]
        {
            check(SECRET, timestamp, SIGNATURE, BODY, SENT, Err(BadTimestamp));
        }
        check(SECRET, b"999999999999999", SIGNATURE, BODY, SENT, Err(Stale));
        // The same moment in another form is not what was signed.
        check(SECRET, b"01531420618", SIGNATURE, BODY, SENT, Err(BadSignature));
        check(SECRET, b"1531420619", SIGNATURE, BODY, SENT, Err(BadSignature));
        check(SECRET, b"1531420618", SIGNATURE, &BODY[1..], SENT, Err(BadSignature));
        for signature in [b"".as_slice(), b"v0=", &SIGNATURE[3..], &SIGNATURE[..66], b"v1=00", &[0xff; 67]] {
            check(SECRET, b"1531420618", signature, BODY, SENT, Err(BadSignature));
        }
        for i in 0..SIGNATURE.len() {
            let mut signature = SIGNATURE.to_vec();
            signature[i] = if signature[i] == b'0' { b'1' } else { b'0' };
            check(SECRET, b"1531420618", &signature, BODY, SENT, Err(BadSignature));
        }
    }

    #[test]
    fn both_headers_are_needed() {
        let secrets: Secrets = SECRET.parse().unwrap();
        for (timestamp, signature) in
            [(None, Some(SIGNATURE)), (Some(b"1531420618".as_slice()), None), (None, None)]
        {
            assert_eq!(
                secrets.verify(timestamp, signature, BODY, Timestamp(0)),
                Err(Unverified::MissingHeader)
            );
        }
    }

    #[test]
    fn secrets_do_not_show() {
        let secrets: Secrets = format!("{SECRET},another").parse().unwrap();
        assert_eq!(format!("{secrets:?} {secrets:#?}"), "Secrets(2 hidden) Secrets(2 hidden)");
    }

    #[test]
    fn wycheproof() {
        let Some(file) = corpora::read("wycheproof/testvectors_v1/hmac_sha256_test.json") else { return };
        let vectors: serde_json::Value = serde_json::from_slice(&file).unwrap();
        let hex = |v: &serde_json::Value| corpora::hex(v.as_str().unwrap());
        let mut seen = 0;
        for group in vectors["testGroups"].as_array().unwrap() {
            for test in group["tests"].as_array().unwrap() {
                let key = signalbox_signing::Secrets::of([hex(&test["key"]).as_slice()]).unwrap();
                let message = hex(&test["msg"]);
                // Cut at any point, the parts are still one message; a shortened tag is not accepted.
                let (a, b) = message.split_at(message.len() / 2);
                let expect = test["result"] == "valid" && group["tagSize"] == 256;
                assert_eq!(key.verify(&[a, b], &hex(&test["tag"])), expect, "{test}");
                seen += 1;
            }
        }
        assert_eq!(seen, 174);
    }
}
