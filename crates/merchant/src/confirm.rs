//! Whether the gateway's status bears out what a notification told.
//!
//! The status answer may lag behind. A notification whose word is not borne out yet keeps waiting, and the
//! gateway is asked again; taking it for done would lose its news for ever.

use wire::midtrans::{FraudStatus, Notification, TransactionStatus as T};

use crate::news::{is_end, is_waiting};
use crate::store::Payer;

/// Why the status does not bear out what was told, where it does not.
#[must_use]
pub fn contradiction(told: &Notification, said: &Notification, payer: Option<&Payer>) -> Option<&'static str> {
    // 201 is the code of "pending", and the code is signed: another word under it is nobody's news.
    if told.status_code.number() == Some(201) {
        return None;
    }
    let same = told.transaction_id.is_some() && told.transaction_id == said.transaction_id;
    let open = is_waiting(said) || said.transaction_status == T::Authorize;
    let held_back = matches!(said.fraud_status, Some(FraudStatus::Challenge | FraudStatus::Deny));
    let lags = match &told.transaction_status {
        // Money that is known already is old news, whatever became of it.
        T::Capture | T::Settlement if payer.is_some_and(|payer| payer.payment_order_id == told.order_id) => false,
        T::Capture | T::Settlement if claims_money(told) => !is_money(said) || held_back,
        T::Refund | T::Chargeback => !matches!(said.transaction_status, T::Refund | T::Chargeback),
        T::PartialRefund | T::PartialChargeback => !is_given_back(said) || tells_of_more(told, said),
        // The end of one transaction; another one of the same order may have done better.
        _ if is_end(told) => open || (same && !is_end(said) && !is_given_back(said)),
        _ => false,
    };
    lags.then_some("the gateway's status is not yet what was told")
}

/// Whether the notification, as far as it is signed, is about money that came.
pub(crate) fn claims_money(told: &Notification) -> bool {
    told.status_code.number() == Some(200)
        && !matches!(told.fraud_status, Some(FraudStatus::Deny | FraudStatus::Challenge | FraudStatus::Unknown(_)))
}

fn is_money(said: &Notification) -> bool {
    match said.transaction_status {
        // In a status answer too, only 200 goes with money.
        T::Capture | T::Settlement => said.status_code.number() == Some(200),
        T::Cancel => true,
        _ => is_given_back(said),
    }
}

fn is_given_back(said: &Notification) -> bool {
    matches!(said.transaction_status, T::Refund | T::PartialRefund | T::Chargeback | T::PartialChargeback)
}

/// Parts go back one after the other, all under the same word: the sum tells them apart.
fn tells_of_more(told: &Notification, said: &Notification) -> bool {
    let sum = |words: &Notification| words.refund_amount.as_ref().and_then(|amount| amount.rupiah());
    said.transaction_status == told.transaction_status
        && sum(told).zip(sum(said)).is_some_and(|(told, said)| told > said)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_told_must_be_said() {
        // told, code, said (under the same code unless it says another), same transaction, paid by it before, borne out
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
        for (told, code, said, same, paid, expected) in cases {
            let of = |word: &str, transaction: &str| -> Notification {
                let (word, code) = word.split_once(' ').unwrap_or((word, code));
                let body = json!({"order_id": "o", "status_code": code, "gross_amount": "1.00",
                    "transaction_status": word, "transaction_id": transaction});
                serde_json::from_value(body).unwrap()
            };
            let payer = paid.then(|| Payer { payment_order_id: "o".into(), transaction_id: None });
            let got = contradiction(&of(told, "a"), &of(said, if same { "a" } else { "b" }), payer.as_ref());
            assert_eq!(got.is_none(), expected, "{told} {code}, {said}, {same}, {paid}");
        }
    }
}
