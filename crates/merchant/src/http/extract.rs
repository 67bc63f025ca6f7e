//! Bodies and headers, bounded and checked before anything looks at their meaning.

use std::time::Duration;

use axum::body::Body;
use axum::extract::Request;
use axum::http::{HeaderMap, header};
use http_body_util::BodyExt as _;
use serde::de::DeserializeOwned;
use serde_path_to_error::Path;

use crate::error::{ApiError, ErrorCode};

/// Largest order or form.
pub const MAX_ORDER: usize = 16 * 1024;

/// Largest notification; real ones are below 4 kB.
pub const MAX_NOTIFICATION: usize = 64 * 1024;

/// How much of a body that is too large is read and thrown away, so that the client hears the answer
/// instead of a broken connection.
const MAX_DRAIN: usize = 4 * 1024 * 1024;

/// How long a body may take to come: a few kilobytes over the slowest line.
const BODY_PATIENCE: Duration = Duration::from_secs(10);

/// A body of at most `limit` bytes, which comes in time.
///
/// # Errors
/// [`ErrorCode::BodyTooLarge`], [`ErrorCode::BodyUnreadable`], [`ErrorCode::RequestTimeout`].
pub async fn bytes(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    match tokio::time::timeout(BODY_PATIENCE, read(body, limit)).await {
        Ok(read) => read,
        Err(_) => Err(ErrorCode::RequestTimeout.into()),
    }
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut body = body;
    let (mut taken, mut seen) = (Vec::new(), 0_usize);
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| ApiError::from(ErrorCode::BodyUnreadable))?;
        let Ok(data) = frame.into_data() else { continue };
        seen += data.len();
        if seen <= limit {
            taken.extend_from_slice(&data);
        } else if seen > MAX_DRAIN {
            break;
        }
    }
    if seen > limit { Err(ErrorCode::BodyTooLarge.into()) } else { Ok(taken) }
}

/// A JSON order of the type asked for, unknown and repeated fields refused.
///
/// # Errors
/// [`ErrorCode::UnsupportedMediaType`], [`ErrorCode::InvalidJson`], [`ErrorCode::InvalidField`] and those of [`bytes`].
pub async fn json<T: DeserializeOwned>(request: Request) -> Result<T, ApiError> {
    if !is_type(request.headers(), "application/json") {
        return Err(ErrorCode::UnsupportedMediaType.into());
    }
    parsed(&bytes(request.into_body(), MAX_ORDER).await?)
}

pub(crate) fn parsed<T: DeserializeOwned>(body: &[u8]) -> Result<T, ApiError> {
    let mut reader = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
        if error.inner().is_data() {
            let problem = ApiError::from(ErrorCode::InvalidField);
            match field(error.path()) {
                Some(field) => problem.at(field),
                None => problem,
            }
        } else {
            ErrorCode::InvalidJson.into()
        }
    })?;
    reader.end().map_err(|_| ApiError::from(ErrorCode::InvalidJson))?;
    Ok(value)
}

/// Whether the request says that its body is of this type.
#[must_use]
pub fn is_type(headers: &HeaderMap, expected: &str) -> bool {
    let given = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    given.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(expected)
}

/// The `Idempotency-Key`, where there is one.
///
/// # Errors
/// [`ErrorCode::InvalidIdempotencyKey`], also when there are two.
pub fn idempotency_key(headers: &HeaderMap) -> Result<Option<&str>, ApiError> {
    let mut given = headers.get_all("idempotency-key").iter();
    let Some(first) = given.next() else { return Ok(None) };
    let printable = |key: &&str| (1..=46).contains(&key.len()) && key.bytes().all(|b| (0x20..0x7f).contains(&b));
    match (first.to_str().ok().filter(printable), given.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(ErrorCode::InvalidIdempotencyKey.into()),
    }
}

/// `items[0].quantity`; names that the client made up are not repeated.
fn field(path: &Path) -> Option<String> {
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

    /// One byte a second never ends, and no byte at all neither.
    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up() {
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
            assert_eq!(started.elapsed(), BODY_PATIENCE);
        }
    }
}
