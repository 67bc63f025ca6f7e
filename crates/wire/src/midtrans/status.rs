//! The words of the status cycle.
//!
//! <https://docs.midtrans.com/docs/transaction-status-cycle>

use serde::{Deserialize, Serialize};

use crate::lenient::{FromObject, MissingField, ObjectReader};
use crate::open_enum::open_enum;

open_enum! {
    /// `transaction_status`: where one payment attempt stands.
    pub enum TransactionStatus {
        /// The money of a card is promised; it settles by itself within a day.
        Capture = "capture",
        /// The money is there.
        Settlement = "settlement",
        /// A method was chosen, the customer has yet to pay.
        Pending = "pending",
        /// The bank, the wallet or the fraud check refused.
        Deny = "deny",
        /// Withdrawn by the merchant or the customer.
        Cancel = "cancel",
        /// Not paid in time. Callbacks spell it `expired`.
        Expire = "expire" | "expired",
        /// Something broke on the way.
        Failure = "failure",
        /// All of it was given back.
        Refund = "refund",
        /// Some of it was given back.
        PartialRefund = "partial_refund",
        /// The card holder took all of it back.
        Chargeback = "chargeback",
        /// The card holder took some of it back.
        PartialChargeback = "partial_chargeback",
        /// Pre-authorised: reserved, not taken.
        Authorize = "authorize",
    }
}

open_enum! {
    /// `fraud_status`: what the fraud check says of a payment.
    pub enum FraudStatus {
        /// Nothing found.
        Accept = "accept",
        /// Refused.
        Deny = "deny",
        /// A person has to look.
        Challenge = "challenge",
    }
}

open_enum! {
    /// `payment_type`: how the customer pays. On a desktop GoPay and ShopeePay come as `qris`.
    pub enum PaymentType {
        /// Credit or debit card.
        CreditCard = "credit_card",
        /// Virtual account of BCA, BNI, BRI, CIMB, Permata and others.
        BankTransfer = "bank_transfer",
        /// Mandiri bill payment.
        Echannel = "echannel",
        /// GoPay.
        Gopay = "gopay",
        /// QRIS, by any wallet.
        Qris = "qris",
        /// ShopeePay.
        Shopeepay = "shopeepay",
        /// Over the counter: Indomaret, Alfamart.
        Cstore = "cstore",
        /// Akulaku.
        Akulaku = "akulaku",
        /// Kredivo.
        Kredivo = "kredivo",
        /// DANA.
        Dana = "dana",
        /// OVO.
        Ovo = "ovo",
    }
}

/// A virtual account number and its bank.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaNumber {
    /// The bank's short name, `bca`.
    pub bank: String,
    /// Digits, kept as text: leading zeros count.
    pub va_number: String,
}

impl FromObject for VaNumber {
    fn from_object(from: &mut impl ObjectReader) -> Result<Self, MissingField> {
        Ok(Self {
            bank: from.text("bank").ok_or(MissingField("bank"))?,
            va_number: from.text("va_number").ok_or(MissingField("va_number"))?,
        })
    }
}
