//! Whether a status response confirms a notification.
//!
//! The status response may lag behind. An unconfirmed notification stays pending, and the backend polls again.
//! Dropping it would lose a payment.

use std::fmt;
use std::time::Duration;

use wire::midtrans::{FraudStatus, Notification, StatusResponse, TransactionReport, TransactionStatus as T};

use crate::order::{Millis, Payer};
use crate::order_update::{is_failed_final, is_pending};

/// How long a notification may stay unconfirmed. After that it is closed as never confirmed.
pub const CONFIRMATION_TTL: Duration = Duration::from_secs(24 * 3600);

/// How far the gateway's notifications and its status API may differ in time.
pub const STATUS_LAG_WINDOW: Duration = Duration::from_secs(10 * 60);

/// Why a notification is not confirmed yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnconfirmedReason {
    /// The status response is older than the notification.
    StatusLags,
    /// The status API does not know the transaction.
    UnknownToGateway,
    /// A pending notification claims a payment, and the status response reports a failure.
    ContradictsPayment,
}

impl fmt::Display for UnconfirmedReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::StatusLags => "the status response does not show it yet",
            Self::UnknownToGateway => "the status API does not know the transaction",
            Self::ContradictsPayment => "the status response contradicts a payment notification",
        })
    }
}

/// Why `status` does not confirm `notification`; none where it does. Both are about the same payment attempt.
#[must_use]
pub fn unconfirmed_reason(
    notification: &Notification,
    status: &StatusResponse,
    payer: Option<&Payer>,
) -> Option<UnconfirmedReason> {
    // 201 is the code of "pending", and the code is signed. Another status under it is a forgery.
    if notification.status_code.number() == Some(201) {
        return None;
    }
    let same = notification.transaction_id.is_some() && notification.transaction_id == status.transaction_id;
    let open = is_pending(status) || status.transaction_status == T::Authorize;
    let held_back = matches!(status.fraud_status, Some(FraudStatus::Challenge | FraudStatus::Deny));
    let lags = match &notification.transaction_status {
        // The order knows this payment already.
        T::Capture | T::Settlement if payer.is_some_and(|payer| payer.attempt_id == notification.order_id) => false,
        T::Capture | T::Settlement if claims_payment(notification) => !shows_payment(status) || held_back,
        T::Refund | T::Chargeback => !matches!(status.transaction_status, T::Refund | T::Chargeback),
        T::PartialRefund | T::PartialChargeback => !shows_refund(status) || claims_larger_refund(notification, status),
        // The end of one transaction. Another transaction of the same attempt may have succeeded.
        _ if is_failed_final(notification) => open || (same && !is_failed_final(status) && !shows_refund(status)),
        _ => false,
    };
    lags.then_some(UnconfirmedReason::StatusLags)
}

/// Whether the signed part of a notification claims a payment.
#[must_use]
pub fn claims_payment(notification: &Notification) -> bool {
    notification.status_code.number() == Some(200)
        && !matches!(
            notification.fraud_status,
            Some(FraudStatus::Deny | FraudStatus::Challenge | FraudStatus::Unknown(_))
        )
}

/// Whether a failure in a status response must wait, because a notification claimed a payment a moment ago.
///
/// `pending` are the pending notifications of the order with the time of their arrival. A failure that is believed
/// too soon makes the customer pay again.
#[must_use]
pub fn must_wait_to_fail<'a>(
    status: &StatusResponse,
    pending: impl IntoIterator<Item = (&'a Notification, Millis)>,
    payer: Option<&Payer>,
    now: Millis,
) -> bool {
    is_failed_final(status)
        && pending.into_iter().any(|(notification, received_at)| {
            notification.order_id == status.order_id
                && claims_payment(notification)
                && unconfirmed_reason(notification, status, payer).is_some()
                && elapsed(received_at, now) < STATUS_LAG_WINDOW
        })
}

/// Whether a notification has been unconfirmed for too long.
#[must_use]
pub fn is_confirmation_expired(received_at: Millis, now: Millis) -> bool {
    elapsed(received_at, now) >= CONFIRMATION_TTL
}

/// The time from `then` to `now`; zero where the clock was set back.
#[must_use]
pub fn elapsed(then: Millis, now: Millis) -> Duration {
    Duration::from_millis(u64::try_from(now.saturating_sub(then)).unwrap_or(0))
}

fn shows_payment(report: &TransactionReport) -> bool {
    match report.transaction_status {
        // Also in a status response only the code 200 means a payment.
        T::Capture | T::Settlement => report.status_code.number() == Some(200),
        T::Cancel => true,
        _ => shows_refund(report),
    }
}

fn shows_refund(report: &TransactionReport) -> bool {
    matches!(report.transaction_status, T::Refund | T::PartialRefund | T::Chargeback | T::PartialChargeback)
}

/// Partial refunds follow each other under the same status; their sum tells them apart.
fn claims_larger_refund(notification: &Notification, status: &StatusResponse) -> bool {
    let sum = |report: &TransactionReport| report.refund_amount.as_ref().and_then(|amount| amount.rupiah());
    status.transaction_status == notification.transaction_status
        && sum(notification).zip(sum(status)).is_some_and(|(claimed, shown)| claimed > shown)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn report(status: &str, code: &str, transaction: &str) -> TransactionReport {
        let body = json!({"order_id": "o", "status_code": code, "gross_amount": "1.00",
            "transaction_status": status, "transaction_id": transaction});
        serde_json::from_value(body).unwrap()
    }

    #[test]
    fn a_status_response_confirms_a_notification() {
        // notification, its code, status response (with the same code unless it has its own), same transaction,
        // paid by this attempt before, confirmed
        #[rustfmt::skip]
        let cases = [
            ("settlement", "200", "settlement", true, false, true),
            ("settlement", "200", "capture", true, false, true),
            ("settlement", "200", "pending", true, false, false),
            ("settlement", "200", "deny", false, false, false),
            ("settlement", "200", "expire", false, false, false),
            ("settlement", "200", "refund", true, false, true),
            ("settlement", "200", "deny", true, true, true),
            ("settlement", "200", "settlement 201", true, false, false),
            ("settlement", "201", "pending", true, false, true),
            ("capture", "200", "authorize", true, false, false),
            ("refund", "200", "settlement", true, true, false),
            ("refund", "200", "partial_refund", true, true, false),
            ("partial_refund", "200", "refund", true, true, true),
            ("partial_refund", "200", "settlement", true, true, false),
            ("expire", "202", "pending", false, false, false),
            ("expire", "202", "expire", true, false, true),
            ("deny", "202", "pending", true, false, false),
            ("deny", "202", "settlement", false, false, true),
            ("deny", "200", "settlement", true, true, false),
            ("cancel", "200", "capture", true, true, false),
            ("pending", "202", "settlement", true, false, true),
            ("brand_new", "200", "pending", true, false, true),
        ];
        for (status, code, response, same, paid, expected) in cases {
            let notification = Notification(report(status, code, "a"));
            let (response, code) = response.split_once(' ').unwrap_or((response, code));
            let response = StatusResponse(report(response, code, if same { "a" } else { "b" }));
            let payer = paid.then(|| Payer { attempt_id: "o".into(), transaction_id: None });
            let got = unconfirmed_reason(&notification, &response, payer.as_ref());
            assert_eq!(got.is_none(), expected, "{status} {code}, {response:?}, {same}, {paid}");
        }
    }

    #[test]
    fn a_failure_waits_for_a_recent_payment_notification() {
        let minutes = |minutes: i64| minutes * 60_000;
        // notification, status response, age of the notification in minutes, waits
        let cases = [
            ("settlement", "expire", 1, true),
            ("settlement", "expire", 11, false),
            ("settlement", "settlement", 1, false),
            ("pending", "expire", 1, false),
            ("deny", "expire", 1, false),
        ];
        for (notification, status, age, expected) in cases {
            let notification = Notification(report(notification, "200", "a"));
            let status = StatusResponse(report(status, "200", "a"));
            let got = must_wait_to_fail(&status, [(&notification, 0)], None, minutes(age));
            assert_eq!(got, expected, "{notification:?} {status:?} {age}");
        }
    }
}
