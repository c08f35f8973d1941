//! The least that a door can do, with the same crates: check the signature and read the form.

use super::Request;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::borrow::Cow;

/// A secret whose key is prepared once.
pub struct Reference(Hmac<Sha256>);

impl Reference {
    /// A reference for one signing secret.
    pub fn new(secret: &str) -> Self {
        Self(Hmac::new_from_slice(secret.as_bytes()).unwrap())
    }

    /// The form, if Slack sent it within five minutes of `now`.
    pub fn read<'r>(&self, request: &'r Request, now: i64) -> Option<Vec<(Cow<'r, str>, Cow<'r, str>)>> {
        let sent: i64 = request.timestamp.parse().ok()?;
        if now.abs_diff(sent) > 300 {
            return None;
        }
        let mut signature = [0u8; 32];
        for (slot, pair) in
            signature.iter_mut().zip(request.signature.strip_prefix("v0=")?.as_bytes().chunks_exact(2))
        {
            *slot = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
        }
        let mut mac = self.0.clone();
        mac.update(b"v0:");
        mac.update(request.timestamp.as_bytes());
        mac.update(b":");
        mac.update(&request.body);
        mac.verify_slice(&signature).ok()?;
        Some(form_urlencoded::parse(&request.body).collect())
    }
}
