//! The virtual clock: real time plus whatever the control API added, or a frozen moment in tests.
//!
//! Everything that waits (expiry, late acceptance, notification retries) reads this clock and no other.

use std::sync::{Mutex, PoisonError};

use time::format_description::FormatItem;
use time::macros::{format_description, offset};
use time::{Duration, OffsetDateTime, UtcOffset};

const WIB: UtcOffset = offset!(+7);
const MIDTRANS: &[FormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");
const WITH_ZONE: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second] [offset_hour sign:mandatory][offset_minute]");
const ISO: &[FormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");

/// How far the clock can be moved at once.
pub const LONGEST_ADVANCE: Duration = Duration::days(366);

/// A clock that can be moved forwards.
#[derive(Debug)]
pub struct Clock(Mutex<Source>);

#[derive(Debug, Clone, Copy)]
enum Source {
    Running(Duration),
    Frozen(OffsetDateTime),
}

impl Clock {
    /// Real time, movable.
    pub fn running() -> Self {
        Self(Mutex::new(Source::Running(Duration::ZERO)))
    }

    /// Stands still at `at` until moved.
    pub fn frozen(at: OffsetDateTime) -> Self {
        Self(Mutex::new(Source::Frozen(at)))
    }

    /// The virtual moment.
    pub fn now(&self) -> OffsetDateTime {
        match *self.lock() {
            Source::Running(ahead) => OffsetDateTime::now_utc().saturating_add(ahead),
            Source::Frozen(at) => at,
        }
    }

    /// Moves to `target`; never backwards.
    pub fn move_to(&self, target: OffsetDateTime) {
        let mut source = self.lock();
        match &mut *source {
            Source::Running(ahead) => {
                *ahead = (target - OffsetDateTime::now_utc()).max(*ahead);
            }
            Source::Frozen(at) => *at = target.max(*at),
        }
    }

    /// Real time until the virtual moment `at`; `None` when only a move of the clock brings it.
    pub fn real_wait(&self, at: OffsetDateTime) -> Option<std::time::Duration> {
        match *self.lock() {
            Source::Running(ahead) => {
                let left = at - OffsetDateTime::now_utc().saturating_add(ahead);
                Some(left.max(Duration::ZERO).unsigned_abs())
            }
            Source::Frozen(_) => None,
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Source> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// `2026-01-31 17:00:00`, in WIB as all of Midtrans's dates.
pub fn wib(at: OffsetDateTime) -> String {
    at.checked_to_offset(WIB).and_then(|local| local.format(MIDTRANS).ok()).unwrap_or_default()
}

/// `2025-06-03T13:09:39.776Z`, as the session-cancel answer writes it.
pub fn iso(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(ISO).unwrap_or_default()
}

/// Reads `yyyy-MM-dd HH:mm:ss Z`, the form of `expiry.start_time`.
pub fn parse_with_zone(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, WITH_ZONE).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    #[test]
    fn dates_are_written_in_wib() {
        assert_eq!(wib(datetime!(2026-01-31 17:00:01 UTC)), "2026-02-01 00:00:01");
        assert_eq!(iso(datetime!(2025-06-03 13:09:39.776 UTC)), "2025-06-03T13:09:39.776Z");
    }

    #[test]
    fn start_time_needs_its_zone() {
        assert_eq!(parse_with_zone("2018-12-13 18:11:08 +0700"), Some(datetime!(2018-12-13 11:11:08 UTC)));
        for wrong in ["2018-12-13 18:11:08", "2018-13-13 18:11:08 +0700", "", "tomorrow"] {
            assert_eq!(parse_with_zone(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn the_clock_never_goes_back() {
        let start = datetime!(2026-01-01 00:00 UTC);
        let clock = Clock::frozen(start);
        clock.move_to(start + Duration::seconds(60));
        clock.move_to(start);
        assert_eq!(clock.now(), start + Duration::seconds(60));
    }
}
