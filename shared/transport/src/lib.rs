//! The only way to the network: every outside call of every adapter goes through [`Reqwest`].
//!
//! It tells a call that was certainly not sent from a call that may have arrived, because this decides whether a run
//! may be sent again. In case of doubt, the call counts as one that may have arrived. It never follows a redirect,
//! never repeats a request by itself, and its errors hold no header and no body.
//!
//! Addresses that the catalogue names are called by [`Guarded`] instead, within what the installation lists.

mod egress;
mod guarded;
mod in_memory;
mod ip;
mod lazy;

pub use egress::{EGRESS, Egress};
pub use guarded::Guarded;
pub use in_memory::InMemory;
pub use lazy::Lazy;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use signalbox_engine::ports::{Transport, TransportError};
use std::error::Error;
use std::time::Duration;

/// The longest body that is read: 8 MiB, in bytes.
pub const LONGEST_BODY: usize = 8 << 20;

/// A connection (with its TLS handshake) that is not there after this time is given up. In that case nothing was
/// sent. It is shorter than the timeouts of the callers, so that a host that cannot be reached is told from one that
/// does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// HTTP over the network. Connections are kept and shared, and a clone is cheap.
///
/// The system's proxy settings are used, and the system's root certificates decide which certificates are trusted.
#[derive(Debug, Clone)]
pub struct Reqwest {
    client: reqwest::Client,
}

impl Reqwest {
    /// Makes a transport for the whole process.
    ///
    /// # Errors
    /// Says why TLS cannot be used on this system.
    pub fn new() -> Result<Self, String> {
        Ok(Self { client: built(builder())? })
    }
}

/// What all our clients have in common.
fn builder() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .connect_timeout(CONNECT_TIMEOUT)
        .referer(false)
        .user_agent(concat!("signalbox/", env!("CARGO_PKG_VERSION")))
}

fn built(builder: reqwest::ClientBuilder) -> Result<reqwest::Client, String> {
    builder.build().map_err(|e| format!("cannot set up HTTP: {}", reasons(&e)))
}

#[async_trait]
impl Transport for Reqwest {
    async fn call(
        &self,
        request: Request<Bytes>,
        timeout: Duration,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(classify)?;
        exchange(&self.client, request, timeout).await
    }
}

/// Sends a request and reads the whole answer.
async fn exchange(
    client: &reqwest::Client,
    mut request: reqwest::Request,
    timeout: Duration,
) -> Result<Response<Bytes>, TransportError> {
    // The timeout covers connecting, sending, and reading the body to its end.
    *request.timeout_mut() = Some(timeout);
    let mut answer = client.execute(request).await.map_err(classify)?;
    let too_long = || TransportError::NoAnswer(format!("the answer is longer than {LONGEST_BODY} bytes"));
    if answer.content_length().is_some_and(|length| length > LONGEST_BODY as u64) {
        return Err(too_long());
    }
    let mut body = BytesMut::new();
    while let Some(chunk) = answer.chunk().await.map_err(classify)? {
        if body.len() + chunk.len() > LONGEST_BODY {
            return Err(too_long());
        }
        body.extend_from_slice(&chunk);
    }
    let mut response = Response::new(body.freeze());
    *response.status_mut() = answer.status();
    *response.version_mut() = answer.version();
    *response.headers_mut() = std::mem::take(answer.headers_mut());
    Ok(response)
}

/// `NotSent` only if it is certain: the request could not be built, or no connection was made. A TLS handshake is a
/// part of connecting; the request is written after it.
#[expect(clippy::needless_pass_by_value, reason = "the shape that `map_err` wants")]
fn classify(error: reqwest::Error) -> TransportError {
    let why = guarded::refusal(&error).unwrap_or_else(|| reasons(&error));
    if error.is_builder() || error.is_connect() {
        TransportError::NotSent(why)
    } else {
        TransportError::NoAnswer(why)
    }
}

/// The error and its causes, without the address, because a query may contain private data.
fn reasons(error: &reqwest::Error) -> String {
    let mut text = if error.is_timeout() { "timed out".to_owned() } else { String::new() };
    let mut cause = error.source();
    while let Some(inner) = cause {
        if !text.is_empty() {
            text.push_str(": ");
        }
        text.push_str(&inner.to_string());
        cause = inner.source();
    }
    if text.is_empty() { "it could not be sent as it is".to_owned() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::StatusCode;
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::{TcpListener, TcpStream};

    /// A server for one connection. After it has read the head of a request, it calls `serve`. Gives its address.
    async fn server<F>(serve: impl FnOnce(TcpStream) -> F + Send + 'static) -> String
    where
        F: Future<Output = ()> + Send,
    {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = vec![];
            while !head.ends_with(b"\r\n\r\n") {
                head.push(stream.read_u8().await.unwrap());
            }
            serve(stream).await;
        });
        format!("http://{address}")
    }

    async fn answers(bytes: &'static [u8]) -> String {
        server(move |mut stream| async move { stream.write_all(bytes).await.unwrap() }).await
    }

    async fn call(url: &str) -> Result<Response<Bytes>, TransportError> {
        let request = Request::get(url).body(Bytes::new()).unwrap();
        Reqwest::new().unwrap().call(request, Duration::from_millis(700)).await
    }

    #[track_caller]
    fn is_not_sent(answer: &Result<Response<Bytes>, TransportError>) {
        assert!(matches!(answer, Err(TransportError::NotSent(_))), "{answer:?}");
    }

    #[track_caller]
    fn is_no_answer(answer: &Result<Response<Bytes>, TransportError>) {
        assert!(matches!(answer, Err(TransportError::NoAnswer(_))), "{answer:?}");
    }

    #[tokio::test]
    async fn an_answer_comes_whole() {
        let url =
            answers(b"HTTP/1.1 429 Too Many Requests\r\nRetry-After: 7\r\nContent-Length: 4\r\n\r\nslow")
                .await;
        let answer = call(&url).await.unwrap();
        assert_eq!(answer.status(), StatusCode::TOO_MANY_REQUESTS);
        assert_eq!(
            (answer.headers()["retry-after"].as_bytes(), &answer.body()[..]),
            (b"7".as_slice(), b"slow".as_slice())
        );
    }

    #[tokio::test]
    async fn the_request_arrives_as_it_was_made() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/a/b?c=d", listener.local_addr().unwrap());
        let seen = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut seen = vec![];
            while !seen.ends_with(b"body") {
                seen.push(stream.read_u8().await.unwrap());
            }
            stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").await.unwrap();
            String::from_utf8(seen).unwrap()
        });
        let request = Request::post(url).header("x-run", "7").body(Bytes::from_static(b"body")).unwrap();
        let answer = Reqwest::new().unwrap().call(request, Duration::from_secs(5)).await.unwrap();
        assert_eq!((answer.status(), answer.body().len()), (StatusCode::NO_CONTENT, 0));
        let seen = seen.await.unwrap();
        assert!(seen.starts_with("POST /a/b?c=d HTTP/1.1\r\n") && seen.contains("x-run: 7\r\n"), "{seen}");
    }

    #[tokio::test]
    async fn without_a_connection_nothing_was_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let refused = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let answer = call(&refused).await;
        is_not_sent(&answer);
        assert!(answer.unwrap_err().to_string().contains("refused"));
    }

    #[tokio::test]
    async fn without_a_handshake_nothing_was_sent() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("https://{}", listener.local_addr().unwrap());
        tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            // Answers plain HTTP although TLS was expected.
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
        });
        is_not_sent(&call(&url).await);
    }

    #[tokio::test]
    async fn what_cannot_be_sent_was_not() {
        is_not_sent(&call("ftp://127.0.0.1/x").await);
        is_not_sent(&call("/only/a/path").await);
    }

    #[tokio::test]
    async fn silence_may_mean_anything() {
        let hang = server(|stream| async move {
            tokio::time::sleep(Duration::from_secs(30)).await;
            drop(stream);
        });
        let answer = call(&hang.await).await;
        is_no_answer(&answer);
        assert!(answer.unwrap_err().to_string().contains("timed out"));
        is_no_answer(&call(&server(|stream| async move { drop(stream) }).await).await);
        is_no_answer(&call(&answers(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf").await).await);
        is_no_answer(&call(&answers(b"SSH-2.0-OpenSSH\r\n").await).await);
    }

    #[tokio::test]
    async fn a_body_that_never_ends_is_over_by_the_timeout() {
        let drip = server(|mut stream| async move {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n").await.unwrap();
            while stream.write_all(b".").await.is_ok() {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        });
        let url = drip.await;
        let answer = tokio::time::timeout(Duration::from_secs(5), call(&url)).await.unwrap();
        is_no_answer(&answer);
    }

    #[tokio::test]
    async fn a_redirect_is_an_answer() {
        let url =
            answers(b"HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/login\r\nContent-Length: 0\r\n\r\n")
                .await;
        let answer = call(&url).await.unwrap();
        assert_eq!(
            (answer.status(), answer.headers()["location"].as_bytes()),
            (StatusCode::FOUND, b"http://127.0.0.1:1/login".as_slice())
        );
    }

    #[tokio::test]
    async fn a_body_is_read_to_its_limit_and_no_further() {
        let sends = |declared: Option<usize>, length: usize| {
            server(move |mut stream| async move {
                let head = declared.map_or_else(String::new, |n| format!("Content-Length: {n}\r\n"));
                stream.write_all(format!("HTTP/1.1 200 OK\r\n{head}\r\n").as_bytes()).await.unwrap();
                // The other side may have closed the connection by then.
                stream.write_all(&vec![b'x'; length]).await.ok();
            })
        };
        let patient = async |url: String| {
            let request = Request::get(url).body(Bytes::new()).unwrap();
            Reqwest::new().unwrap().call(request, Duration::from_secs(20)).await
        };
        let whole = patient(sends(None, LONGEST_BODY).await).await.unwrap();
        assert_eq!(whole.body().len(), LONGEST_BODY);
        for declared in [None, Some(LONGEST_BODY + 1)] {
            let answer = patient(sends(declared, LONGEST_BODY + 1).await).await;
            is_no_answer(&answer);
            assert!(answer.unwrap_err().to_string().contains("longer than 8388608 bytes"));
        }
    }
}
