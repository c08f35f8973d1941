//! A fake of SQS, DynamoDB, SSM and Slack that does only what the functions need to start and to answer. It keeps
//! nothing and finds nothing.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::json;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tokio::net::TcpListener;

/// The fake. It serves on a port of its own until this process ends.
pub struct Aws {
    pub address: SocketAddr,
    pub slack: SocketAddr,
    sent: Arc<AtomicUsize>,
}

impl Aws {
    pub async fn start() -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let chat = TcpListener::bind("127.0.0.1:0").await?;
        let slack = chat.local_addr()?;
        let sent = Arc::new(AtomicUsize::new(0));
        let router = Router::new().fallback(answer).with_state(sent.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        let chat_router = Router::new().fallback(async || axum::Json(json!({ "ok": true })));
        tokio::spawn(async move { axum::serve(chat, chat_router).await.unwrap() });
        Ok(Self { address, slack, sent })
    }

    pub fn queue(&self, name: &str) -> String {
        format!("http://{}/123456789012/{name}.fifo", self.address)
    }

    /// How many messages have been sent so far.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }
}

async fn answer(State(sent): State<Arc<AtomicUsize>>, headers: HeaderMap, body: Bytes) -> Response {
    let target = headers.get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
    let text = match target.rsplit('.').next().unwrap_or_default() {
        "GetQueueAttributes" => {
            json!({ "Attributes": { "QueueArn": "arn:aws:sqs:us-east-1:123456789012:intents.fifo" } })
        }
        "SendMessage" => {
            sent.fetch_add(1, Ordering::Relaxed);
            json!({
                "MessageId": "5fea7756-0ea4-451a-a703-a558b933e274",
                "MD5OfMessageBody": "fafb00f5732ab283681e124bf8747ed1",
                "SequenceNumber": "18869001234567890123",
            })
        }
        "Query" | "Scan" => json!({ "Items": [], "Count": 0, "ScannedCount": 0 }),
        "BatchGetItem" => json!({ "Responses": {}, "UnprocessedKeys": {} }),
        "GetParameters" => parameters(&body),
        "GetItem"
        | "PutItem"
        | "TransactWriteItems"
        | "ReceiveMessage"
        | "DeleteMessage"
        | "ChangeMessageVisibility" => json!({}),
        other => {
            let text = json!({ "__type": "UnknownOperationException", "message": other }).to_string();
            return (StatusCode::BAD_REQUEST, text).into_response();
        }
    };
    ([("content-type", "application/x-amz-json-1.0")], text.to_string()).into_response()
}

/// Every parameter has the same value: the signing secret. It can be used as a token too.
fn parameters(body: &[u8]) -> serde_json::Value {
    let asked: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
    let names = asked["Names"].as_array().cloned().unwrap_or_default();
    let parameters: Vec<_> = names
        .iter()
        .map(|name| json!({ "Name": name, "Type": "SecureString", "Value": crate::door::SECRET, "Version": 1 }))
        .collect();
    json!({ "Parameters": parameters, "InvalidParameters": [] })
}
