//! Secrets: each from the environment, or from the SSM parameter that `<NAME>_PARAMETER` names. One call reads all of
//! them.

use crate::environment::optional;
use anyhow::Context;
use signalbox_aws::{Clients, Parameters};
use signalbox_domain::Timestamp;
use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::Arc;
use tokio::sync::Mutex;

/// How old read values may be, in seconds.
const KEPT: i64 = 300;

/// The values of the secrets that exist. They are never shown: there is no `Debug`.
#[derive(Clone, PartialEq, Eq)]
pub struct Values(BTreeMap<&'static str, String>);

impl Values {
    /// A secret that may be absent.
    #[must_use]
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// A secret that must be there.
    ///
    /// # Errors
    /// When it is not there.
    pub fn required(&self, name: &str) -> anyhow::Result<&str> {
        self.optional(name).with_context(|| {
            format!("there is no {name}\n  help: put it into SSM as a SecureString and name the parameter in {name}_PARAMETER")
        })
    }
}

/// Where secrets come from.
#[derive(Clone)]
pub(crate) struct Secrets {
    given: BTreeMap<&'static str, String>,
    parameters: BTreeMap<&'static str, String>,
    ssm: Option<Parameters>,
}

impl Secrets {
    pub(crate) fn wanted(names: &[&'static str], clients: &Clients) -> Self {
        let mut wanted = Self { given: BTreeMap::new(), parameters: BTreeMap::new(), ssm: None };
        for name in names {
            if let Some(value) = optional(name) {
                wanted.given.insert(name, value);
            } else if let Some(parameter) = optional(&format!("{name}_PARAMETER")) {
                wanted.parameters.insert(name, parameter);
            }
        }
        if !wanted.parameters.is_empty() {
            wanted.ssm = Some(Parameters::new(clients.ssm()));
        }
        wanted
    }

    pub(crate) async fn read(&self) -> anyhow::Result<Values> {
        let mut values = self.given.clone();
        if let Some(ssm) = &self.ssm {
            let names: Vec<String> = self.parameters.values().cloned().collect();
            let mut read = ssm.read(&names).await.context("the secrets")?;
            values.extend(self.parameters.iter().filter_map(|(name, p)| Some((*name, read.remove(p)?))));
        }
        Ok(Values(values))
    }

    fn may_change(&self) -> bool {
        self.ssm.is_some()
    }
}

/// Reads something afresh.
pub type Reader<T> = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = Result<T, String>> + Send>> + Send + Sync>;

type Build<T> = Box<dyn Fn(&Values) -> anyhow::Result<T> + Send + Sync>;

/// Something made of secrets. The secrets are read again every five minutes; if they changed, it is made anew.
pub struct Fresh<T> {
    secrets: Secrets,
    build: Build<T>,
    kept: Mutex<Current<T>>,
}

struct Current<T> {
    made: Arc<T>,
    of: Values,
    read_at: Timestamp,
}

impl<T> Fresh<T> {
    pub(crate) async fn new(
        secrets: Secrets,
        now: Timestamp,
        build: impl Fn(&Values) -> anyhow::Result<T> + Send + Sync + 'static,
    ) -> anyhow::Result<Self> {
        let of = secrets.read().await?;
        let made = Arc::new(build(&of)?);
        Ok(Self { secrets, build: Box::new(build), kept: Mutex::new(Current { made, of, read_at: now }) })
    }

    /// Its present value. If the secrets cannot be read, it stays as it was.
    pub async fn get(&self, now: Timestamp) -> Arc<T> {
        let mut kept = self.kept.lock().await;
        if self.secrets.may_change() && now.seconds() - kept.read_at.seconds() >= KEPT {
            kept.read_at = now;
            match self.secrets.read().await {
                Ok(of) if of == kept.of => {}
                Ok(of) => match (self.build)(&of) {
                    Ok(made) => {
                        tracing::info!("the secrets changed; using the new ones");
                        (kept.made, kept.of) = (Arc::new(made), of);
                    }
                    Err(error) => tell("the new secrets are of no use", &error),
                },
                Err(error) => tell("could not read the secrets again", &error),
            }
        }
        kept.made.clone()
    }
}

fn tell(what: &str, error: &anyhow::Error) {
    tracing::error!(error = %format!("{error:#}"), "{what}");
}
