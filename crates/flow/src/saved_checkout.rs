//! The rules of the saved checkout: how long it is valid, and which tab may clear it.
//!
//! All tabs of a browser share it, so that two tabs with the same order are one payment. The caller reads and writes
//! the storage.

use crate::ConfirmReason;

/// How long the page uses a token. Snap's tokens live 24 hours unless the shop configures otherwise; the page leaves out
/// the last half hour. Milliseconds.
pub const TOKEN_TTL: f64 = 23.5 * 60.0 * 60.0 * 1000.0;

/// How long the page asks the merchant about a payment that Snap reported as successful: a week, the longest expiry of
/// a payment. A merchant that never answers then no longer blocks another purchase. Milliseconds.
pub const REPORTED_PAYMENT_TTL: f64 = 7.0 * 24.0 * 60.0 * 60.0 * 1000.0;

/// Whether a token of this age in milliseconds can no longer be paid.
#[must_use]
pub fn is_token_expired(age: f64) -> bool {
    !is_within(age, TOKEN_TTL)
}

/// Whether a checkout that was saved for `reason` is no longer valid at this age in milliseconds.
#[must_use]
pub fn is_expired(reason: ConfirmReason, age: f64) -> bool {
    let ttl = if reason == ConfirmReason::Succeeded { REPORTED_PAYMENT_TTL } else { TOKEN_TTL };
    !is_within(age, ttl)
}

/// A clock that was set back makes the age negative. The page must not forget a payment for that reason: it asks the
/// merchant anyway.
fn is_within(age: f64, ttl: f64) -> bool {
    (-REPORTED_PAYMENT_TTL..ttl).contains(&age)
}

/// A checkout's token and the random part of its idempotency keys: those of a tab, or those in the storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SavedKeys<T> {
    /// The token.
    pub token: Option<T>,
    /// The random part of the idempotency keys.
    pub nonce: Option<T>,
}

/// The parts of the storage that a tab may clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clearing {
    /// The saved checkout.
    pub checkout: bool,
    /// The random part of the idempotency keys.
    pub nonce: bool,
}

/// The parts of the storage that a tab with the keys `own` may clear when its checkout ends.
///
/// Another tab may have saved the next order meanwhile. Clearing its keys would make that tab's next request a second
/// order.
#[must_use]
pub fn clearing<T: PartialEq>(saved: SavedKeys<T>, own: SavedKeys<T>) -> Clearing {
    let is_other = saved.token.is_some() && own.token.is_some() && saved.token != own.token;
    // A tab that resumed an order knows only its token. The saved nonce belongs to the saved token.
    let owns_nonce = if own.nonce.is_some() { saved.nonce == own.nonce } else { saved.token.is_some() };
    Clearing { checkout: !is_other, nonce: !is_other && owns_nonce }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tab_clears_only_its_own_order() {
        let keys = |token, nonce| SavedKeys { token, nonce };
        let cases = [
            (keys(Some(1), Some(7)), keys(Some(1), Some(7)), (true, true)),
            (keys(Some(1), Some(7)), keys(Some(1), None), (true, true)),
            (keys(Some(2), Some(8)), keys(Some(1), Some(7)), (false, false)),
            (keys(Some(2), Some(7)), keys(Some(1), Some(7)), (false, false)),
            (keys(None, Some(8)), keys(Some(1), Some(7)), (true, false)),
            (keys(None, Some(7)), keys(Some(1), Some(7)), (true, true)),
            (keys(None, Some(7)), keys(None, None), (true, false)),
            (keys(Some(1), Some(7)), keys(None, Some(8)), (true, false)),
        ];
        for (saved, own, (checkout, nonce)) in cases {
            assert_eq!(clearing(saved, own), Clearing { checkout, nonce }, "{saved:?} {own:?}");
        }
    }

    #[test]
    fn a_saved_checkout_expires_by_its_reason_and_not_by_a_clock_that_was_set_back() {
        use ConfirmReason::{Returned, Succeeded};
        const DAY: f64 = 24.0 * 3_600_000.0;
        let cases = [
            (Returned, 0.0, false),
            (Returned, 23.4 / 24.0 * DAY, false),
            (Returned, 23.6 / 24.0 * DAY, true),
            (Returned, -2.0 * DAY, false),
            (Returned, -8.0 * DAY, true),
            (Succeeded, 6.9 * DAY, false),
            (Succeeded, 7.1 * DAY, true),
        ];
        for (reason, age, expected) in cases {
            assert_eq!(is_expired(reason, age), expected, "{reason:?} {age}");
        }
        assert!(!is_token_expired(0.0) && is_token_expired(DAY));
    }
}
