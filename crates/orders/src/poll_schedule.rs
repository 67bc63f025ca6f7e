//! When to poll the gateway for an order again.
//!
//! The backend polls often while a change is likely, rarely afterwards, and not at all once no change is possible.

use std::time::Duration;

use wire::merchant::OrderStatus;

/// The facts that the next poll depends on.
#[derive(Debug, Clone, Copy)]
pub struct PollInput<'a> {
    /// The order's status.
    pub status: &'a OrderStatus,
    /// Whether a notification is pending, or the last poll failed.
    pub waiting: bool,
    /// The number of polls since the last change.
    pub poll_count: i64,
    /// The age of the newest token, or of the order if it has none.
    pub token_age: Duration,
}

/// A token lives 24 hours. The margin keeps a wrong clock from ending it early.
pub const TOKEN_TTL: Duration = minutes(24 * 60 + 10);

/// No payment method waits longer than seven days.
const MAX_PENDING: Duration = minutes(9 * 24 * 60);

/// The delay until the next poll; none if the order needs no more polls.
#[must_use]
pub fn next_delay(input: PollInput<'_>) -> Option<Duration> {
    use OrderStatus::*;
    if input.waiting {
        return Some(backoff_step(&[seconds(5), seconds(15), minutes(1), minutes(3), minutes(10)], input.poll_count));
    }
    match input.status {
        // The last poll comes when the token expires: no notification reports that.
        Created => {
            let delay =
                backoff_step(&[minutes(1), minutes(3), minutes(10), minutes(30), minutes(120)], input.poll_count);
            Some(delay.min(TOKEN_TTL.saturating_sub(input.token_age)).max(minutes(1)))
        }
        Denied if input.token_age < TOKEN_TTL => {
            Some(backoff_step(&[minutes(1), minutes(3), minutes(10), minutes(30), minutes(120)], input.poll_count))
        }
        Pending if input.token_age < MAX_PENDING => Some(backoff_step(
            &[seconds(20), seconds(40), minutes(2), minutes(5), minutes(10), minutes(20), minutes(60)],
            input.poll_count,
        )),
        Review if input.token_age < MAX_PENDING => {
            Some(backoff_step(&[minutes(10), minutes(60), minutes(360)], input.poll_count))
        }
        // The bank may reverse a payment within minutes, and that notification can get lost too.
        Paid if input.poll_count == 0 => Some(minutes(10)),
        Denied | Pending | Review | Paid | Expired | Cancelled | PartiallyRefunded | Refunded | ChargedBack
        | Reversed | Unknown(_) => None,
    }
}

/// The delay, changed by up to a fifth, so that orders of one moment spread out. `jitter` is from 0 to 1.
#[must_use]
pub fn with_jitter(delay: Duration, jitter: f64) -> Duration {
    delay.mul_f64(0.8 + 0.4 * jitter.clamp(0.0, 1.0))
}

fn backoff_step(steps: &[Duration], poll_count: i64) -> Duration {
    let index = usize::try_from(poll_count).unwrap_or(0).min(steps.len().saturating_sub(1));
    steps.get(index).copied().unwrap_or(TOKEN_TTL)
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
    fn delay_by_status_and_poll_count() {
        use OrderStatus::*;
        let day = minutes(24 * 60);
        let none = Duration::ZERO;
        // status, waiting, poll count, age of the token, next delay
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
        for (status, waiting, poll_count, token_age, expected) in cases {
            let got = next_delay(PollInput { status: &status, waiting, poll_count, token_age });
            assert_eq!(got, expected, "{status:?} {waiting} {poll_count} {token_age:?}");
        }
    }

    #[test]
    fn jitter_stays_within_a_fifth() {
        let of = |jitter| with_jitter(seconds(100), jitter);
        assert_eq!((of(0.0), of(0.5), of(1.0)), (seconds(80), seconds(100), seconds(120)));
    }
}
