//! When to ask the gateway again how an order stands. Pure: no clock, no store.
//!
//! Often while something is likely to happen, rarely afterwards, and not at all once nothing can.

use std::time::Duration;

use wire::merchant::OrderStatus;

/// What the next question depends on.
#[derive(Debug, Clone, Copy)]
pub struct Standing<'a> {
    /// How the order stands.
    pub status: &'a OrderStatus,
    /// Whether a notification waits that the gateway's status did not bear out yet.
    pub waiting: bool,
    /// How often was asked since the last news.
    pub asks: i64,
    /// Since the newest token was made, or the order when there is none.
    pub token_age: Duration,
}

/// A token lives 24 hours; a little more, so that no clock ends it early.
pub const PAGE_LIFE: Duration = minutes(24 * 60 + 10);

/// No method waits longer than seven days for its money.
const LONGEST_WAIT: Duration = minutes(9 * 24 * 60);

/// How long until the next question; nothing when there is none.
#[must_use]
pub fn pause(standing: Standing<'_>) -> Option<Duration> {
    use OrderStatus::*;
    if standing.waiting {
        return Some(step(&[seconds(5), seconds(15), minutes(1), minutes(3), minutes(10)], standing.asks));
    }
    match standing.status {
        // Nobody may have noticed that the page is over: it is asked for once more when it is.
        Created => {
            let pause = step(&[minutes(1), minutes(3), minutes(10), minutes(30), minutes(120)], standing.asks);
            Some(pause.min(PAGE_LIFE.saturating_sub(standing.token_age)).max(minutes(1)))
        }
        Denied if standing.token_age < PAGE_LIFE => {
            Some(step(&[minutes(1), minutes(3), minutes(10), minutes(30), minutes(120)], standing.asks))
        }
        Pending if standing.token_age < LONGEST_WAIT => Some(step(
            &[seconds(20), seconds(40), minutes(2), minutes(5), minutes(10), minutes(20), minutes(60)],
            standing.asks,
        )),
        Review if standing.token_age < LONGEST_WAIT => {
            Some(step(&[minutes(10), minutes(60), minutes(360)], standing.asks))
        }
        // The bank may take a payment back within minutes, and that notification can be lost too.
        Paid if standing.asks == 0 => Some(minutes(10)),
        Denied | Pending | Review | Paid | Expired | Cancelled | PartiallyRefunded | Refunded | ChargedBack
        | Reversed | Unknown(_) => None,
    }
}

/// Spread by up to a fifth either way, so that what began together does not stay together.
#[must_use]
pub fn spread(pause: Duration, jitter: f64) -> Duration {
    pause.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0))
}

fn step(steps: &[Duration], asks: i64) -> Duration {
    let index = usize::try_from(asks).unwrap_or(0).min(steps.len().saturating_sub(1));
    steps.get(index).copied().unwrap_or(PAGE_LIFE)
}

const fn seconds(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

const fn minutes(minutes: u64) -> Duration {
    Duration::from_secs(minutes * 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_schedule() {
        use OrderStatus::*;
        let day = minutes(24 * 60);
        let none = Duration::ZERO;
        // status, waiting, asks, age of the token, next
        let cases = [
            (Created, false, 0, none, Some(minutes(1))),
            (Created, false, 99, none, Some(minutes(120))),
            (Created, false, 99, day, Some(minutes(10))),
            (Created, false, 99, day * 30, Some(minutes(1))),
            (Created, true, 0, none, Some(seconds(5))),
            (Expired, true, 9, day, Some(minutes(10))),
            (Pending, false, 0, none, Some(seconds(20))),
            (Pending, false, -1, none, Some(seconds(20))),
            (Pending, false, i64::MAX, day * 6, Some(minutes(60))),
            (Pending, false, 3, day * 10, None),
            (Denied, false, 1, none, Some(minutes(3))),
            (Denied, false, 1, day * 2, None),
            (Review, false, 5, day, Some(minutes(360))),
            (Review, false, 5, day * 10, None),
            (Paid, false, 0, none, Some(minutes(10))),
            (Paid, false, 1, none, None),
            (Expired, false, 0, none, None),
            (Refunded, false, 0, none, None),
            (Unknown("new".into()), false, 0, none, None),
        ];
        for (status, waiting, asks, token_age, expected) in cases {
            let got = pause(Standing { status: &status, waiting, asks, token_age });
            assert_eq!(got, expected, "{status:?} {waiting} {asks} {token_age:?}");
        }
    }

    #[test]
    fn a_spread_stays_near() {
        let of = |jitter| spread(seconds(100), jitter);
        assert_eq!((of(0.0), of(0.5), of(1.0)), (seconds(80), seconds(100), seconds(120)));
    }
}
