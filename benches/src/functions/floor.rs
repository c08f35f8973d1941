//! The least that a function could do: fetch an event, send one request to SQS, and post an answer. There is no
//! library, no TLS and no signature. Nothing is verified or parsed. It has one thread, and two connections that stay
//! open.

use anyhow::Context;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;

struct Connection {
    host: String,
    stream: BufReader<TcpStream>,
}

impl Connection {
    fn open(host: &str) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(host)?;
        stream.set_nodelay(true)?;
        Ok(Self { host: host.to_owned(), stream: BufReader::new(stream) })
    }

    /// Sends a request and reads the whole answer. Returns the value of the wanted header.
    fn call(&mut self, request: &str, headers: &str, body: &str, wanted: &str) -> anyhow::Result<String> {
        let (host, length) = (&self.host, body.len());
        let head = format!("{request} HTTP/1.1\r\nhost: {host}\r\ncontent-length: {length}\r\n{headers}\r\n");
        self.stream.get_mut().write_all(format!("{head}{body}").as_bytes())?;
        let (mut length, mut found) = (0, String::new());
        loop {
            let mut line = String::new();
            anyhow::ensure!(self.stream.read_line(&mut line)? > 0, "the connection ended");
            let Some((name, value)) = line.trim_end().split_once(": ") else {
                if line == "\r\n" {
                    break;
                }
                continue;
            };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse()?;
            } else if name.eq_ignore_ascii_case(wanted) {
                value.clone_into(&mut found);
            }
        }
        let mut rest = vec![0; length];
        self.stream.read_exact(&mut rest)?;
        Ok(found)
    }
}

/// Runs until it is killed.
pub fn run(runtime_api: &str, sqs: &str) -> anyhow::Result<()> {
    let mut lambda = Connection::open(runtime_api).context("the Runtime API")?;
    let mut sqs = Connection::open(sqs).context("SQS")?;
    let target =
        "x-amz-target: AmazonSQS.SendMessage\r\ncontent-type: application/x-amz-json-1.0\r\n".to_owned();
    let message = format!(r#"{{"QueueUrl":"q","MessageBody":"{}"}}"#, "x".repeat(1000));
    loop {
        let next = "GET /2018-06-01/runtime/invocation/next";
        let id = lambda.call(next, "", "", "lambda-runtime-aws-request-id")?;
        sqs.call("POST /", &target, &message, "")?;
        let path = format!("POST /2018-06-01/runtime/invocation/{id}/response");
        lambda.call(&path, "", r#"{"statusCode":200,"body":"on its way"}"#, "")?;
    }
}
