//! What AWS's refusals mean to a port. Texts carry a code and a request's id, never what was sent.

use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::operation::RequestId;
use signalbox_engine::ports::PortError;
use std::fmt::Display;

/// The error that `what` could not be done.
pub(crate) fn unavailable<E, R>(what: &str, error: &SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: RequestId,
{
    let why = match error {
        SdkError::ConstructionFailure(_) => "the request could not be made",
        SdkError::TimeoutError(_) => "no answer in time",
        SdkError::DispatchFailure(f) if f.is_timeout() => "no connection in time",
        SdkError::DispatchFailure(f) if f.is_io() => "no connection",
        SdkError::DispatchFailure(_) => "not sent: credentials, region or endpoint may be missing",
        SdkError::ResponseError(_) => "an answer that cannot be read",
        SdkError::ServiceError(e) => e.err().code().unwrap_or("an error without a code"),
        _ => "an error of a new kind",
    };
    match error.request_id() {
        Some(id) => PortError::Unavailable(format!("{what}: {why} (request {id})")),
        None => PortError::Unavailable(format!("{what}: {why}")),
    }
}

/// The same, for a write of one item under a condition: if somebody else wrote it, that is a conflict.
pub(crate) fn conditional<E, R>(what: &str, error: &SdkError<E, R>) -> PortError
where
    E: ProvideErrorMetadata,
    SdkError<E, R>: RequestId,
{
    let code = error.as_service_error().and_then(ProvideErrorMetadata::code);
    match code {
        Some("ConditionalCheckFailedException" | "TransactionConflictException") => PortError::Conflict,
        _ => unavailable(what, error),
    }
}

/// A request lacked something that the SDK needs; this would be a mistake in this crate.
pub(crate) fn unbuilt(error: impl Display) -> PortError {
    PortError::Unavailable(format!("a request could not be made: {error}"))
}
