//! The current time, in the store's unit.

use std::time::{SystemTime, UNIX_EPOCH};

pub use orders::Millis;

/// The current time; 0 if the clock is before 1970.
#[must_use]
pub fn now() -> Millis {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}

/// Formats a time as RFC 3339 in UTC, to the second.
#[must_use]
pub fn rfc3339(at: Millis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let (date, time) = (at.date(), at.time());
    format!("{date}T{:02}:{:02}:{:02}Z", time.hour(), time.minute(), time.second())
}
