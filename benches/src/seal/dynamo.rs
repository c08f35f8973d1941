//! The same in DynamoDB on an emulator (`tests/aws`): how many requests it takes. On AWS the time is the number of
//! requests times the time of one request; the time on the emulator says nothing about that.

use super::{DAY, Sealed, run_of, seal};
use crate::{Effort, ROOT, table};
use async_trait::async_trait;
use bytes::Bytes;
use signalbox_aws::{Clients, DynamoStore, tables};
use signalbox_domain::time::Day;
use signalbox_engine::ports::{Journal, Transport, TransportError};
use signalbox_transport::Reqwest;
use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The number of appends at the same time.
const AT_ONCE: usize = 16;
/// The time of a request to DynamoDB from a function in the same region. A large request takes longer than a small one.
const LATENCY: Duration = Duration::from_millis(10);

struct Emulator(Child);

impl Drop for Emulator {
    fn drop(&mut self) {
        self.0.kill().ok();
        self.0.wait().ok();
    }
}

/// Passes requests on, and counts them by the name of the call.
struct Counting(Reqwest, Arc<Mutex<BTreeMap<String, usize>>>);

#[async_trait]
impl Transport for Counting {
    async fn call(
        &self,
        request: http::Request<Bytes>,
        timeout: Duration,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let name = request.headers().get("x-amz-target").and_then(|t| t.to_str().ok()).unwrap_or_default();
        let name = name.rsplit('.').next().unwrap_or_default().to_owned();
        *self.1.lock().unwrap().entry(name).or_default() += 1;
        self.0.call(request, timeout).await
    }
}

/// Seals a smaller day, and calculates from the requests how long a million events would take.
pub async fn run(effort: Effort) -> anyhow::Result<()> {
    let program = format!("{ROOT}/tests/aws/.venv/bin/ministack");
    if !Path::new(&program).exists() {
        eprintln!(
            "seal: SKIPPED in DynamoDB: needs ministack in tests/aws/.venv; `bash tests/run` installs it"
        );
        return Ok(());
    }
    let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
    let folder = tempfile::tempdir()?;
    let mut command = Command::new(&program);
    command.env("GATEWAY_PORT", port.to_string()).env("BIND_HOST", "127.0.0.1").env("LOG_LEVEL", "ERROR");
    command.env("TMPDIR", folder.path()).env("HOME", folder.path()).current_dir(folder.path());
    let _emulator =
        Emulator(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?);
    let counts = Arc::new(Mutex::new(BTreeMap::new()));
    let network = Arc::new(Counting(Reqwest::new().map_err(anyhow::Error::msg)?, counts.clone()));
    let clients = Clients::emulator(&format!("http://127.0.0.1:{port}"), network);
    let deadline = Instant::now() + Duration::from_secs(60);
    while let Err(error) = tables::create(&clients.dynamodb(), "events", &tables::EVENTS).await {
        anyhow::ensure!(Instant::now() < deadline, "the emulator does not start: {error}");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    tables::create(&clients.dynamodb(), "state", &tables::STATE).await?;
    let store = DynamoStore::new(clients.dynamodb(), "events", "state");

    let records = effort.pick(12_000, 200);
    let before = run_of(usize::MAX);
    store.append(0, vec![super::event(&before, Day(DAY.0 - 1))], super::head(&before)).await?;
    seal(&store, Day(DAY.0 - 1)).await?;
    let mut under_way = tokio::task::JoinSet::new();
    for number in 0..records {
        if under_way.len() == AT_ONCE {
            under_way.join_next().await.transpose()?.transpose()?;
        }
        let (store, run) = (store.clone(), run_of(number));
        under_way
            .spawn(async move { store.append(0, vec![super::event(&run, DAY)], super::head(&run)).await });
    }
    while let Some(done) = under_way.join_next().await {
        done??;
    }
    counts.lock().unwrap().clear();
    let Sealed { rounds, .. } = seal(&store, DAY).await?;
    let took: Duration = rounds.iter().sum();
    let counts = counts.lock().unwrap().clone();
    let requests: usize = counts.values().sum();
    let named: Vec<String> = counts.iter().map(|(name, n)| format!("{n} {name}")).collect();
    // Each of 32 shelves ends with one request. A page of the adapter has a thousand items. A part has 2900 records,
    // and costs one page that is not full and one put.
    let row = |what: &str, records: usize| {
        let requests = 34 + records.div_ceil(1000) + 2 * records.div_ceil(2900);
        let time = requests as f64 * LATENCY.as_secs_f64();
        [what.to_owned(), records.to_string(), requests.to_string(), format!("{time:.1} s")]
    };
    table::print(
        &format!(
            "seal: in DynamoDB on an emulator: {records} records in {} rounds, {:.1} s, {requests} requests ({})",
            rounds.len(),
            took.as_secs_f64(),
            named.join(", ")
        ),
        ["by pages and parts, at 10 ms each", "records", "requests", "time"],
        &[row("8 events each", 125_000), row("one event each", 1_000_000)],
    );
    Ok(())
}
