//! Lines of CloudWatch Logs, a group after the other: by `FilterLogEvents`, or by Insights queries, which groups of the
//! class Infrequent Access need (<https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/CloudWatch_Logs_Log_Classes.html>).
//!
//! Nothing is tried again here except by the SDK: a page that failed may be read again later.

mod filter;
mod insights;

use crate::failure::unavailable;
use async_trait::async_trait;
use aws_sdk_cloudwatchlogs::Client;
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::operation::RequestId;
use serde::{Deserialize, Serialize};
use signalbox_engine::ports::{LogPage, LogSource, More, SourceError, Span};
use std::time::Duration;

/// How long events may be on their way: usually seconds, but nobody promises this.
const SETTLES: Duration = Duration::from_secs(120);
/// How many lines an Insights query gives at most:
/// <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>.
const MOST: u32 = 10_000;

/// Which log groups are read, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CloudWatchSettings {
    /// Their names; in the client's account and region.
    pub groups: Vec<String>,
    /// A filter pattern of CloudWatch Logs, such as `?ERROR ?Exception`. Not for Insights.
    pub filter: Option<String>,
    /// Whether to read by Insights queries, which are paid by the bytes that they search.
    pub insights: bool,
    /// Lines in a page, 1 to 10,000.
    pub limit: u32,
}

/// The lines of some log groups.
#[derive(Debug, Clone)]
pub struct CloudWatch {
    client: Client,
    settings: CloudWatchSettings,
}

/// Where to read on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum At {
    /// By `FilterLogEvents`.
    #[serde(rename = "f")]
    Filter {
        group: usize,
        /// CloudWatch's own name for the place; it can be used for 24 hours.
        token: Option<String>,
    },
    /// By Insights.
    #[serde(rename = "i")]
    Insights {
        group: usize,
        /// Where the rest of the span begins, in milliseconds since 1970.
        from: i64,
        /// Lines in a page.
        limit: u32,
        /// The query that is under way.
        query: Option<String>,
    },
}

impl CloudWatch {
    /// Over a client of [`Clients::cloudwatchlogs`](crate::Clients::cloudwatchlogs).
    #[must_use]
    pub fn new(client: Client, mut settings: CloudWatchSettings) -> Self {
        settings.limit = settings.limit.clamp(1, MOST);
        Self { client, settings }
    }

    /// The beginning of a span in a group; `None` after the last group.
    fn start(&self, group: usize, span: Span) -> Option<At> {
        self.settings.groups.get(group)?;
        Some(match self.settings.insights {
            false => At::Filter { group, token: None },
            true => At::Insights { group, from: span.from.0, limit: self.settings.limit, query: None },
        })
    }
}

fn broken(why: impl Into<String>) -> SourceError {
    SourceError { why: why.into(), lost: false }
}

fn lost(why: &str) -> SourceError {
    SourceError { why: why.into(), lost: true }
}

/// What a refusal means to people who watch the group, and what to do. `allows` is what the role must be allowed.
fn refused<E, R>(group: &str, allows: &str, error: &SdkError<E, R>) -> SourceError
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: RequestId,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    broken(match code {
        Some("ResourceNotFoundException") => {
            format!("there is no log group {group} in this region: check its name in the catalogue")
        }
        Some("AccessDeniedException" | "AccessDenied") => {
            format!("the log group {group} may not be read: allow Signalbox's role {allows} on it")
        }
        Some("ThrottlingException" | "LimitExceededException" | "ServiceUnavailableException") => {
            format!("CloudWatch Logs is asked too much at once; {group} is read again later")
        }
        Some("InvalidParameterException" | "InvalidOperationException" | "MalformedQueryException") => {
            format!(
                "CloudWatch Logs refuses to search {group} so: check the filter; a group of the class Infrequent Access \
             needs `insights: true`"
            )
        }
        _ => unavailable(&format!("reading the log group {group}"), error).to_string(),
    })
}

#[async_trait]
impl LogSource for CloudWatch {
    async fn read(&self, span: Span, position: Option<&str>) -> Result<LogPage, SourceError> {
        let at = match position {
            None => self.start(0, span),
            Some(text) => serde_json::from_str(text).ok(),
        };
        let page = match at {
            Some(At::Filter { group, token }) if !self.settings.insights => {
                self.filtered(span, group, token).await
            }
            Some(At::Insights { group, from, limit, query }) if self.settings.insights => {
                let limit = limit.clamp(1, MOST);
                self.queried(span, insights::Asked { group, from, limit, query }).await
            }
            None if position.is_none() => return Err(broken("no log group is named in the catalogue")),
            _ => return Err(lost("the place in the log groups cannot be understood: reading begins anew")),
        };
        let (lines, at, about) = page?;
        let more = match at {
            Some(at) => More::At(serde_json::to_string(&at).map_err(|e| broken(e.to_string()))?),
            None => More::End(None),
        };
        Ok(LogPage { lines, more, about })
    }

    fn settles(&self) -> Duration {
        SETTLES
    }
}
