//! The idempotency key of a refund, so that a repeated command never refunds twice.
//!
//! The store commits the key before the gateway receives it. The same command reuses the key while the result is
//! unknown. After the refund succeeded, the same command is rejected unless the operator gives a new key.

use wire::Rupiah;

use crate::order::Millis;

/// A refund that an operator requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The refund key at the gateway.
    pub key: String,
    /// The amount that the operator typed; none for everything that was left.
    pub requested_amount: Option<Rupiah>,
    /// The amount that the gateway was asked to refund.
    pub amount: Rupiah,
    /// The operator's reason.
    pub reason: String,
    /// When it was requested first.
    pub requested_at: Millis,
    /// The result; none while it is unknown.
    pub outcome: Option<RefundOutcome>,
}

/// The result of a refund.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundOutcome {
    /// The gateway refunded.
    Succeeded,
    /// The gateway rejected the refund.
    Rejected,
}

impl RefundOutcome {
    /// The value in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "succeeded",
            Self::Rejected => "rejected",
        }
    }

    /// The outcome of a value in the database.
    #[must_use]
    pub fn parse(value: &str) -> Option<Self> {
        [Self::Succeeded, Self::Rejected].into_iter().find(|outcome| outcome.as_str() == value)
    }
}

/// The refund that an operator requests.
#[derive(Debug, Clone, Copy)]
pub struct RefundInput<'a> {
    /// The payment attempt to refund.
    pub attempt_id: &'a str,
    /// The amount; none for everything that is left.
    pub amount: Option<Rupiah>,
    /// The reason.
    pub reason: &'a str,
    /// The key, if the operator gives one.
    pub key: Option<&'a str>,
    /// The refundable amount by the gateway's status.
    pub refundable: Rupiah,
    /// Now.
    pub at: Millis,
}

/// The request to send to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundPlan {
    /// A new refund.
    Create(Refund),
    /// A refund whose result is unknown, once more under its key.
    Retry(Refund),
}

impl RefundPlan {
    /// The refund.
    #[must_use]
    pub fn refund(&self) -> &Refund {
        match self {
            Self::Create(refund) | Self::Retry(refund) => refund,
        }
    }
}

/// Why no request is sent to the gateway.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Skip {
    /// The refund with this key succeeded before.
    AlreadyDone(Refund),
    /// The refund is not allowed.
    Rejected(RefundRejection),
}

/// Why a refund is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefundRejection {
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
///
/// # Errors
/// [`Skip`]: nothing is to be sent to the gateway.
pub fn decide_refund(known: &[Refund], input: &RefundInput<'_>) -> Result<RefundPlan, Skip> {
    if let Some(refund) = input.key.and_then(|key| known.iter().find(|refund| refund.key == key)) {
        return decide_by_key(refund, input);
    }
    if input.key.is_none() {
        let same = |refund: &&Refund| is_same_request(refund, input);
        let unknown = || known.iter().filter(|refund| refund.outcome.is_none());
        if let Some(refund) = unknown().find(same) {
            return Ok(RefundPlan::Retry(refund.clone()));
        }
        if let Some(refund) = unknown().next() {
            return Err(Skip::Rejected(RefundRejection::ResultUnknown(refund.clone())));
        }
        let succeeded = known.iter().filter(|refund| refund.outcome == Some(RefundOutcome::Succeeded));
        if let Some(refund) = succeeded.into_iter().find(same) {
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
    Ok(RefundPlan::Create(Refund {
        key,
        requested_amount: input.amount,
        amount,
        reason: input.reason.to_owned(),
        requested_at: input.at,
        outcome: None,
    }))
}

/// Whether the refund has the amount and the reason of this request.
#[must_use]
pub fn is_same_request(refund: &Refund, input: &RefundInput<'_>) -> bool {
    refund.requested_amount == input.amount && refund.reason == input.reason
}

/// The refunds with an unknown result that the gateway lists as done, so that their responses were lost.
#[must_use]
pub fn lost_results(known: &[Refund], is_listed: impl Fn(&str) -> bool) -> Vec<Refund> {
    known.iter().filter(|refund| refund.outcome.is_none() && is_listed(&refund.key)).cloned().collect()
}

/// The refund of a lost response that this request repeats. The gateway must not refund again for it.
#[must_use]
pub fn find_repeated<'a>(recovered: &'a [Refund], input: &RefundInput<'_>) -> Option<&'a Refund> {
    let has_key = |refund: &&Refund| input.key.is_none_or(|key| key == refund.key);
    recovered.iter().filter(has_key).find(|refund| is_same_request(refund, input))
}

/// The result after the gateway rejected a refund that it does not list; none if it stays unknown.
///
/// A rejection of a retry may be the effect of an earlier try that succeeded. `is_status_unclear` says that the status
/// cannot disprove it.
#[must_use]
pub fn outcome_of_rejection(is_retry: bool, is_status_unclear: bool) -> Option<RefundOutcome> {
    (!(is_retry && is_status_unclear)).then_some(RefundOutcome::Rejected)
}

fn decide_by_key(refund: &Refund, input: &RefundInput<'_>) -> Result<RefundPlan, Skip> {
    if refund.requested_amount != input.amount {
        return Err(Skip::Rejected(RefundRejection::KeyInUse(refund.clone())));
    }
    match refund.outcome {
        Some(RefundOutcome::Succeeded) => Err(Skip::AlreadyDone(refund.clone())),
        Some(RefundOutcome::Rejected) | None => Ok(RefundPlan::Retry(refund.clone())),
    }
}

/// A readable key that no refund of this attempt has.
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

    /// `k1 400 open reason`: key, requested amount or `all`, outcome (`open` is unknown), reason.
    fn refund(text: &str) -> Refund {
        let mut words = text.split(' ');
        let mut word = || words.next().unwrap_or_default();
        let (key, requested, outcome, reason) = (word(), word(), word(), word());
        let requested_amount = requested.parse().ok().map(Rupiah);
        let outcome = match outcome {
            "done" => Some(RefundOutcome::Succeeded),
            "refused" => Some(RefundOutcome::Rejected),
            _ => None,
        };
        let (key, reason) = (key.to_owned(), reason.to_owned());
        Refund {
            key,
            requested_amount,
            amount: requested_amount.unwrap_or(Rupiah(1000)),
            reason,
            requested_at: 0,
            outcome,
        }
    }

    #[test]
    fn a_repeated_refund_command_never_refunds_twice() {
        let all = "all";
        // known refunds, amount, reason, key, refundable amount, decision
        type Row<'a> = (&'a [&'a str], &'a str, &'a str, Option<&'a str>, i64, &'a str);
        #[rustfmt::skip]
        let cases: &[Row] = &[
            (&[], "400", "x", None, 1000, "new p-r1 400"),
            (&[], all, "x", None, 1000, "new p-r1 1000"),
            (&[], "400", "x", Some("mine"), 1000, "new mine 400"),
            (&[], "1001", "x", None, 1000, "too much"),
            (&[], all, "x", None, 0, "nothing left"),
            (&["p-r1 400 open x"], "400", "x", None, 600, "again p-r1 400"),
            (&["p-r1 400 open x"], "400", "x", None, 0, "again p-r1 400"),
            (&["p-r1 all open x"], all, "x", None, 0, "again p-r1 1000"),
            (&["p-r1 400 open x"], "400", "y", None, 1000, "result unknown"),
            (&["p-r1 400 open x"], "500", "x", None, 1000, "result unknown"),
            (&["p-r1 400 open x"], all, "x", None, 1000, "result unknown"),
            (&["p-r1 400 open x"], "500", "x", Some("mine"), 1000, "new mine 500"),
            (&["p-r1 400 done x"], "400", "x", None, 600, "repeated"),
            (&["p-r1 400 done x"], "400", "y", None, 600, "new p-r2 400"),
            (&["p-r1 400 done x"], "400", "x", Some("second"), 600, "new second 400"),
            (&["p-r1 400 done x"], all, "x", None, 600, "new p-r2 600"),
            (&["p-r1 all done x"], all, "x", None, 0, "repeated"),
            (&["p-r1 400 refused x"], "400", "x", None, 1000, "new p-r2 400"),
            (&["mine 400 done x"], "400", "x", Some("mine"), 600, "done mine"),
            (&["mine 400 refused x"], "400", "x", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 open x"], "400", "other", Some("mine"), 1000, "again mine 400"),
            (&["mine 400 done x"], "500", "x", Some("mine"), 600, "key in use"),
            (&["p-r2 400 done x"], "500", "x", None, 600, "new p-r3 500"),
        ];
        for (known, amount, reason, key, left, expected) in cases {
            let known: Vec<Refund> = known.iter().map(|text| refund(text)).collect();
            let amount = amount.parse().ok().map(Rupiah);
            let input = RefundInput { attempt_id: "p", amount, reason, key: *key, refundable: Rupiah(*left), at: 0 };
            let got = match decide_refund(&known, &input) {
                Ok(RefundPlan::Create(refund)) => format!("new {} {}", refund.key, refund.amount),
                Ok(RefundPlan::Retry(refund)) => format!("again {} {}", refund.key, refund.amount),
                Err(Skip::AlreadyDone(refund)) => format!("done {}", refund.key),
                Err(Skip::Rejected(rejection)) => match rejection {
                    RefundRejection::NothingLeft => "nothing left".to_owned(),
                    RefundRejection::AmountExceedsRemaining { .. } => "too much".to_owned(),
                    RefundRejection::KeyInUse(_) => "key in use".to_owned(),
                    RefundRejection::ResultUnknown(_) => "result unknown".to_owned(),
                    RefundRejection::Repeated(_) => "repeated".to_owned(),
                },
            };
            assert_eq!(got, *expected, "{known:?} {input:?}");
        }
    }
}
