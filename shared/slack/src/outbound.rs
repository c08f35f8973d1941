//! Makes a slash command as Slack would send it: for `signalbox say`, which acts for a person at a keyboard.

use crate::NoSecret;
use signalbox_domain::{Digest, Timestamp};
use signalbox_signing::Secrets;

/// The body of a slash command.
#[must_use]
pub fn slash_body(team: &str, channel: &str, user: &str, command: &str, text: &str, trigger: &str) -> String {
    form_urlencoded::Serializer::new(String::new())
        .append_pair("team_id", team)
        .append_pair("channel_id", channel)
        .append_pair("user_id", user)
        .append_pair("command", command)
        .append_pair("text", text)
        .append_pair("trigger_id", trigger)
        .finish()
}

/// The value of `X-Slack-Signature` for a body sent at `now`; the other half of [`crate::Secrets::verify`].
/// <https://docs.slack.dev/authentication/verifying-requests-from-slack>
///
/// # Errors
/// None in practice: any text can be a secret.
pub fn sign(secret: &str, now: Timestamp, body: &[u8]) -> Result<String, NoSecret> {
    let secret = Secrets::of([secret.trim().as_bytes()]).map_err(|_| NoSecret)?;
    let mac = secret.sign(&[format!("v0:{}:", now.seconds()).as_bytes(), body]);
    Ok(format!("v0={}", Digest(mac)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_we_sign_we_take() {
        let body = slash_body("T1", "C1", "U1", "/release", "web 1.4.2 & more", "1.2.3");
        let now = Timestamp(1_531_420_618_000);
        let signature = sign("secret", now, body.as_bytes()).unwrap();
        let secrets: crate::Secrets = "other,secret".parse().unwrap();
        let at = now.seconds().to_string();
        assert_eq!(
            secrets.verify(Some(at.as_bytes()), Some(signature.as_bytes()), body.as_bytes(), now),
            Ok(())
        );
        let slash = crate::slash(body.as_bytes()).unwrap();
        assert_eq!((slash.command.as_str(), slash.text.as_str()), ("/release", "web 1.4.2 & more"));
    }
}
