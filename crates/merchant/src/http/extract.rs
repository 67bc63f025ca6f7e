//! Reads bodies and headers within limits, and checks their shape.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_path_to_error::Path;

use crate::error::{ApiError, ErrorCode};

/// Largest body of an order or a form, in bytes.
pub const MAX_ORDER: usize = 16 * 1024;

/// Largest body of a notification, in bytes. Real ones are below 4 kB.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// Bytes of an oversized body that are read and discarded, so that the client receives the response instead of a
/// connection reset.
const MAX_DRAIN: usize = 4 * 1024 * 1024;

/// Time limit for a body. It is enough for a few kilobytes over a slow line.
const BODY_TIMEOUT: Duration = Duration::from_secs(10);

/// Reads a body of at most `limit` bytes.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`], [`ErrorCode::BodyUnreadable`], [`ErrorCode::RequestTimeout`].
pub async fn bytes(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    match tokio::time::timeout(BODY_TIMEOUT, read(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(ErrorCode::RequestTimeout.into()),
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = body;
    let (mut kept, mut received) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::from(ErrorCode::BodyUnreadable))?;
        let Ok(data) = frame.into_data() else { continue };
        received += data.len();
        if received <= limit {
            kept.extend_from_slice(&data);
        } else if received > MAX_DRAIN {
            break;
        }
    }
    if received > limit { Err(ErrorCode::BodyTooLarge.into()) } else { Ok(kept) }
}

/// Reads a JSON body. Unknown and repeated fields are errors.
///
/// # Errors
/// [`ErrorCode::UnsupportedMediaType`], [`ErrorCode::InvalidJson`], [`ErrorCode::InvalidField`] and those of [`bytes`].
pub async fn json<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    if !is_type(request.headers(), "application/json") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    parse_json(&bytes(request.into_body(), MAX_ORDER).await?)
}

/// Parses JSON, and names the field of a wrong value.
pub(crate) fn parse_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            let invalid = ApiError::from(ErrorCode::InvalidField);
            match field_name(error.path()) {
                Some(field) => invalid.with_field(field),
                None => invalid,
            }
        } else {
            ErrorCode::InvalidJson.into()
        }
    })?;
    reader.end().map_err(|_| ApiError::from(ErrorCode::InvalidJson))?;
    Ok(value)
}

/// Whether `Content-Type` is the expected type.
#[must_use]
pub fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// Reads the optional `Idempotency-Key` header.
///
/// # Errors
/// [`ErrorCode::InvalidIdempotencyKey`], also for a repeated header.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(first) = given.next() else { return Ok(None) };
    let printable = |key: &&str| (1..=46).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b));
    match (first.to_str().ok().filter(printable), given.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(ErrorCode::InvalidIdempotencyKey.into()),
    }
}

/// The path of a field, such as `items[0].quantity`. Unknown names from the client are left out.
fn field_name(path: &Path) -> Option<String> {
    const KNOWN: [&str; 7] = ["items", "customer", "id", "quantity", "name", "email", "phone"];
    let mut text = String::new();
    for segment in path {
        match segment {
            serde_path_to_error::Segment::Map { key } if KNOWN.contains(&key.as_str()) => {
                if !text.is_empty() {
                    text.push('.');
                }
                text.push_str(key);
            }
            serde_path_to_error::Segment::Seq { index } if !text.is_empty() => text.push_str(&format!("[{index}]")),
            _ => break,
        }
    }
    (!text.is_empty()).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Bytes;
    use futures_util::stream;
    use tokio::time::{Instant, sleep};

    /// A body of one byte a second, and one without any byte.
    #[tokio::test(start_paused = true)]
    async fn a_slow_body_times_out() {
        for drips in [true, false] {
            let drop = move |()| async move {
                if !drips {
                    std::future::pending::<()>().await;
                }
                sleep(Duration::from_secs(1)).await;
                Some((Ok::<_, std::io::Error>(Bytes::from_static(b" ")), ()))
            };
            let started = Instant::now();
            let body = Body::from_stream(stream::unfold((), drop));
            assert_eq!(bytes(body, MAX_ORDER).await.unwrap_err().code, ErrorCode::RequestTimeout, "{drips}");
            assert_eq!(started.elapsed(), BODY_TIMEOUT);
        }
    }
}
