//! The idempotency key of a refund, so that a repeated command never refunds twice.
//!
//! The store commits the key before the gateway receives it. The same command reuses the key while the result is
//! unknown. After the refund succeeded, the same command is rejected unless the operator gives a new key.

use wire::Rupiah;

use crate::clock::Millis;
use crate::store::{Outcome, Plan, Refund};

/// The refund that an operator requests.
#[derive(Debug, Clone, Copy)]
pub(super) struct RefundInput<'a> {
    /// The payment attempt to refund.
    pub(super) attempt_id: &'a str,
    /// The amount; none for everything that is left.
    pub(super) amount: Option<Rupiah>,
    pub(super) reason: &'a str,
    /// The key, if the operator gives one.
    pub(super) key: Option<&'a str>,
    /// The refundable amount by the gateway's status.
    pub(super) refundable: Rupiah,
    pub(super) at: Millis,
}

/// Why no request is sent to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Skip {
    /// The refund with this key succeeded before.
    AlreadyDone(Refund),
    /// The refund is not allowed.
    Rejected(RefundRejection),
}

/// Why a refund is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum RefundRejection {
    /// Everything was refunded before.
    NothingLeft,
    /// The amount exceeds the refundable amount.
    AmountExceedsRemaining {
        /// The requested amount.
        amount: Rupiah,
        /// The refundable amount.
        remaining: Rupiah,
    },
    /// The key belongs to a refund of another amount.
    KeyInUse(Refund),
    /// The result of another refund of this payment is unknown.
    ResultUnknown(Refund),
    /// The same refund succeeded before.
    Repeated(Refund),
}

/// The plan for a refund, given the `known` refunds of the payment attempt.
pub(super) fn decide_refund(known: &[Refund], input: &RefundInput<'_>) -> Result<Plan, Skip> {
    if let Some(refund) = input.key.and_then(|key| known.iter().find(|refund| refund.key == key)) {
        return decide_by_key(refund, input);
    }
    if input.key.is_none() {
        let same = |refund: &&Refund| is_same_request(refund, input);
        let unknown = || known.iter().filter(|refund| refund.outcome.is_none());
        if let Some(refund) = unknown().find(same) {
            return Ok(Plan::Again(refund.clone()));
        }
        if let Some(refund) = unknown().next() {
            return Err(Skip::Rejected(RefundRejection::ResultUnknown(refund.clone())));
        }
        let mut succeeded = known.iter().filter(|refund| refund.outcome == Some(Outcome::Done));
        if let Some(refund) = succeeded.find(same) {
            return Err(Skip::Rejected(RefundRejection::Repeated(refund.clone())));
        }
    }
    let (amount, remaining) = (input.amount.unwrap_or(input.refundable), input.refundable);
    if remaining.0 <= 0 {
        return Err(Skip::Rejected(RefundRejection::NothingLeft));
    }
    if amount > remaining {
        return Err(Skip::Rejected(RefundRejection::AmountExceedsRemaining { amount, remaining }));
    }
    let key = match input.key {
        Some(key) => key.to_owned(),
        None => new_key(known, input.attempt_id),
    };
    let reason = input.reason.to_owned();
    Ok(Plan::New(Refund { key, asked: input.amount, amount, reason, asked_at: input.at, outcome: None }))
}

/// Whether the refund has the amount and the reason of this request.
pub(super) fn is_same_request(refund: &Refund, input: &RefundInput<'_>) -> bool {
    refund.asked == input.amount && refund.reason == input.reason
}

fn decide_by_key(refund: &Refund, input: &RefundInput<'_>) -> Result<Plan, Skip> {
    if refund.asked != input.amount {
        return Err(Skip::Rejected(RefundRejection::KeyInUse(refund.clone())));
    }
    match refund.outcome {
        Some(Outcome::Done) => Err(Skip::AlreadyDone(refund.clone())),
        Some(Outcome::Refused) | None => Ok(Plan::Again(refund.clone())),
    }
}

/// A key that people recognise and that no other refund of the payment attempt has.
fn new_key(known: &[Refund], attempt_id: &str) -> String {
    let mut number = known.len() + 1;
    loop {
        let key = format!("{attempt_id}-r{number}");
        if known.iter().all(|refund| refund.key != key) {
            return key;
        }
        number += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `k1 400 open reason`: key, amount as typed (or all), outcome, reason.
    fn refund(words: &str) -> Refund {
        let mut words = words.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (key, asked, outcome, reason) = (word(), word(), word(), word());
        let asked = asked.parse().ok().map(Rupiah);
        let outcome = match outcome {
            "done" => Some(Outcome::Done),
            "refused" => Some(Outcome::Refused),
            _ => None,
        };
        let (key, reason) = (key.to_owned(), reason.to_owned());
        Refund { key, asked, amount: asked.unwrap_or(Rupiah(1000)), reason, asked_at: 0, outcome }
    }

    #[test]
    fn a_repeated_command_refunds_once() {
        let all = "all";
        // what is known, amount, reason, key, what is left, what is done
        type Row<'a> = (&'a [&'a str], &'a str, &'a str, Option<&'a str>, i64, &'a str);
        #[rustfmt::skip]
        let cases: &[Row] = &[
            (&[], "400", "x", None, 1000, "new p-r1 400"),
            (&[], all, "x", None, 1000, "new p-r1 1000"),
            (&[], "400", "x", Some("mine"), 1000, "new mine 400"),
            (&[], "1001", "x", None, 1000, "too large"),
            (&[], all, "x", None, 0, "nothing left"),
            (&["p-r1 400 open x"], "400", "x", None, 600, "again p-r1 400"),
            (&["p-r1 400 open x"], "400", "x", None, 0, "again p-r1 400"),
            (&["p-r1 all open x"], all, "x", None, 0, "again p-r1 1000"),
            (&["p-r1 400 open x"], "400", "y", None, 1000, "unknown"),
            (&["p-r1 400 open x"], "500", "x", None, 1000, "unknown"),
            (&["p-r1 400 open x"], all, "x", None, 1000, "unknown"),
            (&["p-r1 400 open x"], "500", "x", Some("mine"), 1000, "new mine 500"),
            (&["p-r1 400 done x"], "400", "x", None, 600, "repeated"),
            (&["p-r1 400 done x"], "400", "y", None, 600, "new p-r2 400"),
            (&["p-r1 400 done x"], "400", "x", Some("second"), 600, "new second 400"),
            (&["p-r1 400 done x"], all, "x", None, 600, "new p-r2 600"),
            (&["p-r1 all done x"], all, "x", None, 0, "repeated"),
            (&["p-r1 400 refused x"], "400", "x", None, 1000, "new p-r2 400"),
            (&["mine 400 done x"], "400", "x", Some("mine"), 600, "was mine"),
            (&["mine 400 refused x"], "400", "x", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 open x"], "400", "other", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 done x"], "500", "x", Some("mine"), 600, "key in use"),
            (&["p-r2 400 done x"], "500", "x", None, 600, "new p-r3 500"),
        ];
        for (known, amount, reason, key, left, expected) in cases {
            let known: Vec<Refund> = known.iter().map(|words| refund(words)).collect();
            let amount = amount.parse().ok().map(Rupiah);
            let input = RefundInput { attempt_id: "p", amount, reason, key: *key, refundable: Rupiah(*left), at: 0 };
            let got = match decide_refund(&known, &input) {
                Ok(Plan::New(refund)) => format!("new {} {}", refund.key, refund.amount),
                Ok(Plan::Again(refund)) => format!("again {} {}", refund.key, refund.amount),
                Err(Skip::AlreadyDone(refund)) => format!("was {}", refund.key),
                Err(Skip::Rejected(rejection)) => match rejection {
                    RefundRejection::NothingLeft => "nothing left",
                    RefundRejection::AmountExceedsRemaining { .. } => "too large",
                    RefundRejection::KeyInUse(_) => "key in use",
                    RefundRejection::ResultUnknown(_) => "unknown",
                    RefundRejection::Repeated(_) => "repeated",
                }
                .to_owned(),
            };
            assert_eq!(got, *expected, "{known:?} {input:?}");
        }
    }
}
