//! Copies of the seals in a bucket of S3, an object each: `PREFIX/2026-11-21.json`.
//!
//! Three calls, signed here and sent like all others: for so few, S3's own SDK would be a lot to link and to compile.
//! An object is put only if there is none (`If-None-Match: *`,
//! <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>), and its oldest version is the
//! copy: if somebody puts something over it or deletes it, that changes nothing of what is read here.

use async_trait::async_trait;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::{Method, Request, Response, StatusCode};
use signalbox_domain::ids::Digest;
use signalbox_domain::time::Day;
use signalbox_engine::audit::{day_of_copy, name_of_copy};
use signalbox_engine::ports::{Clock, PortError, SealCopies, SealRow, Transport};
use signalbox_engine::wire;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// The time limit of one attempt.
const ATTEMPT: Duration = Duration::from_secs(4);
/// How often a call is tried when no answer says whether it succeeded.
const TRIES: u32 = 3;

/// Copies of the seals in a bucket.
#[derive(Clone)]
pub struct SealBucket {
    pub(crate) network: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) credentials: Option<SharedCredentialsProvider>,
    pub(crate) region: String,
    /// The bucket's address, without a slash at its end.
    pub(crate) address: String,
    /// Begins and ends without a slash.
    pub(crate) prefix: String,
}

/// The bucket, and the prefix of its keys, from `s3://BUCKET/PREFIX`.
pub(crate) fn place(url: &str) -> Option<(&str, &str)> {
    let (bucket, prefix) = url.strip_prefix("s3://")?.split_once('/')?;
    let prefix = prefix.trim_end_matches('/');
    let plain = |text: &str| {
        !text.is_empty() && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"-._/".contains(&b))
    };
    (plain(bucket) && plain(prefix) && !prefix.starts_with('/')).then_some((bucket, prefix))
}

/// A version of an object.
struct Version {
    key: String,
    id: String,
}

impl SealBucket {
    /// Sends a signed request; tries again if the network or S3 failed.
    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response<Bytes>, PortError> {
        let mut tried = 0;
        loop {
            tried += 1;
            let request = self.signed(&method, path, headers, body).await?;
            match self.network.call(request, ATTEMPT).await {
                Ok(answer) if !answer.status().is_server_error() || tried == TRIES => return Ok(answer),
                Ok(_) => {}
                Err(_) if tried < TRIES => {}
                Err(error) => return Err(PortError::Unavailable(format!("the seals' bucket: {error}"))),
            }
        }
    }

    async fn signed(
        &self,
        method: &Method,
        path: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Request<Bytes>, PortError> {
        let unsent = |what: &str| PortError::Unavailable(format!("the seals' bucket: {what}"));
        let provider = self.credentials.as_ref().ok_or_else(|| unsent("there are no credentials"))?;
        let credentials = provider.provide_credentials().await;
        let identity = credentials.map_err(|_| unsent("credentials cannot be had"))?.into();
        let mut settings = SigningSettings::default();
        settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
        settings.percent_encoding_mode = PercentEncodingMode::Single;
        settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
        let since = Duration::from_millis(u64::try_from(self.clock.now().0).unwrap_or(0));
        let params = v4::SigningParams::builder()
            .identity(&identity)
            .region(&self.region)
            .name("s3")
            .time(SystemTime::UNIX_EPOCH + since)
            .settings(settings)
            .build()
            .map_err(|_| unsent("a request cannot be signed"))?
            .into();
        let url = format!("{}{path}", self.address);
        let signable = SignableRequest::new(
            method.as_str(),
            url.as_str(),
            headers.iter().copied(),
            SignableBody::Bytes(body),
        );
        let signed = signable.and_then(|request| sign(request, &params));
        let (instructions, _) = signed.map_err(|_| unsent("a request cannot be signed"))?.into_parts();
        let mut request = Request::builder().method(method).uri(&url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Bytes::copy_from_slice(body));
        let mut request = request.map_err(|_| unsent("its address is none"))?;
        instructions.apply_to_request_http1x(&mut request);
        Ok(request)
    }

    /// The oldest version of each copy.
    async fn oldest(&self) -> Result<BTreeMap<Day, Version>, PortError> {
        let prefix = format!("{}/", self.prefix);
        let mut oldest = BTreeMap::new();
        let mut from: Option<(String, String)> = None;
        loop {
            let mut query = vec![("versions", ""), ("prefix", &prefix)];
            if let Some((key, version)) = &from {
                query.extend([("key-marker", key.as_str()), ("version-id-marker", version)]);
            }
            let answer = self.call(Method::GET, &asked("/", &query), &[], b"").await?;
            if answer.status() != StatusCode::OK {
                return Err(refused("listing copies of seals", &answer));
            }
            let text = String::from_utf8_lossy(answer.body());
            // The versions of a key come latest first.
            for version in text.split("<Version>").skip(1).filter_map(version) {
                if let Some(day) = version.key.strip_prefix(&prefix).and_then(day_of_copy) {
                    oldest.insert(day, version);
                }
            }
            if element(&text, "IsTruncated") != Some("true") {
                return Ok(oldest);
            }
            from = element(&text, "NextKeyMarker")
                .zip(element(&text, "NextVersionIdMarker"))
                .map(|(key, version)| (key.to_owned(), version.to_owned()));
            if from.is_none() {
                return Err(PortError::Unavailable("listing copies of seals: half an answer".into()));
            }
        }
    }
}

#[async_trait]
impl SealCopies for SealBucket {
    async fn days(&self) -> Result<BTreeSet<Day>, PortError> {
        Ok(self.oldest().await?.into_keys().collect())
    }

    async fn keep(&self, seal: &SealRow) -> Result<bool, PortError> {
        let path = format!("/{}/{}", self.prefix, name_of_copy(seal.day));
        // Without a checksum S3 refuses an object that is to be retained.
        let checksum = STANDARD.encode(wire::hash(&seal.bytes).0);
        let headers = [
            ("content-type", "application/json"),
            ("if-none-match", "*"),
            ("x-amz-checksum-sha256", checksum.as_str()),
        ];
        let answer = self.call(Method::PUT, &path, &headers, &seal.bytes).await?;
        match answer.status() {
            StatusCode::OK => Ok(true),
            StatusCode::PRECONDITION_FAILED => Ok(false),
            StatusCode::CONFLICT => Err(PortError::Conflict),
            _ => Err(refused("keeping a copy of a seal", &answer)),
        }
    }

    async fn hashes(&self) -> Result<BTreeMap<Day, Digest>, PortError> {
        let mut hashes = BTreeMap::new();
        for (day, Version { key, id }) in self.oldest().await? {
            let path = asked(&format!("/{key}"), &[("versionId", &id)]);
            let answer = self.call(Method::GET, &path, &[], b"").await?;
            if answer.status() != StatusCode::OK {
                return Err(refused("reading a copy of a seal", &answer));
            }
            hashes.insert(day, wire::hash(answer.body()));
        }
        Ok(hashes)
    }
}

fn asked(path: &str, query: &[(&str, &str)]) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{path}?{query}")
}

/// The content of an element; nothing that is asked for here has to be unescaped.
fn element<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let (_, rest) = text.split_once(&format!("<{name}>"))?;
    Some(rest.split_once("</")?.0)
}

fn version(text: &str) -> Option<Version> {
    let (text, _) = text.split_once("</Version>")?;
    Some(Version { key: element(text, "Key")?.to_owned(), id: element(text, "VersionId")?.to_owned() })
}

fn refused(what: &str, answer: &Response<Bytes>) -> PortError {
    let text = String::from_utf8_lossy(answer.body());
    let code = element(&text, "Code").filter(|code| code.bytes().all(|b| b.is_ascii_alphanumeric()));
    PortError::Unavailable(match code {
        Some(code) => format!("{what}: {code}"),
        None => format!("{what}: HTTP {}", answer.status().as_u16()),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_copies_are() {
        for (url, is) in [
            ("s3://a-bucket/seals", Some(("a-bucket", "seals"))),
            ("s3://a-bucket/team/seals/", Some(("a-bucket", "team/seals"))),
            ("s3://a-bucket", None),
            ("s3://a-bucket/", None),
            ("s3:///seals", None),
            ("s3://a-bucket//seals", None),
            ("s3://a-bucket/se als", None),
            ("https://a-bucket/seals", None),
        ] {
            assert_eq!(place(url), is, "{url}");
        }
    }

    #[test]
    fn what_s3_lists() {
        let text = "<ListVersionsResult><IsTruncated>false</IsTruncated><Version><Key>seals/2026-11-21.json</Key>\
            <VersionId>b</VersionId></Version><DeleteMarker><Key>seals/2026-11-21.json</Key><VersionId>c</VersionId>\
            </DeleteMarker><Version><Key>seals/2026-11-21.json</Key><VersionId>a</VersionId></Version></ListVersionsResult>";
        let versions: Vec<_> = text.split("<Version>").skip(1).filter_map(version).map(|v| v.id).collect();
        assert_eq!(versions, ["b", "a"]);
        assert_eq!(element(text, "IsTruncated"), Some("false"));
    }
}
