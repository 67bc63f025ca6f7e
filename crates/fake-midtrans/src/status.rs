//! `transaction_status` and where it may go (transaction-status-cycle in the documentation).

use serde::{Deserialize, Serialize};

/// State of one payment attempt, under the gateway's own names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Waiting for the customer, or for the bank.
    Pending,
    /// Card: reserved, not yet taken.
    Authorize,
    /// Card: taken, settles within a day.
    Capture,
    /// Paid.
    Settlement,
    /// Refused.
    Deny,
    /// Called off by the merchant.
    Cancel,
    /// Not paid in time.
    Expire,
    /// Broke unexpectedly.
    Failure,
    /// Given back in full.
    Refund,
    /// Given back in part.
    PartialRefund,
    /// Taken back by the card holder's bank.
    Chargeback,
    /// Taken back in part.
    PartialChargeback,
}

use Status::*;

impl Status {
    /// All of them, for tables.
    pub const ALL: [Self; 12] = [
        Pending,
        Authorize,
        Capture,
        Settlement,
        Deny,
        Cancel,
        Expire,
        Failure,
        Refund,
        PartialRefund,
        Chargeback,
        PartialChargeback,
    ];

    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Pending => "pending",
            Authorize => "authorize",
            Capture => "capture",
            Settlement => "settlement",
            Deny => "deny",
            Cancel => "cancel",
            Expire => "expire",
            Failure => "failure",
            Refund => "refund",
            PartialRefund => "partial_refund",
            Chargeback => "chargeback",
            PartialChargeback => "partial_chargeback",
        }
    }

    /// Where the documented graph leads from here.
    pub fn next(self) -> &'static [Self] {
        match self {
            Pending => &[Settlement, Capture, Authorize, Deny, Cancel, Expire, Failure],
            Authorize => &[Capture, Cancel, Deny, Expire],
            Capture => &[Settlement, Cancel],
            Settlement => &[Refund, PartialRefund, Chargeback, PartialChargeback, Deny],
            PartialRefund => &[PartialRefund, Refund],
            PartialChargeback => &[Chargeback],
            Deny | Cancel | Expire | Failure | Refund | Chargeback => &[],
        }
    }

    /// Whether the graph leads from here to `to`.
    pub fn may_become(self, to: Self) -> bool {
        self.next().contains(&to)
    }

    /// Whether the money was taken at some point.
    pub fn was_paid(self) -> bool {
        matches!(self, Capture | Settlement | Refund | PartialRefund | Chargeback | PartialChargeback)
    }
}

/// `fraud_status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fraud {
    /// Let through.
    Accept,
    /// The merchant is asked to decide.
    Challenge,
    /// Refused.
    Deny,
}

impl Fraud {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accept => "accept",
            Self::Challenge => "challenge",
            Self::Deny => "deny",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_graph_is_the_documented_one() {
        // Rows of the documentation; `pending → authorize` and a second partial refund are implied by its text.
        let documented: &[(Status, &[Status])] = &[
            (Pending, &[Settlement, Capture, Authorize, Deny, Cancel, Expire, Failure]),
            (Authorize, &[Capture, Cancel, Deny, Expire]),
            (Capture, &[Settlement, Cancel]),
            (Settlement, &[Refund, PartialRefund, Chargeback, PartialChargeback, Deny]),
            (PartialRefund, &[Refund, PartialRefund]),
            (PartialChargeback, &[Chargeback]),
        ];
        for from in Status::ALL {
            let row = documented.iter().find(|(f, _)| *f == from).map_or(&[][..], |(_, to)| to);
            for to in Status::ALL {
                assert_eq!(from.may_become(to), row.contains(&to), "{from:?} -> {to:?}");
            }
        }
    }

    #[test]
    fn nothing_paid_returns_to_unpaid_but_by_reversal() {
        for from in Status::ALL.into_iter().filter(|s| s.was_paid()) {
            for to in from.next().iter().filter(|s| !s.was_paid()) {
                assert!(matches!((from, to), (Settlement, Deny) | (Capture, Cancel)), "{from:?} -> {to:?}");
            }
        }
    }
}
