//! How Slack signs what it delivers: <https://docs.slack.dev/authentication/verifying-requests-from-slack>.
//!
//! This only signs. The app has to verify the signatures.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::Slack;

impl Slack {
    /// `v0=` and the HMAC-SHA256 of `v0:{timestamp}:{body}`, in hexadecimal.
    pub fn sign(&self, timestamp: i64, body: &[u8]) -> String {
        signature(&self.settings().signing_secret, timestamp, body)
    }
}

fn signature(secret: &str, timestamp: i64, body: &[u8]) -> String {
    // HMAC takes a key of any length, so this error cannot occur. Every app would refuse an empty signature.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(format!("v0:{timestamp}:").as_bytes());
    mac.update(body);
    format!("v0={}", hex::encode(mac.finalize().into_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of Slack's own documentation and SDKs.
    #[test]
    fn signs_as_slack_does() {
        let body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V\
            &channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=\
            &response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN\
            &trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c";
        assert_eq!(
            signature("8f742231b10e8888abcd99yyyzzz85a5", 1_531_420_618, body.as_bytes()),
            "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        );
    }
}
