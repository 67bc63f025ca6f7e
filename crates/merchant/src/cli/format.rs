//! Formats times for people.

use time::UtcOffset;
use time::macros::{format_description, offset};

use crate::clock::Millis;

const JAKARTA: UtcOffset = offset!(+7);

/// Formats a time in Jakarta, such as `2026-11-23 14:03:05 WIB`.
pub(super) fn format_wib(at: Millis) -> String {
    let at = time::OffsetDateTime::from_unix_timestamp(at.div_euclid(1000)).unwrap_or(time::OffsetDateTime::UNIX_EPOCH);
    let format = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] WIB");
    at.to_offset(JAKARTA).format(format).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_in_jakarta() {
        assert_eq!(format_wib(1_795_366_800_000), "2026-11-23 00:00:00 WIB");
    }
}
