//! Who makes a call: a person with their token, an installation with its token, or the app with its JWT. And what
//! each of them may do.
//!
//! <https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app>

use std::collections::BTreeMap;

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey};
use base64::Engine as _;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use http::HeaderMap;
use http::header::AUTHORIZATION;
use serde_json::{Value, json};

use super::reply::{Answer, Content, Reply, not_permitted};
use super::route::Ask;
use super::time::iso;
use super::{GitHub, GitHubApp};

const PAGE: &str = "https://docs.github.com/rest/apps/apps#create-an-installation-access-token-for-an-app";
/// An installation's token is valid for an hour.
const TOKEN_MS: i64 = 3_600_000;
/// A JWT is valid for ten minutes at most.
const JWT_S: i64 = 600;
/// The two clocks may differ by one minute.
const DRIFT_S: i64 = 60;

/// A token that was made for an installation.
#[derive(Clone, Debug)]
pub(super) struct Minted {
    token: String,
    minted_ms: i64,
    expires_ms: i64,
    permissions: BTreeMap<String, String>,
    /// `None` means all repositories.
    repositories: Option<Vec<String>>,
}

#[derive(Clone, Debug)]
pub(super) enum Caller {
    User,
    Installation(Minted),
    App,
}

impl Caller {
    /// Whose rate limits count.
    pub(super) fn limited_as(&self) -> &'static str {
        match self {
            Caller::User => "user",
            Caller::Installation(_) => "installation",
            Caller::App => "app",
        }
    }

    /// Whether this caller can see the repository.
    pub(super) fn sees(&self, repository: &str) -> bool {
        match self {
            Caller::User => true,
            Caller::Installation(minted) => {
                let named = minted.repositories.as_ref();
                named.is_none_or(|names| names.iter().any(|name| name.eq_ignore_ascii_case(repository)))
            }
            Caller::App => false,
        }
    }

    /// Refuses an action for which an installation's token has no permission.
    pub(super) fn may(&self, permission: &str, level: &str) -> Result<(), Reply> {
        match self {
            Caller::User => Ok(()),
            Caller::Installation(minted) if covers(&minted.permissions, permission, level) => Ok(()),
            Caller::Installation(_) | Caller::App => {
                Err(Reply::refusal(403, "Resource not accessible by integration"))
            }
        }
    }
}

fn covers(granted: &BTreeMap<String, String>, permission: &str, level: &str) -> bool {
    match granted.get(permission).map(String::as_str) {
        Some("admin" | "write") => level != "admin",
        Some(granted) => granted == level,
        None => false,
    }
}

impl GitHub {
    /// Finds who makes a request. `jwt` says that the endpoint is only for the app itself.
    pub(super) fn caller(&self, headers: &HeaderMap, jwt: bool, now: i64) -> Result<Caller, Reply> {
        let Some(value) = headers.get(AUTHORIZATION) else {
            return Err(Reply::refusal(401, "Requires authentication"));
        };
        let bad = || Reply::refusal(401, "Bad credentials");
        let (scheme, token) = value.to_str().ok().and_then(|v| v.split_once(' ')).ok_or_else(bad)?;
        let bearer = scheme.eq_ignore_ascii_case("bearer");
        if jwt {
            let app = self.settings().app.as_ref().filter(|_| bearer).ok_or_else(undecoded)?;
            return verify(app, token, now.div_euclid(1_000)).map(|()| Caller::App);
        }
        if !bearer && !scheme.eq_ignore_ascii_case("token") {
            return Err(bad());
        }
        if token == self.settings().token {
            return Ok(Caller::User);
        }
        let state = self.state();
        let minted = state.minted.iter().find(|minted| minted.token == token && now < minted.expires_ms);
        let minted = minted.cloned().ok_or_else(bad)?;
        match &self.settings().app {
            Some(app) if now < minted.minted_ms + app.unknown_ms => Err(match app.unknown {
                401 => bad(),
                403 => Reply::refusal(403, "Resource not accessible by integration"),
                _ => Reply::not_found(),
            }),
            Some(_) | None => Ok(Caller::Installation(minted)),
        }
    }

    /// The login of the person or bot that a run is started by.
    pub(super) fn login(&self, caller: &Caller) -> String {
        match (caller, &self.settings().app) {
            (Caller::Installation(_) | Caller::App, Some(app)) => format!("{}[bot]", app.slug),
            _ => self.settings().actor.clone(),
        }
    }

    /// `POST /app/installations/{id}/access_tokens`
    pub(super) fn access_token(&self, ask: &Ask, installation: &str) -> Answer {
        let app = self.settings().app.as_ref().ok_or_else(Reply::not_found)?;
        if installation.parse() != Ok(app.installation_id) {
            return Err(Reply::not_found());
        }
        let empty = json!({});
        let body = if ask.body.is_null() { &empty } else { &ask.body };
        let fields = body.as_object().ok_or_else(|| Reply::refusal_of(PAGE, 422, "Invalid request."))?;
        let known = ["repositories", "repository_ids", "permissions"];
        if let Some(key) = fields.keys().find(|key| !known.contains(&key.as_str())) {
            return Err(not_permitted(PAGE, key));
        }
        let permissions = match fields.get("permissions") {
            None => app.permissions.clone(),
            Some(asked) => narrowed(app, asked)?,
        };
        let repositories = self.chosen(body)?;
        let expires_ms = ask.now + TOKEN_MS;
        let mut state = self.state();
        let nth = state.minted.len() + 1;
        let token = if nth == 1 { app.token.clone() } else { format!("{}.{nth}", app.token) };
        let selection = if repositories.is_some() { "selected" } else { "all" };
        let answer = json!({
            "token": token,
            "expires_at": iso(expires_ms),
            "permissions": permissions,
            "repository_selection": selection,
        });
        state.minted.push(Minted { token, minted_ms: ask.now, expires_ms, permissions, repositories });
        Ok(Reply::new(201, Content::Json(answer)))
    }

    /// The repositories that a token is asked for. They can be named, but ids are refused because repositories have
    /// no known ids here.
    fn chosen(&self, body: &Value) -> Result<Option<Vec<String>>, Reply> {
        let unknown = || {
            Reply::refusal_of(
                PAGE,
                422,
                "There is at least one repository that does not exist or is not accessible to the parent installation.",
            )
        };
        if body.get("repository_ids").is_some() {
            return Err(unknown());
        }
        let Some(names) = body.get("repositories") else { return Ok(None) };
        let names = names.as_array().ok_or_else(unknown)?;
        let exists =
            |name: &str| self.settings().repositories.iter().any(|r| r.name.eq_ignore_ascii_case(name));
        let named: Option<Vec<_>> =
            names.iter().map(|name| name.as_str().filter(|name| exists(name)).map(str::to_owned)).collect();
        named.filter(|names| names.len() <= 500).map(Some).ok_or_else(unknown)
    }
}

/// The permissions that were asked for. Refused if the app does not have one of them.
fn narrowed(app: &GitHubApp, asked: &Value) -> Result<BTreeMap<String, String>, Reply> {
    let refused =
        || Reply::refusal_of(PAGE, 422, "The permissions requested are not granted to this installation.");
    let asked = asked.as_object().ok_or_else(refused)?;
    let granted = asked.iter().map(|(name, level)| {
        let level =
            level.as_str().filter(|level| covers(&app.permissions, name, level)).ok_or_else(refused)?;
        Ok((name.clone(), level.to_owned()))
    });
    granted.collect()
}

fn undecoded() -> Reply {
    Reply::refusal(401, "A JSON web token could not be decoded")
}

/// Verifies an RS256 JWT of the app: first its signature, then its claims.
fn verify(app: &GitHubApp, token: &str, now_s: i64) -> Result<(), Reply> {
    let parts: Vec<&str> = token.split('.').collect();
    let [header, claims, signature] = parts[..] else { return Err(undecoded()) };
    let bytes = |part: &str| BASE64_URL_SAFE_NO_PAD.decode(part).map_err(|_| undecoded());
    let read = |part: &str| -> Result<Value, Reply> {
        serde_json::from_slice(&bytes(part)?).map_err(|_| undecoded())
    };
    if read(header)?["alg"] != "RS256" {
        return Err(undecoded());
    }
    let signed = &token[..header.len() + 1 + claims.len()];
    let key = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der(&app.public_key_pem));
    key.verify(signed.as_bytes(), &bytes(signature)?).map_err(|_| undecoded())?;

    let claims = read(claims)?;
    let refuse = |message: &str| Err(Reply::refusal(401, message));
    let issuer = &claims["iss"];
    let id = app.app_id.to_string();
    if *issuer != app.app_id && *issuer != id.as_str() && *issuer != app.client_id.as_str() {
        return Err(Reply::refusal(404, "Integration not found"));
    }
    match claims["iat"].as_i64() {
        Some(iat) if iat <= now_s + DRIFT_S => {}
        _ => {
            return refuse(
                "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued",
            );
        }
    }
    match claims["exp"].as_i64() {
        Some(exp) if exp > now_s + JWT_S => {
            refuse("'Expiration time' claim ('exp') is too far in the future")
        }
        Some(exp) if exp > now_s => Ok(()),
        _ => refuse(
            "'Expiration time' claim ('exp') must be a numeric value representing the future time at which the assertion expires",
        ),
    }
}

/// The bytes between the dashes of a PEM. If it is no PEM, the result is empty, and then no signature is valid.
fn der(pem: &str) -> Vec<u8> {
    let base64: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    BASE64_STANDARD.decode(base64).unwrap_or_default()
}
