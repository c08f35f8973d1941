//! Insights queries: <https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_StartQuery.html>.
//!
//! A query gives the earliest lines of the rest of the span. If it gives as many lines as it may, there may be more
//! in the last millisecond: these are left for the next query, which begins with that millisecond. A long query is
//! waited for only a few seconds; then its id is the position.

use super::{At, CloudWatch, broken, lost, refused};
use aws_sdk_cloudwatchlogs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_cloudwatchlogs::types::{QueryStatus, ResultField};
use aws_smithy_types::date_time::{DateTime, Format};
use signalbox_domain::Timestamp;
use signalbox_engine::ports::{LogLine, SourceError, Span};
use std::time::Duration;

/// Pauses between looks at a query, in milliseconds: about eight seconds together.
const PAUSES: [u64; 8] = [100, 200, 400, 800, 1200, 1600, 1800, 2000];
/// If no whole answer came it may have been too large; with at most this many lines it was not.
const FEW: u32 = 500;

/// The query that is asked, or was asked.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    pub(super) group: usize,
    pub(super) from: i64,
    pub(super) limit: u32,
    pub(super) query: Option<String>,
}

impl From<Asked> for At {
    fn from(asked: Asked) -> Self {
        let Asked { group, from, limit, query } = asked;
        Self::Insights { group, from, limit, query }
    }
}

/// Says which lines of an answer to give, and from where to ask on, if at most `limit` lines were asked for.
fn cut(mut lines: Vec<LogLine>, limit: u32) -> Result<(Vec<LogLine>, Option<i64>), String> {
    lines.sort_by_key(|l| l.at);
    let (Some(first), Some(last)) = (lines.first().map(|l| l.at), lines.last().map(|l| l.at)) else {
        return Ok((lines, None));
    };
    if lines.len() < usize::try_from(limit).unwrap_or(usize::MAX) {
        return Ok((lines, None));
    }
    if first == last {
        return Err(format!("{limit} lines or more are of the same millisecond, more than a query gives"));
    }
    lines.retain(|l| l.at < last);
    Ok((lines, Some(last.0)))
}

/// The query and its times in seconds, both inclusive. Seconds are not exact enough, so the query's text filters by
/// milliseconds.
fn query(from: i64, to: i64) -> (String, i64, i64) {
    let text = format!(
        "fields @timestamp, @logStream, @message | filter toMillis(@timestamp) >= {from} \
         | filter toMillis(@timestamp) < {to} | sort @timestamp asc"
    );
    (text, from.div_euclid(1000), to.saturating_add(999).div_euclid(1000))
}

/// Reads `2026-11-21 12:00:01.123`, in UTC.
fn moment(text: &str) -> Option<Timestamp> {
    let (day, time) = text.split_once(' ')?;
    let at = DateTime::from_str(&format!("{day}T{time}Z"), Format::DateTime).ok()?;
    at.to_millis().ok().map(Timestamp)
}

fn line(group: &str, fields: &[ResultField]) -> Option<LogLine> {
    let field = |name: &str| fields.iter().find(|f| f.field() == Some(name)).and_then(ResultField::value);
    Some(LogLine {
        at: moment(field("@timestamp")?)?,
        stream: format!("{group}/{}", field("@logStream").unwrap_or_default()),
        text: field("@message").unwrap_or_default().to_owned(),
    })
}

impl CloudWatch {
    /// A page of one group, the position of the next page, and how many lines there are.
    pub(super) async fn queried(
        &self,
        span: Span,
        mut asked: Asked,
    ) -> Result<(Vec<LogLine>, Option<At>, Option<u64>), SourceError> {
        let Some(name) = self.settings.groups.get(asked.group) else {
            return Err(lost("the catalogue names fewer log groups than before: reading begins anew"));
        };
        let id = match asked.query.clone() {
            Some(id) => id,
            None => self.begin(name, span, &asked).await?,
        };
        for pause in PAUSES {
            let answer = match self.client.get_query_results().query_id(&id).send().await {
                Ok(answer) => answer,
                Err(SdkError::ServiceError(e)) if e.err().code() == Some("ResourceNotFoundException") => {
                    return Err(lost("CloudWatch Logs no longer knows the query: reading begins anew"));
                }
                // The service gave no whole answer: perhaps it was larger than what is read.
                Err(SdkError::ResponseError(_) | SdkError::DispatchFailure(_)) if asked.limit > FEW => {
                    (asked.limit, asked.query) = ((asked.limit / 10).max(FEW), None);
                    return Ok((vec![], Some(asked.into()), None));
                }
                Err(error) => return Err(refused(name, "logs:GetQueryResults", &error)),
            };
            match answer.status {
                Some(QueryStatus::Complete) => {
                    let rows = answer.results.unwrap_or_default();
                    let lines: Option<Vec<_>> = rows.iter().map(|row| line(name, row)).collect();
                    let lines = lines.ok_or_else(|| broken("an answer of Insights without its times"))?;
                    let (lines, rest) =
                        cut(lines, asked.limit).map_err(|why| broken(format!("in {name} {why}")))?;
                    let about = answer.statistics.filter(|_| asked.from == span.from.0);
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
                    let about = about.map(|s| s.records_matched.max(0.0) as u64);
                    let next = match rest {
                        Some(from) => Some(Asked { from, query: None, ..asked }.into()),
                        None => self.start(asked.group + 1, span),
                    };
                    return Ok((lines, next, about.filter(|_| self.settings.groups.len() == 1)));
                }
                Some(QueryStatus::Running | QueryStatus::Scheduled) | None => {
                    tokio::time::sleep(Duration::from_millis(pause)).await;
                }
                Some(QueryStatus::Timeout) => {
                    return Err(broken(format!(
                        "Insights did not get through {name} within its time: choose a shorter window"
                    )));
                }
                Some(other) => {
                    return Err(broken(format!("the query in {name} ended as {}", other.as_str())));
                }
            }
        }
        asked.query = Some(id);
        Ok((vec![], Some(asked.into()), None))
    }

    async fn begin(&self, name: &str, span: Span, asked: &Asked) -> Result<String, SourceError> {
        let (text, first, last) = query(asked.from, span.to.0);
        let request = self
            .client
            .start_query()
            .log_group_name(name)
            .query_string(text)
            .start_time(first.max(0))
            .end_time(last.max(0))
            .limit(i32::try_from(asked.limit).unwrap_or(i32::MAX));
        let answer = request.send().await.map_err(|e| refused(name, "logs:StartQuery", &e))?;
        answer.query_id.ok_or_else(|| broken("Insights gave its query no name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: i64) -> LogLine {
        LogLine { at: Timestamp(ms), stream: String::new(), text: ms.to_string() }
    }

    #[test]
    fn a_full_answer_leaves_its_last_millisecond() {
        for (given, limit, kept, rest) in [
            (&[][..], 3, &[][..], None),
            (&[1, 2], 3, &[1, 2], None),
            (&[2, 1, 3], 3, &[1, 2], Some(3)),
            (&[1, 2, 2], 3, &[1], Some(2)),
        ] {
            let (lines, from) = cut(given.iter().copied().map(at).collect(), limit).unwrap();
            assert_eq!((lines, from), (kept.iter().copied().map(at).collect(), rest), "{given:?}");
        }
        assert!(cut(vec![at(1), at(1)], 2).unwrap_err().contains("same millisecond"));
    }

    #[test]
    fn times_of_a_query() {
        let (text, first, last) = query(1_500, 2_001);
        assert_eq!((first, last), (1, 3));
        assert!(text.contains(">= 1500 ") && text.contains("< 2001 "), "{text}");
        assert_eq!(moment("2026-11-21 12:00:01.123"), Some(Timestamp(1_795_262_401_123)));
        for odd in ["", "2026-11-21", "x y", "2026-11-21T12:00:01.123Z"] {
            assert_eq!(moment(odd), None, "{odd}");
        }
    }
}
