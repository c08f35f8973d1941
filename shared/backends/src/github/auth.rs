//! How we identify ourselves to GitHub: by a fine-grained token, or as an App with an installation on the repository.
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>
//!
//! A token is opaque: no length and no prefix is assumed (installation tokens are becoming long ones).

use http::StatusCode;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::{Deserialize, Serialize};
use signalbox_domain::time::Timestamp;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// How we identify ourselves.
#[derive(Clone)]
pub enum Credentials {
    /// A fine-grained personal access token: a machine user's.
    Token(String),
    /// A GitHub App, installed on the repositories.
    App {
        /// Its id or client id.
        id: String,
        /// Its private key, PEM.
        private_key: String,
    },
}

/// The longest time that an App's proof is valid.
const PROOF_LASTS: i64 = 540;
/// Clocks differ, so a proof is dated back by this.
const DATED_BACK: i64 = 60;
/// A token counts as over this long before it really is, so that it never ends within a call.
const SPARE: Duration = Duration::from_secs(300);

pub(super) struct Auth {
    pub(super) kind: Kind,
    /// Installation tokens by repository.
    installed: Mutex<HashMap<String, Installed>>,
}

pub(super) enum Kind {
    Token(String),
    App { id: String, key: Box<EncodingKey> },
}

/// For this long a new token is not known everywhere on GitHub, and calls with it may be refused.
const YOUNG: Duration = Duration::from_secs(30);

#[derive(Clone)]
struct Installed {
    token: String,
    minted: Timestamp,
    /// Whether some call with it was accepted.
    worked: bool,
    until: Timestamp,
}

#[derive(Serialize)]
struct Claims<'a> {
    iat: i64,
    exp: i64,
    iss: &'a str,
}

/// The answer of `POST /app/installations/{id}/access_tokens`.
#[derive(Deserialize)]
pub(super) struct AccessToken {
    token: String,
    expires_at: Option<String>,
}

impl Auth {
    /// # Errors
    /// Says what is wrong with the private key; never shows it.
    pub(super) fn new(credentials: Credentials) -> Result<Self, String> {
        let kind = match credentials {
            Credentials::Token(token) => Kind::Token(token.trim().to_owned()),
            Credentials::App { id, private_key } => {
                // In environment variables line breaks are often written as `\n`.
                let pem = private_key.trim().replace("\\n", "\n");
                let key = EncodingKey::from_rsa_pem(pem.as_bytes()).map_err(|_| {
                    "the GitHub App's private key is not an RSA key in PEM form; download a new one from the App's \
                     settings"
                        .to_owned()
                })?;
                Kind::App { id: id.trim().to_owned(), key: Box::new(key) }
            }
        };
        Ok(Self { kind, installed: Mutex::default() })
    }

    /// An App's proof of its identity, valid for a few minutes.
    pub(super) fn proof(id: &str, key: &EncodingKey, now: Timestamp) -> Result<String, String> {
        let iat = now.seconds() - DATED_BACK;
        let claims = Claims { iat, exp: iat + PROOF_LASTS, iss: id };
        jsonwebtoken::encode(&Header::new(Algorithm::RS256), &claims, key)
            .map_err(|_| "the GitHub App's proof cannot be signed with its private key".to_owned())
    }

    /// The installation token for a repository, if there is one that is still valid.
    pub(super) fn cached(&self, repository: &str, now: Timestamp) -> Option<String> {
        let installed = self.installed.lock().unwrap_or_else(PoisonError::into_inner);
        installed.get(repository).filter(|i| i.until > now).map(|i| i.token.clone())
    }

    pub(super) fn keep(&self, repository: &str, token: &AccessToken, now: Timestamp) -> String {
        let ends = token.expires_at.as_deref().and_then(|at| at.parse::<jiff::Timestamp>().ok());
        // If the end cannot be read: an hour is documented, and a part of it is safe.
        let ends = ends.map_or(now.plus(SPARE * 2), |at| Timestamp(at.as_millisecond()));
        let spare = i64::try_from(SPARE.as_millis()).unwrap_or(0);
        let until = Timestamp(ends.0 - spare);
        let installed = Installed { token: token.token.clone(), minted: now, worked: false, until };
        self.installed
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(repository.to_owned(), installed);
        token.token.clone()
    }

    /// Notes the answer to a call with this token. Gives whether the call may have been refused only because the
    /// token is too young to be known everywhere.
    pub(super) fn is_too_young(
        &self,
        repository: &str,
        token: &str,
        status: StatusCode,
        now: Timestamp,
    ) -> bool {
        let mut installed = self.installed.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(installed) = installed.get_mut(repository).filter(|i| i.token == token) else {
            return false;
        };
        let refused = match status {
            // A token that worked before is not too young: it was revoked.
            StatusCode::UNAUTHORIZED => !installed.worked,
            StatusCode::FORBIDDEN | StatusCode::NOT_FOUND => true,
            _ => {
                installed.worked = true;
                false
            }
        };
        refused && now.since(installed.minted) < YOUNG
    }

    /// GitHub no longer accepts this token (it was revoked, or our clock is wrong). Gives whether another can be had.
    /// If several calls were refused with the same token, each may try again, although only the first removes it.
    pub(super) fn forget(&self, repository: &str, refused: &str) -> bool {
        let mut installed = self.installed.lock().unwrap_or_else(PoisonError::into_inner);
        if installed.get(repository).is_some_and(|i| i.token == refused) {
            installed.remove(repository);
        }
        match self.kind {
            Kind::Token(_) => false,
            Kind::App { .. } => true,
        }
    }
}
