//! The status of an order, and what follows from it. Each fact about a status is a method here and nowhere else.

use crate::open_enum::open_enum;

open_enum! {
    /// The status of an order, decided by the merchant backend.
    pub enum OrderStatus {
        /// The order has a token; the customer has chosen no method.
        Created = "created",
        /// The customer has chosen a method and has not paid yet.
        Pending = "pending",
        /// A person at the shop or at the bank must look at the order.
        Review = "review",
        /// The shop has the money.
        Paid = "paid",
        /// The last payment was declined; the customer may try again.
        Denied = "denied",
        /// The customer did not pay in time.
        Expired = "expired",
        /// The shop or the customer cancelled the order.
        Cancelled = "cancelled",
        /// The shop returned a part of the money.
        PartiallyRefunded = "partially_refunded",
        /// The shop returned all of the money.
        Refunded = "refunded",
        /// The card holder took the money back.
        ChargedBack = "charged_back",
        /// The payment settled and the bank took it back.
        Reversed = "reversed",
    }
}

impl OrderStatus {
    /// Whether the customer may pay this order now.
    #[must_use]
    pub fn is_payable(&self) -> bool {
        matches!(self, Self::Created | Self::Pending | Self::Denied)
    }

    /// Whether a payment can still arrive or be decided: a payable order, or one under review.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.is_payable() || matches!(self, Self::Review)
    }

    /// Whether the shop has money for this order: all of it, or what is left after a partial refund.
    #[must_use]
    pub fn is_paid(&self) -> bool {
        matches!(self, Self::Paid | Self::PartiallyRefunded)
    }

    /// Whether the order ended without money for the shop. Only a late payment confirmed by the gateway can reopen it.
    #[must_use]
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Expired | Self::Cancelled | Self::Refunded | Self::ChargedBack | Self::Reversed)
    }

    /// Whether money arrived for this order at some time, even if it went back since.
    #[must_use]
    pub fn has_received_payment(&self) -> bool {
        self.is_paid() || matches!(self, Self::Refunded | Self::ChargedBack | Self::Reversed)
    }
}

#[cfg(test)]
mod tests {
    use super::OrderStatus::{self, *};

    #[test]
    fn each_status_has_its_facts() {
        // status, payable, open, paid, final, money arrived
        let table = [
            (Created, [true, true, false, false, false]),
            (Pending, [true, true, false, false, false]),
            (Review, [false, true, false, false, false]),
            (Paid, [false, false, true, false, true]),
            (Denied, [true, true, false, false, false]),
            (Expired, [false, false, false, true, false]),
            (Cancelled, [false, false, false, true, false]),
            (PartiallyRefunded, [false, false, true, false, true]),
            (Refunded, [false, false, false, true, true]),
            (ChargedBack, [false, false, false, true, true]),
            (Reversed, [false, false, false, true, true]),
            (Unknown("held".into()), [false, false, false, false, false]),
        ];
        assert_eq!(OrderStatus::ALL.len() + 1, table.len());
        for (status, facts) in table {
            let found = [
                status.is_payable(),
                status.is_open(),
                status.is_paid(),
                status.is_final(),
                status.has_received_payment(),
            ];
            assert_eq!(found, facts, "{status}");
        }
    }
}
