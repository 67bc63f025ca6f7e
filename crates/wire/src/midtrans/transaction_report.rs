//! The body of a notification and of a status response (`GET /v2/{id}/status`). Both have the same fields.
//!
//! <https://docs.midtrans.com/docs/https-notification-webhooks>

mod parse;

use serde::{Deserialize, Serialize};

use super::{FraudStatus, PaymentType, StatusCode, TextOrBool, TransactionStatus, VaNumber};
use crate::lenient::LenientObject;
use crate::money::AmountText;

/// One source of a [`TransactionReport`]. A type of its own for each source, so that the compiler keeps them apart.
macro_rules! report_source {
    ($(#[$meta:meta])* pub struct $name:ident;) => {
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(pub TransactionReport);

        impl std::ops::Deref for $name {
            type Target = TransactionReport;
            fn deref(&self) -> &TransactionReport {
                &self.0
            }
        }
    };
}

report_source! {
    /// The body of the gateway's HTTP call to us. It claims a status; a [`StatusResponse`] has to confirm it.
    ///
    /// <https://docs.midtrans.com/docs/https-notification-webhooks>
    pub struct Notification;
}

report_source! {
    /// The answer of `GET /v2/{id}/status`, fetched by us with the server key.
    ///
    /// <https://docs.midtrans.com/reference/get-transaction-status>
    pub struct StatusResponse;
}

/// How the gateway describes one transaction, in a notification and in a status response.
///
/// Nothing in it is verified. The signature covers only `order_id`, `status_code` and `gross_amount`, never
/// `transaction_status`. Code that accepts both sources takes this type; code that accepts one takes
/// [`Notification`] or [`StatusResponse`].
///
/// Reading is lenient, so that a field of a wrong type does not lose a payment. Only the first four fields are
/// required; any other field of a wrong type counts as missing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "LenientObject")]
pub struct TransactionReport {
    /// The merchant's order.
    pub order_id: String,
    /// `200`, `201`, `202`; in a status answer `200` only means "found".
    pub status_code: StatusCode,
    /// To the letter: the signature is over this text.
    pub gross_amount: AmountText,
    /// Where the attempt stands.
    pub transaction_status: TransactionStatus,
    /// Lower-case hex SHA-512 of `order_id + status_code + gross_amount + server key`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature_key: Option<String>,
    /// The gateway's id of the attempt; one order may have several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_id: Option<String>,
    /// `yyyy-MM-dd HH:mm:ss`, Jakarta time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_time: Option<String>,
    /// When it settled, Jakarta time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settlement_time: Option<String>,
    /// Until when it can be paid, Jakarta time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expiry_time: Option<String>,
    /// A sentence for logs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_message: Option<String>,
    /// How the customer pays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_type: Option<PaymentType>,
    /// The shop at Midtrans.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_id: Option<String>,
    /// What the fraud check says; not every method has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fraud_status: Option<FraudStatus>,
    /// `IDR`
    #[serde(skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,

    /// Card: `48111111-1114`; opaque.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub masked_card: Option<String>,
    /// Card: the 3-D Secure indicator.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eci: Option<String>,
    /// Card: the bank's code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_response_code: Option<String>,
    /// Card: the bank's sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub channel_response_message: Option<String>,
    /// Card: `credit` or `debit`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_type: Option<String>,
    /// Card: the acquirer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bank: Option<String>,
    /// Card, Indomaret and others: the approval.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub approval_code: Option<String>,
    /// Card: `2`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub three_ds_version: Option<String>,
    /// Card: whether the 3-D Secure challenge was finished; text or boolean are both seen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub challenge_completion: Option<TextOrBool>,
    /// Card: saved for later.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_token_id: Option<String>,
    /// Card: until when.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub saved_token_id_expired_at: Option<String>,

    /// Bank transfer, most banks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub va_numbers: Option<Vec<VaNumber>>,
    /// Bank transfer: what came in, may be empty.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_amounts: Option<Vec<PaymentAmount>>,
    /// Bank transfer at Permata.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permata_va_number: Option<String>,
    /// Mandiri bill: the company code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub biller_code: Option<String>,
    /// Mandiri bill: the key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bill_key: Option<String>,
    /// Over the counter: `indomaret` or `alfamart`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub store: Option<String>,
    /// Over the counter: the code to show.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_code: Option<String>,

    /// QRIS: `on-us` or `off-us`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transaction_type: Option<String>,
    /// QRIS: whose wallet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// QRIS: `gopay` or `airpay shopee`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub acquirer: Option<String>,
    /// QRIS: the reference across systems.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub merchant_cross_reference_id: Option<String>,
    /// GoPay, in status answers: `GOPAY_WALLET`, `PAY_LATER` and others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_option_type: Option<String>,
    /// ShopeePay's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shopeepay_reference_number: Option<String>,
    /// ShopeePay's second number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference_id: Option<String>,
    /// OVO.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payer_phone_number: Option<String>,

    /// What was given back so far, as text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_amount: Option<AmountText>,
    /// Each refund.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refunds: Option<Vec<RefundEntry>>,
    /// What Snap asked the customer for, when the request said so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub customer_details: Option<CollectedCustomer>,
    /// The fee that the customer bears, when the shop set one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_info: Option<ExtraInfo>,
    /// Echo of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field1: Option<String>,
    /// Echo of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field2: Option<String>,
    /// Echo of the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub custom_field3: Option<String>,
}

/// One transfer that came in for a virtual account.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentAmount {
    /// Jakarta time.
    pub paid_at: String,
    /// As text.
    pub amount: AmountText,
}

/// One refund of a transaction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefundEntry {
    /// The merchant's key: a second refund under the same key is refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_key: Option<String>,
    /// The gateway's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_chargeback_id: Option<u64>,
    /// As text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refund_amount: Option<AmountText>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Jakarta time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<String>,
    /// Jakarta time; only the second notification has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bank_confirmed_at: Option<String>,
}

/// What the customer told Snap by the request's `collect_*` rules.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct CollectedCustomer {
    /// First and last name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// E-mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub email: Option<String>,
    /// Phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<String>,
    /// Street.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<String>,
}

/// What comes beside the payment itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraInfo {
    /// Present when the customer bears the fee.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gross_amount_info: Option<GrossAmountInfo>,
}

/// How the charged amount came to differ from the order's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrossAmountInfo {
    /// The order's amount.
    pub original_amount: AmountText,
    /// What the customer paid.
    pub gross_amount: AmountText,
    /// The difference.
    pub customer_imposed_payment_fee: AmountText,
}
