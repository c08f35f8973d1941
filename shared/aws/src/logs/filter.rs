//! `FilterLogEvents`: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_FilterLogEvents.html>.

use super::{At, CloudWatch, broken, lost, refused};
use aws_sdk_cloudwatchlogs::error::ProvideErrorMetadata;
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogLine, SourceError, Span};

/// How many empty pages are passed over in one go: a search through many lines without a match gives many empty
/// pages.
const PASSED: u32 = 20;

impl CloudWatch {
    /// A page of one group, and the position of the next page.
    pub(super) async fn filtered(
        &self,
        span: Span,
        group: usize,
        mut token: Option<String>,
    ) -> Result<(Vec<LogLine>, Option<At>, Option<u64>), SourceError> {
        let settings = &self.settings;
        let Some(name) = settings.groups.get(group) else {
            return Err(lost("the catalogue names fewer log groups than before: reading begins anew"));
        };
        let mut lines = vec![];
        for _ in 0..PASSED {
            let request = self
                .client
                .filter_log_events()
                .log_group_name(name)
                .start_time(span.from.0.max(0))
                // The end belongs to what is searched: only later events are left out.
                .end_time(span.to.0.saturating_sub(1).max(0))
                .limit(i32::try_from(settings.limit).unwrap_or(i32::MAX))
                .set_filter_pattern(settings.filter.clone())
                .set_next_token(token.clone());
            let answer = match request.send().await {
                Ok(answer) => answer,
                Err(error) => {
                    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
                    // The other settings were accepted a moment ago, so the token must be wrong.
                    return Err(if token.is_some() && code == Some("InvalidParameterException") {
                        lost("CloudWatch Logs no longer knows where reading stopped: it begins anew")
                    } else {
                        refused(name, "logs:FilterLogEvents", &error)
                    });
                }
            };
            for event in answer.events.unwrap_or_default() {
                let at = Timestamp(event.timestamp.unwrap_or(span.from.0));
                if at < span.from || at >= span.to {
                    continue;
                }
                let stream = event.log_stream_name.unwrap_or_default();
                let text = event.message.unwrap_or_default();
                lines.push(LogLine { at, stream: format!("{name}/{stream}"), text });
            }
            if answer.next_token.is_some() && answer.next_token == token {
                return Err(broken(format!("CloudWatch Logs does not get on in the log group {name}")));
            }
            token = answer.next_token;
            if token.is_none() || !lines.is_empty() {
                break;
            }
        }
        let next = match token {
            Some(token) => Some(At::Filter { group, token: Some(token) }),
            None => self.start(group + 1, span),
        };
        Ok((lines, next, None))
    }
}
